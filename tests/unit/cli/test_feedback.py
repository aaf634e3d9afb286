"""What `coursekit feedback` says when it is done."""

from __future__ import annotations

import subprocess
import sys

from coursekit.cli.feedback import _report
from coursekit.policy.feedback import State
from coursekit.services.give_back import Given, Released


def report(*given: Given, release: bool = False, force: bool = False, why: str = "") -> list[str]:
    return list(_report("first", given, release, force, why))


def test_counts_then_what_changed_then_what_waits_then_what_is_out() -> None:
    assert report(
        Given("ada", State.NEW, waiting=2, released=Released.NO),
        Given("maria", State.OUTDATED, changed=("points", "comment"), released=Released.OUTDATED),
        Given("olu", State.FRESH, waiting=1, released=Released.SAME),
        Given("vera", None, problem="The gradebook has no marks of vera. Grade it again."),
    ) == [
        "first: 1 made, 1 rebuilt, 1 fresh, 1 failed.",
        "  maria: rebuilt (points, comment)",
        "3 answers wait for a reader, of 2 learners; their pages say so.",
        "What was released is outdated for 1:",
        "  maria",
        "Not released yet: 1.",
        "To release: coursekit feedback first --release",
        "  vera: The gradebook has no marks of vera. Grade it again.",
    ]


def test_where_all_is_well_it_is_short() -> None:
    assert report(Given("ada", State.FRESH, released=Released.SAME)) == ["first: 0 made, 0 rebuilt, 1 fresh."]
    assert report(Given("ada", State.FRESH), force=True, why="It is away.") == [
        "first: 0 made, 0 rebuilt, 1 fresh, made anew.",
        "Not compared with what is released: It is away.",
    ]


def test_what_was_sent_is_counted() -> None:
    assert report(
        Given("ada", State.NEW, waiting=1, released=Released.SAME, sent=True),
        Given("olu", State.FRESH, released=Released.SAME),
        Given("gone", State.FRESH, released=Released.NO, problem="gone is not in this course."),
        release=True,
    ) == [
        "first: 1 made, 0 rebuilt, 2 fresh.",
        "1 answer waits for a reader, of 1 learner; their pages say so.",
        "Released: 1. Released already, and the same: 1.",
        "  gone: gone is not in this course.",
    ]


def test_a_large_class_is_not_listed_whole() -> None:
    lines = report(*(Given(f"n{n}", State.OUTDATED, changed=("answer",)) for n in range(50)))
    assert len([line for line in lines if "rebuilt (answer)" in line]) == 20
    assert "  … and 30 more; --json lists them all." in lines


def test_help_shows_how() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coursekit", "feedback", "--help"], capture_output=True, text=True, check=True
    )
    assert "coursekit feedback spike-at-65 --release" in done.stdout
    assert all(f"--{option} " in done.stdout for option in ("learner", "force", "release", "json"))
