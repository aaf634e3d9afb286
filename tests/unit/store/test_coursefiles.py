"""A course's folder: what course.yml means, and how a module grows and is built on disk."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coursekit.model.course import Gate, GateKind
from coursekit.model.deadline import LatePolicy
from coursekit.model.errors import BadInput, Conflict
from coursekit.store.coursefiles import CourseFolder, read_course, read_exemplars, read_rubrics

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
    assert folder.with_module(ENTRY) == HEAD + after
    folder.write_course(folder.with_module(ENTRY))
    assert read_course(tmp_path).modules[-1].id == "new"


def test_a_list_in_one_line_is_left_alone(tmp_path):
    course_of(tmp_path, "modules: [{id: a, title: A}]\n")
    with pytest.raises(BadInput, match="written in one line"):
        CourseFolder(tmp_path).with_module(ENTRY)


def test_an_addition_that_makes_no_course_is_refused(tmp_path):
    course_of(tmp_path, "modules:\n- {id: new, title: A}\n")
    with pytest.raises(BadInput, match="has the id new twice"):
        CourseFolder(tmp_path).with_module(ENTRY)


def test_new_files_are_all_written_or_none(tmp_path):
    folder = CourseFolder(tmp_path)
    (tmp_path / "b").write_text("mine")
    with pytest.raises(Conflict):
        folder.write_new({"a/x": "1", "b": "2"})
    assert not (tmp_path / "a").exists()
    with pytest.raises(BadInput, match="cannot be written"):
        folder.write_new({"a/x": "1", "b/y": "2"})
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "b").read_text() == "mine"


def test_empty_means_nothing_but_git(tmp_path):
    assert CourseFolder(tmp_path / "not-yet").is_empty()
    (tmp_path / ".git").mkdir()
    assert CourseFolder(tmp_path).is_empty()
    (tmp_path / "notes.md").touch()
    assert not CourseFolder(tmp_path).is_empty()


# ---------------------------------------------------------------------------------- installing


@pytest.fixture
def tiny(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    return CourseFolder(tmp_path / "tiny")


def install(folder, prompts=b"{}\n", built=b"{}\n"):
    module = folder.course().modules[0]
    return folder.install(module, prompts, built, {"inputs": folder.inputs(module), "coursekit": "0"})


def test_results_are_put_in_their_places(tiny):
    exhibits = install(tiny)
    module = tiny.root / "modules" / "first"
    assert exhibits == ("exhibits/night.csv", "exhibits/rooms.csv")
    assert (module / "exhibits" / "rooms.csv").read_text().startswith("room,hours")
    assert sorted(p.name for p in (module / ".coursekit").iterdir()) == ["build.json", "built.ipynb"]
    assert json.loads((module / ".coursekit" / "build.json").read_text())["coursekit"] == "0"


def test_what_the_build_copied_it_takes_away_again_and_nothing_else(tiny):
    install(tiny)
    copies = tiny.root / "modules" / "first" / "exhibits"
    (copies / "mine.csv").write_text("mine")
    (tiny.root / "cases" / "lamp" / "exhibits" / "night.csv").unlink()
    install(tiny)
    assert sorted(p.name for p in copies.iterdir()) == ["mine.csv", "rooms.csv"]


def test_a_stale_copy_that_was_edited_stays(tiny):
    install(tiny)
    copies = tiny.root / "modules" / "first" / "exhibits"
    (copies / "night.csv").write_text("edited")
    (tiny.root / "cases" / "lamp" / "exhibits" / "night.csv").unlink()
    install(tiny)
    assert (copies / "night.csv").read_text() == "edited"


def test_an_edited_copy_is_never_overwritten(tiny):
    install(tiny)
    copies = tiny.root / "modules" / "first" / "exhibits"
    (copies / "rooms.csv").write_text("edited")
    with pytest.raises(Conflict) as caught:
        install(tiny, prompts=b"new")
    assert (copies / "rooms.csv").read_text() == "edited"
    assert (tiny.root / "modules" / "first" / "prompts.json").read_bytes() == b"{}\n"
    assert "cases/lamp/exhibits/rooms.csv" in caught.value.next_step


def test_a_record_cannot_delete_what_is_elsewhere(tiny):
    install(tiny)
    record = tiny.root / "modules" / "first" / ".coursekit" / "build.json"
    value = json.loads(record.read_text())
    master = tiny.root / "modules" / "first" / "first.ipynb"
    digest = tiny.inputs(tiny.course().modules[0])["modules/first/first.ipynb"]
    value["exhibits"]["exhibits/../first.ipynb"] = value["exhibits"]["first.ipynb"] = digest
    record.write_text(json.dumps(value))
    install(tiny)
    assert master.is_file()


def test_the_scratch_copy_has_what_cells_read_and_is_gone_afterwards(tiny):
    module = tiny.course().modules[0]
    folder = tiny.root / "modules" / "first"
    (folder / "helper.py").write_text("x = 1")
    (folder / ".hidden").write_text("no")
    (folder / "link").symlink_to(tiny.root / "modules" / "course.yml")
    with tiny.scratch(module, b"[]") as name:
        have = {p.relative_to(name).as_posix() for p in Path(name).rglob("*") if p.is_file()}
        notebook = (Path(name) / "first.ipynb").read_text()
        assert "CANARY-reveal-text" in notebook
        assert "CANARY-model-answer" not in notebook
        assert "CANARY-solution" not in notebook
        assert have == {
            "first.ipynb",
            "prompts.json",
            "rubrics.yml",
            "helper.py",
            "exhibits/night.csv",
            "exhibits/rooms.csv",
        }
    assert not Path(name).exists()


def test_inputs_change_with_whatever_the_outputs_depend_on(tiny):
    module = tiny.course().modules[0]
    before = tiny.inputs(module)
    (tiny.root / "modules" / "first" / "exemplars.yml").write_text("changed")
    install(tiny)
    assert tiny.inputs(module) == before
    (tiny.root / "modules" / "first" / "helper.py").write_text("x = 1")
    assert tiny.inputs(module) != before
