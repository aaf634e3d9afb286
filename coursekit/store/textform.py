"""A notebook's content as MyST Markdown and back, through jupytext, exactly.

jupytext keeps no cell ids, drops empty cells and blank lines at a cell's ends, and takes what looks like MyST's
marks for marks. So the id goes into the cell's metadata as `cell-id`, and a cell that would not come back as it was
is written in the first of these ways in which it does:

    as it is
    cell-text: {before, after}           the blank space at its ends in the metadata, the rest as it is
    cell-text: {kind: markdown, …}       a markdown cell in a fence, where nothing is taken for a mark
    cell-metadata: "{…}"                 its metadata as JSON, where YAML or jupytext would change them
    cell-json: "{…}"                     the whole of it as JSON
    cell-more: {attachments: …}          whatever else stands in a cell, in all of these ways

docs/text.md says it for authors. Reading back is what decides: nothing is written that does not give the same.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.policy.textpair import JUPYTEXT, same, without_pairing
from coursekit.store.textlook import CELL_ID, FORMAT, NOTEBOOK_METADATA, look
from coursekit.wire.misread import Misread

_FMT = {"extension": ".md", "format_name": FORMAT}
_OPTIONS = {
    "notebook_metadata_filter": "all,-jupytext.text_representation.jupytext_version",
    "cell_metadata_filter": "all",
}
_ID, _TEXT, _METADATA, _MORE, _JSON = "cell-id", "cell-text", "cell-metadata", "cell-more", "cell-json"
_OURS = frozenset({_ID, _TEXT, _METADATA, _MORE, _JSON})
_KNOWN = frozenset({"id", "cell_type", "source", "metadata"})

Json = dict[str, Any]


def write_text(content: Mapping[str, Any], file: str) -> str:
    """The content (see policy.textpair) as MyST Markdown. Raises Misread when that is not possible."""
    _require_jupytext()
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _unwritable(file, "it has half an emoji or another character that no file can hold.") from None
    _require_ids(content["cells"], file)
    plain = [_natural(cell) for cell in content["cells"]]
    metadata = dict(content["metadata"])
    text = _written(metadata, plain)
    if _comes_back(text, content):
        return text
    if not _comes_back(_written(metadata, []), {"metadata": metadata, "cells": []}):
        metadata = {NOTEBOOK_METADATA: json.dumps(metadata)}
    cells = [_first_that_holds(cell) for cell in content["cells"]]
    text = _written(metadata, cells)
    if not _comes_back(text, content):
        raise _unwritable(file, "it cannot be written as text without a change.")
    return text


def read_text_form(text: str, file: str) -> Json:
    """The content that a text holds; a cell without an id has the id "".

    Raises Misread with the line when it is not as it must be.
    """
    _require_jupytext()
    look(text, file)
    try:
        return _content(text)
    # jupytext has no family of errors, and lets YAML's own and others through.
    except Exception as error:
        said = next(iter(str(error).splitlines()), type(error).__name__)
        line = re.search(r"\bline (\d+)", said)
        raise Misread(
            "bad-text",
            file,
            f"line {line[1] if line else 1}: it cannot be read as a notebook: {said}.",
            "Compare it with the last text that could be read, in git; nothing was written.",
        ) from None


# -------------------------------------------------------------------------------------------------- writing


def _natural(
    cell: Mapping[str, Any],
    source: str | None = None,
    kind: str = "",
    form: Mapping[str, str] | None = None,
    as_json: bool = False,
) -> Json:
    """A cell as jupytext gets it; `form` is what its `cell-text` holds."""
    metadata = dict(cell["metadata"])
    own: Json = {_ID: cell["id"]} if cell["id"] else {}
    more = {key: value for key, value in cell.items() if key not in _KNOWN}
    if more:
        own[_MORE] = more
    if as_json or _OURS & set(metadata) or not _is_kept(metadata):
        metadata = {_METADATA: json.dumps(metadata)}
    said = {**({"kind": cell["cell_type"]} if kind else {}), **(form or {})}
    if said:
        own[_TEXT] = said
    return {
        "cell_type": kind or cell["cell_type"],
        "metadata": {**own, **metadata},
        "source": cell["source"] if source is None else source,
    }


def _is_kept(metadata: Mapping[str, Any]) -> bool:
    """Whether jupytext takes every key; others it leaves out. Values are looked at by reading back."""
    from jupytext.metadata_filter import filter_metadata

    return len(filter_metadata(dict(metadata), "all")) == len(metadata)


def _ways(cell: Mapping[str, Any]) -> Iterator[Json]:
    """From the readable to the certain."""
    source = cell["source"]
    core = source.strip()
    start = source.find(core)
    ends = {"before": source[:start], "after": source[start + len(core) :]} if core else {"after": source}
    ends = {name: blank for name, blank in ends.items() if blank}
    kinds = ("", "raw") if cell["cell_type"] == "markdown" else ("",)
    for as_json in (False, True):
        for kind in kinds:
            yield _natural(cell, kind=kind, as_json=as_json)
            if ends:
                yield _natural(cell, core, kind, ends, as_json)
    # In ASCII it passes through anything.
    own = {_ID: cell["id"]} if cell["id"] else {}
    rest = {key: value for key, value in cell.items() if key != "id"}
    yield {"cell_type": "raw", "metadata": {**own, _JSON: json.dumps(rest)}, "source": ""}


def _first_that_holds(cell: Mapping[str, Any]) -> Json:
    ways = list(_ways(cell))
    return next((way for way in ways if _holds(way, cell)), ways[-1])


_MARKDOWN = {"id": "after-markdown", "cell_type": "markdown", "source": "between", "metadata": {}}
_CODE = {"id": "after-code", "cell_type": "code", "source": "1", "metadata": {}}


def _holds(way: Json, cell: Mapping[str, Any]) -> bool:
    """Whether it comes back, whatever stands before and after it."""
    around = [cell, _MARKDOWN, {**cell, "id": ""}, _CODE]
    unnamed = {**way, "metadata": {key: value for key, value in way["metadata"].items() if key != _ID}}
    text = _written({}, [way, _natural(_MARKDOWN), unnamed, _natural(_CODE)])
    return _comes_back(text, {"metadata": {}, "cells": around})


def _written(metadata: Mapping[str, Any], cells: Sequence[Mapping[str, Any]]) -> str:
    import jupytext
    import nbformat

    options: Json = dict(_OPTIONS)
    if cells and cells[0]["cell_type"] == "raw":
        # Otherwise a raw cell of YAML would be taken for the notebook's header.
        options["root_level_metadata_as_raw_cell"] = False
    # No ids: jupytext passes them through itself and writes none.
    ready = [{**cell, **_EMPTY} if cell["cell_type"] == "code" else cell for cell in cells]
    node = nbformat.from_dict(
        {"cells": ready, "metadata": {**metadata, JUPYTEXT: options}, "nbformat": 4, "nbformat_minor": 5}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _legible(jupytext.writes(node, fmt=dict(_FMT)))


_EMPTY: Json = {"outputs": [], "execution_count": None}


def _legible(text: str) -> str:
    """The same text with the letters themselves in the JSON of a markdown cell's metadata, not their numbers."""
    from jupytext.myst import get_parser

    lines = text.split("\n")
    for token in get_parser().parse(text):
        if token.type != "myst_block_break" or "\\u" not in token.content:
            continue
        said = json.dumps(json.loads(token.content), ensure_ascii=False)
        if said.isprintable():
            lines[token.map[0]] = f"+++ {said}"
    return "\n".join(lines)


