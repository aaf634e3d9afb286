"""What graders get: the newest in time, the sealed answer first, the receipt's time, one submission a learner."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coursekit.services.gather import TICKET, choose, collected_files, nbgrader_time
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


def content(files: dict[str, Any], sealed: dict[str, dict[str, Any]]) -> dict[str, bytes]:
    given = [FileShape.of(p, c if isinstance(c, bytes) else json.dumps(c).encode()) for p, c in files.items()]
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
    whole = SubmissionContent(row=row("maria"), receipt=receipt, files=given, responses=sealed)
    return dict(collected_files(whole))


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


@pytest.mark.parametrize(
    ("minutes", "due", "chosen"),
    [
        ([0, 10, 5], None, 10),
        ([0, 10, 5], 7, 5),
        ([0, 10, 5], 0, 0),
        # Nothing was in time: the newest, so that it can be graded with its lateness.
        ([8, 10], 7, 10),
    ],
)
def test_one_submission_a_learner(minutes: list[int], due: int | None, chosen: int) -> None:
    rows = [row("maria", m) for m in minutes]
    limit = None if due is None else AT + timedelta(minutes=due)
    assert [r.submission for r in choose(rows, limit)] == [f"s{chosen}"]


def test_a_name_that_could_leave_the_folder_is_not_collected() -> None:
    assert choose([row("../maria"), row("olu")], None) == [row("olu")]


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
