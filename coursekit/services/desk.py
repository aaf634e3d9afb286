"""What the exchange's verbs share: find the course, ask the gate, seal a response, sign a receipt."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from coursekit.model.course import Course, Module
from coursekit.model.deadline import Terms
from coursekit.model.errors import BadInput, Conflict, Locked, NotFound, TooLarge
from coursekit.model.event import Event
from coursekit.model.ids import (
    CourseId,
    Digest,
    ModuleId,
    PromptId,
    ReleaseNumber,
    SubmissionId,
    UserId,
    is_submission,
    is_user,
)
from coursekit.model.outcome import Refused
from coursekit.model.people import Record, Tally
from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.model.submission import (
    Commitment,
    File,
    Manifest,
    Receipt,
    ReceiptKind,
    Release,
    Reply,
    SealedReveal,
    Submission,
    canonical,
    sha256,
    stamp,
)
from coursekit.policy.completeness import check_response, is_answered, missing_prompts
from coursekit.policy.gate import may_open
from coursekit.policy.peers import others_in_words, shows_others
from coursekit.policy.reflection.floor import check_floor
from coursekit.policy.standing import terms_for
from coursekit.policy.uploads import Limits, check_upload, is_shallow
from coursekit.ports import Blobs, Clock, Deed, Ledger, Signer
from coursekit.services.bases import Bases
from coursekit.services.others import Others
from coursekit.wire.api import CellShape, FileShape, RevealShape

_MOST_PEERS = 500
"""Others beyond these change a picture of the class no more, and would be read at every commit."""
RESPONSE_LIMIT = 200_000
"""Bytes of one response as JSON: about thirty thousand words."""


@dataclass(frozen=True)
class Exchange:
    """The parts that the exchange's verbs work with."""

    ledger: Ledger
    blobs: Blobs
    signer: Signer
    clock: Clock
    limits: Limits = field(default_factory=Limits)
    bases: Bases = field(default_factory=Bases)
    others: Others = field(default_factory=Others)


def get_course(deed: Deed, course: CourseId) -> Course:
    """The course. Raises NotFound while no definition has been put."""
    found = deed.find_course(course)
    if found is None:
        raise NotFound(
            "course-not-ready",
            f"The course {course} has nothing in it yet.",
            "Come back when its first module is released.",
        )
    return found


def check_member(deed: Deed, course: CourseId, learner: UserId) -> None:
    """Raises NotFound when somebody is not in the course."""
    # A name that nobody can have is looked up nowhere: not every database takes every character.
    if not is_user(learner) or deed.find_member(course, learner) is None:
        raise NotFound(
            "no-such-member",
            f"{learner} is not in this course.",
            f"Add them first: coursekit roster add {course} {learner}.",
        )


def now_for(exchange: Exchange, deed: Deed, course: CourseId, learner: UserId) -> datetime:
    """This moment; never before the learner's last receipt, whatever the clocks of two services say."""
    last = deed.last_receipt(course, learner)
    now = exchange.clock()
    return max(now, datetime.fromisoformat(last.at)) if last is not None else now


@dataclass(frozen=True)
class Desk:
    """One learner before one module that is open to them, and all that there is to know about it."""

    course: Course
    module: Module
    record: Record
    tally: Tally


def get_open_module(deed: Deed, course: CourseId, module: ModuleId, learner: UserId, now: datetime) -> Desk:
    """The module, if it is open to this learner. Raises NotFound or Locked."""
    definition = get_course(deed, course)
    found = definition.get_module(module)
    record, tallies = deed.standing(course, learner)
    decision = may_open(definition, found, record, now)
    if isinstance(decision, Refused):
        raise Locked.of(decision)
    return Desk(definition, found, record, tallies.get(module, Tally()))


def get_terms(deed: Deed, course: Course, module: Module, learner: UserId) -> Terms:
    """When the module is due for this learner."""
    return terms_for(course, module, deed.extensions(course.id, module.id, learner))


