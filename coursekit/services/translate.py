"""Bring a module's catalogue of a language up to date: what holds stays, what does not is marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from coursekit.lint.catalog import Material
from coursekit.model.course import Course
from coursekit.model.ids import ModuleId
from coursekit.model.translation import Entry, missing, stale
from coursekit.policy.translating import followed, pieces


class TranslatorsDesk(Protocol):
    """The course's folder, as far as this needs it."""

    def course(self) -> Course:
        """As course.yml tells it."""

    def material(self, course: Course, module: ModuleId) -> Material:
        """One module as its author wrote it. Raises BadInput when a file cannot be read."""

    def master(self, module: ModuleId) -> dict[str, Any]:
        """The author's notebook, as it stands."""

    def catalogue(self, module: ModuleId, language: str) -> Sequence[Entry]:
        """A module's translation, as far as there is one. Raises BadInput when it cannot be read."""

    def write_catalogue(
        self, module: ModuleId, language: str, entries: Iterable[Entry], now: datetime
    ) -> bool:
        """Put it in its place, whole; gives whether anything changed."""


@dataclass(frozen=True)
class Translated:
    """How a catalogue stands."""

    file: str
    pieces: int
    left: Mapping[str, Sequence[str]]
    """What is missing and what is stale, by keys."""
    changed: bool

    @property
    def summary(self) -> str:
        """One sentence."""
        written = "" if self.changed else " Nothing had changed."
        counts = ", ".join(f"{len(keys)} {what}" for what, keys in self.left.items())
        return f"{self.file}: {self.pieces} pieces, {counts}.{written}"


def translate(desk: TranslatorsDesk, module: ModuleId, language: str, now: datetime) -> Translated:
    """Write or update one catalogue."""
    course = desk.course()
    material = desk.material(course, module)
    every = pieces(desk.master(module), material.rubrics, material.module.title)
    entries = followed(desk.catalogue(module, language), every)
    changed = desk.write_catalogue(module, language, entries, now)
    known = {entry.key: entry for entry in entries}
    left = {"missing": missing(known, every), "stale": stale(known, every)}
    return Translated(f"modules/{module}/translations/{language}.po", len(every), left, changed)
