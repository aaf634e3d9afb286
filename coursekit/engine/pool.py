"""One warm worker, and the way of one notebook through it.

    COLD ──start──▶ WARM ──begin──▶ BUSY ──end, everything reaped──▶ WARM
      ▲                               │
      └────────── kill ◀── SPENT ◀────┘ anything that is not as it must be

The zygote in a worker never runs a stranger's code: only its forks do, and none of them outlives its notebook. A
fork that met a learner's code is never WARM again.

    line       runs the learner's cells in order; of the author's cells, what learners have seen
    snapshot   one before each check: frozen until the line is over and everything that it left is dead. Then it is
               made as clean as it can be, and forked once more: one runs the check; the other, if that went well,
               looks whether it could have failed.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from coursekit.engine.launch import Launched, Walls
from coursekit.engine.outputs import clean, count_of, is_failure
from coursekit.engine.protocol import Line, Lost, pair
from coursekit.model.grading import CellRun, Ending, Job, Limits, Ran, Remark, Step, Warmth
from coursekit.policy import canary
from coursekit.policy import probe as probing
from coursekit.policy.alarms import alarm

_PATIENCE = 20.0
"""Seconds that the zygote may take for anything but warming."""
_WARMING = 120.0
_GRACE = 1.0
"""Seconds between the interrupt of a cell and the end of its process."""


class State(Enum):
    """Where a worker stands."""

    COLD = "cold"
    WARM = "warm"
    BUSY = "busy"
    SPENT = "spent"


class Worker:
    """A process with everything imported. Not for several threads at a time."""

    def __init__(self, number: int, warmth: Warmth, limits: Limits, walls: Walls) -> None:
        self.state = State.COLD
        self._number = number
        self._warmth = warmth
        self._limits = limits
        self._walls = walls
        self._launched: Launched | None = None

    # COLD ──▶ WARM

    def launch(self) -> None:
        """Start the process, and let it import while others work."""
        self._launched = Launched("worker", self._number, self._warmth, self._limits, self._walls)

    def wait_until_warm(self) -> Mapping[str, Any]:
        """What the zygote says of itself. Raises ServiceFault when it does not come up."""
        if self._launched is None:
            self.launch()
        assert self._launched is not None
        launched, self._launched = self._launched, None
        ready = launched.hear(time.monotonic() + _WARMING)
        self._launched = launched
        self.state = State.WARM
        return ready

    # SPENT ──▶ COLD

    def kill(self) -> None:
        """End the process and everything in it."""
        if self._launched is not None:
            self._launched.end(0.5 if self.state is State.WARM else 0.0)
        self._launched = None
        self.state = State.COLD

    # WARM ──▶ BUSY ──▶ WARM

    def run(self, job: Job) -> Ran:
        """Run one notebook. What happens in there is in the answer; raises ServiceFault when no worker comes up."""
        if self.state is not State.WARM:
            self.wait_until_warm()
        assert self._launched is not None
        self.state = State.BUSY
        way = _Way(job, self._limits, self._launched.control, self._walls.sandboxed)
        try:
            self.state = State.WARM if way.go() else State.SPENT
        finally:
            way.close()
            if self.state is not State.WARM:
                self.kill()
        return way.ran()


@dataclass
class _Copy:
    """A snapshot of the line."""

    line: Line
    pid: int
    """Within the sandbox."""


class _Way:
    """One notebook's way through a worker."""

    def __init__(self, job: Job, limits: Limits, control: Line, sandboxed: bool) -> None:
        self._job, self._limits, self._control, self._sandboxed = job, limits, control, sandboxed
        self._cells: dict[int, CellRun] = {}
        self._alarms: list[Remark] = []
        self._trouble: list[Remark] = []
        self._copies: dict[int, _Copy] = {}
        self._is_deaf = False
        self._room = limits.notebook_bytes
        self._line: Line | None = None
        self._pid = 0
        self._cpu = 0.0
        self._begun = time.monotonic()
        self._end = self._begun + limits.notebook_seconds

    def ran(self) -> Ran:
        """What came of it."""
        return Ran(
            self._job.key,
            self._cells,
            tuple(dict.fromkeys(self._alarms)),
            tuple(dict.fromkeys(self._trouble)),
            time.monotonic() - self._begun,
            self._cpu,
        )

    def close(self) -> None:
        """Let go of all lines."""
        for copy in self._copies.values():
            copy.line.close()
        if self._line is not None:
            self._line.close()

    def go(self) -> bool:
        """All the way. Whether the worker can be used again."""
        try:
            self._begin()
            self._run_line()
            self._settle()
            for step in self._job.steps:
                if step.check is not None and step.cell in self._copies:
                    self._run_check(step)
            end = self._ask({"end": True})
            self._cpu = float(end["cpu"])
            self._note_memory(end)
            return not end["left"]
        except (Lost, TimeoutError, KeyError, TypeError, ValueError):
            # The zygote itself is only ever lost through what runs in its forks.
            self._trouble.append(
                Remark("worker-lost", "The grading worker was lost while it ran this notebook.")
            )
            for step in self._job.steps:
                if step.check is not None or step.cell not in self._cells:
                    self._cells.setdefault(step.cell, CellRun(Ending.DIED))
            return False

    # the line

    def _begin(self) -> None:
        self._line, theirs = pair()
        checks = sum(step.check is not None for step in self._job.steps)
        message = {"begin": True, "snapshots": 2 * checks, "files": [path for path, _ in self._job.files]}
        self._control.send(message, [theirs.fileno()])
        theirs.close()
        for _, content in self._job.files:
            self._control.send_bytes(content)
        answer, _ = self._control.receive()
        self._pid = int(answer["line"])

    def _run_line(self) -> None:
        assert self._line is not None
        alive = True
        for step in self._job.steps:
            if alive and step.check is not None:
                alive = self._snapshot(step)
            if not alive:
                self._cells[step.cell] = CellRun(Ending.NOT_RUN)
                continue
            run = self._run(self._line, self._pid, step.source)
            alive = run.ending is not Ending.DIED
            # What a check's visible part shows here is shown again, whole, by its snapshot.
            self._cells[step.cell] = run
            if step.stands_alone and run.ending is Ending.ERROR and step.cell in self._copies:
                # The whole of it could only fail as well.
                self._copies.pop(step.cell).line.close()

    def _snapshot(self, step: Step) -> bool:
        """A copy of the line as it is now. Whether it still stands."""
        assert self._line is not None
        copy = self._copy(self._line)
        if copy is None:
            return False
        self._copies[step.cell] = copy
        return True

    def _copy(self, line: Line) -> _Copy | None:
        ours, theirs = pair()
        try:
            if self._sandboxed:
                ours.ask_for_sender()
            line.send({"snapshot": True}, [theirs.fileno()])
            theirs.close()
            until = time.monotonic() + _PATIENCE
            line.receive(until=until)
            here, _ = ours.receive(until=until)
            return _Copy(ours, _inner_pid(ours.sender) if self._sandboxed else int(here["here"]))
        except (Lost, TimeoutError, OSError, ValueError, KeyError, TypeError):
            ours.close()
            self._trouble.append(_died("before a check"))
            return None

    def _run(self, line: Line, pid: int, source: str, plain: bool = False) -> CellRun:
        now = time.monotonic()
        until = min(now + self._limits.cell_seconds, self._end)
        slow = False
        try:
            line.send({"run": source, "plain": plain})
            try:
                answer, _ = line.receive(self._most(), until=until)
            except TimeoutError:
                slow = True
                self._ask({"interrupt": pid})
                answer, _ = line.receive(self._most(), until=time.monotonic() + _GRACE)
        except (Lost, TimeoutError):
            return self._lost(pid, slow)
        outputs, used, cut = clean(answer.get("outputs"), self._limits, self._room)
        self._room -= used
        if cut or answer.get("cut") is True:
            self._trouble.append(Remark("output-cut", "It printed more than is kept; the rest was left out."))
        apart = answer.get("apart") is True
        if slow:
            outputs = (
                *outputs,
                _error("CellTimeoutError", f"No reply within {self._limits.cell_seconds:g} s"),
            )
            self._trouble.append(Remark("too-slow", _slow(self._limits)))
            ending = Ending.APART if apart else Ending.TIMEOUT
            return CellRun(ending, outputs, count_of(answer.get("count")))
        failed = any(output["output_type"] == "error" for output in outputs)
        ending = Ending.ERROR if failed or answer.get("ok") is not True else Ending.OK
        if ending is Ending.ERROR and apart:
            ending = Ending.APART
        return CellRun(ending, outputs, count_of(answer.get("count")))

    def _lost(self, pid: int, slow: bool) -> CellRun:
        """Its process is gone, or must go: it was deaf to the interrupt, or says what no line says."""
        self._ask({"kill": pid})
        if slow:
            self._trouble.append(Remark("too-slow", _slow(self._limits) + " It had to be ended."))
            return CellRun(Ending.DIED, (_error("CellTimeoutError", "The interpreter had to be ended"),))
        self._trouble.append(_died("in a cell"))
        return CellRun(Ending.DIED, (_error("DeadKernelError", "The interpreter ended in this cell"),))

    def _most(self) -> int:
        return 4 * (self._limits.text_bytes + self._limits.display_bytes) + (1 << 20)

    # the checks

    def _settle(self) -> None:
        answer = self._ask({"settle": [copy.pid for copy in self._copies.values()]})
        self._note_memory(answer)

    def _run_check(self, step: Step) -> None:
        assert step.check is not None
        copy = self._copies[step.cell]
        self._end = max(self._end, time.monotonic() + self._limits.cell_seconds)
        shown = self._cells[step.cell].count
        self._ask({"wake": copy.pid})
        run = self._judge(step, copy)
        self._cells[step.cell] = replace(run, count=shown)
        self._ask({"kill": copy.pid})

    def _judge(self, step: Step, copy: _Copy) -> CellRun:
        """The check; and if it went well, whether it could have failed."""
        assert step.check is not None
        gone = CellRun(Ending.DIED, (_error("DeadKernelError", "The interpreter ended before this check"),))
        if self._is_deaf or not self._cleanse(step, copy):
            return gone
        if step.prelude:
            self._run(copy.line, copy.pid, step.prelude)
        token = secrets.token_hex(8)
        probe = probing.probe(step.check, token)
        second = None
        if probe is not None and (second := self._copy(copy.line)) is None:
            return gone
        run = self._run(copy.line, copy.pid, step.check)
        if run.ending is Ending.OK:
            if second is None or probe is None:
                self._try(step, copy)
            else:
                source, end = probing.with_trial(probe, token, step.check, step.shadows)
                looked = self._run(second.line, second.pid, source, plain=True)
                self._alarms += probing.read_probe(looked.outputs, token, end)
        if second is not None:
            self._ask({"kill": second.pid})
            second.line.close()
        return run

    def _cleanse(self, step: Step, copy: _Copy) -> bool:
        message = {
            "cleanse": True,
            "names": dict(step.names),
            "tools": list(step.tools),
            "words": list(step.words),
            "shadows": list(step.shadows),
        }
        try:
            copy.line.send(message)
            answer, _ = copy.line.receive(until=time.monotonic() + self._limits.cell_seconds + _GRACE)
        except (Lost, TimeoutError):
            # Who made its process deaf did so for all of its checks.
            self._is_deaf = True
            self._trouble.append(_died("before a check"))
            return False
        found = answer.get("alarms")
        if not isinstance(found, list):
            self._alarm("forged-check", "")
            return True
        for pair_ in found:
            if isinstance(pair_, list) and len(pair_) == 2:
                self._alarm(str(pair_[0]), str(pair_[1]))
        return True

    def _try(self, step: Step, copy: _Copy) -> None:
        """A cell that must fail, with words that nobody can know without doing what it asks."""
        source, said = canary.trial(secrets.token_hex(8), step.check or "", step.shadows)
        outputs = self._run(copy.line, copy.pid, source, plain=True).outputs
        if not is_failure(outputs, said):
            self._alarm("check-cannot-fail", "")

    def _alarm(self, code: str, which: str) -> None:
        self._alarms.append(alarm(code, which))

    # both

    def _ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        self._control.send(message)
        answer, _ = self._control.receive(until=time.monotonic() + _PATIENCE)
        return answer

    def _note_memory(self, answer: Mapping[str, Any]) -> None:
        if answer.get("memory"):
            self._trouble.append(
                Remark("too-much-memory", "It took more memory than it may have, and was ended.")
            )


def _inner_pid(outer: int) -> int:
    """The number that a process has in the innermost world of processes. Raises OSError, ValueError."""
    for line in Path(f"/proc/{outer}/status").read_text().splitlines():
        if line.startswith("NSpid:"):
            return int(line.split()[-1])
    raise ValueError("no NSpid")


def _died(where: str) -> Remark:
    return Remark("kernel-died", f"The Python process that ran this notebook ended {where}.")


def _slow(limits: Limits) -> str:
    return f"A cell took longer than {limits.cell_seconds:g} seconds and was interrupted."


def _error(name: str, said: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": said, "traceback": [f"{name}: {said}"]}
