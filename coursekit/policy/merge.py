"""A learner's notebook under a new release: three-way, cell by cell. The learner's text always wins.

`base` is the release that the folder came from, `mine` the learner's notebook now, `theirs` the new release; all
as nbformat 4 JSON. `tracks.py` says which cell is which.

The order comes from an edit script with names in the place of positions. The author's script, from `base` to
`theirs`, is carried out on `mine`: a cell that is new or was moved goes right after the cell that it follows in
`theirs`. To insert after a named left neighbour is the rule of the Replicated Growable Array (Roh, Jeon, Kim and
Lee, "Replicated abstract data types", J. Parallel Distrib. Comput. 71, 2011). Which cells were moved follows from
a longest increasing subsequence (Fredman, "On computing the length of longest increasing subsequences", 1975): the
fewest that explain the new order. What the learner added stays with its left neighbour and goes where that goes.

The same script on its own result changes nothing; so an update that was cut short is simply done again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from coursekit.model.prompt import PromptKind
from coursekit.model.submission import sha256
from coursekit.policy.cells import is_stub, source_of
from coursekit.policy.tracks import (
    Cell,
    Track,
    content_of,
    find_tracks,
    id_of,
    mapping,
    metadata_of,
    role_of,
    text_of,
    update_of,
)

Notebook = Mapping[str, Any]

_AUTHORS = ("coursekit", "nbgrader", "editable", "deletable")
"""Metadata that a release decides about, whatever stands in the learner's file."""
_FIELDS = {
    "code": ("execution_count", "outputs"),
    "markdown": ("attachments",),
    "raw": ("attachments",),
}
"""What the types of cells have beside type, id, metadata and source."""
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class Changes:
    """What a release changed in a notebook, by the ids of the author's cells."""

    corrected: tuple[str, ...] = ()
    """The author's new text, or a question's new wording, stands there now."""
    new_questions: tuple[str, ...] = ()
    new_texts: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    """The learner had taken it out, and the module does not work without it."""
    beside: tuple[str, ...] = ()
    """The learner and the author both changed it: the learner's stays, the author's is shown below it."""
    kept: tuple[str, ...] = ()
    """No longer in the module; it stays as the learner's own, because they wrote in it."""


def both(one: Changes, other: Changes) -> Changes:
    """What changed in two notebooks."""
    return Changes(*(getattr(one, f.name) + getattr(other, f.name) for f in fields(Changes)))


@dataclass(frozen=True)
class Merged:
    """The notebook (nbformat 4.5 JSON) and what is new in it."""

    notebook: dict[str, Any]
    changes: Changes


def merge(base: Notebook, mine: Notebook, theirs: Notebook, release: int) -> Merged:
    """The learner's notebook with what `theirs`, release number `release`, changed since `base`.

    Each must pass `check_notebook`. The result is valid where they are, its ids are unique, and nothing that the
    learner wrote is missing from it.
    """
    # Shallow copies: from here on a cell is itself and no other, even if two of a caller's are one object.
    old, here, new = ([dict(cell) for cell in n["cells"]] for n in (base, mine, theirs))
    tracks = find_tracks(old, here, new)
    moved = _moved(tracks)
    rows = _with_notes(_arrange(tracks, moved, here), tracks, release)
    cells = [_cell_of(row, tracks, release) for row in rows]
    _name(cells, rows, tracks)
    notebook = {
        "cells": cells,
        "metadata": _merge_metadata(base.get("metadata"), mine.get("metadata"), theirs.get("metadata")),
        "nbformat": 4,
        # Cells have ids from 4.5 on.
        "nbformat_minor": max(5, *(n.get("nbformat_minor", 0) for n in (mine, theirs))),
    }
    return Merged(notebook, _tell(tracks, moved))


# where each cell goes


@dataclass(eq=False)
class _Row:
    """One cell of the result: an author's with its track, or else the learner's own or a note."""

    track: Track | None = None
    own: Cell | None = None


def _arrange(tracks: Sequence[Track], moved: set[Track], mine: Sequence[Cell]) -> list[_Row]:
    """All cells in their order: the author's script, carried out on the learner's notebook."""
    by_mine = {id(track.mine): track for track in tracks if track.mine is not None}
    # A block is a cell of the author's and what the learner added after it; the first one has no such head.
    blocks: list[list[_Row]] = [[_Row()]]
    for cell in mine:
        track = by_mine.get(id(cell))
        if track is None:
            blocks[-1].append(_Row(own=cell))
        elif track.theirs is not None:
            blocks.append([_Row(track)])
        elif _stays_as_own(track):
            blocks[-1].append(_Row(track))
    before = blocks[0]
    for track in tracks:
        if track.theirs is None:
            continue
        block = next((b for b in blocks if b[0].track is track), None)
        if block is None:
            if not _arrives(track):
                continue
            block = [_Row(track)]
        elif track in moved:
            blocks.remove(block)
        else:
            before = block
            continue
        blocks.insert(blocks.index(before) + 1, block)
        before = block
    return [row for block in blocks for row in block if row.track or row.own]


