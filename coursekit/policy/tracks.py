"""Whose cell is which: an author's cells through the old release, the learner's notebook and the new release.

A cell is known by its id. A question is known by its prompt's id before that, because its answer belongs to the
prompt; and a cell that lost its id (an older editor, cut and paste) by its text. Cells are nbformat JSON that
passed `check_notebook`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.model.prompt import PromptKind
from coursekit.policy.cells import is_stub, prompt_ids, source_of

Cell = Mapping[str, Any]


def check_notebook(value: Any) -> Decision:
    """Whether this can be merged: nbformat 4, and each cell with a type, a source and metadata."""
    cells = value.get("cells") if isinstance(value, Mapping) else None
    if (
        isinstance(cells, list)
        and value.get("nbformat") == 4
        and isinstance(value.get("nbformat_minor", 0), int)
        and isinstance(value.get("metadata", {}), Mapping)
        and all(_is_sound(cell) for cell in cells)
    ):
        return Allowed()
    return Refused("damaged-file", "It is damaged, or of an old format.", "Open it in the lab and save it.")


def _is_sound(cell: Any) -> bool:
    if not isinstance(cell, Mapping) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return False
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    return isinstance(cell.get("metadata", {}), Mapping) and all(isinstance(line, str) for line in lines)


@dataclass(eq=False)
class Track:
    """One cell of the author's. None where it is not in that notebook."""

    base: Cell | None
    theirs: Cell | None
    place: int = -1
    """Where it stood in the old release; -1 when it was not in it."""
    mine: Cell | None = None

    @property
    def cell(self) -> Cell:
        """As the author has it, or had it last."""
        found = self.theirs or self.base
        assert found is not None
        return found

    @property
    def before(self) -> Cell:
        """As the learner got it."""
        return self.base or self.cell

    @property
    def name(self) -> str:
        """Its id; empty when it has none."""
        return id_of(self.cell) or ""

    @property
    def names(self) -> set[str]:
        """The ids it has, or had, as the author's."""
        return {name for own in (self.base, self.theirs) if own is not None and (name := id_of(own))}

    @property
    def is_question(self) -> bool:
        """Whether something is to be answered in it."""
        return role_of(self.cell) is not None

    @property
    def author_changed(self) -> bool:
        """Whether the new release has it with another text, or for the first time."""
        if self.theirs is None:
            return False
        return self.base is None or content_of(self.theirs) != content_of(self.base)

    @property
    def learner_changed(self) -> bool:
        """Whether the learner's differs from what they got."""
        return self.mine is not None and content_of(self.mine) != content_of(self.before)

    @property
    def stays_mine(self) -> bool:
        """Whether it is the learner's version that must stand."""
        return (
            self.mine is not None and self.learner_changed and content_of(self.mine) != content_of(self.cell)
        )


def find_tracks(base: Sequence[Cell], mine: Sequence[Cell], theirs: Sequence[Cell]) -> list[Track]:
    """All tracks: the cells of `theirs` in their order, then those that are gone from it."""
    tracks = _pair_releases(base, theirs)
    _find_mine(tracks, mine)
    return tracks


def id_of(cell: Cell) -> str | None:
    """The cell's own id; notebooks before format 4.5 have none."""
    found = cell.get("id")
    return found if isinstance(found, str) and found else None


def role_of(cell: Cell) -> str | None:
    """The id of the prompt, or of nbgrader's solution, that is answered in this cell; none in all others."""
    asks = isinstance(mapping(metadata_of(cell).get("coursekit")).get("prompt"), Mapping)
    if asks or mapping(metadata_of(cell).get("nbgrader")).get("solution"):
        return next(iter(prompt_ids(cell)), None)
    return None


def text_of(cell: Cell) -> str:
    """What is written in it. Line ends, and space after the end, are not the learner's doing."""
    return source_of(cell).replace("\r\n", "\n").rstrip()


def content_of(cell: Cell) -> tuple[object, ...]:
    """All that somebody can have changed in it on purpose: the type, the text, pictures pasted into it."""
    return cell["cell_type"], text_of(cell), dict(mapping(cell.get("attachments")))


def is_blank(cell: Cell) -> bool:
    """Whether nobody has written in it: empty, or the stub of an answer."""
    kind = PromptKind.ANALYSIS if cell["cell_type"] == "code" else PromptKind.REFLECTION
    return is_stub(text_of(cell), kind) and not cell.get("attachments")


def metadata_of(cell: Cell) -> Mapping[str, Any]:
    """Its metadata; empty where it has none."""
    return mapping(cell.get("metadata"))


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, or an empty mapping in the place of anything else."""
    return value if isinstance(value, Mapping) else {}


def update_of(cell: Cell) -> Mapping[str, Any]:
    """What an earlier update noted in it: `of` (it shows that cell's new text) or `gone` (it was that cell)."""
    return mapping(mapping(metadata_of(cell).get("coursekit")).get("update"))


def _pair_releases(base: Sequence[Cell], theirs: Sequence[Cell]) -> list[Track]:
    free = dict(enumerate(base))
    places: dict[int, int] = {}

    def by_id(cell: Cell) -> object:
        # With the role: a cell that asks another question now is another question's.
        return (id_of(cell), role_of(cell)) if id_of(cell) else None

    def by_text(cell: Cell) -> object:
        return (cell["cell_type"], text_of(cell)) if text_of(cell) and role_of(cell) is None else None

    for key in (by_id, role_of, by_text):
        there: dict[object, list[int]] = {}
        for place, cell in free.items():
            there.setdefault(key(cell), []).append(place)
        for number, cell in enumerate(theirs):
            known = key(cell)
            if number not in places and known is not None and there.get(known):
                places[number] = there[known].pop(0)
                del free[places[number]]
    tracks = []
    for number, cell in enumerate(theirs):
        place = places.get(number, -1)
        tracks.append(Track(base[place] if place >= 0 else None, cell, place))
    return tracks + [Track(cell, None, place) for place, cell in free.items()]


def _find_mine(tracks: Sequence[Track], mine: Sequence[Cell]) -> None:
    """Give each track the learner's cell that belongs to it. What is left over is the learner's own."""
    free = list(mine)

    def take(fits: Callable[[Cell, Track], bool]) -> None:
        for track in tracks:
            found = [cell for cell in free if fits(cell, track)] if track.mine is None else []
            if found:
                # Of copies: the one that was written in if it is an answer, else the one that was left alone.
                written = (c for c in found if _is_written(c, track) == track.is_question)
                track.mine = next(written, found[0])
                free[:] = [cell for cell in free if cell is not track.mine]

    take(lambda cell, track: id_of(cell) in track.names and _may_be(cell, track))
    take(lambda cell, track: track.is_question and role_of(cell) == role_of(track.cell))
    take(_reads_like)


def _is_written(cell: Cell, track: Track) -> bool:
    return content_of(cell) != content_of(track.before) and not is_blank(cell)


def _may_be(cell: Cell, track: Track) -> bool:
    """Whether a learner's cell with a track's id is that cell, and does not just happen to have its id."""
    role = role_of(cell)
    if role == role_of(track.cell):
        return True
    # Metadata can get lost on the way. But where there was no such question before, an id makes no answer.
    return role is None and (track.base is not None or update_of(cell).get("gone") == track.name)


def _reads_like(cell: Cell, track: Track) -> bool:
    if track.base is None or not text_of(track.base):
        return False
    # A copy of what is gone stays as a copy; without ids nothing tells the two apart.
    if track.theirs is None and id_of(cell) is not None:
        return False
    return content_of(cell) == content_of(track.base) and role_of(cell) in (None, role_of(track.base))
