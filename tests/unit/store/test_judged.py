"""Whatever a graded folder holds, its learner's own answers are read, or said to be unreadable; nothing else is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from coursekit.model.feedback import Judged
from coursekit.store.judged import read_answers, read_ticket
from coursekit.wire.prompts import prompt_from_json

PROMPTS = tuple(
    prompt_from_json(p)
    for p in (
        {"id": "p1", "kind": "estimate", "title": "t", "question": "q", "min": 0, "max": 9},
        {"id": "p2", "kind": "reflection", "title": "t", "question": "q"},
        {"id": "p3", "kind": "analysis", "title": "t", "question": "q"},
    )
)
OPEN = {"p2", "p3"}


def cell(grade_id: str, source: Any, **ours: Any) -> dict[str, Any]:
    metadata = {"nbgrader": {"grade_id": grade_id}, "coursekit": ours}
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def graded(folder: Path, notebook: Any, forms: Any = None) -> Path:
    for name, value in (("m.ipynb", notebook), ("responses.json", forms)):
        if value is not None:
            (folder / name).write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return folder


def read(folder: Path) -> dict[str, Judged]:
    return {str(prompt): judged for prompt, judged in read_answers(folder, "m", PROMPTS, OPEN).items()}


def test_answers_come_from_cells_and_forms(tmp_path: Path) -> None:
    notebook = {"cells": [cell("p2", ["my ", "words"]), cell("p3", "x = 1")]}
    forms = {"schema": "coursekit.responses/1", "responses": {"p1": {"value": 3}, "p9": {"value": 1}}}
    assert read(graded(tmp_path, notebook, forms)) == {
        "p1": Judged({"value": 3}),
        "p2": Judged({"text": "my words"}),
        "p3": Judged({"code": "x = 1"}),
    }


def test_what_was_left_as_it_was_is_no_answer(tmp_path: Path) -> None:
    notebook = {
        "cells": [
            cell("p2", "*Write your answer here.*"),
            cell("p3", "# YOUR CODE HERE\nraise NotImplementedError()"),
        ]
    }
    assert read(graded(tmp_path, notebook)) == {"p1": Judged(), "p2": Judged(), "p3": Judged()}


def test_a_locked_cell_is_no_answer_whatever_it_calls_itself(tmp_path: Path) -> None:
    """Grading puts hidden tests into it; a learner who gives it a prompt's name must not get them."""
    hidden = "assert total == 6, 'CANARY'"
    notebook = {
        "cells": [
            cell("p3", ""),
            cell("p3-tests", hidden, prompt={"id": "p3", "kind": "analysis"}),
            cell("p2-status", hidden, prompt={"id": "p2", "kind": "reflection"}),
        ]
    }
    folder = graded(tmp_path, notebook)
    assert read(folder)["p3"] == read(folder)["p2"] == Judged()
    # And where the gradebook says that the prompt's own cell is the author's.
    notebook["cells"][0]["source"] = hidden
    found = read_answers(graded(tmp_path, notebook), "m", PROMPTS, {"p2"})
    assert "p3" not in found


@pytest.mark.parametrize(
    ("notebook", "problem"),
    [
        (None, "The notebook that was handed in is not among the graded work."),
        (b"", "The notebook that was handed in cannot be read."),
        (b"\xff\xfe", "The notebook that was handed in cannot be read."),
        (b"[" * 100_000, "The notebook that was handed in cannot be read."),
        ([], "The notebook that was handed in cannot be read."),
        ({"cells": 7}, "The notebook that was handed in cannot be read."),
        ({"worksheets": [{"cells": []}]}, "The notebook that was handed in cannot be read."),
    ],
)
def test_a_notebook_that_cannot_be_read_says_so_in_place_of_each_answer(
    tmp_path: Path, notebook: Any, problem: str
) -> None:
    found = read(graded(tmp_path, notebook, {"responses": {"p1": {"value": 3}}}))
    assert found == {"p1": Judged({"value": 3}), "p2": Judged(problem=problem), "p3": Judged(problem=problem)}


def test_a_page_that_grading_put_in_its_place_is_not_the_learners(tmp_path: Path) -> None:
    folder = graded(tmp_path, {"cells": [cell("p2", "*Write your answer here.*"), cell("p3", "x = 1")]})
    (folder / "m.ipynb.handed-in.txt").write_text("{broken")
    problem = Judged(problem="The notebook that was handed in cannot be read.")
    assert read(folder) == {"p1": Judged(), "p2": problem, "p3": problem}


@pytest.mark.parametrize("forms", [b"{", [], {"responses": []}, {"responses": {"p1": 3}}, b"[" * 100_000])
def test_so_do_forms(tmp_path: Path, forms: Any) -> None:
    found = read(graded(tmp_path, {"cells": [cell("p2", "words")]}, forms))
    assert found["p1"] == Judged(problem="The answers that were given in forms cannot be read.")
    assert found["p2"] == Judged({"text": "words"})


@pytest.mark.parametrize(
    "cells",
    [
        [7, None, {}, {"metadata": None}, {"metadata": {"nbgrader": 3}}],
        [{"metadata": {"nbgrader": {"grade_id": ["p2"]}}, "source": {"a": 1}}],
        [cell("p2", None), cell("p2", [1, None])],
    ],
)
def test_odd_cells_are_nobodys_answer(tmp_path: Path, cells: list[Any]) -> None:
    assert read(graded(tmp_path, {"cells": cells})) == {"p1": Judged(), "p2": Judged(), "p3": Judged()}


def test_two_cells_for_one_answer_are_named(tmp_path: Path) -> None:
    notebook = {"cells": [cell("p2", "one"), cell("p2", "another"), cell("p3", "x"), cell("p3", "x")]}
    found = read(graded(tmp_path, notebook))
    assert found["p2"] == Judged(
        problem="Two cells of the notebook that was handed in answer it, with different texts."
    )
    assert found["p3"] == Judged({"code": "x"})


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Graded code may leave links to somebody else's work."""
    theirs = tmp_path / "olu"
    mine = tmp_path / "maria"
    theirs.mkdir()
    mine.mkdir()
    graded(theirs, {"cells": [cell("p2", "CANARY")]}, {"responses": {"p1": {"value": 7}}})
    (theirs / "coursekit.json").write_text('{"submission": "canary", "at": "CANARY"}')
    for name in ("m.ipynb", "responses.json", "coursekit.json"):
        (mine / name).symlink_to(theirs / name)
    os.mkfifo(mine / "timestamp.txt")
    found = read(mine)
    assert found["p1"].problem == "The answers that were given in forms cannot be read."
    assert found["p2"].problem == "The notebook that was handed in cannot be read."
    assert read_ticket(mine) == ("", "")


@pytest.mark.parametrize(
    ("ticket", "stamp", "said"),
    [
        ('{"submission": "abc", "at": "2027-01-24 23:00:00 UTC"}', None, ("abc", "2027-01-24 23:00:00 UTC")),
        (None, "2027-01-24 23:00:00.5 UTC\n", ("", "2027-01-24 23:00:00.5 UTC")),
        ('{"submission": "a/../b", "at": null}', "2027", ("", "2027")),
        ('{"submission": ["abc"], "at": 7}', None, ("", "7")),
        ("[]", None, ("", "")),
        (None, None, ("", "")),
    ],
)
def test_which_submission_was_judged(
    tmp_path: Path, ticket: str | None, stamp: str | None, said: tuple[str, str]
) -> None:
    for name, content in (("coursekit.json", ticket), ("timestamp.txt", stamp)):
        if content is not None:
            (tmp_path / name).write_text(content)
    assert read_ticket(tmp_path) == said
