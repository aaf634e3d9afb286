"""How a number is read from what somebody typed, and whether two answers say the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from coursekit.model.ids import PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.policy.typed import as_kept, differing_cell, parse_number, says_the_same


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("120", 120),
        (" 8 451 ", 8451),
        ("8,451", 8451),
        ("8'451", 8451),
        ("8.451,5", 8451.5),
        ("8,451.5", 8451.5),
        ("1.234.567", 1234567),
        ("0,451", 0.451),
        ("1,5", 1.5),
        ("−3", -3),
        ("1e3", 1000),
        ("", None),
        ("1.2.3", None),
        ("1,2,3", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("twelve", None),
        ("9" * 400, None),
    ],
)
def test_numbers_as_people_write_them(typed: str, number: float | None) -> None:
    assert parse_number(typed) == number


def prompt(kind: str, **fields: object) -> Prompt:
    return replace(Prompt(PromptId("p1"), PromptKind(kind), "Title", "Question?"), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"value": "8,451", "reason": "So."}, {"value": 8451, "reason": "So."}),
        ({"value": " 7,5 hours "}, {"value": 7.5}),
        ({"value": "many"}, {"value": None}),
        ({"value": ""}, {"value": None}),
        ({"value": 9}, {"value": 9}),
        ({"value": True}, {"value": True}),
        ({}, {}),
    ],
)
def test_a_number_is_kept_as_a_number(sent: dict[str, object], kept: dict[str, object]) -> None:
    assert as_kept(prompt("estimate", unit="hours"), sent) == kept


def test_other_kinds_are_kept_as_they_are() -> None:
    assert as_kept(prompt("plan"), {"value": "3", "fields": {"aim": "7"}}) == {
        "value": "3",
        "fields": {"aim": "7"},
    }


@pytest.mark.parametrize(
    ("kind", "shown", "kept", "same"),
    [
        ("reflection", {"text": "Mine."}, {"text": "Mine."}, True),
        ("reflection", {"text": "Mine. "}, {"text": "Mine."}, False),
        ("reflection", {"text": "one\r\ntwo\rthree"}, {"text": "one\ntwo\nthree"}, True),
        ("reflection", {"text": "mine."}, {"text": "Mine."}, False),
        ("reflection", {"text": "e\u0301"}, {"text": "\u00e9"}, False),
        ("reflection", {"text": "*Write your answer here.*"}, None, True),
        ("reflection", {"text": ""}, None, True),
        ("reflection", {}, None, True),
        ("reflection", {"text": "Typed, not saved."}, None, False),
        ("reflection", {"text": ["Mine."]}, {"text": "Mine."}, False),
        ("analysis", {"code": "x = 1"}, {"code": "x = 1"}, True),
        ("analysis", {"code": "x = 1"}, {"code": "x  = 1"}, False),
        ("analysis", {"code": "# YOUR CODE HERE\nraise NotImplementedError()"}, {}, True),
        ("estimate", {"value": "8,451", "reason": ""}, {"value": 8451}, True),
        ("estimate", {"value": "8"}, {"value": 9}, False),
        ("estimate", {"value": "eight"}, {"value": None, "reason": ""}, True),
        ("decision", {"choice": "wait", "reason": "So."}, {"reason": "So.", "choice": "wait"}, True),
        ("decision", {"choice": None, "reason": ""}, None, True),
        ("decision", {"choice": "wait", "reason": "So. "}, {"choice": "wait", "reason": "So."}, False),
        ("self_assessment", {"levels": {"a": 1, "b": None}}, {"levels": {"a": 1}}, True),
        ("self_assessment", {"levels": {"a": 1}}, {"levels": {"a": 1, "b": 2}}, False),
        ("plan", {"fields": {"aim": ""}}, {}, True),
    ],
)
def test_whether_two_answers_say_the_same(
    kind: str, shown: dict[str, object], kept: dict[str, object] | None, same: bool
) -> None:
    assert says_the_same(prompt(kind), shown, kept) is same


def notebook(*cells: object) -> bytes:
    return json.dumps({"cells": cells}).encode()


def cell(name: str | None, source: object) -> dict[str, object]:
    return {"cell_type": "markdown", "source": source} | ({"id": name} if name else {})


A, B = ("a", "one\ntwo"), ("b", "three")


@pytest.mark.parametrize(
    ("there", "differs"),
    [
        ([cell("a", "one\ntwo"), cell("b", "three")], None),
        ([cell("a", ["one\n", "two"]), cell("b", ["three"])], None),
        ([cell("a", "one\r\ntwo"), cell("b", "three")], None),
        ([cell(None, "one\ntwo"), cell(None, "three")], None),
        ([cell("a", "one\ntwo"), cell("b", "thre")], "b"),
        ([cell("b", "three"), cell("a", "one\ntwo")], "a"),
        ([cell("z", "one\ntwo"), cell("b", "three")], "a"),
        ([cell("a", "one\ntwo")], "b"),
        ([cell("a", "one\ntwo"), cell("b", "three"), cell("c", "")], "c"),
        ([], "a"),
        ([3, None], "a"),
    ],
)
def test_the_cell_in_which_a_file_differs(there: list[object], differs: str | None) -> None:
    assert differing_cell(notebook(*there), [A, B]) == differs


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b'{"cells": 3}', b"\xff", b"[" * 100_000])
def test_a_file_that_cannot_be_read_is_not_what_is_shown(content: bytes) -> None:
    assert differing_cell(content, [A, B]) is not None
