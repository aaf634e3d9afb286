"""How much in how short a time: rates of requests, and the pace of a body.

A bucket holds as many tokens as may be spent at once; it fills at a steady rate. Buckets are values: the moment
comes in, and the next bucket comes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from coursekit.model.errors import BadInput


class Rate(NamedTuple):
    """So many a second in the long run, and so many at once."""

    per_second: float
    burst: float


class Bucket(NamedTuple):
    """What is left to spend, as it was at a moment (seconds of any steady clock)."""

    level: float
    at: float


def take(rate: Rate, bucket: Bucket | None, now: float, cost: float = 1.0) -> tuple[Bucket, float]:
    """The bucket afterwards, and 0; or, when there is too little in it, the seconds until there is enough.

    No bucket is a full one, so that full ones need not be remembered. A refusal costs nothing.
    """
    if bucket is None:
        level = rate.burst
    else:
        # A clock that steps back fills nothing, and takes nothing away.
        level = min(rate.burst, bucket.level + max(0.0, now - bucket.at) * rate.per_second)
    # A sum of many small steps may fall short of the whole by a rounding error.
    if level + 1e-9 >= cost:
        return Bucket(level - cost, now), 0.0
    return Bucket(level, now), (cost - level) / rate.per_second


class Rates(NamedTuple):
    """Who may ask how often, for each service process.

    Wide enough that no person meets them: they stop a script that runs wild, not a class at its deadline.
    """

    work: Rate = Rate(10, 300)
    """A learner's commits and submissions. The largest module has some thirty prompts; every button of nine modules
    pressed in the same second, and nine submissions, are within the burst."""
    changes: Rate = Rate(100, 2000)
    """Other writes of one person: `nbgrader release_feedback` sends one a learner, as fast as it is answered."""
    reads: Rate = Rate(100, 2000)
    """Reads of one person. Formgrader asks for a list with each of its pages, `nbgrader list` once or twice a run;
    an instructor's older `collect` reads a thousand submissions in a row."""
    failures: Rate = Rate(5, 300)
    """Refused tokens from one address. A whole class behind one address, each with an expired token in an open
    notebook, is within the burst; whoever signed in lately is let through whatever happens there."""


def parse_rates(text: str) -> Rates | None:
    """`work=10/300 reads=100/2000`: a second, and at once; what is not named keeps its default. `off` is none.

    Raises BadInput.
    """
    if text.strip().lower() == "off":
        return None
    known = Rates._fields
    given: dict[str, Rate] = {}
    for part in text.replace(",", " ").split():
        name, _, value = part.partition("=")
        per_second, _, burst = value.partition("/")
        try:
            rate = Rate(float(per_second), float(burst))
            # NaN compares with nothing, so it must be asked for what it is, not for what it is not.
            fits = name in known and name not in given and rate.per_second > 0 and 1 <= rate.burst < 1e9
        except ValueError:
            fits = False
        if not fits or rate.per_second == float("inf"):
            raise BadInput(
                "bad-rates",
                f"“{part}” is no rate.",
                f"Write work=10/300 for ten a second and 300 at once. The names are {', '.join(known)}.",
            )
        given[name] = rate
    return Rates(**given)


@lru_cache(maxsize=4096)
def address_key(address: str) -> str:
    """What counts as one sender: an IPv4 address, or an IPv6 network of 64 bits, of which each home has one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> 64 << 64)) + "/64"
    return str(parsed)


@dataclass(frozen=True)
class Pace:
    """How slowly a body may come in: some seconds for nothing, then a steady trickle, and an end to it."""

    grace: float = 30.0
    """Seconds."""
    per_second: float = 8 * 1024
    """Bytes. The slowest mobile line still sends a notebook of 30 KB within the grace."""
    longest: float = 900.0
    """Seconds. A full upload of 50 MiB comes through a line of a megabit a second."""


def seconds_allowed(pace: Pace, received: int) -> float:
    """Seconds from its beginning after which a body that has brought so many bytes is given up."""
    return min(pace.longest, pace.grace + received / pace.per_second)
