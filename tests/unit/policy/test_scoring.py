"""Marks as nbgrader gives them, and where ours differ on purpose."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from nbformat import from_dict
from nbgrader.utils import compute_checksum, determine_grade
from support.masters import answer, check, code, essay, given, handed_in, master_of, notebook, task, text

from coursekit.model.grading import CellGrade, CellRun, Ending, MasterNotebook, Output, Ran, Remark, Repaired
from coursekit.policy.repair import repair
from coursekit.policy.scoring import (
    comments,
    judged,
    keeps_manual_mark,
    score,
    score_missing,
    score_unreadable,
)

POINTS = 3.0
COURSE = master_of(
    notebook(
        text("# A"),
        answer("a", "x = 1"),
        check("t", "assert x == 1", points=POINTS),
        essay("e", points=5),
        answer("m", "### BEGIN SOLUTION\ny = 2\n### END SOLUTION\nprint(y)", points=4),
        check("t2", "assert y", points=2),
        task("d", points=6),
    )
)
PLACE = 2
NO_MARK = object()
"""nbgrader raises, and grades nobody after it."""


def mend(value: dict[str, Any] | None = None, master: MasterNotebook = COURSE, **answers: str) -> Repaired:
    repaired = repair(json.dumps(value or handed_in(master, answers)).encode(), master, lambda nb: nb)
    assert isinstance(repaired, Repaired)
    return repaired


def grade_of(grades: tuple[CellGrade, ...], grade_id: str) -> CellGrade:
    return next(grade for grade in grades if grade.grade_id == grade_id)


def ours(*outputs: Output, ending: Ending | None = None, alarms: tuple[Remark, ...] = ()) -> CellGrade:
    if ending is None:
        ending = Ending.ERROR if any(o["output_type"] == "error" for o in outputs) else Ending.OK
    ran = Ran("x/main", {PLACE: CellRun(ending, outputs)}, alarms)
    return grade_of(score(mend(), COURSE, ran), "t")


def nbgraders(*outputs: Output) -> Any:
    cell = {
        "cell_type": "code",
        "source": "",
        "metadata": {"nbgrader": {"grade": True, "solution": False, "points": POINTS, "grade_id": "t"}},
        "outputs": list(outputs),
    }
    try:
        return determine_grade(from_dict(cell))[0]
    except (ValueError, KeyError):
        return NO_MARK


def result(plain: Any, **more: Any) -> Output:
    return {
        "output_type": "execute_result",
        "data": {"text/plain": plain, **more},
        "metadata": {},
        "execution_count": 1,
    }


def stream(name: str, written: str = "words") -> Output:
    return {"output_type": "stream", "name": name, "text": written}


ERROR = {"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": []}
DISPLAY = {"output_type": "display_data", "data": {"text/plain": "0"}, "metadata": {}}
OUT, ERR = stream("stdout"), stream("stderr")


# checks, with nbgrader as the second opinion


@pytest.mark.parametrize(
    "plain",
    [
        *("0", "0.0", "1.5", "3", "3.0", " 2 ", "2e0", "1_0e-1", "+1", "-0.0", "0.1", "٢"),
        *("'1.5'", "True", "None", "", "x", "[1]", "array(1.)", "1,5", "0x1", "1.5\n2", "np.float64(1.0)"),
        *("-1", "-0.001", "3.0001", "4", "1e999", "inf", "-inf", "nan", "-nan", "NaN", "9" * 400),
        *(["1.5"], ["1", "2"], ["x"], [""], ["4"]),
    ],
    ids=repr,
)
def test_a_result_is_read_as_nbgrader_reads_it(plain: Any) -> None:
    """Decision: what is no number from 0 to all points goes to a person."""
    mine, theirs = ours(result(plain)), nbgraders(result(plain))
    text_ = plain[0] if isinstance(plain, list) and len(plain) == 1 else plain
    try:
        in_range = 0 <= float(text_) <= POINTS
    except (ValueError, TypeError):
        in_range = text_ != ""
    if in_range:
        assert (mine.score, mine.waiting, mine.remark) == (theirs, False, None)
    else:
        assert (mine.score, mine.waiting) == (None, True)
        assert mine.remark is not None
        assert mine.remark.code == "odd-score"
        # Never the other way round: nbgrader stops there, or gives it all.
        assert theirs in (NO_MARK, POINTS)


@given_any(st.text() | st.floats().map(str) | st.integers().map(str))
def test_any_result_is_read_as_nbgrader_reads_it(plain: str) -> None:
    mine, theirs = ours(result(plain)), nbgraders(result(plain))
    assert mine.score == theirs or (mine.waiting and theirs in (NO_MARK, POINTS))
    assert mine.max_score == POINTS


@pytest.mark.parametrize(
    "outputs", [p for n in range(4) for p in permutations([OUT, DISPLAY, ERROR, result("1.5")], n)]
)
def test_any_outputs_are_read_as_nbgrader_reads_them(outputs: tuple[Output, ...]) -> None:
    """Decision: an error after a result costs all points as well."""
    kinds = [o["output_type"] for o in outputs]
    if "error" in kinds and "execute_result" in kinds[: kinds.index("error")]:
        assert nbgraders(*outputs) == 1.5
        assert ours(*outputs).score == 0
    else:
        assert ours(*outputs) == CellGrade("t", nbgraders(*outputs), POINTS, False)


@pytest.mark.parametrize(
    "outputs", [p for n in range(3) for p in permutations([OUT, result("1.5"), DISPLAY], n)]
)
def test_text_on_stderr_costs_no_points(outputs: tuple[Output, ...]) -> None:
    """Decision: a warning of a library is no wrong answer. nbgrader gives 0."""
    assert nbgraders(ERR, *outputs) == 0
    assert ours(ERR, *outputs) == ours(*outputs)
    assert ours(*outputs, ERR) == ours(*outputs)


def test_several_results_that_differ_go_to_a_person() -> None:
    """Decision: nbgrader takes the first, which whatever the test calls can print."""
    assert nbgraders(result("3"), result("0")) == 3
    found = ours(result("3"), result("0"))
    assert (found.score, found.waiting) == (None, True)
    assert ours(result("3"), result("x")).score == POINTS == nbgraders(result("3"), result("x"))
    assert ours(result("1"), result("1.0")).score == 1 == nbgraders(result("1"), result("1.0"))


@pytest.mark.parametrize("data", [{}, {"text/html": "1"}, {"text/plain": None}, {"text/plain": {}}, None, 7])
def test_a_result_without_text_goes_to_a_person(data: Any) -> None:
    odd = {"output_type": "execute_result", "data": data, "metadata": {}}
    found = ours(odd)
    assert (found.score, found.waiting) == (None, True)


def test_a_check_that_takes_too_long_has_failed() -> None:
    assert ours(ending=Ending.TIMEOUT) == CellGrade("t", 0.0, POINTS, False)
    # Also where the error itself was cut off.
    assert ours(OUT, ending=Ending.ERROR).score == 0


@pytest.mark.parametrize("ending", [Ending.DIED, Ending.NOT_RUN])
def test_a_check_that_was_not_run_to_its_end_goes_to_a_person(ending: Ending) -> None:
    """Decision: nbgrader gives no mark to anything in the submission."""
    found = ours(ERROR, ending=ending)
    assert (found.score, found.waiting) == (None, True)
    assert found.remark is not None
    assert (found.remark.code, found.remark.cell) == ("kernel-died", "t")


def test_a_check_that_fails_without_a_thread_of_an_earlier_cell_goes_to_a_person() -> None:
    """Decision: nbgrader's kernel still has the thread."""
    found = ours(ERROR, ending=Ending.APART)
    assert (found.score, found.waiting) == (None, True)
    assert found.remark is not None
    assert found.remark.code == "left-behind"


