"""Which terms hold for a learner, how a hand-in stands to them, and which hand-in counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from coursekit.model.course import Course, Module
from coursekit.model.deadline import (
    DeadlineChange,
    Extension,
    HandedIn,
    LatePolicy,
    Standing,
    Terms,
)
from coursekit.model.ids import SubmissionId
from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.policy.timing import in_words, length_in_words

_DAY = timedelta(days=1)


def terms_for(course: Course, module: Module, extensions: Iterable[Extension] = ()) -> Terms:
    """The times that hold for the learner whose extensions in this module these are, oldest first.

    An extension moves the closing with the due date. Nothing that staff grant makes a time earlier than it is for
    everybody: the course may have been moved since.
    """
    due = module.due
    closes = _closing(module, course.late)
    newest = {e.change: e for e in extensions}
    extended, reopened = newest.get(DeadlineChange.EXTEND), newest.get(DeadlineChange.REOPEN)
    is_extended = False
    if extended is not None and extended.until is not None:
        until = extended.until
        if closes is not None:
            moved = _later(until, closes - due) if due is not None else until
            is_extended = moved > closes
            closes = max(closes, moved)
        if due is not None:
            is_extended = until > due
            due = max(due, until)
    is_reopened = False
    if reopened is not None and closes is not None:
        is_reopened = reopened.until is None or reopened.until > closes
        closes = None if reopened.until is None else max(closes, reopened.until)
    return Terms(due, closes, course.late.grace, is_extended, is_reopened)


def may_change(course: Course, module: Module, change: DeadlineChange, until: datetime | None) -> Decision:
    """Whether a change of one learner's deadline gives them anything. Staff should know when it does not."""
    due, closes = module.due, _closing(module, course.late)
    if change is DeadlineChange.REOPEN:
        if closes is None:
            return Refused(
                "never-closes",
                f"{module.title} never closes, so there is nothing to reopen.",
                "Late work counts there anyway; give the learner more time with an extension.",
            )
        if until is not None and until < closes:
            return Refused(
                "not-later",
                f"{module.title} is open for late work until {in_words(closes, course.time_zone)} for everybody.",
                "Give a later moment, or none.",
            )
        return Allowed()
    stands = due or closes
    if stands is None:
        return Refused(
            "nothing-due",
            f"{module.title} is not due, so there is nothing to extend.",
            "Give it a due date in course.yml first, if it should have one.",
        )
    if until is None or until < stands:
        return Refused(
            "not-later",
            f"{module.title} is due on {in_words(stands, course.time_zone)} for everybody, and that is later.",
            "Give a later moment; that moment itself takes an extension back.",
        )
    return Allowed()


def _closing(module: Module, late: LatePolicy) -> datetime | None:
    if module.closes is not None or module.due is None or late.window is None:
        return module.closes
    return _later(module.due, late.window)


def _later(moment: datetime, by: timedelta) -> datetime:
    try:
        # Never earlier: a closing that stands before its due date is no reason to shorten an extension.
        return moment + max(by, timedelta(0))
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def standing_of(terms: Terms, at: datetime) -> Standing:
    """How something handed in at that moment stands."""
    is_closed = terms.closes is not None and at > terms.closes
    if terms.due is None:
        # A module may close without being due.
        return Standing.AFTER_CLOSING if is_closed else Standing.IN_TIME
    if at <= _later(terms.due, terms.grace):
        # The grace holds at the closing as well: it is there for slow networks, not for slow people.
        return Standing.IN_TIME
    return Standing.AFTER_CLOSING if is_closed else Standing.LATE


def lateness(terms: Terms, at: datetime) -> timedelta:
    """How late something is; zero within the grace, and from the due date on once it is over."""
    if terms.due is None or at <= _later(terms.due, terms.grace):
        return timedelta(0)
    return at - terms.due


def penalty(policy: LatePolicy, late: timedelta) -> float:
    """The share of the points reached that lateness costs, 0 to 1; nothing within the grace."""
    if late <= max(policy.grace, timedelta(0)):
        return 0.0
    days = -(-late // _DAY)
    return min(policy.penalty_most, policy.penalty_per_day * days, 1.0)


def counting(
    handed_in: Iterable[HandedIn], terms: Terms, chosen: SubmissionId | None = None
) -> SubmissionId | None:
    """Which of one learner's hand-ins in one module counts, given them oldest first; none where none does.

    The one that the learner chose; else the newest in time; else the newest late one. What was withdrawn or
    came after the closing never counts.
    """
    standing = {
        h.submission: standing_of(terms, h.at)
        for h in sorted(handed_in, key=lambda h: h.at)
        if not h.is_withdrawn
    }
    able = {s: how for s, how in standing.items() if how is not Standing.AFTER_CLOSING}
    if chosen in able:
        return chosen
    in_time = [s for s, how in able.items() if how is Standing.IN_TIME]
    best = in_time or list(able)
    return best[-1] if best else None


def standing_in_words(
    standing: Standing,
    counts: bool,
    late: timedelta,
    due: datetime | None,
    closes: datetime | None,
    zone: str,
    how: str = "submit with --use-this",
) -> tuple[str, ...]:
    """What a learner should know about what they have just handed in; nothing where it is in time and counts.

    `zone`: the IANA name of the clocks that they go by. `how`: what they do to let this one count.
    """
    if standing is Standing.AFTER_CLOSING:
        when = f" ({in_words(closes, zone)})" if closes is not None else ""
        return (
            f"It came after the closing{when}: it is kept, with its receipt, and does not count.",
            "Ask the course's staff if there was a reason; they can let it count.",
        )
    if standing is Standing.LATE:
        when = f"; it was due on {in_words(due, zone)}" if due is not None else ""
        said = f"It is late by {length_in_words(late)}{when}."
        if counts:
            return (said,)
        return (
            said,
            f"An earlier one was in time, and that one counts. To let this one count: {how}.",
        )
    if not counts:
        return (f"You chose another one to count. To let this one count: {how}.",)
    return ()
