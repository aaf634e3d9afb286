"""What graders get: the newest in time, the sealed answer first, the receipt's time, one submission a learner."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coursekit.model.errors import Unreachable
from coursekit.services.gather import (
    TICKET,
    Choice,
    choose,
    collected_files,
    find_collected,
    gather,
    is_same,
    nbgrader_time,
)
from coursekit.wire.api import FileShape, ReceiptShape, SubmissionContent, SubmissionRow

AT = datetime(2027, 1, 24, 23, 0, 0, 5, tzinfo=UTC)


def row(learner: str, minutes: int = 0, name: str = "s") -> SubmissionRow:
    at = AT + timedelta(minutes=minutes)
    return SubmissionRow(
        submission=f"{name}{minutes}",
        course="c",
        module="m",
        learner=learner,
        release=1,
        digest="0" * 64,
        at=at,
        missing=[],
    )


def whole(
    its_row: SubmissionRow, files: list[FileShape], sealed: dict[str, dict[str, Any]] | None = None
) -> SubmissionContent:
    receipt = ReceiptShape(
        kind="submission",
        course="c",
        module="m",
        learner="maria",
        release=1,
        subject="s0",
        digest="0",
        at="",
        previous="",
        key="",
        signature="",
    )
    return SubmissionContent(row=its_row, receipt=receipt, files=files, responses=sealed or {})


def content(files: dict[str, Any], sealed: dict[str, dict[str, Any]]) -> dict[str, bytes]:
    given = [FileShape.of(p, c if isinstance(c, bytes) else json.dumps(c).encode()) for p, c in files.items()]
    return dict(collected_files(whole(row("maria"), given, sealed)))


def notebook(**answers: str) -> dict[str, Any]:
    kinds = {"p3": "code"}
    cells = [
        {
            "cell_type": kinds.get(prompt, "markdown"),
            "metadata": {"coursekit": {"prompt": {"id": prompt}}},
            "source": [text],
        }
        for prompt, text in answers.items()
    ]
    return {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "story"}, *cells]}


def sources(files: dict[str, bytes]) -> list[str]:
    return ["".join(c["source"]) for c in json.loads(files["m.ipynb"])["cells"]]


DUE = AT + timedelta(minutes=7)


def rows(
    *minutes: int, counts: int | None = None, withdrawn: tuple[int, ...] = (), **more: Any
) -> list[SubmissionRow]:
    """Maria's hand-ins, so many minutes after AT; due after 7, closed after 60."""
    return [
        row("maria", m).model_copy(
            update={
                "standing": "in time" if m <= 7 else "late" if m <= 60 else "after closing",
                "counts": m == counts,
                "withdrawn": m in withdrawn,
                "due": DUE,
                **more,
            }
        )
        for m in minutes
    ]


@pytest.mark.parametrize(
    ("given", "in_time_first", "chosen"),
    [
        (rows(0, 10, 5, counts=5), False, 5),
        # The exchange knows which one counts; it may be late by its learner's choice.
        (rows(0, 10, 5, counts=10), False, 10),
        (rows(0, 10, 5, counts=0), False, 0),
        # With --before-duedate, time alone decides …
        (rows(0, 10, 5, counts=10), True, 5),
        # … and where nothing was in time, what counts, so that it can be graded with its lateness.
        (rows(8, 10, counts=8), True, 8),
        (rows(0, 5, counts=0, withdrawn=(5,)), True, 0),
    ],
)
def test_one_submission_a_learner(given: list[SubmissionRow], in_time_first: bool, chosen: int) -> None:
    found = choose(given, None, in_time_first)
    assert [r.submission for r in found.rows] == [f"s{chosen}"]
    assert (found.after_closing, found.withdrawn) == ((), ())


@pytest.mark.parametrize(
    ("grader_due", "extended", "chosen"), [(3, False, 0), (3, True, 5), (20, False, 10), (20, True, 10)]
)
def test_a_graders_due_date_outweighs_the_courses_but_no_extension(
    grader_due: int, extended: bool, chosen: int
) -> None:
    given = rows(0, 5, 10, counts=5, extended=extended)
    found = choose(given, AT + timedelta(minutes=grader_due), in_time_first=True)
    assert [r.submission for r in found.rows] == [f"s{chosen}"]


