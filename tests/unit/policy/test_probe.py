"""Probes around checks: honest code raises no alarm, and what would pass for free is found."""

from __future__ import annotations

import ast
import json
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbgrader
import numpy as np
import pytest
from support.bare_cells import notebook, ran

from coursekit.model.grading import Remark
from coursekit.policy.canary import pair
from coursekit.policy.probe import ALARMS, probe, read_probe
from coursekit.store.authored import read_course

ROOT = Path(__file__).parents[3]
TOKEN = "4f1c77aa90be"


def alarms(answer: str, check: str) -> list[str]:
    """What the probe says after that answer, where the plain check passes."""
    plain = notebook()
    exec(answer, plain)
    assert ran(check, plain) == [], "the plain check must pass, or nothing is probed"
    source = probe(check, TOKEN)
    assert source is not None
    again = notebook()
    exec(answer, again)
    return [remark.code for remark in read_probe(ran(source, again), TOKEN)]


# honest checks


def _cases(text: str) -> dict[str, tuple[str, str]]:
    """What the learner wrote and what the author checks, from under headings."""
    found = {}
    for part in text.split("=== ")[1:]:
        heading, _, body = part.partition("\n")
        answer, _, check = body.partition("---\n")
        found[heading] = (answer, check.rstrip("\n"))
    return found