def test_a_dead_kernel_costs_no_other_mark() -> None:
    repaired = mend(e="Because.")
    grades = score(repaired, COURSE, Ran("x/main", {PLACE: CellRun(Ending.OK, ())}))
    assert [(g.grade_id, g.score, g.waiting, g.remark and g.remark.code) for g in grades] == [
        ("t", POINTS, False, None),
        ("e", None, True, None),
        ("m", 0.0, False, None),
        ("t2", None, True, "kernel-died"),
        ("d", None, True, None),
    ]


def test_an_alarm_sends_every_check_to_a_person_and_nothing_else() -> None:
    alarm = Remark("renamed-tool", "The answers gave another meaning to a name.")
    repaired = mend()
    cells = {place: CellRun(Ending.OK, (result("3"),)) for place in (PLACE, 5)}
    grades = score(repaired, COURSE, Ran("x/main", cells, (alarm, Remark("b", "B."))))
    assert [(g.grade_id, g.score, g.waiting, g.remark) for g in grades] == [
        ("t", None, True, alarm),
        ("e", 0.0, False, None),
        ("m", 0.0, False, None),
        ("t2", None, True, alarm),
        ("d", None, True, None),
    ]


def test_without_a_run_checks_wait() -> None:
    found = grade_of(score(mend(), COURSE, None), "t")
    assert (found.score, found.waiting) == (None, True)
    assert found.remark is not None
    assert found.remark.code == "not-run"


