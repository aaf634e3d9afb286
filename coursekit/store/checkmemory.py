"""What the last check of a course found, kept beside the builds' records, so that nothing is looked at twice.

modules/.coursekit/check.json     ignored by git; nbgrader takes no folder with a dot for a module
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coursekit.lint.facts import Facts
from coursekit.lint.finding import Finding, Severity
from coursekit.lint.outcome import Outcome, Seen
from coursekit.model.submission import sha256

_FOLDER = "modules/.coursekit"
_WRITTEN_BY_BUILD = frozenset({"exhibits", "prompts.json"})
# Of other files (data, images) a finding depends on the name alone.
_READ = frozenset({".ipynb", ".yml", ".md", ".txt", ".po"})


class CheckMemory:
    """The last outcome. Whatever is wrong with it, it is only that there is none."""

    def __init__(self, root: Path) -> None:
        """Of the course in that folder."""
        self._folder = root / _FOLDER
        self._file = self._folder / "check.json"

    def last(self) -> Outcome:
        """What was kept; an empty one when there is none, or it is damaged."""
        try:
            digest, _, text = self._file.read_bytes().partition(b"\n")
            if sha256(text) != digest.decode():
                return Outcome()
            return _outcome(json.loads(text))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return Outcome()

    def keep(self, outcome: Outcome) -> None:
        """Keep it for the next check. Of two that write at once one stays, whole; without a place to, none does."""
        text = json.dumps(asdict(outcome), ensure_ascii=False).encode()
        with contextlib.suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            ignore = self._folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
            handle, name = tempfile.mkstemp(prefix=".check-", dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(f"{sha256(text)}\n".encode() + text)
                Path(name).replace(self._file)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise


def _outcome(value: Any) -> Outcome:
    return Outcome(
        str(value["key"]),
        findings_of(value["findings"]),
        {
            name: Seen(str(seen["key"]), findings_of(seen["findings"]), _facts(seen["facts"]))
            for name, seen in value["modules"].items()
        },
    )


def findings_of(value: Any) -> tuple[Finding, ...]:
    """Findings as they were kept. Raises one of several errors where they are none."""
    return tuple(Finding(**{**fields, "severity": Severity(fields["severity"])}) for fields in value)


def _facts(value: Any) -> Facts | None:
    if value is None:
        return None
    parameters = value["parameters"]
    return Facts(
        tuple(value["competencies"]),
        bool(value["has_points"]),
        tuple(parameters) if parameters is not None else None,
    )


def course_stamps(root: Path) -> dict[str, str]:
    """For each file of a course that a finding could depend on its digest, or that it is there."""
    stamps = {"modules/course.yml": _digest(root / "modules" / "course.yml")}
    for part, left_out in (("modules", _WRITTEN_BY_BUILD), ("cases", frozenset())):
        for folder in _folders(root / part):
            stamps[f"{part}/{folder.name}/"] = ""
            for path in _files(folder, left_out):
                name = path.relative_to(root).as_posix()
                content = _digest(path) if path.suffix.lower() in _READ else ""
                stamps[name] = ("link " if path.is_symlink() else "") + content
    return stamps


def _folders(parent: Path) -> list[Path]:
    try:
        return sorted(p for p in parent.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
    except OSError:
        return []


def _files(folder: Path, left_out: frozenset[str]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        top = Path(parent) == folder
        folders[:] = sorted(f for f in folders if not (f.startswith((".", "__")) or (top and f in left_out)))
        for name in sorted(names):
            if not name.startswith(".") and not (top and name in left_out):
                yield Path(parent) / name


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes())
    except OSError as error:
        return f"unreadable: {error.errno}"
