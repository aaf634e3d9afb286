"""What runs where: hidden tests stay out of the learner's line, and checks find what earlier ones have defined."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import ClearHiddenTests
from support.masters import answer, check, code, essay, given, handed_in, master_of, notebook, task, text

from coursekit.model.grading import MasterNotebook, Repaired, Step
from coursekit.policy.repair import repair
from coursekit.policy.steps import stands_alone, steps, strip_hidden

BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


def hidden(*lines: str, indent: str = "") -> str:
    return "\n".join([indent + BEGIN, *(indent + line for line in lines), indent + END])


def lines(*parts: str) -> str:
    return "\n".join(parts)


def run_of(*cells: dict[str, Any], answers: dict[str, str] | None = None) -> tuple[Step, ...]:
    master = master_of(notebook(*cells))
    repaired = repair(json.dumps(handed_in(master, answers or {})).encode(), master, lambda nb: nb)
    assert isinstance(repaired, Repaired)
    return steps(repaired, master)


def prelude(*cells: dict[str, Any], answers: dict[str, str] | None = None) -> str:
    """What the last check gets."""
    return run_of(*cells, answers=answers)[-1].prelude


def passes(steps_: tuple[Step, ...]) -> list[bool]:
    """Each check in its own copy of the learner's line, as the engine runs it."""
    found = []
    for number, step in enumerate(steps_):
        if step.check is None:
            continue
        # A line of its own, so that no value is shared.
        space: dict[str, Any] = {}
        for before in steps_[:number]:
            _run(before.source, space)
        _run(step.prelude, space)
        found.append(_run(step.check, space))
    return found


def _run(source: str, space: dict[str, Any]) -> bool:
    try:
        exec(source, space)
    except Exception:
        return False
    return True


# the learner's line


def test_who_runs_what() -> None:
    found = run_of(
        text("# A"),
        given("setup", "import math"),
        code("own = 1", "own"),
        answer("a", "x = 1"),
        check("t", lines("assert x", hidden("assert x == 1"))),
        essay("e"),
        task("d"),
        given("g", lines("y = 1", hidden("z = 2"))),
        answers={"a": "x = 2"},
    )
    full = lines("assert x", hidden("assert x == 1"))
    assert found == (
        Step(1, "import math"),
        Step(2, "own = 1"),
        Step(3, "x = 2"),
        Step(4, "assert x", full, stands_alone=True),
        Step(7, "y = 1"),
    )


def test_no_step_of_the_line_holds_a_hidden_test() -> None:
    found = run_of(
        check("t1", lines("a = 1", hidden("b = 2", "assert 'CANARY'"), "c = 3")),
        check("t2", hidden("assert b == 2")),
    )
    assert [step.source for step in found] == ["a = 1\nc = 3", ""]
    assert "CANARY" not in "".join(step.source + step.prelude for step in found)


def test_the_place_is_the_cells_in_the_notebook() -> None:
    master = master_of(notebook(text("a"), check("t", "1")))
    value = handed_in(master, {})
    value["cells"] = [text("new", "n1"), code("2", "n2"), *value["cells"]]
    repaired = repair(json.dumps(value).encode(), master, lambda nb: nb)
    assert isinstance(repaired, Repaired)
    assert [(s.cell, s.source) for s in steps(repaired, master)] == [(1, "2"), (3, "1")]


# the prelude


def test_nothing_is_hidden_and_there_is_no_prelude() -> None:
    assert prelude(check("t1", "a = 1"), check("t2", "assert a == 1")) == ""


def test_a_name_out_of_an_earlier_hidden_test() -> None:
    found = run_of(
        check("t1", hidden("limit = 3", "assert limit", "other = 4")),
        check("t2", hidden("assert limit == 3")),
    )
    assert [step.prelude for step in found] == ["", "limit = 3"]
    assert passes(found) == [True, True]


