"""Which reviewed answers prove something about auto-passes, by the record.

Only what was drawn by lot counts: if graders chose which answers to mark blind, they could choose the easy ones.
"""

from __future__ import annotations

from datetime import datetime

from coursekit.model.ids import Digest
from coursekit.model.reflection import Basis, Certificate, Reason
from coursekit.model.rubric import Auto
from coursekit.policy.reflection.certificate import Audited, certify, must_switch_off
from coursekit.policy.reflection.history import History, Noted, Reviewed

_NEVER_PASS = frozenset(
    {
        Reason.NO_RUBRIC,
        Reason.FEW_EXEMPLARS,
        Reason.LENGTH_ONLY,
        Reason.RULE_NOT_MET,
        Reason.SECOND_OPINION,
        Reason.FAILED,
        Reason.OTHER_VERSION,
    }
)


def audited(history: History, basis: Basis) -> tuple[Audited, ...]:
    """Answers drawn by lot that no guard had a question about, marked blind after their check, the oldest first."""
    found = [_audited(review, noted) for review, noted in _drawn(history, basis) if _could_pass(noted)]
    return tuple(sorted((one for one in found if one is not None), key=lambda a: (a.at, a.id)))


def audited_passes(history: History, basis: Basis) -> tuple[Audited, ...]:
    """Of these, the answers that would have passed without a person, had the lot not been drawn."""
    found = [
        _audited(review, noted)
        for review, noted in _drawn(history, basis)
        if noted.checked.route.reasons == (Reason.AUDIT,)
    ]
    return tuple(sorted((one for one in found if one is not None), key=lambda a: (a.at, a.id)))


def _drawn(history: History, basis: Basis) -> list[tuple[Reviewed, Noted]]:
    return [
        (review, history.by_entry[review.check])
        for review in history.reviews.values()
        if review.prompt == basis.prompt and review.audit and review.check in history.by_entry
    ]


def _could_pass(noted: Noted) -> bool:
    return not noted.checked.flags and not _NEVER_PASS.intersection(noted.checked.route.reasons)


def _audited(review: Reviewed, noted: Noted) -> Audited | None:
    suggestion = noted.checked.suggestion
    if suggestion is None:
        return None
    return Audited(
        suggestion.p_adequate,
        review.adequate,
        review.blind,
        datetime.fromisoformat(review.at),
        datetime.fromisoformat(noted.at),
        Digest(noted.scorer),
        review.text_digest,
    )


def earned(history: History, basis: Basis, identity: Digest) -> tuple[Certificate | None, str]:
    """The certificate that a prompt has earned, if any; and why its auto-passes must stop, if they must.

    `identity`: what it must be made for. Audits from before auto-passes were switched on again stop nothing twice.
    """
    decision = basis.rubric.decision
    if decision.auto is Auto.NONE:
        return None, ""
    certificate = certify(audited(history, basis), decision.target_agreement, identity)
    passes = [a for a in audited_passes(history, basis) if a.basis == identity]
    since = history.on_again.get(str(basis.prompt), "")
    if since:
        passes = [a for a in passes if a.at > datetime.fromisoformat(since)]
    refused = must_switch_off(passes, decision.target_agreement, None)
    return certificate, refused.reason if refused is not None else ""
