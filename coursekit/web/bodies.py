"""Bodies that are read, and answers that are written, in the route's own thread.

FastAPI reads a body on the event loop, and takes two more threads for the member's role and for the answer. For
a class that hands in at the same minute that is most of the work; so the routes that it calls do it in one.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from coursekit.wire.api import CommitRequest, SubmitRequest

S = TypeVar("S", bound=BaseModel)

_READ_HERE: tuple[type[BaseModel], ...] = (CommitRequest, SubmitRequest)
LONGEST_PLACE = 100
"""Characters of where in a body something is wrong."""
_PLACE = "#/components/schemas/{model}"


async def _content(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_content)]


def read(shape: type[S], content: bytes) -> S:
    """The body as that shape. Raises RequestValidationError."""
    try:
        # Not pydantic's own parser: it refuses half an emoji, and with it all the work beside it.
        return shape.model_validate(json.loads(content))
    except ValidationError as error:
        wrong = _first(error)
    except (ValueError, RecursionError):
        wrong = {"loc": ("body",), "msg": "not JSON", "type": "json_invalid"}
    # Raised out here, so that neither the body nor what was made of it hangs on the refusal.
    raise RequestValidationError([wrong])


def _first(error: ValidationError) -> dict[str, Any]:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    # A name in it may be as long as the body.
    place = tuple(part[: LONGEST_PLACE + 1] if isinstance(part, str) else part for part in first["loc"])
    return {"loc": place, "msg": first["msg"], "type": first["type"]}


def answer(value: BaseModel, without: set[str] | None = None) -> Response:
    """The answer, as JSON; without those of its fields."""
    return Response(value.model_dump_json(exclude=without), media_type="application/json")


def described(shape: type[BaseModel]) -> dict[str, Any]:
    """What FastAPI would write into the API's description, had it read the body."""
    assert shape in _READ_HERE, shape
    reference = {"$ref": _PLACE.format(model=shape.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": reference}}}}


def add_shapes(schemas: dict[str, Any]) -> None:
    """Put these shapes among the components of the API's description."""
    for shape in _READ_HERE:
        schema = shape.model_json_schema(ref_template=_PLACE)
        for name, part in {**schema.pop("$defs", {}), shape.__name__: schema}.items():
            schemas.setdefault(name, part)
