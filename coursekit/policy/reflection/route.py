"""Where an answer goes: to a person, unless everything has been earned. There is no end at which anybody fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coursekit.model.feedback import Found
from coursekit.model.reflection import (
    Basis,
    Certificate,
    End,
    Evidence,
    Flagged,
    Opinion,
    Reason,
    Route,
    Rung,
    Suggestion,
)
from coursekit.model.rubric import Auto, Detector, Rubric, Rule
from coursekit.model.submission import canonical, sha256

_DRAWS = 16**12


@dataclass(frozen=True)
class Leave:
    """What has been earned for one prompt, and what may hold it back."""

    rung: Rung = Rung.POINTERS
    certificate: Certificate | None = None
    scorer: str = ""
    """What a certificate must be made for: the digest of basis and scorer."""
    is_on: bool = True
    """False after the kill switch."""
    auto_share: float = 0.0
    """Of the answers to this prompt, how many were passed without a person so far."""
    seed: str = ""
    """Known to graders alone: nobody can write their way round the audit."""
    is_current: bool = True
    """False when the scorer learnt from another rubric, or with other text models, than are here now."""


def route(
    basis: Basis,
    text_digest: str,
    flags: Sequence[Flagged],
    evidence: Sequence[Evidence],
    suggestion: Suggestion | None,
    leave: Leave,
    opinion: Opinion | None = None,
) -> Route:
    """Auto-pass only when there is no reason whatever against it."""
    reasons = [flag.reason for flag in flags]
    reasons += _not_earned(basis.rubric, leave, suggestion)
    reasons += _doubts(basis.rubric, evidence, suggestion, leave, opinion)
    certificate = leave.certificate
    if not reasons and _is_drawn(basis, text_digest, leave.seed):
        reasons.append(Reason.AUDIT)
    if reasons or certificate is None:
        return Route(End.HUMAN_REVIEW, tuple(dict.fromkeys(reasons)) or (Reason.NOT_CERTIFIED,), certificate)
    return Route(End.AUTO_PASS, (), certificate)


def is_adequate(rule: Rule, levels: Mapping[str, int]) -> bool:
    """Whether these levels make an adequate attempt: 1 or more on the rule's criteria."""
    reached = {criterion for criterion, level in levels.items() if level >= 1}
    return set(rule.all_of) <= reached and len(reached & set(rule.of)) >= rule.at_least


def _not_earned(rubric: Rubric, leave: Leave, suggestion: Suggestion | None) -> list[Reason]:
    reasons = []
    if not rubric.criteria:
        reasons.append(Reason.NO_RUBRIC)
    if rubric.decision.auto is Auto.NONE:
        reasons.append(Reason.NOT_AUTOMATIC)
    if leave.rung is Rung.LENGTH:
        reasons.append(Reason.LENGTH_ONLY)
    elif leave.rung is not Rung.SUGGESTION or (suggestion is None and leave.is_current):
        reasons.append(Reason.FEW_EXEMPLARS)
    if leave.certificate is None:
        reasons.append(Reason.NOT_CERTIFIED)
    if not leave.is_current or (leave.certificate is not None and leave.certificate.basis != leave.scorer):
        reasons.append(Reason.OTHER_VERSION)
    if not leave.is_on:
        reasons.append(Reason.SWITCHED_OFF)
    if leave.auto_share >= rubric.decision.max_auto_share:
        reasons.append(Reason.SHARE_REACHED)
    return reasons


def _doubts(
    rubric: Rubric,
    evidence: Sequence[Evidence],
    suggestion: Suggestion | None,
    leave: Leave,
    opinion: Opinion | None,
) -> list[Reason]:
    reasons = []
    if suggestion is not None:
        # Without a certificate there is no threshold: then it only says which answers are worth a look first.
        least = leave.certificate.threshold if leave.certificate is not None else 0.5
        if suggestion.p_adequate < least:
            reasons.append(Reason.LOW_CONFIDENCE)
    rule = rubric.decision.rule
    if rule != Rule() and not is_adequate(rule, _seen(rubric, evidence)):
        reasons.append(Reason.RULE_NOT_MET)
    # A second opinion that disagrees is a reason to look; one that agrees is no reason to pass.
    is_thought_fit = suggestion is not None and suggestion.p_adequate >= 0.5
    if (
        opinion is not None
        and rule != Rule()
        and opinion.levels
        and is_adequate(rule, opinion.levels) != is_thought_fit
    ):
        reasons.append(Reason.SECOND_OPINION)
    return reasons


def _seen(rubric: Rubric, evidence: Sequence[Evidence]) -> dict[str, int]:
    """A criterion counts as seen where the tool found something, or where no tool looks."""
    found = {e.criterion: int(e.state is not Found.NOT_FOUND) for e in evidence}
    unread = {c.id: 1 for c in rubric.criteria if c.detector is Detector.NONE}
    return found | unread


def _is_drawn(basis: Basis, text_digest: str, seed: str) -> bool:
    draw = int(sha256(canonical([seed, basis.prompt, text_digest]))[:12], 16) / _DRAWS
    return draw < basis.rubric.decision.audit_rate
