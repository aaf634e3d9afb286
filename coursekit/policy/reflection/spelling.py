"""Words that differ by one letter from a word that several answers have, read as that word.

So that a slip of the pen, or a spelling of another country, does not make an answer strange to those it is like.
Only for comparing answers: people, guards and detectors read what was written. By the deletion index of Garbe's
SymSpell (2012): two words within one slip have a string in common among themselves without one letter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from coursekit.policy.reflection.matching import is_slip

_WORD = re.compile(r"[^\W\d_]{5,30}")
"""Shorter words have too many neighbours."""
_OFTEN = 2


class Spelling:
    """The words that marked answers have in common."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = Counter(word for text in texts for word in set(_WORD.findall(text.casefold())))
        self._known = {word for word, count in counted.items() if count >= _OFTEN}
        self._near: dict[str, list[str]] = {}
        # The most common first: of two that are as near, the one that more answers have.
        for word in sorted(self._known, key=lambda w: (-counted[w], w)):
            for shorter in _shorter(word):
                self._near.setdefault(shorter, []).append(word)

    def mend(self, text: str) -> str:
        """The text with each unknown word that is one slip away from a known one written as that one."""
        return _WORD.sub(lambda found: self._known_for(found[0]), text)

    def _known_for(self, word: str) -> str:
        low = word.casefold()
        if low in self._known:
            return word
        for shorter in _shorter(low):
            for known in self._near.get(shorter, ()):
                if is_slip(low, known):
                    return known
        return word


def _shorter(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
