"""Errors: the same on the other side of a process."""

from __future__ import annotations

import pickle

import pytest

from coursekit.model import errors
from coursekit.model.errors import CoursekitError

FAMILY = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, CoursekitError)]


@pytest.mark.parametrize("kind", FAMILY)
def test_an_error_comes_through_from_another_process(kind: type[CoursekitError]) -> None:
    there = pickle.loads(pickle.dumps(kind("a-code", "What is wrong.", "Do this.")))
    assert type(there) is kind
    assert (there.code, there.detail, there.next_step) == ("a-code", "What is wrong.", "Do this.")
    assert str(there) == "What is wrong."
