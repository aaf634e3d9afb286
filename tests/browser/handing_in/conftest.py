"""A learner in a real browser, before a real JupyterLab, whose line to a real exchange can be cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.before_the_learner import Course
from support.learner_rooms import browser, house, lab
from support.learner_rooms import course as empty_course

__all__ = ["browser", "empty_course", "house", "lab"]


@pytest.fixture
def course(empty_course: Course) -> Iterator[Course]:
    """A course of two modules, both released."""
    for module in ("first", "second"):
        empty_course.release(module)
    yield empty_course
    empty_course.house.line.hold = _nothing


def _nothing(method: str, path: str) -> bool:
    return False
