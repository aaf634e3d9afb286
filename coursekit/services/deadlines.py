"""What staff decide about one learner's deadline or hand-in, and the learner's word on which one counts.

Each is written with its author and its reason into the audit log, in the transaction of the deed.
"""

from __future__ import annotations

from datetime import datetime

from coursekit.model.deadline import DeadlineChange, Extension, Standing
from coursekit.model.errors import BadInput, Conflict
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, ModuleId, SubmissionId, UserId
from coursekit.model.outcome import Refused
from coursekit.model.submission import stamp
from coursekit.policy.gate import closed_by_change
from coursekit.policy.standing import may_change, standing_of
from coursekit.services import desk
from coursekit.services.desk import Exchange


def extend(
    exchange: Exchange,
    actor: UserId,
    course: CourseId,
    module: ModuleId,
    learner: UserId,
    due: datetime,
    reason: str,
) -> None:
    """A due date of the learner's own; before, during or after the old one. The newest holds.

    Raises NotFound, and BadInput where it would give nobody more time.
    """
    _change(exchange, actor, course, module, learner, DeadlineChange.EXTEND, due, reason)


def reopen(
    exchange: Exchange,
    actor: UserId,
    course: CourseId,
    module: ModuleId,
    learner: UserId,
    until: datetime | None,
    reason: str,
) -> None:
    """What the learner hands in late counts again, until a moment or for ever.

    Raises NotFound, and BadInput where it would give nobody more time.
    """
    _change(exchange, actor, course, module, learner, DeadlineChange.REOPEN, until, reason)


def _change(
    exchange: Exchange,
    actor: UserId,
    course: CourseId,
    module: ModuleId,
    learner: UserId,
    change: DeadlineChange,
    until: datetime | None,
    reason: str,
) -> None:
    with exchange.ledger.write(course, learner) as deed:
        now = exchange.clock()
        definition = desk.get_course(deed, course)
        desk.check_member(deed, course, learner)
        decision = may_change(definition, definition.get_module(module), change, until)
        if isinstance(decision, Refused):
            raise BadInput.of(decision)
        deed.add_extension(Extension(course, module, learner, change, until, actor, reason, now))
        details = {"learner": learner, "until": stamp(until) if until else None, "reason": reason}
        deed.add_event(Event(course, now, actor, change.value, module, details))


def withdraw(
    exchange: Exchange, actor: UserId, course: CourseId, submission: SubmissionId, reason: str
) -> None:
    """Take a submission out of the count. It is kept as it is, and nothing that it opened closes.

    Raises NotFound, and Conflict when it is withdrawn already.
    """
    with exchange.ledger.read() as deed:
        learner = desk.get_submission(deed, course, submission)[0].learner
    with exchange.ledger.write(course, learner) as deed:
        now = exchange.clock()
        found, _ = desk.get_submission(deed, course, submission)
        handed_in = deed.handed_in(course, found.module, [learner])
        if any(h.submission == submission and h.is_withdrawn for h in handed_in):
            raise Conflict(
                "already-withdrawn",
                "This submission is withdrawn already.",
                "Look it up with `coursekit log`.",
            )
        definition, before = desk.get_course(deed, course), deed.record(course, learner)
        deed.add_withdrawal(found, actor, reason, now)
        after = deed.record(course, learner)
        for closed in closed_by_change((definition, before), (definition, after), now):
            deed.add_opening(course, closed, learner, False, "a submission was withdrawn", now)
        details = {"learner": learner, "submission": submission, "reason": reason}
        deed.add_event(Event(course, now, actor, "withdraw", found.module, details))


def choose(exchange: Exchange, course: CourseId, learner: UserId, submission: SubmissionId) -> None:
    """The learner says that this hand-in of theirs counts, even if it is late. Raises NotFound and Conflict."""
    with exchange.ledger.write(course, learner) as deed:
        now = exchange.clock()
        found, _ = desk.get_submission(deed, course, submission, learner)
        handed_in = deed.handed_in(course, found.module, [learner])
        if any(h.submission == submission and h.is_withdrawn for h in handed_in):
            raise Conflict(
                "withdrawn", "That submission was withdrawn.", "Choose another one, or hand in again."
            )
        definition = desk.get_course(deed, course)
        terms = desk.get_terms(deed, definition, definition.get_module(found.module), learner)
        if standing_of(terms, found.at) is Standing.AFTER_CLOSING:
            raise Conflict(
                "after-closing",
                "That submission came after the closing, so it cannot count.",
                "Ask the course's staff if there was a reason; they can let it count.",
            )
        deed.add_choice(course, found.module, learner, submission, now)
        deed.add_event(Event(course, now, learner, "choose", found.module, {"submission": submission}))
