"""Notebooks that need a real kernel: the same walls, the same limits, whatever the language."""

from __future__ import annotations

import subprocess
import sys

import pytest
from engine.conftest import LIMITS, walls

from coursekit.engine import kernels
from coursekit.engine.batch import LocalEngine
from coursekit.model.grading import Ending, Job, Step, Warmth


@pytest.fixture(scope="module", autouse=True)
def bash():
    subprocess.run(
        [sys.executable, "-m", "bash_kernel.install", "--sys-prefix"],
        check=True,
        capture_output=True,
        timeout=60,
    )


def run(kernel, *cells, **more):
    steps = [Step(n, c) if isinstance(c, str) else Step(n, *c) for n, c in enumerate(cells)]
    return kernels.run(Job("ada/first", tuple(steps), kernel=kernel, **more), 5, Warmth(), LIMITS, walls())


def text(run_):
    return "".join(o["text"] for o in run_.outputs if o["output_type"] == "stream")


def test_another_language_runs_in_the_sandbox(tmp_path):
    (tmp_path / "canary").write_text("CANARY")
    ran = run(
        "bash",
        "total=$((2 + 3)); echo $total",
        ("test $total = 5", "test $total = 5 # hidden"),
        "false",
        f"cat {tmp_path}/canary; ls /; cat mine.txt; env | sort",
        files=(("mine.txt", b"of my own"),),
    )
    assert text(ran.cells[0]) == "5\n"
    assert [ran.cells[n].ending for n in range(3)] == [Ending.OK, Ending.OK, Ending.ERROR]
    said = text(ran.cells[3])
    assert "of my own" in said
    assert "CANARY" not in said
    assert "home" not in said.split()


def test_a_python_notebook_may_ask_for_a_kernel_and_is_tried_there_too():
    check = ("assert x == 1", "assert x == 1")
    ran = run("python3", "x = get_ipython().kernel and 1", check)
    assert ran.cells[1].ending is Ending.OK
    assert ran.alarms == ()
    cheat = "get_ipython().ast_transformers.append(type('T', (), {'visit': lambda s, n: type(n)([], [])})())"
    ran = run("python3", cheat, check)
    assert "check-cannot-fail" in [a.code for a in ran.alarms]


def test_limits_hold_for_kernels():
    hungry = (
        "import time\nheld = [bytearray(100 << 20) for _ in range(20)]\n"
        "for piece in held: piece[::4096] = b'x' * len(piece[::4096])\ntime.sleep(5)"
    )
    ran = run("python3", "while True: x = 1", hungry, "print('never')")
    assert ran.cells[0].ending is Ending.TIMEOUT
    assert ran.cells[2].ending is Ending.NOT_RUN
    assert {r.code for r in ran.trouble} == {"too-slow", "kernel-died"}


def test_a_kernel_that_is_not_there_is_said_and_stops_nobody():
    jobs = [
        Job("ada/n", (Step(0, "1"),), kernel="cobol-74"),
        Job("bo/n", (Step(0, "print('well')"),)),
    ]
    with LocalEngine(Warmth(), LIMITS, 1, walls()) as engine:
        found = {ran.key: ran for ran in engine.run(jobs)}
    assert [r.code for r in found["ada/n"].trouble] == ["no-kernel"]
    assert found["ada/n"].cells[0].ending is Ending.NOT_RUN
    assert found["bo/n"].cells[0].ending is Ending.OK