def _stays_as_own(track: Track) -> bool:
    """Whether a cell that is gone from the module stays, because the learner wrote in it."""
    mine = track.mine
    return mine is not None and track.learner_changed and bool(text_of(mine) or mine.get("attachments"))


def _arrives(track: Track) -> bool:
    """Whether a cell that is not in the learner's notebook comes there. What they took out comes back if it is
    another now, or if the module does not work without it."""
    return track.author_changed or _is_needed(track)


def _is_needed(track: Track) -> bool:
    graded = mapping(metadata_of(track.cell).get("nbgrader"))
    return track.is_question or any(graded.get(flag) for flag in ("grade", "locked", "solution", "task"))


def _moved(tracks: Iterable[Track]) -> set[Track]:
    """The fewest cells whose moving explains the new order."""
    common = [track for track in tracks if track.base is not None and track.theirs is not None]
    # ends[n] is the end of the increasing run of length n + 1 whose last place is the lowest: places[n].
    places: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for number, track in enumerate(common):
        length = bisect_left(places, track.place)
        previous.append(ends[length - 1] if length else -1)
        places[length : length + 1] = [track.place]
        ends[length : length + 1] = [number]
    stable = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        stable.add(common[at])
        at = previous[at]
    return set(common) - stable


# the author's text beside the learner's


def _both_changed(track: Track) -> bool:
    """Whether the author's version is to be shown beside the learner's. A mere stub would tell them nothing."""
    if track.theirs is None or not (track.stays_mine and track.author_changed):
        return False
    return not is_stub(text_of(track.theirs), PromptKind.REFLECTION) or bool(track.theirs.get("attachments"))


def _with_notes(rows: Sequence[_Row], tracks: Sequence[Track], release: int) -> list[_Row]:
    """The rows, with a note after each cell that both changed, and without notes that are out of date."""
    notes: dict[str, list[Cell]] = {}
    for row in rows:
        if row.own is not None and "of" in update_of(row.own):
            notes.setdefault(str(update_of(row.own)["of"]), []).append(row.own)
    new: dict[int, Cell] = {}
    outdated: set[int] = set()
    for track in tracks:
        there = notes.get(track.name, [])
        if _both_changed(track):
            if any(update_of(note).get("release") == release for note in there):
                continue
            new[id(track)] = _note(track.cell, release)
        elif track.stays_mine and track.theirs is not None:
            continue
        outdated |= {id(note) for note in there if _is_untouched(note)}
    result: list[_Row] = []
    for row in rows:
        if row.own is None or id(row.own) not in outdated:
            result.append(row)
        if row.track is not None and id(row.track) in new:
            result.append(_Row(own=new[id(row.track)]))
    return result


def _note(cell: Cell, release: int) -> Cell:
    """The author's new text in a cell that nobody takes for the learner's, and that nothing runs."""
    text = source_of(cell)
    if cell["cell_type"] != "markdown":
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
        text = f"{fence}{'python' if cell['cell_type'] == 'code' else ''}\n{text}\n{fence}"
    head = (
        f"**Updated in release {release}.** You changed the cell above, so it stays as it is. Its new text:"
    )
    note = {"cell_type": "markdown", "source": f"{head}\n\n---\n\n{text}"}
    name = id_of(cell) or "cell"
    mark = {"of": name, "release": release, "sha256": _fingerprint(note)}
    pictures = {"attachments": cell["attachments"]} if cell.get("attachments") else {}
    metadata = {"coursekit": {"update": mark}}
    return {**note, **pictures, "id": f"{name[:40]}-release-{release}", "metadata": metadata}


def _is_untouched(note: Cell) -> bool:
    return update_of(note).get("sha256") == _fingerprint(note)


def _fingerprint(cell: Cell) -> str:
    return sha256(text_of(cell).encode(errors="surrogatepass"))


# what each cell holds


def _cell_of(row: _Row, tracks: Sequence[Track], release: int) -> dict[str, Any]:
    """The row as nbformat has it; its id may still have to be made."""
    track = row.track
    if track is None:
        assert row.own is not None
        return _cell(row.own, _own_metadata(row.own, tracks), id_of(row.own))
    if track.theirs is None:
        assert track.mine is not None
        return _cell(track.mine, _disowned(track, release), id_of(track.mine))
    if track.mine is None:
        return _cell(track.theirs, metadata_of(track.theirs), id_of(track.theirs))
    same = content_of(track.mine) == content_of(track.theirs)
    # With the learner's source comes what it printed; with a new one, nothing has been printed yet.
    body = track.mine if same or track.stays_mine else track.theirs
    before = None if track.base is None else metadata_of(track.base)
    metadata = _merge_metadata(before, metadata_of(track.mine), metadata_of(track.theirs))
    return _cell(body, metadata, id_of(track.theirs))


