"""A small HTTP load generator for the benchmarks: bytes prepared beforehand, connections kept, times noted.

It runs in a process of its own, so that it does not share the service's interpreter. Loopback only.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What a load did: seconds in all, and of each request; answers that were no success."""

    seconds: float
    times: tuple[float, ...]
    failures: int
    cpu: float = 0.0
    """Seconds of processor time that the service used meanwhile."""

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which that share of the requests was answered."""
        return statistics.quantiles(self.times, n=1000, method="inclusive")[round(share * 1000) - 1]


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A whole HTTP/1.1 request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(ports: Sequence[int], requests: Sequence[bytes], connections: int) -> Outcome:
    """Send them all over that many connections, spread over the ports, each waiting for its answer."""
    return asyncio.run(_run(ports, requests, connections))


async def _run(ports: Sequence[int], requests: Sequence[bytes], connections: int) -> Outcome:
    waiting = iter(requests)
    times: list[float] = []
    failures = 0

    async def one(number: int) -> None:
        nonlocal failures
        reader, writer = await asyncio.open_connection("127.0.0.1", ports[number % len(ports)], limit=2**22)
        for content in waiting:
            begun = time.perf_counter()
            writer.write(content)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0
            )
            await reader.readexactly(length)
            times.append(time.perf_counter() - begun)
            if head[9:10] != b"2":
                failures += 1
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(connections)))
    return Outcome(time.perf_counter() - begun, tuple(times), failures)
