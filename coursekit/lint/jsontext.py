"""Put values into a JSON text and leave every other character as it is: a diff then shows the change alone."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(r"true|false|null|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|-?Infinity|NaN")


@dataclass
class _Node:
    """A value, where it stands in the text, and what is in it."""

    start: int
    end: int = 0
    keys: dict[str, _Node] = field(default_factory=dict)
    items: list[_Node] = field(default_factory=list)
    is_object: bool = False


def put(text: str, path: Sequence[str | int], value: Any) -> str:
    """The text with that value in that place; a key that is not there yet is added at the object's end.

    `text` was read as JSON before. Raises KeyError or IndexError when the way to the place is not there.
    """
    node = _scan(text, _skip(text, 0))
    for number, step in enumerate(path):
        if isinstance(step, int):
            node = node.items[step]
        elif step in node.keys:
            node = node.keys[step]
        elif number == len(path) - 1 and node.is_object:
            return _added(text, node, step, value)
        else:
            raise KeyError(step)
    if isinstance(value, str) and path[-1] == "source" and text[node.start] == "[":
        # Notebooks keep a source as the list of its lines.
        value = value.splitlines(keepends=True)
    return (
        text[: node.start] + _written(text, value, node.start, text[node.start : node.end]) + text[node.end :]
    )


def _added(text: str, node: _Node, key: str, value: Any) -> str:
    if not node.keys:
        one_line = "\n" not in text[node.start : node.end]
        unit, own = _unit(text), _indent(text, node.start)
        # An empty object is written as {} even where everything else has lines of its own.
        end = _line_end(text)
        inner, outer = (end + own + unit, end + own) if unit and one_line else ("", "")
        head = f"{inner}{json.dumps(key, ensure_ascii=False)}: "
        body = _written(text, value, node.start, "", own + unit)
        return f"{text[: node.start]}{{{head}{body}{outer}}}{text[node.end :]}"
    last = max(node.keys.values(), key=lambda n: n.end)
    first = min(node.keys.values(), key=lambda n: n.start)
    gap = text[node.start + 1 : text.index('"', node.start + 1)]
    comma = ", " if "\n" not in gap and gap == "" else "," + (gap or " ")
    colon = ": " if re.search(r":\s", text[node.start : first.start + 1]) else ":"
    head = f"{comma}{json.dumps(key, ensure_ascii=False)}{colon}"
    indent = gap.rsplit("\n", 1)[-1] if "\n" in gap else None
    return text[: last.end] + head + _written(text, value, last.end, "", indent) + text[last.end :]


def _written(text: str, value: Any, at: int, before: str, indent: str | None = "?") -> str:
    """The value as its surroundings are written: on lines of its own, or on one."""
    escaped = "\\u" in text and text.isascii()
    unit = _unit(text)
    many = isinstance(value, list | dict) and bool(value)
    if (
        not many
        or not unit
        or (before and "\n" not in before and before not in ("[]", "{}"))
        or indent is None
    ):
        return json.dumps(value, ensure_ascii=escaped)
    own = _indent(text, at) if indent == "?" else indent
    lines = json.dumps(value, indent=unit, ensure_ascii=escaped).split("\n")
    return _line_end(text).join([lines[0], *(own + line for line in lines[1:])])


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unit(text: str) -> str:
    """By how much each level is indented; nothing where all stands on one line."""
    found = re.match(r"\s*[\[{]\r?\n([ \t]+)", text)
    return found[1] if found else ""


def _indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def _scan(text: str, at: int) -> _Node:
    node = _Node(at)
    opening = text[at]
    if opening not in "[{":
        node.end = _end(text, at)
        return node
    node.is_object = opening == "{"
    at = _skip(text, at + 1)
    while text[at] not in "]}":
        if node.is_object:
            end = _end(text, at)
            key = json.loads(text[at:end], strict=False)
            at = _skip(text, _skip(text, end) + 1)
            inner = node.keys[key] = _scan(text, at)
        else:
            inner = _scan(text, at)
            node.items.append(inner)
        at = _skip(text, inner.end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    node.end = at + 1
    return node


def _end(text: str, at: int) -> int:
    """Where a string, a number or a word ends."""
    found = (_STRING if text[at] == '"' else _SCALAR).match(text, at)
    if found is None:
        raise ValueError(f"no JSON at {at}")
    return found.end()
