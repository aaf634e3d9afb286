"""Letters that make words, and those that do not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

from coursekit.policy.reflection.signs.letters import (
    is_noise,
    is_one_over_and_over,
    share_of_letters,
    share_of_noise,
)
from coursekit.policy.reflection.tokens import words

SINCERE = yaml.safe_load(
    (Path(__file__).parents[4] / "support" / "reflections" / "sincere.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    "word", ["asdf", "qwertz", "sdkjfhgs", "aaaaaa", "hahahahaha", "xkcdqw", "фывапр", "ασδφγ"]
)
def test_a_hand_on_the_keyboard(word: str) -> None:
    assert is_noise(word)


@pytest.mark.parametrize(
    "word",
    ["strength", "angst", "property", "strč", "prst", "schlacht", "wszystko", "szczęście", "cwm", "opereta"],
)
def test_words_that_are_only_hard_to_say(word: str) -> None:
    assert not is_noise(word)


@pytest.mark.parametrize("language", sorted(SINCERE))
def test_no_language_is_noise(language: str) -> None:
    some = words(SINCERE[language])
    assert share_of_noise(some) < 0.12
    assert not is_one_over_and_over(some)
    assert share_of_letters(SINCERE[language]) > 0.8


def test_letters_by_chance_are() -> None:
    rng = random.Random(3)
    shares = [
        share_of_noise(
            ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(60)]
        )
        for _ in range(50)
    ]
    assert min(shares) > 0.12


def test_one_word_again_and_again() -> None:
    assert is_one_over_and_over(["blah"] * 30)
    assert is_one_over_and_over(["test", "one"] * 10)
    assert not is_one_over_and_over(["no"] * 3)
    assert share_of_letters("???!!! ...") == 0
    assert share_of_letters("") == 0
    assert share_of_noise([]) == 0
