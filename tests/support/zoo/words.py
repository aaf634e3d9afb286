"""Notebooks with answers that a person marks."""

from __future__ import annotations

from support.zoo.making import (
    UNTOUCHED,
    Handed,
    Specimen,
    answer,
    check,
    handed,
    manual,
    solution,
    task,
    text,
    written,
)

ESSAY = Specimen(
    "essay",
    (
        text("## A school that changes\nAnswer in your own words."),
        written("goal", 5, "What did the school want to reach?"),
        written(
            "doubt", 3, "### BEGIN SOLUTION\nThat the figures show less than they seem to.\n### END SOLUTION"
        ),
        written("formula", 1, r"$\bar{x} = \frac{1}{n} \sum_{i=1}^n x_i$"),
        written("free", 0, "Anything else?"),
    ),
    {
        "right": handed(
            goal="Fewer pupils who leave without a certificate.",
            doubt="Only two years.",
            formula="$x$",
            free="",
        ),
        "partly": handed(goal="YOUR ANSWER HERE\n\nNo idea, sorry.", doubt="*?*", free="🙃"),
        "wrong": handed(
            goal="<script>alert('goal')</script>\n<b>bold</b>",
            doubt="# Not\n```python\nwhile True: pass\n```",
        ),
        "empty": UNTOUCHED,
        "crashing": Handed({"goal": "It\u0000 was \u001b[31mred", "doubt": "x" * 40_000}),
    },
)

BLANKS = Specimen(
    "blanks",
    (
        written("one", 1, "What?"),
        written("two", 1, "Where?"),
        written("three", 1, "When?"),
        manual("code", 2, solution("print('something')")),
        check("still-here", 1, "assert True"),
    ),
    {
        # Only blanks, or the released text with blanks around it: with nbgrader that is an answer.
        "right": Handed({"one": "There."}),
        "partly": Handed({"one": " ", "two": "\n\n", "three": "", "code": "\n"}),
        "wrong": Handed(
            {
                "one": "YOUR ANSWER HERE ",
                "two": "\nYOUR ANSWER HERE\n",
                "three": "YOUR ANSWER HERE",
                "code": "# YOUR CODE HERE\nraise NotImplementedError()\n",
            }
        ),
        "empty": UNTOUCHED,
        "crashing": Handed(
            {
                "one": "\t\n \u00a0",
                "two": "your answer here",
                "three": "YOUR ANSWER HERE.",
                "code": "# YOUR CODE HERE\nraise NotImplementedError()  ",
            }
        ),
    },
)

TASKS = Specimen(
    "survey",
    (
        task("plan", 6, "Plan a survey. Write into as many cells as you like."),
        text("Your cells can stand here."),
        task("run", 4, "Now try it with three people."),
    ),
    {
        "right": Handed({}, extra={"plan": "people = ['Ada', 'Bo']\npeople"}),
        "partly": Handed({"plan": "I changed the task."}, extra={"run": "1 / 0"}),
        "wrong": Handed({}, missing=("text",)),
        "empty": UNTOUCHED,
    },
)

BY_HAND = Specimen(
    "draft",
    (
        manual("class", 4, solution("class Lamp:\n    'A lamp with a switch.'\n    on = False")),
        check("class-check", 1, "assert Lamp.on is False"),
        manual("plot", 3, solution("import matplotlib.pyplot as plt\nplt.plot([3, 1, 2])\nplt.show()")),
        answer("small", "### BEGIN SOLUTION\nlit = Lamp()\nlit.on = True\n### END SOLUTION"),
        check("small-check", 1, "assert lit.on and not Lamp.on"),
    ),
    {
        "partly": handed(plot="raise SystemError('no screen')", **{"class": "class Lamp:\n    on = False"}),
        "wrong": handed(plot="# a plot would come here", **{"class": "Lamp = 'on'"}),
        "empty": UNTOUCHED,
        "crashing": handed(
            plot="import matplotlib.pyplot as plt\nplt.plot([3], [1, 2])", small="lit = lamp()"
        ),
    },
)

ALL = (ESSAY, BLANKS, TASKS, BY_HAND)
