"""The same marks as nbgrader: both grade the same hand-ins, and every row of their gradebooks is compared.

Where ours differ on purpose, DECISIONS says so cell by cell: a difference that is not in there fails, and so does
one that is in there and does not happen. docs/grading.md tells the same decisions to people.

Of the courses in RECORDED nbgrader's half is what it gave when it was last run on exactly these hand-ins
(support/recorded.py says when it is run again, and why no difference of ours gets by). It is run each time on
its own documentation course and on late work, which is graded again with marks of a person's in it; with --soak
on all, and the recordings have to be what it says.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support import beside, recorded, reference
from support.beside import Course
from support.recorded import Recording
from support.zoo.courses import GROUPED, apart, specimens
from support.zoo.making import LEARNERS, write_masters, write_submissions

from coursekit.policy.reflection.questions import is_draft

ROOT = Path(__file__).parent.parent.parent
RECORDED = frozenset({a.name for a in GROUPED} - {"late"}) | frozenset(reference.MODULES)
WAITING = None
"""Instead of points: a person must look."""

Row = tuple[str, str]
"""Learner and cell."""


@dataclass(frozen=True)
class Decision:
    """One thing that we do otherwise."""

    code: str
    sentence: str
    """As it stands in docs/grading.md."""
    points: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    """Module/cell → learner → what we give there, and nbgrader does not."""
    no_response: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Module/cell → learners where we say “No response.”, and nbgrader says nothing."""


DECISIONS = (
    Decision(
        "stderr",
        "text on stderr costs no points",
        {
            "checks/noise-warned": {"right": 1, "partly": 1},
            "checks/noise-split": {"right": 1, "partly": 1},
            "checks/noise-quiet": {"wrong": 2},
            "checks/noise-number": {"partly": 2},
            "checks/noise-bar-check": {"partly": 1, "wrong": 1, "crashing": 1},
            "checks/seats-loud": {"right": 2},
            "checks/seats-main": {"right": 2, "partly": 2},
            "data/together-threads-check": {"crashing": 2},
        },
    ),
    Decision(
        "white-space",
        "an answer of white space is no answer",
        {
            "checks/blanks-one": {"partly": 0, "wrong": 0, "crashing": 0},
            "checks/blanks-two": {"partly": 0, "wrong": 0},
            "checks/blanks-three": {"partly": 0},
            "checks/blanks-code": {"partly": 0, "wrong": 0, "crashing": 0},
            "checks/essay-free": {"right": 0},
        },
        {
            "checks/blanks-one": ("partly", "wrong", "crashing"),
            "checks/blanks-two": ("partly", "wrong"),
            "checks/blanks-three": ("partly",),
            "checks/blanks-code": ("partly", "wrong", "crashing"),
            "checks/essay-free": ("right",),
        },
    ),
    Decision(
        "missing-answer",
        "an answer that was deleted counts as not answered, and says so",
        {"gaps/gaps-words": {"crashing": 0}, "mended/gaps-words": {"crashing": 0}},
        {
            "gaps/gaps-words": ("crashing",),
            "mended/gaps-words": ("crashing",),
            "mended/gaps-two": ("wrong",),
        },
    ),
    Decision(
        "missing-check",
        "a test that was deleted comes back and counts",
        {"gaps/gaps-two-check": {"partly": 2}, "gaps/gaps-end-check": {"crashing": 1}},
    ),
    Decision(
        "odd-score",
        "a number that is no mark, or several that differ, go to a person",
        {
            "python/remainders-negative": {"right": WAITING, "partly": WAITING, "wrong": WAITING},
            "python/remainders-nan": dict.fromkeys(LEARNERS, WAITING),
            "python/portions-float": {"crashing": WAITING},
            "python/portions-scientific": {"crashing": WAITING},
            "python/portions-text-first": {"crashing": WAITING},
            "python/portions-shown-first": {"crashing": WAITING},
            "python/portions-hidden-before": {"crashing": WAITING},
            "python/portions-timed": {"crashing": WAITING},
            # Of a learner with a number that is too large nbgrader marks nothing at all.
            "bonus/bonus-other-check": {"wrong": 1, "crashing": 1},
        },
    ),
    Decision(
        "alarm",
        "where code reached for its own marks, a person looks at every check",
        # A number that is none: an object that shows itself as one.
        {
            "odd/disguised-disguise": {"right": WAITING},
            "odd/disguised-lines": {"right": WAITING},
            "odd/disguised-spaces": {"right": WAITING},
            "odd/disguised-underscore": {"right": WAITING},
        },
    ),
    Decision(
        "left-behind",
        "a test that fails where a thread of an earlier cell was still at work goes to a person",
        {
            "odd/living-worker-check": {"right": WAITING, "crashing": WAITING},
            "odd/living-pool-check": {"right": WAITING, "wrong": WAITING, "crashing": WAITING},
        },
    ),
    Decision(
        "on-its-own",
        "what a hidden test defines is there for later tests, also where one of its lines has failed",
        {"checks/sealed-names": {"empty": 1}},
    ),
    Decision(
        "no-hidden-traces",
        "what a hidden test changes is there for later tests, and not for later answers",
        {"checks/account-double-check": {"right": 0, "partly": 0}},
    ),
    # No mark differs in these: what does, the tests below and `_compare` tell.
    Decision(
        "note",
        "a note of the checks stands in the automatic comment of prose that waits for a person",
    ),
    Decision(
        "kernel-died",
        "checks that a dead interpreter did not get to go to a person; everything else keeps its mark",
    ),
    Decision(
        "manual-marks",
        "a mark that a person gave stays done after a regrade, while the answer is the same",
    ),
)


