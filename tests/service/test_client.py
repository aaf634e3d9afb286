"""The client turns whatever goes wrong on the way into our errors, with something to do about it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from coursekit.client import ExchangeClient
from coursekit.model import errors
from coursekit.model.errors import BadInput, CoursekitError, ServiceFault, Unauthenticated, Unreachable
from coursekit.wire.api import MemberShape, SubmitRequest
from coursekit.wire.course import CourseShape

COURSE = CourseShape(id="lamps", title="Lamps", time_zone="UTC", modules=[])

CALLS: dict[str, Callable[[ExchangeClient], object]] = {
    "courses": lambda c: c.courses(),
    "path": lambda c: c.path("lamps"),
    "fetch": lambda c: c.fetch("lamps", "first"),
    "commit": lambda c: c.commit("lamps", "first", "p1", {"text": "a"}),
    "reveal": lambda c: c.reveal("lamps", "first", "p1"),
    "submit": lambda c: c.submit("lamps", "first", SubmitRequest(files=[])),
    "my_submissions": lambda c: c.my_submissions("lamps", "first"),
    "read_submission": lambda c: c.read_submission("lamps", "s1"),
    "my_feedback": lambda c: c.my_feedback("lamps", "first"),
    "put_course": lambda c: c.put_course(COURSE),
    "members": lambda c: c.members("lamps"),
    "put_members": lambda c: c.put_members("lamps", [MemberShape(user="maria")]),
    "waive": lambda c: c.waive("lamps", "first", "maria", "because"),
    "log": lambda c: c.log("lamps"),
    "health": lambda c: c.health(),
    "keys": lambda c: c.keys(),
}
call = pytest.mark.parametrize("ask", CALLS.values(), ids=CALLS.keys())


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """Something on a port that says this to every request; with None it never says anything."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        held = []
        listener.settimeout(0.05)
        while not stop.is_set():
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            held.append(line)
            if answer is not None:
                line.settimeout(1)
                line.recv(65536)
                line.sendall(answer)
                line.close()
        for line in held:
            line.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        thread.join(10)
        listener.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def html(status: str) -> bytes:
    page = b"<html>Welcome to the hotel's network</html>"
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + page


def mock(status: int, content: bytes) -> ExchangeClient:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    return ExchangeClient("http://exchange", "token", transport=transport)


@call
def test_nothing_listens_there(ask: Callable[[ExchangeClient], object]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with ExchangeClient(url, "token") as client, pytest.raises(Unreachable) as caught:
        ask(client)
    assert caught.value.code == "exchange-unreachable"
    assert url in caught.value.detail
    assert "Your work is safe" in caught.value.next_step


@pytest.mark.parametrize(
    "url",
    [
        "http://no-such-host.invalid",
        "localhost:8720",
        "ftp://x",
        "http://",
        "http://[",
        "http://127.0.0.1:99999999",
        "http://a b",
    ],
)
def test_an_address_that_leads_nowhere(url: str) -> None:
    with ExchangeClient(url, "token") as client, pytest.raises(Unreachable):
        client.health()


@pytest.mark.parametrize(
    ("url", "token"),
    [("http://ok", "tökén€"), ("http://a\x00b", "t")],
)
def test_settings_that_cannot_be_sent(url: str, token: str) -> None:
    with pytest.raises(BadInput) as caught:
        ExchangeClient(url, token)
    assert caught.value.code == "bad-settings"
    assert token == "t" or token not in caught.value.detail


def test_a_service_that_never_answers_is_given_up() -> None:
    with answering(None) as url, ExchangeClient(url, "token", timeout=0.2) as client:
        with pytest.raises(Unreachable) as caught:
            client.health()
        assert isinstance(caught.value.__cause__, httpx.TimeoutException)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
    ids=["hangs up", "not http", "breaks off", "broken gzip"],
)
def test_an_answer_that_breaks_off_is_unreachable(answer: bytes) -> None:
    with (
        answering(answer) as url,
        ExchangeClient(url, "token", timeout=5) as client,
        pytest.raises(Unreachable),
    ):
        client.health()


