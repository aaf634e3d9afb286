"""A look at the learner's code: silent on honest work, plain about what reaches for the marks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbgrader
import pytest

from coursekit.model.grading import MasterCell, MasterNotebook, Repaired
from coursekit.policy.tamper import SENTENCES, suspicions, suspicions_in

ROOT = Path(__file__).parents[3]

_HONEST = r"""
=== arithmetic
hours = [2, 3, 1]
total = sum(hours)
=== names of builtins
sum = 0
list = [1]
max = 3
str = 'a'
type = 1
=== pandas
import pandas as pd
t = pd.read_csv('data/proc/x.csv')
t['a'] = 1
t.columns = ['a']
pd.options.display.max_rows = 9
=== a plot, and its usual mistakes
import matplotlib.pyplot as plt
plt.title = 'x'
plt.rcParams['figure.dpi'] = 90
plt.show()
=== numpy
import numpy as np
np.random.seed(3)
np.testing.assert_allclose([1], [1])
assert np.allclose([1], [1])
=== own tests
import unittest
class T(unittest.TestCase):
    def test(self): self.assertEqual(1, 1)
assert 1 == 1
=== a class that compares
class N:
    def __eq__(self, other): return self.x == other.x
    def __lt__(self, o): return self.c < o.c
=== a class that cannot
class N:
    def __eq__(self, other): return NotImplemented
    def __lt__(self, other): raise TypeError
=== an abstract one
class N:
    def __eq__(self, other): ...
    def __contains__(self, x): pass
=== a mock
from unittest import mock
m = mock.Mock()
m.failed = True
m.assertions = 3
=== magics
%matplotlib inline
!pip install pandas
files = !ls
pd.read_csv?
?pd
x = 1
=== magics in a block
if True:
    %time x = 1
else:
    !ls
