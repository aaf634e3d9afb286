"""nbgrader's gradebook, read: points and comments, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

from coursekit.model.errors import BadInput


@dataclass(frozen=True)
class CellMark:
    """One graded cell of one submission."""

    grade_id: str
    score: float
    max_score: float
    needs_manual_grade: bool
    comment: str


@dataclass(frozen=True)
class Marks:
    """One learner's marks on one module."""

    learner: str
    score: float
    max_score: float
    cells: tuple[CellMark, ...]


def read_marks(db_url: str, course: str, module: str) -> dict[str, Marks]:
    """Every graded submission of a module, by learner. Raises BadInput when there is no gradebook for it."""
    # nbgrader takes a second to import; only staff's commands pay for it.
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(db_url, course) as gradebook:
        try:
            submissions = gradebook.find_assignment(module).submissions
        except MissingEntry as error:
            raise BadInput(
                "not-in-gradebook",
                f"The gradebook knows nothing of {module}.",
                f"Run `nbgrader generate_assignment {module}` and `nbgrader autograde {module}` first.",
            ) from error
        found = {}
        for submission in submissions:
            cells = []
            for notebook in submission.notebooks:
                comments = {c.name: c.comment or "" for c in notebook.comments}
                cells += [
                    CellMark(
                        grade.name,
                        float(grade.score or 0),
                        float(grade.max_score or 0),
                        bool(grade.needs_manual_grade),
                        comments.get(grade.name, ""),
                    )
                    for grade in notebook.grades
                ]
            found[str(submission.student.id)] = Marks(
                str(submission.student.id),
                float(submission.score or 0),
                float(submission.max_score or 0),
                tuple(cells),
            )
        return found


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
