"""What becomes of each file in a learner's folder when a new release arrives, and how to tell them.

    notebook         merged by cell (`merge.py`), if both sides changed it
    prompts.json     the new release's
    responses.json   the learner's, whatever comes
    any other file   the new one where the learner left theirs alone; else theirs stays, and the new one is put
                     beside it as `rooms.release-2.csv`
    gone from the release: taken away where the learner left it alone. What the learner added stays.

The same plan made again when some or all of it is done has only the rest in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coursekit.model.ids import Digest, ReleaseNumber
from coursekit.model.outcome import Refused
from coursekit.model.submission import sha256
from coursekit.policy.merge import Changes, both, merge
from coursekit.policy.tracks import check_notebook
from coursekit.policy.uploads import Limits, check_path

Files = Mapping[str, bytes]
PROMPTS = "prompts.json"
RESPONSES = "responses.json"


@dataclass(frozen=True)
class Folder:
    """What stands in a learner's folder; paths relative to it, with forward slashes."""

    files: Mapping[str, Digest]
    folders: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    """Links, pipes and the like; never read, never replaced."""

    def has(self, path: str) -> bool:
        """Whether anything stands there."""
        return path in self.files or path in self.folders or path in self.others


@dataclass(frozen=True)
class Write:
    """One file to be put in its place."""

    path: str
    content: bytes
    stood: Digest | None
    """What the plan found there. When something else stands there by now, the plan does not hold any more."""


@dataclass(frozen=True)
class Plan:
    """All that is to be done, in this order: the writes, then the removals."""

    writes: tuple[Write, ...]
    removals: tuple[tuple[str, Digest], ...]
    """Path, and what the plan found there."""
    known: Mapping[str, Digest]
    """The author's files in the folder from now on; as for `Origin.files`."""
    changes: Changes = field(default_factory=Changes)
    """In the notebooks."""
    beside: tuple[tuple[str, str], ...] = ()
    """A file that the learner changed, and where the author's new one is."""


def plan_update(
    base: Files,
    theirs: Files,
    here: Folder,
    notebooks: Files,
    known: Mapping[str, Digest],
    release: ReleaseNumber,
) -> Plan | Refused:
    """What to do so that a folder that came from `base` gets `theirs`, which is release number `release`.

    `notebooks`: the learner's notebooks, by path. `known`: the digests of the author's files in the folder.
    """
    problem = _find_obstacle(theirs, here)
    if problem is not None:
        return problem
    early: list[Write] = []
    late: list[Write] = []
    changes = Changes()
    beside: list[tuple[str, str]] = []
    kept = {path: digest for path, digest in known.items() if path not in base}
    for path, content in theirs.items():
        if path.casefold() == RESPONSES:
            continue
        kept[path] = sha256(content)
        stood = sha256(notebooks[path]) if path in notebooks else here.files.get(path)
        is_absent = stood is None and not here.has(path)
        is_untouched = stood is not None and stood in (known.get(path), _digest(base.get(path)))
        merged: tuple[bytes | None, Changes] | Refused | None = None
        if path in notebooks and path in base and base[path] != content:
            merged = _merge(path, base[path], notebooks[path], content, release)
            changes = changes if isinstance(merged, Refused) else both(changes, merged[1])
        if stood == kept[path]:
            continue
        if path == PROMPTS or is_absent or is_untouched:
            (late if path == PROMPTS or path.endswith(".ipynb") else early).append(
                Write(path, content, stood)
            )
        elif base.get(path) == content:
            continue
        elif isinstance(merged, Refused):
            return merged
        elif merged is not None:
            if merged[0] is not None:
                late.append(Write(path, merged[0], stood))
        else:
            authors = {*base, *theirs, *(name for _, name in beside)}
            free = (n for n in _names_beside(path, release) if n not in authors)
            name = next(n for n in free if not here.has(n) or here.files.get(n) == kept[path])
            beside.append((path, name))
            kept[name] = kept[path]
            if not here.has(name):
                early.append(Write(name, content, None))
    removals = []
    for path, content in base.items():
        stood = here.files.get(path)
        if path not in theirs and path not in (PROMPTS, RESPONSES) and stood and stood == sha256(content):
            removals.append((path, stood))
    # The notebook comes last: until then, the folder is one of the old release with more in it.
    late.sort(key=lambda write: write.path.endswith(".ipynb"))
    return Plan((*early, *late), tuple(removals), kept, changes, tuple(beside))


