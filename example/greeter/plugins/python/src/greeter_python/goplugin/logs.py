"""Logging as the host expects it: lines of hclog's JSON on standard error."""

from __future__ import annotations

import datetime
import json
import logging
from typing import TextIO

LEVELS = {
    logging.DEBUG: "debug",
    logging.INFO: "info",
    logging.WARNING: "warn",
    logging.ERROR: "error",
    logging.CRITICAL: "error",
}

# What every record has; the others are the caller's own, from the argument extra.
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class HclogFormatter(logging.Formatter):
    """Formats a record so that go-plugin's host logs it again with its level, its logger's name and its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        created = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, object] = {
            "@level": LEVELS.get(record.levelno, "debug" if record.levelno < logging.INFO else "info"),
            "@message": record.getMessage(),
            "@module": record.name,
            "@timestamp": created.isoformat(timespec="microseconds"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        line.update((key, value) for key, value in vars(record).items() if key not in STANDARD)
        return json.dumps(line, default=str)


def configure(stream: TextIO, level: int) -> None:
    """Send all of Python's logging of a level and above to the host."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(HclogFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
