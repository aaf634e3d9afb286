"""Many notebooks on the workers of one machine: a thread for each, which takes the next one when it is free."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType

from coursekit.engine import kernels, sandbox, selftest
from coursekit.engine.launch import Walls
from coursekit.engine.pool import Worker
from coursekit.model.errors import CoursekitError, ServiceFault
from coursekit.model.grading import Job, Limits, Ran, Warmth

_DONE = object()


class LocalEngine:
    """The plug for `ports.Engine`, to be used in a `with` block; its start warms the workers up."""

    def __init__(self, warmth: Warmth, limits: Limits, workers: int, walls: Walls) -> None:
        self._workers = [Worker(number, warmth, limits, walls) for number in range(workers)]
        self._warmth, self._limits, self._walls = warmth, limits, walls

    def __enter__(self) -> LocalEngine:
        """Raises ServiceFault where the sandbox is not to be had, before anything is started."""
        if self._walls.sandboxed:
            sandbox.check_or_refuse()
        try:
            for worker in self._workers:
                worker.launch()
        except BaseException:
            self._close()
            raise
        self._tested = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def run(self, jobs: Iterable[Job]) -> Iterator[Ran]:
        """What came of each, as they finish. At most two for each worker wait to be taken.

        Raises ServiceFault when the sandbox does not hold, before anything of a learner's has run.
        """
        if not self._tested:
            selftest.check(self._workers[0], self._walls)
            self._tested = True
        source = iter(jobs)
        lock = threading.Lock()
        stop = threading.Event()
        results: queue.Queue[Ran | BaseException | object] = queue.Queue(2 * len(self._workers))

        def work(number: int, worker: Worker) -> None:
            try:
                while not stop.is_set():
                    with lock:
                        job = next(source, None)
                    if job is None:
                        break
                    if job.kernel:
                        ran = kernels.run(job, number, self._warmth, self._limits, self._walls)
                    else:
                        ran = worker.run(job)
                    _put(results, ran, stop)
            except BaseException as error:
                _put(results, error, stop)
            finally:
                _put(results, _DONE, stop)

        threads = [threading.Thread(target=work, args=one, daemon=True) for one in enumerate(self._workers)]
        for thread in threads:
            thread.start()
        try:
            working = len(threads)
            while working:
                found = results.get()
                if found is _DONE:
                    working -= 1
                elif isinstance(found, Ran):
                    yield found
                elif isinstance(found, CoursekitError):
                    raise found
                else:
                    assert isinstance(found, BaseException)
                    raise ServiceFault(
                        "engine-failed",
                        f"The grading engine failed: {type(found).__name__}: {found}",
                        "Run the same command again: what is graded stays graded. If it happens again, report it.",
                    ) from found
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)

    def _close(self) -> None:
        for worker in self._workers:
            worker.kill()


def _put(results: queue.Queue[Ran | BaseException | object], value: object, stop: threading.Event) -> None:
    # Whoever asked may have stopped listening.
    while not stop.is_set():
        try:
            results.put(value, timeout=0.2)
            return
        except queue.Full:
            continue
