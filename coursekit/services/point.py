"""Check written answers soon after they are handed in: look at the answer, check it, write it down.

    Submission ─▶ its sealed answers, bundle, others' answers ─▶ check, with nothing locked ─▶ lines, in one deed

It only points: no scorer, no marked answers, so nothing is ever passed here. What goes wrong is written down as a
reason for a person to read the answer, so that no submission is met again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from coursekit.model.errors import ServiceFault
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId, UserId
from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.model.recorded import Recorded
from coursekit.model.reflection import Basis, Checked, End, Reason, Route
from coursekit.model.submission import Commitment, Release, Submission, sha256
from coursekit.policy.reflection.check import check, text_digest
from coursekit.policy.reflection.inputs import Facts, Inputs, check_line, marked_document, peers_document
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.record import Entry, Kind, seal
from coursekit.policy.reflection.shingles import Peers
from coursekit.ports import Deed
from coursekit.services import desk
from coursekit.services.bases import checks_for, without_rubric
from coursekit.services.chain import add_line, writer_of
from coursekit.services.desk import Exchange

MOST_PEERS = 300
"""Others' answers beyond these are not compared: the first of a course are those that go round."""
_NOBODY_MARKED = marked_document((), text_digest)


@dataclass(frozen=True)
class Tools:
    """What the checks are made with."""

    models: Models = field(default_factory=Models)
    versions: Mapping[str, str] = field(default_factory=dict)
    """Library → version, for the record."""
    patience: Callable[[], AbstractContextManager[object]] = nullcontext
    """Bounds the time of one check by an exception in it."""


@dataclass(frozen=True)
class _Answer:
    """One written answer, and all that it is checked by."""

    prompt: Prompt
    text: str
    checks: Digest
    others: tuple[str, ...]

    @property
    def everybody(self) -> list[str]:
        """Its own text among the others', in an order that tells nothing about whose they are."""
        return sorted((self.text, *self.others), key=text_digest)

    @property
    def peers(self) -> bytes:
        """The list of all answers that it was held against, its own among them."""
        return peers_document(text_digest(text) for text in self.everybody)

    @property
    def inputs(self) -> Inputs:
        """What its line names."""
        return Inputs(self.checks, sha256(self.peers), sha256(_NOBODY_MARKED), Facts())

    @property
    def documents(self) -> list[bytes]:
        """All that went into its check, but for checks.json."""
        texts = [text.encode("utf-8", "surrogatepass") for text in self.everybody]
        return [self.inputs.document(), self.peers, _NOBODY_MARKED, *texts]


def waiting(exchange: Exchange, after: int, limit: int) -> Sequence[tuple[int, Submission]]:
    """What was handed in and not checked yet, oldest first, from beyond that number on."""
    with exchange.ledger.read() as deed:
        return deed.unchecked(after, limit)


def check_submission(exchange: Exchange, submission: Submission, tools: Tools) -> bool:
    """Check its written answers, a line each; whether anything was written. Another may have been faster."""
    with exchange.ledger.read() as deed:
        answers = _answers(deed, submission)
    return _write(exchange, submission, [(a, _check(exchange, submission, a, tools)) for a in answers])


def give_up(exchange: Exchange, submission: Submission, cause: str, tools: Tools) -> bool:
    """Write down that its answers could not be checked: for what would end the process that checks it."""
    with exchange.ledger.read() as deed:
        answers = _answers(deed, submission)
    lines: list[tuple[_Answer, dict[str, Any]]] = []
    for answer in answers:
        basis = without_rubric(answer.prompt)
        checked = _failed(basis, answer, cause)
        body = check_line(basis, checked, answer.text, submission.id, answer.inputs, tools.versions)
        lines.append((answer, body))
    return _write(exchange, submission, lines)


