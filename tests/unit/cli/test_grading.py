"""What `coursekit grade` says, and what it says no to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.marked import MODULE, hand_in, make_course

from coursekit.cli.grading import grade
from coursekit.model.errors import CoursekitError
from coursekit.model.gradereport import Kind, Note, Report
from coursekit.model.grading import Remark
from coursekit.model.prosereport import ProseReport
from coursekit.wiring import grading
from coursekit.wiring.grading import Choices

EVIL = "\x1b[2J\x07caf\udce9\u202e"


def note(learner: str, kind: Kind, *remarks: Remark) -> Note:
    return Note(learner, kind, remarks or (Remark("code", "A sentence.", "cell"),))


FULL = Report(
    98,
    2,
    5,
    (
        note("ada", Kind.PERSON, Remark("forged-check", "A test did not answer.", "test_sum")),
        note("bob", Kind.MENDED, Remark("missing-cell", "The cell was put back.", "p3")),
        note("cleo", Kind.NOTED, Remark("too-slow", "A cell took longer than 30 seconds.")),
        note("dan", Kind.FAILED, Remark("too-large", "It has too many files. Take some out.")),
        note(EVIL, Kind.PERSON, Remark("damaged-json", f"{EVIL} is damaged.")),
    ),
    4.0,
)


def run(monkeypatch: pytest.MonkeyPatch, report: Report, *arguments: str) -> tuple[str, Choices]:
    """The command with a grading that came out like that; what it printed, and how it asked."""
    asked: list[Choices] = []

    def come_out(folder: Path, module: str, choices: Choices, watch: Any = None) -> Report:
        asked.append(choices)
        if watch is not None:
            watch(len(report.notes)).advance()
        return report

    monkeypatch.setattr(grading, "grade", come_out)
    result = CliRunner().invoke(grade, ["first", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout, asked[0]


def test_the_closing_names_everybody_whom_somebody_must_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    said, asked = run(monkeypatch, FULL)
    assert asked == Choices()
    assert (
        said
        == """\
first
  graded             98 in 4.0 s, 24.5 a second
  unchanged           2
  mended              1
  need a person       2
  not graded          1

These could not be graded:
  dan
    It has too many files. Take some out.

