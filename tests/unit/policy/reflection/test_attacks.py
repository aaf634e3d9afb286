"""Attacks on checks that have earned everything: none of the families gets past more than now and then.

The short form tries a few of each; with --soak many, at 10, 50 and 600 marked answers.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from support.reflections import attacks, corpus
from support.reflections.standings import certified, checked, is_passed

from coursekit.model.reflection import Rung

MOST = 0.03
FLAGGED_BY_GUARDS = {
    name
    for name in attacks.FAMILIES
    # Fluent, about the case, and by nobody else: what is wrong with these is for the scorer and for people to see.
    if name
    not in {
        "failing_as_is",
        "sentences_shuffled",
        "asides_only",
        "asides_and_one_figure",
        "paraphrased_case",
        "babel",
        "elsewhere_with_case_names",
        "hidden_good_answer",
        "excellent_elsewhere",
        "excellent_for_another_prompt",
        "another_prompt_in_other_words",
        "failing_and_new_injection",
    }
}


def test_there_are_families_enough() -> None:
    assert len(attacks.FAMILIES) >= 18
    assert set(attacks.UNDETECTABLE) < set(attacks.FAMILIES)
    made = attacks.material(corpus.PROMPTS[0])
    for family in attacks.FAMILIES.values():
        assert family(random.Random(3), made) == family(random.Random(3), made)


def test_few_pass_and_guards_see_what_they_are_for(soak: bool) -> None:
    passed: Counter[tuple[str, int]] = Counter()
    flagged: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    each = 40 if soak else 3
    prompts = corpus.PROMPTS if soak else corpus.PROMPTS[:1]
    sizes = (10, 50, 600) if soak else (50,)
    for prompt in prompts:
        made = attacks.material(prompt)
        for n in sizes:
            standing = certified(prompt, n)
            for name, family in attacks.FAMILIES.items():
                rng = random.Random(f"{name} {prompt}")
                for _ in range(each):
                    answer = checked(made, family(rng, made), standing)
                    assert not answer.failure
                    passed[name, n] += is_passed(answer)
                    flagged[name] += bool(answer.flags)
                    tried[name] += 1
    allowed = max(1, MOST * each * len(prompts))
    over = {k: v for k, v in passed.items() if v > allowed and k[0] not in attacks.UNDETECTABLE}
    assert over == {}
    if soak:
        assert sum(
            v for (name, n), v in passed.items() if name not in attacks.UNDETECTABLE and n > 10
        ) < 0.005 * sum(tried.values())
    # Of three tries two may be the rare ones.
    least = 0.6 if soak else 0.3
    unseen = {
        name: flagged[name] / tried[name] for name in FLAGGED_BY_GUARDS if flagged[name] < least * tried[name]
    }
    assert unseen == {}


@pytest.mark.parametrize("name", sorted(set(attacks.FAMILIES) - attacks.UNDETECTABLE)[:12])
def test_with_ten_marked_answers_the_ladder_passes_nothing(name: str) -> None:
    made = attacks.material(corpus.PROMPTS[0])
    standing = certified(corpus.PROMPTS[0], 10, rung=Rung.GRADER_ONLY)
    assert not is_passed(checked(made, attacks.FAMILIES[name](random.Random(1), made), standing))


def test_the_undetectable_is_reported_as_what_it_is() -> None:
    made = attacks.material(corpus.PROMPTS[0])
    rng = random.Random(9)
    standing = certified(corpus.PROMPTS[0], 50)
    flagged = sum(
        bool(checked(made, attacks.sentences_shuffled(rng, made), standing).flags) for _ in range(20)
    )
    # As seldom as genuine answers. If this ever fails, somebody has found out how: tell the docs.
    assert flagged <= 4
