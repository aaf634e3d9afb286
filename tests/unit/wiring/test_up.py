"""What `coursekit up` finds out before it starts anything. tests/up starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.wiring import up, up_course
from coursekit.wiring.up import Place


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    up.check_installed()
    monkeypatch.setattr(up, "find_spec", lambda name: None if name == "configurable_http_proxy" else object())
    with pytest.raises(BadInput) as refused:
        up.check_installed()
    assert "needs configurable-http-proxy" in refused.value.detail
    assert "pip install 'coursekit[up]'" in refused.value.next_step


def test_a_port_that_is_none_is_no_crash() -> None:
    with pytest.raises(BadInput, match="no such port"):
        up.check_port("127.0.0.1", 70_000)
    with pytest.raises(BadInput, match="cannot be listened on"):
        up.check_port("192.0.2.1", 8000)


def test_only_what_belongs_to_the_place_is_ended(tmp_path: Path) -> None:
    def sleeper(folder: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "COURSEKIT_UP": folder}
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=environment)

    ours, others = sleeper(str(tmp_path)), sleeper(str(tmp_path) + "-2")
    try:
        up.end_all(Place(tmp_path))
        assert ours.wait(10) != 0
        assert others.poll() is None
    finally:
        for process in (ours, others):
            process.kill()
            process.wait()


def test_the_course_is_brought_once_and_another_one_is_refused(tmp_path: Path) -> None:
    tiny = Path(__file__).parents[2] / "courses" / "tiny"
    folder = tmp_path / "course"
    assert up_course.bring_course(tiny, folder, "tiny")
    assert (folder / "cases" / "lamp" / "case.md").is_file()
    assert "tiny" in (folder / "nbgrader_config.py").read_text()
    (folder / "modules" / "first" / "first.ipynb").write_text("changed here")
    assert not up_course.bring_course(tiny, folder, "tiny")
    assert (folder / "modules" / "first" / "first.ipynb").read_text() == "changed here"
    with pytest.raises(BadInput, match="has the course tiny"):
        up_course.bring_course(tiny, folder, "another")
