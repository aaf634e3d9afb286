"""What course.yml, rubrics.yml and exemplars.yml mean, and how course.yml takes one more module."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coursekit.model.course import Gate, GateKind, Part
from coursekit.model.deadline import LatePolicy
from coursekit.model.errors import BadInput
from coursekit.model.misread import Misread
from coursekit.store import authored
from coursekit.store.authored import parse_yaml, read_course, read_exemplars, read_rubrics
from coursekit.store.coursefiles import CourseFolder

TINY = Path(__file__).parents[2] / "courses" / "tiny"

HEAD = """\
schema: coursekit.course/1
course: c
title: C
time_zone: Europe/Vienna
"""


def course_of(tmp_path, text):
    (tmp_path / "modules").mkdir(exist_ok=True)
    (tmp_path / "modules" / "course.yml").write_text(HEAD + text, encoding="utf-8")
    return read_course(tmp_path)


def test_a_course_as_its_file_tells_it():
    course = read_course(TINY)
    first, second = course.modules
    assert (course.id, course.time_zone, course.parameters) == ("tiny", "Europe/Vienna", {"rooms": 3})
    assert [c.domain for c in course.competencies] == ["cognitive", "intrapersonal"]
    assert (first.after, second.after) == ((), ("first",))
    assert second.due == datetime(2027, 1, 24, 22, 59, tzinfo=UTC)


def test_left_out_after_means_the_module_above_and_an_empty_one_means_none(tmp_path):
    course = course_of(
        tmp_path,
        "modules:\n- {id: a, title: A}\n- {id: b, title: B}\n- {id: c, title: C, after: []}\n"
        "- {id: d, title: D, after: [a, b]}\n",
    )
    assert [m.after for m in course.modules] == [(), ("a",), (), ("a", "b")]


def test_a_module_has_the_courses_gate_unless_it_has_its_own(tmp_path):
    course = course_of(
        tmp_path,
        "gate: {passed: 0.6}\nmodules:\n- {id: a, title: A}\n- {id: b, title: B, gate: committed}\n",
    )
    assert [m.gate for m in course.modules] == [Gate(GateKind.PASSED, 0.6), Gate(GateKind.COMMITTED)]


def test_parts_and_where_each_module_is(tmp_path):
    course = course_of(
        tmp_path,
        "parts:\n  - {id: figures, title: Figures, summary: Three lists.}\n  - {id: schools, title: Schools}\n"
        "modules:\n  - {id: a, title: A, part: figures}\n  - {id: b, title: B, part: schools}\n",
    )
    assert course.parts == (Part("figures", "Figures", "Three lists."), Part("schools", "Schools"))
    assert [m.part for m in course.modules] == ["figures", "schools"]


def test_a_part_that_is_told_twice_is_refused(tmp_path):
    with pytest.raises(BadInput) as refused:
        course_of(tmp_path, "parts: [{id: a, title: A}, {id: a, title: B}]\nmodules: []\n")
    assert refused.value.problem == "the field “parts” has the id a twice."


def test_what_lateness_means_and_when_a_module_closes(tmp_path):
    course = course_of(
        tmp_path,
        "late: {grace_minutes: 15, window_days: 7, penalty_per_day: 0.1, penalty_most: 0.5}\n"
        "modules:\n- {id: a, title: A, due: 2027-03-27 23:59, closes: 2027-03-28 23:59}\n- {id: b, title: B}\n",
    )
    assert course.late == LatePolicy(timedelta(minutes=15), timedelta(days=7), 0.1, 0.5)
    # The clocks change on that Sunday: 23:59 is another moment in UTC than the day before.
    assert course.modules[0].due == datetime(2027, 3, 27, 22, 59, tzinfo=UTC)
    assert course.modules[0].closes == datetime(2027, 3, 28, 21, 59, tzinfo=UTC)
    assert course.modules[1].closes is None
    assert course_of(tmp_path, "modules: []\n").late == LatePolicy()


def test_a_closing_that_the_clocks_skip_is_refused(tmp_path):
    with pytest.raises(
        BadInput, match=r"module 1 \(a\), the field “closes”: 2027-03-28 02:30 does not exist"
    ):
        course_of(tmp_path, "modules:\n- {id: a, title: A, closes: 2027-03-28 02:30}\n")


def test_yaml_holds_no_surprises(tmp_path):
    course = course_of(
        tmp_path,
        "language: no\nmodules:\n- {id: a, title: 2027-01-24, due: 2027-01-24 23:59, opens: 2027-01-11}\n"
        "parameters: {at: 08:30, on: off, share: 1e-3, room: 007, day: 2027-01-24, yes: true, none: null}\n",
    )
    assert course.language == "no"
    assert course.modules[0].title == "2027-01-24"
    assert course.modules[0].opens == datetime(2027, 1, 10, 23, 0, tzinfo=UTC)
    assert course.parameters == {
        "at": "08:30",
        "on": "off",
        "share": 0.001,
        "room": 7,
        "day": "2027-01-24",
        "yes": True,
        "none": None,
    }


def test_a_date_may_have_an_offset_of_its_own(tmp_path):
    course = course_of(tmp_path, "modules:\n- {id: a, title: A, due: '2027-03-28T02:30:00+01:00'}\n")
    assert course.modules[0].due == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["modules: [", "modules: &a [*a]", "modules: !!python/object:os.system {}", "modules: {a: b}", "- a"],
)
def test_yaml_that_is_no_course_is_refused_kindly(tmp_path, text):
    with pytest.raises(BadInput) as caught:
        course_of(tmp_path, text + "\n")
    assert caught.value.detail.startswith("modules/course.yml: ")


def test_a_file_of_billions_is_not_a_course(tmp_path):
    with pytest.raises(BadInput):
        course_of(tmp_path, "modules: " + "[" * 5000)


def test_no_course_at_all(tmp_path):
    with pytest.raises(BadInput) as caught:
        read_course(tmp_path)
    assert caught.value.detail == "modules/course.yml: it is not there."


def test_rubrics_and_exemplars():
    rubrics = read_rubrics(TINY / "modules" / "first")
    view = rubrics["view"]
    assert (view.points, [c.points for c in view.criteria]) == (3, [2, 1])
    assert view.criteria[0].missing == "Point to one fact from the story."
    exemplars = read_exemplars(TINY / "modules" / "first")
    assert len([e for e in exemplars if e.prompt == "p2"]) == 8
    assert exemplars[4].marks == {"fact": 2, "side": 1}
    assert {e.id: e.passes for e in exemplars if e.prompt == "p3"} == {
        "p3-right": True,
        "p3-lucky": True,
        "p3-short": False,
    }


def test_a_module_may_have_neither():
    assert read_rubrics(TINY / "modules" / "second") == {}
    assert read_exemplars(TINY) == ()


# ------------------------------------------------------------------------------ one more module


ENTRY = 'id: new\ntitle: "New"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("modules: []  # none\n", 'modules:  # none\n  - id: new\n    title: "New"\n'),
        ("modules: [\n]\n", 'modules:\n  - id: new\n    title: "New"\n'),
        (
            "modules:\n- id: a  # the first\n  title: A\n",
            'modules:\n- id: a  # the first\n  title: A\n- id: new\n  title: "New"\n',
        ),
        (
            "modules:\n  - {id: a, title: A}",
            'modules:\n  - {id: a, title: A}\n  - id: new\n    title: "New"\n',
        ),
        (
            "modules:\n  - id: a\n    title: A\n    summary: >\n      Long\n      one\n\n# z\nlanguage: de\n",
            "modules:\n  - id: a\n    title: A\n    summary: >\n      Long\n      one\n"
            '\n  - id: new\n    title: "New"\n# z\nlanguage: de\n',
        ),
        (
            "modules:\n  - id: a\n    title: A\n    after: []\n  # b comes later\n\ngate: committed\n",
            'modules:\n  - id: a\n    title: A\n    after: []\n  - id: new\n    title: "New"\n'
            "  # b comes later\n\ngate: committed\n",
        ),
    ],
)
def test_a_module_is_added_and_every_comment_survives(tmp_path, before, after):
    course_of(tmp_path, before)
    folder = CourseFolder(tmp_path)
    assert folder.with_modules([ENTRY]) == HEAD + after
    folder.write_course(folder.with_modules([ENTRY]))
    assert read_course(tmp_path).modules[-1].id == "new"


def test_a_list_in_one_line_is_left_alone(tmp_path):
    course_of(tmp_path, "modules: [{id: a, title: A}]\n")
    with pytest.raises(BadInput, match="written in one line"):
        CourseFolder(tmp_path).with_modules([ENTRY])


def test_an_addition_that_makes_no_course_is_refused(tmp_path):
    course_of(tmp_path, "modules:\n- {id: new, title: A}\n")
    with pytest.raises(BadInput, match="has the id new twice"):
        CourseFolder(tmp_path).with_modules([ENTRY])


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c",
        "a: [",
        "a: 1\na: 2",
        "\ta: 1",
        "a: *b",
        "a: !!python/object:os.system x",
        "[" * 5000,
        "- " * 5000,
    ],
)
def test_what_is_wrong_is_said_in_the_same_words_with_and_without_libyaml(monkeypatch, text):
    def said():
        with pytest.raises(Misread) as error:
            parse_yaml(text, "x.yml")
        return str(error.value), error.value.next_step, error.value.line

    with_it = said()
    monkeypatch.setattr("coursekit.store.authored._FastLoader", authored.YamlLoader)
    assert said() == with_it


@pytest.mark.parametrize(
    "text",
    ["{}", "a: no\nb: 08:30\nc: 2027-01-01\nd: ~\ne: 1.5\nf: 0o7\ng: &x [1]\nh: *x", "- |\n  x\n- >-\n  y"],
)
def test_values_are_the_same_with_and_without_libyaml(monkeypatch, text):
    with_it = parse_yaml(text, "x.yml")
    monkeypatch.setattr("coursekit.store.authored._FastLoader", authored.YamlLoader)
    assert parse_yaml(text, "x.yml") == with_it
