"""What the graders of a pilot say together: agreement by prompt and criterion, by group, and what is in dispute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from coursekit.model.pilot import Asked, Given, Pilot
from coursekit.policy.reflection.agreement import (
    ROUNDS,
    Group,
    Measure,
    are_apart,
    group_exact,
    measure,
)

Marks = Mapping[str, Mapping[str, Given]]
"""Grader → blind id → what was given."""

SCHEMA = "coursekit.agreement/1"
_NOTHING = Given()


@dataclass(frozen=True)
class OfPrompt:
    """Agreement on one prompt's answers."""

    prompt: str
    title: str
    n: int
    """Answers drawn."""
    criteria: tuple[Measure, ...]
    total: Measure
    """In points."""
    adequate: Measure


@dataclass(frozen=True)
class OfGroups:
    """How two graders agree about `adequate`, group by group."""

    first: str
    second: str
    groups: tuple[Group, ...]
    apart: bool | None
    """Whether two groups lie further apart than they may; none when too few are large enough to say."""


@dataclass(frozen=True)
class Comparison:
    """All of it."""

    pilot: Pilot
    prompts: tuple[OfPrompt, ...]
    adequate: Measure
    """Over all prompts."""
    groups: tuple[OfGroups, ...] | None
    """None when nobody said who belongs where."""

    def to_json(self) -> dict[str, Any]:
        """agreement.json."""
        return {
            "schema": SCHEMA,
            "pilot": self.pilot.name,
            "module": self.pilot.module,
            "graders": list(self.pilot.graders),
            "answers": len(self.pilot.answers),
            "bootstrap": {"rounds": ROUNDS, "seed": self.pilot.seed},
            "prompts": {p.prompt: _without(asdict(p), "prompt") for p in self.prompts},
            "adequate": asdict(self.adequate),
            "groups": None if self.groups is None else [asdict(g) for g in self.groups],
        }


def compare(pilot: Pilot, marks: Marks, groups: Mapping[str, str] | None) -> Comparison:
    """How far they agree. What somebody has not marked counts for nobody. `groups`: blind id → group."""
    everything = sorted(pilot.answers)
    return Comparison(
        pilot,
        tuple(_of_prompt(pilot, marks, asked) for asked in pilot.prompts),
        measure("adequate", _adequate(marks, everything), 1, pilot.seed),
        None if groups is None else _of_groups(marks, everything, groups),
    )


def disputed(pilot: Pilot, marks: Marks) -> dict[str, str]:
    """The answers that all marked in full and not alike: blind id → what each gave, for a third reader."""
    apart: dict[str, str] = {}
    for name in sorted(pilot.answers):
        given = _complete(pilot, marks, name)
        if given is None:
            continue
        rubric = pilot.get_prompt(name).rubric
        differ = [
            f"{c.id}: " + ", ".join(f"{who} {mine.levels[c.id]}" for who, mine in given.items())
            for c in rubric.criteria
            if len({mine.levels[c.id] for mine in given.values()}) > 1
        ]
        if len({mine.adequate for mine in given.values()}) > 1:
            said = ", ".join(f"{who} {'yes' if mine.adequate else 'no'}" for who, mine in given.items())
            differ.append(f"adequate: {said}")
        if differ:
            apart[name] = "; ".join(differ)
    return apart


def agreed(given: Sequence[Given]) -> Given:
    """What all of them gave alike."""
    first, others = given[0], given[1:]
    levels = {c: n for c, n in first.levels.items() if all(g.levels.get(c) == n for g in others)}
    return Given(levels, first.adequate if all(g.adequate == first.adequate for g in others) else None)


def resolve(pilot: Pilot, marks: Marks, decided: Mapping[str, Given]) -> dict[str, Given]:
    """The settled marks: what all gave alike, and where they differ what was decided. No mark is an average."""
    settled: dict[str, Given] = {}
    for name in sorted(pilot.answers):
        given = _complete(pilot, marks, name)
        if given is None:
            continue
        rubric = pilot.get_prompt(name).rubric
        same = agreed(list(given.values()))
        if same.lacks(rubric):
            later = decided.get(name, _NOTHING)
            said = later.adequate if same.adequate is None else same.adequate
            same = Given({**later.levels, **same.levels}, said)
        if not same.lacks(rubric):
            settled[name] = Given({c.id: same.levels[c.id] for c in rubric.criteria}, same.adequate)
    return settled


def _complete(pilot: Pilot, marks: Marks, name: str) -> dict[str, Given] | None:
    """Each grader's marks, when every one of them marked it in full."""
    given = {who: mine.get(name, _NOTHING) for who, mine in marks.items()}
    rubric = pilot.get_prompt(name).rubric
    return None if any(mine.lacks(rubric) for mine in given.values()) else given


def _of_prompt(pilot: Pilot, marks: Marks, asked: Asked) -> OfPrompt:
    names = sorted(name for name, prompt in pilot.answers.items() if prompt == asked.id)
    criteria = tuple(
        measure(
            c.id,
            {who: [mine.get(n, _NOTHING).levels.get(c.id) for n in names] for who, mine in marks.items()},
            c.points,
            pilot.seed,
        )
        for c in asked.rubric.criteria
    )
    totals = {who: [mine.get(n, _NOTHING).points(asked.rubric) for n in names] for who, mine in marks.items()}
    return OfPrompt(
        asked.id,
        asked.title,
        len(names),
        criteria,
        measure("total", totals, asked.rubric.points, pilot.seed),
        measure("adequate", _adequate(marks, names), 1, pilot.seed),
    )


def _of_groups(marks: Marks, names: Sequence[str], groups: Mapping[str, str]) -> tuple[OfGroups, ...]:
    said = _adequate(marks, names)
    where = [groups.get(name) for name in names]
    found = []
    for first, second in combinations(said, 2):
        each = group_exact(said[first], said[second], where)
        found.append(OfGroups(first, second, each, are_apart(each)))
    return tuple(found)


def _adequate(marks: Marks, names: Sequence[str]) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for who, mine in marks.items():
        said = [mine.get(name, _NOTHING).adequate for name in names]
        found[who] = [None if one is None else int(one) for one in said]
    return found


def _without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k != key}
