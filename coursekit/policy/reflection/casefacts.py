"""What is particular about a case: its numbers, its names, and words that are rare in talk of school."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from coursekit.policy.reflection.cues import SMALL, UNITS, WHEN
from coursekit.policy.reflection.matching import stem
from coursekit.policy.reflection.schoolwords import SCHOOL_WORDS
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import Token, tokens

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_RARE_FROM = 5
"""Letters; shorter words are mostly everybody's."""
_SHORTEST_NOUN = 4
_NOUNS_ARE_CAPITAL = frozenset({"de", "lb"})
_COMMON = frozenset(stem(word) for word in SCHOOL_WORDS)


@dataclass(frozen=True)
class CaseFacts:
    """To be looked for in an answer."""

    numbers: frozenset[str]
    counted: frozenset[tuple[str, str]]
    """A number and the stem of the word behind it: (“11”, “point”)."""
    names: frozenset[str]
    rare: frozenset[str]
    """Stems. None for a language that the common words are not of."""


@lru_cache(maxsize=64)
def facts_of(case: tuple[str, ...], language: str) -> CaseFacts:
    """Of the texts of a case. Kept, because every answer to a prompt is held against them."""
    numbers: set[str] = set()
    counted: set[tuple[str, str]] = set()
    capital: set[str] = set()
    small: set[str] = set()
    for text in case:
        plain = normalise(text).text
        read = tokens(plain)
        said = [token.word for token in read]
        for at, word in enumerate(said):
            number = number_of(word)
            if number is not None:
                numbers.add(number)
                # “3 or a 4” counts nothing, and everybody has years and percents.
                if at + 1 < len(said) and len(said[at + 1]) >= _SHORTEST_NOUN and said[at + 1] not in UNITS:
                    counted.add((number, stem(said[at + 1])))
        for before, token in zip([None, *read], read, strict=False):
            shown = plain[token.start : token.end]
            if not shown[:1].isupper() or shown.isupper():
                small.add(token.word)
            elif before is not None and _goes_on(plain, before, token):
                capital.add(token.word.removesuffix("'s"))
    names = (
        frozenset(capital - small - SCHOOL_WORDS - WHEN)
        if language not in _NOUNS_ARE_CAPITAL
        else frozenset()
    )
    rare: frozenset[str] = frozenset()
    if language == "en":
        stems = {stem(word) for word in small if word.isalpha() and len(word) >= _RARE_FROM}
        rare = frozenset(stems - _COMMON)
    return CaseFacts(frozenset(numbers), frozenset(counted), names, rare)


def number_of(word: str) -> str | None:
    """A number in digits or in an English word, as digits; none for other words, and for ordinals."""
    if _DIGITS.fullmatch(word):
        return word
    return SMALL.get(word)


def is_common(words: Sequence[str]) -> bool:
    """Whether each of them is common in talk of school."""
    return all(word in SCHOOL_WORDS or stem(word) in _COMMON for word in words)


def _goes_on(text: str, before: Token, token: Token) -> bool:
    # Behind a comma or nothing at all: no sentence begins here, and no title.
    between = text[before.end : token.start]
    return between.strip() in ("", ",") and "\n" not in between
