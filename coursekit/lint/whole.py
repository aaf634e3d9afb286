"""Rules about the course as a whole: what no module can tell by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.facts import Facts
from coursekit.lint.finding import Finding
from coursekit.lint.material import COURSE_FILE, Where, nowhere
from coursekit.lint.parameters import parameters_set
from coursekit.model.course import Course, GateKind, Module
from coursekit.model.ids import ModuleId
from coursekit.model.parts import Fault, part_faults


def facts_of(material: Material) -> Facts:
    """What the course needs to know of that module."""
    used = {c for _, prompt in material.notebook.prompts() for c in prompt.competencies}
    points = any(
        cell.nbgrader is not None and cell.nbgrader.grade and (cell.nbgrader.points or 0) > 0
        for cell in material.notebook.cells
    )
    return Facts(tuple(sorted(used)), points, parameters_set(material.notebook))


def whole_findings(
    course: Course, facts: Mapping[ModuleId, Facts], where: Where = nowhere
) -> Iterator[Finding]:
    """What is wrong between the modules. `facts` may lack modules that could not be read."""
    yield from _parts(course, where)
    yield from _in_time(course, facts, where)
    yield from _parameters(course, facts, where)
    # Where a module could not be read, its prompts are not known.
    if course.modules and all(m.id in facts for m in course.modules):
        used = {c for known in facts.values() for c in known.competencies}
        for competency in course.competencies:
            if competency.id not in used:
                yield rules.UNUSED_COMPETENCY.at(
                    COURSE_FILE,
                    None,
                    f"No prompt exercises the competency {competency.id}.",
                    "Name it in the prompts that do, or take it out.",
                    line=where(COURSE_FILE, ("competencies", competency.id)),
                )


_OF_PARTS = {
    Fault.UNKNOWN: rules.UNKNOWN_PART,
    Fault.EMPTY: rules.PART_WITHOUT_MODULE,
    Fault.APART: rules.PART_APART,
    Fault.NONE_NAMED: rules.MODULE_WITHOUT_PART,
}


def _parts(course: Course, where: Where) -> Iterator[Finding]:
    for found in part_faults(course):
        reason, hint = found.refused.reason, found.refused.next_step
        line = where(COURSE_FILE, found.path)
        yield _OF_PARTS[found.fault].at(COURSE_FILE, None, reason, hint, line=line)


def _in_time(course: Course, facts: Mapping[ModuleId, Facts], where: Where) -> Iterator[Finding]:
    for module in course.modules:
        at = ("modules", module.id)
        if module.gate.kind is GateKind.PASSED and module.gate.mark > 0:
            for before in module.after:
                if before in facts and not facts[before].has_points:
                    yield rules.NEVER_IN_TIME.at(
                        COURSE_FILE,
                        None,
                        f"Nobody can open {module.id}: it asks for {module.gate.mark:.0%} of {before}, "
                        "where nothing brings points.",
                        f"Give {module.id} the gate submitted or committed, or mark something in {before}.",
                        line=where(COURSE_FILE, at),
                    )
        opens, first = _open_at_last(course, module.after)
        for name, end in (("closes", module.closes), ("is due", module.due)):
            if opens is not None and end is not None and end <= opens:
                yield rules.NEVER_IN_TIME.at(
                    COURSE_FILE,
                    None,
                    f"Nobody can hand {module.id} in in time: it {name} before {first}, which comes first, opens.",
                    f"Let {first} open earlier, or {module.id} end later.",
                    line=where(COURSE_FILE, at),
                )
                break


def _parameters(course: Course, facts: Mapping[ModuleId, Facts], where: Where) -> Iterator[Finding]:
    for variant in course.variants:
        line = where(COURSE_FILE, ("variants", variant.id))
        for module, given in variant.modules.items():
            if module in facts:
                for name in sorted(given.keys() - set(facts[module].parameters or ())):
                    yield _unknown_parameter(
                        name, f"the variant {variant.id}", f"the parameters cell of {module}", line
                    )
        # Where a module could not be read, its parameters are not known.
        if all(m.id in facts for m in course.modules):
            anywhere = {p for known in facts.values() for p in known.parameters or ()}
            for name in sorted(variant.parameters.keys() - anywhere):
                yield _unknown_parameter(
                    name, f"the variant {variant.id}", "any module's parameters cell", line
                )


def _unknown_parameter(name: str, whose: str, place: str, line: int | None) -> Finding:
    return rules.UNKNOWN_PARAMETER.at(
        COURSE_FILE,
        None,
        f"The parameter {name} of {whose} is not in {place}.",
        "Mend its name, or give it a value in the cell with the tag parameters.",
        line=line,
    )


def _open_at_last(course: Course, after: Iterable[ModuleId]) -> tuple[datetime | None, str]:
    """When the last of these modules, or of those before them, opens; and which it is."""
    latest: Module | None = None
    seen: set[ModuleId] = set()
    ahead = list(after)
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        module = course.get_module(name)
        ahead += module.after
        if module.opens is not None and (
            latest is None or latest.opens is None or module.opens > latest.opens
        ):
            latest = module
    return (None, "") if latest is None else (latest.opens, latest.id)
