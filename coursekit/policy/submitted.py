"""A notebook from elsewhere, read as well as it can be: whatever its bytes are, cells or a reason come of them.

    bytes ─▶ text ─▶ JSON ─▶ nbformat 4 ─▶ cells, each with a type, a text and metadata that can be written again

Nothing here raises, and nothing here knows what the author's notebook looks like.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from coursekit.model.grading import Remark, Unreadable
from coursekit.policy.cells import source_of

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
"""A notebook of an older format as nbformat 4. May raise whatever it likes."""

_TYPES = ("code", "markdown", "raw")
_DEPTH = 40
"""Metadata of honest tools is a few levels deep; a tower of brackets would break whoever writes it down."""
_NUMBER_LENGTH = 300
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONFLICT = re.compile(r"^(?:<{7} .*|={7}|>{7} .*)\r?$", re.MULTILINE)
_READABLE = re.compile(r"[^\x00-\x08\x0e-\x1f]*")


@dataclass(frozen=True, eq=False)
class SoundCell:
    """One cell, whatever it was. Two with the same content are still two."""

    place: int
    """Where it stands among the cells of its notebook, from 0."""
    cell_type: str
    source: str
    name: str = ""
    """Its nbformat id, where it has a valid one."""
    grade_id: str = ""
    """The one of the author's cells that it says it is."""
    prompt: str = ""
    """The prompt that it says it answers."""
    nbgrader: Mapping[str, Any] = field(default_factory=dict)
    """As it came; the gradebook is what counts."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Without nbgrader's."""
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Pictures that were pasted into it: file name → media type → content."""


@dataclass(frozen=True)
class Submitted:
    """What was handed in, made sound."""

    cells: tuple[SoundCell, ...]
    kernelspec: Mapping[str, Any]
    language_info: Mapping[str, Any]
    remarks: tuple[Remark, ...] = ()


def read_submitted(content: bytes, upgrade: Upgrade) -> Submitted | Unreadable:
    """The notebook in these bytes, or why there is none."""
    if not content.strip(b"\0 \t\r\n"):
        return _unreadable("empty-file", "The file is empty.")
    text, remarks = _text(content)
    value = _json(text)
    if value is None:
        return _no_json(text)
    if not isinstance(value, dict):
        return _unreadable("not-a-notebook", "The file is JSON, but no notebook.")
    notebook = _as_nbformat_4(value, upgrade, remarks)
    if isinstance(notebook, Unreadable):
        return notebook
    remarks += _oddities(notebook["cells"])
    metadata = _mapping(notebook.get("metadata"))
    return Submitted(
        read_cells(notebook["cells"]),
        _mapping(tidy(metadata.get("kernelspec"))),
        _mapping(tidy(metadata.get("language_info"))),
        tuple(remarks),
    )


def read_cells(cells: list[Any]) -> tuple[SoundCell, ...]:
    """All that is a cell, or can be taken for one, in its order."""
    mappings = (cell for cell in _flat(cells) if isinstance(cell, dict))
    return tuple(_cell(place, cell) for place, cell in enumerate(mappings))


def find_grade_ids(content: bytes) -> frozenset[str]:
    """The names of nbgrader's and of prompts that stand in a file; none in one that is no notebook of today."""
    cells = _mapping(_json(_text(content)[0])).get("cells")
    found = read_cells(cells) if isinstance(cells, list) else ()
    return frozenset(name for cell in found if (name := cell.grade_id or cell.prompt))


def tidy(value: Any, depth: int = _DEPTH) -> Any:
    """A value out of foreign JSON as it can be written again: no lone surrogates, no tower of brackets."""
    if isinstance(value, str):
        return tidy_text(value)
    if isinstance(value, dict):
        return {tidy_text(k): tidy(v, depth - 1) for k, v in value.items()} if depth else None
    if isinstance(value, list):
        return [tidy(v, depth - 1) for v in value] if depth else None
    return value


def tidy_text(text: str) -> str:
    """A text that UTF-8 can hold."""
    return _SURROGATE.sub("\ufffd", text)


# bytes, text, JSON


def _text(content: bytes) -> tuple[str, list[Remark]]:
    encoding: str = json.detect_encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text, encoding = _best_guess(content), "none"
    if encoding.startswith("utf-8"):
        return text, []
    return text, [Remark("odd-encoding", "The file is not UTF-8 text; some letters may be wrong.")]


def _best_guess(content: bytes) -> str:
    """Text of a file that is not all of one Unicode encoding: UTF-8 with a flaw, or what Windows wrote."""
    text = content.decode("utf-8", "replace")
    flaws = text.count("\ufffd")
    if sum(letter > "\x7f" for letter in text) > 2 * flaws:
        return text
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _json(text: str) -> Any:
    """What the JSON says; none where it is none."""
    try:
        return json.loads(
            text.lstrip("\ufeff"),
            # A line end inside of a text is no reason to turn somebody's work away.
            strict=False,
            parse_constant=lambda _: None,
            parse_float=_finite,
            parse_int=lambda digits: int(digits) if len(digits) <= _NUMBER_LENGTH else None,
        )
    except (ValueError, RecursionError):
        return None


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _no_json(text: str) -> Unreadable:
    if len(_CONFLICT.findall(text)) > 2:
        return _unreadable(
            "merge-conflict", "The file holds two versions, with a merge conflict between them."
        )
    if text.lstrip("\ufeff \t\r\n").startswith("{") and _READABLE.fullmatch(text):
        return _unreadable("damaged-json", "The file is damaged: it begins like a notebook and breaks off.")
    return _unreadable("not-a-notebook", "The file is no notebook.")