def test_what_it_builds_on_comes_along_in_order() -> None:
    found = run_of(
        given("g", "base = 1"),
        check("t1", hidden("import math as m", "def half(n):", "    return m.floor(n / 2)", "unused = 0")),
        check("t2", hidden("eight = half(16) + base")),
        check("t3", hidden("assert eight == 9")),
    )
    assert found[-1].prelude == lines(
        *("try:", "    import math as m", "    def half(n):", "        return m.floor(n / 2)"),
        *("except Exception:", "    pass", "eight = half(16) + base"),
    )
    assert passes(found) == [True, True, True]


@pytest.mark.parametrize(
    "binding",
    [
        "x = 1",
        "x: int = 1",
        "y, (x, *z) = 1, (1, 2)",
        "for x in [1]: pass",
        "with open('/dev/null') as x: x = 1",
        "import os as x",
        "from os import path as x",
        "def x(): pass",
        "async def x(): pass",
        "class x: pass",
        "(x := 1)",
        "if True: x = 1",
        "try:\n    x = 1\nexcept Exception:\n    pass",
        "match 1:\n    case x: pass",
        "match [1, 2]:\n    case [y, *x]: pass",
        "match {}:\n    case {**x}: pass",
        "while True:\n    x = 1\n    break",
    ],
)
def test_every_way_to_bind_a_name(binding: str) -> None:
    found = run_of(check("t1", hidden(*binding.split("\n"))), check("t2", "x"))
    assert found[-1].prelude != ""
    assert passes(found) == [True, True]


def test_what_changes_a_value_in_place_belongs_to_it() -> None:
    found = run_of(
        check("t1", hidden("cases = []", "cases.append(1)", "table = {}", "table['a'] = 2", "print(cases)")),
        check("t2", "assert cases == [1] and table == {'a': 2}"),
    )
    assert found[-1].prelude == lines("cases = []", "cases.append(1)", "table = {}", "table['a'] = 2")
    assert passes(found) == [True, True]


@pytest.mark.parametrize(
    ("value", "touch", "then"),
    [
        ("xs = []", "xs.append(1)", "assert xs == [1]"),
        ("xs = iter([1, 2])", "assert next(xs) == 1", "assert next(xs) == 2"),
        ("xs = {}", "xs['a'] = 2", "assert xs == {'a': 2}"),
        ("xs = [3, 1]", "xs.sort(key=abs)", "assert xs == [1, 3]"),
        ("class A: n = 0\nxs = A()", "xs.n += 1", "assert xs.n == 1"),
    ],
)
def test_a_value_of_the_learners_is_changed_as_in_one_process(value: str, touch: str, then: str) -> None:
    cells = (answer("a"), check("t1", hidden(touch)), check("t2", then))
    found = run_of(*cells, answers={"a": value})
    assert found[-1].prelude == touch
    assert passes(found) == [True, True]


@pytest.mark.parametrize(
    "value", ["def xs(): return []", "class xs: pass", "import math as xs", "from math import pi as xs"]
)
def test_what_is_no_value_is_not_called_again(value: str) -> None:
    cells = (answer("a"), check("t1", hidden("xs()", "print(xs)")), check("t2", "xs"))
    assert prelude(*cells, answers={"a": value}) == ""


def test_looking_at_a_value_does_not_change_it() -> None:
    cells = (answer("a"), check("t1", hidden("assert len(xs) == 2 and xs[0] < 3")), check("t2", "xs"))
    assert prelude(*cells, answers={"a": "xs = [1, 2]"}) == ""


def test_what_builds_visibly_on_something_hidden_is_done_again() -> None:
    case = lines("class Case:", "    def one(self): pass", hidden("def two(self): pass", indent="    "))
    found = run_of(
        check("t1", lines(case, "names = [n for n in vars(Case) if n[0] != '_']", "assert names")),
        check("t2", "assert names == ['one', 'two']"),
    )
    assert passes(found) == [True, True]


