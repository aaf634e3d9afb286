"""Staff's folders: sealing, releasing, and collecting into nbgrader's tree."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.model.edition import OWN_EDITION, Edition
from coursekit.model.errors import BadInput
from coursekit.model.submission import canonical, sha256
from coursekit.policy.standing import penalty
from coursekit.services import seal
from coursekit.store import folders
from coursekit.store.collected import Shelf
from coursekit.wire.course import course_to_shape

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient
    from coursekit.model.course import Course
    from coursekit.model.deadline import LatePolicy
    from coursekit.store.gradebook import Deadlines
    from coursekit.wire.api import Released, ReleaseUpload

_OWN = ".coursekit"
_EDITION = "sealed-edition"


def seal_module(folder: Path, notebook: str, edition: Edition = OWN_EDITION) -> dict[str, Any]:
    """Seal the built notebook of a module's folder, or of an edition of it; the bundle is kept there.

    Gives the learner's part. Builds it first when it is not built or older than its master. Raises BadInput in the
    build's words.
    """
    own = folder / _OWN / edition.path
    _build_if_stale(folder, notebook, own, edition.options)
    built = _read_json(own / "built.ipynb")
    beside = [path.relative_to(folder).as_posix() for path in (folder / "exhibits").glob("*.md")]
    sealed = seal.seal(built, _read_json(_made(folder, edition.path, "prompts.json")), beside)
    text = json.dumps(sealed.bundle, ensure_ascii=False, indent=1)
    temporary = folder / _OWN / "sealed.json.new"
    temporary.write_text(text, encoding="utf-8")
    # Which edition it was: its prompts and checks are released with it.
    (folder / _OWN / _EDITION).write_text(edition.path, encoding="utf-8")
    temporary.replace(folder / _OWN / "sealed.json")
    return sealed.notebook


def release_module(
    exchange: ExchangeClient, source: Path, release: Path, course: Course | None = None
) -> Released:
    """Send a module's release/ folder and its sealed bundle, and the course's definition first.

    `source`: the master's folder; `release`: what nbgrader generated; `course`: another definition than the one of
    the folder's course.yml. Raises BadInput when they do not belong together.
    """
    from coursekit.store.authored import read_course
    from coursekit.store.notebookfiles import find_root

    course = course or read_course(find_root(source))
    upload = pack_module(source, release)
    exchange.put_course(course_to_shape(course))
    done = exchange.release(course.id, source.name, upload)
    keep_released(source, upload, done.release)
    return done


def pack_module(source: Path, release: Path) -> ReleaseUpload:
    """What `release_module` sends. Raises BadInput when the two folders do not belong together."""
    bundle = _read_json(source / _OWN / "sealed.json")
    # What the build made is taken from the build: nbgrader copies it before sealing may have built it anew.
    made = {p: c for p, c in folders.read_folder(source) if p == "prompts.json" or p.startswith("exhibits/")}
    # An exhibit that the module names no longer may still lie in an older release folder.
    own = {p: c for p, c in folders.read_folder(release) if not p.startswith("exhibits/")}
    edition = _sealed_edition(source)
    made["prompts.json"] = _made(source, edition, "prompts.json").read_bytes()
    files = list({**own, **made}.items())
    notebooks = [json.loads(c) for p, c in files if p.endswith(".ipynb") and "/" not in p]
    if not any(seal.is_of(bundle, notebook) for notebook in notebooks):
        raise BadInput(
            "other-bundle",
            f"What is sealed for {source.name} and its release folder were not made together.",
            f"Run `nbgrader generate_assignment {source.name} --force`, then release again.",
        )
    held_back = {path for reveal in bundle["reveals"] for path in reveal["files"]}
    missing = sorted(path for path in held_back if not (source / path).is_file())
    if missing:
        raise BadInput(
            "missing-exhibit",
            f"{missing[0]}, which a reveal holds back, is not in {source.name}.",
            f"Run `coursekit build {source.name}`.",
        )
    checks = _made(source, edition, "checks.json")
    return seal.pack(
        bundle,
        files,
        {path: (source / path).read_bytes() for path in held_back},
        checks.read_bytes() if checks.is_file() else None,
    )


def keep_released(source: Path, upload: ReleaseUpload, number: int) -> None:
    """Note what this release was made of, so that the next one can be compared with it. Never fails."""
    with contextlib.suppress(OSError):
        path = source / _OWN / "released.json"
        temporary = path.with_name("released.json.new")
        temporary.write_text(json.dumps({"release": number, **parts_of(upload)}, indent=1), encoding="utf-8")
        temporary.replace(path)


def read_released(source: Path) -> dict[str, Any] | None:
    """The same, as it was noted; none where nothing was released from here."""
    try:
        value = json.loads((source / _OWN / "released.json").read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def parts_of(upload: ReleaseUpload) -> dict[str, dict[str, str]]:
    """A release's prompts, reveals and files by name, with a digest each."""
    return {
        "prompts": {str(p["id"]): sha256(canonical(p)) for p in upload.prompts},
        "reveals": {r.after: sha256(r.model_dump_json().encode()) for r in upload.reveals},
        "files": {f.path: f.sha256 for f in upload.files},
    }


