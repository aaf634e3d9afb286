"""Which files lie in the folder of graded work, and whose stand where two would lie in one place."""

from __future__ import annotations

import json

from coursekit.model.grading import MasterCell, MasterNotebook, Remark, Unreadable
from coursekit.model.marking import Collected
from coursekit.model.submission import sha256
from coursekit.policy.gradedfiles import graded_files

MASTERS = {"one": MasterNotebook("one", (MasterCell("p1", "markdown", "", "", grade=True, solution=True),))}
NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def files(shown, handed, own=(), authors=None, sources=None):
    collected = Collected("ada", handed, tuple(own), sha256(b""))
    return dict(graded_files(collected, sources or {}, {"one": shown}, MASTERS, authors or {}))


def test_the_graded_notebook_takes_the_place_of_the_one_handed_in() -> None:
    made = files(NOTEBOOK, {"one.ipynb": b"as handed in"}, [("notes.txt", b"mine")], {"data.csv": "/author"})
    assert made == {"notes.txt": b"mine", "one.ipynb": json.dumps(NOTEBOOK).encode(), "data.csv": "/author"}


def test_a_notebook_that_was_not_handed_in_is_not_made_up() -> None:
    assert files(None, {}, [("notes.txt", b"mine")]) == {"notes.txt": b"mine"}


def test_what_no_machine_can_read_lies_beside_a_page_for_marks() -> None:
    broken = Unreadable(Remark("not-json", "It is no JSON."))
    made = files(broken, {"sub/One.ipynb": b"{", "two.ipynb": b"else"}, sources={"one": "sub/One.ipynb"})
    assert made["sub/One.ipynb.handed-in.txt"] == b"{"
    assert "two.ipynb.handed-in.txt" not in made
    page = json.loads(made["one.ipynb"])
    assert "It is no JSON." in page["cells"][0]["source"]
    assert any(c["metadata"].get("nbgrader", {}).get("grade_id") == "p1" for c in page["cells"])


def test_where_nobody_knows_which_file_it_is_all_are_kept() -> None:
    doubtful = Unreadable(Remark("ambiguous-notebook", "Two files may be it."))
    made = files(doubtful, {"a.ipynb": b"1", "b.ipynb": b"2"})
    assert (made["a.ipynb.handed-in.txt"], made["b.ipynb.handed-in.txt"]) == (b"1", b"2")


def test_the_authors_files_stand_over_the_learners() -> None:
    own = [("data.csv", b"forged"), ("data.csv/below.txt", b"x"), ("tables", b"a file, not the folder")]
    made = files(NOTEBOOK, {}, own, {"data.csv": "/author", "tables/prices.csv": "/prices"})
    assert made == {"one.ipynb": made["one.ipynb"], "data.csv": "/author", "tables/prices.csv": "/prices"}


def test_half_an_emoji_is_written_so_that_it_can_be_read_again() -> None:
    torn = {**NOTEBOOK, "cells": [{"cell_type": "raw", "source": "\ud83d", "metadata": {}}]}
    assert json.loads(files(torn, {})["one.ipynb"])["cells"][0]["source"] == "\ud83d"