def _as_nbformat_4(
    value: dict[str, Any], upgrade: Upgrade, remarks: list[Remark]
) -> dict[str, Any] | Unreadable:
    version = value.get("nbformat")
    cells = value.get("cells")
    if isinstance(cells, list) and not (version == 1 and not any("source" in _mapping(c) for c in cells)):
        if version != 4:
            remarks.append(Remark("odd-format", "The file names another format of notebooks than it has."))
        return value
    if not isinstance(cells, list) and not isinstance(value.get("worksheets"), list):
        return _unreadable("not-a-notebook", "The file is JSON, but no notebook: it has no cells.")
    try:
        upgraded = _mapping(upgrade(value if version in (1, 2, 3) else {**value, "nbformat": 3}))
    except Exception:
        # Whatever a converter stumbles over in a stranger's file, it is the file that is wrong.
        upgraded = {}
    if not isinstance(upgraded.get("cells"), list):
        return _unreadable("old-format", "The notebook is of an older format, and damaged.")
    remarks.append(Remark("old-format", "The notebook is of an older format; it was converted."))
    return dict(upgraded)


def _oddities(cells: list[Any]) -> Iterator[Remark]:
    found = list(_flat(cells))
    if len(found) != len(cells) or not all(isinstance(cell, dict) for cell in found):
        yield Remark("odd-cell", "Something stood among the cells that is no cell of a notebook.")
    if not all(_is_text(cell) for cell in found if isinstance(cell, dict)):
        yield Remark("odd-source", "A cell held something else than text; that was left out.")


def _is_text(cell: Mapping[str, Any]) -> bool:
    source = cell.get("source")
    if isinstance(source, list):
        return all(isinstance(line, str) for line in source)
    return source is None or isinstance(source, str)


def _unreadable(code: str, detail: str) -> Unreadable:
    return Unreadable(Remark(code, detail))


# cells


def _flat(cells: list[Any]) -> Iterator[Any]:
    """All cells in their order, also those that stand in a list or in another cell."""
    waiting = cells[::-1]
    while waiting:
        cell = waiting.pop()
        inner = cell if isinstance(cell, list) else _mapping(cell).get("cells")
        if not isinstance(cell, list):
            yield cell
        if isinstance(inner, list):
            waiting += inner[::-1]


def _cell(place: int, cell: Mapping[str, Any]) -> SoundCell:
    metadata = dict(_mapping(cell.get("metadata")))
    nbgrader = _mapping(metadata.pop("nbgrader", None))
    prompt = _mapping(_mapping(metadata.get("coursekit")).get("prompt"))
    name = _string(cell.get("id"))
    return SoundCell(
        place,
        _type(cell),
        # Formats before 4 call the text of a code cell its input.
        tidy_text(source_of(cell if "source" in cell else {"source": cell.get("input", "")})),
        name if _ID.fullmatch(name) else "",
        _string(nbgrader.get("grade_id")),
        _string(prompt.get("id")),
        nbgrader,
        _sound_metadata(metadata) if metadata else {},
        _attachments(cell.get("attachments")),
    )


def _type(cell: Mapping[str, Any]) -> str:
    given = cell.get("cell_type")
    if isinstance(given, str) and given in _TYPES:
        return given
    return "code" if "outputs" in cell or "input" in cell else "markdown"


def _sound_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Without what nbformat would refuse."""
    sound: dict[str, Any] = tidy(metadata)
    tags = sound.get("tags")
    if isinstance(tags, list):
        sound["tags"] = list(dict.fromkeys(t for t in tags if isinstance(t, str) and t and "," not in t))
    return {k: v for k, v in sound.items() if k not in _STANDARD or _STANDARD[k](v)}


_STANDARD: Mapping[str, Callable[[Any], bool]] = {
    "tags": lambda value: isinstance(value, list),
    "jupyter": lambda value: isinstance(value, dict),
    "execution": lambda value: isinstance(value, dict) and all(isinstance(v, str) for v in value.values()),
    "name": lambda value: isinstance(value, str) and re.match(".+$", value) is not None,
    "format": lambda value: isinstance(value, str),
    "collapsed": lambda value: isinstance(value, bool),
    "scrolled": lambda value: isinstance(value, bool) or value == "auto",
}
"""What nbformat says about the metadata of cells."""


def _attachments(value: Any) -> dict[str, dict[str, str]]:
    return {
        tidy_text(name): {
            tidy_text(media): tidy_text(source_of({"source": content}))
            for media, content in bundle.items()
            if isinstance(content, str | list)
        }
        for name, bundle in _mapping(value).items()
        if isinstance(bundle, dict)
    }


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
