"""The express lane: the three addresses that a whole class asks for in the same minute.

FastAPI's way from the address to the function takes longer than the function (benchmarks/exchange.py). Here the
same functions are called with the same arguments and nothing in between; whatever is not plain sailing, such as
an odd header or query, goes on to FastAPI, which also describes these routes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from coursekit.model.errors import CoursekitError
from coursekit.model.people import Identity
from coursekit.policy.access import Verb
from coursekit.services.desk import Exchange
from coursekit.web import learner, refusals
from coursekit.web.addresses import COMMIT, HAND_IN, PATH
from coursekit.web.asgi import App, Message, Receive, Send
from coursekit.web.auth import KEY_LENGTH, Caller

_LANES: dict[tuple[str, str], Callable[..., Response]] = {
    ("GET", PATH): learner.path,
    ("POST", COMMIT): learner.commit_response,
    ("POST", HAND_IN): learner.submit_module,
}
_WITH_PARTS = b"parts=true"
"""As the client asks for a path."""


class Express:
    """Answers what is on the lanes; hands the rest on."""

    def __init__(self, app: App, exchange: Exchange) -> None:
        self._app = app
        self._exchange = exchange

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Take the lane, if there is one for this request."""
        if scope["type"] == "http":
            lane = _LANES.get((scope["method"], scope["state"]["route"]))
            identity = scope["state"].get("identity")
            key = _key(scope)
            is_plain = (
                scope["query_string"] in (b"", _WITH_PARTS) and len(key or "-") <= KEY_LENGTH and key != ""
            )
            if lane is not None and identity is not None and is_plain:
                response = await self._ride(lane, scope, receive, identity, key)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _ride(
        self,
        lane: Callable[..., Response],
        scope: Message,
        receive: Receive,
        identity: Identity,
        key: str | None,
    ) -> Response:
        template = scope["state"]["route"].split("/")
        named = {
            name[1:-1]: part
            for name, part in zip(template, scope["path"].split("/"), strict=True)
            if name.startswith("{")
        }
        me = Caller(self._exchange, identity, named.pop("course"), Verb.LEARN)
        arguments: dict[str, Any] = {**named, "me": me, "exchange": self._exchange}
        if scope["method"] == "POST":
            arguments |= {"body": await Request(scope, receive).body(), "key": key}
        else:
            arguments["parts"] = scope["query_string"] == _WITH_PARTS
        try:
            return await anyio.to_thread.run_sync(lambda: lane(**arguments))
        except CoursekitError as error:
            return refusals.told(error)
        except RequestValidationError as error:
            return refusals.misshapen(error)


def _key(scope: Message) -> str | None:
    found = [value for name, value in scope["headers"] if name == b"idempotency-key"]
    return found[0].decode("latin-1") if found else None
