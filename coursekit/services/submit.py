"""Take a module in, whole or not at all, and give a receipt that opens the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from coursekit.model.errors import BadInput, NotFound, TooLarge
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, ModuleId, PromptId, SubmissionId, UserId
from coursekit.model.prompt import Prompt, Response
from coursekit.model.submission import (
    Receipt,
    ReceiptKind,
    Release,
    Submission,
    manifest_digest,
    sha256,
    stamp,
)
from coursekit.policy.gate import open_modules
from coursekit.policy.timing import lateness
from coursekit.ports import Deed
from coursekit.services import desk
from coursekit.services.desk import Exchange
from coursekit.wire.api import SubmissionContent, SubmissionRow, SubmitRequest, Submitted
from coursekit.wire.receipts import receipt_to_shape


def submit(
    exchange: Exchange, course: CourseId, module: ModuleId, learner: UserId, request: SubmitRequest
) -> Submitted:
    """Check it, keep the bytes, record it, open the next door.

    Answers in it that are not committed yet are committed with it. Work is never turned away for being
    incomplete: it is kept, and the answer says what is missing. The same files again get the same receipt.
    Raises Locked, BadInput and TooLarge.
    """
    with exchange.ledger.read() as deed:
        # A look before the bytes are kept, so that a locked module fills no disk; the deed below looks again.
        desk.get_open_module(deed, course, module, learner, exchange.clock())
    desk.check_files(exchange.limits, request.files)
    files = desk.keep_files(exchange.blobs, request.files)
    digest = manifest_digest(files)
    with exchange.ledger.write() as deed:
        # Read under the lock: receipts then carry their times in the order of their chain.
        now = exchange.clock()
        definition = desk.get_course(deed, course)
        task = desk.get_open_module(deed, course, module, learner, now)
        open_before = open_modules(definition, deed.record(course, learner), now)
        release = desk.held_release(deed, course, module, learner, request.release)
        sealed = _seal_answers(exchange, deed, release, learner, request.responses, now)
        missing = desk.note_if_complete(deed, release, learner, now)
        earlier = deed.submissions(course, module, learner)
        if earlier and earlier[-1][0].digest == digest:
            submission, receipt = earlier[-1]
        else:
            submission = Submission(
                _submission_id(course, module, learner, digest, stamp(now)),
                course,
                module,
                learner,
                release.number,
                files,
                digest,
                now,
                missing,
            )
            receipt = desk.sign_receipt(
                deed, exchange.signer, ReceiptKind.SUBMISSION, release, learner, submission.id, digest, now
            )
            deed.add_submission(submission, receipt)
            deed.add_event(Event(course, now, learner, "submit", module, {"submission": submission.id}))
        opened = open_modules(definition, deed.record(course, learner), now) - open_before
    return Submitted(
        submission=submission.id,
        receipt=receipt_to_shape(receipt),
        commitments=[receipt_to_shape(r) for r in sealed],
        missing=list(missing),
        opened=[m.id for m in definition.modules if m.id in opened],
        late_seconds=lateness(task.due, submission.at).total_seconds(),
    )


def list_submissions(
    exchange: Exchange, course: CourseId, module: ModuleId, learner: UserId | None
) -> list[SubmissionRow]:
    """One learner's submissions, or everybody's, oldest first."""
    with exchange.ledger.read() as deed:
        desk.get_course(deed, course).get_module(module)
        rows = deed.submissions(course, module, learner)
        judged = {f.submission for f in deed.feedback(course, module, learner)}
    return [_row(s, s.id in judged) for s, _ in rows]


def read_submission(
    exchange: Exchange, course: CourseId, submission: SubmissionId, learner: UserId | None
) -> SubmissionContent:
    """A submission byte for byte, with what was sealed. `learner` limits it to that person's own."""
    with exchange.ledger.read() as deed:
        found = deed.find_submission(submission)
        if found is None or found[0].course != course or (learner and found[0].learner != learner):
            raise NotFound(
                "no-such-submission", "There is no such submission, or it is not yours.", "Check its id."
            )
        kept, receipt = found
        sealed = {
            c.prompt: dict(c.response)
            for c, _ in deed.commitments(course, kept.module, kept.learner)
            if c.number == 1
        }
        judged = any(f.submission == kept.id for f in deed.feedback(course, kept.module, kept.learner))
    return SubmissionContent(
        row=_row(kept, judged),
        receipt=receipt_to_shape(receipt),
        files=desk.hand_out(exchange.blobs, kept.files),
        responses=sealed,
    )


def _seal_answers(
    exchange: Exchange,
    deed: Deed,
    release: Release,
    learner: UserId,
    responses: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> Sequence[Receipt]:
    """Commit what the file answers and the learner has not committed; leave out what is no answer."""
    receipts = []
    for prompt in release.prompts:
        response = responses.get(prompt.id)
        if response is None or not _is_sealable(prompt, response):
            continue
        if deed.find_commitment(release.course, release.module, learner, PromptId(prompt.id)) is None:
            receipts.append(
                desk.seal_response(deed, exchange.signer, release, prompt, learner, response, now)[1]
            )
    return receipts


def _is_sealable(prompt: Prompt, response: Response) -> bool:
    # By the same rule as a commit: whatever that would refuse must not turn the whole hand-in away.
    try:
        desk.text_to_seal(prompt, response)
    except (BadInput, TooLarge):
        return False
    return True


def _submission_id(course: str, module: str, learner: str, digest: str, at: str) -> SubmissionId:
    # From what it holds and when it came: unique without chance, and it tells a stranger nothing.
    return SubmissionId(sha256("\n".join([course, module, learner, digest, at]).encode())[:32])


def _row(submission: Submission, judged: bool) -> SubmissionRow:
    return SubmissionRow(
        submission=submission.id,
        course=submission.course,
        module=submission.module,
        learner=submission.learner,
        release=submission.release,
        digest=submission.digest,
        at=submission.at,
        missing=list(submission.missing),
        feedback=judged,
    )