@call
@pytest.mark.parametrize("status", ["200 OK", "302 Found", "404 Not Found", "502 Bad Gateway"])
def test_somebody_elses_page_is_not_taken_for_an_answer(
    ask: Callable[[ExchangeClient], object], status: str
) -> None:
    """The log-in page of a hotel's network answers 200 to everything, a PUT as well."""
    page = b"<html>Welcome</html>"
    with mock(int(status[:3]), page) as client, pytest.raises(ServiceFault) as caught:
        ask(client)
    assert caught.value.code == "not-an-exchange"


def test_a_real_page_over_a_real_line() -> None:
    with (
        answering(html("200 OK")) as url,
        ExchangeClient(url, "token", timeout=5) as client,
        pytest.raises(ServiceFault, match="not like a coursekit exchange"),
    ):
        client.put_course(COURSE)


@pytest.mark.parametrize("content", [b"null", b"[1]", b'{"version": 1}', b'{"service": "x", "version": "1"}'])
def test_json_of_another_service_is_not_taken_for_an_answer(content: bytes) -> None:
    with mock(200, content) as client, pytest.raises(ServiceFault) as caught:
        client.health()
    assert caught.value.code == "not-an-exchange"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.Unauthenticated),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (413, errors.TooLarge),
        (422, errors.BadInput),
        (423, errors.Locked),
        (400, errors.ServiceFault),
        (500, errors.ServiceFault),
        (502, errors.ServiceFault),
    ],
)
def test_each_problem_becomes_the_error_it_was(status: int, kind: type[CoursekitError]) -> None:
    body = (
        f'{{"title": "T", "status": {status}, "code": "the-code", "detail": "Why.", "next_step": "Do it."}}'
    )
    with mock(status, body.encode()) as client, pytest.raises(CoursekitError) as caught:
        client.courses()
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.detail, caught.value.next_step) == (
        "the-code",
        "Why.",
        "Do it.",
    )


def test_what_cannot_be_sent_is_our_error_too() -> None:
    with mock(200, b"{}") as client, pytest.raises(BadInput) as caught:
        client.commit("lamps", "first", "p1", {"text": "half an emoji \ud83d"})
    assert caught.value.code == "unreadable-answer"


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a b", "ü", "?x=1", "#", "%2e%2e", "\udcff"])
def test_a_name_stays_one_part_of_the_address(name: str) -> None:
    asked: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return httpx.Response(200, json=[])

    with ExchangeClient("http://exchange", "t", transport=httpx.MockTransport(note)) as client:
        client.my_feedback("lamps", name)
    (path,) = asked
    before, _, rest = path.partition("/modules/")
    assert before == "/api/v1/courses/lamps"
    assert rest.count("/") == 2
    assert rest.endswith("/feedback/mine")
    assert not rest.startswith("/")


def test_odd_names_reach_a_real_service_and_come_back_as_our_errors(lamps: Any) -> None:
    maria = lamps.as_user("maria")
    for name in ("..", ".", "", "a/b", "%2e%2e", "\udcff"):
        with pytest.raises(CoursekitError) as caught:
            maria.fetch("lamps", name)
        assert caught.value.code in ("no-such-module", "no-such-page"), name
        with pytest.raises(CoursekitError) as caught:
            maria.path(name)
        assert caught.value.code in ("no-such-course", "no-such-page"), name


def test_a_proxy_meant_for_the_world_is_not_asked(lamps: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    with ExchangeClient(lamps.url, lamps.token("maria")) as client:
        assert client.health().service == "coursekit-exchange"


def test_a_token_that_ran_out_is_said_as_such(lamps: Any) -> None:
    token = lamps.token("maria", timedelta(hours=1))
    lamps.clock.advance(hours=2)
    with ExchangeClient(lamps.url, token) as client, pytest.raises(Unauthenticated) as caught:
        client.courses()
    assert caught.value.code == "token-expired"


def test_an_upload_over_the_limit_is_told_as_such_and_not_as_a_broken_line(lamps: Any, make: Any) -> None:
    """The service answers before it has read it all; the learner must hear the answer."""
    request = SubmitRequest(files=[make.file("big.bin", b"x" * (3 * 2**20))])
    with pytest.raises(errors.TooLarge) as caught:
        lamps.as_user("maria").submit("lamps", "first", request)
    assert caught.value.code == "upload-too-large"
