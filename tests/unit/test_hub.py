"""Asking the Hub: once for many, never from memory for a write, and never mistaking its absence for a bad token."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from coursekit import hub
from coursekit.hub import HubTokens
from coursekit.model.errors import CoursekitError, Forbidden, Unauthenticated, Unreachable

API = "http://hub.example/hub/api"
SCOPE = "access:services!service=coursekit"


class Hub:
    """Answers as a Hub does; knows tokens until they are taken away."""

    def __init__(self) -> None:
        self.owners = {"t-maria": "maria", "t-olu": "olu"}
        self.scopes = [SCOPE]
        self.asked: list[str] = []
        self.instead: list[httpx.Response | Exception] = []
        self.paths: set[str] = set()
        self.hold: asyncio.Event | None = None

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(5):
            while len(self.asked) < times:
                await asyncio.sleep(0)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        scheme, _, token = request.headers["Authorization"].partition(" ")
        assert scheme == "Bearer"
        self.asked.append(token)
        self.paths.add(str(request.url))
        if self.hold is not None:
            await self.hold.wait()
        if self.instead:
            answer = self.instead.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        if token not in self.owners:
            return httpx.Response(403, json={"status": 403, "message": "Forbidden"})
        name = self.owners[token]
        return httpx.Response(
            200, json={"kind": "user", "name": name, "groups": ["g"], "scopes": self.scopes}
        )


class House:
    def __init__(self, **settings: Any) -> None:
        self.hub = Hub()
        self.moment = datetime(2027, 1, 11, 8, tzinfo=UTC)
        self.slept: list[float] = []
        self.tokens = HubTokens(
            API + "/",
            "coursekit",
            lambda: self.moment,
            transport=httpx.MockTransport(self.hub),
            sleep=self._sleep,
            **settings,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def read(self, token: str = "t-maria") -> str:
        return (await self.tokens.identify(token, fresh=False)).user

    async def write(self, token: str = "t-maria") -> str:
        return (await self.tokens.identify(token, fresh=True)).user


async def refused(asking: Awaitable[object], kind: type[CoursekitError], code: str) -> CoursekitError:
    with pytest.raises(kind) as caught:
        await asking
    assert caught.value.code == code
    assert caught.value.next_step
    return caught.value


def run(story: Callable[[House], Awaitable[None]], **settings: Any) -> House:
    house = House(**settings)

    async def whole() -> None:
        await story(house)
        await house.tokens.close()

    asyncio.run(whole())
    return house


def test_the_hub_says_who_it_is() -> None:
    async def story(house: House) -> None:
        found = await house.tokens.identify("t-maria", fresh=True)
        assert (found.user, found.groups) == ("maria", {"g"})

    assert run(story).hub.paths == {"http://hub.example/hub/api/user"}


def test_reads_within_the_time_ask_once_and_writes_every_time() -> None:
    async def story(house: House) -> None:
        for _ in range(5):
            assert await house.read() == "maria"
        assert len(house.hub.asked) == 1
        for n in range(3):
            assert await house.write() == "maria"
            assert len(house.hub.asked) == 2 + n
        house.moment += timedelta(seconds=29)
        await house.read()
        assert len(house.hub.asked) == 4
        house.moment += timedelta(seconds=1)
        await house.read()
        assert len(house.hub.asked) == 5

    run(story)


def test_a_token_that_ended_is_refused_to_writes_at_once_and_to_reads_after_the_time() -> None:
    async def story(house: House) -> None:
        await house.read()
        del house.hub.owners["t-maria"]
        assert await house.read() == "maria"
        house.moment += timedelta(seconds=30)
        await refused(house.read(), Unauthenticated, "bad-token")

    run(story)


def test_a_refused_write_ends_the_reads_of_that_token_too() -> None:
    async def story(house: House) -> None:
        await house.read()
        await house.read("t-olu")
        del house.hub.owners["t-maria"]
        await refused(house.write(), Unauthenticated, "bad-token")
        await refused(house.read(), Unauthenticated, "bad-token")
        assert await house.read("t-olu") == "olu"

    run(story)


def test_an_answer_is_as_old_as_its_question() -> None:
    async def story(house: House) -> None:
        house.hub.hold = asyncio.Event()
        reading = asyncio.create_task(house.read())
        await house.hub.until_asked(1)
        house.moment += timedelta(seconds=29)
        house.hub.hold.set()
        assert await reading == "maria"
        del house.hub.owners["t-maria"]
        house.moment += timedelta(seconds=1)
        await refused(house.read(), Unauthenticated, "bad-token")

    run(story)


def test_a_slow_answer_to_an_early_question_hides_no_later_one() -> None:
    async def story(house: House) -> None:
        held = house.hub.hold = asyncio.Event()
        reading = asyncio.create_task(house.read())
        await house.hub.until_asked(1)
        house.hub.hold = None
        house.moment += timedelta(seconds=10)
        await house.write()
        held.set()
        await reading
        house.moment += timedelta(seconds=29)
        await house.read()
        assert len(house.hub.asked) == 2

    run(story)


def test_many_reads_at_once_ask_the_hub_once_and_none_hangs_up_for_the_others() -> None:
    async def story(house: House) -> None:
        house.hub.hold = asyncio.Event()
        reading = [asyncio.create_task(house.read()) for _ in range(50)]
        other = asyncio.create_task(house.read("t-olu"))
        await house.hub.until_asked(2)
        reading[0].cancel()
        await asyncio.wait([reading[0]])
        house.hub.hold.set()
        answers = await asyncio.gather(*reading, return_exceptions=True)
        assert isinstance(answers[0], asyncio.CancelledError)
        assert set(answers[1:]) == {"maria"}
        assert await other == "olu"
        assert sorted(house.hub.asked) == ["t-maria", "t-olu"]

    run(story)


def test_a_write_never_takes_the_answer_to_an_earlier_question() -> None:
    async def story(house: House) -> None:
        house.hub.hold = asyncio.Event()
        reading = asyncio.create_task(house.read())
        writing = [asyncio.create_task(house.write()) for _ in range(3)]
        await house.hub.until_asked(4)
        house.hub.hold.set()
        await asyncio.gather(reading, *writing)

    run(story)


def test_a_failed_question_is_everybodys_and_is_not_kept() -> None:
    async def story(house: House) -> None:
        answers = await asyncio.gather(*(house.read("nobodys") for _ in range(9)), return_exceptions=True)
        assert {type(a) for a in answers} == {Unauthenticated}
        assert len(house.hub.asked) == 1
        house.hub.owners["nobodys"] = "zoe"
        assert await house.read("nobodys") == "zoe"

    run(story)
    gc.collect()


BUSY: list[Any] = [
    httpx.ConnectError("no"),
    httpx.ReadTimeout("late"),
    httpx.RemoteProtocolError("cut"),
    httpx.Response(503, text="<html>"),
    httpx.Response(502),
    httpx.Response(429),
]


@pytest.mark.parametrize("trouble", BUSY, ids=lambda t: str(getattr(t, "status_code", type(t).__name__)))
def test_a_hub_that_stumbles_is_asked_again(trouble: Any) -> None:
    async def story(house: House) -> None:
        house.hub.instead = [trouble, trouble]
        assert await house.write() == "maria"

    assert run(story).slept == [0.1, 0.4]


@pytest.mark.parametrize("trouble", BUSY, ids=lambda t: str(getattr(t, "status_code", type(t).__name__)))
def test_a_hub_that_is_away_makes_no_token_bad(trouble: Any) -> None:
    async def story(house: House) -> None:
        assert await house.read() == "maria"
        house.hub.instead = [trouble] * 3
        await refused(house.write(), Unreachable, "hub-unreachable")
        # What it said before holds until its time is over, though a write was refused meanwhile.
        assert await house.read() == "maria"
        house.moment += timedelta(seconds=30)
        house.hub.instead = [trouble] * 3
        await refused(house.read(), Unreachable, "hub-unreachable")

    assert run(story).slept == [0.1, 0.4] * 2


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>welcome</html>"),
        httpx.Response(200, json=["maria"]),
        httpx.Response(200, json={"name": "maria"}),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(302, headers={"Location": "/hub/login"}),
        httpx.Response(404, text="nothing here"),
    ],
    ids=["page", "list", "half", "bytes", "redirect", "404"],
)
def test_what_is_no_hub_makes_no_token_bad(answer: httpx.Response) -> None:
    async def story(house: House) -> None:
        house.hub.instead = [answer]
        await refused(house.write(), Unreachable, "not-a-hub")

    assert run(story).slept == []


@pytest.mark.parametrize("token", ["mária", "a\nb", "a\x00b", "\udcff", "x" * 5000])
def test_a_token_that_cannot_be_sent_is_nobodys(token: str) -> None:
    async def story(house: House) -> None:
        await refused(house.write(token), Unauthenticated, "bad-token")
        await refused(house.read(token), Unauthenticated, "bad-token")

    run(story)


def test_a_missing_scope_is_a_refusal_and_ends_the_reads() -> None:
    async def story(house: House) -> None:
        await house.read()
        house.hub.scopes = ["self"]
        error = await refused(house.write(), Forbidden, "missing-scope")
        assert SCOPE in error.detail
        await refused(house.read(), Forbidden, "missing-scope")

    run(story)


def test_neither_its_memory_nor_its_errors_hold_a_token() -> None:
    async def story(house: House) -> None:
        await house.read()
        error = await refused(house.write("t-secret"), Unauthenticated, "bad-token")
        assert "t-secret" not in f"{error.detail} {error.next_step} {error!r}"
        assert "t-maria" not in repr(vars(house.tokens))
        assert house.tokens._kept

    run(story)


def test_what_is_kept_is_bounded_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_MOST_KEPT", 3)

    async def story(house: House) -> None:
        for n in range(5):
            house.hub.owners[f"t{n}"] = f"u{n}"
            await house.read(f"t{n}")
        assert len(house.tokens._kept) == 3
        await house.read("t2")
        house.hub.owners["t9"] = "u9"
        await house.read("t9")
        asked = len(house.hub.asked)
        await house.read("t2")
        assert len(house.hub.asked) == asked
        await house.read("t3")
        assert len(house.hub.asked) == asked + 1

    run(story)
