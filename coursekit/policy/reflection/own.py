"""The learner's own words: an answer without what it has from the case, the question and the others.

A quotation is welcome, and earns nothing as one's own. Stretches of six words from the case count as taken
from it, and of twelve from another's answer; shorter ones are how people speak about the same thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from coursekit.model.reflection import Basis, Normal, Own
from coursekit.model.words import count_words
from coursekit.policy.reflection.shingles import SIZE, Peers, places_in, shingles_of
from coursekit.policy.reflection.tokens import Token, tokens

QUOTE = 6
"""So many words in a row that stand in the case are the case's."""


def told(basis: Basis) -> tuple[str, ...]:
    """All that a learner has read, and could repeat; of the rubric, what it asks for and what pointers say."""
    asked = (part for c in basis.rubric.criteria for part in (c.ask, c.found, c.missing, *c.levels.values()))
    return (*basis.case, basis.title, basis.question, *basis.siblings, *asked)


def own(basis: Basis, normal: Normal, peers: Peers) -> Own:
    """What is left when copied stretches are taken away, and where those stand."""
    read = tokens(normal.text)
    all_words = [token.word for token in read]
    quoted = places_in(all_words, shingles_of(told(basis), QUOTE), QUOTE)
    taken = quoted | peers.copied(all_words, shingles_of(told(basis), SIZE)).places
    if not taken:
        return Own(normal.text, count_words(normal.text), 0.0, 0.0)
    stretches = list(_stretches(read, taken))
    spans = tuple(normal.span(start, end) for start, end in stretches)
    left = _without(normal.text, stretches)
    return Own(left, count_words(left), len(taken) / len(read), len(quoted) / len(read), spans)


def _stretches(read: Sequence[Token], taken: Set[int]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for at, token in enumerate(read):
        if at in taken and start is None:
            start = token.start
        if at in taken and at + 1 not in taken and start is not None:
            yield start, token.end
            start = None


def _without(text: str, stretches: Sequence[tuple[int, int]]) -> str:
    parts, done = [], 0
    for start, end in stretches:
        parts.append(text[done:start])
        done = end
    parts.append(text[done:])
    # Words on the two sides of what was taken out do not become neighbours of one sentence.
    return " … ".join(part.strip() for part in parts if any(c.isalnum() for c in part))
