"""Whether the exchange can take work in: looked at no more than once a second, whoever asks how often."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

import anyio

from coursekit.model.errors import CoursekitError, ServiceFault
from coursekit.services.desk import Exchange

log = logging.getLogger("coursekit.ready")

_KEPT = 1.0
"""Seconds for which an answer holds."""
_PATIENCE = 5.0
"""Seconds for a look; what takes longer is not ready."""


class Readiness:
    """Asks the ledger and the blobs whether they can be written to."""

    def __init__(
        self,
        exchange: Exchange,
        note: Callable[[bool], None] = lambda ready: None,
        now: Callable[[], float] = monotonic,
        patience: float = _PATIENCE,
    ) -> None:
        self._exchange = exchange
        self._note = note
        self._now = now
        self._patience = patience
        self._asking = asyncio.Lock()
        # A thread of its own: forty slow requests must not make the service look dead.
        self._thread = anyio.CapacityLimiter(1)
        self._looked = float("-inf")
        self._trouble: CoursekitError | None = None
        self.stopping = False
        """The service is about to end: send nobody here any more."""

    async def find_trouble(self) -> CoursekitError | None:
        """What stands in the way, or none."""
        if self.stopping:
            return ServiceFault(
                "stopping", "This exchange process is stopping.", "Another takes over; ask again."
            )
        async with self._asking:
            if self._now() - self._looked >= _KEPT:
                before = self._trouble
                self._trouble = await self._look()
                self._looked = self._now()
                self._note(self._trouble is None)
                if (before and before.code) != (self._trouble and self._trouble.code):
                    self._tell()
        return self._trouble

    async def _look(self) -> CoursekitError | None:
        def both() -> None:
            self._exchange.ledger.check()
            self._exchange.blobs.check()

        try:
            with anyio.fail_after(self._patience):
                await anyio.to_thread.run_sync(both, abandon_on_cancel=True, limiter=self._thread)
        except CoursekitError as error:
            return error
        except TimeoutError:
            return ServiceFault(
                "too-slow",
                f"The ledger and the files did not answer within {self._patience:g} seconds.",
                "Look at the database and the disk.",
            )
        except Exception as error:
            log.error("unexpected error", exc_info=error)
            return ServiceFault(
                "check-failed", "The check itself failed.", "Look at the log of the exchange."
            )
        return None

    def _tell(self) -> None:
        if self._trouble is None:
            log.info("ready")
        else:
            log.error(
                "not ready: %s. %s %s", self._trouble.code, self._trouble.detail, self._trouble.next_step
            )
