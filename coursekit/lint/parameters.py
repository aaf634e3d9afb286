"""The parameters that a notebook has: what its cell with the tag `parameters` sets."""

from __future__ import annotations

import ast
import re

from coursekit.model.notebook import Notebook

TAG = "parameters"
_ASSIGNED = re.compile(r"^\s*([A-Za-z_]\w*)\s*(?::[^=\n]+)?(?:=(?!=)|<-)", re.MULTILINE)


def parameters_set(notebook: Notebook) -> tuple[str, ...] | None:
    """Their names, in order; none when no cell has the tag."""
    tagged = [cell for cell in notebook.cells if TAG in cell.tags]
    if not tagged:
        return None
    return tuple(dict.fromkeys(name for cell in tagged for name in _names(cell.source)))


def _names(source: str) -> list[str]:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        # Another language than Python, or IPython's own lines.
        return _ASSIGNED.findall(source)
    found: list[str] = []
    for statement in body:
        if isinstance(statement, ast.Assign):
            found += [n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found.append(statement.target.id)
    return found
