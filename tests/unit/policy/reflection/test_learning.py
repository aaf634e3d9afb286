"""Exemplars go the way of answers, and what was learnt from them is kept until something changes."""

from __future__ import annotations

from dataclasses import replace

from support.reflections import bases, corpus

from coursekit.model.ids import Digest
from coursekit.model.reflection import Opinion, Rung
from coursekit.policy.reflection.check import features_of, prepare
from coursekit.policy.reflection.inputs import Facts
from coursekit.policy.reflection.learning import distinct, learn, scorer_digest, standing_for
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.shingles import Peers

P2 = "spike-at-65/p2"
BASIS = bases.basis(P2)
NONE = Models()


def test_by_how_many_were_marked() -> None:
    answers = corpus.marked(P2, 60, 1)
    nothing = learn(BASIS, (), NONE)
    assert (nothing.rung, nothing.scorer, nothing.measured.n) == (Rung.POINTERS, None, 0)
    assert learn(BASIS, answers[:9], NONE).scorer is None
    few = learn(BASIS, answers[:12], NONE)
    assert few.rung is Rung.GRADER_ONLY
    assert few.scorer is not None
    many = learn(BASIS, answers, NONE)
    assert many.rung is Rung.SUGGESTION
    assert many.measured.qwk is not None


def test_a_copy_teaches_nothing_that_its_original_has_not() -> None:
    answers = corpus.marked(P2, 30, 1)
    copies = [replace(m, id=f"{m.id}-again", text=f"I wrote this at night. {m.text}") for m in answers]
    assert distinct([*answers, *copies]) == tuple(answers)
    assert distinct([answers[0], replace(answers[0], id="same")]) == (answers[0],)
    both = learn(BASIS, [*answers, *copies], NONE)
    assert both.measured == learn(BASIS, answers, NONE).measured
    assert both.measured.n == 30


def test_an_answer_is_taken_apart_as_the_exemplars_were() -> None:
    answers = corpus.marked(P2, 12)
    learnt = learn(BASIS, answers, NONE)
    again = features_of(BASIS, prepare(BASIS, answers[5].text, Peers.of(()), NONE))
    assert learnt.features[5] == again


def test_the_same_question_is_answered_from_memory_and_another_is_not() -> None:
    answers = corpus.marked(P2, 12)
    learnt = learn(BASIS, answers, NONE)
    assert learn(BASIS, list(answers), Models()) is learnt
    others = [
        (replace(BASIS, digest=Digest("e" * 64)), answers),
        (BASIS, answers[:-1]),
        (BASIS, [replace(answers[0], text="Another."), *answers[1:]]),
        (BASIS, [replace(answers[0], adequate=None), *answers[1:]]),
        (BASIS, [replace(answers[0], levels={**answers[0].levels, "test": 0}), *answers[1:]]),
    ]
    if answers[0].levels["test"] == 0:
        others.pop()
    assert all(learn(basis, marked, NONE) is not learnt for basis, marked in others)


def test_opinions_count_when_there_is_one_on_every_marked_answer() -> None:
    answers = corpus.marked(P2, 12)
    opinions = {m.id: Opinion(m.levels, {}, reply_digest=Digest(f"{i:064d}")) for i, m in enumerate(answers)}
    with_all = learn(BASIS, answers, NONE, opinions)
    assert with_all.scorer is not None
    assert "endpoint" in with_all.scorer.weights
    opinions.pop(answers[0].id)
    without = learn(BASIS, answers, NONE, opinions)
    assert without.scorer is not None
    assert "endpoint" not in without.scorer.weights


def test_what_has_been_earned_stands_beside_the_scorer() -> None:
    answers = corpus.marked(P2, 12)
    standing = standing_for(BASIS, answers, Facts(is_on=False, auto_share=0.3, seed="s", scorer="x"), NONE)
    leave = standing.leave
    assert standing.scorer is learn(BASIS, answers, NONE).scorer
    assert (leave.rung, leave.is_on, leave.auto_share, leave.seed, leave.scorer) == (
        Rung.GRADER_ONLY,
        False,
        0.3,
        "s",
        "x",
    )
    assert scorer_digest(BASIS, NONE) != scorer_digest(replace(BASIS, digest=Digest("e" * 64)), NONE)
