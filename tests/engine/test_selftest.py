"""The sandbox must prove itself; each hole, made on purpose, is found and named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.conftest import LIMITS, walls

from coursekit.engine import launch, sandbox, selftest
from coursekit.engine.batch import LocalEngine
from coursekit.engine.pool import Worker
from coursekit.model.errors import ServiceFault
from coursekit.model.grading import Ending, Job, Step, Warmth


@pytest.mark.parametrize("root", [True, False])
def test_it_holds_with_an_account_of_its_own_and_in_a_user_namespace(root):
    # Whoever is not root has only the second way.
    shut = replace(walls(), root=root and walls().root)
    worker = Worker(6, Warmth(), LIMITS, shut)
    try:
        selftest.check(worker, shut)
    finally:
        worker.kill()


@pytest.mark.parametrize(
    ("without", "hole"),
    [
        (["--unshare-net"], "sends over the network"),
        (["--unshare-pid", "--as-pid-1"], "sees other processes"),
    ],
)
def test_a_wall_that_is_missing_is_named(monkeypatch, without, hole):
    whole = sandbox.command

    def leaky(*args, **more):
        return [word for word in whole(*args, **more) if word not in without]

    monkeypatch.setattr(launch.sandbox, "command", leaky)
    worker = Worker(8, Warmth(), LIMITS, walls())
    try:
        with pytest.raises(ServiceFault) as caught:
            selftest.check(worker, walls())
        assert caught.value.code == "sandbox-leaks"
        assert hole in caught.value.detail
    finally:
        worker.kill()


def test_files_of_the_grader_that_are_bound_by_mistake_are_found(monkeypatch):
    shared = "/var/tmp"
    monkeypatch.setattr(selftest.tempfile, "tempdir", shared)
    whole = sandbox.command

    def leaky(*args, **more):
        argv = whole(*args, **more)
        cut = argv.index("--remount-ro")
        open_way = ["--perms", "0755", "--dir", "/var"]
        return [*argv[:cut], *open_way, "--ro-bind", shared, shared, *argv[cut:]]

    monkeypatch.setattr(launch.sandbox, "command", leaky)
    worker = Worker(9, Warmth(), LIMITS, walls())
    try:
        with pytest.raises(ServiceFault, match=r"reads a file of the grader's"):
            selftest.check(worker, walls())
    finally:
        worker.kill()


def test_without_bubblewrap_or_landlock_nothing_runs_and_it_says_why(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    monkeypatch.setattr(sandbox, "landlock_version", lambda: 0)
    with pytest.raises(ServiceFault) as caught, LocalEngine(Warmth(), LIMITS, 1, walls()):
        pass
    assert "bubblewrap is not installed" in caught.value.detail
    assert "Landlock" in caught.value.detail
    assert "--unsafe-no-sandbox" in caught.value.next_step


def test_on_another_system_it_says_that_there_is_no_sandbox(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "darwin")
    assert sandbox.missing() == [
        "The sandbox needs Linux (bubblewrap and Landlock); on this system there is none."
    ]


def test_unsafe_and_asked_for_it_runs_without_walls():
    bare = walls(sandboxed=False)
    with LocalEngine(Warmth(), LIMITS, 1, bare) as engine:
        check = "assert x == 2"
        jobs = [Job(f"{name}/n", (Step(0, "x = 2"), Step(1, check, check))) for name in ("ada", "bo")]
        found = {ran.key: ran for ran in engine.run(jobs)}
    assert {key: ran.cells[1].ending for key, ran in found.items()} == {"ada/n": Ending.OK, "bo/n": Ending.OK}


def test_a_course_below_a_folder_that_is_shown_is_covered(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "_python_places", lambda: [str(tmp_path)])
    argv = sandbox.command(["true"], {}, 1 << 20, 0, (str(tmp_path / "course"), "/elsewhere"))
    covered = argv.index(str(tmp_path / "course"))
    assert argv[covered - 1] == "--tmpfs"
    assert covered > argv.index(str(tmp_path))
    assert "/elsewhere" not in argv


def test_no_variable_of_the_grader_goes_in(monkeypatch):
    monkeypatch.setenv("COURSEKIT_TOKEN", "CANARY")
    argv = sandbox.command(["true"], {}, 1 << 20, 0)
    assert "--clearenv" in argv
    assert "CANARY" not in " ".join(argv)
