"""Make a facilitator's plan of a discussion: of what a cohort committed, or of sample answers as a rehearsal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput, NotFound
from coursekit.model.ids import CourseId, ModuleId, PromptId, UserId
from coursekit.model.notebook import Faculty, Notebook
from coursekit.model.outcome import Refused
from coursekit.model.plan import Answer, Note, Plan, Slot, View
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.rubric import Exemplar
from coursekit.policy.discussion import timetable
from coursekit.policy.discussion.calls import call_order
from coursekit.policy.discussion.quotes import quotes
from coursekit.policy.discussion.views import find_estimate, people, sureness, view
from coursekit.wire.api import CommitmentRow, MemberShape


@dataclass(frozen=True)
class Asked:
    """A module as its author wrote it, as far as a discussion needs it."""

    course: CourseId
    module: ModuleId
    title: str
    prompts: tuple[Prompt, ...]
    answers: Mapping[PromptId, float]
    """What the reveals say to estimates."""
    faculty: Mapping[PromptId, str]
    teaching_note: str


@dataclass(frozen=True)
class Cohort:
    """Who answered what."""

    answers: Mapping[PromptId, Sequence[Answer]]
    """Oldest first."""
    may_quote: Collection[UserId] = ()
    names: Mapping[UserId, str] = field(default_factory=dict)
    group: str = ""
    is_rehearsal: bool = False
    asked_for_consent: bool = True


class Staff(Protocol):
    """What a plan needs of the exchange."""

    def members(self, course: str) -> Sequence[MemberShape]:
        """Everybody in the course."""

    def commitments(self, course: str, module: str, prompt: str) -> Sequence[CommitmentRow]:
        """Everybody's first commitment of a prompt, oldest first."""


def read_asked(
    course: Course, module: Module, notebook: Notebook, note: str, given: Mapping[str, float]
) -> Asked:
    """What the notebook and the case's teaching note say about a module.

    `given`: answers to estimates, which win. Raises BadInput.
    """
    prompts = tuple(p for _, p in notebook.prompts())
    estimates = {p.id for p in prompts if p.kind is PromptKind.ESTIMATE}
    strange = next((name for name in given if name not in estimates), None)
    if strange is not None:
        known = ", ".join(sorted(estimates)) or "none"
        raise BadInput(
            "no-such-estimate", f"{strange} is no estimate of {module.id}.", f"Its estimates are: {known}."
        )
    told = {r.after: r.answer for _, r in notebook.reveals() if r.answer is not None and r.after in estimates}
    others = [m.title for m in course.modules if m.case == module.case and m.id != module.id]
    return Asked(
        course.id,
        module.id,
        module.title,
        prompts,
        told | {PromptId(name): value for name, value in given.items()},
        _faculty(notebook),
        timetable.part_of(note, module.title, others),
    )


def read_cohort(
    exchange: Staff, asked: Asked, consented: Collection[str] | None, only: Collection[str] | None, group: str
) -> Cohort:
    """The course's learners' first commitments; `only`: of these learners. Staff's own trials are left out."""
    learners = {m.user: m.name for m in exchange.members(asked.course) if m.role == "learner"}
    wanted = {who for who in learners if only is None or who in only}

    def given(prompt: Prompt) -> list[Answer]:
        try:
            rows = exchange.commitments(asked.course, asked.module, prompt.id)
        except NotFound as error:
            # The author's folder may be ahead of what is released.
            if error.code != "no-such-prompt":
                raise
            return []
        return [Answer(UserId(row.learner), row.response) for row in rows if row.learner in wanted]

    return Cohort(
        {p.id: given(p) for p in asked.prompts},
        frozenset(UserId(who) for who in wanted if who in (consented or ())),
        {UserId(who): learners[who] for who in wanted},
        group,
        asked_for_consent=consented is not None,
    )


def rehearse(asked: Asked, exemplars: Sequence[Exemplar]) -> Cohort:
    """A cohort of sample answers. Each is a voice of its own: nobody answers two tasks."""
    answers = {
        p.id: [Answer(UserId(e.id), e.response) for e in exemplars if e.prompt == p.id] for p in asked.prompts
    }
    voices = people(answers)
    # What a teacher marked as no adequate attempt is smooth and empty more often than weak: nothing to read aloud.
    poor = {UserId(e.id) for e in exemplars if e.adequate is False}
    return Cohort(answers, voices - poor, {who: f"sample answer {who}" for who in voices}, is_rehearsal=True)


def make(
    asked: Asked, cohort: Cohort, heard: Mapping[UserId, int], minutes: int, show_names: bool, made_at: str
) -> Plan:
    """The plan. `heard`: how often earlier plans called each. Raises BadInput when the minutes are too few."""
    views = tuple(_views(asked, cohort))
    noted = timetable.read_table(asked.teaching_note, asked.prompts)
    slots = _fitted(noted or timetable.by_prompts(asked.prompts), minutes)
    calls = call_order(
        views,
        heard,
        f"{asked.course}/{asked.module}",
        timetable.rooms(slots, views),
        {p: s.smallest_first for s in slots if s.smallest_first is not None for p in s.calls_for},
    )
    counted = {who for v in views for who in v.camp_of}
    return Plan(
        asked.course,
        asked.module,
        asked.title,
        minutes,
        len(people(cohort.answers)) if counted else 0,
        views,
        calls,
        slots,
        Note(
            timetable.section(asked.teaching_note, "board plan", "the board"),
            timetable.questions(timetable.section(asked.teaching_note, "questions to ask")),
            asked.faculty,
            timetable.section(asked.teaching_note, "call order"),
        ),
        cohort.group,
        dict(cohort.names) if show_names else None,
        cohort.is_rehearsal,
        cohort.asked_for_consent,
        made_at,
        timetable.unmatched(noted),
    )


def _views(asked: Asked, cohort: Cohort) -> Iterator[View]:
    used: set[UserId] = set()
    for prompt in asked.prompts:
        given = cohort.answers.get(prompt.id, ())
        seen = view(prompt, given, asked.answers.get(prompt.id))
        # A sample answer is nobody's, and “answer” no name.
        names = {} if cohort.is_rehearsal else cohort.names
        found = quotes(seen, given, cohort.may_quote, names, used)
        used.update(q.learner for q in found)
        estimate = (
            find_estimate(asked.prompts, prompt, asked.answers)
            if prompt.kind is PromptKind.CONFIDENCE
            else None
        )
        sure = None
        if estimate is not None:
            guesses = cohort.answers.get(estimate.id, ())
            sure = sureness((prompt, given), (estimate, guesses), asked.answers[estimate.id])
        yield replace(seen, quotes=found, sureness=sure)


def _fitted(slots: Sequence[Slot], minutes: int) -> tuple[Slot, ...]:
    decision = timetable.fits(slots, minutes)
    if isinstance(decision, Refused):
        raise BadInput.of(decision)
    return timetable.fit(slots, minutes)


def _faculty(notebook: Notebook) -> dict[PromptId, str]:
    """The faculty notes, by the prompt that each follows; what comes before the first is for the first."""
    first = next((p.id for _, p in notebook.prompts()), None)
    found: dict[PromptId, list[str]] = {}
    at = first
    for cell in notebook.cells:
        if isinstance(cell.role, Prompt):
            at = cell.role.id
        elif isinstance(cell.role, Faculty) and at is not None:
            found.setdefault(at, []).append(cell.source)
    return {prompt: "\n\n".join(notes) for prompt, notes in found.items()}
