from __future__ import annotations

import random
from collections import Counter

import pytest
from support.pilots import written

from coursekit.policy.reflection.sampling import draw, order_for, share

CLASS = [written(n, prompt) for n in range(40) for prompt in ("p2", "p7")]


@pytest.mark.parametrize(
    ("there", "size", "want"),
    [
        ({"a": 10, "b": 2, "c": 9}, 12, {"a": 5, "b": 2, "c": 5}),
        ({"a": 10, "b": 20}, 7, {"a": 4, "b": 3}),
        ({"a": 1, "b": 1}, 60, {"a": 1, "b": 1}),
        ({"a": 3, "b": 3, "c": 3}, 2, {"a": 1, "b": 1, "c": 0}),
        ({}, 5, {}),
    ],
)
def test_each_prompt_gets_its_share(there, size, want):
    assert share(there, size) == want


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_folders():
    mixed = CLASS.copy()
    random.Random(1).shuffle(mixed)
    assert draw(CLASS, 20, 1) == draw(mixed, 20, 1)
    assert draw(CLASS, 20, 1) != draw(CLASS, 20, 2)


def test_nobody_is_drawn_twice_and_prompts_share():
    drawn = draw(CLASS, 20, 3)
    assert len({(d.written.learner, d.written.prompt) for d in drawn}) == 20
    assert Counter(d.written.prompt for d in drawn) == {"p2": 10, "p7": 10}


def test_ids_say_nothing():
    drawn = draw(CLASS, 80, 3)
    assert len({d.id for d in drawn}) == 80
    assert all(len(d.id) == 5 and not set(d.id) & set("aeiou0123456789") for d in drawn)
    # In the order of the ids, which is chance's, and not in the learners'.
    assert [d.id for d in drawn] == sorted(d.id for d in drawn)
    assert [d.written.learner for d in drawn] != sorted(d.written.learner for d in drawn)


def test_every_answer_is_as_likely():
    hits = Counter(d.written.learner for seed in range(400) for d in draw(CLASS[:40], 10, seed))
    # 20 learners, 2 prompts, 10 of 40 answers drawn, 400 times: 200 hits each, give or take.
    assert 140 < min(hits.values()) <= max(hits.values()) < 260


def test_each_grader_has_an_order_of_their_own_that_stays():
    answers = {d.id: d.written.prompt for d in draw(CLASS, 30, 3)}
    anna, ben = (order_for(who, answers, ["p2", "p7"], 3) for who in ("anna", "ben"))
    assert anna == order_for("anna", answers, ["p2", "p7"], 3)
    assert anna != ben
    assert sorted(anna) == sorted(ben) == sorted(answers)
    assert [answers[a] for a in anna] == ["p2"] * 15 + ["p7"] * 15
