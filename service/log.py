"""The log: a JSON object a line, without anything that a person said.

What went wrong is told by types and places. The text of an exception may repeat its input, that of
a library's message its arguments: neither is written.
"""

from __future__ import annotations

import logging
import sys
import threading
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import EventDict, WrappedLogger


def log_as_json(level: int = logging.INFO, file: TextIO | None = None) -> None:
    """Write the log to a file, standard error if none is said; that of the libraries too."""
    stream = file or sys.stderr
    stages: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    endings: list[structlog.types.Processor] = [
        _exceptions_without_values,
        structlog.processors.JSONRenderer(_json),
    ]
    structlog.configure(
        processors=[*stages, *endings],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_messages_without_arguments, *stages],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *endings],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    threading.excepthook = _thread_failed


def _json(event: EventDict, **_: object) -> str:
    return to_json(event, fallback=repr).decode()


def told(failure: BaseException | None) -> list[dict[str, Any]]:
    """Return a failure and what it came from, by their types and places."""
    return [
        {
            "type": f"{type(each).__module__}.{type(each).__qualname__}",
            "frames": [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in extract_tb(each.__traceback__)
            ],
        }
        for each in _line_of(failure)
    ]


def _line_of(failure: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while failure is not None and id(failure) not in seen:
        seen.add(id(failure))
        yield failure
        failure = failure.__cause__ or failure.__context__


def _exceptions_without_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    found: Any = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple):
        found = found[1]  # pyright: ignore[reportUnknownVariableType] - as logging has it
    if isinstance(found, BaseException):
        event["exception"] = told(found)
    return event


def _messages_without_arguments(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    # asyncio writes a task, and in it what the task failed with, on the lines after the first.
    event["event"] = str(record.msg).partition("\n")[0]
    event["logger"] = record.name
    return event


def _thread_failed(hook: threading.ExceptHookArgs) -> None:
    structlog.get_logger(__name__).error("thread_failed", exc_info=hook.exc_value)
