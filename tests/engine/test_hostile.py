"""A class full of hostile hand-ins beside two honest ones, through the real command: nothing gets out, nobody else
is touched, no mark is raised, and the grader is told who it was.

What they try is in support/hostile. One batch grades them all; each test looks at one of them, or at all others.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from engine.conftest import walls
from support import beside
from support.beside import Course
from support.hostile import course as made
from support.hostile.attacks import ATTACKS
from support.hostile.course import GRADERS, HIDDEN, NEIGHBOUR, SENTINEL, Attack

from coursekit.engine import launch, sandbox
from coursekit.engine.pool import Worker
from coursekit.model.grading import Job, Limits, Step, Warmth

SETTINGS = "c.Execute.timeout = 3\n"
HONEST = {
    "anna": {"easy": made.EASY, "part": made.PART, "mean": made.MEAN},
    "ben": {
        "easy": made.EASY,
        "part": "def spread(rows):\n    return 0 * len(rows)",
        "mean": made.WRONG_MEAN,
    },
}
MARKS = {"anna": (2.0, 4.0, 3.0), "ben": (2.0, 1.5, 0.0)}
CHECKS = tuple(made.POINTS)
SECONDS = 600.0
"""For all of them on two busy processors; each hostile one may take its time limit a few times."""
_PLACES = (
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/",
    "/usr",
    "/etc",
    "/root",
    "/home",
    sys.prefix,
    str(Path(os.__file__).parent),
)


# Each family stands together, so every other one is half of each; `make soak` lets all of them hand in.
CLASS = ATTACKS if os.environ["COURSEKIT_SOAK"] else ATTACKS[::2]


def attackers() -> dict[str, Attack]:
    """By the name under which they hand in."""
    return {f"x-{attack.name}": attack for attack in CLASS}


@dataclass
class Graded:
    """The class after the command, and what was there before it."""

    course: Course
    before: dict[str, Any]
    files_before: dict[str, str]
    said: str
    report: dict[str, Any]
    seconds: float
    left: list[str]
    """Processes that were still there."""
    temporary: list[str]
    """What lies in the folder for temporary files."""
    heard: list[str]
    """What came in at the doors that a test had opened for it."""
    rows: beside.Graded

    def remarks(self, learner: str) -> list[Mapping[str, str]]:
        """What the command says of somebody."""
        return [
            remark
            for kind in ("failed", "person", "noted", "mended")
            for note in self.report[kind]
            if note["learner"] == learner
            for remark in note["remarks"]
        ]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    tmp = tmp_path_factory.mktemp("hostile")
    course = _write_course(tmp / "course")
    home, temporary = tmp / "home", tmp / "temporary"
    _write_home(home)
    temporary.mkdir()
    with _doors() as (port, heard):
        for learner, attack in attackers().items():
            _hand_in(course, learner, attack.answers, attack, port)
        files_before = _digests(course.root)
        before = _tables(course)
        known = {process.pid for process in psutil.Process().children(recursive=True)}
        with _adopting():
            begun = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-m", "coursekit", "grade", "ps", "--json", "--workers", "2"],
                cwd=course.root,
                env={
                    **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
                    "HOME": str(home),
                    "TMPDIR": str(temporary),
                    "COURSEKIT_TOKEN": f"{GRADERS}-token",
                    "COURSEKIT_URL": f"http://127.0.0.1:{port}",
                    "SECRET_OF_MINE": f"{GRADERS}-environment",
                },
                capture_output=True,
                text=True,
                check=False,
                timeout=2 * SECONDS,
            )
            seconds = time.monotonic() - begun
            left = _descendants(known)
        assert done.returncode in (0, 1), done.stderr
        yield Graded(
            course,
            before,
            files_before,
            done.stdout + done.stderr,
            json.loads(done.stdout),
            seconds,
            left,
            sorted(path.name for path in temporary.iterdir()),
            heard,
            course.rows(),
        )
    for place in _PLACES:
        for found in _markers(place):
            Path(found).unlink()


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> beside.Graded:
    """What the honest ones get where nobody is hostile."""
    course = _write_course(tmp_path_factory.mktemp("calm") / "course")
    beside.by_coursekit([course])
    return course.rows()


# one by one


@pytest.mark.parametrize("learner", attackers())
def test_no_mark_is_raised(graded: Graded, learner: str) -> None:
    attack = attackers()[learner]
    rows = graded.rows.grades
    for check, most in zip(CHECKS, attack.most, strict=True):
        points, by_hand, waiting, _ = rows[learner, "ps", check]
        assert by_hand is None
        assert (points is None and waiting) or points <= most, (check, points)


@pytest.mark.parametrize("learner", attackers())
def test_written_words_wait_for_a_person_whatever_the_code_did(graded: Graded, learner: str) -> None:
    points, _, waiting, _ = graded.rows.grades[learner, "ps", "essay"]
    assert (points, waiting) == (None, True)


@pytest.mark.parametrize("learner", [name for name, attack in attackers().items() if attack.named])
def test_the_grader_is_told_who_it_was_and_why(graded: Graded, learner: str) -> None:
    codes = {remark["code"] for remark in graded.remarks(learner)}
    assert codes & attackers()[learner].named, codes


@pytest.mark.parametrize("learner", attackers())
def test_nothing_that_is_secret_is_in_what_they_get_back(graded: Graded, learner: str) -> None:
    folder = graded.course.root / "autograded" / learner / "ps"
    for path in folder.rglob("*"):
        assert not path.is_symlink(), path
        assert path.is_dir() or path.is_file(), path
        if not path.is_file():
            continue
        content = path.read_bytes()
        if path.name == "ps.ipynb":
            notebook = json.loads(content)
            checks = [cell for cell in notebook["cells"] if _grade_id(cell) in CHECKS]
            notebook["cells"] = [cell for cell in notebook["cells"] if _grade_id(cell) not in CHECKS]
            # The tests are the author's; nothing else of anybody's may have found its way into their outputs.
            shown = json.dumps([cell["outputs"] for cell in checks])
            assert NEIGHBOUR not in shown
            assert GRADERS not in shown
            content = json.dumps(notebook).encode()
        assert SENTINEL.encode() not in content, path


# everybody else


def test_the_honest_ones_get_what_they_get_without_the_others(graded: Graded, calm: beside.Graded) -> None:
    rows = graded.rows
    for learner, marks in MARKS.items():
        assert tuple(rows.grades[learner, "ps", check][0] for check in CHECKS) == marks
    for now, then in (
        (rows.grades, calm.grades),
        (rows.comments, calm.comments),
        (rows.submissions, calm.submissions),
        (rows.penalties, calm.penalties),
    ):
        kept = {key: now[key] for key in now if (key if isinstance(key, str) else key[0]) in HONEST}
        assert kept == {key: then[key] for key in then if (key if isinstance(key, str) else key[0]) in HONEST}
    assert not [remark for learner in HONEST for remark in graded.remarks(learner)]


def test_their_folders_are_the_same_as_well(graded: Graded) -> None:
    for learner, answers in HONEST.items():
        notebook = beside.read_notebook(graded.course.root / "autograded" / learner / "ps" / "ps.ipynb")
        sources = {_grade_id(cell): cell["source"] for cell in notebook["cells"]}
        for name, source in answers.items():
            assert sources[name].startswith(source)


def test_the_gradebook_is_the_same_but_for_those_who_handed_in(graded: Graded) -> None:
    after = _tables(graded.course)
    assert set(after) == set(graded.before)
    everybody = set(HONEST) | set(attackers())
    for table, rows in graded.before.items():
        now = after[table]
        if table == "student":
            new = {row[0] for row in now} - {row[0] for row in rows}
            assert new <= everybody
            assert [row for row in now if row[0] not in new] == rows
        elif not table.startswith("submitted") and table not in ("grade", "comment"):
            assert now == rows, table
    rows = graded.rows
    assert {learner for learner, _, _ in rows.grades} == everybody
    assert all(by_hand is None for _, by_hand, _, _ in rows.grades.values())


def test_no_file_of_the_course_was_touched(graded: Graded) -> None:
    now = _digests(graded.course.root)
    new = {path for path in now if now[path] != graded.files_before.get(path)}
    allowed = ("autograded/", ".coursekit/", "gradebook.db")
    assert sorted(path for path in new if not path.startswith(allowed)) == []
    assert set(graded.files_before) <= set(now)
    graded_folders = {path.split("/")[1] for path in now if path.startswith("autograded/")}
    assert graded_folders == set(HONEST) | set(attackers())


def test_nothing_is_left_running(graded: Graded) -> None:
    assert graded.left == []


def test_nothing_is_left_lying_about(graded: Graded) -> None:
    assert graded.temporary == []
    assert [found for place in _PLACES for found in _markers(place)] == []


def test_nothing_went_over_the_network(graded: Graded) -> None:
    assert graded.heard == []


def test_what_the_command_says_is_no_secret_and_no_trick(graded: Graded) -> None:
    assert SENTINEL not in graded.said
    assert "\x1b" not in graded.said
    assert "Traceback" not in graded.said
    details = [remark["detail"] for learner in attackers() for remark in graded.remarks(learner)]
    assert not any("cheated" in detail or "<script" in detail for detail in details)


def test_what_is_kept_of_the_grading_is_no_secret(graded: Graded) -> None:
    for path in (graded.course.root / ".coursekit").rglob("*"):
        if path.is_file():
            assert SENTINEL.encode() not in path.read_bytes(), path


def test_it_ends_in_time(graded: Graded) -> None:
    assert graded.report["graded"] == len(HONEST) + len(CLASS)
    assert graded.seconds < SECONDS


# and whether an attack would find something, if it were there

HOLES = {
    "reads-the-disk": {HIDDEN, NEIGHBOUR, f"{GRADERS}-course", f"{GRADERS}-home"},
    "reads-neighbours": {NEIGHBOUR},
    "reads-environment-and-home": {f"{GRADERS}-environment", f"{GRADERS}-home"},
    "reads-proc": {f"{GRADERS}-environment"},
    "rewrites-the-gradebook": {"/course/gradebook.db"},
    "talks-to-the-network": {"went out"},
}


@pytest.mark.parametrize("name", HOLES)
def test_attacks_find_what_is_there_where_walls_have_holes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, graded: Graded, name: str
) -> None:
    _write_home(tmp_path / "home")
    whole = sandbox.command

    def leaky(*args: Any, **more: Any) -> list[str]:
        argv = [word for word in whole(*args, **more) if word != "--unshare-net"]
        place = argv.index("--remount-ro")
        holes = [
            "--ro-bind",
            str(graded.course.root),
            "/course",
            "--ro-bind",
            str(tmp_path / "home"),
            "/home",
        ]
        return [*argv[:place], *holes, "--setenv", "SECRET_OF_MINE", f"{GRADERS}-environment", *argv[place:]]

    monkeypatch.setattr(launch.sandbox, "command", leaky)
    worker = Worker(11, Warmth(), Limits(cell_seconds=5), walls())
    with _doors() as (port, heard):
        source = next(a for a in ATTACKS if a.name == name).easy.replace("47811", str(port))
        try:
            ran = worker.run(Job("x/ps", (Step(0, source),)))
        finally:
            worker.kill()
    said = json.dumps(ran.cells[0].outputs)
    assert {word for word in HOLES[name] if word not in said} == set()
    assert name != "talks-to-the-network" or heard


# what it is made of


def _write_course(root: Path) -> Course:
    beside.configure(root, SETTINGS, "hostile")
    source = root / "source" / "ps"
    source.mkdir(parents=True)
    (source / "ps.ipynb").write_text(json.dumps(made.notebook(made.cells())))
    (source / "solutions-of-the-author.txt").write_text(f"{GRADERS}-beside-the-source")
    beside.generate(root, "ps")
    (root / "release" / "ps" / "solutions-of-the-author.txt").unlink(missing_ok=True)
    (source / "solutions-of-the-author.txt").unlink()
    (root / "notes.txt").write_text(f"{GRADERS}-course-folder")
    course = Course(root, "ps", "hostile")
    with course.gradebook() as book:
        book.add_student("zoe", first_name=f"{GRADERS}-name", email=f"{GRADERS}@example.org")
    for learner, answers in HONEST.items():
        _hand_in(course, learner, {**answers, "essay": f"{NEIGHBOUR}-words-of-{learner}"})
    return course


def _hand_in(
    course: Course, learner: str, answers: Mapping[str, str], attack: Attack | None = None, port: int = 0
) -> None:
    notebook = beside.read_notebook(course.root / "release" / "ps" / "ps.ipynb")
    for cell in notebook["cells"]:
        name = _grade_id(cell)
        if name in answers:
            cell["source"] = answers[name].replace("47811", str(port))
            if attack is None and name == "easy":
                cell["source"] += f"  # {NEIGHBOUR}-code-of-{learner}"
    folder = course.root / "submitted" / learner / "ps"
    folder.mkdir(parents=True)
    if attack is not None:
        if attack.twist is not None:
            attack.twist(notebook)
        for name, content in attack.files.items():
            (folder / name).write_bytes(content)
        if attack.place is not None:
            attack.place(folder, course.root)
    (folder / "ps.ipynb").write_text(json.dumps(notebook))
    (folder / "timestamp.txt").write_text("2027-02-01 10:00:00.000000 UTC")


def _grade_id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _write_home(home: Path) -> None:
    for name in (
        ".netrc",
        ".ssh/id_ed25519",
        ".config/coursekit/token",
        ".jupyter/nbgrader_config.py",
        "notes.txt",
    ):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {GRADERS}-home\n")


def _tables(course: Course) -> dict[str, list[tuple[Any, ...]]]:
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as book:
        names = [name for (name,) in book.execute("select name from sqlite_master where type = 'table'")]
        return {name: sorted(book.execute(f"select * from {name}"), key=repr) for name in names}


def _digests(root: Path) -> dict[str, str]:
    """Every file and link of the course's, with a digest of what it holds."""
    found = {}
    for path in root.rglob("*"):
        if path.is_symlink():
            content = os.fsencode(path.readlink())
        elif path.is_file():
            content = path.read_bytes()
        elif path.is_dir():
            continue
        else:
            content = b"special"
        found[str(path.relative_to(root))] = hashlib.sha256(content).hexdigest()
    return found


