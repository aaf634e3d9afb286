"""A course on its way to the exchange: `model.course.Course`, field by field, strangers checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from coursekit.model.course import Competency, Course, Gate, GateKind, Module
from coursekit.model.ids import CourseId, ModuleId
from coursekit.wire.api import Shape, Slug


class GateShape(Shape):
    """When a prerequisite counts as done."""

    kind: Literal["submitted", "committed", "passed"] = "submitted"
    mark: float = Field(0.0, ge=0, le=1)


class ModuleShape(Shape):
    """A module of a course."""

    id: Slug
    title: str = Field(min_length=1, max_length=200)
    summary: str = Field("", max_length=1000)
    case: str | None = None
    minutes: int = Field(60, ge=1, le=10_000)
    after: list[Slug] = []
    gate: GateShape = GateShape()
    opens: AwareDatetime | None = None
    due: AwareDatetime | None = None


class CompetencyShape(Shape):
    """What prompts exercise."""

    id: Slug
    title: str
    domain: str


class CourseShape(Shape):
    """A course. Build parameters stay with the author: they can hold what a learner must not see."""

    id: Slug
    title: str = Field(min_length=1, max_length=200)
    time_zone: str
    language: str = "en"
    modules: list[ModuleShape] = Field(max_length=500)
    competencies: list[CompetencyShape] = []


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
        modules=tuple(
            Module(
                id=ModuleId(m.id),
                title=m.title,
                summary=m.summary,
                case=m.case,
                minutes=m.minutes,
                after=tuple(ModuleId(a) for a in m.after),
                gate=Gate(GateKind(m.gate.kind), m.gate.mark),
                opens=m.opens,
                due=m.due,
            )
            for m in shape.modules
        ),
    )


def _module(module: Module) -> dict[str, Any]:
    times: dict[str, datetime | None] = {"opens": module.opens, "due": module.due}
    return {
        "id": module.id,
        "title": module.title,
        "summary": module.summary,
        "case": module.case,
        "minutes": module.minutes,
        "after": list(module.after),
        "gate": {"kind": module.gate.kind.value, "mark": module.gate.mark},
        **times,
    }
