"""Notebooks are read as they stand, and whatever is wrong is said with file, cell and field."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.notebook import Faculty, NbgraderCell, Reveal
from coursekit.model.prompt import PromptKind
from coursekit.store.notebookfiles import find_root, read_notebook, shown_path
from coursekit.wire.misread import Misread

COURSES = Path(__file__).parents[2] / "courses"
FIRST = COURSES / "tiny" / "modules" / "first" / "first.ipynb"


def test_each_cell_is_known_for_what_it_is():
    notebook = read_notebook(FIRST)
    cells = {c.id: c for c in notebook.cells}
    assert notebook.name == "first"
    assert [p.id for _, p in notebook.prompts()] == ["p1", "p2", "p3"]
    assert cells["parameters"].tags == ("parameters",)
    assert cells["p1-reveal"].role == Reveal("p1", ("exhibits/night.csv",), "", 9.0417)
    assert cells["faculty-1"].role == Faculty()
    assert cells["p2"].nbgrader == NbgraderCell("p2", grade=True, solution=True, points=3)
    assert cells["p3-tests"].source.splitlines()[1] == "### BEGIN HIDDEN TESTS"
    prompts = {p.id: p for _, p in notebook.prompts()}
    assert (prompts["p1"].kind, prompts["p1"].maximum) == (PromptKind.ESTIMATE, 24)
    assert prompts["p2"].question == ""


def test_cells_are_numbered_from_one():
    assert [c.index for c in read_notebook(FIRST).cells][:3] == [1, 2, 3]


def bent(tmp_path, **changes):
    """A notebook of one cell, of which something is changed; none takes a field away."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "x", "outputs": []}
    cell = {k: v for k, v in {**cell, **changes}.items() if v is not None}
    path = tmp_path / "modules" / "one" / "one.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


NB = {"grade_id": "a", "schema_version": 3}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": None}, "cell 1: it has no id."),
        ({"id": 7}, "cell 1: it has no id."),
        ({"cell_type": "heading"}, "cell 1 (a): the field “cell_type” must be one of markdown, code, raw."),
        ({"source": 7}, "cell 1 (a): the field “source” must be text."),
        ({"source": ["x", 7]}, "cell 1 (a): the field “source” must be text."),
        ({"metadata": []}, "cell 1 (a): the field “metadata” must be a mapping."),
        ({"metadata": {"tags": "parameters"}}, "cell 1 (a): the field “tags” must be a list of texts."),
        ({"outputs": {}}, "cell 1 (a): the field “outputs” must be a list."),
        ({"metadata": {"nbgrader": 1}}, "cell 1 (a): the metadata “nbgrader” must be a mapping."),
        (
            {"metadata": {"nbgrader": {"grade_id": "a"}}},
            "cell 1 (a): the nbgrader field “schema_version” must be 3.",
        ),
        (
            {"metadata": {"nbgrader": {"schema_version": 3}}},
            "cell 1 (a): the nbgrader field “grade_id” is missing.",
        ),
        (
            {"metadata": {"nbgrader": {**NB, "locked": 1}}},
            "cell 1 (a): the nbgrader field “locked” must be true or false.",
        ),
        (
            {"metadata": {"nbgrader": {**NB, "points": -1}}},
            "cell 1 (a): the nbgrader field “points” must be a number, 0 or more.",
        ),
        (
            {"metadata": {"nbgrader": {**NB, "grade": True}}},
            "cell 1 (a): the nbgrader field “points” is missing from a graded cell.",
        ),
        (
            {"metadata": {"coursekit": {}}},
            "cell 1 (a): the metadata “coursekit” must have one of prompt, reveal, faculty and check, "
            "and nothing else.",
        ),
        (
            {"metadata": {"coursekit": {"check": {"label": " "}}}},
            "cell 1 (a): in the check, the field “label” is empty.",
        ),
        (
            {"metadata": {"coursekit": {"prompt": 7}}},
            "cell 1 (a): a prompt must be a mapping of fields.",
        ),
        (
            {"metadata": {"coursekit": {"reveal": {"after": "P 1"}}}},
            "cell 1 (a): in the reveal, the field “after” must be lower-case letters, digits, hyphens and "
            "underscores, at most 64, beginning with a letter or digit.",
        ),
    ],
)
def test_the_error_names_file_cell_and_field(tmp_path, changes, said):
    with pytest.raises(BadInput) as caught:
        read_notebook(bent(tmp_path, **changes))
    assert caught.value.detail == "modules/one/one.ipynb, " + said
    assert caught.value.next_step


def test_all_that_is_wrong_is_kept_for_whoever_asks():
    with pytest.raises(Misread) as caught:
        read_notebook(COURSES / "broken_cells" / "modules" / "one" / "one.ipynb")
    assert (caught.value.cell, len(caught.value.others)) == (2, 8)


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(BadInput, match=r"^one\.ipynb: it is not there\.$"):
        read_notebook(tmp_path / "one.ipynb")
    (tmp_path / "one.ipynb").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"^one\.ipynb: it is not UTF-8 text\.$"):
        read_notebook(tmp_path / "one.ipynb")


def test_the_root_is_found_from_anywhere_inside():
    assert find_root(FIRST.parent) == COURSES / "tiny"
    assert find_root(COURSES / "tiny") == COURSES / "tiny"


def test_outside_a_course_the_next_step_begins_one(tmp_path):
    with pytest.raises(BadInput) as caught:
        find_root(tmp_path)
    assert "coursekit new course DIR" in caught.value.next_step


def test_messages_show_no_path_of_the_machine(tmp_path):
    assert shown_path(tmp_path / "modules" / "one" / "one.ipynb") == "modules/one/one.ipynb"
    assert shown_path(tmp_path / "one.ipynb") == "one.ipynb"


def test_reading_does_not_import_nbformat():
    code = "import sys, coursekit.store.notebookfiles; sys.exit('nbformat' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode
        == 0
    )
