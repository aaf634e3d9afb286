"""What an author's Jupyter server has at hand: the course in its folder, and the files beside the open master.

All of it blocks: a server calls it in threads.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.lint.finding import Finding
from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput, Conflict, CoursekitError, NotFound
from coursekit.model.ids import ModuleId
from coursekit.model.rubric import Rubric
from coursekit.model.submission import canonical, sha256
from coursekit.services import check as checking
from coursekit.store.authored import COURSE_FILE, parse_exemplars, parse_rubrics, parse_yaml, read_rubrics
from coursekit.store.coursefiles import CourseFolder, TypedCourse
from coursekit.store.yamledit import edited
from coursekit.wiring.settings import tool_environment

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient

_BLANK: dict[str, dict[str, Any]] = {
    "rubrics": {"schema": "coursekit.rubrics/1", "rubrics": {}},
    "exemplars": {"schema": "coursekit.exemplars/1", "exemplars": []},
}
_PARSE = {"rubrics": parse_rubrics, "exemplars": parse_exemplars}


@dataclass(frozen=True)
class Master:
    """An author's notebook, and the course that it belongs to."""

    root: Path
    course: Course
    module: Module

    @property
    def folder(self) -> Path:
        """The module's."""
        return self.root / "modules" / self.module.id

    @property
    def exhibits(self) -> tuple[str, ...]:
        """Those of its case."""
        return CourseFolder(self.root).exhibits(self.module)

    def rubrics(self) -> dict[str, Rubric]:
        """Those that can be read."""
        try:
            return read_rubrics(self.folder)
        except CoursekitError:
            # It is among the findings, and no reason to have no panel.
            return {}


