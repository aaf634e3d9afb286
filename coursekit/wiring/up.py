"""The processes and files of `coursekit up`: a JupyterHub, its proxy, the exchange, people's servers.

DATA/accounts.json    who may sign in          DATA/homes/NAME   people's homes
DATA/passwords.csv    a class's, once          DATA/exchange     the exchange's own
DATA/course           staff's course folder    DATA/hub          the Hub's own, with its log
DATA/etc              nbgrader and the lab, for staff and for learners
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.model.errors import BadInput, ServiceFault
from coursekit.policy.up import MARKER, UpSetup, nbgrader_settings, page_settings, server_settings, up_config
from coursekit.wiring.settings import numerical_environment
from coursekit.wiring.up_accounts import read_accounts

if TYPE_CHECKING:
    import psutil

_PATIENCE = 120.0
_ENDING = 30.0
_HANDED_ON = ("JUPYTER_PATH", "PYTHONPATH", "TZ")
"""What people's servers get of this process's environment, where it is there."""


class Stopped(ServiceFault):
    """A part of it does not run, or no longer."""

    title = "It does not run"


@dataclass(frozen=True)
class Place:
    """Where one `coursekit up` keeps everything."""

    data: Path

    @property
    def accounts(self) -> Path:
        """Who may sign in."""
        return self.data / "accounts.json"

    @property
    def course(self) -> Path:
        """Staff's course folder."""
        return self.data / "course"

    @property
    def exchange(self) -> Path:
        """The exchange's own folder."""
        return self.data / "exchange"

    @property
    def hub(self) -> Path:
        """The Hub's own folder."""
        return self.data / "hub"

    @property
    def log(self) -> Path:
        """What the Hub, the exchange and the servers say."""
        return self.hub / "hub.log"

    @property
    def told(self) -> Path:
        """There once somebody was shown the sample accounts' password."""
        return self.hub / "password-was-shown"

    @property
    def caches(self) -> dict[str, str]:
        """Found by all kernels, so that the first cell of each newcomer need not look through the fonts."""
        return {"MPLCONFIGDIR": str(self.data / "cache" / "matplotlib")}


def check_installed() -> None:
    """Raises BadInput when the packages for it are not there."""
    missing = [
        name
        for name, module in (
            ("jupyterhub", "jupyterhub"),
            ("configurable-http-proxy", "configurable_http_proxy"),
            ("psutil", "psutil"),
        )
        if find_spec(module) is None
    ]
    if missing:
        raise BadInput(
            "not-installed",
            f"`coursekit up` needs {' and '.join(missing)}, and not all of it is installed here.",
            "Install it: pip install 'coursekit[up]'.",
        )


def check_port(host: str, port: int) -> None:
    """Raises BadInput when nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "there is no such port"
        raise BadInput(
            "port-in-use",
            f"{host}:{port} cannot be listened on: {reason}.",
            f"Choose another: coursekit up --port {port + 1 if port < 65_000 else 8000}.",
        ) from error


@contextmanager
def hold(place: Place) -> Iterator[None]:
    """The data folder, for this process alone. Raises BadInput when it is somebody else's, or no folder of ours."""
    data = place.data
    if data.is_dir() and any(data.iterdir()) and not (data / "up.lock").is_file():
        raise BadInput(
            "not-ours",
            f"{data} is not empty, and no `coursekit up` made it.",
            "Choose another folder with --data.",
        )
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadInput(
                "already-up",
                f"A `coursekit up` is running in {data}.",
                "Use that one, or end it with Ctrl-C. A second course needs a folder of its own: --data.",
            ) from error
        # One that was killed leaves its Hub and its people's servers behind.
        end_all(place)
        yield


@dataclass
class Running:
    """A Hub that was started here."""

    place: Place
    process: subprocess.Popen[bytes]
    url: str
    """Where people go."""
    exchange_url: str

    def wait_until_ready(self) -> None:
        """Raises Stopped when the Hub ends or takes too long."""
        import httpx

        waiting = [f"{self.exchange_url}/api/v1/ready", f"{self.url}hub/login"]
        end = time.monotonic() + _PATIENCE
        with httpx.Client(timeout=10, trust_env=False) as line:
            while waiting:
                with suppress(httpx.HTTPError):
                    if line.get(waiting[0]).status_code == 200:
                        waiting.pop(0)
                        continue
                self.check()
                if time.monotonic() > end:
                    raise self._fault("does not answer")
                time.sleep(0.05)

    def check(self) -> None:
        """Raises Stopped when the Hub has ended."""
        if self.process.poll() is not None:
            raise self._fault("has ended")

    def _fault(self, what: str) -> Stopped:
        said = self.place.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-6:]
        end = "\n  ".join(line[:300] for line in said)
        return Stopped(
            "hub-ended",
            f"The JupyterHub {what}. It said last:\n  {end}",
            f"Read the whole in {self.place.log}.",
        )


