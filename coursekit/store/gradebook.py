"""nbgrader's gradebook: points and comments cell by cell, and until when whose work was in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Deadlines:
    """What was written into a gradebook about one module, so that a grader's own entries can be told apart."""

    due: datetime | None = None
    extensions: Mapping[str, float] = field(default_factory=dict)
    """Learner → seconds."""


def is_there(db_url: str) -> bool:
    """Whether there is a gradebook; opening one that is not there would make it, which takes seconds."""
    path = sqlite_file(db_url)
    return path is None or path.is_file()


def sqlite_file(db_url: str) -> Path | None:
    """The file of an SQLite gradebook; none where it is in another database."""
    if not db_url.startswith("sqlite"):
        return None
    prefix = "sqlite:///"
    if db_url.startswith(prefix) and not set(db_url) & set("%?"):
        return Path(db_url.removeprefix(prefix))
    # Codes for letters, and settings: only who defined such addresses takes them apart rightly.
    from sqlalchemy import make_url

    return Path(make_url(db_url).database or "")


def find_due(db_url: str, course: str, module: str) -> datetime | None:
    """When the gradebook says that a module is due, aware; none where it says nothing."""
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(db_url, course) as gradebook:
        try:
            due: datetime | None = gradebook.find_assignment(module).duedate
        except MissingEntry:
            return None
    return due.replace(tzinfo=UTC) if due is not None else None


def write_deadlines(
    db_url: str,
    course: str,
    module: str,
    due: datetime | None,
    own: Mapping[str, datetime],
    before: Deadlines,
) -> Deadlines:
    """Let the gradebook know the course's due date and each learner's own; never a mark.

    `due`: the course's, aware. `own`: learner → their due date, for those with an extension who handed something
    in; nbgrader itself can note none before it has graded. `before`: what this wrote the last time. A due date or
    an extension that a grader entered stays. Gives what now stands there by this.
    """
    from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment

    with Gradebook(db_url, course) as gradebook:
        try:
            assignment = gradebook.find_assignment(module)
        except MissingEntry:
            return before
        there = assignment.duedate.replace(tzinfo=UTC) if assignment.duedate is not None else None
        if there is None or there == before.due:
            assignment.duedate = due.astimezone(UTC).replace(tzinfo=None) if due is not None else None
            there = written_due = due
        else:
            written_due = before.due
        wanted = {who: until - there for who, until in own.items() if there is not None and until > there}
        known = {
            str(s.student_id): s
            for s in gradebook.db.query(SubmittedAssignment).filter_by(assignment_id=assignment.id)
        }
        for who in wanted:
            if who not in known:
                gradebook.update_or_create_student(who)
                # A flush half-way through nbgrader's own making of it would warn every grader.
                with gradebook.db.no_autoflush:
                    known[who] = gradebook.update_or_create_submission(module, who)
        for who, submission in known.items():
            ours = before.extensions.get(who)
            now = submission.extension
            is_ours = now is None or (ours is not None and now == timedelta(seconds=ours))
            # Without a due date nbgrader stumbles over any extension, a grader's own too.
            if there is None or (is_ours and now != wanted.get(who)):
                submission.extension = wanted.get(who)
        gradebook.db.commit()
        return Deadlines(written_due, {who: span.total_seconds() for who, span in wanted.items()})


def enter_marks(
    db_url: str, course: str, module: str, marks: dict[str, dict[str, tuple[float, str]]]
) -> None:
    """Enter points and comments by hand, as formgrader would: learner → grade_id → (points, comment)."""
    from nbgrader.api import Gradebook

    with Gradebook(db_url, course) as gradebook:
        for learner, cells in marks.items():
            for grade_id, (points, comment) in cells.items():
                grade = gradebook.find_grade(grade_id, module, module, learner)
                grade.manual_score = points
                grade.needs_manual_grade = False
                gradebook.find_comment(grade_id, module, module, learner).manual_comment = comment
        gradebook.db.commit()
