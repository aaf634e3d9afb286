"""How often somebody asks: a bucket for each person and kind of request, and for each address that guesses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from time import monotonic

from coursekit.model.errors import TooMany
from coursekit.policy.rates import Bucket, Rate, Rates, address_key, take
from coursekit.web.addresses import COMMIT, HAND_IN
from coursekit.web.auth import CHANGES
from coursekit.web.observe import Metrics

_REMEMBERED = 50_000
"""People, addresses and tokens that are remembered: about 10 MB each."""


class Turnstile:
    """Who asked how often: a bounded number of buckets. Used by the event loop alone."""

    def __init__(
        self,
        rates: Rates | None,
        metrics: Metrics,
        now: Callable[[], float] = monotonic,
        remembered: int = _REMEMBERED,
    ) -> None:
        self._rates = rates
        self._metrics = metrics
        self._now = now
        self._remembered = remembered
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()
        self._good: OrderedDict[bytes, None] = OrderedDict()

    def __len__(self) -> int:
        """How much is remembered."""
        return len(self._buckets) + len(self._good)

    def pass_person(self, user: str, method: str, route: str) -> None:
        """Count a request of somebody. Raises TooMany."""
        if self._rates is None:
            return
        if method not in CHANGES:
            kind, rate = "reads", self._rates.reads
        elif method == "POST" and route in (HAND_IN, COMMIT):
            kind, rate = "work", self._rates.work
        else:
            kind, rate = "changes", self._rates.changes
        wait = self._take(kind, rate, user)
        if wait:
            self._metrics.limited.labels(kind).inc()
            raise _too_many(
                "too-many-requests",
                f"You have sent more requests than one person can; {rate.per_second:g} a second are taken.",
                f"Wait {_seconds(wait)}, then go on. If a script of yours does this, let it wait in between.",
                wait,
            )

    def check_address(self, address: str, token: str) -> None:
        """Whether a token from there is looked at. Raises TooMany.

        One that held lately is looked at whatever its neighbours do: a class shares its address with the guesser.
        """
        if self._rates is None:
            return
        bucket = self._buckets.get(("failures", address_key(address)))
        if bucket is None or _digest(token) in self._good:
            return
        _, wait = take(self._rates.failures, bucket, self._now())
        if wait:
            self._metrics.limited.labels("failures").inc()
            raise _too_many(
                "too-many-failures",
                "Too many tokens from your address did not hold.",
                f"Wait {_seconds(wait)}, sign in again, and use the new token.",
                wait,
            )

    def failed(self, address: str) -> None:
        """A token from there did not hold."""
        if self._rates is not None:
            self._take("failures", self._rates.failures, address_key(address))

    def held(self, token: str) -> None:
        """A token did hold."""
        if self._rates is None:
            return
        key = _digest(token)
        if key in self._good:
            self._good.move_to_end(key)
            return
        self._good[key] = None
        if len(self._good) > self._remembered:
            self._good.popitem(last=False)

    def _take(self, kind: str, rate: Rate, who: str) -> float:
        key = (kind, who)
        buckets = self._buckets
        buckets[key], wait = take(rate, buckets.get(key), self._now())
        # Whoever was here longest ago is forgotten first: their bucket is the fullest, and full ones are no loss.
        buckets.move_to_end(key)
        if len(buckets) > self._remembered:
            buckets.popitem(last=False)
        return wait


def _too_many(code: str, detail: str, next_step: str, wait: float) -> TooMany:
    error = TooMany(code, detail, next_step)
    error.retry_after = wait
    return error


def _seconds(wait: float) -> str:
    whole = max(1, -int(-wait // 1))
    return "a second" if whole == 1 else f"{whole} seconds"


def _digest(token: str) -> bytes:
    return sha256(token.encode("latin-1", "replace")).digest()[:16]
