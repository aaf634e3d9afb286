"""Which of the submitted cells is which of the author's.

A cell says itself which it is, by nbgrader's grade_id. Other tools drop what they do not know, and people copy,
cut and paste; then a cell is found again, in this order, as

    1  the prompt that it answers       coursekit's own metadata
    2  the nbformat id                  of the released notebook
    3  the text                         as it was released, where no other cell has the same
    4  the place                        between two neighbours that are known, where only one answer can be meant

Cells of the author's that nbgrader does not know, such as the text of a question, count as neighbours.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TypeVar

from coursekit.model.grading import MasterCell, MasterNotebook
from coursekit.policy.cells import bare_text, is_untouched
from coursekit.policy.submitted import SoundCell, read_cells

T = TypeVar("T")


@dataclass(eq=False)
class Place:
    """One cell of the author's, and what was handed in for it."""

    number: int
    """In the order of the released notebook."""
    cell: SoundCell
    """As it was released."""
    master: MasterCell | None
    """None: nbgrader does not know it."""
    found: list[SoundCell] = field(default_factory=list)
    """The cells that are this one, in the order in which they were handed in."""
    below: list[SoundCell] = field(default_factory=list)
    """Text without a name right under an answer in words."""
    by_itself: bool = True
    """Whether they said so themselves; else they were found."""

    @property
    def is_prose(self) -> bool:
        """Whether a learner writes words in it."""
        return self.master is not None and not self.master.locked and self.master.cell_type != "code"

    @property
    def is_answer(self) -> bool:
        """Whether a learner writes in it."""
        return self.master is not None and not self.master.locked


def find_claims(cells: Sequence[SoundCell], master: MasterNotebook) -> list[Place]:
    """The author's cells in their order, each with what was handed in for it. The rest is the learner's own."""
    search = _Search(cells, _places(master), master.released is not None)
    search.by_grade_id()
    search.by_prompt()
    search.by_name()
    search.by_text()
    search.by_place()
    search.below_answers()
    return search.places


def _places(master: MasterNotebook) -> list[Place]:
    known = {cell.grade_id: cell for cell in master.cells}
    released = (master.released or {}).get("cells")
    rows: list[tuple[SoundCell, MasterCell | None]] = []
    for cell in read_cells(released) if isinstance(released, list) else ():
        rows.append((cell, known.pop(cell.grade_id, None)))
    after = 0
    for own in master.cells:
        if own.grade_id in known:
            stand_in = SoundCell(-1, own.cell_type, own.released, grade_id=own.grade_id)
            rows.insert(after, (stand_in, own))
        after = next(number for number, (_, owner) in enumerate(rows, 1) if owner is own)
    return [Place(number, cell, owner) for number, (cell, owner) in enumerate(rows)]


