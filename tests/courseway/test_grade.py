"""`coursekit grade` in the place of `nbgrader autograde`: nbgrader's own tools go on from there."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.formgrader import running_formgrader

COURSE = "tiny"
_EVIL = (
    "<script>alert('CANARY-script')</script>\n\nI would **ask**, because somebody may have been ill there."
)
_CODE = """\
from IPython.display import HTML, Javascript, display
hours = [2, 3, 1]
total = sum(hours)
display(HTML("<img src=x onerror=alert('CANARY-output')>"), Javascript("alert('CANARY-javascript')"))
"""


@pytest.fixture(scope="module")
def faculty(classroom: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A grader's own copy of the course, with what three learners handed in, collected by nbgrader."""
    home = tmp_path_factory.mktemp("grading")
    for part in ("modules", "cases", "release"):
        shutil.copytree(classroom.faculty.home / part, home / part)
    for part in ("nbgrader_config.py", "gradebook.db"):
        shutil.copy(classroom.faculty.home / part, home)
    answers = {
        "gwen": (_EVIL, _CODE),
        "hugo": ("I would ask, because somebody may have been ill there.", "hours = [2]\ntotal = 5"),
        "iris": ("I would ask, because somebody may have been ill there.", None),
    }
    for name, (words, code) in answers.items():
        person = classroom.person(name)
        person.run("coursekit", "fetch", COURSE, "first")
        person.answer("first", "p1", {"value": 3})
        person.write("first", "p2", words)
        if code is not None:
            person.write("first", "p3", code)
        person.run("coursekit", "submit", "first")
    grader = type(classroom.faculty)("ines", home, classroom.url, classroom.faculty.token)
    grader.run("nbgrader", "collect", "first")
    # Others handed in for the tests beside this one.
    for folder in (home / "submitted").iterdir():
        if folder.name not in answers:
            shutil.rmtree(folder)
    notebook = home / "submitted" / "iris" / "first" / "first.ipynb"
    notebook.write_bytes(notebook.read_bytes()[:-200])
    return grader


@pytest.fixture(scope="module")
def graded(faculty: Any) -> Any:
    """Graded once."""
    faculty.said = faculty.run("coursekit", "grade", "first", "--workers", "1", anew=True)
    return faculty


def _marks(home: Path) -> dict[tuple[str, str], tuple[float | None, float | None, bool]]:
    """Of these three learners: others may have been graded before the gradebook was copied."""
    with contextlib.closing(sqlite3.connect(home / "gradebook.db")) as book:
        return {
            (who, cell): (auto, manual, bool(needs))
            for who, cell, auto, manual, needs in book.execute(
                "SELECT s.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade FROM grade g"
                " JOIN submitted_notebook n ON n.id = g.notebook_id"
                " JOIN submitted_assignment s ON s.id = n.assignment_id JOIN base_cell c ON c.id = g.cell_id"
                " WHERE s.student_id IN ('gwen', 'hugo', 'iris')"
            )
        }


def test_it_grades_what_was_collected_and_says_who_needs_a_person(graded: Any) -> None:
    assert "  graded              3 in " in graded.said
    assert re.search(r"These need a person:\n  iris\n    The file is damaged", graded.said)
    assert "Next: coursekit review first; formgrader for whatever else needs a person." in graded.said
    marks = _marks(graded.home)
    checks = {cell for who, cell in marks if marks[who, cell][0] is not None}
    assert len(checks) == 1
    (check,) = checks
    assert [marks[who, check] for who in ("gwen", "hugo", "iris")] == [
        (2, None, False),
        (0, None, False),
        (None, None, True),
    ]
    assert marks["gwen", "p2"] == (None, None, True)
    folder = graded.home / "autograded" / "gwen" / "first"
    assert (folder / "coursekit.json").is_file()
    assert (folder / "timestamp.txt").is_file()
    assert (folder / "exhibits" / "rooms.csv").is_file()
    assert not (folder / "rubrics.yml").exists()
    iris = graded.home / "autograded" / "iris" / "first"
    assert (iris / "first.ipynb.handed-in.txt").read_bytes() == (
        graded.home / "submitted" / "iris" / "first" / "first.ipynb"
    ).read_bytes()


