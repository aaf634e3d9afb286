"""How long a cell takes, and which stretches are too long."""

from __future__ import annotations

import pytest

from coursekit.lint.reading import minutes_of, time_findings
from coursekit.model.course import Module
from coursekit.model.ids import ModuleId, PromptId
from coursekit.model.notebook import Cell, Faculty, NbgraderCell, Reveal

MINUTE = "word " * 200


@pytest.mark.parametrize(
    ("source", "cell_type", "role", "minutes"),
    [
        (MINUTE, "markdown", None, 1.0),
        (MINUTE, "markdown", Reveal(PromptId("p1")), 1.0),
        (MINUTE, "markdown", Faculty(), 0.0),
        ("| one | two |\n|---|---|\n" + "| word | word |\n" * 99, "markdown", None, 1.0),
        ("![" + "word " * 100 + "](exhibits/x.svg)", "markdown", None, 1.0),
        ("<!-- " + MINUTE + " -->", "markdown", None, 0.0),
        ("[" + "word " * 200 + "](https://example.org/a/b/c)", "markdown", None, 1.0),
        ("语" * 400, "markdown", None, 1.0),
        ("x = 1\n" * 15, "code", None, 1.0),
        ("import x\n# says\n\nck.exhibit('x')\n", "code", None, 0.0),
        ("plt.plot(x)", "code", Reveal(PromptId("p1")), 0.5),
        ("x", "code", Reveal(PromptId("p1")), 0.25),
    ],
)
def test_a_cell_takes_so_long(make_material, source, cell_type, role, minutes):
    assert minutes_of(Cell(1, "x", cell_type, source, role), make_material()) == pytest.approx(minutes)


def test_an_exhibit_in_prose_is_read_where_a_cell_leads_to_it(make_material):
    material = make_material(prose={"exhibits/letter.md": MINUTE})
    assert minutes_of(Cell(1, "x", "markdown", "[It](exhibits/letter.md)"), material) == pytest.approx(1.005)


@pytest.mark.parametrize(
    "cell",
    [
        Cell(1, "x", "code", "x = 1\n" * 99, tags=("parameters",)),
        Cell(
            1, "x", "code", "assert x\n" * 99, nbgrader=NbgraderCell("t", grade=True, locked=True, points=1)
        ),
        Cell(1, "x", "code", "x = 1\n" * 99, nbgrader=NbgraderCell("t", solution=True)),
    ],
)
def test_code_that_is_folded_away_takes_nothing(make_material, cell):
    assert minutes_of(cell, make_material()) == 0


def codes(material):
    return [(f.code, f.cell_id) for f in time_findings(material)]


def test_five_minutes_are_not_too_long(make_cell, make_material, sound_cells):
    assert codes(make_material(make_cell("long", MINUTE * 5), *sound_cells[1:])) == []
    # What would be told as 5.0 minutes is none too many.
    assert codes(make_material(make_cell("long", MINUTE * 5 + "word " * 9), *sound_cells[1:])) == []


@pytest.mark.parametrize("at", [0, 2])
def test_more_is_told_where_it_begins(make_cell, make_material, sound_cells, at):
    cells = [*sound_cells]
    cells[at:at] = [make_cell("long", MINUTE * 3), make_cell("longer", MINUTE * 3)]
    assert codes(make_material(*cells)) == [("CK502", "long")]


@pytest.mark.parametrize(("minutes", "found"), [(60, []), (40, []), (39, ["CK505"])])
def test_a_module_may_take_a_quarter_longer_than_it_says(
    make_cell, make_material, make_decision, minutes, found
):
    prompt = make_cell("p1", "", make_decision(minutes=50), "code")
    module = Module(ModuleId("one"), "One", minutes=minutes)
    assert [f.code for f in time_findings(make_material(prompt, module=module))] == found


def test_a_short_module_may_take_five_minutes_longer(make_cell, make_material, make_decision):
    prompt = make_cell("p1", "", make_decision(minutes=7), "code")
    assert codes(make_material(prompt, module=Module(ModuleId("one"), "One", minutes=2))) == []
