"""Notebooks whose checks give part of their points: the last value of the cell, as far as nbgrader takes it."""

from __future__ import annotations

from support.zoo.making import UNTOUCHED, Specimen, answer, check, given, handed

NUMBERS = Specimen(
    "portions",
    (
        answer("share", "# a number from 0 to 1\n### BEGIN SOLUTION\nshare = 1\n### END SOLUTION"),
        check("int", 2, "2 if share == 1 else 1 if share > 0.5 else 0"),
        check("float", 3, "share * 2.5"),
        check("scientific", 1, "share * 1e-3"),
        check("zero", 1, "0"),
        check("text-first", 2, "print('You have', share)\nprint('of 1')\nround(share * 1.5, 2)"),
        check(
            "shown-first", 2, "from IPython.display import display\ndisplay(9)\ndisplay({'a': share})\nshare"
        ),
        check(
            "hidden-number", 4, "assert share >= 0\n### BEGIN HIDDEN TESTS\nshare * 3\n### END HIDDEN TESTS"
        ),
        check(
            "hidden-before",
            4,
            "### BEGIN HIDDEN TESTS\nassert share <= 1, 'more than all'\n### END HIDDEN TESTS\nshare * 4",
        ),
        check("timed", 2, "%%time\nshare * 1.25"),
    ),
    {
        "partly": handed(share="share = 0.6"),
        "wrong": handed(share="share = 0"),
        "empty": UNTOUCHED,
        # A negative number is all of the points with nbgrader, and a word no number.
        "crashing": handed(share="share = -0.25"),
    },
)

OTHERS = Specimen(
    "remainders",
    (
        given("setup", "import decimal, fractions\nimport numpy as np\nimport pandas as pd"),
        answer("part", "### BEGIN SOLUTION\npart = 0.5\n### END SOLUTION"),
        check("numpy-float", 2, "np.float64(part)"),
        check("numpy-int", 2, "np.int64(1)"),
        check("array", 2, "np.array(part)"),
        check("bool", 2, "part > 0.4"),
        check("numpy-bool", 2, "np.array([part]).all()"),
        check("string", 2, "str(part)"),
        check("none", 2, "None"),
        check("list", 2, "[part]"),
        check("tuple", 2, "(part, 2)"),
        check("decimal", 2, "decimal.Decimal(str(part))"),
        check("fraction", 2, "fractions.Fraction(part)"),
        check("nan", 2, "float('nan')"),
        check("negative", 2, "-part"),
        check("minus-zero", 2, "-0.0 * part"),
        check("mute", 2, "part;"),
        check("named", 2, "result = part"),
        check("printed", 2, "print(part)"),
        check("series", 2, "pd.Series([part])"),
        check("scalar", 2, "pd.Series([part]).sum().item()"),
        check("page", 2, "from IPython.display import HTML\nHTML(f'<b>{part}</b>')"),
    ),
    {"wrong": handed(part="part = 0.25"), "empty": UNTOUCHED, "crashing": handed(part="part = '0.5'")},
)

RUBRIC = Specimen(
    "roman",
    (
        answer(
            "roman",
            """
            def roman(number):
                ### BEGIN SOLUTION
                table = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
                         (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
                out = ""
                for value, sign in table:
                    out += sign * (number // value)
                    number %= value
                return out
                ### END SOLUTION
            """,
        ),
        check(
            "roman-points",
            6,
            """
            points = 0
            cases = {1: "I", 4: "IV", 9: "IX", 14: "XIV"}
            ### BEGIN HIDDEN TESTS
            cases |= {1990: "MCMXC", 2026: "MMXXVI"}
            ### END HIDDEN TESTS
            for number, expected in cases.items():
                try:
                    assert roman(number) == expected, f"{number} should be {expected}"
                    points += 1
                except Exception as problem:
                    print("✗", problem)
            print(f"{points} of {len(cases)}")
            points
            """,
        ),
        # The author forgot that a comparison is a value: it is no number, and counts in full.
        check("forgotten", 1, "roman(3) == 'III'"),
    ),
    {
        "partly": handed(
            roman="""
            def roman(number):
                out = ""
                for value, sign in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]:
                    while number >= value:
                        out, number = out + sign, number - value
                return out
            """
        ),
        "wrong": handed(roman="def roman(number):\n    return 'I' * number"),
        "empty": UNTOUCHED,
        "crashing": handed(roman="def roman(number):\n    return {1: 'I', 4: 'IV'}[number]"),
    },
)

# Alone: a number that is not one sends the whole notebook to a person.
DISGUISED = Specimen(
    "disguised",
    (
        answer("part", "### BEGIN SOLUTION\npart = 0.5\n### END SOLUTION"),
        check(
            "disguise",
            2,
            """
            class Points:
                def __repr__(self):
                    return "0.5"
            Points()
            """,
        ),
        check("lines", 2, "class Two:\n    def __repr__(self):\n        return '1\\n2'\nTwo()"),
        check("spaces", 2, "class Wide:\n    def __repr__(self):\n        return '  1.5  '\nWide()"),
        check("underscore", 2, "type('U', (), {'__repr__': lambda self: '1_0e-1'})()"),
    ),
    {},
)

OVER = Specimen(
    "bonus",
    (
        answer("tries", "### BEGIN SOLUTION\ntries = 2\n### END SOLUTION"),
        check("tries-check", 2, "tries"),
        check("other-check", 1, "assert tries > 0"),
    ),
    # More than there is: nbgrader stops here.
    {"wrong": handed(tries="tries = 5"), "crashing": handed(tries="tries = float('inf')")},
)

ALL = (NUMBERS, OTHERS, RUBRIC)
