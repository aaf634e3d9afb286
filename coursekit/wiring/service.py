"""How one service process is set up.

COURSEKIT_LOG               json, text or quiet                              quiet
COURSEKIT_RATES             such as work=10/300, or off                       see policy/rates.py
COURSEKIT_QUOTA_MIB         what one learner may hand in, in one course       2048
COURSEKIT_BODY_MEMORY_MIB   for bodies in flight together                     256
COURSEKIT_METRICS_TOKEN     opens /api/v1/metrics; without it there are none
COURSEKIT_DRAIN_SECONDS     told to stop: taking work in while saying "not ready"       0
COURSEKIT_GRACE_SECONDS     told to stop: for what is under way then          30
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from coursekit.model.errors import BadInput
from coursekit.policy.rates import Rates, parse_rates
from coursekit.wiring.logs import STYLES

_SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Service:
    """The settings above; sizes in bytes, times in seconds."""

    log: str
    rates: Rates | None
    quota: int
    body_memory: int
    metrics_token: str
    drain: float
    grace: float


def service(log: str | None = None) -> Service:
    """What the environment says; `log` outweighs it. Raises BadInput for a value that is none."""
    style = log or os.environ.get("COURSEKIT_LOG") or "quiet"
    if style not in STYLES:
        raise BadInput("bad-settings", f"COURSEKIT_LOG is “{style}”.", f"Use one of {', '.join(STYLES)}.")
    token = os.environ.get("COURSEKIT_METRICS_TOKEN", "").strip()
    if token and len(token) < _SHORTEST_TOKEN:
        raise BadInput(
            "bad-settings",
            f"COURSEKIT_METRICS_TOKEN is shorter than {_SHORTEST_TOKEN} characters, and could be guessed.",
            "Make one with: openssl rand -hex 32",
        )
    return Service(
        log=style,
        rates=parse_rates(os.environ.get("COURSEKIT_RATES", "")),
        quota=int(_number("COURSEKIT_QUOTA_MIB", 2048, least=1) * 2**20),
        body_memory=int(_number("COURSEKIT_BODY_MEMORY_MIB", 256, least=1) * 2**20),
        metrics_token=token,
        drain=_number("COURSEKIT_DRAIN_SECONDS", 0, least=0),
        grace=_number("COURSEKIT_GRACE_SECONDS", 30, least=1),
    )


def _number(name: str, otherwise: float, least: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        value = float(text) if text else otherwise
    except ValueError:
        value = float("nan")
    # NaN is on no side of anything.
    if not least <= value <= 1e9:
        raise BadInput("bad-settings", f"{name} is “{text}”.", f"Give a number, {least:g} or more.")
    return value
