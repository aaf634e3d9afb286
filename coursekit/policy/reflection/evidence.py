"""Where an answer seems to meet each criterion: the best sentence, and how clearly it shows.

It points, and decides nothing: *found* where it is rarely wrong, *maybe* where a look is worth it. A criterion
without a detector is a person's to read, and is never found here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coursekit.model.feedback import Found
from coursekit.model.reflection import Basis, Evidence, Normal, Sentence
from coursekit.model.rubric import Criterion, Detector
from coursekit.policy.reflection.casefacts import CaseFacts, facts_of
from coursekit.policy.reflection.detectors import DETECTORS, Line, is_english, together
from coursekit.policy.reflection.own import QUOTE, told
from coursekit.policy.reflection.shingles import places_in, shingles_of

FOUND, MAYBE = 0.65, 0.35
"""Chosen on the reference modules' exemplars; docs/evidence-model.md tells how well they do."""

_OTHERS = 2
MOST_SENTENCES = 500
"""More are no answer, and would take a while."""
_COPIED = 0.6
"""A sentence that has more than this from the case or the question shows nothing of the writer's."""
_CLASSES = {
    Detector.PERSPECTIVE: ("Perspective", 0.4),
    Detector.OWN_PRACTICE: ("Experience", 0.3),
    Detector.INTENTION: ("Intention", 0.2),
}
"""Of the sentence model, and the most that its voice weighs: it has learned from student teachers' diaries.

Not Belief for a position: in marked answers it is what those are full of who take none.
"""
_ALONE = MAYBE + 0.05
"""The most that a sentence model's voice brings where no sign is seen: a maybe."""


def find(
    basis: Basis,
    normal: Normal,
    sentences: Sequence[Sentence],
    probabilities: Sequence[Mapping[str, float]] | None,
) -> tuple[Evidence, ...]:
    """One for each criterion, in the rubric's order. `probabilities`: of each sentence, from a sentence model."""
    english = basis.language[:2].lower() in ("", "en") and is_english(normal.text)
    sentences = sentences[:MOST_SENTENCES]
    lines = [Line.of(s.text, at == 0, english) for at, s in enumerate(sentences)]
    facts = facts_of(basis.case, basis.language[:2].lower() or "en")
    read = shingles_of(told(basis), QUOTE)
    copied = [len(places_in(line.said, read, QUOTE)) > _COPIED * len(line.said) for line in lines]
    return tuple(
        _evidence(criterion, sentences, _scores(criterion, lines, copied, facts, probabilities))
        for criterion in basis.rubric.criteria
    )


def _scores(
    criterion: Criterion,
    lines: Sequence[Line],
    copied: Sequence[bool],
    facts: CaseFacts,
    probabilities: Sequence[Mapping[str, float]] | None,
) -> list[float]:
    detect = DETECTORS.get(criterion.detector)
    if detect is None:
        return []
    scores = detect(criterion, lines, facts)
    name, weight = _CLASSES.get(criterion.detector, ("", 0.0))
    for at, line in enumerate(lines):
        if probabilities is not None and name and line.is_english:
            voice = weight * probabilities[at].get(name, 0.0)
            heard = together((scores[at], voice))
            scores[at] = heard if scores[at] > 0 else min(_ALONE, heard)
        if copied[at]:
            scores[at] = min(scores[at], (MAYBE + FOUND) / 2)
    return [round(score, 6) for score in scores]


def _evidence(criterion: Criterion, sentences: Sequence[Sentence], scores: Sequence[float]) -> Evidence:
    # Of two that are alike the earlier one.
    order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
    if not order or scores[order[0]] <= 0:
        return Evidence(criterion.id, Found.NOT_FOUND)
    best = scores[order[0]]
    if best < MAYBE:
        return Evidence(criterion.id, Found.NOT_FOUND, best)
    others = tuple((sentences[at].span, scores[at]) for at in order[1 : 1 + _OTHERS] if scores[at] >= MAYBE)
    state = Found.FOUND if best >= FOUND else Found.MAYBE
    return Evidence(criterion.id, state, best, sentences[order[0]].span, others)
