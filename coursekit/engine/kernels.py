"""One notebook through a real kernel: other languages, and Python notebooks that say that they need one.

    the same walls and limits · a new sandbox for each notebook · no snapshots, because no kernel can be forked

Its checks run in order with everything else, as nbgrader runs them. In Python they are followed by one that must
fail, with words that nobody can know; of other languages it is only known that nothing got out.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from coursekit.engine.launch import Launched, Walls
from coursekit.engine.outputs import clean, count_of, is_failure
from coursekit.engine.protocol import Lost
from coursekit.model.errors import ServiceFault
from coursekit.model.grading import CellRun, Ending, Job, Limits, Ran, Remark, Step, Warmth
from coursekit.policy import canary
from coursekit.policy.alarms import alarm

_START = 90.0
_MORE = 15.0
"""Seconds beyond a cell's own in which nbclient interrupts it and reads what is left."""


def run(job: Job, number: int, warmth: Warmth, limits: Limits, walls: Walls) -> Ran:
    """What came of the notebook. A kernel that is not there, or dies, is in the answer."""
    begun = time.monotonic()
    way = _Way(job, limits)
    more = {"kernel": job.kernel, "own": [path for path, _ in job.files]}
    launched = Launched("worker.kernel", number, warmth, limits, walls, more)
    try:
        for _, content in job.files:
            launched.control.send_bytes(content)
        launched.hear(begun + _START)
        way.go(launched)
    except (Lost, TimeoutError):
        way.note_lost()
    except ServiceFault as fault:
        way.note_no_kernel(fault)
    finally:
        launched.end()
    return Ran(
        job.key,
        way.cells,
        tuple(dict.fromkeys(way.alarms)),
        tuple(dict.fromkeys(way.trouble)),
        time.monotonic() - begun,
        way.cpu,
    )


class _Way:
    def __init__(self, job: Job, limits: Limits) -> None:
        self.cells: dict[int, CellRun] = {}
        self.alarms: list[Remark] = []
        self.trouble: list[Remark] = []
        self.cpu = 0.0
        self._job, self._limits = job, limits
        self._room = limits.notebook_bytes
        self._running: Step | None = None
        self._is_python = job.kernel.startswith("python")

    def go(self, launched: Launched) -> None:
        """All cells in order. Raises Lost or TimeoutError when the sandbox is gone or deaf."""
        end = time.monotonic() + self._limits.notebook_seconds
        for step in self._job.steps:
            if time.monotonic() > end:
                self.trouble.append(Remark("too-slow", "The notebook took longer than it may."))
                raise Lost("too slow")
            self._running = step
            source = step.source if step.check is None else step.check
            run = self._run(launched, source)
            self.cells[step.cell] = run
            if step.check is not None and run.ending is Ending.OK and self._is_python:
                self._try(launched, step)

    def note_lost(self) -> None:
        """The rest did not run."""
        self.trouble.append(Remark("kernel-died", "The kernel that ran this notebook ended before its time."))
        for step in self._job.steps:
            ending = Ending.DIED if step is self._running else Ending.NOT_RUN
            self.cells.setdefault(step.cell, CellRun(ending))

    def note_no_kernel(self, fault: ServiceFault) -> None:
        """Nothing ran."""
        said = f"The kernel {self._job.kernel[:40]} did not start in the sandbox. {fault.detail}"
        self.trouble.append(Remark("no-kernel", said))
        self.cells.update({step.cell: CellRun(Ending.NOT_RUN) for step in self._job.steps})

    def _run(self, launched: Launched, source: str) -> CellRun:
        begun = time.monotonic()
        answer = self._ask(launched, source)
        outputs, used, cut = clean(answer.get("outputs"), self._limits, self._room)
        self._room -= used
        if cut:
            self.trouble.append(Remark("output-cut", "It printed more than is kept; the rest was left out."))
        if answer.get("dead"):
            raise Lost("dead")
        names = [output["ename"] for output in outputs if output["output_type"] == "error"]
        # nbclient interrupts; what the kernel then says depends on the language.
        is_slow = bool(names) and time.monotonic() - begun >= self._limits.cell_seconds
        if is_slow:
            slow = f"A cell took longer than {self._limits.cell_seconds:g} seconds and was interrupted."
            self.trouble.append(Remark("too-slow", slow))
        ending = Ending.TIMEOUT if is_slow else Ending.ERROR if names else Ending.OK
        return CellRun(ending, outputs, count_of(answer.get("count")))

    def _ask(self, launched: Launched, source: str) -> Mapping[str, Any]:
        launched.control.send({"run": source})
        most = 8 * (self._limits.text_bytes + self._limits.display_bytes) + (1 << 20)
        until = time.monotonic() + self._limits.cell_seconds + _MORE
        answer, _ = launched.control.receive(most, until=until)
        spent = answer.get("cpu")
        self.cpu = float(spent) if isinstance(spent, int | float) else self.cpu
        return answer

    def _try(self, launched: Launched, step: Step) -> None:
        source, said = canary.trial(secrets.token_hex(8), step.check or "", step.shadows)
        outputs, _, _ = clean(self._ask(launched, source).get("outputs"), self._limits, 1 << 20)
        if not is_failure(outputs, said):
            self.alarms.append(alarm("check-cannot-fail", ""))
