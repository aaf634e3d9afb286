"""What is asked of every request before a route sees it.

who are you?       the token's owner, once a request        401, and 429 for an address that keeps guessing
not so fast        a bucket for each person and kind         429 with Retry-After
that is too much   the body's size, and the learner's quota  413
wait your turn     memory for all bodies in flight           503 with Retry-After
hurry up           a body that trickles                      408

A body is taken in whole here, so that the routes behind meet only bodies that are complete, bounded and somebody's.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import anyio

from coursekit.model.errors import BadInput, CoursekitError, NotNow, TooLarge, Unauthenticated
from coursekit.model.ids import CourseId, UserId, is_slug
from coursekit.model.outcome import Refused
from coursekit.model.people import Identity
from coursekit.policy.rates import Pace, Rates, seconds_allowed
from coursekit.policy.uploads import Limits, check_quota, check_structure
from coursekit.ports import Tokens
from coursekit.services.desk import Exchange
from coursekit.web import refusals
from coursekit.web.addresses import HAND_IN, OPEN
from coursekit.web.asgi import App, Message, Receive, Send
from coursekit.web.auth import CHANGES, bearer_token
from coursekit.web.observe import Metrics
from coursekit.web.room import Room
from coursekit.web.turnstile import Turnstile

SMALL = 256 * 1024
"""Bytes up to which a body has room of its own: it never waits behind large ones. A notebook of 30 KB is small."""
_LARGE = 2**20
"""Bytes from which a quota is looked up before the body is read; smaller ones are looked at when they are there."""
_PATIENCE = 4
"""How many times its limit a body is read to its end, only to be thrown away."""
_FAREWELL = 30.0
"""Seconds for which that is done."""
_TURN = 20.0
"""Seconds for which a body waits its turn; clients give up after sixty."""


@dataclass(frozen=True)
class Doors:
    """How the doors of one service process are set."""

    rates: Rates | None = None
    """None: nobody is asked to wait."""
    body_memory: int = 256 * 2**20
    """Bytes for the bodies in flight together. In memory a body becomes up to about four times itself."""
    pace: Pace = field(default_factory=Pace)
    turn: float = _TURN
    metrics_token: str = ""
    """Opens the metrics; empty: there are none."""


class Doorstep:
    """Lets a request in with its identity and its whole body, or refuses it."""

    def __init__(
        self,
        app: App,
        exchange: Exchange,
        tokens: Tokens,
        doors: Doors,
        turnstile: Turnstile,
        metrics: Metrics,
    ) -> None:
        self._app = app
        self._exchange = exchange
        self._tokens = tokens
        self._doors = doors
        self._turnstile = turnstile
        self._metrics = metrics
        # base64 makes three bytes four; the rest of the JSON is small.
        self._limit = exchange.limits.total_size * 4 // 3 + 2**20
        quarter = max(SMALL, doors.body_memory // 4)
        self._small, self._large = Room(quarter), Room(max(quarter, doors.body_memory - quarter))
        metrics.watch_bodies(lambda: self._small.held + self._large.held)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Ask what is to be asked; then hand on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        authorization, declared = "", None
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value.decode("latin-1")
            elif name == b"content-length" and value.isdigit():
                declared = int(value)
        state = scope["state"]
        route = state["route"]
        writes = scope["method"] in CHANGES
        try:
            if writes or (authorization and route not in OPEN):
                identity = await self._identify(scope, authorization, writes)
                # Asked once a request; the routes read it here.
                state["identity"] = identity
                self._turnstile.pass_person(identity.user, scope["method"], route)
            if not writes:
                # No route reads a body here, and the server drops what nobody reads.
                await self._app(scope, receive, send)
                return
            if declared is not None and declared > self._limit:
                raise self._too_large()
            if declared is not None and declared > _LARGE:
                _check_quota(await self._stored(scope, identity.user), declared, self._exchange.limits)
        except CoursekitError as error:
            await self._refuse(error, scope, receive, send, declared)
            return
        await self._with_body(scope, receive, send, declared, identity.user)

    async def _identify(self, scope: Message, authorization: str, fresh: bool) -> Identity:
        token = bearer_token(authorization)
        address = scope["client"][0] if scope.get("client") else ""
        self._turnstile.check_address(address, token)
        try:
            identity = await self._tokens.identify(token, fresh=fresh)
        except Unauthenticated:
            self._turnstile.failed(address)
            raise
        self._turnstile.held(token)
        return identity

    async def _with_body(
        self, scope: Message, receive: Receive, send: Send, declared: int | None, user: UserId
    ) -> None:
        small = declared is not None and declared <= SMALL
        room = self._small if small else self._large
        held = room.cut(declared) if declared is not None else 0
        if held and not await room.take(held, self._doors.turn):
            await self._refuse(_busy(), scope, receive, send, declared)
            return
        try:
            chunks: list[bytes] = []
            seen, more, stored = 0, True, None
            try:
                async with asyncio.timeout(self._doors.pace.grace) as patience:
                    started = asyncio.get_running_loop().time()
                    while more:
                        message = await receive()
                        if message["type"] == "http.disconnect":
                            return
                        chunk = message.get("body", b"")
                        more = message.get("more_body", False)
                        chunks.append(chunk)
                        seen += len(chunk)
                        if seen > self._limit:
                            raise self._too_large()
                        if declared is None:
                            # Its size unknown, it takes room as it comes, and waits for none while it holds some.
                            want = room.cut(seen) - held
                            if not room.try_take(want):
                                raise _busy()
                            held += want
                            if seen > _LARGE:
                                if stored is None:
                                    stored = await self._stored(scope, user)
                                _check_quota(stored, seen, self._exchange.limits)
                        if more:
                            patience.reschedule(started + seconds_allowed(self._doors.pace, seen))
            except TimeoutError:
                self._metrics.limited.labels("slow").inc()
                # What trickles is not read to its end: the line is closed.
                await self._answer(_too_slow(), scope, send, close=True, status=408)
                return
            except CoursekitError as error:
                chunks.clear()
                await self._refuse(error, scope, receive, send, declared)
                return
            self._metrics.body_bytes.inc(seen)
            scope["state"]["body_bytes"] = seen
            body: list[bytes] = [chunks[0] if len(chunks) == 1 else b"".join(chunks)]
            chunks.clear()
            decision = check_structure(body[0])
            if isinstance(decision, Refused):
                body.clear()
                await self._refuse(TooLarge.of(decision), scope, _nothing_more, send, 0)
                return

            async def whole() -> Message:
                # Let go of as it is handed over: the route's own copies are enough.
                if body:
                    return {"type": "http.request", "body": body.pop(), "more_body": False}
                return await receive()

            await self._app(scope, whole, send)
        finally:
            room.give(held)

    async def _stored(self, scope: Message, user: UserId) -> int:
        """Bytes that the learner of a hand-in has handed in before; 0 for anything that is no hand-in."""
        whose = _hand_in_of(scope["state"]["route"], scope["path"], user)
        if whose is None:
            return 0
        course, learner = whose

        def stored() -> int:
            with self._exchange.ledger.read() as deed:
                return deed.stored_bytes(course, learner)

        return await anyio.to_thread.run_sync(stored)

    async def _refuse(
        self, error: CoursekitError, scope: Message, receive: Receive, send: Send, declared: int | None
    ) -> None:
        """Answer, and throw away what still comes."""
        if error.code == "busy":
            self._metrics.limited.labels("memory").inc()
        elif isinstance(error, TooLarge):
            self._metrics.limited.labels("quota" if error.code == "quota-too-large" else "size").inc()

        async def held(message: Message) -> None:
            await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

        # Whatever is still to come of a large body is not worth keeping the line for.
        unread = scope["method"] in CHANGES and (declared is None or declared > SMALL)
        await self._answer(error, scope, held, close=unread)
        # A line that is closed while its sender still writes is reset, and the refusal lost with it; so what
        # comes is thrown away for a while, and the answer ended after that.
        seen = 0
        try:
            async with asyncio.timeout(_FAREWELL):
                while seen < _PATIENCE * self._limit:
                    message = await receive()
                    seen += len(message.get("body", b""))
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _answer(
        self,
        error: CoursekitError,
        scope: Message,
        send: Send,
        close: bool,
        status: int | None = None,
    ) -> None:
        response = refusals.problem(error, status)
        if close:
            response.headers["Connection"] = "close"

        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        await response(scope, nothing, send)

    def _too_large(self) -> TooLarge:
        return TooLarge(
            "upload-too-large",
            f"The request is larger than {self._limit // 2**20} MiB.",
            "Take out what does not belong to the module, or clear large outputs.",
        )


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}


def _check_quota(stored: int, size: int, limits: Limits) -> None:
    """Raises TooLarge when a hand-in of that many bytes of JSON is surely beyond the quota."""
    # base64 of its files, and something else of at most a mebibyte; the service counts exactly, afterwards.
    decision = check_quota(stored, max(0, (size - 2**20) * 3 // 4), limits)
    if stored and isinstance(decision, Refused):
        raise TooLarge.of(decision)


def _busy() -> NotNow:
    error = NotNow(
        "busy",
        "Too many large uploads are on their way at once.",
        "Your work is safe where it is. Try again in a few seconds.",
    )
    error.retry_after = 5.0
    return error


def _too_slow() -> CoursekitError:
    return BadInput(
        "too-slow",
        "Your upload came in too slowly to be waited for.",
        "Try again on a better line, or make it smaller: clear large outputs, shrink pictures.",
    )


def _hand_in_of(route: str, path: str, user: UserId) -> tuple[CourseId, UserId] | None:
    """The course of a hand-in of one's own, and its learner; none for anything else.

    Of a hand-in for somebody else nothing is told here: nobody has looked yet whether the caller is staff.
    """
    if route != HAND_IN:
        return None
    parts = path.split("/")
    course = parts[route.split("/").index("{course}")]
    return (CourseId(course), user) if is_slug(course) else None
