"""Which cell is which, what becomes of each, and that nothing that anybody wrote gets lost."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st
from support.masters import (
    answer,
    check,
    check_sound,
    code,
    essay,
    given,
    handed_in,
    master_of,
    notebook,
    task,
    text,
    tiny_master,
)

from coursekit.model.grading import MasterNotebook, Remark, Repaired, Unreadable
from coursekit.policy.cells import is_untouched
from coursekit.policy.notebooks import find_notebooks
from coursekit.policy.repair import repair
from coursekit.policy.scoring import comments, judged, score
from coursekit.policy.steps import steps
from coursekit.store.oldnotebooks import upgrade

Json = dict[str, Any]

COURSE = master_of(
    notebook(
        given("setup", "import math"),
        text("### 1", "q1"),
        essay("e1"),
        text("### 2", "q2"),
        essay("e2"),
        essay("e3"),
        text("### 4", "q4"),
        answer("c1", "x = 1"),
        check("t1", "assert x == 1\n### BEGIN HIDDEN TESTS\nassert x < 2\n### END HIDDEN TESTS"),
        given("mid", "y = 2"),
        answer("c2", "z = 3", points=5),
        check("t2", "assert z == 3"),
        task("d1"),
        text("The end.", "end"),
    )
)
WITHOUT_RELEASE = replace(COURSE, released=None)
ANSWERS = {"e1": "First.", "e2": "Second.", "e3": "Third.", "c1": "x = 1", "c2": "z = 3"}


def submitted(**answers: str) -> Json:
    return handed_in(COURSE, ANSWERS | answers)


def mend(value: Any, master: MasterNotebook = COURSE) -> Repaired:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    repaired = repair(content, master, upgrade)
    assert isinstance(repaired, Repaired), repaired
    check_sound(repaired, master)
    return repaired


def cells(repaired: Repaired) -> list[Json]:
    found: list[Json] = repaired.notebook["cells"]
    return found


def source(repaired: Repaired, grade_id: str) -> str:
    return str(next(c["source"] for c in cells(repaired) if name(c) == grade_id))


def name(cell: Json) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def said(repaired: Repaired) -> set[tuple[str, str]]:
    return {(remark.code, remark.cell) for remark in repaired.remarks}


def at(value: Json, cell_id: str) -> int:
    return next(n for n, cell in enumerate(value["cells"]) if cell["id"] == cell_id)


def own(cell_type: str, written: str, cell_id: str = "own") -> Json:
    made = text(written, cell_id) if cell_type == "markdown" else code(written, cell_id)
    return {**made, "cell_type": cell_type}


def strip(cell: Json) -> Json:
    """As other tools leave it."""
    return {**cell, "metadata": {}, "id": f"fresh-{cell['id']}"}


# as nbgrader's preprocessors


def test_the_result_is_what_nbgrader_would_have_made() -> None:
    repaired = mend(submitted())
    assert repaired.remarks == ()
    assert [name(c) or c["id"] for c in cells(repaired)] == [c["id"] for c in submitted()["cells"]]
    for cell in cells(repaired):
        author = COURSE.find_cell(name(cell))
        if author is not None:
            # The checksum is the one of the release; whoever has answered has another text.
            assert cell["metadata"]["nbgrader"]["checksum"] == author.checksum
            assert cell["source"] == ANSWERS.get(author.grade_id, author.source)
    assert repaired.notebook["metadata"]["kernelspec"] == COURSE.kernelspec


def test_hidden_tests_come_back_into_the_cell_that_is_shown_to_graders() -> None:
    assert "HIDDEN" in source(mend(submitted()), "t1")


def test_outputs_and_what_belongs_to_them_go() -> None:
    value = submitted()
    value["cells"][at(value, "c1")] |= {"outputs": [{"output_type": "error"}], "execution_count": 7}
    value["cells"].insert(
        0, own("code", "1") | {"metadata": {"collapsed": True, "scrolled": "auto", "tags": ["a"]}}
    )
    first = cells(mend(value))[0]
    assert first["metadata"] == {"tags": ["a"]}
    assert first["outputs"] == []


def test_a_learners_own_cells_stay_where_they_are() -> None:
    value = submitted()
    value["cells"].insert(at(value, "q2"), own("code", "scratch = 1"))
    repaired = mend(value)
    assert repaired.remarks == ()
    assert [c["source"] for c in cells(repaired)].index("scratch = 1") == at(value, "own")


# copies


def test_of_copies_of_a_test_the_last_one_counts_and_the_others_go() -> None:
    value = submitted()
    value["cells"].append(copy.deepcopy(value["cells"][at(value, "t1")]))
    repaired = mend(value)
    assert said(repaired) == {("duplicated-cell", "t1")}
    assert name(cells(repaired)[-1]) == "t1"
    assert len(cells(repaired)) == len(submitted()["cells"])


def test_a_copy_of_a_test_that_was_changed_stays_as_the_learners_own() -> None:
    value = submitted()
    value["cells"].insert(3, {**copy.deepcopy(value["cells"][at(value, "t1")]), "source": "assert x"})
    repaired = mend(value)
    assert cells(repaired)[3]["source"] == "assert x"
    assert name(cells(repaired)[3]) == ""


def test_code_of_the_authors_runs_as_often_as_it_stands_there() -> None:
    value = submitted()
    value["cells"].append(copy.deepcopy(value["cells"][at(value, "setup")]))
    ran = [step.source for step in steps(mend(value), COURSE)]
    assert ran.count("import math") == 2


def test_parts_of_an_answer_are_joined_in_their_order_and_said_once() -> None:
    value = submitted()
    place = at(value, "e1")
    parts = ["One.", "Two.", "*Write your answer here.*", "One. "]
    value["cells"][place : place + 1] = [{**copy.deepcopy(value["cells"][place]), "source": p} for p in parts]
    repaired = mend(value)
    assert source(repaired, "e1") == "One. \n\nTwo."
    assert said(repaired) == {("split-answer", "e1")}


def test_an_untouched_copy_below_does_not_take_the_answers_place() -> None:
    """nbgrader keeps the last one: zero points for who answered above it."""
    value = submitted()
    blank = {**copy.deepcopy(value["cells"][at(value, "e1")]), "source": "*Write your answer here.*"}
    value["cells"].append(blank)
    repaired = mend(value)
    assert source(repaired, "e1") == "First."
    assert said(repaired) == {("duplicated-cell", "e1")}


def test_of_answers_in_code_the_last_counts_and_all_of_them_run() -> None:
    value = submitted(c2="z = 1")
    again = {**copy.deepcopy(value["cells"][at(value, "c2")]), "source": "z += 2", "id": "c2-again"}
    value["cells"].insert(at(value, "c2") + 1, again)
    repaired = mend(value)
    assert source(repaired, "c2") == "z += 2"
    assert [s.source for s in steps(repaired, COURSE)][-3:-1] == ["z = 1", "z += 2"]
    assert said(repaired) == {("split-answer", "c2")}


def test_a_copy_in_the_place_of_a_missing_answer_is_that_answer() -> None:
    """Somebody deleted the cell of the next question, and took a copy of this one to write in."""
    value = submitted()
    value["cells"][at(value, "e2") : at(value, "q4")] = [
        {**copy.deepcopy(value["cells"][at(value, "e1")]), "id": "copied", "source": "Second, copied."},
        value["cells"][at(value, "e3")],
    ]
    repaired = mend(value)
    assert (source(repaired, "e1"), source(repaired, "e2")) == ("First.", "Second, copied.")
    assert said(repaired) == {("lost-id", "e2")}


def test_a_copy_right_below_its_original_is_more_of_the_same() -> None:
    value = submitted()
    copied = {
        **copy.deepcopy(value["cells"][at(value, "e2")]),
        "id": "copied",
        "source": "Second, continued.",
    }
    value["cells"][at(value, "e3")] = copied
    repaired = mend(value)
    assert source(repaired, "e2") == "Second.\n\nSecond, continued."
    assert said(repaired) == {("split-answer", "e2"), ("missing-cell", "e3")}


def test_pictures_of_joined_parts_keep_apart() -> None:
    value = submitted(e1="See ![](attachment:image.png)")
    first = value["cells"][at(value, "e1")]
    first["attachments"] = {"image.png": {"image/png": "AAAA"}}
    second = {**copy.deepcopy(first), "id": "two", "attachments": {"image.png": {"image/png": "BBBB"}}}
    value["cells"].insert(at(value, "e1") + 1, second)
    cell = next(c for c in cells(mend(value)) if name(c) == "e1")
    assert cell["source"] == "See ![](attachment:image.png)\n\nSee ![](attachment:2-image.png)"
    assert cell["attachments"] == {"image.png": {"image/png": "AAAA"}, "2-image.png": {"image/png": "BBBB"}}


# text below an answer


def test_text_below_an_answer_is_added_and_marked_as_what_it_is() -> None:
    value = submitted()
    value["cells"][at(value, "q2") : at(value, "q2")] = [
        own("markdown", "More.", "a"),
        own("raw", "Still more.", "b"),
    ]
    repaired = mend(value)
    assert source(repaired, "e1") == "First.\n\n---\n\n*Written in the cell below:*\n\nMore.\n\nStill more."
    assert said(repaired) == {("answer-below", "e1")}
    assert len(cells(repaired)) == len(submitted()["cells"])


def test_text_below_an_untouched_answer_is_the_answer() -> None:
    value = submitted(e1="*Write your answer here.*")
    value["cells"].insert(at(value, "q2"), own("markdown", "Down here."))
    repaired = mend(value)
    assert source(repaired, "e1") == "Down here."
    assert comments(repaired, COURSE)["e1"] is False


@pytest.mark.parametrize(
    "below",
    [
        own("code", "print('not a text')"),
        {**own("markdown", "A reveal."), "metadata": {"coursekit": {"reveal": {"after": "e1"}}}},
        own("markdown", "  \n"),
    ],
)
def test_what_is_no_text_of_the_learners_is_not_added(below: Json) -> None:
    value = submitted()
    value["cells"].insert(at(value, "q2"), below)
    assert source(mend(value), "e1") == "First."


def test_an_authors_text_that_was_edited_and_lost_its_id_is_not_added() -> None:
    value = submitted()
    value["cells"][at(value, "q2")] = own("markdown", "### 2 (translated by me)")
    repaired = mend(value)
    assert source(repaired, "e1") == "First."
    assert "### 2 (translated by me)" in [c["source"] for c in cells(repaired)]


def test_without_the_release_nothing_below_an_answer_is_taken_for_one() -> None:
    repaired = mend(submitted(), WITHOUT_RELEASE)
    assert repaired.remarks == ()
    assert source(repaired, "e1") == "First."


# what is missing


@pytest.mark.parametrize("gone", [c.grade_id for c in COURSE.cells])
def test_a_missing_cell_comes_back_in_its_place_with_a_notice(gone: str) -> None:
    value = submitted()
    order = [c["id"] for c in value["cells"]]
    del value["cells"][at(value, gone)]
    repaired = mend(value)
    assert said(repaired) == {("missing-cell", gone)}
    author = COURSE.find_cell(gone)
    assert author is not None
    assert source(repaired, gone) == (author.source if author.locked else author.released)
    assert [c["id"] for c in cells(repaired) if not c["source"].startswith("*This cell")] == order
    notices = [
        c["source"] for c in cells(repaired) if f"(id:{gone}) was missing from the submission" in c["source"]
    ]
    assert len(notices) == (gone not in ("setup", "mid"))


def test_missing_side_by_side_come_back_side_by_side() -> None:
    value = submitted()
    del value["cells"][at(value, "q2") : at(value, "d1")]
    assert [name(c) for c in cells(mend(value)) if name(c)] == [c.grade_id for c in COURSE.cells]


def test_an_answer_that_was_put_back_does_not_run() -> None:
    """What it would define could undo what the learner wrote in another place."""
    value = submitted()
    del value["cells"][at(value, "c1")]
    repaired = mend(value)
    assert "raise NotImplementedError()" not in "".join(step.source for step in steps(repaired, COURSE))


def test_a_missing_test_comes_after_the_cells_that_may_hold_its_lost_answer() -> None:
    value = submitted()
    start = at(value, "c1")
    value["cells"][start : start + 2] = [
        own("code", "x = 1", "a"),
        own("code", "x", "b"),
        own("markdown", "so", "c"),
    ]
    value["cells"][start + 3 : start + 3] = [own("raw", "why", "d")]
    without = [strip(c) for c in value["cells"]]
    repaired = mend({**value, "cells": without})
    ran = [step.source for step in steps(repaired, COURSE)]
    assert ran.index("x = 1") < ran.index("assert x == 1")


# what lost its name


def test_all_names_lost_and_all_answers_found() -> None:
    value = submitted()
    value["cells"] = [strip(cell) for cell in value["cells"]]
    repaired = mend(value)
    assert {grade_id: source(repaired, grade_id) for grade_id in ANSWERS} == ANSWERS
    assert {code for code, _ in said(repaired)} == {"lost-id"}
    assert len(cells(repaired)) == len(value["cells"])


def test_an_answer_alone_between_its_neighbours_is_found_however_many_cells_it_took() -> None:
    value = submitted()
    value["cells"][at(value, "e1")] = own("markdown", "One.", "a")
    value["cells"].insert(at(value, "q2"), own("markdown", "Two.", "b"))
    repaired = mend(value)
    assert source(repaired, "e1") == "One.\n\nTwo."
    assert said(repaired) == {("lost-id", "e1"), ("split-answer", "e1")}


def test_where_two_answers_could_be_meant_nobody_guesses() -> None:
    value = submitted()
    value["cells"][at(value, "e2") : at(value, "q4")] = [own("markdown", "One of the two.")]
    repaired = mend(value)
    assert said(repaired) == {("missing-cell", "e2"), ("missing-cell", "e3")}
    assert "One of the two." in [c["source"] for c in cells(repaired)]


def test_as_many_nameless_cells_as_answers_are_those_answers_in_order() -> None:
    value = submitted()
    for cell_id in ("e2", "e3"):
        value["cells"][at(value, cell_id)] = strip(value["cells"][at(value, cell_id)])
    repaired = mend(value)
    assert (source(repaired, "e2"), source(repaired, "e3")) == ("Second.", "Third.")


def test_a_learners_code_in_the_place_of_a_deleted_test_stays_theirs() -> None:
    value = submitted()
    value["cells"][at(value, "t2")] = own("code", "print('my own test')")
    repaired = mend(value)
    assert said(repaired) == {("missing-cell", "t2")}
    assert "print('my own test')" in [c["source"] for c in cells(repaired)]


def test_without_the_release_a_lone_answer_is_still_found_by_its_place() -> None:
    value = submitted()
    value["cells"][at(value, "c1")] = own("code", "x = 1")
    repaired = mend(value, WITHOUT_RELEASE)
    assert source(repaired, "c1") == "x = 1"
    value["cells"][at(value, "e1")] = own("markdown", "First.", "other")
    # The question stands there too, and nothing says which of the two is the answer.
    assert ("missing-cell", "e1") in said(mend(value, WITHOUT_RELEASE))


def test_the_prompt_names_an_answer_whose_grade_id_is_lost() -> None:
    tiny = tiny_master()
    value = handed_in(tiny, {"p2": "Because."})
    cell = value["cells"][at(value, "p2")]
    del cell["metadata"]["nbgrader"]
    cell["id"] = "another"
    # Moved, so that its place says nothing.
    value["cells"].remove(cell)
    value["cells"].insert(0, cell)
    repaired = mend(value, tiny)
    assert source(repaired, "p2") == "Because."
    assert said(repaired) == {("lost-id", "p2")}


def test_only_the_authors_cells_answer_prompts() -> None:
    tiny = tiny_master()
    value = handed_in(tiny, {"p2": "Because."})
    prompt = {"coursekit": {"prompt": {"id": "p1"}, "mine": 1}}
    value["cells"].append({**own("markdown", "I am the form."), "metadata": prompt})
    found = mend(value, tiny)
    assert cells(found)[-1]["metadata"] == {"coursekit": {"mine": 1}}
    prompts = [c["metadata"].get("coursekit", {}).get("prompt", {}).get("id") for c in cells(found)]
    assert [p for p in prompts if p] == ["p1", "p2", "p3"]


def test_a_grade_id_goes_before_everything_else() -> None:
    value = submitted()
    one, two = value["cells"][at(value, "e1")], value["cells"][at(value, "e2")]
    one["metadata"], two["metadata"] = two["metadata"], one["metadata"]
    repaired = mend(value)
    assert (source(repaired, "e1"), source(repaired, "e2")) == ("Second.", "First.")


# what is not said, and what is never said


def test_what_learners_wrote_is_in_no_remark() -> None:
    value = submitted()
    value["cells"].insert(0, own("code", "CANARY"))
    value["cells"][0]["metadata"] = {"nbgrader": {"grade_id": "CANARY", "grade": True, "CANARY": "CANARY"}}
    value["cells"][at(value, "t1")]["source"] = "CANARY"
    value["cells"][at(value, "e1")]["cell_type"] = "CANARY"
    value["metadata"] = {"kernelspec": {"language": "CANARY", "name": "CANARY", "display_name": "CANARY"}}
    remarks = mend(value).remarks
    assert {r.code for r in remarks} == {"unknown-cell", "changed-locked-cell", "foreign-kernel"}
    assert "CANARY" not in repr(remarks)
    assert "HIDDEN" not in repr(remarks)


def test_a_thousand_oddities_are_said_once() -> None:
    value = submitted()
    value["cells"] += [7, {"source": 8}] * 1000
    assert said(mend(value)) == {("odd-cell", ""), ("odd-source", "")}


# whatever it is


@given_any(st.binary())
def test_any_bytes(content: bytes) -> None:
    assert isinstance(repair(content, COURSE, upgrade), Unreadable)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["\ud800", "a\x00b", "1e999", "code", "markdown", "e1", "t1", 3, 4.0, 10**400]),
)
JSON = st.recursive(
    ODD,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "worksheets", "nbformat", "metadata", "source", "nbgrader", "grade_id", "id"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given_any(JSON)
def test_any_json(value: Any) -> None:
    repaired = repair(json.dumps(value).encode(), COURSE, upgrade)
    assert isinstance(repaired, Repaired | Unreadable)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A submission in which anything was replaced, doubled, moved or taken away, anywhere."""
    value: Any = submitted()
    for _ in range(draw(st.integers(1, 6))):
        holder: Any = value
        while True:
            keys = list(range(len(holder))) if isinstance(holder, list) else list(holder)
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(holder[key], dict | list) and draw(st.integers(0, 3)):
                holder = holder[key]
                continue
            change = draw(st.sampled_from(["set", "drop", "double", "move"]))
            if change == "drop":
                del holder[key]
            elif change == "set":
                holder[key] = draw(JSON)
            elif isinstance(holder, list):
                there = draw(st.integers(0, len(holder)))
                holder.insert(there, copy.deepcopy(holder[key]) if change == "double" else holder.pop(key))
            break
    return value