def test_the_same_again_does_nothing(graded: Any) -> None:
    before = _marks(graded.home)
    value = json.loads(graded.run("coursekit", "grade", "first", "--json"))
    assert (value["graded"], value["unchanged"]) == (0, 3)
    assert _marks(graded.home) == before


def test_graders_see_the_answer_where_the_notebook_shows_it(graded: Any) -> None:
    graded_copy = json.loads((graded.home / "autograded" / "hugo" / "first" / "first.ipynb").read_text())
    shown = {cell["source"]: json.dumps(cell.get("outputs")) for cell in graded_copy["cells"]}
    assert "somebody may have been ill there" in shown['ck.reflection_status("p2")']
    assert "total = 5" in shown['ck.analysis_status("p3")']


@pytest.fixture(scope="module")
def page(graded: Any) -> Iterator[Any]:
    """A look at formgrader, and a hand on it."""
    with running_formgrader(graded.home) as client:
        yield client


def _submissions(page: Any) -> dict[str, Any]:
    answer = page.get("/formgrader/api/submitted_notebooks/first/first")
    assert answer.is_success, answer.text
    return {row["student"]: row for row in answer.json()}


def test_formgrader_shows_everybody_and_nothing_of_theirs_runs(page: Any) -> None:
    rows = _submissions(page)
    assert sorted(rows) == ["gwen", "hugo", "iris"]
    assert all(row["needs_manual_grade"] for row in rows.values())
    assert rows["hugo"]["failed_tests"]
    gwen = page.get(f"/formgrader/submissions/{rows['gwen']['id']}/").text
    assert "<strong>ask</strong>" in gwen
    scripts = " ".join(re.findall(r"<script\b.*?</script\s*>", gwen, re.IGNORECASE | re.DOTALL))
    assert "CANARY" not in scripts
    assert "CANARY-script" in gwen
    assert "CANARY-javascript" not in "".join(re.findall(r"<[^>]+>", gwen))
    assert not re.search(r"<[^>]*onerror\s*=\s*[^>]*CANARY", gwen)
    # The one that nobody could read is a page like any other, with what was handed in on it.
    iris = page.get(f"/formgrader/submissions/{rows['iris']['id']}/")
    assert iris.status_code == 200
    assert "could not be graded by itself" in iris.text
    assert "somebody may have been ill there" in iris.text


def test_a_mark_given_in_formgrader_outlives_the_next_grading(page: Any, graded: Any) -> None:
    row = _submissions(page)["gwen"]
    grades = page.get("/formgrader/api/grades", params={"submission_id": row["id"]}).json()
    essay = next(grade for grade in grades if grade["name"] == "p2")
    changed = page.put(
        f"/formgrader/api/grade/{essay['id']}", json={"manual_score": 1.5, "extra_credit": None}
    )
    assert changed.is_success, changed.text
    said = json.loads(graded.run("coursekit", "grade", "first", "--force", "--json", "--workers", "1"))
    assert said["graded"] == 3
    assert _marks(graded.home)["gwen", "p2"] == (None, 1.5, False)


def test_feedback_and_export_go_on(graded: Any) -> None:
    graded.run("nbgrader", "generate_feedback", "first")
    feedback = graded.home / "feedback" / "gwen" / "first" / "first.html"
    assert "CANARY" not in " ".join(re.findall(r"<script\b.*?</script\s*>", feedback.read_text(), re.DOTALL))
    graded.run("nbgrader", "export")
    with (graded.home / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file) if row["assignment"] == "first"}
    assert float(rows["gwen"]["score"]) == 3.5
    assert float(rows["hugo"]["score"]) == 0


def test_what_is_not_there_is_one_sentence_and_one_step(graded: Any) -> None:
    said = graded.run("coursekit", "grade", "nowhere", fails=True)
    assert "The gradebook knows nothing of nowhere." in said
    assert "Traceback" not in said
    said = graded.run("coursekit", "grade", "first", "--learner", "zoe", fails=True)
    assert "No submission of first by zoe is in submitted." in said
