"""Whatever is wrong with one notebook, the batch goes on: `coursekit grade` on the whole corpus, three times.

first    all the bad ones, then the good
middle   a good one before, between and after them
last     all the good ones, then the bad
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import beside, reference
from support.beside import Course
from support.corruptions import ALL, ANSWERS, FILE, MARKS, PROSE, Corruption
from support.masters import TINY

MODULE = "first"
Marks = Mapping[str, float | None]

GOOD: Mapping[str, tuple[Mapping[str, str], Marks]] = {
    "right": (ANSWERS, MARKS),
    "wrong": ({**ANSWERS, "p3": "total = 7"}, {"p2": None, "p3-tests": 0.0}),
    "silent": ({"p3": "total = 6"}, {"p2": 0.0, "p3-tests": 2.0}),
}
"""Honest work, and what it gets."""

KILLERS = {
    "exit": "import os\nos._exit(1)",
    "signal": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "crash": "import ctypes\nctypes.string_at(0)",
}
"""Code that ends its own process."""


@dataclass(frozen=True)
class Batch:
    """A class that was graded in one go."""

    course: Course
    report: dict[str, Any]
    rows: beside.Graded

    def codes(self, learner: str) -> dict[str, set[str]]:
        """In which of the report's lists a learner is, and with which codes."""
        return {
            kind: {remark["code"] for remark in row["remarks"]}
            for kind in ("person", "failed", "noted", "mended")
            for row in self.report[kind]
            if row["learner"] == learner
        }

    def marks(self, learner: str) -> dict[str, float | None]:
        """Points by the machine; none where a person must look."""
        rows = {cell: row for (who, _, cell), row in self.rows.grades.items() if who == learner}
        assert all((row[0] is None) == row[2] for row in rows.values()), rows
        return {cell: row[0] for cell, row in rows.items()}

    def text(self, learner: str, grade_id: str) -> str:
        """What graders see of an answer."""
        path = self.course.root / "autograded" / learner / MODULE / FILE
        cells = beside.read_notebook(path)["cells"]
        return str(
            next(c["source"] for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)
        )


def _names(position: str) -> dict[str, str]:
    """Everybody's name and what they handed in; a batch is graded by name."""
    bad = [*(c.name for c in ALL), *(f"killed_by_{name}" for name in KILLERS)]
    good = [f"good_{name}" for name in GOOD]
    if position == "first":
        order = [*bad, *good]
    elif position == "last":
        order = [*good, *bad]
    else:
        order = [good[0]]
        for number, name in enumerate(bad):
            order += [name] if number % 3 else [name, good[number // 3 % len(good)]]
        order.append(good[1])
    return {f"{number:03}-{name}": name for number, name in enumerate(order)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course, with its first module generated."""
    root = tmp_path_factory.mktemp("corpus") / "made"
    beside.configure(root, reference.SETTINGS, "tiny")
    shutil.copytree(TINY, root, dirs_exist_ok=True)
    reference.build(root, MODULE)
    beside.generate(root, MODULE)
    return root


@pytest.fixture(scope="module", params=["first", "middle", "last"])
def batch(request: pytest.FixtureRequest, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    course = Course(made, MODULE, "tiny").copy(tmp_path_factory.mktemp("graded") / request.param)
    corruptions = {c.name: c for c in ALL}
    for learner, name in _names(request.param).items():
        answers = GOOD[name.removeprefix("good_")][0] if name.startswith("good_") else ANSWERS
        if name.startswith("killed_by_"):
            answers = {**ANSWERS, "p3": KILLERS[name.removeprefix("killed_by_")]}
        folder = _hand_in(course.root, learner, answers)
        if name in corruptions:
            corruptions[name].apply(folder)
    beside.by_coursekit([course])
    return Batch(course, json.loads(course.said), course.rows())


def _hand_in(root: Path, learner: str, answers: Mapping[str, str]) -> Path:
    folder = root / "submitted" / learner / MODULE
    shutil.copytree(root / "release" / MODULE, folder)
    value = json.loads((folder / FILE).read_text())
    for cell in value["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(grade_id, cell["source"])
    (folder / FILE).write_text(json.dumps(value))
    return folder


def _everybody(batch: Batch) -> dict[str, str]:
    return _names(batch.course.root.name)


def test_everybody_is_graded(batch: Batch) -> None:
    everybody = _everybody(batch)
    assert batch.report["graded"] == len(everybody)
    assert batch.report["failed"] == []
    # Nothing of a hidden test, a solution or a note for faculty is said about anybody.
    assert "CANARY" not in batch.course.said
    graded = batch.course.root / "autograded"
    assert {path.name for path in graded.iterdir() if not path.name.startswith(".")} == set(everybody)


def test_good_neighbours_keep_exactly_their_marks(batch: Batch) -> None:
    for learner, name in _everybody(batch).items():
        if name.startswith("good_"):
            answers, marks = GOOD[name.removeprefix("good_")]
            assert (learner, batch.marks(learner)) == (learner, marks)
            assert (learner, batch.codes(learner)) == (learner, {})
            assert answers["p3"] == batch.text(learner, "p3")


@pytest.mark.parametrize("corruption", ALL, ids=lambda c: c.name)
def test_each_bad_one_is_mended_or_goes_to_a_person(batch: Batch, corruption: Corruption) -> None:
    learner = next(who for who, name in _everybody(batch).items() if name == corruption.name)
    assert batch.marks(learner) == corruption.marks
    said = batch.codes(learner)
    if corruption.unreadable:
        assert said == {"person": {corruption.unreadable, *corruption.codes}}
    else:
        assert said == ({"mended": set(corruption.codes)} if corruption.codes else {})
    for grade_id, parts in corruption.answers.items():
        for part in parts:
            assert part.strip() in batch.text(learner, grade_id).replace("\r\n", "\n")


@pytest.mark.parametrize("killer", KILLERS)
def test_a_dead_kernel_costs_no_written_answer(batch: Batch, killer: str) -> None:
    learner = next(who for who, name in _everybody(batch).items() if name == f"killed_by_{killer}")
    assert batch.marks(learner) == {"p2": None, "p3-tests": None}
    assert batch.text(learner, "p2") == PROSE
    said = batch.codes(learner)
    assert set(said) == {"person"}
    assert "kernel-died" in said["person"]
