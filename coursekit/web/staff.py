"""What staff ask for: the course, releases, submissions, feedback, the roster, waivers, the log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from coursekit.model.errors import BadInput
from coursekit.model.ids import ModuleId, PromptId, SubmissionId, UserId
from coursekit.services import appeal, commit, deadlines, deliver, enrol, feedback, handed_in, submit
from coursekit.web.auth import (
    Auditor,
    Author,
    Doorkeeper,
    Grader,
    Key,
    Parts,
    Proxy,
    Reader,
    RosterReader,
    Timekeeper,
)
from coursekit.web.bodies import answer
from coursekit.wire.api import (
    AppealRow,
    CommitmentRow,
    ContentsRequest,
    EventShape,
    ExtensionRequest,
    FeedbackRow,
    FeedbackUpload,
    MemberShape,
    Moment,
    OnBehalfRequest,
    Released,
    ReleaseUpload,
    RemovalRequest,
    ReopenRequest,
    SubmissionContent,
    SubmissionPage,
    SubmitRequest,
    Submitted,
    WaiverRequest,
    WithdrawRequest,
)
from coursekit.wire.course import CourseShape, course_from_shape

router = APIRouter()
MODULE = "/courses/{course}/modules/{module}"
After = Annotated[int, Query(ge=0, le=2**53)]
Most = Annotated[int, Query(ge=1, le=1000)]
Few = Annotated[int, Query(ge=2, le=200)]
Since = Annotated[Moment | None, Query()]
Roster = Annotated[list[MemberShape], Body(max_length=50_000)]


@router.put("/courses/{course}", status_code=204)
def put_course(course: str, shape: CourseShape, me: Author, exchange: Parts) -> Response:
    """Make this the course's definition."""
    if shape.id != me.course:
        raise BadInput(
            "wrong-course", f"This describes {shape.id}, not {course}.", "Put it at its own address."
        )
    deliver.put_course(exchange, me.user, course_from_shape(shape))
    return Response(status_code=204)


@router.post(MODULE + "/releases")
def release(module: str, upload: ReleaseUpload, me: Author, exchange: Parts) -> Released:
    """A new release of the module."""
    return deliver.release_module(exchange, me.user, me.course, ModuleId(module), upload)


@router.get(MODULE + "/submissions", response_model=SubmissionPage)
def submissions(module: str, me: Reader, exchange: Parts, after: After = 0, limit: Most = 500) -> Response:
    """Everybody's submissions, oldest first, in pages."""
    return answer(handed_in.list_page(exchange, me.course, ModuleId(module), after, limit))


@router.post(MODULE + "/contents", response_model=list[SubmissionContent])
def contents(module: str, request: ContentsRequest, me: Reader, exchange: Parts) -> Response:
    """Several submissions, whole."""
    found = handed_in.read_many(exchange, me.course, ModuleId(module), request.submissions)
    return Response(
        b"[" + b",".join(each.model_dump_json().encode() for each in found) + b"]",
        media_type="application/json",
    )


@router.get(MODULE + "/commitments/{prompt}", response_model=list[CommitmentRow])
def commitments(
    module: str, prompt: str, me: Reader, exchange: Parts, since: Since = None, limit: Few = 100
) -> Response:
    """Everybody's first commitment of a prompt, oldest first, from the moment `since` on, itself included."""
    found = commit.list_first(exchange, me.course, ModuleId(module), PromptId(prompt), since, limit)
    return Response(
        b"[" + b",".join(each.model_dump_json().encode() for each in found) + b"]",
        media_type="application/json",
    )


@router.get(MODULE + "/appeals")
def appeals(module: str, me: Reader, exchange: Parts) -> list[AppealRow]:
    """Every answer on this module that a learner wants a person to read, oldest first."""
    return appeal.list_appeals(exchange, me.course, ModuleId(module))


@router.post(MODULE + "/learners/{learner}/submissions")
def submit_for(
    module: str, learner: str, request: OnBehalfRequest, me: Proxy, exchange: Parts, key: Key = None
) -> Submitted:
    """Hand the module in for a learner."""
    work = SubmitRequest.model_validate(request.model_dump(exclude={"reason"}))
    behalf = submit.OnBehalf(me.user, request.reason)
    return submit.submit(exchange, me.course, ModuleId(module), UserId(learner), work, key, behalf)


@router.post("/courses/{course}/submissions/{submission}/withdrawal", status_code=204)
def withdraw(submission: str, request: WithdrawRequest, me: Proxy, exchange: Parts) -> Response:
    """Take a submission out of the count; it is kept."""
    deadlines.withdraw(exchange, me.user, me.course, SubmissionId(submission), request.reason)
    return Response(status_code=204)


@router.post(MODULE + "/extensions", status_code=204)
def extend(module: str, request: ExtensionRequest, me: Timekeeper, exchange: Parts) -> Response:
    """A due date of the learner's own."""
    learner, reason = UserId(request.learner), request.reason
    deadlines.extend(exchange, me.user, me.course, ModuleId(module), learner, request.due, reason)
    return Response(status_code=204)


@router.post(MODULE + "/reopenings", status_code=204)
def reopen(module: str, request: ReopenRequest, me: Timekeeper, exchange: Parts) -> Response:
    """Let late work of one learner count again."""
    learner, reason = UserId(request.learner), request.reason
    deadlines.reopen(exchange, me.user, me.course, ModuleId(module), learner, request.until, reason)
    return Response(status_code=204)


@router.post(MODULE + "/feedback", status_code=204)
def give_feedback(module: str, upload: FeedbackUpload, me: Grader, exchange: Parts) -> Response:
    """Release one learner's feedback."""
    feedback.release_feedback(exchange, me.user, me.course, ModuleId(module), upload)
    return Response(status_code=204)


@router.get(MODULE + "/feedback")
def given_feedback(module: str, me: Grader, exchange: Parts) -> list[FeedbackRow]:
    """What each learner was given on this module: the newest, without its files."""
    return feedback.list_feedback(exchange, me.course, ModuleId(module))


@router.get("/courses/{course}/members")
def members(me: RosterReader, exchange: Parts) -> list[MemberShape]:
    """Everybody in the course."""
    return enrol.list_members(exchange, me.course)


@router.put("/courses/{course}/members", status_code=204)
def put_members(people: Roster, me: Author, exchange: Parts) -> Response:
    """Add people to the course, or change their roles."""
    enrol.put_members(exchange, me.user, me.course, people)
    return Response(status_code=204)


@router.post("/courses/{course}/members/removal", status_code=204)
def remove_members(request: RemovalRequest, me: Author, exchange: Parts) -> Response:
    """Take people out of the course; all that they did stays."""
    enrol.remove_members(exchange, me.user, me.course, request.users, request.reason)
    return Response(status_code=204)


@router.post(MODULE + "/waivers", status_code=204)
def waive(module: str, request: WaiverRequest, me: Doorkeeper, exchange: Parts) -> Response:
    """Open the module for one learner, with a reason."""
    enrol.waive(exchange, me.user, me.course, ModuleId(module), UserId(request.learner), request.reason)
    return Response(status_code=204)


@router.get("/courses/{course}/log")
def log(me: Auditor, exchange: Parts, after: After = 0, limit: Most = 1000) -> list[EventShape]:
    """The audit log, oldest first, from beyond entry number `after` on."""
    return enrol.read_log(exchange, me.course, after, limit)
