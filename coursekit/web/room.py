"""Memory for the bodies in flight, given out in turns."""

from __future__ import annotations

import asyncio
from collections import deque

_QUEUE = 64
"""Bodies that may wait. Each of them may hold some 300 KB in the server's own buffers."""


class Room:
    """So many bytes, given out in the order of asking."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free = size
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def held(self) -> int:
        """Bytes that are given out."""
        return self._size - self._free

    def cut(self, size: int) -> int:
        """No more than there is: a body within its limit must have its turn, whatever the room."""
        return min(size, self._size)

    def try_take(self, size: int) -> bool:
        """Take them now, or not at all."""
        if self._waiting or size > self._free:
            return False
        self._free -= size
        return True

    async def take(self, size: int, seconds: float) -> bool:
        """Take them, once there is room; false when there was none in time, or too many wait."""
        if self.try_take(size):
            return True
        if len(self._waiting) >= _QUEUE:
            return False
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            pass
        except asyncio.CancelledError:
            if self._came(turn, size):
                self.give(size)
            raise
        return self._came(turn, size)

    def give(self, size: int) -> None:
        """Give them back."""
        self._free += size
        self._wake()

    def _came(self, turn: asyncio.Future[None], size: int) -> bool:
        if turn.done() and not turn.cancelled():
            return True
        self._waiting = deque(w for w in self._waiting if w[1] is not turn)
        # Whoever stood behind may fit into what was too little for this one.
        self._wake()
        return False

    def _wake(self) -> None:
        while self._waiting and (self._waiting[0][1].cancelled() or self._waiting[0][0] <= self._free):
            size, turn = self._waiting.popleft()
            if not turn.cancelled():
                self._free -= size
                turn.set_result(None)
