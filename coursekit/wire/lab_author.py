"""What travels between the author panel and its server; `lab/src/author/shapes.ts` says the same."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from coursekit.wire.lab import Asked, LabShape

Sheet = Literal["rubrics", "exemplars"]


class AuthorCompetency(LabShape):
    """What a prompt may exercise."""

    id: str
    title: str


class AuthorRubric(LabShape):
    """A rubric that a prompt may name."""

    name: str
    points: int


class AuthorModule(LabShape):
    """The master that somebody has open."""

    course: str
    module: str
    title: str
    competencies: list[AuthorCompetency]
    rubrics: list[AuthorRubric]
    exhibits: list[str]


class AuthorFinding(LabShape):
    """Something to mend."""

    code: str
    severity: Literal["error", "warning"]
    file: str
    cell: int | None
    cell_id: str
    message: str
    hint: str


class AuthorSheet(LabShape):
    """rubrics.yml or exemplars.yml, as a value."""

    digest: str
    """Of the file; empty where there is none yet."""
    value: dict[str, Any]


class FindingsRequest(Asked):
    """A notebook as it stands before its author, saved or not."""

    path: str = Field(max_length=4000)
    notebook: dict[str, Any]


class SheetRequest(Asked):
    """Another value for one of the files."""

    path: str = Field(max_length=4000)
    digest: str = Field(max_length=200)
    value: dict[str, Any]


class PathRequest(Asked):
    """A master."""

    path: str = Field(max_length=4000)


class ReleaseRequest(PathRequest):
    """What was looked at, and is meant."""

    digest: str = Field(max_length=200)


class AuthorChange(LabShape):
    """One part that differs from the last release."""

    part: Literal["prompt", "reveal", "file"]
    name: str
    what: Literal["new", "changed", "removed"]


class AuthorChanges(LabShape):
    """What a release would bring."""

    before: int | None
    """The last release that was made from this folder; none where none was."""
    digest: str
    """Of what would be released; what is confirmed must be it."""
    changes: list[AuthorChange]


class AuthorReleased(LabShape):
    """It is out."""

    release: int
    unchanged: bool


class AuthorPreview(LabShape):
    """Where a preview is."""

    url: str
