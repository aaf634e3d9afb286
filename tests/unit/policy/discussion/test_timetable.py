"""The session: the teaching note's table, or the tasks' own minutes, fitted to the length there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from support.reference import ROOT

from coursekit.model.outcome import Allowed, Refused
from coursekit.model.plan import Answer, Slot
from coursekit.policy.discussion.timetable import (
    by_prompts,
    fit,
    fits,
    part_of,
    questions,
    read_table,
    rooms,
    section,
    unmatched,
)
from coursekit.policy.discussion.views import view
from coursekit.wire.prompts import prompt_from_json

PROMPTS = [
    prompt_from_json(
        {"id": f"p{n}", "kind": "reflection", "title": f"Task {n}", "question": "q", "minutes": n}
    )
    for n in (1, 2, 10)
]
NOTE = """# Part A: First things
| minutes | what | how |
|---|---|---|
| 0–8 | Vote \\| again | Compare with p1 and p10 |
| 8-20 | The chart (p2) | In pairs |

## Board plan

Left: **causes**.

### More of it

Right.

## Questions to ask, in this order

- Who could
  have seen it?
2. And who not?

# Part B: Second things
| minutes | what |
|---|---|
| 0–5 | Other |
"""


def test_the_table_of_the_modules_own_part() -> None:
    first, second = part_of(NOTE, "First things"), part_of(NOTE, "second Things")
    assert read_table(first, PROMPTS) == (
        Slot(0, 8, "Vote | again", "Compare with p1 and p10", ("p1", "p10"), ("p1", "p10")),  # type: ignore[arg-type]
        Slot(8, 20, "The chart (p2)", "In pairs", ("p2",), ("p2",)),  # type: ignore[arg-type]
    )
    assert read_table(second, PROMPTS) == (Slot(0, 5, "Other", "", ()),)
    assert part_of(NOTE, "Not there") == NOTE
    # What is another module's is never taken for this one's.
    assert read_table(part_of(NOTE, "Not there", ["First things"]), PROMPTS) == (Slot(0, 5, "Other", "", ()),)
    assert part_of(NOTE, "Not there", ["First things", "Second things"]) == ""


@pytest.mark.parametrize("row", ["| soon | x | y |", "| 8–2 | x | y |", "| 5 | x | y |"])
def test_a_table_that_cannot_be_read_is_none(row: str) -> None:
    assert read_table(f"| minutes | what |\n|---|---|\n{row}\n", PROMPTS) == ()
    assert read_table("no table", PROMPTS) == ()


def test_a_row_is_matched_by_a_title_and_calls_stand_where_it_is_the_matter() -> None:
    note = """| minutes | what | how |
|---|---|---|
| 0–10 | The bets | Compare with p2. Smallest camp first |
| 10–16 | **Task 1** | Hands |
| 16–40 | Task 10, task 2 | Pairs. The minority speaks last |
"""
    slots = read_table(note, PROMPTS)
    assert [(s.prompts, s.calls_for, s.smallest_first) for s in slots] == [
        (("p2",), (), True),
        (("p1",), ("p1",), None),
        (("p2", "p10"), ("p2", "p10"), False),
    ]
    assert unmatched(slots) == ()
    assert unmatched(read_table(note.replace("p2", "it"), PROMPTS)) == ("The bets",)


def test_a_row_has_room_for_its_turns_and_its_tasks_share_them() -> None:
    given = [Answer(f"l{n}", {"text": "one"}) for n in range(5)]  # type: ignore[arg-type]
    views = [view(replace(p, min_words=1), given) for p in PROMPTS]
    slots = (
        Slot(0, 15, "", "", ("p1",), ("p1",)),  # type: ignore[arg-type]
        Slot(15, 21, "", "", ("p2", "p10"), ("p2", "p10")),  # type: ignore[arg-type]
    )
    assert rooms(slots, views) == {"p1": 7, "p2": 2, "p10": 1}
    assert rooms((Slot(0, 60, "", "", ("p1",), ("p1",)),), views) == {"p1": 8}  # type: ignore[arg-type]
    # Of fewer than five nobody is called, and nothing is kept free for them.
    assert rooms(slots, [view(PROMPTS[0], given[:4]), *views[1:]]) == {"p2": 2, "p10": 1}


def test_the_board_and_the_questions() -> None:
    assert section(NOTE, "board plan") == "Left: **causes**.\n\n### More of it\n\nRight."
    assert questions(section(NOTE, "questions to ask")) == ("Who could have seen it?", "And who not?")
    assert section(NOTE, "nothing") == ""


def test_without_a_table_the_tasks_minutes_count() -> None:
    slots = by_prompts(PROMPTS)
    assert [(s.what, s.end - s.start) for s in slots] == [
        ("Opening", 5),
        ("Task 1", 1),
        ("Task 2", 2),
        ("Task 10", 10),
        ("Closing", 5),
    ]


@pytest.mark.parametrize("minutes", [5, 6, 45, 75, 90, 480])
def test_it_fills_the_session_to_the_minute(minutes: int) -> None:
    slots = fit(by_prompts(PROMPTS), minutes)
    assert (slots[0].start, slots[-1].end) == (0, minutes)
    assert all(one.end == other.start for one, other in pairwise(slots))
    assert all(s.end > s.start for s in slots)
    lengths = [s.end - s.start for s in slots]
    assert lengths[3] == max(lengths)


def test_the_right_length_changes_nothing() -> None:
    for case, module in (("regents-2010", "The spike at 65"), ("project-star", "Small classes, big promise")):
        note = (ROOT / "cases" / case / "teaching-note.md").read_text(encoding="utf-8")
        slots = read_table(part_of(note, module), PROMPTS)
        assert slots[-1].end == 75
        assert fit(slots, 75) == slots


def test_too_short_a_session_is_refused_with_a_way_out() -> None:
    slots = by_prompts(PROMPTS)
    assert isinstance(fits(slots, 5), Allowed)
    decision = fits(slots, 4)
    assert isinstance(decision, Refused)
    assert decision.reason == "The session has 5 parts and 4 minutes."


def test_turns_are_two_minutes_each() -> None:
    assert [Slot(0, n, "", "").turns for n in (1, 2, 5, 14)] == [0, 1, 2, 7]
