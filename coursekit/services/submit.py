"""Take a module in, whole or not at all, and give a receipt that opens the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from coursekit.model.deadline import HandedIn, Standing, Terms
from coursekit.model.errors import BadInput, TooLarge
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId, SubmissionId, UserId
from coursekit.model.outcome import Refused
from coursekit.model.people import Record
from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.model.submission import (
    Manifest,
    Receipt,
    ReceiptKind,
    Submission,
    canonical,
    manifest_digest,
    sha256,
    stamp,
)
from coursekit.policy.gate import open_modules
from coursekit.policy.standing import counting, lateness, standing_of
from coursekit.policy.uploads import check_quota
from coursekit.ports import Deed
from coursekit.services import desk
from coursekit.services.desk import Desk, Exchange
from coursekit.wire.api import SubmitRequest, Submitted
from coursekit.wire.receipts import receipt_to_shape


@dataclass(frozen=True)
class OnBehalf:
    """Staff who hand something in for a learner, and why."""

    by: UserId
    reason: str


def submit(
    exchange: Exchange,
    course: CourseId,
    module: ModuleId,
    learner: UserId,
    request: SubmitRequest,
    key: str | None = None,
    on_behalf: OnBehalf | None = None,
) -> Submitted:
    """Check it, keep the bytes, record it, open the next door.

    Answers in it that are not committed yet are committed with it. Work is never turned away for being
    incomplete or late: it is kept, and the answer says what is missing and whether it counts. The same files
    again, or the same `key`, get the same receipt. Raises Locked, BadInput, Conflict and TooLarge.
    """
    with exchange.ledger.read() as deed:
        # A look before the bytes are kept, so that a locked module fills no disk; the deed below looks again.
        if on_behalf is not None:
            desk.check_member(deed, course, learner)
        desk.get_open_module(deed, course, module, learner, exchange.clock())
    desk.check_files(exchange.limits, request.files)
    files = desk.keep_files(exchange.blobs, request.files)
    digest = manifest_digest(files)
    fingerprint = sha256(
        canonical(["submit", module, digest, request.use_this, _spelt(request.responses), request.release])
    )
    with exchange.ledger.write(course, learner) as deed:
        # Read under the lock: receipts then carry their times in the order of their chain.
        now = desk.now_for(exchange, deed, course, learner)
        here = desk.get_open_module(deed, course, module, learner, now)
        terms = desk.get_terms(deed, here.course, here.module, learner)
        reply = desk.find_reply(deed, course, learner, key, fingerprint)
        if reply is not None:
            return _answer_again(deed, here, learner, terms, reply)
        counter = _Counter(exchange, deed, here, learner, now, on_behalf)
        sealed, missing = counter.seal(request.responses, request.release)
        earlier = deed.handed_in(course, module, [learner])
        submission, receipt = counter.find_same(earlier, digest) or counter.keep(
            files, digest, missing, frozenset(sealed)
        )
        known = [h.submission for h in earlier]
        handed_in = [*earlier] if submission.id in known else [*earlier, _handed_in(submission)]
        chosen = _chosen(deed, here, learner, earlier)
        is_in_time = standing_of(terms, submission.at) is Standing.IN_TIME
        # Who once chose and hands in anew in time means the new one; a late one needs their word.
        if request.use_this or (chosen is not None and submission.id not in known and is_in_time):
            deed.add_choice(course, module, learner, submission.id, now)
            chosen = submission.id
        opened = _opened(here, submission, not missing, now)
        answer = Submitted(
            submission=submission.id,
            receipt=receipt_to_shape(receipt),
            commitments=[receipt_to_shape(r) for r in sealed.values()],
            missing=list(missing),
            opened=[m.id for m in here.course.modules if m.id in opened],
            late_seconds=lateness(terms, submission.at).total_seconds(),
            standing=standing_of(terms, submission.at).value,
            counts=counting(handed_in, terms, chosen) == submission.id,
            due=terms.due,
            closes=terms.closes,
        )
        again = {"submission": submission.id, "sealed": list(sealed), "opened": answer.opened}
        desk.keep_reply(deed, course, learner, key, fingerprint, again | {"missing": list(missing)}, now)
    return answer


class _Counter:
    """Where one hand-in is taken in, within its deed."""

    def __init__(
        self,
        exchange: Exchange,
        deed: Deed,
        here: Desk,
        learner: UserId,
        now: datetime,
        on_behalf: OnBehalf | None,
    ) -> None:
        self._exchange, self._deed, self._here = exchange, deed, here
        self._learner, self._now, self._on_behalf = learner, now, on_behalf
        self._by = on_behalf.by if on_behalf else None

    def seal(
        self, responses: Mapping[str, Mapping[str, Any]], wanted: int | None
    ) -> tuple[dict[PromptId, Receipt], tuple[PromptId, ...]]:
        """Commit what is answered and not committed; leave out what is no answer. And what is still missing."""
        course, module = self._here.course.id, self._here.module.id
        release = desk.held_release(self._deed, course, module, self._learner, self._here.tally, wanted)
        self._release = release
        sealed: dict[PromptId, Receipt] = {}
        for prompt in release.prompts:
            response = responses.get(prompt.id)
            if (
                response is None
                or prompt.id in self._here.tally.committed
                or not self._is_sealable(prompt, response)
            ):
                continue
            _, sealed[prompt.id] = desk.seal_response(
                self._deed,
                self._exchange.signer,
                release,
                prompt,
                self._learner,
                response,
                self._now,
                by=self._by,
            )
        missing = desk.note_if_complete(
            self._deed, release, self._learner, self._here.tally, sealed, self._now
        )
        return sealed, missing

    def _is_sealable(self, prompt: Prompt, response: Response) -> bool:
        # By the same rule as a commit: whatever that would refuse must not turn the whole hand-in away.
        try:
            desk.text_to_seal(prompt, response)
            desk.check_substance(self._exchange, self._deed, self._release, prompt, self._learner, response)
        except (BadInput, TooLarge):
            return False
        return True

    def find_same(self, earlier: Sequence[HandedIn], digest: Digest) -> tuple[Submission, Receipt] | None:
        """The newest hand-in, if it holds the same and stands."""
        newest = earlier[-1] if earlier else None
        if newest is None or newest.is_withdrawn:
            return None
        found = self._deed.find_submission(newest.submission)
        return found if found is not None and found[0].digest == digest else None

    def keep(
        self, files: Manifest, digest: Digest, missing: tuple[PromptId, ...], sealed: frozenset[PromptId]
    ) -> tuple[Submission, Receipt]:
        """Record a new submission. `sealed`: the prompts that were committed with it.

        Raises TooLarge when the learner's room is used up.
        """
        course, module = self._here.course.id, self._here.module.id
        submission = Submission(
            _submission_id(course, module, self._learner, digest, stamp(self._now)),
            course,
            module,
            self._learner,
            self._release.number,
            files,
            digest,
            self._now,
            missing,
            self._by,
        )
        decision = check_quota(
            self._deed.stored_bytes(course, self._learner), submission.size, self._exchange.limits
        )
        if isinstance(decision, Refused):
            raise TooLarge.of(decision)
        receipt = desk.sign_receipt(
            self._deed,
            self._exchange.signer,
            ReceiptKind.SUBMISSION,
            self._release,
            self._learner,
            submission.id,
            digest,
            self._now,
        )
        self._deed.add_submission(submission, receipt, self._is_to_check(sealed))
        details: dict[str, Any] = {"submission": submission.id}
        if self._on_behalf is not None:
            details |= {"learner": self._learner, "reason": self._on_behalf.reason}
        verb = "submit" if self._on_behalf is None else "submit on behalf"
        self._deed.add_event(Event(course, self._now, self._by or self._learner, verb, module, details))
        return submission, receipt

    def _is_to_check(self, sealed: frozenset[PromptId]) -> bool:
        """Whether there is a written answer in it, and something to check it by."""
        committed = self._here.tally.committed | sealed
        if not any(p.kind is PromptKind.REFLECTION and p.id in committed for p in self._release.prompts):
            return False
        newest = self._deed.find_release(self._here.course.id, self._here.module.id)
        return bool(self._release.checks or (newest is not None and newest.checks))


def _answer_again(
    deed: Deed, here: Desk, learner: UserId, terms: Terms, reply: Mapping[str, Any]
) -> Submitted:
    """What was answered before, told again from what is kept."""
    course, module = here.course.id, here.module.id
    found = deed.find_submission(SubmissionId(reply["submission"]))
    assert found is not None, "a reply is kept in the deed that keeps its submission"
    submission, receipt = found
    wanted = set(reply["sealed"])
    sealed = [r for c, r in deed.commitments(course, module, learner) if c.number == 1 and c.prompt in wanted]
    handed_in = deed.handed_in(course, module, [learner])
    chosen = _chosen(deed, here, learner, handed_in)
    return Submitted(
        submission=submission.id,
        receipt=receipt_to_shape(receipt),
        commitments=[receipt_to_shape(r) for r in sealed],
        missing=list(reply["missing"]),
        opened=list(reply["opened"]),
        late_seconds=lateness(terms, submission.at).total_seconds(),
        standing=standing_of(terms, submission.at).value,
        counts=counting(handed_in, terms, chosen) == submission.id,
        due=terms.due,
        closes=terms.closes,
    )


def _opened(here: Desk, submission: Submission, is_complete: bool, now: datetime) -> frozenset[ModuleId]:
    """What this hand-in opened."""
    module = {here.module.id}
    before = here.record
    after: Record = replace(
        before,
        submitted=before.submitted | module,
        committed=before.committed | module if is_complete else before.committed,
    )
    return open_modules(here.course, after, now) - open_modules(here.course, before, now)


def _chosen(deed: Deed, here: Desk, learner: UserId, earlier: Sequence[HandedIn]) -> SubmissionId | None:
    # Who has handed in nothing yet has chosen nothing.
    if not earlier:
        return None
    return deed.choices(here.course.id, here.module.id, learner).get((learner, here.module.id))


def _handed_in(submission: Submission) -> HandedIn:
    return HandedIn(submission.id, submission.module, submission.learner, submission.at)


def _spelt(responses: Mapping[str, Mapping[str, Any]]) -> Digest:
    # Half an emoji cannot be spelt as bytes, nor what is nested without end; such an answer is left unsealed, so
    # it may stand for any other.
    try:
        return sha256(canonical({name: dict(response) for name, response in responses.items()}))
    except (ValueError, RecursionError):
        return sha256(b"")


def _submission_id(course: str, module: str, learner: str, digest: str, at: str) -> SubmissionId:
    # From what it holds and when it came: unique without chance, and it tells a stranger nothing.
    return SubmissionId(sha256("\n".join([course, module, learner, digest, at]).encode())[:32])
