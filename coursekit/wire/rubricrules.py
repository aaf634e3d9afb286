"""What the fields of one rubric must be to each other; each field on its own is the shape's business.

A rubric that breaks one of these would not fail, it would quietly do nothing: a detector without its words, a rule
that nobody can meet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coursekit.model.rubric import Auto, Criterion, Detector, Rubric


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where in the rubric, in words, and what to do."""

    path: tuple[str | int, ...]
    words: str
    """The rest of a sentence that begins with the field."""
    next_step: str


_NEEDS = {
    Detector.TERMS: ("terms", "the words that hint at it"),
    Detector.POSITION: ("options", "what one can decide for, such as [reverse, keep, phase in]"),
    Detector.PERSPECTIVE: ("stakeholders", "whose chair one can sit in, such as [nurses, union, director]"),
}
_OF_ONE_DETECTOR = {"options": Detector.POSITION, "stakeholders": Detector.PERSPECTIVE}
_DEPTH = re.compile(r"depth(?:[_-]|$)")


def faults(rubric: Rubric) -> Iterator[Fault]:
    """Everything that does not go together, from top to bottom."""
    if rubric.min_own_words > rubric.cap_words:
        yield Fault(
            ("min_own_words",),
            f"is {rubric.min_own_words}, and “cap_words” is {rubric.cap_words}",
            "Ask for fewer words of one's own than count at most.",
        )
    yield from _decision(rubric)
    yield from _twice(("criteria",), [c.id for c in rubric.criteria])
    for place, criterion in enumerate(rubric.criteria):
        yield from _criterion(("criteria", place), criterion)
    yield from _feedback(rubric.criteria)


def _criterion(path: tuple[str | int, ...], criterion: Criterion) -> Iterator[Fault]:
    detector = criterion.detector
    field, what = _NEEDS.get(detector, ("", ""))
    if field and not getattr(criterion, field):
        yield Fault((*path, field), f"is empty, and the detector {detector} needs it", f"List there {what}.")
    for name, only in _OF_ONE_DETECTOR.items():
        if getattr(criterion, name) and detector is not only:
            yield Fault(
                (*path, name),
                f"is for the detector {only} alone, and the detector here is {detector}",
                f"Write detector: {only}, or take {name} out.",
            )
    if detector is not Detector.NONE and _DEPTH.match(criterion.id):
        yield Fault(
            (*path, "detector"),
            f"is {detector}, and depth is read by a person",
            "Write detector: none; or give the criterion another id, if it is about something that can be seen.",
        )


def _decision(rubric: Rubric) -> Iterator[Fault]:
    decision, rule = rubric.decision, rubric.decision.rule
    known = list(dict.fromkeys(c.id for c in rubric.criteria))
    at: tuple[str | int, ...] = ("decision", "rule")
    for name, ids in (("all_of", rule.all_of), ("of", rule.of)):
        for wrong in (i for i in ids if i not in known):
            yield Fault(
                (*at, name),
                f"names {wrong}, which is no criterion of this rubric",
                f"Its criteria are: {', '.join(known)}.",
            )
    yield from _named_twice((*at, "of"), [*rule.all_of, *rule.of])
    if rule.at_least > len(rule.of):
        yield Fault(
            (*at, "at_least"),
            f"is {rule.at_least}, and “of” lists {len(rule.of)}",
            f"Nobody could meet it: ask for {len(rule.of)} at most, or list more criteria in “of”."
            if rule.of
            else "List in “of” the criteria that are counted.",
        )
    elif rule.of and not rule.at_least:
        yield Fault(
            (*at, "at_least"),
            "is 0, so “of” asks for nothing",
            "Say how many of them an adequate attempt shows, or take “of” out.",
        )
    if decision.points > rubric.points:
        yield Fault(
            ("decision", "points"),
            f"is {decision.points}, and the rubric brings {rubric.points} at most",
            f"Write {rubric.points} or fewer.",
        )
    if decision.auto is Auto.NONE:
        return
    if not rule.all_of and not rule.at_least:
        yield Fault(
            ("decision", "rule"),
            f"is missing, and auto: {decision.auto} needs it",
            "Say which criteria an adequate attempt shows: all_of, or at_least and of.",
        )
    if not decision.points:
        yield Fault(
            ("decision", "points"),
            f"is missing, and auto: {decision.auto} needs it",
            "Say how many points a certified adequate attempt scores.",
        )


def _twice(path: tuple[str | int, ...], ids: Sequence[str]) -> Iterator[Fault]:
    for wrong, count in Counter(ids).items():
        if count > 1:
            yield Fault(path, f"has the id {wrong} twice", "Give one of them another id.")


def _named_twice(path: tuple[str | int, ...], ids: Sequence[str]) -> Iterator[Fault]:
    for wrong, count in Counter(ids).items():
        if count > 1:
            yield Fault(
                path,
                f"names {wrong}, which the rule has already",
                "Name each criterion once: in “all_of” or in “of”.",
            )


def _feedback(criteria: Sequence[Criterion]) -> Iterator[Fault]:
    """Sentences that a learner could not tell apart."""
    said: dict[str, tuple[str, str]] = {}
    for place, criterion in enumerate(criteria):
        for name in ("found", "missing"):
            text = _alike(getattr(criterion, name))
            if not text:
                continue
            first = said.setdefault(text, (criterion.id, name))
            if first != (criterion.id, name):
                other = f"“{first[1]}”" if first[0] == criterion.id else f"“{first[1]}” of {first[0]}"
                yield Fault(
                    ("criteria", place, "feedback", name),
                    f"says the same as {other}",
                    "Write a sentence that tells the learner about this alone.",
                )


def _alike(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
