"""Feedback with real parts: nbgrader's folders and gradebook, the author's module, the exchange.

What makes `coursekit feedback` start at once: nothing here imports nbgrader, and the exchange's client is loaded
for whoever is signed in, and nobody else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.model.errors import BadInput, CoursekitError, NotFound, Unauthenticated
from coursekit.model.feedback import Page
from coursekit.model.ids import is_user
from coursekit.policy import feedback
from coursekit.policy.cells import check_label_of, grade_id_of
from coursekit.services import give_back
from coursekit.services.give_back import Given, Out
from coursekit.store import judged
from coursekit.store.given import FeedbackFolders
from coursekit.store.marks import Marked, read_module
from coursekit.wire.prompts import prompt_from_json
from coursekit.wiring.nbgrader_config import CourseFolders
from coursekit.wiring.prose import FeedbackChecks

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient

_SOON = 5.0
"""Seconds that a look at what is released may take: feedback can be made without it."""


@dataclass(frozen=True)
class Batch:
    """A module's feedback, about to be made."""

    folders: CourseFolders
    module: str
    learners: tuple[str, ...]
    asked: feedback.Asked
    notebook: str
    marked: Marked
    checks: FeedbackChecks

    def run(
        self, out: Mapping[str, Out] | None = None, force: bool = False, to: ExchangeClient | None = None
    ) -> Iterator[Given]:
        """Make it, learner by learner; and with `to` release it there. `out`: what is released already."""
        with FeedbackFolders(
            Path(self.folders.root, self.folders.feedback),
            lambda learner: self.folders.path(self.folders.feedback, learner, self.module),
            self._graded,
        ) as kept:
            given = give_back.make(self.learners, self._compose, kept, out, force)
            if to is not None:
                given = give_back.release(given, lambda one: self._send(to, one), force)
            for one in given:
                # They lie in the folder; a class's pages need not lie in memory as well.
                yield replace(one, files=())

    def _graded(self, learner: str) -> Path:
        return self.folders.path(self.folders.autograded, learner, self.module)

    def _compose(self, learner: str) -> Page:
        marks = self.marked.marks.get(learner)
        if marks is None:
            raise NotFound(
                "not-graded",
                f"The gradebook has no marks of {learner} on {self.module}.",
                f"Grade it again: coursekit grade {self.module} --learner {learner}.",
            )
        folder = self._graded(learner)
        answers = judged.read_answers(
            folder, self.notebook, self.asked.prompts, self.marked.answers.get(self.notebook, frozenset())
        )
        texts = {
            prompt: str(one.response["text"])
            for prompt, one in answers.items()
            if one.response is not None and isinstance(one.response.get("text"), str)
        }
        checks, advice = self.checks.of(learner, folder, texts)
        return feedback.compose(self.asked, marks, answers, *judged.read_ticket(folder), checks, advice)

    def _send(self, exchange: ExchangeClient, one: Given) -> None:
        from coursekit.wire.api import FeedbackUpload, FileShape

        if not is_user(one.learner):
            raise BadInput(
                "bad-user",
                f"{one.learner} is nobody's name at the exchange.",
                "Rename the folder, or leave it.",
            )
        upload = FeedbackUpload(
            learner=one.learner,
            submission=one.submission or None,
            score=one.score,
            max_score=one.max_score,
            files=[FileShape.of(path, content) for path, content in one.files],
        )
        exchange.give_feedback(self.folders.course, self.module, upload)


