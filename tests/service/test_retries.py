"""The client asks again when that can do no harm, and only then; whoever sits there hears of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from coursekit.client import ExchangeClient, Patience
from coursekit.model.errors import CoursekitError, NotNow, ServiceFault, TooMany, Unreachable
from coursekit.model.ids import PromptId
from coursekit.wire.api import FileShape, MemberShape, SubmitRequest
from coursekit.wiring.learner import hand_in, open_workbook, take_home

REQUEST = SubmitRequest(files=[FileShape.of("first.ipynb", b"{}")])
WHEN = datetime(2027, 2, 1, tzinfo=UTC)


def problem(status: int, code: str = "busy", **headers: str) -> httpx.Response:
    body = {
        "type": "about:blank",
        "title": "T",
        "status": status,
        "code": code,
        "detail": "D.",
        "next_step": "N.",
    }
    return httpx.Response(status, content=json.dumps(body | {"request_id": "r"}), headers=headers)


@dataclass
class Exchange:
    """Answers as told, one after another, and remembers what it was asked."""

    answers: list[httpx.Response | Exception]
    asked: list[httpx.Request] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    keys: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def new_key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def client(self, attempts: int = 4) -> ExchangeClient:
        patience = Patience(attempts, self.waited.append, lambda: 1.0, self.new_key, self.told.append)
        transport = httpx.MockTransport(self)
        return ExchangeClient("http://exchange", "token", transport=transport, patience=patience)


READS: dict[str, Callable[[ExchangeClient], Any]] = {
    "path": lambda c: c.path("lamps"),
    "fetch": lambda c: c.fetch("lamps", "first"),
    "read_submission": lambda c: c.read_submission("lamps", "s"),
    "contents": lambda c: c.contents("lamps", "first", ["s"]),
    "put_members": lambda c: c.put_members("lamps", [MemberShape(user="maria")]),
    "put_me": lambda c: c.put_me("lamps", "UTC"),
}
KEYED: dict[str, Callable[[ExchangeClient], Any]] = {
    "submit": lambda c: c.submit("lamps", "first", REQUEST),
    "commit": lambda c: c.commit("lamps", "first", "p1", {"text": "a"}),
}
UNKEYED: dict[str, Callable[[ExchangeClient], Any]] = {
    "extend": lambda c: c.extend("lamps", "first", "maria", WHEN, "ill"),
    "withdraw": lambda c: c.withdraw("lamps", "s", "wrong folder"),
    "waive": lambda c: c.waive("lamps", "second", "maria", "did it"),
}
LOST = httpx.RemoteProtocolError("Server disconnected without sending a response.")
CUT = httpx.ReadError("connection reset")
UNSENT = httpx.ConnectError("connection refused")


@pytest.mark.parametrize(
    "fault", [LOST, CUT, UNSENT, httpx.ReadTimeout("late")], ids=lambda e: type(e).__name__
)
@pytest.mark.parametrize("ask", [*READS.values(), *KEYED.values()], ids=[*READS, *KEYED])
def test_what_does_no_harm_twice_is_asked_again(
    ask: Callable[[ExchangeClient], Any], fault: Exception
) -> None:
    exchange = Exchange([fault])
    with pytest.raises(Unreachable):
        ask(exchange.client(attempts=4))
    assert len(exchange.asked) == 4
    assert exchange.waited == [0.25, 0.5, 1.0]
    assert exchange.told == [1, 2, 3]
    first = exchange.asked[0]
    for again in exchange.asked[1:]:
        assert (again.method, again.url, again.content) == (first.method, first.url, first.content)
        # The very key: else the exchange could not know it for the same.
        assert again.headers.get("Idempotency-Key") == first.headers.get("Idempotency-Key")


@pytest.mark.parametrize("ask", KEYED.values(), ids=KEYED.keys())
def test_each_request_has_a_key_of_its_own(ask: Callable[[ExchangeClient], Any]) -> None:
    exchange = Exchange([LOST])
    client = exchange.client(attempts=2)
    for _ in range(2):
        with pytest.raises(Unreachable):
            ask(client)
    keys = [r.headers["Idempotency-Key"] for r in exchange.asked]
    assert keys == ["key-1", "key-1", "key-2", "key-2"]


def test_a_key_of_the_callers_own_is_used() -> None:
    exchange = Exchange([LOST])
    with pytest.raises(Unreachable):
        exchange.client().submit("lamps", "first", REQUEST, "kept in the folder")
    assert {r.headers["Idempotency-Key"] for r in exchange.asked} == {"kept in the folder"}


@pytest.mark.parametrize("ask", UNKEYED.values(), ids=UNKEYED.keys())
@pytest.mark.parametrize("fault", [LOST, CUT, httpx.ReadTimeout("late")], ids=lambda e: type(e).__name__)
def test_what_may_have_been_done_is_not_done_again(
    ask: Callable[[ExchangeClient], Any], fault: Exception
) -> None:
    exchange = Exchange([fault])
    with pytest.raises(Unreachable):
        ask(exchange.client())
    assert len(exchange.asked) == 1


@pytest.mark.parametrize("ask", UNKEYED.values(), ids=UNKEYED.keys())
def test_what_never_left_is_sent_again(ask: Callable[[ExchangeClient], Any]) -> None:
    exchange = Exchange([UNSENT, UNSENT, httpx.Response(204)])
    ask(exchange.client())
    assert len(exchange.asked) == 3


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_not_now_is_waited_for(status: int) -> None:
    exchange = Exchange([problem(status), problem(status, **{"Retry-After": "3"}), problem(404, "gone")])
    with pytest.raises(CoursekitError) as caught:
        exchange.client().submit("lamps", "first", REQUEST)
    assert caught.value.code == "gone"
    # At least as long as it asked for, and a little more, so that not everybody comes at the same moment.
    assert exchange.waited == [0.25, 3.5]


@pytest.mark.parametrize("status", [500, 400, 401, 403, 404, 409, 413, 422, 423])
def test_an_answer_is_an_answer(status: int) -> None:
    exchange = Exchange([problem(status)])
    with pytest.raises(CoursekitError):
        exchange.client().submit("lamps", "first", REQUEST)
    assert len(exchange.asked) == 1


@pytest.mark.parametrize("ask", UNKEYED.values(), ids=UNKEYED.keys())
def test_who_was_sent_away_for_coming_too_often_may_come_again(ask: Callable[[ExchangeClient], Any]) -> None:
    exchange = Exchange([problem(429), httpx.Response(204)])
    ask(exchange.client())
    assert len(exchange.asked) == 2
    # A 503 may have come from somewhere on the way, after it was done.
    exchange = Exchange([problem(503)])
    with pytest.raises(NotNow):
        ask(exchange.client())
    assert len(exchange.asked) == 1


def test_what_is_raised_at_last() -> None:
    for status, kind in ((503, NotNow), (500, ServiceFault), (429, TooMany)):
        with pytest.raises(kind) as caught:
            Exchange([problem(status, "why")]).client(attempts=1).path("lamps")
        assert (type(caught.value), caught.value.code) == (kind, "why")


def test_without_patience_nothing_is_repeated_and_nothing_has_a_key() -> None:
    exchange = Exchange([LOST])
    client = ExchangeClient("http://exchange", "token", transport=httpx.MockTransport(exchange))
    with pytest.raises(Unreachable):
        client.submit("lamps", "first", REQUEST)
    assert len(exchange.asked) == 1
    assert "Idempotency-Key" not in exchange.asked[0].headers


@dataclass
class Torn:
    """A real line to a real exchange, whose answers get lost."""

    inner: httpx.HTTPTransport
    lose: int

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        answer.read()
        if self.lose:
            self.lose -= 1
            raise httpx.ReadError("connection reset")
        return answer


def test_an_answer_that_was_lost_is_given_again(lamps: Any, make: Any) -> None:
    """The exchange has it, the learner does not know; the second try gets the first one's receipt."""
    transport = httpx.MockTransport(Torn(httpx.HTTPTransport(), lose=2))
    keys = iter(["one", "two"])
    patience = Patience(4, lambda seconds: None, lambda: 0.0, lambda: next(keys))
    with ExchangeClient(lamps.url, lamps.token("maria"), transport=transport, patience=patience) as client:
        done = client.submit("lamps", "first", make.hand_in("first", "p1", "p2"))
    rows = lamps.rows()
    assert (rows["submissions"], rows["receipts"], rows["replies"]) == (1, 3, 1)
    assert done.opened == ["second"]
    assert [r.subject for r in done.commitments] == ["p1", "p2"]
    found = lamps.as_user("maria").read_submission("lamps", done.submission)
    assert found.receipt == done.receipt


