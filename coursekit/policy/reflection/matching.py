"""Whether words of an answer are those that an author named: endings apart, and a slip in a long one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from coursekit.policy.reflection.cues import BETWEEN, SMALL, Phrases
from coursekit.policy.reflection.tokens import words

_LONG = 6
"""Letters from which on one of them may be wrong: “strongst”. In shorter words one letter makes another word."""


@lru_cache(maxsize=2_000)
def phrase(term: str) -> tuple[str, ...]:
    """An author's term as words."""
    return tuple(words(term))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without the endings of plurals and verbs; rough, and the same for both sides."""
    word = word.removesuffix("'s").removesuffix("s'")
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, kept in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("ss", "ss"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 - len(kept):
            word = word.removesuffix(ending) + kept
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def is_same(word: str, wanted: str) -> bool:
    """Whether a word of an answer is the wanted one; “eleven” is 11."""
    if word == wanted or SMALL.get(word, word) == SMALL.get(wanted, wanted):
        return True
    return stem(word) == stem(wanted) or is_slip(word, wanted)


def is_slip(word: str, wanted: str) -> bool:
    """One letter is wrong, missing, too many, or two have changed places."""
    if (
        len(wanted) < _LONG
        or abs(len(word) - len(wanted)) > 1
        or word[:1] != wanted[:1]
        or not word.isalpha()
    ):
        return False
    most = min(len(word), len(wanted))
    ahead = next((i for i in range(most) if word[i] != wanted[i]), most)
    behind = next((i for i in range(most - ahead) if word[-1 - i] != wanted[-1 - i]), most - ahead)
    left, right = word[ahead : len(word) - behind], wanted[ahead : len(wanted) - behind]
    return len(left) <= 1 >= len(right) or (len(left) == 2 and left == right[::-1])


def places(said: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    """Where the wanted words begin, one behind the other."""
    size = len(wanted)
    if not size:
        return
    for at in range(len(said) - size + 1):
        if is_same(said[at], wanted[0]) and all(is_same(said[at + i], wanted[i]) for i in range(1, size)):
            yield at


def find(said: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The first of them, or none."""
    return next(places(said, wanted), None)


def cues(said: Sequence[str], phrases: Phrases) -> list[int]:
    """Where any of some phrases begins, word for word; an adverb may stand behind its first word."""
    return [
        at for at, word in enumerate(said) if any(_goes_on(said, at + 1, p) for p in phrases.get(word, ()))
    ]


def _goes_on(said: Sequence[str], at: int, rest: tuple[str, ...]) -> bool:
    if tuple(said[at : at + len(rest)]) == rest:
        return True
    return at < len(said) and said[at] in BETWEEN and tuple(said[at + 1 : at + 1 + len(rest)]) == rest
