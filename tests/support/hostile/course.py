"""Hostile submissions to one small course, each with what it tries to get.

They are run in the project's own sandbox only, against a course that is made for them and thrown away. Each is
bounded in itself as well: an attack that would find no wall at all still ends.

    ps/ps.ipynb     easy, easy-check (2 points)   part, part-check (4, in parts)   essay (5, by a person)
                    mean, mean-check (3)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

HIDDEN = "SENTINEL-hidden-test"
"""Stands in every hidden test."""
NEIGHBOUR = "SENTINEL-neighbour"
"""Stands in everything that the others handed in."""
GRADERS = "SENTINEL-grader"
"""Stands in the grader's environment, home, token, gradebook and course folder."""
SENTINEL = "SENTINEL-"

EASY = "total = 2 + 3 + 1"
PART = "def spread(rows):\n    return max(rows) - min(rows)"
MEAN = "import numpy as np\nmean = np.array([[1, 4], [3, 2]]).mean(axis=0)"
WRONG_EASY = "total = 5"
WRONG_PART = "def spread(rows):\n    return -1"
WRONG_MEAN = "mean = [0, 0]"

POINTS = {"easy-check": 2.0, "part-check": 4.0, "mean-check": 3.0}
WORDS = "Words that a person must read."


def cells() -> list[dict[str, Any]]:
    """The author's notebook."""

    def code(name: str, source: str, points: float | None = None) -> dict[str, Any]:
        check = points is not None
        nbgrader = {
            "grade_id": name,
            "grade": check,
            "solution": not check,
            "locked": check,
            "schema_version": 3,
            "task": False,
            "cell_type": "code",
        }
        if points is not None:
            nbgrader["points"] = points
        return {
            "id": name,
            "cell_type": "code",
            "source": source,
            "metadata": {"nbgrader": nbgrader},
            "outputs": [],
            "execution_count": None,
        }

    def answer(name: str, source: str) -> dict[str, Any]:
        return code(name, f"### BEGIN SOLUTION\n{source}\n### END SOLUTION")

    def check(name: str, seen: str, hidden: str, end: str = "") -> dict[str, Any]:
        parts = [seen, "### BEGIN HIDDEN TESTS", hidden, "### END HIDDEN TESTS", *([end] if end else [])]
        return code(name, "\n".join(parts), POINTS[name])

    essay = {
        "grade_id": "essay",
        "grade": True,
        "solution": True,
        "locked": False,
        "schema_version": 3,
        "task": False,
        "cell_type": "markdown",
        "points": 5.0,
    }
    return [
        answer("easy", EASY),
        check("easy-check", "assert isinstance(total, int)", f'assert total == 6, "{HIDDEN}-1"'),
        answer("part", PART),
        check(
            "part-check",
            "points = 0\nif spread([1, 5]) == 4:\n    points += 1",
            "if spread([2, 2]) == 0:\n    points += 1.5\n"
            f"if spread([-3, 4, 1]) == 7:  # {HIDDEN}-2\n    points += 1.5",
            "points",
        ),
        {"id": "essay", "cell_type": "markdown", "source": "Your words.", "metadata": {"nbgrader": essay}},
        answer("mean", MEAN),
        check(
            "mean-check",
            "import numpy as np\nassert len(mean) == 2",
            "from statistics import fmean\n"
            f'np.testing.assert_allclose(mean, [2.0, 3.0], err_msg="{HIDDEN}-3")\n'
            "assert abs(fmean(mean) - 2.5) < 1e-9",
        ),
    ]


def notebook(cells_: list[dict[str, Any]], **metadata: Any) -> dict[str, Any]:
    """A notebook file's content."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            **metadata,
        },
        "cells": cells_,
    }


@dataclass(frozen=True)
class Attack:
    """One hostile submission. The answers beside the attack are wrong, unless it says otherwise."""

    name: str
    wants: str
    easy: str
    part: str = WRONG_PART
    mean: str = WRONG_MEAN
    essay: str = WORDS
    most: tuple[float, float, float] = (0, 0, 0)
    """What the same answers are worth without the attack: easy, part, mean."""
    named: frozenset[str] = frozenset()
    """Codes one of which the grader must see with this learner's name; empty where it gets nothing and spoils
    nothing, so that there is nothing to say."""
    place: Callable[[Path, Path], None] | None = None
    """Puts more into the submitted folder; the second path is the course's."""
    twist: Callable[[dict[str, Any]], None] | None = None
    """Changes the notebook file itself."""
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, str]:
        """By grade_id."""
        return {"easy": self.easy, "part": self.part, "mean": self.mean, "essay": self.essay}


def attack(name: str, wants: str, easy: str, named: str = "", looks: bool = False, **more: Any) -> Attack:
    """`named`: codes with spaces between them. `looks`: it has LOOK to look with. A wrong answer follows it."""
    source = dedent(easy).strip()
    if looks:
        source = f"{LOOK}\n{source}"
    if "easy_after" in more:
        source += "\n" + more.pop("easy_after")
    elif "total =" not in source:
        source += "\n" + WRONG_EASY
    for answer in ("part", "mean"):
        if answer in more:
            more[answer] = dedent(more[answer]).strip()
    return Attack(name, wants, source, named=frozenset(named.split()), **more)


# One of these must be said of whoever changes what the checks lean on.
FORGED = """
input-transformer syntax-transformer trace-function import-hook hook shell-hook shell-changed changed-tool
renamed-tool check-cannot-fail forged-check equal-to-anything ordered-anyhow contains-anything assert-without-effect
mark-overwritten mark-in-disguise probe-silent changes-builtins changes-notebook changes-checks fakes-module
reaches-into-memory reaches-into-interpreter steers-the-process
"""
DIED = "kernel-died too-slow too-much-memory worker-lost not-run"
SLOW = "too-slow kernel-died"
CUT = "output-cut too-slow kernel-died too-much-memory"

# Prints what it finds, a bounded part of it, and is stopped by nothing. What is nearest comes first.
LOOK = """
import os, sys, glob, time
_until = time.time() + 1.5
_word = "SENT" + "INEL-"
def look(path, most=1 << 18):
    if not os.path.isfile(path):
        return
    try:
        with open(path, "rb") as f:
            text = f.read(most).decode("latin-1")
    except BaseException:
        return
    at = text.find(_word)
    if at >= 0:
        print("found", path, text[max(0, at - 50):at + 80])
def walk(top, most=20000):
    waiting = [top]
    while waiting and most > 0 and time.time() < _until:
        folder = waiting.pop(0)
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            most -= 1
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in ("proc", "sys", "usr", "lib", "site-packages", ".git", "__pycache__"):
                        waiting.append(entry.path)
                elif entry.is_file() and entry.stat().st_size < 1 << 20:
                    look(entry.path)
            except OSError:
                pass
"""
