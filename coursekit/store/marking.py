"""Marks into nbgrader's gradebook, as `nbgrader autograde` writes them; by one writer, a few submissions at a time.

Written: who handed in and when, what each cell got by itself, whether a person must look, what lateness costs.
Never touched: points and comments that a person gave, extra credit, flags.

    with MarkWriter(…) as writer:       four statements: what is there already, of everybody
        writer.write([marks, …])        one transaction of up to eleven, however many they are

A group shares the time that a disk takes to make sure. Between two groups the gradebook is anybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from coursekit.model.errors import BadInput, NotNow
from coursekit.model.marking import Marks, NotebookMarks
from coursekit.policy.scoring import keeps_manual_mark
from coursekit.store.gradebook import is_there
from coursekit.store.masters import not_known, not_readable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import DBAPIError

Penalty = Callable[[str, float, float], float | None]
"""What lateness costs: learner, points reached, seconds late → points; none where it costs nothing."""

_PATIENCE = 30
"""Seconds to wait while somebody else writes to an SQLite gradebook."""
_NO_RESPONSE = "No response."


@dataclass
class _Cells:
    """The graded and the commented cells of a notebook: name → id."""

    graded: dict[str, str] = field(default_factory=dict)
    commented: dict[str, str] = field(default_factory=dict)


@dataclass
class _Submission:
    """What the gradebook has of a learner's submission."""

    id: str
    timestamp: datetime | None = None
    extension: timedelta | None = None
    notebooks: dict[str, tuple[str, float | None]] = field(default_factory=dict)
    """Notebook's id → the submitted one's id, and what lateness costs."""