=== a timed cell
%%time
x = sum(range(9))
=== another language
%%bash
cat /proc/cpuinfo; kill -9 1
=== half a line
def f(:
  return
=== threads and processes
import threading, subprocess, multiprocessing
threading.Thread(target=print).start()
=== paths
import sys, os
sys.path.append('..')
sys.path.insert(0, '.')
sys.setrecursionlimit(9999)
print(os.getcwd(), sys.modules.keys())
=== time
import time, os
time.sleep(1)
os.environ['TZ'] = 'UTC'
=== json and eval
import json
x = json.loads('[1]')
y = eval('1 + 1')
exec('z = 3')
=== pickles
import pickle
m = pickle.load(open('model.pkl', 'rb'))
=== warnings
import warnings
warnings.filterwarnings('ignore')
=== display
from IPython.display import display, HTML
display(HTML('<b>x</b>'))
get_ipython().run_line_magic('matplotlib', 'inline')
=== decorators
import functools
@functools.lru_cache
def f(n): return n
@functools.wraps(f)
def g(n): return f(n)
f.__name__ = 'h'
=== words
note = 'I looked at the frames and at proc, and os.kill is a function'
=== attributes of one's own
class A:
    pass
a = A()
a.all = 3
a.isnear = 4
a.displayed = 1
a.data = []
=== gc and memory
import gc, sys
gc.collect()
sys.getsizeof([1])
=== a container
class S:
    def __contains__(self, x): return x in self.items
=== a table of that name
In = [1, 2]
In[-1]
=== a signal in words
import signal as s
signal = [1, 2]
signal[0] = 3
"""
HONEST = dict(part.split("\n", 1) for part in _HONEST.split("=== ")[1:])


@pytest.mark.parametrize("what", HONEST)
def test_honest_code_is_not_remarked_on(what: str) -> None:
    assert suspicions([HONEST[what]], []) == ()


def _notebooks() -> Iterator[Path]:
    yield from (ROOT / "modules").glob("*/*.ipynb")
    yield from (ROOT / "tests" / "courses").glob("*/modules/*/*.ipynb")
    yield from (Path(nbgrader.__file__).parent / "docs/source/user_guide").glob("s*/**/*.ipynb")


def test_notebooks_of_real_courses_are_not_remarked_on() -> None:
    seen = 0
    for path in _notebooks():
        try:
            cells = json.loads(path.read_text())["cells"]
        except (ValueError, KeyError, TypeError):
            continue
        sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
        assert suspicions(sources, []) == (), path
        seen += bool(sources)
    assert seen > 10


REACHING = {
    "import ctypes": "reaches-into-memory",
    "from ctypes import c_int": "reaches-into-memory",
    "c = __import__('ctypes')": "reaches-into-memory",
    "import importlib\nimportlib.import_module('_ctypes')": "reaches-into-memory",
    "import gc\nfor o in gc.get_objects(): pass": "reaches-into-interpreter",
    "from gc import get_referrers as g\ng(1)": "reaches-into-interpreter",
    "import sys as s\ns._getframe(1).f_locals": "reaches-into-interpreter",
    "import sys\nsys.settrace(lambda *a: None)": "reaches-into-interpreter",
    "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame": "reaches-into-interpreter",
    "import linecache\nlinecache.cache.values()": "reaches-into-interpreter",
    "import traceback as t\nt.walk_stack(None)": "reaches-into-interpreter",
    "def f(): return In[-1]": "reaches-into-interpreter",
    "().__class__.__base__.__subclasses__()": "reaches-into-interpreter",
    "def f(): pass\nf.__code__ = g": "reaches-into-interpreter",
    "import builtins\nbuiltins.all = lambda x: True": "changes-builtins",
    "__builtins__.abs = f": "changes-builtins",
    "__builtins__['abs'] = f": "changes-builtins",
    "import builtins as b\nsetattr(b, 'all', f)": "changes-builtins",
    "import builtins\nvars(builtins)['all'] = f": "changes-builtins",
    "import builtins\nbuiltins.__dict__.update(all=f)": "changes-builtins",
    "del __builtins__": "changes-builtins",
    "get_ipython().ast_transformers.append(T())": "changes-notebook",
    "ip = get_ipython()\nip.input_transformers_post.append(f)": "changes-notebook",
    "ip = get_ipython()\nip.events.register('pre_run_cell', f)": "changes-notebook",
    "get_ipython().set_custom_exc((Exception,), f)": "changes-notebook",
    "get_ipython().showtraceback = f": "changes-notebook",
    "type(get_ipython()).run_cell = f": "changes-notebook",
    "setattr(get_ipython(), 'run_code', f)": "changes-notebook",
    "import numpy as np\nnp.allclose = lambda *a: True": "changes-checks",
    "import numpy.testing as t\nt.assert_allclose = f": "changes-checks",
    "import unittest\nunittest.TestCase.assertEqual = f": "changes-checks",
    "from unittest import TestCase\nTestCase.assertTrue = f": "changes-checks",
    "import math\nmath.isclose = f": "changes-checks",
    "import sys\nsys.modules['pandas'] = object()": "fakes-module",
    "import sys\nsys.meta_path.insert(0, F())": "fakes-module",
    "from sys import meta_path\nmeta_path.append(F())": "fakes-module",
    "class E:\n    def __eq__(self, other): return True": "equal-to-anything",
    "class E(int):\n    def __lt__(self, *a): return 1 < 2": "equal-to-anything",
    "class E:\n    __eq__ = lambda s, o: True": "equal-to-anything",
    "E = type('E', (), {'__eq__': lambda s, o: True})": "equal-to-anything",
    "class E: pass\nE.__eq__ = lambda *a: True": "equal-to-anything",
    "class E: pass\nsetattr(E, '__eq__', lambda *a: True)": "equal-to-anything",
    "from unittest.mock import ANY\nx = ANY": "equal-to-anything",
    "import unittest.mock\nx = unittest.mock.ANY": "equal-to-anything",
    "from unittest import mock\nx = mock.ANY": "equal-to-anything",
    "import os\nos._exit(0)": "steers-the-process",
    "import os\nos.kill(os.getppid(), 9)": "steers-the-process",
    "from os import fork\nfork()": "steers-the-process",
    "import signal\nsignal.setitimer(signal.ITIMER_REAL, 1)": "steers-the-process",
    "import atexit\n@atexit.register\ndef f(): pass": "steers-the-process",
    "open('/proc/self/environ').read()": "looks-around",
    "p = 3\nopen(f'/proc/{p}/mem')": "looks-around",
    "import sqlite3\nsqlite3.connect('../../gradebook.db')": "looks-around",
    "'### BEGIN HIDDEN TESTS' in source": "looks-around",
    "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))": "hides-its-code",
    "exec(bytes.fromhex('7072').decode())": "hides-its-code",
    "import marshal\nexec(marshal.loads(b'x'))": "hides-its-code",
    "%matplotlib inline\nfiles = !ls\nimport ctypes": "reaches-into-memory",
}


@pytest.mark.parametrize("source", REACHING)
def test_what_reaches_for_the_marks_is_said(source: str) -> None:
    (remark,) = [r for r in suspicions([source], []) if r.code == REACHING[source]]
    assert remark.detail.endswith(".")
    assert "{" not in remark.detail


@pytest.mark.parametrize("source", REACHING)
def test_what_the_author_does_as_well_is_not_remarked_on(source: str) -> None:
    assert suspicions([source], ["x = 1", source]) == ()


def test_each_kind_is_said_once_and_nothing_of_the_learners_gets_out() -> None:
    said = suspicions(
        [
            "import ctypes\nimport cffi",
            "import _ctypes\nget_ipython().run_cell = 1",
            "class E:\n    __eq__ = lambda *a: 1",
        ],
        [],
    )
    assert [remark.code for remark in said] == [
        "reaches-into-memory",
        "changes-notebook",
        "equal-to-anything",
    ]
    odd = suspicions([f"import math\nmath.{'x' * 900} = 1"], [])
    assert len(odd[0].detail) < 200


def test_every_sentence_is_used() -> None:
    assert set(REACHING.values()) == set(SENTENCES)


@pytest.mark.parametrize(
    "source", ["", "\0", "(" * 5000, "x = " + "-" * 5000 + "1", "'" * 9999, "\ud800", "if 1:\n" * 300]
)
def test_code_that_nobody_can_read_is_no_suspicion(source: str) -> None:
    assert suspicions([source], [source]) == ()


def test_of_a_notebook_only_what_is_not_the_authors_is_looked_at() -> None:
    def cell(name: str, source: str, kind: str = "code") -> dict[str, object]:
        return {"cell_type": kind, "source": source, "metadata": {"nbgrader": {"grade_id": name}}}

    peek = "import ctypes"
    given = MasterCell("given", "code", "x = 1", "x = 1", locked=True)
    master = MasterNotebook("one", (given, MasterCell("p1", "code", "", "", solution=True)))

    def found(*cells: dict[str, object], by: MasterNotebook = master) -> list[str]:
        return [remark.code for remark in suspicions_in(Repaired({"cells": list(cells)}), by)]

    assert found(cell("given", "x = 1"), cell("p1", peek)) == ["reaches-into-memory"]
    assert found({"cell_type": "code", "source": peek, "metadata": {}}) == ["reaches-into-memory"]
    assert found(cell("given", peek), cell("p1", peek, "markdown")) == []
    # What the author's own cells do as well is never held against anybody.
    same = replace(master, cells=(replace(given, source=peek), *master.cells[1:]))
    assert found(cell("p1", peek), by=same) == []
    other = replace(master, kernelspec={"name": "ir", "language": "R"})
    assert found(cell("p1", peek), by=other) == []
