"""What is handed over and what proves it: files, releases, commitments, submissions, receipts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from coursekit.model.ids import (
    CourseId,
    Digest,
    ModuleId,
    PromptId,
    ReleaseNumber,
    SubmissionId,
    UserId,
)
from coursekit.model.prompt import Prompt, Response

_NONE = Digest("")


def sha256(content: bytes) -> Digest:
    """The digest of some bytes."""
    return Digest(hashlib.sha256(content).hexdigest())


def canonical(value: Any) -> bytes:
    """JSON in one fixed spelling, so that equal values have equal digests and signatures."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def stamp(moment: datetime) -> str:
    """A moment as text: ISO 8601, UTC, microseconds, always the same length."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True)
class File:
    """A file of a manifest: a relative path with forward slashes, the bytes' digest and size."""

    path: str
    digest: Digest
    size: int


Manifest = tuple[File, ...]


def manifest_digest(files: Manifest) -> Digest:
    """One digest over all paths and contents, whatever the order."""
    return sha256(canonical(sorted([f.path, f.digest] for f in files)))


@dataclass(frozen=True)
class RevealedCell:
    """A cell as it is shown after the commit: text, and outputs as nbformat has them; no code."""

    cell_id: str
    cell_type: str
    source: str
    outputs: tuple[Mapping[str, Any], ...] = ()
    alt: str = ""


@dataclass(frozen=True)
class SealedReveal:
    """Everything that waits for one prompt's commitment."""

    after: PromptId
    cells: Digest
    """The blob with its cells, a JSON list of `RevealedCell`."""
    files: Manifest = ()


@dataclass(frozen=True)
class Release:
    """An immutable, numbered version of a module."""

    course: CourseId
    module: ModuleId
    number: ReleaseNumber
    files: Manifest
    """What a learner gets on fetching."""
    prompts: tuple[Prompt, ...]
    reveals: tuple[SealedReveal, ...]
    released_at: datetime
    released_by: UserId
    checks: Digest = _NONE
    """The blob with its checks.json; empty where none came with it. It never leaves the exchange."""

    def find_prompt(self, prompt: PromptId) -> Prompt | None:
        """The prompt of that id, or none."""
        return next((p for p in self.prompts if p.id == prompt), None)

    def find_reveal(self, prompt: PromptId) -> SealedReveal | None:
        """What waits for that prompt, or none."""
        return next((r for r in self.reveals if r.after == prompt), None)

    def required(self) -> frozenset[PromptId]:
        """The prompts without which the module is not done."""
        return frozenset(p.id for p in self.prompts if p.required)


@dataclass(frozen=True)
class Commitment:
    """A response, sealed. Number 1 is the commitment and never changes; 2, 3 … are revisions beside it."""

    course: CourseId
    module: ModuleId
    learner: UserId
    prompt: PromptId
    number: int
    release: ReleaseNumber
    response: Response
    digest: Digest
    at: datetime


@dataclass(frozen=True)
class Submission:
    """What a learner handed in, whole."""

    id: SubmissionId
    course: CourseId
    module: ModuleId
    learner: UserId
    release: ReleaseNumber
    files: Manifest
    digest: Digest
    at: datetime
    missing: tuple[PromptId, ...]
    """Required prompts not committed at that moment."""
    by: UserId | None = None
    """Staff who handed it in on the learner's behalf; none when the learner did."""

    @property
    def size(self) -> int:
        """Bytes in all of its files."""
        return sum(f.size for f in self.files)


@dataclass(frozen=True)
class Reply:
    """What a request with an idempotency key was answered, so that its repetition is answered alike."""

    course: CourseId
    learner: UserId
    key: str
    fingerprint: Digest
    """Of what was asked: the same key for something else is a mistake."""
    answer: Mapping[str, Any]
    """What it takes to answer again; never an answer of the learner's."""
    at: datetime


class ReceiptKind(StrEnum):
    """What a receipt proves."""

    COMMITMENT = "commitment"
    SUBMISSION = "submission"


@dataclass(frozen=True)
class Receipt:
    """Signed proof that the exchange holds something of yours, and since when.

    `digest` is the content's; `previous` is the digest of the same learner's receipt before this one in the
    same course (empty for the first), so that none can be taken out of the row unnoticed.
    """

    kind: ReceiptKind
    course: CourseId
    module: ModuleId
    learner: UserId
    release: ReleaseNumber
    subject: str
    """The prompt committed, or the submission's id."""
    digest: Digest
    at: str
    previous: str
    key: str
    """The id of the public key that verifies the signature."""
    signature: str = ""
    """Ed25519 over `signed_bytes()`, in base64."""

    def signed_bytes(self) -> bytes:
        """What the signature covers: everything but itself."""
        # Not asdict: it copies, and takes ten times as long.
        return canonical({name: value for name, value in vars(self).items() if name != "signature"})

    def own_digest(self) -> Digest:
        """What the next receipt's `previous` says."""
        return sha256(canonical(vars(self)))


@dataclass(frozen=True)
class Feedback:
    """What a grader gives back: points, and files to read. It says which submission it judged."""

    course: CourseId
    module: ModuleId
    learner: UserId
    submission: SubmissionId | None
    score: float
    max_score: float
    files: Manifest
    at: datetime
    by: UserId

    @property
    def share(self) -> float:
        """The share of the points, 0 to 1; a module without points counts as passed."""
        return self.score / self.max_score if self.max_score else 1.0
