"""Whether an answer is about this case, and about this question rather than another one of the module.

A word tells what a text is about when it is rare in what teachers write about their work and stands in the
case. It tells more when the question or the rubric has it too. Copied stretches were taken out before: two
sentences of the case do not bring an essay about something else to the point.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from coursekit.model.reflection import Basis
from coursekit.model.rubric import Detector, Rubric
from coursekit.policy.reflection.signs.common import rarity, stem, weight
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words

_LONG = 5
"""Letters from which a slip can be told from another word."""


def stems_of(basis: Basis, text: str) -> frozenset[str]:
    """The stems of a normal text; one that is mistyped by a letter or two is the case's word that was meant."""
    known = _mistyped(basis.case, basis.title, basis.question, basis.siblings, _asked(basis.rubric))
    return frozenset(_meant(s, known) for s in map(stem, words(text)))


def _meant(stemmed: str, known: Mapping[str, str]) -> str:
    # Only what stands nowhere else is taken for a slip.
    if len(stemmed) < _LONG or rarity(stemmed) < 1 or stemmed in known:
        return known.get(stemmed, stemmed)
    return next((known[less] for less in _less(stemmed) if less in known), stemmed)


def _less(word: str) -> Iterator[str]:
    # Two words that differ by a letter more, less, other, or swapped are the same with one letter left out of each.
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def about_case(basis: Basis, stems: frozenset[str]) -> float:
    """How much of the case an answer has, for its length; half and less is about something else."""
    terms = _terms(basis.case, basis.title, basis.question, basis.siblings, _asked(basis.rubric))
    # Exact sums: a set has another order in every process, and the same answer must give the same.
    return math.fsum(terms.get(s, 0.0) for s in stems) / math.sqrt(max(1, len(stems)))


def about_another(basis: Basis, stems: frozenset[str]) -> float:
    """How much more it has of another question of the module than of its own, for its length; above 0 is rare."""
    mine = _stems(f"{basis.question} {basis.title} {_asked(basis.rubric)}")
    most = -math.inf
    for sibling in basis.siblings:
        theirs = _stems(sibling)
        there = math.fsum(weight(s) for s in stems & (theirs - mine))
        here = math.fsum(weight(s) for s in stems & (mine - theirs))
        most = max(most, there - here)
    return most / math.sqrt(max(1, len(stems))) if basis.siblings else -1.0


def strange_figures(basis: Basis, stems: frozenset[str]) -> int:
    """How many figures of two digits and more it has that stand nowhere in what a learner has read."""
    told = _counted((*basis.case, basis.title, basis.question, *basis.siblings, _asked(basis.rubric)))
    return sum(s[0].isdigit() and rarity(s) > 0 and s not in told for s in stems)


def is_about_own_school(rubric: Rubric) -> bool:
    """Whether an answer may leave the case: it is asked for the writer's own practice, and for no fact of the
    case.
    """
    wanted = {criterion.detector for criterion in rubric.criteria}
    named = {criterion.id for criterion in rubric.criteria}
    asks_for_case = Detector.CASE_EVIDENCE in wanted or "evidence" in named
    return not asks_for_case and (Detector.OWN_PRACTICE in wanted or "practice" in named)


def _asked(rubric: Rubric) -> str:
    return " ".join(part for c in rubric.criteria for part in (c.ask, *c.terms, *c.options, *c.stakeholders))


@lru_cache(maxsize=256)
def _mistyped(
    case: tuple[str, ...], title: str, question: str, siblings: tuple[str, ...], asked: str
) -> Mapping[str, str]:
    vocabulary = sorted(_counted((*case, title, question, *siblings, asked)))
    known: dict[str, str] = {}
    for word in vocabulary:
        if len(word) >= _LONG and word.isalpha():
            for less in _less(word):
                known.setdefault(less, word)
    # A word is itself before it is a slip of another.
    return known | {word: word for word in vocabulary}


@lru_cache(maxsize=512)
def _stems(raw: str) -> frozenset[str]:
    return frozenset(map(stem, words(normalise(raw).text)))


@lru_cache(maxsize=64)
def _counted(texts: tuple[str, ...]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        found.update(map(stem, words(normalise(text).text)))
    return found


@lru_cache(maxsize=256)
def _terms(
    case: tuple[str, ...], title: str, question: str, siblings: tuple[str, ...], asked: str
) -> Mapping[str, float]:
    told = _counted((*case, title, question, *siblings))
    wanted = _stems(f"{question} {title} {asked}")
    terms: dict[str, float] = {}
    for word in told.keys() | wanted:
        # What stands in a case once may stand there by chance; what is asked for counts twice, and
        # also when common.
        value = rarity(word) * (1.0 if told[word] > 1 or word in wanted else 0.5)
        if word in wanted:
            value = max(2 * value, weight(word))
        if value:
            terms[word] = value
    return terms
