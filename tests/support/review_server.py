"""A grader's own Jupyter server, as a process; and the exchange that says who one is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from coursekit.model.course import Course
from coursekit.model.ids import CourseId, UserId
from coursekit.services import deliver, enrol
from coursekit.wire.api import MemberShape
from coursekit.wiring.exchange import OPERATOR, open_embedded

TOKEN = "a-token-of-jupyters"
_PATIENCE = 60


@dataclass
class Browser:
    """Asks a server as its owner's browser does."""

    url: str
    course: str

    def ask(self, method: str, path: str, body: Any = None, token: str = TOKEN) -> httpx.Response:
        """One call below coursekit/api/review/<course>/."""
        return httpx.request(
            method,
            f"{self.url}coursekit/api/review/{self.course}/{path}",
            json=body,
            headers={"Authorization": f"token {token}"},
            timeout=30,
        )

    def get(self, path: str) -> Any:
        """What it answers, which must be well."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def running_exchange(
    data: Path, course: str, people: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Its address, and everybody's token. `people`: name → role."""
    embedded = open_embedded(data)
    try:
        deliver.put_course(embedded.exchange, OPERATOR, Course(CourseId(course), "Kit", "UTC", ()))
        members = [MemberShape.model_validate({"user": n, "role": r}) for n, r in people.items()]
        enrol.put_members(embedded.exchange, OPERATOR, CourseId(course), members)
        tokens = {name: embedded.issue_token(UserId(name), timedelta(hours=1)) for name in people}
    finally:
        embedded.ledger.close()
    service = subprocess.Popen(
        [sys.executable, "-m", "coursekit", "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert service.stdout is not None
        yield service.stdout.readline().split()[-1], tokens
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(20)


@contextmanager
def running_server(home: Path, folder: Path, exchange: str, token: str, course: str) -> Iterator[Browser]:
    """A Jupyter server with coursekit's extension, whose owner has that token at the exchange."""
    home.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (home / "server.log").open("w")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
            *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"),
            f"--ServerApp.root_dir={home}",
            f"--LabServer.course_folder={folder}",
            "--ServerApp.jpserver_extensions={'coursekit.labserver': True}",
        ],
        env={
            **os.environ,
            "COURSEKIT_URL": exchange,
            "COURSEKIT_TOKEN": token,
            "HOME": str(home),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_NO_CONFIG": "1",
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        _await(url, server, home / "server.log")
        yield Browser(url, course)
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _await(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}api", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())