# a learner's computer that went down


@dataclass
class Wire:
    """A real line to a real exchange: `dead` delivers nothing, `deaf` delivers and brings no answer back."""

    how: str = "good"
    inner: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    sent: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.sent.append(request)
        if self.how == "dead":
            raise httpx.ReadError("connection reset")
        answer = self.inner.handle_request(request)
        answer.read()
        if self.how == "deaf":
            raise httpx.ReadError("connection reset")
        return answer


@pytest.fixture
def at_home(lamps: Any, make: Any, tmp_path: Path) -> Callable[[str], tuple[ExchangeClient, Wire]]:
    """maria's folder of `first` with two answers in it; each call is her computer, switched on anew."""
    asked = [
        {"id": name, "kind": "estimate", "title": name, "question": "?", "min": 0, "max": 99}
        for name in ("e1", "e2")
    ]
    listed = {"schema": "coursekit.prompts/1", "course": "lamps", "module": "first", "title": "First"}
    listed |= {"notebook": "first", "prompts": asked}
    files = [
        make.file("first.ipynb", make.notebook(make.cell("Look at the lamps."))),
        make.file("prompts.json", json.dumps(listed)),
    ]
    lamps.as_user("chen").release("lamps", "first", make.upload("first", prompts=asked, files=files))
    take_home(lamps.as_user("maria"), "lamps", "first", tmp_path / "first")
    for n, name in enumerate(("e1", "e2")):
        open_workbook(tmp_path / "first").save_response(PromptId(name), {"value": n})

    def switch_on(how: str) -> tuple[ExchangeClient, Wire]:
        wire = Wire(how)
        patience = Patience(3, lambda seconds: None, lambda: 0.0, lambda: uuid.uuid4().hex)
        transport = httpx.MockTransport(wire)
        return ExchangeClient(lamps.url, lamps.token("maria"), transport=transport, patience=patience), wire

    return switch_on


