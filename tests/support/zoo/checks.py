"""Notebooks that are checked in the many ways of checking."""

from __future__ import annotations

from support.zoo.making import UNTOUCHED, Specimen, answer, check, free, given, handed, text

HELPERS = Specimen(
    "helpers",
    (
        text("## Distances\nSeveral checks, and what one of them defines the next one uses."),
        answer(
            "distances",
            """
            def straight(a, b):
                ### BEGIN SOLUTION
                return ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
                ### END SOLUTION

            def by_streets(a, b):
                ### BEGIN SOLUTION
                return abs(a[0] - b[0]) + abs(a[1] - b[1])
                ### END SOLUTION
            """,
        ),
        check(
            "first",
            1,
            """
            import math
            corners = [(0, 0), (3, 4)]

            def close(a, b):
                return math.isclose(a, b, abs_tol=1e-9)

            assert close(straight(*corners), 5)
            ### BEGIN HIDDEN TESTS
            from itertools import combinations as pairs_of
            many = [(n * 7 % 5, n * 3 % 11) for n in range(6)]
            def symmetric(function):
                return all(close(function(a, b), function(b, a)) for a, b in pairs_of(many, 2))
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "second",
            1,
            """
            assert by_streets(*corners) == 7
            ### BEGIN HIDDEN TESTS
            assert symmetric(by_streets)
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "third",
            2,
            """
            ### BEGIN HIDDEN TESTS
            worst = max(by_streets(a, b) - straight(a, b) for a, b in pairs_of(many, 2))
            assert worst >= 0
            ### END HIDDEN TESTS
            assert close(straight((1, 1), (1, 1)), 0)
            ### BEGIN HIDDEN TESTS
            assert symmetric(straight)
            ### END HIDDEN TESTS
            """,
        ),
        free("use", "straight((0, 0), (1, 1))"),
        answer(
            "nearest",
            """
            def nearest(place, places):
                ### BEGIN SOLUTION
                return min(places, key=lambda p: straight(place, p))
                ### END SOLUTION
            """,
        ),
        # One check for three answers.
        check(
            "all-of-it",
            3,
            """
            assert nearest((0, 0), corners) == (0, 0)
            ### BEGIN HIDDEN TESTS
            assert worst < 10
            assert nearest((9, 9), many) in many
            ### END HIDDEN TESTS
            """,
        ),
    ),
    {
        "partly": handed(
            distances="""
            def straight(a, b):
                return abs(complex(*a) - complex(*b))
            def by_streets(a, b):
                return a[0] - b[0] + abs(a[1] - b[1]) if a > b else b[0] - a[0] + b[1] - a[1]
            """
        ),
        "wrong": handed(
            distances="def straight(a, b):\n    return 5\ndef by_streets(a, b):\n    return 7",
            nearest="nearest = max",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(distances="def straight(a, b):\n    return sqrt(a - b)\nby_streets = straight"),
    },
)

STATE = Specimen(
    "account",
    (
        answer(
            "account",
            """
            class Account:
                ### BEGIN SOLUTION
                def __init__(self, balance=0):
                    self.balance = balance
                    self.log = []

                def pay(self, amount):
                    self.balance += amount
                    self.log.append(amount)
                ### END SOLUTION
            mine = Account(100)
            """,
        ),
        # The visible part of a check leaves its traces to the cells behind it; so does the hidden one.
        check("visible", 1, "mine.pay(20)\nassert mine.balance == 120"),
        check("seen", 1, "assert mine.log == [20]\nmine.pay(-5)"),
        answer(
            "report", "### BEGIN SOLUTION\nreport = f'{mine.balance} after {len(mine.log)}'\n### END SOLUTION"
        ),
        check("report-check", 1, "assert report == '115 after 2', report"),
        check(
            "hidden",
            2,
            """
            yours = Account()
            ### BEGIN HIDDEN TESTS
            yours.pay(7)
            assert yours.balance == 7
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "hidden-after",
            2,
            """
            ### BEGIN HIDDEN TESTS
            yours.pay(1)
            assert yours.log == [7, 1], yours.log
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "counter-one",
            1,
            """
            ### BEGIN HIDDEN TESTS
            tries = {}
            tries['one'] = mine.balance
            ### END HIDDEN TESTS
            assert mine
            """,
        ),
        check(
            "counter-two",
            1,
            """
            ### BEGIN HIDDEN TESTS
            tries.update(two=2)
            assert list(tries) == ['one', 'two']
            ### END HIDDEN TESTS
            assert mine
            """,
        ),
        check("secret", 1, "assert mine\n### BEGIN HIDDEN TESTS\nmine.pay(5)\n### END HIDDEN TESTS"),
        # In nbgrader this answer sees what the hidden test has paid in.
        answer("double", "### BEGIN SOLUTION\ndouble = mine.balance * 2\n### END SOLUTION"),
        check("double-check", 1, "assert double == 240, double"),
    ),
    {
        "partly": handed(
            account="""
            class Account:
                log = []
                def __init__(self, balance=0):
                    self.balance = balance
                def pay(self, amount):
                    self.balance += amount
                    self.log.append(amount)
            mine = Account(100)
            """
        ),
        "wrong": handed(
            account="""
            class Account:
                def __init__(self, b): self.balance = b
                def pay(self, amount): pass
            mine = Account(100)
            """
        ),
        "empty": UNTOUCHED,
        "crashing": handed(account="class Account:\n    balance = 1\nmine = Account(100)"),
    },
)

UNITTEST = Specimen(
    "seats",
    (
        given("setup", "import io, sys, unittest"),
        answer(
            "seats",
            """
            def seats(rows, each):
                ### BEGIN SOLUTION
                if rows < 0 or each < 0:
                    raise ValueError("less than nothing")
                return [f"{chr(65 + r)}{s + 1}" for r in range(rows) for s in range(each)]
                ### END SOLUTION
            """,
        ),
        check(
            "case",
            3,
            """
            class SeatsTest(unittest.TestCase):
                def test_count(self):
                    self.assertEqual(len(seats(3, 4)), 12)
                def test_names(self):
                    self.assertListEqual(seats(1, 2), ["A1", "A2"])
                ### BEGIN HIDDEN TESTS
                def test_negative(self):
                    with self.assertRaises(ValueError):
                        seats(-1, 2)
                def test_none(self):
                    self.assertEqual(seats(0, 5), [])
                ### END HIDDEN TESTS

            suite = unittest.defaultTestLoader.loadTestsFromTestCase(SeatsTest)
            outcome = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
            assert outcome.wasSuccessful(), [problem for _, problem in outcome.failures + outcome.errors]
            """,
        ),
        check("share", 4, "good = outcome.testsRun - len(outcome.failures) - len(outcome.errors)\ngood"),
        # unittest talks on the standard error, whatever it says.
        check(
            "loud",
            2,
            """
            again = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(SeatsTest))
            assert again.wasSuccessful()
            """,
        ),
        check(
            "main",
            2,
            """
            outcome = unittest.main(argv=['x', 'SeatsTest'], exit=False, verbosity=0).result
            assert not outcome.failures and not outcome.errors
            """,
        ),
    ),
    {
        "partly": handed(
            seats="""
            def seats(rows, each):
                return ['ABCDEFGH'[r] + str(s + 1) for r in range(rows) for s in range(each)]
            """
        ),
        "wrong": handed(seats="def seats(rows, each):\n    return rows * each"),
        "empty": UNTOUCHED,
        "crashing": handed(seats="def seats(rows, each):\n    sys.exit('no seats')"),
    },
)

DOCTEST = Specimen(
    "doctests",
    (
        answer(
            "vowels",
            """
            def vowels(word):
                '''How many vowels a word has.

                >>> vowels("lantern")
                2
                >>> vowels("")
                0
                '''
                ### BEGIN SOLUTION
                return sum(letter in "aeiou" for letter in word.lower())
                ### END SOLUTION
            """,
        ),
        # It only prints what is wrong: nothing fails.
        check("prints", 1, "import doctest\ndoctest.run_docstring_examples(vowels, globals())"),
        check(
            "counts",
            2,
            """
            found = doctest.DocTestRunner(verbose=False)
            for test in doctest.DocTestFinder().find(vowels, 'vowels', globs=globals()):
                found.run(test)
            assert found.summarize(verbose=False).failed == 0
            """,
        ),
        check("module", 1, "assert doctest.testmod().failed == 0\nassert vowels.__doc__"),
    ),
    {
        "partly": handed(
            vowels="""
            def vowels(word):
                '''
                >>> vowels('a')
                1
                '''
                return word.count('a')
            """
        ),
        "wrong": handed(
            vowels="def vowels(word):\n    '''\n    >>> vowels('a')\n    1\n    '''\n    return 0"
        ),
        "empty": UNTOUCHED,
        "crashing": handed(vowels="def vowels(word):\n    return len(vowel)"),
    },
)

MOCKS = Specimen(
    "printing",
    (
        given("setup", "import contextlib, io\nfrom unittest import mock"),
        answer(
            "table",
            """
            def print_table(n):
                ### BEGIN SOLUTION
                for k in range(1, n + 1):
                    print(f"{k} x {n} = {k * n}")
                ### END SOLUTION
            """,
        ),
        check(
            "captured",
            2,
            """
            spoken = io.StringIO()
            with contextlib.redirect_stdout(spoken):
                print_table(2)
            assert spoken.getvalue() == "1 x 2 = 2\\n2 x 2 = 4\\n", repr(spoken.getvalue())
            """,
        ),
        check(
            "mocked",
            1,
            """
            with mock.patch('builtins.print') as talk:
                print_table(3)
            assert talk.call_count == 3
            talk.assert_called_with('3 x 3 = 9')
            """,
        ),
        answer(
            "ask",
            """
            def ask_age():
                ### BEGIN SOLUTION
                return int(input('How old? ')) + 1
                ### END SOLUTION
            """,
        ),
        check(
            "asked",
            1,
            """
            with mock.patch('builtins.input', side_effect=['12', '40']) as question:
                assert [ask_age(), ask_age()] == [13, 41]
            assert question.call_count == 2
            """,
        ),
        check(
            "patched-dict",
            1,
            """
            import os
            with mock.patch.dict(os.environ, {'LAMP': 'on'}):
                assert os.environ['LAMP'] == 'on'
            assert 'LAMP' not in os.environ
            """,
        ),
    ),
    {
        "partly": handed(
            table=r"""
            def print_table(n):
                print(*(f'{k} x {n} = {k * n}' for k in range(1, n + 1)), sep='\n')
            """
        ),
        "wrong": handed(
            table="def print_table(n):\n    return [k * n for k in range(n)]",
            ask="def ask_age():\n    return 13",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            table="def print_table(n):\n    print(n / 0)",
            ask="age = input('How old are you? ')\ndef ask_age():\n    return age",
        ),
    },
)

HASHES = Specimen(
    "sealed",
    (
        text("The answer is a number; the check knows only its fingerprint."),
        answer("days", "### BEGIN SOLUTION\ndays = 366\n### END SOLUTION"),
        check(
            "days-check",
            1,
            """
            from hashlib import sha1
            seal = lambda value: sha1((type(value).__name__ + str(value)).encode()).hexdigest()[:8]
            assert seal(days) == "a4942baf", f"{days} is not what was looked for"
            """,
        ),
        answer(
            "source",
            """
            def double(n):
                # without a star
                ### BEGIN SOLUTION
                return n + n
                ### END SOLUTION
            """,
        ),
        check(
            "source-check",
            2,
            """
            assert double(4) == 8
            ### BEGIN HIDDEN TESTS
            import ast, inspect
            tree = ast.parse(inspect.getsource(double))
            assert not any(isinstance(n, ast.Mult) for n in ast.walk(tree)), "without a star, please"
            assert "without a star" in inspect.getsource(double)
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "names",
            1,
            "assert double.__code__.co_argcount == 1 and inspect.signature(double).parameters.keys() == {'n'}",
        ),
    ),
    {
        "partly": handed(
            source="def double(n):\n    # without a star\n    return n * 2", days="days = 366.0"
        ),
        "wrong": handed(source="double = lambda n: n + n", days="days = '366'"),
        "empty": UNTOUCHED,
        "crashing": handed(days="days = d366", source="double = int"),
    },
)

NAMES = Specimen(
    "namespace",
    (
        free("star", "from math import *\nfrom string import *"),
        answer("area", "### BEGIN SOLUTION\nradius = 2\narea = pi * radius ** 2\n### END SOLUTION"),
        check(
            "there",
            1,
            """
            assert 'area' in globals() and 'radius' in dir(), 'call them radius and area'
            assert floor(area) == 12
            """,
        ),
        check("typed", 1, "assert isinstance(area, float)\nassert 'perimeter' not in locals()"),
        answer("total", "numbers = [4, 8]\n### BEGIN SOLUTION\ntotal = sum(numbers)\n### END SOLUTION"),
        check(
            "removed",
            2,
            """
            keep = numbers
            del numbers
            try:
                numbers
            except NameError:
                pass
            else:
                raise AssertionError("still there")
            finally:
                numbers = keep
            assert total == 12
            """,
        ),
        given("forget", "del radius"),
        check(
            "forgotten",
            1,
            "try:\n    radius\n    assert False, 'radius was forgotten'\nexcept NameError:\n    assert area",
        ),
        answer("shadow", "### BEGIN SOLUTION\nlongest = max(['a', 'bcd', 'ef'], key=len)\n### END SOLUTION"),
        check(
            "shadow-check",
            1,
            """
            assert longest == 'bcd'
            assert max([1, 2]) == 2, 'max is a word of the language: leave it'
            assert ascii_lowercase.startswith('abc')
            """,
        ),
        check(
            "main",
            1,
            """
            assert __name__ == '__main__'
            import sys
            assert sys.modules['__main__'].area == area
            assert vars(sys.modules[__name__]) is globals()
            """,
        ),
    ),
    {
        "partly": handed(
            shadow="max = 'bcd'\nlongest = max", area="radius = 2\narea = int(pi * radius ** 2)"
        ),
        "wrong": handed(area="Area = 12.5", total="total = 11; sum = 12", shadow="longest = len"),
        "empty": UNTOUCHED,
        "crashing": handed(
            area="area = pie * 4", total="del numbers\ntotal = 12", shadow="from os import *\nlongest = 'bcd'"
        ),
    },
)

STDERR = Specimen(
    "noise",
    (
        given("setup", "import logging, sys, time, warnings\nlog = logging.getLogger('course')"),
        answer(
            "mean",
            """
            def mean(values):
                ### BEGIN SOLUTION
                return sum(values) / len(values) if values else None
                ### END SOLUTION
            """,
        ),
        check("quiet", 2, "assert mean([1, 2, 3]) == 2"),
        check("number", 2, "points = 0\npoints += mean([2, 4]) == 3\npoints += mean([]) is None\npoints"),
        answer(
            "bar",
            "def work(steps):\n    ### BEGIN SOLUTION\n    return sum(range(steps))\n    ### END SOLUTION",
        ),
        check("bar-check", 1, "assert work(5) == 10"),
        # The author's own noise: it costs nobody anything, but with nbgrader everybody everything.
        check("warned", 1, "warnings.warn('this course ends in June')\nassert mean([5]) == 5"),
        check("split", 1, "print('checking', file=sys.stderr)\nassert mean([8]) == 8"),
        check(
            "failed-loudly", 1, "print('checking', file=sys.stderr)\nassert mean([8]) == 9, 'this cannot be'"
        ),
    ),
    {
        "partly": handed(
            mean="""
            def mean(values):
                if not values:
                    warnings.warn('no values')
                    return None
                return sum(values) / len(values)
            """,
            bar="from tqdm import tqdm\ndef work(steps):\n    return sum(tqdm(range(steps)))",
        ),
        "wrong": handed(
            mean="""
            logging.basicConfig(level=logging.INFO)
            def mean(values):
                log.warning('%s values', len(values))
                return 2
            """,
            bar=r"""
            def work(steps):
                for n in range(steps):
                    print('\r', '#' * n, end='', file=sys.stderr, flush=True)
                return 10
            """,
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            mean="def mean(values):\n    sys.stderr.write('what?')\n    return statistics.mean(values)",
            # A kernel hears of raw output through a thread of its own. Without the pause, chance decides whether it
            # does so before the cell has ended, and so whether nbgrader takes the point away.
            bar=r"""
            def work(steps):
                import os, time
                os.write(2, b'raw noise\n')
                time.sleep(1)
                return 10
            """,
        ),
    },
)

BOUNDED = Specimen(
    "bounded",
    (
        answer(
            "collatz",
            """
            def steps(n):
                ### BEGIN SOLUTION
                count = 0
                while n != 1:
                    n = n // 2 if n % 2 == 0 else 3 * n + 1
                    count += 1
                return count
                ### END SOLUTION
            """,
        ),
        check(
            "alarm",
            2,
            """
            import signal

            def too_long(number, frame):
                raise TimeoutError("steps(27) takes more than a second")

            before = signal.signal(signal.SIGALRM, too_long)
            signal.setitimer(signal.ITIMER_REAL, 1.0)
            try:
                assert steps(27) == 111
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
            """,
        ),
        check(
            "pool",
            1,
            """
            from concurrent.futures import ThreadPoolExecutor
            with ThreadPoolExecutor(2) as pool:
                assert list(pool.map(steps, [1, 2, 4])) == [0, 1, 2]
            """,
        ),
        check("environment", 1, "import os\nassert os.environ.get('NBGRADER_EXECUTION') == 'autograde'"),
    ),
    {
        "partly": handed(
            collatz="""
            def steps(n):
                return 0 if n == 1 else 1 + steps(n // 2 if n % 2 == 0 else 3 * n + 1)
            """
        ),
        "wrong": handed(collatz="def steps(n):\n    return n.bit_length() - 1"),
        "empty": UNTOUCHED,
        "crashing": handed(
            collatz="""
            import time
            def steps(n):
                while n > 4:
                    time.sleep(0.01)
                return n // 2
            """
        ),
    },
)

FUNCTIONS = Specimen(
    "style",
    (
        answer(
            "grade",
            """
            def word_for(points):
                ### BEGIN SOLUTION
                for least, word in ((90, 'very good'), (70, 'good'), (50, 'passed')):
                    if points >= least:
                        return word
                return 'not yet'
                ### END SOLUTION
            """,
        ),
        check(
            "function",
            2,
            """
            def test_words():
                print("🧪 words …")
                assert word_for(95) == "very good", "❌ 95"
                assert word_for(70) == "good", "❌ 70"
                print("✅ all well")

            test_words()
            """,
        ),
        check(
            "main",
            1,
            """
            if __name__ == '__main__':
                test_words()
            ### BEGIN HIDDEN TESTS
            for points, word in [(49.5, 'not yet'), (50, 'passed'), (89, 'good'), (100, 'very good')]:
                assert word_for(points) == word, f'{points}: {word}'
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "loop",
            2,
            """
            tables = [(10, 'not yet'), (60, 'passed')]
            for number, (points, word) in enumerate(tables, 1):
                got = word_for(points)
                print(f'{number:>3} {points:>5} {got!r:<12}', 'ok' if got == word else 'no')
            assert all(word_for(p) == w for p, w in tables)
            """,
        ),
        check(
            "only-hidden",
            2,
            """
            # more tests than you see
            ### BEGIN HIDDEN TESTS
            assert word_for(0) == 'not yet'
            assert word_for.__name__ == 'word_for'
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "all-hidden",
            1,
            """
            ### BEGIN HIDDEN TESTS
            assert len({word_for(n) for n in range(101)}) == 4
            ### END HIDDEN TESTS
            """,
        ),
        check("nothing", 1, "# whoever comes here has the point"),
    ),
    {
        "partly": handed(
            grade="""
            def word_for(points):
                good = 'good' if points >= 70 else 'passed' if points >= 50 else 'not yet'
                return 'very good' if points > 90 else good
            """
        ),
        "wrong": handed(grade="def word_for(points):\n    print('good')"),
        "empty": UNTOUCHED,
        "crashing": handed(
            grade="def word_for(points):\n    return ['not yet', 'passed', 'good', 'very good'][points]"
        ),
    },
)

ALL = (HELPERS, STATE, UNITTEST, DOCTEST, MOCKS, HASHES, NAMES, STDERR, BOUNDED, FUNCTIONS)