def prepare(folders: CourseFolders, module: str, wanted: Collection[str] = ()) -> Batch:
    """Read what all learners' feedback shares. `wanted`: for these alone.

    Raises BadInput or NotFound when the module is not there, not built or not graded, or somebody's work is not.
    """
    source = folders.path(folders.source, ".", module)
    if not source.is_dir():
        known = sorted(p.parent.name for p in source.parent.glob("*/prompts.json"))
        raise NotFound(
            "no-such-module",
            f"There is no module {module} in {source.parent.name}.",
            f"Its modules are: {', '.join(known)}."
            if known
            else "Go to the folder in which nbgrader is run.",
        )
    prompts = _prompts(source, module)
    graded = list(folders.learners(folders.autograded, module))
    if not graded:
        raise BadInput(
            "nothing-graded",
            f"No work on {module} is graded yet.",
            f"Run `coursekit grade {module}` or `nbgrader autograde {module}` first.",
        )
    missing = sorted(set(wanted) - set(graded))
    if missing:
        raise NotFound(
            "not-graded",
            f"No graded work on {module} is there of {', '.join(missing)}.",
            f"Look at the names in {folders.autograded}/, or grade it first: coursekit grade {module}.",
        )
    _settle(folders, source, module)
    return Batch(
        folders,
        module,
        tuple(who for who in graded if not wanted or who in wanted),
        feedback.Asked(
            str(prompts["title"]),
            tuple(prompt_from_json(p) for p in prompts["prompts"]),
            str(prompts.get("language", "")),
            _labels(source / f"{prompts['notebook']}.ipynb"),
        ),
        str(prompts["notebook"]),
        read_module(folders.db_url, module),
        FeedbackChecks(folders, module),
    )


def look(folders: CourseFolders, module: str) -> tuple[Mapping[str, Out] | None, str]:
    """What is released already, for whoever is signed in and finds the exchange; else why nobody looked."""
    from coursekit.wiring.settings import connection

    try:
        # Loading what talks to the exchange takes longer than all the rest.
        connection()
    except Unauthenticated:
        return None, ""
    except CoursekitError as error:
        return None, error.detail
    from coursekit.wiring.learner import connect

    try:
        with connect(_SOON, attempts=1) as exchange:
            return released(exchange, folders.course, module), ""
    except CoursekitError as error:
        return None, error.detail


def released(exchange: ExchangeClient, course: str, module: str) -> Mapping[str, Out]:
    """What each learner has at the exchange. Raises CoursekitError."""
    if not course:
        raise BadInput(
            "no-course-id",
            "nbgrader's configuration does not say which course this is.",
            'Add to nbgrader_config.py: get_config().CourseDirectory.course_id = "…"',
        )
    rows = exchange.feedback_rows(course, module)
    return {row.learner: Out(row.submission, row.digests) for row in rows}


def _prompts(source: Path, module: str) -> dict[str, Any]:
    try:
        value = json.loads((source / "prompts.json").read_bytes())
    except FileNotFoundError as error:
        raise BadInput(
            "not-built", f"prompts.json is not in {source.name}.", f"Run `coursekit build {module}`."
        ) from error
    except (OSError, ValueError):
        value = None
    if not isinstance(value, dict) or not all(key in value for key in ("title", "notebook", "prompts")):
        raise BadInput(
            "broken-file",
            f"prompts.json in {source.name} cannot be read.",
            f"Run `coursekit build {module}`.",
        )
    return value


def _labels(master: Path) -> dict[str, str]:
    """What the author calls their tests, by grade_id; feedback can do without."""
    try:
        cells = json.loads(master.read_bytes())["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    named = {grade_id_of(cell): check_label_of(cell) for cell in cells}
    return {name: label for name, label in named.items() if name and label}


def _settle(folders: CourseFolders, source: Path, module: str) -> None:
    """Reckon anew what lateness costs, where the course says that it costs anything."""
    from coursekit.store.gradebook import is_there

    if not folders.late_by_course or not is_there(folders.db_url):
        return
    root = source.parent.parent
    try:
        # Reading the whole course takes longer than a class's feedback; without the word there is no rule.
        if not re.search(rb"\blate\b", (root / "modules" / "course.yml").read_bytes()):
            return
    except OSError:
        return
    from coursekit.store.authored import read_course
    from coursekit.store.marks import settle_penalties

    late = read_course(root).late
    if late.penalty_per_day:
        settle_penalties(folders.db_url, module, late)
