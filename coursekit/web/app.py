"""The application: routes, refusals, and a bound on every body."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import APIRouter, FastAPI

from coursekit import __version__
from coursekit.model.errors import CoursekitError, TooLarge
from coursekit.services.desk import Exchange
from coursekit.web import learner, refusals, staff
from coursekit.web.auth import Identify, bearer_token
from coursekit.wire.api import API, Health, KeyShape
from coursekit.wiring.exchange import open_embedded
from coursekit.wiring.settings import data_folder

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def create_app(exchange: Exchange, identify: Identify, keys: dict[str, str]) -> FastAPI:
    """The exchange service. `keys`: the public keys that verify its receipts, id → base64."""
    app = FastAPI(
        title="coursekit exchange",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        # No HTML of anybody's making on this origin: the interactive pages stay off.
        docs_url=None,
        redoc_url=None,
    )
    app.state.exchange = exchange
    app.state.identify = identify
    refusals.install(app)
    public = APIRouter()

    @public.get("/health")
    def health() -> Health:
        """Alive."""
        return Health(version=__version__)

    @public.get("/keys")
    def public_keys() -> list[KeyShape]:
        """The public keys that verify receipts, offline as well."""
        return [KeyShape(key=key, public_key=value) for key, value in keys.items()]

    for router in (public, learner.router, staff.router):
        app.include_router(router, prefix=API)
    app.add_middleware(
        Doorstep,
        # base64 makes three bytes four; the rest of the JSON is small.
        limit=exchange.limits.total_size * 4 // 3 + 2**20,
        identify=identify,
    )
    return app


def from_settings() -> FastAPI:
    """The service on this machine's own data folder, for an ASGI server's `--factory`."""
    embedded = open_embedded(data_folder())
    return create_app(embedded.exchange, embedded.identify, embedded.public_keys())


_PATIENCE = 4
"""How many times its limit a body is read to its end, only to be thrown away."""


class Doorstep:
    """Refuses a body of nobody's before it is kept, and a large one while it streams in.

    So no stranger can fill the memory, and no member beyond the limit.
    """

    def __init__(self, app: App, limit: int, identify: Identify) -> None:
        self._app = app
        self._limit = limit
        self._identify = identify

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Ask who sends it; count what is received; over the limit, answer 413 and keep nothing more of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if scope["method"] in ("POST", "PUT", "PATCH"):
            try:
                self._identify(bearer_token(headers.get(b"authorization", b"").decode("latin-1")))
            except CoursekitError as error:
                await self._refuse(error, scope, receive, send)
                return
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._limit:
            await self._refuse(self._too_large(), scope, receive, send)
            return
        seen = 0
        answered = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise _OverLimit
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _OverLimit:
            if not answered:
                await self._refuse(self._too_large(), scope, receive, send)

    async def _refuse(self, error: CoursekitError, scope: Message, receive: Receive, send: Send) -> None:
        async def held(message: Message) -> None:
            await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

        await refusals.problem(error)(scope, receive, held)
        # A line that is closed while its sender still writes is reset, and the refusal lost with it; so what
        # comes is thrown away for a while, and the answer ended after that.
        seen = 0
        while seen < _PATIENCE * self._limit:
            message = await receive()
            seen += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _too_large(self) -> TooLarge:
        return TooLarge(
            "upload-too-large",
            f"The request is larger than {self._limit // 2**20} MiB.",
            "Take out what does not belong to the module, or clear large outputs.",
        )


class _OverLimit(BaseException):
    """Not an Exception: nothing between here and the limit may mistake it for its own."""