def export(
    exchange: Exchange, course: CourseId, module: ModuleId
) -> tuple[list[Entry], Mapping[Digest, bytes]]:
    """A module's record as it stands, and by their digests all that went into its checks, learners' texts among it.

    So a record can be reckoned again elsewhere. What is gone by now is left out. Raises NotFound.
    """
    documents: dict[Digest, bytes] = {}
    with exchange.ledger.read() as deed:
        desk.get_course(deed, course).get_module(module)
        lines = deed.recorded(course, module)
        checks = [(line.submission, line) for line in lines if line.kind == Kind.CHECK and line.submission]
        found = deed.find_submissions({submission for submission, _ in checks})
        for submission, line in checks:
            for content in _then(deed, found[submission][0], line) if submission in found else ():
                documents[sha256(content)] = content
    for digest in {Digest(line.beside["checks"]) for _, line in checks} - {""}:
        with suppress(ServiceFault):
            documents[digest] = exchange.blobs.get(digest)
    return [seal(Kind(line.kind), line.body, line.at, line.previous) for line in lines], documents


def _then(deed: Deed, submission: Submission, line: Recorded) -> list[bytes]:
    """What went into that line: the first answers of others stay the first, so their number is enough."""
    for answer in _answers(deed, submission, line.beside["peers"]):
        if answer.prompt.id == line.prompt:
            return replace(answer, checks=Digest(line.beside["checks"])).documents
    return []


def _answers(deed: Deed, submission: Submission, most: int = MOST_PEERS) -> tuple[_Answer, ...]:
    course, module, learner = submission.course, submission.module, submission.learner
    release = desk.get_release(deed, course, module, submission.release)
    newest = deed.find_release(course, module)
    sealed = {c.prompt: c for c, _ in deed.commitments(course, module, learner) if _counts(c, submission)}
    return tuple(
        _Answer(
            prompt,
            _text(sealed[prompt.id].response),
            checks_for(prompt.id, release, newest),
            _others(deed, release, prompt.id, learner, most),
        )
        for prompt in release.prompts
        if prompt.kind is PromptKind.REFLECTION and prompt.id in sealed
    )


def _counts(commitment: Commitment, submission: Submission) -> bool:
    # What was sealed after the submission is the next one's.
    return commitment.number == 1 and commitment.at <= submission.at


def _others(deed: Deed, release: Release, prompt: PromptId, learner: UserId, most: int) -> tuple[str, ...]:
    given = deed.first_responses(release.course, release.module, prompt, most + 1)
    return tuple(_text(response) for who, response in given if who != learner)[:most]


def _text(response: Response) -> str:
    text = response.get("text")
    return text if isinstance(text, str) else ""


def _check(exchange: Exchange, submission: Submission, answer: _Answer, tools: Tools) -> dict[str, Any]:
    basis = without_rubric(answer.prompt)
    try:
        basis = exchange.bases.of(exchange.blobs, answer.checks).get(answer.prompt.id, basis)
        with tools.patience():
            peers = Peers.of(answer.everybody).without(answer.text)
            checked = check(basis, answer.text, peers, tools.models)
    except Exception as error:
        checked = _failed(basis, answer, type(error).__name__)
    return check_line(basis, checked, answer.text, submission.id, answer.inputs, tools.versions)


def _failed(basis: Basis, answer: _Answer, cause: str) -> Checked:
    route = Route(End.HUMAN_REVIEW, (Reason.FAILED,))
    return Checked(basis.prompt, text_digest(answer.text), basis.digest, (), (), route, failure=cause)


def _write(
    exchange: Exchange, submission: Submission, lines: Sequence[tuple[_Answer, Mapping[str, Any]]]
) -> bool:
    course, module = submission.course, submission.module
    with exchange.ledger.write(course, writer_of(module)) as deed:
        # Another process may have checked it meanwhile.
        if deed.recorded(course, module, Kind.CHECK, submission.id):
            return False
        for answer, body in lines:
            beside = {"checks": answer.checks, "peers": len(answer.others)}
            add_line(deed, Kind.CHECK, submission, answer.prompt.id, body, exchange.clock(), beside)
    return bool(lines)
