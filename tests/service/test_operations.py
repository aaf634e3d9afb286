"""What whoever runs an exchange relies on: its log, its metrics, its two answers to a monitor, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from coursekit.client import ExchangeClient
from coursekit.model.errors import CoursekitError, ServiceFault
from coursekit.model.ids import CourseId, UserId
from coursekit.services import enrol
from coursekit.web.doorstep import Doors
from coursekit.web.ready import Readiness
from coursekit.wire.api import API, MemberShape
from coursekit.wiring.exchange import OPERATOR, open_embedded

FIRST = "/courses/lamps/modules/first"
METRICS = "metrics-token-0123456789"
LINE_FIELDS = {"at", "level", "event", "request_id", "method", "route", "status", "ms", "bytes"}


@dataclass
class Site:
    """A service in a process of its own, as an operator runs it."""

    data: Path
    url: str
    process: subprocess.Popen[str]
    tokens: dict[str, str]
    errors: Path

    def ask(self, method: str, path: str, name: str | None = None, **more: Any) -> httpx.Response:
        headers = more.pop("headers", {})
        if name is not None:
            headers["Authorization"] = f"Bearer {self.tokens.get(name, name)}"
        return httpx.request(
            method, self.url + API + path, headers=headers, trust_env=False, timeout=20, **more
        )

    def client(self, name: str) -> ExchangeClient:
        return ExchangeClient(self.url, self.tokens[name])

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.errors.read_text().splitlines()]

    def stop(self, sig: int = signal.SIGTERM) -> int:
        self.process.send_signal(sig)
        return self.process.wait(30)


@contextmanager
def serving(data: Path, *more: str, **settings: str) -> Iterator[Site]:
    """`coursekit serve` until the end of the block."""
    embedded = open_embedded(data)
    names = ("maria", "olu", "chen")
    roles = ("learner", "learner", "instructor")
    people = [MemberShape.model_validate({"user": n, "role": r}) for n, r in zip(names, roles, strict=True)]
    enrol.put_members(embedded.exchange, OPERATOR, CourseId("lamps"), people)
    tokens = {n: embedded.issue_token(UserId(n), timedelta(days=1)) for n in names}
    embedded.ledger.close()
    errors = data.parent / f"log-{time.monotonic_ns()}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COURSEKIT_", "JUPYTERHUB_"))}
    with errors.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "coursekit", "serve", "--data", str(data), "--port", "0", *more],
            env={**environment, "COURSEKIT_METRICS_TOKEN": METRICS, **settings},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert "listens on" in said, said + errors.read_text()
        site = Site(data, said.split()[-1], process, tokens, errors)
        until(lambda: answers(site))
        yield site
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def answers(site: Site) -> bool:
    try:
        return site.ask("GET", "/health").is_success
    except httpx.HTTPError:
        return False


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


@pytest.fixture
def begin(make: Any) -> Callable[[Site], None]:
    """Put a course with one released module there."""

    def now(site: Site) -> None:
        with site.client("chen") as chen:
            chen.put_course(make.course(make.module("first"), make.module("second", after=["first"])))
            for module in ("first", "second"):
                chen.release("lamps", module, make.upload(module))

    return now


# the log


def test_no_line_repeats_what_anybody_sent_or_wrote(tmp_path: Path, make: Any, begin: Any) -> None:
    """A day of everything that can go right and wrong, with a canary in each thing that somebody could send."""
    spoken: set[str] = set()

    def canary(where: str) -> str:
        # A slug, so that it is taken wherever a name is.
        spoken.add(f"canary-{where}")
        return f"canary-{where}"

    with serving(tmp_path / "exchange", "--log", "json") as site:
        begin(site)
        spoken.update(site.tokens.values())
        spoken.update(t.rpartition(".")[2] for t in site.tokens.values())
        spoken.update(["maria", "chen", METRICS, "lamps", "first"])
        answer = make.answer(f"{make.enough} {canary('answer')}")
        with site.client("maria") as maria:
            maria.path("lamps")
            maria.fetch("lamps", "first")
            maria.commit("lamps", "first", "p1", answer)
            maria.submit("lamps", "first", make.hand_in("first", "p1", text=canary("work")))
            maria.appeal("lamps", "first", "p1", canary("plea"))
            maria.pointers("lamps", "first")
        hand_in = make.hand_in("first", text=canary("again")).model_dump(mode="json")
        refused = [
            # nobody, strangers, forgers
            ("GET", "/courses", None, {}),
            ("GET", "/courses", canary("token-0000000000"), {}),
            ("POST", f"{FIRST}/submissions", canary("token-1111111111"), {"json": hand_in}),
            ("GET", "/courses", site.tokens["maria"][:-4], {}),
            ("GET", "/metrics", canary("metrics-0000000000"), {}),
            # addresses, queries, headers
            ("GET", f"/{canary('nowhere')}", "maria", {}),
            ("GET", f"/courses/{canary('course')}/path", "maria", {}),
            ("GET", f"{FIRST}/reveals/{canary('prompt')}", "maria", {}),
            ("GET", f"/courses/lamps/modules/{canary('module')}/files", "maria", {}),
            ("GET", f"/courses/lamps/submissions/{canary('submission')}", "maria", {}),
            ("GET", f"/courses?token={canary('query')}&q={canary('more')}", "maria", {}),
            ("GET", f"/courses/lamps/log?after={canary('number')}", "chen", {}),
            ("GET", "/courses", "maria", {"headers": {"X-Request-ID": canary("id") + ".with.dots"}}),
            (
                "GET",
                "/courses",
                "maria",
                {"headers": {"User-Agent": canary("agent"), "Cookie": canary("jar")}},
            ),
            ("BREW", f"/{canary('pot')}", "maria", {}),
            # bodies
            ("POST", f"{FIRST}/submissions", "maria", {"content": b'{"files": ' + canary("json").encode()}),
            ("POST", f"{FIRST}/submissions", "maria", {"json": {canary("key"): canary("value")}}),
            ("POST", f"{FIRST}/commitments/p2", "maria", {"json": {"response": {"text": canary("short")}}}),
            ("POST", "/courses/lamps/modules/second/submissions", "maria", {"json": hand_in}),
            (
                "POST",
                f"{FIRST}/submissions",
                "olu",
                {"json": hand_in, "headers": {"Idempotency-Key": canary("k")}},
            ),
            (
                "POST",
                f"{FIRST}/waivers",
                "chen",
                {"json": {"learner": canary("who"), "reason": canary("why")}},
            ),
            ("POST", f"{FIRST}/waivers", "maria", {"json": {"learner": "olu", "reason": canary("whim")}}),
        ]
        statuses = set()
        for method, path, name, more in refused:
            statuses.add(site.ask(method, path, name, **more).status_code)
        assert {401, 403, 404, 405, 422} - {405} <= statuses
        # Bytes that are no request at all.
        host, port = site.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(f"GET /{canary('garbage')} HTTP/1.1\r\n{canary('header')}\r\n\r\n".encode())
            while line.recv(65536):
                pass
        # An upload that breaks off.
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(
                f"POST {API}{FIRST}/submissions HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n"
                f"Authorization: Bearer {site.tokens['maria']}\r\n\r\n{canary('cut')}".encode()
            )
        # Files rot.
        with site.client("maria") as maria:
            mine = maria.my_submissions("lamps", "first")[0].submission
        for blob in (site.data / "blobs").glob("*/*"):
            blob.write_text(canary("rotten"))
        rotten = site.ask("GET", f"/courses/lamps/submissions/{mine}", "maria")
        assert (rotten.status_code, rotten.json()["code"]) == (500, "blob-damaged")
        # The database breaks under it: its errors quote statements and their values.
        with sqlite3.connect(site.data / "ledger.sqlite") as ledger:
            (table,) = ledger.execute("select name from sqlite_master where name = 'commitments'").fetchone()
            ledger.execute(f"alter table {table} rename to broken")
        ledger.close()
        broken = site.ask(
            "POST",
            f"{FIRST}/commitments/p2",
            "olu",
            json={"response": make.answer(f"{make.enough} {canary('lost')}")},
        )
        assert broken.status_code in (500, 503)
        assert broken.json()["request_id"] == broken.headers["x-request-id"]
        assert site.stop() == 0
        text, lines = site.errors.read_text(), site.lines()
    assert len(spoken) > 30
    # Templates name parameters, and one module of this course is called as a word of our own.
    words = {w for line in lines for w in re.findall(r"[\w.-]+", json.dumps(line))}
    assert not [s for s in spoken if s in text and (s.startswith("canary") or s in words)]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) >= len(refused) + 8
    for line in requests:
        assert set(line) == LINE_FIELDS, line
        assert line["route"] == "(none)" or line["route"].startswith(API + "/")
    assert {line["status"] for line in requests} >= {200, 401, 403, 404, 422, 499, 500}
    failed = [line for line in lines if line["level"] == "error"]
    for answer in (rotten, broken):
        assert answer.headers["x-request-id"] in {line.get("request_id") for line in failed}
    # Started, stopped: the server's own lines are of the same kind.
    assert any(line["event"].startswith("Finished server process") for line in lines)


class Broken:
    """Blobs whose every error quotes what it was given."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def put(self, content: bytes) -> Any:
        try:
            raise OSError(f"cannot write {content!r}")
        except OSError as error:
            raise RuntimeError(f"gave up on {content!r}") from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