def test_the_place_of_a_check_is_where_it_stands_in_the_mended_notebook() -> None:
    value = handed_in(COURSE, {})
    value["cells"].insert(0, code("1", "own"))
    cells = {PLACE: CellRun(Ending.OK, ()), PLACE + 1: CellRun(Ending.OK, (result("2"),))}
    assert grade_of(score(mend(value), COURSE, Ran("x/main", cells)), "t").score == 2


# answers


@pytest.mark.parametrize("grade_id", ["e", "m"])
@pytest.mark.parametrize("more", ["", "an answer"])
def test_written_answers_as_nbgrader_marks_them(grade_id: str, more: str) -> None:
    author = COURSE.find_cell(grade_id)
    assert author is not None
    repaired = mend(**{grade_id: author.released + more})
    cell = next(
        c for c in repaired.notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )
    theirs, points = determine_grade(from_dict(copy.deepcopy(cell)))
    found = grade_of(score(repaired, COURSE, None), grade_id)
    assert (found.score, found.max_score) == (theirs, points)
    assert (found.waiting, found.no_response) == (theirs is None, theirs == 0)
    unanswered = cell["metadata"]["nbgrader"]["checksum"] == compute_checksum(from_dict(copy.deepcopy(cell)))
    assert comments(repaired, COURSE)[grade_id] == unanswered == (not more)


@pytest.mark.parametrize(
    "blank",
    [
        "",
        " ",
        "\n\t \n",
        "*Write your answer here.*\n",
        " *Write  your answer here.*",
        "\u200b",
        "YOUR ANSWER HERE",
        "\xa0",
    ],
    ids=repr,
)
def test_white_space_is_no_answer(blank: str) -> None:
    """Decision: for nbgrader one blank is an answer, and a person has to look at it."""
    found = grade_of(score(mend(e=blank), COURSE, None), "e")
    assert (found.score, found.waiting, found.no_response) == (0.0, False, True)


@pytest.mark.parametrize(
    "written", ["0", ".", "-", "x", "?", "*Write your answer here.* Yes.", "![](attachment:a.png)"]
)
def test_little_is_an_answer(written: str) -> None:
    assert grade_of(score(mend(e=written), COURSE, None), "e").waiting


@pytest.mark.parametrize(
    ("code_", "is_answered"),
    [
        ("", False),
        ("# YOUR CODE HERE\nraise NotImplementedError()\nprint(y)", False),
        ("\n# YOUR CODE HERE  \n\nraise NotImplementedError()\nprint(y)\n\n", False),
        ("# YOUR CODE HERE\r\nraise NotImplementedError()\r\nprint(y)", False),
        # Where a line begins is what it means.
        ("# YOUR CODE HERE\n  raise NotImplementedError()\nprint(y)", True),
        ("print(y)", True),
        ("# a thought", True),
    ],
)
def test_in_code_only_space_that_says_nothing_makes_no_difference(code_: str, is_answered: bool) -> None:
    repaired = mend(m=code_)
    assert grade_of(score(repaired, COURSE, None), "m").waiting == is_answered
    assert comments(repaired, COURSE)["m"] == (not is_answered)


