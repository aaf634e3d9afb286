"""How common a word is in what teachers write about their work: what is rare there and stands in a case is
the case's.
"""

from __future__ import annotations

import math
from functools import lru_cache

from coursekit.policy.reflection.signs.common_table import STEMS

_ENDINGS = ("'s", "ies", "ing", "ed", "es", "s", "ly", "er")
_WORDS = 90_000
"""That were counted, about."""
_COUNTS = {stem: count for count, stems in STEMS.items() for stem in stems.split()}
# Too loose to belong to any case, and rare in journals by chance.
_LOOSE = frozenset(
    str.split(
        "everybody somebody nobody anybody everyone someone anyone everything nothing anything today "
        "yesterday january february march april june july august september october november december"
    )
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending, crudely: for counting only."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


_LOOSE_STEMS = frozenset(stem(word) for word in _LOOSE)


@lru_cache(maxsize=50_000)
def rarity(stemmed: str) -> float:
    """0 for common words, 1 for words, names and figures that hardly stand anywhere by chance."""
    if stemmed in _LOOSE_STEMS:
        return 0.0
    if stemmed[:1].isdigit():
        digits = sum(c.isdigit() for c in stemmed)
        if digits < 2:
            return 0.0
        return 0.5 if digits == 2 and "." not in stemmed else 1.0
    if len(stemmed) < 3:
        return 0.0
    count = _COUNTS.get(stemmed, 0)
    return 1.0 if count == 0 else 0.6 if count < 3 else 0.0


@lru_cache(maxsize=50_000)
def weight(stemmed: str) -> float:
    """How much a word tells about what a text is about, from 0 to 1; softer than rarity."""
    if stemmed in _LOOSE_STEMS or len(stemmed) < 3:
        return 0.0
    if stemmed[0].isdigit():
        return float(sum(c.isdigit() for c in stemmed) > 1)
    count = _COUNTS.get(stemmed, 0)
    # Of the most common ones it is known only that they are: 100 times and more.
    return 0.0 if count >= 100 else min(1.0, math.log(_WORDS / (count + 1) / 400) / 5)
