"""Which folder and which exchange the calls of a notebook work on: the one place to replace them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from coursekit.ports import Workbook
from coursekit.services.answer import Exchange

if TYPE_CHECKING:
    from coursekit.prompts.pointing import Points


def _open_workbook(folder: Path) -> Workbook:
    # Imported late: a kernel starts faster, and a run that commits nothing never loads an HTTP client.
    from coursekit.wiring.learner import open_workbook

    return open_workbook(folder)


def _connect() -> Exchange:
    from coursekit.wiring.learner import connect

    return connect()


def _is_grading() -> bool:
    from coursekit.wiring.settings import is_grading

    return is_grading()


@dataclass(frozen=True)
class Session:
    """The parts that a notebook's calls need."""

    open_workbook: Callable[[Path], Workbook] = _open_workbook
    connect: Callable[[], Exchange] = _connect
    is_grading: Callable[[], bool] = _is_grading


current = Session()
"""Tests put another one here."""


def workbook() -> Workbook:
    """The module in the kernel's current folder. Raises BadInput when there is none."""
    return current.open_workbook(Path.cwd())


def connect() -> Exchange:
    """The exchange, asked for only when something is committed."""
    return current.connect()


def points() -> Points:
    """The same exchange, for what is asked after a hand-in."""
    return cast("Points", current.connect())


def is_grading() -> bool:
    """Whether a grader's machine runs this: the reader is a grader, and nobody can press a button."""
    return current.is_grading()
