"""A notebook and its text form: what both say, whose turn it is to be written, and a notebook made of a text.

What a text holds is called the content: {"metadata": …, "cells": [{"id", "cell_type", "source", "metadata", …}]},
without outputs, without the numbers of executions, and without what jupytext keeps for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.model.submission import canonical, sha256

JUPYTEXT = "jupytext"
"""The key of a notebook's metadata by which jupytext pairs files. It never stands in a master or a release."""

_NEVER = frozenset({"outputs", "execution_count"})
_OWN = ("id", "cell_type", "source", "metadata")
_SHOWN = 6


def content_of(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """What a text of this notebook (nbformat JSON, its cells sound) holds."""
    return {
        "metadata": without_pairing(notebook.get("metadata") or {}),
        "cells": [_content_of_cell(cell) for cell in notebook["cells"]],
    }


def without_pairing(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook's metadata without what would let jupytext write files beside it."""
    return {key: value for key, value in metadata.items() if key != JUPYTEXT}


def same(one: object, other: object) -> bool:
    """Whether two JSON values are equal, `1` and `true` told apart."""
    return canonical(one) == canonical(other)


def _content_of_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    source = cell.get("source", "")
    return {
        **{key: value for key, value in cell.items() if key not in _NEVER},
        "source": source if isinstance(source, str) else "".join(source),
        "metadata": dict(cell.get("metadata") or {}),
    }


# ------------------------------------------------------------------------------------------ ids, cell by cell


def with_ids(content: Mapping[str, Any], partner: Mapping[str, Any] | None) -> dict[str, Any]:
    """The content with an id for each cell that has none (`""`): its twin's in the other notebook, or a new one.

    The same content gets the same ids each time.
    """
    taken = {cell["id"] for cell in content["cells"] if cell["id"]}
    free = [cell for cell in (partner or {"cells": []})["cells"] if cell["id"] not in taken]
    cells = []
    for cell in content["cells"]:
        if not cell["id"]:
            twin = next((other for other in free if _looks_like(other, cell)), None)
            if twin is not None:
                free.remove(twin)
            found = twin["id"] if twin is not None else _new_id(cell, taken)
            taken.add(found)
            cell = {**cell, "id": found}
        cells.append(cell)
    return {**content, "cells": cells}


def _looks_like(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["cell_type"] == other["cell_type"] and one["source"] == other["source"])


def _new_id(cell: Mapping[str, Any], taken: set[str]) -> str:
    number = 0
    while True:
        found = sha256(canonical([cell["cell_type"], cell["source"], number]))[:8]
        if found not in taken:
            return found
        number += 1


# ------------------------------------------------------------------------------------- a notebook of a content


def notebook_of(content: Mapping[str, Any], partner: Mapping[str, Any] | None) -> dict[str, Any]:
    """The notebook that says this. Of the one that is there stays what the text does not hold: outputs of cells
    whose source is the same, the order of keys, and each cell that has not changed as it stands."""
    before = partner["cells"] if partner is not None else []
    there = {cell["id"]: cell for cell in before}
    # Jupyter keeps a source as a list of lines; a notebook of a program's may have it in one piece.
    in_lines = not before or any(isinstance(cell.get("source"), list) for cell in before)
    cells = [_cell_of(cell, there.get(cell["id"]), in_lines) for cell in content["cells"]]
    if partner is None:
        return {"cells": cells, "metadata": dict(content["metadata"]), "nbformat": 4, "nbformat_minor": 5}
    metadata = _ordered(content["metadata"], partner.get("metadata") or {})
    return {**partner, "cells": cells, "metadata": metadata}


def _cell_of(cell: Mapping[str, Any], there: Mapping[str, Any] | None, in_lines: bool) -> dict[str, Any]:
    if there is not None and same(_content_of_cell(there), cell):
        return dict(there)
    source = cell["source"]
    made: dict[str, Any] = {**cell, "source": source.splitlines(keepends=True) if in_lines else source}
    if cell["cell_type"] == "code":
        kept = (
            there
            if there is not None
            and there["cell_type"] == "code"
            and _content_of_cell(there)["source"] == source
            else {}
        )
        made |= {"outputs": kept.get("outputs", []), "execution_count": kept.get("execution_count")}
    # Jupyter saves a notebook's keys by the alphabet.
    by_name = {key: made[key] for key in sorted(made)}
    return _ordered(by_name, there) if there is not None else by_name


def _ordered(value: Any, like: Any) -> Any:
    """The value with the keys of its mappings in the order of another, new ones last."""
    if not isinstance(value, Mapping) or not isinstance(like, Mapping):
        return value
    keys = [*(key for key in like if key in value), *(key for key in value if key not in like)]
    return {key: _ordered(value[key], like.get(key)) for key in keys}


# --------------------------------------------------------------------------------------------- what differs


def differences(notebook: Mapping[str, Any], text: Mapping[str, Any]) -> list[str]:
    """What the two contents say differently, one line each, in the order of the text; none when they agree."""
    found = list(_differences(notebook, text))
    if len(found) > _SHOWN:
        found[_SHOWN - 1 :] = [f"and {len(found) - _SHOWN + 1} more"]
    return found


def _differences(notebook: Mapping[str, Any], text: Mapping[str, Any]) -> Iterator[str]:
    if not same(notebook["metadata"], text["metadata"]):
        yield "the notebook's own metadata"
    in_notebook = {cell["id"]: cell for cell in notebook["cells"]}
    in_text = {cell["id"]: cell for cell in text["cells"]}
    for number, (name, cell) in enumerate(in_text.items(), 1):
        other = in_notebook.get(name)
        if other is None:
            yield f"cell {number} ({name}) is in the text alone"
        elif not same(cell, other):
            parts = [key for key in sorted({*cell, *other}) if not same(cell.get(key), other.get(key))]
            yield f"cell {number} ({name}): {', '.join(parts)}"
    for number, name in enumerate(in_notebook, 1):
        if name not in in_text:
            yield f"cell {number} ({name}) is in the notebook alone"
    common = [name for name in in_text if name in in_notebook]
    if common != [name for name in in_notebook if name in in_text]:
        yield "the order of the cells"
    elif len(in_notebook) != len(notebook["cells"]):
        yield "cells of the notebook that share an id"


# ---------------------------------------------------------------------------------------- whose turn it is


@dataclass(frozen=True)
class Side:
    """A file of the pair: its path, the digest of what it says now, and of what it said when they last agreed."""

    path: str
    now: str
    before: str
    """Empty when it was not written down."""

    @property
    def changed(self) -> bool:
        """Whether it says something else since then, as far as is known."""
        return self.now != self.before


def may_replace(source: Side, target: Side, way_back: str) -> Decision:
    """Whether `target`, which says something else than `source`, may be written anew.

    `way_back` is the command that writes the other way.
    """
    if not target.changed:
        return Allowed()
    if not target.before:
        return Refused(
            "text-diverged",
            f"{target.path} and {source.path} differ, and it is not known which of them is newer.",
            f"Look with --check. {_choose(source, target, way_back)}",
        )
    if not source.changed:
        return Refused(
            "text-newer",
            f"{target.path} is newer: it was changed since the two last agreed, and {source.path} was not.",
            f"Run {way_back}, or give up that change with --force.",
        )
    return Refused(
        "text-diverged",
        f"{target.path} and {source.path} were both changed since they last agreed.",
        f"Look with --check and bring the changes together. {_choose(source, target, way_back)}",
    )


def _choose(source: Side, target: Side, way_back: str) -> str:
    return f"To keep {source.path}, add --force; to keep {target.path}, run {way_back} --force."


def digest(content: Mapping[str, Any] | Sequence[Any] | str) -> str:
    """Of what a side says."""
    return sha256(canonical(content))
