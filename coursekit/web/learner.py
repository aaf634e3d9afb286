"""What a learner asks for: the path, a module, a commit, a submission, feedback."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from coursekit.model.ids import ModuleId, PromptId, ReleaseNumber, SubmissionId
from coursekit.model.outcome import Allowed
from coursekit.policy.access import Verb, may
from coursekit.services import (
    appeal,
    commit,
    deadlines,
    deliver,
    enrol,
    feedback,
    handed_in,
    read_pointers,
    submit,
)
from coursekit.web.auth import Key, Learner, LearnerInTime, Parts, User
from coursekit.web.bodies import Body, answer, described, read
from coursekit.wire.api import (
    AppealRequest,
    AppealRow,
    CommitRequest,
    Committed,
    CourseRow,
    FeedbackShape,
    Fetched,
    MemberShape,
    Path,
    PointersShape,
    ProfileRequest,
    RevealShape,
    SubmissionContent,
    SubmissionRow,
    SubmitRequest,
    Submitted,
)

router = APIRouter()
MODULE = "/courses/{course}/modules/{module}"


@router.get("/courses")
def courses(user: User, exchange: Parts) -> list[CourseRow]:
    """The courses that I am in."""
    return enrol.list_courses(exchange, user)


@router.get("/courses/{course}/path", response_model=Path)
def path(me: LearnerInTime, exchange: Parts, parts: bool = False) -> Response:
    """My way through the course, and why a module is locked; with the course's parts when asked for."""
    way = deliver.show_path(exchange, me.course, me.user)
    # A client of before there were parts refuses an answer with a field that it does not know.
    return answer(way) if parts and way.parts else answer(way, {"parts"})


@router.get("/courses/{course}/me")
def show_me(me: Learner, exchange: Parts) -> MemberShape:
    """What the course knows about me."""
    return enrol.show_me(exchange, me.course, me.user)


@router.put("/courses/{course}/me", status_code=204)
def put_me(profile: ProfileRequest, me: Learner, exchange: Parts) -> Response:
    """The time zone in which I want to see dates."""
    enrol.put_time_zone(exchange, me.course, me.user, profile.time_zone)
    return Response(status_code=204)


@router.get(MODULE + "/files")
def fetch(
    module: str,
    me: Learner,
    exchange: Parts,
    release: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Fetched:
    """An open module's files, or those of an earlier release that I have; 423 with a reason for a locked one."""
    number = ReleaseNumber(release) if release is not None else None
    return deliver.fetch_module(exchange, me.course, ModuleId(module), me.user, number)


@router.post(
    MODULE + "/commitments/{prompt}", response_model=Committed, openapi_extra=described(CommitRequest)
)
def commit_response(
    module: str, prompt: str, body: Body, me: LearnerInTime, exchange: Parts, key: Key = None
) -> Response:
    """Seal my response; the answer is the receipt and the reveal."""
    course, user = me.course, me.user
    request = read(CommitRequest, body)
    return answer(commit.commit(exchange, course, ModuleId(module), user, PromptId(prompt), request, key))


@router.get(MODULE + "/reveals/{prompt}")
def reveal(module: str, prompt: str, me: Learner, exchange: Parts) -> RevealShape:
    """What my commitment opened."""
    return deliver.open_reveal(exchange, me.course, ModuleId(module), me.user, PromptId(prompt))


@router.post(MODULE + "/submissions", response_model=Submitted, openapi_extra=described(SubmitRequest))
def submit_module(module: str, body: Body, me: LearnerInTime, exchange: Parts, key: Key = None) -> Response:
    """Hand the module in; the receipt opens the next."""
    course, user = me.course, me.user
    return answer(submit.submit(exchange, course, ModuleId(module), user, read(SubmitRequest, body), key))


@router.get(MODULE + "/submissions/mine")
def my_submissions(module: str, me: Learner, exchange: Parts) -> list[SubmissionRow]:
    """Everything that I handed in for this module."""
    return handed_in.list_mine(exchange, me.course, ModuleId(module), me.user)


@router.get("/courses/{course}/submissions/{submission}")
def read_submission(submission: str, me: Learner, exchange: Parts) -> SubmissionContent:
    """A submission byte for byte: my own, or for staff anyone's."""
    anyone = isinstance(may(me.role, Verb.READ_WORK), Allowed)
    return handed_in.read_one(exchange, me.course, SubmissionId(submission), None if anyone else me.user)


@router.put("/courses/{course}/submissions/{submission}/choice", status_code=204)
def choose(submission: str, me: Learner, exchange: Parts) -> Response:
    """Let this hand-in of mine count, even if it is late."""
    deadlines.choose(exchange, me.course, me.user, SubmissionId(submission))
    return Response(status_code=204)


@router.get(MODULE + "/feedback/mine")
def my_feedback(module: str, me: Learner, exchange: Parts) -> list[FeedbackShape]:
    """My feedback on this module, newest last."""
    return feedback.read_feedback(exchange, me.course, ModuleId(module), me.user)


@router.get(MODULE + "/pointers/mine")
def my_pointers(module: str, me: Learner, exchange: Parts) -> PointersShape:
    """What the checks saw in each written answer of my newest submission; a person reads them in any case."""
    return read_pointers.read_pointers(exchange, me.course, ModuleId(module), me.user)


@router.post(MODULE + "/appeals/{prompt}")
def make_appeal(module: str, prompt: str, request: AppealRequest, me: Learner, exchange: Parts) -> AppealRow:
    """Ask that a person reads this answer of mine; the same again is answered alike."""
    return appeal.appeal(exchange, me.course, ModuleId(module), me.user, PromptId(prompt), request.reason)
