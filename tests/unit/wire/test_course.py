"""A course travels to the exchange whole, and one whose times make no sense is refused there as well."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from coursekit.model.course import Competency, Course, Gate, GateKind, Module, Part
from coursekit.model.deadline import LatePolicy
from coursekit.model.ids import CourseId, ModuleId
from coursekit.wire.course import CourseShape, course_from_shape, course_to_shape

START = datetime(2027, 1, 11, 7, tzinfo=UTC)
DAY = timedelta(days=1)
SPANS = st.timedeltas(timedelta(0), timedelta(days=3000))
SHARES = st.floats(0, 1)


@given(st.builds(LatePolicy, SPANS, st.none() | SPANS, SHARES, SHARES))
def test_a_course_arrives_as_it_was_sent(late: LatePolicy) -> None:
    module = Module(
        ModuleId("first"),
        "First",
        "What it is about.",
        "lamp",
        75,
        (),
        Gate(GateKind.PASSED, 0.6),
        START,
        START + DAY,
        START + 2 * DAY,
        part="light",
    )
    course = Course(
        CourseId("lamps"),
        "Lamps",
        "Europe/Vienna",
        (module,),
        "de",
        (Competency("evidence", "Reason", "cognitive"),),
        late=late,
        parts=(Part("light", "Light", "What lamps do."),),
    )
    text = course_to_shape(course).model_dump_json()
    assert course_from_shape(CourseShape.model_validate_json(text)) == course


def test_a_course_without_parts_travels_as_before_there_were_any() -> None:
    shape = sent()
    travels = json.loads(shape.model_dump_json())
    assert set(travels) == {*("id", "title", "time_zone", "language", "modules", "competencies", "late")}
    assert set(travels["modules"][0]) == {
        *("id", "title", "summary", "case", "minutes", "after", "gate", "opens", "due", "closes")
    }
    assert course_from_shape(shape).parts == ()


def sent(late: dict[str, Any] | None = None, **times: Any) -> CourseShape:
    module = {"id": "first", "title": "First", **times}
    return CourseShape.model_validate(
        {"id": "lamps", "title": "Lamps", "time_zone": "UTC", "modules": [module], "late": late or {}}
    )


def test_a_course_of_before_late_rules_is_still_taken() -> None:
    assert course_from_shape(sent()).late == LatePolicy()


@pytest.mark.parametrize(
    "late",
    [
        {"grace": -1},
        {"grace": float("nan")},
        {"window": float("inf")},
        {"window": 1e18},
        {"penalty_per_day": 1.5},
        {"penalty_most": -0.1},
        {"pardon": 1},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(late: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        sent(late)


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({"closes": "2027-01-24 23:59"}, "timezone info"),
        ({"due": "2027-01-24T23:59:00"}, "timezone info"),
        ({"due": "2027-01-24T23:59Z", "closes": "2027-01-24T23:58Z"}, "closes before it is due"),
        ({"opens": "2027-01-24T23:59Z", "due": "2027-01-24T23:59Z"}, "is due before it opens"),
        ({"opens": "2027-01-24T23:59Z", "closes": "2027-01-24T22:59Z"}, "closes before it opens"),
    ],
)
def test_times_that_make_no_sense_are_refused(times: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        sent(**times)
