"""A module's marks are what nbgrader itself makes of its gradebook, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import nbgrader
import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from support.gradebooks import newest_revision

from coursekit.model.deadline import LatePolicy
from coursekit.model.errors import BadInput
from coursekit.model.feedback import Marks
from coursekit.store.marks import read_module, settle_penalties

DUE = datetime(2027, 1, 24, 23, 0)
MAKE = Callable[[str], str]


@pytest.fixture(params=["sqlite", "postgres"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
    # A name that a careless address would cut off or decode.
    return f"sqlite:///{tmp_path}/grade book%20#1.db"


def fill(db_url: str, learners: int = 12) -> None:
    """A class in which everything that a mark can be occurs."""
    from nbgrader.api import Base, Gradebook

    luck = Random(65)
    engine = create_engine(db_url)
    # nbgrader would ask a command for its version of an empty database.
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    engine.dispose()
    with Gradebook(db_url, "tiny") as book:
        for module in ("first", "second"):
            book.add_assignment(module, duedate=DUE)
            for notebook in ("first", "more")[: 2 if module == "first" else 1]:
                book.add_notebook(notebook, module)
                cells = {"notebook": notebook, "assignment": module}
                for name, points in (("p2", 3.0), ("p3-tests", 2.0), ("nothing", 0.0)):
                    book.add_grade_cell(name, max_score=points, cell_type="code", **cells)
                book.add_task_cell("task", max_score=4, cell_type="markdown", **cells)
                for name, locked in (("p2", False), ("p3", False), ("copied", True)):
                    book.add_solution_cell(name, **cells)
                    book.add_source_cell(name, cell_type="code", source="", locked=locked, **cells)
                book.add_source_cell("p3-tests", cell_type="code", source="CANARY", locked=True, **cells)
        for n in range(learners):
            name = f"learner{n}"
            book.add_student(name)
            late = timedelta(hours=luck.choice([-5, 1, 30, 60]))
            for module in ("first", "second"):
                with book.db.no_autoflush:
                    submission = book.add_submission(module, name, timestamp=DUE + late if n else None)
                submission.extension = timedelta(days=1) if n % 3 == 1 else None
                for own in submission.notebooks:
                    own.late_submission_penalty = luck.choice([None, 0.5])
                    for grade in own.grades:
                        grade.auto_score = luck.choice([None, 0.0, 1.0, 1.5])
                        grade.manual_score = luck.choice([None, None, 0.0, 2.5])
                        grade.extra_credit = luck.choice([None, None, 0.25])
                        grade.needs_manual_grade = luck.random() < 0.3
                    for comment in own.comments:
                        comment.auto_comment = luck.choice([None, "No response."])
                        comment.manual_comment = luck.choice([None, "", "Good.\nGo on: 100 % :module"])
        book.db.commit()


def by_nbgrader(db_url: str, module: str) -> dict[str, Any]:
    """The same by nbgrader's own way, property by property."""
    from nbgrader.api import Gradebook

    with Gradebook(db_url, "tiny") as book:
        found = {}
        for submission in book.find_assignment(module).submissions:
            cells = []
            for own in submission.notebooks:
                comments = {c.name: c.comment or "" for c in own.comments}
                cells += [
                    (g.name, g.score, g.max_score, g.needs_manual_grade, comments.get(g.name, ""))
                    for g in own.grades
                ]
            found[submission.student.id] = (
                submission.score,
                submission.max_score,
                submission.late_submission_penalty,
                sorted(cells),
            )
        return found


def as_rows(marks: Marks) -> Any:
    cells = [(c.grade_id, c.score, c.max_score, c.needs_manual_grade, c.comment) for c in marks.cells]
    return (marks.score, marks.max_score, marks.penalty, sorted(cells))


@pytest.mark.parametrize("module", ["first", "second"])
def test_marks_are_nbgraders_own(db_url: str, module: str) -> None:
    fill(db_url)
    found = read_module(db_url, module).marks
    assert {learner: as_rows(marks) for learner, marks in found.items()} == by_nbgrader(db_url, module)
    assert len(found) == 12
    assert any(m.penalty for m in found.values())


def test_a_persons_words_are_kept_apart_from_nbgraders(db_url: str) -> None:
    fill(db_url)
    found = read_module(db_url, "second")
    words = [m.words for m in found.marks.values()]
    assert {text for mine in words for text in mine.values()} == {"Good.\nGo on: 100 % :module"}
    # On a cell that bears no points of its own as well.
    assert any("p3" in mine for mine in words)
    assert any(c.comment == "No response." for m in found.marks.values() for c in m.cells)


