"""What a parameters cell sets, in Python and elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coursekit.lint.parameters import parameters_set
from coursekit.model.notebook import Notebook


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("rooms = 1", ("rooms",)),
        ("# Why.\nrooms: int = 1\na, b = 2, 3\nrooms = 4", ("rooms", "a", "b")),
        ("if rooms == 2:\n    x = 1\nprint(y)", ()),
        ("rooms <- 1\nfloors = 2\nif (a == b) 1", ("rooms", "floors")),
        ("", ()),
    ],
)
def test_names(make_cell, source, names):
    cell = replace(make_cell("p", source, None, "code"), tags=("parameters",))
    assert parameters_set(Notebook("one", (cell,))) == names


def test_without_the_cell_there_are_none(make_cell):
    assert parameters_set(Notebook("one", (make_cell("p", "rooms = 1", None, "code"),))) is None