def test_whose_work_is_not_collected_is_named() -> None:
    late = [r.model_copy(update={"learner": "olu"}) for r in rows(61, 70)]
    gone = [r.model_copy(update={"learner": "ada"}) for r in rows(0, 61, withdrawn=(0, 61))]
    mixed = [r.model_copy(update={"learner": "kim"}) for r in rows(0, 61, withdrawn=(0,))]
    found = choose([*rows(0, counts=0), *late, *gone, *mixed])
    assert [r.learner for r in found.rows] == ["maria"]
    assert (found.after_closing, found.withdrawn) == (("kim", "olu"), ("ada",))


def test_a_name_that_could_leave_the_folder_is_not_collected() -> None:
    assert choose([row("../maria"), row("olu")]) == Choice((row("olu"),))


class Desk:
    """The exchange, as far as gathering goes; it notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def contents(self, course: str, module: str, submissions: Any) -> list[SubmissionContent]:
        self.asked.append(len(submissions))
        return [whole(row("maria", int(name[1:])), []) for name in submissions]


@pytest.mark.parametrize(
    ("count", "asked"), [(0, []), (1, [1]), (50, [50]), (51, [50, 1]), (120, [50, 50, 20])]
)
def test_submissions_are_had_in_batches_and_kept_in_order(count: int, asked: list[int]) -> None:
    desk, kept = Desk(), []
    wanted = [row("maria", m) for m in range(count)]
    assert gather(desk, "c", "m", wanted, lambda r, _: kept.append(r.submission)) == count
    assert desk.asked == asked
    assert kept == [r.submission for r in wanted]


def test_an_exchange_that_fails_half_way_fails_the_collection() -> None:
    class Broken(Desk):
        def contents(self, course: str, module: str, submissions: Any) -> list[SubmissionContent]:
            if self.asked:
                raise Unreachable("exchange-unreachable", "It does not answer.", "Try again.")
            return super().contents(course, module, submissions)

    kept: list[str] = []
    with pytest.raises(Unreachable):
        gather(
            Broken(), "c", "m", [row("maria", m) for m in range(120)], lambda r, _: kept.append(r.submission)
        )
    assert len(kept) == 50


@pytest.mark.parametrize(
    ("ticket", "timestamp", "found"),
    [
        (b'{"submission": "s0"}', b"2027-01-24 23:00:00.000005 UTC", "s0"),
        (b'{"submission": 7}', b"2027-01-24 23:00:00.000005 UTC\n", "2027-01-24 23:00:00.000005 UTC"),
        (b"{", None, None),
        (None, None, None),
    ],
)
def test_what_was_collected_before(ticket: bytes | None, timestamp: bytes | None, found: str | None) -> None:
    assert find_collected(ticket, timestamp) == found
    if found is not None:
        assert is_same(row("maria"), found)
        assert not is_same(row("maria", 1), found)


def test_an_unchanged_notebook_is_collected_byte_for_byte() -> None:
    raw = (
        b'{"cells":[ {"cell_type":"markdown","metadata":{"coursekit":{"prompt":{"id":"p1"}}},"source":"x"} ]}'
    )
    assert content({"m.ipynb": raw}, {"p1": {"text": "x"}})["m.ipynb"] == raw


def test_the_sealed_answer_comes_first_and_the_change_below() -> None:
    files = content(
        {"m.ipynb": notebook(p2="after", p3="y = 2")}, {"p2": {"text": "before"}, "p3": {"code": "x = 1"}}
    )
    assert sources(files) == [
        "story",
        "before\n\n---\n\n*Changed after the commit:*\n\nafter",
        "x = 1\n\n# Changed after the commit; not graded:\n# y = 2\n",
    ]


def test_forms_are_as_sealed_and_drafts_are_kept_beside() -> None:
    drafts = {"p1": {"value": 9}, "p5": {"choice": "b"}, "p6": {"level": 1}}
    files = content(
        {"responses.json": {"schema": "coursekit.responses/1", "responses": drafts}},
        {"p1": {"value": 3}, "p6": {"level": 1}},
    )
    assert json.loads(files["responses.json"]) == {
        "schema": "coursekit.responses/1",
        "responses": {"p1": {"value": 3}, "p5": {"choice": "b"}, "p6": {"level": 1}},
        "changed_after_commit": {"p1": {"value": 9}},
    }


@pytest.mark.parametrize(
    "junk", [b"", b"[]", b'{"cells": 3}', b'{"cells": [7]}', b'{"responses": 1}', b"\xff", b"[" * 99_999]
)
def test_a_notebook_that_is_none_is_collected_as_it_is(junk: bytes) -> None:
    assert content({"m.ipynb": junk}, {"p1": {"text": "x"}})["m.ipynb"] == junk


def test_time_and_ticket_are_ours_whatever_was_handed_in() -> None:
    files = content(
        {"timestamp.txt": b"1999-01-01 00:00:00 UTC", TICKET: b"{}", "sub/timestamp.txt": b"mine"}, {}
    )
    assert files["timestamp.txt"] == b"2027-01-24 23:00:00.000005 UTC"
    assert json.loads(files[TICKET])["submission"] == "s0"
    assert files["sub/timestamp.txt"] == b"mine"


def test_other_zones_are_written_as_utc() -> None:
    from zoneinfo import ZoneInfo

    vienna = AT.astimezone(ZoneInfo("Europe/Vienna"))
    assert nbgrader_time(vienna) == "2027-01-24 23:00:00.000005 UTC"


@pytest.mark.parametrize(
    "metadata",
    [
        {"nbgrader": {"grade_id": "p2"}},
        {"nbgrader": {"grade_id": "p2"}, "coursekit": None},
        {"nbgrader": {"grade_id": "p2"}, "coursekit": {"prompt": {"id": "another"}}},
        {"nbgrader": {"grade_id": "p2"}, "coursekit": {"prompt": [1]}},
    ],
)
def test_taking_our_metadata_off_does_not_get_the_later_text_graded(metadata: dict[str, Any]) -> None:
    # nbgrader grades by grade_id; so that is what finds the sealed answer.
    book = {"cells": [{"cell_type": "markdown", "metadata": metadata, "source": "after the reveal"}]}
    assert sources(content({"m.ipynb": book}, {"p2": {"text": "before"}}))[0].startswith("before\n")


def test_a_sealed_answer_without_a_cell_gets_one_where_its_tests_find_it() -> None:
    sealed: dict[str, dict[str, Any]] = {
        "p1": {"text": "As I saw it then."},
        "p2": {"code": "total = 6"},
        "p3": {"value": 7},
    }
    mine = {"cell_type": "markdown", "metadata": {}, "source": "A cell of my own"}
    tests = {
        "cell_type": "code",
        "metadata": {"nbgrader": {"grade_id": "p2-tests"}},
        "source": "assert total == 6",
    }
    book = {"cells": [mine, tests], "nbformat": 4}
    found = content({"m.ipynb": book, "scratch.ipynb": book}, sealed)
    assert sources(found) == ["A cell of my own", "total = 6", "assert total == 6", "As I saw it then."]
    assert json.loads(found["scratch.ipynb"]) == book


@pytest.mark.parametrize(
    "odd", [7, None, [], {}, {"metadata": None}, {"metadata": {"coursekit": None}, "source": 3}]
)
def test_one_odd_cell_does_not_spare_the_others(odd: Any) -> None:
    book = notebook(p2="after the reveal")
    book["cells"].insert(0, odd)
    kept = json.loads(content({"m.ipynb": book}, {"p2": {"text": "before"}})["m.ipynb"])["cells"]
    assert kept[0] == odd
    assert kept[2]["source"].startswith("before\n")


@pytest.mark.parametrize("handed_in", [None, b"{", b"[]", {"responses": 3}, {"responses": {"p1": 3}}])
def test_sealed_forms_reach_the_grader_whatever_became_of_the_file(handed_in: Any) -> None:
    files = {"notes.txt": b"x"} if handed_in is None else {"responses.json": handed_in}
    kept = json.loads(content(files, {"p1": {"value": 3}, "p2": {"text": "prose"}})["responses.json"])
    assert kept["responses"] == {"p1": {"value": 3}}
