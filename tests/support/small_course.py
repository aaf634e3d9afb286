"""A small course with all that grades it but the engine, which is a twin."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from coursekit.model.gradereport import Report
from coursekit.model.grading import Limits
from coursekit.policy.steps import strip_hidden
from coursekit.services.grade import Module, grade
from coursekit.store.graded import GradedFolders
from coursekit.store.marking import MarkWriter
from coursekit.store.masters import read_masters
from coursekit.store.oldnotebooks import upgrade
from coursekit.store.submissions import authors_files, files_digest, read_collected
from support import marked
from support.marked import MODULE, gradebook, rows
from support.plain_engine import PlainEngine


class Course:
    """One course of nbgrader's, and all that grades it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = marked.db_url(root)
        self.engine = PlainEngine()
        self.graded: Any = None
        self.writer: Any = None
        self.changes: dict[str, Any] = {}
        self.penalty: Callable[[str, float, float], float | None] = lambda *_: 1.0

    def module(self) -> Module:
        files = authors_files(self.root / "source" / MODULE, ())
        masters = read_masters(
            self.url, MODULE, self.root / "release" / MODULE, self.root / "source" / MODULE, strip_hidden
        )
        hidden = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
        made = Module(masters, files, files_digest(files), Limits(), hidden, upgrade, "1")
        return replace(made, **self.changes)

    def folders(self) -> GradedFolders:
        return GradedFolders(
            self.root / "autograded",
            lambda learner: self.root / "autograded" / learner / MODULE,
            self.root / ".coursekit" / "graded" / MODULE,
        )

    def grade(self, *, wrap: Callable[[Any, Any], Any] | None = None, force: bool = False) -> Report:
        """Everybody who handed in. `wrap` may put something between the service and its parts."""
        from nbgrader.utils import parse_utc

        self.engine.jobs.clear()
        with self.folders() as folders, MarkWriter(self.url, MODULE, self.penalty) as writer:
            graded, marking = wrap(folders, writer) if wrap else (folders, writer)
            return grade(
                self.module(),
                lambda who: read_collected(self.root / "submitted" / who / MODULE, who, (), parse_utc),
                graded,
                marking,
                self.engine,
                sorted(p.name for p in (self.root / "submitted").iterdir()),
                force,
            )

    def ran(self) -> list[str]:
        return [job.key for job in self.engine.jobs]

    def rows(self) -> dict[str, Any]:
        return rows(self.url)

    def grades(self, learner: str, name: str = "main") -> Any:
        return self.rows()[learner]["notebooks"][name]["grades"]

    def notebook(self, learner: str, name: str = "main") -> Any:
        return json.loads((self.root / "autograded" / learner / MODULE / f"{name}.ipynb").read_bytes())

    def all_files(self) -> dict[str, bytes]:
        """What lies in autograded, hidden or not."""
        folder = self.root / "autograded"
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    def mark(self, learner: str, cell: str, points: float, name: str = "main") -> None:
        """As formgrader does."""
        with gradebook(self.url) as opened:
            found = opened.find_grade(cell, name, MODULE, learner)
            found.manual_score, found.needs_manual_grade = points, False
            opened.db.commit()
