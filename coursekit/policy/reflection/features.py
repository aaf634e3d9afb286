"""What the scorer sees of an answer, in blocks. Exemplars and answers go the same way.

length     how much there is, and what goes along with it
wording    the learner's own words, up to the rubric's cap
evidence   what was found for each criterion, and what of the case is in it
embedding  a sense of the own words, where there is a model for it
endpoint   what a language model of somebody else's thought of it, where the course has one
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p, sqrt

from coursekit.model.reflection import Basis, Evidence, Normal, Opinion, Own, Sentence
from coursekit.model.rubric import Detector, Rubric
from coursekit.policy.reflection.matching import find, phrase
from coursekit.policy.reflection.tokens import words

_MOST_QUOTED = 40
"""Quoted words that count: a little of the case supports a point, much of it replaces one."""
_MOST_LETTERS = 12
"""To a word, on average: a text without blanks is cut as well."""
_LONG = 7
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


@dataclass(frozen=True)
class Features:
    """An answer as numbers, and the words that are still to be compared."""

    length: tuple[float, ...]
    """The logarithm of own words first."""
    wording: str
    evidence: tuple[float, ...]
    embedding: tuple[float, ...] | None = None
    endpoint: tuple[float, ...] | None = None


def of(
    basis: Basis,
    normal: Normal,
    own: Own,
    sentences: Sequence[Sentence],
    evidence: Sequence[Evidence],
    embedding: Sequence[float] | None = None,
    opinion: Opinion | None = None,
) -> Features:
    """What the scorer sees. Words beyond the rubric's cap earn nothing: they are not there."""
    rubric = basis.rubric
    wording = _capped(own.text, rubric.cap_words)
    return Features(
        _length(wording, min(own.words, rubric.cap_words), sentences),
        wording,
        _evidence(rubric, normal, own, wording, evidence),
        tuple(float(x) for x in embedding) if embedding is not None else None,
        _endpoint(rubric, opinion),
    )


def _capped(text: str, most: int) -> str:
    # What no encoding holds (half an emoji) is nothing that could be compared.
    there = text.encode("utf-8", "ignore").decode("utf-8")[: most * _MOST_LETTERS * 2]
    return " ".join(there.split()[:most])[: most * _MOST_LETTERS]


def _length(wording: str, size: int, sentences: Sequence[Sentence]) -> tuple[float, ...]:
    tokens = _WORD.findall(wording.casefold())
    count = max(1, len(tokens))
    within = _sentences_within(sentences, size)
    return (
        log1p(size),
        log1p(within),
        log1p(len(set(tokens))),
        len(set(tokens)) / sqrt(count),
        sum(map(len, tokens)) / count,
        sum(len(t) >= _LONG for t in tokens) / count,
        size / max(1, within),
    )


def _sentences_within(sentences: Sequence[Sentence], size: int) -> int:
    read = counted = 0
    for sentence in sentences:
        if read >= size:
            break
        read += len(sentence.text.split())
        counted += 1
    return counted


def _evidence(
    rubric: Rubric, normal: Normal, own: Own, wording: str, evidence: Sequence[Evidence]
) -> tuple[float, ...]:
    scores = {e.criterion: e.score for e in evidence}
    read = [c for c in rubric.criteria if c.detector is not Detector.NONE]
    terms = {t.casefold() for c in rubric.criteria for t in c.terms}
    own_words = words(wording)
    # As the detectors read them: with a slip in a long word it is still the author's term.
    met = sum(find(own_words, phrase(term)) is not None for term in terms)
    quoted = min(_MOST_QUOTED, own.quoted * len(normal.text.split())) if rubric.quote_ok else 0.0
    return (
        *(float(scores.get(c.id, 0.0)) for c in read),
        log1p(met),
        quoted / _MOST_QUOTED,
        log1p(sum(any(x.isdigit() for x in t) for t in set(own_words))),
    )


def _endpoint(rubric: Rubric, opinion: Opinion | None) -> tuple[float, ...] | None:
    if opinion is None:
        return None
    # No level where its quote stood nowhere: then it has seen nothing.
    return tuple(opinion.levels.get(c.id, 0) / max(1, c.points) for c in rubric.criteria)
