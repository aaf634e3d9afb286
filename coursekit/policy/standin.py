"""A page for marks on work that no machine can read: the author's cells, and what was handed in as mere text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.model.grading import MasterNotebook, Remark, Unreadable
from coursekit.policy.repair import repair
from coursekit.policy.submitted import tidy_text

_EMPTY = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
_SHOWN = 100_000
"""Letters of each file that was handed in; the rest is in the file itself."""
_MOST = 3
"""Files."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def kept_as(path: str) -> str:
    """The name under which a file that no machine can read lies beside its page for marks."""
    return f"{path}.handed-in.txt"


def stand_in(
    master: MasterNotebook, remark: Remark, handed_in: Sequence[tuple[str, bytes]]
) -> Mapping[str, Any]:
    """nbformat 4 JSON. `handed_in`: what may be it, by the name under which it lies beside this page."""
    made = repair(_EMPTY, master, lambda notebook: notebook)
    cells = [] if isinstance(made, Unreadable) else list(made.notebook["cells"])
    names = ", ".join(f"`{tidy_text(name)}`" for name, _ in handed_in)
    beside = f" What was handed in lies beside this page: {names}." if names else ""
    note = (
        f"**This notebook could not be graded by itself.** {remark.detail}{beside} A person gives the marks."
    )
    top = [_cell("markdown", "coursekit-note", note)]
    for number, (_, content) in enumerate(handed_in[:_MOST], 1):
        text = _CONTROL.sub("\ufffd", content[: 4 * _SHOWN].decode("utf-8", "replace").replace("\r\n", "\n"))
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\n… (cut; the file has all of it)"
        # As code: shown letter by letter, and never taken for HTML.
        top.append(_cell("code", f"coursekit-handed-in-{number}", shown))
    metadata = {} if isinstance(made, Unreadable) else made.notebook["metadata"]
    return {"cells": [*top, *cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(cell_type: str, name: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": cell_type, "id": name, "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if cell_type == "code" else cell
