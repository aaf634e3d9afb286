"""What a learner asks for: the path, a module, a commit, a submission, feedback."""

from __future__ import annotations

from fastapi import APIRouter

from coursekit.model.ids import ModuleId, PromptId, SubmissionId
from coursekit.model.outcome import Allowed
from coursekit.policy.access import Verb, may
from coursekit.services import commit, deliver, enrol, feedback, submit
from coursekit.web.auth import Learner, Parts, User
from coursekit.wire.api import (
    CommitRequest,
    Committed,
    CourseRow,
    FeedbackShape,
    Fetched,
    Path,
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


@router.get("/courses/{course}/path")
def path(me: Learner, exchange: Parts) -> Path:
    """My way through the course, with the reason wherever a module is locked."""
    return deliver.show_path(exchange, me.course, me.user)


@router.get(MODULE + "/files")
def fetch(module: str, me: Learner, exchange: Parts) -> Fetched:
    """An open module's files; 423 with a reason for a locked one."""
    return deliver.fetch_module(exchange, me.course, ModuleId(module), me.user)


@router.post(MODULE + "/commitments/{prompt}")
def commit_response(
    module: str, prompt: str, request: CommitRequest, me: Learner, exchange: Parts
) -> Committed:
    """Seal my response; the answer is the receipt and the reveal."""
    return commit.commit(exchange, me.course, ModuleId(module), me.user, PromptId(prompt), request)


@router.get(MODULE + "/reveals/{prompt}")
def reveal(module: str, prompt: str, me: Learner, exchange: Parts) -> RevealShape:
    """What my commitment opened."""
    return deliver.open_reveal(exchange, me.course, ModuleId(module), me.user, PromptId(prompt))


@router.post(MODULE + "/submissions")
def submit_module(module: str, request: SubmitRequest, me: Learner, exchange: Parts) -> Submitted:
    """Hand the module in; the receipt opens the next."""
    return submit.submit(exchange, me.course, ModuleId(module), me.user, request)


@router.get(MODULE + "/submissions/mine")
def my_submissions(module: str, me: Learner, exchange: Parts) -> list[SubmissionRow]:
    """Everything that I handed in for this module."""
    return submit.list_submissions(exchange, me.course, ModuleId(module), me.user)


@router.get("/courses/{course}/submissions/{submission}")
def read_submission(submission: str, me: Learner, exchange: Parts) -> SubmissionContent:
    """A submission byte for byte: my own, or for staff anyone's."""
    anyone = isinstance(may(me.role, Verb.READ_WORK), Allowed)
    return submit.read_submission(exchange, me.course, SubmissionId(submission), None if anyone else me.user)


@router.get(MODULE + "/feedback/mine")
def my_feedback(module: str, me: Learner, exchange: Parts) -> list[FeedbackShape]:
    """My feedback on this module, newest last."""
    return feedback.read_feedback(exchange, me.course, ModuleId(module), me.user)
