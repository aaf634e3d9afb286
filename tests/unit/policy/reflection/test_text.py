"""What a reader sees of an answer, and the way back to what was typed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coursekit.policy.reflection.text import normalise

SINCERE = yaml.safe_load(
    (Path(__file__).parents[3] / "support" / "reflections" / "sincere.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("Only 790 papers.\nNobody  knows\twhy. ", "Only 790 papers. Nobody knows why."),
        ("One.\n\nTwo.", "One.\nTwo."),
        ("hard break  \nnext", "hard break\nnext"),
        ("ｆｕｌｌ　ｗｉｄｔｈ ﬁne", "full width fine"),
        ("", ""),
        (" \n\n\t", ""),
    ],
)
def test_spaces_are_one_and_paragraphs_stay_apart(typed: str, seen: str) -> None:
    assert normalise(typed).text == seen


def test_a_place_in_the_text_leads_back_to_what_was_typed() -> None:
    raw = "**The readers** &amp; the <b>rule</b>\u200b: cafe\u0301."
    normal = normalise(raw)
    assert normal.text == "The readers & the rule: café."
    for word, typed in (("readers", "readers"), ("rule", "rule"), ("café", "cafe\u0301")):
        start = normal.text.index(word)
        span = normal.span(start, start + len(word))
        assert raw[span.start : span.end] == typed


@pytest.mark.parametrize("language", sorted(SINCERE))
def test_no_language_has_anything_hidden(language: str) -> None:
    normal = normalise(SINCERE[language])
    assert normal.hidden == 0
    assert len(normal.text) > 50


def test_marks_without_end_do_not_take_long() -> None:
    started = time.process_time()
    normal = normalise("a" + "\u0301\u0316" * 50_000)
    assert time.process_time() - started < 2
    assert len(normal.text) < 40


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "<",
        "<a ",
        '<a "',
        "<!--",
        "*",
        "*a",
        "[",
        "[a](",
        "![",
        "_a",
        "`",
        "\n",
        " ",
        " \n",
        "> ",
        "- ",
        "|",
        "|-",
        "\u200b",
        "<div hidden>",
        "&amp;",
        "&a",
        "\\phantom{",
        "\\",
        "=",
        "\U000e0041",
        "[a]: b\n",
        "# ",
        "😀\u200d",
        "\u200f",
        "[a]((",
        "\ud800",
        '<p style="x:',
    ],
)
def test_a_hundred_thousand_characters_of_anything_are_read_in_time(piece: str) -> None:
    started = time.process_time()
    normalise((piece * 100_000)[:100_000])
    assert time.process_time() - started < 2


@given(
    st.text(alphabet=st.characters(codec=None), max_size=300)
    | st.text("<>!-[]()*_`#|\\&;a\u200b\n ", max_size=200)
)
def test_whatever_is_typed_there_is_a_way_back(raw: str) -> None:
    normal = normalise(raw)
    assert len(normal.offsets) == len(normal.text) + 1
    assert list(normal.offsets) == sorted(normal.offsets)
    assert normal.offsets[-1] == len(raw)
    assert 0 <= normal.hidden <= len(raw)
    assert "  " not in normal.text
    assert normal.text == normal.text.strip()
