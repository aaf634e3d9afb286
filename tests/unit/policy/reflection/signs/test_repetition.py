"""The same again, and one sentence with other nouns."""

from __future__ import annotations

from support.reflections.bases import PROSE, exemplars

from coursekit.policy.reflection.sentences import split
from coursekit.policy.reflection.signs.repetition import listed, repeated, templated
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words

TEMPLATE = "The {} of our {} is a fundamental part of every {}, and it will always be the {} of {}."


def test_three_times_the_same_is_two_thirds_too_much() -> None:
    text = "I find the readers the strongest because only they know how near a paper is to the line of sixty-five."
    assert repeated(words(text)) == 0
    assert 0.6 < repeated(words(" ".join([text] * 3))) < 0.7


def test_one_skeleton_with_other_nouns_is_seen() -> None:
    nouns = ["essay", "reader", "mark", "rule", "pupil", "heap", "line", "table", "school"]
    made = [words(TEMPLATE.format(*(nouns[(n + k) % 9] for k in range(5)))) for n in range(5)]
    assert templated(made) == 1
    assert templated(made[:2]) == 0


def test_no_genuine_answer_is_like_that() -> None:
    for prompt in PROSE:
        for exemplar in exemplars(prompt):
            normal = normalise(exemplar.text)
            assert templated([words(s.text) for s in split(normal)]) == 0
            assert repeated(words(normal.text)) < 0.1
            assert listed(normal.text, len(words(normal.text))) < 0.12


def test_long_lists_of_single_words() -> None:
    text = "I think of night, heap, 65, Queens, honest, table, 790 and so on."
    assert 0.4 < listed(text, len(text.split())) < 0.7
    assert listed("income, language and the parents", 5) == 0
    assert listed("", 0) == 0
