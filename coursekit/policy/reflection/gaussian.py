"""A Gaussian process whose kernel is a weighted sum of linear kernels: a Bayesian ridge, one weight for each block.

    y = mean + Σ blocks + noise         noise has variance 1 × scale, block b has variance w_b × scale

The mean has a flat prior and is integrated out, and so is the scale; the weights are those of the largest marginal
likelihood. Leave-one-out is in closed form (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006,
§5.4.2), with the precision matrix from which the mean has been taken out.

Weights are looked for on a fixed grid and not by descent: two machines, or one and two threads, differ in the 16th
digit of a likelihood, and a descent would carry this into the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

Array = NDArray[np.float64]

GRID = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""What a block may weigh, beside a noise of 1. People never agree so well that more would be believed."""
_SWEEPS = 6
_ENOUGH = 400
"""So many answers fix a handful of weights; more only cost time."""
_BETTER = 1e-6


@dataclass(frozen=True)
class Target:
    """One thing that was marked, explained by the kernel."""

    mean: float
    alpha: Array
    """Weights of the marked answers; they sum to 0."""
    scale: float
    """The variance of noise."""
    left_out: Array
    """What each would be thought to be, had it not been marked."""
    left_out_variance: Array


class Process:
    """The kernel of some marked answers, solved once for everything that was marked on them."""

    def __init__(self, kernel: Array) -> None:
        """`kernel`: the weighted sum, without noise."""
        self._factor = cho_factor(kernel + np.eye(len(kernel)), lower=True)
        self._u: Array = cho_solve(self._factor, np.ones(len(kernel)))
        self._total = float(self._u.sum())

    @cached_property
    def _precision(self) -> Array:
        inverse: Array = cho_solve(self._factor, np.eye(len(self._u)))
        return inverse - np.outer(self._u, self._u) / self._total

    def explain(self, y: Array, residual: float) -> Target:
        """The target `y`. `residual`: a squared residual that is believed in before anything was seen."""
        alpha = self._precision @ y
        scale = (float(y @ alpha) + residual) / len(y)
        precise = np.diag(self._precision)
        return Target(float(self._u @ y) / self._total, alpha, scale, y - alpha / precise, scale / precise)

    def variance(self, cross: Array, own: float) -> float:
        """Of a new answer's mark, beside a noise of 1. `cross`: its kernel with each marked one."""
        solved: Array = cho_solve(self._factor, cross)
        unknown_mean = (1.0 - float(solved.sum())) ** 2 / self._total
        return 1.0 + max(0.0, own - float(cross @ solved)) + unknown_mean

    def evidence(self, y: Array, residual: float) -> float:
        """The logarithm of the marginal likelihood, up to a constant."""
        solved: Array = cho_solve(self._factor, y)
        quadratic = float(y @ solved) - float(self._u @ y) ** 2 / self._total + residual
        half_determinant = float(np.log(np.diag(self._factor[0])).sum())
        return float(-0.5 * len(y) * np.log(quadratic) - half_determinant - 0.5 * np.log(self._total))


def choose_weights(
    kernels: Mapping[str, Array], expected: Mapping[str, float], y: Array, residual: float
) -> dict[str, float]:
    """The weight of each block: the largest marginal likelihood on the grid, one block at a time until none moves.

    `expected`: what each block weighs before anything was seen; one decade from it costs half a unit of likelihood.
    """
    if not kernels:
        return {}
    if len(y) > _ENOUGH:
        rows = np.linspace(0, len(y) - 1, _ENOUGH).astype(int)
        kernels = {name: k[np.ix_(rows, rows)] for name, k in kernels.items()}
        y = y[rows]
    known: dict[tuple[float, ...], float] = {}

    def worth(weights: Mapping[str, float]) -> float:
        key = tuple(weights.values())
        if key not in known:
            process = Process(total(kernels, weights))
            known[key] = process.evidence(y, residual) - _strangeness(weights, expected)
        return known[key]

    weights = dict(expected)
    best = worth(weights)
    for _ in range(_SWEEPS):
        before = dict(weights)
        for name in weights:
            for weight in GRID:
                tried = weights | {name: weight}
                if worth(tried) > best + _BETTER:
                    best, weights = worth(tried), tried
        if weights == before:
            break
    return weights


def total(kernels: Mapping[str, Array], weights: Mapping[str, float]) -> Array:
    """The weighted sum."""
    summed: Array = sum((weights[name] * k for name, k in kernels.items()), np.zeros(()))
    return summed


def _strangeness(weights: Mapping[str, float], expected: Mapping[str, float]) -> float:
    decades = [np.log10(max(w, 1e-3) / expected[name]) for name, w in weights.items()]
    return 0.5 * float(np.square(decades).sum())
