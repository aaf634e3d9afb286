"""Written answers in nbgrader's gradebook: what stands there, what the checks add, and one person's mark at a time.

The checks write an automatic score, whether a person must look, and nbgrader's automatic comment. A person's points
and words are only ever written by `enter`, and only where they still are what that person saw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from coursekit.model.errors import Conflict, NotFound
from coursekit.model.reviewing import ProseMark, ProseNote
from coursekit.policy.reflection.questions import is_draft
from coursekit.store.gradebook import is_there
from coursekit.store.marking import away, open_gradebook
from coursekit.store.masters import not_known, not_readable

if TYPE_CHECKING:
    from sqlalchemy import Connection

# A cell that is graded and commented on is two rows of base_cell with one name.
_ROWS = """
    SELECT s.student_id AS learner, c.name AS cell, d.id AS grade, d.auto_score, d.manual_score,
        d.needs_manual_grade, m.id AS comment, m.auto_comment, m.manual_comment, g.max_score
    FROM assignment a JOIN submitted_assignment s ON s.assignment_id = a.id
    JOIN submitted_notebook n ON n.assignment_id = s.id JOIN notebook b ON b.id = n.notebook_id
    JOIN grade d ON d.notebook_id = n.id JOIN base_cell c ON c.id = d.cell_id
    LEFT JOIN grade_cells g ON g.id = c.id
    LEFT JOIN (SELECT w.id, w.notebook_id, w.auto_comment, w.manual_comment, k.name
        FROM comment w JOIN base_cell k ON k.id = w.cell_id) m ON m.notebook_id = n.id AND m.name = c.name
    WHERE a.name = :module AND b.name = :notebook
