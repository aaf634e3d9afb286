"""The author's check with probes in it: whether it could have failed after these answers.

Each comparison, call and mark of the check is looked at as it happens, with values that must come out otherwise.
The report is the message of an assertion that must fail, so silence is an alarm too.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from coursekit.model.grading import Output, Remark
from coursekit.policy.canary import numbers, pair

_PLACE = "_coursekit_helper_of_this_probe"
"""Stands for the helper's name until there is a token."""
_ORDERED = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_AGREES = re.compile(r"(assert|allclose$|isclose$|array_equal|equals$)", re.IGNORECASE)
"""Names of functions that say whether their arguments are alike."""

ALARMS: Mapping[str, str] = {
    "equal-to-anything": "A value of the answer says that it is equal to anything.",
    "ordered-anyhow": "A value of the answer says that it is smaller or larger than any number.",
    "contains-anything": "A value of the answer says that it contains anything.",
    "assert-without-effect": "An assertion of the check had no effect after the answer had run.",
    "mark-overwritten": "The answer changed the points that the check was adding up.",
    "mark-in-disguise": "The number at the end of the check is an object that the answer made.",
    "probe-silent": "The check passed, but not when it was run again with probes in it.",
}
"""What a probe can find, in words for the grader."""


def probe(check_source: str, token: str) -> str | None:
    """The author's check with probes in it, or none where it is not plain Python.

    It does what the check does, and always ends with an error: the report. Run it where it can spoil nothing.
    """
    parts = _instrumented(check_source)
    if parts is None:
        return None
    name = _helper(token)
    before, after = (part.replace(_PLACE, name) for part in parts)
    report = f"assert {name}.report is None, {name}.report()"
    return "\n".join(part for part in (before, _prologue(token), after, report) if part) + "\n"


@lru_cache(maxsize=256)
def _instrumented(check_source: str) -> tuple[str, str] | None:
    """The check with probes, before and after the place of the helper, which is named anew each time."""
    try:
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = compile(check_source, "check", "exec", flags, dont_inherit=True)
        assert isinstance(tree, ast.Module)
        name = _PLACE
        first = _after_head(tree.body)
        # What stands at the very end is what nbgrader reads a mark from.
        last = tree.body[-1] if tree.body else None
        tallies = _tallies(tree)
        tree = _Instrument(name, tallies).visit(tree)
        if isinstance(last, ast.Expr):
            last.value = _call(name, "mark", last.value)
            tree.body[-1:] = [*(_note(name, "kept", tally) for tally in sorted(tallies)), last]
        head = ast.Module(tree.body[:first], [])
        rest = ast.Module(tree.body[first:], [])
        before, after = (ast.unparse(ast.fix_missing_locations(part)) for part in (head, rest))
    # Unparsing gives up on some f-strings; that is no reason to alarm anybody.
    except (SyntaxError, ValueError, RecursionError):
        return None
    return before, after


def with_trial(
    probe_source: str, token: str, check: str = "", shadows: Collection[str] | None = None
) -> tuple[str, str]:
    """The instrumented check with the trial in its report, in one cell; and what the report must end with."""
    _, must_pass, value = pair(token, check, shadows)
    return f"{probe_source.rstrip()} + '=' + __import__('builtins').str({must_pass})\n", f"={value}"


def read_probe(outputs: Sequence[Output], token: str, end: str = "") -> tuple[Remark, ...]:
    """What the instrumented check reported. Whatever is not its report is an alarm."""
    errors = [output for output in outputs if output.get("output_type") == "error"]
    said = errors[-1].get("evalue") if errors and errors[-1].get("ename") == "AssertionError" else None
    found = (
        re.fullmatch(rf"{re.escape(token)}((?: [a-z-]+)*){re.escape(end)}", said)
        if isinstance(said, str)
        else None
    )
    codes = found[1].split() if found else ["probe-silent"]
    return tuple(Remark(code, ALARMS[code]) for code in dict.fromkeys(codes) if code in ALARMS)


def _helper(token: str) -> str:
    return "_" + hashlib.sha256(f"{token}/helper".encode()).hexdigest()[:16]


def _after_head(body: Sequence[ast.stmt]) -> int:
    """The place behind the docstring and what must stand first."""
    for place, statement in enumerate(body):
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        # One constant alone is the mark, not a docstring.
        if not is_future and not (is_text and place == 0 and len(body) > 1):
            return place
    return len(body)


def _call(helper: str, method: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(helper, ast.Load()), method, ast.Load()), list(arguments), [])


def _note(helper: str, method: str, name: str) -> ast.stmt:
    return ast.Expr(_call(helper, method, ast.Constant(name), ast.Name(name, ast.Load())))


