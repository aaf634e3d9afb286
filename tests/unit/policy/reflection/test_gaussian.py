"""The closed forms are what they stand for: leaving one out is the same as not having it."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit.policy.reflection.gaussian import GRID, Process, choose_weights, total

RNG = np.random.default_rng(5)
X = RNG.normal(size=(14, 3))
Y = X @ [1.0, -0.5, 0.0] + RNG.normal(size=14) * 0.4 + 3


@pytest.mark.parametrize("left", [0, 6, 13])
def test_leaving_one_out_is_the_same_as_never_having_seen_it(left: int) -> None:
    kernel = X @ X.T
    rest = [i for i in range(14) if i != left]
    whole = Process(kernel).explain(Y, 0.25)
    without = Process(kernel[np.ix_(rest, rest)])
    target = without.explain(Y[rest], 0.25)
    cross = kernel[left, rest]
    assert whole.left_out[left] == pytest.approx(target.mean + cross @ target.alpha)
    doubt = without.variance(cross, kernel[left, left])
    assert whole.left_out_variance[left] / whole.scale == pytest.approx(doubt)


def test_a_kernel_that_knows_nothing_says_the_mean() -> None:
    target = Process(np.zeros((14, 14))).explain(Y, 0.25)
    assert target.mean == pytest.approx(Y.mean())
    assert np.allclose(target.alpha.sum(), 0)


def test_what_was_never_seen_is_doubted_more() -> None:
    process = Process(X @ X.T)
    near = process.variance(X @ X[0], float(X[0] @ X[0]))
    far = process.variance(np.zeros(14), 50.0)
    assert 1 < near < far


def test_the_block_that_explains_gets_the_weight() -> None:
    noise = RNG.normal(size=(14, 4))
    kernels = {"useful": X @ X.T / 3, "useless": noise @ noise.T / 4}
    weights = choose_weights(kernels, dict.fromkeys(kernels, 0.3), Y, 0.25)
    assert weights["useful"] >= 1 > weights["useless"]
    assert set(weights.values()) <= set(GRID)


def test_no_single_step_on_the_grid_is_better_than_what_was_chosen() -> None:
    kernels = {"first": X[:, :1] @ X[:, :1].T, "others": X[:, 1:] @ X[:, 1:].T}
    chosen = choose_weights(kernels, dict.fromkeys(kernels, 0.3), Y, 0.25)

    def worth(weights: dict[str, float]) -> float:
        far = sum(np.log10(max(w, 1e-3) / 0.3) ** 2 for w in weights.values()) / 2
        return Process(total(kernels, weights)).evidence(Y, 0.25) - far

    for name in kernels:
        for weight in GRID:
            assert worth(chosen | {name: weight}) <= worth(chosen) + 1e-5
