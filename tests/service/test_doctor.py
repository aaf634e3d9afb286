"""`coursekit doctor`, with the real thing broken each time, and exactly what it says then."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from coursekit import __version__
from coursekit.cli import main
from coursekit.services.diagnose import diagnose
from coursekit.store import migrate
from coursekit.store.ledger import sqlite_engine
from coursekit.wiring import doctor as wiring
from coursekit.wiring.clock import utc_now
from coursekit.wiring.doctor import Here
from coursekit.wiring.exchange import open_embedded

LINE = "from coursekit.nbgrader_exchange import configure; configure(get_config())"
Doctor = Callable[..., tuple[int, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own, in which nothing is set up yet and formgrader is off, as learners should have it."""
    folder = tmp_path / "home"
    (folder / "work").mkdir(parents=True)
    for name in list(os.environ):
        if name.startswith(("COURSEKIT_", "JUPYTER", "XDG_", "PG")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder / ".jupyter"))
    # nbgrader's wheel switches formgrader on for its whole environment; what stands here outweighs it.
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    switch_formgrader(folder, False)
    monkeypatch.chdir(folder / "work")
    return folder


def switch_formgrader(home: Path, is_on: bool) -> None:
    path = home / ".jupyter" / "jupyter_server_config.json"
    path.parent.mkdir(exist_ok=True)
    switches = {"nbgrader.server_extensions.formgrader": is_on}
    path.write_text(json.dumps({"ServerApp": {"jpserver_extensions": switches}}))


