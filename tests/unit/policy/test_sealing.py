"""Nothing that is to be sealed passes into a release, and nothing that was sealed is lost in grading."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coursekit.policy.sealing import FACULTY_FILES, find_leak, split_notebook, text_to_grade


def cell(source: Any = "text", **ours: Any) -> dict[str, Any]:
    metadata = {"coursekit": ours} if ours else {}
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def book(*cells: Any) -> bytes:
    return json.dumps({"cells": cells}).encode()


REVEAL = cell("the outcome", reveal={"after": "p1"})
FACULTY = cell("for teachers", faculty=True)
PROMPT = cell("the question", prompt={"id": "p1"})


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"m.ipynb": book(PROMPT, REVEAL)}, "Cell 2 of m.ipynb is a reveal, and is not sealed."),
        ({"m.ipynb": book(cell("x", reveal={}))}, "Cell 1 of m.ipynb is a reveal, and is not sealed."),
        ({"m.ipynb": book(cell("x", reveal=None))}, "Cell 1 of m.ipynb is a reveal, and is not sealed."),
        ({"m.ipynb": book(FACULTY)}, "Cell 1 of m.ipynb is a faculty note."),
        (
            {"m.ipynb": book(cell("a\n### BEGIN SOLUTION\nb"))},
            "Cell 1 of m.ipynb still has its solution.",
        ),
        (
            {"m.ipynb": book(cell(["a\n", "## BEGIN HIDDEN TESTS\n"]))},
            "Cell 1 of m.ipynb still has its hidden tests.",
        ),
        ({"m.ipynb": book(cell("BEGIN MARK SCHEME"))}, "Cell 1 of m.ipynb still has its mark scheme."),
        ({"deep/in/m.ipynb": book(FACULTY)}, "Cell 1 of deep/in/m.ipynb is a faculty note."),
        ({"m.ipynb": b"{"}, "m.ipynb is not a notebook."),
        ({"m.ipynb": b"[]"}, "m.ipynb is not a notebook."),
        ({"m.ipynb": b"{}"}, "m.ipynb is not a notebook."),
        ({"m.ipynb": b"\xff\xff"}, "m.ipynb is not a notebook."),
        (
            {"night.csv": b"x"},
            "night.csv is sealed by a reveal, and is among the learners' files.",
        ),
        (
            {"m.ipynb": book(PROMPT), "m.md": b"the text form"},
            "m.md is for faculty only, and is among the learners' files.",
        ),
        ({"rubrics.yml": b""}, "rubrics.yml is for faculty only, and is among the learners' files."),
        ({"a/exemplars.yml": b""}, "a/exemplars.yml is for faculty only, and is among the learners' files."),
    ],
)
def test_a_leak_is_found_and_its_place_is_said(files: dict[str, bytes], reason: str) -> None:
    found = find_leak({"fine.txt": b"BEGIN SOLUTION is a word here", **files}, ["night.csv"])
    assert found is not None
    assert (found.code, found.reason) == ("leak", reason)
    assert "generate_assignment" in found.next_step


@pytest.mark.parametrize("name", sorted(FACULTY_FILES))
def test_each_faculty_file_is_a_leak_wherever_it_lies(name: str) -> None:
    assert find_leak({name: b""}, []) is not None
    assert find_leak({f"case/{name}": b""}, []) is not None
    assert find_leak({f"my-{name}": b""}, []) is None


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"m.ipynb": book()},
        {"m.ipynb": book(PROMPT, cell("x", faculty=False), cell())},
        {"m.ipynb": book({"cell_type": "markdown", "source": "a cell without metadata"})},
        {"m.ipynb": book({"metadata": {"coursekit": None}, "source": "none of ours"})},
        {"exhibits/night.csv": b"another file of that name"},
    ],
)
def test_a_clean_release_has_no_leak(files: dict[str, bytes]) -> None:
    assert find_leak(files, ["night.csv"]) is None


@pytest.mark.parametrize("content", [b'{"cells": [1]}', b'{"cells": [{"metadata": null}]}'])
def test_a_notebook_that_is_none_is_said_to_be_none(content: bytes) -> None:
    found = find_leak({"m.ipynb": content}, [])
    assert found is not None
    assert found.reason == "m.ipynb is not a notebook."


def test_a_notebook_is_split_in_order_and_faculty_notes_go_nowhere() -> None:
    second, other = cell("more", reveal={"after": "p1"}), cell("else", reveal={"after": "p2"})
    kept, sealed = split_notebook([PROMPT, REVEAL, FACULTY, cell("b"), other, second])
    assert kept == [PROMPT, cell("b")]
    assert sealed == {"p1": [REVEAL, second], "p2": [other]}


def test_what_is_split_off_leaves_no_leak() -> None:
    kept, _ = split_notebook([PROMPT, REVEAL, FACULTY])
    assert find_leak({"m.ipynb": book(*kept)}, []) is None


def test_an_answer_that_was_not_changed_is_graded_as_it_was_handed_in() -> None:
    assert text_to_grade("My answer.", "My answer.\n", False) == "My answer.\n"


def test_what_was_changed_after_the_commit_is_shown_and_marked() -> None:
    text = text_to_grade("Wait.", "Publish!", False)
    assert text == "Wait.\n\n---\n\n*Changed after the commit:*\n\nPublish!"
    assert text.index("Wait.") < text.index("Changed after the commit") < text.index("Publish!")


def test_code_that_was_changed_after_the_commit_does_not_run() -> None:
    text = text_to_grade("x = 1", "x = 2\n\nprint(x)", True)
    names: dict[str, Any] = {}
    exec(text, names)
    assert names["x"] == 1
    assert "# x = 2\n#\n# print(x)" in text