class MarkWriter:
    """The only writer of a batch, to be used in a `with` block."""

    def __init__(self, db_url: str, module: str, penalty: Penalty) -> None:
        """`penalty` is asked only about what came late. The gradebook must be there, with the module in it."""
        self._db_url = db_url
        self._module = module
        self._penalty = penalty
        self._assignment = ""
        self._due: datetime | None = None
        self._notebooks: dict[str, str] = {}
        self._cells: dict[str, _Cells] = {}
        self._students: set[str] = set()
        self._submissions: dict[str, _Submission] = {}

    def __enter__(self) -> MarkWriter:
        from sqlalchemy.exc import DatabaseError

        if not is_there(self._db_url):
            raise not_known(self._module)
        # The tables are nbgrader's own; its Gradebook would look at the whole schema each time it is opened.
        from nbgrader import api

        self._tables = _Tables(api)
        self._engine = open_gradebook(self._db_url)
        try:
            self._connection = self._engine.connect()
            with self._connection.begin():
                self._look()
        except DatabaseError as error:
            self._engine.dispose()
            raise (away(error) if "locked" in str(error.orig) else not_readable(error)) from error
        except BadInput:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def is_there(self, learner: str) -> bool:
        """Whether the gradebook has a submission of theirs."""
        return learner in self._submissions

    def seconds_late(self, learner: str, timestamp: datetime | None) -> float:
        """How late that would be, with the learner's extension; nought where nothing is due."""
        submission = self._submissions.get(learner)
        extension = submission.extension if submission is not None else None
        if timestamp is None and submission is not None:
            timestamp = submission.timestamp
        if timestamp is None or self._due is None:
            return 0.0
        return max(0.0, (timestamp - (self._due + (extension or timedelta()))).total_seconds())

    def write(self, group: Sequence[Marks]) -> None:
        """The marks of these submissions, of different learners: all of them, or none.

        Raises NotNow when nobody's can be written, and BadInput when these cannot.
        """
        from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError

        try:
            try:
                self._write(group)
            except IntegrityError:
                # Somebody else entered a learner meanwhile: look again, then it is an update.
                with self._connection.begin():
                    self._look()
                self._write(group)
        except (OperationalError, InterfaceError) as error:
            raise away(error) from error
        except DatabaseError as error:
            names = ", ".join(marks.learner for marks in group)
            raise BadInput(
                "not-recorded",
                f"The gradebook did not take the marks of {names}: {type(error.orig).__name__}.",
                "Look at this learner's folder name: the gradebook may not be able to hold it.",
            ) from error

    def _look(self) -> None:
        from sqlalchemy import select

        t = self._tables
        run = self._connection.execute
        found = run(
            select(t.assignment.c.id, t.assignment.c.duedate).where(t.assignment.c.name == self._module)
        ).first()
        if found is None:
            raise not_known(self._module)
        self._assignment, self._due = found
        self._notebooks = {}
        self._cells = {}
        for notebook, name, cell, cell_name, kind in run(
            select(t.notebook.c.id, t.notebook.c.name, t.cell.c.id, t.cell.c.name, t.cell.c.type)
            .outerjoin(t.cell, t.cell.c.notebook_id == t.notebook.c.id)
            .where(t.notebook.c.assignment_id == self._assignment)
        ):
            self._notebooks[name] = notebook
            cells = self._cells.setdefault(name, _Cells())
            if kind in ("GradeCell", "TaskCell"):
                cells.graded[cell_name] = cell
            if kind in ("SolutionCell", "TaskCell"):
                cells.commented[cell_name] = cell
        self._students = set(run(select(t.student.c.id)).scalars())
        self._submissions = {}
        own = t.submitted_notebook
        for row in run(
            select(
                t.submission.c.student_id,
                t.submission.c.id,
                t.submission.c.timestamp,
                t.submission.c.extension,
                own.c.notebook_id,
                own.c.id.label("own"),
                own.c.late_submission_penalty,
            )
            .outerjoin(own, own.c.assignment_id == t.submission.c.id)
            .where(t.submission.c.assignment_id == self._assignment)
        ):
            there = self._submissions.setdefault(
                row.student_id, _Submission(row.id, row.timestamp, row.extension)
            )
            if row.own is not None:
                there.notebooks[row.notebook_id] = (row.own, row.late_submission_penalty)

    def _write(self, group: Sequence[Marks]) -> None:
        with self._connection.begin():
            sheet = _Sheet()
            pages = [self._open(marks, sheet) for marks in group]
            self._read({page.submission.id: page for page in pages if not page.is_new})
            for marks, page in zip(group, pages, strict=True):
                self._enter(page, marks, sheet)
            self._save(sheet)
        # Only what is committed is remembered.
        for marks, page in zip(group, pages, strict=True):
            self._students.add(marks.learner)
            self._submissions[marks.learner] = page.submission

    def _open(self, marks: Marks, sheet: _Sheet) -> _Page:
        there = self._submissions.get(marks.learner)
        if there is not None:
            timestamp = marks.timestamp or there.timestamp
            if timestamp != there.timestamp:
                sheet.times.append({"own": there.id, "moment": timestamp})
            return _Page(_Submission(there.id, timestamp, there.extension, dict(there.notebooks)), False)
        if marks.learner not in self._students:
            sheet.students.append({"id": marks.learner})
        submission = _Submission(_new_id(), marks.timestamp)
        sheet.submissions.append(
            {
                "id": submission.id,
                "assignment_id": self._assignment,
                "student_id": marks.learner,
                "timestamp": marks.timestamp,
            }
        )
        return _Page(submission, True)

    def _read(self, pages: Mapping[str, _Page]) -> None:
        """What is there already of these, held until the marks are written."""
        from sqlalchemy import select

        if not pages:
            return
        t = self._tables
        run = self._connection.execute
        grade, comment, own = t.grade, t.comment, t.submitted_notebook
        columns = (grade.c.id, grade.c.notebook_id, grade.c.cell_id, grade.c.auto_score, grade.c.manual_score)
        # A grader may be marking one of these just now; their mark is to be seen, or to wait.
        for row in run(
            select(own.c.assignment_id, *columns, grade.c.extra_credit, grade.c.needs_manual_grade)
            .join_from(grade, own, grade.c.notebook_id == own.c.id)
            .where(own.c.assignment_id.in_(pages))
            .with_for_update(of=grade)
        ):
            pages[row.assignment_id].grades[row.notebook_id, row.cell_id] = row
        for words in run(
            select(
                own.c.assignment_id,
                comment.c.id,
                comment.c.notebook_id,
                comment.c.cell_id,
                comment.c.auto_comment,
            )
            .join_from(comment, own, comment.c.notebook_id == own.c.id)
            .where(own.c.assignment_id.in_(pages))
        ):
            pages[words.assignment_id].comments[words.notebook_id, words.cell_id] = words

    def _enter(self, page: _Page, marks: Marks, sheet: _Sheet) -> None:
        late = self._lateness(page.submission)
        given = {notebook.name: notebook for notebook in marks.notebooks}
        for name, notebook in self._notebooks.items():
            own, penalty = page.submission.notebooks.get(notebook, ("", None))
            if not own:
                own = _new_id()
                sheet.notebooks.append(
                    {
                        "id": own,
                        "assignment_id": page.submission.id,
                        "notebook_id": notebook,
                        "flagged": False,
                        "late_submission_penalty": None,
                    }
                )
            points = page.enter(own, self._cells[name], given.get(name), sheet)
            cost = penalty
            if name in given and not given[name].missing:
                cost = self._cost(marks.learner, points, late)
            if cost != penalty:
                sheet.penalties.append({"own": own, "cost": cost})
            page.submission.notebooks[notebook] = (own, cost)

    def _lateness(self, submission: _Submission) -> float:
        if submission.timestamp is None or self._due is None:
            return 0.0
        due = self._due + (submission.extension or timedelta())
        return max(0.0, (submission.timestamp - due).total_seconds())

    def _cost(self, learner: str, points: float, late: float) -> float | None:
        """Within nothing and all, as nbgrader holds it."""
        if late <= 0:
            return None
        cost = self._penalty(learner, points, late)
        return None if cost is None else min(max(cost, 0.0), points)

    def _save(self, sheet: _Sheet) -> None:
        from sqlalchemy import bindparam

        t = self._tables
        own: Any = bindparam("own")
        steps: Iterable[tuple[Any, list[dict[str, Any]]]] = (
            (t.student.insert(), sheet.students),
            (t.submission.insert(), sheet.submissions),
            (
                t.submission.update().where(t.submission.c.id == own).values(timestamp=bindparam("moment")),
                sheet.times,
            ),
            (t.submitted_notebook.insert(), sheet.notebooks),
            (t.grade.insert(), sheet.grades),
            (t.comment.insert(), sheet.comments),
            (
                t.grade.update()
                .where(t.grade.c.id == own)
                .values(auto_score=bindparam("score"), needs_manual_grade=bindparam("needs")),
                sheet.grade_changes,
            ),
            (
                t.comment.update().where(t.comment.c.id == own).values(auto_comment=bindparam("words")),
                sheet.comment_changes,
            ),
            (
                t.submitted_notebook.update()
                .where(t.submitted_notebook.c.id == own)
                .values(late_submission_penalty=bindparam("cost")),
                sheet.penalties,
            ),
        )
        for statement, rows in steps:
            if rows:
                self._connection.execute(statement, rows)