def test_one_checks_failure_does_not_take_away_what_another_one_defines() -> None:
    found = run_of(
        answer("a"),
        check("t1", hidden("assert f() == 2", "low = f()", "later = 1")),
        check("t2", hidden("high = 9")),
        check("t3", "assert high == 9"),
        check("t4", "assert high == 9 and low"),
        answers={"a": "def f(): raise ValueError"},
    )
    assert passes(found) == [False, True, True, False]


def test_what_was_counted_up_is_counted_up_again() -> None:
    found = run_of(check("t1", hidden("n = 1", "n += 2")), check("t2", "assert n == 3"))
    assert found[-1].prelude == "n = 1\nn += 2"


def test_a_condition_may_not_hold_so_the_binding_before_it_comes_along() -> None:
    assert prelude(check("t1", hidden("x = 1", "if x > 1: x = 2")), check("t2", "assert x == 1")) == lines(
        "x = 1", "if x > 1:\n    x = 2"
    )


def test_a_function_that_is_hidden_in_part_is_whole_for_later_checks() -> None:
    source = lines("def right(x):", "    assert x > 0", hidden("assert x == 6", indent="    "), "right(x)")
    found = run_of(answer("a"), check("t1", source), check("t2", "right(x)"), answers={"a": "x = 1"})
    assert "assert x == 6" in found[-1].prelude
    # The visible half alone would let it pass.
    assert passes(found) == [False, False]


# whose name it is


def test_what_a_check_binds_itself_is_its_own() -> None:
    assert prelude(check("t1", hidden("x = 1")), check("t2", "x = 2\nassert x == 2")) == ""


@pytest.mark.parametrize("uses", ["def f(x): return x", "[x for x in 'ab']", "lambda x: x", "'x'", "y.x"])
def test_a_name_of_its_own_scope_is_another(uses: str) -> None:
    assert prelude(check("t1", hidden("x = 1")), check("t2", uses)) == ""


@pytest.mark.parametrize(
    "uses", ["def f(): return x", "[x + y for y in 'ab']", "f'{x}'", "lambda y: x", "x += 1"]
)
def test_a_name_of_the_notebooks_from_any_scope(uses: str) -> None:
    assert prelude(check("t1", hidden("x = 1")), check("t2", uses)) == "x = 1"


def test_what_is_bound_visibly_afterwards_counts() -> None:
    after = check("t1", lines(hidden("x = 1"), "x = 2"))
    assert prelude(after, check("t2", "x")) == ""
    assert prelude(check("t1", hidden("x = 1")), given("g", "x = 2"), check("t2", "x")) == ""
    assert prelude(check("t1", hidden("x = 1")), answer("a"), check("t2", "x"), answers={"a": "x = 2"}) == ""


def test_what_was_bound_before_it_does_not() -> None:
    """The hidden test comes last in the author's notebook, so its value is the one that the check was written for.

    And a learner who guesses the name of a hidden helper gains nothing.
    """
    assert (
        prelude(answer("a"), check("t1", hidden("x = 1")), check("t2", "x"), answers={"a": "x = 2"})
        == "x = 1"
    )


def test_a_word_in_a_learners_text_binds_nothing() -> None:
    found = prelude(
        check("t1", hidden("x = 1")), answer("a"), check("t2", "x"), answers={"a": "print('x = 2')  # x = 3"}
    )
    assert found == "x = 1"


@pytest.mark.parametrize(
    "strange",
    [
        "%matplotlib inline\nx = 2",
        "x = (",
        "x\x00 = 2",
        "x = 2\n" * 60_000,
        "x" + "-" * 5000 + "1",
        "x = " + "(" * 500,
    ],
    ids=["magic", "syntax", "null", "endless", "minus", "brackets"],
)
def test_code_that_cannot_be_read_binds_nothing(strange: str) -> None:
    found = prelude(check("t1", hidden("x = 1")), answer("a"), check("t2", "x"), answers={"a": strange})
    assert found == "x = 1"


