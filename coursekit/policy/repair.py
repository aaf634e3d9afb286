"""A submitted notebook made fit to run: each of the author's cells is there once, and as it must be.

    bytes ─▶ submitted.py ─▶ claims.py ─▶ mended cells ─▶ one notebook, nbformat 4.5, without outputs
              (read)          (whose is which)

nbgrader stops at much of what is mended here. What it does mend is mended the same way:

    author's cells      the source with its hidden tests, flags, points, type and checksum come from the gradebook
    several copies      the last one counts
    missing cells       come back
    unknown grade_ids   their cells are ordinary ones

Nothing that a learner wrote gets lost. Answers in words that stand in several cells are joined. Of answers in code
one counts, and the others stay as ordinary cells, which run as they would have run.

What is decided otherwise than in nbgrader, beside never stopping:

    a blank copy          goes; nbgrader takes the last copy, and gives an answer above a blank one zero points
    text below an answer  right below and without a name: it is added, and marked as what it is
    names that are lost   are found again where only one cell can be meant
    missing cells         come back also where they have no points, with a notice above and nothing in them
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coursekit.model.grading import MasterCell, MasterNotebook, Remark, Repaired, Unreadable
from coursekit.policy.cells import bare_text, is_untouched
from coursekit.policy.claims import Place, find_claims
from coursekit.policy.submitted import SoundCell, Submitted, Upgrade, read_submitted

Json = dict[str, Any]

MISSING = "missing-cell"
"""The remark on a cell that was put back."""
_BELOW = "\n\n---\n\n*Written in the cell below:*\n\n"
_OF_OUTPUTS = ("collapsed", "scrolled", "execution")
_CHECKSUM_LENGTH = 32


def repair(content: bytes, master: MasterNotebook, upgrade: Upgrade) -> Repaired | Unreadable:
    """The notebook, mended, with a remark on each mend; or why nothing can be made of it. Never raises.

    `upgrade` makes nbformat 4 of older formats.
    """
    submitted = read_submitted(content, upgrade)
    if isinstance(submitted, Unreadable):
        return submitted
    places = find_claims(submitted.cells, master)
    mended = {place.number: _mend(place) for place in places if place.master is not None}
    cells = _arrange(submitted.cells, places, mended)
    remarks = [
        *submitted.remarks,
        *_strangers(submitted.cells, places),
        *_foreign_kernel(submitted, master),
        *(remark for one in mended.values() for remark in one.remarks),
    ]
    notebook = {
        "cells": _named(cells),
        "metadata": _metadata(submitted, master),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return Repaired(notebook, tuple(dict.fromkeys(remarks)))


@dataclass
class _Mended:
    """What one of the author's cells becomes."""

    cell: Json
    kept: SoundCell | None
    """The submitted cell in whose place it stands; none: it was missing."""
    gone: Sequence[SoundCell] = ()
    """Other cells that say nothing more: they are in it, or say the same."""
    remarks: list[Remark] = field(default_factory=list)


# one of the author's cells


def _mend(place: Place) -> _Mended:
    assert place.master is not None
    if not place.found:
        return _put_back(place, place.master)
    if place.master.locked:
        mended = _mend_locked(place, place.master)
    elif place.is_prose:
        mended = _mend_prose(place, place.master)
    else:
        mended = _mend_code(place, place.master)
    assert mended.kept is not None
    mended.remarks += _differences(place, place.master, mended.kept)
    return mended


def _put_back(place: Place, master: MasterCell) -> _Mended:
    source = master.source if master.locked else master.released
    detail = "The cell was missing from the submission; it was put back as it was released."
    cell = _cell(place, master, source, place.cell.attachments)
    return _Mended(cell, None, remarks=[Remark(MISSING, detail, master.grade_id)])


