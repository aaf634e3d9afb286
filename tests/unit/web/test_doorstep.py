"""The turnstile counts people and not classes, and remembers no more than it may; the room gives turns in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.errors import TooMany
from coursekit.policy.rates import Rate, Rates
from coursekit.web.addresses import COMMIT, HAND_IN
from coursekit.web.doorstep import Room, Turnstile
from coursekit.web.observe import Metrics

PATH = "/api/v1/courses/{course}/path"
FEEDBACK = "/api/v1/courses/{course}/modules/{module}/feedback"


class Hall:
    """A turnstile with a clock that the test turns."""

    def __init__(self, rates: Rates | None, remembered: int = 50_000) -> None:
        self.now = 1000.0
        self.metrics = Metrics()
        self.turnstile = Turnstile(rates, self.metrics, lambda: self.now, remembered)

    def asks(self, who: str, method: str = "GET", route: str = PATH) -> float:
        """0 when let in, else the seconds to wait."""
        try:
            self.turnstile.pass_person(who, method, route)
        except TooMany as error:
            if error.code != "too-many-requests":
                raise
            return error.retry_after
        return 0

    def guesses(self, address: str, token: str) -> bool:
        """Whether a wrong token was looked at."""
        try:
            self.turnstile.check_address(address, token)
        except TooMany as error:
            if error.code != "too-many-failures":
                raise
            return False
        self.turnstile.failed(address)
        return True


def test_each_person_and_kind_has_a_bucket() -> None:
    hall = Hall(Rates(work=Rate(1, 2), changes=Rate(1, 3), reads=Rate(1, 4)))
    assert [hall.asks("maria", "POST", HAND_IN) for _ in range(3)] == [0, 0, 1]
    # A commit is work as well.
    assert hall.asks("maria", "POST", COMMIT) == 1
    assert [hall.asks("maria", "POST", FEEDBACK) for _ in range(4)] == [0, 0, 0, 1]
    assert [hall.asks("maria", "GET", HAND_IN) for _ in range(5)] == [0, 0, 0, 0, 1]
    assert hall.asks("olu", "POST", HAND_IN) == 0
    hall.now += 1
    assert hall.asks("maria", "POST", HAND_IN) == 0


def test_without_rates_nobody_waits_and_nothing_is_remembered() -> None:
    hall = Hall(None)
    assert all(hall.asks("maria", "POST", HAND_IN) == 0 for _ in range(5000))
    assert all(hall.guesses("10.0.0.1", "x") for _ in range(5000))
    hall.turnstile.held("token")
    assert len(hall.turnstile) == 0


def test_a_class_behind_one_address_never_waits() -> None:
    """By the defaults: 400 learners in one minute before the deadline; each reads paths and lists every second,
    commits thirty answers within ten seconds, and submits five times. Their instructor gives 2,000 feedbacks, and
    sixty of them begin with a token that is no longer good."""
    hall = Hall(Rates())
    learners = [f"learner{n}" for n in range(400)]
    for learner in learners[:60]:
        assert hall.guesses("10.0.0.1", f"old-{learner}")
    for second in range(60):
        for learner in learners:
            hall.turnstile.check_address("10.0.0.1", f"new-{learner}")
            hall.turnstile.held(f"new-{learner}")
            assert [hall.asks(learner) for _ in range(3)] == [0, 0, 0]
            if second < 10:
                assert [hall.asks(learner, "POST", COMMIT) for _ in range(3)] == [0, 0, 0]
            if second % 12 == 0:
                assert hall.asks(learner, "POST", HAND_IN) == 0
        assert not any(hall.asks("chen", "POST", FEEDBACK) for _ in range(33))
        hall.now += 1


def test_loops_of_nbgrader_never_wait() -> None:
    """By the defaults: fifty requests a second for five minutes, and a collect of a thousand on top of it."""
    hall = Hall(Rates())
    for _ in range(300):
        assert not any(hall.asks("chen") for _ in range(50))
        hall.now += 1
    assert not any(hall.asks("chen") for _ in range(1000))


def test_who_guesses_is_stopped_and_the_neighbours_go_on() -> None:
    hall = Hall(Rates(failures=Rate(1, 5)))
    hall.turnstile.held("marias")
    assert [hall.guesses("10.0.0.1", f"guess{n}") for n in range(7)] == [True] * 5 + [False] * 2
    # Maria sits behind the same address, and has just been here.
    hall.turnstile.check_address("10.0.0.1", "marias")
    # Olu has not; and elsewhere nobody is concerned.
    assert not hall.guesses("10.0.0.1", "olus")
    assert hall.guesses("10.0.0.2", "guess")
    hall.now += 1
    assert hall.guesses("10.0.0.1", "guess")
    # Another address of the same home is the same sender.
    assert [hall.guesses(f"2001:db8::{n}", "guess") for n in range(1, 8)] == [True] * 5 + [False] * 2


def test_a_crowd_of_names_fills_no_memory() -> None:
    hall = Hall(Rates(work=Rate(0.001, 2)), remembered=100)
    for n in range(5000):
        hall.asks(f"user{n}", "POST", HAND_IN)
        hall.guesses(f"10.{n // 256}.{n % 256}.1", f"guess{n}")
        hall.turnstile.held(f"token{n}")
        # Who keeps asking is never the one who is forgotten.
        assert (hall.asks("maria", "POST", HAND_IN) == 0) == (n < 2)
        assert len(hall.turnstile) <= 200
    kinds = {s.labels["limit"] for m in hall.metrics.limited.collect() for s in m.samples}
    assert kinds == {"work"}


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await story()

    asyncio.run(bounded())


def test_turns_come_in_the_order_of_asking() -> None:
    async def story() -> None:
        room, order = Room(10), []

        async def upload(name: str, size: int) -> None:
            assert await room.take(size, 10)
            order.append(name)

        assert room.try_take(8)
        tasks = []
        for name, size in (("large", 9), ("small", 1), ("middle", 4)):
            tasks.append(asyncio.create_task(upload(name, size)))
            await asyncio.sleep(0)
        # There would be room for the small one; but then large ones might never have their turn.
        assert order == []
        assert not room.try_take(1)
        room.give(8)
        await asyncio.sleep(0.01)
        assert order == ["large", "small"]
        room.give(9)
        await asyncio.gather(*tasks)
        assert order == ["large", "small", "middle"]
        assert room.held == 5

    run(story)


def test_who_waits_too_long_or_leaves_stands_in_nobodys_way() -> None:
    async def story() -> None:
        room = Room(10)
        assert room.try_take(8)
        leaver = asyncio.create_task(room.take(9, 10))
        waiter = asyncio.create_task(room.take(9, 0.05))
        behind = asyncio.create_task(room.take(2, 10))
        await asyncio.sleep(0)
        leaver.cancel()
        assert await waiter is False
        assert await behind is True
        assert room.held == 10
        room.give(2)
        room.give(8)
        assert room.held == 0
        assert room.try_take(room.cut(1000))

    run(story)


def test_a_turn_that_comes_as_its_owner_leaves_is_given_back() -> None:
    async def story() -> None:
        room = Room(10)
        assert room.try_take(10)
        leaver = asyncio.create_task(room.take(10, 10))
        await asyncio.sleep(0)
        room.give(10)
        leaver.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaver
        assert room.held == 0

    run(story)


def test_only_so_many_may_wait() -> None:
    async def story() -> None:
        room = Room(10)
        assert room.try_take(10)
        waiting = [asyncio.create_task(room.take(1, 10)) for _ in range(64)]
        await asyncio.sleep(0)
        assert not await room.take(1, 10)
        room.give(10)
        assert [await asyncio.wait_for(w, 1) for w in waiting[:10]] == [True] * 10
        for task in waiting[10:]:
            task.cancel()

    run(story)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3), st.booleans()), max_size=40))
def test_whatever_happens_no_more_is_given_out_than_there_is(visits: list[tuple[int, int, bool]]) -> None:
    async def story() -> None:
        room = Room(12)

        async def visit(size: int, stay: int) -> None:
            if await room.take(size, 5):
                try:
                    assert 0 <= room.held <= 12
                    for _ in range(stay):
                        await asyncio.sleep(0)
                finally:
                    room.give(size)

        tasks = []
        for size, stay, leaves in visits:
            task = asyncio.create_task(visit(size, stay))
            if leaves:
                asyncio.get_running_loop().call_soon(task.cancel)
            tasks.append(task)
            await asyncio.sleep(0)
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(d is None or isinstance(d, asyncio.CancelledError) for d in done)
        assert room.held == 0
        assert room.try_take(12)

    run(story)
