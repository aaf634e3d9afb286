"""nbgrader's preprocessor that takes reveals and faculty notes out of what learners get.

It comes first in `nbgrader generate_assignment`: the built notebook (executed, with the course's parameters)
takes the master's place; reveals with their outputs go into a sealed bundle beside the master, never into
release/; nbgrader's own preprocessors then see what is left. The notebook's text form, which nbgrader copies with
the module's other files, is taken out of release/ again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from coursekit.model.edition import Edition
from coursekit.model.errors import CoursekitError
from coursekit.policy.sealing import text_form_of


class SealReveals(NbGraderPreprocessor):
    """Put it before all others: `coursekit.nbgrader_exchange.configure` does."""

    variant = Unicode(
        "", help="The variant that is released, of those in course.yml; empty for the module's own."
    ).tag(config=True)

    language = Unicode(
        "", help="The translation that is released, of the variant if there is one; empty for the source."
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Swap in the built notebook, and seal it. Raises NbGraderException with a next step."""
        import json

        import nbformat
        from nbgrader.converters.base import NbGraderException

        from coursekit.wiring import staff

        _leave_texts_out(self, resources, "release_directory")
        folder = Path(resources["metadata"]["path"])
        edition = Edition(self.variant, self.language)
        try:
            sealed = staff.seal_module(folder, resources["unique_key"], edition)
        except CoursekitError as error:
            raise NbGraderException(f"{error.detail} {error.next_step}") from error
        # Through text: nbformat joins lines that a file keeps in lists, and from_dict does not.
        return nbformat.reads(json.dumps(sealed), as_version=4), resources


class LeaveTextsOut(NbGraderPreprocessor):
    """For `nbgrader autograde`, before anything of a learner's runs: it copies the author's files once more."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook as it is; what was copied beside it is gone."""
        _leave_texts_out(self, resources, "autograded_directory")
        return nb, resources


def _leave_texts_out(preprocessor: Any, resources: Any, directory: str) -> None:
    # `CourseDirectory.ignore` cannot name a file by a notebook's beside it, so nbgrader has copied it.
    converter = getattr(preprocessor.parent, "parent", None)
    if converter is None:
        return
    course, own = converter.coursedir, resources["nbgrader"]
    source = Path(course.format_path(course.source_directory, ".", own["assignment"]))
    copied = Path(course.format_path(getattr(course, directory), own["student"], own["assignment"]))
    for notebook in source.glob("*.ipynb"):
        (copied / text_form_of(notebook.stem)).unlink(missing_ok=True)
