"""Near misses: sentences that are nobody's secret, and marks as nbgrader reads them."""

from __future__ import annotations

import pytest

from coursekit.lint.leaks import leak_findings
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Faculty, NbgraderCell, Reveal
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.rubric import Exemplar

SECRET = "Nobody had asked the caretaker about it before the night."
ANSWER = NbgraderCell("p2", grade=True, solution=True, points=1)
ASK = Prompt(PromptId("p2"), PromptKind.REFLECTION, "View", "What do you think?")


@pytest.fixture
def codes(make_cell, make_material):
    def look(*cells, **fields):
        return [f.code for f in leak_findings(make_material(*cells, **fields))]

    return look


@pytest.fixture
def holders(make_cell):
    return {
        "answer": make_cell("p2", f"First. {SECRET} Last.", ASK, nbgrader=ANSWER),
        "reveal": make_cell("r", f"- {SECRET}", Reveal(PromptId("p1"))),
        "faculty": make_cell("f", SECRET.upper(), Faculty()),
    }


@pytest.mark.parametrize("whose", ["answer", "reveal", "faculty"])
def test_a_sentence_in_the_open_is_found(codes, make_cell, holders, whose):
    told = make_cell("s", f"A story. *{SECRET.replace(' ', chr(10), 2)}*")
    assert codes(told, holders[whose]) == ["CK601"]
    assert codes(make_cell("s", "A story."), holders[whose]) == []


def test_an_exemplar_that_is_no_attempt_may_repeat_the_case(codes, make_cell):
    told = make_cell("s", SECRET)
    for adequate, found in ((True, ["CK601"]), (None, ["CK601"]), (False, [])):
        exemplar = Exemplar("a", PromptId("p2"), {"text": SECRET}, adequate=adequate)
        assert codes(told, exemplars=(exemplar,)) == found


@pytest.mark.parametrize("quoted", ["“{}”", "„{}“", '"{}"', "> {}", "«{}»"])
def test_a_reveal_may_quote_the_story(codes, make_cell, quoted):
    reveal = make_cell("r", "He said:\n\n" + quoted.format(SECRET), Reveal(PromptId("p1")))
    assert codes(make_cell("s", SECRET), reveal) == []


def test_seven_words_are_anybodys(codes, make_cell):
    reveal = make_cell("r", "Nobody had asked him about it before.", Reveal(PromptId("p1")))
    assert codes(make_cell("s", reveal.source), reveal) == []


def test_exhibits_in_prose_are_looked_at_unless_they_are_held_back(codes, make_cell):
    prose = {"exhibits/letter.md": f"Dear all, {SECRET}"}
    reveal = make_cell("r", SECRET, Reveal(PromptId("p1")))
    assert codes(reveal, prose=prose) == ["CK601"]
    held = make_cell("r", SECRET, Reveal(PromptId("p1"), files=tuple(prose)))
    assert codes(held, prose=prose) == []


SOLUTION = NbgraderCell("p3", solution=True)
TESTS = NbgraderCell("t", grade=True, locked=True, points=1)


@pytest.mark.parametrize(
    ("source", "nbgrader", "found"),
    [
        ("### BEGIN SOLUTION\n1\n### END SOLUTION\nx\n### BEGIN SOLUTION\n1\n### END SOLUTION", SOLUTION, 0),
        ("### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS", TESTS, 0),
        ("### BEGIN SOLUTION\n1", SOLUTION, 1),
        ("1\n### END SOLUTION", SOLUTION, 1),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", SOLUTION, 1),
        ("### BEGIN SOLUTION\n1\n### END SOLUTION", TESTS, 1),
        ("### BEGIN SOLUTION\n1\n### END SOLUTION", None, 1),
        ("### BEGIN HIDDEN TESTS\n1\n### END SOLUTION", NbgraderCell("x", grade=True, solution=True), 2),
        ("### BEGIN MARK SCHEME\n1\n### END MARK SCHEME", NbgraderCell("x", task=True), 0),
        ("### BEGIN MARK SCHEME\n1\n### END MARK SCHEME", TESTS, 1),
    ],
)
def test_each_mark_has_its_other_half(codes, make_cell, source, nbgrader, found):
    got = codes(make_cell("x", source, cell_type="code", nbgrader=nbgrader))
    assert got == ["CK602"] * len(got)
    assert bool(got) is bool(found)
