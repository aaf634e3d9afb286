"""How far people agree who marked the same answers without knowing of each other.

It is the ceiling: no check of ours can agree with people better than they agree among themselves.

quadratic weighted kappa   Cohen (1968): agreement on ordered levels beyond chance; a miss by two counts four times
kappa                      Cohen (1960): the same for yes and no
alpha                      Krippendorff (2011), “Computing Krippendorff's Alpha-Reliability”, ordinal: any number of
                           graders, gaps allowed
intervals                  percentile bootstrap over the answers, 95 %, seeded
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.int64]

ROUNDS = 1000
"""Of the bootstrap."""
SMALLEST_GROUP = 50
"""Answers below which nothing is said of a group: chance would speak."""
APART = 0.05
"""As far apart may the agreement of two groups be; beyond it, nothing should pass without a person."""


@dataclass(frozen=True)
class Estimate:
    """A figure and the interval in which it lies in 19 of 20 resamples; none where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Pair:
    """Two graders, on one criterion."""

    first: str
    second: str
    n: int
    """Answers that both marked."""
    exact: Estimate
    adjacent: Estimate
    """At most one level apart."""
    kappa: Estimate
    """Quadratic weights; for yes and no they make no difference."""
    confusion: tuple[tuple[int, ...], ...]
    """Row: the first one's level; column: the second one's."""


@dataclass(frozen=True)
class Measure:
    """One criterion, the total, or `adequate`."""

    name: str
    top: int
    """The highest level."""
    alpha: Estimate
    """Over all graders."""
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Group:
    """How two graders agree about one group's answers. `exact` is none for a group that is too small."""

    name: str
    n: int
    exact: float | None


def measure(name: str, marks: Mapping[str, Sequence[int | None]], top: int, seed: int) -> Measure:
    """How the graders agree. `marks`: each grader's level for each answer, in one order; none: not marked."""
    rows = {
        who: np.array([-1 if m is None else m for m in given], dtype=np.int64) for who, given in marks.items()
    }
    counts = _counts(list(rows.values()), top)
    pairs = tuple(_pair(a, b, rows[a], rows[b], top, seed) for a, b in combinations(rows, 2))
    return Measure(name, top, _bounded(counts, _alpha, seed), pairs)


def group_exact(
    first: Sequence[int | None], second: Sequence[int | None], groups: Sequence[str | None]
) -> tuple[Group, ...]:
    """Exact agreement by group, in the groups' order; answers without a group are left out."""
    found: dict[str, list[bool]] = {}
    for a, b, group in zip(first, second, groups, strict=True):
        if a is not None and b is not None and group is not None:
            found.setdefault(group, []).append(a == b)
    return tuple(
        Group(name, len(same), _rounded(sum(same) / len(same)) if len(same) >= SMALLEST_GROUP else None)
        for name, same in sorted(found.items())
    )


def are_apart(groups: Sequence[Group]) -> bool | None:
    """Whether two groups differ by more than they may; none when fewer than two are large enough to say."""
    told = [group.exact for group in groups if group.exact is not None]
    return max(told) - min(told) > APART + 1e-9 if len(told) > 1 else None


def quadratic_kappa(first: Sequence[int], second: Sequence[int], top: int) -> float | None:
    """Quadratic weighted kappa over the levels 0 to `top`; none when both always gave the same one."""
    return _kappa(_confusion(np.array(first, dtype=np.int64), np.array(second, dtype=np.int64), top))


def ordinal_alpha(marks: Sequence[Sequence[int | None]], top: int) -> float | None:
    """Krippendorff's alpha for ordered levels 0 to `top`; each grader's row, none: not marked."""
    rows = [np.array([-1 if m is None else m for m in row], dtype=np.int64) for row in marks]
    return _alpha(_counts(rows, top))


# ------------------------------------------------------------------------------------------ arithmetic


def _pair(first: str, second: str, a: Levels, b: Levels, top: int, seed: int) -> Pair:
    both = (a >= 0) & (b >= 0)
    a, b = a[both], b[both]
    table = np.stack([a, b], axis=1)
    return Pair(
        first,
        second,
        len(a),
        _bounded(table, lambda t: _share(np.abs(t[:, 0] - t[:, 1]) == 0), seed),
        _bounded(table, lambda t: _share(np.abs(t[:, 0] - t[:, 1]) <= 1), seed),
        _bounded(table, lambda t: _kappa(_confusion(t[:, 0], t[:, 1], top)), seed),
        tuple(tuple(int(n) for n in row) for row in _confusion(a, b, top)),
    )


def _share(hits: NDArray[np.bool_]) -> float | None:
    return float(hits.mean()) if hits.size else None


def _confusion(a: Levels, b: Levels, top: int) -> NDArray[np.int64]:
    size = top + 1
    return np.bincount(a * size + b, minlength=size * size).reshape(size, size)


def _kappa(table: NDArray[np.int64]) -> float | None:
    n = table.sum()
    if not n:
        return None
    level = np.arange(len(table))
    weight = np.square(level[:, None] - level[None, :]).astype(float)
    by_chance = (weight * np.outer(table.sum(axis=1), table.sum(axis=0))).sum() / n
    return float(1 - (weight * table).sum() / by_chance) if by_chance else None


def _counts(rows: Sequence[Levels], top: int) -> NDArray[np.int64]:
    """For each answer how many graders gave each level."""
    given = np.stack(rows, axis=1)
    return np.stack([(given == level).sum(axis=1) for level in range(top + 1)], axis=1).astype(np.int64)


def _alpha(counts: NDArray[np.int64]) -> float | None:
    """From the counts of each answer; answers that one person marked say nothing about agreement."""
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return None
    weight = 1.0 / (counts.sum(axis=1) - 1)
    weighted = counts * weight[:, None]
    observed = weighted.T @ counts - np.diag(weighted.sum(axis=0))
    margin = observed.sum(axis=1)
    n = margin.sum()
    # The distance of two levels: how many marks lie between them, their own counting half.
    ranks = np.cumsum(margin) - margin / 2
    distance = np.square(ranks[:, None] - ranks[None, :])
    expected = (distance * np.outer(margin, margin)).sum() / (n - 1)
    return float(1 - (distance * observed).sum() / expected) if expected else None


def _bounded(
    table: NDArray[np.int64], figure: Callable[[NDArray[np.int64]], float | None], seed: int
) -> Estimate:
    value = figure(table)
    if value is None or len(table) < 2:
        return Estimate(None if value is None else _rounded(value))
    chance = np.random.default_rng(seed)
    drawn = (figure(table[chance.integers(0, len(table), len(table))]) for _ in range(ROUNDS))
    # A resample in which everybody gave one level has no kappa; it bounds nothing.
    there = [one for one in drawn if one is not None]
    if not there:
        return Estimate(_rounded(value))
    low, high = np.percentile(there, [2.5, 97.5])
    return Estimate(_rounded(value), _rounded(float(low)), _rounded(float(high)))


def _rounded(value: float) -> float:
    # Without a negative zero, which would be another byte in the file.
    return round(value, 6) + 0.0
