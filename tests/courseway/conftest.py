"""A tiny course with real parts: the exchange as a process, nbgrader's commands, homes that share nothing."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.commands import run_at
from support.warm import WARM

from coursekit.wiring import author

TINY = Path(__file__).parent.parent / "courses" / "tiny"
COURSE = "tiny"
_CONFIG = """\
from coursekit.nbgrader_exchange import configure; configure(get_config())

get_config().CourseDirectory.course_id = "tiny"
"""
# And the answer that the first module's reveal says to the estimate: it is for staff's plan alone.
_CANARY = re.compile(r"CANARY-[a-z0-9-]+|9\.0417")


@dataclass
class Person:
    """Somebody with a home of their own, a token and the command line."""

    name: str
    home: Path
    url: str
    token: str

    def run(self, *command: str, fails: bool = False, anew: bool = False) -> str:
        """A command in their home; everything it said. `fails` and `anew` as in `run_at`."""
        return run_at(self.home, self.url, self.token, *command, fails=fails, anew=anew)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Straight to the service, as any program with their token could."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=30, **more)

    def write(self, module: str, prompt: str, text: str) -> None:
        """Type into a cell and save."""
        path = self.home / module / f"{module}.ipynb"
        notebook = json.loads(path.read_text())
        cell = next(c for c in notebook["cells"] if c.get("id") == prompt)
        cell["source"] = text
        path.write_text(json.dumps(notebook))

    def answer(self, module: str, prompt: str, response: dict[str, Any]) -> None:
        """Answer a form; what the widget writes."""
        path = self.home / module / "responses.json"
        kept = (
            json.loads(path.read_text())
            if path.exists()
            else {"schema": "coursekit.responses/1", "responses": {}}
        )
        kept["responses"][prompt] = response
        path.write_text(json.dumps(kept))


@dataclass
class Classroom:
    """The service, its faculty and its learners."""

    url: str
    data: Path
    faculty: Person
    tmp: Path

    def person(self, name: str, role: str = "learner") -> Person:
        """Enrol somebody and give them a home."""
        operate(self.data, "roster", "add", COURSE, name, "--role", role)
        home = self.tmp / "homes" / name
        home.mkdir(parents=True)
        (home / "nbgrader_config.py").write_text(_CONFIG)
        return Person(name, home, self.url, operate(self.data, "token", name).strip())


def operate(data: Path, *command: str) -> str:
    """A command of the operator's; what it said."""
    asked = ("coursekit", *command, "--data", str(data))
    code, out, err = WARM.run(*asked, cwd=Path.cwd(), env=dict(os.environ), timeout=60)
    assert code == 0, out + err
    return out


@contextlib.contextmanager
def _open(tmp: Path) -> Iterator[Classroom]:
    """The service runs on what lies there; nobody has a token yet."""
    data = tmp / "exchange"
    service = subprocess.Popen(
        [sys.executable, "-m", "coursekit", "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert service.stdout is not None
        url = service.stdout.readline().split()[-1]
        yield Classroom(url, data, Person("ines", tmp / "homes" / "ines", url, ""), tmp)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(20)


@pytest.fixture(scope="module")
def unreleased(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    """The service runs, the course is written, nothing is built. Each file of tests has its own."""
    with _open(tmp_path_factory.mktemp("classroom")) as room:
        room.faculty = room.person("ines", "instructor")
        shutil.copytree(TINY, room.faculty.home, dirs_exist_ok=True)
        yield room


@pytest.fixture(scope="session")
def _released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classroom in which both modules were released by nbgrader's own commands; its service is over."""
    tmp = tmp_path_factory.mktemp("released")
    with _open(tmp) as room:
        room.faculty = room.person("ines", "instructor")
        shutil.copytree(TINY, room.faculty.home, dirs_exist_ok=True)
        # Beside each master its text, with all that is sealed in it: what looks for leaks finds it.
        author.write_texts(room.faculty.home)
        for module in ("first", "second"):
            room.faculty.run("nbgrader", "generate_assignment", module)
            room.faculty.run("nbgrader", "release_assignment", module)
    return tmp


@pytest.fixture(scope="module")
def classroom(_released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    """Both modules are released. Each file of tests has a copy of its own: one enrols, submits and grades."""
    tmp = tmp_path_factory.mktemp("classroom") / "copy"
    shutil.copytree(_released, tmp)
    with _open(tmp) as room:
        room.faculty.token = operate(room.data, "token", "ines").strip()
        yield room


def canaries(content: bytes | str) -> set[str]:
    """The canary words in some bytes, also inside base64 and JSON."""
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    found = set(_CANARY.findall(text))
    for coded in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        try:
            inner = base64.b64decode(coded, validate=True)
        except ValueError:
            continue
        found |= set(_CANARY.findall(inner.decode("utf-8", "replace")))
    return found


@pytest.fixture(scope="session")
def canaries_in() -> Any:
    return canaries
