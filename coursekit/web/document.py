"""What the API's description says beyond its routes: who may ask, and how every refusal looks."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from coursekit.web.addresses import OPEN, READY
from coursekit.web.bodies import add_shapes
from coursekit.wire.api import API, Problem

_PROBLEM = "#/components/schemas/Problem"
_METHODS = ("get", "put", "post", "patch", "delete")

WHY = {
    400: "The body is no JSON.",
    401: "No token, or one that does not hold.",
    403: "Known, and not yours to do.",
    404: "No such thing, or none that you may know of.",
    408: "The body came in too slowly.",
    409: "In conflict with what is there.",
    413: "Over a limit.",
    422: "Not as it must be.",
    423: "Still locked; the answer says what opens it.",
    429: "Too many requests; Retry-After says how long to wait.",
    500: "A fault of the exchange's.",
    502: "Whoever vouches for tokens does not answer.",
    503: "Too busy, or not ready; Retry-After says how long to wait.",
}
"""Every status that a refusal can have, but for 405: an undefined method stands in no description."""

_ALWAYS = (500, 503)
_KNOWN = (401, 403, 404, 422, 429, 502)
_WITH_BODY = (400, 408, 413)
_LEARNING = {"files", "commitments", "reveals", "submissions"}
"""What stands behind a module's gate, by the part of the path after the module or the learner."""
_CONFLICTS = {"commitments", "submissions", "choice", "withdrawal", "appeals"}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; made once, then remembered by the app."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description="Every refusal is problem+json (RFC 9457) with a stable `code` and a `next_step`.",
            routes=app.routes,
        )
        parts = document["components"]
        parts["schemas"]["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        add_shapes(parts["schemas"])
        # Ours, in the place of the framework's own.
        for name in ("HTTPValidationError", "ValidationError"):
            parts["schemas"].pop(name, None)
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for path, operations in document["paths"].items():
            for method in _METHODS:
                if method in operations:
                    _complete(path, method, operations[method])
        app.openapi_schema = document
    return app.openapi_schema


def allowed(app: FastAPI, path: str) -> list[str]:
    """The methods that a template of the document has; none for one that it does not have."""
    return sorted(m.upper() for m in describe(app)["paths"].get(path, {}) if m in _METHODS)


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    statuses = set(_ALWAYS) if path == READY else {500}
    operation["security"] = []
    if path not in OPEN:
        operation["security"] = [{"token": []}]
        statuses |= {*_ALWAYS, *_KNOWN}
        if path == f"{API}/courses":
            statuses -= {404}
        last = [part for part in path.split("/") if not part.startswith("{")][-1]
        is_of_a_module = "{module}" in path
        if method != "get":
            statuses |= {*_WITH_BODY}
            if last in _CONFLICTS or last == "courses":
                statuses |= {409}
        if is_of_a_module and last in _LEARNING and (method == "post" or last in ("files", "reveals")):
            statuses |= {423}
    answers = operation["responses"]
    answers.pop("422", None)
    for status in sorted(statuses):
        answers[str(status)] = {
            "description": WHY[status],
            "content": {"application/problem+json": {"schema": {"$ref": _PROBLEM}}},
        }
