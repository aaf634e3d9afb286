"""A process is watched: begun when it is needed, begun again when it ends, let go of in the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from coursekit.wiring.watching import Watch

PYTHON = (sys.executable, "-S", "-c")
WAITS = "import sys; sys.stdin.read()"


@pytest.fixture
def watch() -> Iterator[Callable[..., Watch]]:
    begun: list[Watch] = []

    def make(
        script: str, *arguments: str, is_needed: Callable[[], bool] = lambda: True, rest: float = 0.01
    ) -> Watch:
        opened = Watch(is_needed, [*PYTHON, script, *arguments], rest)
        begun.append(opened)
        opened.start()
        return opened

    yield make
    for each in begun:
        each.stop()


def until(found: Callable[[], Any], seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.01)
    return value


def test_it_begins_when_it_is_needed_and_ends_when_told(watch: Any) -> None:
    needed = False
    watched = watch(WAITS, is_needed=lambda: needed)
    time.sleep(0.2)
    assert watched.process is None
    needed = True
    process = psutil.Process(until(lambda: watched.process))
    watched.stop()
    assert watched.process is None
    assert not process.is_running()


def test_what_was_never_needed_is_never_begun(watch: Any) -> None:
    watched = watch(WAITS, is_needed=lambda: False)
    watched.stop()
    assert watched.process is None


def test_it_is_begun_again_when_it_is_killed(watch: Any) -> None:
    watched = watch(WAITS)
    first = until(lambda: watched.process)
    psutil.Process(first).kill()
    assert until(lambda: watched.process not in (None, first))


def test_what_ends_at_once_is_begun_ever_more_rarely(watch: Any, tmp_path: Path) -> None:
    """It does not eat a processor."""
    log = tmp_path / "begun"
    watch("import sys, time; open(sys.argv[1], 'a').write('x')", str(log), rest=0.2)
    time.sleep(2.5)
    assert 2 <= len(log.read_text()) <= 5


def test_whatever_it_ended_at_twice_it_is_told_not_to_touch(watch: Any, tmp_path: Path) -> None:
    """Once may have been the machine; what it was through with is blamed for nothing."""
    log = tmp_path / "begun"
    script = (
        "import sys\n"
        "open(sys.argv[1], 'a').write(' '.join(sys.argv[2:]) + '|')\n"
        "print('at good', flush=True); print('done good', flush=True)\n"
        "if 'bad' in sys.argv: sys.stdin.read()\n"
        "print('at bad', flush=True)\n"
        "import os; os._exit(9)\n"
    )
    watch(script, str(log))
    until(lambda: log.exists() and "--unfit" in log.read_text())
    assert log.read_text() == "||--unfit bad|"


def test_it_ends_with_whoever_watches_however_that_ends(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from coursekit.wiring.watching import Watch\n"
        f"watch = Watch(lambda: True, {[*PYTHON, WAITS]!r})\n"
        "watch.start()\n"
        "while watch.process is None: time.sleep(0.01)\n"
        "print(watch.process, flush=True)\n"
        "time.sleep(60)\n"
    )
    watching = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert watching.stdout is not None
    process = psutil.Process(int(watching.stdout.readline()))
    watching.kill()
    watching.wait()
    watching.stdout.close()
    until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


def test_one_that_does_not_listen_is_ended_all_the_same(watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coursekit.wiring.watching._FAREWELL", 0.2)
    watched = watch("import time; time.sleep(60)")
    process = psutil.Process(until(lambda: watched.process))
    watched.stop()
    assert not process.is_running()


def test_it_runs_on_one_thread(watch: Any, tmp_path: Path) -> None:
    log = tmp_path / "environment"
    watch(
        "import os, sys; open(sys.argv[1], 'w').write(os.environ['OPENBLAS_NUM_THREADS']); sys.stdin.read()",
        str(log),
    )
    assert until(lambda: log.exists() and log.read_text()) == "1"
