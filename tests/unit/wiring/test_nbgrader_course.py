"""What grading reads off nbgrader's configuration, by nbgrader's own loading."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.grading import Limits
from coursekit.wiring import nbgrader_course
from coursekit.wiring.nbgrader_course import NbgraderCourse, find_root, guess, load


def course(root: Path, config: str = "", module: str = "one") -> NbgraderCourse:
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{config}\n")
    return load(root, module)


@pytest.fixture(autouse=True)
def nobodys_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "home"))


def test_what_nbgrader_says_where_nobody_says_anything(tmp_path: Path) -> None:
    found = course(tmp_path)
    assert (found.root, found.db_url) == (tmp_path, f"sqlite:///{tmp_path}/gradebook.db")
    assert found.source == tmp_path / "source" / "one"
    assert found.release == tmp_path / "release" / "one"
    assert found.submitted("ada") == tmp_path / "submitted" / "ada" / "one"
    assert found.graded("ada") == tmp_path / "autograded" / "ada" / "one"
    assert found.limits == Limits()
    assert (found.mode, found.group) == (0o444, False)
    assert found.hidden_tests == ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
    assert found.parse_time("2027-01-24 10:00:00.000000 UTC") == datetime(2027, 1, 24, 10)
    assert found.penalty("ada", 10.0, 60.0) is None


def test_what_somebody_says_holds(tmp_path: Path) -> None:
    found = course(
        tmp_path,
        """
c.CourseDirectory.course_id = "kit"
c.CourseDirectory.db_url = "postgresql+psycopg://somewhere/else"
c.CourseDirectory.source_directory = "author"
c.CourseDirectory.submitted_directory = "in"
c.CourseDirectory.autograded_directory = "out"
c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"
c.CourseDirectory.ignore.append("*.tmp")
c.CourseDirectory.student_id_exclude = "eve,mallory"
c.CourseDirectory.groupshared = True
c.ExecutePreprocessor.timeout = 60
c.LimitOutput.max_lines = 10
c.ClearHiddenTests.begin_test_delimeter = "VERBORGEN"
c.Autograde.exclude_overwriting = {"one": ["own.py"], "two": ["other.py"]}
c.LateSubmissionPlugin.penalty_method = "zero"
""",
    )
    assert (found.course, found.db_url) == ("kit", "postgresql+psycopg://somewhere/else")
    assert found.source == tmp_path / "author" / "one" / "."
    assert found.submitted("ada") == tmp_path / "in" / "one" / "ada"
    assert "*.tmp" in found.ignore
    assert ".ipynb_checkpoints" in found.ignore
    assert found.excluded == {"eve", "mallory"}
    assert (found.mode, found.group) == (0o664, True)
    assert (found.limits.cell_seconds, found.limits.lines) == (60, 10)
    assert found.hidden_tests == ("VERBORGEN", "END HIDDEN TESTS")
    assert found.kept == ("own.py",)
    assert found.penalty("ada", 10.0, 60.0) == 10.0


@pytest.mark.parametrize("timeout", ["None", "-1", "0"])
def test_no_time_limit_is_the_notebooks(tmp_path: Path, timeout: str) -> None:
    limits = course(tmp_path, f"c.Execute.timeout = {timeout}").limits
    assert limits.cell_seconds == limits.notebook_seconds == Limits().notebook_seconds


def test_a_long_cell_makes_the_notebook_longer(tmp_path: Path) -> None:
    limits = course(tmp_path, "c.Execute.timeout = 1000").limits
    assert (limits.cell_seconds, limits.notebook_seconds, limits.cpu_seconds) == (1000, 2000, 2000)


def test_learners_are_those_with_a_submission_of_this_module(tmp_path: Path) -> None:
    found = course(tmp_path, 'c.CourseDirectory.student_id_exclude = "eve"')
    for learner, module in (
        ("ada", "one"),
        ("bob+b", "one"),
        ("cleo", "two"),
        ("eve", "one"),
        (".x", "one"),
        ("(y)", "one"),
    ):
        (tmp_path / "submitted" / learner / module).mkdir(parents=True)
    (tmp_path / "submitted" / "file").write_text("")
    assert found.learners() == ["(y)", "ada", "bob+b"]


def test_learners_in_another_order_of_folders(tmp_path: Path) -> None:
    structure = 'c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"'
    found = course(tmp_path, structure)
    for learner in ("ada", "bob"):
        (tmp_path / "submitted" / "one" / learner).mkdir(parents=True)
    (tmp_path / "submitted" / "two" / "cleo").mkdir(parents=True)
    assert found.learners() == ["ada", "bob"]


def test_the_courses_own_rule_for_late_work_finds_its_course(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "course.yml").write_text(
        "schema: coursekit.course/1\ncourse: kit\ntitle: T\ntime_zone: UTC\n"
        "late: {penalty_per_day: 0.1}\nmodules: [{id: one, title: One}]\n"
    )
    (tmp_path / "nbgrader_config.py").write_text(
        "from coursekit.nbgrader_exchange import configure; configure(get_config())\n"
    )
    found = load(tmp_path, "one")
    assert found.penalty("ada", 10.0, 3600.0) == pytest.approx(1.0)
    assert found.source == tmp_path / "modules" / "one"
    assert "rubrics.yml" in found.ignore


@pytest.mark.parametrize(
    "config", ["1 / 0", "import nowhere", "c.CourseDirectory.ignore = 3", "this is no Python"]
)
def test_a_configuration_that_cannot_be_loaded_is_one_sentence(
    tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadInput) as caught:
        course(tmp_path, f"print('noise')\n{config}")
    assert caught.value.code == "bad-nbgrader-config"
    assert "\n" not in caught.value.detail
    assert capsys.readouterr().out == ""


def test_a_configuration_that_prints_does_not_print_into_our_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course(tmp_path, "print('noise')")
    assert capsys.readouterr().out == ""


def test_the_root_is_where_nbgrader_would_be_run(tmp_path: Path) -> None:
    below = tmp_path / "source" / "one"
    below.mkdir(parents=True)
    assert find_root(below) == below
    (tmp_path / "gradebook.db").touch()
    assert find_root(below) == tmp_path
    (tmp_path / "source" / "nbgrader_config.py").touch()
    assert find_root(below) == tmp_path / "source"


def test_the_guess_is_what_is_loaded_afterwards(tmp_path: Path) -> None:
    assert guess(tmp_path, "one") is None
    (tmp_path / "release" / "one").mkdir(parents=True)
    (tmp_path / "source" / "one").mkdir(parents=True)
    found = course(tmp_path)
    assert guess(tmp_path, "one") == (found.release, found.source, found.ignore)
    (tmp_path / "modules" / "one").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text(
        "from coursekit.nbgrader_exchange import configure; configure(get_config())\n"
    )
    ours = load(tmp_path, "one")
    assert guess(tmp_path, "one") == (ours.release, ours.source, ours.ignore)


def test_importing_nbgrader_leaves_nothing_hidden_behind() -> None:
    import sys

    nbgrader_course.import_nbgrader()
    assert sys.modules.get("rfc3987_syntax", sys) is not None