def test_checks_with_magics_get_none() -> None:
    assert prelude(check("t1", hidden("x = 1")), check("t2", "%time x")) == ""
    assert prelude(check("t1", lines("%load_ext a", hidden("x = 1"))), check("t2", "x")) == ""


def test_other_languages_get_none() -> None:
    author = notebook(check("t1", hidden("x = 1")), check("t2", "x"))
    author["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    master = master_of(author)
    repaired = repair(json.dumps(master.released).encode(), master, lambda nb: nb)
    assert isinstance(repaired, Repaired)
    assert [(s.source, s.check, s.prelude) for s in steps(repaired, master)] == [
        ("", hidden("x = 1"), ""),
        ("x", "x", ""),
    ]


def test_other_marks_around_hidden_tests() -> None:
    source = lines("### HIDE", "x = 1", "### SHOW", "y = 2")
    master = _with_marks(master_of(notebook(check("t1", source), check("t2", "assert x + y == 3"))))
    repaired = repair(json.dumps(master.released).encode(), master, lambda nb: nb)
    assert isinstance(repaired, Repaired)
    for marks in (("### HIDE", "### SHOW"), ()):
        # Without being told, what was released says which lines are hidden.
        found = steps(repaired, master, *marks)
        assert [s.source for s in found] == ["y = 2", "assert x + y == 3"]
        assert [s.prelude for s in found] == ["", "x = 1"]


def _with_marks(master: MasterNotebook) -> MasterNotebook:
    first = replace(master.cells[0], released=strip_hidden(master.cells[0].source, "### HIDE", "### SHOW"))
    return replace(master, cells=(first, *master.cells[1:]))


# without hidden tests

PIECE = st.sampled_from(
    ["a = 1", "", "  b", "assert c", f"{BEGIN}", f"{END}", "  # END HIDDEN TESTS", "#BEGIN HIDDEN TESTS"]
)


@given_any(st.lists(PIECE))
def test_hidden_tests_are_taken_out_as_nbgrader_does(pieces: list[str]) -> None:
    cell = new_code_cell("\n".join(pieces))
    try:
        ClearHiddenTests()._remove_hidden_test_region(cell)
    except RuntimeError:
        # nbgrader stops there. Whatever stands behind a mark that hides stays hidden.
        inside = [p for n, p in enumerate(pieces) if any("BEGIN HIDDEN" in q for q in pieces[:n])]
        kept = strip_hidden("\n".join(pieces)).split("\n")
        assert all("HIDDEN TESTS" not in line for line in kept)
        if not any("END HIDDEN" in p for p in inside):
            assert len(kept) <= max(1, len(pieces) - len(inside))
    else:
        assert strip_hidden("\n".join(pieces)) == cell.source


def test_a_region_without_an_end_hides_the_rest() -> None:
    assert strip_hidden(lines("a", BEGIN, "secret", BEGIN, "more")) == "a"


# whether the visible part speaks for the whole


@pytest.mark.parametrize(
    ("source", "alone"),
    [
        ("assert x", True),
        ("%%time\nassert x", True),
        (lines("assert x", hidden("assert x == 1")), True),
        (lines("y = x", hidden("z = 2"), "assert y"), True),
        (lines(hidden("from math import isclose"), "assert isclose(x, 1)"), False),
        (lines("y = 1", hidden("y = 2"), "assert y == x"), False),
        (lines("rows = []", hidden("rows.append(1)"), "assert rows == x"), False),
        (lines("%%time", "assert x", hidden("assert x == 1")), False),
    ],
)
def test_a_check_whose_visible_part_builds_on_nothing_hidden_stands_alone(source: str, alone: bool) -> None:
    assert stands_alone(source, strip_hidden(source)) is alone


def test_what_an_earlier_hidden_test_defines_takes_a_check_out_of_this() -> None:
    found = run_of(
        answer("a", "x = 1"),
        check("t", lines("assert x", hidden("expected = 1"))),
        check("u", lines("assert x", hidden("assert x == expected"))),
    )
    assert [step.stands_alone for step in found] == [False, True, False]
