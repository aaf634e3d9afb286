"""nbgrader's own feedback pages without what the checks noted for graders.

nbgrader shows an automatic comment wherever a person has written none. The checks' notes are such comments:
formgrader shows them in grey where the grader writes. `configure` puts this in the place of nbgrader's `GetGrades`,
and `coursekit grade` writes notes into the gradebook only where it stands there.
"""

from __future__ import annotations

from typing import Any

from nbgrader.preprocessors import GetGrades

from coursekit.policy.reflection.questions import is_draft


class GradesWithoutDrafts(GetGrades):
    """As nbgrader's, but a note of the checks is no comment."""

    def _get_comment(self, cell: Any, resources: Any) -> None:
        super()._get_comment(cell, resources)
        if is_draft(cell.metadata.nbgrader.get("comment")):
            cell.metadata.nbgrader["comment"] = None