def in_words(plan: Plan, before: ReleaseNumber, release: ReleaseNumber) -> tuple[str, ...]:
    """The plan for whom it happened to: sentences, the most important first."""
    changes = plan.changes
    parts = [
        _count(len(changes.corrected), "text corrected", "texts corrected"),
        _count(len(changes.new_questions), "question new", "questions new"),
        _count(len(changes.new_texts), "text new", "texts new"),
        _count(len(changes.moved), "text moved", "texts moved"),
        _count(len(changes.gone), "text taken out", "texts taken out"),
    ]
    news = ", ".join(part for part in parts if part) or "Nothing in the notebook is new to you"
    sentences = [f"Release {release} is in place of release {before}. {news}; your answers are as they were."]
    if changes.beside:
        sentences.append(
            f"In {_count(len(changes.beside), 'place', 'places')} you and the author changed the same text. "
            f"Yours stays; the author's stands below it, marked “Updated in release {release}”."
        )
    if changes.kept:
        sentences.append(
            f"{_count(len(changes.kept), 'text is', 'texts are')} no longer in the module. "
            "You wrote there, so it stays in your notebook."
        )
    if changes.back:
        sentences.append(
            f"{_count(len(changes.back), 'cell', 'cells')} that you had taken out stands there again: "
            "the module does not work without it."
        )
    sentences += [
        f"You changed {path}, so it stays as it is; the new one is {name}." for path, name in plan.beside
    ]
    return tuple(sentences)


def _digest(content: bytes | None) -> Digest | None:
    return None if content is None else sha256(content)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _find_obstacle(theirs: Files, here: Folder) -> Refused | None:
    for path in theirs:
        decision = check_path(path, Limits())
        if isinstance(decision, Refused):
            return decision
        parts = path.split("/")
        for end in range(1, len(parts)):
            parent = "/".join(parts[:end])
            if parent in here.files or parent in here.others:
                return Refused(
                    "in-the-way",
                    f"{path} has no place: {parent} is not a plain folder.",
                    f"Rename {parent}, then update again.",
                )
    return None


def _merge(
    path: str, base: bytes, mine: bytes, theirs: bytes, release: ReleaseNumber
) -> tuple[bytes | None, Changes] | Refused:
    """The merged notebook, or none when the learner's is it already."""
    read = [_read(content) for content in (base, mine, theirs)]
    if any(notebook is None for notebook in read):
        whose = f"{path} cannot be read" if read[1] is None else f"{path} cannot be merged"
        return Refused(
            "damaged-file",
            f"{whose}: it is damaged, or of an old format.",
            f"Nothing was changed. Open it in the lab and save it; or rename it, and update to get a new {path}.",
        )
    old, here, new = (notebook or {} for notebook in read)
    merged = merge(old, here, new, release)
    if merged.notebook == here:
        return None, merged.changes
    # As Jupyter writes it. Half an emoji has no bytes and is escaped.
    text = json.dumps(merged.notebook, indent=1, ensure_ascii=False) + "\n"
    try:
        return text.encode(), merged.changes
    except UnicodeEncodeError:
        return (json.dumps(merged.notebook, indent=1) + "\n").encode(), merged.changes


def _read(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return None if isinstance(check_notebook(value), Refused) else value


def _names_beside(path: str, release: int) -> Iterator[str]:
    """rooms.release-2.csv, rooms.release-2-2.csv, …"""
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    number = 1
    while True:
        mark = f"release-{release}" if number == 1 else f"release-{release}-{number}"
        yield f"{folder}{slash}{stem}.{mark}{dot}{ending}"
        number += 1


def mergeable(base: Files, theirs: Files, here: Folder) -> Sequence[str]:
    """The notebooks whose content `plan_update` has to see."""
    return [p for p in theirs if p.endswith(".ipynb") and p in base and p in here.files]
