"""A log line says what happened and where, and repeats nothing that anybody said."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from coursekit.wiring.logs import configure

CANARY = "CANARY-the-answer-or-the-password"
request_id: ContextVar[str] = ContextVar("request_id", default="")


class Log:
    def __init__(self, style: str) -> None:
        self.stream = io.StringIO()
        self.back = configure(style, request_id, self.stream)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(params=["json", "text", "quiet"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    opened = Log(request.param)
    yield opened
    opened.back()


@pytest.fixture
def json_log() -> Iterator[Log]:
    opened = Log("json")
    yield opened
    opened.back()


def fail() -> None:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        raise ValueError(f"insert into answers values ({CANARY})") from error


def test_an_error_is_its_types_and_places(json_log: Log) -> None:
    try:
        fail()
    except ValueError:
        logging.getLogger("coursekit.anything").exception("unexpected error")
    (line,) = json_log.lines
    assert line["error"] == "ValueError from KeyError"
    assert line["event"] == "unexpected error"
    assert line["level"] == "error"
    assert line["at"].endswith("+00:00")
    # The innermost error's own place: where it began.
    assert line["places"][-1].endswith(" fail")
    assert line["places"][-1].startswith("unit/wiring/test_logs.py:")
    assert CANARY not in json_log.text


def test_what_others_say_is_not_repeated(log: Log) -> None:
    for name in ("sqlalchemy.engine", "httpx", "asyncio", "somebody", "coursekitten", "uvicorn.errors"):
        logging.getLogger(name).error("could not do %s", CANARY)
        logging.getLogger(name).error(f"could not do {CANARY}")
    warnings.warn(CANARY, UserWarning, stacklevel=1)
    assert CANARY not in log.text
    assert len(log.text.splitlines()) == 13
    assert "sqlalchemy.engine said something at test_logs.py:" in log.text


def test_stray_errors_are_logged_without_their_words(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    # What pytest itself listens to would take them first.
    thread = threading.Thread(target=fail)
    hook = threading.excepthook
    thread.start()
    thread.join()
    assert hook is threading.excepthook
    try:
        fail()
    except ValueError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]

    class Bad:
        def __del__(self) -> None:
            fail()

    Bad()
    gc.collect()

    async def forgotten() -> None:
        task = asyncio.ensure_future(asyncio.to_thread(fail))
        await asyncio.sleep(0.05)
        del task
        gc.collect()

    asyncio.run(forgotten())
    text = log.text
    assert "a thread ended by an unexpected error" in text
    assert "the process ends by an unexpected error" in text
    assert "an error that nobody could take" in text
    assert "asyncio said something" in text
    assert text.count("ValueError from KeyError") == 4
    assert CANARY not in text + "".join(capsys.readouterr())


def test_a_line_for_people(log: Log) -> None:
    request_id.set("0123456789abcdef")
    fields = {"method": "GET", "route": "/a/{course}", "status": 200, "ms": 3.1, "bytes": 0}
    logging.getLogger("coursekit.request").info("request", extra={"fields": fields})
    request_id.set("")
    if log.text.startswith("{"):
        line = log.lines[0]
        assert {"event", "level", "at", "request_id", *fields} == set(line)
        assert line["request_id"] == "0123456789abcdef"
    elif log.text:
        assert log.text[8:] == " info    GET /a/{course} 200 in 3.1 ms (0123456789abcdef)\n"
    else:
        # Quiet: only what went wrong.
        logging.getLogger("coursekit.request").error("failed: %s", "disk-full")
        assert log.text[8:] == " error   failed: disk-full\n"


def test_uvicorns_lines_look_the_same_and_its_addresses_are_left_out(json_log: Log) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("uvicorn.access").info('%s - "%s %s"', "10.0.0.1", "GET", f"/{CANARY}")
    assert [line["event"] for line in json_log.lines] == ["Started server process [7]"]


def test_the_way_back() -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook)
    opened = Log("json")
    assert root.handlers != before[0]
    opened.back()
    assert (root.handlers, root.level, sys.excepthook, threading.excepthook, sys.unraisablehook) == before
