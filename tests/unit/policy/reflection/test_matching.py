"""Endings and slips are forgiven; other words are not."""

from __future__ import annotations

import pytest

from coursekit.policy.reflection.matching import cues, find, is_same, phrase, places, stem


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        *(("rules", "rule"), ("strikes", "strike"), ("striking", "strike"), ("changed", "change")),
        *(
            ("stories", "story"),
            ("stopped", "stop"),
            ("petra's", "petra"),
            ("eleven", "11"),
            ("class", "classes"),
        ),
        # A slip of the finger in a long word.
        *(
            ("strongst", "strongest"),
            ("thresold", "threshold"),
            ("teachres", "teachers"),
            ("attendence", "attendance"),
        ),
    ],
)
def test_the_same_word(word: str, wanted: str) -> None:
    assert is_same(word, wanted)


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        *(("sign", "sigh"), ("form", "from"), ("65", "64"), ("33654", "33655"), ("", "rule"), ("rule", "")),
        *(("kind", "kindness"), ("both", "bother"), ("xtrongest", "strongest"), ("strng", "strongest")),
    ],
)
def test_another_word(word: str, wanted: str) -> None:
    assert not is_same(word, wanted)


@pytest.mark.parametrize("word", ["", "a", "is", "ss", "was", "'s", "ing", "bed", "less"])
def test_short_words_have_a_stem(word: str) -> None:
    assert len(stem(word)) <= len(word)


def test_phrases() -> None:
    said = ["they", "read", "the", "second", "readings", "again"]
    assert find(said, phrase("Second reading")) == 3
    assert find(said, phrase("second look")) is None
    assert find(said, ()) is None
    assert find([], phrase("second")) is None
    assert phrase("33,654") == ("33654",)
    assert list(places("ababa", ("a", "b"))) == [0, 2]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("i would and i therefore would", [0, 3]),
        ("i therefore do not see", [0]),
        ("i never ever would i", []),
    ],
)
def test_cues(said: str, at: list[int]) -> None:
    assert cues(said.split(), {"i": (("would",), ("do", "not"))}) == at
