"""What whoever runs the exchange can see of it: a request's id, one log line, and the metrics.

Nothing of a person goes into either: no name, address, token, query or body. The audit log in the ledger is the
place that says who did what; a request's id, which the answer carries too, leads from a complaint to its line.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from time import perf_counter

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from coursekit.web import refusals
from coursekit.web.addresses import COMMIT, HAND_IN, HAND_IN_FOR, Addresses
from coursekit.web.asgi import App, Message, Receive, Send, request_id

log = logging.getLogger("coursekit.request")

GONE = 499
"""As nginx counts whoever hung up before the answer."""

SAFE = (
    # What anybody uploaded comes back within JSON; no browser is to take it for a page of this origin.
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    # Almost everything here is somebody's own, and a rule without exceptions cannot be forgotten.
    (b"cache-control", b"no-store"),
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Long enough to be nobody's by accident; without dots and underscores, so that no signed token fits.
_SANE_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Everything that is counted. No label has more values than the service has addresses."""

    def __init__(self) -> None:
        # Moments of creation would double the series, and nobody asks for them.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        # Its own registry: two exchanges in one process, as in tests, must not count for each other.
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._requests = Counter(
            "coursekit_requests", "Requests answered.", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "coursekit_request_seconds",
            "Seconds from a request's head to the end of its answer.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.submissions = Counter(
            "coursekit_submissions", "Submissions answered with a receipt.", registry=registry
        )
        self.commitments = Counter(
            "coursekit_commitments", "Commits answered with a receipt.", registry=registry
        )
        self.body_bytes = Counter(
            "coursekit_body_bytes", "Bytes of bodies that were taken in whole.", registry=registry
        )
        self.limited = Counter(
            "coursekit_limited",
            "Requests refused because of a limit: work, changes, reads, failures, memory, slow, size, quota.",
            ["limit"],
            registry=registry,
        )
        self.errors = Counter(
            "coursekit_unexpected_errors",
            "Requests that met a fault of the service's own.",
            registry=registry,
        )
        self.ready = Gauge(
            "coursekit_ready", "Whether the last look found the service ready: 1 or 0.", registry=registry
        )
        self.in_flight = 0
        Gauge("coursekit_requests_in_flight", "Requests being served now.", registry=registry).set_function(
            lambda: self.in_flight
        )
        self._of: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def watch_bodies(self, held: Callable[[], float]) -> None:
        """Show the bytes of memory that are set aside for bodies in flight."""
        Gauge(
            "coursekit_body_memory_bytes",
            "Bytes set aside for bodies that are being taken in or worked on.",
            registry=self.registry,
        ).set_function(held)

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        key = (method, route, status)
        children = self._of.get(key)
        if children is None:
            # The library's own search for a child costs more than the counting. Bounded, as its labels are.
            children = self._of[key] = (
                self._requests.labels(method, route, str(status)),
                self._seconds.labels(method, route),
            )
        children[0].inc()
        children[1].observe(seconds)
        if method == "POST" and 200 <= status < 300:
            if route in (HAND_IN, HAND_IN_FOR):
                self.submissions.inc()
            elif route == COMMIT:
                self.commitments.inc()

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self.registry)


class Observer:
    """Gives each request an id and a template, counts it, and writes one line about it.

    It is also where an unexpected error ends: its text, which may hold an answer or a password, goes nowhere.
    """

    def __init__(self, app: App, addresses: Addresses, metrics: Metrics, new_id: Callable[[], str]) -> None:
        self._app = app
        self._addresses = addresses
        self._metrics = metrics
        self._new_id = new_id

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hand on, and watch what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        metrics = self._metrics
        name = self._id_of(scope)
        request_id.set(name)
        route = self._addresses.template(scope["path"])
        state = scope.setdefault("state", {})
        state["route"] = route
        status = 0
        finished = False

        async def watched(message: Message) -> None:
            nonlocal status, finished
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], *SAFE, (b"x-request-id", name.encode())]
                message = {**message, "headers": headers}
            elif not message.get("more_body"):
                finished = True
            await send(message)

        metrics.in_flight += 1
        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            metrics.errors.inc()
            log.error("unexpected error", exc_info=error)
            # Past the beginning of an answer there is nothing to say; the server closes the line.
            if not status:
                await refusals.unexpected()(scope, receive, watched)
        finally:
            metrics.in_flight -= 1
            seconds = perf_counter() - started
            shown = status if finished else GONE
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            metrics.note(method, route, shown, seconds)
            if log.isEnabledFor(logging.INFO):
                log.info(
                    "request",
                    extra={
                        "fields": {
                            "method": method,
                            "route": route,
                            "status": shown,
                            "ms": round(seconds * 1000, 2),
                            "bytes": state.get("body_bytes", 0),
                        }
                    },
                )

    def _id_of(self, scope: Message) -> str:
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _SANE_ID.fullmatch(value):
                given: str = value.decode()
                return given
        return self._new_id()