def _markers(place: str) -> list[str]:
    """Files by the name that all attacks write under."""
    with contextlib.suppress(OSError):
        return [str(path) for path in Path(place).iterdir() if path.name.startswith("coursekit-hostile")]
    return []


@contextlib.contextmanager
def _adopting() -> Iterator[None]:
    """Whatever loses its parent meanwhile becomes a child of this process, so that nothing escapes the count."""
    libc = ctypes.CDLL(None)
    libc.prctl(36, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(36, 0, 0, 0, 0)


def _descendants(known: set[int]) -> list[str]:
    """Processes of the command's that are still there after a moment; `known` were there before it."""
    own = {"postgres", "coursekit serve"}
    end = time.monotonic() + 5
    while True:
        found = []
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                words = " ".join(process.cmdline())
                is_own = process.pid in known or any(name in words for name in own)
                if process.status() != psutil.STATUS_ZOMBIE and not is_own:
                    found.append(words)
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.1)


@contextlib.contextmanager
def _doors() -> Iterator[tuple[int, list[str]]]:
    """A TCP and a UDP port and an abstract socket that nobody may reach; and what came in."""
    heard: list[str] = []
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        socket.socket(type=socket.SOCK_DGRAM) as mailbox,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        port = door.getsockname()[1]
        mailbox.bind(("127.0.0.1", port))
        abstract.bind(f"\0coursekit-hostile-abstract-{port}")
        abstract.listen()
        for one in (door, mailbox, abstract):
            one.setblocking(False)
        yield port, heard
        for name, one in (("tcp", door), ("unix", abstract)):
            with contextlib.suppress(BlockingIOError):
                one.accept()[0].close()
                heard.append(name)
        with contextlib.suppress(BlockingIOError):
            heard.append(f"udp {mailbox.recv(100)!r}")
