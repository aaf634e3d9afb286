"""What is shown says the same in text and in HTML, and runs nobody's code."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from coursekit.model.ids import CourseId, ModuleId, PromptId, ReleaseNumber, UserId
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.submission import Receipt, ReceiptKind, RevealedCell, sha256
from coursekit.prompts import render

SCALE = ("low", "middle", "high")
LISTENING = (Choice("listening", "Listening"), Choice("data", "Data"))


def prompt(kind: str, **fields: Any) -> Prompt:
    return Prompt(PromptId("p1"), PromptKind(kind), "Title", "Question?", **fields)


def code(*outputs: dict[str, Any], alt: str = "") -> RevealedCell:
    return RevealedCell("r", "code", "", outputs, alt)


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {k.replace("__", "/"): v for k, v in data.items()}}


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


def test_a_chart_is_an_image_with_a_description() -> None:
    (shown,) = render.reveal_bundles(
        [code(display(image__png="aGk=\n", text__plain="<Figure>"), alt='5 "x"')]
    )
    assert shown["text/plain"] == '5 "x"'
    assert shown["text/html"].startswith('<img alt="5 &quot;x&quot;" src="data:image/png;base64,aGk="')
    assert set(shown) == {"text/plain", "text/html"}


def test_a_chart_without_a_description_says_so() -> None:
    (shown,) = render.reveal_bundles([code(display(image__png="aGk="))])
    assert 'alt="A chart, without a description."' in shown["text/html"]


def test_a_drawing_cannot_run_its_scripts() -> None:
    svg = ["<svg>", "<script>alert(1)</script></svg>"]
    (shown,) = render.reveal_bundles([code({"output_type": "display_data", "data": {"image/svg+xml": svg}})])
    assert "<script" not in shown["text/html"]
    assert base64.b64encode("".join(svg).encode()).decode() in shown["text/html"]


def test_image_data_cannot_leave_its_attribute() -> None:
    (shown,) = render.reveal_bundles([code(display(image__png='x" onerror="alert(1)'))])
    assert 'onerror="' not in shown["text/html"]


def test_tables_text_and_faults_of_a_revealed_cell() -> None:
    table = {
        "output_type": "execute_result",
        "data": {"text/html": ["<table>", "</table>"], "text/plain": ["a", "b"], "image/png": "eA=="},
    }
    stream = {"output_type": "stream", "name": "stderr", "text": ["one\n", "two"]}
    fault = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    shown = render.reveal_bundles([code(table, stream, fault)])
    assert shown[0] == {"text/html": "<table></table>", "text/plain": "ab", "image/png": "eA=="}
    assert shown[1:] == [{"text/plain": "one\ntwo"}, {"text/plain": "ValueError: no"}]


def test_nothing_is_shown_for_empty_cells_and_authors_widgets() -> None:
    widget = {"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": {}}}
    assert render.reveal_bundles([RevealedCell("r", "markdown", " \n"), code(widget), code()]) == []


def test_the_source_of_a_code_cell_stays_with_the_author() -> None:
    assert render.reveal_bundles([RevealedCell("r", "code", "secret = 42")]) == []


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
