"""Canaries after a check: honest code passes both, and a function that lies is found."""

from __future__ import annotations

import builtins
import types
from collections.abc import Sequence
from typing import Any

import pytest
from support.bare_cells import notebook, ran

from coursekit.policy.canary import pair

TOKEN = "4f1c77aa90be"


def canaries(answer: str, check: str = "", shadows: Sequence[str] | None = None) -> tuple[bool, bool]:
    """Whether each canary says that all is well."""
    must_fail, must_pass, expected = pair(TOKEN, check, shadows)
    names = notebook()
    exec(answer, names)
    failed = ran(must_fail, names)
    fell = bool(failed) and failed[0]["ename"] == "AssertionError" and failed[0]["evalue"] == TOKEN
    try:
        return fell, repr(eval(must_pass, names)) == expected
    except Exception:
        return fell, False


CHECK = "assert all(abs(x) < 9 and isinstance(x, int) for x in sorted(rows)) and sum(rows) == max(rows)"


@pytest.mark.parametrize(
    "answer",
    [
        "rows = [1, 2]",
        "sum = 0\nfor x in [1, 2]: sum += x",
        "list = [1]; str = 'a'; type = 3; max = 4; callable = None; repr = 1; int = 0",
        "from math import *\nfrom statistics import *",
        "import numpy as np\nfrom numpy import array, mean",
        "def all_of(rows): return all(rows)",
    ],
)
def test_after_honest_code_both_canaries_say_that_all_is_well(answer: str) -> None:
    assert canaries(answer, CHECK) == (True, True)


def patched(name: str) -> dict[str, Any]:
    """A notebook whose answer replaced a builtin, in a copy of them: pytest needs its own."""
    copy = types.ModuleType("builtins")
    vars(copy).update(vars(builtins))
    vars(copy)["__import__"] = lambda wanted, *a: copy if wanted == "builtins" else __import__(wanted, *a)
    setattr(copy, name, lambda *a, **k: True)
    return {"__name__": "__main__", "__builtins__": copy}


@pytest.mark.parametrize("how", ["in builtins", "in the notebook"])
@pytest.mark.parametrize(
    "name", ["abs", "all", "any", "len", "isinstance", "sum", "min", "max", "sorted", "round", "hasattr"]
)
def test_a_function_that_lies_is_found(name: str, how: str) -> None:
    _, must_pass, expected = pair(TOKEN, f"assert {name}(answer)")
    names = patched(name) if how == "in builtins" else {**notebook(), name: lambda *a, **k: 0}
    try:
        said = str(eval(must_pass, names))
    except TypeError as error:
        said = str(error)
    assert said != expected


def test_names_that_only_words_and_the_author_use_are_the_learners() -> None:
    answer = "def sum(a, b): return a + b\ndef max(a): return a"
    assert canaries(answer, "# the sum\nassert total == 3, 'not the sum'\nmax = 4") == (True, True)
    assert canaries(answer, "assert sum([1, 2]) == 3") == (True, False)


def test_an_author_may_ask_for_a_function_under_a_builtins_name() -> None:
    answer, check = "def sum(a, b): return a + b", "assert sum(1, 2) == 3"
    assert canaries(answer, check) == (True, False)
    assert canaries(answer, check, shadows=["len"]) == (True, True)


def test_an_exception_under_another_ones_name_is_found() -> None:
    check = "try:\n    f(0)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('did not raise')"
    assert canaries("ValueError = Exception", check) == (True, False)
    assert canaries("f = None", check) == (True, True)


def test_nothing_of_a_canary_is_the_same_for_another_token() -> None:
    one, other = pair("one"), pair("other")
    assert not set(one) & set(other)
    assert pair("one") == one
