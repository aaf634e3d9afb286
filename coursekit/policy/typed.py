"""What somebody typed or sees, beside what is kept: how a number is read, and whether two answers say the same."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.policy.cells import is_stub, source_of

_ENDINGS = re.compile("\r\n?")


def parse_number(text: str) -> float | None:
    """The number somebody typed, with the separators of their country; none when it is not one.

    8,451 could be read in two ways; groups of three are taken for thousands, and the form says what it read.
    """
    bare = re.sub(r"[\s'’_]", "", text).replace("−", "-")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})", bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", bare):
        return None
    value = float(bare)
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def as_kept(prompt: Prompt, response: Response) -> dict[str, Any]:
    """A form's answer as it is kept: a number that came as the text somebody typed is a number, or none yet."""
    kept = dict(response)
    value = kept.get("value")
    if prompt.kind is PromptKind.ESTIMATE and isinstance(value, str):
        kept["value"] = parse_number(value.strip().removesuffix(prompt.unit))
    return kept


def says_the_same(prompt: Prompt, shown: Response, kept: Response | None) -> bool:
    """Whether the answer that a learner sees is the one that is kept. Words count to the letter."""
    if prompt.kind.in_notebook:
        part = "code" if prompt.kind is PromptKind.ANALYSIS else "text"
        seen, said = (_lines(answer.get(part)) for answer in (shown, kept or {}))
        # What a release left in the place of an answer is none.
        return seen == said or (not said and is_stub(seen, prompt.kind))
    return bool(_filled(as_kept(prompt, shown)) == _filled(kept or {}))


def differing_cell(notebook: bytes, shown: Sequence[tuple[str, str]]) -> str | None:
    """The first cell, by its id, in which a notebook's file says something else than its learner sees; or none.

    `shown`: id and text of each cell, in order. Empty for a cell without an id, and for a file that cannot be read.
    """
    try:
        cells = json.loads(notebook)["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    there = [(_id(cell), _lines(source_of(cell))) for cell in cells] if isinstance(cells, list) else []
    for (kept_id, kept), (seen_id, seen) in zip(there, shown, strict=False):
        # Notebooks older than format 4.5 have no ids; the lab gives them some, and does not save those.
        if kept != _lines(seen) or kept_id not in ("", seen_id):
            return seen_id
    if len(there) != len(shown):
        longer = there if len(there) > len(shown) else shown
        return longer[min(len(there), len(shown))][0]
    return None


def _lines(text: Any) -> str:
    # An editor shows all ends of lines alike.
    return _ENDINGS.sub("\n", text) if isinstance(text, str) else ""


def _id(cell: Any) -> str:
    name = cell.get("id") if isinstance(cell, Mapping) else None
    return name if isinstance(name, str) else ""


def _filled(value: Any) -> Any:
    """Without what is empty: a part that was never touched may be left out, or kept as nothing."""
    if not isinstance(value, Mapping):
        return value
    filled = {key: _filled(inner) for key, inner in value.items()}
    return {key: inner for key, inner in filled.items() if inner not in (None, "", {})}
