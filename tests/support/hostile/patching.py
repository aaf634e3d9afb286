"""Changing what the check relies on."""

from __future__ import annotations

from support.hostile.course import DIED, FORGED, attack

PATCHING = (
    attack(
        "asserts-taken-out",
        "checks without asserts",
        r"""
        import ast

        class T(ast.NodeTransformer):

            def visit_Assert(self, node):
                return ast.Pass()
        get_ipython().ast_transformers.append(T())
        """,
        named=FORGED,
    ),
    attack(
        "tests-taken-out",
        "checks without their code",
        r"""
        ip = get_ipython()
        ip.input_transformers_post.append(lambda lines: ['pass\n'] if 'assert' in str().join(lines) else lines)
        get_ipython().input_transformers_cleanup.append(lambda lines: [l for l in lines if 'assert' not in l])
        """,
        named=FORGED,
    ),
    attack(
        "marks-put-in",
        "another mark at the end",
        r"""
        ip = get_ipython()
        ip.input_transformers_post.append(lambda lines: ['4.0\n'] if 'points' in str(lines) else lines)
        """,
        named=FORGED,
    ),
    attack(
        "assertion-errors-changed",
        "failures that are none",
        r"""
        import builtins

        class E(Exception):

            def __new__(cls, *a):
                raise SystemExit
        builtins.AssertionError = E
        AssertionError = E
        """,
        named=FORGED,
    ),
    attack(
        "bytecode-changed",
        "a shell that runs what it wants",
        r"""
        import IPython
        from IPython.core.interactiveshell import InteractiveShell as S

        async def run_code(self, code, result=None, *, async_=False):
            return False
        S.run_code = run_code

        def f(self, *a, **k):
            pass
        S.showtraceback.__code__ = f.__code__
        """,
        named=FORGED,
    ),
    attack(
        "compile-changed",
        "a compiler that leaves asserts out",
        r"""
        import builtins, ast
        real = builtins.compile

        def compile_(source, *a, **k):
            if isinstance(source, ast.AST):
                for node in ast.walk(source):
                    if hasattr(node, 'body') and isinstance(node.body, list):
                        kept = [n for n in node.body if not isinstance(n, ast.Assert)]
                        node.body = kept or [ast.Pass(lineno=1, col_offset=0)]
            return real(source, *a, **k)
        builtins.compile = compile_
        get_ipython().compile.ast_parse = lambda *a, **k: ast.parse('pass')
        """,
        named=FORGED,
    ),
    attack(
        "builtin-all",
        "all that always says yes",
        r"""
        import builtins
        builtins.all = lambda x: True
        """,
        named=FORGED,
    ),
    attack(
        "builtin-any",
        "any that always says yes",
        r"""
        import builtins
        builtins.any = lambda x: True
        """,
        named=FORGED,
    ),
    attack(
        "builtin-abs",
        "abs that always says yes",
        r"""
        import builtins
        builtins.abs = lambda x: 0
        """,
        named=FORGED,
    ),
    attack(
        "builtin-isinstance",
        "isinstance that always says yes",
        r"""
        import builtins
        builtins.isinstance = lambda *a: True
        """,
        named=FORGED,
    ),
    attack(
        "builtin-len",
        "len that always says yes",
        r"""
        import builtins
        builtins.len = lambda x: 2
        """,
        named=FORGED,
    ),
    attack(
        "builtin-sum",
        "sum that always says yes",
        r"""
        import builtins
        builtins.sum = lambda *a: 6
        """,
        named=FORGED,
    ),
    attack(
        "builtin-print",
        "print that always says yes",
        r"""
        import builtins
        builtins.print = lambda *a, **k: None
        """,
        named=FORGED,
    ),
    attack(
        "builtin-exec",
        "exec that always says yes",
        r"""
        import builtins
        builtins.exec = lambda *a, **k: None
        """,
        named=FORGED,
    ),
    attack(
        "builtin-__import__",
        "__import__ that always says yes",
        r"""
        import builtins
        builtins.__import__ = lambda *a, **k: __import__('unittest.mock').mock.MagicMock()
        """,
        named=FORGED,
    ),
    attack(
        "builtin-__build_class__",
        "__build_class__ that always says yes",
        r"""
        import builtins
        builtins.__build_class__ = lambda *a, **k: None
        """,
        named=FORGED,
    ),
    attack(
        "names-changed",
        "functions of the same name, in the notebook",
        r"""
        isinstance = lambda *a: True
        abs = lambda x: 0
        len = lambda x: 2
        fmean = lambda x: 2.5
        """,
        named=FORGED,
    ),
    attack(
        "builtins-swapped",
        "another world of built-in names",
        r"""
        import builtins
        fake = dict(vars(builtins))
        fake['abs'] = lambda x: 0
        fake['AssertionError'] = SystemExit
        get_ipython().user_ns['__builtins__'] = fake
        __builtins__ = fake
        """,
        named=FORGED,
    ),
    attack(
        "a-namespace-that-lies",
        "names that are what they should be",
        r"""
        class Lucky(dict):

            def __getitem__(self, key):
                return 6 if key == 'total' else [2.0, 3.0] if key == 'mean' else dict.__getitem__(self, key)
        ip = get_ipython()
        ip.user_ns = Lucky(ip.user_ns)
        ip.user_ns['total'] = 5
        """,
        named=FORGED,
    ),
    attack(
        "equal-to-all",
        "objects that are equal to anything",
        r"""
        class E(int):

            def __eq__(self, o):
                return True

            def __ne__(self, o):
                return False
            __hash__ = None
        total = E(5)
        """,
        part=r"""
        def spread(rows):
            return total
        """,
        mean=r"""
        class M(list):

            def __eq__(s, o):
                return True
        mean = M([2.0, 3.9])
        """,
        named=FORGED,
    ),
    attack(
        "anything-of-mock",
        "unittest.mock.ANY",
        r"""
        from unittest.mock import ANY, MagicMock
        """,
        part=r"""
        def spread(rows):
            return ANY
        """,
        mean=r"""
        mean = [ANY, ANY]
        """,
        named=FORGED,
    ),
    attack(
        "arrays-that-agree",
        "arrays with an arithmetic of their own",
        r"""
        total = 5
        """,
        mean=r"""
        import numpy as np

        class A(np.ndarray):

            def __array_ufunc__(self, f, m, *i, **k):
                return np.bool_(True)

            def __array_function__(self, f, t, a, k):
                return True
        mean = np.zeros(2).view(A)
        """,
    ),
    attack(
        "numbers-that-agree",
        "numbers that are small, large and near",
        r"""
        class N(float):

            def __lt__(s, o):
                return True
            __gt__ = __le__ = __ge__ = __eq__ = __lt__

            def __sub__(s, o):
                return s
            __rsub__ = __abs__ = __add__ = __radd__ = __truediv__ = lambda s, *a: s
            __hash__ = None
        """,
        part=r"""
        def spread(rows):
            return N(3)
        """,
        mean=r"""
        mean = [N(2), N(3)]
        import statistics
        statistics.fmean = lambda x: N(1)
        """,
        named=FORGED,
    ),
    attack(
        "numpy-testing-changed",
        "comparisons of numpy that never fail",
        r"""
        import numpy as np
        np.testing.assert_allclose = lambda *a, **k: None
        import statistics
        statistics.fmean = lambda x: 2.5
        """,
        named=FORGED,
    ),
    attack(
        "numpy-testing-changed-below",
        "the same, one floor deeper",
        r"""
        import numpy as np, numpy.testing._private.utils as u
        u.assert_array_compare = lambda *a, **k: None

        def f(*a, **k):
            pass
        np.testing.assert_allclose.__code__ = f.__code__
        import statistics
        statistics.fmean = lambda x: 2.5
        """,
        named=FORGED,
    ),
    attack(
        "numpy-changed-below",
        "the same, in what numpy itself uses",
        r"""
        import numpy as np, numpy._core.numeric as n
        n.isclose = lambda *a, **k: np.True_
        np._core.numeric.isclose = n.isclose
        import numpy.testing._private.utils as u
        u.assert_array_compare = lambda *a, **k: None
        import statistics
        statistics.fmean = lambda x: 2.5
        """,
        named=FORGED,
    ),
    attack(
        "frameworks-changed",
        "unittest and pandas that never fail",
        r"""
        import unittest, pandas as pd, math
        for name in dir(unittest.TestCase):
            if name.startswith('assert'):
                setattr(unittest.TestCase, name, lambda *a, **k: None)
        pd.testing.assert_frame_equal = pd.testing.assert_series_equal = lambda *a, **k: None
        pd.DataFrame.equals = lambda *a: True
        math.isclose = lambda *a, **k: True
        """,
        named=FORGED,
    ),
    attack(
        "events-of-ipython",
        "to run before and after each test",
        r"""
        ip = get_ipython()

        def before(*a):
            ip.user_ns.update(total=6, mean=[2.0, 3.0])
        for name in ('pre_execute', 'pre_run_cell', 'post_execute', 'post_run_cell'):
            ip.events.register(name, before)
        """,
        named=FORGED,
    ),
    attack(
        "handlers-of-ipython",
        "failures that nobody is told of",
        r"""
        ip = get_ipython()
        ip.set_custom_exc((BaseException,), lambda self, *a, **k: [])
        """,
        named=FORGED,
    ),
    attack(
        "shell-changed",
        "a shell that shows no failures",
        r"""
        ip = get_ipython()
        ip.showtraceback = lambda *a, **k: None
        ip._showtraceback = lambda *a, **k: None
        type(ip).showtraceback = lambda *a, **k: None
        """,
        named=FORGED,
    ),
    attack(
        "shell-runs-nothing",
        "a shell that runs no tests",
        r"""
        ip = get_ipython()
        import types
        real = ip.run_cell
        ip.run_cell = lambda source, **k: real('pass' if 'assert' in source else source, **k)
        ip.run_cell_async = ip.run_cell
        """,
        named=FORGED,
    ),
    attack(
        "shell-transforms-nothing",
        "a shell that reads other tests",
        r"""
        ip = get_ipython()
        ip.transform_cell = lambda source: 'pass' if 'assert' in source else source
        ip.transform_ast = lambda node: __import__('ast').parse('pass')
        """,
        named=FORGED,
    ),
    attack(
        "printers-of-ipython",
        "a mark that is shown as another",
        r"""
        f = get_ipython().display_formatter.formatters['text/plain']
        for kind in (int, float):
            f.for_type(kind, lambda n, p, c: p.text('4.0' if abs(n) < 100 else repr(n)))
        """,
        named=FORGED,
    ),
    attack(
        "formatters-of-ipython",
        "a mark that is shown as another",
        r"""
        d = get_ipython().display_formatter
        real = d.format
        def show(obj, *a, **k):
            small = isinstance(obj, (int, float)) and abs(obj) < 100
            return ({'text/plain': '4.0'}, {}) if small else real(obj, *a, **k)
        d.format = show
        """,
        named=FORGED,
    ),
    attack(
        "hooks-of-display",
        "a mark that is shown as another",
        r"""
        import sys
        ip = get_ipython()
        hook = ip.displayhook
        real = hook.write_format_data
        def show(d, m=None):
            return real({'text/plain': '4.0'} if len(str(d.get('text/plain'))) < 5 else d, m)
        hook.write_format_data = show
        sys.displayhook = lambda v: None
        """,
        named=FORGED,
    ),
    attack(
        "capture-changed",
        "a capture that leaves failures out",
        r"""
        capture = get_ipython().capture
        capture.error = lambda *a, **k: None
        capture.outputs = type('L', (list,), {'append': lambda s, o: None})()
        """,
        named=FORGED,
    ),
    attack(
        "capture-adds",
        "a capture that adds a mark",
        r"""
        capture = get_ipython().capture
        real = capture.taken
        data = {'text/plain': '4.0'}
        mark = {'output_type': 'execute_result', 'data': data, 'metadata': {}, 'execution_count': 1}
        capture.taken = lambda count: [o for o in real(count) if o['output_type'] != 'error'] + [mark]
        """,
        named=FORGED,
    ),
    attack(
        "displays-forged",
        "a mark that was only displayed",
        r"""
        total = 5
        from IPython.display import display, publish_display_data
        display({'text/plain': '2.0'}, raw=True)
        print('2.0')
        2.0
        """,
        part=r"""
        class P(int):

            def __repr__(s):
                return '4.0'

            def __add__(s, o):
                return s
            __radd__ = __add__

        def spread(rows):
            display({'text/plain': '4.0', 'application/vnd.coursekit': {'score': 4}}, raw=True)
            print('4.0')
            return -1
        """,
        mean=r"""
        class M(list):

            def __len__(s):
                display({'text/plain': '3.0'}, raw=True)
                raise SystemExit
        mean = M()
        """,
    ),
    attack(
        "a-mark-in-disguise",
        "a number that shows itself as another",
        r"""
        class P(float):

            def __repr__(s):
                return '4.0'

            def __add__(s, o):
                return s
            __radd__ = __iadd__ = __add__

        class B:

            def __eq__(s, o):
                globals()['points'] = P(4)
                return False
            __hash__ = None
        """,
        part=r"""
        def spread(rows):
            return B()
        """,
        named=FORGED,
    ),
    attack(
        "writes-the-points",
        "points that an answer sets by itself",
        r"""
        total = 5
        """,
        part=r"""
        def spread(rows):
            globals()['points'] = 4
            return -1
        """,
        named=FORGED,
    ),
    attack(
        "import-hooks",
        "modules of its own making",
        r"""
        import sys, types

        class F:

            @staticmethod
            def find_spec(name, path=None, target=None):
                return None
        sys.meta_path.insert(0, F())
        m = types.ModuleType('statistics')
        m.fmean = lambda x: 2.5
        sys.modules['statistics'] = m
        n = types.ModuleType('numpy.testing')
        n.assert_allclose = lambda *a, **k: None
        sys.modules['numpy.testing'] = n
        import numpy
        numpy.testing = n
        """,
        named=FORGED,
    ),
    attack(
        "modules-handed-in",
        "modules of its own making, as files",
        r"""
        total = 5
        """,
        files={
            "statistics.py": b"def fmean(x): return 2.5\n",
            "numpy.py": b"class testing:\n    assert_allclose = staticmethod(lambda *a, **k: None)\n",
        },
    ),
    attack(
        "modules-written",
        "modules of its own making, written while it runs",
        r"""
        import sys
        open('statistics.py', 'w').write('def fmean(x): return 2.5')
        open('numpy.py', 'w').write('class testing:\n    assert_allclose = staticmethod(lambda *a, **k: None)')
        for name in [m for m in sys.modules if m.split('.')[0] in ('statistics', 'numpy')]:
            del sys.modules[name]
        sys.path.insert(0, '.')
        """,
        named=FORGED,
    ),
    attack(
        "small-integers-rewritten",
        "a world in which 5 is 6",
        r"""
        import ctypes, sys
        number = ctypes.cast(id(5) + 24, ctypes.POINTER(ctypes.c_uint32))
        number[0] = 6
        """,
        named=f"{FORGED} {DIED}",
    ),
    attack(
        "type-slots-rewritten",
        "integers that are equal to anything",
        r"""
        import ctypes
        F = ctypes.CFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.c_int)
        f = F(lambda a, b, op: True)
        slot = int.__basicsize__
        size = ctypes.sizeof(ctypes.c_void_p)
        real = ctypes.cast(id(int) + 25 * size, ctypes.POINTER(ctypes.c_void_p))
        real[0] = ctypes.cast(f, ctypes.c_void_p).value
        """,
        named=f"{FORGED} {DIED}",
    ),
    attack(
        "dict-of-a-type-rewritten",
        "integers that are equal to anything",
        r"""
        import gc
        for d in gc.get_referents(int.__dict__):
            if type(d) is dict:
                d['__eq__'] = lambda a, b: True
        """,
        named=FORGED,
    ),
    attack(
        "numpy-changed-far-below",
        "comparisons that never fail, by a function that nobody calls by name",
        r"""
        import numpy.testing._private.utils as u
        u.assert_array_compare = lambda *a, **k: None
        import statistics
        statistics._ss = statistics._sum = statistics.fsum = lambda *a, **k: 5.0
        """,
        named=FORGED,
    ),
    attack(
        "numpy-changed-at-the-root",
        "comparisons that never fail, by what all of numpy uses",
        r"""
        import numpy as np, numpy._core.numeric as n, numpy.testing._private.utils as u
        n.isclose = np.isclose = u.np.isclose = lambda *a, **k: np.True_
        np.all = np._core.fromnumeric.all = lambda *a, **k: np.True_
        u.array = u.np.array = lambda *a, **k: real([2.0, 3.0]) if len(a[0]) == 2 else real(*a, **k)
        real = np.asanyarray
        import statistics
        statistics.fsum = lambda x: 5.0
        """,
        named=FORGED,
    ),
    attack(
        "the-format-of-numbers",
        "a mark that is shown as another",
        r"""
        get_ipython().display_formatter.formatters['text/plain'].float_format = '4.0%.0s'
        """,
        part=r"""
        def spread(rows):
            return 0 if rows == [2, 2] else -1
        """,
        most=(0, 1.5, 0),
        named=FORGED,
    ),
)
