"""The same rows as nbgrader writes: both grade the same hand-ins, and all of the gradebook is compared."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support import marked
from support.marked import ANSWERS, EXTRA, MASTER, MODULE, gradebook, hand_in, make_course
from support.small_course import Course

from coursekit.model.errors import BadInput
from coursekit.policy.steps import strip_hidden
from coursekit.store.masters import read_masters

_RIGHT = {**ANSWERS, "twice": "def twice(n):\n    return 2 * n"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two notebooks; a class that is early, late, late with an extension, and without a time; a due date."""
    root = make_course(tmp_path_factory.mktemp("made") / "course", {"main": MASTER, "more": EXTRA})
    both = ("main", "more")
    with gradebook(marked.db_url(root)) as opened:
        opened.update_or_create_assignment(MODULE, duedate="2027-01-24 12:00")
        opened.add_student("known", first_name="Kno", last_name="Wn", email="k@example.org")
        opened.add_student("extended")
        opened.add_submission(MODULE, "extended")
        opened.grant_extension(MODULE, "extended", days=2)
    hand_in(root, "right", _RIGHT, names=both)
    hand_in(root, "wrong", {"sum": "def total(h):\n    return 3", "twice": "twice = None"}, names=both)
    hand_in(root, "untouched", {}, names=both)
    hand_in(root, "broken", {"sum": "def total(", "sketch": "1 / 0"}, names=both)
    hand_in(root, "late", _RIGHT, names=both, at="2027-01-25 11:59:00.000000 UTC")
    hand_in(root, "extended", _RIGHT, names=both, at="2027-01-25 11:59:00.000000 UTC")
    hand_in(root, "timeless", _RIGHT, names=both, at="")
    hand_in(root, "half", _RIGHT)
    hand_in(root, "known", _RIGHT, names=both, at="2027-01-24 13:00 +0100")
    return root


def _penalty(learner: str, points: float, seconds: float) -> float | None:
    return points


@pytest.fixture(scope="module")
def two(made: Path) -> Mapping[str, Course]:
    """The same course twice: graded by nbgrader, and by us."""
    theirs = made.with_name("theirs")
    shutil.copytree(made, theirs)
    # nbgrader's own penalty is nothing, or everything by this line of its configuration.
    with (theirs / "nbgrader_config.py").open("a") as config:
        config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    marked.run_nbgrader(theirs, "AutogradeApp", MODULE)
    ours = Course(made)
    ours.penalty = _penalty
    ours.grade()
    return {"theirs": Course(theirs), "ours": ours}


def test_every_row_is_the_same(two: Mapping[str, Course]) -> None:
    theirs, ours = two["theirs"].rows(), two["ours"].rows()
    assert sorted(ours) == sorted(theirs)
    for learner, row in theirs.items():
        assert ours[learner] == row, learner
    assert ours["late"]["notebooks"]["main"]["penalty"] == 3.5
    assert ours["extended"]["notebooks"]["main"]["penalty"] is None


def test_students_are_the_same(two: Mapping[str, Course]) -> None:
    def students(course: Course) -> Any:
        with gradebook(course.url) as opened:
            return {s.id: (s.first_name, s.last_name, s.email) for s in opened.students}

    assert students(two["ours"]) == students(two["theirs"])
    assert students(two["ours"])["known"] == ("Kno", "Wn", "k@example.org")


def test_the_graded_folders_are_the_same_but_for_how_outputs_are_written(two: Mapping[str, Course]) -> None:
    theirs, ours = two["theirs"].all_files(), two["ours"].all_files()
    assert sorted(ours) == sorted(theirs)
    for path, content in theirs.items():
        if not path.endswith(".ipynb"):
            assert ours[path] == content, path
    for learner in ("right", "wrong", "untouched"):
        for name in ("main", "more"):
            one, other = (two[who].notebook(learner, name) for who in ("theirs", "ours"))
            assert ["".join(c["source"]) for c in one["cells"]] == [c["source"] for c in other["cells"]]
            assert [c["metadata"].get("nbgrader") for c in one["cells"]] == [
                c["metadata"].get("nbgrader") for c in other["cells"]
            ]


def test_nbgrader_goes_on_with_what_we_wrote(two: Mapping[str, Course]) -> None:
    """Its own regrade of one of ours changes nothing in any row."""
    root = two["ours"].root.with_name("again")
    shutil.copytree(two["ours"].root, root)
    again = Course(root)
    before = again.rows()
    marked.run_nbgrader(root, "AutogradeApp", MODULE, "--student", "right", "--force")
    assert again.rows() == before


def test_cells_come_in_the_order_of_the_release_with_all_that_nbgrader_knows(
    made: Path, tmp_path: Path
) -> None:
    url = marked.db_url(made)
    release, source = made / "release" / MODULE, made / "source" / MODULE
    main, more = read_masters(url, MODULE, release, source, strip_hidden)
    assert (main.name, more.name) == ("main", "more")
    assert [c.grade_id for c in main.cells] == [
        "setup",
        "sum",
        "test_sum",
        "test_more",
        "essay",
        "sketch",
        "task",
    ]
    by_name = {c.grade_id: c for c in main.cells}
    assert by_name["test_sum"].source.count("HIDDEN") == 3
    assert by_name["test_sum"].released == "assert total([1, 2]) == 3"
    assert (by_name["test_sum"].points, by_name["test_sum"].is_check, by_name["test_sum"].locked) == (
        2,
        True,
        True,
    )
    assert by_name["essay"].is_answer
    assert by_name["task"].is_answer
    assert not by_name["sum"].grade
    assert main.language == "python"
    assert main.released is not None
    assert any("return sum(hours)" in text for text in main.solutions)
    # Without the release, the source tells the order, and hidden tests are taken out here.
    main, _ = read_masters(url, MODULE, tmp_path, source, strip_hidden)
    assert [c.grade_id for c in main.cells] == list(by_name)
    assert {c.grade_id: c.released for c in main.cells}["test_sum"] == "assert total([1, 2]) == 3"
    assert main.released is None
    # Without either there is no order, and nothing is lost.
    main, _ = read_masters(url, MODULE, tmp_path, tmp_path, strip_hidden)
    assert {c.grade_id for c in main.cells} == set(by_name)


def test_a_module_that_the_gradebook_does_not_know_is_said(made: Path, tmp_path: Path) -> None:
    for url in (marked.db_url(made), f"sqlite:///{tmp_path}/none.db"):
        with pytest.raises(BadInput) as caught:
            read_masters(url, "nowhere", tmp_path, tmp_path, strip_hidden)
        assert caught.value.code == "not-in-gradebook"
    assert not (tmp_path / "none.db").exists()
