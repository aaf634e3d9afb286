"""The learner's routes, below <base_url>coursekit/api/. Each is one verb of `Learning`, in a thread."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.utils import url_path_join

from coursekit.labserver.door import Door, blocking, said_kindly

if TYPE_CHECKING:
    from coursekit.labserver.learning import Learning
    from coursekit.labserver.waiting import Watch

T = TypeVar("T")


class Desk:
    """What the handlers of one server share. All that takes time to load is made when it is first wanted."""

    def __init__(self, root: Path, poll: float, look: float, longest_wait: float) -> None:
        self.longest_wait = longest_wait
        self._root, self._poll, self._look = root, poll, look
        self._learning: Learning | None = None
        self._watches: dict[str, Watch] = {}
        self._making = asyncio.Lock()
        # Two tabs that save keep their order; and nobody's typing waits for a slow network.
        self._saving: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._sending: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def learning(self) -> Learning:
        """The verbs."""
        async with self._making:
            if self._learning is None:
                self._learning = await blocking(self._make)
            return self._learning

    def _make(self) -> Learning:
        from coursekit.labserver.learning import Learning
        from coursekit.wiring.lab import LabRoom, Lines

        return Learning(LabRoom(self._root), Lines())

    async def watch(self, course: str) -> Watch:
        """Who watches that course."""
        from coursekit.labserver.waiting import Watch

        learning = await self.learning()
        if course not in self._watches:
            self._watches[course] = Watch(learning, course, self._poll, self._look)
        return self._watches[course]

    async def ask(self, verb: Callable[[Learning], T]) -> T:
        """Read something."""
        return await blocking(verb, await self.learning())

    async def save(self, course: str, module: str, verb: Callable[[Learning], T]) -> T:
        """Write into a folder, one after the other."""
        async with self._saving[course, module]:
            return await self.ask(verb)

    async def send(self, course: str, module: str, verb: Callable[[Learning], T]) -> T:
        """Do something at the exchange, one after the other; whoever waits for news of the course is told."""
        async with self._sending[course, module]:
            try:
                return await self.ask(verb)
            finally:
                if course in self._watches:
                    self._watches[course].look_now()


class LabHandler(Door):
    """Has the server's desk."""

    def initialize(self, desk: Desk) -> None:
        """`desk`: this server's."""
        self.desk = desk

    async def ready(self) -> None:
        """Load what takes time in a thread; after that, imports are quick."""
        await self.desk.learning()


class Looks(LabHandler):
    """A lab that is only open is no activity: the Hub may stop the server of somebody who went home."""

    _track_activity = False


class CoursesHandler(Looks):
    """My courses."""

    @said_kindly
    async def get(self) -> object:
        """And as what."""
        return await self.desk.ask(lambda learning: learning.courses())


class CourseHandler(Looks):
    """My way through a course."""

    _gone: asyncio.Event | None = None

    def on_connection_close(self) -> None:
        """Nobody waits any more."""
        if self._gone is not None:
            self._gone.set()
        super().on_connection_close()

    @said_kindly
    async def get(self, course: str) -> object:
        """Now, or when it is no longer `since`."""
        since = self.get_query_argument("since", "")
        watch = await self.desk.watch(course)
        self._gone = asyncio.Event()
        return await watch.wait(since, min(self.desk.longest_wait, self._seconds()), self._gone)

    def _seconds(self) -> float:
        try:
            return max(0.0, float(self.get_query_argument("wait", "0")))
        except ValueError:
            return 0.0


class PlaceHandler(LabHandler):
    """The place left off."""

    @said_kindly
    async def put(self, course: str) -> object:
        """Keep it."""
        from coursekit.wire.lab import Place

        place = self.body(Place)
        await self.desk.save(course, "", lambda learning: learning.keep_place(course, place))
        return Door.NOTHING


class ZoneHandler(LabHandler):
    """Whose clocks."""

    @said_kindly
    async def put(self, course: str) -> object:
        """Choose them."""
        from coursekit.wire.lab import ZoneRequest

        zone = self.body(ZoneRequest).time_zone
        await self.desk.send(course, "", lambda learning: learning.set_time_zone(course, zone))
        return Door.NOTHING


class ModuleOfHandler(Looks):
    """Which module a notebook belongs to."""

    @said_kindly
    async def get(self) -> object:
        """None for any other notebook."""
        path = self.get_query_argument("path", "", strip=False)
        return await self.desk.ask(lambda learning: learning.module_of(path))


