"""Limits at the door: so often, so much, so slowly, and no more; and nobody else has to suffer for it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from coursekit.client import ExchangeClient
from coursekit.model.errors import TooMany
from coursekit.policy.rates import Pace, Rate, Rates
from coursekit.policy.uploads import Limits
from coursekit.web.doorstep import SMALL, Doors
from coursekit.web.server import ImpatientProtocol
from coursekit.wire.api import API

FIRST = "/courses/lamps/modules/first"
LIMITS = Limits(files=20, file_size=2**20, total_size=2**20)
LARGE = 600_000
"""Bytes of a body that is large to the door, and within the limits."""
TOKEN = "for-prometheus-alone"


@pytest.fixture
def opened(tmp_path: Path, make: Any, run_house: Any) -> Any:
    """A course of one module with maria and olu, behind doors that are set so."""

    @contextmanager
    def house(doors: Doors, limits: Limits = LIMITS) -> Iterator[Any]:
        with run_house(tmp_path / "exchange", limits, doors) as house:
            house.enrol(maria="learner", olu="learner", chen="instructor")
            chen = house.as_user("chen")
            chen.put_course(make.course(make.module("first")))
            chen.release("lamps", "first", make.upload("first"))
            yield house

    return house


def body(make: Any, size: int) -> bytes:
    """A hand-in whose JSON has about that many bytes."""
    work = make.notebook(make.cell("x" * (size * 3 // 4)))
    return json.dumps({"files": [make.file("first.ipynb", work).model_dump(mode="json")]}).encode()


class Line:
    """An upload by hand: as much of it, and when, as the test says."""

    def __init__(
        self, house: Any, name: str, declared: int | None, path: str = f"{FIRST}/submissions"
    ) -> None:
        host, port = house.url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        length = "Transfer-Encoding: chunked" if declared is None else f"Content-Length: {declared}"
        self.socket.sendall(
            f"POST {API}{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {house.token(name)}\r\n"
            f"Content-Type: application/json\r\n{length}\r\n\r\n".encode()
        )

    def send(self, content: bytes, chunked: bool = False) -> None:
        self.socket.sendall(b"%x\r\n%b\r\n" % (len(content), content) if chunked else content)

    def answer(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, headers, and the JSON; read until it is whole."""
        seen = b""
        while b"\r\n\r\n" not in seen:
            more = self.socket.recv(65536)
            assert more, f"the line was closed after {seen!r}"
            seen += more
        head, _, rest = seen.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        while len(rest) < int(headers["content-length"]):
            rest += self.socket.recv(65536)
        return int(first.split()[1]), headers, json.loads(rest)

    def closed(self) -> bool:
        """Whether the other side closes it, within a few seconds."""
        self.socket.settimeout(5)
        try:
            while self.socket.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def hang_up(self) -> None:
        self.socket.close()


