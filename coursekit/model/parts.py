"""A course in parts: which modules stand under which title, and what does not go together.

A part has no order and no gate of its own. It is where its modules are, so they have to stand in one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from coursekit.model.course import Course, Module, Part
from coursekit.model.outcome import Refused


class Fault(StrEnum):
    """What can be wrong with the parts of a course."""

    UNKNOWN = "unknown-part"
    EMPTY = "part-without-module"
    APART = "part-apart"
    NONE_NAMED = "module-without-part"


@dataclass(frozen=True)
class PartFault:
    """One of them: where course.yml has it, and what to say about it."""

    fault: Fault
    path: tuple[str, ...]
    """Such as `("modules", "small-classes", "part")`."""
    refused: Refused


def modules_of_parts(course: Course) -> tuple[tuple[Part, tuple[Module, ...]], ...]:
    """Each part that has modules, and those, in the modules' order."""
    found = []
    for name, run in groupby(course.modules, key=lambda m: m.part):
        part = next((p for p in course.parts if p.id == name), None)
        if part is not None:
            found.append((part, tuple(run)))
    return tuple(found)


def part_faults(course: Course) -> tuple[PartFault, ...]:
    """What is wrong with the parts; nothing in a course without."""
    named = [m for m in course.modules if m.part is not None]
    if not course.parts and not named:
        return ()
    # Without any module in a part, each of them would be said to lack one.
    unnamed = [m for m in course.modules if m.part is None] if named else []
    return (*_unknown(course), *_apart(course), *map(_without_part, unnamed), *_empty(course))


def _unknown(course: Course) -> list[PartFault]:
    known = {p.id for p in course.parts}
    return [
        _fault(
            Fault.UNKNOWN,
            ("modules", m.id, "part"),
            f"The module {m.id} is in the part {m.part}, which course.yml does not have.",
            f"The parts there are: {', '.join(p.id for p in course.parts) or 'none yet'}.",
        )
        for m in course.modules
        if m.part is not None and m.part not in known
    ]


def _apart(course: Course) -> list[PartFault]:
    found: list[PartFault] = []
    last: dict[str, Module] = {}
    for before, module in zip((None, *course.modules), course.modules, strict=False):
        part = module.part
        if part is None:
            continue
        if part in last and (before is None or before.part != part):
            found.append(
                _fault(
                    Fault.APART,
                    ("modules", module.id, "part"),
                    f"The module {module.id} is in the part {part}, and other modules stand between it and "
                    f"{last[part].id}.",
                    f"Move it up behind {last[part].id}, or put it into another part.",
                )
            )
        last[part] = module
    return found


def _without_part(module: Module) -> PartFault:
    return _fault(
        Fault.NONE_NAMED,
        ("modules", module.id),
        f"The module {module.id} is in no part, and other modules are.",
        "Give it a `part`, or take the parts out of all of them.",
    )


def _empty(course: Course) -> list[PartFault]:
    used = {m.part for m in course.modules}
    return [
        _fault(
            Fault.EMPTY,
            ("parts", p.id),
            f"No module is in the part {p.id}.",
            f"Write `part: {p.id}` at its modules, or take it out.",
        )
        for p in course.parts
        if p.id not in used
    ]


def _fault(fault: Fault, path: tuple[str, ...], reason: str, next_step: str) -> PartFault:
    return PartFault(fault, path, Refused(fault.value, reason, next_step))
