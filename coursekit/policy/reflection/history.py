"""What a record tells, put together: the newest check of each answer, what people marked, what is switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Basis, Checked, Marked
from coursekit.policy.reflection.record import Entry, Kind, checked_of

Key = tuple[str, str, str]
"""Submission, prompt, digest of the text."""


@dataclass(frozen=True)
class Noted:
    """A check, as the record has it."""

    entry: Digest
    first: Digest
    """Of the first check of the same answer."""
    inputs: Digest
    checked: Checked
    at: str
    normaliser: int = 0
    tools: Mapping[str, str] = field(default_factory=dict)
    """Library → version."""
    scorer: str = ""
    """What a certificate would have to be made for."""


@dataclass(frozen=True)
class Reviewed:
    """What a person decided about an answer, as the record has it."""

    entry: Digest
    submission: str
    prompt: PromptId
    text_digest: Digest
    check: Digest
    """Of the check's line that the grader had before them."""
    levels: Mapping[str, int]
    adequate: bool
    blind: bool
    """Without having seen the suggestion."""
    audit: bool
    """Drawn by lot."""
    at: str


@dataclass
class History:
    """Built up line by line."""

    checks: dict[Key, Noted] = field(default_factory=dict)
    """The newest of each."""
    by_entry: dict[Digest, Noted] = field(default_factory=dict)
    reviews: dict[Key, Reviewed] = field(default_factory=dict)
    """The newest of each."""
    seen: set[Key] = field(default_factory=set)
    """Answers whose suggestion a grader has looked at."""
    appeals: dict[tuple[str, str], str] = field(default_factory=dict)
    """Submission and prompt → digest of the words, of appeals that nobody has answered."""
    appeal_ids: set[str] = field(default_factory=set)
    off: dict[str, str] = field(default_factory=dict)
    """Prompt (empty: all of the module) → why auto-passes are switched off there."""
    on_again: dict[str, str] = field(default_factory=dict)
    """Prompt → when its auto-passes were switched on again the last time."""
    certificates: dict[str, Mapping[str, object] | None] = field(default_factory=dict)
    """Prompt → the certificate noted last."""
    _undo: dict[Digest, tuple[Reviewed | None, str | None]] = field(default_factory=dict)
    """Review's line → the review and the appeal that it took the place of."""
    genesis: str = ""
    """Of the first line: a seed that only graders know."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> History:
        """All that these lines tell; a line that tells nothing we understand is passed over."""
        history = cls()
        for entry in entries:
            history.add(entry)
        return history

    def add(self, entry: Entry) -> None:
        """One more line."""
        self.genesis = self.genesis or entry.digest
        try:
            _ADD[entry.kind](self, entry)
        except (KeyError, ValueError, TypeError, AttributeError):
            # A later release's line, or a damaged one: the chain says so where it matters.
            return

    def is_off(self, prompt: str) -> bool:
        """Whether auto-passes are switched off there."""
        return "" in self.off or prompt in self.off

    def marked(self, basis: Basis, find_text: Callable[[Digest], str | None]) -> tuple[Marked, ...]:
        """Answers to a prompt that people have marked by its criteria as they are now, the oldest first.

        Each text once, as it was marked last.
        """
        criteria = {c.id: c for c in basis.rubric.criteria}
        newest: dict[Digest, Reviewed] = {}
        for review in sorted(self.reviews.values(), key=lambda r: r.at):
            fits = review.levels.keys() == criteria.keys() and all(
                level in criteria[c].levels for c, level in review.levels.items()
            )
            if review.prompt == basis.prompt and fits:
                newest[review.text_digest] = review
        found = []
        for digest, review in newest.items():
            text = find_text(digest)
            if text is not None:
                found.append(Marked(digest, text, dict(review.levels), review.adequate))
        return tuple(found)

    def _check(self, entry: Entry) -> None:
        checked = checked_of(entry.body)
        key = (str(entry.body["submission"]), checked.prompt, checked.text_digest)
        before = self.checks.get(key)
        noted = Noted(
            entry.digest,
            before.first if before is not None else entry.digest,
            Digest(str(entry.body["inputs"])),
            checked,
            entry.at,
            int(entry.body["normaliser"]),
            dict(entry.body["tools"]),
            str(entry.body.get("scorer", "")),
        )
        self.checks[key] = self.by_entry[entry.digest] = noted

    def _review(self, entry: Entry) -> None:
        body = entry.body
        if "takes_back" in body:
            self._take_back(body)
            return
        review = Reviewed(
            entry.digest,
            str(body["submission"]),
            PromptId(str(body["prompt"])),
            Digest(str(body["text_digest"])),
            Digest(str(body["check"])),
            {str(c): int(level) for c, level in body["levels"].items()},
            bool(body["adequate"]),
            bool(body["blind"]),
            bool(body["audit"]),
            entry.at,
        )
        key = (review.submission, review.prompt, review.text_digest)
        appeal = self.appeals.pop((review.submission, review.prompt), None)
        self._undo[entry.digest] = (self.reviews.get(key), appeal)
        self.reviews[key] = review

    def _take_back(self, body: Mapping[str, Any]) -> None:
        key = (str(body["submission"]), str(body["prompt"]), str(body["text_digest"]))
        there = self.reviews.get(key)
        if there is None or there.entry != body["takes_back"]:
            return
        before, appeal = self._undo[there.entry]
        if before is not None:
            self.reviews[key] = before
        else:
            del self.reviews[key]
        if appeal is not None:
            self.appeals[key[0], key[1]] = appeal

    def _seen(self, entry: Entry) -> None:
        body = entry.body
        self.seen.add((str(body["submission"]), str(body["prompt"]), str(body["text_digest"])))

    def _appeal(self, entry: Entry) -> None:
        body = entry.body
        self.appeal_ids.add(str(body["appeal"]))
        self.appeals[str(body["submission"]), str(body["prompt"])] = str(body["words"])

    def _switch(self, entry: Entry) -> None:
        prompt = str(entry.body["prompt"])
        if entry.body["on"]:
            # On for a module means on for all of it.
            for name in [prompt] if prompt else list(self.off):
                self.off.pop(name, None)
                self.on_again[name] = entry.at
        else:
            self.off[prompt] = str(entry.body["reason"])

    def _certificate(self, entry: Entry) -> None:
        self.certificates[str(entry.body["prompt"])] = entry.body["certificate"]


_ADD: dict[Kind, Callable[[History, Entry], None]] = {
    Kind.CHECK: History._check,
    Kind.REVIEW: History._review,
    Kind.SEEN: History._seen,
    Kind.APPEAL: History._appeal,
    Kind.SWITCH: History._switch,
    Kind.CERTIFICATE: History._certificate,
}
