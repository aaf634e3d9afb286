"""Checking again reads only what has changed, and finds what a check of everything would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from coursekit.cli.linting import check as command
from coursekit.services.check import check as check_everything
from coursekit.store.coursefiles import CourseFolder
from coursekit.wiring import linting

COURSES = Path(__file__).parents[2] / "courses"


@pytest.fixture
def tiny(tmp_path):
    shutil.copytree(COURSES / "tiny", tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def reads(monkeypatch):
    """How often each module, and course.yml, is read."""
    counted = Counter()
    material, course = CourseFolder.material, CourseFolder.course

    def counting(self, course, module, *rest):
        counted[module] += 1
        return material(self, course, module, *rest)

    def counting_course(self):
        counted["course.yml"] += 1
        return course(self)

    monkeypatch.setattr(CourseFolder, "material", counting)
    monkeypatch.setattr(CourseFolder, "course", counting_course)

    def since(action):
        counted.clear()
        found = action()
        return found, dict(counted)

    return since


def change(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_nothing_is_read_twice(tiny, reads):
    assert reads(lambda: linting.check(tiny)) == ([], {"course.yml": 1, "first": 1, "second": 1})
    assert reads(lambda: linting.check(tiny)) == ([], {})


def test_a_changed_byte_is_seen_and_its_module_alone_is_read(tiny, reads):
    linting.check(tiny)
    change(tiny / "modules/second/second.ipynb", '"after": "p1"', '"after": "p9"')
    found, read = reads(lambda: linting.check(tiny))
    assert read == {"course.yml": 1, "second": 1}
    assert found == check_everything(CourseFolder(tiny))
    assert found
    assert reads(lambda: linting.check(tiny)) == (found, {})


@pytest.mark.parametrize(
    ("path", "before", "after", "read"),
    [
        ("modules/first/rubrics.yml", "title:", "titel:", {"first"}),
        ("modules/first/exemplars.yml", "marks", "mraks", {"first"}),
        ("modules/course.yml", "minutes: 10", "minutes: 1", {"first"}),
        ("modules/course.yml", "id: candour", "id: courage", {"first", "second"}),
        ("modules/course.yml", "# The smallest", "# The very smallest", set()),
        ("cases/lamp/case.md", "lamp", "bulb", {"first", "second"}),
    ],
)
def test_whatever_a_finding_depends_on_is_seen(tiny, reads, path, before, after, read):
    linting.check(tiny)
    change(tiny / path, before, after)
    found, seen = reads(lambda: linting.check(tiny))
    assert set(seen) - {"course.yml"} == read
    assert found == check_everything(CourseFolder(tiny))


def test_files_that_come_and_go_are_seen(tiny):
    linting.check(tiny)
    night = tiny / "cases/lamp/exhibits/night.csv"
    content = night.read_bytes()
    night.unlink()
    assert "CK303" in [f.code for f in linting.check(tiny)]
    night.write_bytes(content)
    (tiny / "modules/draft").mkdir()
    assert [f.code for f in linting.check(tiny)] == ["CK102"]


def test_the_line_in_course_yml_is_where_it_stands_now(tiny):
    change(tiny / "modules/first/first.ipynb", '"minutes": 3', '"minutes": 33')
    (before,) = linting.check(tiny)
    change(tiny / "modules/course.yml", "modules:", "# one\n# more\nmodules:")
    (after,) = linting.check(tiny)
    assert (before.code, after.line) == ("CK505", before.line + 2)


def test_another_version_of_coursekit_looks_again(tiny, reads, monkeypatch):
    linting.check(tiny)
    monkeypatch.setattr("coursekit.__version__", "99")
    assert reads(lambda: linting.check(tiny)) == ([], {"course.yml": 1, "first": 1, "second": 1})


def test_without_a_cache_everything_is_read_and_nothing_kept(tiny, reads):
    everything = {"course.yml": 1, "first": 1, "second": 1}
    for _ in range(2):
        result, read = reads(lambda: CliRunner().invoke(command, ["--no-cache", str(tiny)]))
        assert (result.output, read) == ("Nothing is wrong.\n", everything)
    assert not (tiny / "modules/.coursekit").exists()


@pytest.mark.parametrize("name", sorted(p.name for p in COURSES.glob("broken_*")))
def test_what_is_remembered_is_what_was_found(tmp_path, name):
    root = tmp_path / name
    shutil.copytree(COURSES / name, root)
    first = CliRunner().invoke(command, [str(root)])
    again = CliRunner().invoke(command, [str(root)])
    assert first.output == again.output == (root / "expected.txt").read_text(encoding="utf-8")
    assert first.exit_code == again.exit_code


def test_a_damaged_memory_is_no_trouble(tiny):
    linting.check(tiny)
    kept = tiny / "modules/.coursekit/check.json"
    kept.write_bytes(kept.read_bytes()[:-9])
    change(tiny / "modules/second/second.ipynb", '"after": "p1"', '"after": "p9"')
    assert linting.check(tiny) == check_everything(CourseFolder(tiny))


def test_where_nothing_has_changed_nothing_heavy_is_loaded(tiny):
    linting.check(tiny)
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "coursekit", "check", str(tiny)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout == "Nothing is wrong.\n"
    for heavy in ("pydantic", "yaml", "coursekit.lint.review", "papermill", "nbformat"):
        assert f"| {heavy}\n" not in loaded.stderr.replace("|   ", "| ").replace("  ", ""), heavy


def options(*given):
    return CliRunner().invoke(command, ["--no-cache", *given, str(COURSES / "broken_checks")])


@pytest.mark.parametrize(
    ("given", "codes", "exit_code"),
    [
        (["--select", "CK408"], ["CK408"], 0),
        (["--select", "ck408, CK411"], ["CK408", "CK411"], 1),
        (["--select", "CK4", "--ignore", "CK40,CK411,CK413"], ["CK410"], 0),
        (["--ignore", "CK407,CK409,CK411,CK413"], ["CK408", "CK406", "CK410"], 0),
        (["--select", "CK408", "--warnings-as-errors"], ["CK408"], 1),
        (["--select", "CK1", "--warnings-as-errors"], [], 0),
    ],
)
def test_rules_are_chosen_by_their_codes(given, codes, exit_code):
    result = options("--json", *given)
    assert [f["code"] for f in json.loads(result.output)["findings"]] == codes
    assert result.exit_code == exit_code


@pytest.mark.parametrize("given", [["--select", "CK9"], ["--ignore", "CK408,E501"], ["--explain", "CK999"]])
def test_a_code_that_is_none_is_refused_with_a_next_step(given, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "coursekit", "check", *given, str(COURSES / "tiny")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "no-such-rule" not in done.stderr
    assert "docs/rules/README.md lists them" in done.stderr


def test_a_rule_explains_itself():
    result = CliRunner().invoke(command, ["--explain", "ck203"])
    assert result.output == (Path(__file__).parents[3] / "docs/rules/CK203.md").read_text(encoding="utf-8")


def test_annotations_for_github():
    result = options("--github", "--select", "CK408,CK411")
    assert result.output.splitlines() == [
        "::warning file=modules/one/one.ipynb,title=CK408::modules/one/one.ipynb:cell 6 (p2): The prompt p2 "
        "and its rubric view have no word in common. Name another rubric, or ask in the question for what "
        "this one looks for.",
        "::error file=modules/one/rubrics.yml,line=5,title=CK411::The private phrase “nobody asked the "
        "CARETAKER” of the rubric view stands in the case or the notebook. Choose one that no learner has "
        "read, or take it out.",
    ]


@pytest.mark.parametrize(("asked", "colours"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals(asked, colours):
    runner = CliRunner(env={"NO_COLOR": None, **asked})
    given = ["--no-cache", "--select", "CK408", str(COURSES / "broken_checks")]
    assert ("\x1b[" in runner.invoke(command, given, color=True).output) is colours
    assert "\x1b[" not in runner.invoke(command, given).output
