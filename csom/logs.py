"""One log line per happening, on standard error, as JSON or for the eye; no customer's data in it."""

import os
from typing import Any

import structlog

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
_RENDER: Any = structlog.processors.JSONRenderer() if _AS_JSON else structlog.dev.ConsoleRenderer()

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": structlog.stdlib.ProcessorFormatter, "processor": _RENDER, "foreign_pre_chain": _SHARED}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
