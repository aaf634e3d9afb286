"""Many machines: a real scheduler and real workers, each a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter

import pytest
from engine.conftest import LIMITS, walls
from support import marked

from coursekit.engine.batch import LocalEngine
from coursekit.engine.cluster import DaskEngine, Parcel
from coursekit.model.errors import BadInput
from coursekit.model.grading import Ending, Job, Step, Warmth
from coursekit.wiring.remote import grade_here


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler with three workers, and the workers."""
    folder = tmp_path_factory.mktemp("dask")
    address = f"tcp://127.0.0.1:{_free_port()}"

    def start(name, *command):
        with (folder / f"{name}.log").open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *command],
                stdout=log,
                stderr=log,
                cwd=folder,
                env={**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3"},
            )

    port = address.rpartition(":")[2]
    scheduler = start(
        "scheduler", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"
    )
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
    workers = [
        start(f"worker{n}", "distributed.cli.dask_worker", address, "--name", f"w{n}", *options)
        for n in range(3)
    ]
    try:
        from distributed import Client

        with Client(address, timeout=60) as client:
            client.wait_for_workers(3, timeout=60)
        yield address, workers
    finally:
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()


def class_of(count, nap=0.0):
    steps = (
        Step(0, "rows = open('data/rows.csv').read().split()"),
        Step(1, f"import time; time.sleep({nap}); total = sum(map(int, rows))"),
        Step(2, "assert total == 6", "assert total == 6\nassert len(rows) == 3"),
    )
    wrong = (steps[0], Step(1, "total = 7"), steps[2])
    return [Job(f"learner{n}/first", wrong if n % 3 == 0 else steps) for n in range(count)]


FILES = (("data/rows.csv", b"1 2 3"),)


def told(ran):
    return [(c.ending, c.outputs) for c in ran.cells.values()], ran.alarms, ran.trouble


def test_the_results_are_those_of_one_machine(cluster, tmp_path):
    address, _ = cluster
    (tmp_path / "rows.csv").write_bytes(FILES[0][1])
    warmth = Warmth(("math",), (("data/rows.csv", str(tmp_path / "rows.csv")),))
    with LocalEngine(warmth, LIMITS, 1, walls()) as engine:
        here = {ran.key: told(ran) for ran in engine.run(class_of(9))}
    with DaskEngine(address, Parcel(("math",), FILES, LIMITS, True), grade_here) as engine:
        there = {ran.key: told(ran) for ran in engine.run(class_of(9))}
    assert there == here


def test_the_command_grades_on_it_and_writes_the_same_gradebook(cluster, tmp_path):
    address, _ = cluster
    here = marked.make_course(tmp_path / "here")
    marked.hand_in(here, "ada")
    marked.hand_in(here, "ben", {**marked.ANSWERS, "sum": "def total(hours):\n    return 3"})
    there = shutil.copytree(here, tmp_path / "there")
    for root, more in ((here, ["--workers", "1"]), (there, ["--dask", address])):
        done = subprocess.run(
            [sys.executable, "-m", "coursekit", "grade", marked.MODULE, "--json", *more],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["graded"] == 2
    marks = marked.rows(marked.db_url(there))
    assert marks == marked.rows(marked.db_url(here))
    scores = {who: submission["score"] for who, submission in marks.items()}
    assert scores["ada"] > scores["ben"]
    graded = {
        path.relative_to(root): path.read_bytes()
        for root in (here, there)
        for path in (root / "autograded").rglob("*.ipynb")
    }
    assert len(graded) == 2
    assert all((here / path).read_bytes() == content for path, content in graded.items())


def test_a_killed_worker_costs_no_submission_and_doubles_none(cluster):
    address, workers = cluster
    count: Counter[str] = Counter()
    endings = {}
    with DaskEngine(address, Parcel(("math",), FILES, LIMITS, True), grade_here) as engine:
        for ran in engine.run(class_of(24, nap=0.1)):
            count[ran.key] += 1
            endings[ran.key] = ran.cells[2].ending
            if sum(count.values()) == 5:
                workers[0].send_signal(signal.SIGKILL)
    assert count == Counter(job.key for job in class_of(24))
    assert endings == {f"learner{n}/first": Ending.ERROR if n % 3 == 0 else Ending.OK for n in range(24)}


def test_where_nothing_answers_it_says_so_with_a_next_step():
    begun = time.monotonic()
    with (
        pytest.raises(BadInput) as caught,
        DaskEngine(f"tcp://127.0.0.1:{_free_port()}", Parcel((), (), LIMITS, True), grade_here),
    ):
        pass
    assert caught.value.code == "no-cluster"
    assert "dask worker" in caught.value.next_step
    assert time.monotonic() - begun < 40
