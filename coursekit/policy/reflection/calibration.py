"""How good the suggestions for one prompt are, measured on the marked answers, each left out in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from coursekit.model.reflection import Marked
from coursekit.model.rubric import Rubric
from coursekit.policy.reflection.agreement import SMALLEST_GROUP, quadratic_kappa
from coursekit.policy.reflection.features import Features
from coursekit.policy.reflection.gaussian import Array
from coursekit.policy.reflection.scorer import LEAST, LeftOut, Scorer

COVERAGE = (0.5, 0.8, 0.9, 0.95, 0.99)
_BINS = 10
_IN_A_BIN = 5
_CONFUSIONS = 5
_RESAMPLES = 400
_PLACES = 6


@dataclass(frozen=True)
class Bin:
    """Answers of about the same `p_adequate`."""

    n: int
    foretold: float
    """The mean of `p_adequate`."""
    came: float
    """The share that people called adequate."""


@dataclass(frozen=True)
class Covered:
    """What a threshold would let through."""

    threshold: float
    share: float
    agreement: float | None
    """Of those above it, how many people called adequate; none when there are none."""
    n: int


@dataclass(frozen=True)
class Confusion:
    """A marked answer about which the suggestion is furthest from the person."""

    id: str
    marked: float
    suggested: float


@dataclass(frozen=True)
class Measured:
    """What is known about one prompt's suggestions. None: it cannot be told from what was marked."""

    n: int
    per_level: Mapping[str, Mapping[int, int]]
    """Criterion → level → marked answers."""
    adequate: int
    inadequate: int
    qwk: float | None = None
    """Quadratically weighted kappa of suggested and marked points."""
    qwk_between: tuple[float, float] | None = None
    """Where it lies in 19 of 20 resamples of these answers."""
    length_qwk: float | None = None
    """The same for a suggestion that only counts words."""
    auc: float | None = None
    """Of `p_adequate`: how often an adequate answer is put before one that is not."""
    ece: float | None = None
    """How far `p_adequate` is from what came, on average."""
    bins: tuple[Bin, ...] = ()
    coverage: tuple[Covered, ...] = ()
    confusions: tuple[Confusion, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    """Of each block of features."""
    twice: int = 0
    """Answers that two people marked."""
    human_qwk: float | None = None
    """Of the two people."""
    human_agreement: float | None = None
    """How often they agree about an adequate attempt."""


@dataclass(frozen=True)
class GroupMeasured:
    """How the suggestions treat one group of learners."""

    group: str
    n: int
    lean: float | None
    """Suggested less marked points, on average; none in a small group, where chance would speak."""
    agreement: float | None
    """How often `p_adequate` is on the same side of one half as the person; none there as well."""


def measure(
    features: Sequence[Features],
    marked: Sequence[Marked],
    rubric: Rubric,
    scorer: Scorer | None = None,
    twice: Sequence[tuple[Marked, Marked]] = (),
) -> Measured:
    """All of it. `scorer`: of just these, where there is one. `twice`: the same answers, marked by two people."""
    per_level = {c.id: _levels(c.id, sorted(c.levels), marked) for c in rubric.criteria}
    human = _between_people(twice, rubric)
    if scorer is None or len(marked) < LEAST:
        said = [m.adequate for m in marked]
        counts = Measured(len(marked), per_level, said.count(True), said.count(False))
        return replace(counts, **human)
    left = scorer.left_out()
    points = np.array([m.points for m in marked], dtype=float)
    known = ~np.isnan(left.adequate)
    p, came = left.p_adequate[known], left.adequate[known]
    bins = reliability(p, came)
    measured = Measured(
        len(marked),
        per_level,
        int((came == 1).sum()),
        int((came == 0).sum()),
        kappa(points, left.points, rubric.points),
        _between(points, left.points, rubric.points),
        kappa(points, by_length(features, points), rubric.points),
        area(p, came),
        calibration_error(bins),
        bins,
        tuple(_covered(t, p, came) for t in COVERAGE) if len(p) else (),
        _confusions(marked, points, left),
        dict(scorer.weights),
    )
    return replace(measured, **human)


def by_group(
    scorer: Scorer, marked: Sequence[Marked], groups: Mapping[str, str]
) -> tuple[GroupMeasured, ...]:
    """The same for each group. `groups`: answer's id → its learner's group; who is in none is left out."""
    left = scorer.left_out()
    found = []
    for group in sorted({groups[m.id] for m in marked if m.id in groups}):
        rows = [i for i, m in enumerate(marked) if groups.get(m.id) == group]
        if len(rows) < SMALLEST_GROUP:
            found.append(GroupMeasured(group, len(rows), None, None))
            continue
        lean = float(np.mean([left.points[i] - marked[i].points for i in rows]))
        sided = [
            bool(left.p_adequate[i] >= 0.5) == bool(left.adequate[i] == 1) for i in rows if _is_said(left, i)
        ]
        agreement = round(sum(sided) / len(sided), _PLACES) if sided else None
        found.append(GroupMeasured(group, len(rows), round(lean, _PLACES), agreement))
    return tuple(found)


def kappa(first: Array, second: Array, most: int) -> float | None:
    """Quadratically weighted kappa of points, as whole numbers from 0 to `most`; none where it is not defined."""
    a, b = (np.clip(np.rint(x), 0, most).astype(int).tolist() for x in (first, second))
    found = quadratic_kappa(a, b, most)
    return round(found, _PLACES) if found is not None else None


def _between(first: Array, second: Array, most: int) -> tuple[float, float] | None:
    rows = np.random.default_rng(0).integers(0, len(first), (_RESAMPLES, len(first)))
    a, b = (np.clip(np.rint(x), 0, most)[rows] for x in (first, second))
    # Of all pairs of one's number and the other's: the mean of squares, less twice the product of the means.
    by_chance = np.square(a).mean(axis=1) + np.square(b).mean(axis=1) - 2 * a.mean(axis=1) * b.mean(axis=1)
    told = by_chance > 0
    if not told.any():
        return None
    found = 1 - np.square(a - b).mean(axis=1)[told] / by_chance[told]
    low, high = np.percentile(found, [2.5, 97.5])
    return round(float(low), _PLACES), round(float(high), _PLACES)


def by_length(features: Sequence[Features], points: Array) -> Array:
    """Points as the number of words would foretell them, each answer left out in turn."""
    words = np.array([f.length[0] for f in features])
    away = words - words.mean()
    spread = float(away @ away)
    lever = 1 / len(words) + (np.square(away) / spread if spread > 0 else 0.0)
    fitted = points.mean() + (away * float(away @ points) / spread if spread > 0 else 0.0)
    foretold: Array = points - (points - fitted) / np.maximum(1 - lever, 1e-9)
    return foretold


def area(p: Array, came: Array) -> float | None:
    """The area under the ROC curve; ties count half."""
    good, bad = p[came == 1], p[came == 0]
    if not len(good) or not len(bad):
        return None
    ahead = (good[:, None] > bad[None, :]).mean() + 0.5 * (good[:, None] == bad[None, :]).mean()
    return round(float(ahead), _PLACES)


def reliability(p: Array, came: Array) -> tuple[Bin, ...]:
    """Up to ten bins of equal size, with five answers or more in each."""
    if not len(p):
        return ()
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, min(_BINS, max(1, len(p) // _IN_A_BIN)))
    return tuple(
        Bin(len(rows), round(float(p[rows].mean()), _PLACES), round(float(came[rows].mean()), _PLACES))
        for rows in parts
    )


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The mean distance of what was foretold and what came, weighed by answers."""
    if not bins:
        return None
    whole = sum(b.n for b in bins)
    return round(sum(b.n * abs(b.foretold - b.came) for b in bins) / whole, _PLACES)


def _levels(criterion: str, levels: Sequence[int], marked: Sequence[Marked]) -> dict[int, int]:
    given = Counter(m.levels[criterion] for m in marked if criterion in m.levels)
    return {level: given[level] for level in sorted({*levels, *given})}


def _covered(threshold: float, p: Array, came: Array) -> Covered:
    above = p >= threshold
    agreement = round(float(came[above].mean()), _PLACES) if above.any() else None
    return Covered(threshold, round(float(above.mean()), _PLACES), agreement, int(above.sum()))


def _confusions(marked: Sequence[Marked], points: Array, left: LeftOut) -> tuple[Confusion, ...]:
    misses = np.round(np.abs(left.points - points), _PLACES)
    order = sorted(range(len(marked)), key=lambda i: (-misses[i], i))[:_CONFUSIONS]
    return tuple(Confusion(marked[i].id, float(points[i]), float(left.points[i])) for i in order)


def _between_people(twice: Sequence[tuple[Marked, Marked]], rubric: Rubric) -> dict[str, Any]:
    if not twice:
        return {}
    first, second = (np.array([pair[i].points for pair in twice], dtype=float) for i in (0, 1))
    said = [(a.adequate, b.adequate) for a, b in twice if a.adequate is not None and b.adequate is not None]
    agreement = round(sum(a == b for a, b in said) / len(said), _PLACES) if said else None
    return {
        "twice": len(twice),
        "human_qwk": kappa(first, second, rubric.points),
        "human_agreement": agreement,
    }


def _is_said(left: LeftOut, row: int) -> bool:
    return not bool(np.isnan(left.adequate[row]))
