"""The number that a reveal says to an estimate: in its range, in its unit, once."""

from __future__ import annotations

import pytest

from coursekit.lint.answers import answer_findings
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Reveal
from coursekit.model.prompt import PromptKind


def guess(make_decision, unit="hours", **fields):
    given = {"minimum": 0, "maximum": 100, **fields}
    return make_decision(kind=PromptKind.ESTIMATE, options=(), unit=unit, **given)


@pytest.fixture
def found(make_cell, make_decision, make_material):
    """The codes, for an estimate and these reveals of it: texts with answers."""

    def look(*told, **fields):
        reveals = [
            make_cell(f"r{n}", text, Reveal(PromptId("p1"), answer=answer))
            for n, (text, answer) in enumerate(told)
        ]
        cells = [make_cell("p1", 'ck.estimate("p1")', guess(make_decision, **fields), "code"), *reveals]
        return [(f.code, f.cell_id) for f in answer_findings(make_material(*cells))]

    return look


def test_an_answer_in_the_range_is_fine(found):
    assert found(("Nine.", 9), ("And more.", None)) == []
    assert found(("None.", 0), minimum=None) == []
    assert found(("All of them.", 100)) == []


def test_the_first_reveal_is_told_when_none_has_an_answer(found):
    assert found(("Nine.", None), ("More.", None)) == [("CK313", "r0")]


def test_without_any_reveal_it_is_another_rules_matter(found):
    assert found() == []


@pytest.mark.parametrize(("answer", "code"), [(-1, "CK312"), (100.5, "CK312"), (99.5, None)])
def test_an_answer_beyond_the_range_could_be_given_by_nobody(found, answer, code):
    assert found(("So it was.", answer)) == ([(code, "r0")] if code else [])


def test_two_answers_are_one_too_many(found):
    assert found(("Nine.", 9), ("Ten.", 10)) == [("CK312", "r1")]
    assert found(("Nine.", 9), ("Nine.", 9)) == []


@pytest.mark.parametrize(
    ("text", "unit", "answer"),
    [
        ("It was **42 percent**.", "percent", 0.42),
        ("It was 42 % of them.", "percent", 0.42),
        ("It was **42** percent.", "%", 0.42),
        ("It burned for 9 hours.", "hours", 0.15),
        ("There were 4,260 pupils.", "pupils of 9000", 42.6),
        ("Es waren 4.260 Kinder.", "Kinder", 42.6),
        ("Es waren 4 260 Kinder.", "Kinder", 42.6),
    ],
)
def test_the_same_in_another_unit(found, text, unit, answer):
    assert found((text, answer), unit=unit, maximum=10_000) == [("CK312", "r0")]


@pytest.mark.parametrize(
    ("text", "unit", "answer"),
    [
        ("42 percent, that is 0.42 of all.", "percent", 0.42),
        ("There were 900 lamps, and 9 hours.", "hours", 9),
        ("There were 900 lamps.", "hours", 9),
        ("In 1985 there were 1,985 of them.", "lamps", 9),
        ("<!-- 42 percent -->", "percent", 0.42),
        ("42 percent", "", 0.42),
        # A number of thousands in English is a little more than four elsewhere.
        ("4,260 hours", "hours", 4.26),
        ("0 percent", "percent", 0),
    ],
)
def test_where_there_is_no_telling_nothing_is_said(found, text, unit, answer):
    assert found((text, answer), unit=unit) == []


def test_an_answer_to_what_is_no_estimate(make_cell, make_decision, make_material):
    cells = (
        make_cell("p1", 'ck.decision("p1")', make_decision(), "code"),
        make_cell("r", "Seven.", Reveal(PromptId("p1"), answer=7)),
        make_cell("s", "Eight.", Reveal(PromptId("p9"), answer=8)),
    )
    assert [(f.code, f.cell_id) for f in answer_findings(make_material(*cells))] == [("CK312", "r")]
