"""Under a new release no word of a learner's is lost, and what they left alone is as the author has it now."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.model.outcome import Allowed, Refused
from coursekit.policy.merge import merge
from coursekit.policy.tracks import check_notebook

Cell = dict[str, Any]
STUB = "*Write your answer here.*"
KERNEL = {"name": "python3", "display_name": "Python 3"}
MY_KERNEL = {"name": "mine", "display_name": "My own"}
CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


# short ways to say a notebook


def text(name: str, source: str = "", **more: Any) -> Cell:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source or f"Text {name}.", **more}


def code(name: str, source: str = "", **more: Any) -> Cell:
    filled = {"execution_count": None, "outputs": [], "metadata": {}, **more}
    return {"cell_type": "code", "id": name, "source": source or f"{name} = 1", **filled}


def graded(name: str, *flags: str) -> dict[str, Any]:
    every = dict.fromkeys(("grade", "locked", "solution", "task"), False) | dict.fromkeys(flags, True)
    return {"grade_id": name, "schema_version": 3, **every}


def prose(name: str, source: str = STUB, **more: Any) -> Cell:
    metadata = {
        "coursekit": {"prompt": {"id": name, "kind": "reflection", "title": f"Question {name}"}},
        "nbgrader": graded(name, "grade", "solution"),
    }
    return text(name, source, **{"metadata": metadata, **more})


def form(name: str) -> Cell:
    metadata = {
        "coursekit": {"prompt": {"id": name, "kind": "plan", "title": f"Question {name}"}},
        "nbgrader": graded(name, "locked"),
        "editable": False,
        "deletable": False,
    }
    return code(name, f'ck.plan("{name}")', metadata=metadata)


def analysis(name: str, source: str = CODE_STUB) -> Cell:
    metadata = {
        "coursekit": {"prompt": {"id": name, "kind": "analysis", "title": f"Question {name}"}},
        "nbgrader": graded(name, "solution"),
    }
    return code(name, source, metadata=metadata)


def notebook(*cells: Cell, **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def but(cell: Cell, source: str, **more: Any) -> Cell:
    return {**copy.deepcopy(cell), "source": source, **more}


def merged(base: list[Cell], mine: list[Cell], theirs: list[Cell], release: int = 2) -> list[Cell]:
    """The merged cells; and what is promised of every merge is looked at on the way."""
    return checked(notebook(*base), notebook(*mine), notebook(*theirs), release)["cells"]


def checked(base: Any, mine: Any, theirs: Any, release: int = 2) -> dict[str, Any]:
    before = json.dumps([base, mine, theirs])
    done = merge(base, mine, theirs, release).notebook
    assert json.dumps([base, mine, theirs]) == before, "the notebooks that came in were changed"
    nbformat.validate(done)
    names = [c["id"] for c in done["cells"]]
    assert len(set(names)) == len(names)
    # Once more, whether or not the first one got to note that it was done.
    assert merge(theirs, done, theirs, release).notebook == done
    assert merge(base, done, theirs, release).notebook == done
    return done


def sources(cells: list[Cell]) -> list[str]:
    return [c["source"] if isinstance(c["source"], str) else "".join(c["source"]) for c in cells]


def ids(cells: list[Cell]) -> list[str]:
    return [c["id"] for c in cells]


# one thing at a time


def test_nothing_new_changes_nothing() -> None:
    base = [text("a"), prose("p1"), code("b")]
    mine = [base[0], but(base[1], "Mine."), text("note", "My note."), base[2]]
    assert merged(base, mine, base) == mine


def test_who_changed_nothing_gets_the_new_release() -> None:
    base = [text("a"), prose("p1"), code("b"), text("z")]
    theirs = [prose("p1"), text("z"), text("a", "Text a, mended."), form("p2")]
    assert merged(base, base, theirs) == theirs


def test_a_typo_is_mended_beside_an_answer() -> None:
    base = [text("a", "Teh story."), prose("p1")]
    mine = [base[0], but(base[1], "My answer.")]
    assert sources(merged(base, mine, [text("a", "The story."), prose("p1")])) == ["The story.", "My answer."]


def test_an_answer_stays_whatever_the_author_writes_there() -> None:
    base = [prose("p1")]
    mine = [but(base[0], "My answer.")]
    assert sources(merged(base, mine, [prose("p1", "*YOUR ANSWER HERE*")])) == ["My answer."]


def test_where_both_changed_a_cell_both_stand_and_the_authors_is_marked() -> None:
    base = [text("a", "Old."), text("b")]
    found = merged(base, [but(base[0], "Old, with my thoughts."), base[1]], [text("a", "New."), text("b")])
    assert ids(found) == ["a", "a-release-2", "b"]
    assert found[0]["source"] == "Old, with my thoughts."
    assert found[1]["source"] == (
        "**Updated in release 2.** You changed the cell above, so it stays as it is. Its new text:\n\n---\n\nNew."
    )


def test_new_code_beside_changed_code_is_shown_and_not_run() -> None:
    base = [code("a", "x = 1")]
    found = merged(base, [but(base[0], "x = 7")], [code("a", "x = '```'")])
    assert [c["cell_type"] for c in found] == ["code", "markdown"]
    assert found[1]["source"].endswith("\n````python\nx = '```'\n````")


def test_the_next_release_replaces_a_note_that_nobody_touched() -> None:
    base, second, third = ([text("a", t)] for t in ("One.", "Two.", "Three."))
    mine = merged(base, [but(base[0], "Mine.")], second)
    found = merged(second, mine, third, release=3)
    assert ids(found) == ["a", "a-release-3"]
    written = [mine[0], but(mine[1], mine[1]["source"] + " I see!")]
    assert ids(merged(second, written, third, release=3)) == ["a", "a-release-3", "a-release-2"]
    assert merged(base, written, second) == written
    # A release that leaves the cell alone leaves its note alone.
    assert merged(second, mine, [*second, text("b")], release=3)[:2] == mine


def test_a_note_goes_when_the_learner_took_the_new_text_over() -> None:
    base, second = [text("a", "One.")], [text("a", "Two.")]
    mine = merged(base, [but(base[0], "Mine.")], second)
    mine[0]["source"] = "Two."
    assert ids(merged(second, mine, [*second, text("b")], release=3)) == ["a", "b"]


def test_what_a_learner_added_stays_after_its_neighbour_and_moves_with_it() -> None:
    base = [text("a"), text("b"), text("c"), text("d")]
    mine = [text("top"), base[0], text("n1"), text("n2"), base[1], base[2], base[3], text("end")]
    theirs = [base[1], text("new"), base[2], base[3], base[0]]
    assert ids(merged(base, mine, theirs)) == ["top", "b", "new", "c", "d", "end", "a", "n1", "n2"]


def test_what_a_learner_added_after_a_cell_that_is_gone_stays_where_it_was() -> None:
    base = [text("a"), text("b"), text("c")]
    mine = [base[0], base[1], text("n1"), base[2]]
    assert ids(merged(base, mine, [base[0], text("new"), base[2]])) == ["a", "n1", "new", "c"]


def test_the_learners_own_order_stays_where_the_author_moved_nothing() -> None:
    base = [text("a"), text("b"), text("c")]
    mine = [base[2], base[0], base[1]]
    assert ids(merged(base, mine, [base[0], text("new"), base[1], base[2]])) == ["c", "a", "new", "b"]


def test_what_the_author_deleted_goes_unless_somebody_wrote_in_it() -> None:
    base = [text("a"), text("b"), prose("p1"), prose("p2"), analysis("p3"), form("p4")]
    mine = [base[0], but(base[1], "My remarks."), base[2], but(base[3], "Mine."), base[4], base[5]]
    found = merged(base, mine, [])
    assert sources(found) == ["My remarks.", "Mine."]
    # It is theirs now: no question, nothing for nbgrader.
    assert all("nbgrader" not in c["metadata"] and "prompt" not in c["metadata"]["coursekit"] for c in found)


def test_a_question_that_comes_back_finds_its_answer() -> None:
    base = [text("a"), prose("p1")]
    mine = merged(base, [base[0], but(base[1], "Mine.")], [base[0]])
    found = merged([base[0]], mine, base, release=3)
    assert sources(found) == ["Text a.", "Mine."]
    assert found[1]["metadata"] == base[1]["metadata"]


def test_another_question_in_the_same_cell_does_not_get_the_old_answer() -> None:
    base = [{**prose("p1"), "id": "cell"}]
    theirs = [{**prose("p2"), "id": "cell"}]
    found = merged(base, [but(base[0], "On p1.")], theirs)
    answer = next(c for c in found if c["metadata"].get("nbgrader"))
    assert (answer["source"], answer["metadata"]) == (STUB, theirs[0]["metadata"])
    assert sources(found) == ["On p1.", STUB]
    # Nor when the learner's cell does not say any more what it answers.
    bare = {**text("cell", "On p1."), "metadata": {}}
    assert sources(merged(base, [bare], theirs)) == ["On p1.", STUB]


def test_an_answer_follows_its_prompt_into_a_cell_with_another_id() -> None:
    base = [{**prose("p1"), "id": "old"}]
    found = merged(base, [but(base[0], "Mine.")], [text("a"), {**prose("p1"), "id": "new"}])
    assert (ids(found), sources(found)) == (["a", "new"], ["Text a.", "Mine."])


def test_a_cell_that_was_thrown_away_stays_away_unless_it_is_new_or_needed() -> None:
    base = [text("a"), text("b"), prose("p1"), code("tests", metadata={"nbgrader": graded("tests", "grade")})]
    assert ids(merged(base, [], base)) == ["p1", "tests"]
    assert ids(merged(base, [], [text("a", "Mended."), *base[1:]])) == ["a", "p1", "tests"]


def test_metadata_is_the_authors_and_the_rest_stays() -> None:
    base = [prose("p1")]
    theirs = prose("p1")
    theirs["metadata"]["nbgrader"]["points"] = 4
    theirs["metadata"]["coursekit"]["prompt"]["title"] = "Asked better"
    theirs["metadata"]["slideshow"] = {"slide_type": "slide"}
    mine = but(base[0], "Mine.", metadata={"nbgrader": graded("p1"), "collapsed": True, "tags": ["mine"]})
    found = merged(base, [mine], [theirs])
    assert found[0]["metadata"] == {**theirs["metadata"], "collapsed": True, "tags": ["mine"]}
    assert merge(notebook(*base), notebook(mine), notebook(theirs), 2).changes.corrected == ("p1",)


def test_outputs_stay_with_the_source_that_gave_them() -> None:
    shown = {"outputs": [{"output_type": "stream", "name": "stdout", "text": "7"}], "execution_count": 3}
    base = [code("a"), code("b"), code("c")]
    mine = [{**base[0], **shown}, {**base[1], **shown}, {**base[2], **shown, "source": "mine = 1"}]
    found = merged(base, mine, [code("a"), code("b", "b = 2"), code("c", "c = 2")])
    assert [bool(c.get("outputs")) for c in found] == [True, False, True, False]


def test_pasted_pictures_are_the_learners_work() -> None:
    picture = {"attachments": {"image.png": {"image/png": "eA=="}}}
    base = [prose("p1"), text("a"), text("gone")]
    mine = [{**base[0], **picture}, {**base[1], **picture}, {**base[2], **picture, "source": ""}]
    found = merged(base, mine, [prose("p1", "Another stub."), text("a", "Mended.")])
    assert [c.get("attachments") for c in found if "release" not in c["id"]] == [picture["attachments"]] * 3


def test_copies_with_one_id_all_stay() -> None:
    base = [text("a"), prose("p1"), text("b")]
    mine = [base[0], base[0], base[1], but(base[1], "Mine."), but(base[1], "Other."), base[2]]
    found = merged(base, mine, [text("a", "Mended."), prose("p1"), base[2]])
    assert sources(found) == ["Mended.", "Text a.", STUB, "Mine.", "Other.", "Text b."]
    assert next(c for c in found if c["id"] == "p1")["source"] == "Mine."


def test_cells_without_ids_are_known_by_prompt_and_by_text() -> None:
    base = [text("a"), code("b"), prose("p1"), text("c"), text("d")]
    mine = [*base[:2], but(base[2], "Mine."), text("x", "My note."), but(base[3], "Changed."), base[4]]
    old = notebook(*({k: v for k, v in c.items() if k != "id"} for c in mine)) | {"nbformat_minor": 4}
    theirs = [text("a", "Mended."), base[1], prose("p1"), base[3], text("new")]
    found = checked(notebook(*base), old, notebook(*theirs))
    assert found["nbformat_minor"] == 5
    assert merge(old, old, old, 2).notebook["nbformat_minor"] == 5
    # d, which nobody touched, is gone; c was changed, and without an id nothing says that it is c.
    assert sources(found["cells"]) == ["Mended.", "b = 1", "Mine.", "My note.", "Changed.", "Text new."]


def test_a_learners_cell_that_happens_to_have_a_new_questions_id_is_no_answer_to_it() -> None:
    base = [text("a")]
    found = merged(base, [base[0], text("p1", "My own.")], [base[0], prose("p1")])
    assert sources(found) == ["Text a.", "My own.", STUB]
    assert found[1]["id"] == "p1-copy"


def test_a_cell_that_was_made_code_or_text_stays_so() -> None:
    base = [text("a", "x = 1")]
    found = merged(base, [code("a", "x = 1")], [text("a", "x = 2")])
    assert [c["cell_type"] for c in found] == ["code", "markdown"]


def test_line_ends_and_lists_of_lines_are_no_changes() -> None:
    base = [text("a", "One.\nTwo.")]
    for same in ("One.\r\nTwo.\n", ["One.\n", "Two."]):
        assert sources(merged(base, [but(base[0], same)], [text("a", "Three.")])) == ["Three."]  # type: ignore[arg-type]


def test_the_kernel_of_the_learner_stays_and_our_mark_is_the_new_one() -> None:
    base = notebook(text("a"), coursekit={"sealed": "1"}, kernelspec=KERNEL)
    mine = notebook(text("a"), coursekit={"sealed": "1"}, kernelspec=MY_KERNEL, widgets={"state": {}})
    theirs = notebook(text("a"), coursekit={"sealed": "2"}, kernelspec=KERNEL, title="New")
    assert checked(base, mine, theirs)["metadata"] == {
        "coursekit": {"sealed": "2"},
        "kernelspec": MY_KERNEL,
        "widgets": {"state": {}},
        "title": "New",
    }


def test_half_an_emoji_is_kept() -> None:
    base = [text("a"), text("b")]
    mine = [but(base[0], "Cut \ud83d"), base[1]]
    found = merge(notebook(*base), notebook(*mine), notebook(text("a", "New \ud83d"), base[1]), 2).notebook
    assert sources(found["cells"])[0] == "Cut \ud83d"


def test_changes_are_told_by_their_cells() -> None:
    base = [text("a"), text("b"), text("c"), prose("p1"), form("p2"), text("d"), text("e"), text("f")]
    theirs = [
        *(text("a", "Mended."), text("b", "New b."), text("n1"), prose("p1"), form("p3")),
        *(base[6], base[5]),
    ]
    mine = [base[0], but(base[1], "My b."), but(base[2], "My c."), *base[4:]]
    told = merge(notebook(*base), notebook(*mine), notebook(*theirs), 2).changes
    assert (told.corrected, told.beside, told.kept) == (("a",), ("b",), ("c",))
    assert (told.new_questions, told.new_texts) == (("p3",), ("n1",))
    assert (set(told.gone), told.back) == ({"p2", "f"}, ("p1",))
    assert set(told.moved) < {"d", "e"}
    assert len(told.moved) == 1


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"nbformat": 3, "worksheets": []},
        {"nbformat": 4, "cells": {}},
        {"nbformat": 4, "cells": [None]},
        {"nbformat": 4, "cells": [{"cell_type": "heading", "source": ""}]},
        {"nbformat": 4, "cells": [{"cell_type": "code"}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "metadata": []}]},
        {"nbformat": 4, "nbformat_minor": "5", "cells": []},
        {"nbformat": 4, "metadata": 3, "cells": []},
    ],
)
def test_what_is_no_notebook_is_not_merged(value: Any) -> None:
    assert isinstance(check_notebook(value), Refused)
    assert isinstance(check_notebook({"nbformat": 4, "cells": []}), Allowed)


# authors and learners as they come


@dataclass
class Author:
    """Edits a notebook at random: `script` is what they do, one after another."""

    cells: list[Cell]
    release: int = 1
    made: int = 0

    def work(self, script: list[tuple[str, int, int]]) -> None:
        self.release += 1
        for deed, one, other in script:
            if self.cells or deed == "insert":
                getattr(self, deed)(one, other)

    def typo(self, one: int, other: int) -> None:
        cell = self.cells[one % len(self.cells)]
        if "solution" not in str(cell["metadata"]) or other % 3 == 0:
            cell["source"] += f" A{self.release}.{self.made}"
            self.made += 1

    def reword(self, one: int, other: int) -> None:
        asked = [c for c in self.cells if "coursekit" in c["metadata"]]
        if asked:
            asked[one % len(asked)]["metadata"]["coursekit"]["prompt"]["title"] = f"Title {other}"

    def insert(self, one: int, other: int) -> None:
        self.made += 1
        name = f"r{self.release}-{self.made}"
        kind = (text, code, prose, form, analysis)[other % 5]
        self.cells.insert(one % (len(self.cells) + 1), kind(name))

    def move(self, one: int, other: int) -> None:
        cell = self.cells.pop(one % len(self.cells))
        self.cells.insert(other % (len(self.cells) + 1), cell)

    def delete(self, one: int, other: int) -> None:
        del self.cells[one % len(self.cells)]

    def rename(self, one: int, other: int) -> None:
        self.made += 1
        self.cells[one % len(self.cells)]["id"] = f"renamed{self.release}-{self.made}"


@dataclass
class Learner:
    """Works in a notebook at random. Each word they type is there only once in the world."""

    cells: list[Cell]
    typed: int = 0
    words: set[str] = field(default_factory=set)
    is_tidy: bool = True
    """Has neither moved nor copied, neither deleted nor split an author's cell, and kept all ids."""

    def work(self, script: list[tuple[str, int, int]]) -> None:
        for deed, one, other in script:
            if self.cells or deed == "add":
                getattr(self, deed)(one, other)

    def _word(self) -> str:
        self.typed += 1
        self.words.add(f"word{self.typed}.")
        return f"word{self.typed}."

    def _forget(self, source: str) -> None:
        """What they took out themselves need not be there, unless it stands elsewhere as well."""
        rest = " ".join(c["source"] for c in self.cells).split()
        self.words -= set(source.split()) - set(rest)

    def answer(self, one: int, other: int) -> None:
        asked = [c for c in self.cells if c["metadata"].get("nbgrader", {}).get("solution")]
        if asked:
            cell = asked[one % len(asked)]
            before, cell["source"] = cell["source"], ""
            self._forget(before)
            cell["source"] = self._word()

    def scribble(self, one: int, other: int) -> None:
        cell = self.cells[one % len(self.cells)]
        cell["source"] = (
            f"{self._word()} {cell['source']}" if other % 2 else f"{cell['source']} {self._word()}"
        )

    def add(self, one: int, other: int) -> None:
        word = self._word()
        self.cells.insert(one % (len(self.cells) + 1), (text, code)[other % 2](f"mine{self.typed}", word))

    def run(self, one: int, other: int) -> None:
        for cell in self.cells:
            if cell["cell_type"] == "code":
                cell["execution_count"] = other
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "ran"}]

    def copy(self, one: int, other: int) -> None:
        cell = copy.deepcopy(self.cells[one % len(self.cells)])
        self.typed += 1
        if other % 3:
            cell["id"] = f"copy{self.typed}"
        self.cells.insert(other % (len(self.cells) + 1), cell)
        self.is_tidy = False

    def split(self, one: int, other: int) -> None:
        at = one % len(self.cells)
        half = copy.deepcopy(self.cells[at])
        self.typed += 1
        half["id"] = f"half{self.typed}"
        words = half["source"].split(" ")
        cut = other % (len(words) + 1)
        half["source"] = " ".join(words[:cut])
        self.cells[at]["source"] = " ".join(words[cut:])
        self.cells.insert(at, half)
        self.is_tidy = False

    def delete(self, one: int, other: int) -> None:
        self._forget(self.cells.pop(one % len(self.cells))["source"])
        self.is_tidy = False

    def move(self, one: int, other: int) -> None:
        cell = self.cells.pop(one % len(self.cells))
        self.cells.insert(other % (len(self.cells) + 1), cell)
        self.is_tidy = False

    def retype(self, one: int, other: int) -> None:
        cell = self.cells[one % len(self.cells)]
        to = ("markdown", "raw")[other % 2]
        for name in ("outputs", "execution_count"):
            cell.pop(name, None)
        cell["cell_type"] = to

    def strip(self, one: int, other: int) -> None:
        if other % 3 == 0:
            for cell in self.cells:
                cell.pop("id", None)
        else:
            self.cells[one % len(self.cells)]["metadata"] = {}
        self.is_tidy = False


