"""Against published worked examples, and against another implementation."""

from __future__ import annotations

import random

import pytest
from sklearn.metrics import cohen_kappa_score

from coursekit.policy.reflection.agreement import (
    SMALLEST_GROUP,
    Group,
    are_apart,
    group_exact,
    measure,
    ordinal_alpha,
    quadratic_kappa,
)

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: 4 observers, 12 units, with gaps.
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
FIFTY = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15


def test_alpha_is_krippendorffs_own():
    assert ordinal_alpha(KRIPPENDORFF, 5) == pytest.approx(0.815, abs=0.0005)


def test_alpha_of_two_is_near_kappa_where_both_use_levels_alike():
    chance = random.Random(4)
    a = [chance.randrange(3) for _ in range(400)]
    b = [x if chance.random() < 0.8 else chance.randrange(3) for x in a]
    kappa = quadratic_kappa(a, b, 2)
    assert ordinal_alpha([a, b], 2) == pytest.approx(kappa, abs=0.02)


def test_kappa_of_yes_and_no_is_the_textbooks():
    first, second = zip(*FIFTY, strict=True)
    # 35 of 50 agree; by chance half would: (0.7 - 0.5) / (1 - 0.5).
    assert quadratic_kappa(first, second, 1) == pytest.approx(0.4)


@pytest.mark.parametrize("top", [1, 2, 4, 8])
def test_kappa_is_scikit_learns(top):
    chance = random.Random(top)
    a = [chance.randrange(top + 1) for _ in range(150)]
    b = [min(top, max(0, x + chance.choice([-1, 0, 0, 0, 1]))) for x in a]
    want = cohen_kappa_score(a, b, weights="quadratic", labels=list(range(top + 1)))
    assert quadratic_kappa(a, b, top) == pytest.approx(want, abs=1e-9)
    if top == 1:
        assert quadratic_kappa(a, b, top) == pytest.approx(cohen_kappa_score(a, b), abs=1e-9)


def test_where_everybody_says_the_same_nothing_can_be_said():
    assert quadratic_kappa([1, 1, 1], [1, 1, 1], 2) is None
    assert ordinal_alpha([[1, 1], [1, 1]], 2) is None
    assert quadratic_kappa([], [], 2) is None
    assert ordinal_alpha([[None, 1], [1, None]], 2) is None


def test_a_measure_tells_all_of_it():
    marks = {"anna": [0, 1, 2, 2, None, 1], "ben": [0, 1, 1, 0, 2, None]}
    got = measure("evidence", marks, 2, seed=1)
    (pair,) = got.pairs
    assert (got.name, got.top, pair.first, pair.second, pair.n) == ("evidence", 2, "anna", "ben", 4)
    assert pair.exact.value == 0.5
    assert pair.adjacent.value == 0.75
    assert pair.confusion == ((1, 0, 0), (0, 1, 0), (1, 1, 0))
    assert pair.kappa.low <= pair.kappa.value <= pair.kappa.high


def test_three_graders_are_three_pairs_and_one_alpha():
    got = measure("x", {"a": [0, 1, 2], "b": [0, 1, 2], "c": [0, 1, 1]}, 2, seed=1)
    assert [(p.first, p.second) for p in got.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert got.alpha.value < 1


def test_the_same_seed_gives_the_same_interval_and_more_answers_a_narrower_one():
    chance = random.Random(7)
    a = [chance.randrange(3) for _ in range(400)]
    b = [x if chance.random() < 0.7 else chance.randrange(3) for x in a]
    few = measure("x", {"a": a[:40], "b": b[:40]}, 2, seed=1)
    assert few == measure("x", {"a": a[:40], "b": b[:40]}, 2, seed=1)
    assert few != measure("x", {"a": a[:40], "b": b[:40]}, 2, seed=2)
    many = measure("x", {"a": a, "b": b}, 2, seed=1)

    def width(m):
        return m.pairs[0].kappa.high - m.pairs[0].kappa.low

    assert width(many) < width(few)


def test_nothing_marked_is_no_trouble():
    got = measure("x", {"a": [None], "b": [None]}, 2, seed=1)
    assert got.pairs[0].n == 0
    assert got.pairs[0].kappa.value is got.alpha.value is got.pairs[0].exact.value is None


def test_a_small_group_stays_unsaid():
    n = SMALLEST_GROUP
    groups = ["de"] * n + ["en"] * (n - 1) + [None]
    first = [1] * (2 * n)
    second = [1] * (n - 5) + [0] * 5 + [1] * n
    assert group_exact(first, second, groups) == (Group("de", n, 0.9), Group("en", n - 1, None))


@pytest.mark.parametrize(
    ("shares", "apart"), [((0.9, 0.95), False), ((0.9, 0.96), True), ((0.9, None), None), ((), None)]
)
def test_groups_may_lie_five_points_apart(shares, apart):
    assert are_apart([Group(str(n), 60, s) for n, s in enumerate(shares)]) is apart
