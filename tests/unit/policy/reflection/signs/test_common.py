"""How common words are."""

from __future__ import annotations

import pytest

from coursekit.policy.reflection.signs.common import rarity, stem, weight


@pytest.mark.parametrize(
    ("word", "rare"), [("teacher", 0), ("regent", 1), ("33654", 1), ("65", 0.5), ("3", 0), ("6.6", 1)]
)
def test_rarity(word: str, rare: float) -> None:
    assert rarity(stem(word)) == rare


@pytest.mark.parametrize("word", ["everybody", "somebody", "june"])
def test_loose_words_belong_to_no_case(word: str) -> None:
    assert rarity(stem(word)) == weight(stem(word)) == 0


def test_the_more_common_the_less_it_tells() -> None:
    assert weight("the") == 0 < weight("exam") < weight("regent") == 1


@pytest.mark.parametrize(
    ("word", "stemmed"), [("readers", "reader"), ("studies", "study"), ("is", "is"), ("classes", "class")]
)
def test_endings(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed
