"""What the marked answers suggest for a new one, with its doubt and its reasons. For graders alone.

One kernel (see `blocks` and `gaussian`) explains the total of points and each criterion's level; how far the points
are above a bar tells whether it is an adequate attempt. Kernels are linear, so a suggestion is a sum: the average,
and what each block adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtr

from coursekit.model.ids import Digest
from coursekit.model.reflection import Contribution, Level, Marked, Nearest, Suggestion
from coursekit.model.rubric import Criterion, Detector, Rubric, Rule
from coursekit.model.submission import canonical, sha256
from coursekit.policy.reflection import blocks
from coursekit.policy.reflection.blocks import Block
from coursekit.policy.reflection.features import Features
from coursekit.policy.reflection.gaussian import Array, Process, Target, choose_weights, total
from coursekit.policy.reflection.route import is_adequate

VERSION = 1
"""Counts up whenever the same marked answers would suggest something else."""
LEAST = 10
"""Marked answers, for a suggestion."""

_EXPECTED = {"length": 0.3, "wording": 0.3, "evidence": 0.3, "embedding": 0.3, "endpoint": 0.3}
_HALF_A_POINT = 0.25
"""Squared: a residual that is believed in before any is seen, so that no sd is ever 0."""
_INSIDE = 0.8
"""What an interval of levels holds."""
_SLOPES = 10.0 ** np.linspace(-1.0, 0.6, 25)
_SHIFTS = np.linspace(-3.0, 3.0, 49)
_SLIPS = np.array([0.0, 0.01, 0.02, 0.03, 0.05])
"""The share of marks that no answer explains."""
_USUAL_SLIP = 0.01
_LEAST_CHANCE = 1e-12
_MODEST = (-0.2, 0.35)
"""Mean and sd of the slope's logarithm, before anything was seen: a scorer of few answers is a little too sure."""
_NEAREST = 3
_PLACES = 6
_UNKNOWN = 0.5


@dataclass(frozen=True, eq=False)
class LeftOut:
    """What each marked answer would have been thought to be, had it not been marked. In the order they came in."""

    points: Array
    p_adequate: Array
    """Not a number where nobody said whether it is one."""
    adequate: Array
    """1, 0, or not a number."""


def identity(basis: Digest, models: Mapping[str, str]) -> Digest:
    """What a certificate is made for: rubric and case, this scorer, and the text models that have a say in it."""
    return Digest(sha256(canonical([basis, VERSION, dict(models)])))


def adequate(marked: Marked, rule: Rule) -> bool | None:
    """As the person said; or by the rule from the levels they gave; or nobody knows."""
    if marked.adequate is not None or rule == Rule():
        return marked.adequate
    return is_adequate(rule, marked.levels)


def fit(features: Sequence[Features], marked: Sequence[Marked], rubric: Rubric) -> Scorer:
    """A scorer that learnt from these. Raises ValueError with fewer than 10 of them."""
    if len(features) != len(marked) or len(marked) < LEAST:
        raise ValueError(f"{len(marked)} marked answers, {len(features)} with features: {LEAST} are needed")
    return Scorer(features, marked, rubric)


class Scorer:
    """Knows some marked answers; see `fit`."""

    def __init__(self, features: Sequence[Features], marked: Sequence[Marked], rubric: Rubric) -> None:
        self._marked = tuple(marked)
        self._rubric = rubric
        self._blocks: dict[str, Block] = blocks.fit(features)
        kernels = {name: block.kernel for name, block in self._blocks.items()}
        points = np.array([m.points for m in marked], dtype=float)
        expected = {name: _EXPECTED[name] for name in kernels}
        self.weights = choose_weights(kernels, expected, points, _HALF_A_POINT)
        """What each block weighs, beside a noise of 1."""
        kernel = total(kernels, self.weights) if kernels else np.zeros((len(marked), len(marked)))
        self._diagonal = np.diag(kernel)
        self._process = Process(kernel)
        self._points = self._process.explain(points, _HALF_A_POINT)
        self._levels = [(c, self._level(c)) for c in rubric.criteria if c.detector is not Detector.NONE]
        self._margin = _Margin.of(self._points, [adequate(m, rubric.decision.rule) for m in marked])

    def _level(self, criterion: Criterion) -> Target | None:
        levels = [m.levels.get(criterion.id) for m in self._marked]
        if any(level is None for level in levels):
            return None
        return self._process.explain(np.array(levels, dtype=float), _HALF_A_POINT)

    @property
    def average(self) -> float:
        """The points of the average answer, from which contributions count."""
        return round(self._points.mean, _PLACES)

    def left_out(self) -> LeftOut:
        """What each marked answer would have been thought to be, had it not been marked."""
        return LeftOut(
            np.clip(self._points.left_out, 0.0, float(self._rubric.points)).round(_PLACES),
            self._margin.left_out.round(_PLACES),
            self._margin.labels,
        )

    def suggest(self, features: Features) -> Suggestion:
        """What the marked answers suggest for this one."""
        crosses = {name: block.cross(features) for name, block in self._blocks.items()}
        parts = {
            name: float(self.weights[name] * (c @ self._points.alpha)) for name, (c, _) in crosses.items()
        }
        cross: Array = sum(
            (self.weights[n] * c for n, (c, _) in crosses.items()), np.zeros(len(self._marked))
        )
        own = sum(self.weights[n] * o for n, (_, o) in crosses.items())
        mean = self._points.mean + sum(parts.values())
        doubt = self._process.variance(cross, own)
        sd = float(np.sqrt(self._points.scale * doubt))
        return Suggestion(
            round(min(max(mean, 0.0), float(self._rubric.points)), _PLACES),
            round(sd, _PLACES),
            round(float(self._margin.p(mean, sd)), _PLACES),
            tuple(
                _interval(
                    c, target.mean + float(cross @ target.alpha), target.scale * doubt, len(self._marked)
                )
                for c, target in self._levels
                if target is not None
            ),
            tuple(Contribution(name, round(part, _PLACES)) for name, part in parts.items()),
            self._nearest(cross, own),
            _is_driven(parts),
        )

    def _nearest(self, cross: Array, own: float) -> tuple[Nearest, ...]:
        lengths = np.sqrt(np.maximum(self._diagonal, 0.0) * max(own, 0.0))
        alike = np.round(np.clip(cross / np.where(lengths > 0, lengths, np.inf), -1.0, 1.0), _PLACES)
        order = sorted(range(len(alike)), key=lambda i: (-alike[i], i))[:_NEAREST]
        rule = self._rubric.decision.rule
        return tuple(
            Nearest(m.id, float(alike[i]), m.points, adequate(m, rule))
            for i, m in ((i, self._marked[i]) for i in order)
        )


@dataclass(frozen=True, eq=False)
class _Margin:
    """How probable an adequate attempt is, from how far the suggested points are above a bar, in their doubt.

    A probit with one slope and one bar, fitted to what was thought of each marked answer when it was left out: so
    it is calibrated on answers that the scorer had not seen. It rises with the points, always. People slip: a share
    of marks that no answer explains keeps the best ones below certainty, instead of making all of them doubtful.
    """

    slope: float
    shift: float
    left_out: Array
    labels: Array
    is_known: bool
    bar: float = 0.0
    slip: float = 0.0

    @classmethod
    def of(cls, points: Target, labels: Sequence[bool | None]) -> _Margin:
        known = np.array([np.nan if x is None else float(x) for x in labels])
        there = ~np.isnan(known)
        if len(set(known[there])) < 2:
            # Until both kinds were marked, nothing is known about what tells them apart.
            return cls(1.0, 0.0, np.where(there, _UNKNOWN, np.nan), known, False)
        y = known[there]
        bar = (points.left_out[there][y == 1].mean() + points.left_out[there][y == 0].mean()) / 2
        z = (points.left_out - bar) / np.sqrt(points.left_out_variance)
        slope, shift, slip = _probit(z[there], y)
        left_out = np.where(there, _slipped(slope * z + shift, slip), np.nan)
        return cls(slope, shift, left_out, known, True, float(bar), slip)

    def p(self, mean: float, sd: float) -> float:
        if not self.is_known:
            return _UNKNOWN
        return float(_slipped(np.array(self.slope * (mean - self.bar) / sd + self.shift), self.slip))


def _slipped(at: Array, slip: float) -> Array:
    chance: Array = slip + (1 - 2 * slip) * ndtr(at)
    return chance


def _probit(z: Array, y: Array) -> tuple[float, float, float]:
    """Slope, shift and slip that are most probable after these were seen."""
    # n answers of which none went wrong do not show that the next one cannot (Laplace's rule of succession).
    slips = 1 / (len(y) + 2) + _SLIPS
    at = _SLOPES[:, None, None] * z + _SHIFTS[None, :, None]
    right = ndtr(at * np.where(y == 1, 1.0, -1.0))
    worth = np.stack(
        [
            np.log(np.maximum(slip + (1 - 2 * slip) * right, _LEAST_CHANCE)).sum(axis=2) - slip / _USUAL_SLIP
            for slip in slips
        ],
        axis=2,
    )
    worth -= 0.5 * ((np.log(_SLOPES) - _MODEST[0]) / _MODEST[1])[:, None, None] ** 2
    worth -= 0.5 * _SHIFTS[None, :, None] ** 2
    # Rounded, so that the best is the same one on every machine.
    i, j, k = np.unravel_index(int(np.argmax(np.round(worth, 9))), worth.shape)
    return float(_SLOPES[i]), float(_SHIFTS[j]), float(slips[k])


def _interval(criterion: Criterion, mean: float, variance: float, seen: int) -> Level:
    """The nearest level, and the fewest around it that hold the mark in 8 of 10 cases."""
    levels = sorted(criterion.levels)
    middles = (np.array(levels[1:]) + np.array(levels[:-1])) / 2
    # Student's t: the scale was learnt from the same answers. Rounded, so that a tie is one on every machine.
    below = np.round(stdtr(seen - 1, (middles - mean) / np.sqrt(variance)), _PLACES)
    chances = np.diff(np.concatenate([[0.0], below, [1.0]]))
    best = low = high = int(np.searchsorted(middles, round(mean, _PLACES), side="left"))
    while chances[low : high + 1].sum() < _INSIDE:
        under = chances[low - 1] if low > 0 else -1.0
        over = chances[high + 1] if high + 1 < len(levels) else -1.0
        low, high = (low - 1, high) if under >= over else (low, high + 1)
    return Level(criterion.id, levels[best], levels[low], levels[high])


def _is_driven(parts: Mapping[str, float]) -> bool:
    whole = sum(abs(part) for part in parts.values())
    return whole > 0 and abs(parts.get("length", 0.0)) > whole / 2