def _mend_locked(place: Place, master: MasterCell) -> _Mended:
    kept = place.found[-1]
    as_released = bare_text(master.released, master.cell_type)
    same = [c for c in place.found[:-1] if bare_text(c.source, master.cell_type) == as_released]
    # Code that others build on runs as often as it stands there; a test says the same each time.
    gone = same if master.is_check or master.cell_type != "code" else []
    mended = _Mended(_cell(place, master, master.source, place.cell.attachments), kept, gone)
    if len(place.found) > 1:
        detail = f"The cell was there {len(place.found)} times; the last one counts."
        mended.remarks.append(Remark("duplicated-cell", detail, master.grade_id))
    if bare_text(kept.source, master.cell_type) not in (
        as_released,
        bare_text(master.source, master.cell_type),
    ):
        detail = "The cell is not the learner's to change; it is the author's again."
        mended.remarks.append(Remark("changed-locked-cell", detail, master.grade_id))
    return mended


def _mend_prose(place: Place, master: MasterCell) -> _Mended:
    written = [cell for cell in place.found if not _is_blank(cell, place)]
    kept = (written or place.found)[-1]
    parts = list({(bare_text(c.source, "markdown"), repr(c.attachments)): c for c in written}.values())
    texts, attachments = _texts([*(parts or [kept]), *place.below])
    below = texts[len(texts) - len(place.below) :]
    answer = "\n\n".join(texts[: len(texts) - len(below)])
    if below:
        answer = "\n\n".join(below) if not parts else _BELOW.join([answer, "\n\n".join(below)])
    gone = [cell for cell in [*place.found, *place.below] if cell is not kept]
    mended = _Mended(_cell(place, master, answer, attachments), kept, gone)
    if len(parts) > 1:
        detail = f"The answer stood in {len(parts)} cells; they were joined in their order."
        mended.remarks.append(Remark("split-answer", detail, master.grade_id))
    elif len(place.found) > 1:
        mended.remarks.append(_said_once(place, master))
    if below:
        detail = "More was written right below the answer; it was added to it."
        mended.remarks.append(Remark("answer-below", detail, master.grade_id))
    return mended


def _mend_code(place: Place, master: MasterCell) -> _Mended:
    written = [cell for cell in place.found if not _is_blank(cell, place)]
    kept = (written or place.found)[-1]
    # What nobody wrote in is only in the way. The rest runs where it stands.
    gone = [cell for cell in place.found if cell is not kept and _is_blank(cell, place)]
    mended = _Mended(_cell(place, master, kept.source, kept.attachments), kept, gone)
    if len({bare_text(cell.source, "code") for cell in written}) > 1:
        detail = f"The answer stood in {len(written)} cells; the last one counts, and all of them were run."
        mended.remarks.append(Remark("split-answer", detail, master.grade_id))
    elif len(place.found) > 1:
        mended.remarks.append(_said_once(place, master))
    return mended


def _said_once(place: Place, master: MasterCell) -> Remark:
    detail = f"The cell was there {len(place.found)} times, and its copies say nothing else."
    return Remark("duplicated-cell", detail, master.grade_id)


def _is_blank(cell: SoundCell, place: Place) -> bool:
    assert place.master is not None
    untouched = is_untouched(cell.source, place.master.released, place.master.cell_type)
    return untouched and not cell.attachments.keys() - place.cell.attachments.keys()


def _texts(cells: Iterable[SoundCell]) -> tuple[list[str], Mapping[str, Mapping[str, str]]]:
    """Each cell's text, and the pictures of all of them; two with the same name get two names."""
    texts: list[str] = []
    pictures: dict[str, Mapping[str, str]] = {}
    for number, cell in enumerate(cells, 1):
        text = cell.source
        for name, bundle in cell.attachments.items():
            own = name if pictures.get(name, bundle) == bundle else f"{number}-{name}"
            text = text.replace(f"attachment:{name}", f"attachment:{own}") if own != name else text
            pictures[own] = bundle
        texts.append(text)
    return texts, pictures


