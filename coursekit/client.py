"""HTTP to the exchange. Foreign errors become ours here, in one table.

no answer, timeout, broken answer   → Unreachable
problem+json                        → the error of its status, with its code, detail and next step
anything else                       → ServiceFault

What cannot do harm twice is tried again, as patiently as the caller wants: reads; writes that carry an
Idempotency-Key; and whatever never reached the exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from coursekit.model import errors
from coursekit.policy.retries import PASSING, delay
from coursekit.wire.api import (
    API,
    AppealRequest,
    AppealRow,
    CommitmentRow,
    CommitRequest,
    Committed,
    ContentsRequest,
    CourseRow,
    EventShape,
    ExtensionRequest,
    FeedbackRow,
    FeedbackShape,
    FeedbackUpload,
    Fetched,
    Health,
    KeyShape,
    MemberShape,
    OnBehalfRequest,
    Path,
    PointersShape,
    Problem,
    ProfileRequest,
    Released,
    ReleaseUpload,
    RemovalRequest,
    ReopenRequest,
    RevealShape,
    SubmissionContent,
    SubmissionPage,
    SubmissionRow,
    SubmitRequest,
    Submitted,
    WaiverRequest,
    WithdrawRequest,
)
from coursekit.wire.course import CourseShape

T = TypeVar("T")

_BY_STATUS: dict[int, type[errors.CoursekitError]] = {
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    429: errors.TooMany,
    422: errors.BadInput,
    423: errors.Locked,
    503: errors.NotNow,
}


@dataclass(frozen=True)
class Patience:
    """How often to try, and what it takes to: chance and waiting come from whoever makes the client."""

    attempts: int
    wait: Callable[[float], None]
    """Waits so many seconds."""
    chance: Callable[[], float]
    """A number from 0 to 1."""
    new_key: Callable[[], str]
    """A key that no other request has."""
    tell: Callable[[int], None] = lambda attempt: None
    """Called when attempt number so-and-so went wrong and another one follows: somebody sits there and waits."""


class ExchangeClient:
    """One caller's connection to the exchange. Every method may raise any `CoursekitError`."""

    def __init__(
        self,
        url: str,
        token: str,
        timeout: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._patience = patience
        try:
            self._http = httpx.Client(
                base_url=self.url + API,
                headers={"Authorization": f"Bearer {token}"},
                timeout=timeout,
                transport=transport,
                # The exchange is inside the house; a proxy meant for the world must not read answers.
                trust_env=False,
            )
        except (httpx.InvalidURL, ValueError, UnicodeEncodeError) as error:
            raise errors.BadInput(
                "bad-settings",
                "The exchange's address or your token has characters that cannot be sent.",
                "Check COURSEKIT_URL and COURSEKIT_TOKEN.",
            ) from error

    def __enter__(self) -> ExchangeClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    # learner

    def courses(self) -> list[CourseRow]:
        """The courses I am in."""
        return self._call(list[CourseRow], "GET", "/courses")

    def path(self, course: str) -> Path:
        """My way through a course."""
        return self._call(Path, "GET", f"/courses/{_part(course)}/path?parts=true")

    def me(self, course: str) -> MemberShape:
        """What the course knows about me."""
        return self._call(MemberShape, "GET", f"/courses/{_part(course)}/me")

    def put_me(self, course: str, time_zone: str) -> None:
        """The time zone in which I want to see dates."""
        self._tell("PUT", f"/courses/{_part(course)}/me", ProfileRequest(time_zone=time_zone))

    def fetch(self, course: str, module: str, release: int | None = None) -> Fetched:
        """An open module's files; of the newest release, or of one that I have. Raises Locked with the reason."""
        which = "" if release is None else f"?release={int(release)}"
        return self._call(Fetched, "GET", f"{_module(course, module)}/files{which}")

    def commit(
        self, course: str, module: str, prompt: str, response: dict[str, Any], release: int | None = None
    ) -> Committed:
        """Seal a response."""
        body = CommitRequest(response=response, release=release)
        path = f"{_module(course, module)}/commitments/{_part(prompt)}"
        return self._call(Committed, "POST", path, body, self.new_key())

    def reveal(self, course: str, module: str, prompt: str) -> RevealShape:
        """What my commitment opened."""
        return self._call(RevealShape, "GET", f"{_module(course, module)}/reveals/{_part(prompt)}")

    def submit(self, course: str, module: str, request: SubmitRequest, key: str | None = None) -> Submitted:
        """Hand a module in; under a `key` of the caller's own, it is one hand-in however often it is sent."""
        path = f"{_module(course, module)}/submissions"
        return self._call(Submitted, "POST", path, request, key or self.new_key())

    def choose(self, course: str, submission: str) -> None:
        """Let this hand-in of mine count, even if it is late."""
        self._tell("PUT", f"/courses/{_part(course)}/submissions/{_part(submission)}/choice", None)

    def my_submissions(self, course: str, module: str) -> list[SubmissionRow]:
        """All that I handed in for a module."""
        return self._call(list[SubmissionRow], "GET", f"{_module(course, module)}/submissions/mine")

    def read_submission(self, course: str, submission: str) -> SubmissionContent:
        """A submission byte for byte."""
        return self._call(
            SubmissionContent, "GET", f"/courses/{_part(course)}/submissions/{_part(submission)}"
        )

    def my_feedback(self, course: str, module: str) -> list[FeedbackShape]:
        """My feedback on a module, newest last."""
        return self._call(list[FeedbackShape], "GET", f"{_module(course, module)}/feedback/mine")

    def pointers(self, course: str, module: str) -> PointersShape:
        """What the checks saw in my newest submission."""
        return self._call(PointersShape, "GET", f"{_module(course, module)}/pointers/mine")

    def appeal(self, course: str, module: str, prompt: str, reason: str = "") -> AppealRow:
        """Ask that a person reads an answer of mine."""
        path = f"{_module(course, module)}/appeals/{_part(prompt)}"
        # The same again is answered alike, so it may be asked again without a key.
        return self._call(AppealRow, "POST", path, _appeal(reason), reads=True)

    # staff

    def put_course(self, shape: CourseShape) -> None:
        """Make this the course's definition."""
        self._tell("PUT", f"/courses/{shape.id}", shape)

    def release(self, course: str, module: str, upload: ReleaseUpload) -> Released:
        """A new release of a module."""
        return self._call(Released, "POST", f"{_module(course, module)}/releases", upload)

    def submission_page(self, course: str, module: str, after: int = 0, limit: int = 500) -> SubmissionPage:
        """Some of everybody's submissions, oldest first."""
        path = f"{_module(course, module)}/submissions?after={int(after)}&limit={int(limit)}"
        return self._call(SubmissionPage, "GET", path)

    def submission_rows(self, course: str, module: str) -> Iterator[SubmissionRow]:
        """Everybody's submissions, oldest first; asked for page by page."""
        after: int | None = 0
        while after is not None:
            page = self.submission_page(course, module, after)
            yield from page.rows
            after = page.next

    def submissions(self, course: str, module: str) -> list[SubmissionRow]:
        """Everybody's submissions, oldest first."""
        return list(self.submission_rows(course, module))

    def contents(self, course: str, module: str, submissions: Sequence[str]) -> list[SubmissionContent]:
        """Up to a hundred submissions, whole, in this order."""
        body = ContentsRequest(submissions=list(submissions))
        # It only reads, so it may be asked again without a key.
        path = f"{_module(course, module)}/contents"
        try:
            return self._call(list[SubmissionContent], "POST", path, body, reads=True)
        except errors.TooLarge as error:
            if error.code != "too-much-at-once" or len(submissions) < 2:
                raise
        half = len(submissions) // 2
        return [
            *self.contents(course, module, submissions[:half]),
            *self.contents(course, module, submissions[half:]),
        ]

    def commitments(self, course: str, module: str, prompt: str, at_once: int = 100) -> list[CommitmentRow]:
        """Everybody's first commitment of a prompt, oldest first; asked for page by page."""
        path = f"{_module(course, module)}/commitments/{_part(prompt)}?limit={int(at_once)}"
        found: dict[str, CommitmentRow] = {}
        since = ""
        while True:
            page = self._call(list[CommitmentRow], "GET", path + since)
            before = len(found)
            # Whoever committed at the last page's last moment comes again: a learner has one first commitment.
            found |= {row.learner: row for row in page}
            if len(page) < at_once or len(found) == before:
                return list(found.values())
            since = f"&since={quote(page[-1].at.isoformat())}"

    def appeals(self, course: str, module: str) -> list[AppealRow]:
        """Every answer that a learner wants a person to read, oldest first."""
        return self._call(list[AppealRow], "GET", f"{_module(course, module)}/appeals")

    def submit_for(self, course: str, module: str, learner: str, request: OnBehalfRequest) -> Submitted:
        """Hand a module in for a learner."""
        path = f"{_module(course, module)}/learners/{_part(learner)}/submissions"
        return self._call(Submitted, "POST", path, request, self.new_key())

    def withdraw(self, course: str, submission: str, reason: str) -> None:
        """Take a submission out of the count; it is kept."""
        path = f"/courses/{_part(course)}/submissions/{_part(submission)}/withdrawal"
        self._tell("POST", path, WithdrawRequest(reason=reason))

    def extend(self, course: str, module: str, learner: str, due: datetime, reason: str) -> None:
        """A due date of the learner's own."""
        body = ExtensionRequest(learner=learner, due=due, reason=reason)
        self._tell("POST", f"{_module(course, module)}/extensions", body)

    def reopen(self, course: str, module: str, learner: str, until: datetime | None, reason: str) -> None:
        """Let late work of one learner count again."""
        body = ReopenRequest(learner=learner, until=until, reason=reason)
        self._tell("POST", f"{_module(course, module)}/reopenings", body)

    def give_feedback(self, course: str, module: str, upload: FeedbackUpload) -> None:
        """Release one learner's feedback."""
        self._tell("POST", f"{_module(course, module)}/feedback", upload)

    def feedback_rows(self, course: str, module: str) -> list[FeedbackRow]:
        """What each learner was given on a module: the newest, without its files."""
        return self._call(list[FeedbackRow], "GET", f"{_module(course, module)}/feedback")

    def members(self, course: str) -> list[MemberShape]:
        """Everybody in a course."""
        return self._call(list[MemberShape], "GET", f"/courses/{_part(course)}/members")

    def put_members(self, course: str, people: Sequence[MemberShape]) -> None:
        """Add people, or change their roles."""
        self._tell("PUT", f"/courses/{_part(course)}/members", list(people))

    def waive(self, course: str, module: str, learner: str, reason: str) -> None:
        """Open a module for one learner."""
        body = WaiverRequest(learner=learner, reason=reason)
        self._tell("POST", f"{_module(course, module)}/waivers", body)

    def remove_members(self, course: str, users: Sequence[str], reason: str) -> None:
        """Take people out of the course; all that they did stays."""
        body = RemovalRequest(users=list(users), reason=reason)
        self._tell("POST", f"/courses/{_part(course)}/members/removal", body)

    def log(self, course: str, after: int = 0) -> list[EventShape]:
        """The audit log, oldest first, from beyond entry number `after` on; asked for page by page."""
        found: list[EventShape] = []
        while True:
            path = f"/courses/{_part(course)}/log?after={int(after)}"
            page = self._call(list[EventShape], "GET", path)
            if not page:
                return found
            found += page
            after = page[-1].number

    # everybody

    def health(self) -> Health:
        """Whether the exchange is there."""
        return self._call(Health, "GET", "/health")

    def keys(self) -> dict[str, str]:
        """The public keys that verify receipts: id → base64."""
        return {k.key: k.public_key for k in self.published_keys()}

    def published_keys(self) -> list[KeyShape]:
        """The same, oldest first, with who vouches for each. No token is needed."""
        return self._call(list[KeyShape], "GET", "/keys")

    def new_key(self) -> str | None:
        """A key that no other request has; none for a client without patience, which repeats nothing."""
        return self._patience.new_key() if self._patience is not None else None

    def _call(
        self,
        kind: type[T],
        method: str,
        path: str,
        body: object = None,
        key: str | None = None,
        reads: bool = False,
    ) -> T:
        answer = self._send(method, path, body, key, reads)
        try:
            value: T = _adapter(cast("Hashable", kind)).validate_json(answer.content)
        except ValidationError as error:
            raise self._strange() from error
        return value

    def _tell(self, method: str, path: str, body: object) -> None:
        # Somebody else's page answers 200 to anything; ours has nothing to say, and says so.
        if self._send(method, path, body).status_code != httpx.codes.NO_CONTENT:
            raise self._strange()

    def _send(
        self, method: str, path: str, body: object = None, key: str | None = None, reads: bool = False
    ) -> httpx.Response:
        content = None
        try:
            if isinstance(body, BaseModel):
                content = body.model_dump_json().encode()
            elif body is not None:
                content = TypeAdapter(list[Any]).dump_json(list(cast("Sequence[Any]", body)))
        # Half an emoji, as a browser leaves when it cuts a text, has no bytes.
        except ValueError as error:
            raise errors.BadInput(
                "unreadable-answer",
                "Something in it has a character that cannot be sent.",
                "Look for a broken emoji or symbol, take it out, and try again.",
            ) from error
        headers = {"Content-Type": "application/json"} if content is not None else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        harmless = reads or key is not None or method in ("GET", "PUT")
        answer = self._patiently(method, path, content, headers, harmless)
        if not answer.is_success:
            raise self._error(answer)
        return answer

    def _patiently(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str], harmless: bool
    ) -> httpx.Response:
        patience = self._patience
        attempt = 0
        while True:
            attempt += 1
            last = patience is None or attempt >= patience.attempts
            retry_after = None
            try:
                answer = self._http.request(method, path, content=content, headers=headers)
                # Who was sent away for coming too often did nothing either.
                may_repeat = harmless or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
                if answer.status_code not in PASSING or last or not may_repeat:
                    return answer
                retry_after = _seconds(answer.headers.get("Retry-After"))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                # What was never sent did nothing.
                unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
                if last or not (harmless or unsent) or isinstance(error, httpx.InvalidURL):
                    raise errors.Unreachable(
                        "exchange-unreachable",
                        f"The exchange at {self.url} does not answer.",
                        "Your work is safe where it is. Try again in a minute; if it stays so, tell the "
                        "course's staff.",
                    ) from error
            assert patience is not None
            patience.tell(attempt)
            patience.wait(delay(attempt, patience.chance(), retry_after))

    def _error(self, answer: httpx.Response) -> errors.CoursekitError:
        try:
            problem = Problem.model_validate_json(answer.content)
        except ValidationError:
            return self._strange()
        kind = _BY_STATUS.get(problem.status, errors.ServiceFault)
        return kind(problem.code, problem.detail, problem.next_step)

    def _strange(self) -> errors.ServiceFault:
        return errors.ServiceFault(
            "not-an-exchange",
            f"{self.url} answers, but not like a coursekit exchange of this version.",
            "Check COURSEKIT_URL, and that the service and this computer run the same version.",
        )


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    # Making one takes longer than using it a hundred times.
    return TypeAdapter(cast("Any", kind))


def _appeal(reason: str) -> AppealRequest:
    try:
        return AppealRequest(reason=reason)
    except ValidationError as error:
        raise errors.BadInput(
            "bad-reason",
            "Your reason is too long, or has a character that cannot be kept.",
            "Say it in at most 2,000 characters.",
        ) from error


def _module(course: str, module: str) -> str:
    return f"/courses/{_part(course)}/modules/{_part(module)}"


def _seconds(header: str | None) -> float | None:
    # It may also be a date (RFC 9110, 10.2.3); ours never is.
    return float(header) if header is not None and header.isdigit() else None


def _part(name: str) -> str:
    # A name that somebody typed must stay one part of the address, whatever is in it. Dots alone would climb.
    part = quote(name, safe="", errors="replace") or "%20"
    return part.replace(".", "%2E") if not part.strip(".") else part
