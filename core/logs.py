"""What logs may say: ids and paths. No query string, no link token, no name."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# The secret in the address of a patient's link, of a consent's link or of a calendar feed is the whole authority; what
# is typed into a search stands behind the question mark.
_TOKEN = re.compile(r"(/(?:a|c|feed)/)[^/\s?\"']+")
_QUERY = re.compile(r"\?[^\s\"']*")


def masked(text: str) -> str:
    """The text without link tokens and query strings."""
    return _QUERY.sub("?…", _TOKEN.sub(r"\1…", text))


class MaskFilter(logging.Filter):
    """Masks the finished message, whoever wrote it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        return True


def _mask_event(logger: Any, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


def configure() -> None:
    """Structured lines through the standard library, so that one level and one handler rule all of them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            _mask_event,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