def _comes_back(text: str, content: Mapping[str, Any]) -> bool:
    try:
        look(text, "")
        return same(_content(text), content)
    # Whatever it is that reading stumbles over, this text is not the one to write.
    except Exception:
        return False


# -------------------------------------------------------------------------------------------------- reading


def _content(text: str) -> Json:
    import jupytext

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        node = json.loads(json.dumps(jupytext.reads(text, fmt=dict(_FMT))))
    metadata = without_pairing(node["metadata"])
    if NOTEBOOK_METADATA in metadata:
        metadata = json.loads(metadata[NOTEBOOK_METADATA])
    return {"metadata": metadata, "cells": [_cell(cell) for cell in node["cells"]]}


def _cell(cell: Mapping[str, Any]) -> Json:
    metadata = dict(cell["metadata"])
    found = metadata.pop(_ID, "")
    form = metadata.pop(_TEXT, {})
    more = metadata.pop(_MORE, {})
    if _JSON in metadata:
        return {"id": found, **json.loads(metadata[_JSON])}
    if _METADATA in metadata:
        metadata = json.loads(metadata[_METADATA])
    edged = form.get("before", "") + cell["source"] + form.get("after", "")
    return {
        "id": found,
        "cell_type": form.get("kind", cell["cell_type"]),
        "source": edged,
        "metadata": metadata,
        **more,
    }


def _require_ids(cells: Sequence[Mapping[str, Any]], file: str) -> None:
    """They are what a text is matched by, and what a release merges by."""
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = cell["id"]
        first = seen.setdefault(name, number)
        if first != number or not CELL_ID.fullmatch(name):
            raise Misread(
                "bad-cell",
                file,
                f"cell {first} has its id as well." if first != number else "its id is none for a notebook.",
                "Cut the cell out in JupyterLab and paste it again: it gets an id of its own.",
                cell=number,
                cell_id=name,
            )


def _unwritable(file: str, problem: str) -> Misread:
    return Misread("no-text-form", file, problem, "Look for unusual characters in its cells and metadata.")


def _require_jupytext() -> None:
    try:
        import jupytext as jupytext
    except ImportError:
        raise BadInput(
            "no-jupytext",
            "The text form of a notebook needs the package jupytext.",
            "Install it: pip install 'coursekit[text]'.",
        ) from None