@contextmanager
def running(place: Place, course: str, title: str, host: str, port: int) -> Iterator[Running]:
    """The Hub, as long as the block lasts; at its end no process is left. Hold the place first."""
    hub_port, proxy_port, exchange_port = _free_ports(3)
    accounts = read_accounts(place.accounts)
    setup = UpSetup(
        course=course,
        title=title,
        host=host,
        port=port,
        hub_port=hub_port,
        proxy_port=proxy_port,
        exchange_port=exchange_port,
        data=str(place.data),
        python=sys.executable,
        coursekit=(sys.executable, "-m", "coursekit"),
        staff=sorted(a.user for a in accounts.values() if a.is_staff),
        as_root=os.geteuid() == 0,
        environment={
            **numerical_environment(),
            **place.caches,
            **{name: os.environ[name] for name in _HANDED_ON if name in os.environ},
        },
    )
    place.hub.mkdir(exist_ok=True, mode=0o700)
    (place.data / "homes").mkdir(exist_ok=True, mode=0o700)
    config = place.hub / "jupyterhub_config.py"
    config.write_text(up_config(setup), encoding="utf-8")
    _write_settings(place, course)
    if place.log.is_file():
        place.log.replace(place.hub / "hub.log.before")
    with place.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(config)],
            cwd=place.hub,
            env=_hub_environment(place),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal is for this process, which then ends the Hub in good order.
            start_new_session=True,
        )
    shown = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
    try:
        yield Running(place, process, f"http://{shown}:{port}/", f"http://127.0.0.1:{exchange_port}")
    finally:
        _end(process)
        end_all(place)


def sign_everybody_out(place: Place) -> None:
    """With another password, nobody stays in by the one before."""
    (place.hub / "cookie_secret").unlink(missing_ok=True)


def _hub_environment(place: Place) -> dict[str, str]:
    # What the exchange keeps where is said by the data folder alone, whatever this shell is set up for.
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("COURSEKIT_", "JUPYTERHUB_", "CONFIGPROXY_"))
    }
    folder = str(Path(sys.executable).parent)
    path = os.pathsep.join([folder, kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, MARKER: str(place.data), "PYTHONUNBUFFERED": "1"}


def _write_settings(place: Place, course: str) -> None:
    for kind, staff in (("staff", True), ("learner", False)):
        folder = place.data / "etc" / kind
        (folder / "labconfig").mkdir(parents=True, exist_ok=True)
        root = str(place.course) if staff else None
        for name, text in (
            ("nbgrader_config.py", nbgrader_settings(course, root)),
            ("jupyter_server_config.json", json.dumps(server_settings(staff), indent=1)),
            ("labconfig/page_config.json", json.dumps(page_settings(staff), indent=1)),
        ):
            (folder / name).write_text(text, encoding="utf-8")
    Path(place.caches["MPLCONFIGDIR"]).mkdir(parents=True, exist_ok=True)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def _end(process: subprocess.Popen[bytes]) -> None:
    """In good order: the Hub stops people's servers, these their kernels, and then its own parts."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    # A second Ctrl-C means: at once.
    with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(_ENDING)


def end_all(place: Place) -> None:
    """End whatever belongs to this place still: ours by their environment, and nobody else's."""
    while left := list(_left(place)):
        for process in left:
            with suppress(Exception):
                process.kill()
        time.sleep(0.05)


def _left(place: Place) -> Iterator[psutil.Process]:
    import psutil

    data = str(place.data)
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            said = process.environ()
            # The exchange gets no environment of ours from the Hub but its data folder.
            as_service = (
                "JUPYTERHUB_SERVICE_NAME" in said and said.get("COURSEKIT_DATA") == f"{data}/exchange"
            )
            if said.get(MARKER) == data or as_service:
                yield process
