"""Give feedback back to its learner; a released mark may open the next module, and never closes one."""

from __future__ import annotations

import math

from coursekit.model.course import Course
from coursekit.model.errors import BadInput, NotFound
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, ModuleId, SubmissionId, UserId, is_submission
from coursekit.model.submission import Feedback
from coursekit.policy.gate import closed_by_change
from coursekit.ports import Deed
from coursekit.services import desk
from coursekit.services.desk import Exchange
from coursekit.wire.api import FeedbackRow, FeedbackShape, FeedbackUpload


def release_feedback(
    exchange: Exchange, actor: UserId, course: CourseId, module: ModuleId, upload: FeedbackUpload
) -> None:
    """Keep one learner's feedback; the newest counts, the earlier stay."""
    learner = UserId(upload.learner)
    # JSON as Python reads it knows NaN, which no mark is below and no ledger gives back.
    if not math.isfinite(upload.score) or not math.isfinite(upload.max_score) or upload.max_score < 0:
        raise BadInput("bad-score", "The score is not a number of points.", "Grade again, then release it.")
    desk.check_files(exchange.limits, upload.files)
    with exchange.ledger.read() as deed:
        _check_subject(deed, course, module, upload)
    files = desk.keep_files(exchange.blobs, upload.files)
    with exchange.ledger.write(course, learner) as deed:
        now = exchange.clock()
        definition = _check_subject(deed, course, module, upload)
        before = deed.record(course, learner)
        deed.put_feedback(
            Feedback(
                course,
                module,
                learner,
                SubmissionId(upload.submission) if upload.submission else None,
                upload.score,
                upload.max_score,
                files,
                now,
                actor,
            )
        )
        after = deed.record(course, learner)
        for closed in closed_by_change((definition, before), (definition, after), now):
            deed.add_opening(course, closed, learner, False, "a mark was lowered", now)
        deed.add_event(Event(course, now, actor, "release feedback", f"{module}/{learner}"))


def _check_subject(deed: Deed, course: CourseId, module: ModuleId, upload: FeedbackUpload) -> Course:
    definition = desk.get_course(deed, course)
    definition.get_module(module)
    desk.check_member(deed, course, UserId(upload.learner))
    if upload.submission is not None:
        named = SubmissionId(upload.submission)
        found = deed.find_submission(named) if is_submission(named) else None
        judged = found and (found[0].course, found[0].module, found[0].learner)
        if judged != (course, module, upload.learner):
            raise NotFound(
                "no-such-submission",
                f"{upload.learner} has no such submission of {module}.",
                "Collect again, grade, and release the feedback of that.",
            )
    return definition


def read_feedback(
    exchange: Exchange, course: CourseId, module: ModuleId, learner: UserId
) -> list[FeedbackShape]:
    """This learner's feedback on a module, newest last."""
    with exchange.ledger.read() as deed:
        desk.get_course(deed, course).get_module(module)
        given = deed.feedback(course, module, learner)
        times = {s.id: s.at for s, _ in deed.submissions(course, module, learner)}
    return [
        FeedbackShape(
            module=f.module,
            submission=f.submission,
            submitted_at=times.get(f.submission) if f.submission else None,
            score=f.score,
            max_score=f.max_score,
            at=f.at,
            files=desk.hand_out(exchange.blobs, f.files),
        )
        for f in given
    ]


def list_feedback(exchange: Exchange, course: CourseId, module: ModuleId) -> list[FeedbackRow]:
    """What each learner was given on a module: the newest, by name."""
    with exchange.ledger.read() as deed:
        desk.get_course(deed, course).get_module(module)
        newest = {f.learner: f for f in deed.feedback(course, module)}
    return [
        FeedbackRow(
            learner=f.learner,
            submission=f.submission,
            score=f.score,
            max_score=f.max_score,
            at=f.at,
            digests={file.path: file.digest for file in f.files},
        )
        for _, f in sorted(newest.items())
    ]
