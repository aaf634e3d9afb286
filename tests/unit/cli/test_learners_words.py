"""What a learner's path says about dates, and about what was handed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coursekit.cli.learners_words import due, handed_in, submission_line, what_now, work
from coursekit.wire.api import PathPart, RefusalShape, Step, SubmissionRow

DUE = datetime(2027, 1, 24, 22, 59, tzinfo=UTC)
DAY = timedelta(days=1)
ZONE = "Europe/Vienna"


def step(**more: Any) -> Step:
    return Step.model_validate(
        {"module": "first", "title": "First", "summary": "", "minutes": 5, "state": "open", **more}
    )


def row(name: str = "s1", at: datetime = DUE, **more: Any) -> SubmissionRow:
    return SubmissionRow.model_validate(
        {
            "submission": name,
            "course": "c",
            "module": "first",
            "learner": "maria",
            "release": 1,
            "digest": "0",
            "at": at,
            "missing": [],
            **more,
        }
    )


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ({}, []),
        ({"due": DUE}, ["Sun 24 Jan 2027, 23:59"]),
        ({"due": DUE, "closes": DUE}, ["Sun 24 Jan 2027, 23:59"]),
        (
            {"due": DUE, "closes": DUE + 7 * DAY, "extended": True},
            ["Sun 24 Jan 2027, 23:59", "extended for you", "late until Sun 31 Jan 2027, 23:59"],
        ),
        ({"closes": DUE}, ["closes Sun 24 Jan 2027, 23:59"]),
    ],
)
def test_when_it_is_due(more: dict[str, Any], lines: list[str]) -> None:
    assert due(step(**more), ZONE) == lines


@pytest.mark.parametrize(
    ("more", "rows", "lines"),
    [
        ({}, [], []),
        ({"submissions": 1, "counting": "s1", "standing": "late"}, [], ["late"]),
        ({"submissions": 1, "standing": "after closing"}, [], ["after the closing: it does not count"]),
        (
            {"submissions": 2, "counting": "s1", "standing": "in time"},
            [row(), row("s2", DUE + DAY)],
            ["in time", "the one of Sun 24 Jan 2027, 23:59 counts"],
        ),
    ],
)
def test_how_the_work_stands(more: dict[str, Any], rows: list[SubmissionRow], lines: list[str]) -> None:
    assert work(step(**more), rows, ZONE) == lines


def test_what_to_do_now() -> None:
    refusal = RefusalShape(code="x", reason="“First” is not handed in yet.", next_step="Submit First.")
    assert (
        what_now("c", step(state="locked", refusal=refusal)) == "“First” is not handed in yet. Submit First."
    )
    assert what_now("c", step()) == "coursekit fetch c first"
    assert what_now("c", step(state="submitted", submissions=1, counting="s1")) == ""
    assert "staff" in what_now("c", step(state="submitted", submissions=1))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"counts": True}, "in time, counts"),
        ({"counts": False, "standing": "late", "by": "chen"}, "late, handed in by chen"),
        ({"counts": False, "withdrawn": True}, "withdrawn"),
    ],
)
def test_a_line_for_each_hand_in(more: dict[str, Any], words: str) -> None:
    assert submission_line(row(**more), ZONE) == f"s1  Sun 24 Jan 2027, 23:59 (Europe/Vienna)  {words}"


def test_how_far_somebody_is_in_a_part() -> None:
    part = PathPart(id="light", title="Light", modules=["a", "b", "c"])
    states = {"a": "submitted", "b": "feedback ready", "c": "in progress", "d": "submitted"}
    steps = [step(module=module, state=state) for module, state in states.items()]
    assert handed_in(part, steps) == "2 of 3 handed in"
