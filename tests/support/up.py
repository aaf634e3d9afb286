"""A real `coursekit up` in a process of its own, and people who sign in at it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from coursekit.client import ExchangeClient
from coursekit.model.ids import UserId
from coursekit.model.people import Role
from coursekit.policy.roster import Row
from coursekit.wiring import up_accounts, up_course
from coursekit.wiring.up import Place

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "courses" / "tiny"
PATIENCE = 240.0
"""Two cores may be shared with all the other tests."""


@dataclass
class Up:
    """One data folder, and the `coursekit up` that runs in it now."""

    data: Path
    course: Path = TINY
    port: int = 0
    said: list[str] = field(default_factory=list)
    password: str = ""
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def text(self) -> str:
        return "".join(self.said)

    def command(self, *more: str) -> list[str]:
        options = ["--port", str(self.port), "--data", str(self.data), "--course", str(self.course)]
        return [sys.executable, "-m", "coursekit", "up", *options, *more]

    def start(self, *more: str) -> Up:
        """Start it, and wait until it says that it is up."""
        self.port, self.said = free_port(), []
        self.process = subprocess.Popen(
            self.command(*more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
            start_new_session=True,
        )
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        end = time.monotonic() + PATIENCE
        while "Ctrl-C ends it." not in self.text:
            assert self.process.poll() is None, self.text + self.log()
            assert time.monotonic() < end, self.text + self.log()
            time.sleep(0.05)
        found = re.search(r"Password +(\S+) +shown this once", self.text)
        if found:
            self.password = found[1]
        return self

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)

    def stop(self) -> int:
        """Ctrl-C; how it ended."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.kill()

    def kill(self) -> None:
        """The command alone, as when a machine's memory runs out."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait(PATIENCE)

    def log(self) -> str:
        with suppress(OSError):
            return Place(self.data).log.read_text(errors="replace")[-4000:]
        return ""

    def processes(self) -> list[psutil.Process]:
        """Everything that was given something in its folder."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE and any(
                    str(self.data) in value for value in process.environ().values()
                ):
                    found.append(process)
        return found

    def add(self, user: str, role: str = "learner", time_zone: str = "") -> str:
        """Another account while it runs; the password."""
        place, password = Place(self.data), "pass-" + user
        people = up_accounts.read_accounts(place.accounts)
        given = up_accounts.with_password(user, role, password)
        up_accounts.write_accounts(place.accounts, {**people, user: given})
        row = Row(1, UserId(user), role=Role(role), time_zone=time_zone)
        up_course.enrol_all(place.exchange, self.course_id, [row], user)
        return password

    @property
    def course_id(self) -> str:
        found = re.search(r"^course: *(\S+)", (self.course / "modules/course.yml").read_text(), re.MULTILINE)
        assert found
        return found[1]

    def token(self, user: str) -> str:
        """One of the exchange's own, good for an hour."""
        return up_course.enrol_all(Place(self.data).exchange, self.course_id, [], user)

    @contextmanager
    def exchange(self, user: str) -> Iterator[ExchangeClient]:
        """The exchange, as somebody."""
        with ExchangeClient(self.url + "/services/coursekit", self.token(user), timeout=60) as client:
            yield client


def environment() -> dict[str, str]:
    """A fresh login's: nothing of whoever runs the tests."""
    kept = ("LANG", "LC_ALL", "TMPDIR", "PATH", "HOME", "JUPYTER_PATH", "PYTHONPATH")
    return {k: v for k, v in os.environ.items() if k in kept or k.startswith("OPENBLAS_")}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


class Visitor:
    """Somebody with a browser's cookies, and no browser."""

    def __init__(self, up: Up) -> None:
        self.up = up
        self.line = httpx.Client(base_url=up.url, timeout=PATIENCE, trust_env=False, follow_redirects=True)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def sign_in(self, name: str, password: str) -> httpx.Response:
        page = self.line.get("/hub/login")
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
        assert xsrf, page.text
        return self.line.post(
            "/hub/login",
            params={"next": "/hub/home"},
            data={"username": name, "password": password, "_xsrf": xsrf[1]},
        )

    @property
    def is_in(self) -> bool:
        return "/hub/home" in str(self.line.get("/hub/home").url)

    def start_server(self, name: str) -> None:
        """And see its lab, which brings the cookies that the rest needs."""
        self.line.get(f"/hub/spawn/{name}")
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.line.get(f"/user/{name}/lab")
            if answer.status_code == 200 and answer.url.path.startswith(f"/user/{name}/lab"):
                return
            assert answer.status_code != 500, answer.text[-2000:] + self.up.log()
            assert time.monotonic() < end, (answer.status_code, answer.text[:500], self.up.log())
            time.sleep(0.5)

    def get(self, name: str, path: str) -> httpx.Response:
        """From their server, as its pages ask."""
        own = f"/user/{name}/"
        token = next((c.value for c in self.line.cookies.jar if c.name == "_xsrf" and c.path == own), None)
        return self.line.get(own + path.lstrip("/"), headers={"X-XSRFToken": token} if token else {})
