"""coursekit for nbgrader: its exchange, its sealing, its folders. One line in nbgrader_config.py:

    from coursekit.nbgrader_exchange import configure; configure(get_config())

The eight verbs are in `verbs`, and can be had from here by their names. They are loaded when they are asked for:
our own commands read nbgrader_config.py as well, and nbgrader takes seconds to import.
"""

from __future__ import annotations

import importlib
from typing import Any

from coursekit.wiring.nbgrader_config import IGNORED, LATE_POLICY, WITHOUT_DRAFTS, FoldersOnly

_CLEANED = ("clean_html", "strip_files_prefix")
"""nbconvert's filters through which learners' HTML goes."""

_VERBS = (
    "Exchange",
    "ExchangeCollect",
    "ExchangeFetchAssignment",
    "ExchangeFetchFeedback",
    "ExchangeList",
    "ExchangeReleaseAssignment",
    "ExchangeReleaseFeedback",
    "ExchangeSubmit",
)


def configure(c: Any) -> None:
    """Make nbgrader use coursekit: its exchange, its sealing, its folders."""
    c.CourseDirectory.source_directory = "modules"
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", *IGNORED]
    c.AssignLatePenalties.plugin_class = LATE_POLICY
    c.ClearSolutions.text_stub = "*Write your answer here.*"
    # Deleted cells come back empty instead of waiting for a mark for ever.
    c.OverwriteCells.add_missing_cells = True
    # What a learner wrote must not run on a grader's page.
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {name: f"coursekit.nbgrader_exchange.pages.{name}" for name in _CLEANED}
    if isinstance(c, FoldersOnly):
        return
    verbs = importlib.import_module("coursekit.nbgrader_exchange.verbs")
    c.ExchangeFactory.exchange = verbs.Exchange
    c.ExchangeFactory.fetch_assignment = verbs.ExchangeFetchAssignment
    c.ExchangeFactory.fetch_feedback = verbs.ExchangeFetchFeedback
    c.ExchangeFactory.release_assignment = verbs.ExchangeReleaseAssignment
    c.ExchangeFactory.release_feedback = verbs.ExchangeReleaseFeedback
    c.ExchangeFactory.list = verbs.ExchangeList
    c.ExchangeFactory.submit = verbs.ExchangeSubmit
    c.ExchangeFactory.collect = verbs.ExchangeCollect
    c.GenerateAssignment.preprocessors = ["coursekit.nbgrader_seal.SealReveals", *_generate_preprocessors()]
    # The author's text of a notebook has the hidden tests in it, and learners' code is about to run beside it.
    c.Autograde.sanitize_preprocessors = [
        "coursekit.nbgrader_seal.LeaveTextsOut",
        *_sanitize_preprocessors(),
    ]
    # What the checks note for graders must not reach a learner by nbgrader's own pages.
    c.GenerateFeedback.preprocessors = [WITHOUT_DRAFTS, *_feedback_preprocessors()]


def _generate_preprocessors() -> list[Any]:
    from nbgrader.converters import GenerateAssignment

    return list(GenerateAssignment.preprocessors.default_args[0])


def _sanitize_preprocessors() -> list[Any]:
    from nbgrader.converters import Autograde

    return list(Autograde.sanitize_preprocessors.default_args[0])


def _feedback_preprocessors() -> list[Any]:
    from nbgrader.converters import GenerateFeedback
    from nbgrader.preprocessors import GetGrades

    return [p for p in GenerateFeedback.preprocessors.default_args[0] if p is not GetGrades]


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        return getattr(importlib.import_module("coursekit.nbgrader_exchange.verbs"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
