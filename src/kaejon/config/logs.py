"""Structured log lines without personal data.

Only the fields named here are written: messages are event names with ids and
counts. Query strings, form values and exception texts that could carry a name
stay out; an exception is logged by type and place.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from http import HTTPStatus

FIELDS = (
    "request_id",
    "method",
    "route",
    "status",
    "milliseconds",
    "user",
    "job",
    "kind",
    "batch",
    "count",
)


# What a message of printf style leaves to be filled.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0 +.\d]*[a-zA-Z]")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, event and the allowed fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": self.event(record),
        }
        if (status := status_of(record)) is not None:
            line["status"] = status.value
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = [
                f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(record.exc_info[2])[-6:]
            ]
        return json.dumps(line, ensure_ascii=False, default=str)

    @staticmethod
    def event(record: logging.LogRecord) -> str:
        # Only our own loggers fill their text: Django and waitress put the path, which may hold a
        # name, in args. Of a refused request its answer is said, of the rest what stands around.
        if record.name.startswith("kaejon"):
            return record.getMessage()
        if (status := status_of(record)) is not None:
            return status.phrase
        return PLACEHOLDER.sub("…", str(record.msg)) if record.args else str(record.msg)


def status_of(record: logging.LogRecord) -> HTTPStatus | None:
    """The answer that Django says with a line about a request."""
    code = getattr(record, "status_code", None)
    return HTTPStatus(code) if code in iter(HTTPStatus) else None