class ModuleHandler(Looks):
    """A module that is here."""

    @said_kindly
    async def get(self, course: str, module: str) -> object:
        """All of its prompts."""
        return await self.desk.ask(lambda learning: learning.module(course, module))


class OpenHandler(LabHandler):
    """Fetch a module."""

    @said_kindly
    async def post(self, course: str, module: str) -> object:
        """Unless it is here."""
        return await self.desk.send(course, module, lambda learning: learning.open(course, module))


class UpdateHandler(LabHandler):
    """A new release."""

    @said_kindly
    async def post(self, course: str, module: str) -> object:
        """Merge it."""
        return await self.desk.send(course, module, lambda learning: learning.update(course, module))


class AnswerHandler(LabHandler):
    """A form's answer."""

    @said_kindly
    async def put(self, course: str, module: str, prompt: str) -> object:
        """Keep it."""
        from coursekit.wire.lab import SaveRequest

        response = self.body(SaveRequest).response
        return await self.desk.save(
            course, module, lambda learning: learning.save(course, module, prompt, response)
        )


class CommitmentHandler(LabHandler):
    """An answer, to be sealed."""

    @said_kindly
    async def post(self, course: str, module: str, prompt: str) -> object:
        """Seal it."""
        from coursekit.wire.lab import CommitRequest

        asked = self.body(CommitRequest)
        return await self.desk.send(
            course,
            module,
            lambda learning: learning.commit(course, module, prompt, asked.shown, asked.revision),
        )


class SubmissionsHandler(LabHandler):
    """What was handed in."""

    @said_kindly
    async def get(self, course: str, module: str) -> object:
        """All of it."""
        return await self.desk.ask(lambda learning: learning.submissions(course, module))

    @said_kindly
    async def post(self, course: str, module: str) -> object:
        """Hand in."""
        from coursekit.wire.lab import SubmitRequest

        asked = self.body(SubmitRequest)
        return await self.desk.send(course, module, lambda learning: learning.submit(course, module, asked))


class CopyHandler(LabHandler):
    """A submission as it was handed in."""

    @said_kindly
    async def post(self, course: str, submission: str) -> object:
        """In a folder of its own."""
        return await self.desk.save(course, "", lambda learning: learning.copy(course, submission))


class FeedbackHandler(Looks):
    """What I was given."""

    @said_kindly
    async def get(self, course: str, module: str) -> object:
        """All of it, newest last."""
        return await self.desk.ask(lambda learning: learning.feedback(course, module))


class PointersHandler(Looks):
    """What the checks saw."""

    @said_kindly
    async def get(self, course: str, module: str) -> object:
        """In my newest submission."""
        return await self.desk.ask(lambda learning: learning.pointers(course, module))


class AppealHandler(LabHandler):
    """A person should read it."""

    @said_kindly
    async def post(self, course: str, module: str, prompt: str) -> object:
        """Ask for that."""
        from coursekit.wire.lab import AppealRequest

        reason = self.body(AppealRequest).reason
        await self.desk.send(course, module, lambda learning: learning.appeal(course, module, prompt, reason))
        return Door.NOTHING


def handlers(base_url: str, desk: Desk) -> list[tuple[str, type[LabHandler], dict[str, Any]]]:
    """For the server's application."""
    course = r"courses/([^/]+)"
    module = course + r"/modules/([^/]+)"
    routes: list[tuple[str, type[LabHandler]]] = [
        (r"courses", CoursesHandler),
        (course, CourseHandler),
        (course + r"/place", PlaceHandler),
        (course + r"/time-zone", ZoneHandler),
        (course + r"/submissions/([^/]+)/copy", CopyHandler),
        (r"module-of", ModuleOfHandler),
        (module, ModuleHandler),
        (module + r"/open", OpenHandler),
        (module + r"/update", UpdateHandler),
        (module + r"/answers/([^/]+)", AnswerHandler),
        (module + r"/commitments/([^/]+)", CommitmentHandler),
        (module + r"/submissions", SubmissionsHandler),
        (module + r"/feedback", FeedbackHandler),
        (module + r"/pointers", PointersHandler),
        (module + r"/appeals/([^/]+)", AppealHandler),
    ]
    below = url_path_join(base_url, "coursekit/api")
    return [(f"{below}/{pattern}", handler, {"desk": desk}) for pattern, handler in routes]
