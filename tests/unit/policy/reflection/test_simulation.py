"""A term in which everybody's answer is foretold before it is marked: nothing passes that was not earned."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from support.reflections import bases
from support.scored import P2, features, held_out, marked

from coursekit.model.feedback import Found
from coursekit.model.reflection import Basis, Evidence, Flagged, Marked, Reason
from coursekit.model.rubric import Rule
from coursekit.policy.reflection.simulation import Answers, learning_curve, stream

BASIS = bases.basis(P2)


def free(**decision: object) -> Basis:
    """Without a rule, which would ask for evidence."""
    terms = {"rule": Rule(), "audit_rate": 0.1, **decision}
    return replace(BASIS, rubric=replace(BASIS.rubric, decision=replace(BASIS.rubric.decision, **terms)))  # type: ignore[arg-type]


def easy(n: int, lies_from: int | None = None) -> Answers:
    """Answers whose words give their level away; from some number on, people think otherwise of the good ones."""
    chance = random.Random(4)
    good = "The readers moved papers over the line because only they could see 790 and 33,654 marks. "
    poor = "Everything has many sides and one should talk about all of them in a spirit of trust. "
    seen, answers = [], []
    for i in range(n):
        is_good = chance.random() < 0.7
        text = (good if is_good else poor) * chance.randint(2, 4) + " ".join(chance.sample(good.split(), 4))
        if is_good and lies_from is not None and i >= lies_from:
            is_good = chance.random() < 0.5
        level = 2 if is_good else 0
        seen.append(features(BASIS, text))
        answers.append(
            Marked(f"m{i}", text, {"position": level, "evidence": level, "test": level // 2}, is_good)
        )
    return Answers(seen, answers)


def test_more_exemplars_agree_better_with_people() -> None:
    pool, test = Answers(*marked(120)), Answers(*held_out(40))
    few, many = learning_curve(pool, test, BASIS.rubric, [10, 80], 2)
    assert (few.n, few.draws, many.n) == (10, 2, 80)
    assert many.qwk > few.qwk
    assert many.auc > few.auc > 0.6
    assert few.rungs == (("grader_only", 2),)
    assert list(learning_curve(pool, test, BASIS.rubric, [10], 2)) == [few]


def test_nothing_passes_before_it_was_proven_and_then_not_everything() -> None:
    told = list(stream(easy(200), free(), 20, 30, relearn=2))
    assert all(s.before_certificate == 0 for s in told)
    assert [s.passed for s in told][:2] == [0, 0]
    last = told[-1]
    assert last.certificates >= 1
    assert last.passed > 10
    assert last.agreed == last.passed
    assert last.by_people + last.passed == 200
    # Drawn by lot, a person reads some that would have passed.
    assert last.by_people > 100


@pytest.mark.parametrize(
    "change",
    [{"target_agreement": 0.999}, {"audit_rate": 1.0}, {"max_auto_share": 0.0}],
    ids=["a target that takes more", "everything is audited", "no share may pass"],
)
def test_terms_of_the_author_that_let_nothing_pass(change: dict[str, float]) -> None:
    *_, last = stream(easy(120), free(**change), 20, 200, relearn=2)
    assert last.passed == 0


def test_what_a_guard_holds_back_never_passes_and_proves_nothing() -> None:
    answers = easy(120)
    flagged = replace(answers, seen=[((Flagged(Reason.OFF_TOPIC),), ())] * 120)
    *_, last = stream(flagged, free(), 20, 200, relearn=2)
    assert (last.passed, last.certificates) == (0, 0)


def test_what_does_not_meet_the_rule_never_passes_and_proves_nothing() -> None:
    answers = easy(120)
    missing = (Evidence("evidence", Found.NOT_FOUND), Evidence("position", Found.NOT_FOUND))
    *_, last = stream(replace(answers, seen=[((), missing)] * 120), BASIS, 20, 200, relearn=2)
    assert (last.passed, last.certificates) == (0, 0)


def test_when_people_come_to_think_otherwise_it_is_switched_off() -> None:
    *_, last = stream(easy(230, lies_from=130), free(audit_rate=0.5), 20, 500, relearn=3)
    assert last.certificates >= 1
    assert last.switched_off >= 1
