"""`coursekit demo`: a simulated class walks the whole way once, with real parts and nothing shared.

the exchange           a process of its own
faculty                coursekit check, build, grade, feedback; nbgrader generate, release, collect
each learner           a home, a token; notebooks executed by papermill
the report             a notebook run by papermill, shown as one HTML page
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import TYPE_CHECKING, Any

import click

from coursekit.model.errors import BadInput, ServiceFault
from coursekit.model.ids import UserId

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from coursekit.services.rehearse import Walked
    from coursekit.wiring.cohort import Learner
    from coursekit.wiring.exchange import Embedded

_AUTHOR = "author"
_ASK_THE_EXCHANGE = {"release_assignment", "collect", "feedback"}
_NBGRADER_CONFIG = """\
from coursekit.nbgrader_exchange import configure; configure(get_config())

get_config().CourseDirectory.course_id = "{course}"
"""


@dataclass(frozen=True)
class Ground:
    """Where a demo takes place."""

    out: Path
    course: str
    modules: tuple[str, ...]

    @property
    def faculty(self) -> Path:
        """The author's and graders' course folder."""
        return self.out / "faculty"

    @property
    def homes(self) -> Path:
        """One home a learner."""
        return self.out / "homes"

    @property
    def data(self) -> Path:
        """The exchange's own folder."""
        return self.out / "exchange"


@click.command()
@click.option("--learners", default=24, show_default=True, type=click.IntRange(1, 500), help="How many.")
@click.option("--seed", default=65, show_default=True, help="The same seed gives the same class.")
@click.option(
    "--course",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder with modules/ and cases/; this one when left out.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-out"),
    show_default=True,
    help="Where everything goes; an earlier demo there is replaced.",
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Learners at a time."
)
def demo(learners: int, seed: int, root: Path, out: Path, workers: int) -> None:
    """Walk a simulated class through the course, with real parts.

    \b
    coursekit demo
    coursekit demo --learners 6 --out /tmp/demo
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console()
    start = time.monotonic()
    ground = _prepare(root, out)
    with (
        _exchange(ground) as url,
        Progress(
            TextColumn("{task.description:<34}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        ) as progress,
    ):
        results = _run(ground, url, learners, seed, workers, progress)
    results["seconds"] = round(time.monotonic() - start, 1)
    (ground.out / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    report = _report(ground)
    _print_table(console, results)
    console.print(f"Report: {report}")


def _prepare(root: Path, out: Path) -> Ground:
    from coursekit.wiring.author import course_id as read_course_id
    from coursekit.wiring.author import find_root, modules

    root = find_root(root.absolute())
    if out.exists():
        if not (out / "faculty").is_dir() and any(out.iterdir()):
            raise BadInput(
                "not-a-demo", f"{out} is not empty, and no demo made it.", "Choose another folder with --out."
            )
        shutil.rmtree(out)
    ground = Ground(out.absolute(), read_course_id(root), tuple(modules(root)))
    ground.homes.mkdir(parents=True)
    kept = shutil.ignore_patterns(".coursekit", "exhibits", "prompts.json", ".ipynb_checkpoints")
    shutil.copytree(root / "modules", ground.faculty / "modules", ignore=kept)
    shutil.copytree(root / "cases", ground.faculty / "cases")
    _write_config(ground, ground.faculty)
    return ground


def _write_config(ground: Ground, folder: Path) -> None:
    (folder / "nbgrader_config.py").write_text(_NBGRADER_CONFIG.format(course=ground.course))


@contextmanager
def _exchange(ground: Ground) -> Iterator[str]:
    """The exchange as a process of its own; its address."""
    log = (ground.out / "exchange.log").open("w")
    service = subprocess.Popen(
        [sys.executable, "-m", "coursekit", "serve", "--data", str(ground.data), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        assert service.stdout is not None
        line = service.stdout.readline()
        if "http://" not in line:
            raise ServiceFault(
                "exchange-did-not-start",
                "The exchange service did not start.",
                f"Read {ground.out / 'exchange.log'}.",
            )
        yield line.split()[-1]
    finally:
        service.send_signal(signal.SIGTERM)
        try:
            service.wait(15)
        except subprocess.TimeoutExpired:
            service.kill()
        log.close()


def _run(ground: Ground, url: str, count: int, seed: int, workers: int, progress: Progress) -> dict[str, Any]:
    from coursekit.wiring.exchange import open_embedded

    embedded = open_embedded(ground.data)
    class_ = _enrol(ground, embedded, url, count, seed)
    author = embedded.issue_token(UserId(_AUTHOR), timedelta(hours=6))
    faculty = _Faculty(ground, url, author)
    later = ground.modules[1:]

    task = progress.add_task("Author: check, build, release", total=1 + 3 * len(ground.modules))
    faculty.run(task, progress, "coursekit", "check")
    with ThreadPoolExecutor(workers) as builders:
        for built in [
            builders.submit(faculty.run, task, progress, "coursekit", "build", module)
            for module in ground.modules
        ]:
            built.result()
    for module in ground.modules:
        faculty.run(task, progress, "nbgrader", "generate_assignment", module)
        faculty.run(task, progress, "nbgrader", "release_assignment", module)

    walked: list[Walked] = []
    grading: list[Future[list[dict[str, Any]]]] = []
    # Workers are started afresh: a fork would carry this process's database connections along.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        from coursekit.wiring import cohort

        refused = 0
        if later:
            task = progress.add_task("Learners: try a locked module", total=count)
            tries = [pool.submit(cohort.refused_early, who, ground.course, later[0]) for who in class_]
            refused = sum(_each(tries, task, progress))
        # Grading is a process at a time: nbgrader's gradebook takes one writer.
        with _Queue() as graders:
            for module, following in zip(ground.modules, [*later, None], strict=True):
                task = progress.add_task(f"Learners: {module}", total=count)
                source = ground.faculty / "modules" / module
                walks = [
                    pool.submit(cohort.walk, who, ground.course, module, following, source) for who in class_
                ]
                walked += _each(walks, task, progress)
                grading.append(graders.submit(_grade(faculty, progress, module, walked)))
            queues = {module: graded.result() for module, graded in zip(ground.modules, grading, strict=True)}

    task = progress.add_task("Learners: fetch feedback", total=count * len(ground.modules))
    fetched = _fetch_feedback(ground, class_, task, progress)
    results = _results(ground, url, author, embedded, walked, refused, fetched, count, seed)
    return results | {"queue": queues}


class _Faculty:
    """The author's and graders' commands, run as they would run them."""

    def __init__(self, ground: Ground, url: str, token: str) -> None:
        self._ground = ground
        from coursekit.wiring.settings import tool_environment

        self._environment = tool_environment()
        self._signed_in = {**self._environment, "COURSEKIT_URL": url, "COURSEKIT_TOKEN": token}

    @property
    def ground(self) -> Ground:
        """Where they work."""
        return self._ground

    def run(self, task: TaskID, progress: Progress, *command: str) -> None:
        """One command in the course's folder. Raises ServiceFault with the end of what it said."""
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self._ground.faculty,
            # Grading runs learners' code: it must find no token.
            env=self._signed_in if command[1] in _ASK_THE_EXCHANGE else self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        log = self._ground.out / "faculty.log"
        with log.open("a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}\n")
        if done.returncode != 0:
            raise ServiceFault(
                "command-failed",
                f"{' '.join(command)} failed: {done.stderr.strip()[-600:]}",
                f"Read the whole of it in {log}.",
            )
        progress.advance(task)