def test_a_picture_is_an_answer() -> None:
    value = handed_in(COURSE, {})
    value["cells"][3]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    assert grade_of(score(mend(value), COURSE, None), "e").waiting


def test_comments_are_on_answers_and_tasks_graded_or_not() -> None:
    assert comments(mend(e="Because."), COURSE) == {"a": True, "e": False, "m": True, "d": False}


def test_every_graded_cell_gets_a_grade_and_no_other_does() -> None:
    grades = score(mend(), COURSE, None)
    assert [(g.grade_id, g.max_score) for g in grades] == [("t", 3), ("e", 5), ("m", 4), ("t2", 2), ("d", 6)]


# what cannot be scored


def test_what_was_not_handed_in_is_worth_nothing() -> None:
    assert [(g.score, g.waiting) for g in score_missing(COURSE)] == [(0.0, False)] * 5


def test_what_cannot_be_read_is_a_persons() -> None:
    why = Remark("damaged-json", "The file is damaged.")
    assert [(g.score, g.waiting, g.remark) for g in score_unreadable(COURSE, why)] == [(None, True, why)] * 5


# marks that people gave


def changed(before: Repaired, after: Repaired, master: MasterNotebook = COURSE) -> set[str]:
    old, new = judged(before, master), judged(after, master)
    return {grade_id for grade_id in new if old[grade_id] != new[grade_id]}


def test_the_same_again_is_judged_the_same() -> None:
    value = handed_in(COURSE, {"e": "Because.", "a": "x = 1"})
    other = copy.deepcopy(value)
    other["metadata"] = {}
    other["nbformat_minor"] = 4
    for cell in other["cells"]:
        cell.pop("id")
        cell["source"] = cell["source"].replace("\n", "\r\n") + "\n"
        if cell["cell_type"] == "code":
            cell["outputs"] = [ERROR]
    assert changed(mend(value), mend(other)) == set()


@pytest.mark.parametrize(
    ("answers", "touched"),
    [
        ({"e": "Because not."}, {"e", "d"}),
        ({"a": "x = 2"}, {"t", "t2", "d"}),
        ({"m": "y = 2"}, {"m", "t2", "d"}),
    ],
)
def test_a_changed_answer_is_judged_again_with_what_builds_on_it(
    answers: dict[str, str], touched: set[str]
) -> None:
    assert changed(mend(e="Because."), mend(**{"e": "Because.", **answers})) == touched


def test_a_cell_of_ones_own_counts_for_the_checks_below_it() -> None:
    value = handed_in(COURSE, {})
    value["cells"].insert(4, code("x = 5", "own"))
    assert changed(mend(), mend(value)) == {"t2", "d"}


def test_another_picture_is_another_answer() -> None:
    value = handed_in(COURSE, {"e": "![](attachment:a.png)"})
    value["cells"][3]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    before = mend(copy.deepcopy(value))
    value["cells"][3]["attachments"]["a.png"]["image/png"] = "BBBB"
    assert changed(before, mend(value)) == {"e", "d"}


def test_a_new_version_of_the_authors_cells_changes_nobodys_answer() -> None:
    new = replace(
        COURSE, cells=tuple(replace(c, source=c.source + "\n1") if c.locked else c for c in COURSE.cells)
    )
    value = handed_in(COURSE, {"e": "Because."})
    assert judged(mend(value), COURSE) == judged(mend(value, new), new)


def test_a_persons_mark_stays_while_what_it_judged_is_the_same() -> None:
    same, other = judged(mend(e="A"), COURSE)["e"], judged(mend(e="B"), COURSE)["e"]
    assert keeps_manual_mark(same, same, None, None)
    assert keeps_manual_mark(same, same, 0.0, 0.0)
    assert not keeps_manual_mark(same, other, None, None)
    assert not keeps_manual_mark(None, same, None, None)
    # A check that gives other points now, with the same answer: the author changed it, or something went wrong.
    assert not keeps_manual_mark(same, same, 0.0, 2.0)
    assert not keeps_manual_mark(same, same, 2.0, None)


def test_given_code_is_no_answer() -> None:
    master = master_of(notebook(given("g", "x = 1"), check("t", "x")))
    assert comments(mend(master=master), master) == {}
