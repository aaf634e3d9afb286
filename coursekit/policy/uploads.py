"""What may be handed over: flat lists of plain files, of a bounded size, under harmless names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.model.outcome import Allowed, Decision, Refused

_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"}
)

_NAME_BYTES = 255
"""What Linux and macOS take as one name; eighty-six Chinese characters are more than that."""
_MARKS = 250_000
"""Values that a body of any size may hold: a course's roster, or a figure's points."""
_BYTES_A_MARK = 100
"""And one more for so many bytes; each takes about that much."""
_LEVELS = 32
"""Of lists and mappings within each other; what is read and written again and again gives up at some hundreds."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one upload. Sizes in bytes."""

    files: int = 200
    file_size: int = 20 * 2**20
    total_size: int = 50 * 2**20
    path_length: int = 200
    depth: int = 8
    quota: int = 2 * 2**30
    """All that one learner may hand in in one course, bytes."""


def check_upload(files: Sequence[tuple[str, int]], limits: Limits) -> Decision:
    """Whether these (path, size in bytes) may be taken in together."""
    if not files:
        return Refused("no-files", "There is nothing in it.", "Check the folder that you are handing in.")
    if len(files) > limits.files:
        return Refused(
            "too-many-files",
            f"There are {len(files)} files; {limits.files} are allowed.",
            "Take out what does not belong to the module.",
        )
    seen: dict[str, str] = {}
    total = 0
    for path, size in files:
        decision = check_path(path, limits)
        if isinstance(decision, Refused):
            return decision
        if size > limits.file_size:
            return Refused(
                "file-too-large",
                f"{path} has {_mib(size)}; {_mib(limits.file_size)} are allowed.",
                "Make it smaller: clear large outputs, or shrink pictures.",
            )
        total += size
        # Two names that differ in case or in composed accents are one file on a Mac.
        folded = _folded(path)
        if folded in seen:
            return Refused(
                "clashing-names",
                f"{seen[folded]} and {path} would be one file on some computers.",
                "Rename one of them.",
            )
        seen[folded] = path
    for folded in seen:
        parts = folded.split("/")
        for end in range(1, len(parts)):
            if "/".join(parts[:end]) in seen:
                return Refused(
                    "clashing-names",
                    f"{seen['/'.join(parts[:end])]} is a file and a folder at once.",
                    "Rename one of them.",
                )
    if total > limits.total_size:
        return Refused(
            "upload-too-large",
            f"Together they have {_mib(total)}; {_mib(limits.total_size)} are allowed.",
            "Take out what does not belong to the module.",
        )
    return Allowed()


def check_quota(stored: int, size: int, limits: Limits) -> Decision:
    """Whether a learner who has handed in that many bytes may hand in so many more."""
    if stored + size <= limits.quota:
        return Allowed()
    return Refused(
        "quota-too-large",
        f"You have handed in {_mib(stored)} in this course; {_mib(limits.quota)} are allowed in all.",
        "Make the files smaller, or ask the course's staff for help.",
    )


def check_structure(body: bytes) -> Decision:
    """Whether a JSON body becomes about as large in memory as it is.

    Ours are a few long texts. A list of empty lists, three bytes each, takes more than twenty times its size; so
    the signs that begin a value are counted, whether they stand in a text or not.
    """
    most = _MARKS + len(body) // _BYTES_A_MARK
    # Too short to hold so many: nearly every body there is.
    if len(body) <= most or sum(body.count(mark) for mark in (b"[", b"{", b",")) <= most:
        return Allowed()
    return Refused(
        "too-many-values",
        "There are far too many single values in it.",
        "Send notebooks and data as files, and everything else in smaller parts.",
    )


def is_shallow(value: Any, levels: int = _LEVELS) -> bool:
    """Whether lists and mappings are nested no deeper than so many levels, in a value read from JSON."""
    level = [value]
    for _ in range(levels + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, Mapping | list | tuple)
            for inner in (outer.values() if isinstance(outer, Mapping) else outer)
        ]
        if not level:
            return True
    return False


def _folded(path: str) -> str:
    # Unicode 3.13, D145: folding can undo composition, so it is undone before and after.
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def check_path(path: str, limits: Limits) -> Decision:
    """Whether a path stays below its folder and can be written on every system."""
    problem = _path_problem(path, limits)
    if problem is None:
        return Allowed()
    shown = path if len(path) <= 80 else path[:77] + "…"
    return Refused("unsafe-path", f"{shown!a} cannot be a file's name here: {problem}.", "Rename it.")


def _path_problem(path: str, limits: Limits) -> str | None:
    if not path or len(path) > limits.path_length:
        return f"it must have 1 to {limits.path_length} characters"
    if path.startswith(("/", "~")) or "\\" in path or ":" in path:
        return "it must be relative, with forward slashes"
    parts = path.split("/")
    if len(parts) > limits.depth:
        return f"it is more than {limits.depth} folders deep"
    for part in parts:
        # Cc, Cf, Cs, Co, Cn: control, invisible, surrogate and unassigned characters. They come first,
        # because a surrogate has no bytes to count.
        if any(unicodedata.category(c).startswith("C") for c in part):
            return "it has invisible characters"
        if len(part.encode()) > _NAME_BYTES:
            return f"a part of it has more than {_NAME_BYTES} bytes"
        if part in ("", ".", ".."):
            return "it leaves its folder"
        if part.startswith("."):
            return "it is hidden"
        if part != part.strip() or part.endswith("."):
            return "it begins or ends with a space, or ends with a dot"
        if part.split(".")[0].rstrip().casefold() in _RESERVED:
            return "Windows keeps that name for itself"
    return None


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"
