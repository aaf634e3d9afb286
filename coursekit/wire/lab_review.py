"""What travels between the review panel and its Jupyter server; the same in TypeScript is lab/src/review/shapes.ts.

Places in an answer are counted in characters (code points) from 0, as the record has them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Group = Literal["appeal", "flagged", "unread", "uncertain", "audit"]
State = Literal["found", "maybe", "not-found"]
_LONGEST = 20_000


class Shape(BaseModel):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReviewPrompt(Shape):
    """One written prompt in numbers."""

    prompt: str
    title: str
    answers: int
    marked: int
    """By a person."""
    waiting: int
    groups: dict[Group, int]
    """Waiting, by group."""
    passed: int
    """Without a person."""


class ReviewModule(Shape):
    """One module that can be reviewed, or why it cannot."""

    module: str
    title: str
    prompts: list[ReviewPrompt] = []
    problem: str = ""


class ReviewModules(Shape):
    """What there is to review in a course."""

    course: str
    modules: list[ReviewModule]


class QueueItem(Shape):
    """One answer in the queue. Whose it is, is not told."""

    id: str
    prompt: str
    group: Group
    why: str
    """In a sentence."""
    blind: bool
    waits: bool
    """A person still has to read it."""
    words: int


class ReviewQueue(Shape):
    """The queue, in the order in which it is read."""

    module: str
    title: str
    prompt: str
    order: Literal["doubt", "random"]
    items: list[QueueItem]
    answers: int
    marked: int
    flagged: int
    """Of those that wait."""


class SpanShape(Shape):
    """A stretch of the answer; `end` is the first character beyond it."""

    start: int
    end: int


class ReviewCriterion(Shape):
    """One thing to look for, and where the checks point."""

    id: str
    ask: str
    levels: list[tuple[int, str]]
    """Points → what they stand for, lowest first."""
    state: State | None
    """None where a person alone reads for it."""
    spans: list[SpanShape]
    """The best sentence first."""
    told: str
    """What its learner reads about it; empty where nothing."""


class ReviewFlag(Shape):
    """A guard's question."""

    question: str
    spans: list[SpanShape]


class MarkShape(Shape):
    """What stands in the gradebook."""

    points: float | None
    comment: str
    by_person: bool
    """Somebody has marked it."""
    levels: dict[str, int] = {}
    """By the record, where they add up to these points."""
    adequate: bool | None = None


class ReviewItem(Shape):
    """Everything about one answer but its learner's name and what is suggested."""

    id: str
    prompt: str
    title: str
    question: str
    group: Group
    why: list[str]
    blind: bool
    appeal: str
    text: str
    left_out: int
    """Characters of it that are not shown."""
    words: int
    min_words: int
    language: str
    criteria: list[ReviewCriterion]
    """Empty without a rubric: points in one then."""
    most: float
    flags: list[ReviewFlag]
    has_suggestion: bool
    """It can be asked for."""
    seen: bool
    """Somebody has asked for it: the mark is no blind one any more."""
    asks_adequate: bool
    """The rubric has no rule for it: a person says."""
    mark: MarkShape | None
    """None where it bears no points."""
    expected: str
    """To be sent along with a decision: what the grader saw. Nobody needs to read it."""


class SuggestedLevel(Shape):
    """A level, with the interval that holds it in 8 of 10 cases."""

    criterion: str
    level: int
    low: int
    high: int


class SuggestionShape(Shape):
    """What marked answers suggest. That it was looked at is noted down."""

    mean: float
    sd: float
    most: float
    length_driven: bool
    levels: list[SuggestedLevel]
    rests_on: list[tuple[str, float]]
    """Block of features → points against the average answer."""
    nearest: list[tuple[str, float, float]]
    """Marked answer, its points, how much alike from 0 to 1."""


class DecisionRequest(Shape):
    """What the grader decided."""

    levels: dict[str, int] = {}
    points: float | None = None
    """In the place of levels, without a rubric."""
    adequate: bool | None = None
    comment: str | None = Field(None, max_length=_LONGEST)
    """None leaves the one that is there."""
    expected: str = Field("", max_length=200_000)


class DecidedShape(Shape):
    """It is in the gradebook."""

    item: str
    points: float
    most: float
    adequate: bool
    mark: MarkShape | None
    expected: str


class UndoneShape(Shape):
    """The newest decision was taken back."""

    item: str
    prompt: str


class NameShape(Shape):
    """Whose answer it is."""

    name: str


class CommentShape(Shape):
    """Words that are used again and again."""

    id: str
    text: str


class CommentChange(Shape):
    """What to add and what to take out; the rest stays, whoever has put it there."""

    add: list[str] = Field([], max_length=50)
    remove: list[str] = Field([], max_length=50)
    """Ids."""


class CommentBankShape(Shape):
    """All comments of a course's bank, oldest first."""

    comments: list[CommentShape]
