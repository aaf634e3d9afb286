"""`coursekit preview` before there is anything to see: what stops it is said, and nothing is left."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from coursekit.cli.previewing import preview
from coursekit.model.errors import Conflict, NotFound

TINY = Path(__file__).parents[2] / "courses" / "tiny"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where it would keep its folder; what it does with signals ends with the test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield tmp_path
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_a_port_that_is_taken_is_said(temporary: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        done = CliRunner().invoke(
            preview, ["first", "--no-browser", "--port", str(port), "--course", str(TINY)]
        )
    assert isinstance(done.exception, Conflict)
    assert done.exception.detail == f"Something else listens on port {port} already."
    assert done.exception.next_step == "Leave --port out, and a free one is taken; or name another."
    assert not list(temporary.iterdir())


def test_a_module_that_is_not_there_is_said(temporary: Path) -> None:
    done = CliRunner().invoke(preview, ["frist", "--no-browser", "--course", str(TINY)])
    assert isinstance(done.exception, NotFound)
    assert done.exception.detail == "The course tiny has no module frist."
    assert done.exception.next_step == "Its modules are: first, second."
    assert not list(temporary.iterdir())
