"""Feedback holds what is named, and nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.feedback import CellMark, Check, Found, Judged, Marks, Page, Part, Row
from coursekit.model.ids import PromptId
from coursekit.policy.feedback import LONGEST, Asked, compose, to_json
from coursekit.wire.prompts import prompt_from_json

PROMPTS = tuple(
    prompt_from_json(p)
    for p in (
        {"id": "p1", "kind": "estimate", "title": "Hours", "question": "How many?", "min": 0, "max": 24},
        {"id": "p2", "kind": "reflection", "title": "View", "question": "**Why?**"},
        {"id": "p3", "kind": "analysis", "title": "Sum", "question": "Add."},
        {"id": "p3-b", "kind": "analysis", "title": "Mean", "question": "Divide."},
        {"id": "p4", "kind": "reflection", "title": "Unread", "question": "And?"},
        {"id": "p10", "kind": "reflection", "title": "Never reached", "question": "?"},
    )
)
CELLS = (
    CellMark("p2", 1.5, 3, False, "CANARY: what nbgrader wrote by itself"),
    CellMark("p3-tests", 1, 1, False, ""),
    CellMark("p3-more", 1, 2, False, ""),
    CellMark("p3-b-tests", 0, 4, False, ""),
    CellMark("p4", 0, 3, True, ""),
    CellMark("setup", 0, 0, False, "CANARY: an own cell of the author's"),
)
WORDS = {"p2": "Good.", "p3": "Name the rooms.", "p3-tests": "Nearly.", "setup": "CANARY"}
ANSWERS: dict[str, Judged] = {
    "p1": Judged({"value": 9.0, "reason": "lamps"}),
    "p2": Judged({"text": "Nine hours."}),
    "p3": Judged({"code": "total = 6"}),
    "p4": Judged({"text": "words"}),
}


def page(
    cells: Sequence[CellMark] = CELLS,
    answers: Mapping[Any, Judged] = ANSWERS,
    asked: Asked | None = None,
    at: str = "2027-01-24 23:00:00.000005 UTC",
    checks: Mapping[Any, Sequence[Check]] | None = None,
    **marks: Any,
) -> Page:
    given = Marks("maria", math.fsum(c.score for c in cells), 13, tuple(cells), **{"words": WORDS, **marks})
    return compose(asked or Asked("The lamp", PROMPTS), given, answers, "abc123", at, checks)


def test_points_of_tests_count_with_their_prompt() -> None:
    assert [(i.prompt, i.score, i.max_score, i.waiting) for i in page().items] == [
        ("p1", 0, 0, False),
        ("p2", 1.5, 3, False),
        ("p3", 2, 3, False),
        ("p3-b", 0, 4, False),
        ("p4", 0, 3, True),
    ]
    assert page().waiting == 1


def test_only_a_persons_words_are_in_it_and_only_on_what_was_asked() -> None:
    made = page()
    assert [i.comment for i in made.items] == ["", "Good.", "Name the rooms.\n\nNearly.", "", ""]
    assert b"CANARY" not in to_json(made)


def test_points_that_belong_to_no_prompt_are_counted_and_not_named() -> None:
    made = page([*CELLS, CellMark("own-cell", 2, 5, False, ""), CellMark("another", 0, 1, True, "")])
    last = made.items[-1]
    assert (last.prompt, last.title, last.score, last.max_score) == ("", "Other marked work", 2, 6)
    assert (last.waiting, made.waiting) == (True, 2)
    assert b"own-cell" not in to_json(made)


def test_an_answer_in_parts_keeps_them_apart() -> None:
    first, second = page().items[:2]
    assert first.rows == (Row("Your estimate", "9"), Row("Your reason", "lamps"))
    assert first.answer == "Your estimate: 9\nYour reason: lamps"
    assert (second.rows, second.answer) == ((), "Nine hours.")


def test_what_lateness_costs_is_taken_off_once() -> None:
    assert (page(penalty=1.25).score, page(penalty=1.25).penalty) == (2.25, 1.25)
    assert page(penalty=99).score == 0
    assert page().score == 3.5


def test_times_are_said_to_the_minute() -> None:
    assert page().submitted_at == "2027-01-24 23:00 UTC"
    assert page(at="").submitted_at == "an unknown time"


def test_an_answer_that_cannot_be_read_says_so_in_its_place() -> None:
    made = page(answers={"p2": Judged(problem="It cannot be read."), "p3": Judged({"code": "total = 6"})})
    items = {i.prompt: i for i in made.items}
    assert (items["p2"].problem, items["p2"].answer) == ("It cannot be read.", "")
    assert (items["p3"].problem, items["p3"].answer) == ("", "total = 6")


@pytest.mark.parametrize(
    "response",
    [
        {"value": {"a": {"b": {"c": 1}}}},
        {"reason": [[[[[1]]]]]},
    ],
)
def test_a_form_that_no_form_writes_is_not_shown(response: dict[str, Any]) -> None:
    item = page(answers={"p1": Judged(response)}).items[0]
    assert (item.answer, item.rows) == ("", ())
    assert item.problem == "This answer is not what its form writes."


def test_a_very_long_answer_is_cut_and_says_how_much_is_left_out() -> None:
    long = page(answers={"p2": Judged({"text": "x" * 1_000_000})}).items[0]
    assert (len(long.answer), long.left_out) == (LONGEST, 1_000_000 - LONGEST)
    form = page(answers={"p1": Judged({"value": 1, "reason": "y" * 30_000})}).items[0]
    assert len(form.answer) == LONGEST
    assert form.rows == ()
    assert len(to_json(page(words={"p2": "z" * 1_000_000}))) < 40_000


def test_half_an_emoji_a_null_and_an_escape_become_signs() -> None:
    odd = "half \ud83d, nothing \0, red \x1b[31m, \u202eturned"
    made = page(
        answers={"p1": Judged({"value": 1, "reason": odd}), "p2": Judged({"text": odd})}, words={"p2": odd}
    )
    seen = "half �, nothing ␀, red ␛[31m, �turned"
    assert made.items[0].rows[1].value == made.items[1].answer == made.items[1].comment == seen
    assert seen in to_json(made).decode()


def test_tests_are_named_where_their_author_named_them() -> None:
    asked = Asked("The lamp", PROMPTS, "de", {"p3-tests": "Die Summe", "setup": "CANARY"})
    made = page(asked=asked)
    assert made.items[2].parts == (Part("Die Summe", 1, 1, False),)
    assert made.language == "de"
    assert b"CANARY" not in to_json(made)
    assert page(asked=Asked("The lamp", PROMPTS, 'de" onload="alert(1)')).language == ""


def test_checks_of_criteria_come_along() -> None:
    check = Check("Names a count", Found.FOUND, "Nine", 0, 4)
    made = page(checks={PromptId("p2"): [check]})
    assert made.items[1].checks == (check,)
    data = json.loads(to_json(made))
    assert data["items"][1]["checks"] == [
        {"label": "Names a count", "state": "found", "quote": "Nine", "start": 0, "end": 4}
    ]


@pytest.mark.parametrize("score", [math.inf, math.nan])
def test_a_mark_must_be_a_number(score: float) -> None:
    with pytest.raises(BadInput) as error:
        page([CellMark("p2", score, 3, False, "")])
    assert error.value.code == "bad-score"