HONEST = _cases(
    r'''
=== nothing

---

=== a docstring and a comment

---
"""Check that"""
# nothing
=== only a docstring

---
"""Check that"""
=== numbers
x = 3
---
assert x == 3
assert abs(x - 3.0) < 1e-9, f'{x} is not {3!r}\n'
assert x != 4
=== NaN
x = float('nan')
---
assert x != x
assert not x < 0 and not x > 0
import math
assert math.isnan(x)
=== infinity
x = -float('inf')
---
assert x < 0
assert x == -float('inf')
=== numpy infinity
import numpy as np
x = -np.float64('inf')
---
assert x < 0
=== numpy numbers
import numpy as np
x = np.float64(3)
y = np.int64(3)
---
assert x == 3 and y == 3
assert x < 4 <= y + 1
assert isinstance(x, float)
=== arrays
import numpy as np
x = np.arange(3.0)
---
assert (x == np.array([0, 1, 2])).all()
assert np.allclose(x, [0, 1, 2])
np.testing.assert_allclose(x, [0, 1, 2])
assert x.shape == (3,)
assert (x < 9).all()
assert 2 in x
assert np.array_equal(x, x)
=== masks that are all true
import numpy as np
m = np.ones(4, dtype=bool)
---
assert (m == 0).sum() == 0
assert (m == 1).all()
assert (m == True).all()
assert not (m != 1).any()
=== empty arrays
import numpy as np
x = np.array([])
---
assert (x == 3).all()
assert x.size == 0
assert len(x) == 0
=== an object array
import numpy as np
x = np.array([1, 'a', None], dtype=object)
---
assert (x == np.array([1, 'a', None], dtype=object)).all()
assert 'a' in x
=== dates
import numpy as np, pandas as pd
x = np.datetime64('2024-01-01')
y = pd.Timestamp('2024-01-01')
z = pd.Timedelta('1h')
w = np.timedelta64(3, 'D')
n = pd.NaT
---
assert x == np.datetime64('2024-01-01') and y == pd.Timestamp(2024, 1, 1)
assert y < pd.Timestamp(2025, 1, 1)
assert z < pd.Timedelta('2h')
assert w < np.timedelta64(4, 'D')
assert n != n
=== tables
import pandas as pd
t = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})
s = t['a']
---
assert (t['a'] == s).all()
assert list(t.columns) == ['a', 'b']
assert t.shape == (2, 2)
assert 'a' in t
assert t.equals(t.copy())
pd.testing.assert_frame_equal(t, t.copy())
pd.testing.assert_series_equal(s, t['a'])
assert (t['a'] > 0).all() and s.sum() == 3
assert t.loc[t['a'] == 2, 'b'].iloc[0] == 'y'
assert (t == t).all().all()
assert not s.empty
assert (s.index == [0, 1]).all()
=== missing values
import pandas as pd
x = pd.NA
s = pd.Series([1, None])
---
assert x is pd.NA
assert (s != s).sum() == 1
=== categories and intervals
import pandas as pd
c = pd.Categorical(['a', 'b'], ordered=True)
i = pd.Interval(0, 5)
---
assert (c == ['a', 'b']).all()
assert (c < 'b').any()
assert 3 in i
assert i == pd.Interval(0, 5)
=== fractions and decimals
from fractions import Fraction
from decimal import Decimal
f = Fraction(1, 3)
d = Decimal('0.1')
---
assert f * 3 == 1 and d * 10 == 1
assert 0 < f < 1 and d < 1
assert d > 0
=== sets and dicts
s = {1, 2}
d = {'a': {1: [2]}}
k = d.keys()
---
assert s == {2, 1}
assert s < {1, 2, 3}
assert s <= {1, 2}
assert 'a' in d and 'b' not in d
assert d == {'a': {1: [2]}}
assert k == {'a'}
assert 'a' in k
assert frozenset(s) in {frozenset({1, 2})}
=== a class with a proper equality
class P:
    def __init__(s, x): s.x = x
    def __eq__(s, o): return s.x == o.x
    def __lt__(s, o): return s.x < o.x
    def __bool__(s): return s.x > 0
p = P(1)
---
assert p == P(1)
assert p < P(2)
assert p != P(2)
assert p
assert not P(0)
assert p in [P(1)]
=== a dataclass
from dataclasses import dataclass
@dataclass(order=True)
class P:
    x: int
p = P(1)
---
assert p == P(1) and p < P(2) and P(1) <= p < P(3)
assert p in (P(0), P(1))
=== a symbolic expression
class E:
    def __init__(s, t): s.t = t
    def __eq__(s, o): return E((s, '==', o))
    def __lt__(s, o): return E((s, '<', o))
    def __gt__(s, o): return E((s, '>', o))
    def all(s): return E('all')
    __hash__ = None
e = E('x')
---
assert (e == 3).t[1] == '=='
assert (e < 3).t[1] == '<'
=== generators are used up once
def squares():
    n = 0
    while True:
        yield n * n
        n += 1
g = squares()
h = (i for i in [1, 2])
---
assert next(g) == 0
assert 4 in g
assert next(g) == 9
assert list(h) == [1, 2]
assert list(h) == []
=== iterators and files
import io
f = io.StringIO('a\nb\n')
z = zip([1], [2])
---
assert 'a\n' in f
assert f.read() == 'b\n'
assert (1, 2) in z
assert list(z) == []
=== evaluated once
calls = []
def f(x):
    calls.append(x)
    return x
---
assert f(1) == f(1)
assert calls == [1, 1]
assert f(1) < f(2) < f(3)
assert calls[2:] == [1, 2, 3]
assert not f(9) < f(1) < f(0)
assert calls[5:] == [9, 1]
assert f(7)
assert calls[7:] == [7]
=== is, in, not in, chained
x = None
y = [x]
---
assert x is None and x is not y
assert x in y and 3 not in y
assert 1 < 2 <= 2 != 3 in [3]
assert None is x in y
=== ranges, words, bytes
r = range(5)
w = 'lamp'
b = b'ab'
---
assert 3 in r and r == range(5)
assert 'am' in w and w < 'z' and 'x' not in w
assert b == b'ab' and 97 in b
=== must raise, the old way
def f(x):
    raise ValueError('no')
---
try:
    f(1)
except ValueError as e:
    assert str(e) == 'no'
else:
    raise AssertionError('did not raise')
=== must raise an assertion
def f(x):
    assert x > 0, 'must be positive'
---
try:
    f(-1)
    assert False, 'did not raise'
except AssertionError as e:
    assert 'positive' in str(e)
=== must raise, with pytest and unittest
def f(x):
    raise ValueError('no')
---
import pytest, unittest
with pytest.raises(ValueError, match='no'):
    f(1)
with unittest.TestCase().assertRaises(ValueError):
    f(1)
unittest.TestCase().assertRaises(ValueError, f, 1)
assert pytest.approx(0.3) == 0.1 + 0.2
assert 0.1 + 0.2 == pytest.approx(0.3)
assert [0.3] == pytest.approx([0.3])
=== a unittest class
def f(x): return x + 1
---
import unittest
class T(unittest.TestCase):
    limit = 3 if f(1) == 2 else 4
    def test_f(self):
        self.assertEqual(f(1), 2)
        self.assertAlmostEqual(f(0.1), 1.1)
        self.assertIn(2, [f(1)])
        self.assertTrue(f(1) > 1)
        assert f(1) == 2
import io
suite = unittest.defaultTestLoader.loadTestsFromTestCase(T)
r = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
assert r.wasSuccessful() and r.testsRun == 1
=== functions, loops, closures
def f(n): return n * n
---
def check(n, want):
    def inner():
        nonlocal n
        assert f(n) == want, n
        n += 1
        return n
    return inner()
for i in range(4):
    assert check(i, i * i) == i + 1
assert all(f(i) == i ** 2 for i in range(9))
assert [i for i in range(5) if f(i) > 3] == [2, 3, 4]
assert (lambda q: q == 4)(f(2))
assert (y := f(3)) == 9 and y == 9
=== async
async def f(): return 2
---
import asyncio
async def check():
    assert await f() == 2
    async def g():
        yield await f()
    assert [x async for x in g()] == [2]
asyncio.run(check())
=== match
x = {'a': [1, 2]}
---
match x:
    case {'a': [1, *rest]} if rest == [2]:
        assert len(rest) == 1
    case _:
        assert False
=== with, and what is left over
import io, contextlib
def f(): print('hi')
---
with contextlib.redirect_stdout(io.StringIO()) as out:
    f()
assert out.getvalue() == 'hi\n'
=== weak references
class P: pass
p = P()
---
import weakref
r = weakref.ref(p)
assert r() is p
assert r() == p
assert p
del p
assert r() is None
=== the future
x = 3
---
"""Checks"""
from __future__ import annotations
def f(a: Later) -> None: ...
assert x == 3
=== names that learners take
list = [1]; sum = 3; type = 'a'; len_ = 1; str = 's'; max = 2; all = 1; types = 0; builtins = 1; repr = 0; found = 1
---
assert list == [1]
assert sum == 3
assert type in ('a', 'b')
assert found == 1
=== globals
aide_gain = 1.05
---
assert 'aide_gain' in globals(), 'Put it into a name'
assert abs(float(aide_gain) - 1.047) < 0.06
=== mocks
from unittest import mock
m = mock.MagicMock(return_value=3)
---
assert m(4) == 3
m.assert_called_once_with(4)
assert m.call_count == 1
assert m.call_args == mock.call(4)
assert m.call_args == mock.call(mock.ANY)
from unittest.mock import ANY
assert [1, 2] == [1, ANY]
=== enums, paths, types
import enum, pathlib, re
class C(enum.Enum):
    A = 1
p = pathlib.PurePath('a/b')
T = int
---
assert C.A in C and C(1) == C.A
assert p < pathlib.PurePath('b') and p.name == 'b'
assert T == int and T is int
assert re.compile('a') == re.compile('a')
=== addresses, counters, queues
import ipaddress, collections, array
n = ipaddress.ip_network('10.0.0.0/8')
c = collections.Counter('aab')
q = collections.deque([1])
---
assert ipaddress.ip_address('10.1.1.1') in n
assert c == {'a': 2, 'b': 1} and c['z'] == 0 and 'z' not in c
assert q == collections.deque([1])
assert array.array('i', [1]) == array.array('i', [1])
assert collections.defaultdict(int) == {}
=== messages with quotes
x = 3
---
assert x == 3, f"{x} isn't {'three'!r}: \"{x:>{5}}\""
=== a mark at the end
x = 3
---
points = 0
if x == 3:
    points += 1.5
points
=== a mark that many statements make
def f(n): return n
---
points, bonus = 0, 0.5
for n in range(3):
    try:
        points += f(n) == n
    finally:
        pass
def helper():
    points = 7
    return points
if helper() == 7:
    points = points + 1
class C:
    points = 3
2 * points + bonus
=== a mark that a function of the check adds up
def f(n): return n
---
points = 0
def award(ok):
    global points
    points += ok
award(f(1) == 1)
points
=== a mark that a loop sets
x = 1
---
points = 9
for points in range(3):
    pass
points
=== a mark from before
points = 2
---
points += 1
points
=== a mark of numpy at the end
import numpy as np
x = np.float64(2)
---
x * (x == 2)
=== a learner's own object shown at the end
class P:
    def __repr__(s): return 'P(1)'
p = P()
---
p
=== random numbers
import random
random.seed(3)
---
assert random.random() == 0.23796462709189137
=== deep data
x = [[[[[1] * 9] * 9] * 9] * 9] * 9
x.append(x)
---
assert x[0][0][0] == [[1] * 9] * 9
'''
)


