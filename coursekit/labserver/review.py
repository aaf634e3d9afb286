"""Routes of the review panel, below <base_url>coursekit/api/review/. Each is one verb of `Reviewing`, in a thread.

GET  {course}/modules                                GET, PUT {course}/comments
GET  {course}/{module}/queue?prompt=&order=doubt     POST {course}/{module}/undo
GET  {course}/{module}/items/{id}                    GET  {course}/{module}/items/{id}/name
POST {course}/{module}/items/{id}/suggestion         POST {course}/{module}/items/{id}/decision
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from pydantic import BaseModel, ValidationError
from tornado import web

from coursekit.model import errors
from coursekit.wire.lab_review import CommentChange, DecisionRequest

if TYPE_CHECKING:
    from coursekit.labserver.review_desks import Exchange, Reviewing

_T = TypeVar("_T", bound=BaseModel)
_STATUS: tuple[tuple[type[errors.CoursekitError], int], ...] = (
    (errors.BadInput, 422),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.TooMany, 429),
    (errors.Unreachable, 503),
    (errors.NotNow, 503),
    (errors.ServiceFault, 502),
)


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


class ReviewHandler(APIHandler):
    """Runs one verb, and says no as people read it."""

    def initialize(self, desks: Desks) -> None:
        """`desks`: this server's."""
        self.desks = desks

    async def _answer(self, verb: Callable[[Reviewing], BaseModel]) -> None:
        try:
            shape = await asyncio.to_thread(lambda: verb(self.desks.reviewing))
        except errors.CoursekitError as error:
            self._refuse(error)
            return
        self.finish(shape.model_dump_json())

    def _refuse(self, error: errors.CoursekitError) -> None:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        more = cast("dict[str, object]", getattr(error, "more", dict)())
        self.set_status(status)
        body = {
            "title": error.title,
            "status": status,
            "code": error.code,
            "detail": error.detail,
            "next_step": error.next_step,
        }
        self.finish(json.dumps(body | more), set_content_type="application/problem+json")

    def _body(self, kind: type[_T]) -> _T:
        try:
            return kind.model_validate_json(self.request.body or b"{}")
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise errors.BadInput(
                "bad-request",
                f"What was sent is not as it must be: {where or 'it is no JSON'}.",
                "Load the page again.",
            ) from error


class ModulesHandler(ReviewHandler):
    """What can be reviewed."""

    @web.authenticated
    async def get(self, course: str) -> None:
        """The modules in numbers."""
        await self._answer(lambda review: review.modules(course))


class QueueHandler(ReviewHandler):
    """One module's queue."""

    @web.authenticated
    async def get(self, course: str, module: str) -> None:
        """By doubt, or with `order=random` one question across all learners."""
        prompt = self.get_query_argument("prompt", "")
        by_lot = self.get_query_argument("order", "doubt") == "random"
        await self._answer(
            lambda review: review.queue(course, module, prompt, "random" if by_lot else "doubt")
        )


class ItemHandler(ReviewHandler):
    """One answer."""

    @web.authenticated
    async def get(self, course: str, module: str, item: str) -> None:
        """All but the name and the suggestion."""
        await self._answer(lambda review: review.item(course, module, item))


class SuggestionHandler(ReviewHandler):
    """What is suggested."""

    @web.authenticated
    async def post(self, course: str, module: str, item: str) -> None:
        """Look at it; noted."""
        await self._answer(lambda review: review.suggestion(course, module, item))


class NameHandler(ReviewHandler):
    """Whose answer it is."""

    @web.authenticated
    async def get(self, course: str, module: str, item: str) -> None:
        """Ask for it; noted."""
        await self._answer(lambda review: review.name(course, module, item))


class DecisionHandler(ReviewHandler):
    """Marks."""

    @web.authenticated
    async def post(self, course: str, module: str, item: str) -> None:
        """Enter them; 409 with what stands there when somebody else was quicker."""
        await self._answer(
            lambda review: review.decide(course, module, item, self._body(DecisionRequest)),
        )


class UndoHandler(ReviewHandler):
    """The newest decision."""

    @web.authenticated
    async def post(self, course: str, module: str) -> None:
        """Take it back."""
        await self._answer(lambda review: review.undo(course, module))


class CommentsHandler(ReviewHandler):
    """The comment bank."""

    @web.authenticated
    async def get(self, course: str) -> None:
        """All of it."""
        await self._answer(lambda review: review.comments(course))

    @web.authenticated
    async def put(self, course: str) -> None:
        """Add and take out."""
        await self._answer(lambda review: review.change_comments(course, self._body(CommentChange)))


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
