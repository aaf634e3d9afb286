"""The process that checks answers: started with the service, within a second, started again, and ended with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from coursekit.model.ids import CourseId, ModuleId, UserId
from coursekit.model.reflection import Reason
from coursekit.policy.reflection.record import checked_of
from coursekit.services import enrol
from coursekit.wire.api import MemberShape
from coursekit.wiring.exchange import OPERATOR, open_exchange
from coursekit.wiring.settings import Storage

C = "lamps"
ANSWER = (
    "The lamp burned for nine hours in an empty school. Next week I will walk the corridors myself at eight."
)


class Place:
    """An exchange's storage, with a course in which answers are checked."""

    def __init__(self, folder: Path, make: Any, database: str | None = None) -> None:
        data = folder / "exchange"
        self.storage = Storage(data, database, "folder", data / "keys")
        self.make = make
        self.below = open_exchange(self.storage)
        people = [MemberShape(user=f"l{n}") for n in range(8)] + [MemberShape(user="chen", role="instructor")]
        enrol.put_members(self.below.exchange, OPERATOR, CourseId(C), people)

    def token(self, who: str) -> str:
        return self.below.issue_token(UserId(who), timedelta(days=9))

    def release(self, replica: Any) -> None:
        with replica.client(self.token("chen")) as chen:
            chen.put_course(self.make.course(self.make.module("first")))
            chen.release(C, "first", self.make.upload("first", checks=self.make.checks("first")))

    def hand_in(self, replica: Any, who: str) -> str:
        request = self.make.hand_in("first").model_copy(
            update={"responses": {"p1": {"text": f"{ANSWER} {who}"}, "p2": {"text": f"{ANSWER} {who} again"}}}
        )
        return str(replica.client(self.token(who)).submit(C, "first", request).submission)

    def wait(self, replica: Any, who: str, seconds: float = 60) -> float:
        """Seconds until the pointers are there."""
        client = replica.client(self.token(who))
        began = time.monotonic()
        while client.pointers(C, "first").state != "checked":
            assert time.monotonic() - began < seconds, "nobody checks"
            time.sleep(0.01)
        return time.monotonic() - began

    def lines(self) -> Any:
        with self.below.ledger.read() as deed:
            return deed.recorded(CourseId(C), ModuleId("first"))


@contextmanager
def opened(folder: Path, make: Any, database: str | None = None) -> Iterator[Place]:
    place = Place(folder, make, database)
    try:
        yield place
    finally:
        place.below.ledger.close()


def worker_of(process: Any) -> psutil.Process | None:
    """The process of the checks below a service's."""
    found = [c for c in psutil.Process(process.pid).children(recursive=True) if "--worker" in c.cmdline()]
    return found[0] if found else None


def until(found: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)
    return value


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_pointers_are_there_within_a_second_and_again_after_a_crash(
    request: pytest.FixtureRequest, tmp_path: Path, make: Any, run_services: Any, engine: str, soak: bool
) -> None:
    if engine == "postgresql" and not soak:
        pytest.skip("the same on another database: --soak")
    database = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    with ExitStack() as stack:
        place = stack.enter_context(opened(tmp_path, make, database))
        (replica,) = stack.enter_context(run_services(place.storage))
        # Nothing to check by: no process, and no memory for it.
        assert worker_of(replica.process) is None
        place.release(replica)
        worker = until(lambda: worker_of(replica.process))
        place.hand_in(replica, "l0")
        first = place.wait(replica, "l0")
        took = []
        for who in ("l1", "l2", "l3"):
            place.hand_in(replica, who)
            took.append(place.wait(replica, who))
        print(
            f"\n{engine}: pointers after {sorted(took)[1]:.2f} s; the first, with models to load, {first:.2f} s"
        )
        # Promised is a second; a machine under test may be busy with others.
        assert sorted(took)[1] < 3
        worker.kill()
        place.hand_in(replica, "l4")
        place.wait(replica, "l4")
        again = until(lambda: worker_of(replica.process))
        assert again.pid != worker.pid
        kept = place.lines()
        assert [line.number for line in kept] == list(range(1, 11))
        assert [line.beside["peers"] for line in kept if line.prompt == "p1"] == [0, 1, 2, 3, 4]
        assert all(not checked_of(line.body).failure for line in kept)
        replica.process.send_signal(signal.SIGTERM)
        assert replica.process.wait(40) == 0
        assert not again.is_running()


