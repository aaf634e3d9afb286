"""Who agreed that their words are used: one list, read in one way, for pilots and for plans of a discussion."""

from __future__ import annotations

import csv
from pathlib import Path

from coursekit.model.errors import BadInput


def read_consent(path: Path | None) -> set[str] | None:
    """The learners of a list: one a line, or the first column of a CSV, with or without the heading “learner”.

    Where there is a second column, it must say yes.
    """
    if path is None:
        return None
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, ValueError, csv.Error) as error:
        raise BadInput(
            "unreadable-consent",
            f"The list of who consented, {path.name}, cannot be read.",
            "Make it a text file with a learner's name on each line.",
        ) from error
    names = set()
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not cells or not cells[0] or cells[0].casefold() == "learner":
            continue
        if len(cells) == 1 or cells[1].casefold() in ("yes", "y", "true", "1"):
            names.add(cells[0])
    if not names:
        raise BadInput(
            "nobody-consented",
            f"{path.name} names nobody who consented.",
            "Write a learner's name on each line, or name and yes with a comma between them.",
        )
    return names
