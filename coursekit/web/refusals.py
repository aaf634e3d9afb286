"""Every error as problem+json (RFC 9457), with a stable code, a plain sentence and a next step."""

from __future__ import annotations

import logging
from traceback import format_tb

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from coursekit.model import errors
from coursekit.wire.api import Problem

log = logging.getLogger("coursekit.exchange")

STATUS: dict[type[errors.CoursekitError], int] = {
    errors.BadInput: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Locked: 423,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Unreachable: 502,
    errors.ServiceFault: 500,
}


def problem(error: errors.CoursekitError) -> JSONResponse:
    """The answer for one of our errors."""
    status = STATUS.get(type(error), 500)
    body = Problem(
        title=error.title, status=status, code=error.code, detail=error.detail, next_step=error.next_step
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    # A detail may quote what somebody sent, half an emoji included; the refusal itself must not fail over it.
    text = body.model_dump()
    text["detail"] = error.detail.encode(errors="replace").decode()
    return JSONResponse(text, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Translate what can be raised while a request is served."""

    @app.exception_handler(errors.CoursekitError)
    async def _ours(_request: Request, error: errors.CoursekitError) -> JSONResponse:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    async def _shape(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        # Only where and why: the value itself may be somebody's answer.
        where = ".".join(str(part) for part in first["loc"] if part != "body") or "the body"
        return problem(
            errors.BadInput(
                "bad-request",
                f"{where}: {first['msg']}.",
                "Compare the request with the API's description at /api/v1/openapi.json.",
            )
        )

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 404:
            return problem(errors.NotFound("no-such-page", "There is nothing here.", "Check the address."))
        body = Problem(
            title="Not possible",
            status=error.status_code,
            code=f"http-{error.status_code}",
            detail=str(error.detail),
            next_step="Check the method and the address.",
        )
        return JSONResponse(body.model_dump(), error.status_code, media_type="application/problem+json")

    @app.exception_handler(Exception)
    async def _unknown(_request: Request, error: Exception) -> JSONResponse:
        # Where it happened, and its type: an exception's text may carry an answer or a token.
        place = "".join(format_tb(error.__traceback__))
        log.error("unexpected %s\n%s", type(error).__name__, place)
        return problem(
            errors.ServiceFault(
                "internal-error",
                "The exchange could not do that.",
                "Try again in a moment; if it stays, tell whoever runs the exchange.",
            )
        )
