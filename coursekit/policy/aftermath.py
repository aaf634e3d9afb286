"""After a notebook has run: what of it is said, and whether it should run once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.model.gradereport import Kind, Note
from coursekit.model.grading import Ran, Remark, Repaired

_CUT_SHORT = frozenset({"kernel-died", "worker-lost"})
_LIMITS = frozenset({"too-slow", "too-much-memory"})


def was_cut_short(ran: Ran) -> bool:
    """Whether its process was gone, and neither a limit nor an alarm says why: it may have been the machine."""
    codes = {remark.code for remark in ran.trouble}
    return bool(codes & _CUT_SHORT) and not codes & _LIMITS and not ran.alarms


def note_on(
    learner: str,
    needs_person: bool,
    remarks: Sequence[Remark],
    trouble: Sequence[Remark],
    mends: Sequence[Remark],
) -> Note | None:
    """What a grader should know about a submission; none where all went as it should. The gravest kind counts."""
    said = tuple(dict.fromkeys((*remarks, *trouble, *mends)))
    if needs_person:
        return Note(learner, Kind.PERSON, said)
    if trouble:
        return Note(learner, Kind.NOTED, said)
    return Note(learner, Kind.MENDED, said) if said else None


def with_outputs(notebook: Repaired, ran: Ran | None) -> Mapping[str, Any]:
    """The notebook with what its cells showed. nbformat 4 JSON."""
    cells = list(notebook.notebook["cells"])
    for place, run in (ran.cells if ran is not None else {}).items():
        cells[place] = {**cells[place], "outputs": list(run.outputs), "execution_count": run.count}
    return {**notebook.notebook, "cells": cells}