def scripts(who: type, longest: int = 8) -> st.SearchStrategy[list[tuple[str, int, int]]]:
    deeds = sorted(n for n in vars(who) if not n.startswith("_") and callable(vars(who)[n]) and n != "work")
    place = st.integers(0, 30)
    return st.lists(st.tuples(st.sampled_from(deeds), place, place), max_size=longest)


def story(kinds: list[int]) -> list[Cell]:
    return [(text, code, prose, form, analysis)[k](f"c{n}") for n, k in enumerate(kinds)]


often = settings(max_examples=5 * settings.default.max_examples)
kinds = st.lists(st.integers(0, 4), max_size=8)


def as_notebook(cells: list[Cell]) -> dict[str, Any]:
    minor = 5 if all("id" in c for c in cells) else 4
    return copy.deepcopy(notebook(*cells)) | {"nbformat_minor": minor}


def with_ids(cells: list[Cell]) -> list[Cell]:
    """As Jupyter would open it next time."""
    return [{**c, "id": c.get("id") or f"opened{n}"} for n, c in enumerate(cells)]


@often
@given(kinds, scripts(Author), scripts(Learner))
def test_no_word_is_lost_and_fixes_arrive(kinds: list[int], authors: Any, learners: Any) -> None:
    base = story(kinds)
    author, learner = Author(copy.deepcopy(base)), Learner(copy.deepcopy(base))
    author.work(authors)
    learner.work(learners)
    done = checked(as_notebook(base), as_notebook(learner.cells), as_notebook(author.cells))["cells"]

    standing = sources(done)
    # Each cell that the learner wrote in stands there as they left it.
    for cell in learner.cells:
        if set(cell["source"].split()) & learner.words:
            assert any(cell["source"].rstrip() == s.rstrip() for s in standing), cell["source"]
    assert learner.words <= set(" ".join(standing).split())

    by_id = {c["id"]: c for c in done}
    old = {c["id"]: c for c in base}
    mine = {c.get("id"): c for c in learner.cells}
    for cell in author.cells:
        # All of it is there, and with the author's metadata, but for texts that were thrown away.
        is_text = not cell["metadata"]
        if cell["id"] not in by_id:
            assert is_text
            assert cell["id"] not in mine
            assert "renamed" in cell["id"] or old[cell["id"]]["source"] == cell["source"]
            continue
        found = by_id[cell["id"]]
        for key in ("nbgrader", "coursekit", "deletable"):
            assert found["metadata"].get(key) == cell["metadata"].get(key)
        before = old.get(cell["id"])
        here = mine.get(cell["id"])
        twins = sum(c.get("id") == cell["id"] for c in learner.cells)
        if before and here and twins == 1 and here["source"] == before["source"]:
            same_type = here["cell_type"] == before["cell_type"]
            assert not same_type or found["source"] == cell["source"]
        if before is None and "renamed" not in cell["id"]:
            assert found["source"] == cell["source"]
    if learner.is_tidy:
        _is_in_order(author.cells, learner.cells, done, {c["id"] for c in base})


