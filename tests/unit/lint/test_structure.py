"""Near misses: what the rules about reveals and exhibits must leave alone."""

from __future__ import annotations

import pytest

from coursekit.lint.review import module_findings
from coursekit.lint.structure import course_findings
from coursekit.model.course import Course, Module
from coursekit.model.ids import CourseId, ModuleId, PromptId
from coursekit.model.notebook import Faculty, Reveal

NIGHT = frozenset({"exhibits/night.csv"})


def sealed(make_cell):
    return make_cell("files", "Seven.", Reveal(PromptId("p1"), files=("exhibits/night.csv",)))


def codes(material):
    return [f.code for f in module_findings(material)]


def test_a_sealed_file_may_be_read_below_the_prompt_that_opens_it(make_cell, make_material, sound_cells):
    reads = make_cell("reads", 'open("exhibits/night.csv")', cell_type="code")
    assert codes(make_material(*sound_cells, sealed(make_cell), reads, exhibits=NIGHT)) == []


def test_a_sealed_file_may_not_be_read_above_it(make_cell, make_material, sound_cells):
    reads = make_cell("reads", 'open("exhibits/night.csv")', cell_type="code")
    assert codes(make_material(reads, *sound_cells, sealed(make_cell), exhibits=NIGHT)) == ["CK304"]


@pytest.mark.parametrize("role", [Faculty(), Reveal(PromptId("p1"))])
def test_what_learners_do_not_run_may_read_everything(make_cell, make_material, sound_cells, role):
    reads = make_cell("reads", 'open("exhibits/night.csv")', role, "code")
    assert "CK304" not in codes(make_material(reads, *sound_cells, sealed(make_cell), exhibits=NIGHT))


def test_prose_may_tell_of_a_sealed_file(make_cell, make_material, sound_cells):
    tells = make_cell("tells", "Later you get exhibits/night.csv, called `![](exhibits/night.csv)`.")
    assert codes(make_material(tells, *sound_cells, sealed(make_cell), exhibits=NIGHT)) == []


@pytest.mark.parametrize("early_first", [True, False])
def test_the_earliest_prompt_opens_a_file(make_cell, make_material, make_decision, sound_cells, early_first):
    second = make_decision(id=PromptId("p2"))
    late = make_cell("again", "Eight.", Reveal(PromptId("p2"), files=("exhibits/night.csv",)))
    reads = make_cell("reads", 'ck.exhibit("night.csv")', cell_type="code")
    reveals = [sealed(make_cell), late] if early_first else [late, sealed(make_cell)]
    cells = [*sound_cells, reads, make_cell("p2", "", second, "code"), *reveals]
    assert "CK304" not in codes(make_material(*cells, exhibits=NIGHT))


@pytest.mark.parametrize(
    "source",
    [
        "Look into the folder exhibits/ or exhibits/maps.",
        "See exhibits/night.csv.",
        "`exhibits/night.csv`, then more",
        "[it](exhibits/night.csv)",
        'pd.read_csv("exhibits/night.csv").plot',
        'ck.exhibit( "night.csv" )',
    ],
)
def test_names_of_exhibits_end_where_they_end(make_cell, make_material, source):
    assert codes(make_material(make_cell("c", source), exhibits=NIGHT)) == []


@pytest.mark.parametrize(
    "source", ["exhibits/Night.csv", "(exhibits/maps/night.csv)", "ck.exhibit('day.csv')"]
)
def test_a_file_that_is_not_there_is_found(make_cell, make_material, source):
    assert codes(make_material(make_cell("c", source), exhibits=NIGHT)) == ["CK303"]


@pytest.mark.parametrize(
    ("source", "codes_found"),
    [
        ("![A lamp](data:,)", []),
        ("![](data:,)", ["CK306"]),
        ("![ ][ref]", ["CK306"]),
        ("```\n![](x)\n```", []),
        ("<IMG src='data:,'>", ["CK306"]),
        ("<img\nalt='A lamp' src='data:,'>", []),
    ],
)
def test_images_say_what_they_show(make_cell, make_material, source, codes_found):
    assert codes(make_material(make_cell("c", source))) == codes_found


def test_a_chart_with_its_description_passes(make_cell, make_material, sound_cells):
    chart = make_cell("chart", "plt.show()", Reveal(PromptId("p1"), alt="Bars."), "code")
    blank = make_cell("blank", "frame.plot()", Reveal(PromptId("p1"), alt=" "), "code")
    assert codes(make_material(*sound_cells, chart)) == []
    assert codes(make_material(*sound_cells, blank)) == ["CK305"]


def test_a_module_without_a_case_needs_none():
    course = Course(CourseId("c"), "C", "UTC", (Module(ModuleId("one"), "One"),))
    assert list(course_findings(course, ["one"], ["one"], [])) == []


def test_findings_come_from_top_to_bottom(make_cell, make_material):
    cells = [
        make_cell("a", "![](https://example.org/x)"),
        make_cell("a", "exhibits/day.csv"),
        make_cell("b", "![](https://example.org/x)"),
    ]
    found = module_findings(make_material(*cells))
    assert [(f.cell, f.code) for f in found] == [(1, "CK306"), (2, "CK104"), (2, "CK303"), (3, "CK306")]