def test_answers_stand_in_cells_that_are_the_learners_to_write(db_url: str) -> None:
    fill(db_url, 1)
    assert read_module(db_url, "first").answers == {"first": {"p2", "p3"}, "more": {"p2", "p3"}}


def test_a_learner_without_a_notebook_has_no_points(db_url: str) -> None:
    from nbgrader.api import Gradebook

    fill(db_url, 1)
    with Gradebook(db_url, "tiny") as book:
        book.add_student("empty")
        with book.db.no_autoflush:
            submission = book.add_submission("first", "empty")
        for own in submission.notebooks:
            for row in (*own.grades, *own.comments, own):
                book.db.delete(row)
        book.db.commit()
    found = read_module(db_url, "first").marks["empty"]
    assert (found.score, found.max_score, found.cells, found.penalty) == (0, 18, (), 0)
    assert as_rows(found) == by_nbgrader(db_url, "first")["empty"]


def test_settled_penalties_are_what_nbgraders_own_reckoning_gives(db_url: str) -> None:
    from nbgrader.api import Gradebook

    from coursekit.policy.standing import penalty

    fill(db_url)
    rule = LatePolicy(timedelta(minutes=30), None, 0.1, 0.25)
    with Gradebook(db_url, "tiny") as book:
        wanted = {
            (submission.student.id, own.name): penalty(rule, timedelta(seconds=submission.total_seconds_late))
            * own.score
            or None
            for submission in book.find_assignment("first").submissions
            for own in submission.notebooks
        }
    second = by_nbgrader(db_url, "second")
    for _ in range(2):
        settle_penalties(db_url, "first", rule)
        with Gradebook(db_url, "tiny") as book:
            assert wanted == {
                (submission.student.id, own.name): own.late_submission_penalty
                for submission in book.find_assignment("first").submissions
                for own in submission.notebooks
            }
    assert any(wanted.values())
    assert by_nbgrader(db_url, "second") == second


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """All that SQLAlchemy sends."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *more: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


def test_a_class_of_any_size_takes_as_many_statements(db_url: str, statements: list[str]) -> None:
    if db_url.startswith("sqlite"):
        # By SQLAlchemy as well, where they can be counted.
        db_url += "?timeout=9"
    counts = []
    for learners in (1, 12):
        fill(db_url.removesuffix("?timeout=9"), learners)
        statements.clear()
        assert len(read_module(db_url, "first").marks) == learners
        counts.append(len([s for s in statements if "assignment" in s]))
    assert counts == [5, 5]


def test_a_module_that_is_not_there_is_one_sentence(db_url: str) -> None:
    fill(db_url, 1)
    with pytest.raises(BadInput) as error:
        read_module(db_url, "third")
    assert error.value.code == "not-in-gradebook"
    assert "third" in error.value.detail


def test_a_gradebook_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        read_module(f"sqlite:///{tmp_path}/gradebook.db", "first")
    assert error.value.code == "not-in-gradebook"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be looked at" * 40])
def test_what_is_no_gradebook_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "gradebook.db"
    path.write_bytes(content)
    for look in (lambda u: read_module(u, "first"), lambda u: settle_penalties(u, "first", LatePolicy())):
        with pytest.raises(BadInput) as error:
            look(f"sqlite:///{path}")
        assert error.value.code == "gradebook-unreadable"
    assert path.read_bytes() == content


def test_a_database_that_is_away_is_one_sentence() -> None:
    with pytest.raises(BadInput) as error:
        read_module("postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2", "first")
    assert error.value.code == "gradebook-unreadable"


def test_new_gradebooks_of_the_tests_begin_where_nbgraders_own_do(tmp_path: Path) -> None:
    """Tests spare the program that nbgrader asks; its answer is the same (support/gradebooks.py)."""
    steps = Path(str(nbgrader.__file__)).parent / "alembic"
    ini = tmp_path / "alembic.ini"
    ini.write_text(f"[alembic]\nscript_location = {steps}\nsqlalchemy.url = sqlite://\n")
    program = Path(sys.executable).with_name("alembic")
    said = subprocess.run([program, "-c", ini, "heads"], capture_output=True, text=True, check=True).stdout
    assert said.split() == [newest_revision(), "(head)"]