def _is_in_order(theirs: list[Cell], mine: list[Cell], done: list[Cell], old: set[str]) -> None:
    """The author's cells as the author has them; each of the learner's after the neighbour it had."""
    wanted = ids(theirs)
    there = ids(done)
    assert [i for i in there if i in wanted] == wanted
    if any("renamed" in name for name in wanted):
        return

    def neighbours(names: list[str]) -> dict[str, str | None]:
        last, found = None, {}
        for name in names:
            if name in wanted:
                last = name
            found[name] = last
        return found

    before, after = neighbours(ids(mine)), neighbours(there)
    for name in ids(mine):
        if name in there and name not in old:
            assert after[name] == before[name]
    # And among themselves they keep their order.
    for last in set(before.values()):
        together = [n for n in ids(mine) if n in there and n not in wanted and before[n] == last]
        assert [n for n in there if n in together] == together


@often
@given(kinds, st.lists(st.tuples(scripts(Author, 4), scripts(Learner, 5)), max_size=4))
def test_release_after_release_no_word_is_lost(kinds: list[int], rounds: Any) -> None:
    base = story(kinds)
    author, learner = Author(copy.deepcopy(base)), Learner(copy.deepcopy(base))
    for authors, learners in rounds:
        before = as_notebook(author.cells)
        author.work(authors)
        learner.work(learners)
        done = checked(before, as_notebook(learner.cells), as_notebook(author.cells), author.release)
        assert learner.words <= set(" ".join(sources(done["cells"])).split())
        learner.cells = with_ids(copy.deepcopy(done["cells"]))


@often
@given(kinds, scripts(Author))
def test_who_left_all_alone_has_the_new_release(kinds: list[int], authors: Any) -> None:
    base = story(kinds)
    author = Author(copy.deepcopy(base))
    author.work(authors)
    assert merged(base, copy.deepcopy(base), copy.deepcopy(author.cells)) == author.cells


@often
@given(kinds, scripts(Learner))
def test_a_release_that_is_the_same_changes_nothing(kinds: list[int], learners: Any) -> None:
    base = story(kinds)
    learner = Learner(copy.deepcopy(base))
    learner.work(learners)
    mine = as_notebook(learner.cells)
    found = checked(as_notebook(base), mine, as_notebook(base))["cells"]
    own = [c for c in found if c["source"] in sources(mine["cells"])]
    assert sources(mine["cells"]) == [s for s in sources(found) if s in sources(own)][
        : len(mine["cells"])
    ] or (not learner.is_tidy)
    if learner.is_tidy:
        assert sources(found) == sources(mine["cells"])
