"""What a learner gets back: every field of it. What is not named here never leaves the grader's side.

Marks (the gradebook) ─┐
Judged (the answers) ──┼─▶ Page ─▶ feedback.html, feedback.json
Prompt (the author) ───┘
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from coursekit.model.prompt import Response

SCHEMA = "coursekit.feedback/2"


@dataclass(frozen=True)
class CellMark:
    """One graded cell of one submission, as the gradebook has it."""

    grade_id: str
    score: float
    max_score: float
    needs_manual_grade: bool
    comment: str
    """A person's, or else what nbgrader wrote by itself."""


@dataclass(frozen=True)
class Marks:
    """One learner's marks on one module."""

    learner: str
    score: float
    max_score: float
    cells: tuple[CellMark, ...]
    penalty: float = 0.0
    """Points that lateness costs; still in `score`."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What a person wrote, by cell; also on cells that bear no points themselves."""


@dataclass(frozen=True)
class Judged:
    """An answer as it was judged; or why it cannot be shown."""

    response: Response | None = None
    """None: nothing was answered."""
    problem: str = ""


class Found(StrEnum):
    """What a machine saw of a criterion in an answer."""

    FOUND = "found"
    MAYBE = "maybe"
    NOT_FOUND = "not-found"


@dataclass(frozen=True)
class Check:
    """One criterion that a written answer was checked for."""

    label: str
    state: Found
    quote: str = ""
    """The learner's own words that show it."""
    start: int | None = None
    """Where the quote begins in the answer, in characters from 0."""
    end: int | None = None
    """Where it ends: the first character beyond it."""


@dataclass(frozen=True)
class Advice:
    """What goes with the checks of one answer."""

    next_step: str = ""
    """One thing to do; empty when everything was found."""
    note: str = ""
    """What the checks cannot do, and who decides."""


@dataclass(frozen=True)
class Part:
    """One test of the author's, under the label that they gave it."""

    label: str
    score: float
    max_score: float
    waiting: bool


@dataclass(frozen=True)
class Row:
    """One part of an answer that was given in a form."""

    label: str
    value: str


@dataclass(frozen=True)
class Item:
    """What is said about one prompt."""

    prompt: str
    """Empty for marked work that belongs to no prompt."""
    title: str
    question: str
    answer: str
    is_code: bool
    score: float
    max_score: float
    waiting: bool
    """A person has not read it yet."""
    comment: str
    rows: tuple[Row, ...] = ()
    """The answer part by part, where it has more than one."""
    left_out: int = 0
    """Characters at the end of a very long answer that are not repeated here."""
    problem: str = ""
    """Why the answer cannot be shown."""
    parts: tuple[Part, ...] = ()
    checks: tuple[Check, ...] = ()
    next_step: str = ""
    """What the checks advise to do next."""
    checks_note: str = ""
    """What the checks cannot do, and who decides."""


@dataclass(frozen=True)
class Page:
    """Feedback on one submission."""

    title: str
    learner: str
    language: str
    """Of the course, as HTML names languages; empty where it is not known."""
    submitted_at: str
    submission: str
    score: float
    """After what lateness cost."""
    max_score: float
    penalty: float
    """Points that lateness cost."""
    waiting: int
    """Items that a person has not read yet."""
    items: tuple[Item, ...]