class _Tables:
    """nbgrader's tables, by what they are here."""

    def __init__(self, api: Any) -> None:
        self.assignment = api.Assignment.__table__
        self.notebook = api.Notebook.__table__
        self.cell = api.BaseCell.__table__
        self.student = api.Student.__table__
        self.submission = api.SubmittedAssignment.__table__
        self.submitted_notebook = api.SubmittedNotebook.__table__
        self.grade = api.Grade.__table__
        self.comment = api.Comment.__table__


@dataclass
class _Sheet:
    """What is to be done about a group of submissions, table by table."""

    students: list[dict[str, Any]] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    times: list[dict[str, Any]] = field(default_factory=list)
    notebooks: list[dict[str, Any]] = field(default_factory=list)
    grades: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    grade_changes: list[dict[str, Any]] = field(default_factory=list)
    comment_changes: list[dict[str, Any]] = field(default_factory=list)
    penalties: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _Page:
    """A submission, and the rows of it that are there."""

    submission: _Submission
    is_new: bool
    grades: dict[tuple[str, str], Any] = field(default_factory=dict)
    comments: dict[tuple[str, str], Any] = field(default_factory=dict)

    def enter(self, own: str, cells: _Cells, marks: NotebookMarks | None, sheet: _Sheet) -> float:
        """What a notebook's rows are to say. Gives the points it then has."""
        given = {grade.grade_id: grade for grade in marks.grades} if marks is not None else {}
        points = 0.0
        for name, cell in cells.graded.items():
            row: Any = self.grades.get((own, cell))
            new = given.get(name)
            auto = new.score if new is not None else (row.auto_score if row is not None else None)
            manual = row.manual_score if row is not None else None
            needs = row.needs_manual_grade if row is not None else True
            if marks is not None and new is not None:
                if manual is None:
                    needs = new.waiting or new.score is None
                elif not keeps_manual_mark(
                    marks.judged_before.get(name),
                    marks.judged.get(name),
                    # Prose that was passed without a person: the person who looked all the same has the last word.
                    None if new.score is None and new.remark is None else row.auto_score,
                    new.score,
                ):
                    # A person marked another answer than this one.
                    needs = True
            if row is None:
                sheet.grades.append(
                    {
                        "id": _new_id(),
                        "cell_id": cell,
                        "notebook_id": own,
                        "auto_score": auto,
                        "needs_manual_grade": needs,
                    }
                )
            elif (row.auto_score, bool(row.needs_manual_grade)) != (auto, bool(needs)):
                sheet.grade_changes.append({"own": row.id, "score": auto, "needs": needs})
            got = manual if manual is not None else auto
            if got is not None:
                points += got + ((row.extra_credit if row is not None else None) or 0.0)
        self._comment(own, cells, marks.unanswered if marks is not None else {}, sheet)
        return points

    def _comment(self, own: str, cells: _Cells, unanswered: Mapping[str, bool], sheet: _Sheet) -> None:
        for name, cell in cells.commented.items():
            row = self.comments.get((own, cell))
            words = row.auto_comment if row is not None else None
            if name in unanswered:
                words = _NO_RESPONSE if unanswered[name] else None
            if row is None:
                sheet.comments.append(
                    {"id": _new_id(), "cell_id": cell, "notebook_id": own, "auto_comment": words}
                )
            elif row.auto_comment != words:
                sheet.comment_changes.append({"own": row.id, "words": words})


def away(error: DBAPIError) -> NotNow:
    """The gradebook cannot be written to."""
    reason = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    return NotNow(
        "gradebook-away",
        f"The gradebook cannot be written to: {reason[0]}.",
        "What is graded so far is kept. See that the gradebook is there, with room, and that nobody keeps it "
        "locked; then run the same again.",
    )


def _new_id() -> str:
    return uuid4().hex


def open_gradebook(db_url: str) -> Engine:
    """Where a transaction holds what it has read, also in SQLite."""
    from sqlalchemy import create_engine, event

    if not db_url.startswith("sqlite"):
        return create_engine(db_url)
    engine = create_engine(db_url, connect_args={"timeout": _PATIENCE})

    # Python's driver begins with the first change only, and what was read before could be old by then.
    @event.listens_for(engine, "connect")
    def _leave_beginning_to_us(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
