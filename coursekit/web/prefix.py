"""The same service below a Hub's `/services/NAME` and at its own root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Prefixed:
    """Takes the prefix off a request's path, once, before anybody else reads it.

    The Hub's proxy passes paths on whole; learners' servers may come past the proxy, without the prefix.
    """

    def __init__(self, app: App, prefix: str) -> None:
        self._app = app
        self._prefix = prefix.rstrip("/") + "/"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hand on, with the shorter path where there is one."""
        if scope["type"] == "http" and scope["path"].startswith(self._prefix):
            cut = len(self._prefix) - 1
            shorter: dict[str, Any] = {"path": scope["path"][cut:]}
            raw = scope.get("raw_path")
            if raw is not None and raw.startswith(self._prefix.encode()):
                shorter["raw_path"] = raw[cut:]
            scope = {**scope, **shorter}
        await self._app(scope, receive, send)
