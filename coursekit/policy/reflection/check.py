"""The checks of one answer, from the raw text to where it goes. Pure: the same in, the same out.

    raw ─▶ normalise ─▶ sentences ─┬─▶ guards (flags) ───────────────────────┐
                                   ├─▶ evidence per criterion ─┐             ├─▶ route
                                   └─▶ own words ─▶ features ──┴─▶ score ────┘

Guards and scorer share no features. Whatever fails on the way goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from coursekit.model.ids import Digest
from coursekit.model.reflection import (
    Basis,
    Checked,
    End,
    Evidence,
    Flagged,
    Normal,
    Opinion,
    Own,
    Reason,
    Route,
    Rung,
    Sentence,
    Suggestion,
)
from coursekit.model.submission import sha256
from coursekit.policy.reflection.evidence import MOST_SENTENCES, find
from coursekit.policy.reflection.guards import look
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.own import own as own_words
from coursekit.policy.reflection.route import Leave, route
from coursekit.policy.reflection.sentences import split
from coursekit.policy.reflection.shingles import Peers
from coursekit.policy.reflection.text import normalise

if TYPE_CHECKING:
    from coursekit.policy.reflection.features import Features
    from coursekit.policy.reflection.scorer import Scorer

MOST_CHARACTERS = 200_000
"""Beyond it a text is read by people alone: no check of ours may be made to work for minutes."""
_SHOWN = (Rung.GRADER_ONLY, Rung.SUGGESTION)


@dataclass(frozen=True)
class Prepared:
    """An answer, taken apart."""

    normal: Normal
    sentences: tuple[Sentence, ...]
    own: Own
    evidence: tuple[Evidence, ...]
    flags: tuple[Flagged, ...]
    embedding: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Standing:
    """What is known of a prompt's checks when an answer comes: nothing, unless people have marked others."""

    leave: Leave = field(default_factory=Leave)
    scorer: Scorer | None = None


_NOTHING_EARNED = Standing()


def prepare(basis: Basis, text: str, peers: Peers, models: Models) -> Prepared:
    """Take an answer apart. Exemplars and answers go the same way."""
    normal = normalise(text)
    sentences = split(normal)
    mine = own_words(basis, normal, peers)
    classes = None
    if models.sentences is not None:
        names = models.sentences.classes
        read = [s.text for s in sentences[:MOST_SENTENCES]]
        rows = models.sentences.probabilities(read) if read else []
        classes = [dict(zip(names, row, strict=True)) for row in rows]
    language = models.language.guess(normal.text) if models.language is not None else None
    embedding = None
    if models.embedding is not None and mine.text.strip():
        embedding = tuple(models.embedding.embed([mine.text])[0])
    return Prepared(
        normal,
        sentences,
        mine,
        find(basis, normal, sentences, classes),
        look(basis, normal, sentences, mine, peers, language),
        embedding,
    )


def features_of(basis: Basis, prepared: Prepared, opinion: Opinion | None = None) -> Features:
    """What the scorer sees of an answer."""
    from coursekit.policy.reflection import features

    return features.of(
        basis,
        prepared.normal,
        prepared.own,
        prepared.sentences,
        prepared.evidence,
        prepared.embedding,
        opinion,
    )


def check(
    basis: Basis,
    text: str,
    peers: Peers,
    models: Models,
    standing: Standing = _NOTHING_EARNED,
    opinion: Opinion | None = None,
) -> Checked:
    """All that can be said of one answer. Raises nothing: what fails goes to a person."""
    digest = text_digest(text)
    try:
        return _check(basis, text, digest, peers, models, standing, opinion)
    except Exception as error:
        return Checked(
            basis.prompt,
            digest,
            basis.digest,
            (),
            (),
            Route(End.HUMAN_REVIEW, (Reason.FAILED,)),
            rung=standing.leave.rung,
            models=models.digests(),
            failure=type(error).__name__,
        )


def text_digest(text: str) -> Digest:
    """Of an answer; also of one with half an emoji in it, which has no UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass"))


def _check(
    basis: Basis,
    text: str,
    digest: Digest,
    peers: Peers,
    models: Models,
    standing: Standing,
    opinion: Opinion | None,
) -> Checked:
    leave = standing.leave
    checked = Checked(
        basis.prompt,
        digest,
        basis.digest,
        (Flagged(Reason.TOO_LONG, 1.0),),
        (),
        Route(End.HUMAN_REVIEW, (Reason.TOO_LONG,)),
        rung=leave.rung,
        models=models.digests(),
    )
    if len(text) > MOST_CHARACTERS:
        return checked
    prepared = prepare(basis, text, peers, models)
    if opinion is None and models.opinions is not None:
        opinion = models.opinions.find(basis, text)
    suggestion: Suggestion | None = None
    if standing.scorer is not None and leave.rung in _SHOWN:
        leave = replace(leave, is_current=_is_current(basis, models, leave))
        if leave.is_current:
            suggestion = standing.scorer.suggest(features_of(basis, prepared, opinion))
    return replace(
        checked,
        flags=prepared.flags,
        evidence=prepared.evidence,
        suggestion=suggestion,
        route=route(basis, digest, prepared.flags, prepared.evidence, suggestion, leave, opinion),
    )


def _is_current(basis: Basis, models: Models, leave: Leave) -> bool:
    """Whether the scorer learnt from what is here now: a text model that has gone changes what it would see."""
    from coursekit.policy.reflection.scorer import identity

    return not leave.scorer or leave.scorer == identity(basis.digest, models.digests())


def peers_without(texts: Sequence[str], own: str) -> tuple[str, ...]:
    """The others' answers: all but one copy of one's own. A second copy is somebody else's."""
    others = list(texts)
    if own in others:
        others.remove(own)
    return tuple(others)
