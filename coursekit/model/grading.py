"""What grading knows: the author's notebook, a learner's one made fit to run, what ran, and what it is worth.

    Master ─┐
            ├─▶ Repaired ─▶ Job ─▶ (the engine) ─▶ Ran ─▶ CellGrade …
    bytes ──┘

Everything that comes from a learner's notebook, or out of a run of it, is hostile until a policy has looked at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Output = Mapping[str, Any]
"""One output of a cell as nbformat 4 has it: stream, display_data, execute_result or error."""


@dataclass(frozen=True)
class MasterCell:
    """A cell that nbgrader knows, as the author's notebook has it; nbgrader's gradebook is where it comes from."""

    grade_id: str
    cell_type: str
    """`code` or `markdown`."""
    source: str
    """With hidden tests."""
    released: str
    """As learners got it: without them."""
    locked: bool = False
    """Its source is the author's, whatever was handed in."""
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None
    checksum: str | None = None
    """nbgrader's MD5 over the cell as it was released: equal means that nobody answered."""

    @property
    def is_check(self) -> bool:
        """Marked by running it: an autograder test."""
        return self.grade and not self.solution and self.cell_type == "code"

    @property
    def is_answer(self) -> bool:
        """Marked by a person."""
        return (self.grade and self.solution) or self.task


@dataclass(frozen=True)
class MasterNotebook:
    """One notebook of a module, by the author's side."""

    name: str
    """Without its ending."""
    cells: tuple[MasterCell, ...]
    """Those that nbgrader knows, in the notebook's order."""
    kernelspec: Mapping[str, Any] = field(default_factory=dict)
    released: Mapping[str, Any] | None = None
    """The notebook as learners got it (nbformat 4 JSON), for repairs; none where the release is not there."""
    solutions: tuple[str, ...] = ()
    """The author's own answers in code: what they define, a learner may define as well."""

    def find_cell(self, grade_id: str) -> MasterCell | None:
        """The cell of that id, or none."""
        return next((c for c in self.cells if c.grade_id == grade_id), None)

    @property
    def kernel(self) -> str:
        """The real kernel that it needs, by name; empty where Python in a warm interpreter does.

        An author asks for one with `"coursekit": {"engine": "kernel"}` in the notebook's own metadata.
        """
        metadata = self.released.get("metadata") if self.released is not None else None
        asked = metadata.get("coursekit") if isinstance(metadata, Mapping) else None
        wanted = isinstance(asked, Mapping) and asked.get("engine") == "kernel"
        name = str(self.kernelspec.get("name") or "python3")
        return name if wanted or self.language != "python" else ""

    @property
    def language(self) -> str:
        """The kernel's language; nbgrader takes what says nothing for Python."""
        return str(self.kernelspec.get("language") or "python").lower()


@dataclass(frozen=True)
class Remark:
    """Something that a grader should know about a submission."""

    code: str
    """Stable, for programs: `duplicated-cell`."""
    detail: str
    """One plain sentence for people; never a hidden test, never another learner's text."""
    cell: str = ""
    """The grade_id it is about, where it is about one."""


@dataclass(frozen=True)
class Repaired:
    """A submitted notebook made fit to run: every cell of the author's is there once, and as it must be."""

    notebook: Mapping[str, Any]
    """nbformat 4 JSON with nbgrader's metadata on exactly the master's cells, without outputs."""
    remarks: tuple[Remark, ...] = ()
    """What was mended."""


@dataclass(frozen=True)
class Unreadable:
    """A submitted notebook that no repair makes fit to run. A person must look."""

    remark: Remark


class Ending(StrEnum):
    """How the run of one cell ended."""

    OK = "ok"
    ERROR = "error"
    """It raised; the error is among the outputs."""
    TIMEOUT = "timeout"
    """It took too long and was interrupted."""
    DIED = "died"
    """The process was gone before it had ended."""
    NOT_RUN = "not-run"
    """The process was gone before it began."""
    APART = "apart"
    """A check failed that a thread of an earlier cell was not there for: a snapshot has none."""