@dataclass(frozen=True)
class Both:
    """One module, graded twice."""

    theirs: Course | Recording
    ours: Course


def _copies(courses: list[Course], tmp: Path, settings: Mapping[str, str], soak: bool) -> dict[str, Both]:
    """Each course for both graders, graded."""
    ours = [course.copy(tmp / "ours" / course.module) for course in courses]
    known: dict[str, Recording] = {}
    dues = {}
    for course in ours:
        beside.configure(course.root, settings.get(course.module, ""), course.course_id)
        with course.gradebook() as book:
            dues[course.module] = book.find_assignment(course.module).duedate
        found = recorded.find(course, dues[course.module]) if course.module in RECORDED else None
        if found is not None:
            known[course.module] = found
    asked = os.environ.get("COURSEKIT_RECORD")
    live = [c.copy(tmp / "theirs" / c.module) for c in ours if asked or soak or c.module not in known]
    # Where one only waits for a time limit, the other is at work.
    with ThreadPoolExecutor(2) as both:
        mine = both.submit(beside.by_coursekit, sorted(ours, key=_who_waits_first))
        theirs = both.submit(beside.by_nbgrader, live)
        mine.result()
        theirs.result()
    if asked:
        for course in live:
            if course.module in RECORDED:
                recorded.write(course, dues[course.module], course.rows())
    elif soak:
        for course in live:
            if course.module in known:
                assert course.rows() == known[course.module].rows(), course.module
    pairs: dict[str, Course | Recording] = {**known, **{c.module: c for c in live}}
    return {c.module: Both(pairs[c.module], c) for c in ours}