def test_who_never_heard_back_gets_every_receipt_after_a_restart(
    lamps: Any, tmp_path: Path, at_home: Callable[[str], tuple[ExchangeClient, Wire]]
) -> None:
    folder = tmp_path / "first"
    with pytest.raises(Unreachable):
        hand_in(at_home("deaf")[0], folder)
    # The exchange has it all; the folder has not one receipt of it.
    assert lamps.rows()["submissions"] == 1
    assert open_workbook(folder).find_commitment(PromptId("e1")) is None
    before = lamps.rows()
    done = hand_in(at_home("good")[0], folder)
    assert lamps.rows() == before
    assert done.warnings == ()
    assert [r.subject for r in done.answer.commitments] == ["e1", "e2"]
    for name in ("e1", "e2"):
        assert open_workbook(folder).find_commitment(PromptId(name)) is not None
    assert (folder / ".coursekit" / "submissions" / f"{done.answer.submission}.json").exists()


def test_an_old_request_that_arrives_late_is_not_the_newest(
    lamps: Any, make: Any, tmp_path: Path, at_home: Callable[[str], tuple[ExchangeClient, Wire]]
) -> None:
    """Held up on its way while the learner began anew, handed in, wrote on and handed in again."""
    folder = tmp_path / "first"
    client, wire = at_home("dead")
    with pytest.raises(Unreachable):
        hand_in(client, folder)
    held_up = wire.sent[0]
    first = hand_in(at_home("good")[0], folder).answer.submission
    (folder / "more.txt").write_text("what I found out since")
    second = hand_in(at_home("good")[0], folder).answer.submission
    answer = httpx.request(held_up.method, held_up.url, headers=held_up.headers, content=held_up.content)
    assert answer.json()["submission"] == first
    mine = lamps.as_user("maria").my_submissions("lamps", "first")
    assert [row.submission for row in mine] == [first, second]
    assert [row.submission for row in mine if row.counts] == [second]
    # Going back on purpose is another matter: that is a hand-in of its own.
    (folder / "more.txt").unlink()
    third = hand_in(at_home("good")[0], folder).answer.submission
    assert third not in (first, second)


def test_a_folder_that_cannot_be_written_to_holds_no_hand_in_up(
    lamps: Any, tmp_path: Path, at_home: Callable[[str], tuple[ExchangeClient, Wire]]
) -> None:
    note = tmp_path / "first" / ".coursekit" / "sending.json"
    for content in ("", "[]", "{", '{"digest": 3}'):
        note.write_text(content)
        assert hand_in(at_home("good")[0], tmp_path / "first").answer.submission
        assert not note.exists()
    note.mkdir()
    assert hand_in(at_home("good")[0], tmp_path / "first").answer.submission
