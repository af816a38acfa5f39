"""One log line per happening, on standard error, as JSON or for the eye; no customer's data in it."""

import logging
import os
import re
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
_AS_JSON = os.environ.get("LOG_FORMAT") == "json"
# The token in a shared plan's address is a key: whoever reads a log line must not be able to use it.
_TOKEN = re.compile(r"(/p/)[A-Za-z0-9_%-]{16,}")
_RENDER: Any = structlog.processors.JSONRenderer() if _AS_JSON else structlog.dev.ConsoleRenderer()


def without_refusals_traces(record: logging.LogRecord) -> bool:
    """A 403 is an answer, not an error: one line says it, and where it was raised is no news."""
    if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
        record.exc_info = record.exc_text = None
    return True


class Line(structlog.stdlib.ProcessorFormatter):
    """One line, and after an error its trace, with the keys taken out of all of it."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub(r"\1…", super().format(record))


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": Line, "processor": _RENDER, "foreign_pre_chain": _SHARED},
    },
    "filters": {"refusals": {"()": "django.utils.log.CallbackFilter", "callback": without_refusals_traces}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals"]}},
    # What `runserver` says of each request takes the same way out.
    "loggers": {"django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
