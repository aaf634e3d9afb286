"""What travels between the exchange service and its clients, version 1."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from coursekit.model.ids import SLUG_RULE, USER_RULE, is_slug, is_user
from coursekit.model.submission import sha256

API = "/api/v1"


def _bytes(value: Any) -> Any:
    if isinstance(value, str):
        try:
            # Ten times as fast as base64.b64decode(validate=True), and as strict.
            return binascii.a2b_base64(value, strict_mode=True)
        # ValueError: letters that are no ASCII.
        except ValueError as error:
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


def _text(value: str) -> str:
    # NUL, which PostgreSQL takes in no text; and half an emoji, which has no bytes at all.
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("it has a character that cannot be kept")
    return value


def _moment(value: datetime) -> datetime:
    # Beyond these, adding a few days or changing the zone leaves the calendar.
    if not 1970 < value.year < 9000:
        raise ValueError("use a year between 1970 and 9000")
    return value


Slug = Annotated[str, AfterValidator(_slug)]
User = Annotated[str, AfterValidator(_user)]
Text = Annotated[str, AfterValidator(_text)]
"""What every database can keep, and every answer can say."""
Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
MANY = 2000
"""Entries of a list, beyond which it is not even looked at: a list of wrong ones has an error for each."""


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
    request_id: str = ""
    """Leads whoever runs the exchange to the line in its log."""


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

    cell_id: Text
    cell_type: Literal["markdown", "code", "raw"]
    source: Text
    outputs: list[dict[str, Any]] = Field([], max_length=MANY)
    alt: Text = ""


class RevealShape(Shape):
    """What a commitment opens."""

    cells: list[CellShape] = []
    files: list[FileShape] = []


class SealedShape(Shape):
    """A reveal on its way to the exchange."""

    after: Slug
    cells: list[CellShape] = Field([], max_length=MANY)
    files: list[FileShape] = Field([], max_length=MANY)


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

    files: list[FileShape] = Field(max_length=MANY)
    prompts: list[dict[str, Any]] = Field(max_length=MANY)
    """As in prompts.json."""
    reveals: list[SealedShape] = Field([], max_length=MANY)
    checks: Content | None = None
    """checks.json, for the checks of written answers; it never leaves the exchange."""


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


class CommitmentRow(Shape):
    """Somebody's first commitment of a prompt, as staff read it."""

    learner: str
    response: dict[str, Any]
    at: datetime


class SubmitRequest(Shape):
    """A module handed in: its files, and the answers in it that are not committed yet."""

    files: list[FileShape] = Field(max_length=MANY)
    responses: dict[str, dict[str, Any]] = Field({}, max_length=MANY)
    release: int | None = None
    use_this: bool = False
    """Let this one count even if it is late and an earlier one was in time."""


Standing = Literal["in time", "late", "after closing"]


class Submitted(Shape):
    """The proof; what is still missing; which modules it opened."""

    submission: str
    receipt: ReceiptShape
    commitments: list[ReceiptShape] = []
    """Receipts of answers that were sealed together with this submission."""
    missing: list[str]
    opened: list[str]
    late_seconds: float = 0
    standing: Standing = "in time"
    counts: bool = True
    """Whether this is the hand-in that will be graded, as things stand."""
    due: datetime | None = None
    """This learner's own due date, extensions counted in."""
    closes: datetime | None = None


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
    """For this learner, extensions counted in."""
    closes: datetime | None = None
    """For this learner; what comes later is kept and does not count."""
    extended: bool = False
    release: int | None = None
    fetched_release: int | None = None
    update_available: bool = False
    """There is a newer release than the one this learner has."""
    committed: int = 0
    required: int = 0
    submissions: int = 0
    submitted_at: datetime | None = None
    counting: str | None = None
    """The submission that counts, as things stand."""
    standing: Standing | None = None
    """How that submission stands to the due date; of the newest where none counts."""


class PathPart(Shape):
    """A title over some steps of a path."""

    id: str
    title: str
    summary: str = ""
    modules: list[str]
    """In the order of the steps."""


