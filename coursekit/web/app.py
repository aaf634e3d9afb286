"""The application: what stands before the routes, and the routes.

request ─▶ Prefixed ─▶ Observer ─▶ Doorstep ─▶ public | learner | staff
           on a Hub    id, count,  who, how     a verb of services
                       log line    often, body
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hmac import compare_digest

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from coursekit import __version__
from coursekit.model.errors import NotFound, ServiceFault, Unauthenticated
from coursekit.policy.uploads import Limits
from coursekit.ports import Tokens
from coursekit.services.desk import Exchange
from coursekit.web import learner, refusals, staff
from coursekit.web.addresses import DOCUMENT, Addresses
from coursekit.web.auth import bearer_token
from coursekit.web.document import describe
from coursekit.web.doorstep import Doors, Doorstep
from coursekit.web.express import Express
from coursekit.web.observe import Metrics, Observer
from coursekit.web.prefix import Prefixed
from coursekit.web.ready import Readiness
from coursekit.web.turnstile import Turnstile
from coursekit.wire.api import API, Health, KeyShape, Ready
from coursekit.wiring.exchange import open_exchange
from coursekit.wiring.hub import choose_tokens
from coursekit.wiring.logs import new_request_id
from coursekit.wiring.service import service
from coursekit.wiring.settings import hub, storage


def create_app(
    exchange: Exchange,
    tokens: Tokens,
    keys: Callable[[], Sequence[KeyShape]],
    doors: Doors | None = None,
    new_id: Callable[[], str] = new_request_id,
) -> FastAPI:
    """The exchange service.

    `keys` gives the public keys that verify its receipts, oldest first, as they are now. `doors`: how often and how
    much people may ask; without them nobody is asked to wait. `new_id` names a request that brings no name.
    """
    doors = doors or Doors()
    metrics = Metrics()
    turnstile = Turnstile(doors.rates, metrics)
    readiness = Readiness(exchange, lambda ready: metrics.ready.set(int(ready)))
    app = FastAPI(
        title="coursekit exchange",
        version=__version__,
        openapi_url=DOCUMENT,
        # No HTML of anybody's making on this origin: the interactive pages stay off.
        docs_url=None,
        redoc_url=None,
    )
    app.state.exchange = exchange
    app.state.tokens = tokens
    app.state.readiness = readiness
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    refusals.install(app)
    routers = (
        _public(keys, readiness, metrics, turnstile, doors.metrics_token),
        learner.router,
        staff.router,
    )
    for router in routers:
        app.include_router(router, prefix=API)
    # The one that is added last stands first.
    app.add_middleware(Express, exchange=exchange)
    app.add_middleware(
        Doorstep, exchange=exchange, tokens=tokens, doors=doors, turnstile=turnstile, metrics=metrics
    )
    paths = (str(getattr(route, "path", "")) for router in routers for route in router.routes)
    addresses = Addresses([DOCUMENT, *(API + path for path in paths)])
    app.add_middleware(Observer, addresses=addresses, metrics=metrics, new_id=new_id)
    return app


def from_settings() -> FastAPI:
    """The service that the environment asks for; for an ASGI server's `--factory` as well."""
    settings = service()
    embedded = open_exchange(storage(), limits=Limits(quota=settings.quota))
    app = create_app(
        embedded.exchange,
        choose_tokens(embedded.tokens, embedded.clock),
        embedded.public_keys,
        Doors(settings.rates, settings.body_memory, metrics_token=settings.metrics_token),
    )
    app.state.close = embedded.ledger.close
    on_hub = hub()
    if on_hub is not None:
        # The outermost: everybody further in reads the path without it.
        app.add_middleware(Prefixed, prefix=on_hub.prefix)
    return app


def _public(
    keys: Callable[[], Sequence[KeyShape]],
    readiness: Readiness,
    metrics: Metrics,
    turnstile: Turnstile,
    metrics_token: str,
) -> APIRouter:
    """What needs no person's token."""
    router = APIRouter()

    # Asynchronous, all of them: no thread is waited for, however busy the others are.
    @router.get("/health")
    async def health() -> Health:
        """Alive. It touches nothing, so that a full disk restarts nobody."""
        return Health(version=__version__)

    @router.get("/ready", response_model=Ready)
    async def ready() -> Ready | Response:
        """Able to take work in; 503 with a reason while not."""
        trouble = await readiness.find_trouble()
        if trouble is None:
            return Ready()
        # The code tells enough; the sentence may name a folder, and anybody may ask here.
        return refusals.problem(
            ServiceFault(
                trouble.code,
                "The exchange cannot take work in just now.",
                "Ask again in a few seconds. Whoever runs it finds the reason in its log.",
            ),
            status=503,
            retry_after=2,
        )

    @router.get("/keys")
    def public_keys() -> list[KeyShape]:
        """The public keys that verify receipts, offline as well."""
        return list(keys())

    # Not in the document: it is no part of the API, and where no token is set it is not there at all.
    @router.get("/metrics", include_in_schema=False)
    async def show_metrics(request: Request) -> Response:
        """For Prometheus, with the token that the operator chose."""
        if not metrics_token:
            raise NotFound("no-such-page", "There is nothing here.", "Check the address.")
        token = bearer_token(request.headers.get("Authorization", ""))
        address = request.client.host if request.client else ""
        turnstile.check_address(address, token)
        if not compare_digest(token.encode(), metrics_token.encode()):
            turnstile.failed(address)
            raise Unauthenticated(
                "bad-token",
                "That is not the token for the metrics.",
                "Use the one in COURSEKIT_METRICS_TOKEN.",
            )
        turnstile.held(token)
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router
