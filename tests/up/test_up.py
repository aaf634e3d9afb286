"""`coursekit up`, with a real JupyterHub, a real exchange and people's real servers."""

from __future__ import annotations

import csv
import json
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.up import PATIENCE, TINY, Up, Visitor, environment

CLASS = """\
user,name,role,time_zone
maria,Maria Okoye,learner,Africa/Lagos
Ines,Ines Weber,instructor,
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One data folder, through a first start, a stop, and a second start with a class."""
    opened = Up(tmp_path_factory.mktemp("up"))
    try:
        yield opened.start()
    finally:
        opened.kill()
        for process in opened.processes():
            process.kill()


def test_the_first_start_says_where_who_and_with_which_password(up: Up) -> None:
    assert f"http://127.0.0.1:{up.port}/" in up.text
    assert len(up.password) == 19
    for name in ("author", "grader", "learner", "learner2"):
        assert f"  {name} " in up.text
    kept = (up.data / "accounts.json").read_text()
    assert up.password not in kept
    assert stat.S_IMODE((up.data / "accounts.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(up.data.stat().st_mode) == 0o700
    # Nowhere on the disk, not in a log either.
    for path in up.data.rglob("*"):
        if path.is_file():
            assert up.password.encode() not in path.read_bytes(), path


def test_the_modules_are_released(up: Up) -> None:
    with up.exchange("learner") as exchange:
        steps = exchange.path("tiny").steps
    assert [(step.module, step.release, step.state) for step in steps] == [
        ("first", 1, "open"),
        ("second", 1, "locked"),
    ]
    with up.exchange("author") as exchange:
        roles = {member.user: member.role for member in exchange.members("tiny")}
    assert roles == {
        "author": "instructor",
        "grader": "grader",
        "learner": "learner",
        "learner2": "learner",
    }


@pytest.mark.parametrize(
    ("name", "password"),
    [("learner", "wrong"), ("learner", ""), ("nobody", None), ("root", None), ("../course", None)],
)
def test_nobody_else_gets_in(up: Up, name: str, password: str | None) -> None:
    with Visitor(up) as visitor:
        answer = visitor.sign_in(name, up.password if password is None else password)
        assert answer.status_code == 403
        assert not visitor.is_in


def test_whoever_guesses_has_to_wait(up: Up) -> None:
    with Visitor(up) as visitor:
        answers = [visitor.sign_in("grader", f"guess {n}").status_code for n in range(6)]
        assert 429 in answers
        # The right one as well: otherwise a guess would tell.
        assert visitor.sign_in("grader", up.password).status_code == 429
        # And nobody else has to.
        assert visitor.sign_in("author", up.password).status_code == 200


def test_a_learners_server_has_the_course_and_no_way_around_it(up: Up) -> None:
    with Visitor(up) as visitor:
        assert visitor.sign_in("learner", up.password).status_code == 200
        visitor.start_server("learner")
        home = up.data / "homes" / "learner"
        assert [p.name for p in home.iterdir() if not p.name.startswith(".")] == []
        courses = visitor.get("learner", "/coursekit/api/courses")
        assert courses.status_code == 200, courses.text
        assert "tiny" in courses.text
        assert visitor.get("learner", "/api/terminals").status_code == 404
        assert visitor.get("learner", "/formgrader").status_code == 404
        assert visitor.get("learner", "/assignments").status_code == 404
        page = _page(visitor, "learner")
        assert page["terminalsAvailable"] is False
        assert "@jupyter/nbgrader:formgrader" in page["disabledExtensions"]
        assert "@coursekit/lab" in {extension["name"] for extension in page["federated_extensions"]}
        # Somebody else's server is somebody else's.
        assert visitor.get("author", "/api/contents").status_code in (403, 404)


def test_staff_work_in_one_course_folder(up: Up) -> None:
    for name in ("author", "grader"):
        with Visitor(up) as visitor:
            # Whoever guessed the grader's password above made them wait from the same address.
            _patiently(visitor, name, up.password)
            visitor.start_server(name)
            there = {row["name"] for row in visitor.get(name, "/api/contents").json()["content"]}
            assert {"modules", "cases", "release", "gradebook.db", "nbgrader_config.py"} <= there
            assert visitor.get(name, "/formgrader").status_code == 200
            assert visitor.get(name, "/api/terminals").status_code == 200
            assert visitor.get(name, "/coursekit/api/courses").status_code == 200


def test_a_port_that_is_taken_is_told_and_nothing_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        done = _run("--port", str(port), "--data", str(tmp_path / "up"), "--course", str(TINY))
    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr
    assert f"coursekit up --port {port + 1}" in done.stderr


def test_one_folder_is_for_one(up: Up) -> None:
    done = subprocess.run(up.command(), capture_output=True, text=True, env=environment())
    assert done.returncode == 1
    assert "running in" in done.stderr


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = _run("--data", str(tmp_path), "--course", str(TINY))
    assert done.returncode == 1
    assert "no `coursekit up` made it" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_class_with_a_mistake_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text("user,role\nmaria,teacher\n")
    done = _run(
        "--data", str(tmp_path / "up"), "--course", str(TINY), "--learners", str(tmp_path / "class.csv")
    )
    assert done.returncode == 1
    assert "Line 2" in done.stderr
    assert not (tmp_path / "up").exists()


# Below, in this order: it ends, and begins anew.


def test_ctrl_c_ends_everything(up: Up) -> None:
    with Visitor(up) as visitor:
        assert visitor.sign_in("learner", up.password).status_code == 200
        visitor.start_server("learner")
    assert up.processes()
    assert up.stop() == 0
    assert "Everything is kept in" in up.text
    assert up.processes() == []


def test_the_second_start_goes_on_and_a_class_joins(up: Up, tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text(CLASS)
    author_log = (up.data / "author.log").read_text()
    first = up.password
    up.start("--learners", str(tmp_path / "class.csv"))
    assert "shown this once" not in up.text
    assert first not in up.text
    # Nothing was built or released again.
    assert (up.data / "author.log").read_text() == author_log
    given = up.data / "passwords.csv"
    assert stat.S_IMODE(given.stat().st_mode) == 0o600
    passwords = {row["user"]: row["password"] for row in csv.DictReader(given.open())}
    assert sorted(passwords) == ["ines", "maria"]
    with Visitor(up) as visitor:
        assert visitor.sign_in("learner", first).status_code == 200
    with Visitor(up) as visitor:
        assert visitor.sign_in("Maria", passwords["maria"]).status_code == 200
        assert visitor.is_in
    with Visitor(up) as visitor:
        assert visitor.sign_in("maria", first).status_code == 403
    with up.exchange("author") as exchange:
        members = {m.user: (m.role, m.time_zone) for m in exchange.members("tiny")}
    assert members["maria"] == ("learner", "Africa/Lagos")
    assert members["ines"] == ("instructor", "")


def test_killed_it_leaves_nothing_that_the_next_start_does_not_clear_away(up: Up) -> None:
    up.kill()
    left = up.processes()
    assert left
    first, given = up.password, (up.data / "passwords.csv").read_text()
    up.start("--new-password", "--new-password-for", "maria")
    assert not any(process.is_running() for process in left)
    assert up.password != first
    passwords = {row["user"]: row["password"] for row in csv.DictReader((up.data / "passwords.csv").open())}
    assert passwords["maria"] not in given
    assert passwords["ines"] in given
    with Visitor(up) as visitor:
        assert visitor.sign_in("learner", first).status_code == 403
        assert visitor.sign_in("learner", up.password).status_code == 200
    # A terminal that is closed ends it as well.
    assert up.process is not None
    up.process.send_signal(signal.SIGHUP)
    assert up.process.wait(PATIENCE) == 0
    assert up.processes() == []


def _run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coursekit", "up", *options]
    return subprocess.run(command, capture_output=True, text=True, env=environment())


def _page(visitor: Visitor, name: str) -> dict[str, object]:
    text = visitor.get(name, "/lab").text
    start = text.index('<script id="jupyter-config-data" type="application/json">')
    found: dict[str, object] = json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])
    return found


def _patiently(visitor: Visitor, name: str, password: str) -> None:
    end = time.monotonic() + PATIENCE
    while visitor.sign_in(name, password).status_code == 429:
        assert time.monotonic() < end
        time.sleep(1)
