"""A grader works on the queue: looks, asks for the suggestion, marks, takes back.

    queue ─▶ look ─▶ (ask for the suggestion: noted, not blind any more) ─▶ decide ─▶ gradebook ─▶ record

The gradebook comes before the record: a mark that is not in the record is still a learner's mark, and the other way
round it would be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from coursekit.model.errors import BadInput, Conflict, Forbidden, NotFound
from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Basis, Suggestion
from coursekit.model.reviewing import Answer, Composition, Decision, Group, Item, ProseMark
from coursekit.model.rubric import Rule
from coursekit.model.submission import sha256
from coursekit.policy.reflection.check import text_digest
from coursekit.policy.reflection.history import History, Reviewed
from coursekit.policy.reflection.queue import Candidate, all_items, compositions, not_checked, order
from coursekit.policy.reflection.record import Entry, Kind
from coursekit.policy.reflection.route import is_adequate

_NONE = Digest("")


class Keeps(Protocol):
    """The inputs of a record."""

    def find(self, digest: str) -> bytes | None: ...


class Record(Protocol):
    """What was checked and decided so far."""

    @property
    def inputs(self) -> Keeps: ...
    def entries(self) -> Sequence[Entry]: ...
    def append(
        self, lines: Iterable[tuple[Kind, Mapping[str, Any]]], at: datetime, inputs: Iterable[bytes] = ()
    ) -> Sequence[Entry]: ...


class Gradebook(Protocol):
    """Where marks of written answers stand."""

    def read(self) -> Mapping[str, Mapping[str, ProseMark]]: ...
    def find(self, learner: str, cell: str) -> ProseMark | None: ...
    def enter(
        self, learner: str, cell: str, points: float, comment: str | None, expected: ProseMark
    ) -> ProseMark: ...
    def take_back(self, learner: str, cell: str, to: ProseMark, expected: ProseMark) -> None: ...


@dataclass(frozen=True)
class Appeal:
    """A learner asks that a person reads an answer."""

    id: str
    submission: Digest
    prompt: PromptId
    words: str = ""


@dataclass(frozen=True)
class Done:
    """A decision that can be taken back."""

    item: Item
    before: ProseMark | None
    after: ProseMark | None
    entry: Digest


@dataclass(frozen=True)
class Desk:
    """What a grader has before them."""

    bases: Mapping[PromptId, Basis]
    """Of all written prompts, those without a rubric as well."""
    answers: Sequence[Answer]
    record: Record
    gradebook: Gradebook
    clock: Callable[[], datetime]

    def queue(self, prompt: str = "") -> tuple[Item, ...]:
        """What waits, the most urgent first."""
        return order([c for c in self.candidates() if not prompt or c.answer.prompt == prompt])

    def everybody(self, prompt: str) -> tuple[Item, ...]:
        """All answers to one prompt that bear points, whether they wait or not."""
        mine = [c for c in self.candidates() if c.answer.prompt == prompt]
        return all_items([c for c in mine if c.mark is not None or c.appeal is not None])

    def find(self, item: str) -> Item:
        """The answer of that id, also one that waits no more. Raises NotFound."""
        found = [i for i in all_items(self.candidates()) if i.id.startswith(item)] if item else []
        if len(found) != 1:
            raise NotFound(
                "no-such-item",
                f"No answer has the id {item}." if not found else f"Several answers begin with {item}.",
                "`coursekit review MODULE --queue` lists the ids.",
            )
        return found[0]

    def compositions(self) -> tuple[Composition, ...]:
        """The queue in numbers, prompt by prompt, of those that have a rubric or an answer to be marked."""
        candidates = self.candidates()
        marked = {c.answer.prompt for c in candidates if c.mark is not None}
        bases = {p: b for p, b in self.bases.items() if b.rubric.criteria or p in marked}
        return compositions(candidates, bases)

    def candidates(self) -> list[Candidate]:
        """All answers; those that no check has looked at are a person's to read, as without any checks."""
        history = History.of(self.record.entries())
        marks = self.gradebook.read()
        found = []
        for answer in self.answers:
            basis = self.bases.get(answer.prompt)
            key = (answer.submission, answer.prompt, text_digest(answer.text))
            noted = history.checks.get(key)
            if basis is None:
                continue
            words = history.appeals.get((answer.submission, answer.prompt))
            found.append(
                Candidate(
                    answer,
                    basis,
                    noted.checked if noted is not None else not_checked(answer, basis),
                    noted.entry if noted is not None else _NONE,
                    noted.first if noted is not None else _NONE,
                    marks.get(answer.learner, {}).get(answer.prompt),
                    key in history.reviews,
                    None if words is None else self._words(words),
                    key in history.seen,
                )
            )
        return found

    def mark_of(self, item: Item) -> ProseMark | None:
        """What the gradebook says just now; none where the answer bears no points."""
        return self.gradebook.find(item.answer.learner, item.answer.prompt)

    def review_of(self, item: Item) -> Reviewed | None:
        """What a person decided about it the last time, by the record; none where they did it elsewhere."""
        key = (item.answer.submission, item.answer.prompt, text_digest(item.answer.text))
        return History.of(self.record.entries()).reviews.get(key)

    def name_of(self, item: Item) -> str:
        """Whose answer it is; that it was asked is noted down."""
        self.record.append([(Kind.NAMED, self._naming(item))], self.clock())
        return item.answer.learner

    def look(self, item: Item) -> Suggestion:
        """The suggestion; that it was looked at is noted down.

        Raises Forbidden for an answer that is to be marked blind, and BadInput where nothing is suggested.
        """
        if item.is_blind:
            raise Forbidden(
                "blind",
                "This answer was drawn for the audit: it is marked without the suggestion.",
                "Mark it as you read it. That is how the checks are kept honest.",
            )
        if item.checked.suggestion is None:
            raise BadInput(
                "no-suggestion",
                "Nothing is suggested for this answer.",
                "`coursekit reflect calibrate` says why, and what it would take.",
            )
        self.record.append([(Kind.SEEN, self._naming(item))], self.clock())
        return item.checked.suggestion

    def decide(self, item: Item, decision: Decision, expected: ProseMark | None, seen: bool) -> Done:
        """Enter a person's marks. `expected`: what they saw; `seen`: whether they have seen the suggestion.

        Raises BadInput for levels that the rubric does not have or more points than there are, Conflict when
        somebody else has marked it since.
        """
        check_decision(item, decision)
        after = None
        if expected is not None:
            after = self.gradebook.enter(
                item.answer.learner,
                item.answer.prompt,
                float(decision.points),
                decision.comment,
                expected,
            )
        body = self._naming(item) | {
            "levels": dict(decision.levels),
            "adequate": decision.adequate,
            "blind": not seen,
            "audit": item.group is Group.AUDIT,
            "group": item.group.value,
            "commented": bool(decision.comment),
        }
        # The marks teach the checks later on: then its text must be there, though none has looked at it yet.
        text = [] if item.check else [item.answer.text.encode("utf-8", "surrogatepass")]
        (entry,) = self.record.append([(Kind.REVIEW, body)], self.clock(), text)
        return Done(item, expected, after, entry.digest)

    def take_back(self, done: Done) -> None:
        """Put everything back to what it was before. Raises Conflict when somebody else has marked it since."""
        if done.before is not None and done.after is not None:
            answer = done.item.answer
            self.gradebook.take_back(answer.learner, answer.prompt, done.before, done.after)
        body = self._naming(done.item) | {"takes_back": done.entry}
        self.record.append([(Kind.REVIEW, body)], self.clock())

    def note_appeals(self, appeals: Iterable[Appeal]) -> int:
        """Put appeals into the record, each once; how many were new."""
        known = History.of(self.record.entries()).appeal_ids
        lines: list[tuple[Kind, Mapping[str, Any]]] = []
        words: list[bytes] = []
        for appeal in appeals:
            if appeal.id in known:
                continue
            known.add(appeal.id)
            # What a learner writes may have names in it; the record has none.
            words.append(appeal.words.encode("utf-8", "surrogatepass"))
            lines.append(
                (
                    Kind.APPEAL,
                    {
                        "appeal": appeal.id,
                        "submission": appeal.submission,
                        "prompt": appeal.prompt,
                        "words": sha256(words[-1]),
                    },
                )
            )
        self.record.append(lines, self.clock(), words)
        return len(lines)

    def switch(self, on: bool, reason: str, prompt: str = "") -> None:
        """Switch auto-passes off, or on again; of one prompt, or of all.

        Raises BadInput for a prompt that is not there, Conflict when it is so already.
        """
        with_rubric = [str(p) for p, basis in self.bases.items() if basis.rubric.criteria]
        if prompt and prompt not in with_rubric:
            known = ", ".join(with_rubric)
            raise BadInput(
                "no-such-prompt", f"There is no reflection {prompt} in this module.", f"There are: {known}."
            )
        history = History.of(self.record.entries())
        if on and not (history.off if not prompt else history.is_off(prompt)):
            raise Conflict("already-on", "Auto-passes are not switched off.", "Nothing is to be done.")
        if not on and (prompt or "") in history.off:
            raise Conflict(
                "already-off", "Auto-passes are switched off already.", "Switch them on again with `on`."
            )
        if on and prompt and "" in history.off:
            raise Conflict(
                "module-is-off",
                "Auto-passes are switched off for the whole module.",
                "Switch the module on: leave --prompt out.",
            )
        body = {"prompt": prompt, "on": on, "reason": reason, "by": "person"}
        self.record.append([(Kind.SWITCH, body)], self.clock())

    def _naming(self, item: Item) -> dict[str, Any]:
        return {
            "submission": item.answer.submission,
            "prompt": item.answer.prompt,
            "text_digest": text_digest(item.answer.text),
            "check": item.check,
        }

    def _words(self, digest: str) -> str:
        content = self.record.inputs.find(digest)
        return content.decode("utf-8", "replace") if content is not None else ""