@settings(max_examples=300, deadline=None)
@given_any(mutated(), st.sampled_from([COURSE, WITHOUT_RELEASE]))
def test_any_submission(value: Any, master: MasterNotebook) -> None:
    repaired = repair(json.dumps(value).encode(), master, upgrade)
    if isinstance(repaired, Unreadable):
        return
    check_sound(repaired, master)
    graded = {cell.grade_id for cell in master.cells if cell.grade or cell.task}
    assert {grade.grade_id for grade in score(repaired, master, None)} == graded
    assert set(judged(repaired, master)) == graded
    assert steps(repaired, master)
    # Once mended, nothing is left to mend.
    again = repair(json.dumps(repaired.notebook).encode(), master, upgrade)
    assert isinstance(again, Repaired)
    assert {(r.code, r.cell) for r in again.remarks} <= {("answer-below", cell) for cell in graded}


@settings(max_examples=200, deadline=None)
@given_any(st.data())
def test_nothing_that_was_written_gets_lost(data: st.DataObject) -> None:
    """Copied, moved, retyped, stripped of names: each text that a learner wrote is still there."""
    value = submitted()
    written = dict.fromkeys(ANSWERS, "")
    for number in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(value["cells"]) - 1))
        cell = value["cells"][place]
        change = data.draw(st.sampled_from(["copy", "strip", "retype", "move", "write", "add"]))
        if change == "copy":
            value["cells"].insert(place, {**copy.deepcopy(cell), "id": f"copy-{number}"})
        elif change == "strip":
            value["cells"][place] = strip(cell)
        elif change == "retype":
            cell["cell_type"] = data.draw(st.sampled_from(["code", "markdown", "raw"]))
        elif change == "move":
            value["cells"].insert(data.draw(st.integers(0, len(value["cells"]))), value["cells"].pop(place))
        elif change == "add":
            value["cells"].insert(place, own("markdown", f"added {number}", f"added-{number}"))
            written[f"added {number}"] = ""
        elif name(cell) in ANSWERS:
            cell["source"] = f"written {number}"
    texts = [cell["source"] for cell in value["cells"] if name(cell) in ANSWERS or cell["source"] in written]
    there = "\n".join(cell["source"] for cell in cells(mend(value)))
    for one in texts:
        assert one in there or is_untouched(one, "*Write your answer here.*", "markdown")


