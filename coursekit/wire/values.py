"""Our own values as JSON text and back, by their types; for stores and files, not for strangers."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

# Making one takes longer than using it a thousand times.
_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def dump(value: Any) -> str:
    """A value of the model as JSON."""
    return _adapter(type(value)).dump_json(value).decode()


def load(kind: type[T], text: str | bytes) -> T:
    """The value of that type. Raises pydantic's ValidationError when the text is not one."""
    value: T = _adapter(kind).validate_json(text)
    return value