def test_an_unexpected_error_is_answered_and_told_apart_by_its_id(
    lamps: Any, make: Any, problem: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    exchange = lamps.embedded.exchange
    object.__setattr__(exchange, "blobs", Broken(exchange.blobs))
    body = make.hand_in("first", text="CANARY-work").model_dump(mode="json")
    told = problem(lamps.raw("POST", f"{FIRST}/submissions", "maria", body=body), 500, "internal-error")
    assert told["request_id"] == "a-test-asks"
    assert "CANARY" not in json.dumps(told)
    (record,) = (r for r in caplog.records if r.name == "coursekit.request" and r.levelname == "ERROR")
    assert record.exc_info is not None
    assert record.exc_info[0] is RuntimeError
    # Nothing of it came to the server's own log, which would print the whole error.
    assert not [r for r in caplog.records if r.name.startswith("uvicorn")]
    assert "CANARY" not in "".join(capfd.readouterr())


def test_a_request_keeps_a_sane_id_and_gets_one_otherwise(house: Any) -> None:
    def given(value: str | None) -> str:
        headers = {"X-Request-ID": value} if value is not None else {}
        answer = house.line.get(f"{house.url}{API}/health", headers=headers)
        found: str = answer.headers["x-request-id"]
        return found

    for sane in ("0123456789abcdef", "b3a1c9d4-8a52-4b0e-9f51-1f2a3b4c5d6e", "a" * 64, "RUN-00042"):
        assert given(sane) == sane
    for odd in (None, "", "short", "a" * 65, "with space", "a.b.c.d.e.f.g", "under_score_"):
        assert re.fullmatch("[0-9a-f]{16}", given(odd)), odd
    assert given(None) != given(None)
    refused = house.line.get(f"{house.url}{API}/courses", headers={"X-Request-ID": "RUN-00042"})
    assert refused.json()["request_id"] == refused.headers["x-request-id"] == "RUN-00042"


# the metrics


def series(house: Any, **more: Any) -> dict[str, float]:
    answer = house.raw("GET", "/metrics", token=METRICS, **more)
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def test_metrics_are_for_who_holds_their_token(
    lamps: Any, run_house: Any, tmp_path: Path, problem: Any
) -> None:
    # None is set: there is no such page, whatever one sends.
    for token in (None, METRICS, lamps.token("chen"), "x"):
        problem(lamps.raw("GET", "/metrics", token=token), 404, "no-such-page")
    with run_house(tmp_path / "watched", doors=Doors(metrics_token=METRICS)) as house:
        problem(house.raw("GET", "/metrics"), 401, "no-token")
        for token in (METRICS[:-1], METRICS + "x", house.token("chen"), METRICS.upper()):
            problem(house.raw("GET", "/metrics", token=token), 401, "bad-token")
        assert series(house)["coursekit_requests_in_flight"] == 1


def test_metrics_count_what_was_done(run_house: Any, tmp_path: Path, make: Any) -> None:
    with run_house(tmp_path / "watched", doors=Doors(metrics_token=METRICS)) as house:
        house.enrol(maria="learner", chen="instructor")
        house.as_user("chen").put_course(make.course(make.module("first")))
        house.as_user("chen").release("lamps", "first", make.upload("first"))
        maria = house.as_user("maria")
        maria.commit("lamps", "first", "p1", make.answer())
        body = make.hand_in("first").model_dump_json().encode()
        before = series(house)
        for _ in range(3):
            assert house.raw("POST", f"{FIRST}/submissions", "maria", content=body).is_success
        with pytest.raises(CoursekitError):
            maria.commit("lamps", "first", "none", make.answer())
        after = series(house)
        assert after["coursekit_submissions_total"] - before["coursekit_submissions_total"] == 3
        assert after["coursekit_commitments_total"] == before["coursekit_commitments_total"] == 1
        assert after["coursekit_body_bytes_total"] - before["coursekit_body_bytes_total"] >= 3 * len(body)
        route = f'route="{API}/courses/{{course}}/modules/{{module}}/submissions"'
        assert after[f'coursekit_requests_total{{method="POST",{route},status="200"}}'] == 3
        assert after[f'coursekit_request_seconds_count{{method="POST",{route}}}'] == 3
        missing = f'route="{API}/courses/{{course}}/modules/{{module}}/commitments/{{prompt}}",status="404"'
        assert after[f'coursekit_requests_total{{method="POST",{missing}}}'] == 1
        assert house.raw("GET", "/ready").is_success
        ready = series(house)
        assert ready["coursekit_ready"] == 1
        if sys.platform == "linux":
            assert ready["process_resident_memory_bytes"] > 2**20


def test_strange_requests_add_no_series(run_house: Any, tmp_path: Path) -> None:
    with run_house(tmp_path / "watched", doors=Doors(metrics_token=METRICS)) as house:
        house.enrol(maria="learner")

        def strange(n: int) -> None:
            token = house.token("maria") if n % 2 else f"bad{n}"
            odd = ("PROPFIND",) if n < 30 else ("MKCOL", "LOCK", "TRACE", f"BREW{n}")
            method = odd[n // 10 % len(odd)] if n % 10 == 0 else ("GET", "POST", "DELETE")[n % 3]
            for path in (
                f"/{n}",
                f"/courses/c{n}/path",
                f"/courses/lamps/modules/m{n}/files",
                f"/metrics/{n}",
            ):
                house.raw(method, path, token=token)

        for n in range(30):
            strange(n)
        series(house)
        before = set(series(house))
        for n in range(30, 280):
            strange(n)
        after = set(series(house))
        assert after == before
        assert not any(re.search(r"PROPFIND|LOCK|BREW|c\d+|m\d\d", name) for name in after)


# the two answers to a monitor


def test_readiness_says_what_is_wrong_and_liveness_stays(tmp_path: Path, problem: Any) -> None:
    data = tmp_path / "exchange"
    with serving(data, "--log", "json") as site:
        assert site.ask("GET", "/ready").json() == {"ready": True}
        # A file in a folder's place: what nobody can write to, whoever runs the test.
        (data / "blobs").rename(tmp_path / "away")
        (data / "blobs").write_text("")
        until(lambda: site.ask("GET", "/ready").status_code == 503)
        answer = site.ask("GET", "/ready")
        told = answer.json()
        problem(answer, 503, told["code"])
        assert answer.headers["retry-after"] == "2"
        # Anybody may ask: no folder is named.
        assert str(tmp_path) not in answer.text
        assert site.ask("GET", "/health").is_success
        (data / "blobs").unlink()
        (tmp_path / "away").rename(data / "blobs")
        until(lambda: site.ask("GET", "/ready").is_success)
        assert site.stop() == 0
        events = [line["event"] for line in site.lines() if line["event"] not in ("request",)]
    # Once when it turns, not with each look.
    assert [e for e in events if e.startswith("not ready:") or e == "ready"] == [
        next(e for e in events if e.startswith(f"not ready: {told['code']}")),
        "ready",
    ]


class Checked:
    """A ledger, or blobs, that counts its checks and fails as it is told."""

    def __init__(self) -> None:
        self.checks = 0
        self.error: Exception | None = None
        self.hold = threading.Event()
        self.hold.set()

    def check(self) -> None:
        self.checks += 1
        self.hold.wait(10)
        if self.error is not None:
            raise self.error


@dataclass
class Parts:
    ledger: Checked
    blobs: Checked


def test_readiness_looks_once_a_second_whoever_asks() -> None:
    import asyncio

    async def story() -> None:
        parts, now, noted = Parts(Checked(), Checked()), [0.0], []
        ready = Readiness(parts, noted.append, lambda: now[0], patience=0.2)  # type: ignore[arg-type]

        async def codes(times: int = 1) -> set[str | None]:
            found = await asyncio.gather(*(ready.find_trouble() for _ in range(times)))
            return {f and f.code for f in found}

        assert await codes(50) == {None}
        assert (parts.ledger.checks, parts.blobs.checks) == (1, 1)
        parts.ledger.error = ServiceFault("disk-full", "There is no room.", "Make room.")
        now[0] = 0.9
        assert await codes(50) == {None}
        now[0] = 1.0
        assert await codes(50) == {"disk-full"}
        parts.ledger.error, parts.blobs.error = None, RuntimeError("CANARY")
        now[0] = 2.0
        assert await codes() == {"check-failed"}
        parts.blobs.error = None
        parts.ledger.hold.clear()
        now[0] = 3.0
        assert await codes() == {"too-slow"}
        parts.ledger.hold.set()
        now[0] = 4.0
        assert await codes() == {None}
        assert noted == [True, False, False, False, True]
        ready.stopping = True
        assert await codes() == {"stopping"}

    asyncio.run(story())


# how it ends


def test_told_to_stop_it_says_so_first_and_finishes_what_is_under_way(
    tmp_path: Path, make: Any, begin: Any
) -> None:
    with serving(tmp_path / "exchange", COURSEKIT_DRAIN_SECONDS="1") as site:
        begin(site)
        body = make.hand_in("first", text="in flight as it stops").model_dump_json().encode()
        host, port = site.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall(
                f"POST {API}{FIRST}/submissions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
                f"Content-Type: application/json\r\nAuthorization: Bearer {site.tokens['maria']}\r\n\r\n".encode()
                + body[:100]
            )
            site.process.terminate()
            until(lambda: site.ask("GET", "/ready").status_code == 503)
            assert site.ask("GET", "/ready").json()["code"] == "stopping"
            # Not ready is not gone: whoever was sent here still gets an answer.
            assert site.ask("GET", "/courses", "olu").is_success

            def listens() -> bool:
                try:
                    socket.create_connection((host, int(port)), timeout=1).close()
                except OSError:
                    return False
                return True

            until(lambda: not listens())
            assert site.process.poll() is None
            line.sendall(body[100:])
            seen = b""
            while not seen.endswith(b"}"):
                more = line.recv(65536)
                assert more, seen
                seen += more
        assert seen.startswith(b"HTTP/1.1 200 ")
        receipt = json.loads(seen.partition(b"\r\n\r\n")[2])["receipt"]
        assert site.process.wait(20) == 0
    with serving(tmp_path / "exchange") as site, site.client("maria") as maria:
        (row,) = maria.my_submissions("lamps", "first")
        assert row.submission == receipt["subject"]
        assert maria.read_submission("lamps", row.submission).row.digest == receipt["digest"]


def test_it_ends_at_once_when_nothing_is_under_way_or_when_told_twice(tmp_path: Path) -> None:
    with serving(tmp_path / "exchange") as site:
        began = time.monotonic()
        # A line that rests holds nobody up.
        with httpx.Client(base_url=site.url, trust_env=False) as resting:
            assert resting.get(f"{API}/health").is_success
            assert site.stop() == 0
        assert time.monotonic() - began < 3
    with serving(tmp_path / "exchange", COURSEKIT_DRAIN_SECONDS="60") as site:
        site.process.terminate()
        until(lambda: site.ask("GET", "/ready").status_code == 503)
        assert site.stop() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COURSEKIT_RATES", "work=fast"),
        ("COURSEKIT_LOG", "loud"),
        ("COURSEKIT_METRICS_TOKEN", "short"),
        ("COURSEKIT_QUOTA_MIB", "-1"),
        ("COURSEKIT_QUOTA_MIB", "nan"),
        ("COURSEKIT_BODY_MEMORY_MIB", "lots"),
        ("COURSEKIT_DRAIN_SECONDS", "1e99"),
        ("COURSEKIT_GRACE_SECONDS", "0"),
    ],
)
def test_a_setting_that_is_none_is_said_in_a_sentence(name: str, value: str, monkeypatch: Any) -> None:
    from coursekit.model.errors import BadInput
    from coursekit.wiring.service import service

    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as caught:
        service()
    assert value in caught.value.detail or name in caught.value.detail
    assert caught.value.next_step


def test_settings_reach_the_doors(tmp_path: Path, make: Any, begin: Any) -> None:
    with serving(
        tmp_path / "exchange", COURSEKIT_RATES="work=0.01/1", COURSEKIT_QUOTA_MIB="1", COURSEKIT_LOG="text"
    ) as site:
        begin(site)
        large = b"x" * (3 * 2**19)
        work = make.hand_in("first").model_dump(mode="json")
        work["files"].append(make.file("data.bin", large).model_dump(mode="json"))
        answer = site.ask("POST", f"{FIRST}/submissions", "maria", json=work)
        assert (answer.status_code, answer.json()["code"]) == (413, "quota-too-large")
        answer = site.ask("POST", f"{FIRST}/submissions", "maria", json=work)
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
        line = f"POST {API}/courses/{{course}}/modules/{{module}}/submissions 429 in"
        # It is written as the answer has left.
        until(lambda: line in site.errors.read_text())
