"""The room gives turns in order, and no more than there is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.web.room import Room


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
