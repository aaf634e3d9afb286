"""What the checks say, as somebody at a terminal reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from coursekit.cli.pointing import _where, shown
from coursekit.model.errors import BadInput
from coursekit.wire.api import CourseRow, PointersShape


def printed(**more: Any) -> str:
    found = PointersShape.model_validate({"module": "first", "state": "checked", "submission": "s1", **more})
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    for part in shown(found):
        console.print(part)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines()) + "\n"


def prompt(*pointers: dict[str, Any], **more: Any) -> dict[str, Any]:
    whole = {"prompt": "p3", "title": "What would you say?", "next_step": "", "footer": "It can miss things."}
    return {**whole, "pointers": list(pointers), **more}


FOUND = {
    "ask": "Cites a fact.",
    "state": "found",
    "text": "You did.",
    "quote": "for nine hours",
    "start": 5,
    "end": 19,
}
MAYBE = {
    "ask": "Takes a side.",
    "state": "maybe",
    "text": "Is this it?",
    "quote": "I would ask",
    "start": 0,
    "end": 11,
}
MISSING = {"ask": "Says what to do next.", "state": "not-found", "text": "Say one thing that you will do."}


def test_found_doubtful_and_missing_are_told_apart_without_colour() -> None:
    said = printed(prompts=[prompt(FOUND, MAYBE, MISSING, next_step="Say one thing that you will do.")])
    assert (
        said
        == """\
What would you say?  p3
  ✓ Cites a fact.  found
    “for nine hours”
    You did.
  ? Takes a side.  perhaps
    “I would ask” Is this it?
  – Says what to do next.  not found by the tool

  → One next step: Say one thing that you will do.

    It can miss things.

"""
    )


def test_what_is_missing_says_its_own_step_where_another_is_the_next() -> None:
    said = printed(prompts=[prompt(MISSING, next_step="Point to one fact.")])
    assert "not found by the tool\n    Say one thing that you will do.\n" in said


def test_an_appeal_is_told() -> None:
    assert "You have asked that a person reads this answer." in printed(prompts=[prompt(appealed=True)])


def test_words_of_a_learner_give_a_terminal_no_orders() -> None:
    bad = FOUND | {"quote": "one\n two\x1b[31m \u202e[bold]three[/bold]\x07\tfour"}
    said = printed(prompts=[prompt(bad)])
    assert "“one two [31m  [bold]three[/bold]  four”" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("nothing handed in", "coursekit submit first"),
        ("being checked", "being checked"),
        ("not checked", "A person reads your answers."),
    ],
)
def test_every_state_says_what_now(state: str, words: str) -> None:
    assert words in " ".join(printed(state=state).split())


class Signed:
    def __init__(self, *courses: str) -> None:
        self._courses = [CourseRow(course=c, title=c, role="learner") for c in courses]

    def courses(self) -> list[CourseRow]:
        return self._courses


def test_course_and_module_are_the_folders_or_the_only_ones(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "prompts.json").write_text(
        '{"schema": "coursekit.prompts/1", "course": "c", "module": "first", "title": "First", "notebook": "first",'
        ' "prompts": []}'
    )
    assert _where(Signed(), str(folder), None) == ("c", "first")
    assert _where(Signed("lamps"), "first", None) == ("lamps", "first")
    assert _where(Signed("a", "b"), "first", "b") == ("b", "first")
    for courses, hint in (((), "--course."), (("a", "b"), "--course: a, b")):
        with pytest.raises(BadInput) as caught:
            _where(Signed(*courses), "first", None)
        assert caught.value.next_step.endswith(hint)
