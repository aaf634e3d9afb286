"""Near misses: what the rules about prompts must leave alone, and how a question is found."""

from __future__ import annotations

import pytest

from coursekit.lint.prompts import is_its_call, question_of, without_heading
from coursekit.lint.review import module_findings
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Faculty, NbgraderCell, Reveal
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.rubric import Exemplar


def test_a_sound_module_has_no_finding(make_material, sound_cells):
    assert module_findings(make_material(*sound_cells)) == []


@pytest.mark.parametrize(
    ("source", "right"),
    [
        ('ck.decision("p1")', True),
        ("# choose\nck.decision('p1')\n", True),
        ('ck.decision("p2")', False),
        ('ck.estimate("p1")', False),
        ('ck.decision("p1", "p2")', False),
        ('ck.decision(id="p1")', False),
        ('x = ck.decision("p1")', False),
        ('ck.decision("p1"); ck.decision("p1")', False),
        ('ck.decision("p1"', False),
        ("", False),
        ("\0", False),
    ],
)
def test_a_structured_prompt_is_one_call(make_decision, source, right):
    assert is_its_call(source, make_decision()) is right


REFLECTION = Prompt(PromptId("p2"), PromptKind.REFLECTION, "View", "")


def question_with(make_cell, make_material, *before):
    material = make_material(*before, make_cell("p2", "Answer", REFLECTION))
    cell = material.notebook.cells[-1]
    return question_of(material.notebook, cell, REFLECTION)


def test_the_question_is_the_markdown_before_without_its_heading(make_cell, make_material):
    asked = make_cell("q", "### 2 · View\n\nWhat do you think?\n\nSay why.")
    assert question_with(make_cell, make_material, asked) == "What do you think?\n\nSay why."


def test_code_and_faculty_notes_may_stand_between(make_cell, make_material):
    cells = [make_cell("q", "Why?"), make_cell("c", "1", cell_type="code"), make_cell("f", "No", Faculty())]
    assert question_with(make_cell, make_material, *cells) == "Why?"


def test_what_was_said_above_a_reveal_is_no_question(make_cell, make_material):
    cells = [make_cell("q", "Why?"), make_cell("r", "Seven", Reveal(PromptId("p1")))]
    assert question_with(make_cell, make_material, *cells) == ""


def test_a_heading_alone_is_the_question():
    assert without_heading("### What now?") == "What now?"
    assert without_heading("What now?\n# Not a heading on top") == "What now?\n# Not a heading on top"


@pytest.mark.parametrize(
    ("kind", "fields", "response", "problem"),
    [
        ("decision", {}, {"choice": "yes", "reason": ""}, None),
        ("decision", {}, {"choice": "maybe"}, "chooses what is no option"),
        ("decision", {}, {"choice": "yes", "reason": 3}, "has a “reason” that is not text"),
        ("reflection", {}, {"text": "Yes."}, None),
        ("reflection", {}, {"txt": "Yes."}, "has no “text”"),
        ("analysis", {}, {"code": ""}, None),
        ("estimate", {"minimum": 0, "maximum": 9}, {"value": 9.0}, None),
        ("estimate", {"minimum": 0, "maximum": 9}, {"value": True}, "has a “value” that is not a number"),
        ("estimate", {"minimum": 0, "maximum": 9}, {"value": 10}, "has a “value” outside 0 to 9"),
        ("confidence", {"scale": ("a", "b", "c")}, {"level": 3}, None),
        ("confidence", {"scale": ("a", "b", "c")}, {"level": 4}, "has a “level” that is not on the scale"),
        ("self_assessment", {"scale": ("a", "b", "c")}, {"levels": {"x": 1}}, None),
        ("self_assessment", {"scale": ("a", "b", "c")}, {"levels": {"x": 9}}, "has “levels” that are not"),
        ("self_assessment", {"scale": ("a", "b", "c")}, {"levels": {}}, "must have in “levels” exactly x"),
        ("plan", {}, {"fields": {"aim": "A"}}, None),
        ("plan", {}, {"fields": {"aim": 1}}, "has “fields” that are not text"),
        ("plan", {}, {"fields": [1]}, "must have in “fields” exactly aim"),
        ("plan", {}, {"fields": {"aim": "A"}, "more": 1}, "has “more”, which is not part of it"),
    ],
)
def test_an_exemplar_has_the_shape_of_its_kind(
    make_cell, make_material, make_decision, kind, fields, response, problem
):
    prompt = make_decision(
        kind=PromptKind(kind), items=(Choice("x", "X"),), fields=(Choice("aim", "Aim"),), **fields
    )
    material = make_material(
        make_cell("p1", "", prompt), exemplars=(Exemplar("a", PromptId("p1"), response),)
    )
    found = [f.message for f in module_findings(material) if f.code == "CK404"]
    assert bool(found) is (problem is not None)
    if problem is not None:
        assert problem in found[0]


def test_an_optional_prompt_needs_no_reveal(make_cell, make_material, make_decision):
    cell = make_cell(
        "p1", 'ck.decision("p1")', make_decision(required=False), "code", NbgraderCell("p1", locked=True)
    )
    assert module_findings(make_material(cell)) == []
