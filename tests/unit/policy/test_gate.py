"""When a door opens, why it does not, and which must stay open."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.course import Course, Gate, GateKind, Module
from coursekit.model.ids import CourseId, ModuleId
from coursekit.model.outcome import Allowed, Refused
from coursekit.model.people import Record
from coursekit.policy.gate import closed_by_change, find_circle, may_open, open_modules

A, B, D = ModuleId("a"), ModuleId("b"), ModuleId("d")
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SUBMITTED, COMMITTED = Gate(), Gate(GateKind.COMMITTED)


def passed(mark: float) -> Gate:
    return Gate(GateKind.PASSED, mark)


def course(*modules: Module) -> Course:
    return Course(CourseId("lamps"), "Lamps", "UTC", modules)


def pair(gate: Gate = SUBMITTED, **second: Any) -> Course:
    return course(Module(A, "First"), Module(B, "Second", after=(A,), gate=gate, **second))


def record(**done: Any) -> Record:
    return Record(**{k: frozenset(v) if isinstance(v, set) else v for k, v in done.items()})


def refusal(c: Course, r: Record, now: datetime = NOW) -> str | None:
    decision = may_open(c, c.get_module(B), r, now)
    return decision.code if isinstance(decision, Refused) else None


DONE = {"submitted": {A}, "committed": {A}}


@pytest.mark.parametrize(
    ("gate", "done", "code"),
    [
        (SUBMITTED, {}, "previous-not-submitted"),
        (SUBMITTED, {"committed": {A}}, "previous-not-submitted"),
        (SUBMITTED, {"submitted": {A}}, "prompts-not-committed"),
        (SUBMITTED, DONE, None),
        (SUBMITTED, {**DONE, "marks": {A: 0.0}}, None),
        (COMMITTED, {}, "prompts-not-committed"),
        (COMMITTED, {"submitted": {A}}, "prompts-not-committed"),
        (COMMITTED, {"committed": {A}}, None),
        (passed(0.6), {}, "previous-not-submitted"),
        (passed(0.6), {"marks": {A: 1.0}}, "previous-not-submitted"),
        (passed(0.6), DONE, "mark-not-released"),
        (passed(0.6), {"submitted": {A}, "marks": {A: 0.59}}, "mark-too-low"),
        (passed(0.6), {"submitted": {A}, "marks": {A: 0.6}}, None),
        (passed(0.6), {"submitted": {A}, "marks": {A: 3.3 / 5.5}}, None),
        (passed(0.3), {"submitted": {A}, "marks": {A: 0.1 + 0.2}}, None),
        (passed(0), {"submitted": {A}, "marks": {A: 0.0}}, None),
        (passed(0), {"submitted": {A}}, "mark-not-released"),
        (SUBMITTED, {"waived": {B}}, None),
        (SUBMITTED, {"kept_open": {B}}, None),
        (SUBMITTED, {"waived": {A}}, "previous-not-submitted"),
        (SUBMITTED, {"submitted": {B}, "committed": {B}}, "previous-not-submitted"),
    ],
)
def test_each_gate_asks_for_its_own(gate: Gate, done: dict[str, Any], code: str | None) -> None:
    assert refusal(pair(gate), record(**done)) == code


def test_rounding_forgives_no_real_shortfall() -> None:
    assert refusal(pair(passed(0.6)), record(submitted={A}, marks={A: 0.5999999})) == "mark-too-low"


@pytest.mark.parametrize(
    ("gate", "done", "reason", "next_step"),
    [
        (SUBMITTED, {}, "“First” is not handed in yet.", "Hand in “First”, then open this one."),
        (
            SUBMITTED,
            {"submitted": {A}},
            "“First” still has required prompts that are not committed.",
            "Open “First”, commit the prompts that are left, and hand it in again.",
        ),
        (
            COMMITTED,
            {},
            "“First” still has required prompts that are not committed.",
            "Open “First”, commit the prompts that are left, then open this one.",
        ),
        (
            passed(0.6),
            {"submitted": {A}, "marks": {A: 0.5}},
            "“First” has 50%; this module asks for 60%.",
            "Read the feedback on “First”, improve your work, and hand it in again.",
        ),
    ],
)
def test_a_refusal_says_why_and_what_to_do(
    gate: Gate, done: dict[str, Any], reason: str, next_step: str
) -> None:
    c = pair(gate)
    decision = may_open(c, c.get_module(B), record(**done), NOW)
    assert isinstance(decision, Refused)
    assert (decision.reason, decision.next_step) == (reason, next_step)


def test_all_prerequisites_are_asked_for_and_the_first_missing_is_named() -> None:
    c = course(Module(A, "First"), Module(D, "Other"), Module(B, "Last", after=(A, D)))
    decision = may_open(c, c.get_module(B), record(submitted={A}, committed={A}), NOW)
    assert isinstance(decision, Refused)
    assert decision.reason == "“Other” is not handed in yet."


@pytest.mark.parametrize(
    ("opens", "now", "open_"),
    [
        (NOW, NOW, True),
        (NOW, NOW - timedelta(microseconds=1), False),
        (NOW.astimezone(timezone(timedelta(hours=9))), NOW, True),
        (NOW.astimezone(timezone(timedelta(hours=-9))), NOW - timedelta(seconds=1), False),
        (None, NOW, True),
    ],
)
def test_a_date_is_a_moment_whatever_its_zone(opens: datetime | None, now: datetime, open_: bool) -> None:
    c = course(Module(B, "Second", opens=opens))
    assert isinstance(may_open(c, c.get_module(B), Record(), now), Allowed) is open_


@pytest.mark.parametrize(
    ("opens", "said"),
    [
        (
            datetime(2027, 4, 1, 10, 30, tzinfo=timezone(timedelta(hours=2))),
            "Thu 1 Apr 2027, 10:30 (Europe/Vienna)",
        ),
        (
            datetime(2027, 4, 1, 22, 30, tzinfo=timezone(timedelta(hours=-5))),
            "Fri 2 Apr 2027, 05:30 (Europe/Vienna)",
        ),
        (datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-5))), "9999-12-31"),
    ],
)
def test_a_date_is_said_on_the_courses_clocks(opens: datetime, said: str) -> None:
    c = Course(CourseId("lamps"), "Lamps", "Europe/Vienna", (Module(B, "Second", opens=opens),))
    decision = may_open(c, c.get_module(B), Record(), NOW)
    assert isinstance(decision, Refused)
    assert decision.code == "not-open-yet"
    assert decision.reason == f"“Second” opens on {said}."


def test_work_is_named_before_the_date() -> None:
    """Somebody who waits for a date should know what else is missing."""
    c = pair(opens=NOW + timedelta(days=1))
    assert refusal(c, Record()) == "previous-not-submitted"
    assert refusal(c, record(**DONE)) == "not-open-yet"


def test_what_an_edit_would_close_is_named() -> None:
    easy, hard = course(Module(A, "First"), Module(B, "Second")), pair()
    assert closed_by_change((easy, Record()), (hard, Record()), NOW) == {B}
    assert closed_by_change((hard, Record()), (easy, Record()), NOW) == set()
    done = record(**DONE)
    assert closed_by_change((easy, done), (hard, done), NOW) == set()


def test_a_lowered_mark_closes_what_it_had_opened() -> None:
    c = pair(passed(0.6))
    high, low = (record(submitted={A}, marks={A: m}) for m in (0.9, 0.2))
    assert closed_by_change((c, high), (c, low), NOW) == {B}
    assert closed_by_change((c, low), (c, high), NOW) == set()


def test_a_module_that_is_taken_out_is_not_kept_open() -> None:
    assert (
        closed_by_change(
            (course(Module(A, "First"), Module(B, "Second")), Record()),
            (course(Module(A, "First")), Record()),
            NOW,
        )
        == set()
    )


def test_open_modules_are_those_that_may_open() -> None:
    assert open_modules(pair(), Record(), NOW) == {A}
    assert open_modules(pair(), record(**DONE), NOW) == {A, B}


@pytest.mark.parametrize(
    ("after", "circle"),
    [
        ({"a": [], "b": ["a"], "d": ["a", "b"]}, ()),
        ({"a": ["a"]}, ("a", "a")),
        ({"a": ["b"], "b": ["a"]}, ("a", "b", "a")),
        ({"x": ["a"], "a": ["b"], "b": ["d"], "d": ["a"]}, ("a", "b", "d", "a")),
        ({"a": ["unknown"]}, ()),
    ],
)
def test_a_circle_is_named_from_its_start_to_its_start(
    after: dict[str, list[str]], circle: tuple[str, ...]
) -> None:
    modules = [Module(ModuleId(m), m, after=tuple(map(ModuleId, a))) for m, a in after.items()]
    assert find_circle(modules) == circle


def test_a_course_of_five_hundred_in_a_row_is_no_circle() -> None:
    row = [Module(ModuleId(f"m{n}"), "M", after=(ModuleId(f"m{n - 1}"),) if n else ()) for n in range(500)]
    assert find_circle(row) == ()
    assert find_circle(row[::-1]) == ()


@given(st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=8))
def test_a_circle_is_found_exactly_when_nobody_could_finish(after: list[set[int]]) -> None:
    """By doing whatever can be done until nothing can: Kahn's way instead of Tarjan's."""
    size = len(after)
    wanted = {n: {a for a in after[n] if a < size} for n in range(size)}
    done: set[int] = set()
    while ready := {n for n in wanted if n not in done and wanted[n] <= done}:
        done |= ready
    circle = find_circle(
        Module(ModuleId(str(n)), "M", after=tuple(ModuleId(str(a)) for a in wanted[n])) for n in range(size)
    )
    assert bool(circle) == (len(done) < size)
    for one, next_one in itertools.pairwise(circle):
        assert int(next_one) in wanted[int(one)]
    if circle:
        assert circle[0] == circle[-1]
