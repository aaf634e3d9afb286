"""Code that has no means to reach for its own marks: plain statements, and none but well-known words.

Most answers of beginners are of this kind. Their checks need no look at hooks and no second run: whoever only
assigns names, calculates, and calls what stands in these lists can neither change an interpreter nor make an object
that lies about itself. Anything else, however harmless, is not tame, and is looked at as always.

The lists name what is allowed, never what is not: what nobody thought of is not in them.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from dataclasses import replace

from coursekit.model.grading import Step

_NODES = (
    *(ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Pass, ast.Break, ast.Continue),
    *(ast.If, ast.For, ast.While, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assert, ast.Raise),
    *(ast.Import, ast.ImportFrom, ast.alias, ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword, ast.Starred),
    *(ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(
        ast.comprehension,
        ast.Lambda,
        ast.JoinedStr,
        ast.FormattedValue,
        ast.expr_context,
        ast.operator,
        ast.unaryop,
        ast.boolop,
        ast.cmpop,
    ),
)
_MODULES = frozenset({"math", "statistics", "numpy", "pandas"})
_BUILTINS = frozenset(
    {
        *("abs", "all", "any", "bool", "dict", "divmod", "enumerate", "filter", "float", "int", "isinstance"),
        *("len", "list", "map", "max", "min", "pow", "print", "range", "reversed", "round", "set", "sorted"),
        *("str", "sum", "tuple", "zip", "True", "False", "None", "NotImplementedError", "ValueError"),
        *("TypeError", "KeyError", "IndexError", "ZeroDivisionError"),
    }
)
_ATTRIBUTES = frozenset(
    {
        # of Python's own values
        *("append", "extend", "insert", "remove", "sort", "reverse", "keys", "values", "items", "get", "add"),
        *(
            "union",
            "intersection",
            "difference",
            "split",
            "strip",
            "lstrip",
            "rstrip",
            "lower",
            "upper",
            "title",
        ),
        *("replace", "join", "startswith", "endswith", "find", "count", "index", "isdigit", "isalpha"),
        # of math and statistics
        *("sqrt", "exp", "log", "log10", "log2", "floor", "ceil", "pi", "e", "fsum", "prod", "isclose"),
        *("mean", "median", "mode", "stdev", "pstdev", "variance", "fmean"),
        # of numpy and pandas
        *("array", "arange", "linspace", "zeros", "ones", "where", "nan", "sum", "min", "max", "std", "var"),
        *("round", "abs", "cumsum", "shape", "size", "T", "reshape", "dot", "argmax", "argmin", "clip"),
        *("read_csv", "DataFrame", "Series", "loc", "iloc", "at", "iat", "columns", "head", "tail", "dropna"),
        *(
            "fillna",
            "isna",
            "notna",
            "astype",
            "copy",
            "reset_index",
            "set_index",
            "sort_values",
            "sort_index",
        ),
        *(
            "groupby",
            "unique",
            "nunique",
            "value_counts",
            "isin",
            "between",
            "diff",
            "shift",
            "idxmax",
        ),
        *(
            "idxmin",
            "quantile",
            "describe",
            "corr",
            "merge",
            "concat",
            "rename",
            "drop",
            "tolist",
            "to_numpy",
        ),
        *("cut", "first", "last", "nlargest", "nsmallest", "pct_change", "rank", "transpose"),
        # of coursekit.prompts
        "exhibit",
    }
)


def mark_tame(steps: Iterable[Step], answers: Sequence[str]) -> tuple[Step, ...]:
    """The steps; those checks that tame answers cannot have reached are marked.

    A name that the check relies on must not be among those that the answers bind.
    """
    bound = names_bound(answers)
    if bound is None:
        return tuple(steps)
    return tuple(
        replace(step, is_tame=bound.isdisjoint({*dict(step.names), *step.shadows})) if step.check else step
        for step in steps
    )


def names_bound(answers: Sequence[str]) -> frozenset[str] | None:
    """The names that a learner's cells bind, where all of the cells are tame; none where one is not."""
    bound: set[str] = set()
    for source in answers:
        try:
            nodes = list(ast.walk(ast.parse(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        if not all(_is_tame(node) for node in nodes):
            return None
        for node in nodes:
            bound |= _bound_by(node)
    return None if any(_is_strange(name) for name in bound) else frozenset(bound)


def _is_tame(node: ast.AST) -> bool:
    if not isinstance(node, _NODES):
        return False
    if isinstance(node, ast.FunctionDef):
        return not node.decorator_list
    if isinstance(node, ast.Import):
        return all(name.name in _MODULES for name in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module in _MODULES and all(name.name in _ATTRIBUTES for name in node.names)
    if isinstance(node, ast.Attribute):
        return node.attr in _ATTRIBUTES and isinstance(node.ctx, ast.Load)
    return not isinstance(node, ast.Name) or not _is_strange(node.id)


def _bound_by(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    if isinstance(node, ast.arg):
        return {node.arg}
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return {node.id}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {name.asname or name.name for name in node.names}
    return set()


def _is_strange(name: str) -> bool:
    """A name with an underscore before it, or one that Python or IPython gives and that is not among the known."""
    return name.startswith("_") or (name in _GIVEN and name not in _BUILTINS)


_GIVEN = frozenset(
    {*dir(builtins), "In", "Out", "get_ipython", "display", "exit", "quit", "ANY", "Mock", "MagicMock"}
)
