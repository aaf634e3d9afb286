"""Which files a graded submission consists of, as nbgrader has them in its folder of graded work."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from coursekit.model.grading import MasterNotebook, Unreadable
from coursekit.model.marking import Collected
from coursekit.policy.standin import kept_as, stand_in

Place = TypeVar("Place")


def graded_files(
    collected: Collected,
    sources: Mapping[str, str],
    shown: Mapping[str, Mapping[str, Any] | Unreadable | None],
    masters: Mapping[str, MasterNotebook],
    authors: Mapping[str, Place],
) -> Iterator[tuple[str, bytes | Place]]:
    """The learner's files, the author's over them, and the graded notebooks; each by its relative path.

    `sources`: notebook → the path under which it was handed in. `shown`: notebook → as it is to be shown (nbformat
    4 JSON), or why it cannot be; None where it was not handed in. `authors`: path → where the author's file lies.
    """
    there = collected.notebooks
    wanted: dict[str, bytes | Place] = {}
    for name, notebook in shown.items():
        if isinstance(notebook, Unreadable):
            # What was handed in, for a person to open; and a page on which formgrader takes their marks.
            source = sources.get(name)
            mine = [source] if source else [p for p in there if p not in sources.values()]
            wanted |= {kept_as(path): there[path] for path in mine}
            page = stand_in(masters[name], notebook.remark, [(kept_as(path), there[path]) for path in mine])
            wanted[f"{name}.ipynb"] = _as_file(page)
        elif notebook is not None:
            wanted[f"{name}.ipynb"] = _as_file(notebook)
    wanted |= {path: where for path, where in authors.items() if path not in wanted}
    # A name cannot be a file's and a folder's: what the author gives stands.
    folders = {folder for path in wanted for folder in _folders_above(path)}
    for path, content in collected.files:
        is_below = any(folder in wanted for folder in _folders_above(path))
        if path not in wanted and path not in folders and not is_below:
            yield path, content
    yield from wanted.items()


def _as_file(notebook: Mapping[str, Any]) -> bytes:
    """As Jupyter reads it; what UTF-8 cannot hold is escaped."""
    try:
        # Without indents: with them, Python writes ten times as slowly.
        return json.dumps(notebook, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(notebook).encode()


def _folders_above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
