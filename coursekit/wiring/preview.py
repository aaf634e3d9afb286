"""The processes and files of one `coursekit preview`: an exchange and a lab of its own, in a folder that goes.

FOLDER/course     the module's copy       FOLDER/work      what the learner of the preview has
FOLDER/exchange   an exchange's data      FOLDER/config    that learner's sign-in, and the lab's settings
FOLDER/state      now.json: this process tells the lab; shown.json, start-over: the lab tells this process
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.client import ExchangeClient
from coursekit.model.errors import Conflict, ServiceFault
from coursekit.model.ids import CourseId, PromptId, UserId
from coursekit.policy.preview import LEARNER
from coursekit.policy.up import FOR_LEARNERS, page_settings, server_settings
from coursekit.services import answer, enrol
from coursekit.services.preview import open_all
from coursekit.store import pen
from coursekit.wire.api import MemberShape
from coursekit.wiring.exchange import OPERATOR, Embedded, open_embedded
from coursekit.wiring.learner import open_workbook, take_home
from coursekit.wiring.preview_course import PreviewCourse, Round
from coursekit.wiring.preview_state import NOW, SHOWN, START_OVER, read_state, write_state
from coursekit.wiring.settings import tool_environment

if TYPE_CHECKING:
    from coursekit.lint.finding import Finding
    from coursekit.model.prompt import Prompt, Response

MARKER = "COURSEKIT_PREVIEW"
"""In the environment of every process that belongs to one preview: its folder."""
_PATIENCE = 90.0
_ENDING = 10.0
_AUTHOR = UserId("author")
_LASTS = timedelta(days=7)


@dataclass
class Preview:
    """One that is running."""

    folder: Path
    course: PreviewCourse
    as_committed: bool
    fresh: bool
    """Each save begins anew."""
    embedded: Embedded
    exchange_url: str
    lab_url: str
    secret: str
    processes: Mapping[str, subprocess.Popen[bytes]]
    number: int = 0
    """Of what the lab was told last."""
    learners: int = 0
    """How many there were: each start over is another one."""
    shown: Round | None = None
    refused: list[str] = field(default_factory=list)
    """Prompts that could not be opened, with `as_committed`."""

    @property
    def url(self) -> str:
        """Where the module is, for a browser."""
        module = self.course.module
        return f"{self.lab_url}lab/tree/{module}/{module}.ipynb?token={self.secret}"

    def check(self) -> None:
        """Raises ServiceFault when a part of it has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                said = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
                raise ServiceFault(
                    "preview-ended",
                    f"The preview's {name} has ended. It said last:\n{said.strip()[-600:]}",
                    "Start the preview again; `coursekit doctor` looks for what is wrong.",
                )

    def round(self, saved_at: float | None = None) -> Round:
        """Check, build and release what stands there, and tell the lab. `saved_at`: in seconds since 1970."""
        self.tell(state="building")
        with self._line(_AUTHOR) as exchange:
            done = self.course.release(exchange)
        if done.is_shown:
            first, self.shown = self.shown is None, done
            if first:
                self.start_over()
        findings = [f"{_place(f)}: {f.message} {f.hint}" for f in done.findings if f.is_error]
        if done.trouble is not None:
            findings = [f"{done.trouble.detail} {done.trouble.next_step}"]
        state = "shown" if done.is_shown else "errors"
        self.tell(state=state, findings=findings, saved_at=saved_at)
        return done

    def tell(self, **more: Any) -> None:
        """Let the lab know."""
        self.number += 1
        told = {
            "number": self.number,
            "course": self.course.course,
            "module": self.course.module,
            "release": self.shown.release if self.shown else None,
            "anew": self.as_committed or self.fresh,
            "findings": [],
            "saved_at": None,
        }
        write_state(self.folder / "state" / NOW, {**told, **more})

    def start_over(self) -> None:
        """As somebody who has never seen the module: another learner, another folder."""
        self.learners += 1
        who = UserId(LEARNER if self.learners == 1 else f"{LEARNER}-{self.learners}")
        member = MemberShape(user=who, role="learner")
        enrol.put_members(self.embedded.exchange, OPERATOR, CourseId(self.course.course), [member])
        there = self.folder / "work" / self.course.module
        new = self.folder / f"new-{self.learners}" / self.course.module
        with self._line(who) as exchange:
            take_home(exchange, self.course.course, self.course.module, new)
            self.refused = self._open_all(new, who, exchange) if self.as_committed else []
        # From here on the lab is somebody else.
        login = {"url": self.exchange_url, "token": self.embedded.issue_token(who, _LASTS)}
        write_state(self.folder / "config" / "coursekit" / "login.json", login)
        shutil.rmtree(there, ignore_errors=True)
        there.parent.mkdir(exist_ok=True)
        new.replace(there)

    def _open_all(self, folder: Path, who: str, exchange: ExchangeClient) -> list[str]:
        workbook = open_workbook(folder)

        def write(prompt: Prompt, response: Response) -> None:
            if prompt.kind.in_notebook:
                text = next(iter(response.values()))
                pen.write_cell(folder / workbook.notebook, prompt.id, text)
            else:
                workbook.save_response(prompt.id, response)

        def commit(prompt: Prompt) -> object:
            return answer.commit(workbook, exchange, PromptId(prompt.id))

        return [f"{prompt}: {error.detail}" for prompt, error in open_all(workbook, who, write, commit)]

    def wants_to_start_over(self) -> bool:
        """Whether the lab has asked for it."""
        return (self.folder / "state" / START_OVER).exists()

    def has_started_over(self) -> None:
        """Let the lab know that it is done."""
        (self.folder / "state" / START_OVER).unlink(missing_ok=True)

    def take_shown(self) -> Mapping[str, Any] | None:
        """What the lab has brought before somebody's eyes since this was asked last."""
        path = self.folder / "state" / SHOWN
        found = read_state(path)
        path.unlink(missing_ok=True)
        return found

    def _line(self, who: UserId) -> ExchangeClient:
        return ExchangeClient(self.exchange_url, self.embedded.issue_token(who, _LASTS))


