"""What two texts are compared by: words, pairs of words, and runs of letters within words; and their weights.

TF-IDF as scikit-learn has it (a test holds them equal), without its second of loading. A gram that no marked
answer has still counts in an answer's length: an answer of strange words is then far from all of them, and not
near to those with which it shares its one known word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log

import numpy as np
from scipy.sparse import csr_matrix

from coursekit.policy.reflection.gaussian import Array

_WORD = re.compile(r"\b\w+\b")
_RUNS = (3, 4)
_LEAST = 1e-9


class Grams:
    """One sort of grams of the marked texts, weighted."""

    def __init__(self, texts: Sequence[Counter[str]]) -> None:
        self._size = len(texts)
        self._place: dict[str, int] = {}
        in_texts: Counter[str] = Counter()
        for counted in texts:
            in_texts.update(counted.keys())
        for gram in in_texts:
            self._place[gram] = len(self._place)
        self._idf = {gram: log((1 + self._size) / (1 + count)) + 1 for gram, count in in_texts.items()}
        # None of the marked ones has it.
        self._strange = log(1 + self._size) + 1
        rows, columns, values = [], [], []
        for row, counted in enumerate(texts):
            for gram, value in self._weighted(counted).items():
                rows.append(row)
                columns.append(self._place[gram])
                values.append(value)
        shape = (len(texts), max(1, len(self._place)))
        self._rows = csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float64)

    def kernel(self) -> Array:
        """Of the marked texts with each other."""
        return np.asarray((self._rows @ self._rows.T).toarray(), dtype=float)

    def cross(self, counted: Counter[str]) -> tuple[Array, float]:
        """Of a text with each marked one, and with itself."""
        column = np.zeros(self._rows.shape[1])
        own = 0.0
        for gram, value in self._weighted(counted).items():
            own += value * value
            place = self._place.get(gram)
            if place is not None:
                column[place] = value
        return np.asarray(self._rows @ column, dtype=float), own

    def _weighted(self, counted: Counter[str]) -> dict[str, float]:
        # In the order of the spelling: sums of floats depend on it.
        found = {
            gram: (1 + log(counted[gram])) * self._idf.get(gram, self._strange) for gram in sorted(counted)
        }
        length = max(_LEAST, sum(value * value for value in found.values()) ** 0.5)
        return {gram: value / length for gram, value in found.items()}


def words_of(text: str) -> Counter[str]:
    """Words and pairs of words, and how often."""
    found = _WORD.findall(text.lower())
    return Counter((*found, *(f"{a} {b}" for a, b in pairwise(found))))


def runs_of(text: str) -> Counter[str]:
    """Runs of three and four letters of each word with a blank at either end, and how often."""
    counted: Counter[str] = Counter()
    for word in text.lower().split():
        counted.update(_runs(word))
    return counted


@lru_cache(maxsize=20_000)
def _runs(word: str) -> tuple[str, ...]:
    return tuple(_cut(f" {word} "))


def _cut(padded: str) -> Iterator[str]:
    for size in _RUNS:
        if len(padded) <= size:
            # All of it, once.
            yield padded
            return
        yield from (padded[at : at + size] for at in range(len(padded) - size + 1))
