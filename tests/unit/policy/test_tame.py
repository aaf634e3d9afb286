"""Which answers are tame. What is not in the lists never is."""

from __future__ import annotations

import pytest

from coursekit.model.grading import Step
from coursekit.policy.tame import mark_tame, names_bound

TAME = [
    "total = sum([2, 3, 1])",
    "import pandas as pd\nrows = pd.read_csv('a.csv').set_index('a')['b']\nx = rows.loc[60:64].sum() / 2",
    "import numpy as np\nx = np.array([1, 2]).mean()",
    "from math import sqrt\nx = sqrt(2)",
    "def area(r, pi=3):\n    if r < 0:\n        raise ValueError('r')\n    return pi * r ** 2",
    "squares = {n: n * n for n in range(3)}\nfor n in squares:\n    print(f'{n}: {squares[n]:>3}')",
    "raise NotImplementedError()",
    "f = lambda x: x + 1",
    "counts[3] = 4",
    "",
]
WILD = [
    "x = (",
    "%matplotlib inline",
    "!ls",
    "import os",
    "import numpy.testing",
    "from pandas import eval",
    "from math import *",
    "from . import x",
    "x = eval('1')",
    "x = open('a').read()",
    "x = type('X', (), {})",
    "x = getattr(a, 'b')",
    "x = a.__class__",
    "x = ().__class__.__bases__",
    "pd.DataFrame.equals = f",
    "x = pd.io.common.os",
    "x = df.style.env",
    "x = df.eval('a')",
    "x = df.query('a')",
    "x = df['a'].agg('eval')",
    "x = pd.read_pickle('a')",
    "x = np.load('a', allow_pickle=True)",
    "class A:\n    pass",
    "@f\ndef g(): pass",
    "def f():\n    global g",
    "def f():\n    yield 1",
    "async def f(): pass",
    "try:\n    x = 1\nexcept Exception: pass",
    "with f(): pass",
    "del x",
    "x = __builtins__",
    "_ = 1",
    "def __getattr__(n): return 1",
    "get_ipython()",
    "x = In[-1]",
    "x = ANY",
    "(x := 5)",
    "match x:\n    case 1: pass",
    "a.b = 1",
    "x = '{0.__class__}'.format(1)",
    "abs.f = 1",
]


@pytest.mark.parametrize("source", TAME)
def test_plain_code_of_known_words_is_tame(source: str) -> None:
    assert names_bound([source]) is not None


@pytest.mark.parametrize("source", WILD)
def test_whatever_else_is_not(source: str) -> None:
    assert names_bound(["x = 1", source]) is None


def test_a_builtin_may_be_shadowed_only_where_no_check_uses_it() -> None:
    assert names_bound(["sum = 6"]) == {"sum"}
    steps = (
        Step(0, "sum = 6"),
        Step(1, "assert sum", "assert sum([1]) == 1", shadows=("sum",)),
        Step(2, "assert x", "assert abs(x) == 1", shadows=("abs",)),
        Step(3, "assert y", "assert np.mean(y) == 1", names=(("np", ("numpy",)),)),
    )
    assert [s.is_tame for s in mark_tame(steps, ["sum = 6"])] == [False, False, True, True]
    assert [s.is_tame for s in mark_tame(steps, ["np = 6"])] == [False, True, True, False]
    assert mark_tame(steps, ["x = 1", "import os"]) == steps


@pytest.mark.parametrize("source", ["x = " + "(" * 300 + ")" * 300, "x = 1\0", "x = " + "-" * 5000 + "1"])
def test_odd_sources_are_not_tame(source: str) -> None:
    assert names_bound([source]) is None
