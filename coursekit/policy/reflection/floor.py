"""The floor of substance: what opens the next part of a story has to be an answer, not a good one.

Refused are nothing at all, the question itself, another's answer word for word, and a hand on the keyboard.
Accepted is whatever somebody could mean, in any language, right or wrong, kind or cross. Where there is doubt
it is accepted: the guards look again afterwards, and a person has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.model.prompt import Prompt
from coursekit.policy.reflection.guards import PLACEHOLDERS, share_of_prompt
from coursekit.policy.reflection.shingles import FEWEST
from coursekit.policy.reflection.signs.letters import is_one_over_and_over, share_of_letters, share_of_noise
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words

_ENOUGH = 8_000
"""Characters that are looked at: a commit never waits for the end of a novel."""


class Others(Protocol):
    """Other people's answers, as far as the floor asks about them. `Peers` is one, and keeps more."""

    def has(self, all_words: Sequence[str]) -> bool:
        """Whether one of them is the same text, word for word."""


def check_floor(prompt: Prompt, text: str, others: Others) -> Decision:
    """Whether a prose answer can be committed. `others`: the first answers of other people to the same prompt."""
    seen = normalise(text[:_ENOUGH]).text
    all_words = words(seen)
    title = prompt.title
    if not all_words or " ".join(all_words) in PLACEHOLDERS:
        return Refused(
            "empty-answer",
            f"Your answer to “{title}” has no words in it yet.",
            "Write what you think, in any language, then commit.",
        )
    if share_of_prompt(all_words, (prompt.title, prompt.question)) >= 0.9:
        return Refused(
            "same-as-question",
            f"What you have written for “{title}” is the question itself.",
            "Answer it in your own words; a few honest sentences are enough.",
        )
    if len(text) <= _ENOUGH and len(all_words) >= FEWEST and others.has(all_words):
        return Refused(
            "same-as-another",
            f"Another answer to “{title}” has exactly the same words.",
            "Say it in your own words; you may well come to the same view.",
        )
    if _is_noise(seen, all_words):
        return Refused(
            "no-words",
            f"Your answer to “{title}” does not seem to have words in it.",
            "Write a few sentences, in any language. If these are words, write to your teacher.",
        )
    return Allowed()


def _is_noise(seen: str, all_words: list[str]) -> bool:
    if share_of_letters(seen) < 0.3:
        return True
    return share_of_noise(all_words) >= 0.22 or is_one_over_and_over(all_words)
