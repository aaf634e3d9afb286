"""What the service writes to its log, and how: one JSON object a line, or a line for people.

What may stand in a line: a request's id, method, address template, status, time and size; what our own code and
the server say in fixed words; of an error, its type and where it happened. What never stands there: an error's
text, and what other libraries say in theirs. Both quote what they were given: an answer, perhaps, or a password.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from traceback import extract_tb
from types import TracebackType
from typing import Any, TextIO

STYLES = ("json", "text", "quiet")
"""Every request as JSON; every request as a line for people; only what went wrong, for people."""

_TRUSTED = ("coursekit", "uvicorn.error")
_DEEP = 12
"""So many places of a traceback, the innermost."""
_CHAIN = 5

Triple = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


def new_request_id() -> str:
    """Sixteen letters that no other request has."""
    return secrets.token_hex(8)


def describe(error: BaseException | None) -> dict[str, Any]:
    """An error without its words: its type, the types behind it, and the places, innermost last."""
    types: list[str] = []
    deepest = error
    while error is not None and len(types) < _CHAIN:
        types.append(type(error).__name__)
        deepest = error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    places = [
        f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"
        for frame in extract_tb(deepest.__traceback__ if deepest else None)[-_DEEP:]
    ]
    return {"error": " from ".join(types), "places": places}


def fields_of(record: logging.LogRecord, request: str) -> dict[str, Any]:
    """A record as a flat object of plain values."""
    line: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
    }
    if any(record.name == name or record.name.startswith(f"{name}.") for name in _TRUSTED):
        line["event"] = record.getMessage().strip()
    else:
        line["event"] = f"{record.name} said something at {PurePath(record.pathname).name}:{record.lineno}"
    if request:
        line["request_id"] = request
    line.update(getattr(record, "fields", {}))
    if record.exc_info and record.exc_info[1] is not None:
        line.update(describe(record.exc_info[1]))
    return line


class _Formatter(logging.Formatter):
    def __init__(self, request: ContextVar[str] | None) -> None:
        super().__init__()
        self._request = request

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        return fields_of(record, self._request.get("") if self._request else "")


class JsonLines(_Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what is not plain is spelt out."""
        return json.dumps(self.fields(record), ensure_ascii=False, default=repr)


class TextLines(_Formatter):
    """The same, for people."""

    def format(self, record: logging.LogRecord) -> str:
        """`08:00:00 info   GET /api/v1/courses 200 in 3.1 ms (a1b2…)`."""
        line = self.fields(record)
        head = f"{line.pop('at')[11:19]} {line.pop('level'):<7}"
        event, request = line.pop("event"), line.pop("request_id", "")
        if "route" in line:
            event = f"{line['method']} {line['route']} {line['status']} in {line['ms']} ms"
            line = {}
        places = line.pop("places", [])
        more = " ".join(f"{key}={value}" for key, value in line.items())
        text = " ".join(part for part in (head, event, more, f"({request})" if request else "") if part)
        return "\n    ".join([text, *places])


def configure(
    style: str, request: ContextVar[str] | None = None, stream: TextIO | None = None
) -> Callable[[], None]:
    """Make that the log of this process, uvicorn's lines and stray errors included; gives a way back.

    `style`: one of STYLES. `request`: where the current request's id stands. `stream`: else standard error.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(request) if style == "json" else TextLines(request))
    root = logging.getLogger()
    ours = [logging.getLogger(name) for name in ("coursekit", "uvicorn", "uvicorn.error", "uvicorn.access")]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in (root, *ours)]
    root.handlers = [handler]
    # Other libraries only when something is wrong.
    root.setLevel(logging.WARNING)
    for logger in ours:
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(logging.WARNING if style == "quiet" else logging.INFO)
    # Its lines hold whole addresses.
    logging.getLogger("uvicorn.access").propagate = False
    logging.captureWarnings(True)
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    log = logging.getLogger("coursekit.process")

    def stray(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("the process ends by an unexpected error", exc_info=(kind, value, trace))

    def stray_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            log.error("a thread ended by an unexpected error", exc_info=args.exc_value)

    def stray_object(args: Any) -> None:
        log.error("an error that nobody could take", exc_info=args.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = stray, stray_thread, stray_object

    def back() -> None:
        for logger, handlers, level, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)
        logging.captureWarnings(False)
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks

    return back
