"""A course on its way to the exchange: `model.course.Course`, field by field, strangers checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from coursekit.model.course import Competency, Course, Gate, GateKind, Module, Part
from coursekit.model.deadline import LatePolicy
from coursekit.model.ids import CourseId, ModuleId
from coursekit.wire.api import MANY, Moment, Shape, Slug, Text


class GateShape(Shape):
    """When a prerequisite counts as done."""

    kind: Literal["submitted", "committed", "passed"] = "submitted"
    mark: float = Field(0.0, ge=0, le=1)


class ModuleShape(Shape):
    """A module of a course."""

    id: Slug
    title: Text = Field(min_length=1, max_length=200)
    summary: Text = Field("", max_length=1000)
    case: Text | None = None
    minutes: int = Field(60, ge=1, le=10_000)
    after: list[Slug] = Field([], max_length=500)
    gate: GateShape = GateShape()
    opens: Moment | None = None
    due: Moment | None = None
    closes: Moment | None = None
    part: Slug | None = None

    @model_serializer(mode="wrap")
    def _as_ever(self, shape: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without_empty("part", shape(self))

    @model_validator(mode="after")
    def _in_order(self) -> ModuleShape:
        refused = _module_of(self).times_out_of_order()
        if refused is not None:
            raise ValueError(refused.reason)
        return self


_LONGEST = 10 * 365 * 86_400


class LateShape(Shape):
    """What lateness means; see `model.deadline.LatePolicy`. Seconds, and shares of the points."""

    grace: float = Field(0, ge=0, le=_LONGEST, allow_inf_nan=False)
    window: float | None = Field(None, ge=0, le=_LONGEST, allow_inf_nan=False)
    penalty_per_day: float = Field(0, ge=0, le=1, allow_inf_nan=False)
    penalty_most: float = Field(1, ge=0, le=1, allow_inf_nan=False)


class CompetencyShape(Shape):
    """What prompts exercise."""

    id: Slug
    title: Text
    domain: Text


class PartShape(Shape):
    """A title over some modules."""

    id: Slug
    title: Text = Field(min_length=1, max_length=200)
    summary: Text = Field("", max_length=1000)


class CourseShape(Shape):
    """A course. Build parameters stay with the author: they can hold what a learner must not see."""

    id: Slug
    title: Text = Field(min_length=1, max_length=200)
    time_zone: Text = Field(max_length=64)
    language: Text = "en"
    modules: list[ModuleShape] = Field(max_length=500)
    competencies: list[CompetencyShape] = Field([], max_length=MANY)
    late: LateShape = LateShape()
    parts: list[PartShape] = Field([], max_length=500)

    @model_serializer(mode="wrap")
    def _as_ever(self, shape: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without_empty("parts", shape(self))


def _without_empty(field: str, value: dict[str, Any]) -> dict[str, Any]:
    # An exchange of before there were parts refuses the field. A course without parts does not need it.
    if not value.get(field):
        value.pop(field, None)
    return value


def course_to_shape(course: Course) -> CourseShape:
    """For sending."""
    return CourseShape.model_validate(
        {
            "id": course.id,
            "title": course.title,
            "time_zone": course.time_zone,
            "language": course.language,
            "competencies": [{"id": c.id, "title": c.title, "domain": c.domain} for c in course.competencies],
            "modules": [_module(m) for m in course.modules],
            "late": {
                "grace": course.late.grace.total_seconds(),
                "window": None if course.late.window is None else course.late.window.total_seconds(),
                "penalty_per_day": course.late.penalty_per_day,
                "penalty_most": course.late.penalty_most,
            },
            "parts": [{"id": p.id, "title": p.title, "summary": p.summary} for p in course.parts],
        }
    )


def course_from_shape(shape: CourseShape) -> Course:
    """As received."""
    return Course(
        id=CourseId(shape.id),
        title=shape.title,
        time_zone=shape.time_zone,
        language=shape.language,
        competencies=tuple(Competency(c.id, c.title, c.domain) for c in shape.competencies),
        modules=tuple(_module_of(m) for m in shape.modules),
        late=LatePolicy(
            timedelta(seconds=shape.late.grace),
            None if shape.late.window is None else timedelta(seconds=shape.late.window),
            shape.late.penalty_per_day,
            shape.late.penalty_most,
        ),
        parts=tuple(Part(p.id, p.title, p.summary) for p in shape.parts),
    )


def _module_of(shape: ModuleShape) -> Module:
    return Module(
        id=ModuleId(shape.id),
        title=shape.title,
        summary=shape.summary,
        case=shape.case,
        minutes=shape.minutes,
        after=tuple(ModuleId(a) for a in shape.after),
        gate=Gate(GateKind(shape.gate.kind), shape.gate.mark),
        opens=shape.opens,
        due=shape.due,
        closes=shape.closes,
        part=shape.part,
    )


def _module(module: Module) -> dict[str, Any]:
    times: dict[str, datetime | None] = {
        "opens": module.opens,
        "due": module.due,
        "closes": module.closes,
    }
    return {
        "id": module.id,
        "title": module.title,
        "summary": module.summary,
        "case": module.case,
        "minutes": module.minutes,
        "after": list(module.after),
        "gate": {"kind": module.gate.kind.value, "mark": module.gate.mark},
        **times,
        "part": module.part,
    }
