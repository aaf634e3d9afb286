"""A rehearsal of each module of the reference course, as a discussion leader would make it."""

from __future__ import annotations

import pytest
from support.reference import MODULES, ROOT

from coursekit.model.prompt import PromptKind
from coursekit.policy.discussion.words import unmatched_words
from coursekit.services.plan import make, read_asked, rehearse
from coursekit.store.authored import read_course, read_exemplars
from coursekit.store.notebookfiles import read_notebook


@pytest.mark.parametrize("name", MODULES)
def test_a_rehearsal_fills_its_rows_and_quotes_no_poor_answer(name: str) -> None:
    course = read_course(ROOT)
    module = next(m for m in course.modules if m.id == name)
    note = (ROOT / "cases" / str(module.case) / "teaching-note.md").read_text(encoding="utf-8")
    asked = read_asked(course, module, read_notebook(ROOT / "modules" / name / f"{name}.ipynb"), note, {})
    exemplars = read_exemplars(ROOT / "modules" / name)
    plan = make(asked, rehearse(asked, exemplars), {}, 75, False, "today")
    poor = {e.id for e in exemplars if e.adequate is False}
    quoted = {q.learner for v in plan.views for q in v.quotes}
    assert quoted
    assert quoted.isdisjoint(poor)
    assert len({c.learner for c in plan.calls}) == len(plan.calls)
    counted = {v.prompt.id: v.counted for v in plan.views}
    silent = {
        v.prompt.id for v in plan.views if v.prompt.kind in (PromptKind.ANALYSIS, PromptKind.SELF_ASSESSMENT)
    }
    for slot in plan.slots:
        here = [p for p in slot.calls_for if counted[p] and p not in silent]
        if len(here) == 1:
            called = [c for c in plan.calls if c.prompt == here[0]]
            assert len(called) == min(counted[here[0]], max(1, min(8, slot.turns))), slot.what


def test_rows_without_a_task_are_told_with_a_task_that_has_no_row() -> None:
    name = "small-classes"
    course = read_course(ROOT)
    module = next(m for m in course.modules if m.id == name)
    note = "| minutes | what |\n|---|---|\n| 0–60 | Jonas's chart |\n| 60–75 | Nine places |\n"
    asked = read_asked(course, module, read_notebook(ROOT / "modules" / name / f"{name}.ipynb"), note, {})
    plan = make(asked, rehearse(asked, []), {}, 75, False, "today")
    assert plan.slots[0].calls_for == ("p1",)
    assert unmatched_words(plan) == (
        "Nobody is called in “Nine places”: no task is named there. If a task belongs there, write its id or its "
        "title into the row of teaching-note.md, such as “Nine places (p2)”."
    )
