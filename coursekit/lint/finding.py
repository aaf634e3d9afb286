"""One thing that is wrong in a course, said so that its author can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the build; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and what to do."""

    code: str
    """Stable, of the catalog: CK203."""
    severity: Severity
    file: str
    """Below the course's root, with forward slashes."""
    cell: int | None
    """Counted from 1, as people do; none when it is about the whole file."""
    cell_id: str
    message: str
    """One sentence."""
    hint: str
    """What to do."""
    line: int | None = None
    """In the cell, or in the file where there is no cell; none when it is about all of it."""
    fixable: bool = False
    """Whether `--fix` mends it."""

    @property
    def is_error(self) -> bool:
        """Whether it stops the build."""
        return self.severity is Severity.ERROR

    @property
    def place(self) -> str:
        """Where, as people read it: `modules/one/one.ipynb:cell 9:3 (tag)`."""
        cell = f":cell {self.cell}" if self.cell is not None else ""
        line = f":{self.line}" if self.line is not None else ""
        return self.file + cell + line + (f" ({self.cell_id})" if self.cell_id else "")