def test_the_checks_end_with_a_service_that_is_killed(
    tmp_path: Path, make: Any, run_services: Any, soak: bool
) -> None:
    if not soak:
        pytest.skip("test_watching.py has it with a smaller process: --soak")
    with opened(tmp_path, make) as place, run_services(place.storage) as [replica]:
        place.release(replica)
        worker = until(lambda: worker_of(replica.process))
        replica.kill()
        until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


def test_without_checks_they_are_done_elsewhere(tmp_path: Path, make: Any, run_services: Any) -> None:
    """`serve --no-checks` beside `reflect serve`, which ends in order when it is told to."""
    with (
        opened(tmp_path, make) as place,
        run_services(place.storage, arguments=("--no-checks",)) as [replica],
    ):
        place.release(replica)
        submission = place.hand_in(replica, "l0")
        time.sleep(1.5)
        assert worker_of(replica.process) is None
        assert replica.client(place.token("l0")).pointers(C, "first").state == "being checked"
        alone = subprocess.Popen(
            [sys.executable, "-m", "coursekit", "reflect", "serve", "--data", str(place.storage.data)],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert alone.stdout is not None
            assert alone.stdout.readline() == "Written answers are checked as they come.\n"
            place.wait(replica, "l0")
            assert {line.submission for line in place.lines()} == {submission}
            worker = worker_of(alone)
            assert worker is not None
        finally:
            alone.terminate()
            assert alone.wait(30) == 0
            alone.stdout.close()
        assert not worker.is_running()


def test_an_answer_that_ends_the_process_twice_is_left_to_people(
    tmp_path: Path, make: Any, run_services: Any, soak: bool
) -> None:
    """Something in it ends the whole process: not an exception. The others' answers are checked all the same."""
    if not soak:
        pytest.skip("test_watching.py has it with a smaller process: --soak")
    breaking = tmp_path / "breaking"
    breaking.mkdir()
    (breaking / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if '--worker' in sys.argv:\n"
        "    from coursekit.services import point\n"
        "    check = point.check\n"
        "    def fatal(basis, text, *more):\n"
        "        if text.endswith(' l0'):\n"
        "            os._exit(9)\n"
        "        return check(basis, text, *more)\n"
        "    point.check = fatal\n"
    )
    path = os.pathsep.join([str(breaking), str(Path(__file__).parents[2])])
    with opened(tmp_path, make) as place, run_services(place.storage, PYTHONPATH=path) as [replica]:
        place.release(replica)
        bad = place.hand_in(replica, "l0")
        good = place.hand_in(replica, "l1")
        place.wait(replica, "l1")
        place.wait(replica, "l0")
        failures = {(line.submission, line.prompt): checked_of(line.body) for line in place.lines()}
        assert failures[bad, "p1"].failure == "WorkerEnded"
        assert failures[bad, "p1"].route.reasons == (Reason.FAILED,)
        assert failures[good, "p1"].failure == ""


def test_the_service_itself_loads_nothing_numerical(tmp_path: Path, make: Any) -> None:
    """Reading pointers, appealing and committing included; memory and start would double otherwise."""
    script = (
        "import sys\n"
        "from coursekit.web import server, app\n"
        "from coursekit.wiring import watching\n"
        "from coursekit.services import read_pointers, appeal, commit, submit\n"
        "print([m for m in ('numpy', 'scipy', 'sklearn', 'py3langid', 'pandas') if m in sys.modules])\n"
        "print([m for m in sys.modules if m.startswith('coursekit.textmodels')])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
