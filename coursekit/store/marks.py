"""Marks out of nbgrader's gradebook: a whole module in five statements, however many learners there are.

nbgrader's own way opens the gradebook with a hundred statements about its schema, asks again for each learner, and
takes seconds to import. So does nothing here: an SQLite gradebook is read with Python's own driver, any other with
SQLAlchemy; plain SQL serves both.
"""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from coursekit.model.deadline import LatePolicy
from coursekit.model.feedback import CellMark, Marks
from coursekit.policy.standing import penalty
from coursekit.store.gradebook import is_there, sqlite_file
from coursekit.store.masters import not_known, not_readable

Ask = Callable[[str, str], Sequence[Sequence[Any]]]
"""A statement and the module → rows."""
_PATIENCE = 30
"""Seconds to wait while somebody else writes to an SQLite gradebook."""

_MOST = """
    SELECT
    (SELECT sum(g.max_score) FROM notebook b JOIN base_cell c ON c.notebook_id = b.id
        JOIN grade_cells g ON g.id = c.id WHERE b.assignment_id = a.id),
    (SELECT sum(t.max_score) FROM notebook b JOIN base_cell c ON c.notebook_id = b.id
        JOIN task_cells t ON t.id = c.id WHERE b.assignment_id = a.id)
    FROM assignment a WHERE a.name = :module
"""
_SUBMISSIONS = """
    SELECT s.student_id, n.late_submission_penalty
    FROM assignment a JOIN submitted_assignment s ON s.assignment_id = a.id
    LEFT JOIN submitted_notebook n ON n.assignment_id = s.id WHERE a.name = :module
"""
_OF_EACH_NOTEBOOK = """
    FROM assignment a JOIN submitted_assignment s ON s.assignment_id = a.id
    JOIN submitted_notebook n ON n.assignment_id = s.id
"""
_GRADES = f"""
    SELECT s.student_id, n.id, c.name, d.auto_score, d.manual_score, d.extra_credit, d.needs_manual_grade,
        g.max_score, t.max_score
    {_OF_EACH_NOTEBOOK} JOIN grade d ON d.notebook_id = n.id JOIN base_cell c ON c.id = d.cell_id
    LEFT JOIN grade_cells g ON g.id = c.id LEFT JOIN task_cells t ON t.id = c.id WHERE a.name = :module
"""
_COMMENTS = f"""
    SELECT s.student_id, n.id, c.name, m.manual_comment, m.auto_comment
    {_OF_EACH_NOTEBOOK} JOIN comment m ON m.notebook_id = n.id JOIN base_cell c ON c.id = m.cell_id
    WHERE a.name = :module
"""
_OPEN_CELLS = """
    SELECT b.name, c.name FROM assignment a JOIN notebook b ON b.assignment_id = a.id
    JOIN base_cell c ON c.notebook_id = b.id JOIN solution_cells w ON w.id = c.id
    JOIN source_cell o ON o.notebook_id = b.id AND o.name = c.name WHERE a.name = :module AND NOT o.locked
"""
_LATENESS = """
    SELECT n.id, n.late_submission_penalty AS stands, s.timestamp, s.extension, a.duedate,
        (SELECT sum(coalesce(d.manual_score, d.auto_score) + coalesce(d.extra_credit, 0))
            FROM grade d WHERE d.notebook_id = n.id) AS points
    FROM assignment a JOIN submitted_assignment s ON s.assignment_id = a.id
    JOIN submitted_notebook n ON n.assignment_id = s.id WHERE a.name = :module
"""
_SETTLE = "UPDATE submitted_notebook SET late_submission_penalty = :points WHERE id = :own"


@dataclass(frozen=True)
class Marked:
    """What the gradebook says of a module."""

    marks: Mapping[str, Marks]
    """By learner."""
    answers: Mapping[str, frozenset[str]]
    """Notebook → the cells that are the learner's to write; no other cell holds an answer."""


