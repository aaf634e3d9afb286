"""Check the written answers of a module's learners, note down what came of it, and tell the gradebook.

    answers ─▶ checked as they are? ─▶ checks ─▶ record ─▶ gradebook
                    └─▶ left as it is ────────────────────────┘

The record comes before the gradebook: what is cut short between them is put right the next time. Whatever fails
goes to a person, and no failure here stops grading.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from coursekit.model.ids import Digest, PromptId
from coursekit.model.prosereport import ProseReport
from coursekit.model.reflection import Basis, End, Marked, Reason
from coursekit.model.reviewing import Answer, ProseMark, ProseNote
from coursekit.model.rubric import Auto
from coursekit.model.submission import sha256
from coursekit.policy.reflection.check import Standing, check, text_digest
from coursekit.policy.reflection.history import History, Key, Noted
from coursekit.policy.reflection.inputs import Facts, Inputs, check_line, marked_document, peers_document
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.opinions import Opinions
from coursekit.policy.reflection.questions import draft
from coursekit.policy.reflection.record import NORMALISER, Entry, Kind
from coursekit.policy.reflection.shingles import Peers
from coursekit.ports import SecondOpinion
from coursekit.services.opinions import gather

_GROUP = 64
"""Lines that are written down together, at most."""


class Keeps(Protocol):
    """The inputs of a record."""

    def find(self, digest: str) -> bytes | None: ...


class Record(Protocol):
    """What was checked and decided so far."""

    @property
    def inputs(self) -> Keeps: ...
    @property
    def told(self) -> str: ...
    def entries(self) -> Sequence[Entry]: ...
    def append(
        self, lines: Iterable[tuple[Kind, Mapping[str, Any]]], at: datetime, inputs: Iterable[bytes] = ()
    ) -> Sequence[Entry]: ...


class Gradebook(Protocol):
    """Where marks of written answers stand."""

    def read(self) -> Mapping[str, Mapping[str, ProseMark]]: ...
    def write(self, notes: Mapping[str, Mapping[str, ProseNote]]) -> int: ...


@dataclass(frozen=True)
class Author:
    """The author's side."""

    checks: bytes
    """checks.json."""
    bases: Mapping[PromptId, Basis]
    exemplars: Mapping[PromptId, tuple[Marked, ...]]
    tools: Mapping[str, str]
    """Library → version."""
    drafts: bool = True
    """Notes for graders may stand in the gradebook."""


@dataclass(frozen=True)
class Tools:
    """What checks."""

    open_models: Callable[[], Models]
    clock: Callable[[], datetime]
    stopwatch: Callable[[], float] = time.monotonic
    second: SecondOpinion | None = None
    """A language model that the course has consented to."""
    is_current: Callable[[Mapping[str, str]], bool] = lambda models: True
    """Whether models of these names and digests are those that would have a say today."""


def check_prose(
    author: Author,
    answers: Sequence[Answer],
    record: Record,
    gradebook: Gradebook | None,
    tools: Tools,
    force: bool = False,
) -> ProseReport:
    """Check what is new or changed, of all these answers. `gradebook`: none leaves it alone; `force`: all of them.

    Raises CoursekitError when the record or the gradebook cannot be written.
    """
    begun = tools.stopwatch()
    mine = [a for a in answers if a.prompt in author.bases and author.bases[a.prompt].rubric.criteria]
    if not mine:
        return ProseReport()
    batch = _Batch(author, mine, record, tools, force)
    for basis in author.bases.values():
        batch.check(basis)
    waiting = 0
    if gradebook is not None:
        gradebook.write(batch.notes())
        marks = gradebook.read()
        found = (marks.get(a.learner, {}).get(a.prompt) for a in mine)
        waiting = sum(mark is not None and mark.needs_manual_grade for mark in found)
    return batch.report(tools.stopwatch() - begun, waiting)


