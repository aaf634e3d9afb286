"""What staff ask for: the course, releases, submissions, feedback, the roster, waivers, the log."""

from __future__ import annotations

from fastapi import APIRouter, Response

from coursekit.model.errors import BadInput
from coursekit.model.ids import ModuleId, UserId
from coursekit.services import deliver, enrol, feedback, submit
from coursekit.web.auth import Author, Doorkeeper, Grader, Parts, Reader, RosterReader
from coursekit.wire.api import (
    EventShape,
    FeedbackUpload,
    MemberShape,
    Released,
    ReleaseUpload,
    SubmissionRow,
    WaiverRequest,
)
from coursekit.wire.course import CourseShape, course_from_shape

router = APIRouter()
MODULE = "/courses/{course}/modules/{module}"


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


@router.get(MODULE + "/submissions")
def submissions(module: str, me: Reader, exchange: Parts) -> list[SubmissionRow]:
    """Everybody's submissions, oldest first."""
    return submit.list_submissions(exchange, me.course, ModuleId(module), None)


@router.post(MODULE + "/feedback", status_code=204)
def give_feedback(module: str, upload: FeedbackUpload, me: Grader, exchange: Parts) -> Response:
    """Release one learner's feedback."""
    feedback.release_feedback(exchange, me.user, me.course, ModuleId(module), upload)
    return Response(status_code=204)


@router.get("/courses/{course}/members")
def members(me: RosterReader, exchange: Parts) -> list[MemberShape]:
    """Everybody in the course."""
    return enrol.list_members(exchange, me.course)


@router.put("/courses/{course}/members", status_code=204)
def put_members(people: list[MemberShape], me: Author, exchange: Parts) -> Response:
    """Add people to the course, or change their roles."""
    enrol.put_members(exchange, me.user, me.course, people)
    return Response(status_code=204)


@router.post(MODULE + "/waivers", status_code=204)
def waive(module: str, request: WaiverRequest, me: Doorkeeper, exchange: Parts) -> Response:
    """Open the module for one learner, with a reason."""
    enrol.waive(exchange, me.user, me.course, ModuleId(module), UserId(request.learner), request.reason)
    return Response(status_code=204)


@router.get("/courses/{course}/log")
def log(me: Doorkeeper, exchange: Parts) -> list[EventShape]:
    """The audit log, oldest first."""
    return enrol.read_log(exchange, me.course)