def gauge(house: Any, name: str) -> float:
    """A metric's value; 0 where it is not there."""
    text = house.raw("GET", "/metrics", token=TOKEN).text
    found = [line for line in text.splitlines() if line.startswith(name + " ") or line.startswith(name + "{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in found)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


# how often


def test_one_who_asks_too_often_is_told_when_to_come_back(opened: Any, make: Any, problem: Any) -> None:
    slow = Rate(0.01, 3)
    with opened(Doors(Rates(work=slow, reads=slow))) as house:
        hand_in = make.hand_in("first").model_dump(mode="json")
        for _ in range(3):
            assert house.raw("POST", f"{FIRST}/submissions", "maria", body=hand_in).is_success
        before = house.kept()
        commit = {"response": make.answer()}
        for path, sent in ((f"{FIRST}/submissions", hand_in), (f"{FIRST}/commitments/p1", commit)):
            answer = house.raw("POST", path, "maria", body=sent)
            told = problem(answer, 429, "too-many-requests")
            assert 90 <= int(answer.headers["retry-after"]) <= 100
            assert "Wait" in told["next_step"]
        assert house.kept() == before
        # Reading has a bucket of its own, and so has everybody else.
        assert [house.raw("GET", "/courses", "maria").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert house.raw("POST", f"{FIRST}/submissions", "olu", body=hand_in).is_success
        # Monitors and keys are nobody's.
        for path in ("/health", "/ready", "/keys", "/openapi.json"):
            assert all(house.raw("GET", path, "maria").is_success for _ in range(5)), path
        with (
            ExchangeClient(house.url, house.token("maria")) as client,
            pytest.raises(TooMany, match="more requests than one person"),
        ):
            client.path("lamps")


def test_guessing_tokens_is_slowed_down_and_the_class_is_not(opened: Any, make: Any, problem: Any) -> None:
    doors = Doors(Rates(failures=Rate(0.01, 3)), metrics_token=TOKEN)
    with opened(doors) as house:
        assert house.raw("GET", "/courses", "maria").is_success
        maria, olu = house.token("maria"), house.token("olu")
        assert house.raw("GET", "/courses", token=maria).is_success
        for n in range(2):
            problem(house.raw("GET", "/courses", token=f"guess{n}"), 401, "bad-token")
        # The metrics' token can be guessed no faster.
        problem(house.raw("GET", "/metrics", token="guess"), 401, "bad-token")
        # An upload by a stranger is refused like a read.
        for method, path in (("GET", "/courses"), ("POST", f"{FIRST}/submissions"), ("GET", "/metrics")):
            answer = house.raw(method, path, token="guess3", body=None if method == "GET" else {})
            problem(answer, 429, "too-many-failures")
            assert int(answer.headers["retry-after"]) > 90
        # Who was here lately goes on, from the same address; a newcomer waits, and so does one without a token not.
        assert house.raw("GET", "/courses", token=maria).is_success
        problem(house.raw("GET", "/courses", token=olu), 429, "too-many-failures")
        problem(house.raw("GET", "/courses"), 401, "no-token")
        assert house.raw("GET", "/health", token="guess4").is_success


# how much


def test_a_large_body_waits_its_turn_and_small_ones_pass(opened: Any, make: Any) -> None:
    doors = Doors(body_memory=2**20, turn=20, metrics_token=TOKEN)
    with opened(doors) as house, ThreadPoolExecutor(1) as pool:
        content = body(make, LARGE)
        assert SMALL < len(content) < 3 * 2**18
        first = Line(house, "maria", len(content))
        first.send(content[:-10])
        until(lambda: gauge(house, "coursekit_body_memory_bytes") == len(content))
        second = pool.submit(house.raw, "POST", f"{FIRST}/submissions", "olu", content=content)
        small = house.raw("POST", f"{FIRST}/submissions", "maria", content=body(make, 30_000))
        assert small.is_success
        assert not second.done()
        first.send(content[-10:])
        assert first.answer()[0] == 200
        assert second.result(20).is_success
        until(lambda: gauge(house, "coursekit_body_memory_bytes") == 0)


def test_a_turn_that_does_not_come_is_a_503(opened: Any, make: Any, problem: Any) -> None:
    with opened(Doors(body_memory=2**20, turn=0.1, metrics_token=TOKEN)) as house:
        content = body(make, LARGE)
        first = Line(house, "maria", len(content))
        until(lambda: gauge(house, "coursekit_body_memory_bytes") == len(content))
        before = house.kept()
        answer = house.raw("POST", f"{FIRST}/submissions", "olu", content=content)
        told = problem(answer, 503, "busy")
        assert answer.headers["retry-after"] == "5"
        assert "safe" in told["next_step"]
        # One that does not say its size takes what is left, and no more.
        answer = house.raw("POST", f"{FIRST}/submissions", "olu", content=iter([content]))
        problem(answer, 503, "busy")
        assert house.kept() == before
        assert gauge(house, 'coursekit_limited_total{limit="memory"}') == 2
        # Whoever hangs up gives back what they had.
        first.hang_up()
        until(lambda: gauge(house, "coursekit_body_memory_bytes") == 0)
        assert house.raw("POST", f"{FIRST}/submissions", "olu", content=content).is_success
        assert house.raw("POST", f"{FIRST}/submissions", "olu", content=iter([content])).is_success


def test_a_line_that_breaks_in_an_upload_leaves_nothing(opened: Any, make: Any) -> None:
    with opened(Doors(metrics_token=TOKEN)) as house:
        before = house.kept()
        content = body(make, LARGE)
        for part in (0, 1000, LARGE // 2, len(content) - 1):
            line = Line(house, "maria", len(content))
            line.send(content[:part])
            line.hang_up()
        route = f"{API}/courses/{{course}}/modules/{{module}}/submissions"
        gone = f'coursekit_requests_total{{method="POST",route="{route}",status="499"}}'
        until(lambda: gauge(house, gone) == 4)
        assert house.kept() == before
        assert gauge(house, "coursekit_body_memory_bytes") == 0
        # The one that is asking.
        assert gauge(house, "coursekit_requests_in_flight") == 1


def test_beyond_the_quota_an_upload_is_refused_before_it_is_read(opened: Any, make: Any) -> None:
    limits = Limits(files=20, file_size=2 * 2**20, total_size=2 * 2**20, quota=2 * 2**20)
    with opened(Doors(metrics_token=TOKEN), limits) as house:
        content = body(make, 2 * 2**20)
        assert house.raw("POST", f"{FIRST}/submissions", "maria", content=content).is_success
        before = house.kept()
        declared = Line(house, "maria", len(content))
        streamed = Line(house, "maria", None)
        for at in range(0, len(content), 2**18):
            streamed.send(content[at : at + 2**18], chunked=True)
        for line in (declared, streamed):
            status, headers, told = line.answer()
            assert (status, told["code"]) == (413, "quota-too-large")
            assert "staff" in told["next_step"]
            assert headers["connection"] == "close"
            line.hang_up()
        assert house.kept() == before
        assert gauge(house, 'coursekit_limited_total{limit="quota"}') == 2
        # Nobody learns from the door how much somebody else has handed in.
        for_maria = house.raw("POST", f"{FIRST}/learners/maria/submissions", "olu", content=content)
        assert for_maria.json()["code"] == "not-your-role"
        # What is small is counted exactly, by the service.
        small = Line(house, "maria", len(content) // 2 - 1000)
        small.send(body(make, len(content) // 2)[: len(content) // 2 - 1000])
        assert small.answer()[0] in (413, 422)
        assert house.raw("POST", f"{FIRST}/submissions", "olu", content=content).is_success


# how slowly


def test_a_body_that_trickles_is_given_up(opened: Any, make: Any) -> None:
    pace = Pace(grace=0.4, per_second=50_000, longest=30)
    with opened(Doors(pace=pace, metrics_token=TOKEN)) as house:
        before = house.kept()
        silent = Line(house, "maria", 5000)
        trickling = Line(house, "maria", None)
        stop = threading.Event()

        def trickle() -> None:
            while not stop.wait(0.05):
                try:
                    trickling.send(b"x", chunked=True)
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            for line in (silent, trickling):
                status, headers, told = line.answer()
                assert (status, told["code"]) == (408, "too-slow")
                assert headers["connection"] == "close"
                assert line.closed()
        finally:
            stop.set()
            thread.join()
        assert house.kept() == before
        assert gauge(house, "coursekit_body_memory_bytes") == 0
        # What gets on is waited for, beyond the grace.
        content = body(make, 60_000)
        steady = Line(house, "maria", len(content))
        began = time.monotonic()
        for at in range(0, len(content), 6000):
            steady.send(content[at : at + 6000])
            time.sleep(0.06)
        assert steady.answer()[0] == 200
        assert time.monotonic() - began > pace.grace


@contextmanager
def impatient(seconds: float) -> Iterator[tuple[str, int]]:
    """Anything behind the protocol that the service is run with."""

    class Hasty(ImpatientProtocol):
        head_seconds = seconds

    async def hello(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    config = uvicorn.Config(hello, log_level="critical", access_log=False, lifespan="off", http=Hasty)
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        yield listener.getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join(20)


def test_a_head_that_trickles_is_given_up() -> None:
    with impatient(0.5) as address:

        def give_up(first: bytes, beginning: bytes, drip: bytes) -> float:
            """Seconds until the line was closed, after a first request that was whole."""
            with socket.create_connection(address, timeout=5) as line:
                if first:
                    line.sendall(first)
                    assert line.recv(65536).startswith(b"HTTP/1.1 204")
                began = time.monotonic()
                line.sendall(beginning)
                line.settimeout(0.05)
                while time.monotonic() - began < 4:
                    try:
                        if drip:
                            line.sendall(drip)
                        if not line.recv(65536):
                            break
                    except TimeoutError:
                        continue
                    except OSError:
                        break
            return time.monotonic() - began

        whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        half = b"GET / HTTP/1.1\r\n"
        for first, beginning, drip in ((b"", b"", b""), (b"", half, b"a: b\r\n"), (whole, half, b"a: b\r\n")):
            assert 0.4 < give_up(first, beginning, drip) < 3, (first, beginning)
        # One without an end is not collected.
        with socket.create_connection(address, timeout=5) as line:
            line.sendall(half)
            sent = 0
            with contextlib.suppress(OSError):
                while sent < 2**22:
                    sent += line.send(b"a: " + b"b" * 8000 + b"\r\n")
            assert sent < 2**22
        # Between whole requests a line may rest longer than that.
        with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", trust_env=False) as client:
            for _ in range(2):
                assert client.get("/").status_code == 204
                time.sleep(0.7)
