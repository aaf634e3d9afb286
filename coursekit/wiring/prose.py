"""Where a module's prose lies, what was asked, what was answered, and what its learners are told of the checks.

Nothing of this needs more than the gradebook's file: feedback is made by whoever has nbgrader, and starts at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.model.errors import BadInput, CoursekitError, NotFound
from coursekit.model.feedback import Advice, Check
from coursekit.model.ids import Digest, PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.reflection import Basis
from coursekit.model.reviewing import Answer
from coursekit.model.submission import sha256
from coursekit.store import judged
from coursekit.store.reflections import FOLDER, ReflectionRecord
from coursekit.wire.prompts import prompt_from_json
from coursekit.wiring.nbgrader_config import CourseFolders, read_folders

if TYPE_CHECKING:
    from coursekit.policy.reflection.history import History

_OWN = ".coursekit"
_CHECKS = "checks.json"


@dataclass(frozen=True)
class Place:
    """Where a module's prose is, whoever read nbgrader's configuration."""

    root: Path
    course: str
    module: str
    db_url: str
    source: Path
    graded: Callable[[str], Path]
    """Learner → their graded work."""
    learners: Callable[[], Sequence[str]]
    """Whoever has graded work."""

    @classmethod
    def of(cls, folders: CourseFolders, module: str) -> Place:
        """By nbgrader's configuration as we read it."""
        return cls(
            folders.root,
            folders.course,
            module,
            folders.db_url,
            folders.path(folders.source, ".", module),
            lambda learner: folders.path(folders.autograded, learner, module),
            lambda: list(folders.learners(folders.autograded, module)),
        )

    @property
    def record(self) -> ReflectionRecord:
        """The module's record."""
        return ReflectionRecord(self.root / _OWN / FOLDER, self.module)


@dataclass(frozen=True)
class Asked:
    """What the module asks in prose."""

    notebook: str
    prompts: tuple[Prompt, ...]
    checks: bytes
    bases: Mapping[PromptId, Basis]

    @property
    def with_rubric(self) -> Mapping[PromptId, Basis]:
        """Those that can be checked."""
        return {prompt: basis for prompt, basis in self.bases.items() if basis.rubric.criteria}


def find_place(root: Path | None, module: str) -> Place:
    """The module of the course in that folder, or of one above it. Raises NotFound when it is not there."""
    from coursekit.wiring.nbgrader_course import find_root

    place = Place.of(read_folders(find_root(root or Path.cwd())), module)
    if not place.source.is_dir():
        known = sorted(p.parent.name for p in place.source.parent.glob("*/prompts.json"))
        raise NotFound(
            "no-such-module",
            f"There is no module {module} in {place.source.parent.name}.",
            f"Its modules are: {', '.join(known)}." if known else "Go to the course's folder.",
        )
    return place


def read_asked(place: Place) -> Asked:
    """What the build wrote of the module. Raises BadInput when it was not built, or by an earlier release."""
    # What reads it takes longer to load than most courses take to be graded again.
    from coursekit.wire.checks import parse_checks

    try:
        checks = (place.source / _OWN / _CHECKS).read_bytes()
        value = json.loads((place.source / "prompts.json").read_bytes())
        prompts = tuple(prompt_from_json(p) for p in value["prompts"])
        notebook = str(value["notebook"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "not-built",
            f"What the checks need of {place.module} is not there, or cannot be read.",
            f"Run `coursekit build {place.module}`.",
        ) from error
    prose = tuple(p for p in prompts if p.kind is PromptKind.REFLECTION)
    return Asked(notebook, prose, checks, parse_checks(checks))


def read_answers(place: Place, asked: Asked) -> list[Answer]:
    """Everybody's answers as they were judged; who left one empty has none."""
    from coursekit.store.marks import read_module

    cells = read_module(place.db_url, place.module).answers.get(asked.notebook, frozenset())
    found, record = [], place.record
    for learner in place.learners():
        folder = place.graded(learner)
        given = judged.read_answers(folder, asked.notebook, asked.prompts, cells)
        texts = {
            prompt: str(one.response["text"]) for prompt, one in given.items() if one.response is not None
        }
        if texts:
            # It goes by what can be checked, as ever: a name must not change because more is read.
            checked = {prompt: text for prompt, text in texts.items() if prompt in asked.with_rubric}
            submission = submission_of(record, learner, folder, checked or texts)
            found += [Answer(learner, submission, prompt, text) for prompt, text in texts.items()]
    return found


def submission_of(
    record: ReflectionRecord, learner: str, folder: Path, texts: Mapping[PromptId, str]
) -> Digest:
    """A name for a submission that is nobody's; the exchange's own where it came from there."""
    from coursekit.policy.reflection.check import text_digest

    named, at = judged.read_ticket(folder)
    if named:
        return digest_of(named)
    # Two people may hand in the same at the same minute, and each is to be read.
    parts = [part for prompt, text in sorted(texts.items()) for part in (prompt, text_digest(text))]
    return record.name_of(learner, at, *parts)


def digest_of(submission: str) -> Digest:
    """A submission of the exchange, as the record names it."""
    return sha256(submission.encode())


def history(place: Place) -> History:
    """What the record tells. Raises BadInput when it does not hold."""
    from coursekit.policy.reflection.history import History

    return History.of(place.record.entries())


class FeedbackChecks:
    """What learners are told, from the newest checks in the record; nothing where there is no record."""

    def __init__(self, folders: CourseFolders, module: str) -> None:
        self._place = Place.of(folders, module)
        self._bases: Mapping[PromptId, Basis] = {}
        self._history: History | None = None
        if not self._place.record.is_there():
            return
        try:
            self._bases = read_asked(self._place).with_rubric
            self._history = history(self._place)
        except CoursekitError:
            # Feedback can be made without: marks and comments are what counts.
            self._history = None

    def of(
        self, learner: str, folder: Path, texts: Mapping[PromptId, str]
    ) -> tuple[Mapping[PromptId, tuple[Check, ...]], Mapping[PromptId, Advice]]:
        """Of one learner's graded folder: prompt → checks, and prompt → what goes with them."""
        if self._history is None:
            return {}, {}
        from coursekit.policy.reflection.check import text_digest
        from coursekit.policy.reflection.pointers import as_checks, pointers

        # As when they were checked: all that has a rubric and an answer.
        mine = {p: t for p, t in texts.items() if p in self._bases}
        if not mine:
            return {}, {}
        submission = submission_of(self._place.record, learner, folder, mine)
        checks: dict[PromptId, tuple[Check, ...]] = {}
        said: dict[PromptId, Advice] = {}
        for prompt, text in mine.items():
            noted = self._history.checks.get((submission, prompt, text_digest(text)))
            basis = self._bases[prompt]
            if noted is None or noted.checked.basis != basis.digest:
                continue
            told = pointers(basis, noted.checked, text)
            checks[prompt] = as_checks(told)
            said[prompt] = Advice(told.next_step, told.footer)
        return checks, said
