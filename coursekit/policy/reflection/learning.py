"""What the marked answers to a prompt teach: a scorer, how good it is, and how far the checks may go with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coursekit.model.reflection import Basis, Marked, Opinion, Rung
from coursekit.policy.reflection import scorer as scoring
from coursekit.policy.reflection.calibration import Measured, measure
from coursekit.policy.reflection.check import Standing, features_of, prepare
from coursekit.policy.reflection.features import Features
from coursekit.policy.reflection.inputs import Facts
from coursekit.policy.reflection.ladder import rung
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.route import Leave
from coursekit.policy.reflection.scorer import Scorer, identity
from coursekit.policy.reflection.shingles import Peers
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words

_NOBODY = Peers.of(())
_TWIN = 0.5
"""An answer that has more than this of its stretches of words from an earlier one is that one again."""


@dataclass(frozen=True, eq=False)
class Learnt:
    """What came of it."""

    marked: tuple[Marked, ...]
    """Those that were learnt from: of answers that are much the same, the first."""
    features: tuple[Features, ...]
    measured: Measured
    rung: Rung
    scorer: Scorer | None = None
    """None with fewer than 10."""


@dataclass(frozen=True)
class _Question:
    """What `learn` is asked, compared by what decides about the answer."""

    key: tuple[object, ...]
    basis: Basis
    marked: tuple[Marked, ...]
    models: Models
    opinions: Mapping[str, Opinion]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def learn(
    basis: Basis, marked: Sequence[Marked], models: Models, opinions: Mapping[str, Opinion] | None = None
) -> Learnt:
    """Learn from these. Kept for the next time, since a few hundred take seconds.

    `opinions`: what a language model thought of each marked answer, by its id; those of `models` when left out.
    """
    seen = opinions or (models.opinions.on(basis, marked) if models.opinions is not None else {})
    told = tuple((m.id, m.text, tuple(sorted(m.levels.items())), m.adequate) for m in marked)
    used = tuple(sorted(models.digests().items()))
    replies = tuple((name, one.reply_digest) for name, one in sorted(seen.items()))
    key = (basis.digest, basis.prompt, told, used, replies)
    return _learn(_Question(key, basis, tuple(marked), models, seen))


def standing_for(basis: Basis, marked: Sequence[Marked], facts: Facts, models: Models) -> Standing:
    """What is known of a prompt's checks when an answer comes."""
    learnt = learn(basis, marked, models)
    leave = Leave(learnt.rung, facts.certificate, facts.scorer, facts.is_on, facts.auto_share, facts.seed)
    return Standing(leave, learnt.scorer)


def scorer_digest(basis: Basis, models: Models) -> str:
    """What a certificate is made for."""
    return identity(basis.digest, models.digests())


@lru_cache(maxsize=16)
def _learn(question: _Question) -> Learnt:
    basis, marked = question.basis, distinct(question.marked)
    # Marked answers are held against nobody's: a copy among them was marked as what it is.
    features = tuple(
        features_of(basis, prepare(basis, m.text, _NOBODY, question.models), question.opinions.get(m.id))
        for m in marked
    )
    scorer = scoring.fit(features, marked, basis.rubric) if len(marked) >= scoring.LEAST else None
    measured = measure(features, marked, basis.rubric, scorer)
    return Learnt(marked, features, measured, rung(len(marked), measured), scorer)


def distinct(marked: Sequence[Marked]) -> tuple[Marked, ...]:
    """Without those that have most of their words from an earlier one.

    Left out in turn, a copy would be foretold by its original: agreement would look perfect, and be none.
    """
    others, kept = Peers(), []
    for one in marked:
        read = words(normalise(one.text).text)
        if others.copied(read).share > _TWIN or others.has(read):
            continue
        others.add(one.text)
        kept.append(one)
    return tuple(kept)