def shelf(submitted: Path) -> Shelf:
    """nbgrader's folder of submissions, where collected ones are written whole."""
    return Shelf(submitted)


def late_share(root: Path, late: timedelta) -> float:
    """The share of the points reached that so much lateness costs, by the course in that folder."""
    from coursekit.store.authored import COURSE_FILE

    written = root / COURSE_FILE
    return penalty(_late_policy(root, written.stat().st_mtime_ns if written.is_file() else 0), late)


@lru_cache(maxsize=4)
def _late_policy(root: Path, stamp: int) -> LatePolicy:
    """`stamp`: of the file as it is now. Reading it takes longer than all else about a late submission."""
    from coursekit.store.authored import read_course

    return read_course(root).late


def grader_due(source: Path, db_url: str, course: str) -> datetime | None:
    """The due date that a grader entered in the gradebook; none where they entered none, or only we did."""
    from coursekit.store import gradebook

    if not gradebook.is_there(db_url):
        return None
    due = gradebook.find_due(db_url, course, source.name)
    return due if due != _read_deadlines(source).due else None


def note_deadlines(
    source: Path, db_url: str, course: str, due: datetime | None, own: Mapping[str, datetime]
) -> None:
    """Write the course's due date and learners' own (learner → moment) into the gradebook, if there is one."""
    from coursekit.store import gradebook
    from coursekit.wire.values import dump

    if not gradebook.is_there(db_url):
        return
    before = _read_deadlines(source)
    after = gradebook.write_deadlines(db_url, course, source.name, due, own, before)
    if after != before:
        (source / _OWN).mkdir(parents=True, exist_ok=True)
        temporary = source / _OWN / "deadlines.json.new"
        temporary.write_text(dump(after), encoding="utf-8")
        temporary.replace(source / _OWN / "deadlines.json")


def _read_deadlines(source: Path) -> Deadlines:
    from coursekit.store.gradebook import Deadlines
    from coursekit.wire.values import load

    try:
        return load(Deadlines, (source / _OWN / "deadlines.json").read_bytes())
    # Without the note, what stands in the gradebook is taken for a grader's.
    except (OSError, ValueError):
        return Deadlines()


def _made(folder: Path, edition: str, name: str) -> Path:
    """A translation has prompts and checks of its own; a variant has the module's."""
    own = folder / _OWN / edition / name
    if edition and own.is_file():
        return own
    return folder / name if name == "prompts.json" else folder / _OWN / name


def _sealed_edition(folder: Path) -> str:
    try:
        return (folder / _OWN / _EDITION).read_text(encoding="utf-8")
    except OSError:
        return ""


