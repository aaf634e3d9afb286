"""HTTP to the exchange. Foreign errors become ours here, in one table.

no answer, timeout, broken answer   → Unreachable
problem+json                        → the error of its status, with its code, detail and next step
anything else                       → ServiceFault
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from coursekit.model import errors
from coursekit.wire.api import (
    API,
    CommitRequest,
    Committed,
    CourseRow,
    EventShape,
    FeedbackShape,
    FeedbackUpload,
    Fetched,
    Health,
    KeyShape,
    MemberShape,
    Path,
    Problem,
    Released,
    ReleaseUpload,
    RevealShape,
    SubmissionContent,
    SubmissionRow,
    SubmitRequest,
    Submitted,
    WaiverRequest,
)
from coursekit.wire.course import CourseShape

T = TypeVar("T")

_BY_STATUS: dict[int, type[errors.CoursekitError]] = {
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    422: errors.BadInput,
    423: errors.Locked,
}


class ExchangeClient:
    """One caller's connection to the exchange. Every method may raise any `CoursekitError`."""

    def __init__(
        self, url: str, token: str, timeout: float = 60.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
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
        return self._call(Path, "GET", f"/courses/{_part(course)}/path")

    def fetch(self, course: str, module: str) -> Fetched:
        """An open module's files. Raises Locked with the reason."""
        return self._call(Fetched, "GET", f"{_module(course, module)}/files")

    def commit(
        self, course: str, module: str, prompt: str, response: dict[str, Any], release: int | None = None
    ) -> Committed:
        """Seal a response."""
        body = CommitRequest(response=response, release=release)
        return self._call(Committed, "POST", f"{_module(course, module)}/commitments/{_part(prompt)}", body)

    def reveal(self, course: str, module: str, prompt: str) -> RevealShape:
        """What my commitment opened."""
        return self._call(RevealShape, "GET", f"{_module(course, module)}/reveals/{_part(prompt)}")

    def submit(self, course: str, module: str, request: SubmitRequest) -> Submitted:
        """Hand a module in."""
        return self._call(Submitted, "POST", f"{_module(course, module)}/submissions", request)

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

    # staff

    def put_course(self, shape: CourseShape) -> None:
        """Make this the course's definition."""
        self._tell("PUT", f"/courses/{shape.id}", shape)

    def release(self, course: str, module: str, upload: ReleaseUpload) -> Released:
        """A new release of a module."""
        return self._call(Released, "POST", f"{_module(course, module)}/releases", upload)

    def submissions(self, course: str, module: str) -> list[SubmissionRow]:
        """Everybody's submissions, oldest first."""
        return self._call(list[SubmissionRow], "GET", f"{_module(course, module)}/submissions")

    def give_feedback(self, course: str, module: str, upload: FeedbackUpload) -> None:
        """Release one learner's feedback."""
        self._tell("POST", f"{_module(course, module)}/feedback", upload)

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

    def log(self, course: str) -> list[EventShape]:
        """The audit log."""
        return self._call(list[EventShape], "GET", f"/courses/{_part(course)}/log")

    # everybody

    def health(self) -> Health:
        """Whether the exchange is there."""
        return self._call(Health, "GET", "/health")

    def keys(self) -> dict[str, str]:
        """The public keys that verify receipts: id → base64."""
        return {k.key: k.public_key for k in self._call(list[KeyShape], "GET", "/keys")}

    def _call(self, kind: type[T], method: str, path: str, body: object = None) -> T:
        answer = self._send(method, path, body)
        try:
            value: T = TypeAdapter(kind).validate_json(answer.content)
        except ValidationError as error:
            raise self._strange() from error
        return value

    def _tell(self, method: str, path: str, body: object) -> None:
        # Somebody else's page answers 200 to anything; ours has nothing to say, and says so.
        if self._send(method, path, body).status_code != httpx.codes.NO_CONTENT:
            raise self._strange()

    def _send(self, method: str, path: str, body: object = None) -> httpx.Response:
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
        try:
            answer = self._http.request(method, path, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise errors.Unreachable(
                "exchange-unreachable",
                f"The exchange at {self.url} does not answer.",
                "Your work is safe where it is. Try again in a minute; if it stays so, tell the course's staff.",
            ) from error
        if not answer.is_success:
            raise self._error(answer)
        return answer

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


def _module(course: str, module: str) -> str:
    return f"/courses/{_part(course)}/modules/{_part(module)}"


def _part(name: str) -> str:
    # A name that somebody typed must stay one part of the address, whatever is in it. Dots alone would climb.
    part = quote(name, safe="", errors="replace") or "%20"
    return part.replace(".", "%2E") if not part.strip(".") else part
