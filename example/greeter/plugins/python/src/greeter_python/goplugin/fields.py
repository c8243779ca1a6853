"""Fields that are types of Python's own in the interface of a plugin: times and durations."""

from __future__ import annotations

import datetime

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from .errors import StatusError


def to_datetime(field: str, value: Timestamp) -> datetime.datetime:
    """Return a time in UTC. Python's times hold microseconds: what is finer is cut off."""
    try:
        return value.ToDatetime(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise StatusError(grpc.StatusCode.INVALID_ARGUMENT, f"field {field}: {error}") from None


def from_datetime(value: datetime.datetime) -> Timestamp:
    """Return a time as a message. One without a time zone is in UTC."""
    message = Timestamp()
    message.FromDatetime(value)
    return message


def to_timedelta(field: str, value: Duration) -> datetime.timedelta:
    """Return a duration. Python's durations hold microseconds: what is finer is cut off."""
    try:
        return value.ToTimedelta()
    except (ValueError, OverflowError) as error:
        raise StatusError(grpc.StatusCode.INVALID_ARGUMENT, f"field {field}: {error}") from None


def from_timedelta(value: datetime.timedelta) -> Duration:
    """Return a duration as a message."""
    message = Duration()
    message.FromTimedelta(value)
    return message
