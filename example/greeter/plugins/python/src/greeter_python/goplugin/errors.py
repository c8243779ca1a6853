"""Errors that cross the boundary between a plugin and its host, as gRPC statuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import grpc
from google.protobuf import any_pb2, message

from .protocol_pb2 import ErrorInfo, Status

DETAILS_KEY = "grpc-status-details-bin"
INFO_TYPE = "google.rpc.ErrorInfo"


class StatusError(Exception):
    """An error with a gRPC status code. The other side sees its text, its code and its details."""

    def __init__(self, code: grpc.StatusCode, text: str = "", details: Sequence[any_pb2.Any] = ()) -> None:
        super().__init__(text or code.name)
        self.code = code
        self.details = tuple(details)


class DeclaredError(StatusError):
    """The base of the errors that an API declares. They arrive as themselves on the other side."""

    declared_code: ClassVar[grpc.StatusCode]
    reason: ClassVar[str]
    domain: ClassVar[str]
    default_text: ClassVar[str]

    def __init__(self, text: str = "", details: Sequence[any_pb2.Any] = ()) -> None:
        super().__init__(self.declared_code, text or self.default_text, details)
        if not any(self.stands_in(d) for d in details):
            info = ErrorInfo(reason=self.reason, domain=self.domain)
            packed = any_pb2.Any(type_url="type.googleapis.com/" + INFO_TYPE, value=info.SerializeToString())
            self.details += (packed,)

    @classmethod
    def stands_in(cls, detail: any_pb2.Any) -> bool:
        """Report whether a detail of a status is the mark of this error."""
        if detail.TypeName() != INFO_TYPE:
            return False
        try:
            info = ErrorInfo.FromString(detail.value)
        except message.DecodeError:
            return False
        return info.reason == cls.reason and info.domain == cls.domain


def status_error(error: Exception) -> StatusError:
    """Return what an implementation raised as an error with a status."""
    if isinstance(error, StatusError):
        return error
    if isinstance(error, grpc.aio.AioRpcError):
        return received(error, ())
    if isinstance(error, NotImplementedError):
        return StatusError(grpc.StatusCode.UNIMPLEMENTED, str(error))
    if isinstance(error, TimeoutError):
        return StatusError(grpc.StatusCode.DEADLINE_EXCEEDED, str(error))
    return StatusError(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")


def trailer(error: StatusError) -> tuple[tuple[str, bytes], ...]:
    """Return the metadata that carry the details of an error."""
    if not error.details:
        return ()
    status = Status(code=error.code.value[0], message=str(error), details=error.details)
    return ((DETAILS_KEY, status.SerializeToString()),)


def received(error: grpc.aio.AioRpcError, declared: Sequence[type[DeclaredError]]) -> StatusError:
    """Return the error of a call as its API declares it, or as a StatusError."""
    details: list[any_pb2.Any] = []
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            details.extend(Status.FromString(value).details)
    text = error.details() or ""
    for kind in declared:
        if any(kind.stands_in(d) for d in details):
            known = kind(text, details)
            known.code = error.code()
            return known
    return StatusError(error.code(), text, details)
