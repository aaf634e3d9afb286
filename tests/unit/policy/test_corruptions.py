"""Whatever happened to a notebook on its way, a repair or a reason comes of it, and the answers are still there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.corruptions import ALL, ANSWERS, FILES, Corruption
from support.masters import check_sound, handed_in, tiny_master

from coursekit.model.grading import Repaired, Unreadable
from coursekit.policy.repair import repair
from coursekit.policy.scoring import comments, score
from coursekit.policy.steps import steps
from coursekit.store.oldnotebooks import upgrade

MASTER = tiny_master()
HONEST = json.dumps(handed_in(MASTER, ANSWERS)).encode()


def test_there_are_many() -> None:
    assert len(ALL) >= 60
    assert len({corruption.name for corruption in ALL}) == len(ALL)


def test_nothing_is_said_about_an_honest_notebook() -> None:
    repaired = repair(HONEST, MASTER, upgrade)
    assert isinstance(repaired, Repaired)
    assert repaired.remarks == ()
    check_sound(repaired, MASTER)


@pytest.mark.parametrize("corruption", FILES, ids=lambda c: c.name)
def test_a_corruption_is_mended_or_named(corruption: Corruption) -> None:
    assert corruption.of_file is not None
    repaired = repair(corruption.of_file(HONEST), MASTER, upgrade)
    if corruption.unreadable:
        assert isinstance(repaired, Unreadable)
        assert repaired.remark.code == corruption.unreadable
        return
    assert isinstance(repaired, Repaired)
    assert {remark.code for remark in repaired.remarks} == corruption.codes
    check_sound(repaired, MASTER)
    texts = {
        cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"]
        for cell in repaired.notebook["cells"]
    }
    for grade_id, parts in corruption.answers.items():
        for part in parts:
            assert part.strip() in texts[grade_id].replace("\r\n", "\n")


@pytest.mark.parametrize("corruption", [c for c in FILES if not c.unreadable], ids=lambda c: c.name)
def test_an_answer_in_words_keeps_its_way_to_a_person(corruption: Corruption) -> None:
    """Also when nothing ran: a kernel that dies costs no written answer."""
    assert corruption.of_file is not None
    repaired = repair(corruption.of_file(HONEST), MASTER, upgrade)
    assert isinstance(repaired, Repaired)
    grades = {grade.grade_id: grade for grade in score(repaired, MASTER, None)}
    assert grades["p2"].score == corruption.marks["p2"]
    assert grades["p2"].waiting == (corruption.marks["p2"] is None)
    assert grades["p3-tests"].waiting
    assert comments(repaired, MASTER)["p2"] == (corruption.marks["p2"] == 0)


@pytest.mark.parametrize("corruption", [c for c in FILES if not c.unreadable], ids=lambda c: c.name)
def test_the_learners_code_runs_and_passes_the_test(corruption: Corruption) -> None:
    """In plain Python, without the calls of coursekit's: what runs, and in which order, is what counts here."""
    assert corruption.of_file is not None
    repaired = repair(corruption.of_file(HONEST), MASTER, upgrade)
    assert isinstance(repaired, Repaired)
    space: dict[str, Any] = {}
    passed = []
    for step in steps(repaired, MASTER):
        try:
            exec(step.source, space)
            exec(step.check or "", dict(space))
        except Exception:
            if step.check:
                passed.append(False)
        else:
            passed += [True] if step.check else []
    assert passed == [corruption.marks["p3-tests"] == 2.0]
