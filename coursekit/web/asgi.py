"""The four words of ASGI, and the id of the request that is being served."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Empty outside of a request."""
