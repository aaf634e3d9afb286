"""What is the same in two texts: stretches of words, folded.

Two people who answer one question share single words and now and then a turn of phrase. They do not share
many stretches of three words in one and the same text; somebody who changes every seventh word of another's
answer still does (0.63 of them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import grams, is_dense, spread, words

SIZE = 3
"""Words in a shingle."""
RUN = 12
"""So many words in a row that stand in another's text are that text's."""
FEWEST = 12
"""Shorter texts are the same by chance: “I do not know.”"""
_NEAREST = 8
"""How many of the others are looked at closely. Who copies from more than these copies little from each."""


@dataclass(frozen=True)
class Copied:
    """What one other text has of an answer."""

    share: float
    """Of the answer's shingles, the case's own left out."""
    shingles: int
    places: frozenset[int]
    """The words in long stretches that stand in any of the others' texts."""
    same: bool
    """Word for word."""


_NOTHING = Copied(0.0, 0, frozenset(), False)


class Peers:
    """The others' answers, made ready for comparison. Built once, asked often."""

    def __init__(self) -> None:
        self._whole: Counter[str] = Counter()
        self._sets: list[frozenset[str]] = []
        self._index: dict[str, list[int]] = {}
        self._hidden: int | None = None
        self._hidden_whole = ""

    @classmethod
    def of(cls, texts: Iterable[str]) -> Peers:
        """From raw texts."""
        peers = cls()
        for text in texts:
            peers.add(text)
        return peers

    def __len__(self) -> int:
        return len(self._sets) - (self._hidden is not None)

    def without(self, text: str) -> Peers:
        """The same but for one copy of a text: the others, for whoever wrote it. Nothing is built anew."""
        others = Peers()
        others._whole, others._sets, others._index = self._whole, self._sets, self._index
        whole, shingles = _read(text)
        if self._whole[whole]:
            others._hidden = next((n for n, there in enumerate(self._sets) if there == shingles), None)
            others._hidden_whole = whole
        return others

    def add(self, text: str) -> None:
        """One more; for whoever keeps these between two answers."""
        whole, shingles = _read(text)
        number = len(self._sets)
        self._whole[whole] += 1
        self._sets.append(shingles)
        for shingle in shingles:
            self._index.setdefault(shingle, []).append(number)

    def has(self, all_words: Sequence[str]) -> bool:
        """Whether one of them is the same text, word for word."""
        whole = " ".join(all_words)
        own = self._hidden is not None and whole == self._hidden_whole
        return len(all_words) >= FEWEST and self._whole[whole] - own > 0

    def copied(self, all_words: Sequence[str], known: Set[str] = frozenset()) -> Copied:
        """What they have of an answer. `known`: shingles of the case, which everybody may quote."""
        if not self._sets or len(all_words) < SIZE:
            return _NOTHING
        shingles = grams(all_words, SIZE)
        free = [s for s in dict.fromkeys(shingles) if s not in known]
        counted: Counter[int] = Counter()
        for shingle in free:
            counted.update(self._index.get(shingle, ()))
        if self._hidden is not None:
            del counted[self._hidden]
        # Of two that have as much, the earlier one: the same in, the same out.
        nearest = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_NEAREST]
        if not nearest:
            return _NOTHING
        run = RUN * (1 + is_dense(all_words))
        size = len(all_words) - len(shingles) + 1
        places = frozenset().union(*(_runs(shingles, self._sets[n], size, run) for n, _ in nearest))
        return Copied(nearest[0][1] / len(free), nearest[0][1], places, self.has(all_words))


def _runs(shingles: Sequence[str], other: Set[str], size: int, run: int) -> frozenset[int]:
    places: set[int] = set()
    start = 0
    for at in range(len(shingles) + 1):
        if at < len(shingles) and shingles[at] in other:
            continue
        if at - start + size - 1 >= run and at > start:
            places.update(range(start, at + size - 1))
        start = at + 1
    return frozenset(places)


@lru_cache(maxsize=4_000)
def _read(text: str) -> tuple[str, frozenset[str]]:
    all_words = words(normalise(text).text)
    return " ".join(all_words), frozenset(grams(all_words, SIZE))


@lru_cache(maxsize=64)
def shingles_of(texts: tuple[str, ...], size: int) -> frozenset[str]:
    """All stretches of `size` words of some texts; kept, because every answer to a question is held against
    them.
    """
    found: set[str] = set()
    for text in texts:
        found.update(grams(words(normalise(text).text), size))
    return frozenset(found)


def places_in(all_words: Sequence[str], known: Set[str], size: int) -> set[int]:
    """The words of an answer that stand in stretches of `size` words which are `known`."""
    mine = grams(all_words, size)
    length = len(all_words) - len(mine) + 1 if mine else 0
    return spread((at for at, gram in enumerate(mine) if gram in known), length)
