"""Which of a case's exhibits a module names: those, and no others, are copied into it.

A case is told by several modules. What one of them holds back must not lie open in another's release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from coursekit.lint.visible import asked
from coursekit.model.notebook import Faculty, Notebook, Reveal
from coursekit.model.prompt import Prompt

FOLDER = "exhibits/"


def named_exhibits(
    notebook: Notebook,
    exhibits: Iterable[str],
    beside: Iterable[str] = (),
    prose: Mapping[str, str] | None = None,
    *,
    faculty: bool = False,
) -> frozenset[str]:
    """Those of these exhibits (`exhibits/scores.csv`) that the notebook, a reveal's `files` or a prompt names.

    `beside`: the texts of other files that learners get, such as a helper.py. `prose`: exhibits that are prose; a
    letter that is copied brings the picture along that it shows. `faculty`: what faculty notes name counts as well,
    for they are run with the rest.
    """
    known = frozenset(exhibits)
    sealed: set[str] = set()
    told = list(beside)
    for cell in notebook.cells:
        if isinstance(cell.role, Faculty) and not faculty:
            continue
        told.append(cell.source)
        if isinstance(cell.role, Reveal):
            sealed.update(cell.role.files)
        elif isinstance(cell.role, Prompt):
            told += asked(cell.role)
    found = (sealed & known) | _in("\n".join(told), known)
    letters = prose or {}
    read: set[str] = set()
    while letters.keys() & found - read:
        path = min(letters.keys() & found - read)
        read.add(path)
        found |= _in(letters[path], known)
    return frozenset(found)


def _in(text: str, exhibits: frozenset[str]) -> set[str]:
    # A link writes a space as %20.
    either = f"{text}\n{unquote(text)}" if "%" in text else text
    return {path for path in exhibits if names(either, path.removeprefix(FOLDER))}


def names(text: str, name: str) -> bool:
    """Whether a text names that file, with or without `exhibits/`, or a folder that it is in."""
    if name in text and re.search(rf"(?:{FOLDER}|(?<![\w./-]))(?:\./)?{re.escape(name)}(?![\w-])", text):
        return True
    folders = name.split("/")[:-1]
    inside = ("/".join(folders[: depth + 1]) for depth in range(len(folders)))
    return any(re.search(rf"{FOLDER}{re.escape(folder)}/?(?![\w./-])", text) for folder in inside)