class AuthorRoom:
    """The folder that a Jupyter server shows, with one course or several in it."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._starting = threading.Lock()
        self._previews: dict[str, subprocess.Popen[str]] = {}
        self._addresses: dict[str, str] = {}

    def find(self, path: str) -> Master | None:
        """The master of that path; none for any other notebook, and where course.yml cannot be read."""
        if not path or "\0" in path or path.startswith("/"):
            return None
        there = Path(os.path.normpath(self._root / path))
        folder, root = there.parent, there.parent.parent.parent
        if not there.is_relative_to(self._root) or folder.resolve() != folder:
            return None
        if folder.parent.name != "modules" or there.name != f"{folder.name}.ipynb":
            return None
        if not (root / COURSE_FILE).is_file() or not there.is_file() or there.is_symlink():
            return None
        try:
            course = CourseFolder(root).course()
            return Master(root, course, course.get_module(ModuleId(folder.name)))
        except CoursekitError:
            return None

    def get(self, path: str) -> Master:
        """The same. Raises NotFound."""
        found = self.find(path)
        if found is None:
            raise NotFound(
                "no-master", "This notebook is no module of a course.", "Open modules/<name>/<name>.ipynb."
            )
        return found

    def findings(self, path: str, notebook: Mapping[str, Any]) -> list[Finding]:
        """What `check` would say of the notebook as it stands there, with the files beside it."""
        master = self.get(path)
        cells = notebook.get("cells")
        if not isinstance(cells, list):
            raise BadInput("not-a-notebook", "What was sent is no notebook.", "Load the page again.")
        return checking.check(TypedCourse(master.root, master.module.id, notebook), master.module.id)

    # rubrics.yml and exemplars.yml

    def sheet(self, path: str, name: str) -> tuple[str, dict[str, Any]]:
        """The file's digest and its value. Raises BadInput when it cannot be read."""
        file = self.get(path).folder / f"{name}.yml"
        text = _text(file)
        if text is None:
            return "", _BLANK[name]
        value = parse_yaml(text, file.name)
        if not isinstance(value, dict):
            raise BadInput("broken-yaml", f"{file.name} is no mapping.", "Mend it in an editor first.")
        return sha256(text.encode()), value

    def write_sheet(
        self, path: str, name: str, digest: str, value: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Put another value into the file; what did not change keeps its comments.

        Raises Conflict when the file is not what the author saw, BadInput when the value is none of its kind.
        """
        file = self.get(path).folder / f"{name}.yml"
        text = _text(file)
        if ("" if text is None else sha256(text.encode())) != digest:
            raise Conflict(
                "changed-meanwhile",
                f"{file.name} was changed by somebody else meanwhile.",
                "Look at what it says now, then make your change again.",
            )
        new = edited(text or "", with_numbers(name, dict(value)), file.name)
        _PARSE[name](new, file.name)
        temporary = file.with_name(f".{file.name}.new")
        temporary.write_text(new, encoding="utf-8")
        if file.is_file():
            temporary.chmod(file.stat().st_mode & 0o777)
        temporary.replace(file)
        return self.sheet(path, name)

    # looking at it as learners will

    def preview(self, path: str) -> str:
        """The address of a preview that follows what is saved; it ends with this server.

        Raises BadInput with what it said when it does not start.
        """
        master = self.get(path)
        with self._starting:
            running = self._previews.get(path)
            if running is None or running.poll() is not None:
                running = self._previews[path] = _start_preview(master)
                self._addresses[path] = _address_of(running)
            return self._addresses[path]

    # releasing

    def prepare(self, path: str) -> tuple[int | None, str, list[tuple[str, str, str]]]:
        """Build and generate; the last release, a digest of the next one, and what is different (part, name, what).

        Raises BadInput with what the failing command said.
        """
        from coursekit.wiring import staff

        master = self.get(path)
        module = master.module.id
        _run(master.root, "coursekit", "build", module)
        _run(master.root, "nbgrader", "generate_assignment", module, "--force")
        now = staff.parts_of(staff.pack_module(master.folder, master.root / "release" / module))
        before = staff.read_released(master.folder)
        return (before or {}).get("release"), _digest(now), differences(before or {}, now)

    def release(self, path: str, digest: str, exchange: ExchangeClient) -> tuple[int, bool]:
        """Release what was prepared; its number, and whether it is the one of before.

        Raises Conflict when something else would be released than was looked at, and what the exchange says.
        """
        from coursekit.wiring import staff

        master = self.get(path)
        release = master.root / "release" / master.module.id
        if (
            not release.is_dir()
            or _digest(staff.parts_of(staff.pack_module(master.folder, release))) != digest
        ):
            raise Conflict(
                "changed-meanwhile",
                "The module was changed after you looked at what would be released.",
                "Look again, then release it.",
            )
        done = staff.release_module(exchange, master.folder, release)
        return done.release, done.unchanged


def differences(
    before: Mapping[str, Any], now: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str, str]]:
    """Part, name, and what has become of it, from one release's parts to the next one's."""
    found = []
    for part, names in now.items():
        old = before.get(part, {})
        kind = part.removesuffix("s")
        found += [
            (kind, name, "new" if name not in old else "changed")
            for name, d in names.items()
            if old.get(name) != d
        ]
        found += [(kind, name, "removed") for name in old if name not in names]
    return found


def with_numbers(name: str, value: dict[str, Any]) -> dict[str, Any]:
    """Levels by number again: JSON knows no keys but texts."""
    if name != "rubrics":
        return value
    rubrics = value.get("rubrics")
    for rubric in rubrics.values() if isinstance(rubrics, dict) else ():
        for criterion in rubric.get("criteria", []) if isinstance(rubric, dict) else ():
            levels = criterion.get("levels") if isinstance(criterion, dict) else None
            if isinstance(levels, dict):
                criterion["levels"] = {int(k) if str(k).isdecimal() else k: v for k, v in levels.items()}
    return value


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "unreadable-file", f"{file.name} cannot be read.", "Mend it in an editor first."
        ) from error


def _digest(parts: Mapping[str, Any]) -> str:
    return sha256(canonical(dict(parts)))


def _start_preview(master: Master) -> subprocess.Popen[str]:
    options = ["--no-browser", "--while-input", "--course", str(master.root)]
    return subprocess.Popen(
        [sys.executable, "-m", "coursekit", "preview", master.module.id, *options],
        cwd=master.root,
        env=tool_environment(PYTHONUNBUFFERED="1"),
        # However this server ends, its end of the pipe is closed then, and the preview ends as well.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        if line.strip().startswith("http://"):
            # Nobody reads on, and what is not read must not stop it.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return line.strip()
        said.append(line.strip())
        if "Nothing is shown yet" in line:
            process.terminate()
    raise BadInput(
        "no-preview",
        f"The preview did not start: {' '.join(said)[-600:]}",
        "Mend what it names, save, then try again.",
    )


def _run(folder: Path, *command: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=tool_environment(),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if ended.returncode != 0:
        said = [line.strip() for line in ended.stderr.strip().splitlines() if line.strip()]
        raise BadInput(
            "command-failed",
            f"{' '.join(command[:2])} did not work: {' '.join(said[-3:])[-600:]}",
            "Mend what it names, save, then try again.",
        )
