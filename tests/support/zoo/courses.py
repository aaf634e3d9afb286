"""Which specimens are graded together, and in how many notebooks.

Grouped, because nbgrader starts a kernel for every notebook of every learner; `apart` is the long form.
"""

from __future__ import annotations

from support.zoo import checks, credit, data, language, notebooks, rough, words
from support.zoo.making import Assignment, Specimen

# As coursekit's own settings have it: a deleted cell comes back.
_MENDED = "c.OverwriteCells.add_missing_cells = True\n"

GROUPED = (
    Assignment("data", {"data": (*data.ALL, *notebooks.ALL)}),
    Assignment("python", {"python": (*language.ALL, *credit.ALL)}),
    Assignment("checks", {"checks": (*checks.ALL, *rough.ALL, *words.ALL)}),
    Assignment(
        "late",
        {"first": (rough.FIRST,), "second": (rough.SECOND,)},
        "c.LateSubmissionPlugin.penalty_method = 'zero'\n",
        due="2027-02-03 20:00:00",
        learners=("right", "partly", "wrong", "empty"),
        absent={"partly": ("second",), "empty": ("first",)},
    ),
    Assignment(
        "mended",
        {"gaps": (rough.MISSING, rough.RETYPED)},
        _MENDED,
        learners=("partly", "wrong", "crashing"),
    ),
    Assignment("gaps", {"gaps": (rough.MISSING,)}, learners=("partly", "crashing")),
    Assignment(
        "odd",
        {"asking": (notebooks.INPUT, notebooks.LIVING), "disguised": (credit.DISGUISED,)},
        learners=("right", "wrong", "crashing"),
        absent={"wrong": ("disguised",), "crashing": ("disguised",)},
    ),
    Assignment(
        "endless", {"endless": (rough.LOOPS,)}, "c.Execute.timeout = 3\n", learners=("partly", "crashing")
    ),
    Assignment("dying", {"dying": (rough.DEATHS,)}, learners=("right", "partly", "crashing")),
    Assignment("bonus", {"bonus": (credit.OVER,)}, learners=("right", "wrong", "crashing")),
)

_TOGETHER = (data, language, credit, checks, notebooks, rough, words)


def specimens() -> tuple[Specimen, ...]:
    """All of the zoo."""
    found = {s.name: s for assignment in GROUPED for s in assignment.specimens}
    return tuple(found.values())


def apart() -> tuple[Assignment, ...]:
    """Every specimen that shares a notebook in one of its own."""
    return tuple(Assignment(f"apart-{s.name}", {s.name: (s,)}) for room in _TOGETHER for s in room.ALL)
