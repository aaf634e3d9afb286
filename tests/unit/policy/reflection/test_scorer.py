"""A suggestion is a sum that says where it comes from, doubts what it has not seen, and is the same every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from support.reflections import bases
from support.scored import P2, features, held_out, marked

from coursekit.model.ids import Digest
from coursekit.model.reflection import Marked
from coursekit.model.rubric import Detector, Rule
from coursekit.policy.reflection.scorer import Scorer, adequate, fit, identity

BASIS = bases.basis(P2)
RUBRIC = replace(
    BASIS.rubric,
    criteria=tuple(
        c if c.detector is not Detector.NONE else replace(c, detector=Detector.TERMS)
        for c in BASIS.rubric.criteria
    ),
)
TESTS = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return fit(*marked(60), RUBRIC)


def test_fewer_than_ten_marked_answers_suggest_nothing() -> None:
    seen, answers = marked(10)
    fit(seen, answers, RUBRIC)
    with pytest.raises(ValueError, match="10 are needed"):
        fit(seen[:9], answers[:9], RUBRIC)
    with pytest.raises(ValueError):
        fit(seen[:9], answers, RUBRIC)


def test_a_suggestion_is_the_average_and_what_each_block_adds(scorer: Scorer) -> None:
    for one in held_out(20)[0]:
        said = scorer.suggest(one)
        whole = scorer.average + sum(c.points for c in said.contributions)
        assert said.mean == pytest.approx(min(max(whole, 0), RUBRIC.points), abs=1e-5)
        assert [c.block for c in said.contributions] == ["length", "wording", "evidence"]


def test_the_average_is_that_of_the_marks(scorer: Scorer) -> None:
    assert scorer.average == pytest.approx(np.mean([m.points for m in marked(60)[1]]), abs=0.35)


def test_people_and_suggestions_go_the_same_way(scorer: Scorer) -> None:
    seen, answers = held_out(100)
    said = [scorer.suggest(f) for f in seen]
    points = [m.points for m in answers]
    assert np.corrcoef([s.mean for s in said], points)[0, 1] > 0.6
    inside = [abs(s.mean - p) < 1.2816 * s.sd for s, p in zip(said, points, strict=True)]
    assert 0.7 < np.mean(inside) < 0.93


def test_the_interval_holds_most_marks_and_not_every_level(scorer: Scorer) -> None:
    seen, answers = held_out(100)
    held = wide = count = 0
    for one, answer in zip(seen, answers, strict=True):
        for level in scorer.suggest(one).levels:
            held += level.low <= answer.levels[level.criterion] <= level.high
            assert level.low <= level.level <= level.high
            wide += level.high - level.low
            count += 1
    assert held / count >= 0.8
    assert wide / count < 1.5


def test_depth_gets_no_level_but_counts_in_the_points() -> None:
    seen, answers = marked(40)
    depth = replace(RUBRIC.criteria[0], id="depth", detector=Detector.NONE, levels={0: "", 5: ""})
    rubric = replace(RUBRIC, criteria=(*RUBRIC.criteria, depth))
    deep = [replace(m, levels={**m.levels, "depth": 5}) for m in answers]
    said, plain = fit(seen, deep, rubric).suggest(seen[0]), fit(seen, answers, RUBRIC).suggest(seen[0])
    assert "depth" not in {level.criterion for level in said.levels}
    assert said.mean == pytest.approx(plain.mean + 5, abs=1e-5)


def test_a_criterion_that_is_not_marked_everywhere_gets_no_level() -> None:
    seen, answers = marked(20)
    first = replace(answers[0], levels={"position": 1})
    said = fit(seen, (first, *answers[1:]), RUBRIC).suggest(seen[3])
    assert {level.criterion for level in said.levels} == {"position"}


def test_p_rises_with_the_points_and_is_sorted_by_what_people_said(scorer: Scorer) -> None:
    seen, answers = held_out(100)
    said = [scorer.suggest(f) for f in seen]
    good = [s.p_adequate for s, m in zip(said, answers, strict=True) if m.adequate]
    bad = [s.p_adequate for s, m in zip(said, answers, strict=True) if not m.adequate]
    assert np.mean(good) > np.mean(bad) + 0.25
    steps = [scorer._margin.p(mean, 0.8) for mean in np.linspace(-2, 8, 50)]
    assert steps == sorted(steps)
    # More doubt is less certainty, on both sides.
    assert scorer._margin.p(4.9, 0.5) > scorer._margin.p(4.9, 1.5)


def test_n_answers_do_not_show_more_than_n_answers_can() -> None:
    for n in (12, 40):
        scorer = fit(*marked(n), RUBRIC)
        extremes = [scorer._margin.p(mean, 0.1) for mean in (-100.0, 100.0)]
        assert extremes[0] >= 1 / (n + 2) - 1e-9
        assert extremes[1] <= 1 - 1 / (n + 2) + 1e-9


def test_a_slip_of_a_marker_makes_the_others_no_more_doubtful() -> None:
    texts = [
        ("The readers moved 790 marks over the line. " if i % 2 else "All has its sides. ") * 4
        for i in range(200)
    ]
    seen = [features(BASIS, f"{t} {i}") for i, t in enumerate(texts)]
    answers = [Marked(f"m{i}", t, {"position": 2 * (i % 2)}, i % 2 == 1) for i, t in enumerate(texts)]
    slipped = [replace(m, adequate=not m.adequate) if m.id in ("m50", "m101") else m for m in answers]
    middle = [fit(seen, given, RUBRIC)._margin for given in (answers, slipped)]
    slopes = [m.slope for m in middle]
    assert slopes[1] > 0.6 * slopes[0]
    assert middle[1].slip >= middle[0].slip


def test_until_both_kinds_were_marked_nothing_is_known_of_what_tells_them_apart() -> None:
    seen, answers = marked(20)
    same = [replace(m, adequate=True) for m in answers]
    assert {fit(seen, same, RUBRIC).suggest(f).p_adequate for f in seen} == {0.5}
    unsaid = [replace(m, adequate=None) for m in answers]
    rubric = replace(RUBRIC, decision=replace(RUBRIC.decision, rule=Rule()))
    scorer = fit(seen, unsaid, rubric)
    assert {scorer.suggest(f).p_adequate for f in seen} == {0.5}
    assert np.isnan(scorer.left_out().p_adequate).all()


def test_what_the_person_said_goes_before_the_rule() -> None:
    rule = Rule(all_of=("a",))
    assert adequate(Marked("m", "", {"a": 1}), rule) is True
    assert adequate(Marked("m", "", {"a": 1}, False), rule) is False
    assert adequate(Marked("m", "", {"a": 1}), Rule()) is None


def test_strange_words_are_doubted_more(scorer: Scorer) -> None:
    known = features(BASIS, "I think it is the readers. " * 8)
    strange = features(BASIS, "Zymurgy quaffs brackish vellum. " * 12)
    assert scorer.suggest(strange).sd > scorer.suggest(known).sd


def test_the_nearest_marked_answers(scorer: Scorer) -> None:
    seen, answers = marked(60)
    for f, m in list(zip(seen, answers, strict=True))[:8]:
        nearest = scorer.suggest(f).nearest
        assert len(nearest) == 3
        assert (nearest[0].exemplar, nearest[0].points, nearest[0].adequate) == (m.id, m.points, m.adequate)
        assert [n.similarity for n in nearest] == sorted((n.similarity for n in nearest), reverse=True)
        assert nearest[0].similarity == pytest.approx(1, abs=1e-4)


def test_it_is_said_when_length_drives_it() -> None:
    # Nothing but the number of words tells these apart.
    texts = ["word " * n for n in range(40, 240, 10)]
    seen = [features(BASIS, t) for t in texts]
    answers = [
        Marked(f"m{i}", t, {"position": i // 7, "evidence": i // 7}, i > 9) for i, t in enumerate(texts)
    ]
    said = fit(seen, answers, RUBRIC).suggest(features(BASIS, "word " * 300))
    assert said.length_driven
    parts = {c.block: abs(c.points) for c in said.contributions}
    assert parts["length"] > sum(parts.values()) / 2


def test_answers_that_are_all_the_same_are_no_trouble() -> None:
    seen = [features(BASIS, "The same words.")] * 12
    answers = [Marked(f"m{i}", "", {"position": 1, "evidence": 2, "test": 1}, True) for i in range(12)]
    said = fit(seen, answers, RUBRIC).suggest(features(BASIS, "Other words, and more."))
    assert said.mean == 4
    assert said.sd > 0
    assert said.contributions == ()
    assert not said.length_driven
    assert all(level.low == level.level == level.high for level in said.levels)


def test_a_second_opinion_and_an_embedding_are_blocks_like_others() -> None:
    seen, answers = marked(30)
    more = [
        replace(f, endpoint=(m.levels["position"] / 2, 0.5), embedding=(0.6, 0.8 - 0.01 * i))
        for i, (f, m) in enumerate(zip(seen, answers, strict=True))
    ]
    scorer = fit(more, answers, RUBRIC)
    with_it, without = scorer.suggest(more[0]), scorer.suggest(seen[0])
    blocks = ["length", "wording", "evidence", "embedding", "endpoint"]
    assert [c.block for c in with_it.contributions] == blocks == [c.block for c in without.contributions]
    # What is not there is taken as the average, and doubted.
    assert without.contributions[-1].points == without.contributions[-2].points == 0
    # One marked answer without it, and nobody's counts.
    assert [
        c.block for c in fit((*more[:-1], seen[-1]), answers, RUBRIC).suggest(more[0]).contributions
    ] == blocks[:3]


def test_another_rubric_model_or_version_needs_another_certificate() -> None:
    ids = {
        identity(Digest("a" * 64), {}),
        identity(Digest("b" * 64), {}),
        identity(Digest("a" * 64), {"minilm": "c" * 64}),
    }
    assert len(ids) == 3


# ------------------------------------------------------------------------------- the same every time

_PRINT = """
import json, sys
from dataclasses import asdict
sys.path[:0] = [{tests!r}, {root!r}]
from support.scored import held_out, marked
from coursekit.policy.reflection.scorer import fit
from support.reflections import bases
scorer = fit(*marked(150), bases.basis({prompt!r}).rubric)
left = scorer.left_out()
said = [asdict(scorer.suggest(f)) for f in held_out(25)[0]]
print(json.dumps([said, left.points.tolist(), left.p_adequate.tolist()]))
"""


@pytest.mark.parametrize("threads", ["1", "4"])
def test_the_number_of_threads_changes_no_digit(threads: str, soak: bool) -> None:
    if threads == "4" and not soak:
        pytest.skip("one other number of threads is enough for every day")
    code = _PRINT.format(tests=str(TESTS), root=str(TESTS.parent), prompt=P2)
    told = {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **told}, capture_output=True, text=True, check=True
    )
    scorer = fit(*marked(150), BASIS.rubric)
    left = scorer.left_out()
    here = [
        [asdict(scorer.suggest(f)) for f in held_out(25)[0]],
        left.points.tolist(),
        left.p_adequate.tolist(),
    ]
    assert done.stdout.strip() == json.dumps(here)


def test_the_order_of_the_marked_answers_hardly_matters(scorer: Scorer) -> None:
    seen, answers = marked(60)
    other = fit(seen[::-1], answers[::-1], RUBRIC)
    for f in held_out(5)[0]:
        assert other.suggest(f).mean == pytest.approx(scorer.suggest(f).mean, abs=1e-5)


# ------------------------------------------------------------------------------------- in its time


def test_a_suggestion_takes_a_few_thousandths_of_a_second(scorer: Scorer) -> None:
    one = held_out(20)[0][0]

    def seconds() -> float:
        begun = process_time()
        scorer.suggest(one)
        return process_time() - begun

    assert min(seconds() for _ in range(20)) < 0.010


def test_thirty_are_learnt_in_a_fifth_of_a_second() -> None:
    def seconds() -> float:
        begun = process_time()
        fit(*marked(30), RUBRIC)
        return process_time() - begun

    assert min(seconds() for _ in range(5)) < 0.2
