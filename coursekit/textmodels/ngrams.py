"""A sentence as numbers: words, pairs of words and pieces of words, each hashed to one of 2 × 2¹⁵ places.

The same recipe as scikit-learn's HashingVectorizer (a test holds them equal), in a few lines of its own, because
that library takes a second and 100 MB to load. No vocabulary is kept: nobody's words can be read out of a model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

BLOCK = 2**15
PLACES = 2 * BLOCK
"""Words and pairs of words first, then pieces of words."""

# No sentence of the training data has more than 600; what comes beyond is no sentence, and would cost time.
_LONGEST = 2_000
_WORD = re.compile(r"\b\w+(?:['’]\w+)?\b")
_PIECES = (3, 4, 5)


def features(sentence: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """The places of a sentence that are not zero, in order, and their values. Each block has length 1, or none."""
    text = sentence[:_LONGEST].lower()
    words = _WORD.findall(text)
    grams = Counter(_place(gram) for gram in _ones_and_twos(words))
    pieces: Counter[int] = Counter()
    for word in text.split():
        pieces.update(_pieces(word))
    places = [*sorted(grams), *sorted(pieces)]
    values = np.concatenate([_block(grams), _block(pieces)])
    return np.array(
        [*places[: len(grams)], *(BLOCK + p for p in places[len(grams) :])], dtype=np.intp
    ), values


def _ones_and_twos(words: list[str]) -> Iterator[str]:
    yield from words
    for first, second in pairwise(words):
        yield f"{first} {second}"


@lru_cache(maxsize=4096)
def _pieces(word: str) -> tuple[int, ...]:
    """Of a word with a blank at either end, every run of 3, 4 and 5 characters."""
    padded = f" {word} "
    found: list[int] = []
    for length in _PIECES:
        if len(padded) <= length:
            # All of it, once.
            found.append(_place(padded))
            break
        found.extend(_place(padded[i : i + length]) for i in range(len(padded) - length + 1))
    return tuple(found)


def _block(counted: Counter[int]) -> npt.NDArray[np.float64]:
    """1 + log of how often, of length 1."""
    values = 1.0 + np.log(np.array([counted[place] for place in sorted(counted)], dtype=np.float64))
    return values / np.sqrt(np.sum(values * values)) if len(values) else values


def _place(gram: str) -> int:
    hashed = murmur(gram.encode("utf-8", "surrogatepass"))
    # As a signed number, without its sign: so scikit-learn does it.
    return (hashed if hashed < 2**31 else 2**32 - hashed) % BLOCK


def murmur(data: bytes) -> int:
    """MurmurHash3, 32 bits, seed 0."""
    size = len(data)
    whole = size & ~3
    h = 0
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * 0xCC9E2D51 & 0xFFFFFFFF
        h ^= (k << 15 | k >> 17) * 0x1B873593 & 0xFFFFFFFF
        h = (h << 13 | h >> 19) & 0xFFFFFFFF
        h = h * 5 + 0xE6546B64 & 0xFFFFFFFF
    if whole != size:
        k = int.from_bytes(data[whole:], "little") * 0xCC9E2D51 & 0xFFFFFFFF
        h ^= (k << 15 | k >> 17) * 0x1B873593 & 0xFFFFFFFF
    h ^= size
    h = (h ^ h >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    h = (h ^ h >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return h ^ h >> 16