@pytest.mark.parametrize(
    "value",
    [
        {**submitted(), "cells": [own("code", "1")] * 20_000},
        {**submitted(), "cells": [copy.deepcopy(submitted()["cells"][2])] * 20_000},
        {**submitted(), "cells": submitted()["cells"] * 1_000},
        {**submitted(), "cells": [own("markdown", "x", "e1")] * 20_000},
    ],
    ids=["own", "copies", "everything", "ids"],
)
def test_many_cells_cost_no_more_than_their_number(value: Json) -> None:
    content = json.dumps(value).encode()
    begun = time.process_time()
    assert isinstance(repair(content, COURSE, upgrade), Repaired)
    assert time.process_time() - begun < 5


def test_a_tower_in_the_metadata_is_cut() -> None:
    value = submitted()
    tower: Any = []
    for _ in range(400):
        tower = [tower, {"a": tower}] if len(repr(tower)) < 50 else [tower]
    value["cells"][1]["metadata"] = {"deep": tower}
    value["cells"][1]["attachments"] = {"a": {"b": tower, "c": {"d": tower}}}
    assert mend(value).remarks == ()


def test_a_converter_that_fails_in_any_way_makes_it_unreadable() -> None:
    def broken(_: Json) -> Json:
        raise RecursionError

    found = repair(b'{"nbformat": 3, "worksheets": [{"cells": []}]}', COURSE, broken)
    assert found == Unreadable(Remark("old-format", "The notebook is of an older format, and damaged."))
    found = repair(b'{"nbformat": 3, "worksheets": []}', COURSE, lambda _: [])  # type: ignore[arg-type, return-value]
    assert isinstance(found, Unreadable)


