"""Cells without IPython: as plain code among a notebook's names."""

from __future__ import annotations

import builtins
from typing import Any


def ran(source: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Run it as a cell; the outputs it leaves."""
    try:
        exec(compile(source, "cell", "exec", dont_inherit=True), names)
    except BaseException as error:
        return [{"output_type": "error", "ename": type(error).__name__, "evalue": str(error)}]
    return []


def notebook() -> dict[str, Any]:
    return {"__name__": "__main__", "__builtins__": builtins}
