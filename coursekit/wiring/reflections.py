"""The graders' side of the checks with real parts: the module's checks.json, graded folders, gradebook, record.

Text models and what they need are loaded where there is prose with a rubric, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit import __version__
from coursekit.model.errors import BadInput, CoursekitError, NotFound
from coursekit.model.feedback import Advice, Check
from coursekit.model.ids import Digest, PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.prosereport import ProseReport
from coursekit.model.reflection import Basis, Marked
from coursekit.model.reviewing import Answer
from coursekit.model.submission import canonical, sha256
from coursekit.store import judged
from coursekit.store.reflections import FOLDER, ReflectionRecord
from coursekit.wire.prompts import prompt_from_json
from coursekit.wiring.clock import utc_now
from coursekit.wiring.nbgrader_config import CourseFolders, read_folders

if TYPE_CHECKING:
    from coursekit.policy.reflection.certificate import Audited
    from coursekit.policy.reflection.history import History
    from coursekit.services.replay import Replayed
    from coursekit.services.review import Appeal, Desk

_OWN = ".coursekit"
_CHECKS = "checks.json"
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "py3langid")
"""What may change a number in the sixth place."""
_SOON = 5.0
"""Seconds that asking for appeals may take: a grader can work without them."""


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
    prompts = tuple(p for p in asked.prompts if p.id in asked.with_rubric)
    found = []
    for learner in place.learners():
        folder = place.graded(learner)
        given = judged.read_answers(folder, asked.notebook, prompts, cells)
        texts = {
            prompt: str(one.response["text"]) for prompt, one in given.items() if one.response is not None
        }
        if texts:
            submission = _submission(folder, texts)
            found += [Answer(learner, submission, prompt, text) for prompt, text in texts.items()]
    return found


def _submission(folder: Path, texts: Mapping[PromptId, str]) -> Digest:
    """A name for a submission that is nobody's; the exchange's own where it came from there."""
    from coursekit.policy.reflection.check import text_digest

    named, at = judged.read_ticket(folder)
    if named:
        return digest_of(named)
    return sha256(canonical([at, {prompt: text_digest(text) for prompt, text in texts.items()}]))


def digest_of(submission: str) -> Digest:
    """A submission of the exchange, as the record names it."""
    return sha256(submission.encode())


def tools() -> dict[str, str]:
    """Library → version, of all that may change a number."""
    return {"coursekit": __version__, **{name: version(name) for name in _LIBRARIES}}


# ------------------------------------------------------------------------------------------------ grading


def check(place: Place, drafts: bool) -> ProseReport | None:
    """Check the prose of everybody whose work is graded. None where there is none to be checked.

    Whatever goes wrong is said in the report, and leaves the answers to a person, as they are without it.
    """
    if not (place.source / "rubrics.yml").is_file():
        return None
    try:
        return _check(place, drafts)
    except CoursekitError as error:
        return ProseReport(events=(f"Written answers were not checked. {error.detail} {error.next_step}",))
    except Exception as error:
        return ProseReport(
            events=(
                f"Written answers were not checked ({type(error).__name__}); a person reads all of them. "
                "That is a flaw of coursekit. Please report it.",
            )
        )


def _check(place: Place, drafts: bool) -> ProseReport | None:
    asked = read_asked(place)
    if not asked.with_rubric:
        return None
    answers = read_answers(place, asked)
    if not answers:
        return None
    from coursekit.services.check_prose import Author, Tools, check_prose
    from coursekit.store.prosemarks import ProseMarks
    from coursekit.wiring.textmodels import open_models

    author = Author(asked.checks, asked.bases, _exemplars(place), tools(), drafts)
    with ProseMarks(place.db_url, place.module, asked.notebook) as gradebook:
        return check_prose(author, answers, place.record, gradebook, Tools(open_models, utc_now))


def _exemplars(place: Place) -> Mapping[PromptId, tuple[Marked, ...]]:
    """The author's marked answers, by prompt."""
    from coursekit.store.authored import read_exemplars

    found: dict[PromptId, tuple[Marked, ...]] = {}
    for exemplar in read_exemplars(place.source):
        if exemplar.marks and "text" in exemplar.response:
            found[exemplar.prompt] = (*found.get(exemplar.prompt, ()), Marked.of(exemplar))
    return found


