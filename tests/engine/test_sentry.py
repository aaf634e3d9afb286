"""No answer sets an audit hook, and none reads a check under cover; honest code does not notice."""

from __future__ import annotations

import time

import pytest

from coursekit.model.grading import Ending

CHECK = ("f()", "x = 'a hidden test'\nassert f() == 3, f()")


def said(ran) -> list[str]:
    return [o["text"] for o in ran.cells[1].outputs if o["output_type"] == "stream"]


def test_an_audit_hook_of_an_answer_is_never_called(run):
    ran = run("import sys\nsys.addaudithook(lambda event, args: print('seen', event))\nf = lambda: 3", CHECK)
    assert ran.cells[0].outputs == ()
    assert ran.cells[1].ending is Ending.OK
    assert said(ran) == []


@pytest.mark.parametrize(
    "peep",
    [
        "getattr(sys, '_get' + 'frame')(1)",
        "vars(sys)['_get' + 'frame'](1)",
        "getattr(inspect, 'st' + 'ack')()",
        "getattr(inspect, 'current' + 'frame')()",
        "getattr(sys, '_current_' + 'frames')()",
        "getattr(gc, 'get_' + 'objects')()",
        "getattr(error.__traceback__, 'tb_' + 'frame')",
        "next(getattr(traceback, 'walk_' + 'tb')(error.__traceback__))",
    ],
)
def test_a_peep_under_cover_is_refused_while_a_check_runs(run, peep):
    answer = f"""
import gc, inspect, sys, traceback
try:
    1 / 0
except Exception as e:
    error = e
def f():
    try:
        {peep}
        return 3
    except RuntimeError as e:
        return str(e)
"""
    ran = run(answer, CHECK)
    assert ran.cells[1].ending is Ending.ERROR
    assert ran.cells[1].outputs[-1]["evalue"] == "not while a test runs"


@pytest.mark.parametrize(
    "source",
    [
        "exec({source!r})",
        "open('other.py', 'w').write({source!r})\nfrom other import f",
        "exec(compile({source!r}, 'x', 'exec'))",
    ],
)
def test_nor_from_another_file(run, source):
    peep = (
        "def f():\n    import sys\n    try: return getattr(sys, '_get' + 'frame')(1) and 3\n"
        "    except RuntimeError: return 4"
    )
    ran = run(source.format(source=peep), CHECK)
    assert ran.cells[1].outputs[-1]["evalue"] == "4"


@pytest.mark.parametrize(
    "answer",
    [
        "import sys\ndef f(): return 3 if sys._getframe().f_code.co_name == 'f' else 4",
        "import inspect\ndef f(): return 3 if inspect.currentframe() else 4",
        "import inspect\ndef f(): return 3 if inspect.signature(f).parameters == {} else 4",
        "import logging\ndef f():\n    logging.getLogger().setLevel(10)\n    logging.debug('x')\n    return 3",
        "import warnings\ndef f():\n    warnings.warn('x')\n    return 3",
        "import collections, enum, dataclasses, typing\ndef f():\n    P = collections.namedtuple('P', 'x')\n"
        "    E = enum.Enum('E', 'A')\n    N = typing.NamedTuple('N', [('x', int)])\n"
        "    return dataclasses.make_dataclass('D', ['x'])(3).x",
        "import traceback\ndef f():\n    try: 1 / 0\n    except Exception: traceback.format_exc()\n    return 3",
        "import copy, gc\ndef f():\n    gc.collect()\n    return copy.deepcopy([3])[0]",
        "import unittest\ndef f():\n    unittest.TestCase().assertEqual(1, 1)\n    return 3",
        "def f():\n    g = (i for i in [3])\n    return next(g)",
    ],
)
def test_honest_code_does_not_notice(run, answer):
    ran = run(answer, CHECK)
    assert ran.cells[1].ending is Ending.OK, ran.cells[1].outputs
    assert ran.alarms == ()


def test_a_check_may_look_at_frames_itself(run):
    ran = run(
        "f = lambda: 3", ("f()", "import sys\nassert getattr(sys, '_get' + 'frame')().f_code and f() == 3")
    )
    assert ran.cells[1].ending is Ending.OK
    assert ran.alarms == ()


def test_it_costs_next_to_nothing(run):
    # Of all that is reported, asking for an identity is what code does most.
    begun = time.monotonic()
    ran = run("x = []\nfor _ in range(300_000): id(x)")
    assert ran.cells[0].ending is Ending.OK
    assert time.monotonic() - begun < 1.5