class _Search:
    """The search, step by step; each one looks only at what the ones before have left."""

    def __init__(self, cells: Sequence[SoundCell], places: list[Place], has_release: bool) -> None:
        self.places = places
        self._cells = cells
        self._has_release = has_release
        self._owner: dict[int, Place] = {}
        """By the cell's place."""
        self._spare: set[int] = set()
        """Copies of an answer whose original is there: one may be the answer to another question."""

    def by_grade_id(self) -> None:
        places = {p.master.grade_id: p for p in self.places if p.master is not None}
        for cell in self._cells:
            if cell.grade_id in places:
                self._take(places[cell.grade_id], cell)
        for place in self.places:
            originals = [cell.place for cell in place.found if cell.name == place.cell.name != ""]
            if place.is_answer and len(originals) == 1:
                self._spare |= {cell.place for cell in place.found} - {*originals}

    def by_prompt(self) -> None:
        places = {p.cell.prompt or p.master.grade_id: p for p in self.places if p.master is not None}
        for cell in self._free():
            place = places.get(cell.prompt)
            # Beside a named one, a copy that lost its name is more of the same answer.
            if place is not None and (place.is_answer or not place.found):
                self._find(place, cell)

    def by_name(self) -> None:
        places = {self._name(p): p for p in self.places if not p.found and self._name(p)}
        for cell in self._free():
            if cell.name in places:
                self._find(places[cell.name], cell)

    def by_text(self) -> None:
        places = _only([p for p in self.places if not p.found], lambda p: _text(p.cell))
        for text, cell in _only(self._free(), _text).items():
            if text[1] and text in places:
                self._find(places[text], cell)

    def by_place(self) -> None:
        for missing, cells in self._gaps():
            for kind in ("code", "markdown"):
                lost = [p for p in missing if p.cell.cell_type == kind]
                there = [c for c in cells if c.cell_type == kind and bare_text(c.source, kind)]
                for place, cell in self._align(lost, there):
                    if place.is_answer:
                        self._find(place, cell)
        for place in self.places:
            place.found = [cell for cell in place.found if self._owner[cell.place] is place]

    def below_answers(self) -> None:
        """What was written under an answer, and by all we know belongs to it."""
        if not self._has_release:
            # Then nothing tells the author's own texts from the learner's.
            return
        for place in self.places:
            if not place.is_prose or not place.found or self._is_followed_by_lost_text(place):
                continue
            for cell in self._cells[place.found[-1].place + 1 :]:
                if cell.place in self._owner or cell.cell_type == "code" or "coursekit" in cell.metadata:
                    break
                if not is_untouched(cell.source, place.cell.source, "markdown"):
                    place.below.append(cell)

    # what the steps share

    def _free(self) -> list[SoundCell]:
        return [cell for cell in self._cells if cell.place not in self._owner]

    def _take(self, place: Place, cell: SoundCell) -> None:
        self._owner[cell.place] = place
        insort(place.found, cell, key=lambda c: c.place)

    def _find(self, place: Place, cell: SoundCell) -> None:
        place.by_itself = place.by_itself and bool(place.found)
        self._take(place, cell)

    def _name(self, place: Place) -> str:
        """The nbformat id to look for. coursekit's own modules call a cell like its prompt."""
        if self._has_release or place.master is None:
            return place.cell.name
        return place.master.grade_id

    def _gaps(self) -> Iterator[tuple[list[Place], list[SoundCell]]]:
        """The author's cells that are missing side by side, with the nameless cells that stand there instead."""
        missing: list[Place] = []
        before: Place | None = None
        for place in (*self.places, None):
            if place is not None and not place.found:
                missing.append(place)
                continue
            if missing:
                yield missing, self._between(before, place)
            missing, before = [], place

    def _between(self, before: Place | None, after: Place | None) -> list[SoundCell]:
        """The nameless cells between two neighbours; none where something else stands there as well."""
        start = self._kept(before)[-1].place + 1 if before is not None else 0
        end = self._kept(after)[0].place if after is not None else len(self._cells)
        # A copy right beside its original is more of the same, and no other answer.
        own = {c.place for p in (before, after) if p is not None for c in p.found} & self._spare
        between = [cell for cell in self._cells[start:end] if cell.place not in own]
        return between if all(self._is_open(cell) for cell in between) else []

    def _kept(self, place: Place) -> list[SoundCell]:
        return [cell for cell in place.found if cell.place not in self._spare] or place.found

    def _is_open(self, cell: SoundCell) -> bool:
        return cell.place not in self._owner or cell.place in self._spare

    def _is_followed_by_lost_text(self, place: Place) -> bool:
        """Whether a text of the author's that should come next was not found: it may be the one that is there."""
        following = takewhile(lambda p: not p.found, self.places[place.number + 1 :])
        return any(p.cell.cell_type != "code" for p in following)

    def _align(self, lost: Sequence[Place], there: Sequence[SoundCell]) -> Iterable[tuple[Place, SoundCell]]:
        if self._has_release and len(lost) == 1:
            # All of it stands where this one answer has its place.
            return [(lost[0], cell) for cell in there]
        return zip(lost, there, strict=True) if len(lost) == len(there) else ()


def _text(cell: SoundCell) -> tuple[str, str]:
    return cell.cell_type, bare_text(cell.source, cell.cell_type)


def _only(items: Iterable[T], key: Callable[[T], tuple[str, str]]) -> dict[tuple[str, str], T]:
    """The items whose key no other has."""
    found: dict[tuple[str, str], list[T]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return {k: same[0] for k, same in found.items() if len(same) == 1}