def _differences(place: Place, master: MasterCell, kept: SoundCell) -> Iterator[Remark]:
    """What nbgrader's metadata, or the lack of it, says about the cell's way here."""

    def remark(code: str, detail: str) -> Remark:
        return Remark(code, detail, master.grade_id)

    if not place.by_itself:
        yield remark("lost-id", "The cell had lost nbgrader's name for it; it was found again.")
    if kept.cell_type != master.cell_type:
        yield remark(
            "retyped-cell", f"The cell had been turned into {kept.cell_type}; it is what it was again."
        )
    if kept.grade_id != master.grade_id:
        return
    version = kept.nbgrader.get("schema_version")
    if version != 3 or isinstance(version, float):
        yield remark(
            "odd-schema", "nbgrader's metadata had another version than today's; they were replaced."
        )
    changed = [name for name, ours in _flags(master).items() if _flag(kept.nbgrader, name) != ours]
    if "points" in kept.nbgrader and master.points is not None and kept.nbgrader["points"] != master.points:
        changed.append("points")
    if changed:
        yield remark("changed-metadata", f"nbgrader's metadata had been changed ({', '.join(changed)}).")


def _flags(master: MasterCell) -> dict[str, bool]:
    return {"grade": master.grade, "solution": master.solution, "task": master.task, "locked": master.locked}


def _flag(nbgrader: Mapping[str, Any], name: str) -> bool:
    """The flag as nbgrader understands it: whatever is only graded is locked as well."""
    if name != "locked":
        return bool(nbgrader.get(name))
    return not nbgrader.get("solution") and bool(nbgrader.get("grade") or nbgrader.get("locked"))


def _cell(place: Place, master: MasterCell, source: str, attachments: Mapping[str, Any]) -> Json:
    nbgrader: Json = {
        "grade_id": master.grade_id,
        **_flags(master),
        "cell_type": master.cell_type,
        "schema_version": 3,
    }
    if master.points is not None and (master.grade or master.task):
        nbgrader["points"] = master.points
    if master.checksum is not None and len(master.checksum) == _CHECKSUM_LENGTH:
        nbgrader["checksum"] = master.checksum
    # Where there is no release, what the learner's cell says of itself is better than nothing.
    known = place.cell if place.cell.place >= 0 or not place.found else place.found[-1]
    return _plain(
        master.cell_type, place.cell.name, {**known.metadata, "nbgrader": nbgrader}, source, attachments
    )


def _plain(
    cell_type: str, name: str, metadata: Mapping[str, Any], source: str, attachments: Mapping[str, Any]
) -> Json:
    cell: Json = {"cell_type": cell_type, "id": name, "metadata": dict(metadata), "source": source}
    if cell_type == "code":
        for key in _OF_OUTPUTS:
            cell["metadata"].pop(key, None)
        return {**cell, "execution_count": None, "outputs": []}
    return {**cell, "attachments": attachments} if attachments else cell


# all cells


def _arrange(
    submitted: Sequence[SoundCell], places: Sequence[Place], mended: Mapping[int, _Mended]
) -> list[Json]:
    """All cells in the order in which they were handed in, with the missing ones in their places."""
    kept = {one.kept.place: one for one in mended.values() if one.kept is not None}
    gone = {cell.place for one in mended.values() for cell in one.gone}
    authors = {cell.place for place in places if place.master is None for cell in place.found}
    put_back = _put_back_after(submitted, places, mended)
    cells = [cell for one in put_back[-1] for cell in _with_notice(one.cell)]
    for cell in submitted:
        if cell.place in kept:
            cells.append(kept[cell.place].cell)
        elif cell.place not in gone:
            metadata = cell.metadata if cell.place in authors else _without_prompt(cell.metadata)
            cells.append(_plain(cell.cell_type, cell.name, metadata, cell.source, cell.attachments))
        cells += [back for one in put_back[cell.place] for back in _with_notice(one.cell)]
    return cells