@pytest.mark.parametrize("what", HONEST)
def test_an_honest_check_does_what_it_did_and_raises_no_alarm(what: str) -> None:
    assert alarms(*HONEST[what]) == []


def _notebooks() -> Iterator[Path]:
    yield from (ROOT / "modules").glob("*/*.ipynb")
    yield from (ROOT / "tests" / "courses" / "tiny" / "modules").glob("*/*.ipynb")
    yield from (Path(nbgrader.__file__).parent / "docs/source/user_guide/source/ps1").glob("*.ipynb")


_CASES = {m.id: ROOT / "cases" / str(m.case) for m in read_course(ROOT).modules}
_CHECKS = {**dict.fromkeys(_CASES, 1), "first": 1, "problem1": 4}


@pytest.mark.parametrize("path", list(_notebooks()), ids=lambda path: path.stem)
def test_the_checks_of_real_notebooks_are_probed_without_alarm(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_CASES.get(path.stem, ROOT))
    prompts = types.SimpleNamespace(exhibit=lambda name: f"exhibits/{name}")
    cells = [
        c
        for c in json.loads(path.read_text())["cells"]
        if c["cell_type"] == "code" and "nbgrader" in c["metadata"]
    ]
    # One runs the checks as they are, the other with probes in them: what comes after must be the same.
    plain, probed = notebook(), notebook()
    checks = 0
    for cell in cells:
        source = "".join(cell["source"])
        nbgraded = cell["metadata"]["nbgrader"]
        if nbgraded["grade"] and not nbgraded["solution"]:
            assert ran(source, plain) == []
            instrumented = probe(source, TOKEN)
            assert instrumented is not None
            assert read_probe(ran(instrumented, probed), TOKEN) == ()
            _, must_pass, expected = pair(TOKEN, source)
            assert str(eval(must_pass, plain)) == expected
            checks += 1
        elif nbgraded["solution"] or source.startswith("import pandas"):
            plain["ck"] = probed["ck"] = prompts
            assert ran(source, plain) == ran(source, probed) == []
    assert checks == _CHECKS.get(path.stem, 0)


