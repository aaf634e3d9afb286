"""JupyterHub, asked over HTTP whose token it is.

a fresh question  → the Hub, always
a read            → what the Hub said within the last seconds │ a question that is under way │ the Hub

Foreign answers become ours here: the Hub's 401 and 403 → Unauthenticated; no answer, 429 and 5xx, after a few
tries → Unreachable; anything that is not a Hub's → Unreachable. A Hub that is away never makes a token bad.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from coursekit.model.errors import Forbidden, Unauthenticated, Unreachable
from coursekit.model.outcome import Refused
from coursekit.model.people import Identity
from coursekit.policy.hub import who_is
from coursekit.ports import Clock

_PAUSES = (0.1, 0.4)
"""Seconds before the second and the third try; a Hub that restarts takes longer than we can wait."""
_MOST_KEPT = 10_000
"""Answers remembered at once: a few megabytes."""
_CONNECTIONS = 20
"""A Hub answers one question after the other; more at once would only make it slower for everybody."""


@dataclass(frozen=True)
class _Kept:
    identity: Identity
    until: datetime


class HubTokens:
    """Plugs into `ports.Tokens`. Everything happens on one event loop."""

    def __init__(
        self,
        api_url: str,
        service_name: str,
        clock: Clock,
        cache_seconds: float = 30,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`api_url`: the Hub's, such as http://127.0.0.1:8081/hub/api; `service_name`: ours at the Hub."""
        self.api_url = api_url.rstrip("/")
        self._service = service_name
        self._clock = clock
        self._keep_for = timedelta(seconds=cache_seconds)
        self._sleep = sleep
        # Keyed by a digest: whoever reads this memory's dump finds no token.
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[Identity]] = {}
        self._http = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(5.0, pool=15.0),
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            # The Hub is inside the house; a proxy meant for the world must not read tokens.
            trust_env=False,
        )

    async def identify(self, token: str, fresh: bool) -> Identity:
        """Whose token it is; unless `fresh`, as the Hub said at most `cache_seconds` ago.

        Raises Unauthenticated for a token that the Hub does not know, Forbidden (`missing-scope`, `unusable-name`,
        `reserved-name`) for one that may not be used here, Unreachable when the Hub cannot be asked.
        """
        key = hashlib.sha256(token.encode(errors="surrogateescape")).digest()
        if fresh:
            return await self._ask(key, token)
        kept = self._kept.get(key)
        if kept is not None and self._clock() < kept.until:
            self._kept.move_to_end(key)
            return kept.identity
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.create_task(self._ask(key, token))
            self._asking[key] = asking
            asking.add_done_callback(lambda done: self._answered(key, done))
        # One caller who hangs up must not take the answer from the others.
        return await asyncio.shield(asking)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    def _answered(self, key: bytes, task: asyncio.Task[Identity]) -> None:
        del self._asking[key]
        # Looked at, so that asyncio does not complain when all who waited have hung up.
        if not task.cancelled():
            task.exception()

    async def _ask(self, key: bytes, token: str) -> Identity:
        # What the Hub says is as old as the question, not as the answer.
        asked = self._clock()
        try:
            identity = self._read(await self._fetch(token))
        except (Unauthenticated, Forbidden):
            self._kept.pop(key, None)
            raise
        until = asked + self._keep_for
        kept = self._kept.get(key)
        # A slow answer to an early question must not hide a later one.
        if kept is None or kept.until <= until:
            self._kept[key] = _Kept(identity, until)
            self._kept.move_to_end(key)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return identity

    async def _fetch(self, token: str) -> httpx.Response:
        if not token.isascii():
            raise _unknown()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        for pause in (*_PAUSES, None):
            try:
                answer = await self._http.get(f"{self.api_url}/user", headers=headers)
                if answer.status_code != 429 and answer.status_code < 500:
                    return answer
            # A token with a character that no header may hold is nobody's.
            except httpx.LocalProtocolError as error:
                raise _unknown() from error
            except httpx.HTTPError as error:
                if pause is None:
                    raise _away() from error
            if pause is not None:
                await self._sleep(pause)
        raise _away()

    def _read(self, answer: httpx.Response) -> Identity:
        if answer.status_code in (401, 403):
            raise _unknown()
        try:
            model = answer.json() if answer.status_code == 200 else None
        except ValueError:
            model = None
        found = who_is(model, self._service) if isinstance(model, dict) else None
        if isinstance(found, Refused):
            raise Forbidden.of(found)
        if found is None:
            raise Unreachable(
                "not-a-hub",
                "What answers at the JupyterHub's address is not a JupyterHub of version 4.1 or newer.",
                "Whoever runs the exchange checks the Hub's API address: it ends in /hub/api.",
            )
        return found


def _unknown() -> Unauthenticated:
    return Unauthenticated(
        "bad-token",
        "The JupyterHub does not know your token.",
        "It ends with your server: restart the server, or make a new token at the Hub's Token page.",
    )


def _away() -> Unreachable:
    return Unreachable(
        "hub-unreachable",
        "The JupyterHub cannot be asked who you are.",
        "Your work is safe where it is. Try again in a minute; if it stays so, tell whoever runs the Hub.",
    )
