"""Tasks side by side: each ends in one of three ways, and nothing outlives them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import pytest

from coursekit.engine.abreast import End, abreast

ROOT = Path(__file__).parents[3]


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that nobody has waited for yet is dead all the same.
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def gone(pid: int) -> bool:
    until = time.monotonic() + 10
    while is_there(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_there(pid)


def begin_something_in_its_own_session(note: str) -> None:
    """As a kernel is: no process group has it together with us."""
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    Path(note).write_text(f"{child.pid} {tempfile.mkdtemp()}")
    time.sleep(600)


def ends(tasks, jobs=2, limit=60.0):
    return {ended.name: ended for ended in abreast(tasks, jobs, limit)}


def test_each_gives_what_it_gives():
    ended = ends({"a": partial(max, 1, 2), "b": partial(int, "x"), "c": partial(os._exit, 3)})
    assert [(name, ended[name].how) for name in "abc"] == [
        ("a", End.DONE),
        ("b", End.CRASHED),
        ("c", End.CRASHED),
    ]
    assert ended["a"].value == 2
    assert "invalid literal" in ended["b"].value
    assert ended["c"].value == "its process ended with 3"


def test_a_signal_is_told():
    assert ends({"a": partial(os.abort)})["a"].value == "its process was ended by signal 6"


def test_nothing_to_do_is_done():
    assert ends({}) == {}


def test_what_takes_too_long_is_stopped_with_all_that_it_began(tmp_path):
    note = tmp_path / "note"
    ended = ends({"a": partial(begin_something_in_its_own_session, str(note))}, limit=5.0)
    assert (ended["a"].how, ended["a"].seconds >= 5.0) == (End.TOO_LONG, True)
    child, scratch = note.read_text().split()
    assert gone(int(child))
    assert not Path(scratch).exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_behind(tmp_path, sent):
    note = tmp_path / "note"
    script = tmp_path / "script.py"
    script.write_text(
        "import signal, sys\n"
        "from functools import partial\n"
        "from coursekit.engine.abreast import abreast\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import test_abreast\n"
        "if __name__ == '__main__':\n"
        # Whoever runs the tests in the background of a shell has them ignore SIGINT.
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"    task = partial(test_abreast.begin_something_in_its_own_session, {str(note)!r})\n"
        "    list(abreast({'a': task}, 1, 99))\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"},
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not (note.exists() and note.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(sent)
    assert process.wait(30) != 0
    child, scratch = note.read_text().split()
    assert gone(int(child))
    assert not Path(scratch).exists()
