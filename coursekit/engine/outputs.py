"""Outputs as a stranger's code sent them, made into outputs of nbformat 4: well-formed, bounded, and inert.

Whatever is not as it must be is left out. Colours stay in texts; all other control sequences go, because somebody
may read them in a terminal. JavaScript goes, because somebody will read them in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.model.grading import Limits, Output

CUT = "... Output truncated ..."
"""As nbgrader says it."""

_MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}")
_BANNED = frozenset({"application/javascript", "text/javascript", "application/vnd.jupyter.widget-view+json"})
# Terminal sequences but for colours, and characters that steer.
_CONTROL = re.compile(
    r"\x1b\[[0-9;:?<=>!]*[A-LN-Za-ln-z@^_`{|}~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"
    r"|\x1b[^\[]|\x9b[0-9;]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9a\x9c-\x9f\ud800-\udfff]"
)
_TRACEBACK_LINES = 100
"""nbgrader's own limit."""


def clean(value: Any, limits: Limits, room: int) -> tuple[tuple[Output, ...], int, bool]:
    """Outputs, their size in bytes, and whether anything was cut. `room`: bytes that the notebook has left."""
    found: list[Output] = []
    text_left, display_left, lines_left = limits.text_bytes, limits.display_bytes, limits.lines
    used, cut = 0, False
    for raw in value if isinstance(value, Sequence) and not isinstance(value, str) else ():
        if not isinstance(raw, Mapping):
            continue
        kind = raw.get("output_type")
        output: dict[str, Any] | None = None
        if kind == "stream":
            most = min(text_left, room - used)
            text, shorter = bounded(text_of(raw.get("text")), most, lines_left)
            cut |= shorter
            text_left -= len(text)
            lines_left = max(0, lines_left - text.count("\n") - 1)
            name = "stderr" if raw.get("name") == "stderr" else "stdout"
            output = {"output_type": "stream", "name": name, "text": text} if text else None
            size = len(text)
        elif kind == "error":
            output = _error(raw, min(limits.text_bytes, room - used))
            size = len(output["evalue"]) + sum(map(len, output["traceback"]))
        elif kind in ("display_data", "execute_result"):
            data = _bundle(raw.get("data"))
            size = sum(_size(v) for v in data.values())
            if size > display_left or size > room - used:
                cut = True
                data = {"text/plain": CUT}
                size = len(CUT)
            display_left -= size
            if data:
                output = {"output_type": kind, "data": data, "metadata": _metadata(raw.get("metadata"), data)}
                if kind == "execute_result":
                    output["execution_count"] = count_of(raw.get("execution_count"))
        if output is not None:
            found.append(output)
            used += size
    return tuple(found), used, cut


def bounded(text: str, most: int, lines: int) -> tuple[str, bool]:
    """The text up to so many characters and lines, and whether that is less than all of it."""
    if lines <= 0 or most <= 0:
        return "", bool(text)
    cut = len(text) > most
    text = text[:most]
    parts = text.split("\n", lines)
    if len(parts) > lines or cut:
        return "\n".join([*parts[: lines - 1], CUT]), True
    return text, False


def text_of(value: Any) -> str:
    """Text, or a list of lines, without what steers terminals; anything else is empty."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return _CONTROL.sub("", value) if isinstance(value, str) else ""


def is_failure(outputs: Sequence[Output], said: str) -> bool:
    """Whether these are the outputs of exactly one failed assertion, with that message."""
    errors = [(o["ename"], o["evalue"]) for o in outputs if o["output_type"] == "error"]
    return errors == [("AssertionError", said)]


def count_of(value: Any) -> int | None:
    """An execution count, or none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _error(raw: Mapping[str, Any], most: int) -> dict[str, Any]:
    traceback = raw.get("traceback")
    lines = [text_of(line) for line in traceback] if isinstance(traceback, list) else []
    if len(lines) > _TRACEBACK_LINES:
        half = _TRACEBACK_LINES // 2
        lines = [*lines[:half], "... Traceback truncated ...", *lines[-(half - 1) :]]
    kept: list[str] = []
    for line in lines:
        kept.append(line[: max(0, most)])
        most -= len(kept[-1])
    return {
        "output_type": "error",
        "ename": text_of(raw.get("ename"))[:200] or "Error",
        "evalue": text_of(raw.get("evalue"))[: max(200, most)],
        "traceback": kept,
    }


def _bundle(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    found: dict[str, Any] = {}
    for mime, content in list(value.items())[:20]:
        if not isinstance(mime, str) or not _MIME.fullmatch(mime) or mime in _BANNED:
            continue
        if mime == "application/json" or mime.endswith("+json"):
            if isinstance(content, Mapping | list | str | int | float | bool | None):
                found[mime] = content
        else:
            text = text_of(content)
            if text:
                found[mime] = text
    return found


def _metadata(value: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """The size of pictures; nothing else of it is ever looked at."""
    if not isinstance(value, Mapping):
        return {}
    kept: dict[str, Any] = {}
    for mime in data:
        sizes = value.get(mime)
        if isinstance(sizes, Mapping):
            numbers = {
                k: v for k, v in sizes.items() if k in ("width", "height") and isinstance(v, int | float)
            }
            if numbers:
                kept[mime] = numbers
    return kept


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return 2 + sum(len(str(k)) + _size(v) for k, v in value.items())
    if isinstance(value, list):
        return 2 + sum(_size(v) for v in value)
    return 8
