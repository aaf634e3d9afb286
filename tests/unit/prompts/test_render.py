"""What is shown says the same in text and in HTML, and runs nobody's code."""

from __future__ import annotations

from typing import Any

import pytest

from coursekit.model.ids import CourseId, ModuleId, PromptId, ReleaseNumber, UserId
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.submission import Receipt, ReceiptKind, sha256
from coursekit.prompts import render

SCALE = ("low", "middle", "high")
LISTENING = (Choice("listening", "Listening"), Choice("data", "Data"))


def prompt(kind: str, **fields: Any) -> Prompt:
    return Prompt(PromptId("p1"), PromptKind(kind), "Title", "Question?", **fields)


@pytest.mark.parametrize(
    ("asked", "response", "rows"),
    [
        (prompt("reflection"), {"text": "Why not."}, [("Your answer", "Why not.")]),
        (prompt("analysis"), {"code": "x = 1"}, [("Your code", "x = 1")]),
        (
            prompt("decision", options=LISTENING),
            {"choice": "data", "reason": "So."},
            [("Your choice", "Data"), ("Your reason", "So.")],
        ),
        (prompt("decision", options=LISTENING), {"choice": "gone"}, []),
        (prompt("estimate", unit="pupils"), {"value": 0, "reason": ""}, [("Your estimate", "0 pupils")]),
        (prompt("estimate"), {"value": 2.5}, [("Your estimate", "2.5")]),
        (prompt("confidence", scale=SCALE), {"level": 3}, [("Your answer", "high (3 of 3)")]),
        (prompt("confidence", scale=SCALE), {"level": 4}, []),
        (prompt("confidence", scale=SCALE), {"level": True}, []),
        (
            prompt("self_assessment", scale=SCALE, items=LISTENING),
            {"levels": {"listening": 1}},
            [("Listening", "low (1 of 3)")],
        ),
        (prompt("self_assessment", scale=SCALE, items=LISTENING), {"levels": "x"}, []),
        (prompt("plan", fields=LISTENING), {"fields": {"data": "Look."}}, [("Data", "Look.")]),
        (prompt("plan"), None, []),
    ],
)
def test_an_answer_in_words(asked: Prompt, response: Any, rows: list[tuple[str, str]]) -> None:
    assert render.answer_rows(asked, response) == rows
    for label, value in rows:
        assert f"{label}: {value}" in render.answer_text(asked, response)
        assert label in render.answer_html(asked, response)
        assert value in render.answer_html(asked, response)
    if not rows:
        assert render.answer_text(asked, response) == "Not answered yet."


def test_an_authors_question_keeps_its_emphasis_and_nothing_else() -> None:
    html = render.prose("How *many* at **65**?\n\n`a < b` <b onclick=x>& 2 * 3 * 4")
    assert html == (
        "<p>How <em>many</em> at <strong>65</strong>?</p>"
        "<p><code>a &lt; b</code> &lt;b onclick=x&gt;&amp; 2 * 3 * 4</p>"
    )


def test_an_authors_list_is_a_list() -> None:
    html = render.prose("Two views:\n- **Pupils** work\n- Readers look\n\n* <b>")
    assert html == (
        "<p>Two views:</p><ul><li><strong>Pupils</strong> work</li><li>Readers look</li></ul>"
        "<ul><li>&lt;b&gt;</li></ul>"
    )
    assert render.prose("5 - 3 * 2 - 1") == "<p>5 - 3 * 2 - 1</p>"


def test_a_card_repeats_the_question_only_where_it_does_not_stand_above() -> None:
    assert "Question?" in render.card(prompt("estimate"), {"value": 1}, "")["text/html"]
    assert "Question?" not in render.card(prompt("reflection"), {"text": "So."}, "")["text/html"]


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2027-01-11T08:00:00.000000Z", "2027-01-11 08:00:00 UTC"),
        ("2027-01-11T09:00:00.000000+01:00", "2027-01-11 08:00:00 UTC"),
        ("whenever", "whenever"),
    ],
)
def test_a_receipts_time_names_its_zone(at: str, shown: str) -> None:
    receipt = Receipt(
        ReceiptKind.COMMITMENT,
        CourseId("c"),
        ModuleId("m"),
        UserId("ada"),
        ReleaseNumber(1),
        "p1",
        sha256(b""),
        at,
        "",
        "k",
    )
    assert render.receipt_time(receipt) == shown
    assert render.receipt_line(receipt) == f"Committed {shown}, receipt {receipt.own_digest()[:12]}."


def test_a_learners_text_keeps_its_lines_and_its_direction() -> None:
    html = render.as_written("שלום <b>\n  two")
    assert 'dir="auto"' in html
    assert "שלום &lt;b&gt;\n  two" in html
    assert "pre-wrap" in html
