"""What the functions that a check names are made of, remembered and put back, down to the last of their own.

    np.testing.assert_allclose ──▶ assert_array_compare ──▶ isclose ──▶ …

`pristine` guards the names that a check uses itself. Whoever replaces one that only those use gets as far. The way
down is read off the functions' code as it was before any stranger's had run, so only what lies on it is looked at.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from collections import deque
from collections.abc import Iterable
from typing import Any

USUAL = (
    *("collections", "copy", "datetime", "decimal", "fractions", "functools", "itertools", "json", "math"),
    *("operator", "random", "re", "statistics", "string", "unittest"),
)
"""Modules of Python's own that checks use without learners having seen it."""
_WITH = {"numpy": "numpy.testing", "pandas": "pandas.testing"}
_MOST = 150
"""Functions that are looked at, the nearest first: each look copies pages, and `read_csv` alone has four hundred
below it."""
_GONE = object()


def usual(imports: Iterable[str]) -> list[str]:
    """Import what checks use beside these; the names of what is there then."""
    roots = {name.partition(".")[0] for name in imports}
    there = []
    for name in (*USUAL, *(testing for root, testing in _WITH.items() if root in roots)):
        with contextlib.suppress(BaseException):
            importlib.import_module(name)
            there.append(name)
    return there


class Below:
    """A memory of all functions in the modules that checks may use."""

    def __init__(self, modules: Iterable[str]) -> None:
        """`modules`: those that checks may use; what belongs to the same packages is remembered with them."""
        roots = {name.partition(".")[0] for name in modules}
        self._modules: dict[str, types.ModuleType] = {}
        self._spaces: dict[int, tuple[str, dict[str, Any]]] = {}
        self._bodies: dict[int, tuple[types.FunctionType, types.CodeType, Any, Any]] = {}
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in roots and type(module) is types.ModuleType:
                space = {key: value for key, value in vars(module).items() if _matters(value)}
                self._modules[name] = module
                self._spaces[id(vars(module))] = (name, space)
                for value in space.values():
                    self._keep(_inner(value))

    def restore(self, tools: Iterable[str], words: Iterable[str]) -> list[tuple[str, str]]:
        """Put back what lies below these names of these modules; what was different, as (code, which)."""
        found: list[tuple[str, str]] = []
        wanted = tuple(words)
        waiting: deque[types.FunctionType] = deque()
        for tool in tools:
            if tool in self._modules:
                waiting += self._look(self._modules[tool], wanted, found)
        seen: set[int] = set()
        while waiting and len(seen) < _MOST:
            function = waiting.popleft()
            if id(function) in seen or id(function) not in self._bodies:
                continue
            seen.add(id(function))
            _, code, defaults, named = self._bodies[id(function)]
            if function.__code__ is not code or function.__defaults__ is not defaults:
                function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, named
                found.append(("changed-tool", function.__qualname__))
            if id(function.__globals__) in self._spaces:
                module = self._modules[self._spaces[id(function.__globals__)][0]]
                waiting += self._look(module, code.co_names, found)
        return found

    def _keep(self, function: Any) -> None:
        if type(function) is types.FunctionType:
            body = (function, function.__code__, function.__defaults__, function.__kwdefaults__)
            self._bodies[id(function)] = body

    def _look(
        self,
        module: types.ModuleType,
        names: tuple[str, ...],
        found: list[tuple[str, str]],
        deeper: bool = True,
    ) -> list[types.FunctionType]:
        """Compare these names of a module and, once, of the modules among them; the functions that they are."""
        functions = []
        now = vars(module)
        shown, before = self._spaces[id(now)]
        for key in names:
            value = before.get(key, _GONE)
            if value is _GONE:
                continue
            if now.get(key, _GONE) is not value:
                setattr(module, key, value)
                found.append(("changed-tool", f"{shown}.{key}"))
            inner = _inner(value)
            if type(inner) is types.FunctionType:
                functions.append(inner)
            elif deeper and type(value) is types.ModuleType and id(vars(value)) in self._spaces:
                functions += self._look(value, names, found, deeper=False)
        return functions


def _inner(value: Any) -> Any:
    """The Python function behind numpy's dispatchers and behind decorators."""
    if not isinstance(value, type):
        for name in ("__func__", "_implementation", "__wrapped__"):
            inner = getattr(value, name, None)
            if type(inner) is types.FunctionType:
                return inner
    return value


def _matters(value: Any) -> bool:
    # Numbers and texts of a module are settings that honest code may change.
    return callable(value) or isinstance(value, types.ModuleType)
