"""nbgrader's plugin for late work: what lateness costs by the course's own rule, the field `late` of course.yml.

`coursekit.nbgrader_exchange.configure` puts it in its place. How late something is stands in nbgrader's gradebook,
into which `nbgrader collect` writes each learner's extension.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from nbgrader.plugins import LateSubmissionPlugin

from coursekit.model.errors import CoursekitError


class CourseLatePolicy(LateSubmissionPlugin):
    """The share of the points reached that each day begun costs, after the grace, up to a most."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points that lateness costs; none where it costs nothing, or the rule cannot be read."""
        from coursekit.wiring import staff

        try:
            share = staff.late_share(self._root(), timedelta(seconds=total_seconds_late))
        except CoursekitError as error:
            # One broken file must not keep the whole class from being graded; releasing feedback settles it.
            self.log.error("No penalty for %s: %s %s", student_id, error.detail, error.next_step)
            return None
        return share * score or None

    def _root(self) -> Path:
        """The course's folder, as nbgrader's converter knows it."""
        above: Any = self.parent
        while above is not None and not hasattr(above, "coursedir"):
            above = getattr(above, "parent", None)
        root = above.coursedir.root if above is not None else ""
        return Path(root or ".").absolute()