# which notebook is which


OTHER = replace(master_of(notebook(given("setup", "1"), essay("a1"), essay("a2"), essay("a3"))), name="other")


def content(master: MasterNotebook) -> bytes:
    return json.dumps(master.released).encode()


def test_notebooks_go_by_their_names() -> None:
    there = {"main.ipynb": content(OTHER), "other.ipynb": b""}
    found = find_notebooks(there, [COURSE, OTHER])
    assert (found.files, found.remarks) == ({"main": "main.ipynb", "other": "other.ipynb"}, ())


def test_a_renamed_notebook_is_known_by_its_cells() -> None:
    there = {"main.ipynb": content(COURSE), "Untitled.ipynb": content(OTHER), "x.ipynb": b"\xff"}
    found = find_notebooks(there, [COURSE, OTHER])
    assert found.files == {"main": "main.ipynb", "other": "Untitled.ipynb"}
    assert [r.code for r in found.remarks] == ["renamed-notebook", "extra-notebook"]


def test_both_can_be_renamed() -> None:
    found = find_notebooks({"a.ipynb": content(OTHER), "b.ipynb": content(COURSE)}, [COURSE, OTHER])
    assert found.files == {"main": "b.ipynb", "other": "a.ipynb"}


def test_one_that_only_shares_a_few_names_is_another_modules() -> None:
    found = find_notebooks({"a.ipynb": content(tiny_master())}, [COURSE])
    assert (found.files, found.missing) == ({}, ("main",))
    assert [r.code for r in found.remarks] == ["missing-notebook", "extra-notebook"]


def test_where_two_could_be_it_a_person_must_say() -> None:
    found = find_notebooks({"a.ipynb": content(COURSE), "b.ipynb": content(COURSE)}, [COURSE])
    assert (found.files, found.missing, found.doubtful) == ({}, (), ("main",))
    assert [r.code for r in found.remarks] == ["ambiguous-notebook", "extra-notebook"]


def test_an_editors_own_copies_are_nobodys() -> None:
    found = find_notebooks({".ipynb_checkpoints/main-checkpoint.ipynb": content(COURSE)}, [COURSE])
    assert (found.missing, [r.code for r in found.remarks]) == (("main",), ["missing-notebook"])


def test_no_name_of_a_learners_file_is_in_a_remark() -> None:
    there = {"CANARY.ipynb": content(COURSE), "CANARY2.ipynb": content(COURSE)}
    assert "CANARY" not in repr(find_notebooks(there, [COURSE, OTHER]).remarks)