"""
_ONE = " AND s.student_id = :learner AND c.name = :cell"
_GRADE = "UPDATE grade SET auto_score = :score, needs_manual_grade = :needs WHERE id = :id"
_DRAFT = "UPDATE comment SET auto_comment = :words WHERE id = :id"
_MARK = "UPDATE grade SET manual_score = :points, needs_manual_grade = :needs WHERE id = :id"
_WORDS = "UPDATE comment SET manual_comment = :words WHERE id = :id"

Cells = Mapping[str, Mapping[str, ProseMark]]
"""Learner → cell → what stands there."""


class ProseMarks:
    """One module's notebook in the gradebook, to be used in a `with` block."""

    def __init__(self, db_url: str, module: str, notebook: str) -> None:
        self._db_url = db_url
        self._of = {"module": module, "notebook": notebook}

    def __enter__(self) -> ProseMarks:
        """Raises BadInput when there is no gradebook."""
        if not is_there(self._db_url):
            raise not_known(self._of["module"])
        self._engine = open_gradebook(self._db_url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.dispose()

    def read(self) -> Cells:
        """All graded cells of all learners."""
        found: dict[str, dict[str, ProseMark]] = {}
        with self._begin() as db:
            for row in self._rows(db, _ROWS):
                found.setdefault(row.learner, {})[row.cell] = _mark(row)
        return found

    def find(self, learner: str, cell: str) -> ProseMark | None:
        """What stands there just now; none where there is no such cell."""
        with self._begin() as db:
            rows = self._rows(db, _ROWS + _ONE, learner=learner, cell=cell)
        return _mark(rows[0]) if rows else None

    def write(self, notes: Mapping[str, Mapping[str, ProseNote]]) -> int:
        """What the checks have to say (learner → cell → note), in one transaction; how many rows changed by it.

        A cell that a person has marked keeps its mark, and only loses a draft that is not needed any more.
        """
        from sqlalchemy import text

        grades: list[dict[str, Any]] = []
        drafts: list[dict[str, Any]] = []
        with self._begin() as db:
            for row in self._rows(db, _ROWS, lock=True):
                note = notes.get(row.learner, {}).get(row.cell)
                if note is None:
                    continue
                words = note.draft
                if row.manual_score is not None:
                    words = None
                elif (row.auto_score, bool(row.needs_manual_grade)) != (note.score, note.score is None):
                    grades.append({"id": row.grade, "score": note.score, "needs": note.score is None})
                # What nbgrader itself says there, such as that nobody answered, is not ours to take away.
                ours = row.auto_comment is None or is_draft(row.auto_comment)
                if row.comment is not None and ours and row.auto_comment != words:
                    drafts.append({"id": row.comment, "words": words})
            for statement, rows in ((_GRADE, grades), (_DRAFT, drafts)):
                if rows:
                    db.execute(text(statement), rows)
        return len(grades) + len(drafts)

    def enter(
        self, learner: str, cell: str, points: float, comment: str | None, expected: ProseMark
    ) -> ProseMark:
        """A person's points, and their words unless `comment` is none; what stands there now.

        `expected`: what that person saw. Raises Conflict when somebody has written something else since, and
        NotFound when there is no such cell.
        """
        from sqlalchemy import text

        with self._begin() as db:
            row = next(iter(self._rows(db, _ROWS + _ONE, lock=True, learner=learner, cell=cell)), None)
            if row is None:
                raise NotFound(
                    "no-such-cell",
                    f"The gradebook has no cell {cell} in the graded work of this learner.",
                    f"Grade it again: coursekit grade {self._of['module']}.",
                )
            there = _mark(row)
            if not _is_same(there, expected):
                raise changed(there)
            db.execute(text(_MARK), {"id": row.grade, "points": points, "needs": False})
            if row.comment is not None:
                if comment is not None:
                    db.execute(text(_WORDS), {"id": row.comment, "words": comment})
                if is_draft(row.auto_comment):
                    db.execute(text(_DRAFT), {"id": row.comment, "words": None})
        said = there.manual_comment if comment is None or row.comment is None else comment
        return ProseMark(there.auto_score, points, False, said, most=there.most)

    def take_back(self, learner: str, cell: str, to: ProseMark, expected: ProseMark) -> None:
        """Put a person's mark and words back to what they were. Raises Conflict as `enter` does."""
        from sqlalchemy import text

        with self._begin() as db:
            row = next(iter(self._rows(db, _ROWS + _ONE, lock=True, learner=learner, cell=cell)), None)
            if row is None or not _is_same(_mark(row), expected):
                raise changed(_mark(row) if row is not None else None)
            points, needs = to.manual_score, to.needs_manual_grade
            db.execute(text(_MARK), {"id": row.grade, "points": points, "needs": needs})
            if row.comment is not None:
                db.execute(text(_WORDS), {"id": row.comment, "words": to.manual_comment})
                db.execute(text(_DRAFT), {"id": row.comment, "words": to.auto_comment})

    def _rows(self, db: Connection, statement: str, lock: bool = False, **more: str) -> Any:
        from sqlalchemy import text

        # SQLite's transactions are alone from their beginning on; elsewhere rows must be held.
        if lock and db.dialect.name != "sqlite":
            statement += " FOR UPDATE OF d"
        return db.execute(text(statement), self._of | more).all()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError

        try:
            with self._engine.begin() as db:
                yield db
        except (OperationalError, InterfaceError) as error:
            raise away(error) from error
        except DatabaseError as error:
            raise not_readable(error) from error


def changed(there: ProseMark | None) -> Conflict:
    """Somebody else was quicker."""
    if there is None or there.manual_score is None:
        now = "its mark was taken away"
    else:
        now = f"it has {there.manual_score:g} points now"
    return Conflict(
        "mark-changed",
        f"Somebody else has marked this answer since you opened it: {now}.",
        "Look at it again, then decide.",
    )


def _is_same(there: ProseMark, expected: ProseMark) -> bool:
    return (there.manual_score, there.manual_comment or "") == (
        expected.manual_score,
        expected.manual_comment or "",
    )


def _mark(row: Any) -> ProseMark:
    return ProseMark(
        row.auto_score,
        row.manual_score,
        bool(row.needs_manual_grade),
        row.manual_comment,
        row.auto_comment,
        float(row.max_score or 0.0),
    )
