"""What only the course as a whole can tell."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coursekit.lint.facts import Facts
from coursekit.lint.whole import facts_of, whole_findings
from coursekit.model.course import Competency, Course, Gate, GateKind, Module
from coursekit.model.ids import CourseId, ModuleId
from coursekit.model.notebook import NbgraderCell

ONE, TWO, THREE = ModuleId("one"), ModuleId("two"), ModuleId("three")
HALF = Gate(GateKind.PASSED, 0.5)


def codes(*modules: Module, facts: dict[ModuleId, Facts] | None = None, competencies=()) -> list[str]:
    course = Course(CourseId("c"), "C", "UTC", modules, competencies=competencies)
    known = {m.id: Facts() for m in modules} if facts is None else facts
    return [f.code for f in whole_findings(course, known)]


def day(number: int) -> datetime:
    return datetime(2027, 1, number, tzinfo=UTC)


def test_a_gate_on_a_mark_needs_points_before_it():
    modules = (Module(ONE, "1"), Module(TWO, "2", after=(ONE,), gate=HALF))
    assert codes(*modules) == ["CK111"]
    assert codes(*modules, facts={ONE: Facts((), True), TWO: Facts()}) == []


@pytest.mark.parametrize("gate", [Gate(), Gate(GateKind.COMMITTED), Gate(GateKind.PASSED, 0.0)])
def test_other_gates_need_none(gate):
    assert codes(Module(ONE, "1"), Module(TWO, "2", after=(ONE,), gate=gate)) == []


def test_nothing_is_said_of_a_module_that_cannot_be_read():
    assert codes(Module(ONE, "1"), Module(TWO, "2", after=(ONE,), gate=HALF), facts={TWO: Facts()}) == []


@pytest.mark.parametrize(
    ("end", "found"), [({"due": day(9)}, 1), ({"closes": day(10)}, 1), ({"due": day(11)}, 0)]
)
def test_a_module_ends_after_all_before_it_open(end, found):
    modules = (
        Module(ONE, "1", opens=day(10)),
        Module(TWO, "2", after=(ONE,), opens=day(1)),
        Module(THREE, "3", after=(TWO,), **end),
    )
    assert codes(*modules) == ["CK111"] * found


def test_a_module_may_open_after_the_one_before_has_closed():
    assert codes(Module(ONE, "1", closes=day(9)), Module(TWO, "2", after=(ONE,), opens=day(10))) == []


COMPETENCIES = (Competency("a", "A", "cognitive"), Competency("b", "B", "cognitive"))


def test_each_competency_is_exercised_somewhere():
    facts = {ONE: Facts(("a",)), TWO: Facts(("b",))}
    assert codes(Module(ONE, "1"), Module(TWO, "2"), facts=facts, competencies=COMPETENCIES) == []
    del facts[TWO]
    assert codes(Module(ONE, "1"), facts=facts, competencies=COMPETENCIES) == ["CK506"]


def test_a_module_that_cannot_be_read_may_exercise_it():
    facts = {ONE: Facts(("a",))}
    assert codes(Module(ONE, "1"), Module(TWO, "2"), facts=facts, competencies=COMPETENCIES) == []


def test_a_course_without_modules_has_begun_only():
    assert codes(competencies=COMPETENCIES) == []


def test_facts_are_read_off_the_prompts_and_the_points(make_cell, make_material, make_decision):
    asks = make_cell("p1", "", make_decision(competencies=("b", "a")), "code")
    test = make_cell("t", "", None, "code", NbgraderCell("t", grade=True, locked=True, points=0))
    assert facts_of(make_material(asks, test)) == Facts(("a", "b"), False)
    more = make_cell("m", "", None, "code", NbgraderCell("m", grade=True, locked=True, points=2))
    assert facts_of(make_material(asks, test, more)).has_points