@contextmanager
def previewing(
    root: Path, module: str, port: int = 0, as_committed: bool = False, fresh: bool = False
) -> Iterator[Preview]:
    """A preview as long as the block lasts; at its end no process and no folder is left.

    Raises BadInput, NotFound for a module that is not there, Conflict for a port that is taken, and ServiceFault
    when a part of it does not start.
    """
    port = _port_of(port)
    folder = Path(tempfile.mkdtemp(prefix="coursekit-preview-"))
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        course = PreviewCourse(root, module, folder / "course")
        for name in ("work", "config", "state"):
            (folder / name).mkdir()
        secret = secrets.token_urlsafe(24)
        processes["lab"] = _start_lab(folder, secret, port)
        embedded = open_embedded(folder / "exchange")
        try:
            processes["exchange"], exchange_url = _start_exchange(folder)
            member = MemberShape(user=_AUTHOR, role="instructor")
            enrol.put_members(embedded.exchange, OPERATOR, CourseId(course.course), [member])
            yield Preview(
                folder,
                course,
                as_committed,
                fresh,
                embedded,
                exchange_url,
                f"http://127.0.0.1:{port}/",
                secret,
                processes,
            )
        finally:
            embedded.ledger.close()
    finally:
        for process in processes.values():
            _end(process)
        _end_left(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _place(finding: Finding) -> str:
    name = finding.file.rsplit("/", 1)[-1]
    return name if finding.cell is None else f"{name}, cell {finding.cell}"


def wait_for_lab(preview: Preview) -> None:
    """Raises ServiceFault when the lab ends or takes too long."""
    import httpx

    end = time.monotonic() + _PATIENCE
    with httpx.Client(timeout=10, trust_env=False) as line:
        while time.monotonic() < end:
            preview.check()
            with suppress(httpx.HTTPError):
                if line.get(f"{preview.lab_url}api").status_code == 200:
                    return
            time.sleep(0.05)
    raise ServiceFault(
        "preview-slow", "The preview's lab does not answer.", "Try again; close what is heavy."
    )


def _start_lab(folder: Path, secret: str, port: int) -> subprocess.Popen[bytes]:
    config = folder / "config"
    (config / "labconfig").mkdir()
    page = {**page_settings(staff=False), "coursekitPreview": "true"}
    settings = server_settings(staff=False)
    for name, value in (("labconfig/page_config.json", page), ("jupyter_server_config.json", settings)):
        (config / name).write_text(json.dumps(value), encoding="utf-8")
    own = _own_jupyter()
    if (own / "lab" / "user-settings").is_dir():
        # The author's theme and language.
        shutil.copytree(own / "lab" / "user-settings", config / "lab" / "user-settings")
    left_out = ("COURSEKIT_", "JUPYTERHUB_", "JUPYTER_CONFIG", "JUPYTER_RUNTIME", "JUPYTER_TOKEN")
    kept = {k: v for k, v in tool_environment().items() if not k.startswith(left_out)}
    return _start(
        folder,
        "lab",
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={folder / 'work'}",
            "--ServerApp.jpserver_extensions={'coursekit.labserver': True}",
            f"--LabServer.preview_folder={folder / 'state'}",
            "--LabServer.poll_seconds=1",
            "--LabApp.news_url=None",
            *FOR_LEARNERS,
        ],
        {
            **kept,
            MARKER: str(folder),
            "JUPYTER_TOKEN": secret,
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "XDG_CONFIG_HOME": str(config),
        },
    )