def read_module(db_url: str, module: str) -> Marked:
    """Every graded submission of a module. Raises BadInput when there is no gradebook for it."""
    if not is_there(db_url):
        raise not_known(module)
    with _asking(db_url) as ask:
        most = ask(_MOST, module)
        if not most:
            raise not_known(module)
        submissions, grades = ask(_SUBMISSIONS, module), ask(_GRADES, module)
        comments, open_cells = ask(_COMMENTS, module), ask(_OPEN_CELLS, module)
    penalties: dict[str, list[float]] = defaultdict(list)
    for learner, points in submissions:
        penalties[learner].append(points or 0.0)
    said = {(own, name): (by_person, by_nbgrader) for _, own, name, by_person, by_nbgrader in comments}
    words: dict[str, dict[str, str]] = defaultdict(dict)
    for learner, _, name, by_person, _ in comments:
        if by_person:
            words[learner][name] = by_person
    cells: dict[str, list[CellMark]] = defaultdict(list)
    for learner, own, name, *row in grades:
        by_person, by_nbgrader = said.get((own, name), (None, None))
        comment = by_person if by_person is not None else by_nbgrader
        cells[learner].append(_cell(name, row, comment))
    answers: dict[str, set[str]] = defaultdict(set)
    for notebook, name in open_cells:
        answers[notebook].add(name)
    in_all = float((most[0][0] or 0.0) + (most[0][1] or 0.0))
    marks = {
        learner: Marks(
            learner,
            math.fsum(cell.score for cell in cells[learner]),
            in_all,
            tuple(sorted(cells[learner], key=lambda cell: cell.grade_id)),
            math.fsum(points),
            words.get(learner, {}),
        )
        for learner, points in penalties.items()
    }
    return Marked(marks, {notebook: frozenset(names) for notebook, names in answers.items()})


def _cell(name: str, row: Sequence[Any], comment: str | None) -> CellMark:
    """As nbgrader reckons it: a person's mark before a machine's, extra credit on top of either."""
    auto, manual, extra, needs, as_grade, as_task = row
    given = manual if manual is not None else auto
    return CellMark(
        name,
        0.0 if given is None else float(given + (extra or 0.0)),
        float(as_grade if as_grade is not None else as_task or 0.0),
        bool(needs),
        comment or "",
    )


@contextmanager
def _asking(db_url: str) -> Iterator[Ask]:
    """A connection on which all answers are of one moment."""
    path = sqlite_file(db_url)
    if path is None or "?" in db_url:
        with _by_sqlalchemy(db_url) as ask:
            yield ask
        return
    # "rw": without it, a file that went away just now would be made anew, empty.
    where = f"file:{quote(str(path.absolute()))}?mode=rw"
    try:
        with closing(sqlite3.connect(where, uri=True, timeout=_PATIENCE, isolation_level=None)) as db:
            db.execute("BEGIN")
            yield lambda statement, module: db.execute(statement, {"module": module}).fetchall()
    except sqlite3.Error as error:
        raise not_readable(error) from error


@contextmanager
def _by_sqlalchemy(db_url: str) -> Iterator[Ask]:
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = create_engine(db_url)
        try:
            # As nbgrader's databases all understand it; SQLite's transactions are no less.
            level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
            with engine.connect().execution_options(**level) as db:
                yield lambda statement, module: db.execute(text(statement), {"module": module}).all()
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        raise not_readable(error) from error


def settle_penalties(db_url: str, module: str, policy: LatePolicy) -> None:
    """What lateness costs, of the points as they are by now.

    nbgrader reckons it when it grades by itself, before a person has marked the prose.
    """
    from sqlalchemy import DateTime, Float, Interval, column, create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    typed = (column("timestamp", DateTime), column("extension", Interval), column("duedate", DateTime))
    ask = text(_LATENESS).columns(column("id"), column("stands", Float), *typed, column("points", Float))
    try:
        engine = create_engine(db_url)
        try:
            with engine.begin() as db:
                changes = []
                for row in db.execute(ask, {"module": module}):
                    cost = penalty(policy, _late(row.timestamp, row.extension, row.duedate))
                    points = cost * float(row.points or 0) or None
                    if row.stands != points:
                        changes.append({"own": row.id, "points": points})
                if changes:
                    db.execute(text(_SETTLE), changes)
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        raise not_readable(error) from error


def _late(handed_in: datetime | None, extension: timedelta | None, due: datetime | None) -> timedelta:
    """As nbgrader reckons it: after the due date and the learner's extension, and never less than nothing."""
    if handed_in is None or due is None:
        return timedelta(0)
    return max(timedelta(0), handed_in - (due + (extension or timedelta(0))))
