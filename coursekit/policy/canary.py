"""Cells that must fail and that must pass: whether asserting, comparing and counting still mean what they mean.

    the check                                         in one snapshot
    the check with probes in it (`probe`), and these  in another one, once the plain one has passed

A check that cannot hold probes is followed by these alone. Code that owns the interpreter can imitate all of it. A
canary makes that dear: its numbers come from a token that nobody knew before the learner's code had ended, and each
asks for what an honest interpreter cannot miss.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

_ERRORS = frozenset(
    name for name in dir(builtins) if name.endswith(("Error", "Exception", "Iteration", "Exit"))
)


def pair(token: str, check: str = "", shadows: Collection[str] | None = None) -> tuple[str, str, str]:
    """A cell that must fail with the token as its message, one that must pass, and what that one must show.

    Names that the check uses are tried as the check will find them: a learner who calls a variable `sum`, and meets
    no check that adds up, has done nothing wrong. `shadows`: those of them that no answer is asked to define.
    """
    number = numbers(token)
    a, b, c, d = (next(number) for _ in range(4))
    # Comparing is never done at compile time, so each of these asks the types themselves.
    must_fail = (
        f"assert ({a} == {b} or {a}.5 == {b}.5 or '{a}' == '{b}' or [{a}] == [{b}] or ({a},) == ({b},)"
        f" or {{{a}}} == {{{b}}} or {{{a}: 0}} == {{{b}: 0}} or not {a} != {b} or None == {c}"
        f" or {a} in [{b}, {c}] or {d} < {-d} or {d}.5 < {-d}.5 or not {d}), {token!r}"
    )
    plain = _borrowed(check) if shadows is None else frozenset(shadows)
    inside = ", ".join([*_type_terms(number), *_builtin_terms(number, plain)])
    must_pass = (
        f"(lambda _b, _h: _b.int(_h.sha256(_b.repr([{token!r}, {inside}]).encode()).hexdigest()[:15], 16))"
        "(__import__('builtins'), __import__('hashlib'))"
    )
    return must_fail, must_pass, str(eval(must_pass, {}))


def trial(token: str, check: str = "", shadows: Collection[str] | None = None) -> tuple[str, str]:
    """Both of them in one cell that must fail: its source, and the message of its AssertionError."""
    must_fail, must_pass, value = pair(token, check, shadows)
    return f"{must_fail} + '=' + __import__('builtins').str({must_pass})", f"{token}={value}"


def numbers(token: str) -> Iterator[int]:
    """Different for each token, nine digits each, without end."""
    for turn in range(1_000_000):
        yield 10**8 + int.from_bytes(hashlib.sha256(f"{token}/{turn}".encode()).digest()[:6]) % (9 * 10**8)


@lru_cache(maxsize=256)
def _borrowed(check: str) -> frozenset[str]:
    """The names that the check uses and does not set itself."""
    try:
        nodes = list(ast.walk(ast.parse(check)))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {n.id for n in names if not isinstance(n.ctx, ast.Load)}
    own |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    own |= {(n.asname or n.name).partition(".")[0] for n in nodes if isinstance(n, ast.alias)}
    return frozenset(n.id for n in names) - own


def _type_terms(number: Iterator[int]) -> Iterator[str]:
    """Values that the types themselves must make."""
    a, b, c = (next(number) for _ in range(3))
    # The small integers are shared by everybody, so whoever rewrites one has changed it for the check.
    yield "[*_b.range(-5, 257)]"
    yield f"{a} + {b}, {a} * {b}, {a} // 7, {a} % 97, -{a}, {a}.5 * {b}.25, {a} / {b}"
    yield f"{a} == {a}, {a} == {b}, {a} != {b}, {a} < {b}, {a} >= {b}, {a}.5 == {b}.5, {a}.5 < {b}.5"
    yield f"'{a}' == '{b}', '{a}' + 'x', '{a}' < '{b}', '{a}'[::-1], '{a}' in '{b}{a}{c}'"
    yield f"[{a}, {b}] == [{b}, {a}], [{a}] + [{b}], ({a},) == ({b},), {a} in [{b}, {c}], [{a}, {b}][1]"
    yield f"{{{a}: {b}}}[{a}], {{{a}}} == {{{b}}}, {{{a}: 1}} == {{{b}: 1}}, None == {a}, True == 1, not {a}"


def _builtin_terms(number: Iterator[int], plain: frozenset[str]) -> Iterator[str]:
    """Calls that show whether the functions on which checks lean still do their work."""
    a, b, c = (next(number) for _ in range(3))
    rows = f"[{a}, {b}, {c}]"
    calls: Mapping[str, Sequence[str]] = {
        "all": [f"[{a}, 0]", f"[{a}, {b}]"],
        "any": ["[0, 0]", f"[0, {a}]"],
        "abs": [f"-{a}", f"{b}.5", f"-{c}.25"],
        "len": [f"'{a}' * {a % 89 + 3}", f"[0] * {b % 97}"],
        "isinstance": [f"{a}, _b.str", f"{a}, _b.int", f"'{a}', _b.int", f"{a}.5, (_b.int, _b.str)"],
        "issubclass": ["_b.bool, _b.int", "_b.int, _b.str"],
        "sum": [rows],
        "min": [rows],
        "max": [rows],
        "sorted": [rows],
        "reversed": [rows],
        "round": [f"{a}.{b}, 3", f"{c}.6"],
        "set": [f"[{a}, {a}]"],
        "list": [f"({a}, {b})"],
        "tuple": [f"[{a}, {b}]"],
        "dict": [f"[({a}, {b})]"],
        "str": [f"{a}"],
        "repr": [f"'{a}'"],
        "int": [f"'{a}'", f"{b}.9"],
        "float": [f"'{a}.5'"],
        "bool": [f"{a}", "0"],
        "type": [f"{a}", f"'{b}'"],
        "callable": [f"{a}", "_b.len"],
        "hasattr": [f"{a}, 'real'", f"{a}, 'x{b}'"],
        "getattr": [f"{a}, 'real'", f"{a}, 'x{b}', {c}"],
        "zip": [f"[{a}, {b}], [{c}]"],
        "enumerate": [f"[{a}, {b}]"],
        "range": [f"{a % 83}, {a % 83 + 4}"],
        "pow": [f"{a % 89}, 5"],
        "divmod": [f"{a}, 97"],
        "hash": [f"{a}"],
    }
    for name, arguments in calls.items():
        ways = [f"_b.{name}"]
        # A number under that name cannot be called: the check itself fails then, and nobody gains by it.
        ways += [f"({name} if _b.callable({name}) else _b.{name})"] * (name in plain)
        opened = "*" * (name in ("reversed", "zip", "enumerate", "range"))
        yield from (f"{opened}{way}({given})" for way in ways for given in arguments)
    # `except ValueError` asks the name.
    yield from (f"{name} is _b.{name}" for name in sorted(plain) if name in _ERRORS)
