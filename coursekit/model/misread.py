"""A file that an author wrote and that cannot be taken as it stands."""

from __future__ import annotations

from collections.abc import Sequence

from coursekit.model.errors import BadInput


class Misread(BadInput):
    """A file that cannot be taken as it stands: which file, which cell, what is wrong."""

    def __init__(
        self,
        code: str,
        file: str,
        problem: str,
        next_step: str,
        *,
        cell: int | None = None,
        cell_id: str = "",
        line: int | None = None,
        path: Sequence[str | int] = (),
        others: Sequence[Misread] = (),
    ) -> None:
        place = file
        if cell is not None:
            place += f", cell {cell}" + (f" ({cell_id})" if cell_id else "")
        super().__init__(code, f"{place}: {problem}", next_step)
        self.file = file
        self.problem = problem
        self.cell = cell
        self.cell_id = cell_id
        self.line = line
        """The line of the file, where it is known."""
        self.path = tuple(path)
        """The keys and numbers that lead to the place in a YAML file."""
        self.others = tuple(others)
        """What else is wrong in the same file, for whoever wants all of it at once."""