These need a person:
  ada
    A test did not answer. (test_sum)
  \\x1b[2J\\x07caf\\udce9\\u202e
    \\x1b[2J\\x07caf\\udce9\\u202e is damaged.
  → Open it in formgrader: it shows what was handed in, and takes the marks.

Something went wrong in the run of these; their marks stand:
  cleo
    A cell took longer than 30 seconds.

These were mended; their marks stand:
  bob
    The cell was put back. (p3)

Next: formgrader. A person has something to mark in 5 of those graded now.
"""
    )


def test_where_nothing_waits_the_next_step_is_feedback(monkeypatch: pytest.MonkeyPatch) -> None:
    said, _ = run(monkeypatch, Report(0, 3, 0, (), 0.01))
    assert "  graded              0\n  unchanged           3\n" in said
    assert said.endswith("\nNext: coursekit feedback first\n")


def test_what_the_checks_of_prose_came_to(monkeypatch: pytest.MonkeyPatch) -> None:
    prose = ProseReport(60, 20, 3, 77, 12, 1, (f"p2 is certified. {EVIL}",), 2.04)
    report = Report(20, 0, 20, (), 1.0, prose)
    said, _ = run(monkeypatch, report)
    assert "Written answers\n  checked            60 in 2.0 s\n  unchanged          20\n" in said
    assert "  flagged            12\n  passed              3\n  need a person      77\n" in said
    assert "  checks failed       1; a person reads these like all others\n" in said
    assert "p2 is certified." in said
    assert "\x1b" not in said
    assert said.endswith("Next: coursekit review first; formgrader for whatever else needs a person.\n")
    value = json.loads(run(monkeypatch, report, "--json")[0])["prose"]
    assert (value["checked"], value["waiting"], value["passed"]) == (60, 77, 3)
    quiet, _ = run(monkeypatch, Report(20, 0, 20, (), 1.0, ProseReport(events=("Not checked.",))))
    assert "Written answers" not in quiet
    assert "  Not checked.\n" in quiet


def test_of_many_the_first_are_listed_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(
        note(f"learner{n:02d}", Kind.PERSON, *(Remark(f"c{m}", f"S{m}.") for m in range(9)))
        for n in range(25)
    )
    said, _ = run(monkeypatch, Report(25, 0, 25, many, 1.0))
    assert "learner19" in said
    assert "learner20" not in said
    assert "… and 5 more; --json lists all of them" in said
    assert "… and 3 more\n" in said


def test_for_programs_it_is_one_object_of_a_fixed_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    said, _ = run(monkeypatch, FULL, "--json")
    assert said.count("\n") == 1
    assert "\x1b" not in said
    value = json.loads(said)
    assert list(value) == [
        *("schema", "module", "graded", "unchanged", "waiting"),
        *("failed", "person", "noted", "mended", "seconds", "rate", "prose"),
    ]
    assert value["prose"] is None
    assert value["schema"] == "coursekit.grade/1"
    assert (value["graded"], value["unchanged"], value["waiting"], value["rate"]) == (98, 2, 5, 24.5)
    assert value["mended"] == [
        {
            "learner": "bob",
            "remarks": [{"code": "missing-cell", "detail": "The cell was put back.", "cell": "p3"}],
        }
    ]
    assert value["person"][1]["learner"] == EVIL


def test_every_option_reaches_the_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    options = [
        "--learner",
        "ada",
        "--learner",
        "bob",
        "--workers",
        "3",
        "--force",
        "--dask",
        "tcp://x:1",
        "--unsafe-no-sandbox",
    ]
    _, asked = run(monkeypatch, FULL, *options, "--unsafe-no-sandbox")
    assert asked == Choices(("ada", "bob"), True, 3, "tcp://x:1", False)


def test_going_without_walls_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "grade", lambda *_: FULL)
    result = CliRunner().invoke(grade, ["first", "--unsafe-no-sandbox", "--json"])
    assert result.stderr == "Without the sandbox: learners' code runs under your account.\n"
    assert json.loads(result.stdout)["graded"] == 98


def test_help_shows_how_it_is_called() -> None:
    said = CliRunner().invoke(grade, ["--help"]).stdout
    for part in (
        "coursekit grade spike-at-65\n",
        "--force",
        "--dask ADDRESS",
        "--json",
        "--unsafe-no-sandbox",
    ):
        assert part in said


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("cli") / "course")


def refused(folder: Path, module: str, *learners: str) -> CoursekitError:
    with pytest.raises(CoursekitError) as caught:
        grading.grade(folder, module, Choices(learners, workers=1))
    return caught.value


def test_what_is_not_there_is_said_with_the_next_step(course: Path, tmp_path: Path) -> None:
    error = refused(tmp_path, MODULE)
    assert (error.code, error.detail) == ("not-in-gradebook", "The gradebook knows nothing of one.")
    assert not list(tmp_path.glob("gradebook.db"))
    error = refused(course, "two")
    assert error.next_step == "Run `nbgrader generate_assignment two` first, in the course's folder."
    error = refused(course, MODULE)
    assert error.code == "no-submissions"
    assert error.detail == "There is nothing to grade: no submission of one is in submitted."
    hand_in(course, "ada")
    error = refused(course, MODULE, "ada", "zoe")
    assert (error.code, error.detail) == (
        "no-such-submission",
        "No submission of one by zoe is in submitted.",
    )
    (course / "release" / MODULE).rename(course / "release" / "gone")
    error = refused(course, MODULE)
    assert (error.code, error.next_step) == ("no-release", "Run `nbgrader generate_assignment one`.")
    (course / "release" / "gone").rename(course / "release" / MODULE)
    (course / "nbgrader_config.py").rename(course / "kept.py")
    (course / "nbgrader_config.py").write_text("1 / 0")
    assert refused(course, MODULE).code == "bad-nbgrader-config"
    (course / "kept.py").rename(course / "nbgrader_config.py")


def test_bad_input_ends_with_one_in_two_lines(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coursekit", "grade", "nowhere", "--root", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-2:] == [
        "Not as it must be: The gradebook knows nothing of nowhere.",
        "  → Run `nbgrader generate_assignment nowhere` first, in the course's folder.",
    ]
