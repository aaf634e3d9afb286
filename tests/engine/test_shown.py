"""An answer cannot change how the mark at the end of a check is shown; settings of honest people do no harm."""

from __future__ import annotations

import pytest

from coursekit.model.grading import Ending

CHECK = ("points = 0\npoints", "points = 0\npoints += 2.123456789 * (total == 6)\npoints")
FORMATTER = "f = get_ipython().display_formatter.formatters['text/plain']\n"


def _shown(ran) -> list[str]:
    return [output["data"]["text/plain"] for output in ran.cells[1].outputs]


@pytest.mark.parametrize(
    "change",
    [
        "for kind in (int, float): f.for_type(kind, lambda n, p, c: p.text('4.0'))",
        "f.for_type(object, lambda n, p, c: p.text('4.0'))",
        "f.for_type('builtins.float', lambda n, p, c: p.text('4.0'))",
        "f.type_printers = {float: lambda n, p, c: p.text('4.0'), int: lambda n, p, c: p.text('4.0')}",
        "f.singleton_printers[id(0)] = lambda n, p, c: p.text('4.0')",
        "f.float_format = '4.0%.0s'",
        "d = get_ipython().display_formatter\n"
        "d.mimebundle_formatter.for_type(float, lambda n, **k: {'text/plain': '4.0'})",
        "get_ipython().display_formatter.format = lambda *a, **k: ({'text/plain': '4.0'}, {})",
        "import IPython.lib.pretty as p\np.RepresentationPrinter.pretty = lambda self, o: self.text('4.0')",
        "get_ipython().capture.rich = lambda *a, **k: None",
    ],
)
def test_a_mark_is_shown_as_it_is_and_the_try_is_said(run, change):
    ran = run(f"{FORMATTER}{change}\ntotal = 5", CHECK)
    assert _shown(ran) in (["0.0"], ["0"])
    assert {alarm.code for alarm in ran.alarms} <= {"shell-changed", "changed-tool"}
    assert ran.alarms


@pytest.mark.parametrize(
    "change",
    [
        "%precision 2",
        f"{FORMATTER}def show(n, p, c): p.text('about 2')\nshow.__module__ = 'sympy.interactive.printing'\n"
        "for kind in (int, float, list): f.for_type(kind, show)",
        f"{FORMATTER}class P: pass\nf.for_type(P, lambda o, p, c: p.text('P'))\n"
        "f.for_type_by_name('my', 'T', str)",
        "%reset -f",
        "%matplotlib inline",
        "%config InteractiveShell.ast_node_interactivity = 'last_expr'",
        "%load_ext autoreload\nx = 3\nx\n_, Out, In",
    ],
)
def test_settings_of_honest_people_are_no_reason_to_look(run, change):
    ran = run(f"{change}\ntotal = 6", CHECK)
    assert ran.alarms == ()
    assert _shown(ran) == ["2.123456789"]


def test_an_answer_cannot_read_the_check_that_calls_it(run):
    ran = run(
        "def f(): print('hid' + 'den' in ''.join(In), [str(o) for o in Out.values()])",
        ("f()", "f()  # hidden\nassert True"),
    )
    assert ran.cells[1].ending is Ending.OK
    assert ran.cells[1].outputs[0]["text"] == "False []\n"


def test_a_namespace_that_lies_is_put_back(run):
    ran = run(
        "class L(dict):\n    def __getitem__(self, k): return 6 if k == 'total' else dict.__getitem__(self, k)\n"
        "get_ipython().user_ns = L(get_ipython().user_ns)",
        ("total", "assert total == 6"),
    )
    assert ran.cells[1].ending is Ending.ERROR
    assert [(a.code, "user_ns" in a.detail) for a in ran.alarms] == [("shell-changed", True)]


def test_other_built_in_names_are_put_back(run):
    ran = run(
        "import builtins\nother = dict(vars(builtins), abs=lambda x: 0)\n"
        "get_ipython().user_ns['__builtins__'] = other",
        ("True", "assert abs(-3) == 0"),
    )
    assert ran.cells[1].ending is Ending.ERROR
    assert [a.code for a in ran.alarms] == ["renamed-tool"]