def _tallies(tree: ast.Module) -> frozenset[str]:
    """The names that make up the number at the end, where nothing but the check's own assignments sets them."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return frozenset()
    inner = list(ast.walk(last.value))
    if not all(
        isinstance(n, ast.Name | ast.BinOp | ast.operator | ast.Constant | ast.expr_context) for n in inner
    ):
        return frozenset()
    wanted = {n.id for n in inner if isinstance(n, ast.Name)}
    plainly: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Global | ast.Nonlocal):
            wanted -= set(node.names)
        elif isinstance(node, ast.Assign):
            plainly |= {id(n) for target in node.targets for n in ast.walk(target)}
        elif isinstance(node, ast.AugAssign):
            plainly.add(id(node.target))
    set_otherwise = {
        n.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load) and id(n) not in plainly
    }
    return frozenset(wanted - set_otherwise)


class _Instrument(ast.NodeTransformer):
    """Puts the probes in. Each expression is still evaluated once, in the same order, and as often as before."""

    def __init__(self, helper: str, tallies: frozenset[str]) -> None:
        self._helper = helper
        self._tallies = tallies
        self._asserts = 0
        self._inside = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._visit_scope(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._visit_scope(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._visit_scope(node)

    def _visit_scope(self, node: ast.AST) -> ast.AST:
        # A name in here is another one.
        self._inside += 1
        self.generic_visit(node)
        self._inside -= 1
        return node

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        self.generic_visit(node)
        names = {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        return [node, *self._notes("keep", names)]

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        self.generic_visit(node)
        names = {node.target.id} if isinstance(node.target, ast.Name) else set()
        return [*self._notes("kept", names), node, *self._notes("keep", names)]

    def _notes(self, method: str, names: set[str]) -> list[ast.stmt]:
        wanted = sorted(names & self._tallies) if not self._inside else []
        return [_note(self._helper, method, name) for name in wanted]

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        word = _ORDERED.get(type(node.ops[0]))
        if word is not None and len(node.ops) == 1:
            left, right = node.left, node.comparators[0]
            if _is_plain(left) and _is_plain(right):
                return node
            return _call(self._helper, "compare", ast.Constant(word), left, right)
        # In a chain the later operands may never be evaluated: each is looked at when it is its turn.
        if any(type(op) in _ORDERED for op in node.ops):
            node.left = self._seen(node.left, "between")
            node.comparators = [self._seen(operand, "between") for operand in node.comparators]
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        # Words for people; and code inside them cannot always be written out again.
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if _AGREES.search(called):
            node.args = [a if isinstance(a, ast.Starred) else self._seen(a) for a in node.args]
            for keyword in node.keywords:
                if keyword.arg is not None:
                    keyword.value = self._seen(keyword.value)
        return node

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        self.generic_visit(node)
        self._asserts += 1
        kept = f"{self._helper}_{self._asserts}"

        def load() -> ast.expr:
            return ast.Name(kept, ast.Load())

        failure = ast.Attribute(ast.Name(self._helper, ast.Load()), "failure", ast.Load())
        return [
            ast.Assign([ast.Name(kept, ast.Store())], node.test),
            ast.Try(
                [ast.Assert(ast.UnaryOp(ast.Not(), load()), None)],
                [ast.ExceptHandler(failure, None, [ast.Pass()])],
                [ast.Expr(_call(self._helper, "spared", load()))],
                [],
            ),
            ast.Assert(load(), node.msg),
            ast.Expr(_call(self._helper, "passed", load())),
            # A check may ask whether an object is gone.
            ast.Delete([ast.Name(kept, ast.Del())]),
        ]

    def _seen(self, operand: ast.expr, method: str = "see") -> ast.expr:
        return operand if _is_plain(operand) else _call(self._helper, method, operand)


def _is_plain(node: ast.expr) -> bool:
    """Nothing a learner could have a hand in, or something of the author's that is meant to equal anything."""
    inner = list(ast.walk(node))
    if any(getattr(n, "id", getattr(n, "attr", None)) == "ANY" for n in inner):
        return True
    parts = (ast.Constant, ast.UnaryOp, ast.unaryop, ast.Tuple, ast.List, ast.Set, ast.expr_context)
    return all(isinstance(n, parts) for n in inner)


def _prologue(token: str) -> str:
    number = next(numbers(f"{token}/probe"))
    return (
        _PROLOGUE.replace("_CK", _helper(token)).replace("TOKEN", repr(token)).replace("NUMBER", str(number))
    )


