"""Which modules stand under which title, and what does not go together."""

from __future__ import annotations

import pytest

from coursekit.model.course import Course, Module, Part
from coursekit.model.ids import CourseId, ModuleId
from coursekit.model.parts import modules_of_parts, part_faults

FIGURES, COMPARING = Part("figures", "Figures"), Part("comparing", "Comparing", "Who is ahead?")


def course(named: str, *parts: Part) -> Course:
    """`figures figures -`: a part for each module in turn, `-` for none."""
    modules = (
        Module(ModuleId(f"m{n}"), f"M{n}", part=None if name == "-" else name)
        for n, name in enumerate(named.split(), 1)
    )
    return Course(CourseId("c"), "C", "UTC", tuple(modules), parts=parts)


def test_each_part_has_its_modules_in_their_order() -> None:
    found = modules_of_parts(course("comparing figures figures", FIGURES, COMPARING))
    assert [(part.title, [m.id for m in modules]) for part, modules in found] == [
        ("Comparing", ["m1"]),
        ("Figures", ["m2", "m3"]),
    ]


@pytest.mark.parametrize("named", ["- -", ""])
def test_a_course_without_parts_has_none_and_no_fault(named: str) -> None:
    assert modules_of_parts(course(named)) == ()
    assert part_faults(course(named)) == ()


@pytest.mark.parametrize(
    ("named", "faults"),
    [
        ("figures figures comparing", []),
        ("comparing figures", []),
        ("figures comparing figures figures", [("part-apart", "modules", "m3", "part")]),
        ("figures - comparing", [("module-without-part", "modules", "m2")]),
        ("figures figures", [("part-without-module", "parts", "comparing")]),
        # One sentence for each part, and none for each module: nobody has begun.
        ("- -", [("part-without-module", "parts", "figures"), ("part-without-module", "parts", "comparing")]),
        ("figures comparing other", [("unknown-part", "modules", "m3", "part")]),
        (
            "figures other figures comparing -",
            [
                ("unknown-part", "modules", "m2", "part"),
                ("part-apart", "modules", "m3", "part"),
                ("module-without-part", "modules", "m5"),
            ],
        ),
    ],
)
def test_what_does_not_go_together_is_said_where_it_stands(named: str, faults: list[tuple[str, ...]]) -> None:
    assert [(f.fault.value, *f.path) for f in part_faults(course(named, FIGURES, COMPARING))] == faults


def test_a_part_that_is_named_and_told_nowhere() -> None:
    [fault] = part_faults(course("figures"))
    assert fault.refused.reason == "The module m1 is in the part figures, which course.yml does not have."
    assert fault.refused.next_step == "The parts there are: none yet."
