"""What a check relies on: names that the author imported, modules behind them, and Python's own functions.

A learner may give any name another meaning. Where the author's tests use the name, and no answer is asked to define
it, that is put right before the test, and said.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from coursekit.model.grading import MasterCell, MasterNotebook, Step

Where = tuple[str, ...]
"""(module,) or (module, attribute)."""

_FUNCTIONS = frozenset(name for name, value in vars(builtins).items() if callable(value))


@dataclass(frozen=True)
class Reliance:
    """What one check needs to be as the author left it."""

    names: tuple[tuple[str, Where], ...] = ()
    tools: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    shadows: tuple[str, ...] = ()


def with_reliance(steps: Iterable[Step], master: MasterNotebook) -> tuple[Step, ...]:
    """The steps, each check with what it relies on."""
    if master.language != "python":
        return tuple(steps)
    reliances = _reliances(master.cells, master.solutions)
    return tuple(_with(step, reliances.get(step.check or "", Reliance())) for step in steps)


@lru_cache(maxsize=16)
def _reliances(cells: tuple[MasterCell, ...], solutions: tuple[str, ...]) -> Mapping[str, Reliance]:
    """Of each check's source. A whole class has the same."""
    defined = defined_by(solutions)
    before: list[str] = []
    found: dict[str, Reliance] = {}
    for cell in cells:
        if cell.is_check:
            found[cell.source] = relies_on(cell.source, before, defined)
        if cell.locked and cell.cell_type == "code":
            before.append(cell.released)
    return found


def _with(step: Step, reliance: Reliance) -> Step:
    if step.check is None:
        return step
    return replace(
        step,
        names=reliance.names,
        tools=reliance.tools,
        words=reliance.words,
        shadows=reliance.shadows,
    )


def relies_on(check: str, before: Sequence[str], defined: Iterable[str] = ()) -> Reliance:
    """`before`: the author's own cells up to the check; `defined`: what the answers are asked to define.

    Nothing where the check is not plain Python.
    """
    tree = _parsed(check)
    if tree is None:
        return Reliance()
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    may_define = set(defined)
    known: dict[str, Where] = {}
    for source in before:
        known.update(imports_of(source))
    own = imports_of(check)
    names = tuple(
        sorted((n, w) for n, w in known.items() if n in used and n not in own and n not in may_define)
    )
    wheres: Mapping[str, Where] = {**dict(names), **own}
    tools = {where[0] for where in wheres.values()} | set(_deeper(tree, wheres))
    shadows = (used & _FUNCTIONS) - set(wheres) - may_define
    words = used | {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    words |= {part for where in wheres.values() for part in where[1:]}
    return Reliance(names, tuple(sorted(tools)), tuple(sorted(words)), tuple(sorted(shadows)))


def defined_by(sources: Iterable[str]) -> frozenset[str]:
    """The names that these cells bind at their top level."""
    found: set[str] = set()
    for source in sources:
        tree = _parsed(source)
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return frozenset(found)


def imports_of(source: str) -> dict[str, Where]:
    """What the cell's top-level imports bind: name → (module,) or (module, attribute)."""
    found: dict[str, Where] = {}
    tree = _parsed(source)
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = (alias.name if alias.asname else name,)
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module
            and not node.level
            and node.module != "__future__"
        ):
            for alias in node.names:
                if alias.name != "*":
                    found[alias.asname or alias.name] = (node.module, alias.name)
    return found


def _deeper(tree: ast.AST, wheres: Mapping[str, Where]) -> Iterator[str]:
    """`np.testing.assert_allclose` relies on numpy.testing."""
    for node in ast.walk(tree):
        parts: list[str] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if parts and isinstance(inner, ast.Name) and inner.id in wheres:
            path = ".".join(wheres[inner.id])
            for part in list(reversed(parts))[:-1]:
                path = f"{path}.{part}"
                yield path


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        pass
    # Magics and shell lines stand alone; the rest is still Python.
    kept = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!", "?"))]
    try:
        return ast.parse("\n".join(kept))
    except (SyntaxError, ValueError, RecursionError):
        return None