# ----------------------------------------------------------------------------------------------- reviewing


@contextmanager
def open_desk(place: Place) -> Iterator[Desk]:
    """What a grader works at. Raises BadInput when nothing was built or graded yet."""
    from coursekit.services.review import Desk
    from coursekit.store.prosemarks import ProseMarks

    asked = read_asked(place)
    with ProseMarks(place.db_url, place.module, asked.notebook) as gradebook:
        record = place.record
        if not record.is_there():
            raise BadInput(
                "nothing-checked",
                f"No written answer to {place.module} was checked yet.",
                f"Run `coursekit grade {place.module}` first.",
            )
        yield Desk(asked.with_rubric, read_answers(place, asked), record, gradebook, utc_now)


def find_appeals(place: Place) -> list[Appeal]:
    """Appeals at the exchange, for whoever is signed in and may see them; nothing otherwise."""
    from coursekit.services.review import Appeal
    from coursekit.wiring.settings import connection

    try:
        connection()
        from coursekit.wiring.learner import connect

        with connect(_SOON, attempts=1) as exchange:
            rows = exchange.appeals(place.course, place.module)
    except CoursekitError:
        return []
    return [
        Appeal(
            sha256(canonical([row.submission, row.prompt])),
            digest_of(row.submission),
            PromptId(row.prompt),
            row.reason,
        )
        for row in rows
    ]


def history(place: Place) -> History:
    """What the record tells."""
    from coursekit.policy.reflection.history import History

    return History.of(place.record.entries())


def marked_of(root: Path | None, module: str, prompt: str) -> tuple[Marked, ...]:
    """The answers to a prompt that people have marked: the author's exemplars, then what graders have reviewed."""
    from coursekit.policy.reflection.check import text_digest

    place = find_place(root, module)
    exemplars = _exemplars(place).get(PromptId(prompt), ())
    basis = read_asked(place).bases.get(PromptId(prompt))
    if basis is None:
        return exemplars
    known = {text_digest(m.text) for m in exemplars}
    record = place.record

    def text(digest: Digest) -> str | None:
        content = record.inputs.find(digest)
        return content.decode("utf-8", "surrogatepass") if content is not None else None

    return (*exemplars, *(m for m in history(place).marked(basis, text) if m.id not in known))


def audited_of(root: Path | None, module: str, prompt: str) -> tuple[Audited, ...]:
    """The decisions about a prompt that may earn a certificate: drawn by lot, and marked blind."""
    from coursekit.policy.reflection.audits import audited

    place = find_place(root, module)
    basis = read_asked(place).bases.get(PromptId(prompt))
    return audited(history(place), basis) if basis is not None else ()


# ------------------------------------------------------------------------------------------------ feedback


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
        self, folder: Path, texts: Mapping[PromptId, str]
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
        submission = _submission(folder, mine)
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


# -------------------------------------------------------------------------------------------------- replay


def replay(path: Path, advance: Callable[[], None] = lambda: None) -> Replayed:
    """Reckon the record in that file again. Raises NotFound when there is none."""
    from coursekit.services.replay import replay as reckon
    from coursekit.wiring.textmodels import open_models

    if not path.is_file():
        raise NotFound(
            "no-such-record",
            f"There is no record {path}.",
            "Records lie in .coursekit/reflections/ of the course's folder.",
        )
    record = ReflectionRecord.at(path)
    entries, faults = record.look()
    models = open_models()
    used = {name for entry in entries for name in _models_in(entry.body)}
    if models.embedding is not None and models.embedding.name not in used:
        models = replace(models, embedding=None)
    return reckon(entries, faults, record.inputs.find, models, tools(), advance)


def _models_in(body: Mapping[str, object]) -> list[str]:
    checked = body.get("checked")
    models = checked.get("models") if isinstance(checked, Mapping) else None
    return list(models) if isinstance(models, Mapping) else []
