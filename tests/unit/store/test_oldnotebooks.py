"""Notebooks of the first three formats, as nbformat's converter reads them."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from coursekit.store.oldnotebooks import upgrade

Json = dict[str, Any]


def sources(notebook: Json) -> list[tuple[str, str]]:
    return [(cell["cell_type"], cell["source"]) for cell in notebook["cells"]]


def format_3(*cells: Json, **more: Any) -> Json:
    return {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [*cells]}],
        **more,
    }


def test_format_3_with_its_headings_lists_of_lines_and_names_of_nbgraders() -> None:
    metadata = {"nbgrader": {"grade_id": "p2", "grade": True}}
    found = upgrade(
        format_3(
            {"cell_type": "heading", "level": 2, "source": ["A head"]},
            {"cell_type": "markdown", "source": ["a\n", "b"], "metadata": metadata},
            {"cell_type": "code", "input": ["x = 1\n", "x"], "language": "python", "outputs": []},
            {"cell_type": "code", "input": ["y = 1", "y"], "language": "python", "outputs": []},
        )
    )
    assert sources(found) == [
        ("markdown", "## A head"),
        ("markdown", "a\nb"),
        ("code", "x = 1\nx"),
        ("code", "y = 1\ny"),
    ]
    assert found["cells"][1]["metadata"] == metadata
    assert found["nbformat"] == 4


def test_several_sheets_become_one() -> None:
    cell = {"cell_type": "markdown", "source": "a"}
    assert len(upgrade(format_3(cell, worksheets=[{"cells": [cell]}, {"cells": [dict(cell)]}]))["cells"]) == 2


def test_damaged_outputs_cost_nothing() -> None:
    cell = {"cell_type": "code", "input": "x", "language": "python", "outputs": [7, {"output_type": "pyout"}]}
    assert sources(upgrade(format_3(cell))) == [("code", "x")]
    assert sources(upgrade(format_3({"cell_type": "code", "input": "x"}))) == [("code", "x")]


def test_format_2() -> None:
    sheet = {"cells": [{"cell_type": "markdown", "source": "a"}, {"cell_type": "code", "input": "b"}]}
    found = upgrade({"nbformat": 2, "worksheets": [sheet]})
    assert sources(found) == [("markdown", "a"), ("code", "b")]


def test_format_1() -> None:
    cells = [{"cell_type": "text", "text": "a"}, {"cell_type": "code", "code": "b"}]
    assert sources(upgrade({"nbformat": 1, "cells": cells})) == [("markdown", "a"), ("code", "b")]


def test_the_same_twice_is_the_same() -> None:
    """The converter makes up ids by chance, and grading must not depend on them."""
    cell = {"cell_type": "markdown", "source": "a"}
    assert upgrade(format_3(dict(cell))) == upgrade(format_3(dict(cell)))


@pytest.mark.parametrize(
    "damaged",
    [
        {"nbformat": 3, "worksheets": None},
        {"nbformat": 3, "worksheets": [{}]},
        {"nbformat": 3, "worksheets": [{"cells": [None]}]},
        {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "heading", "source": 7}]}]},
        {"nbformat": 9, "worksheets": []},
        {"nbformat": 1, "cells": [{"cell_type": "picture"}]},
    ],
)
def test_what_is_no_notebook_is_refused(damaged: Json) -> None:
    with pytest.raises((TypeError, KeyError, AttributeError, UnboundLocalError, nbformat.ValidationError)):
        upgrade(damaged)