def test_what_is_not_plain_python_is_not_probed() -> None:
    assert probe("%timeit f()", TOKEN) is None
    assert probe("!ls", TOKEN) is None
    assert probe("assert (", TOKEN) is None
    assert probe("assert x == 'a\0b'", TOKEN) is None or ast.parse(str(probe("assert x == 'a'", TOKEN)))
    assert probe("assert " + "(" * 3000 + "x" + ")" * 3000, TOKEN) is None


def test_a_check_may_wait_at_its_top() -> None:
    source = probe("assert await f() == 3", TOKEN)
    assert source is not None
    assert "await f()" in source


# what would pass for free

DISHONEST = _cases(
    r"""
=== equal to all -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
---
assert x == 3
=== equal to all numbers -> equal-to-anything
class E:
    def __eq__(s, o): return isinstance(o, (int, float))
x = E()
---
assert x == 3
=== equal to all texts, by numpy's truth -> equal-to-anything
import numpy as np
class E(str):
    def __eq__(s, o): return np.bool_(isinstance(o, str))
x = E()
---
assert x == 'lamp'
=== equal to small numbers -> equal-to-anything
class E:
    def __eq__(s, o): return isinstance(o, int) and 0 <= o < 1000
x = E()
---
assert x == 3
=== equal to all lists -> equal-to-anything
class E(list):
    def __eq__(s, o): return type(o) is list and len(o) == 2
x = E()
---
assert x == [1, 4]
=== on the right side -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
---
assert 3 == x
=== not unequal -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
---
assert not x != 3
=== in a list -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
y = [x, x]
---
assert y == [1, 4]
=== in a dict in a tuple -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
y = ({'a': x},)
---
assert y == ({'a': 3},)
=== in a chain -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
---
assert 3 == x == 4
=== looked for in a list -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
---
assert x in [1, 2]
=== mock's ANY -> equal-to-anything
from unittest.mock import ANY as x
---
assert x == 3
=== an array that is equal -> equal-to-anything
import numpy as np
class A(np.ndarray):
    def __eq__(s, o): return np.ones(s.shape, bool)
x = np.zeros(3).view(A)
---
assert (x == [1, 2, 3]).all()
=== an array with its own arithmetic -> equal-to-anything
import numpy as np
class A(np.ndarray):
    def __array_ufunc__(s, *a, **k): return np.bool_(True)
x = np.zeros(3).view(A)
---
assert x == 3
=== handed to unittest -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
---
import unittest
unittest.TestCase().assertEqual(x, 3)
=== by keyword -> equal-to-anything
class E:
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    __hash__ = None
x = E()
---
def assert_alike(got, want): assert got == want
assert_alike(want=3, got=x)
=== small and large -> ordered-anyhow
class L:
    def __sub__(s, o): return s
    def __abs__(s): return s
    def __lt__(s, o): return True
    __gt__ = __lt__
x = L()
---
assert abs(x - 3) < 1e-9
=== smaller than all -> ordered-anyhow
class L(float):
    def __lt__(s, o): return True
    def __sub__(s, o): return s
    def __abs__(s): return s
x = L()
---
assert abs(x - 3) < 1e-9
=== in order in a chain -> ordered-anyhow
class L:
    def __lt__(s, o): return True
    __gt__ = __le__ = __ge__ = __lt__
x = L()
---
assert 1 < x < 2
=== contains all -> contains-anything
class C:
    def __contains__(s, o): return True
x = C()
---
assert 'a' in x
=== points set from within -> mark-overwritten
def f(n):
    globals()['points'] = 4
    return 0
---
points = 0
if f(1) == 1:
    points += 1
points
=== points set on the way -> mark-overwritten
def f(n):
    global points
    points = 3.5
    return n == 2
---
points = 0
for n in (1, 2):
    if f(n):
        points += 0.5
points
=== a number made for the mark -> mark-in-disguise
class N:
    def __init__(s, *a): pass
    def __add__(s, o): return s
    __radd__ = __mul__ = __rmul__ = __add__
    def __bool__(s): return False
    def __repr__(s): return '99.0'
x = N()
---
0 + x * 2
"""
)


