"""What would act becomes a sign; what people write stays as they wrote it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.policy.shown import cut, in_place, shown


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("a\0b\x7f", "a␀b␡"),
        ("\x9b31m", "�31m"),
        ("one\r\ntwo\rthree\x85four\u2028five", "one\ntwo\nthree\nfour\nfive"),
        ("\u202eevil\u202c \u2066x\u2069", "�evil� �x�"),
        ("half \ud83d and half \ude00", "half � and half �"),
        ("\ufffe\uffff\ufdd0", "���"),
        ("tab\tand 👩‍👩‍👧 ñ שלום 你好\u200f", "tab\tand 👩‍👩‍👧 ñ שלום 你好\u200f"),
    ],
)
def test_shown(text: str, seen: str) -> None:
    assert shown(text) == seen


@given(st.text(st.characters()))
def test_anything_can_be_written_down_afterwards(text: str) -> None:
    seen = shown(text)
    assert json.loads(json.dumps(seen, ensure_ascii=False).encode()) == seen
    assert shown(seen) == seen
    assert len(seen) <= len(text)


def test_cut() -> None:
    assert cut("abc", 3) == ("abc", 0)
    assert cut("abcde", 3) == ("abc", 2)


@given(st.text(st.sampled_from("ab\r\n\x1b\u202e\ud83d🙂"), max_size=20))
def test_in_place_no_character_moves(text: str) -> None:
    seen = in_place(text)
    assert len(seen) == len(text)
    assert all(a == b for a, b in zip(text, seen, strict=True) if a in "ab\n🙂")
    assert not set(seen) & set("\r\x1b\u202e\ud83d")
    # A line ends once.
    assert seen.count("\n") == shown(text).count("\n")