def _who_waits_first(course: Course) -> bool:
    return course.module not in ("odd", "endless")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory, soak: bool) -> dict[str, Both]:
    tmp = tmp_path_factory.mktemp("zoo")
    assignments = (*GROUPED, *(apart() if soak else ()))
    made = tmp / "made"
    beside.configure(made)
    for assignment in assignments:
        write_masters(assignment, made / "source" / assignment.name)
    beside.generate(made, *(a.name for a in assignments))
    courses = [Course(made, a.name) for a in assignments]
    with courses[0].gradebook() as book:
        for assignment in assignments:
            if assignment.due:
                book.update_or_create_assignment(assignment.name, duedate=f"{assignment.due} UTC")
    for assignment in assignments:
        write_submissions(assignment, made / "release" / assignment.name, made / "submitted")
    return _copies(courses, tmp, {a.name: a.settings for a in assignments}, soak)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory, soak: bool) -> dict[str, Both]:
    tmp = tmp_path_factory.mktemp("modules")
    made = tmp / "made"
    beside.configure(made, reference.SETTINGS, reference.COURSE)
    reference.copy_course(made)
    with (made / "modules" / "course.yml").open("a") as file:
        file.write("late: {grace_minutes: 0, penalty_per_day: 0.1}\n")
    reference.build(made, *reference.MODULES)
    beside.generate(made, *reference.MODULES)
    courses = [Course(made, module, reference.COURSE) for module in reference.MODULES]
    with courses[0].gradebook() as book:
        for module in reference.MODULES:
            # In the middle of the class: some are late.
            book.update_or_create_assignment(module, duedate="2027-02-01 10:02:30 UTC")
    for module in reference.MODULES:
        most = max(len(answers) for answers in reference.exemplars(module).values())
        reference.hand_in(made, module, most)
        reference.hand_in_untouched(made, module)
    return _copies(courses, tmp, dict.fromkeys(reference.MODULES, reference.SETTINGS), soak)


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory, soak: bool) -> dict[str, Both]:
    """nbgrader's own documentation course, as it is installed."""
    found = importlib.util.find_spec("nbgrader")
    assert found is not None
    assert found.origin is not None
    guide = Path(found.origin).parent / "docs" / "source" / "user_guide"
    tmp = tmp_path_factory.mktemp("manual")
    made = tmp / "made"
    settings = "c.IncludeHeaderFooter.header = 'source/header.ipynb'\n"
    beside.configure(made, settings)
    shutil.copytree(guide / "source", made / "source")
    shutil.copytree(guide / "submitted", made / "submitted")
    beside.generate(made, "ps1")
    course = Course(made, "ps1")
    with course.gradebook() as book:
        book.update_or_create_assignment("ps1", duedate="2015-02-02 20:00:00 UTC")
    return _copies([course], tmp, {"ps1": settings}, soak)


def _decided(module: str) -> tuple[dict[Row, Any], dict[Row, Any]]:
    """What DECISIONS says about a module: learner and cell → our points; and where we say “No response.”"""
    points: dict[Row, Any] = {}
    silent: dict[Row, Any] = {}
    for decision in DECISIONS:
        for where, given in decision.points.items():
            about, _, cell = where.partition("/")
            if about == module:
                points |= {(who, cell): mark for who, mark in given.items()}
        for where, learners in decision.no_response.items():
            about, _, cell = where.partition("/")
            if about == module:
                silent |= {(who, cell): "No response." for who in learners}
    return points, silent


def _compare(both: Both) -> None:
    theirs, ours = both.theirs.rows(), both.ours.rows()
    points, silent = _decided(both.ours.module)
    assert ours.grades.keys() == theirs.grades.keys()
    assert ours.comments.keys() == theirs.comments.keys()
    differ = {
        (who, cell): mark[0]
        for (who, notebook, cell), mark in ours.grades.items()
        if mark != theirs.grades[who, notebook, cell]
    }
    assert differ == points, _told(both, differ, points)
    for (who, notebook, cell), mark in ours.grades.items():
        # Points, or a person: never both, never neither. What a cell is worth is the author's word.
        assert mark[2] == (mark[0] is WAITING)
        assert mark[3] == theirs.grades[who, notebook, cell][3]
    said = {
        (who, cell): comment[0]
        for (who, notebook, cell), comment in ours.comments.items()
        if comment != theirs.comments[who, notebook, cell]
    }
    # A note of the checks stands where nbgrader says nothing, and a person has to look.
    noted = {row for row, words in said.items() if is_draft(words)}
    waiting = {(who, cell) for (who, _, cell), mark in ours.grades.items() if mark[2]}
    assert noted <= waiting
    silent_there = {(who, cell) for (who, _, cell), words in theirs.comments.items() if words == (None, None)}
    assert noted <= silent_there
    assert {row: words for row, words in said.items() if row not in noted} == silent
    assert ours.submissions == theirs.submissions
    assert ours.penalties == theirs.penalties
    # What the code itself wrote while it ran is gone with the sandbox.
    kept = {path for path in both.theirs.files() if both.theirs.was_there(path)}
    assert kept
    assert kept <= both.ours.files()


