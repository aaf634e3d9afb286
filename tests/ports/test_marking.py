"""The writer of marks, on both databases that nbgrader's gradebook can be."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from support.marked import MODULE, gradebook, rows

from coursekit.model.errors import BadInput, NotNow
from coursekit.model.grading import CellGrade
from coursekit.model.ids import Digest
from coursekit.model.marking import Marks, NotebookMarks
from coursekit.store.marking import MarkWriter

DUE = datetime(2027, 1, 24, 12)
EARLY, LATE = DUE - timedelta(hours=1), DUE + timedelta(hours=5)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A gradebook with one module of two notebooks."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path}/gradebook.db"
    else:
        address = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    # What nbgrader would ask a process of its own for.
    monkeypatch.setattr("nbgrader.api.get_alembic_version", lambda: "724cde206c17")
    with gradebook(address) as opened:
        opened.add_assignment(MODULE, duedate=DUE, course_id="kit")
        for name in ("main", "more"):
            opened.add_notebook(name, MODULE)
            opened.add_grade_cell("test", name, MODULE, max_score=2, cell_type="code")
            opened.add_solution_cell("code", name, MODULE)
            opened.add_grade_cell("essay", name, MODULE, max_score=4, cell_type="markdown")
            opened.add_solution_cell("essay", name, MODULE)
        opened.add_task_cell("task", "main", MODULE, max_score=3, cell_type="markdown")
        opened.add_assignment("other", course_id="kit")
    return address


def half(learner: str, points: float, seconds: float) -> float:
    return points / 2


def writer(url: str, penalty: Any = half) -> MarkWriter:
    return MarkWriter(url, MODULE, penalty)


def notebook(name: str = "main", test: float | None = 2.0, same: tuple[str, ...] = (), **more: Any) -> Any:
    grades = [CellGrade("test", test, 2, test is None), CellGrade("essay", None, 4, True)]
    if name == "main":
        grades.append(CellGrade("task", None, 3, True))
    names = [grade.grade_id for grade in grades]
    before = {cell: Digest("now" if cell in same else "then") for cell in names}
    unanswered = more.pop("unanswered", {"code": False, "essay": False})
    return NotebookMarks(name, tuple(grades), unanswered, dict.fromkeys(names, "now"), before, **more)


def marks(learner: str = "ada", at: datetime | None = EARLY, **more: Any) -> list[Marks]:
    return [Marks(learner, at, (notebook(**more), notebook("more", 1.0)))]


def test_a_first_submission_has_all_its_rows(url: str) -> None:
    with writer(url) as pen:
        assert not pen.is_there("ada")
        pen.write(marks(unanswered={"code": True, "essay": False}))
        assert pen.is_there("ada")
    with gradebook(url) as opened:
        assert [s.id for s in opened.students] == ["ada"]
    ada = rows(url)["ada"]
    assert ada["timestamp"] == EARLY
    assert ada["notebooks"]["main"] == {
        "penalty": None,
        "flagged": False,
        "grades": {
            "test": (2, None, None, False),
            "essay": (None, None, None, True),
            "task": (None, None, None, True),
        },
        "comments": {"code": ("No response.", None), "essay": (None, None), "task": (None, None)},
    }
    assert ada["notebooks"]["more"]["grades"]["test"] == (1, None, None, False)


def test_what_a_person_gave_is_never_touched(url: str) -> None:
    with writer(url) as pen:
        pen.write(marks())
    with gradebook(url) as opened:
        essay = opened.find_grade("essay", "main", MODULE, "ada")
        essay.manual_score, essay.extra_credit, essay.needs_manual_grade = 3.5, 0.5, False
        opened.find_comment("essay", "main", MODULE, "ada").manual_comment = "Well said."
        opened.find_submission_notebook("main", MODULE, "ada").flagged = True
        opened.db.commit()
    with writer(url) as pen:
        pen.write(marks(test=0.0, same=("essay",)))
        main = rows(url)["ada"]["notebooks"]["main"]
        assert main["grades"]["test"] == (0, None, None, False)
        # The answer is the one that was marked: it stays done.
        assert main["grades"]["essay"] == (None, 3.5, 0.5, False)
        assert main["comments"]["essay"] == (None, "Well said.")
        assert main["flagged"]
        pen.write(marks(test=0.0))
        # Another answer than the one that was marked: the mark stays, and somebody must look.
        assert rows(url)["ada"]["notebooks"]["main"]["grades"]["essay"] == (None, 3.5, 0.5, True)
        pen.write(marks(test=0.0, same=("essay",)))
        assert rows(url)["ada"]["notebooks"]["main"]["grades"]["essay"] == (None, 3.5, 0.5, True)


def test_a_mark_that_is_given_while_the_class_is_graded_is_seen(url: str) -> None:
    with writer(url) as pen:
        pen.write(marks())
        with gradebook(url) as opened:
            essay = opened.find_grade("essay", "main", MODULE, "ada")
            essay.manual_score, essay.needs_manual_grade = 3.0, False
            opened.db.commit()
        pen.write(marks(same=("essay",)))
        assert rows(url)["ada"]["notebooks"]["main"]["grades"]["essay"] == (None, 3.0, None, False)
        pen.write(marks())
    assert rows(url)["ada"]["notebooks"]["main"]["grades"]["essay"] == (None, 3.0, None, True)


def test_lateness_costs_what_the_plugin_says_within_nothing_and_all(url: str) -> None:
    asked = []

    def penalty(learner: str, points: float, seconds: float) -> float | None:
        asked.append((learner, points, seconds))
        return {"ada": points / 2, "bob": -1.0, "cleo": 99.0, "dan": None}[learner]

    with writer(url, penalty) as pen:
        for learner in ("ada", "bob", "cleo", "dan"):
            pen.write(marks(learner, LATE))
        pen.write(marks("eve", EARLY))
    costs = {who: row["notebooks"]["main"]["penalty"] for who, row in rows(url).items()}
    assert costs == {"ada": 1.0, "bob": 0.0, "cleo": 2.0, "dan": None, "eve": None}
    assert asked[0] == ("ada", 2.0, 5 * 3600)


def test_an_extension_and_the_points_of_a_person_count_for_lateness(url: str) -> None:
    with writer(url) as pen:
        pen.write(marks(at=LATE))
    with gradebook(url) as opened:
        essay = opened.find_grade("essay", "main", MODULE, "ada")
        essay.manual_score, essay.extra_credit = 3.0, 1.0
        opened.db.commit()
    with writer(url) as pen:
        assert pen.seconds_late("ada", LATE) == 5 * 3600
        pen.write(marks(at=LATE))
        assert rows(url)["ada"]["notebooks"]["main"]["penalty"] == 3.0
    with gradebook(url) as opened:
        opened.grant_extension(MODULE, "ada", hours=6)
    with writer(url) as pen:
        assert pen.seconds_late("ada", LATE) == 0
        pen.write(marks(at=LATE))
    assert rows(url)["ada"]["notebooks"]["main"]["penalty"] is None


def test_without_a_time_the_one_that_was_known_stays(url: str) -> None:
    with writer(url) as pen:
        pen.write(marks(at=None))
        assert rows(url)["ada"]["timestamp"] is None
        pen.write(marks(at=EARLY))
        pen.write(marks(at=None))
    assert rows(url)["ada"]["timestamp"] == EARLY


def test_rows_that_the_master_gained_are_added(url: str) -> None:
    with writer(url) as pen:
        pen.write(marks())
    with gradebook(url) as opened:
        opened.add_grade_cell("late_test", "main", MODULE, max_score=1, cell_type="code")
        opened.add_notebook("third", MODULE)
        opened.add_grade_cell("test", "third", MODULE, max_score=1, cell_type="code")
        opened.add_solution_cell("late_code", "main", MODULE)
    with writer(url) as pen:
        pen.write(marks())
    found = rows(url)["ada"]["notebooks"]
    assert found["main"]["grades"]["late_test"] == (None, None, None, True)
    assert found["main"]["comments"]["late_code"] == (None, None)
    assert found["third"]["grades"] == {"test": (None, None, None, True)}


def test_what_was_not_handed_in_gets_nothing_and_keeps_its_penalty(url: str) -> None:
    nothing = NotebookMarks(
        "more", (CellGrade("test", 0, 2, False), CellGrade("essay", 0, 4, False)), missing=True
    )
    with writer(url) as pen:
        pen.write(marks(at=LATE))
        assert rows(url)["ada"]["notebooks"]["more"]["penalty"] == 0.5
        pen.write([Marks("ada", LATE, (notebook(), nothing))])
    more = rows(url)["ada"]["notebooks"]["more"]
    assert more["grades"] == {"test": (0, None, None, False), "essay": (0, None, None, False)}
    assert more["penalty"] == 0.5


def test_it_takes_few_statements_and_none_where_nothing_changed(url: str) -> None:
    said: list[str] = []
    with writer(url) as pen:

        @event.listens_for(pen._engine, "before_cursor_execute")
        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            said.append(statement)

        def count(given: list[Marks]) -> int:
            said.clear()
            pen.write(given)
            return sum(not s.startswith("BEGIN") for s in said)

        assert count(marks()) <= 5
        assert count(marks()) == 2
        assert not any(s.startswith(("UPDATE", "INSERT")) for s in said)
        assert count(marks(at=LATE, test=1.0, unanswered={"code": True})) <= 8
        group = [*marks(at=EARLY), *(one for n in range(30) for one in marks(f"learner{n}"))]
        assert count(group) <= 11
        assert count(group) == 2
    assert len(rows(url)) == 31


def test_somebody_else_may_enter_the_learner_meanwhile(url: str) -> None:
    with writer(url) as pen:
        with gradebook(url) as opened:
            opened.add_student("ada")
            opened.add_submission(MODULE, "ada")
        pen.write(marks())
    assert rows(url)["ada"]["notebooks"]["main"]["grades"]["test"] == (2, None, None, False)


def test_a_failure_half_way_leaves_nothing_of_that_submission(url: str) -> None:
    def fails(learner: str, points: float, seconds: float) -> float:
        raise RuntimeError("a plugin of somebody's")

    with writer(url, fails) as pen:
        pen.write(marks("ada", EARLY))
        with pytest.raises(RuntimeError):
            pen.write(marks("bob", LATE))
        with pytest.raises(RuntimeError):
            pen.write(marks("ada", LATE, test=0.0))
        pen.write(marks("cleo", EARLY))
    found = rows(url)
    assert sorted(found) == ["ada", "cleo"]
    assert found["ada"]["timestamp"] == EARLY
    assert found["ada"]["notebooks"]["main"]["grades"]["test"] == (2, None, None, False)


def test_a_group_is_written_whole_or_not_at_all(url: str) -> None:
    def fails(learner: str, points: float, seconds: float) -> float:
        raise RuntimeError("a plugin of somebody's")

    with writer(url, fails) as pen:
        pen.write(marks("ada"))
        with pytest.raises(RuntimeError):
            pen.write([*marks("ada", test=0.0), *marks("bob"), *marks("cleo", LATE)])
        assert not pen.is_there("bob")
        pen.write([*marks("ada", test=1.0), *marks("bob")])
    found = rows(url)
    assert sorted(found) == ["ada", "bob"]
    assert found["ada"]["notebooks"]["main"]["grades"]["test"][0] == 1


def test_a_name_that_the_gradebook_cannot_hold_concerns_that_learner_alone(url: str) -> None:
    with writer(url) as pen:
        with pytest.raises((BadInput, UnicodeEncodeError)):
            pen.write(marks("caf\udce9"))
        pen.write(marks("ada"))
    assert sorted(rows(url)) == ["ada"]


def test_an_unknown_module_is_said(url: str) -> None:
    with pytest.raises(BadInput) as caught, MarkWriter(url, "nowhere", half):
        pass
    assert caught.value.code == "not-in-gradebook"


def test_a_locked_gradebook_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    from coursekit.store import marking

    monkeypatch.setattr(marking, "_PATIENCE", 0.2)
    monkeypatch.setattr("nbgrader.api.get_alembic_version", lambda: "724cde206c17")
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with gradebook(url) as opened:
        opened.add_assignment(MODULE, course_id="kit")
    with writer(url) as pen:
        other = sqlite3.connect(tmp_path / "gradebook.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for attempt in (lambda: pen.write([Marks("ada", None, ())]), lambda: writer(url).__enter__()):
            with pytest.raises(NotNow) as caught:
                attempt()
            assert caught.value.code == "gradebook-away"
            assert "database is locked" in caught.value.detail
        other.close()
        pen.write([Marks("ada", None, ())])


def test_an_old_or_strange_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_bytes(b"no database at all, but quite some text that is not empty")
    with pytest.raises(BadInput) as caught, writer(f"sqlite:///{tmp_path}/gradebook.db"):
        pass
    assert caught.value.code == "gradebook-unreadable"
    with pytest.raises(BadInput) as caught, writer(f"sqlite:///{tmp_path}/nowhere.db"):
        pass
    assert caught.value.code == "not-in-gradebook"
    assert not (tmp_path / "nowhere.db").exists()
