"""Waiting for news of a course: one watcher for all tabs that wait, and none while nobody does.

IDLE ── somebody waits ──▶ WATCHING ── nobody waits any more ──▶ IDLE

While it watches, it looks at the modules' folders every moment, and asks the exchange when something has changed
there, when something was done through this server, when a step opens by the clock, and else every few seconds.
What is new goes to everybody who waits, at once; so does the news that the exchange does not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from coursekit.labserver.door import blocking
from coursekit.wire.lab import LabCourse, Unchanged
from coursekit.wiring.clock import utc_now

if TYPE_CHECKING:
    from coursekit.labserver.learning import Learning
    from coursekit.wire.api import CourseRow

_ROLE_LASTS = 60.0
"""Seconds for which somebody's role in a course is not asked for again."""
_CLOCKS_DIFFER = 3.0
"""Seconds after a step's opening in which the exchange, by its own clock, may not have opened it yet."""


class Watch:
    """One course of this server's learner."""

    def __init__(self, learning: Learning, course: str, poll: float, look: float) -> None:
        self._learning, self._course = learning, course
        self._poll, self._look = poll, look
        self._asking = asyncio.Lock()
        # Moments of the loop's clock, but for the one that is compared with a step's opening.
        self._asked_at = self._touched_at = self._row_at = -1e9
        self._asked_when = datetime.min.replace(tzinfo=UTC)
        self._row: CourseRow | None = None
        self._stamps: tuple[object, ...] = ()
        self._latest: LabCourse | None = None
        self._error: Exception | None = None
        self._touched = asyncio.Event()
        self._waiting: set[_Waiting] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many wait just now."""
        return len(self._waiting)

    @property
    def is_watching(self) -> bool:
        """Whether anything is looked at while nothing is asked."""
        return self._task is not None

    def look_now(self) -> None:
        """Something was done that may have changed it."""
        self._touched_at = _now()
        self._touched.set()

    async def wait(self, since: str, seconds: float, gone: asyncio.Event) -> LabCourse | Unchanged:
        """The course as it is now; with an etag, as soon as it is another, or Unchanged after so many seconds.

        `gone`: set once nobody is there to hear it. Raises what the exchange says.
        """
        # Who asks without an etag wants to know how it is now; others are told what was heard a moment ago.
        latest = await self._ask(_now() - self._poll if since else _now())
        if since and since == latest.etag and seconds > 0:
            latest = await self._sleep_until_news(latest, seconds, gone)
        if since and since == latest.etag:
            return Unchanged(etag=since)
        place = await blocking(self._learning.place, self._course)
        return latest.model_copy(update={"place": place})

    async def _sleep_until_news(self, latest: LabCourse, seconds: float, gone: asyncio.Event) -> LabCourse:
        waiting = _Waiting(latest.etag, asyncio.get_running_loop().create_future())
        leaving = asyncio.ensure_future(gone.wait())
        self._waiting.add(waiting)
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        try:
            either: set[asyncio.Future[Any]] = {waiting.news, leaving}
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return waiting.news.result() if waiting.news.done() else latest
        finally:
            leaving.cancel()
            self._waiting.discard(waiting)
            if not self._waiting:
                # The watcher sees it, and ends.
                self._touched.set()

    async def _watch(self) -> None:
        try:
            while self._waiting:
                self._touched.clear()
                if await self._is_time_to_ask():
                    # What went wrong is told to those who wait.
                    with contextlib.suppress(Exception):
                        await self._ask(_now())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._touched.wait(), self._look)
        finally:
            self._task = None

    async def _is_time_to_ask(self) -> bool:
        if self._asked_at <= max(self._touched_at, _now() - self._poll):
            return True
        now, before = utc_now(), self._asked_when
        if any(before < moment <= now for moment in _openings(self._latest)):
            return True
        return await self._look_at_folders() != self._stamps

    async def _look_at_folders(self) -> tuple[object, ...]:
        modules = [step.module for step in self._latest.steps] if self._latest is not None else []
        return await blocking(self._learning.stamps, self._course, modules)

    async def _ask(self, not_before: float) -> LabCourse:
        """How things stand, as the exchange said at that moment or later. One question at a time serves all."""
        arrived = _now()
        async with self._asking:
            is_old = self._asked_at < not_before or self._asked_at <= self._touched_at
            is_worth_another = self._error is not None or self._latest is None
            if is_old or (is_worth_another and self._asked_at < arrived):
                await self._ask_now()
            if self._error is not None:
                raise self._error
            assert self._latest is not None
            return self._latest

    async def _ask_now(self) -> None:
        self._asked_at, self._asked_when = _now(), utc_now()
        known = self._row if self._asked_at - self._row_at < _ROLE_LASTS else None
        try:
            stamps = await self._look_at_folders()
            row, found = await blocking(self._learning.way, self._course, known)
            if self._latest is None or len(self._latest.steps) != len(found.steps):
                self._latest = found
                stamps = await self._look_at_folders()
        except Exception as error:
            self._error = error
        else:
            if known is None:
                self._row, self._row_at = row, self._asked_at
            self._error, self._stamps = None, stamps
            self._latest = found.model_copy(update={"etag": _etag(found, stamps)})
        self._tell()

    def _tell(self) -> None:
        for waiting in self._waiting:
            if waiting.news.done():
                continue
            if self._error is not None:
                waiting.news.set_exception(self._error)
            elif self._latest is not None and self._latest.etag != waiting.etag:
                waiting.news.set_result(self._latest)


@dataclass(frozen=True, eq=False)
class _Waiting:
    """Somebody who waits."""

    etag: str
    """What they know."""
    news: asyncio.Future[LabCourse]


def _now() -> float:
    return asyncio.get_running_loop().time()


def _etag(course: LabCourse, stamps: tuple[object, ...]) -> str:
    said = json.dumps([course.model_dump(mode="json", exclude={"place", "etag"}), stamps])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _openings(course: LabCourse | None) -> Iterator[datetime]:
    """The moments at which a step may open; three for each, since the exchange goes by its own clock."""
    for step in course.steps if course is not None else ():
        if step.opens is not None:
            yield from (step.opens + timedelta(seconds=after) for after in (0, 1, _CLOCKS_DIFFER))