class _Queue:
    """Does jobs one after another in a thread of its own."""

    def __enter__(self) -> _Queue:
        self._pool = ThreadPoolExecutor(1)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def submit(self, job: Callable[[], list[dict[str, Any]]]) -> Future[list[dict[str, Any]]]:
        """Put a job at the end."""
        return self._pool.submit(job)


def _grade(
    faculty: _Faculty, progress: Progress, module: str, walked: Sequence[Walked]
) -> Callable[[], list[dict[str, Any]]]:
    """Collect, grade, review as the exemplars were marked, make and release feedback; the queue in numbers."""
    from coursekit.wiring.grading import sandbox_lacks

    mine = [w for w in walked if w.module == module]
    # The class is simulated: what it wrote is ours.
    walls = ["--unsafe-no-sandbox"] if sandbox_lacks() else []

    def job() -> list[dict[str, Any]]:
        from coursekit.wiring.staff import enter_exemplar_marks, review_as_exemplars

        task = progress.add_task(f"Graders: {module}", total=4)
        faculty.run(task, progress, "nbgrader", "collect", module)
        faculty.run(task, progress, "coursekit", "grade", module, *walls)
        answers = {w.learner: w.answers for w in mine}
        queue = review_as_exemplars(faculty.ground.faculty, module, answers)
        # What no check has looked at is marked as in formgrader.
        enter_exemplar_marks(faculty.ground.faculty, faculty.ground.course, module, answers)
        progress.advance(task)
        faculty.run(task, progress, "coursekit", "feedback", module, "--release")
        return queue

    return job