def _own_jupyter() -> Path:
    from jupyter_core.paths import jupyter_config_dir

    return Path(jupyter_config_dir())


def _start_exchange(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    kept = {k: v for k, v in tool_environment().items() if not k.startswith(("COURSEKIT_", "JUPYTERHUB_"))}
    process = _start(
        folder,
        "exchange",
        [sys.executable, "-m", "coursekit", "serve", "--data", str(folder / "exchange"), "--port", "0"],
        {**kept, MARKER: str(folder), "PYTHONUNBUFFERED": "1"},
    )
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        said = (folder / "exchange.log").read_text(encoding="utf-8", errors="replace")
        if "http://" in said and said.endswith("\n"):
            return process, said.split()[-1]
        time.sleep(0.05)
    said = (folder / "exchange.log").read_text(encoding="utf-8", errors="replace")
    _end(process)
    raise ServiceFault(
        "preview-ended",
        f"The preview's exchange did not start. It said last:\n{said.strip()[-600:]}",
        "`coursekit doctor` looks for what is wrong.",
    )


def _start(
    folder: Path, name: str, command: list[str], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal is for this process, which then ends the others in good order.
            start_new_session=True,
        )


def _port_of(port: int) -> int:
    """That port, or a free one for 0. Raises Conflict when somebody else listens there."""
    import socket

    try:
        with socket.create_server(("127.0.0.1", port)) as held:
            found: int = held.getsockname()[1]
            return found
    except OSError as error:
        raise Conflict(
            "port-in-use",
            f"Something else listens on port {port} already.",
            "Leave --port out, and a free one is taken; or name another.",
        ) from error


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    # A second Ctrl-C means: at once.
    with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(_ENDING)
        return
    with suppress(ProcessLookupError):
        process.kill()
    process.wait()


def _end_left(folder: Path) -> None:
    """End what a lab that had to be killed has left: its kernels, ours by their environment."""
    with suppress(ImportError):
        import psutil

        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.pid != os.getpid() and process.environ().get(MARKER) == str(folder):
                    process.kill()
