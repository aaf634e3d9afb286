"""What all handlers have in common: who may come in, how a body is read, how a refusal is said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, authenticated

from coursekit.model import errors

if TYPE_CHECKING:
    from pydantic import BaseModel

    _B = TypeVar("_B", bound=BaseModel)

T = TypeVar("T")
_STATUS: tuple[tuple[type[errors.CoursekitError], int], ...] = (
    (errors.BadInput, 422),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Locked, 423),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.TooMany, 429),
    (errors.Unreachable, 503),
    (errors.NotNow, 503),
    (errors.ServiceFault, 502),
)
_IN_THE_LAB = {
    "no-token": "Start your server again from the control panel. On your own computer, sign in in a terminal: "
    "coursekit login.",
    "token-ended": "Start your server again from the control panel, or sign in again. Your work is kept here.",
    "other-release": "Choose “Update” in the course panel first.",
    "already-there": "Rename that folder, then try again.",
}
"""Next steps for those who have no command line before them."""
_SAID_IN_THE_LAB = {"exchange-unreachable": "The course does not answer just now."}
"""Where the exchange is says nothing to a learner."""


def said_kindly(method: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[None]]:
    """A handler's method, for those who are signed in: it returns the answer, or raises a refusal."""

    @wraps(method)
    async def answered(self: Door, *args: str) -> None:
        try:
            await self.ready()
            self.answer(await method(self, *args))
        except errors.CoursekitError as error:
            self.refuse(error)
        except HTTPError:
            raise
        except Exception:
            self.log.exception("coursekit could not answer %s", self.request.path)
            self.refuse(
                errors.ServiceFault(
                    "unexpected",
                    "Something unexpected happened. What you saved is still there.",
                    "Try again; if it stays, tell the course's staff.",
                )
            )

    # A guest whom somebody lets look at their server must not hand in for them.
    return cast("Callable[..., Awaitable[None]]", authenticated(authorized(answered)))


class Door(APIHandler):
    """A handler of ours."""

    auth_resource: ClassVar[str] = "coursekit"

    async def ready(self) -> None:
        """Called for those who may come in, before anything else."""

    def answer(self, value: object) -> None:
        """Say it; 204 for nothing to say."""
        if value is Door.NOTHING:
            self.set_status(204)
            self.set_header("Content-Length", "0")
            self.finish()
            return
        self.finish(dumped(value))

    NOTHING: ClassVar[object] = object()

    def refuse(self, error: errors.CoursekitError) -> None:
        """Say no, as people read it."""
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        code = error.code
        detail = _SAID_IN_THE_LAB.get(code, error.detail)
        if isinstance(error, errors.Unauthenticated) and code != "no-token":
            code, detail = "token-ended", "Your sign-in to the course is over."
        more = cast("dict[str, object]", getattr(error, "more", dict)())
        self.set_status(status)
        body = {
            "title": error.title,
            "status": status,
            "code": code,
            "detail": detail,
            "next_step": _IN_THE_LAB.get(code, error.next_step),
        }
        self.finish(json.dumps(body | more), set_content_type="application/problem+json")

    def body(self, kind: type[_B]) -> _B:
        """The request's body. Raises BadInput."""
        from pydantic import ValidationError

        try:
            return kind.model_validate(json.loads(self.request.body or b"{}", parse_constant=_no_number))
        except (ValidationError, ValueError, RecursionError) as error:
            where = "it is no JSON"
            if isinstance(error, ValidationError):
                where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "it is no mapping"
            raise errors.BadInput(
                "bad-request", f"What was sent is not as it must be: {where}.", "Load the page again."
            ) from error


async def blocking(verb: Callable[..., T], *args: Any) -> T:
    """In a thread."""
    return await asyncio.to_thread(verb, *args)


def dumped(value: object) -> str:
    """A shape, some of them, or none, as JSON. Half an emoji, as a browser leaves it, survives as an escape."""
    return json.dumps(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if value is None else value.model_dump(mode="json", by_alias=True)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
