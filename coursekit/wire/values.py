"""Our own values as JSON text and back, by their types; for stores and files, not for strangers."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(value: Any) -> str:
    """A value of the model as JSON."""
    return _adapter(cast("Hashable", type(value))).dump_json(value).decode()


def load(kind: type[T], text: str | bytes) -> T:
    """The value of that type. Raises pydantic's ValidationError when the text is not one."""
    value: T = _adapter(cast("Hashable", kind)).validate_json(text)
    return value
