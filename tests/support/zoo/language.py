"""Notebooks about the language: what a first course in Python asks for."""

from __future__ import annotations

from support.zoo.making import UNTOUCHED, Specimen, answer, check, free, given, handed, text

CLASSES = Specimen(
    "money",
    (
        text("## A class for money\nTwo amounts can be added, compared and printed."),
        answer(
            "class",
            """
            class Money:
                ### BEGIN SOLUTION
                def __init__(self, cents):
                    self.cents = int(cents)

                def __add__(self, other):
                    if not isinstance(other, Money):
                        return NotImplemented
                    return Money(self.cents + other.cents)

                def __radd__(self, other):
                    return self if other == 0 else NotImplemented

                def __eq__(self, other):
                    return isinstance(other, Money) and self.cents == other.cents

                def __lt__(self, other):
                    return self.cents < other.cents

                def __hash__(self):
                    return hash(self.cents)

                def __repr__(self):
                    return f"Money({self.cents})"

                def __str__(self):
                    return f"{self.cents // 100}.{self.cents % 100:02d}"
                ### END SOLUTION
            """,
        ),
        free("try-it", "Money(250)"),
        check("text-check", 1, "assert str(Money(1205)) == '12.05'\nassert repr(Money(5)) == 'Money(5)'"),
        check(
            "sum-check",
            2,
            """
            assert Money(1) + Money(2) == Money(3)
            assert sum([Money(1), Money(2)]) == Money(3)
            ### BEGIN HIDDEN TESTS
            try:
                Money(1) + 1
            except TypeError:
                pass
            else:
                raise AssertionError("money and numbers do not add up")
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "order-check",
            1,
            "assert sorted([Money(3), Money(1)])[0] == Money(1)\nassert len({Money(1), Money(1)}) == 1",
        ),
        answer(
            "wallet",
            """
            class Wallet(list):
                ### BEGIN SOLUTION
                @property
                def total(self):
                    return sum(self, Money(0))

                def __contains__(self, money):
                    return self.total.cents >= money.cents
                ### END SOLUTION
            """,
        ),
        check(
            "wallet-check",
            2,
            """
            wallet = Wallet([Money(100), Money(50)])
            assert wallet.total == Money(150)
            ### BEGIN HIDDEN TESTS
            assert Money(120) in wallet and Money(151) not in wallet
            assert issubclass(Wallet, list)
            ### END HIDDEN TESTS
            """,
        ),
    ),
    {
        "partly": handed(
            **{
                "class": """
                class Money:
                    def __init__(self, cents):
                        self.cents = cents
                    def __add__(self, other):
                        return Money(self.cents + getattr(other, "cents", other))
                    __radd__ = __add__
                    def __eq__(self, other):
                        return self.cents == other.cents
                    def __repr__(self):
                        return "Money(%s)" % self.cents
                    def __str__(self):
                        return "%.2f" % (self.cents / 100)
                """
            },
        ),
        "wrong": handed(
            **{"class": "class Money(int):\n    pass"},
            wallet="class Wallet:\n    def __init__(self, l): self.total = l",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            **{
                "class": """
                class Money:
                    def __init__(self, cents):
                        self.cents = cents
                        raise RuntimeError(cents)
                """
            }
        ),
    },
)

CLOSURES = Specimen(
    "counter",
    (
        answer(
            "counter",
            """
            def counter(start=0):
                ### BEGIN SOLUTION
                def step(by=1):
                    nonlocal start
                    start += by
                    return start
                return step
                ### END SOLUTION
            """,
        ),
        given("use", "first, second = counter(), counter(10)\nfirst(); first()"),
        # Both checks move on what the cells before them have left.
        check("own-check", 1, "assert first() == 3\nassert second(by=5) == 15"),
        check("again-check", 1, "assert first() == 4\nassert second() == 16"),
        answer(
            "compose",
            """
            def compose(*functions):
                ### BEGIN SOLUTION
                def composed(value):
                    for function in reversed(functions):
                        value = function(value)
                    return value
                return composed
                ### END SOLUTION
            """,
        ),
        check(
            "compose-check",
            2,
            """
            assert compose(str, abs)(-3) == "3"
            ### BEGIN HIDDEN TESTS
            assert compose()(7) == 7
            assert compose(len, str, lambda n: n * 10)(12) == 3
            ### END HIDDEN TESTS
            """,
        ),
        answer(
            "memo",
            """
            ### BEGIN SOLUTION
            def remembering(function):
                from functools import wraps
                known = {}
                @wraps(function)
                def inner(*arguments):
                    if arguments not in known:
                        known[arguments] = function(*arguments)
                    return known[arguments]
                return inner
            ### END SOLUTION
            @remembering
            def slow(n):
                "Slow, the first time."
                calls.append(n)
                return n * n
            calls = []
            """,
        ),
        check(
            "memo-check",
            2,
            """
            assert [slow(2), slow(2), slow(3)] == [4, 4, 9]
            assert calls == [2, 3]
            ### BEGIN HIDDEN TESTS
            assert slow.__name__ == "slow" and slow.__doc__ == "Slow, the first time."
            ### END HIDDEN TESTS
            """,
        ),
    ),
    {
        "partly": handed(
            counter="""
            total = 0
            def counter(start=0):
                def step(by=1):
                    global total
                    total += by
                    return start + total
                return step
            """,
            memo="""
            def remembering(function):
                known = {}
                def inner(n):
                    return known.setdefault(n, n in known or function(n))
                return inner
            @remembering
            def slow(n):
                calls.append(n)
                return n * n
            calls = []
            """,
        ),
        "wrong": handed(
            counter="def counter(start=0):\n    return lambda by=1: start + by",
            compose="def compose(*functions):\n    return functions[0]",
            memo="""
            remembering = lambda f: f
            @remembering
            def slow(n):
                calls.append(n)
                return n * n
            calls = []
            """,
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            counter="""
            def counter(start=0):
                def step(by=1):
                    start += by
                    return start
                return step
            """
        ),
    },
)

GENERATORS = Specimen(
    "streams",
    (
        answer(
            "primes",
            """
            def primes():
                ### BEGIN SOLUTION
                found = []
                number = 2
                while True:
                    if all(number % p for p in found):
                        found.append(number)
                        yield number
                    number += 1
                ### END SOLUTION
            stream = primes()
            """,
        ),
        check("first-check", 1, "assert [next(stream) for _ in range(3)] == [2, 3, 5]"),
        check(
            "go-on-check",
            2,
            """
            import itertools, types
            assert isinstance(stream, types.GeneratorType)
            assert list(itertools.islice(stream, 2)) == [7, 11]
            ### BEGIN HIDDEN TESTS
            assert next(itertools.dropwhile(lambda p: p < 100, primes())) == 101
            ### END HIDDEN TESTS
            """,
        ),
        check("hidden-step", 1, "### BEGIN HIDDEN TESTS\nassert next(stream) == 13\n### END HIDDEN TESTS"),
        check("next-step", 1, "assert next(stream) == 17"),
        answer(
            "average",
            """
            def average():
                "Send it numbers; it answers with their mean."
                ### BEGIN SOLUTION
                total = count = 0
                mean = None
                while True:
                    total += yield mean
                    count += 1
                    mean = total / count
                ### END SOLUTION
            """,
        ),
        check(
            "average-check",
            2,
            "meter = average()\nnext(meter)\nassert [meter.send(n) for n in (2, 4, 9)] == [2, 3, 5]",
        ),
        answer(
            "flat",
            """
            def flat(nested):
                ### BEGIN SOLUTION
                for part in nested:
                    if isinstance(part, list):
                        yield from flat(part)
                    else:
                        yield part
                ### END SOLUTION
            """,
        ),
        check("flat-check", 1, "assert list(flat([1, [2, [3, []]], 4])) == [1, 2, 3, 4]"),
    ),
    {
        "partly": handed(
            primes="def primes():\n    yield from [2, 3, 5, 7, 11]\nstream = primes()",
            flat="""
            def flat(nested):
                for part in nested:
                    yield from part if isinstance(part, list) else [part]
            """,
        ),
        "wrong": handed(
            primes="def primes():\n    return [2, 3, 5, 7, 11]\nstream = iter(primes())",
            average="def average():\n    while True:\n        got = yield\n        yield got",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            primes="def primes():\n    yield 2\n    raise StopIteration\nstream = primes()",
            flat="flat = None",
        ),
    },
)

RECURSION = Specimen(
    "recursion",
    (
        answer(
            "power",
            """
            def power(base, exponent):
                ### BEGIN SOLUTION
                if exponent == 0:
                    return 1
                half = power(base, exponent // 2)
                return half * half * (base if exponent % 2 else 1)
                ### END SOLUTION
            """,
        ),
        check(
            "power-check",
            2,
            """
            assert power(2, 10) == 1024
            ### BEGIN HIDDEN TESTS
            assert power(3, 4000) == 3 ** 4000
            ### END HIDDEN TESTS
            """,
        ),
        answer(
            "moves",
            """
            from functools import lru_cache
            ### BEGIN SOLUTION
            @lru_cache(maxsize=None)
            def moves(stairs):
                return 1 if stairs < 2 else moves(stairs - 1) + moves(stairs - 2)
            ### END SOLUTION
            """,
        ),
        check(
            "moves-check",
            2,
            """
            assert [moves(n) for n in range(6)] == [1, 1, 2, 3, 5, 8]
            ### BEGIN HIDDEN TESTS
            assert moves(200) == 453973694165307953197296969697410619233826
            assert moves.cache_info().hits > 0
            ### END HIDDEN TESTS
            """,
        ),
        answer(
            "order",
            """
            def orders(things):
                ### BEGIN SOLUTION
                if not things:
                    return [[]]
                return [[t, *rest] for i, t in enumerate(things) for rest in orders(things[:i] + things[i + 1:])]
                ### END SOLUTION
            """,
        ),
        check(
            "order-check",
            1,
            """
            from itertools import permutations
            assert orders([1, 2, 3]) == [list(p) for p in permutations([1, 2, 3])]
            """,
        ),
    ),
    {
        "partly": handed(
            power="""
            def power(base, exponent):
                return base * power(base, exponent - 1) if exponent else 1
            """,
            moves="""
            def moves(stairs):
                a = b = 1
                for _ in range(stairs):
                    a, b = b, a + b
                return a
            """,
        ),
        "wrong": handed(
            power="def power(base, exponent):\n    return base * exponent", order="orders = list"
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            power="def power(base, exponent):\n    return base * power(base, exponent)",
            moves="moves = lambda n: moves(n)",
        ),
    },
)

REGEX = Specimen(
    "patterns",
    (
        given(
            "setup",
            "import re\nletters = 'Ring 030 1234567 or +49 30 7654321; write to a.b@school.example or x@y.'",
        ),
        answer(
            "mail",
            "### BEGIN SOLUTION\nmails = re.findall(r'[\\w.]+@\\w+(?:\\.\\w+)+', letters)\n### END SOLUTION",
        ),
        check("mail-check", 1, "assert mails == ['a.b@school.example'], mails"),
        answer(
            "date",
            """
            def to_iso(words):
                "24.12.2026 becomes 2026-12-24, wherever it stands."
                ### BEGIN SOLUTION
                def turned(m):
                    return f"{m[3]}-{int(m[2]):02}-{int(m[1]):02}"
                return re.sub(r"\\b(\\d\\d?)\\.(\\d\\d?)\\.(\\d{4})\\b", turned, words)
                ### END SOLUTION
            """,
        ),
        check(
            "date-check",
            2,
            r"""
            assert to_iso("on 24.12.2026.") == "on 2026-12-24."
            ### BEGIN HIDDEN TESTS
            assert to_iso("1.2.2026 and 3.4.2027") == "2026-02-01 and 2027-04-03"
            assert to_iso("version 1.2.20261") == "version 1.2.20261"
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", to_iso("9.9.1999"))
            ### END HIDDEN TESTS
            """,
        ),
    ),
    {
        "partly": handed(
            date=r"def to_iso(words):" "\n" r"    return re.sub(r'(\d+)\.(\d+)\.(\d+)', r'\3-\2-\1', words)"
        ),
        "wrong": handed(mail="mails = letters.split('@')", date="def to_iso(words):\n    return words"),
        "empty": UNTOUCHED,
        "crashing": handed(
            mail="mails = re.findall('(', letters)",
            date="def to_iso(words):\n    return re.match('x', words).group()",
        ),
    },
)

DATACLASSES = Specimen(
    "typed",
    (
        given(
            "setup",
            """
            from dataclasses import dataclass, field, fields, is_dataclass, replace
            from typing import get_type_hints
            """,
        ),
        answer(
            "lesson",
            """
            ### BEGIN SOLUTION
            @dataclass(frozen=True, order=True)
            class Lesson:
                day: int
                subject: str
                pupils: list[str] = field(default_factory=list, compare=False)
            ### END SOLUTION
            """,
        ),
        check(
            "lesson-check",
            1,
            """
            assert is_dataclass(Lesson)
            assert [f.name for f in fields(Lesson)] == ['day', 'subject', 'pupils']
            """,
        ),
        check(
            "frozen-check",
            2,
            """
            from dataclasses import FrozenInstanceError
            one = Lesson(1, "art")
            try:
                one.day = 2
            except FrozenInstanceError:
                pass
            else:
                raise AssertionError("a lesson does not change")
            ### BEGIN HIDDEN TESTS
            assert replace(one, day=3) > one
            assert Lesson(1, "a").pupils is not Lesson(1, "a").pupils
            assert get_type_hints(Lesson)["day"] is int
            ### END HIDDEN TESTS
            """,
        ),
        answer(
            "pickled",
            """
            import copy, pickle
            ### BEGIN SOLUTION
            again = pickle.loads(pickle.dumps(Lesson(2, 'music')))
            ### END SOLUTION
            """,
        ),
        check(
            "pickled-check",
            1,
            """
            assert again == Lesson(2, 'music') and type(again) is Lesson
            assert copy.deepcopy(again) == again
            assert Lesson.__module__ == '__main__'
            """,
        ),
    ),
    {
        "partly": handed(
            lesson="""
            @dataclass
            class Lesson:
                day: int
                subject: str
                pupils: list = field(default_factory=list)
            """
        ),
        "wrong": handed(
            lesson="class Lesson:\n    def __init__(self, *all):\n        self.all = all",
            pickled="again = pickle.dumps(Lesson)",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(lesson="@dataclass\nclass Lesson:\n    day: int\n    pupils: list = []"),
    },
)

UNICODE = Specimen(
    "accents",
    (
        given(
            "setup",
            "import unicodedata\nπ = 3.14159\ngrüße = ['Grüße', 'γειά', 'привет', 'שלום', '你好', '👋🏽']",
        ),
        answer(
            "count",
            """
            def zeichen(s):
                'Wie viele sichtbare Zeichen?'
                ### BEGIN SOLUTION
                return len(unicodedata.normalize('NFC', s))
                ### END SOLUTION
            """,
        ),
        check(
            "count-check",
            1,
            """
            assert zeichen("Zoe\\u0308") == 3, "“Zoë” hat drei Zeichen 🙃"
            print("✅ gut so", *grüße)
            """,
        ),
        answer(
            "turn",
            "def umgekehrt(s):\n    ### BEGIN SOLUTION\n    return s[::-1].casefold()\n    ### END SOLUTION",
        ),
        check(
            "turn-check",
            1,
            """
            assert umgekehrt('Straße') == 'essarts'
            ### BEGIN HIDDEN TESTS
            assert umgekehrt('Ελλάδα') == 'αδάλλε'
            assert round(π, 2) == 3.14
            ### END HIDDEN TESTS
            """,
        ),
    ),
    {
        "partly": handed(
            count="zeichen = len", turn="umgekehrt = lambda s: s[::-1].replace('ß', 'ss').lower()"
        ),
        "wrong": handed(
            count="def zeichen(s):\n    return len(s.encode())", turn="umgekehrt = lambda s: '🙃'"
        ),
        "empty": UNTOUCHED,
        "crashing": handed(count="def zeichen(s):\n    return s.encode('ascii')", turn="umgekehrt = “schön”"),
    },
)

EXCEPTIONS = Specimen(
    "errors",
    (
        answer(
            "own",
            """
            ### BEGIN SOLUTION
            class TooHot(Exception):
                def __init__(self, degrees):
                    super().__init__(f"{degrees} degrees is too hot")
                    self.degrees = degrees
            ### END SOLUTION
            def brew(degrees):
                ### BEGIN SOLUTION
                if not isinstance(degrees, (int, float)):
                    raise TypeError("degrees must be a number")
                if degrees > 95:
                    raise TooHot(degrees)
                return "tea"
                ### END SOLUTION
            """,
        ),
        check("value-check", 1, "assert brew(80) == 'tea'"),
        check(
            "raise-check",
            2,
            """
            try:
                brew(100)
            except TooHot as error:
                assert error.degrees == 100
                assert "too hot" in str(error)
            else:
                assert False, "brew(100) should raise TooHot"
            ### BEGIN HIDDEN TESTS
            import unittest
            case = unittest.TestCase()
            with case.assertRaises(TypeError):
                brew("hot")
            with case.assertRaisesRegex(TooHot, "^96"):
                brew(96)
            ### END HIDDEN TESTS
            """,
        ),
        answer(
            "manager",
            """
            from contextlib import contextmanager
            steps = []
            ### BEGIN SOLUTION
            @contextmanager
            def kitchen():
                steps.append("open")
                try:
                    yield steps
                finally:
                    steps.append("close")
            ### END SOLUTION
            """,
        ),
        check(
            "manager-check",
            1,
            """
            try:
                with kitchen() as log:
                    log.append("cook")
                    1 / 0
            except ZeroDivisionError:
                pass
            assert steps == ["open", "cook", "close"], steps
            """,
        ),
        # The author expects this cell to fail.
        free("shown-error", "brew(120)"),
        check("after-error", 1, "assert steps[-1] == 'close'"),
    ),
    {
        "partly": handed(
            own="""
            class TooHot(Exception):
                degrees = 100
            def brew(degrees):
                if degrees > 95:
                    raise TooHot("too hot")
                return "tea"
            """
        ),
        "wrong": handed(
            own="TooHot = ValueError\ndef brew(degrees):\n    return 'tea'",
            manager="from contextlib import nullcontext\nsteps = []\nkitchen = lambda: nullcontext(steps)",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            own="class TooHot(BaseException):\n    pass\ndef brew(degrees):\n    raise TooHot from None",
            manager="raise SystemError('no kitchen')",
        ),
    },
)

ALL = (CLASSES, CLOSURES, GENERATORS, RECURSION, REGEX, DATACLASSES, UNICODE, EXCEPTIONS)