@dataclass
class _Batch:
    author: Author
    answers: Sequence[Answer]
    record: Record
    tools: Tools
    force: bool = False
    events: list[str] = field(default_factory=list)
    checked: int = 0
    _models: Models | None = None
    _parsed: dict[Digest, Inputs | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        entries = self.record.entries()
        if self.record.told:
            self.events.append(self.record.told)
        self.history = History.of(entries)
        self.digests = {id(a): text_digest(a.text) for a in self.answers}

    def check(self, basis: Basis) -> None:
        """All answers to one prompt."""
        mine = [a for a in self.answers if a.prompt == basis.prompt]
        if not mine:
            return
        marked = self._marked(basis)
        passed = sum(self._is_passed(a) for a in mine)
        facts = self._facts(basis, Facts.share(passed, len(mine)))
        marked_bytes = marked_document(marked, text_digest)
        inputs = Inputs(
            sha256(self.author.checks),
            Digest(""),
            sha256(marked_bytes),
            facts,
        )
        todo = [a for a in mine if self.force or not self._is_current(a, basis, inputs)]
        if not todo:
            return
        peers_bytes = peers_document(self.digests[id(a)] for a in mine)
        facts = replace(facts, scorer=self._scorer(basis))
        inputs = replace(inputs, peers=sha256(peers_bytes), facts=facts)
        texts = {a.text for a in mine} | {m.text for m in marked}
        models, told = self._heard(basis, (*(a.text for a in todo), *(m.text for m in marked)))
        inputs = replace(inputs, opinions=sha256(told) if told else Digest(""))
        shared = [
            self.author.checks,
            marked_bytes,
            peers_bytes,
            *([told] if told else ()),
            *(_bytes(text) for text in sorted(texts, key=_bytes)),
        ]
        everybody = [a.text for a in sorted(mine, key=lambda a: self.digests[id(a)])]
        self._run(basis, todo, marked, inputs, models, everybody, shared, passed, len(mine))

    def _heard(self, basis: Basis, texts: Iterable[str]) -> tuple[Models, bytes]:
        """The models, with what was said of these texts; and that as it is kept."""
        if self.tools.second is None:
            return self._open(), b""
        opinions = gather(self.tools.second, basis, texts)
        return replace(self._open(), opinions=opinions), opinions.document()

    def _marked(self, basis: Basis) -> tuple[Marked, ...]:
        """The author's, and what graders have reviewed; a text that both marked counts as the author did."""
        exemplars = self.author.exemplars.get(basis.prompt, ())
        known = {text_digest(m.text) for m in exemplars}
        reviewed = self.history.marked(basis, self._find_text)
        return (*exemplars, *(m for m in reviewed if text_digest(m.text) not in known))

    def _run(
        self,
        basis: Basis,
        todo: Sequence[Answer],
        marked: Sequence[Marked],
        inputs: Inputs,
        models: Models,
        everybody: Sequence[str],
        shared: Sequence[bytes],
        passed: int,
        of: int,
    ) -> None:
        standings: dict[float, Standing] = {}
        peers = Peers.of(everybody)
        lines: list[tuple[Kind, Mapping[str, Any]]] = []
        documents: list[bytes] = list(shared)
        # In the order of digests: the share that may pass without a person goes by no name.
        for answer in sorted(todo, key=lambda a: (self.digests[id(a)], a.submission)):
            before = self._is_passed(answer)
            share = Facts.share(passed - before, of)
            named = replace(inputs, facts=replace(inputs.facts, auto_share=share))
            if share not in standings:
                standings[share] = self._standing(basis, marked, named.facts, models)
                documents.append(named.document())
            checked = check(basis, answer.text, peers.without(answer.text), models, standings[share])
            passed += (checked.route.end is End.AUTO_PASS) - before
            lines.append(
                (
                    Kind.CHECK,
                    check_line(basis, checked, answer.text, answer.submission, named, self.author.tools),
                )
            )
            self.checked += 1
            if len(lines) >= _GROUP:
                self._write(lines, documents)
                lines, documents = [], []
        self._write(lines, documents)

    def _standing(self, basis: Basis, marked: Sequence[Marked], facts: Facts, models: Models) -> Standing:
        # With it comes what learns; a class in which nothing has changed does without.
        from coursekit.policy.reflection.learning import standing_for

        try:
            return standing_for(basis, marked, facts, models)
        except Exception as error:
            # Then nothing is suggested and nothing passes; pointers still help.
            self.events.append(
                f"The marked answers to {basis.prompt} could not be learnt from ({type(error).__name__})."
            )
            return Standing()

    def _scorer(self, basis: Basis) -> Digest:
        from coursekit.policy.reflection.learning import scorer_digest

        models, second = self._open(), self.tools.second
        if second is not None:
            models = replace(models, opinions=Opinions(second.name, second.digest))
        return Digest(scorer_digest(basis, models))

    def _write(self, lines: Sequence[tuple[Kind, Mapping[str, Any]]], documents: Sequence[bytes]) -> None:
        for entry in self.record.append(lines, self.tools.clock(), documents):
            self.history.add(entry)

    def _facts(self, basis: Basis, share: float) -> Facts:
        """What has been earned by now; a change of it is noted down."""
        prompt = str(basis.prompt)
        if basis.rubric.decision.auto is Auto.NONE:
            certificate, stop = None, ""
        else:
            from coursekit.policy.reflection.audits import earned

            certificate, stop = earned(self.history, basis, self._scorer(basis))
        lines: list[tuple[Kind, Mapping[str, Any]]] = []
        now = asdict(certificate) if certificate is not None else None
        if self.history.certificates.get(prompt) != now:
            lines.append((Kind.CERTIFICATE, {"prompt": prompt, "certificate": now}))
            if certificate is None:
                self.events.append(f"{prompt} is not certified any more: a person reads every answer to it.")
            else:
                self.events.append(
                    f"{prompt} is certified: of {certificate.audited} audited answers, {certificate.errors} "
                    "were judged otherwise by a person. Clear passes will not wait for one."
                )
        if stop and not self.history.is_off(prompt):
            lines.append((Kind.SWITCH, {"prompt": prompt, "on": False, "reason": stop, "by": "audit"}))
            self.events.append(f"Auto-passes of {prompt} are switched off: {stop}")
        self._write(lines, ())
        # The lot is drawn only where something could pass; before that it must not tell two runs apart.
        seed = self.history.genesis if certificate is not None else ""
        return Facts(certificate, not self.history.is_off(prompt), share, seed)

    def _is_current(self, answer: Answer, basis: Basis, inputs: Inputs) -> bool:
        """Whether nothing has changed that decides about it; the others' answers do not count for that."""
        noted = self.history.checks.get(self._key(answer))
        if noted is None or noted.checked.basis != basis.digest:
            return False
        if self._key(answer) in self.history.reviews:
            # A person has decided; and from now on it is among the marked answers itself.
            return True
        if (noted.normaliser, dict(noted.tools)) != (NORMALISER, dict(self.author.tools)):
            return False
        if Reason.FAILED in noted.checked.route.reasons or not self.tools.is_current(noted.checked.models):
            return False
        then = self._inputs_of(noted)
        if then is None or then.marked != inputs.marked:
            return False
        # What the scorer is follows from the rest; finding it out takes longer than all of this.
        return replace(then.facts, auto_share=0.0, scorer="") == replace(inputs.facts, auto_share=0.0)

    def _inputs_of(self, noted: Noted) -> Inputs | None:
        if noted.inputs not in self._parsed:
            content = self.record.inputs.find(noted.inputs)
            try:
                self._parsed[noted.inputs] = Inputs.parse(content) if content is not None else None
            except (ValueError, KeyError, TypeError, RecursionError):
                self._parsed[noted.inputs] = None
        return self._parsed[noted.inputs]

    def _is_passed(self, answer: Answer) -> bool:
        noted = self.history.checks.get(self._key(answer))
        return noted is not None and noted.checked.route.end is End.AUTO_PASS

    def _key(self, answer: Answer) -> Key:
        return (answer.submission, answer.prompt, self.digests[id(answer)])

    def _find_text(self, digest: Digest) -> str | None:
        content = self.record.inputs.find(digest)
        return content.decode("utf-8", "surrogatepass") if content is not None else None

    def _open(self) -> Models:
        if self._models is None:
            second = self.tools.second
            # Also while nothing was said yet: whoever is asked makes another scorer.
            nothing = Opinions(second.name, second.digest) if second is not None else None
            self._models = replace(self.tools.open_models(), opinions=nothing)
        return self._models

    def notes(self) -> Mapping[str, Mapping[str, ProseNote]]:
        """What the gradebook is to say: learner → cell → note."""
        found: dict[str, dict[str, ProseNote]] = {}
        for answer in self.answers:
            noted = self.history.checks.get(self._key(answer))
            if noted is None:
                continue
            basis = self.author.bases[answer.prompt]
            if noted.checked.route.end is End.AUTO_PASS:
                note = ProseNote(float(basis.rubric.decision.points), None)
            else:
                words = draft(basis, noted.checked, answer.text) if self.author.drafts else None
                note = ProseNote(None, words)
            found.setdefault(answer.learner, {})[answer.prompt] = note
        return found

    def report(self, seconds: float, waiting: int) -> ProseReport:
        """What came of it all."""
        newest = [n for a in self.answers if (n := self.history.checks.get(self._key(a))) is not None]
        return ProseReport(
            self.checked,
            len(self.answers) - self.checked,
            sum(n.checked.route.end is End.AUTO_PASS for n in newest),
            waiting,
            sum(bool(n.checked.flags) for n in newest),
            sum(Reason.FAILED in n.checked.route.reasons for n in newest),
            tuple(dict.fromkeys(self.events)),
            seconds,
        )


def _bytes(text: str) -> bytes:
    # Half an emoji has no UTF-8; the digest is over the same bytes.
    return text.encode("utf-8", "surrogatepass")