def _told(both: Both, differ: Mapping[Row, Any], decided: Mapping[Row, Any]) -> str:
    """Each row that nobody has decided, and each decision that nothing came of."""
    theirs = {(who, cell): mark[0] for (who, _, cell), mark in both.theirs.rows().grades.items()}
    rows = sorted(
        row for row in differ.keys() | decided.keys() if differ.get(row, "-") != decided.get(row, "-")
    )
    lines = [
        f"{cell} {who}: nbgrader {theirs.get((who, cell))}, ours {differ.get((who, cell), 'the same')}, "
        f"decided {decided.get((who, cell), 'nothing')}"
        for who, cell in rows
    ]
    return "\n".join([f"{both.ours.module}: {len(rows)} rows", *lines, both.ours.said[-3000:]])


def test_there_are_enough_animals() -> None:
    assert len(specimens()) >= 30
    assert all(specimen.handed or specimen.name == "disguised" for specimen in specimens())


@pytest.mark.parametrize("module", [a.name for a in GROUPED])
def test_zoo(zoo: dict[str, Both], module: str) -> None:
    _compare(zoo[module])


def test_each_animal_alone(zoo: dict[str, Both]) -> None:
    """With --soak: no specimen gets its marks from its neighbours."""
    for both in zoo.values():
        if both.ours.module.startswith("apart-"):
            theirs, ours = both.theirs.rows(), both.ours.rows()
            together = {row for a in GROUPED for row in _decided(a.name)[0]}
            differ = {
                (who, cell)
                for (who, notebook, cell), mark in ours.grades.items()
                if mark != theirs.grades[who, notebook, cell]
            }
            assert differ <= together, both.ours.module


def test_the_zoo_tells_good_answers_from_bad_ones(zoo: dict[str, Both]) -> None:
    """Two graders that gave everybody the same would agree as well."""
    for module in ("data", "python", "checks"):
        rows = zoo[module].theirs.rows()
        total = {who: 0.0 for who, _, _ in rows.grades}
        for (who, _, _), mark in rows.grades.items():
            total[who] += mark[0] or 0
        assert total["right"] > total["partly"] > total["wrong"] > total["empty"], total


@pytest.mark.parametrize("module", reference.MODULES)
def test_reference_modules(modules: dict[str, Both], module: str) -> None:
    assert any(is_draft(words) for words, _ in modules[module].ours.rows().comments.values())
    _compare(modules[module])
    assert any(modules[module].theirs.rows().penalties.values())


def test_nbgraders_own_course(manual: dict[str, Both]) -> None:
    _compare(manual["ps1"])


def test_a_dead_kernel_costs_no_written_answer(zoo: dict[str, Both]) -> None:
    both = zoo["dying"]
    for learner in ("partly", "crashing"):
        page = f"{learner}/dying/dying.ipynb"
        assert page not in both.theirs.files()
        cells = beside.read_notebook(both.ours.root / "autograded" / page)["cells"]
        assert "".join(cells[0]["source"]) == {"partly": "Something that runs."}.get(
            learner, "What is a process?"
        )


def test_manual_marks_stay_done_after_a_regrade(zoo: dict[str, Both]) -> None:
    both = zoo["late"]
    assert isinstance(both.theirs, Course)
    row = ("right", "first", "first-words")
    for course in (both.theirs, both.ours):
        with course.gradebook() as book:
            grade = book.find_grade("first-words", "first", "late", "right")
            grade.manual_score, grade.needs_manual_grade = 0.5, False
            book.find_comment("first-words", "first", "late", "right").manual_comment = "Why not two?"
            book.db.commit()
    for grade_again, course in ((beside.by_nbgrader, both.theirs), (beside.by_coursekit, both.ours)):
        grade_again([course], "--force")
    theirs, ours = both.theirs.rows(), both.ours.rows()
    assert theirs.grades[row] == (None, 0.5, True, 1.0)
    assert ours.grades[row] == (None, 0.5, False, 1.0)
    assert {k: v for k, v in ours.grades.items() if k != row} == {
        k: v for k, v in theirs.grades.items() if k != row
    }
    assert ours.comments == theirs.comments
    assert ours.penalties == theirs.penalties


def test_every_decision_is_told_to_people() -> None:
    page = (ROOT / "docs" / "grading.md").read_text()
    for decision in DECISIONS:
        assert f"| `{decision.code}`: {decision.sentence} |" in page
