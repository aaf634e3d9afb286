"""Notebooks that go wrong: errors, exits, loops without end, cells that are missing or changed."""

from __future__ import annotations

from support.zoo.making import UNTOUCHED, Handed, Specimen, answer, check, given, handed, text, written

REDEFINED = Specimen(
    "again",
    (
        answer(
            "greet",
            "def greet(name):\n    ### BEGIN SOLUTION\n    return f'Hello, {name}'\n    ### END SOLUTION",
        ),
        check("greet-check", 1, "assert greet('Bo') == 'Hello, Bo'"),
        answer(
            "loud", "### BEGIN SOLUTION\ndef loud(name):\n    return greet(name).upper()\n### END SOLUTION"
        ),
        check("loud-check", 1, "assert loud('Bo') == 'HELLO, BO'"),
        check(
            "late-check",
            2,
            """
            assert greet('Cy') == 'Hello, Cy'
            ### BEGIN HIDDEN TESTS
            assert greet('') == 'Hello, '
            ### END HIDDEN TESTS
            """,
        ),
    ),
    {
        # A later answer takes the earlier one's name.
        "partly": handed(loud="def greet(name):\n    return f'HELLO, {name.upper()}'\nloud = greet"),
        "wrong": Handed(
            {"greet": "greet = print"}, extra={"loud-check": "def greet(name):\n    return 'Hello, ' + name"}
        ),
        "empty": UNTOUCHED,
        "crashing": handed(loud="del greet\nloud = lambda name: 'HELLO, BO'"),
    },
)

SYNTAX = Specimen(
    "syntax",
    (
        answer("first", "### BEGIN SOLUTION\nfirst = 1\n### END SOLUTION"),
        check("first-check", 1, "assert first == 1"),
        answer("second", "### BEGIN SOLUTION\nsecond = 2\n### END SOLUTION"),
        check("second-check", 1, "assert second == 2"),
        answer("third", "### BEGIN SOLUTION\nthird = first + second\n### END SOLUTION"),
        check("third-check", 1, "assert third == 3"),
        check("any-check", 1, "assert 'first' in globals() or 'second' in globals()"),
    ),
    {
        "partly": handed(second="second = = 2"),
        "wrong": handed(first="first = 1\n  first", second="if second:\nsecond = 2", third="return 3"),
        "empty": UNTOUCHED,
        "crashing": handed(
            first="first = '1\n2'", second="second = 2\nraise ValueError('stop')", third="print 'three'"
        ),
    },
)

LEAVING = Specimen(
    "leaving",
    (
        given("setup", "import sys"),
        answer(
            "menu",
            """
            def menu(choice):
                ### BEGIN SOLUTION
                return {'t': 'tea', 'c': 'coffee'}.get(choice, 'water')
                ### END SOLUTION
            """,
        ),
        check("menu-check", 1, "assert menu('t') == 'tea'"),
        check("other-check", 1, "assert menu('x') == 'water'"),
        written("words", 2, "Why water?"),
    ),
    {
        # sys.exit in a cell is an error like others: the kernel lives on.
        "partly": handed(
            menu="def menu(choice):\n    if choice != 't':\n        sys.exit(1)\n    return 'tea'",
            words="It is always there.",
        ),
        "wrong": handed(menu="sys.exit('bye')"),
        "empty": UNTOUCHED,
        "crashing": handed(menu="def menu(choice):\n    raise KeyboardInterrupt"),
    },
)

TAMPERED = Specimen(
    "changed",
    (
        given("limits", "LOW, HIGH = 3, 8"),
        answer(
            "clamp",
            "def clamp(n):\n    ### BEGIN SOLUTION\n    return min(max(n, LOW), HIGH)\n    ### END SOLUTION",
        ),
        check(
            "clamp-check",
            2,
            """
            assert [clamp(n) for n in (1, 5, 9)] == [3, 5, 8]
            ### BEGIN HIDDEN TESTS
            assert clamp(8) == 8
            ### END HIDDEN TESTS
            """,
        ),
        check("limits-check", 1, "assert (LOW, HIGH) == (3, 8)"),
    ),
    {
        # Locked cells are the author's, whatever stands there now; cells of one's own stay and run.
        "partly": Handed(
            {
                "clamp": "def clamp(n):\n    return max(n, LOW)",
                "clamp-check": "# assert clamp(1) == 3\npass",
                "limits": "LOW, HIGH = 0, 9",
            },
            extra={"clamp": "%matplotlib inline\nprint('my own try:', clamp(4))\nclamp(2)"},
        ),
        "wrong": Handed({"limits-check": ""}, extra={"clamp": "LOW = 4", "limits": "1 / 0"}),
        "empty": UNTOUCHED,
        "crashing": Handed({"clamp": "clamp(2)"}, extra={"clamp-check": "def clamp(n):\n    return n\n9"}),
    },
)

