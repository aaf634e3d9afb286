"""Many machines: the same engine, as tasks of a Dask cluster. Results come back to the one who writes.

    here           jobs ──▶ tasks, a bounded number under way ──▶ Ran ──▶ the one writer
    each process   a warm worker of its own for each of its threads, with its own walls and its own self-test

A worker that dies takes nothing along: Dask runs its tasks elsewhere, and a notebook's result is taken once.
"""

from __future__ import annotations

import contextlib
import queue
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from coursekit.engine import kernels, sandbox, selftest
from coursekit.engine.launch import Walls
from coursekit.engine.pool import Worker
from coursekit.model.errors import BadInput, ServiceFault
from coursekit.model.grading import CellRun, Ending, Job, Limits, Ran, Remark, Warmth
from coursekit.model.submission import canonical, sha256

_START = "Start one with `dask scheduler` and `dask worker`, or give the address of the one that is there."


@dataclass(frozen=True)
class Parcel:
    """All that a process elsewhere needs to have, once."""

    imports: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...]
    limits: Limits
    sandboxed: bool
    hidden: tuple[str, ...] = ()
    """The course's folders, should the process run where they lie."""
    rehearsal: tuple[str, ...] = ()
    """As in `Warmth`."""

    @property
    def name(self) -> str:
        """The same for the same parcel."""
        files = [[path, sha256(content)] for path, content in self.files]
        rest = [self.imports, repr(self.limits), self.sandboxed, self.hidden, self.rehearsal]
        return sha256(canonical([files, *rest]))


class DaskEngine:
    """The plug for `ports.Engine` on a cluster of `distributed`; to be used in a `with` block.

    `task` runs one notebook there, on what the parcel holds.
    """

    def __init__(self, address: str, parcel: Parcel, task: Callable[[Parcel, Job], Ran]) -> None:
        self._address, self._parcel, self._task = address, parcel, task

    def __enter__(self) -> DaskEngine:
        """Raises BadInput where nothing answers at the address, ServiceFault where no Dask is installed."""
        try:
            from distributed import Client
        except ImportError:
            raise ServiceFault(
                "no-dask", "Dask is not installed here.", "Run: pip install 'coursekit[dask]'"
            ) from None
        try:
            self._client: Any = Client(self._address, timeout=10, name="coursekit-grade")
        except (OSError, ValueError) as error:
            raise BadInput(
                "no-cluster",
                f"No Dask scheduler answers at {self._address} ({type(error).__name__}).",
                _START,
            ) from None
        if not self._client.scheduler_info()["workers"]:
            self._client.close()
            raise BadInput("no-workers", f"The Dask cluster at {self._address} has no workers.", _START)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def run(self, jobs: Iterable[Job]) -> Iterator[Ran]:
        """What came of each, as they finish. Raises ServiceFault when the cluster cannot run any."""
        from distributed import as_completed

        parcel = self._client.scatter(self._parcel, broadcast=True, hash=False)
        threads = sum(w["nthreads"] for w in self._client.scheduler_info()["workers"].values())
        source = iter(jobs)
        under_way: dict[Any, str] = {}
        finished = as_completed()

        def send() -> bool:
            job = next(source, None)
            if job is None:
                return False
            # A lost worker's tasks run again; that a task has no other effect than its answer makes that harmless.
            future = self._client.submit(self._task, parcel, job, pure=False, retries=2)
            under_way[future.key] = job.key
            finished.add(future)
            return True

        # Two for each thread: the next is there when one ends, and no notebook waits in a pile.
        for _ in range(2 * max(1, threads)):
            if not send():
                break
        while under_way:
            future = next(finished)
            key = under_way.pop(future.key)
            send()
            yield _result(future, key)
            future.release()


def _result(future: Any, key: str) -> Ran:
    try:
        ran = future.result()
    except ServiceFault:
        raise
    except Exception as error:
        # Dask gives a task up when several workers died over it.
        said = f"No grading worker of the cluster came back with this notebook ({type(error).__name__})."
        return Ran(key, {}, (), (Remark("worker-lost", said),))
    return ran if isinstance(ran, Ran) else Ran(key, {0: CellRun(Ending.DIED)})


class Bench:
    """The warm workers of one process of the cluster; each thread takes one and puts it back."""

    def __init__(self, parcel: Parcel, walls: Walls) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="coursekit-module-")
        files = []
        for number, (path, content) in enumerate(parcel.files):
            lies = Path(self._folder.name, str(number))
            lies.write_bytes(content)
            files.append((path, str(lies)))
        # Workers that are not root themselves read it through the walls.
        Path(self._folder.name).chmod(0o755)
        self._warmth = Warmth(parcel.imports, tuple(files), parcel.rehearsal)
        self._limits = parcel.limits
        self._walls = replace(walls, sandboxed=parcel.sandboxed, hidden=parcel.hidden)
        self._free: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._made = 0

    def run(self, job: Job) -> Ran:
        """Run one notebook. Raises ServiceFault when no worker comes up, or its walls do not hold."""
        if job.kernel:
            return kernels.run(job, self._made, self._warmth, self._limits, self._walls)
        worker = self._take()
        try:
            return worker.run(job)
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """End all workers that are free."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._free.get_nowait().kill()
        self._folder.cleanup()

    def _take(self) -> Worker:
        with contextlib.suppress(queue.Empty):
            return self._free.get_nowait()
        if self._walls.sandboxed:
            sandbox.check_or_refuse()
        with self._lock:
            self._made += 1
            worker = Worker(self._made, self._warmth, self._limits, self._walls)
        selftest.check(worker, self._walls)
        return worker
