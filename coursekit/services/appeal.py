"""Ask that a person reads an answer. It always reaches one."""

from __future__ import annotations

from coursekit.model.errors import Conflict, NotFound
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, ModuleId, PromptId, SubmissionId, UserId
from coursekit.model.prompt import PromptKind
from coursekit.model.recorded import Recorded
from coursekit.model.submission import sha256
from coursekit.policy.reflection.record import SCHEMA, Kind
from coursekit.ports import Deed
from coursekit.services import desk
from coursekit.services.chain import add_line, writer_of
from coursekit.services.desk import Exchange
from coursekit.wire.api import AppealRow


def appeal(
    exchange: Exchange, course: CourseId, module: ModuleId, learner: UserId, prompt: PromptId, reason: str
) -> AppealRow:
    """Let a person read the learner's answer, whatever the checks say; once for each submission.

    A second appeal is answered as the first. Raises NotFound, and Conflict while nothing was handed in.
    """
    with exchange.ledger.write(course, writer_of(module)) as deed:
        desk.get_course(deed, course).get_module(module)
        handed_in = [h for h in deed.handed_in(course, module, [learner]) if not h.is_withdrawn]
        found = deed.find_submission(handed_in[-1].submission) if handed_in else None
        if found is None:
            raise Conflict(
                "nothing-handed-in",
                f"You have handed nothing in for {module} yet.",
                "Hand it in first; then a person can read it.",
            )
        submission = found[0]
        release = desk.get_release(deed, course, module, submission.release)
        asked = desk.get_prompt(release, prompt)
        sealed = deed.find_commitment(course, module, learner, prompt)
        if asked.kind is not PromptKind.REFLECTION or sealed is None:
            raise _no_such_answer(prompt)
        line = _find(deed, course, module, submission.id, prompt)
        if line is None:
            now = exchange.clock()
            body = {
                "schema": SCHEMA,
                "submission": submission.id,
                "prompt": prompt,
                "reason": sha256(reason.encode()) if reason else "",
            }
            line = add_line(deed, Kind.APPEAL, submission, prompt, body, now, {"reason": reason})
            subject, details = f"{module}/{prompt}", {"submission": submission.id}
            deed.add_event(Event(course, now, learner, "appeal", subject, details))
    return _row(line)


def list_appeals(exchange: Exchange, course: CourseId, module: ModuleId) -> list[AppealRow]:
    """Every appeal on a module, oldest first."""
    with exchange.ledger.read() as deed:
        desk.get_course(deed, course).get_module(module)
        return [_row(line) for line in deed.recorded(course, module, Kind.APPEAL)]


def _find(
    deed: Deed, course: CourseId, module: ModuleId, submission: SubmissionId, prompt: PromptId
) -> Recorded | None:
    lines = deed.recorded(course, module, Kind.APPEAL, submission)
    return next((line for line in lines if line.prompt == prompt), None)


def _row(line: Recorded) -> AppealRow:
    assert line.learner is not None
    assert line.submission is not None
    assert line.prompt is not None
    return AppealRow(
        learner=line.learner,
        prompt=line.prompt,
        submission=line.submission,
        reason=line.beside["reason"],
        at=line.at,
    )


def _no_such_answer(prompt: str) -> NotFound:
    return NotFound(
        "no-such-answer",
        f"There is no written answer of yours to {prompt}.",
        "Name the prompt of an answer that you wrote and handed in, such as p2.",
    )
