"""One linear kernel for each block of features: how alike two answers are in it.

Each kernel is centred on the marked answers and has a mean diagonal of 1 over them, so that the blocks' weights can
be compared. An answer without a block (no embedding, no second opinion) is taken as the average one, with the doubt
of an average answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from coursekit.policy.reflection.features import Features
from coursekit.policy.reflection.gaussian import Array
from coursekit.policy.reflection.spelling import Spelling

_KIN = 0.5
"""What goes along with length counts half beside length itself: with ten answers it would drown it."""
_LEAST_SPREAD = 1e-9


class Block(Protocol):
    """One block, fitted to the marked answers."""

    kernel: Array
    """Of the marked answers with each other."""

    def cross(self, features: Features) -> tuple[Array, float]:
        """An answer's kernel with each marked one, and with itself."""


def fit(features: Sequence[Features]) -> dict[str, Block]:
    """The blocks that all marked answers have, and in which they differ."""
    blocks: dict[str, Block] = {}
    for name in ("length", "wording", "evidence", "embedding", "endpoint"):
        values = [getattr(f, name) for f in features]
        if any(v is None for v in values):
            continue
        block = _Wording(values) if name == "wording" else _Numbers(name, np.array(values, dtype=float))
        if block.kernel.trace() > 0:
            blocks[name] = block
    return blocks


@dataclass(frozen=True, eq=False)
class _Centring:
    """What makes a kernel's average 0 and its mean diagonal 1."""

    means: Array
    grand: float
    size: float

    @classmethod
    def of(cls, raw: Array) -> _Centring:
        means = raw.mean(axis=0)
        grand = float(raw.mean())
        size = float(np.trace(raw)) / len(raw) - grand
        return cls(means, grand, size if size > _LEAST_SPREAD else np.inf)

    def all(self, raw: Array) -> Array:
        centred: Array = (raw - self.means - self.means[:, None] + self.grand) / self.size
        return centred

    def one(self, cross: Array, own: float) -> tuple[Array, float]:
        mean = float(cross.mean())
        return (cross - mean - self.means + self.grand) / self.size, (own - 2 * mean + self.grand) / self.size


class _Numbers:
    """A block of numbers, each in its own spread."""

    def __init__(self, name: str, values: Array) -> None:
        self._name = name
        self._mean = values.mean(axis=0)
        spread = values.std(axis=0)
        scale = np.full(values.shape[1], 1.0)
        if name == "length":
            scale[1:] = _KIN
        if name == "embedding":
            # Its axes have one scale already.
            scale = spread
        self._scale = np.where(spread > _LEAST_SPREAD, scale / np.maximum(spread, _LEAST_SPREAD), 0.0)
        self._rows = (values - self._mean) * self._scale
        self._centring = _Centring.of(self._rows @ self._rows.T)
        self.kernel = self._centring.all(self._rows @ self._rows.T)

    def cross(self, features: Features) -> tuple[Array, float]:
        value = getattr(features, self._name)
        if value is None or len(value) != len(self._mean):
            return np.zeros(len(self._rows)), 1.0
        row = (np.array(value, dtype=float) - self._mean) * self._scale
        return self._centring.one(self._rows @ row, float(row @ row))


class _Wording:
    """TF-IDF of words, pairs of words, and runs of letters.

    Hashed, so that a word which no marked answer has still counts in an answer's length: an answer of strange words
    is then far from all of them, and not near to those with which it shares its one known word.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._spelling = Spelling(texts)
        mended = [self._spelling.mend(text) for text in texts]
        parts = [_counts(kind, mended) for kind in _KINDS]
        self._idf = [
            np.log((1 + len(texts)) / (1 + np.bincount(p.indices, minlength=p.shape[1]))) + 1 for p in parts
        ]
        self._rows = [self._weighted(p, idf) for p, idf in zip(parts, self._idf, strict=True)]
        raw = np.asarray(sum((r @ r.T).toarray() for r in self._rows), dtype=float)
        self._centring = _Centring.of(raw)
        self.kernel = self._centring.all(raw)

    def cross(self, features: Features) -> tuple[Array, float]:
        mended = self._spelling.mend(features.wording)
        parts = (_counts(kind, [mended]) for kind in _KINDS)
        news = [self._weighted(p, idf) for p, idf in zip(parts, self._idf, strict=True)]
        # By a dense column: many times as fast as sparse by sparse.
        cross = sum(r @ n.toarray().ravel() for r, n in zip(self._rows, news, strict=True))
        own = sum(float(n.multiply(n).sum()) for n in news)
        return self._centring.one(np.asarray(cross, dtype=float), own)

    @staticmethod
    def _weighted(counts: Any, idf: Array) -> Any:
        rows = counts.copy()
        rows.data = (1 + np.log(rows.data)) * idf[rows.indices]
        length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        rows.data /= np.repeat(np.maximum(length, _LEAST_SPREAD), np.diff(rows.indptr))
        return rows


_KINDS = ("word", "char_wb")


@lru_cache
def _hasher(kind: str) -> HashingVectorizer:
    options: dict[str, Any] = {"alternate_sign": False, "norm": None, "n_features": 2**18, "analyzer": kind}
    if kind == "word":
        return HashingVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", **options)
    return HashingVectorizer(ngram_range=(3, 4), **options)


def _counts(kind: str, texts: Sequence[str]) -> Any:
    return _hasher(kind).transform(texts)
