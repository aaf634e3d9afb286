"""What travels between the lab and its own Jupyter server; lab/src/api/shapes.ts has the same, in TypeScript.

Moments are ISO 8601 with an offset. Paths are the lab's: relative to the server's root, with slashes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from coursekit.wire.api import MANY, PathPart, RefusalShape, Standing, Step

Role = Literal["learner", "grader", "instructor"]
Found = Literal["found", "maybe", "not-found"]


class LabShape(BaseModel):
    """What the server answers."""

    model_config = ConfigDict(frozen=True)


class Asked(BaseModel):
    """What the lab sends. Unknown fields are refused: a misspelt one must not be dropped in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# the course


class LabStep(Step):
    """One module on the learner's path, and where it is on this server."""

    folder: str | None = None
    notebook: str | None = None


class Place(Asked):
    """Where the learner was last."""

    module: str = Field(max_length=64)
    cell_id: str = Field(max_length=200)
    prompt: str | None = Field(None, max_length=64)


class LabCourse(LabShape):
    """The learner's way through a course."""

    course: str
    title: str
    role: Role
    time_zone: str
    course_time_zone: str
    language: str
    steps: list[LabStep]
    parts: list[PathPart]
    place: Place | None
    etag: str


class Unchanged(LabShape):
    """An answer to waiting: nothing has changed."""

    unchanged: Literal[True] = True
    etag: str


class ZoneRequest(Asked):
    """The time zone in which I want to see dates."""

    time_zone: str


# a module


class Opened(LabShape):
    """A folder that is there now."""

    folder: str
    notebook: str
    release: int


class Updated(LabShape):
    """A newer release that was merged into the folder."""

    before: int
    release: int
    copy_: str = Field(serialization_alias="copy")
    """What stood there before; a folder, relative to the module's."""
    notes: list[str]


class ChoiceShape(LabShape):
    """One option, item or field."""

    id: str
    label: str
    min_words: int = 0


class LabCriterion(LabShape):
    """One thing that a marker looks for, as learners may read it."""

    id: str
    ask: str
    levels: list[tuple[int, str]]
    """Points and what they stand for, lowest first."""


class LabRubric(LabShape):
    """How an answer is marked, as learners may read it."""

    title: str
    criteria: list[LabCriterion]


class LabReceipt(LabShape):
    """A receipt that is kept beside the notebook."""

    at: str
    short: str
    """The first letters of its digest, or of the number of a hand-in: what people read out to each other."""
    path: str


class LabPrompt(LabShape):
    """Everything that is known about one prompt and its answer."""

    id: str
    kind: str
    title: str
    question: str
    minutes: float
    required: bool
    min_words: int
    max_words: int | None
    options: list[ChoiceShape]
    items: list[ChoiceShape]
    fields: list[ChoiceShape]
    scale: list[str]
    unit: str
    min: float | None
    max: float | None
    step: float | None
    response: dict[str, Any] | None
    """What stands in the saved file."""
    words: int
    refusal: RefusalShape | None
    """Why it could not be committed as it stands."""
    sealed: dict[str, Any] | None
    receipt: LabReceipt | None
    revised: bool
    """What stands in the file is another answer than the sealed one."""
    revisions: list[LabReceipt]
    reveal: list[dict[str, Any]] | None
    """What the commitment opened; none before."""
    rubric: LabRubric | None


class LabModule(LabShape):
    """A module's folder on this server."""

    course: str
    module: str
    title: str
    folder: str
    notebook: str
    release: int | None
    prompts: list[LabPrompt]


class SaveRequest(Asked):
    """A form's answer; a number may be the text that was typed."""

    response: dict[str, Any]


class Saved(LabShape):
    """How a form's answer stands after it was saved."""

    prompt: LabPrompt
    heard: str
    """A number as it was understood; empty for other kinds, and where it is none yet."""


class CommitRequest(Asked):
    """Seal what stands in the file, which is what the learner sees."""

    shown: dict[str, Any]
    revision: bool = False


class Committed(LabShape):
    """Sealed."""

    prompt: LabPrompt
    revision: int
    """1 for the commitment itself, 2 and up for a revision beside it."""
    missing: list[str]
    warnings: list[str]


# handing in


class ShownCell(Asked):
    """One cell as the lab shows it."""

    cell_id: str
    source: str


class SubmitRequest(Asked):
    """Hand in what the learner sees."""

    shown: list[ShownCell] = Field(max_length=MANY * 10)
    allow_missing: bool = False
    use_this: bool = False


class LabSubmission(LabShape):
    """A submission as lists show it."""

    submission: str
    at: datetime
    release: int
    standing: Standing
    late_seconds: float
    counts: bool
    withdrawn: bool
    feedback: bool
    short: str
    """The first letters of its number, by which its receipt is known."""
    by: str | None


class HandedIn(LabShape):
    """The receipt, and what its learner should know."""

    submission: str
    receipt: LabReceipt
    missing: list[str]
    opened: list[str]
    standing: Standing
    counts: bool
    due: datetime | None
    warnings: list[str]


# afterwards


class FeedbackRow(LabShape):
    """One part of an answer that was given in a form."""

    label: str
    value: str


class FeedbackPart(LabShape):
    """One test of the author's, under the label that they gave it."""

    label: str
    score: float
    max_score: float
    waiting: bool = False


class FeedbackCheck(LabShape):
    """What the checks saw of one criterion."""

    label: str
    state: Found
    quote: str = ""
    start: int | None = None
    end: int | None = None


class FeedbackItem(LabShape):
    """What is said about one prompt."""

    prompt: str
    title: str
    question: str = ""
    answer: str = ""
    is_code: bool = False
    score: float
    max_score: float
    waiting: bool = False
    comment: str = ""
    rows: list[FeedbackRow] = []
    left_out: int = 0
    problem: str = ""
    parts: list[FeedbackPart] = []
    checks: list[FeedbackCheck] = []
    next_step: str = ""
    checks_note: str = ""


class FeedbackFile(LabShape):
    """feedback.json, as far as it is shown; older ones have less in it."""

    score: float
    max_score: float
    penalty: float = 0
    waiting: int = 0
    items: list[FeedbackItem]


class LabFeedback(LabShape):
    """Feedback on one submission."""

    submission: str | None
    submitted_at: datetime | None
    given_at: datetime
    score: float
    max_score: float
    penalty: float
    waiting: int
    items: list[FeedbackItem]


class AppealRequest(Asked):
    """Ask that a person reads an answer."""

    reason: str = ""
