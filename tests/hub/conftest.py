"""A real JupyterHub on loopback, with real single-user servers, and exchanges that it starts or only knows."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import uvicorn
import websocket

from coursekit.client import ExchangeClient
from coursekit.hub import HubTokens
from coursekit.model.ids import CourseId
from coursekit.services import enrol
from coursekit.web.app import create_app
from coursekit.wire.api import API, CellShape, FileShape, MemberShape, ReleaseUpload, SealedShape
from coursekit.wire.course import CourseShape
from coursekit.wiring.exchange import OPERATOR, Embedded, open_embedded

COURSE = "lamps"
PATIENCE = 60.0

_BASE = """
import os
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.ConfigurableHTTPProxy.pid_file = "proxy.pid"
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.cookie_secret_file = "secret"
# A Hub that is stopped leaves its proxy and its servers running, as it does on a real machine.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = False
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.http_timeout = c.Spawner.start_timeout = 90
# A server is asked for, and waited for here.
c.JupyterHub.tornado_settings = {{"slow_spawn_timeout": 0}}
c.Spawner.environment = {{"OPERATORS_OWN": "kept", "PYTHONUNBUFFERED": "1"}}
c.JupyterHub.load_groups = {{"gardeners": {{"users": ["maria"]}}}}
# Two services of the operator's: one that runs this Hub in these tests, and one that grades.
c.JupyterHub.services = [
    {{"name": "desk", "api_token": {desk!r}}},
    {{"name": "grading", "api_token": {grading!r}}},
]
c.JupyterHub.load_roles = [
    {{
        "name": "desk",
        "scopes": ["admin:users", "admin:servers", "admin:groups", "access:servers", "tokens"],
        "services": ["desk"],
    }},
    {{"name": "grading", "scopes": ["access:services!service=coursekit"], "services": ["grading"]}},
]
"""


@dataclass
class Hub:
    """A JupyterHub of one version, and what its operator and its users do."""

    bin: Path
    folder: Path
    public: int
    hub: int
    managed: int
    outside_url: str
    desk: str = field(default_factory=lambda: "desk-" + uuid.uuid4().hex)
    """The token of a service that may do what this test's operator does."""
    grading: str = field(default_factory=lambda: "grading-" + uuid.uuid4().hex)
    """The token of a service with the one scope, access to the exchange."""
    kernels: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    line: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE, trust_env=False))

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.hub}/hub/api"

    @property
    def url(self) -> str:
        """Where the world sees the Hub."""
        return f"http://127.0.0.1:{self.public}"

    @property
    def behind_the_proxy(self) -> str:
        return f"{self.url}/services/coursekit"

    @property
    def direct(self) -> str:
        return f"http://127.0.0.1:{self.managed}"

    # the operator

    def start(self) -> None:
        with (self.folder / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "jupyterhub", "-f", self.folder / "jupyterhub_config.py"],
                cwd=self.folder,
                env=environment(self.bin, self.folder),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        # The proxy last: its route to the exchange is the last thing that the Hub makes.
        for base in (self.direct, self.behind_the_proxy):
            self._until(base, lambda base=base: self.line.get(f"{base}{API}/ready").status_code == 200)  # type: ignore[misc]

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(PATIENCE)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"token {self.desk}"}
        answer = self.line.request(method, self.api + path, json=body, headers=headers)
        assert answer.is_success, (method, path, answer.status_code, answer.text, self.log())
        return answer.json() if answer.content else None

    def put_in_group(self, user: str, group: str) -> None:
        self.ask("POST", f"/groups/{group}/users", {"users": [user]})

    def take_out_of_group(self, user: str, group: str) -> None:
        self.ask("DELETE", f"/groups/{group}/users", {"users": [user]})

    def token_of(self, user: str) -> str:
        """One as the user makes it at the Hub's Token page."""
        return str(self.ask("POST", f"/users/{user}/tokens", {"note": "test"})["token"])

    def start_servers(self, *users: str) -> None:
        for user in users:
            self.ask("POST", f"/users/{user}/server")
        for user in users:
            self._until(f"{user}'s server", lambda user=user: self._is_up(user))  # type: ignore[misc]

    def stop_server(self, user: str) -> None:
        self.ask("DELETE", f"/users/{user}/server")
        self._until(f"the end of {user}'s server", lambda: not self.ask("GET", f"/users/{user}")["servers"])

    def _is_up(self, user: str) -> bool:
        servers = self.ask("GET", f"/users/{user}")["servers"]
        assert servers, (f"{user}'s server did not start", self.log())
        return bool(servers[""]["ready"])

    # a user, in their own server

    def get(self, user: str, path: str) -> httpx.Response:
        """From their server, with nothing of a browser."""
        return self.line.get(f"{self.url}/user/{user}{path}", headers={"Authorization": f"token {self.desk}"})

    def run(self, user: str, code: str) -> str:
        """What a cell prints in a kernel of their server. Fails with what the kernel says."""
        headers = {"Authorization": f"token {self.desk}"}
        home = f"{self.url}/user/{user}/api/kernels"
        if user not in self.kernels:
            made = self.line.post(home, json={}, headers=headers).raise_for_status()
            self.kernels[user] = made.json()["id"]
        return _execute(f"{home}/{self.kernels[user]}/channels".replace("http", "ws", 1), headers, code)

    def token_inside(self, user: str) -> str:
        return self.run(user, "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()

    # looking on

    def log(self) -> str:
        return (self.folder / "hub.log").read_text(errors="replace")[-6000:]

    def _until(self, what: str, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(httpx.HTTPError):
                if done():
                    return
            assert self.process is None or self.process.poll() is None, (f"{what} ended", self.log())
            assert time.monotonic() < end, (f"{what} took too long", self.log())
            time.sleep(0.1)


def _execute(url: str, headers: dict[str, str], code: str) -> str:
    line = websocket.create_connection(url, timeout=PATIENCE, header=headers)
    try:
        asked = uuid.uuid4().hex
        header = {
            "msg_id": asked,
            "msg_type": "execute_request",
            "session": asked,
            "username": "",
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        line.send(
            json.dumps(
                {
                    "header": header,
                    "parent_header": {},
                    "metadata": {},
                    "content": content,
                    "channel": "shell",
                }
            )
        )
        printed = ""
        while True:
            message = json.loads(line.recv())
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, said = message["msg_type"], message["content"]
            if kind == "stream":
                printed += said["text"]
            elif kind == "error":
                raise AssertionError("\n".join([printed, said["ename"], said["evalue"]]))
            elif kind == "status" and said["execution_state"] == "idle":
                return printed
    finally:
        line.close()


def environment(bin_folder: Path, home: Path) -> dict[str, str]:
    """A fresh login's: nothing of whoever runs the tests, and a home by which our processes are known."""
    kept = {k: v for k, v in os.environ.items() if k in ("LANG", "LC_ALL", "TMPDIR", "TZ")}
    return kept | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def end_all_of(folder: Path) -> None:
    """End every process that was given something in that folder: ours, and nobody else's.

    The oldest first: the Hub starts a service anew that it finds ended.
    """
    while ours := sorted(_all_of(folder), key=lambda p: p.create_time()):
        for process in ours:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        _, alive = psutil.wait_procs(ours, timeout=10)
        assert not alive, alive


def _all_of(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            # A service has no HOME, a kernel its own folder; each has something of ours in its environment.
            if process.status() != psutil.STATUS_ZOMBIE and str(folder) in " ".join(
                process.environ().values()
            ):
                found.append(process)
    return found


@contextmanager
def outside_exchange(bin_folder: Path, folder: Path, hub_api: str) -> Iterator[str]:
    """An exchange that somebody started beside the Hub; gives its address."""
    process = subprocess.Popen(
        [
            *(bin_folder / "coursekit", "serve", "--port", "0", "--data", folder / "outside"),
            *("--hub-api-url", hub_api, "--hub-service", "outside"),
        ],
        cwd=folder,
        env=environment(bin_folder, folder),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert "listens on http://" in said, said
        yield said.split()[-1]
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def running_hub(bin_folder: Path, folder: Path) -> Iterator[Hub]:
    public, hub, proxy, managed = free_ports(4)
    api = f"http://127.0.0.1:{hub}/hub/api"
    homes = folder / "homes"
    try:
        with outside_exchange(bin_folder, folder, api) as outside:
            opened = Hub(bin_folder, folder, public, hub, managed, outside)
            base = _BASE.format(
                **{"public": public, "hub": hub, "proxy": proxy, "homes": str(homes)},
                **{"desk": opened.desk, "grading": opened.grading},
            )
            # As an operator would: print it, and put it at the end. Twice, since one Hub may know two exchanges.
            pieces = [
                printed(bin_folder, "--course", COURSE, "--service", "outside", "--external", outside),
                printed(
                    bin_folder,
                    *("--course", COURSE, "--instructor", "ines"),
                    *("--port", str(managed), "--data", str(folder / "managed")),
                ),
            ]
            (folder / "jupyterhub_config.py").write_text("\n".join([base, *pieces]))
            opened.start()
            yield opened
    finally:
        end_all_of(folder)


def printed(bin_folder: Path, *arguments: str) -> str:
    return subprocess.run(
        [bin_folder / "coursekit", "hub-config", *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module", params=["newest", "oldest"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """One Hub for all of a file's tests: maria and ines have servers, olu only an account."""
    if request.param == "newest":
        bin_folder = Path(sys.executable).parent
    else:
        script = Path(__file__).with_name("oldest.py")
        made = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, text=True, check=True).stdout
        bin_folder = Path(made.strip()) / "bin"
    with running_hub(bin_folder, tmp_path_factory.mktemp(request.param)) as opened:
        for user in ("olu", "zoe", "gil"):
            opened.ask("POST", f"/users/{user}")
        opened.put_in_group("maria", f"nbgrader-{COURSE}")
        for url in (opened.direct, opened.outside_url):
            begin_course(url, opened.token_of("ines"))
        opened.start_servers("maria", "ines")
        yield opened


def begin_course(url: str, token: str) -> None:
    """Its teacher puts the course there, and releases its first module."""
    modules = [{"id": "first", "title": "First"}, {"id": "second", "title": "Second", "after": ["first"]}]
    course = {"id": COURSE, "title": "Lamps", "time_zone": "Europe/Berlin", "modules": modules}
    asked = [{"id": "p1", "kind": "reflection", "title": "Why?", "question": "Why?", "min_words": 3}]
    prompts = {
        **{"schema": "coursekit.prompts/1", "course": COURSE, "module": "first", "title": "First"},
        **{"notebook": "first", "prompts": asked},
    }
    with ExchangeClient(url, token) as teacher:
        teacher.put_course(CourseShape.model_validate(course))
        teacher.release(
            COURSE,
            "first",
            ReleaseUpload(
                files=[
                    FileShape.of("first.ipynb", notebook("*Write your answer here.*")),
                    FileShape.of("prompts.json", json.dumps(prompts).encode()),
                ],
                prompts=asked,
                reveals=[
                    SealedShape(
                        after="p1",
                        cells=[CellShape(cell_id="r", cell_type="markdown", source="IT WAS THE LAMP")],
                    )
                ],
            ),
        )


def notebook(answer: str) -> bytes:
    grader = {
        "grade": True,
        "grade_id": "p1",
        "locked": False,
        "points": 1,
        "schema_version": 3,
        "solution": True,
    }
    metadata = {"coursekit": {"prompt": {"id": "p1"}}, "nbgrader": {**grader, "task": False}}
    cell = {"cell_type": "markdown", "id": "c1", "metadata": metadata, "source": answer}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@dataclass
class House:
    """An exchange in this process, on the same Hub, with a clock that the test sets."""

    url: str
    embedded: Embedded
    moment: list[datetime]
    line: httpx.Client

    def advance(self, seconds: float) -> None:
        self.moment[0] += timedelta(seconds=seconds)

    def read(self, token: str) -> httpx.Response:
        return self.line.get(f"{self.url}{API}/courses", headers={"Authorization": f"Bearer {token}"})

    def write(self, token: str) -> httpx.Response:
        return self.line.put(
            f"{self.url}{API}/courses/{COURSE}/me",
            json={"time_zone": ""},
            headers={"Authorization": f"Bearer {token}"},
        )

    def enrol(self, **people: str) -> None:
        shapes = [MemberShape.model_validate({"user": u, "role": r}) for u, r in people.items()]
        enrol.put_members(self.embedded.exchange, OPERATOR, CourseId(COURSE), shapes)


@pytest.fixture
def open_house(hub: Hub, tmp_path: Path) -> Iterator[Callable[[str], House]]:
    """Open an exchange under a name that the Hub gives rights to, or not."""
    ends: list[Callable[[], None]] = []

    def open_(service: str) -> House:
        moment = [datetime(2027, 1, 11, 8, tzinfo=UTC)]
        embedded = open_embedded(tmp_path / service, lambda: moment[0])
        tokens = HubTokens(hub.api, service, lambda: moment[0])
        listener = socket.create_server(("127.0.0.1", 0))
        app = create_app(embedded.exchange, tokens, embedded.public_keys)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))

        async def whole() -> None:
            await server.serve(sockets=[listener])
            await tokens.close()

        thread = threading.Thread(target=lambda: asyncio.run(whole()), daemon=True)
        thread.start()
        line = httpx.Client(timeout=PATIENCE, trust_env=False)

        def end() -> None:
            line.close()
            server.should_exit = True
            thread.join(20)
            listener.close()
            embedded.ledger.close()

        ends.append(end)
        return House(f"http://127.0.0.1:{listener.getsockname()[1]}", embedded, moment, line)

    yield open_
    for end in ends:
        end()
