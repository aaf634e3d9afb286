"""Each course in tests/courses/broken_* has mistakes; its expected.txt is the exact text its author sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from coursekit.cli.linting import check
from coursekit.lint.catalog import RULES

COURSES = Path(__file__).parents[2] / "courses"
BROKEN = sorted(COURSES.glob("broken_*"))
RUN = sorted(COURSES.glob("broken_*/expected_run.txt"))


@pytest.mark.parametrize("course", BROKEN, ids=lambda c: c.name)
def test_the_author_sees_exactly_this(course: Path) -> None:
    result = CliRunner().invoke(check, ["--no-cache", str(course)])
    assert result.output == (course / "expected.txt").read_text(encoding="utf-8")
    sound = "\n0 errors" in result.output or result.output == "Nothing is wrong.\n"
    assert result.exit_code == (0 if sound else 1)


@pytest.mark.parametrize("expected", RUN, ids=lambda e: e.parent.name)
def test_the_author_sees_exactly_this_when_it_is_run(expected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A kernel starts in a scratch folder, from which a checkout of coursekit is not importable.
    monkeypatch.setenv("PYTHONPATH", str(COURSES.parent.parent))
    limit = ["--time-limit", "5"] if expected.parent.name == "broken_slow" else []
    result = CliRunner().invoke(check, ["--no-cache", "--run", *limit, str(expected.parent)])
    assert result.output == expected.read_text(encoding="utf-8")
    assert result.exit_code == 1


def test_every_rule_has_a_course_that_breaks_it() -> None:
    expected = [*(course / "expected.txt" for course in BROKEN), *RUN]
    shown = {code for file in expected for code in re.findall(r"  (CK\d+) ", file.read_text())}
    assert shown == {rule.code for rule in RULES}


def test_no_two_rules_share_a_code_or_a_name() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_a_sound_course_has_no_finding() -> None:
    result = CliRunner().invoke(check, ["--no-cache", str(COURSES / "tiny")])
    assert (result.exit_code, result.output) == (0, "Nothing is wrong.\n")


def test_programs_get_json() -> None:
    import json

    result = CliRunner().invoke(check, ["--no-cache", "--json", str(COURSES / "broken_circle")])
    value = json.loads(result.output)
    assert (result.exit_code, value["errors"], value["warnings"]) == (1, 1, 0)
    assert value["findings"][0] == {
        "code": "CK101",
        "severity": "error",
        "file": "modules/course.yml",
        "cell": None,
        "cell_id": "",
        "message": "The fields “after” go round in a circle: one → three → two → one.",
        "hint": "Take one out, such as three from one; as it is, nobody can open any of them.",
        "line": 8,
        "fixable": False,
    }
