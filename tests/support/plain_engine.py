"""An engine's twin: runs each cell right here, with no walls, snapshots or kernel. For the tests' own code only."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from coursekit.model.grading import CellRun, Ending, Job, Ran, Remark


class PlainEngine:
    """`before` is called with each job. `alarms` and `trouble`: job's key → what the engine is to have noticed, the
    first so many times that it runs this job."""

    def __init__(
        self,
        before: Callable[[Job], Any] = lambda job: None,
        alarms: Mapping[str, Remark] | None = None,
        trouble: Mapping[str, Remark] | None = None,
        times: int = 99,
    ) -> None:
        self._before = before
        self._alarms, self._trouble = alarms or {}, trouble or {}
        self._times = times
        self.jobs: list[Job] = []
        self.is_running = False

    def run(self, jobs: Iterable[Job]) -> Iterator[Ran]:
        self.is_running = True
        try:
            for job in jobs:
                yield self._ran(job)
        finally:
            self.is_running = False

    def _ran(self, job: Job) -> Ran:
        self._before(job)
        self.jobs.append(job)
        notices = sum(j.key == job.key for j in self.jobs) <= self._times
        names: dict[str, Any] = {}
        cells = {}
        for count, step in enumerate(job.steps, 1):
            cells[step.cell] = _run(step.check or step.source, names, count)
        return Ran(
            job.key,
            cells,
            tuple(r for key, r in self._alarms.items() if key == job.key and notices),
            tuple(r for key, r in self._trouble.items() if key == job.key and notices),
            0.01,
        )


def _run(source: str, names: dict[str, Any], count: int) -> CellRun:
    try:
        tree = ast.parse(source)
        last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(ast.Module(tree.body[: len(tree.body) - (last is not None)], []), "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last is not None else None
    except Exception as error:
        said = {"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": []}
        return CellRun(Ending.ERROR, (said,), count)
    if value is None:
        return CellRun(Ending.OK, (), count)
    shown = {
        "output_type": "execute_result",
        "data": {"text/plain": repr(value)},
        "metadata": {},
        "execution_count": count,
    }
    return CellRun(Ending.OK, (shown,), count)