def _cell(body: Cell, metadata: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    kind = body["cell_type"]
    cell = {
        "cell_type": kind,
        "id": name,
        "metadata": dict(metadata),
        "source": body["source"],
        **{field: body[field] for field in _FIELDS[kind] if field in body},
    }
    return {"execution_count": None, "outputs": [], **cell} if kind == "code" else cell


def _disowned(track: Track, release: int) -> Mapping[str, Any]:
    """Metadata of a cell that is the learner's from now on: nbgrader does not look for it, nothing locks it."""
    assert track.mine is not None
    metadata = metadata_of(track.mine)
    if update_of(track.mine).get("gone") == track.name:
        return metadata
    rest = {key: value for key, value in metadata.items() if key not in _AUTHORS}
    return {**rest, "coursekit": {"update": {"gone": track.name, "release": release}}}


def _own_metadata(cell: Cell, tracks: Sequence[Track]) -> Mapping[str, Any]:
    role = role_of(cell)
    is_gone = (
        role is not None
        and any(track.base is not None and role_of(track.base) == role for track in tracks)
        and not any(track.theirs is not None and role_of(track.theirs) == role for track in tracks)
    )
    # A copy of an answer to a question that is gone is an answer to nothing.
    return {k: v for k, v in metadata_of(cell).items() if not is_gone or k not in _AUTHORS}


def _merge_metadata(
    base: Mapping[str, Any] | None, mine: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Key by key: the author's own from `theirs`; of the others, what the learner's side changed stays."""
    here, there = mine or {}, theirs or {}
    merged: dict[str, Any] = {}
    for key in dict.fromkeys([*here, *there]):
        # Without a base nothing says which of two is the newer; the one in use stays.
        is_mine = key in here if base is None else here.get(key) != base.get(key)
        side = here if is_mine and key not in _AUTHORS else there
        if key in side:
            merged[key] = side[key]
    return merged


def _name(cells: Sequence[dict[str, Any]], rows: Sequence[_Row], tracks: Iterable[Track]) -> None:
    """Give each cell a valid id of its own. The author's keep theirs; a copy gets another than what it copies."""

    def rank(row: _Row) -> int:
        return 2 if row.track is None else int(row.track.theirs is None)

    used: set[str] = set()
    for wanted in range(3):
        for cell, row in zip(cells, rows, strict=True):
            if rank(row) == wanted:
                cell["id"] = _free_id(cell, used)
                used.add(cell["id"])
        if wanted == 1:
            # Else the copy of a cell that goes would pass for that cell the next time.
            used |= {name for track in tracks for name in track.names}


def _free_id(cell: Cell, used: set[str]) -> str:
    name = id_of(cell)
    if name is None or not _ID.fullmatch(name):
        name = f"cell-{_fingerprint(cell)[:12]}"
    elif name in used:
        name = f"{name[:50]}-copy"
    candidate, number = name, 2
    while candidate in used:
        candidate, number = f"{name}-{number}", number + 1
    return candidate


# what to tell


def _tell(tracks: Sequence[Track], moved: set[Track]) -> Changes:
    def names(which: Iterable[Track]) -> tuple[str, ...]:
        return tuple(track.name for track in which)

    there = [t for t in tracks if t.theirs is not None]
    new = [t for t in there if t.base is None]
    old = [t for t in there if t.base is not None]
    came = [t for t in old if t.author_changed and not t.stays_mine]
    reworded = [t for t in old if t not in came and t.mine is not None and _asks_otherwise(t)]
    gone = [t for t in tracks if t.theirs is None]
    return Changes(
        corrected=names([*came, *reworded]),
        new_questions=names(t for t in new if t.is_question),
        new_texts=names(t for t in new if not t.is_question),
        gone=names(t for t in gone if t.mine is not None and not _stays_as_own(t)),
        moved=names(t for t in old if t in moved and t.mine is not None),
        back=names(t for t in old if t.mine is None and _is_needed(t) and not t.author_changed),
        beside=names(t for t in there if _both_changed(t)),
        kept=names(t for t in gone if _stays_as_own(t)),
    )


def _asks_otherwise(track: Track) -> bool:
    def asked(cell: Cell | None) -> object:
        return mapping(metadata_of(cell or {}).get("coursekit")).get("prompt")

    return track.is_question and asked(track.theirs) != asked(track.base)
