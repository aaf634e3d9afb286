"""Words in an order that English has, and words thrown together."""

from __future__ import annotations

import random
import re

from support.reflections import corpus
from support.reflections.bases import PROSE, exemplars

from coursekit.policy.reflection.signs.order import fewest_function_words, kinds, lowest, steps
from coursekit.policy.reflection.tokens import words


def mean(text: str) -> float:
    found = steps(kinds(text))
    return sum(found) / len(found)


def shuffled(text: str, rng: random.Random) -> str:
    some = text.split()
    rng.shuffle(some)
    return " ".join(some)


def test_every_genuine_answer_is_in_order_and_no_shuffled_one() -> None:
    rng = random.Random(1)
    texts = [e.text for p in PROSE for e in exemplars(p)] + corpus.genuine(corpus.PROMPTS[0], 40, 8)
    assert min(map(mean, texts)) > 0.0
    assert max(mean(shuffled(text, rng)) for text in texts) < -0.05


def test_english_with_mistakes_is_english() -> None:
    text = "The winner is the pupil who get 65. He fear to be alone against team. She want be honest teacher."
    assert mean(text) > -0.08


def test_articles_may_be_missing() -> None:
    for prompt in PROSE:
        for exemplar in exemplars(prompt):
            bare = re.sub(r"(?i)\b(?:the|an?) ", "", exemplar.text)
            assert mean(bare) > -0.08, exemplar.id


def test_over_a_mark_nothing_is_counted() -> None:
    assert steps(kinds("Yes. No! Well, so")) == []
    assert steps([]) == []


def test_the_lowest_part_is_found() -> None:
    assert lowest([1.0] * 10 + [-1.0] * 5 + [1.0] * 10, 5) == -1
    assert lowest([0.5, 0.5], 45) == 0.5
    assert lowest([], 45) == 0


def test_lists_of_keywords_hold_no_sentence_together() -> None:
    listed = words(
        "regents principal essay mark paper Brooklyn reader line heap table point pupil hospital bakery"
    )
    assert fewest_function_words(listed * 3) == 0
    assert fewest_function_words(words(exemplars(PROSE[0])[0].text)) > 0.2
