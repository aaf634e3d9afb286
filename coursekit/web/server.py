"""uvicorn with two more manners: it says that it will go before it goes, and waits for no request's head for ever.

    SERVING ──SIGTERM──▶ DRAINING ──drain seconds──▶ STOPPING ──all answered, or grace seconds──▶ exit code 0

DRAINING: /ready answers 503 and everything else as before, until the balancer has noticed. STOPPING: no new
connections; what is under way gets its answer.
"""

from __future__ import annotations

import asyncio
import ctypes
import signal
import socket
from collections.abc import Callable
from contextlib import nullcontext
from time import monotonic
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from coursekit.model.errors import BadInput
from coursekit.web import refusals
from coursekit.web.app import from_settings
from coursekit.web.asgi import request_id
from coursekit.web.observe import SAFE
from coursekit.wiring.logs import configure
from coursekit.wiring.service import Service
from coursekit.wiring.watching import watching

HEAD_SECONDS = 20.0
"""For the head of a request to come in whole, on a new line and on a kept one."""
HEAD_BYTES = 64 * 1024
"""Of a head that is not whole yet; the parser itself knows no bound."""
_MAP_THRESHOLD = -3
"""glibc's name for the size from which memory is taken from the system, and given back to it (mallopt(3))."""
_MAPPED = 2**20


class Server(uvicorn.Server):
    """Ends in two steps when it is told to by SIGTERM; a second one, or Ctrl-C, ends it at once."""

    def __init__(self, config: uvicorn.Config, drain: float, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._drain = drain
        self._stopping = stopping
        self._leave: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        self._stopping()
        if sig != signal.SIGTERM:
            super().handle_exit(sig, frame)
        elif self._leave is None:
            # Kept from uvicorn, which would raise it once more at the very end: an orderly end is exit code 0.
            self._leave = monotonic() + self._drain
        else:
            self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Asked ten times a second whether to go."""
        if self._leave is not None and monotonic() >= self._leave:
            self.should_exit = True
        return await super().on_tick(counter)


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a line on which a request has begun, or was to begin, and does not get on."""

    _hurry: asyncio.TimerHandle | None = None
    _head = 0
    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: Any) -> None:
        """Somebody is there; the clock runs."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Stop the clock with a whole head; start it with the first bytes of a new one."""
        super().data_received(data)
        self._watch()
        if self._hurry is None:
            self._head = 0
            return
        self._head += len(data)
        if self._head > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("")

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there."""
        self._rest()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the words of every other refusal. `msg`, the server's own, is left out."""
        refusal = refusals.problem(
            BadInput(
                "not-http",
                "The exchange cannot read this request.",
                "Send it with an ordinary HTTP client; look for a proxy that changes requests on the way.",
            ),
            400,
        )
        headers = [*refusal.raw_headers, *SAFE, (b"connection", b"close")]
        lines = [b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in headers), b"", b""]
        self.transport.write(b"\r\n".join(lines) + bytes(refusal.body))
        self.transport.close()

    def _watch(self) -> None:
        waiting = self.cycle is None or self.cycle.response_complete
        if not waiting or self.transport.is_closing():
            self._rest()
        elif self._hurry is None:
            self._hurry = self.loop.call_later(self.head_seconds, self._give_up)

    def _rest(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def _give_up(self) -> None:
        self._hurry = None
        if not self.transport.is_closing():
            self.transport.close()


def give_large_memory_back() -> None:
    """Let bodies of a MiB and more go back to the system once they are answered.

    Left alone, glibc raises that size to 32 MiB with the first large body and keeps what came below it, torn into
    pieces: the same storm of bodies took 411 MiB so, and 320 with this. Other C libraries have no such call, and
    no such habit.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MAP_THRESHOLD, _MAPPED)


def run(
    listener: socket.socket, settings: Service, announce: Callable[[], None], checks: bool = True
) -> None:
    """Serve what the environment asks for until told to stop. `announce` is called once all is in place.

    With `checks`, a process beside this one checks written answers as they are handed in.
    """
    give_large_memory_back()
    app = from_settings()
    configure(settings.log, request_id)
    config = uvicorn.Config(
        app,
        # The log is set up already; uvicorn's own access log holds whole addresses.
        log_config=None,
        access_log=False,
        server_header=False,
        http=ImpatientProtocol,
        ws="none",
        # Longer than those of proxies and of our client, which would meet a line that closes as they write.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=max(1, round(settings.grace)),
    )

    def stopping() -> None:
        app.state.readiness.stopping = True

    beside = watching(app.state.exchange, settings.log) if checks else nullcontext()
    announce()
    try:
        with beside:
            Server(config, settings.drain, stopping).run(sockets=[listener])
    finally:
        app.state.close()