# What an instrumented check carries with it. It touches no name that a learner may have taken: people call their
# variables `list`, `sum` and `type`.
_PROLOGUE = """
def _CK():
    import builtins as b
    import types
    import warnings

    found, tallies = [], {}
    try:
        assert b.len(found), TOKEN
        failure = b.AssertionError
        found.append("assert-without-effect")
    except b.BaseException as error:
        failure = b.type(error)
    harmless = (b.int, b.float, b.complex, b.bool, b.str, b.bytes, b.type(None), b.range)
    strange = (NUMBER, NUMBER + 0.5, "NUMBER", b.object(), (NUMBER,), [NUMBER])

    def alarm(code):
        if code not in found:
            found.append(code)

    def is_true(answer):
        # Tables and arrays answer for each of their elements; of an empty one nothing follows.
        for _ in (1, 2, 3):
            kind = b.type(answer)
            if kind is b.bool:
                return answer
            if kind.__module__ == "numpy" and kind.__name__ in ("bool", "bool_"):
                return b.bool(answer)
            size = b.getattr(answer, "size", None)
            if not b.isinstance(size, b.int) or size < 1:
                return False
            answer = answer.all()
        return False

    def says(word, left, right):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return is_true(operations[word](left, right))
        except b.Exception:
            return False

    def near(value):
        # What lies beside the value that is asked for.
        kind = b.type(value)
        if kind in (b.int, b.float) and value - value == 0:
            yield value + 1 + b.abs(value)
            yield value - 1 - b.abs(value)
        elif kind is b.str:
            yield value + "NUMBER"
        elif kind in (b.list, b.tuple):
            yield value + kind([NUMBER])
            yield kind([NUMBER]) * b.len(value)

    def equal(value, wanted):
        others = b.list(strange)
        if says("==", value, wanted):
            others += near(wanted)
        for other in others:
            if says("==", value, other) or says("==", other, value):
                alarm("equal-to-anything")
                return

    def see(value, wanted=None, depth=3):
        kind = b.type(value)
        if kind in harmless:
            return value
        if kind in (b.list, b.tuple, b.set, b.frozenset, b.dict):
            if depth:
                # A copy: what is asked may change the very names that are looked through.
                for inner in b.list(value.values() if kind is b.dict else value)[:300]:
                    see(inner, None, depth - 1)
            return value
        equal(value, wanted)
        return value

    def ordered(value):
        if b.type(value) in harmless:
            return
        for number in (NUMBER, NUMBER + 0.5, 0, 1e-300):
            if says("<", value, number) and says(">", value, number):
                alarm("ordered-anyhow")
        for word, end in (("<", -1e308), (">", 1e308)):
            if says(word, value, end) and not says("==", value, end * 10):
                alarm("ordered-anyhow")

    def holds(value):
        kind = b.type(value)
        # Asking an iterator would use it up.
        if kind in harmless or b.hasattr(kind, "__next__") or not b.hasattr(kind, "__contains__"):
            return
        if says("in", NUMBER, value) and says("in", "NUMBER", value):
            alarm("contains-anything")

    def compare(word, left, right):
        see(left, right)
        if word in ("in", "not in"):
            # Of a dict the keys count, and those are found by their hashes.
            if b.type(right) is not b.dict:
                see(right)
            holds(right)
        else:
            see(right, left)
            if word not in ("==", "!="):
                ordered(left)
                ordered(right)
        return operations[word](left, right)

    def between(value):
        ordered(value)
        return see(value)

    def spared(value):
        if value:
            alarm("assert-without-effect")

    def passed(value):
        if not value:
            alarm("assert-without-effect")

    def keep(name, value):
        tallies[name] = value

    def kept(name, value):
        if tallies.setdefault(name, value) is not value:
            alarm("mark-overwritten")

    def mark(value):
        kind = b.type(value)
        if kind.__module__ == "__main__":
            try:
                b.float(b.repr(value))
            except b.Exception:
                return value
            alarm("mark-in-disguise")
        return value

    def report():
        return " ".join([TOKEN, *found])

    operations = {
        "==": lambda left, right: left == right,
        "!=": lambda left, right: left != right,
        "<": lambda left, right: left < right,
        "<=": lambda left, right: left <= right,
        ">": lambda left, right: left > right,
        ">=": lambda left, right: left >= right,
        "in": lambda left, right: left in right,
        "not in": lambda left, right: left not in right,
    }
    return types.SimpleNamespace(
        failure=failure,
        see=see,
        between=between,
        compare=compare,
        spared=spared,
        passed=passed,
        keep=keep,
        kept=kept,
        mark=mark,
        report=report,
    )


_CK = _CK()
"""
