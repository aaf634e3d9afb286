"""What is mended without asking, and what is left to its author."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coursekit.lint.fixes import MENDED, Edit, fixes, missing_ids
from coursekit.lint.review import module_findings
from coursekit.model.ids import PromptId
from coursekit.model.notebook import NbgraderCell
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.rubric import Criterion, Rubric

VIEW = Rubric("view", "A view", (Criterion("fact", "Cites a fact.", {0: "None.", 1: "One.", 2: "Two."}),))
ASK = Prompt(PromptId("p2"), PromptKind.REFLECTION, "View", "What do you think?", rubric="view")
GRADED = NbgraderCell("p2", grade=True, solution=True, points=2)


@pytest.fixture
def edits(make_material):
    def look(*cells, rubrics=None):
        material = make_material(*cells, rubrics={"view": VIEW} if rubrics is None else rubrics)
        found = fixes(material)
        there = {(f.code, f.cell) for f in module_findings(material)}
        assert {(f.code, f.cell) for f in found} <= there
        assert {f.code for f in found} <= MENDED
        return [(f.code, edit.cell, edit.path, edit.value) for f in found for edit in f.edits]

    return look


def test_a_sound_module_needs_none(edits, sound_cells):
    assert edits(*sound_cells) == []


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        ("", 'ck.decision("p1")'),
        ("# choose", '# choose\nck.decision("p1")'),
        ('ck.estimate("p1")', 'ck.decision("p1")'),
        ('# ck.decision("p9") é\nck.decision("p9")  # ck.decision("p9")', None),
        ("ck.decision()", 'ck.decision("p1")'),
        ('x = ck.decision("p9")', ""),
        ('ck.decision("p9")\nprint(1)', ""),
        ("ck.decision(name)", ""),
        ('ck.decision(id="p9")', ""),
        ('other("p9")', ""),
        ("ck.decision(", ""),
    ],
)
def test_its_call_is_put_right_where_nothing_else_stands(edits, sound_cells, source, mended):
    if mended is None:
        mended = '# ck.decision("p9") é\nck.decision("p1")  # ck.decision("p9")'
    sound_cells[1] = replace(sound_cells[1], source=source)
    assert edits(*sound_cells) == ([("CK204", 2, ("source",), mended)] if mended else [])


def test_nbgraders_metadata_is_made_whole(edits, sound_cells):
    sound_cells[1] = replace(sound_cells[1], nbgrader=None)
    ((code, cell, path, value),) = edits(*sound_cells)
    assert (code, cell, path) == ("CK202", 2, ("metadata", "nbgrader"))
    assert value == {
        **{"grade": False, "grade_id": "p1", "locked": True, "schema_version": 3},
        **{"solution": False, "task": False},
    }


def test_points_come_from_the_rubric_and_from_nowhere_else(edits, make_cell):
    cell = make_cell("p2", "", ASK)
    ((_, _, _, value),) = edits(cell)
    assert (value["points"], value["grade"], value["solution"], value["locked"]) == (2, True, True, False)
    assert edits(make_cell("p2", "", replace(ASK, rubric=None))) == []
    assert edits(cell, rubrics={}) == []


def test_flags_and_points_are_put_right(edits, make_cell):
    wrong = NbgraderCell("p2", locked=True, task=True)
    assert edits(make_cell("p2", "", ASK, nbgrader=wrong)) == [
        ("CK202", 1, ("metadata", "nbgrader", "solution"), True),
        ("CK202", 1, ("metadata", "nbgrader", "grade"), True),
        ("CK202", 1, ("metadata", "nbgrader", "locked"), False),
        ("CK202", 1, ("metadata", "nbgrader", "task"), False),
        ("CK202", 1, ("metadata", "nbgrader", "points"), 2),
    ]
    assert edits(make_cell("p2", "", ASK, nbgrader=replace(GRADED, points=5))) == [
        ("CK208", 1, ("metadata", "nbgrader", "points"), 2)
    ]


def test_a_grade_id_is_put_right_unless_another_cell_has_it(edits, make_cell):
    cell = make_cell("p2", "", ASK, nbgrader=replace(GRADED, grade_id="guess"))
    assert edits(cell) == [("CK203", 1, ("metadata", "nbgrader", "grade_id"), "p2")]
    assert edits(cell, make_cell("x", "", nbgrader=GRADED)) == []


def test_of_two_prompts_with_one_id_neither_is_touched(edits, make_cell):
    cell = make_cell("p2", "", ASK, nbgrader=replace(GRADED, grade_id="guess"))
    assert edits(cell, replace(cell, id="other")) == []


def test_a_prompt_on_the_wrong_type_of_cell_is_left_alone(edits, make_cell):
    assert edits(make_cell("p2", "", ASK, "code")) == []


def test_copies_get_an_id_that_is_free(edits, make_cell):
    cells = [make_cell("a", "1"), make_cell("a-2", "2"), make_cell("a", "3"), make_cell("a", "4")]
    assert edits(*cells) == [("CK104", 3, ("id",), "a-3"), ("CK104", 4, ("id",), "a-4")]
    long = "x" * 64
    ((*_, new),) = edits(make_cell(long, "1"), make_cell(long, "2"))
    assert len(new) <= 64


def test_cells_without_an_id_get_one_whatever_stands_beside_them():
    cells = [{"id": "cell-2"}, {"id": ""}, {}, {"id": 7}, "no cell", None]
    assert [fix.edits for fix in missing_ids(cells)] == [
        (Edit(2, ("id",), "cell-2-2"),),
        (Edit(3, ("id",), "cell-3"),),
    ]
