"""Routes of the review panel, below <base_url>coursekit/api/review/. Each is one verb of `Reviewing`, in a thread.

GET  {course}/modules                                GET, PUT {course}/comments
GET  {course}/{module}/queue?prompt=&order=doubt     POST {course}/{module}/undo
GET  {course}/{module}/items/{id}                    GET  {course}/{module}/items/{id}/name
POST {course}/{module}/items/{id}/suggestion         POST {course}/{module}/items/{id}/decision
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.utils import url_path_join

from coursekit.labserver.door import Door, blocking, said_kindly

if TYPE_CHECKING:
    from coursekit.labserver.review_desks import Exchange, Reviewing

T = TypeVar("T")


class Desks:
    """The grader's review, made when it is first asked for: most servers are learners'."""

    def __init__(self, folder: Path, ask: Callable[[], AbstractContextManager[Exchange]] | None) -> None:
        self._folder, self._ask = folder, ask
        self._lock = threading.Lock()
        self._made: Reviewing | None = None

    @property
    def reviewing(self) -> Reviewing:
        """Loads what marks answers. Blocks."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> Reviewing:
        from coursekit.labserver.review_desks import Reviewing
        from coursekit.wiring.learner import connect
        from coursekit.wiring.review_room import ReviewRoom

        def exchange() -> AbstractContextManager[Exchange]:
            return connect(timeout=15.0, attempts=3)

        return Reviewing(ReviewRoom(self._folder), self._ask or exchange)


class ReviewHandler(Door):
    """Runs one verb."""

    def initialize(self, desks: Desks) -> None:
        """`desks`: this server's."""
        self.desks = desks

    async def do(self, verb: Callable[[Reviewing], T]) -> T:
        """In a thread."""
        return await blocking(lambda: verb(self.desks.reviewing))


class ModulesHandler(ReviewHandler):
    """What can be reviewed."""

    @said_kindly
    async def get(self, course: str) -> object:
        """The modules in numbers."""
        return await self.do(lambda review: review.modules(course))


class QueueHandler(ReviewHandler):
    """One module's queue."""

    @said_kindly
    async def get(self, course: str, module: str) -> object:
        """By doubt, or with `order=random` one question across all learners."""
        prompt = self.get_query_argument("prompt", "")
        by_lot = self.get_query_argument("order", "doubt") == "random"
        return await self.do(
            lambda review: review.queue(course, module, prompt, "random" if by_lot else "doubt")
        )


class ItemHandler(ReviewHandler):
    """One answer."""

    @said_kindly
    async def get(self, course: str, module: str, item: str) -> object:
        """All but the name and the suggestion."""
        return await self.do(lambda review: review.item(course, module, item))


class SuggestionHandler(ReviewHandler):
    """What is suggested."""

    @said_kindly
    async def post(self, course: str, module: str, item: str) -> object:
        """Look at it; noted."""
        return await self.do(lambda review: review.suggestion(course, module, item))


class NameHandler(ReviewHandler):
    """Whose answer it is."""

    @said_kindly
    async def get(self, course: str, module: str, item: str) -> object:
        """Ask for it; noted."""
        return await self.do(lambda review: review.name(course, module, item))


class DecisionHandler(ReviewHandler):
    """Marks."""

    @said_kindly
    async def post(self, course: str, module: str, item: str) -> object:
        """Enter them; 409 with what stands there when somebody else was quicker."""
        from coursekit.wire.lab_review import DecisionRequest

        request = self.body(DecisionRequest)
        return await self.do(lambda review: review.decide(course, module, item, request))


class UndoHandler(ReviewHandler):
    """The newest decision."""

    @said_kindly
    async def post(self, course: str, module: str) -> object:
        """Take it back."""
        return await self.do(lambda review: review.undo(course, module))


class CommentsHandler(ReviewHandler):
    """The comment bank."""

    @said_kindly
    async def get(self, course: str) -> object:
        """All of it."""
        return await self.do(lambda review: review.comments(course))

    @said_kindly
    async def put(self, course: str) -> object:
        """Add and take out."""
        from coursekit.wire.lab_review import CommentChange

        change = self.body(CommentChange)
        return await self.do(lambda review: review.change_comments(course, change))


def review_handlers(
    base_url: str, folder: Path, ask: Callable[[], AbstractContextManager[Exchange]] | None = None
) -> list[tuple[str, type[ReviewHandler], dict[str, Any]]]:
    """For the server's application.

    `folder`: the course's own, or one near it; `ask`: the exchange as this server's owner, by the settings if left
    out.
    """
    course, module, item = r"([^/]+)", r"([^/]+)", r"([0-9a-f]{1,64})"
    with_desks = {"desks": Desks(folder, ask)}
    routes: list[tuple[str, type[ReviewHandler]]] = [
        (f"{course}/modules", ModulesHandler),
        (f"{course}/comments", CommentsHandler),
        (f"{course}/{module}/queue", QueueHandler),
        (f"{course}/{module}/undo", UndoHandler),
        (f"{course}/{module}/items/{item}", ItemHandler),
        (f"{course}/{module}/items/{item}/suggestion", SuggestionHandler),
        (f"{course}/{module}/items/{item}/name", NameHandler),
        (f"{course}/{module}/items/{item}/decision", DecisionHandler),
    ]
    below = url_path_join(base_url, "coursekit/api/review")
    return [(f"{below}/{pattern}", handler, with_desks) for pattern, handler in routes]