@pytest.mark.parametrize("what", DISHONEST)
def test_an_object_that_lies_is_found(what: str) -> None:
    assert what.partition(" -> ")[2] in alarms(*DISHONEST[what])


class _WithoutAsserts(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        return ast.Pass()


class _AlwaysTrue(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        return ast.Assert(ast.Constant(True), None)


class _OnlyLong(ast.NodeTransformer):
    """Leaves alone whatever looks like a canary."""

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        return node if TOKEN in ast.unparse(node) or "report" in ast.unparse(node) else ast.Pass()


@pytest.mark.parametrize(
    ("transformer", "code"),
    [
        (_WithoutAsserts(), "probe-silent"),
        (_AlwaysTrue(), "probe-silent"),
        (_OnlyLong(), "assert-without-effect"),
    ],
)
def test_asserts_that_were_taken_out_are_missed(transformer: ast.NodeTransformer, code: str) -> None:
    source = probe("assert x == 3, 'wrong'", TOKEN)
    assert source is not None
    changed = ast.unparse(ast.fix_missing_locations(transformer.visit(ast.parse(source))))
    assert [r.code for r in read_probe(ran(changed, {"x": 4}), TOKEN)] == [code]


def test_a_check_that_fails_the_second_time_is_told() -> None:
    source = probe("assert x == 3", TOKEN)
    assert source is not None
    assert [r.code for r in read_probe(ran(source, {"x": 4}), TOKEN)] == ["probe-silent"]


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [{}],
        [{"output_type": "stream", "text": TOKEN}],
        [{"output_type": "error"}],
        [{"output_type": "error", "ename": "AssertionError"}],
        [{"output_type": "error", "ename": "AssertionError", "evalue": 5}],
        [{"output_type": "error", "ename": "AssertionError", "evalue": "wrong"}],
        [{"output_type": "error", "ename": "AssertionError", "evalue": TOKEN + "x"}],
        [{"output_type": "error", "ename": "AssertionError", "evalue": TOKEN + "\n"}],
        [{"output_type": "error", "ename": "SystemExit", "evalue": TOKEN}],
        [{"output_type": "error", "ename": ["AssertionError"], "evalue": TOKEN}],
        [
            {"output_type": "error", "ename": "AssertionError", "evalue": TOKEN},
            {"output_type": "error", "ename": "AssertionError", "evalue": "later"},
        ],
    ],
)
def test_what_is_not_the_report_is_an_alarm(outputs: list[dict[str, Any]]) -> None:
    assert read_probe(outputs, TOKEN) == (Remark("probe-silent", ALARMS["probe-silent"]),)


def test_a_report_names_each_alarm_once_and_only_known_ones() -> None:
    said = {
        "output_type": "error",
        "ename": "AssertionError",
        "evalue": f"{TOKEN} ordered-anyhow no-such ordered-anyhow",
    }
    assert [r.code for r in read_probe([said], TOKEN)] == ["ordered-anyhow"]


def test_arrays_cost_no_time_worth_the_name() -> None:
    source = probe("assert (x == x).all()\nassert [0] * 100_000 == y", TOKEN)
    assert source is not None
    assert read_probe(ran(source, {"x": np.zeros(1_000_000), "y": [0] * 100_000}), TOKEN) == ()