@dataclass(frozen=True)
class Limits:
    """How much one notebook may take. Seconds are wall time unless said otherwise."""

    cell_seconds: float = 30.0
    notebook_seconds: float = 300.0
    cpu_seconds: int = 300
    memory_bytes: int = 2 << 30
    """Address space beyond that of the warm interpreter, for each process; and what all of them hold together."""
    processes: int = 64
    file_bytes: int = 64 << 20
    disk_bytes: int = 256 << 20
    """All files together; they lie in memory."""
    text_bytes: int = 200_000
    """Printed by one cell, and kept of it."""
    display_bytes: int = 8 << 20
    """Pictures and tables of one cell."""
    notebook_bytes: int = 32 << 20
    """All outputs of one notebook."""
    lines: int = 1000
    """Printed by one cell, and kept: nbgrader's own limit."""


@dataclass(frozen=True)
class Step:
    """One code cell to run, in the notebook's order."""

    cell: int
    """Its place in the notebook, from 0."""
    source: str
    """What runs in the learner's own line of execution: their code, or the author's without hidden tests."""
    check: str | None = None
    """For an autograder test: all of it. It runs in a snapshot of this moment, when everything else is over."""
    prelude: str = ""
    """Statements of earlier hidden tests on which this check builds."""
    stands_alone: bool = False
    """When its visible part has failed, all of it has failed."""
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What the author imported and the check uses: name → (module,) or (module, attribute)."""
    tools: tuple[str, ...] = ()
    """Modules on which the check relies."""
    words: tuple[str, ...] = ()
    """The names and attributes in the check: what of those modules it may use."""
    shadows: tuple[str, ...] = ()
    """Builtins that the check uses, and that no answer is asked to define."""


@dataclass(frozen=True)
class Job:
    """One notebook to run."""

    key: str
    """Names it among all others: `learner/notebook`."""
    steps: tuple[Step, ...]
    files: tuple[tuple[str, bytes], ...] = ()
    """What the learner handed in beside the notebook: relative path, content."""
    kernel: str = ""
    """The kernel that it needs, by its kernelspec's name; empty: Python, forked from a warm interpreter."""


@dataclass(frozen=True)
class CellRun:
    """What came of one cell. The outputs are well-formed and within the limits; what they say is the learner's."""

    ending: Ending
    outputs: tuple[Output, ...] = ()
    count: int | None = None
    """The execution count."""


@dataclass(frozen=True)
class Ran:
    """What came of one notebook."""

    key: str
    cells: Mapping[int, CellRun]
    """By the cell's place. Of a check, what its full source did in the snapshot."""
    alarms: tuple[Remark, ...] = ()
    """Signs that the code reached for its own marks. With one of them, no mark is given by itself."""
    trouble: tuple[Remark, ...] = ()
    """What a grader should know: it died, it took too long, its output was cut."""
    seconds: float = 0.0
    """Wall time."""
    cpu_seconds: float = 0.0
    """Processor time of the run's own processes."""


@dataclass(frozen=True)
class Warmth:
    """What a worker has ready before it meets a submission."""

    imports: tuple[str, ...] = ()
    """Modules that the author's notebook imports, by their full names."""
    files: tuple[tuple[str, str], ...] = ()
    """The author's files that learners have as well: relative path, where it lies on this machine."""
    rehearsal: tuple[str, ...] = ()
    """The code cells of what learners got: tried out once, to see what they load."""


@dataclass(frozen=True)
class CellGrade:
    """What one graded cell is worth, as far as a machine can say."""

    grade_id: str
    score: float | None
    """None: a person decides."""
    max_score: float
    waiting: bool
    """A person must look."""
    no_response: bool = False
    """Nothing was answered."""
    remark: Remark | None = None
    """Why a person must look, where it is not simply prose."""