class Path(Shape):
    """A learner's way through a course."""

    course: str
    title: str
    time_zone: str
    """The learner's own if they said so, else the course's."""
    course_time_zone: str = "UTC"
    """The course's, in which its author writes dates."""
    language: str = ""
    """In which the course is written, as BCP 47 has it."""
    steps: list[Step]
    parts: list[PathPart] = []
    """Left out where the course has none, and where nobody asked for them: older clients do not know them."""


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
    standing: Standing = "in time"
    late_seconds: float = 0
    penalty: float = 0
    """The share of the points that lateness costs by the course's rule."""
    counts: bool = True
    withdrawn: bool = False
    by: str | None = None
    """Staff who handed it in on the learner's behalf."""
    due: datetime | None = None
    """The learner's own due date."""
    extended: bool = False


class SubmissionPage(Shape):
    """Some submissions, oldest first, and where to go on."""

    rows: list[SubmissionRow]
    next: int | None = None
    """Ask again with `after` set to this; none at the end."""


class ContentsRequest(Shape):
    """Submissions to be had whole, in one answer."""

    submissions: list[Text] = Field(min_length=1, max_length=100)


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
    submission: Text | None = None
    score: float
    max_score: float
    files: list[FileShape] = Field(max_length=MANY)


class FeedbackShape(Shape):
    """Feedback, as its learner gets it."""

    module: str
    submission: str | None
    submitted_at: datetime | None
    score: float
    max_score: float
    at: datetime
    files: list[FileShape]


class FeedbackRow(Shape):
    """What one learner has been given on a module: the newest, as staff's lists show it."""

    learner: str
    submission: str | None
    score: float
    max_score: float
    at: datetime
    digests: dict[str, str]
    """SHA-256 of each of its files, by path."""


class PointerShape(Shape):
    """What the checks say about one criterion. Never a number of points, never a verdict."""

    ask: str
    state: Literal["found", "maybe", "not-found"]
    text: str
    """A sentence to the learner."""
    quote: str = ""
    """The learner's own words."""
    start: int | None = None
    """Where the quote begins in the answer, in characters from 0."""
    end: int | None = None
    """The first character beyond it."""


class PromptPointers(Shape):
    """What the checks say about one written answer."""

    prompt: str
    title: str
    pointers: list[PointerShape]
    next_step: str
    """One; empty when everything was found."""
    footer: str
    appealed: bool = False
    """The learner has asked that a person reads it."""


class PointersShape(Shape):
    """What the checks say about a learner's newest submission."""

    module: str
    state: Literal["nothing handed in", "being checked", "checked", "not checked"]
    """`not checked`: there is no written answer in it, or nothing to check it by."""
    submission: str | None = None
    submitted_at: datetime | None = None
    prompts: list[PromptPointers] = []


class AppealRequest(Shape):
    """Ask that a person reads an answer."""

    reason: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class AppealRow(Shape):
    """An appeal."""

    learner: str
    prompt: str
    submission: str
    reason: str
    at: datetime


class MemberShape(Shape):
    """Somebody in a course."""

    user: User
    role: Literal["learner", "grader", "instructor"] = "learner"
    name: Text = Field("", max_length=200)
    time_zone: Text = Field("", max_length=64)
    source: Literal["roster", "group"] = "roster"


class ProfileRequest(Shape):
    """What I say about myself."""

    time_zone: Text = Field(max_length=64)
    """An IANA name, such as Africa/Lagos; empty for the course's own."""


Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500), AfterValidator(_text)
]


class RemovalRequest(Shape):
    """People to take out of the course; all that they did stays."""

    users: list[User] = Field(min_length=1, max_length=10_000)
    reason: Reason


class ExtensionRequest(Shape):
    """A later due date for one learner; before, during or after the old one."""

    learner: User
    due: Moment
    reason: Reason


class ReopenRequest(Shape):
    """Let late work of one learner count again, until a moment or for ever."""

    learner: User
    until: Moment | None = None
    reason: Reason


class WithdrawRequest(Shape):
    """Take a submission out of the count; it is kept."""

    reason: Reason


class OnBehalfRequest(SubmitRequest):
    """A module handed in by staff for a learner."""

    reason: Reason


class WaiverRequest(Shape):
    """Open a module for a learner, whatever the gate says."""

    learner: User
    reason: Reason


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
    number: int = 0


class KeyShape(Shape):
    """A public key that verifies receipts: Ed25519, raw, base64."""

    key: str
    public_key: str
    endorsed_by: str = ""
    """The key before it, which vouches for it; empty for the first."""
    endorsement: str = ""
    """That key's signature over this one."""


class Ready(Shape):
    """Able to take work in."""

    ready: Literal[True] = True


class Health(Shape):
    """Alive."""

    service: Literal["coursekit-exchange"] = "coursekit-exchange"
    version: str
