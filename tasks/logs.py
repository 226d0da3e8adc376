"""How a night's log is written: lines to read, or one JSON object a line.

What it quotes cannot forge a line: errors escape theirs (`tasks.errors`), and JSON escapes all.
Prefect's own log takes PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER=json.
"""

import logging
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

from tasks.errors import one_line

LogFormat = Literal["text", "json"]

ROOM = "smart_mammo"
_NAMES = {"asctime": "at", "levelname": "level", "name": "logger"}


class PlainFormatter(logging.Formatter):
    """Lines for a person; control characters are written out."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the library's name
        """Format one record, without its traceback, as one line."""
        return one_line(super().formatMessage(record))


def configure_logs(log_format: LogFormat) -> logging.Handler:
    """Send the system's own log to standard error in this format; again replaces it.

    Lines to read are warnings only: a terminal shows progress otherwise.
    """
    log = logging.getLogger(ROOM)
    handler = _Handler()
    handler.setFormatter(_FORMATTERS[log_format])
    for former in _handlers():
        log.removeHandler(former)
    log.addHandler(handler)
    log.setLevel(logging.INFO if log_format == "json" else logging.WARNING)
    log.propagate = False
    return handler


def ensure_logs(log_format: LogFormat) -> None:
    """Do so in a process that nobody did it in: one that works for the night's."""
    if not _handlers():
        configure_logs(log_format)


class _Handler(logging.StreamHandler):  # pyright: ignore[reportMissingTypeArgument]
    """Known from handlers of others; progress has bars, and no lines here."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.name != f"{ROOM}.progress" and bool(super().filter(record))


def _handlers() -> list[logging.Handler]:
    return [one for one in logging.getLogger(ROOM).handlers if isinstance(one, _Handler)]


_FORMATTERS: dict[str, logging.Formatter] = {
    "text": PlainFormatter("%(asctime)s %(levelname)s %(message)s"),
    "json": JsonFormatter(
        "%(asctime)s%(levelname)s%(name)s%(message)s",
        rename_fields=_NAMES,
        datefmt="%Y-%m-%dT%H:%M:%S%z",
    ),
}