def get_submission(
    deed: Deed, course: CourseId, submission: SubmissionId, learner: UserId | None = None
) -> tuple[Submission, Receipt]:
    """That submission; with `learner` only if it is theirs. Raises NotFound."""
    found = deed.find_submission(submission) if is_submission(submission) else None
    if found is None or found[0].course != course or learner not in (None, found[0].learner):
        raise NotFound(
            "no-such-submission", "There is no such submission, or it is not yours.", "Check its id."
        )
    return found


def get_release(
    deed: Deed, course: CourseId, module: ModuleId, number: ReleaseNumber | None = None
) -> Release:
    """That release, or the newest. Raises NotFound."""
    found = deed.find_release(course, module, number)
    if found is None:
        raise NotFound(
            "not-released",
            f"{module} is not released yet." if number is None else f"{module} has no release {number}.",
            "Wait until its instructor releases it.",
        )
    return found


def held_release(
    deed: Deed, course: CourseId, module: ModuleId, learner: UserId, tally: Tally, wanted: int | None
) -> Release:
    """The release that this learner works on: the one named if they hold it, else their newest, else the newest."""
    number = tally.fetched
    if number is not None and wanted not in (None, number):
        number = next((n for n in deed.fetched(course, module, learner) if n == wanted), number)
    return get_release(deed, course, module, number)


def find_reply(
    deed: Deed, course: CourseId, learner: UserId, key: str | None, fingerprint: Digest
) -> Mapping[str, Any] | None:
    """What this very request was answered before. Raises Conflict when its key was used for another."""
    found = deed.find_reply(course, learner, key) if key else None
    if found is not None and found.fingerprint != fingerprint:
        raise Conflict(
            "idempotency-key-used",
            "This request's Idempotency-Key was used for another request.",
            "Send each new request with a key of its own.",
        )
    return found.answer if found is not None else None


def keep_reply(
    deed: Deed,
    course: CourseId,
    learner: UserId,
    key: str | None,
    fingerprint: Digest,
    answer: Mapping[str, Any],
    now: datetime,
) -> None:
    """Remember the answer, if the request had a key."""
    if key:
        deed.add_reply(Reply(course, learner, key, fingerprint, answer, now))


def get_prompt(release: Release, prompt: PromptId) -> Prompt:
    """The prompt. Raises NotFound, naming those there are."""
    found = release.find_prompt(prompt)
    if found is None:
        known = ", ".join(p.id for p in release.prompts) or "none"
        raise NotFound(
            "no-such-prompt", f"{release.module} has no prompt {prompt}.", f"Its prompts are: {known}."
        )
    return found


def check_files(limits: Limits, files: Sequence[FileShape]) -> None:
    """Look at an upload whole. Raises BadInput or TooLarge."""
    decision = check_upload([(f.path, len(f.content)) for f in files], limits)
    if isinstance(decision, Refused):
        kind = TooLarge if decision.code.endswith("too-large") else BadInput
        raise kind.of(decision)
    for file in files:
        if sha256(file.content) != file.sha256:
            raise BadInput(
                "digest-mismatch",
                f"{file.path} did not arrive as it was sent.",
                "Send it again; if it happens twice, look for a proxy that changes uploads.",
            )


def keep_files(blobs: Blobs, files: Sequence[FileShape]) -> Manifest:
    """Keep the bytes of an upload that was looked at."""
    return tuple(File(f.path, blobs.put(f.content), len(f.content)) for f in files)


def hand_out(blobs: Blobs, files: Manifest) -> list[FileShape]:
    """The bytes of a manifest."""
    return [FileShape(path=f.path, sha256=f.digest, content=blobs.get(f.digest)) for f in files]


def reveal_shape(blobs: Blobs, reveal: SealedReveal | None, peers: CellShape | None) -> RevealShape:
    """A reveal with its contents, and after it how others answered; empty where there is neither."""
    cells = [CellShape.model_validate(c) for c in json.loads(blobs.get(reveal.cells))] if reveal else []
    files = hand_out(blobs, reveal.files) if reveal else []
    return RevealShape(cells=[*cells, peers] if peers else cells, files=files)


