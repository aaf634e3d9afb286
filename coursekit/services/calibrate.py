"""Say, prompt by prompt, how far the checks may go, how good they are, and what would take them further."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from coursekit.model.ids import PromptId
from coursekit.model.reflection import Basis, Certificate, Marked, Rung
from coursekit.model.rubric import Auto
from coursekit.policy.reflection.calibration import GroupMeasured, Measured, by_group, measure
from coursekit.policy.reflection.certificate import Audited, Gap, certify, counted, group_gap
from coursekit.policy.reflection.ladder import More, more_for_certificate, more_for_rung
from coursekit.policy.reflection.learning import Learnt, learn
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.scorer import identity
from coursekit.ports import SecondOpinion
from coursekit.services.opinions import gather

Pair = tuple[Marked, Marked]


@dataclass(frozen=True)
class People:
    """What people have said about a module's answers, by prompt."""

    marked_of: Callable[[PromptId], Sequence[Marked]]
    """Exemplars and reviewed answers."""
    audited_of: Callable[[PromptId], Sequence[Audited]] = lambda prompt: ()
    """Decisions that may earn a certificate."""
    twice_of: Callable[[PromptId], Sequence[Pair]] = lambda prompt: ()
    """The same answers, marked by two."""
    groups: Mapping[str, str] | None = None
    """Answer's id → its learner's group."""


@dataclass(frozen=True)
class Calibrated:
    """What can be said about one prompt."""

    prompt: PromptId
    title: str
    rung: Rung
    measured: Measured
    more: More | None
    """For the next rung, or else for a certificate; none when there is nothing to reach."""
    may_pass: bool
    """The author allows that an adequate attempt passes, once that is proven."""
    audited: int
    """Decisions that count towards a certificate."""
    certificate: Certificate | None = None
    groups: tuple[GroupMeasured, ...] = ()
    gap: Gap | None = None
    """Groups with which the checks do not agree alike: then nothing may pass."""
    twins: int = 0
    """Marked answers that are much the same as another; they do not count."""


def calibrate(
    bases: Mapping[PromptId, Basis], people: People, models: Models, second: SecondOpinion | None = None
) -> tuple[Calibrated, ...]:
    """Every prompt that has a rubric, in the module's order. `second`: the language model that the course asks."""
    return tuple(
        _calibrated(basis, people, models, second) for basis in bases.values() if basis.rubric.criteria
    )


def _calibrated(basis: Basis, people: People, models: Models, second: SecondOpinion | None) -> Calibrated:
    given = people.marked_of(basis.prompt)
    if second is not None:
        models = replace(models, opinions=gather(second, basis, (m.text for m in given)))
    learnt = learn(basis, given, models)
    marked = learnt.marked
    measured = measure(learnt.features, marked, basis.rubric, learnt.scorer, people.twice_of(basis.prompt))
    decision = basis.rubric.decision
    may_pass = decision.auto is not Auto.NONE
    made_for = identity(basis.digest, models.digests())
    audited = counted(people.audited_of(basis.prompt), made_for)
    gap = group_gap(_grouped(audited, people.groups or {}))
    certificate = None
    more = more_for_rung(len(marked), measured)
    if learnt.rung is Rung.SUGGESTION and may_pass:
        certificate = certify(audited, decision.target_agreement, made_for) if gap is None else None
        more = None
        if certificate is None:
            more = more_for_certificate(audited, measured, decision.target_agreement, made_for)
    return Calibrated(
        basis.prompt,
        basis.title,
        learnt.rung,
        measured,
        more,
        may_pass,
        len(audited),
        certificate,
        _treated(learnt, marked, people.groups),
        gap,
        len(given) - len(marked),
    )


def _grouped(audited: Sequence[Audited], groups: Mapping[str, str]) -> dict[str, list[Audited]]:
    found: dict[str, list[Audited]] = {}
    for one in audited:
        if one.id in groups:
            found.setdefault(groups[one.id], []).append(one)
    return found


def _treated(
    learnt: Learnt, marked: Sequence[Marked], groups: Mapping[str, str] | None
) -> tuple[GroupMeasured, ...]:
    return by_group(learnt.scorer, marked, groups) if learnt.scorer is not None and groups else ()
