"""What a learner reads about an answer: what the tool saw, in their own words, and one next step.

No number, no level, no verdict; nothing of what a guard saw, which is a question to a person.
"""

from __future__ import annotations

from coursekit.model.feedback import Check, Found
from coursekit.model.reflection import Basis, Checked, Evidence, Pointer, Pointers, Reason
from coursekit.model.rubric import Criterion, Detector

FOOTER = (
    "Checked by pattern matching against your course's rubric. It can miss things. "
    "A person decides anything below a clear pass."
)
_FAILED = "The tool could not read this answer. A person reads it."
_OTHER_LANGUAGE = "The tool knows English best and may have missed things here. A person reads your answer."
_ONLY_PEOPLE = "A person reads your answer."


def pointers(basis: Basis, checked: Checked, raw: str) -> Pointers:
    """What to tell the learner. `raw`: the answer as it was handed in; offsets are places in it."""
    reasons = checked.route.reasons
    if Reason.FAILED in reasons:
        return Pointers(basis.prompt, basis.title, (), "", _FAILED)
    criteria = {c.id: c for c in basis.rubric.criteria}
    read = [
        _pointer(criteria[e.criterion], e, raw)
        for e in checked.evidence
        if e.criterion in criteria and criteria[e.criterion].detector is not Detector.NONE
    ]
    if not read:
        return Pointers(basis.prompt, basis.title, (), "", _ONLY_PEOPLE)
    footer = f"{_OTHER_LANGUAGE} {FOOTER}" if Reason.OTHER_LANGUAGE in reasons else FOOTER
    unread = [c.ask for c in basis.rubric.criteria if c.detector is Detector.NONE]
    if unread:
        footer += " A person alone reads for this: " + " ".join(unread)
    return Pointers(basis.prompt, basis.title, tuple(read), _next_step(basis, read), footer)


def as_checks(told: Pointers) -> tuple[Check, ...]:
    """The same, as feedback pages show it."""
    return tuple(
        Check(
            p.ask,
            p.state,
            p.quote,
            p.span.start if p.span is not None else None,
            p.span.end if p.span is not None else None,
        )
        for p in told.pointers
    )


def _pointer(criterion: Criterion, evidence: Evidence, raw: str) -> Pointer:
    span = evidence.span
    quote = raw[span.start : span.end] if span is not None else ""
    if evidence.state is Found.NOT_FOUND:
        text = criterion.missing or "The tool did not find this."
        return Pointer(criterion.id, criterion.ask, evidence.state, text)
    if evidence.state is Found.MAYBE:
        return Pointer(criterion.id, criterion.ask, evidence.state, "Is this it?", span, quote)
    text = criterion.found or "The tool found this."
    return Pointer(criterion.id, criterion.ask, evidence.state, text, span, quote)


def _next_step(basis: Basis, read: list[Pointer]) -> str:
    """One: of the first criterion that was not found, or else of the first that is doubtful."""
    for state in (Found.NOT_FOUND, Found.MAYBE):
        for pointer in read:
            if pointer.state is state:
                criterion = basis.rubric.find_criterion(pointer.criterion)
                assert criterion is not None  # the pointers are made from its criteria
                return criterion.missing or criterion.ask
    return ""