def _each(futures: Sequence[Future[Any]], task: TaskID, progress: Progress) -> list[Any]:
    """All results, in the order given; the bar moves as they come."""
    for done in as_completed(futures):
        done.result()
        progress.advance(task)
    return [f.result() for f in futures]


def _enrol(ground: Ground, embedded: Embedded, url: str, count: int, seed: int) -> list[Learner]:
    from coursekit.model.ids import CourseId
    from coursekit.services import enrol
    from coursekit.wire.api import MemberShape
    from coursekit.wiring.cohort import Learner
    from coursekit.wiring.exchange import OPERATOR

    random = Random(seed)
    names = [f"learner{number:02d}" for number in range(1, count + 1)]
    people = [MemberShape(user=_AUTHOR, role="instructor"), *(MemberShape(user=n) for n in names)]
    enrol.put_members(embedded.exchange, OPERATOR, CourseId(ground.course), people)
    class_ = []
    for number, name in enumerate(names):
        home = ground.homes / name
        home.mkdir()
        _write_config(ground, home)
        token = embedded.issue_token(UserId(name), timedelta(hours=6))
        ability = min(max(random.gauss(0.6, 0.22), 0.0), 1.0)
        class_.append(Learner(name, home, token, url, ability, seed, number, number == 0))
    return class_


def _fetch_feedback(ground: Ground, class_: Sequence[Learner], task: TaskID, progress: Progress) -> int:
    from coursekit.wiring.cohort import fetch_feedback

    count = 0
    for who in class_:
        for module in ground.modules:
            count += fetch_feedback(who, ground.course, module)
            progress.advance(task)
    return count


def _results(
    ground: Ground,
    url: str,
    author: str,
    embedded: Embedded,
    walked: Sequence[Walked],
    refused: int,
    fetched: int,
    count: int,
    seed: int,
) -> dict[str, Any]:
    """Everything that the table and the report show, from what the exchange and the gradebook hold."""
    from coursekit.client import ExchangeClient
    from coursekit.wiring.cohort import commitments_of
    from coursekit.wiring.learner import is_genuine
    from coursekit.wiring.staff import read_marks

    with ExchangeClient(url, author) as exchange:
        submissions = sum(len(exchange.submissions(ground.course, m)) for m in ground.modules)
        keys = exchange.keys()
    receipts = [r for w in walked for r in w.receipts]
    unlocks = [w.seconds_to_unlock for w in walked if w.seconds_to_unlock is not None]
    marks = read_marks(ground.faculty, ground.modules)
    return {
        "course": ground.course,
        "seed": seed,
        "learners": count,
        "submissions": submissions,
        "receipts": len(receipts),
        "receipts_verified": sum(is_genuine(r, keys) for r in receipts),
        "refused_early_fetches": refused,
        "sent_back": sum(w.sent_back for w in walked),
        "reveals": sum(w.revealed for w in walked),
        "seconds_to_unlock": unlocks,
        "feedback_fetched": fetched,
        "marks": marks,
        **commitments_of(ground.faculty, walked),
    }


def _report(ground: Ground) -> Path:
    from coursekit.wiring.report import make_report

    return make_report(ground.out / "results.json", ground.out)


def _print_table(console: Any, results: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(title="The whole way once", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    unlocks = results["seconds_to_unlock"]
    table.add_row("Learners", str(results["learners"]))
    table.add_row("Submissions stored", str(results["submissions"]))
    table.add_row("Receipts verified", f"{results['receipts_verified']} of {results['receipts']}")
    table.add_row("Refused early fetches", str(results["refused_early_fetches"]))
    table.add_row("Commits kindly sent back", str(results["sent_back"]))
    table.add_row("Reveals opened by a commit", str(results["reveals"]))
    if unlocks:
        table.add_row("Mean time to unlock", f"{mean(unlocks) * 1000:.0f} ms")
        table.add_row("Longest time to unlock", f"{max(unlocks) * 1000:.0f} ms")
    for module, rows in results["marks"].items():
        shares = [row["score"] / row["max_score"] for row in rows if row["max_score"]]
        if shares:
            table.add_row(f"Marks: {module}", f"{min(shares):.0%} – {median(shares):.0%} – {max(shares):.0%}")
    for module, queue in results["queue"].items():
        waiting = {
            name: sum(q["groups"].get(name, 0) for q in queue) for name in ("flagged", "uncertain", "audit")
        }
        if queue:
            parts = ", ".join(f"{count} {name}" for name, count in waiting.items())
            table.add_row(f"Checked: {module}", f"{sum(q['answers'] for q in queue)}: {parts}")
    table.add_row("Feedback fetched", str(results["feedback_fetched"]))
    table.add_row("Time", f"{results['seconds']:.0f} s")
    console.print(table)