def check_levels(basis: Basis, levels: Mapping[str, int]) -> None:
    """Raises BadInput when these are not one level for each of the rubric's criteria."""
    criteria = {c.id: c for c in basis.rubric.criteria}
    unknown = sorted(levels.keys() - criteria.keys())
    missing = [c for c in criteria if c not in levels]
    if unknown or missing:
        what = f"{unknown[0]} is no criterion of it" if unknown else f"{missing[0]} has no level"
        raise BadInput("bad-levels", f"{basis.title}: {what}.", f"Its criteria are: {', '.join(criteria)}.")
    for name, level in levels.items():
        if level not in criteria[name].levels:
            raise BadInput(
                "bad-levels",
                f"{basis.title}: {name} has no level {level}.",
                f"Its levels are 0 to {criteria[name].points}.",
            )


def check_decision(item: Item, decision: Decision) -> None:
    """Raises BadInput when these are not levels of its rubric or, without one, points that it can bring."""
    check_levels(item.basis, decision.levels)
    if item.has_rubric == (decision.score is not None):
        raise BadInput(
            "bad-points",
            f"{item.basis.title}: "
            + (
                "it is marked by its rubric." if item.has_rubric else "how many points it brings is not said."
            ),
            "Give a level for each criterion." if item.has_rubric else f"Give 0 to {item.most:g} points.",
        )
    if decision.score is not None and not 0 <= decision.score <= item.most:
        raise BadInput(
            "bad-points",
            f"{item.basis.title}: {decision.score:g} points are not possible.",
            f"Give 0 to {item.most:g} points.",
        )


def decided(
    item: Item,
    levels: Mapping[str, int],
    score: float | None = None,
    adequate: bool | None = None,
    comment: str | None = None,
) -> Decision:
    """A decision, with what the author's rule makes of it. `adequate`: the person's word, where there is no rule.

    Raises BadInput when it is not whole.
    """
    if not item.has_rubric:
        # Nothing is learnt from it: points are all that there is.
        decision = Decision(dict(levels), bool(score), comment, score)
        check_decision(item, decision)
        return decision
    check_levels(item.basis, levels)
    said = adequate_by_rule(item.basis, levels)
    if said is None:
        said = adequate
    if said is None:
        raise BadInput(
            "adequate-unsaid",
            "The rubric has no rule for what an adequate attempt is, so you say it.",
            "Say whether this is one; at the command line, with --adequate or --not-adequate.",
        )
    decision = Decision(dict(levels), said, comment, score)
    check_decision(item, decision)
    return decision


def adequate_by_rule(basis: Basis, levels: Mapping[str, int]) -> bool | None:
    """Whether the author's rule calls it an adequate attempt; none where there is no rule: a person says."""
    rule = basis.rubric.decision.rule
    return None if rule == Rule() else is_adequate(rule, levels)
