"""How far the checks may go for one prompt, and what would take them further.

0–9     pointers to learners, nothing else
10–29   a suggestion for the grader, with its interval
30      a suggestion, if it is better than counting words; else the rubric measures length, and there is none
proof   from audited decisions (see `certificate`): an adequate attempt may pass
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from coursekit.model.ids import Digest
from coursekit.model.reflection import Rung
from coursekit.policy.reflection.calibration import Measured
from coursekit.policy.reflection.certificate import THRESHOLDS, Audited, counted, needed
from coursekit.policy.reflection.scorer import LEAST

COMPARED = 30
"""Marked answers, from which a suggestion must be better than counting words."""
LIFT = 0.03
"""By how much, in quadratically weighted kappa."""
LEAST_AREA = 0.85
_SETTLED = 50
"""In the measurements behind this ladder, what had not beaten the count of words with so many did not later."""


@dataclass(frozen=True)
class More:
    """What is missing."""

    grades: int | None
    """About so many more marked answers; none when more would not help."""
    goal: str
    """What they are for, to go after “for”."""


def rung(n: int, measured: Measured | None) -> Rung:
    """By the number of marked answers and, from 30, by what was measured on them."""
    if n < LEAST:
        return Rung.POINTERS
    if n < COMPARED:
        return Rung.GRADER_ONLY
    return Rung.SUGGESTION if measured is not None and _beats_length(measured) else Rung.LENGTH


def _beats_length(measured: Measured) -> bool:
    if measured.qwk is None or measured.auc is None:
        return False
    # Counting words may be worse than nothing; that makes a suggestion no better.
    by_length = max(0.0, measured.length_qwk or 0.0)
    return round(measured.qwk - by_length, 6) >= LIFT and measured.auc >= LEAST_AREA


def more_for_rung(n: int, measured: Measured | None) -> More | None:
    """What the next rung takes; none at the top."""
    stands = rung(n, measured)
    if stands is Rung.POINTERS:
        return More(LEAST - n, "a suggestion to graders")
    if stands is Rung.GRADER_ONLY:
        return More(COMPARED - n, "a comparison with counting words")
    if stands is Rung.SUGGESTION:
        return None
    return More(_SETTLED - n if n < _SETTLED else None, "another comparison with counting words")


def more_for_certificate(
    audited: Iterable[Audited], measured: Measured, target: float, basis: Digest
) -> More | None:
    """What a certificate takes at the threshold that is nearest to one; none when a threshold has it all already.

    An estimate: as many of the coming answers lie above a threshold as did so far, and no more of them go wrong.
    """
    decisions = counted(audited, basis)
    goal = "a certificate, drawn by lot and graded blind"
    best: int | None = None
    for threshold in THRESHOLDS:
        above = [a for a in decisions if a.p >= threshold]
        missing = needed(sum(not a.agreed for a in above), target) - len(above)
        if missing <= 0:
            return None
        share = len(above) / len(decisions) if len(decisions) >= COMPARED else _share(measured, threshold)
        if share > 0:
            best = min(best, ceil(missing / share)) if best is not None else ceil(missing / share)
    return More(best, goal)


def _share(measured: Measured, threshold: float) -> float:
    """Of the marked answers, how many lie above the next threshold that was looked at."""
    return next((c.share for c in measured.coverage if c.threshold >= threshold), 0.0)
