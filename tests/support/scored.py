"""Marked answers as the scorer sees them, without the parts that take a text apart."""

from __future__ import annotations

import re
from functools import cache

from coursekit.model.feedback import Found
from coursekit.model.reflection import Basis, Evidence, Marked, Normal, Own, Sentence, Span
from coursekit.policy.reflection.features import Features, of
from support.reflections import bases, corpus

P2 = "spike-at-65/p2"


def features(basis: Basis, text: str, *, copied: float = 0.0, scores: tuple[float, ...] = ()) -> Features:
    """Of a text that is all the learner's own."""
    found = tuple(Evidence(c.id, Found.FOUND, s) for c, s in zip(basis.rubric.criteria, scores, strict=False))
    return of(basis, plain(text), Own(text, len(text.split()), copied, copied), split(text), found)


def plain(text: str) -> Normal:
    return Normal(text, text, tuple(range(len(text) + 1)))


def split(text: str) -> tuple[Sentence, ...]:
    return tuple(Sentence(s, Span(0, len(s))) for s in re.split(r"(?<=[.!?])\s+", text) if s)


@cache
def marked(n: int, seed: int = 0, prompt: str = P2) -> tuple[tuple[Features, ...], tuple[Marked, ...]]:
    """Answers of the corpus, and what the scorer sees of them."""
    answers = tuple(corpus.marked(prompt, n, seed))
    basis = bases.basis(prompt)
    return tuple(features(basis, one.text) for one in answers), answers


@cache
def held_out(n: int, prompt: str = P2) -> tuple[tuple[Features, ...], tuple[Marked, ...]]:
    """Answers that `marked` never gives."""
    answers = tuple(corpus.held_out(prompt, n))
    basis = bases.basis(prompt)
    return tuple(features(basis, one.text) for one in answers), answers
