"""A reveal as displays: charts are described, and nobody's code runs."""

from __future__ import annotations

import base64
from typing import Any

from coursekit.model.submission import RevealedCell
from coursekit.policy.reveals import reveal_bundles


def code(*outputs: dict[str, Any], alt: str = "") -> RevealedCell:
    return RevealedCell("r", "code", "", outputs, alt)


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {k.replace("__", "/"): v for k, v in data.items()}}


def test_a_chart_is_an_image_with_a_description() -> None:
    (shown,) = reveal_bundles([code(display(image__png="aGk=\n", text__plain="<Figure>"), alt='5 "x"')])
    assert shown["text/plain"] == '5 "x"'
    assert shown["text/html"].startswith('<img alt="5 &quot;x&quot;" src="data:image/png;base64,aGk="')
    assert set(shown) == {"text/plain", "text/html"}


def test_a_chart_without_a_description_says_so() -> None:
    (shown,) = reveal_bundles([code(display(image__png="aGk="))])
    assert 'alt="A chart, without a description."' in shown["text/html"]


def test_a_drawing_cannot_run_its_scripts() -> None:
    svg = ["<svg>", "<script>alert(1)</script></svg>"]
    (shown,) = reveal_bundles([code({"output_type": "display_data", "data": {"image/svg+xml": svg}})])
    assert "<script" not in shown["text/html"]
    assert base64.b64encode("".join(svg).encode()).decode() in shown["text/html"]


def test_image_data_cannot_leave_its_attribute() -> None:
    (shown,) = reveal_bundles([code(display(image__png='x" onerror="alert(1)'))])
    assert 'onerror="' not in shown["text/html"]


def test_tables_text_and_faults_of_a_revealed_cell() -> None:
    table = {
        "output_type": "execute_result",
        "data": {"text/html": ["<table>", "</table>"], "text/plain": ["a", "b"], "image/png": "eA=="},
    }
    stream = {"output_type": "stream", "name": "stderr", "text": ["one\n", "two"]}
    fault = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    shown = reveal_bundles([code(table, stream, fault)])
    assert shown[0] == {"text/html": "<table></table>", "text/plain": "ab", "image/png": "eA=="}
    assert shown[1:] == [{"text/plain": "one\ntwo"}, {"text/plain": "ValueError: no"}]


def test_nothing_is_shown_for_empty_cells_and_authors_widgets() -> None:
    widget = {"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": {}}}
    assert reveal_bundles([RevealedCell("r", "markdown", " \n"), code(widget), code()]) == []


def test_the_source_of_a_code_cell_stays_with_the_author() -> None:
    assert reveal_bundles([RevealedCell("r", "code", "secret = 42")]) == []