def find_peers(deed: Deed, release: Release, prompt: Prompt, learner: UserId) -> CellShape | None:
    """How others answered a prompt, as one more cell of its reveal; none while there is nothing to show."""
    if not shows_others(prompt):
        return None
    given = deed.first_responses(release.course, release.module, prompt.id, limit=_MOST_PEERS)
    # A prompt may have been of another kind in an earlier release.
    others = [r for who, r in given if who != learner and is_answered(prompt, r)]
    text = others_in_words(prompt, others)
    return CellShape(cell_id=f"{prompt.id}-others", cell_type="markdown", source=text) if text else None


def text_to_seal(prompt: Prompt, response: Response) -> bytes:
    """The bytes that are sealed. Raises BadInput when it is no answer to the prompt, and TooLarge."""
    decision = check_response(prompt, response)
    if isinstance(decision, Refused):
        raise BadInput.of(decision)
    try:
        if not is_shallow(response):
            raise ValueError("too deep")
        json.dumps(dict(response), allow_nan=False)
        text = canonical(dict(response))
    # Half an emoji, as a browser leaves when it cuts a text; or NaN, which is no JSON. Neither can be signed. Lists
    # within lists without end could be, and nobody could read them back.
    except ValueError as error:
        raise BadInput(
            "unreadable-answer",
            f"Your answer to “{prompt.title}” has a character or a number that cannot be kept.",
            "Look for a broken emoji or symbol, take it out, and commit again.",
        ) from error
    if len(text) > RESPONSE_LIMIT:
        raise TooLarge(
            "answer-too-large",
            f"Your answer to “{prompt.title}” is longer than we can take.",
            "Shorten it; a few hundred words are plenty.",
        )
    return text


def check_substance(
    exchange: Exchange, deed: Deed, release: Release, prompt: Prompt, learner: UserId, response: Response
) -> None:
    """Raises BadInput when a written answer is none at all: no words, the question itself, another's words."""
    if prompt.kind is not PromptKind.REFLECTION:
        return
    others = exchange.others.of(deed, release.course, release.module, prompt.id, learner)
    decision = check_floor(prompt, str(response["text"]), others)
    if isinstance(decision, Refused):
        raise BadInput.of(decision)


def seal_response(
    deed: Deed,
    signer: Signer,
    release: Release,
    prompt: Prompt,
    learner: UserId,
    response: Response,
    now: datetime,
    number: int = 1,
    by: UserId | None = None,
) -> tuple[Commitment, Receipt]:
    """Keep a response for ever. Raises BadInput when it is no answer to the prompt, and TooLarge."""
    text = text_to_seal(prompt, response)
    commitment = Commitment(
        release.course,
        release.module,
        learner,
        prompt.id,
        number,
        release.number,
        dict(response),
        sha256(text),
        now,
    )
    receipt = sign_receipt(
        deed, signer, ReceiptKind.COMMITMENT, release, learner, prompt.id, commitment.digest, now
    )
    deed.add_commitment(commitment, receipt)
    deed.add_event(
        Event(
            release.course,
            now,
            by or learner,
            "commit" if number == 1 else "revise",
            f"{release.module}/{prompt.id}",
            {"release": release.number, "number": number} | ({"learner": learner} if by else {}),
        )
    )
    return commitment, receipt


def sign_receipt(
    deed: Deed,
    signer: Signer,
    kind: ReceiptKind,
    release: Release,
    learner: UserId,
    subject: str,
    digest: Digest,
    now: datetime,
) -> Receipt:
    """The next receipt in this learner's chain."""
    last = deed.last_receipt(release.course, learner)
    key = signer.pick()
    unsigned = Receipt(
        kind,
        release.course,
        release.module,
        learner,
        release.number,
        subject,
        digest,
        stamp(now),
        last.own_digest() if last else "",
        key.key_id,
    )
    return replace(unsigned, signature=key.sign(unsigned.signed_bytes()))


def note_if_complete(
    deed: Deed, release: Release, learner: UserId, tally: Tally, sealed: Collection[PromptId], now: datetime
) -> tuple[PromptId, ...]:
    """Record it for ever when all required prompts of a release are committed; else say which are missing.

    `tally` is as it stood before this deed, `sealed` what the deed added to it.
    """
    missing = missing_prompts(release, {*tally.committed, *sealed})
    if not missing and tally.completed is None:
        deed.note_complete(release.course, release.module, learner, release.number, now)
    return missing