@pytest.fixture
def doctor(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """`coursekit doctor …` as one types it: exit code, and all that was said."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["coursekit", "doctor", *(str(a) for a in arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = int(error.code or 0)
        said = capsys.readouterr()
        assert said.err == ""
        return code, said.out

    return run


@pytest.fixture
def sign_in(lamps: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Be somebody at the real exchange."""

    def be(name: str, **more: Any) -> Any:
        monkeypatch.setenv("COURSEKIT_URL", lamps.url)
        monkeypatch.setenv("COURSEKIT_TOKEN", lamps.token(name, **more))
        return lamps

    return be


def broken(said: str) -> list[str]:
    """The lines with a cross or a dash, each with its fix."""
    lines = said.splitlines()
    return [
        line + ("\n" + lines[n + 1] if lines[n + 1].startswith(" " * 13 + "→") else "")
        for n, line in enumerate(lines[:-1])
        if line.startswith(("✗", "–"))
    ]


FIX = "\n             → "
NOT_SET_UP = (
    "– nbgrader   nbgrader is not set up for this exchange here; coursekit's own commands work without it."
)


# the way to the exchange


def test_all_is_well_for_a_learner(home: Path, doctor: Doctor, sign_in: Any) -> None:
    lamps = sign_in("maria")
    assert doctor() == (
        0,
        f"""\
✓ address    The exchange's address is {lamps.url}, from COURSEKIT_URL.
✓ service    The exchange answers, and runs coursekit {__version__} as here.
✓ clock      This computer's clock agrees with the exchange's.
✓ course     You are signed in, and in lamps (learner).
✓ folder     This folder, {home}/work, can be written.
✓ folder     The login's folder, {home}/.config/coursekit, can be written.
✓ kernel     Notebooks here can show the course's forms.
✓ lab        JupyterLab can show the course here.
{NOT_SET_UP}

All is well.
""",
    )


def in_a_terminal(width: int, **more: str) -> str:
    """What a terminal of that width is sent."""
    there, here = pty.openpty()
    command = [sys.executable, "-m", "coursekit", "doctor"]
    environment = {**os.environ, "COLUMNS": str(width), "TERM": "xterm-256color", **more}
    with subprocess.Popen(command, stdin=here, stdout=here, stderr=here, env=environment) as process:
        os.close(here)
        said = b""
        while True:
            try:
                part = os.read(there, 4096)
            # So Linux says that nobody holds the other end any more.
            except OSError:
                part = b""
            if not part:
                break
            said += part
        process.wait()
    os.close(there)
    return said.decode().replace("\r\n", "\n")


def test_in_a_terminal_lines_are_folded_and_marks_have_colours(doctor: Doctor, sign_in: Any) -> None:
    sign_in("nobody")
    said = in_a_terminal(70)
    assert "\x1b[32m✓\x1b[0m service" in said
    bare = re.sub(r"\x1b\[[0-9;]*m", "", said)
    assert "✗ course     You are signed in, and in no course." in bare
    assert (
        "             → Ask the course's staff to add you: coursekit roster add\n"
        "               COURSE YOUR-NAME.\n" in bare
    )
    assert "\x1b[32m" not in in_a_terminal(70, NO_COLOR="1")


def test_outside_a_terminal_a_line_stays_a_line(
    doctor: Doctor, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel claims colours for lines that are none of a terminal's."""
    sign_in("nobody")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    said = doctor()[1]
    assert "\x1b" not in said
    assert "✗ course     You are signed in, and in no course.\n" in said


def test_nothing_is_left_behind(home: Path, doctor: Doctor, sign_in: Any) -> None:
    (home / ".ipython").mkdir()  # which IPython makes wherever it is imported
    before = sorted(home.iterdir())
    inside = sorted((home / "work").rglob("*"))
    kept = sign_in("maria").kept()
    doctor()
    assert sorted(home.iterdir()) == before
    assert sorted((home / "work").rglob("*")) == inside
    assert sign_in("maria").kept() == kept


def test_for_programs(doctor: Doctor, sign_in: Any) -> None:
    sign_in("maria")
    code, said = doctor("--json", "--course", "ropes")
    value = json.loads(said)
    assert (code, value["healthy"]) == (1, False)
    assert [(f["check"], f["state"], f["code"]) for f in value["findings"] if f["state"] != "good"] == [
        ("course", "broken", "not-in-course"),
        ("nbgrader", "note", "nbgrader-not-configured"),
    ]
    assert all(set(f) == {"check", "state", "code", "text", "fix"} for f in value["findings"])


def test_no_service(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    monkeypatch.setenv("COURSEKIT_URL", url)
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ service    Nothing answers at {url}: the connection was refused.{FIX}"
        "Start it with `coursekit serve`; if the exchange is elsewhere, run `coursekit login ITS-ADDRESS`."
    )
    assert said.endswith("\nOne thing to mend.\n")


def test_a_service_that_was_stopped(doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "coursekit", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            monkeypatch.setenv("COURSEKIT_URL", url)
            assert "✓ service" in _until_it_answers(doctor)
        finally:
            process.terminate()
    code, said = doctor()
    assert code == 1
    assert f"✗ service    Nothing answers at {url}: the connection was refused.\n" in said


def _until_it_answers(doctor: Doctor) -> str:
    for _ in range(100):
        said = doctor()[1]
        if "✗ service" not in said:
            return said
    return said


def test_a_name_that_nobody_has(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSEKIT_URL", "http://exchange.invalid")
    lines = broken(doctor()[1])
    assert lines[0].startswith("✗ service    Nothing answers at http://exchange.invalid: ")
    assert lines[0].endswith(
        f"{FIX}Compare the address with what the course's staff gave you; then ask them whether it is running."
    )


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """Another program on a port of its own; it gives everybody the same answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_something_else_answers(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    for status, body in ((404, b"no"), (200, b"<h1>Welcome</h1>"), (200, b"{}")):
        with answering(status, body) as url:
            monkeypatch.setenv("COURSEKIT_URL", url)
            code, said = doctor()
        assert code == 1
        assert broken(said)[0] == (
            f"✗ service    Something answers at {url}, with status {status}, and it is no coursekit exchange.{FIX}"
            "Compare the address with what the course's staff gave you; behind a JupyterHub it ends in "
            "/services/coursekit."
        )


def test_another_version(doctor: Doctor, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in("maria")
    monkeypatch.setattr(wiring, "__version__", "0.0.1")
    code, said = doctor()
    assert code == 0
    assert broken(said)[0] == (
        f"– service    The exchange runs coursekit {__version__}, and here is 0.0.1.{FIX}"
        f"If something behaves oddly: pip install coursekit=={__version__}."
    )


def test_an_exchange_that_cannot_take_work_in(doctor: Doctor, sign_in: Any) -> None:
    lamps = sign_in("maria")
    set_version(lamps.data / "ledger.sqlite", "0001")
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ service    The exchange at {lamps.url} is running and cannot take work in: schema-behind.{FIX}"
        "Run `coursekit doctor` on the exchange's own machine."
    )


ADDRESSES = {
    "exchange.example.org": "is no address of a service.",
    "ftp://exchange.example.org": "is no address of a service.",
    "http://": "is no address of a service.",
    "http://exchange.example.org:port": "is no address of a service.",
    "http://[::1": "is no address of a service.",
    " http://exchange.example.org": "is no address of a service.",
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_that_is_none(url: str, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSEKIT_URL", url)
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ address    “{url}”, from COURSEKIT_URL, is no address of a service.{FIX}"
        "Write it like https://exchange.example.org in COURSEKIT_URL."
    )


def test_an_address_with_too_much(doctor: Doctor, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    url = sign_in("maria").url + "/api/v1"
    monkeypatch.setenv("COURSEKIT_URL", url)
    assert broken(doctor()[1])[0] == (
        f"✗ address    {url}, from COURSEKIT_URL, has too much at its end.{FIX}"
        "Write it like https://exchange.example.org in COURSEKIT_URL."
    )


def test_a_clock_that_is_wrong(home: Path, sign_in: Any) -> None:
    sign_in("maria")

    def says(by: timedelta) -> Any:
        here = Here(home / "work", clock=lambda: utc_now() + by)
        return next(f for f in diagnose(here) if f.check == "clock")

    assert says(timedelta(seconds=50)).code == "ok"
    ahead = says(timedelta(minutes=5))
    assert (ahead.state, ahead.code, ahead.text) == (
        "note",
        "clock-skew",
        "This computer's clock is 5 minutes ahead of the exchange's, so due dates look wrong here. "
        "The exchange's clock is the one that counts.",
    )
    assert says(-timedelta(hours=26)).text.startswith("This computer's clock is 1 day behind the exchange's,")


# who asks


def test_nobody_is_signed_in(lamps: Any, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSEKIT_URL", lamps.url)
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ sign-in    You are not signed in: there is no token here.{FIX}Ask the course's staff for one, then run "
        "`coursekit login ADDRESS`. On a JupyterHub, restart your server."
    )


def test_a_token_that_is_none(doctor: Doctor, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in("maria")
    monkeypatch.setenv("COURSEKIT_TOKEN", "made-up")
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ sign-in    Your token does not hold.{FIX}"
        "Get a new one: restart your server, or ask for `coursekit token YOU`."
    )
    assert "made-up" not in said


def test_a_token_that_ran_out(doctor: Doctor, sign_in: Any) -> None:
    sign_in("maria", valid=timedelta(days=1)).clock.advance(days=2)
    assert broken(doctor()[1])[0] == (
        f"✗ sign-in    Your token is no longer valid.{FIX}"
        "Get a new one: restart your server, or ask for `coursekit token YOU`."
    )


def test_a_broken_login_file(home: Path, doctor: Doctor) -> None:
    path = home / ".config" / "coursekit" / "login.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ sign-in    {path} cannot be read.{FIX}Run `coursekit login URL` to write it anew."
    )


def on_a_hub(monkeypatch: pytest.MonkeyPatch, api_url: str, url: str) -> None:
    monkeypatch.setenv("COURSEKIT_URL", url)
    monkeypatch.delenv("COURSEKIT_TOKEN", raising=False)
    monkeypatch.setenv("JUPYTERHUB_API_URL", api_url)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "the-servers-own")


def test_a_scope_that_is_missing_on_a_hub(
    lamps: Any, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Hub's API by its own words, answered by a program of ours; the real Hub is in tests/hub."""
    model = {
        "kind": "user",
        "name": "maria",
        "scopes": ["users:activity!user=maria", "read:users:name!user=maria"],
    }
    with answering(200, json.dumps(model).encode()) as hub:
        on_a_hub(monkeypatch, hub, lamps.url)
        code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        "✗ hub        Your server's token lacks the scope access:services!service=coursekit, so the exchange "
        f'turns it away.{FIX}Whoever runs the JupyterHub adds "access:services!service=coursekit" to "scopes" of '
        "the roles “server” and “user” in jupyterhub_config.py (`coursekit hub-config` prints it whole), and "
        "restarts the Hub; then restart your server."
    )
    assert "the-servers-own" not in said
    # The exchange would say the same in other words.
    assert "sign-in" not in said


def test_the_scope_is_there_on_a_hub(lamps: Any, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    scopes = ["access:services!service=coursekit"]
    with answering(200, json.dumps({"kind": "user", "name": "maria", "scopes": scopes}).encode()) as hub:
        on_a_hub(monkeypatch, hub, lamps.url)
        said = doctor()[1]
    assert "✓ hub        Your server's token has the scope that the exchange needs, access:services" in said


def test_a_hub_that_is_away_or_forgot_the_server(
    lamps: Any, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(403, b"{}") as hub:
        on_a_hub(monkeypatch, hub, lamps.url)
        said = doctor()[1]
    fix = f"{FIX}Restart your server from the Hub's control panel; if it stays so, tell whoever runs the Hub."
    assert broken(said)[0] == (
        f"✗ hub        The JupyterHub at {hub} cannot say what your token may do: it does not know this server's "
        f"token any more.{fix}"
    )
    assert broken(doctor()[1])[0] == (
        f"✗ hub        The JupyterHub at {hub} cannot say what your token may do: the connection was refused.{fix}"
    )


# the course and the role


def test_in_no_course(doctor: Doctor, sign_in: Any) -> None:
    sign_in("nobody")
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ course     You are signed in, and in no course.{FIX}"
        "Ask the course's staff to add you: coursekit roster add COURSE YOUR-NAME."
    )


def test_not_in_the_course(doctor: Doctor, sign_in: Any) -> None:
    sign_in("maria")
    assert broken(doctor("--course", "ropes")[1])[0] == (
        "✗ course     You are signed in, and not in the course ropes, which --course names. You are in lamps."
        f"{FIX}Ask its staff to add you: coursekit roster add ropes YOUR-NAME."
    )


COURSE = """\
id: lamps
title: Lamps
time_zone: Europe/Berlin
modules: []
"""


@pytest.fixture
def sources(home: Path) -> Path:
    """The course's sources, as on a teacher's machine."""
    (home / "work" / "modules").mkdir()
    (home / "work" / "modules" / "course.yml").write_text(COURSE)
    return home / "work"


def config(home: Path, *lines: str) -> Path:
    path = home / "work" / "nbgrader_config.py"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_all_is_well_for_a_teacher(home: Path, sources: Path, doctor: Doctor, sign_in: Any) -> None:
    lamps = sign_in("chen")
    config(home, LINE, 'c = get_config(); c.CourseDirectory.course_id = "lamps"')
    assert doctor() == (
        0,
        f"""\
✓ address    The exchange's address is {lamps.url}, from COURSEKIT_URL.
✓ service    The exchange answers, and runs coursekit {__version__} as here.
✓ clock      This computer's clock agrees with the exchange's.
✓ role       You are an instructor in lamps.
✓ folder     This folder, {sources}, can be written.
✓ folder     The login's folder, {home}/.config/coursekit, can be written.
✓ kernel     Notebooks here can show the course's forms.
✓ lab        JupyterLab can show the course here.
✓ nbgrader   All of nbgrader's exchange goes through coursekit.
✓ sandbox    Learners' code can be graded here: it runs in a sandbox.
✓ alembic    nbgrader finds the command alembic, which its gradebook needs.

All is well.
""",
    )


def test_a_machine_without_bubblewrap(
    home: Path, tmp_path: Path, sources: Path, doctor: Doctor, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in("chen")
    config(home, LINE, 'c = get_config(); c.CourseDirectory.course_id = "lamps"')
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "alembic").symlink_to(Path(sys.executable).parent / "alembic")
    monkeypatch.setenv("PATH", str(tmp_path / "bare"))
    assert broken(doctor()[1]) == [
        "– sandbox    Learners' code cannot be graded safely here: bubblewrap is not installed (Debian and Ubuntu: "
        f"apt install bubblewrap).{FIX}Install what is missing, or run `coursekit grade` on a machine that has it."
    ]


def test_a_learner_at_staffs_work(sources: Path, doctor: Doctor, sign_in: Any) -> None:
    sign_in("maria")
    code, said = doctor()
    assert code == 1
    assert broken(said)[:1] == [
        "✗ role       You are a learner in lamps, and this folder holds the course's sources: releasing, "
        f"collecting and formgrader need more.{FIX}"
        "Ask an instructor: coursekit roster add lamps YOUR-NAME --role grader (or instructor)."
    ]


def test_a_grader_cannot_release(sources: Path, doctor: Doctor, sign_in: Any) -> None:
    sign_in("gil")
    said = doctor()[1]
    assert broken(said)[:1] == [
        "– role       You are a grader in lamps: collecting, grading and feedback work, and releasing does not."
        f"{FIX}To release, ask an instructor: coursekit roster add lamps YOUR-NAME --role instructor."
    ]


# nbgrader and kernels


def test_nbgrader_without_our_line(home: Path, sources: Path, doctor: Doctor, sign_in: Any) -> None:
    sign_in("chen")
    path = config(home, 'c = get_config(); c.CourseDirectory.course_id = "lamps"')
    code, said = doctor()
    assert code == 1
    assert broken(said) == [
        "✗ nbgrader   nbgrader does not use this exchange: its commands would write into a shared folder."
        f"{FIX}Put this line into {path}: {LINE}"
    ]


def test_nbgrader_without_a_configuration(sources: Path, doctor: Doctor, sign_in: Any) -> None:
    sign_in("chen")
    assert broken(doctor()[1]) == [
        "✗ nbgrader   nbgrader does not use this exchange: its commands would write into a shared folder."
        f"{FIX}Put this line into nbgrader_config.py: {LINE}"
    ]


def test_nbgrader_of_which_a_part_goes_elsewhere(
    home: Path, sources: Path, doctor: Doctor, sign_in: Any
) -> None:
    sign_in("chen")
    path = config(
        home,
        LINE,
        "from nbgrader.exchange.default import ExchangeSubmit",
        'c = get_config(); c.CourseDirectory.course_id = "lamps"; c.ExchangeFactory.submit = ExchangeSubmit',
    )
    assert broken(doctor()[1]) == [
        "✗ nbgrader   nbgrader's submit would not go through coursekit; the rest would."
        f"{FIX}Take the lines that set c.ExchangeFactory.submit out of {path}, or put ours last: {LINE}"
    ]


def test_nbgrader_without_a_course(home: Path, sources: Path, doctor: Doctor, sign_in: Any) -> None:
    sign_in("chen")
    config(home, LINE, 'print("hello")')
    assert broken(doctor()[1]) == [
        f"✗ nbgrader   nbgrader does not know which course this is.{FIX}"
        'Put this line into nbgrader_config.py: c.CourseDirectory.course_id = "YOUR-COURSE"'
    ]


def test_nbgrader_with_a_broken_configuration(
    home: Path, sources: Path, doctor: Doctor, sign_in: Any
) -> None:
    sign_in("chen")
    config(home, "c = get_config(")
    code, said = doctor()
    assert code == 1
    assert broken(said) == [
        "✗ nbgrader   nbgrader's configuration cannot be loaded: SyntaxError: '(' was never closed "
        f"(nbgrader_config.py, line 1).{FIX}Mend nbgrader_config.py."
    ]


def test_alembic_is_not_found(
    sources: Path, doctor: Doctor, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in("chen")
    monkeypatch.setenv("PATH", str(sources))
    assert broken(doctor()[1])[-1:] == [
        f"✗ alembic    The command alembic is not on the PATH, and nbgrader's gradebook needs it.{FIX}"
        "Activate the environment that nbgrader is installed in (source .venv/bin/activate), then try again."
    ]


def test_formgrader_is_on_for_learners(home: Path, doctor: Doctor, sign_in: Any) -> None:
    sign_in("maria")
    switch_formgrader(home, True)
    code, said = doctor()
    assert code == 0
    assert broken(said)[-1] == (
        "– formgrader nbgrader's formgrader is switched on for learners here; it shows them pages that are not "
        f"theirs.{FIX}"
        "Whoever runs this server: jupyter server extension disable --sys-prefix "
        "nbgrader.server_extensions.formgrader"
    )
    sign_in("gil")
    assert "– formgrader" not in doctor()[1]


def test_a_kernel_without_coursekit(
    home: Path, doctor: Doctor, sign_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in("maria")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    python = tmp_path / "bare" / "bin" / "python"
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps(
            {"argv": [str(python), "-m", "ipykernel_launcher"], "display_name": "x", "language": "python"}
        )
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ kernel     Notebooks here cannot show the course's forms: {python} says ModuleNotFoundError: No module "
        f"named 'coursekit'.{FIX}Install coursekit into the kernel's environment: python -m pip install coursekit."
    )
    python.unlink()
    assert (
        f"✗ kernel     Notebooks here cannot show the course's forms: {python} does not start.\n"
        in doctor()[1]
    )


def test_a_lab_without_the_course(
    home: Path, doctor: Doctor, sign_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in("maria")
    again = (
        f"{FIX}Run, where JupyterLab is installed: python -m pip install --force-reinstall --no-deps "
        f"coursekit=={__version__}."
    )
    cannot = "– lab        JupyterLab cannot show the course here; coursekit's commands work without it. "
    # What is switched off in one's own folder is off.
    off = {"ServerApp": {"jpserver_extensions": {"coursekit.labserver": False}}}
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(off))
    code, said = doctor()
    assert code == 0
    assert broken(said)[0] == (
        cannot + "The server's side of its extension is switched off."
        f"{FIX}Whoever runs this server: jupyter server extension enable --sys-prefix coursekit.labserver"
    )
    # An older one in one's own folder hides what came with coursekit.
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    old = tmp_path / "labextensions" / "@coursekit" / "lab"
    old.mkdir(parents=True)
    (old / "package.json").write_text('{"version": "0.1.0"}')
    assert broken(doctor()[1])[0] == (
        f"– lab        JupyterLab's extension is of coursekit 0.1.0, and here is {__version__}.{again}"
    )
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(tmp_path / "nothing")])
    assert broken(doctor()[1])[0] == cannot + f"Its extension is not there.{again}"


# folders


def test_a_login_folder_that_is_none(home: Path, doctor: Doctor, sign_in: Any) -> None:
    sign_in("maria")
    (home / ".config").mkdir()
    (home / ".config" / "coursekit").write_text("")
    code, said = doctor()
    assert code == 1
    assert broken(said)[0] == (
        f"✗ folder     The login's folder, {home}/.config/coursekit, cannot be written: "
        f"{home}/.config/coursekit is no folder.{FIX}"
        "Make it a folder that belongs to you, or that you may write to, and make room on its disk."
    )


def test_a_folder_that_nobody_can_write(
    doctor: Doctor, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in("maria")
    # Where not even root can write: Linux has the one, macOS the other.
    sealed = "/proc" if Path("/proc/self").is_dir() else "/System"
    monkeypatch.chdir(sealed)
    code, said = doctor()
    assert code == 1
    assert broken(said)[0].startswith(f"✗ folder     This folder, {sealed}, cannot be written: ")


# the exchange's own machine


@pytest.fixture
def data(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What an exchange keeps; it is not running."""
    folder = home / "exchange"
    open_embedded(folder).ledger.close()
    monkeypatch.setenv("COURSEKIT_URL", "http://127.0.0.1:9")
    return folder


def on_machine(said: str) -> list[str]:
    """What is broken of what the machine keeps; that nothing answers is known."""
    return [line for line in broken(said) if not line.startswith(("✗ service", "– disk", "✗ disk"))]


def test_all_is_well_for_an_operator(
    lamps: Any, home: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEKIT_URL", lamps.url)
    code, said = doctor("--data", lamps.data)
    lines = said.splitlines()
    assert code == 0
    assert lines[3:5] == [
        "– sign-in    Nobody is signed in here. The exchange's own machine works without.",
        f"✓ data       The data folder, {lamps.data}, can be written.",
    ]
    assert lines[5] == f"✓ blobs      The folder of handed-in files, {lamps.data}/blobs, can be written."
    assert f"disk       The disk of {lamps.data} has " in lines[6]
    assert lines[7:] == [
        f"✓ keys       The private keys in {lamps.data}/keys are readable by their owner alone.",
        "✓ keys       Receipts can be signed; 1 public key is published.",
        f"✓ database   The database, SQLite in {lamps.data}/ledger.sqlite, can be reached.",
        f"✓ schema     The database has the tables of version {migrate.head()}, as it should.",
        "",
        "All is well.",
    ]


def test_a_machine_without_an_exchange_is_not_asked_about_it(home: Path, doctor: Doctor) -> None:
    assert not [line for line in doctor()[1].splitlines() if "database" in line]
    assert not (home / "work" / "exchange").exists()


def test_an_exchange_that_never_ran(home: Path, doctor: Doctor) -> None:
    said = doctor("--data", home / "new")[1]
    assert on_machine(said) == [
        f"– schema     The database has no tables yet.{FIX}`coursekit serve` makes them."
    ]
    assert not (home / "new").exists()


@pytest.mark.parametrize(
    ("name", "line"),
    [("blobs", "blobs      The folder of handed-in files"), ("", "data       The data folder")],
)
def test_a_file_where_a_folder_must_be(name: str, line: str, data: Path, doctor: Doctor) -> None:
    place = data / name
    place.rename(data.parent / "aside")
    place.write_text("")
    code, said = doctor("--data", data)
    assert code == 1
    assert (
        f"✗ {line}, {place}, cannot be written: {place} is no folder.{FIX}"
        "Make it a folder that belongs to you, or that you may write to, and make room on its disk."
    ) in on_machine(said)


def test_keys_that_others_can_read(data: Path, doctor: Doctor) -> None:
    private = next((data / "keys" / "receipts").glob("*.private"))
    private.chmod(0o640)
    code, said = doctor("--data", data)
    assert code == 1
    assert on_machine(said) == [
        f"✗ keys       Others on this machine can read private keys: receipts/{private.name} in {data}/keys. "
        f"Who has them can sign receipts and tokens.{FIX}Run: chmod -R go= {data}/keys"
    ]


def test_the_signing_key_is_gone(data: Path, doctor: Doctor) -> None:
    private = next((data / "keys" / "receipts").glob("*.private"))
    private.unlink()
    key = private.stem.partition("-")[2]
    assert on_machine(doctor("--data", data)[1]) == [
        f"✗ keys       The newest receipt key, {key}, cannot sign: its private half {private.name} is gone or "
        f"damaged.{FIX}Put it back from a backup; if it is lost, run `coursekit keys rotate --start-anew`."
    ]


def set_version(path: Path, version: str) -> None:
    engine = sqlite_engine(path)
    with engine.connect() as db:
        db.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        db.commit()
    engine.dispose()


def test_a_database_of_release_0_1_0(data: Path, doctor: Doctor) -> None:
    path = data / "ledger.sqlite"
    for old in data.glob("ledger.*"):
        old.unlink()
    engine = sqlite_engine(path)
    with migrate.alone(engine) as connection:
        migrate.upgrade_within(connection, "0001")
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()
    code, said = doctor("--data", data)
    assert code == 1
    assert on_machine(said) == [
        f"✗ schema     The database has the tables of version 0001; this coursekit needs {migrate.head()}."
        f"{FIX}Back it up with `coursekit backup`, then run `coursekit migrate`."
    ]


def test_a_database_of_a_later_release(data: Path, doctor: Doctor) -> None:
    set_version(data / "ledger.sqlite", "9999")
    assert on_machine(doctor("--data", data)[1]) == [
        f"✗ schema     The database has tables of version 9999, newer than this coursekit, which knows "
        f"{migrate.head()}.{FIX}Install the newer coursekit again: pip install --upgrade coursekit."
    ]


def test_a_database_that_is_none(data: Path, doctor: Doctor) -> None:
    for old in data.glob("ledger.*"):
        old.unlink()
    (data / "ledger.sqlite").write_bytes(b"This was a database once. " * 100)
    assert on_machine(doctor("--data", data)[1]) == [
        f"✗ database   The database, SQLite in {data}/ledger.sqlite, cannot be reached: file is not a database."
        f"{FIX}Start it, or correct COURSEKIT_DATABASE; for SQLite, put the data folder back from a backup."
    ]


def test_a_postgresql_that_is_away(data: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSEKIT_DATABASE", "postgresql://ck:very-secret@127.0.0.1:9/exams")
    code, said = doctor("--data", data)
    (line,) = on_machine(said)
    assert code == 1
    assert line.startswith("✗ database   The database, PostgreSQL “exams” on 127.0.0.1, cannot be reached: ")
    assert "Connection refused" in line
    assert "very-secret" not in said


def test_a_disk_that_is_full(data: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test can fill a disk that others need; the system's own answer is the one thing made up here."""
    import shutil

    for free, mark in ((3 * 2**20, "✗"), (2**30, "–"), (2**40, "✓")):
        usage = shutil._ntuple_diskusage(2**41, 2**41 - free, free)  # type: ignore[attr-defined]
        monkeypatch.setattr(shutil, "disk_usage", lambda _, usage=usage: usage)
        said = doctor("--data", data)[1]
        left = f"{free / 2**30:.1f} GiB" if free >= 2**30 else "3 MiB"
        assert f"{mark} disk       The disk of {data} has {left} left.\n" in said
