"""In which order a grader reads what waits.

    appeals ─▶ flags ─▶ what no check has read ─▶ the least certain first ─▶ a slice drawn by lot, marked blind

The lot is drawn by the digest of an answer's first line in the record, which nobody knows before it is there and
which has no name in it. It stays drawn: the same record gives the same queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coursekit.model.feedback import Found
from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Basis, Checked, End, Reason, Route
from coursekit.model.reviewing import Answer, Composition, Group, Item, ProseMark
from coursekit.model.rubric import Auto
from coursekit.model.submission import canonical, sha256
from coursekit.policy.reflection.check import text_digest

_DRAWS = 16**12
_ORDER = list(Group)
_ID = 8
_WHILE_EARNING = 0.5


@dataclass(frozen=True)
class Candidate:
    """An answer, what the checks said of it, and what became of it since."""

    answer: Answer
    basis: Basis
    checked: Checked
    check: Digest
    """Of its newest check's line; empty where there is none."""
    first: Digest
    """Of its first check's line: the lot; empty where there is none."""
    mark: ProseMark | None
    """None where it bears no points."""
    reviewed: bool = False
    appeal: str | None = None
    """An appeal that nobody has answered yet: what the learner wrote with it."""
    seen: bool = False

    @property
    def waits(self) -> bool:
        """Whether a person still has to read it."""
        if self.appeal is not None:
            return True
        if self.mark is None or self.reviewed or self.mark.is_by_a_person:
            return False
        return self.checked.route.end is End.HUMAN_REVIEW


def order(candidates: Sequence[Candidate]) -> tuple[Item, ...]:
    """The queue: what waits, the most urgent first; equal ones in an order that no name decides."""
    return all_items([one for one in candidates if one.waits])


def all_items(candidates: Sequence[Candidate]) -> tuple[Item, ...]:
    """The same of all of them, whether they wait or not."""
    items = [_item(one) for one in candidates]
    return tuple(sorted(items, key=lambda i: (_ORDER.index(i.group), -i.uncertainty, i.id)))


def by_lot(items: Sequence[Item], grader: str) -> tuple[Item, ...]:
    """One question across all learners: an order that favours nobody, the same for a grader each time.

    Another grader has another one, so that it is not always the same answers that come when both are tired.
    """
    return tuple(sorted(items, key=lambda i: sha256(canonical([grader, i.basis.prompt, i.id]))))


def not_checked(answer: Answer, basis: Basis) -> Checked:
    """In the place of a check, where there was none: nothing is known, and a person reads it."""
    why = (Reason.NOT_CHECKED,) if basis.rubric.criteria else (Reason.NO_RUBRIC, Reason.NOT_CHECKED)
    route = Route(End.HUMAN_REVIEW, why)
    return Checked(answer.prompt, text_digest(answer.text), basis.digest, (), (), route)


def item_id(answer: Answer) -> str:
    """A short name for an answer, the same every time."""
    return sha256(canonical([answer.submission, answer.prompt]))[:_ID]


def uncertainty(checked: Checked) -> float:
    """How little the checks know of an answer, from 0 to 1.

    With a suggestion, how near it is to even chances; without one, the share of criteria at which they say perhaps.
    """
    if checked.suggestion is not None:
        return round(1.0 - abs(2.0 * checked.suggestion.p_adequate - 1.0), 6)
    if not checked.evidence:
        return 1.0
    return round(sum(e.state is Found.MAYBE for e in checked.evidence) / len(checked.evidence), 6)


def _item(one: Candidate) -> Item:
    return Item(
        item_id(one.answer),
        one.answer,
        one.basis,
        one.checked,
        one.check,
        _group(one),
        uncertainty(one.checked),
        one.appeal or "",
        one.seen,
        _most(one),
    )


def _most(one: Candidate) -> float:
    if one.basis.rubric.criteria:
        return one.basis.rubric.points
    return one.mark.most if one.mark is not None else 0.0


def _group(one: Candidate) -> Group:
    if one.appeal is not None:
        return Group.APPEAL
    if not one.check:
        return Group.UNREAD
    reasons = one.checked.route.reasons
    if one.checked.flags or Reason.FAILED in reasons:
        return Group.FLAGGED
    # Whoever looked at the suggestion has left the audit, and cannot come back.
    if not one.seen and (Reason.AUDIT in reasons or _is_drawn(one)):
        return Group.AUDIT
    return Group.UNCERTAIN


def _is_drawn(one: Candidate) -> bool:
    """A slice of what goes to a person anyway: only there nobody chose which answers are marked blind.

    Half of them while a certificate is to be earned: with one in ten it would take a class of a thousand.
    """
    decision = one.basis.rubric.decision
    earning = decision.auto is not Auto.NONE and one.checked.route.certificate is None
    rate = max(decision.audit_rate, _WHILE_EARNING) if earning else decision.audit_rate
    return int(one.first[:12], 16) / _DRAWS < rate


def compositions(candidates: Sequence[Candidate], bases: Mapping[PromptId, Basis]) -> tuple[Composition, ...]:
    """The queue in numbers, prompt by prompt."""
    return tuple(
        _composition(basis, [c for c in candidates if c.answer.prompt == prompt])
        for prompt, basis in bases.items()
    )


def _composition(basis: Basis, mine: Sequence[Candidate]) -> Composition:
    waiting = order(mine)
    states: dict[str, Counter[str]] = {c.ask: Counter() for c in basis.rubric.criteria}
    asks = {c.id: c.ask for c in basis.rubric.criteria}
    for one in mine:
        for evidence in one.checked.evidence:
            if evidence.criterion in asks:
                states[asks[evidence.criterion]][evidence.state.value] += 1
    return Composition(
        basis.prompt,
        basis.title,
        len(mine),
        {group.value: sum(i.group is group for i in waiting) for group in Group},
        dict(sorted(Counter(f.reason.value for i in waiting for f in i.checked.flags).items())),
        sum(c.reviewed or (c.mark is not None and c.mark.is_by_a_person) for c in mine),
        sum(c.checked.route.end is End.AUTO_PASS for c in mine),
        {ask: dict(counted) for ask, counted in states.items()},
    )
