"""A course as course.yml tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from coursekit.model.deadline import LatePolicy
from coursekit.model.errors import NotFound
from coursekit.model.ids import CourseId, ModuleId
from coursekit.model.outcome import Refused


class GateKind(StrEnum):
    """When a prerequisite counts as done."""

    SUBMITTED = "submitted"
    COMMITTED = "committed"
    PASSED = "passed"


@dataclass(frozen=True)
class Gate:
    """The rule that opens a module, applied to each of its prerequisites."""

    kind: GateKind = GateKind.SUBMITTED
    mark: float = 0.0
    """For `passed`: the share of the points, 0 to 1."""


@dataclass(frozen=True)
class Competency:
    """What a prompt exercises."""

    id: str
    title: str
    domain: str
    """cognitive, intrapersonal or interpersonal."""


@dataclass(frozen=True)
class Part:
    """Some modules in a row, under a title of their own. `model.parts` says which."""

    id: str
    title: str
    summary: str = ""


@dataclass(frozen=True)
class Module:
    """One notebook of the course; for nbgrader, one assignment."""

    id: ModuleId
    title: str
    summary: str = ""
    case: str | None = None
    minutes: int = 60
    after: tuple[ModuleId, ...] = ()
    gate: Gate = Gate()
    opens: datetime | None = None
    """Aware, in UTC; none means at once."""
    due: datetime | None = None
    """Aware, in UTC; none means never late."""
    closes: datetime | None = None
    """Aware, in UTC: what comes later is kept and does not count; none leaves it to the course's late window."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    part: str | None = None
    """The id of the course's part that it belongs to; none where the course has no parts."""

    def times_out_of_order(self) -> Refused | None:
        """Why its times make no sense together; none when they do."""
        opens, due, closes = self.opens, self.due, self.closes
        if opens is not None and due is not None and due <= opens:
            return self._wrong("is due before it opens", "Let it open earlier, or be due later.")
        if due is not None and closes is not None and closes < due:
            return self._wrong("closes before it is due", "Let it close later, or leave `closes` out.")
        if opens is not None and closes is not None and closes <= opens:
            return self._wrong("closes before it opens", "Let it open earlier, or close later.")
        return None

    def _wrong(self, what: str, next_step: str) -> Refused:
        return Refused("times-out-of-order", f"{self.title} ({self.id}) {what}.", next_step)


@dataclass(frozen=True)
class Variant:
    """Other parameters for a cohort, a region or a section; the notebooks are the same."""

    id: str
    title: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Over the course's and the modules' own."""
    modules: Mapping[ModuleId, Mapping[str, Any]] = field(default_factory=dict)
    """Over those, for one module alone."""

    def parameters_for(self, module: ModuleId) -> dict[str, Any]:
        """What it changes in that module."""
        return {**self.parameters, **self.modules.get(module, {})}


@dataclass(frozen=True)
class Endpoint:
    """A language model of somebody else's that a course may show answers to. It never leaves the author's side."""

    url: str
    """Such as https://api.example.org/v1."""
    model: str
    consent: bool = False
    """That the course may: its learners were told, and its institution agrees. Nothing is sent without."""


@dataclass(frozen=True)
class Course:
    """A course and its modules, in their order."""

    id: CourseId
    title: str
    time_zone: str
    modules: tuple[Module, ...]
    language: str = "en"
    competencies: tuple[Competency, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    late: LatePolicy = field(default_factory=LatePolicy)
    endpoint: Endpoint | None = None
    variants: tuple[Variant, ...] = ()
    languages: tuple[str, ...] = ()
    """Those into which its modules are translated."""
    parts: tuple[Part, ...] = ()
    """Their titles; each module says which one it is in, and the modules' order is theirs as well."""

    def get_variant(self, variant: str) -> Variant:
        """The variant of that id.

        Raises NotFound, naming the variants there are.
        """
        found = next((v for v in self.variants if v.id == variant), None)
        if found is None:
            known = ", ".join(v.id for v in self.variants) or "none yet"
            raise NotFound(
                "no-such-variant",
                f"The course {self.id} has no variant {variant}.",
                f"Its variants, in course.yml under “variants”, are: {known}.",
            )
        return found

    def find_module(self, module: ModuleId) -> Module | None:
        """The module of that id, or none."""
        return next((m for m in self.modules if m.id == module), None)

    def get_module(self, module: ModuleId) -> Module:
        """The module of that id.

        Raises NotFound, naming the modules there are.
        """
        found = self.find_module(module)
        if found is None:
            known = ", ".join(m.id for m in self.modules) or "none yet"
            raise NotFound(
                "no-such-module",
                f"The course {self.id} has no module {module}.",
                f"Its modules are: {known}.",
            )
        return found
