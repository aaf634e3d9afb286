"""A facilitator's plan of a discussion: where a cohort splits, whom to call first, what is when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from coursekit.model.ids import PromptId, UserId
from coursekit.model.prompt import Prompt, Response


@dataclass(frozen=True)
class Answer:
    """One person's first commitment of a prompt."""

    learner: UserId
    response: Response


@dataclass(frozen=True)
class Camp:
    """Those who answered alike."""

    label: str
    count: int


@dataclass(frozen=True)
class Split:
    """How people fall into camps."""

    title: str
    """Of the item that was rated; empty where the prompt asks one thing."""
    camps: tuple[Camp, ...]
    """In the order in which the options or levels were offered; empty camps as well."""
    disagreeing: int
    """Of 100 pairs of people drawn by lot, those who chose differently."""


@dataclass(frozen=True)
class Spread:
    """How far estimates lie apart."""

    values: tuple[float, ...]
    """Sorted."""
    quarters: tuple[float, float, float]
    """In whole steps."""
    unit: str = ""
    answer: float | None = None
    """What the reveal said."""
    near: int = 0
    """Estimates that lie no further than `reach` from the answer, up or down."""
    reach: float = 0
    """A tenth of the range that the task allows."""
    step: float | None = None
    """What the task counts in; numbers are told in whole steps."""

    @property
    def below(self) -> int:
        """Estimates under the answer."""
        return sum(v < self.answer for v in self.values) if self.answer is not None else 0

    @property
    def above(self) -> int:
        """Estimates over the answer."""
        return sum(v > self.answer for v in self.values) if self.answer is not None else 0


@dataclass(frozen=True)
class Sureness:
    """How sure people were, for those who came nearer to an estimate's answer and for those further off."""

    estimate: PromptId
    scale: tuple[str, ...]
    nearer: tuple[int, ...]
    """People at each point of the scale."""
    further: tuple[int, ...]


@dataclass(frozen=True)
class Quote:
    """A sentence of somebody's, word for word."""

    learner: UserId
    text: str
    camp: str = ""
    """The label of what they chose; empty where nothing was to be chosen."""
    is_minority: bool = False


@dataclass(frozen=True)
class View:
    """What a cohort answered to one prompt, as far as it may be shown."""

    prompt: Prompt
    counted: int
    """Answers that are counted here: whole fives."""
    waiting: int
    """Answers beyond them."""
    splits: tuple[Split, ...] = ()
    spread: Spread | None = None
    sureness: Sureness | None = None
    quotes: tuple[Quote, ...] = ()
    camp_of: Mapping[UserId, str] = field(default_factory=dict)
    """Where each of those counted stands; an empty label where there are no camps."""


class Why(StrEnum):
    """Why somebody is called."""

    SELDOM = "seldom"
    """Called the least so far; among equals, from the smallest camp."""
    OPPOSITE = "opposite"
    """Stands against the voice before."""
    THIRD = "third"
    """Stands in a camp that was not heard yet."""
    NEXT = "next"
    """There is time for one more; camps take turns."""


@dataclass(frozen=True)
class Call:
    """One person to call, at one prompt."""

    prompt: PromptId
    learner: UserId
    why: Why
    camp: str
    heard: int
    """How often earlier plans called them."""
    is_smallest: bool = False
    """Their camp is the smallest of those that have anybody in them."""
    stood: PromptId | None = None
    """The earlier task in which they stood in that camp; none where it is this one's."""
    is_again: bool = False
    """This plan calls them before: their camp, or the room, has nobody else."""


@dataclass(frozen=True)
class Slot:
    """A stretch of the session."""

    start: int
    """Minutes from the beginning."""
    end: int
    what: str
    how: str
    prompts: tuple[PromptId, ...] = ()
    """Tasks that it names."""
    calls_for: tuple[PromptId, ...] = ()
    """Those of them whose calls are here: a task's calls stand in one row."""
    smallest_first: bool | None = None
    """Whether the smallest camp is to open, or to close; none where the row does not say."""

    @property
    def turns(self) -> int:
        """Voices that it has room for, at two minutes each."""
        return (self.end - self.start) // 2


@dataclass(frozen=True)
class Note:
    """What the case's teaching note and the notebook say to whoever leads the discussion."""

    board: str = ""
    questions: tuple[str, ...] = ()
    faculty: Mapping[PromptId, str] = field(default_factory=dict)
    """Faculty notes of the notebook, by the prompt they follow."""
    order: str = ""
    """What the teaching note says of whom to call."""


@dataclass(frozen=True)
class Plan:
    """All of it."""

    course: str
    module: str
    title: str
    minutes: int
    people: int
    """Who answered anything; only told from five on."""
    views: tuple[View, ...]
    calls: tuple[Call, ...]
    slots: tuple[Slot, ...]
    note: Note = Note()
    group: str = ""
    names: Mapping[UserId, str] | None = None
    """What each is called, where names may stand on the page; none hides them all."""
    is_rehearsal: bool = False
    """Made of sample answers: no learner is in it."""
    asked_for_consent: bool = True
    """Whether a list of who may be quoted was given."""
    made_at: str = ""
    unmatched: tuple[str, ...] = ()
    """Rows of the teaching note's table that name no task."""