def _build_if_stale(folder: Path, notebook: str, own: Path, more: Sequence[str]) -> None:
    """`own`: where what is to be sealed was built; `more`: what its build is told."""
    master = folder / f"{notebook}.ipynb"
    record = own / "build.json"
    # A build of an earlier coursekit wrote down nothing for the checks.
    if record.exists() and (folder / _OWN / "checks.json").is_file():
        root = folder.parent.parent
        inputs = _read_json(record).get("inputs", {})
        if inputs and all(_same(root / path, digest) for path, digest in inputs.items()):
            return
    # In a process of its own: formgrader calls this inside a running event loop, and nbgrader's converters
    # change the working directory under it.
    build = subprocess.run(
        [sys.executable, "-m", "coursekit", "build", folder.name, *more],
        cwd=folder.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if build.returncode != 0:
        raise BadInput(
            "build-failed",
            f"{master.name} could not be built. {build.stderr.strip()[-1500:]}",
            f"Run `coursekit check`, then `coursekit build {folder.name}`.",
        )


def _same(path: Path, digest: str) -> bool:
    try:
        return sha256(path.read_bytes()) == digest
    except OSError:
        return False


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise BadInput(
            "not-built", f"{path.name} is not in {path.parent}.", "Run `coursekit build` for this module."
        ) from error
    except (OSError, ValueError) as error:
        raise BadInput("broken-file", f"{path} cannot be read.", "Delete it and build again.") from error
    if not isinstance(value, dict):
        raise BadInput("broken-file", f"{path} is not what it should be.", "Delete it and build again.")
    return value


def gradebook_url(course_folder: Path) -> str:
    """nbgrader's default gradebook of a course folder."""
    return f"sqlite:///{course_folder.absolute() / 'gradebook.db'}"


def read_marks(course_folder: Path, modules: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Module → a row for each learner: learner, score, max_score, waiting (cells that a person must read)."""
    from coursekit.store.marks import read_module

    return {
        module: [
            {
                "learner": marks.learner,
                "score": marks.score,
                "max_score": marks.max_score,
                "waiting": sum(c.needs_manual_grade for c in marks.cells),
            }
            for _, marks in sorted(read_module(gradebook_url(course_folder), module).marks.items())
        ]
        for module in modules
    }


def review_as_exemplars(
    course_folder: Path, module: str, answers: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Work through the queue as a grader would who marks as the teacher marked the exemplars.

    `answers`: learner → prompt → exemplar id. Gives the queue in numbers as it was before, prompt by prompt, with
    how many of it were `reviewed_here`. Nothing where no answer was checked.
    """
    from coursekit.model.reviewing import Decision
    from coursekit.services.review import adequate_by_rule
    from coursekit.store.authored import read_exemplars
    from coursekit.wiring.prose import find_place
    from coursekit.wiring.reflections import open_desk

    place = find_place(course_folder, module)
    if not place.record.is_there():
        return []
    exemplars = {e.id: e for e in read_exemplars(place.source)}
    with open_desk(place) as desk:
        before = desk.compositions()
        marks = desk.gradebook.read()
        done: dict[str, int] = {}
        for item in desk.queue():
            exemplar = exemplars.get(answers.get(item.answer.learner, {}).get(item.answer.prompt, ""))
            mark = marks.get(item.answer.learner, {}).get(item.answer.prompt)
            if exemplar is None or mark is None or not exemplar.marks:
                continue
            adequate = adequate_by_rule(item.basis, exemplar.marks)
            if adequate is None:
                adequate = bool(exemplar.adequate)
            desk.decide(item, Decision(dict(exemplar.marks), adequate, exemplar.note), mark, seen=False)
            done[item.answer.prompt] = done.get(item.answer.prompt, 0) + 1
    return [{**asdict(one), "reviewed_here": done.get(one.prompt, 0)} for one in before]


def enter_exemplar_marks(
    course_folder: Path, course: str, module: str, answers: Mapping[str, Mapping[str, str]]
) -> None:
    """Mark simulated prose as the teacher marked the exemplars (learner → prompt → exemplar id)."""
    from coursekit.store import gradebook
    from coursekit.store.authored import read_exemplars

    exemplars = {e.id: e for e in read_exemplars(course_folder / "modules" / module)}
    graded = {
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in _read_json(course_folder / "modules" / module / f"{module}.ipynb")["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    marks = {
        learner: {
            prompt: (float(sum(exemplars[chosen].marks.values())), exemplars[chosen].note)
            for prompt, chosen in mine.items()
            if prompt in graded and exemplars[chosen].marks
        }
        for learner, mine in answers.items()
    }
    gradebook.enter_marks(gradebook_url(course_folder), course, module, marks)
