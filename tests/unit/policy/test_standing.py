"""Which times hold for whom, how a hand-in stands to them, and which one counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.course import Course, Module
from coursekit.model.deadline import DeadlineChange, Extension, HandedIn, LatePolicy, Standing, Terms
from coursekit.model.ids import CourseId, ModuleId, SubmissionId, UserId
from coursekit.model.outcome import Refused
from coursekit.policy.standing import (
    counting,
    lateness,
    may_change,
    penalty,
    standing_in_words,
    standing_of,
    terms_for,
)

DUE = datetime(2027, 1, 24, 22, 59, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
IN_TIME, LATE, AFTER = Standing.IN_TIME, Standing.LATE, Standing.AFTER_CLOSING
MARIA = UserId("maria")


def module(due: datetime | None = DUE, **times: Any) -> Module:
    return Module(ModuleId("first"), "First", due=due, **times)


def course(late: LatePolicy | None = None) -> Course:
    return Course(CourseId("lamps"), "Lamps", "Europe/Vienna", (), late=late or LatePolicy())


def change(kind: DeadlineChange, until: datetime | None) -> Extension:
    return Extension(CourseId("lamps"), ModuleId("first"), MARIA, kind, until, UserId("chen"), "ill", DUE)


def extend(until: datetime) -> Extension:
    return change(DeadlineChange.EXTEND, until)


def reopen(until: datetime | None) -> Extension:
    return change(DeadlineChange.REOPEN, until)


WEEK = LatePolicy(window=7 * DAY)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("late", "times", "granted", "due", "closes"),
    [
        (None, {}, [], DUE, None),
        (WEEK, {}, [], DUE, DUE + 7 * DAY),
        (WEEK, {"due": None}, [], None, None),
        # The module's own closing outweighs the course's window.
        (WEEK, {"closes": DUE + DAY}, [], DUE, DUE + DAY),
        (None, {"due": None, "closes": DUE}, [], None, DUE),
        # An extension moves the closing with it.
        (None, {}, [extend(DUE + 3 * DAY)], DUE + 3 * DAY, None),
        (WEEK, {}, [extend(DUE + 3 * DAY)], DUE + 3 * DAY, DUE + 10 * DAY),
        (None, {"closes": DUE + DAY}, [extend(DUE + 3 * DAY)], DUE + 3 * DAY, DUE + 4 * DAY),
        (None, {"due": None, "closes": DUE}, [extend(DUE + 3 * DAY)], None, DUE + 3 * DAY),
        # The newest holds, also when it takes some of the time back.
        (None, {}, [extend(DUE + 9 * DAY), extend(DUE + 3 * DAY)], DUE + 3 * DAY, None),
        # Since it was granted the whole course was given more time: nobody has less than everybody.
        (WEEK, {}, [extend(DUE - 3 * DAY)], DUE, DUE + 7 * DAY),
        # Where nothing is due, an extension makes nothing due.
        (None, {"due": None}, [extend(DUE)], None, None),
        # Reopened: the due date stays.
        (WEEK, {}, [reopen(None)], DUE, None),
        (WEEK, {}, [reopen(DUE + 20 * DAY)], DUE, DUE + 20 * DAY),
        (WEEK, {}, [reopen(DUE + DAY)], DUE, DUE + 7 * DAY),
        (None, {}, [reopen(DUE + DAY)], DUE, None),
        # Both, in either order.
        (WEEK, {}, [extend(DUE + DAY), reopen(DUE + 20 * DAY)], DUE + DAY, DUE + 20 * DAY),
        (WEEK, {}, [reopen(DUE + 20 * DAY), extend(DUE + DAY)], DUE + DAY, DUE + 20 * DAY),
        (WEEK, {}, [reopen(DUE + 20 * DAY), extend(DUE + 30 * DAY)], DUE + 30 * DAY, DUE + 37 * DAY),
        # A closing at the end of time closes nothing early.
        (LatePolicy(window=timedelta(days=9_999_999)), {}, [], DUE, datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_the_times_that_hold(
    late: LatePolicy | None,
    times: dict[str, Any],
    granted: list[Extension],
    due: datetime | None,
    closes: datetime | None,
) -> None:
    terms = terms_for(course(late), module(**times), granted)
    assert (terms.due, terms.closes) == (due, closes)


@pytest.mark.parametrize(
    ("times", "granted", "extended", "reopened"),
    [
        ({}, [], False, False),
        ({}, [extend(DUE + DAY)], True, False),
        ({}, [extend(DUE)], False, False),
        ({"due": None}, [extend(DUE)], False, False),
        ({"due": None, "closes": DUE}, [extend(DUE + DAY)], True, False),
        ({"closes": DUE}, [reopen(None)], False, True),
        ({"closes": DUE}, [reopen(DUE)], False, False),
        ({}, [reopen(None)], False, False),
    ],
)
def test_nobody_is_told_of_an_extension_that_changes_nothing(
    times: dict[str, Any], granted: list[Extension], extended: bool, reopened: bool
) -> None:
    terms = terms_for(course(), module(**times), granted)
    assert (terms.is_extended, terms.is_reopened) == (extended, reopened)


@pytest.mark.parametrize(
    ("terms", "at", "how", "late"),
    [
        (Terms(None, None), DUE + 99 * DAY, IN_TIME, timedelta(0)),
        (Terms(DUE, None), DUE, IN_TIME, timedelta(0)),
        (Terms(DUE, None), DUE + timedelta(microseconds=1), LATE, timedelta(microseconds=1)),
        (Terms(DUE, None), DUE + 99 * DAY, LATE, 99 * DAY),
        (Terms(DUE, DUE + DAY), DUE + DAY, LATE, DAY),
        (
            Terms(DUE, DUE + DAY),
            DUE + DAY + timedelta(microseconds=1),
            AFTER,
            DAY + timedelta(microseconds=1),
        ),
        (Terms(None, DUE), DUE, IN_TIME, timedelta(0)),
        (Terms(None, DUE), DUE + timedelta(microseconds=1), AFTER, timedelta(0)),
        # Within the grace it is in time; beyond it, late since the due date.
        (Terms(DUE, None, QUARTER), DUE + QUARTER, IN_TIME, timedelta(0)),
        (Terms(DUE, None, QUARTER), DUE + QUARTER + HOUR, LATE, QUARTER + HOUR),
        # The grace holds where a module closes when it is due.
        (Terms(DUE, DUE, QUARTER), DUE + QUARTER, IN_TIME, timedelta(0)),
        (Terms(DUE, DUE, QUARTER), DUE + QUARTER + HOUR, AFTER, QUARTER + HOUR),
        (Terms(datetime.max.replace(tzinfo=UTC), None, QUARTER), DUE, IN_TIME, timedelta(0)),
    ],
)
def test_how_a_hand_in_stands(terms: Terms, at: datetime, how: Standing, late: timedelta) -> None:
    assert standing_of(terms, at) is how
    assert lateness(terms, at) == late


TENTH = LatePolicy(penalty_per_day=0.1, penalty_most=0.5)


@pytest.mark.parametrize(
    ("policy", "late", "share"),
    [
        (LatePolicy(), 9 * DAY, 0.0),
        (TENTH, timedelta(0), 0.0),
        (TENTH, timedelta(microseconds=1), 0.1),
        (TENTH, DAY, 0.1),
        (TENTH, DAY + timedelta(microseconds=1), 0.2),
        (TENTH, 3 * DAY, 0.3),
        (TENTH, 99 * DAY, 0.5),
        (LatePolicy(penalty_per_day=0.4), 3 * DAY, 1.0),
        (LatePolicy(penalty_per_day=1.0, penalty_most=0.0), DAY, 0.0),
        # nbgrader reckons lateness without the grace.
        (LatePolicy(QUARTER, penalty_per_day=0.1), QUARTER, 0.0),
        (LatePolicy(QUARTER, penalty_per_day=0.1), QUARTER + timedelta(microseconds=1), 0.1),
    ],
)
def test_what_lateness_costs(policy: LatePolicy, late: timedelta, share: float) -> None:
    assert penalty(policy, late) == pytest.approx(share)


TERMS = Terms(DUE, DUE + 7 * DAY, QUARTER)


def handed_in(*days: float, withdrawn: tuple[float, ...] = ()) -> list[HandedIn]:
    return [
        HandedIn(SubmissionId(f"{d:g}"), ModuleId("first"), MARIA, DUE + d * DAY, d in withdrawn)
        for d in days
    ]


@pytest.mark.parametrize(
    ("days", "withdrawn", "chosen", "counts"),
    [
        ([], (), None, None),
        ([-3], (), None, "-3"),
        ([-3, -1], (), None, "-1"),
        # A late one does not displace one in time, but for its author's word.
        ([-3, -1, 2], (), None, "-1"),
        ([-3, -1, 2], (), "2", "2"),
        ([-3, -1, 2], (), "-3", "-3"),
        # Nothing in time: the newest that is not too late.
        ([1, 2, 9], (), None, "2"),
        ([8, 9], (), None, None),
        ([8, 9], (), "9", None),
        ([-1, 9], (), "9", "-1"),
        # What was withdrawn steps aside, chosen or not.
        ([-3, -1], (-1,), None, "-3"),
        ([-3, -1, 2], (-3, -1), None, "2"),
        ([-3, -1, 2], (2,), "2", "-1"),
        ([-3], (-3,), None, None),
        # Somebody else's choice, or one of another module.
        ([-3], (), "elsewhere", "-3"),
    ],
)
def test_which_hand_in_counts(
    days: list[float], withdrawn: tuple[float, ...], chosen: str | None, counts: str | None
) -> None:
    given = handed_in(*days, withdrawn=withdrawn)
    choice = SubmissionId(chosen) if chosen else None
    assert counting(given, TERMS, choice) == counts
    assert counting(reversed(given), TERMS, choice) == counts


def test_an_extension_granted_later_changes_which_one_counts() -> None:
    given = handed_in(-3, 2)
    assert counting(given, terms_for(course(WEEK), module())) == "-3"
    assert counting(given, terms_for(course(WEEK), module(), [extend(DUE + 3 * DAY)])) == "2"


EXTEND, REOPEN = DeadlineChange.EXTEND, DeadlineChange.REOPEN


@pytest.mark.parametrize(
    ("late", "times", "kind", "until", "code"),
    [
        (None, {}, EXTEND, DUE + DAY, None),
        (None, {}, EXTEND, DUE, None),
        (None, {}, EXTEND, DUE - HOUR, "not-later"),
        (None, {}, EXTEND, None, "not-later"),
        (None, {"due": None}, EXTEND, DUE, "nothing-due"),
        (None, {"due": None, "closes": DUE}, EXTEND, DUE + DAY, None),
        (None, {"due": None, "closes": DUE}, EXTEND, DUE - DAY, "not-later"),
        (None, {}, REOPEN, None, "never-closes"),
        (WEEK, {}, REOPEN, None, None),
        (WEEK, {}, REOPEN, DUE + 7 * DAY, None),
        (WEEK, {}, REOPEN, DUE + 6 * DAY, "not-later"),
    ],
)
def test_staff_are_told_what_would_give_nobody_more_time(
    late: LatePolicy | None,
    times: dict[str, Any],
    kind: DeadlineChange,
    until: datetime | None,
    code: str | None,
) -> None:
    found = may_change(course(late), module(**times), kind, until)
    assert (found.code if isinstance(found, Refused) else None) == code
    if isinstance(found, Refused):
        assert found.next_step


def test_when_something_is_due_anyway_is_said_on_the_courses_clocks() -> None:
    found = may_change(course(), module(), EXTEND, DUE - DAY)
    assert isinstance(found, Refused)
    assert "due on Sun 24 Jan 2027, 23:59 (Europe/Vienna) for everybody" in found.reason


@pytest.mark.parametrize(
    ("standing", "counts", "said"),
    [
        (IN_TIME, True, []),
        (IN_TIME, False, ["You chose another one to count. To let this one count: submit with --use-this."]),
        (LATE, True, ["It is late by 1 day 3 h; it was due on Sun 24 Jan 2027, 22:59 (UTC)."]),
        (
            LATE,
            False,
            [
                "It is late by 1 day 3 h; it was due on Sun 24 Jan 2027, 22:59 (UTC).",
                "An earlier one was in time, and that one counts. To let this one count: submit with --use-this.",
            ],
        ),
        (
            AFTER,
            False,
            [
                "It came after the closing (Mon 25 Jan 2027, 22:59 (UTC)): it is kept, with its receipt, "
                "and does not count.",
                "Ask the course's staff if there was a reason; they can let it count.",
            ],
        ),
    ],
)
def test_what_a_learner_is_told(standing: Standing, counts: bool, said: list[str]) -> None:
    assert list(standing_in_words(standing, counts, 27 * HOUR, DUE, DUE + DAY, "UTC")) == said


# what holds whatever the times are

MOMENTS = st.datetimes(datetime(2026, 12, 1), datetime(2027, 4, 1)).map(lambda d: d.replace(tzinfo=UTC))
SPANS = st.timedeltas(timedelta(0), timedelta(days=40))
POLICIES = st.builds(LatePolicy, SPANS, st.none() | SPANS, st.floats(0, 1), st.floats(0, 1))
GRANTS = st.lists(st.builds(extend, MOMENTS) | st.builds(reopen, st.none() | MOMENTS), max_size=5)
ORDER = [IN_TIME, LATE, AFTER]


@st.composite
def modules(draw: st.DrawFn) -> Module:
    due = draw(st.none() | MOMENTS)
    closes = draw(st.none() | MOMENTS)
    return module(due, closes=closes if not (due and closes) else max(due, closes))


@given(POLICIES, modules(), GRANTS, MOMENTS)
def test_whatever_staff_grant_never_makes_a_hand_in_worse(
    late: LatePolicy, task: Module, granted: list[Extension], at: datetime
) -> None:
    without, with_it = terms_for(course(late), task), terms_for(course(late), task, granted)
    assert ORDER.index(standing_of(with_it, at)) <= ORDER.index(standing_of(without, at))
    assert lateness(with_it, at) <= lateness(without, at)
    assert penalty(late, lateness(with_it, at)) <= penalty(late, lateness(without, at))


@given(POLICIES, modules(), GRANTS, MOMENTS, SPANS)
def test_waiting_never_makes_a_hand_in_better(
    late: LatePolicy, task: Module, granted: list[Extension], at: datetime, wait: timedelta
) -> None:
    terms = terms_for(course(late), task, granted)
    assert ORDER.index(standing_of(terms, at)) <= ORDER.index(standing_of(terms, at + wait))
    assert lateness(terms, at) <= lateness(terms, at + wait)
    assert 0 <= penalty(late, lateness(terms, at)) <= penalty(late, lateness(terms, at + wait)) <= 1


@given(POLICIES, modules(), GRANTS, MOMENTS)
def test_standing_and_lateness_agree(
    late: LatePolicy, task: Module, granted: list[Extension], at: datetime
) -> None:
    terms = terms_for(course(late), task, granted)
    if standing_of(terms, at) is IN_TIME:
        assert lateness(terms, at) == timedelta(0)
    elif standing_of(terms, at) is LATE:
        assert lateness(terms, at) > late.grace


WORK = st.lists(st.tuples(MOMENTS, st.booleans()), max_size=6, unique_by=lambda w: w[0]).map(sorted)


@given(POLICIES, modules(), GRANTS, WORK, st.data())
def test_which_counts_is_never_withdrawn_or_too_late_and_one_does_where_one_can(
    late: LatePolicy,
    task: Module,
    granted: list[Extension],
    work: list[tuple[datetime, bool]],
    data: st.DataObject,
) -> None:
    given = [HandedIn(SubmissionId(str(i)), task.id, MARIA, at, gone) for i, (at, gone) in enumerate(work)]
    terms = terms_for(course(late), task, granted)
    chosen = data.draw(st.none() | st.sampled_from([h.submission for h in given]) if given else st.none())
    able = [h for h in given if not h.is_withdrawn and standing_of(terms, h.at) is not AFTER]
    found = counting(given, terms, chosen)
    assert (found is None) is (not able)
    if chosen in {h.submission for h in able}:
        assert found == chosen
    elif able:
        best = min(ORDER.index(standing_of(terms, h.at)) for h in able)
        assert found == [h.submission for h in able if ORDER.index(standing_of(terms, h.at)) == best][-1]
