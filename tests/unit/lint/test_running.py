"""What a run says of a module, from values alone."""

from __future__ import annotations

import pytest

from coursekit.lint import running
from coursekit.lint.review import run_findings
from coursekit.lint.running import Failure
from coursekit.model.notebook import NbgraderCell


def graded(points):
    return NbgraderCell("p1-tests", grade=True, locked=True, points=points)


@pytest.fixture
def material(make_cell, make_material):
    return make_material(
        make_cell("welcome", "# One"),
        make_cell("p1-tests", "assert total == 6", None, "code", graded(2.0)),
        make_cell("p1-more", "# coursekit: allow CK703: a gift\nassert 1", None, "code", graded(1.0)),
    )


def ran(*outputs, cell_id="p1-tests"):
    return {"cells": [{"id": "welcome"}, {"id": cell_id, "outputs": list(outputs)}]}


ERROR = {
    "output_type": "error",
    "ename": "NameError",
    "evalue": "name 'total' is not defined\nmore",
    "traceback": [
        "\x1b[31m---------\x1b[39m",
        "\x1b[31mNameError\x1b[39m     Traceback (most recent call last)",
        "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[3]\x1b[39m\x1b[32m, line 1\x1b[39m\n----> 1 total",
        "\x1b[31mNameError\x1b[39m: name 'total' is not defined",
    ],
}


def result(text):
    return {"output_type": "execute_result", "data": {"text/plain": text}}


@pytest.mark.parametrize(
    ("outputs", "passes"),
    [
        ([], True),
        ([result("1.5")], True),
        ([result("'fine'")], True),
        ([{"output_type": "stream", "name": "stdout", "text": "0"}], True),
        ([result("0")], False),
        ([result("0.0")], False),
        ([ERROR], False),
    ],
)
def test_what_passes_on_a_stub_is_what_nbgrader_would_give_points_for(material, outputs, passes):
    found = list(running.passing(material, ran(*outputs)))
    assert [f.code for f in found] == (["CK703"] if passes else [])


def test_only_what_a_machine_marks_is_a_test(make_cell):
    def of(cell_type="code", **mark):
        return running.is_test(make_cell("x", "", None, cell_type, NbgraderCell("x", **mark)))

    assert of(grade=True, points=1)
    assert not of(grade=True, points=0)
    assert not of(grade=True, solution=True, points=1)
    assert not of("markdown", grade=True, points=1)
    assert not of(locked=True)


def test_a_failure_says_cell_line_error_and_the_end_of_the_traceback(material):
    failure = running.first_failure(ran(ERROR))
    assert failure == Failure(
        "p1-tests",
        "NameError: name 'total' is not defined",
        ("Cell In[3], line 1", "----> 1 total", "NameError: name 'total' is not defined"),
    )
    found = running.fails(material, failure)
    assert (found.code, found.cell, found.cell_id, found.line) == ("CK701", 2, "p1-tests", 1)
    assert found.message == "This cell fails: NameError: name 'total' is not defined."
    assert found.hint.split("\n")[1:] == [
        "  Cell In[3], line 1",
        "  ----> 1 total",
        "  NameError: name 'total' is not defined",
    ]


def test_nothing_failed(material):
    assert running.first_failure(ran(result("1"))) is None


def test_what_differs_is_said_with_the_first_short_line(material):
    one = ran({"output_type": "stream", "name": "stdout", "text": "same\n0.5\n"})
    other = ran({"output_type": "stream", "name": "stdout", "text": ["same\n", "0.7\n"]})
    (found,) = running.differ(material, one, other)
    assert (found.code, found.cell_id) == ("CK704", "p1-tests")
    assert found.message == "Run twice, this cell's outputs differ: “0.5”, then “0.7”."
    assert list(running.differ(material, one, one)) == []


def test_a_picture_that_differs_is_said_without_a_line(material):
    one, other = ({"output_type": "display_data", "data": {"image/png": p}} for p in ("abc", "abd"))
    (found,) = running.differ(material, ran(one), ran(other))
    assert found.message == "Run twice, this cell's outputs differ."


def test_a_gift_is_allowed_with_a_reason_and_for_nothing_it_is_a_finding(material):
    stubbed = {"cells": [{"id": "p1-more", "outputs": []}, {"id": "p1-tests", "outputs": [ERROR]}]}
    assert run_findings(material, running.passing(material, stubbed)) == []
    (found,) = run_findings(material, [])
    assert (found.code, found.cell_id) == ("CK110", "p1-more")


def test_where_a_run_ended_early_nothing_is_said_of_what_is_allowed(material):
    found = run_findings(material, [running.fails(material, Failure("welcome", "E"))])
    assert [f.code for f in found] == ["CK701"]


def test_what_is_about_the_whole_module():
    found = running.too_long("one", 90.0)
    assert (found.place, found.code) == ("modules/one/one.ipynb", "CK705")
    assert found.message == "The module was not through after 90 seconds, and was stopped."
    found = running.given_up("one", "its process was ended by signal 9")
    assert found.message == "The run ended without a result: its process was ended by signal 9."
