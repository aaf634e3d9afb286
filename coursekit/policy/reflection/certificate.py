"""Proof, from decisions that people made blind, that auto-passes above a threshold agree with people.

Thresholds are tested from the strictest down, and the test stops at the first that fails: a fixed sequence, so that
looking at many costs nothing (Maurer, Hothorn and Lehmacher, 1995). Which one comes first is decided by how many
decisions there are, never by how they went. The bound is that of Clopper and Pearson (Biometrika 26, 1934): the
lower end of their interval at 90 %, beyond which the true agreement lies in 19 of 20 cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor

from scipy.special import betaincinv

from coursekit.model.ids import Digest
from coursekit.model.outcome import Refused
from coursekit.model.reflection import Certificate

THRESHOLDS = tuple(round(0.995 - 0.005 * step, 3) for step in range(20))
"""Of `p_adequate`: 0.995, 0.99, … 0.9."""
_TAIL = 0.05
"""Each end of an interval at 90 % leaves out so much."""
_RECENT = 30
_DISAGREEMENTS = 2
_GROUP = 50
_GAP = 0.05


@dataclass(frozen=True)
class Audited:
    """A decision that can be compared: what was foretold, and what a person then decided."""

    p: float
    """`p_adequate`, as it stood in the record before the person decided."""
    agreed: bool
    """The person called it an adequate attempt."""
    blind: bool
    """The person had not seen the suggestion."""
    at: datetime
    """When the person decided."""
    foretold: datetime | None = None
    """When `p` was written down. A decision that is not later does not count."""
    basis: Digest | None = None
    """What `p` was reckoned with; none when whoever asks has chosen already."""
    id: str = ""
    """The answer's digest."""


@dataclass(frozen=True)
class Gap:
    """Two groups of learners with whose audits the checks do not agree alike."""

    best: str
    worst: str
    difference: float


def lower_bound(agreed: int, audited: int) -> float:
    """The agreement beyond which the true one lies in 19 of 20 cases."""
    return float(betaincinv(agreed, audited - agreed + 1, _TAIL)) if agreed > 0 else 0.0


def needed(errors: int, target: float) -> int:
    """How many audited decisions it takes with so many disagreements: 59 with none, 93 with one, at 0.95."""
    if not 0 < target < 1:
        raise ValueError(f"a target lies between 0 and 1: {target}")
    low, high = errors, errors + 1
    while lower_bound(high - errors, high) < target:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if lower_bound(middle - errors, middle) >= target else (middle, high)
    return high


def counted(audited: Iterable[Audited], basis: Digest) -> list[Audited]:
    """Those that prove something: blind, foretold, of this basis; of one answer the first."""
    seen: set[str] = set()
    found = []
    for one in sorted(audited, key=lambda a: a.at):
        is_foretold = one.foretold is None or one.foretold < one.at
        if not one.blind or not is_foretold or one.basis not in (None, basis) or one.id in seen:
            continue
        found.append(one)
        if one.id:
            seen.add(one.id)
    return found


def certify(audited: Iterable[Audited], target: float, basis: Digest) -> Certificate | None:
    """The most generous threshold that is proven, or none.

    `basis`: the digest of rubric and scorer for which it holds; decisions made with another one do not count.
    """
    decisions = counted(audited, basis)
    least = needed(0, target)
    proven = None
    for threshold in THRESHOLDS:
        above = [a for a in decisions if a.p >= threshold]
        if len(above) < least:
            # Too few even if none went wrong. That is known without looking at one of them.
            continue
        agreed = sum(a.agreed for a in above)
        lower = lower_bound(agreed, len(above))
        if lower < target:
            break
        proven = Certificate(threshold, len(above), len(above) - agreed, floor(lower * 1e6) / 1e6, basis)
    return proven


def must_switch_off(
    audits: Sequence[Audited], target: float, certificate: Certificate | None = None
) -> Refused | None:
    """Why auto-passes are to end, or none. `audits`: of answers that would have passed, drawn for a person.

    A disagreement counts always, an agreement only from somebody who had not seen the suggestion. With its
    certificate, the decisions that earned it count too: one disagreement may then be enough.
    """
    telling = sorted((a for a in audits if a.blind or not a.agreed), key=lambda a: a.at)
    recent = telling[-_RECENT:]
    wrong = sum(not a.agreed for a in recent)
    if wrong >= _DISAGREEMENTS:
        return Refused(
            "audits-disagree",
            f"{wrong} of the last {len(recent)} audited auto-passes were no adequate attempt for the person "
            "who read them.",
            "Auto-passes are off. Read what passed since the audit before, and grade on by hand.",
        )
    agreed, count = sum(a.agreed for a in telling), len(telling)
    if certificate is not None:
        agreed, count = agreed + certificate.audited - certificate.errors, count + certificate.audited
    if count >= needed(0, target) and lower_bound(agreed, count) < target:
        return Refused(
            "below-target",
            f"{agreed} of {count} audited decisions agree: that no longer proves an agreement of {target:.0%}.",
            "Auto-passes are off. Grade on by hand: a new certificate may be earned.",
        )
    return None


def group_gap(groups: Mapping[str, Iterable[Audited]]) -> Gap | None:
    """The widest gap between groups of 50 audits or more, if it is wider than 5 points: then nothing may pass."""
    rates = {}
    for name, audited in groups.items():
        blind = [a for a in audited if a.blind]
        if len(blind) >= _GROUP:
            rates[name] = sum(a.agreed for a in blind) / len(blind)
    if len(rates) < 2:
        return None
    best = max(rates, key=lambda name: (rates[name], name))
    worst = min(rates, key=lambda name: (rates[name], name))
    difference = round(rates[best] - rates[worst], 6)
    return Gap(best, worst, difference) if difference > _GAP else None
