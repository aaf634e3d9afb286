"""What is reported about a prompt's suggestions is what can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from support.reflections import bases
from support.scored import P2, features, marked

from coursekit.model.reflection import Marked
from coursekit.policy.reflection.calibration import (
    Bin,
    area,
    by_group,
    by_length,
    calibration_error,
    kappa,
    measure,
    reliability,
)
from coursekit.policy.reflection.scorer import fit

BASIS = bases.basis(P2)
RNG = np.random.default_rng(8)


def test_the_area_is_the_share_of_pairs_in_order() -> None:
    p, came = np.round(RNG.random(60), 1), (RNG.random(60) > 0.4).astype(float)
    assert area(p, came) == pytest.approx(roc_auc_score(came, p), abs=1e-6)
    assert area(p, np.ones(60)) is None


def test_points_between_two_are_rounded_before_they_are_compared() -> None:
    first = np.array([0.0, 1, 2, 3, 4])
    assert kappa(first, first + 0.4, 4) == 1
    assert kappa(first, first - 9, 4) == 0
    assert kappa(np.ones(5), np.ones(5), 4) is None


def test_a_line_through_the_number_of_words_each_left_out_in_turn() -> None:
    seen = [features(BASIS, "word " * n) for n in (5, 9, 30, 80, 150)]
    points = np.array([0.0, 2, 1, 4, 5])
    foretold = by_length(seen, points)
    words = np.array([f.length[0] for f in seen])
    for left in range(5):
        rest = [i for i in range(5) if i != left]
        assert foretold[left] == pytest.approx(
            np.polyval(np.polyfit(words[rest], points[rest], 1), words[left])
        )


def test_where_all_are_of_one_length_length_says_the_mean() -> None:
    seen = [features(BASIS, "word " * 20)] * 4
    assert by_length(seen, np.array([0.0, 1, 2, 3])) == pytest.approx([2.0, 5 / 3, 4 / 3, 1.0])


def test_bins_are_of_one_size_and_never_below_five() -> None:
    p = np.linspace(0, 1, 103)
    bins = reliability(p, (p > 0.5).astype(float))
    assert len(bins) == 10
    assert {b.n for b in bins} == {10, 11}
    assert [b.foretold for b in bins] == sorted(b.foretold for b in bins)
    assert [b.n for b in reliability(p[:12], p[:12])] == [6, 6]
    assert [b.n for b in reliability(p[:3], p[:3])] == [3]
    assert reliability(p[:0], p[:0]) == ()


def test_the_calibration_error_weighs_by_answers() -> None:
    assert calibration_error([Bin(30, 0.9, 0.9), Bin(10, 0.8, 0.4)]) == pytest.approx(0.1)
    assert calibration_error([]) is None


def test_too_few_are_counted_and_nothing_is_measured() -> None:
    seen, answers = marked(10)
    few = measure(seen[:6], answers[:6], BASIS.rubric)
    assert few.n == 6
    assert (few.qwk, few.auc, few.bins, few.coverage) == (None, None, (), ())
    assert sum(few.per_level["position"].values()) == 6
    assert set(few.per_level["position"]) == {0, 1, 2}


def test_nothing_marked_is_no_trouble() -> None:
    assert measure((), (), BASIS.rubric).n == 0


def test_all_of_a_prompt() -> None:
    seen, answers = marked(60)
    found = measure(seen, answers, BASIS.rubric, fit(seen, answers, BASIS.rubric))
    assert found.adequate + found.inadequate == 60
    assert found.qwk is not None
    assert found.length_qwk is not None
    assert found.qwk > found.length_qwk + 0.2
    assert sum(b.n for b in found.bins) == 60
    assert [c.share for c in found.coverage] == sorted((c.share for c in found.coverage), reverse=True)
    assert all(c.n == round(c.share * 60) for c in found.coverage)
    misses = [abs(c.marked - c.suggested) for c in found.confusions]
    assert misses == sorted(misses, reverse=True)
    assert {c.id for c in found.confusions} <= {m.id for m in answers}
    assert found.twice == 0


def test_an_answer_nobody_called_adequate_or_not_counts_for_points_alone() -> None:
    seen, answers = marked(30)
    rubric = replace(
        BASIS.rubric, decision=replace(BASIS.rubric.decision, rule=type(BASIS.rubric.decision.rule)())
    )
    unsaid = (replace(answers[0], adequate=None), *answers[1:])
    found = measure(seen, unsaid, rubric, fit(seen, unsaid, rubric))
    assert found.adequate + found.inadequate == 29
    assert sum(b.n for b in found.bins) == 29


def test_two_people_on_the_same_answers() -> None:
    def twice(points: int, other: int) -> tuple[Marked, Marked]:
        return Marked("x", "", {"position": points}, points > 0), Marked(
            "x", "", {"position": other}, other > 0
        )

    seen, answers = marked(10)
    found = measure(seen, answers, BASIS.rubric, None, [twice(0, 0), twice(2, 2), twice(1, 0), twice(2, 2)])
    assert (found.twice, found.human_agreement) == (4, 0.75)
    assert found.human_qwk == pytest.approx(0.857143, abs=1e-5)


def test_how_each_group_is_treated() -> None:
    seen, answers = marked(100)
    scorer = fit(seen, answers, BASIS.rubric)
    groups = {m.id: "few" if i < 20 else "many" for i, m in enumerate(answers[:80])}
    found = by_group(scorer, answers, groups)
    assert [(g.group, g.n, g.lean is None) for g in found] == [("few", 20, True), ("many", 60, False)]
    left = scorer.left_out()
    lean = np.mean([left.points[i] - answers[i].points for i in range(20, 80)])
    assert found[1].lean == pytest.approx(lean, abs=1e-6)
    sided = np.mean([(left.p_adequate[i] >= 0.5) == answers[i].adequate for i in range(20, 80)])
    assert found[1].agreement == pytest.approx(sided, abs=1e-6)
