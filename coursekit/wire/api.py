"""What travels between the exchange service and its clients, version 1."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from coursekit.model.ids import SLUG_RULE, USER_RULE, is_slug, is_user
from coursekit.model.submission import sha256

API = "/api/v1"


def _bytes(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError("not base64") from error
    return value


Content = Annotated[
    bytes,
    BeforeValidator(_bytes),
    PlainSerializer(lambda b: base64.b64encode(b).decode(), return_type=str, when_used="json"),
]
"""Bytes; base64 in JSON."""


def _slug(value: str) -> str:
    if not is_slug(value):
        raise ValueError(f"use {SLUG_RULE}")
    return value


def _user(value: str) -> str:
    if not is_user(value):
        raise ValueError(f"use {USER_RULE}")
    return value


Slug = Annotated[str, AfterValidator(_slug)]
User = Annotated[str, AfterValidator(_user)]


class Shape(BaseModel):
    """Unknown fields are refused: a misspelt one must not be dropped in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(BaseModel):
    """RFC 9457 problem details, with a stable `code` and a `next_step`."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    next_step: str


class FileShape(Shape):
    """A file of an upload or a download."""

    path: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    content: Content

    @classmethod
    def of(cls, path: str, content: bytes) -> FileShape:
        """A file with its digest."""
        return cls(path=path, sha256=sha256(content), content=content)


class CellShape(Shape):
    """A revealed cell: text and outputs, never code."""

    cell_id: str
    cell_type: Literal["markdown", "code", "raw"]
    source: str
    outputs: list[dict[str, Any]] = []
    alt: str = ""


class RevealShape(Shape):
    """What a commitment opens."""

    cells: list[CellShape] = []
    files: list[FileShape] = []


class SealedShape(Shape):
    """A reveal on its way to the exchange."""

    after: Slug
    cells: list[CellShape] = []
    files: list[FileShape] = []


class ReceiptShape(Shape):
    """A signed receipt; `coursekit.model.submission.Receipt` says what each field is."""

    kind: Literal["commitment", "submission"]
    course: str
    module: str
    learner: str
    release: int
    subject: str
    digest: str
    at: str
    previous: str
    key: str
    signature: str


class ReleaseUpload(Shape):
    """A new release of a module."""

    files: list[FileShape]
    prompts: list[dict[str, Any]]
    """As in prompts.json."""
    reveals: list[SealedShape] = []


class Released(Shape):
    """The number that the release got."""

    course: str
    module: str
    release: int
    released_at: datetime
    unchanged: bool = False
    """It was the same as the newest release, which stands."""


class Fetched(Shape):
    """A module's files for a learner."""

    course: str
    module: str
    release: int
    files: list[FileShape]


class CommitRequest(Shape):
    """A response to be sealed."""

    response: dict[str, Any]
    release: int | None = None


class Committed(Shape):
    """The proof, and what it opens."""

    receipt: ReceiptShape
    reveal: RevealShape
    response: dict[str, Any]
    """What is sealed: on a second commit, the first response."""
    revision: int = 1
    """1 for the commitment itself; 2, 3 … when this call was kept as a revision beside it."""
    revision_receipt: ReceiptShape | None = None
    """The revision's own receipt; the next one in the chain."""
    missing: list[str]
    """Required prompts still to be committed."""


class SubmitRequest(Shape):
    """A module handed in: its files, and the answers in it that are not committed yet."""

    files: list[FileShape]
    responses: dict[str, dict[str, Any]] = {}
    release: int | None = None


class Submitted(Shape):
    """The proof; what is still missing; which modules it opened."""

    submission: str
    receipt: ReceiptShape
    commitments: list[ReceiptShape] = []
    """Receipts of answers that were sealed together with this submission."""
    missing: list[str]
    opened: list[str]
    late_seconds: float = 0


class RefusalShape(Shape):
    """Why not, and what to do."""

    code: str
    reason: str
    next_step: str


class Step(Shape):
    """One module on a learner's path."""

    module: str
    title: str
    summary: str
    minutes: int
    state: Literal["unreleased", "locked", "open", "in progress", "submitted", "feedback ready"]
    refusal: RefusalShape | None = None
    opens: datetime | None = None
    due: datetime | None = None
    release: int | None = None
    fetched_release: int | None = None
    committed: int = 0
    required: int = 0
    submissions: int = 0
    submitted_at: datetime | None = None


class Path(Shape):
    """A learner's way through a course."""

    course: str
    title: str
    time_zone: str
    steps: list[Step]


class SubmissionRow(Shape):
    """A submission as lists show it."""

    submission: str
    course: str
    module: str
    learner: str
    release: int
    digest: str
    at: datetime
    missing: list[str]
    feedback: bool = False


class SubmissionContent(Shape):
    """A submission, whole."""

    row: SubmissionRow
    receipt: ReceiptShape
    files: list[FileShape]
    responses: dict[str, dict[str, Any]]
    """What was committed, by prompt: the sealed answers, not the file's."""


class FeedbackUpload(Shape):
    """Feedback for one learner on one module."""

    learner: User
    submission: str | None = None
    score: float
    max_score: float
    files: list[FileShape]


class FeedbackShape(Shape):
    """Feedback, as its learner gets it."""

    module: str
    submission: str | None
    submitted_at: datetime | None
    score: float
    max_score: float
    at: datetime
    files: list[FileShape]


class MemberShape(Shape):
    """Somebody in a course."""

    user: User
    role: Literal["learner", "grader", "instructor"] = "learner"
    name: str = ""


class WaiverRequest(Shape):
    """Open a module for a learner, whatever the gate says."""

    learner: User
    reason: str = Field(min_length=3, max_length=500)


class CourseRow(Shape):
    """A course of mine."""

    course: str
    title: str
    role: Literal["learner", "grader", "instructor"]


class EventShape(Shape):
    """An entry of the audit log."""

    at: datetime
    actor: str
    verb: str
    subject: str
    details: Mapping[str, Any] = {}


class KeyShape(Shape):
    """A public key that verifies receipts: Ed25519, raw, base64."""

    key: str
    public_key: str


class Health(Shape):
    """Alive."""

    service: Literal["coursekit-exchange"] = "coursekit-exchange"
    version: str