def _without_prompt(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """A learner's own cell answers no prompt, whatever it says."""
    ours = metadata.get("coursekit")
    if not isinstance(ours, Mapping) or "prompt" not in ours:
        return metadata
    return {**metadata, "coursekit": {key: value for key, value in ours.items() if key != "prompt"}}


def _put_back_after(
    submitted: Sequence[SoundCell], places: Sequence[Place], mended: Mapping[int, _Mended]
) -> Mapping[int, list[_Mended]]:
    """The missing cells by the submitted one after which they belong; -1 is the beginning."""
    owned = {cell.place for place in places for cell in place.found}
    after: dict[int, list[_Mended]] = defaultdict(list)
    at, lost_answer = -1, False
    for place in places:
        one = mended.get(place.number)
        if place.found:
            at = (one.kept if one and one.kept else place.found[0]).place
            lost_answer = False
        elif one is not None and place.master is not None:
            lost_answer |= not place.master.locked
            # The answer may be in a cell that nobody can tell from any other; the test comes after all of those.
            late = place.master.is_check and lost_answer
            after[_end_of_nameless(submitted, owned, at) if late else at].append(one)
    return after


def _end_of_nameless(submitted: Sequence[SoundCell], owned: set[int], at: int) -> int:
    end = at
    while end + 1 < len(submitted) and end + 1 not in owned:
        end += 1
    return end


def _with_notice(cell: Json) -> Iterator[Json]:
    """The cell that was put back, and above it what graders and learners are to know about it.

    nbgrader writes this into the cell itself; then nothing tells it from an answer, and magics no longer work.
    """
    nbgrader = cell["metadata"]["nbgrader"]
    if nbgrader["grade"] or nbgrader["solution"] or nbgrader["task"]:
        text = f"This cell (id:{nbgrader['grade_id']}) was missing from the submission."
        # With metadata of ours, so that nobody takes it for a learner's text.
        notice = {"coursekit": {"notice": MISSING}}
        yield _plain("markdown", "", notice, f"*{text} It was put back as it was released.*", {})
    yield cell


def _named(cells: list[Json]) -> list[Json]:
    """The cells with a valid id each, which no other has. The author's keep theirs."""
    used: set[str] = set()
    numbers: dict[str, int] = defaultdict(int)
    for cell in sorted(cells, key=lambda c: "nbgrader" not in c["metadata"]):
        name = cell["id"] or "cell"
        stem = name[:50]
        while not cell["id"] or name in used:
            numbers[stem] += 1
            name = cell["id"] = f"{stem}-{numbers[stem]}"
        used.add(name)
    return cells


# the notebook


def _strangers(cells: Sequence[SoundCell], places: Sequence[Place]) -> Iterator[Remark]:
    known = {place.master.grade_id for place in places if place.master is not None}
    names = known | {place.cell.grade_id for place in places}
    if any(cell.grade_id not in names and any(map(cell.nbgrader.get, _ROLES)) for cell in cells):
        yield Remark(
            "unknown-cell", "A cell had a name that the module does not know; it is an ordinary one now."
        )


_ROLES = ("grade", "solution", "locked", "task")


def _foreign_kernel(submitted: Submitted, master: MasterNotebook) -> Iterator[Remark]:
    language = submitted.kernelspec.get("language") or submitted.language_info.get("name")
    if master.kernelspec and isinstance(language, str) and language.lower() != master.language:
        detail = "The notebook was saved for another programming language; it runs in the author's."
        yield Remark("foreign-kernel", detail)


def _metadata(submitted: Submitted, master: MasterNotebook) -> Json:
    """The release's, and the author's kernel. A learner's own say nothing about their work."""
    released = (master.released or {}).get("metadata")
    metadata: Json = dict(released) if isinstance(released, Mapping) else {}
    kernelspec = dict(master.kernelspec or submitted.kernelspec)
    if isinstance(kernelspec.get("name"), str):
        shown = kernelspec.get("display_name")
        metadata["kernelspec"] = {
            **kernelspec,
            "display_name": shown if isinstance(shown, str) else kernelspec["name"],
        }
    language = submitted.language_info.get("name")
    if "language_info" not in metadata and isinstance(language, str) and language.lower() == master.language:
        metadata["language_info"] = {"name": language}
    return metadata
