"""`coursekit grade` beside `nbgrader autograde`, on the same submissions of a reference module.

python benchmarks/grade.py [--json] [--runs 3] [--submissions 100] [--workers 2] [--sample 8] [--full]
python benchmarks/grade.py --long       memory over 2,000 submissions, cost at 100, 1,000 and 5,000, four workers
python benchmarks/grade.py --profile    where the time goes

Whole commands, from the shell's point of view, each in a fresh copy of the course with nothing graded: start,
sandbox, gradebook and folders are all in it. The submissions are made of the module's exemplars, the optional
analysis answered.

nbgrader takes seconds for each submission. It grades a sample of them, and one alone: the difference is what one
more costs it, without its start. `--full` lets it grade all.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "tests"))
MODULE = "spike-at-65"


def environment(folder: Path) -> dict[str, str]:
    """As an author's shell has it."""
    found = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    found["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), found["PATH"]])
    return found | {"HOME": str(folder)}


@dataclass(frozen=True)
class Took:
    """What a command took."""

    seconds: float
    cpu: float
    """Of it and of all that it started."""


def run(folder: Path, *command: str) -> Took:
    """A command of this installation, in that folder."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(seconds, cpu)


def prepare(root: Path) -> None:
    """The course of this repository with the module generated, and nobody's submission."""
    from support import reference
    from support.beside import configure

    configure(root, reference.SETTINGS, reference.COURSE)
    reference.copy_course(root)
    run(root, "coursekit", "build", MODULE)
    run(root, "nbgrader", "generate_assignment", MODULE)


@contextmanager
def course(made: Path, learners: int) -> Iterator[Path]:
    """A copy of the course with that many submissions, for one grading."""
    from support import reference

    with tempfile.TemporaryDirectory(prefix="coursekit-grade-", dir=made.parent) as name:
        folder = Path(name, "course")
        shutil.copytree(made, folder)
        reference.hand_in(folder, MODULE, learners)
        yield folder


def ours(made: Path, learners: int, workers: int) -> Took:
    with course(made, learners) as folder:
        took = run(folder, "coursekit", "grade", MODULE, "--workers", str(workers), "--json")
        assert len(list((folder / "autograded").glob(f"*/{MODULE}/{MODULE}.ipynb"))) == learners
        return took


def theirs(made: Path, learners: int) -> Took:
    with course(made, learners) as folder:
        return run(folder, "nbgrader", "autograde", MODULE)


# the engine's own cost


def material(folder: Path) -> tuple[Any, list[Any], list[Any]]:
    """What the engine is given for each submission, and with what it warms up."""
    from coursekit.model.grading import Job, Repaired
    from coursekit.policy.reliance import with_reliance
    from coursekit.policy.repair import repair
    from coursekit.policy.steps import steps, strip_hidden
    from coursekit.store.masters import read_masters
    from coursekit.store.submissions import authors_files
    from coursekit.wiring import grading, nbgrader_course

    known = nbgrader_course.load(folder, MODULE)
    (master,) = read_masters(known.db_url, MODULE, known.release, known.source, strip_hidden)
    warmth = grading._warmth(known.release, authors_files(known.source, known.ignore, known.kept))
    jobs = []
    for learner in known.learners():
        content = (known.submitted(learner) / f"{MODULE}.ipynb").read_bytes()
        repaired = repair(content, master, lambda notebook: notebook)
        assert isinstance(repaired, Repaired)
        to_run = with_reliance(steps(repaired, master), master)
        jobs.append(Job(f"{learner}/{MODULE}", to_run, kernel=master.kernel))
    return warmth, jobs, [str(folder)]


def spent() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def engine_cpu(folder: Path, few: int, many: int) -> float:
    """CPU seconds that one more submission costs the engine: grader's side, worker and forks."""
    from coursekit.engine.batch import LocalEngine
    from coursekit.engine.launch import Walls
    from coursekit.model.grading import Limits
    from coursekit.wiring.settings import numerical_environment

    warmth, jobs, hidden = material(folder)

    def cost(count: int) -> float:
        before = spent()
        walls = Walls(root=os.geteuid() == 0, hidden=tuple(hidden), numerical=numerical_environment())
        with LocalEngine(warmth, Limits(), 1, walls) as engine:
            done = sum(1 for _ in engine.run(jobs[n % len(jobs)] for n in range(count)))
        assert done == count
        return spent() - before

    return (cost(many) - cost(few)) / (many - few)


@dataclass(frozen=True)
class Cells:
    """CPU seconds of one submission's cells, with nothing of the engine around them."""

    warm: float
    """In one warm shell, one submission after the other."""
    forked: float
    """Each submission in a bare fork of the warm shell: what no engine that forks can go below on this machine."""


def cells_cpu(folder: Path) -> Cells:
    """Measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--cells", str(folder)],
        env=environment(folder) | {"NBGRADER_EXECUTION": "autograde", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return Cells(*json.loads(done.stdout))


def run_cells(folder: Path) -> None:
    """What `cells_cpu` asks for."""
    import asyncio
    import gc
    import importlib

    from coursekit.engine.worker.shell import make_shell, rehearse, run_cell

    warmth, jobs, _ = material(folder)
    for name in warmth.imports:
        importlib.import_module(name)
    shell = make_shell(1 << 20, 8 << 20)
    rehearse(shell)
    os.chdir(folder / "modules" / MODULE)

    async def all_of(job: Any) -> None:
        for step in job.steps:
            shell.capture.begin()
            await run_cell(shell, step.check or step.source)

    def timed(job: Any, forks: bool) -> float:
        shell.reset(new_session=True)
        begun = spent()
        pid = os.fork() if forks else 0
        if pid:
            os.waitpid(pid, 0)
        else:
            asyncio.run(all_of(job))
            if forks:
                os._exit(0)
        return spent() - begun

    took: dict[bool, list[float]] = {False: [], True: []}
    # The first round loads what libraries load late. Then the forks, and only then is the heap written on.
    for forks in (False, True, False, False):
        took[forks] = []
        gc.collect()
        gc.freeze()
        took[forks] += [timed(job, forks) for job in jobs]
    print(json.dumps([statistics.mean(took[False]), statistics.mean(took[True])]))


# the long form


@dataclass(frozen=True)
class Held:
    """Resident memory at one moment, in MiB."""

    done: int
    grader: float
    workers: float


def memory(made: Path, learners: int, workers: int) -> list[Held]:
    """What the grader and its warm workers hold while it goes on."""
    import psutil

    with course(made, learners) as folder:
        command = [sys.executable, "-m", "coursekit", "grade", MODULE, "--workers", str(workers), "--json"]
        with subprocess.Popen(
            command, cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            grader, found, warm = psutil.Process(process.pid), [], {}
            while process.poll() is None:
                done = sum(1 for _ in (folder / "autograded").glob("*")) if found or warm else 0
                try:
                    for child in grader.children(recursive=True):
                        # The first of each sandbox; its forks come and go.
                        if child.pid not in warm and "coursekit.engine.worker" in child.cmdline():
                            parent = child.parent()
                            if parent is not None and parent.pid not in warm:
                                warm[child.pid] = child
                    held = sum(w.memory_info().rss for w in warm.values() if w.is_running()) / 2**20
                    found.append(Held(done, grader.memory_info().rss / 2**20, held))
                except psutil.NoSuchProcess:
                    pass
                time.sleep(0.25)
            assert process.returncode == 0
        assert len(list((folder / "autograded").glob(f"*/{MODULE}"))) == learners
    return found


def sleepers(made: Path, workers: int, count: int, seconds: float) -> float:
    """Wall time of a whole command on notebooks that only wait."""
    from support import beside
    from support.zoo import making

    kinds = making.Specimen(
        "waiting",
        (
            making.answer(
                "wait", f"import time\n### BEGIN SOLUTION\ntime.sleep({seconds})\n### END SOLUTION"
            ),
            making.check("check", 1, "assert True"),
        ),
        {},
    )
    names = tuple(f"learner-{n:03d}" for n in range(count))
    assignment = making.Assignment("wait", {"wait": (kinds,)}, learners=names)
    with tempfile.TemporaryDirectory(prefix="coursekit-grade-", dir=made.parent) as name:
        folder = Path(name, "course")
        beside.configure(folder)
        making.write_masters(assignment, folder / "source" / "wait")
        run(folder, "nbgrader", "generate_assignment", "wait")
        making.write_submissions(assignment, folder / "release" / "wait", folder / "submitted")
        return run(folder, "coursekit", "grade", "wait", "--workers", str(workers)).seconds


def long_form(made: Path, options: argparse.Namespace) -> None:
    held = memory(made, 2000, options.workers)
    print(f"{'2,000 submissions':<22}{'grader':>12}{'workers':>12}")
    for at in (200, 1000, 1900):
        moment = min(held, key=lambda h: abs(h.done - at))
        print(f"{'at ' + str(moment.done):<22}{moment.grader:>8.0f} MiB{moment.workers:>8.0f} MiB")
    print()
    sizes = (100, 1000, 5000)
    took = [ours(made, size, options.workers) for size in sizes]
    print(f"{'submissions':<22}{'wall each':>12}{'one more':>12}{'CPU each':>12}{'one more':>12}")
    for n, (size, one) in enumerate(zip(sizes, took, strict=True)):
        cells = [one.seconds / size, one.cpu / size]
        if n:
            more = size - sizes[n - 1]
            cells = [
                *(cells[0], (one.seconds - took[n - 1].seconds) / more),
                *(cells[1], (one.cpu - took[n - 1].cpu) / more),
            ]
            print(f"{size:<22}" + "".join(f"{1000 * cell:>9.1f} ms" for cell in cells))
        else:
            print(f"{size:<22}{1000 * cells[0]:>9.1f} ms{'':>12}{1000 * cells[1]:>9.1f} ms")
    print()
    few, many, wait = 8, 56, 0.5
    each = {w: sleepers(made, w, many, wait) - sleepers(made, w, few, wait) for w in (1, 4)}
    print(
        f"{many - few} notebooks that wait {wait} s: one worker {each[1]:.1f} s, four {each[4]:.1f} s", end=""
    )
    print(f", {each[1] / each[4]:.2f} ×")


# where the time goes


class Stopwatch:
    """Wall and CPU time of some functions, each in whichever thread calls it."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self.calls: dict[str, int] = {}

    def watch(self, owner: Any, name: str, shown: str) -> None:
        """From now on, time every call of that function."""
        inner = getattr(owner, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            wall, cpu = time.perf_counter(), time.thread_time()
            try:
                return inner(*arguments, **named)
            finally:
                self.wall[shown] = self.wall.get(shown, 0.0) + time.perf_counter() - wall
                self.cpu[shown] = self.cpu.get(shown, 0.0) + time.thread_time() - cpu
                self.calls[shown] = self.calls.get(shown, 0) + 1

        setattr(owner, name, timed)


def profile(made: Path, options: argparse.Namespace) -> None:
    """One grading in this process, with a stopwatch at each room's door."""
    from coursekit.engine import pool, selftest
    from coursekit.services import grade as service
    from coursekit.store import marking
    from coursekit.store.graded import GradedFolders
    from coursekit.wiring import grading, nbgrader_course
    from coursekit.wiring.grading import Choices

    watch = Stopwatch()
    start = {
        "nbgrader and its configuration": (nbgrader_course, "load"),
        "the author's notebooks": (grading, "_masters"),
        "waiting for warm workers": (pool.Worker, "wait_until_warm"),
        "the sandbox proves itself": (selftest, "check"),
        "the gradebook is opened": (marking.MarkWriter, "__enter__"),
    }
    each = {
        "what was handed in is read": (grading, "_read"),
        "it is mended": (service, "repair"),
        "steps, and what checks lean on": (service, "with_reliance"),
        "the worker makes a folder and forks": (pool._Way, "_begin"),
        "the learner's cells": (pool._Way, "_run_line"),
        "everything is ended but snapshots": (pool._Way, "_settle"),
        "the checks": (pool._Way, "_run_check"),
        "marks are decided": (service._Batch, "_judge"),
        "the gradebook": (marking.MarkWriter, "write"),
        "the folder takes its place": (GradedFolders, "place"),
        "the record": (GradedFolders, "keep"),
    }
    for shown, (owner, name) in (start | each).items():
        watch.watch(owner, name, shown)
    ran: list[Any] = []
    inner = pool._Way.ran
    pool._Way.ran = lambda way: ran.append(inner(way)) or ran[-1]  # type: ignore[method-assign, func-returns-value]
    count = options.submissions
    with course(made, count) as folder:
        begun, before = time.perf_counter(), spent()
        grading.grade(folder, MODULE, Choices(workers=options.workers))
        whole, cpu = time.perf_counter() - begun, spent() - before
        cells = cells_cpu(folder)
    print(f"{count} submissions, {options.workers} workers: {whole:.2f} s, {cpu:.2f} s of CPU")
    print(f"\n{'once':<42}{'wall':>12}{'CPU here':>12}")
    for shown in start:
        print(f"{shown:<42}{watch.wall.get(shown, 0):>10.2f} s{watch.cpu.get(shown, 0):>10.2f} s")
    print(f"\n{'for each submission':<42}{'wall':>12}{'CPU here':>12}")
    for shown in each:
        wall, here = watch.wall.get(shown, 0) / count, watch.cpu.get(shown, 0) / count
        print(f"{shown:<42}{1000 * wall:>9.1f} ms{1000 * here:>9.1f} ms")
    forked = sum(r.cpu_seconds for r in ran) / count
    print(f"{'CPU of its processes':<54}{1000 * forked:>9.1f} ms")
    print(f"{'  of which the cells, as in a warm shell':<54}{1000 * cells.warm:>9.1f} ms")
    print(f"{'  the cells, in a bare fork of a warm shell':<54}{1000 * cells.forked:>9.1f} ms")


# the table


def throughput(made: Path, options: argparse.Namespace) -> dict[str, Any]:
    rows = []
    for _ in range(options.runs):
        mine = ours(made, options.submissions, options.workers)
        one = theirs(made, 1)
        sample = options.submissions if options.full else options.sample
        more = theirs(made, 1 + sample)
        each = (more.seconds - one.seconds) / sample
        rows.append((mine.seconds, each, one.seconds - each, each * options.submissions / mine.seconds))
    seconds, each, start, ratio = (statistics.median(column) for column in zip(*rows, strict=True))
    return {"ours": seconds, "each": each, "start": start, "ratio": ratio}


def engine_cost(made: Path, options: argparse.Namespace) -> tuple[float, Cells]:
    with course(made, 22) as folder:
        cells = [cells_cpu(folder) for _ in range(options.runs)]
        engine = statistics.median(engine_cpu(folder, 22, 88) for _ in range(options.runs))
    return engine, Cells(statistics.median(c.warm for c in cells), statistics.median(c.forked for c in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=8)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--cells", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cells:
        run_cells(Path(options.cells))
        return
    with tempfile.TemporaryDirectory(prefix="coursekit-grade-") as name:
        made = Path(name) / "made"
        prepare(made)
        if options.long:
            long_form(made, options)
        elif options.profile:
            profile(made, options)
        else:
            table(made, options)


def table(made: Path, options: argparse.Namespace) -> None:
    found = throughput(made, options)
    engine, cells = engine_cost(made, options)
    if options.json:
        result = {"name": "grade", "ours": found["ours"], "peer": found["each"] * options.submissions}
        result |= {"ratio": found["ratio"], "unit": "s", "runs": options.runs}
        result |= {
            "engine_ms": 1000 * (engine - cells.warm),
            "fork_ms": 1000 * (cells.forked - cells.warm),
            "sample": options.sample,
            "full": options.full,
        }
        print(json.dumps(result))
        return
    count = options.submissions
    print(f"{MODULE}, {count} submissions, {options.workers} workers{'a submission':>22}{'all':>12}")
    print(
        f"{'coursekit grade, with its start':<45}{found['ours'] / count * 1000:>12.0f} ms{found['ours']:>10.1f} s"
    )
    print(
        f"{'nbgrader autograde, without its start':<45}{found['each'] * 1000:>12.0f} ms"
        f"{found['each'] * count:>10.1f} s"
    )
    print(f"{'ratio, in the same run':<45}{found['ratio']:>12.1f} ×")
    graded = count if options.full else options.sample
    print(f"nbgrader graded {graded} of them, and one alone; its start took {found['start']:.1f} s.")
    print()
    print(f"{'CPU of the engine for one more submission':<45}{engine * 1000:>12.1f} ms")
    print(f"{'the same cells in a warm shell':<45}{cells.warm * 1000:>12.1f} ms")
    print(f"{'the same cells in a bare fork of it':<45}{cells.forked * 1000:>12.1f} ms")
    print(f"{'the engine itself':<45}{(engine - cells.warm) * 1000:>12.1f} ms")
    print(f"{'  of which one bare fork':<45}{(cells.forked - cells.warm) * 1000:>12.1f} ms")
    print(f"Medians of {options.runs} runs.")


if __name__ == "__main__":
    main()
