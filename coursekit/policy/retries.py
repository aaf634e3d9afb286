"""When to ask again, and after how long."""

from __future__ import annotations

FIRST = 0.25
"""Seconds before the second attempt, at most."""
LONGEST = 8.0
"""Seconds between two attempts, at most, unless the exchange asks for more."""
PASSING = frozenset({429, 502, 503, 504})
"""HTTP answers that say: not now."""


def delay(attempt: int, chance: float, retry_after: float | None = None) -> float:
    """Seconds to wait after attempt number `attempt` (1, 2, …) went wrong; `chance` is from 0 to 1.

    Exponential backoff with equal jitter: half of each step is chance, so that a class that was cut off together
    does not come back together; the other half is certain, so that nobody gives up before a service had the time
    to start again (Brooker, Exponential Backoff and Jitter, 2015). Where the exchange said how long, at least so
    long.
    """
    step = min(LONGEST, FIRST * 2.0 ** (attempt - 1))
    jittered = step / 2 + step / 2 * chance
    # A stranger's header must not let us wait for ever.
    return jittered if retry_after is None else min(LONGEST, max(0.0, retry_after)) + jittered


def longest_wait(attempts: int) -> float:
    """Seconds that so many attempts wait in between, at most, where the exchange names no time itself."""
    return sum(delay(attempt, 1.0) for attempt in range(1, attempts))
