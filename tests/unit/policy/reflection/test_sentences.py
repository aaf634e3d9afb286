"""Sentences in any script, each with its place in what was typed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.policy.reflection.sentences import split
from coursekit.policy.reflection.text import normalise


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Mr. Osei asks. So does Dr. Marin.", ["Mr. Osei asks.", "So does Dr. Marin."]),
        (
            "It rose by 3.5 points. Good, e.g. for J. Falk.",
            ["It rose by 3.5 points.", "Good, e.g. for J. Falk."],
        ),
        ("From 14 to 26. The chart shows it.", ["From 14 to 26.", "The chart shows it."]),
        ("Am 14. März war es. Gut.", ["Am 14. März war es.", "Gut."]),
        ("He said “no.” She left... and came back.", ["He said “no.”", "She left... and came back."]),
        ("- first\n- second", ["first", "second"]),
        ("你好。我觉得很好！真的吗？是", ["你好。", "我觉得很好!", "真的吗?", "是"]),
        ("यह अच्छा है। मैं जाता हूँ।", ["यह अच्छा है।", "मैं जाता हूँ।"]),
        ("هل هذا جيد؟ نعم.", ["هل هذا جيد؟", "نعم."]),
        ("Τι λες; Ναι.", ["Τι λες;", "Ναι."]),
        ("", []),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, wanted: list[str]) -> None:
    assert [s.text for s in split(normalise(text))] == wanted


def test_each_stands_where_it_was_typed() -> None:
    raw = "  **I think** so.\n\n- The <i>rule</i> did it."
    first, second = split(normalise(raw))
    assert raw[first.span.start : first.span.end] == "I think** so."
    assert raw[second.span.start : second.span.end] == "The <i>rule</i> did it."


@given(st.text("ab. \n!?…。;“”1Α", max_size=120))
def test_no_word_is_lost(raw: str) -> None:
    normal = normalise(raw)
    together = "".join(s.text for s in split(normal))
    assert "".join(together.split()) == "".join(normal.text.split())


def test_a_novel_takes_no_longer_than_its_length() -> None:
    started = time.process_time()
    assert len(split(normalise("z.B. so. " * 11_000))) > 1000
    split(normalise("." * 100_000))
    assert time.process_time() - started < 3
