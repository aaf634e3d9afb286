"""What a notebook imports, read off its code without running any of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


def imports_of(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules that these cells import at their top, by full name, in order, each once.

    For `from a import b` both `a` and `a.b`: only importing tells whether `b` is a module.
    """
    return tuple(dict.fromkeys(name for source in sources for name in _in_cell(source)))


def _in_cell(source: str) -> Iterator[str]:
    try:
        # IPython's own lines are no Python; they stand alone, mostly at the top.
        tree = ast.parse("\n".join(line for line in source.splitlines() if line[:1] not in ("%", "!", "?")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names if alias.name != "*")
