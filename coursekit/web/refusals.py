"""Every error as problem+json (RFC 9457), with a stable code, a plain sentence and a next step."""

from __future__ import annotations

import logging
from math import ceil

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from coursekit.model import errors
from coursekit.web.asgi import request_id
from coursekit.web.bodies import LONGEST_PLACE
from coursekit.web.document import allowed
from coursekit.wire.api import Problem

log = logging.getLogger("coursekit.exchange")

_LONGEST = 1000
STATUS: dict[type[errors.CoursekitError], int] = {
    errors.BadInput: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Locked: 423,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.TooMany: 429,
    errors.Unreachable: 502,
    errors.ServiceFault: 500,
    errors.NotNow: 503,
}


def problem(
    error: errors.CoursekitError, status: int | None = None, retry_after: float | None = None
) -> JSONResponse:
    """The answer for one of our errors: with its own status, or another; with the seconds to wait, if any."""
    status = status or STATUS.get(type(error), 500)
    body = Problem(
        title=error.title,
        status=status,
        code=error.code,
        detail=error.detail,
        next_step=error.next_step,
        request_id=request_id.get(),
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, errors.TooMany | errors.NotNow) and retry_after is None:
        retry_after = error.retry_after
    if retry_after is not None:
        # Whole seconds, and never none: zero would be an invitation to ask at once.
        headers["Retry-After"] = str(max(1, ceil(retry_after)))
    text = body.model_dump()
    for part in ("detail", "next_step"):
        text[part] = _plain(text[part])
    return JSONResponse(text, status, headers, media_type="application/problem+json")


def _plain(text: str) -> str:
    # It may quote what somebody sent, half an emoji included; the refusal itself must not fail over it, nor be
    # as long as they like.
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return text.encode(errors="replace").decode()


def unexpected() -> JSONResponse:
    """The answer where something of ours broke; what it was stands in the log."""
    return problem(
        errors.ServiceFault(
            "internal-error",
            "The exchange could not do that.",
            "Try again in a moment; if it stays, tell whoever runs the exchange, and give them the request's id.",
        )
    )


def told(error: errors.CoursekitError) -> JSONResponse:
    """The answer for one of our errors; a fault of ours goes to the log as well."""
    answer = problem(error)
    if answer.status_code >= 500:
        # The code alone: a sentence may name somebody.
        log.error("failed: %s", error.code)
    return answer


def misshapen(error: RequestValidationError) -> JSONResponse:
    """The answer for a request of another shape."""
    first = error.errors()[0]
    # Only where and why: the value itself may be somebody's answer.
    where = ".".join(str(part)[: LONGEST_PLACE + 1] for part in first["loc"] if part != "body") or "the body"
    # A name in it may be somebody's own, and as long as they like.
    where = where if len(where) <= LONGEST_PLACE else where[:LONGEST_PLACE] + "…"
    return problem(
        errors.BadInput(
            "bad-request",
            f"{where}: {first['msg']}.",
            "Compare the request with the API's description at /api/v1/openapi.json.",
        )
    )


def install(app: FastAPI) -> None:
    """Translate what can be raised while a request is served."""

    @app.exception_handler(errors.CoursekitError)
    async def _ours(_request: Request, error: errors.CoursekitError) -> JSONResponse:
        return told(error)

    @app.exception_handler(RequestValidationError)
    async def _shape(_request: Request, error: RequestValidationError) -> JSONResponse:
        return misshapen(error)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 404:
            return problem(errors.NotFound("no-such-page", "There is nothing here.", "Check the address."))
        body = Problem(
            title="Not possible",
            status=error.status_code,
            code=f"http-{error.status_code}",
            detail=str(error.detail),
            next_step="Check the method and the address.",
            request_id=request_id.get(),
        )
        headers = dict(error.headers or {})
        if error.status_code == 405:
            # All of the address's methods; the framework names those of one route alone.
            headers["Allow"] = ", ".join(allowed(app, request.state.route)) or headers.get("Allow", "GET")
        return JSONResponse(
            body.model_dump(), error.status_code, headers, media_type="application/problem+json"
        )