LOOPS = Specimen(
    "endless",
    (
        answer("wait", "### BEGIN SOLUTION\ndone = True\n### END SOLUTION"),
        check("wait-check", 1, "assert done"),
        answer("half", "def halve(n):\n    ### BEGIN SOLUTION\n    return n // 2\n    ### END SOLUTION"),
        check("half-check", 1, "assert halve(8) == 4"),
        check("after", 1, "assert 1 + 1 == 2"),
    ),
    {
        "partly": handed(half="def halve(n):\n    while n > 4:\n        pass\n    return n"),
        "crashing": handed(
            wait="import time\nwhile True:\n    time.sleep(0.05)", half="def halve(n):\n    return n / 2"
        ),
    },
)

DEATHS = Specimen(
    "dying",
    (
        written("words", 2, "What is a process?"),
        answer("first", "### BEGIN SOLUTION\nfirst = 1\n### END SOLUTION"),
        check("first-check", 1, "assert first == 1"),
        answer("second", "### BEGIN SOLUTION\nsecond = 2\n### END SOLUTION"),
        check("second-check", 1, "assert second == 2"),
    ),
    {
        "partly": handed(second="import os\nos._exit(3)", words="Something that runs."),
        "crashing": handed(first="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    },
)

MISSING = Specimen(
    "gaps",
    (
        text("## Three small things"),
        answer("one", "### BEGIN SOLUTION\none = 1\n### END SOLUTION"),
        check("one-check", 1, "assert one == 1"),
        answer("two", "### BEGIN SOLUTION\ntwo = 2\n### END SOLUTION"),
        check(
            "two-check", 2, "assert two == 2\n### BEGIN HIDDEN TESTS\nassert one < two\n### END HIDDEN TESTS"
        ),
        written("words", 3, "Why is two more than one?"),
        check("end-check", 1, "assert one + two == 3"),
    ),
    {
        "partly": Handed({}, missing=("two-check",)),
        "wrong": Handed({"one": "one = 3", "words": "Because."}, missing=("two", "text")),
        "crashing": Handed({}, missing=("words", "end-check")),
    },
)

RETYPED = Specimen(
    "retyped",
    (
        answer("one", "### BEGIN SOLUTION\none = 1\n### END SOLUTION"),
        check("one-check", 1, "assert one == 1"),
        written("words", 2, "What is one?"),
        check("two-check", 1, "assert one + one == 2"),
    ),
    {
        "partly": Handed({"words": "print('The first number.')"}, retyped=("words",)),
        "wrong": Handed({"one": "one = 1  # in words"}, retyped=("one",)),
        "crashing": Handed({}, retyped=("two-check", "one-check")),
    },
)

FIRST = Specimen(
    "first",
    (
        answer("a", "### BEGIN SOLUTION\na = 1\n### END SOLUTION"),
        check("a-check", 2, "assert a == 1"),
        written("words", 1, "And why?"),
    ),
    {"partly": handed(a="a = 2"), "empty": UNTOUCHED},
)

SECOND = Specimen(
    "second",
    (
        # Not known here: each notebook has a kernel of its own.
        check("a-check", 1, "assert 'a' not in globals()"),
        answer("b", "### BEGIN SOLUTION\nb = 2\n### END SOLUTION"),
        check("b-check", 3, "assert b == 2"),
    ),
    {"wrong": handed(b="b = a"), "empty": UNTOUCHED},
)

ALL = (REDEFINED, SYNTAX, LEAVING, TAMPERED)
