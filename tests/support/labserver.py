"""A learner's own Jupyter server, as a process; and a line to the exchange that can be cut, held, listened to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

TOKEN = "a-token-of-the-test"
_BARE = """
import sys
from jupyter_server.serverapp import ServerApp

class Bare(ServerApp):
    # None but the ones that the command line names: the others take seconds to load.
    def find_server_extensions(self):
        pass

Bare.launch_instance(sys.argv[1:])
"""


class Line:
    """Between a learner's server and the exchange: passes everything on, and remembers what was asked."""

    def __init__(self, exchange: str) -> None:
        self.exchange = exchange
        self.asked: list[tuple[str, str]] = []
        self.is_cut = False
        self.hold: Callable[[str, str], bool] = lambda method, path: False
        """Whether the answer to that one is kept back."""
        self.held = threading.Event()
        self.token = ""
        """Sent in the place of everybody's own, if there is one."""
        self._let_go = threading.Event()
        self._client = httpx.Client(timeout=30, trust_env=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def count(self, method: str, ending: str) -> int:
        """How often something was asked, with whatever query."""
        return sum(m == method and p.partition("?")[0].endswith(ending) for m, p in self.asked)

    def close(self) -> None:
        self._let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def _handler(line) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                line.asked.append((self.command, self.path))
                if line.is_cut:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                left_out = ("host", "content-length", "connection", "accept-encoding")
                headers = {k: v for k, v in self.headers.items() if k.lower() not in left_out}
                if line.token:
                    headers["Authorization"] = f"Bearer {line.token}"
                answer = line._client.request(
                    self.command, line.exchange + self.path, content=body, headers=headers
                )
                if line.hold(self.command, self.path):
                    line.held.set()
                    line._let_go.wait(30)
                    self.close_connection = True
                    return
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
                if answer.status_code != 204:
                    self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PUT = do_DELETE = _pass_on

            def log_message(self, *_: Any) -> None: ...

        return Handler


@dataclass
class Lab:
    """Somebody's server, and their browser's requests to it."""

    home: Path
    environment: dict[str, str]
    options: tuple[str, ...] = ()
    bare: bool = True
    shows: Path | None = None
    """Another folder than its own."""
    python: str = sys.executable
    """Whose Jupyter it is."""
    names_us: bool = True
    """Whether the command line names our extension; what is installed is enabled without."""
    process: subprocess.Popen[bytes] | None = None
    port: int = 0
    line: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60, trust_env=False))

    @property
    def root(self) -> Path:
        """The folder that it shows."""
        return self.shows or self.home / "work"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/user/maria"

    def begin(self) -> Lab:
        """Start it, without waiting."""
        self.root.mkdir(parents=True, exist_ok=True)
        if not self.port:
            # One that begins again is where its browser looks for it.
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        command = [self.python, *(("-c", _BARE) if self.bare else ("-m", "jupyter_server"))]
        ours = ["--ServerApp.jpserver_extensions={'coursekit.labserver': True}"] if self.names_us else []
        # `jupyter` itself would start whatever `jupyter-server` the path leads to first.
        path = os.pathsep.join([str(Path(self.python).parent), self.environment.get("PATH", os.defpath)])
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *command,
                    "--no-browser",
                    "--allow-root",
                    "--ServerApp.ip=127.0.0.1",
                    f"--ServerApp.port={self.port}",
                    "--ServerApp.port_retries=0",
                    "--ServerApp.base_url=/user/maria/",
                    f"--ServerApp.root_dir={self.root}",
                    f"--IdentityProvider.token={TOKEN}",
                    *ours,
                    *self.options,
                ],
                cwd=self.home,
                env={**self.environment, "PATH": path},
                stdout=log,
                stderr=log,
            )
        return self

    def started(self) -> Lab:
        """Wait until it answers."""
        assert self.process is not None
        end = time.monotonic() + 60
        while True:
            try:
                if self.line.get(f"{self.url}/api").is_success:
                    return self
            except httpx.HTTPError:
                pass
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                # A file that is being read when the loop stops leaves Jupyter Server a thread that never ends.
                self.process.kill()
                self.process.wait(20)

    def log(self) -> str:
        return (self.home / "server.log").read_text(errors="replace")

    # what its lab asks

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """A request as the lab makes it; `path` below coursekit/api/."""
        more.setdefault("headers", {})["Authorization"] = f"token {TOKEN}"
        if body is not None:
            more["json"] = body
        return self.line.request(method, f"{self.url}/coursekit/api/{path}", **more)

    def get(self, path: str) -> Any:
        """What it says; fails when it refuses."""
        return self._said(self.ask("GET", path))

    def post(self, path: str, body: Any = None) -> Any:
        return self._said(self.ask("POST", path, {} if body is None else body))

    def put(self, path: str, body: Any) -> Any:
        return self._said(self.ask("PUT", path, body))

    def no(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """Status and code of a refusal, which must be one that people can read."""
        answer = self.ask(method, path, body, **more)
        assert not answer.is_success, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        problem = answer.json()
        assert problem["status"] == answer.status_code
        for sentence in (problem["detail"], problem["next_step"]):
            assert sentence.endswith("."), problem
            assert "Traceback" not in sentence, problem
        return answer.status_code, problem["code"]

    def _said(self, answer: httpx.Response) -> Any:
        assert answer.is_success, (answer.status_code, answer.text, self.log()[-3000:])
        return answer.json() if answer.content else None

    # what its learner does

    def folder(self, course: str, module: str) -> Path:
        return self.root / course / module

    def notebook(self, course: str, module: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.folder(course, module) / f"{module}.ipynb").read_text())
        return value

    def write(self, course: str, module: str, cell: str, text: str) -> None:
        """Type into a cell, and save."""
        value = self.notebook(course, module)
        next(c for c in value["cells"] if c["id"] == cell)["source"] = text
        (self.folder(course, module) / f"{module}.ipynb").write_text(json.dumps(value))

    def shown(self, course: str, module: str) -> list[dict[str, str]]:
        """What the screen shows once all is saved."""
        cells = self.notebook(course, module)["cells"]
        return [{"cell_id": c["id"], "source": "".join(c["source"])} for c in cells]


def environment(home: Path, **more: str) -> dict[str, str]:
    """A fresh login's: nothing of whoever runs the tests."""
    kept = {k: v for k, v in os.environ.items() if k in ("LANG", "LC_ALL", "TMPDIR", "TZ", "PYTHONPATH")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return kept | {"PATH": path, "HOME": str(home), **more}


@contextmanager
def running_exchange(data: Path) -> Iterator[str]:
    """The exchange as a process; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "coursekit", "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(data),
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait(20)
