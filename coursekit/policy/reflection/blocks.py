"""One linear kernel for each block of features: how alike two answers are in it.

Each kernel is centred on the marked answers and has a mean diagonal of 1 over them, so that the blocks' weights can
be compared. An answer without a block (no embedding, no second opinion) is taken as the average one, with the doubt
of an average answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from coursekit.policy.reflection.features import Features
from coursekit.policy.reflection.gaussian import Array
from coursekit.policy.reflection.spelling import Spelling
from coursekit.policy.reflection.wordgrams import Grams, runs_of, words_of

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
    """Words, pairs of words, and runs of letters."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._spelling = Spelling(texts)
        mended = [self._spelling.mend(text) for text in texts]
        self._kinds = [(kind, Grams([kind(text) for text in mended])) for kind in (words_of, runs_of)]
        raw = np.asarray(sum(grams.kernel() for _, grams in self._kinds), dtype=float)
        self._centring = _Centring.of(raw)
        self.kernel = self._centring.all(raw)

    def cross(self, features: Features) -> tuple[Array, float]:
        mended = self._spelling.mend(features.wording)
        parts = [grams.cross(kind(mended)) for kind, grams in self._kinds]
        return self._centring.one(np.sum([cross for cross, _ in parts], axis=0), sum(own for _, own in parts))
