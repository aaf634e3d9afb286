"""Checks that have earned everything: the worst case for attacks, since nothing is held back for want of proof."""

from __future__ import annotations

from functools import cache

from coursekit.model.reflection import Certificate, Checked, End, Reason, Rung
from coursekit.policy.reflection.check import Standing, check
from coursekit.policy.reflection.learning import learn, scorer_digest
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.route import Leave
from coursekit.policy.reflection.shingles import Peers
from coursekit.wiring.textmodels import shipped_models
from support.reflections import corpus
from support.reflections.attacks import Material
from support.reflections.bases import basis

LOWEST = 0.90
"""The lowest threshold that can ever be certified."""


@cache
def models() -> Models:
    """What every installation has."""
    return shipped_models()


@cache
def certified(
    prompt: str, n: int, seed: int = 0, threshold: float = LOWEST, rung: Rung = Rung.SUGGESTION
) -> Standing:
    """Trained on `n` marked answers and certified, also where the ladder would not have allowed it yet."""
    told = basis(prompt)
    learnt = learn(told, corpus.marked(prompt, n, seed), models())
    version = scorer_digest(told, models())
    certificate = Certificate(threshold, 400, 4, 0.98, version)
    leave = Leave(rung, certificate, version, seed="nobody knows")
    return Standing(leave, learnt.scorer)


def checked(material: Material, text: str, standing: Standing) -> Checked:
    """One answer, all the way."""
    return check(material.basis, text, _peers(material.peers), models(), standing)


def is_passed(answer: Checked) -> bool:
    """Whether it would pass without a person; also where chance alone has sent it to the audit."""
    return answer.route.end is End.AUTO_PASS or answer.route.reasons == (Reason.AUDIT,)


@cache
def _peers(texts: tuple[str, ...]) -> Peers:
    return Peers.of(texts)
