"""Write answers into a notebook file, as a learner's editor would save them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.ids import PromptId


def write_cell(notebook: Path, prompt: PromptId, text: str) -> None:
    """Put `text` into the cell of that prompt. Raises BadInput when the notebook has none."""
    value: dict[str, Any] = json.loads(notebook.read_bytes())
    for cell in value["cells"]:
        if cell["metadata"].get("coursekit", {}).get("prompt", {}).get("id") == prompt:
            cell["source"] = text
            break
    else:
        raise BadInput("no-such-cell", f"{notebook.name} has no cell for {prompt}.", "Get the module again.")
    write_notebook(notebook, value)


def write_notebook(notebook: Path, value: dict[str, Any]) -> None:
    """Save the whole notebook: all of it, or what was there before."""
    temporary = notebook.with_name(f".{notebook.name}.new")
    temporary.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(notebook)


def read_notebook(notebook: Path) -> dict[str, Any]:
    """The notebook as JSON."""
    value: dict[str, Any] = json.loads(notebook.read_bytes())
    return value
