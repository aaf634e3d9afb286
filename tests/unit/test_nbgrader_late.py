"""The plugin that nbgrader asks what lateness costs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from coursekit.nbgrader_exchange import LATE_POLICY, configure
from coursekit.nbgrader_late import CourseLatePolicy

DAY = 86_400
HEAD = "schema: coursekit.course/1\ncourse: c\ntitle: C\ntime_zone: UTC\nmodules: []\n"
RULE = "late: {grace_minutes: 15, penalty_per_day: 0.1, penalty_most: 0.5}\n"


def plugin(root: Path, text: str = HEAD + RULE) -> CourseLatePolicy:
    (root / "modules").mkdir()
    (root / "modules" / "course.yml").write_text(text)
    made = CourseLatePolicy()
    converter = SimpleNamespace(coursedir=SimpleNamespace(root=str(root)), parent=None)
    # As nbgrader nests them: the plugin in a preprocessor in an exporter in the converter, which knows the folder.
    made.__dict__["_above"] = SimpleNamespace(parent=SimpleNamespace(parent=converter))
    return made


@pytest.fixture(autouse=True)
def _nested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CourseLatePolicy, "parent", property(lambda self: self.__dict__.get("_above")))


@pytest.mark.parametrize(
    ("seconds", "points"),
    [(0, None), (900, None), (901, 1.0), (DAY, 1.0), (DAY + 1, 2.0), (4.5 * DAY, 5.0), (99 * DAY, 5.0)],
)
def test_what_lateness_costs_of_ten_points(tmp_path: Path, seconds: float, points: float | None) -> None:
    found = plugin(tmp_path).late_submission_penalty("maria", 10.0, seconds)
    assert found == (None if points is None else pytest.approx(points))


def test_a_rule_that_is_changed_holds_at_once(tmp_path: Path) -> None:
    made = plugin(tmp_path)
    assert made.late_submission_penalty("maria", 10.0, DAY) == pytest.approx(1.0)
    (tmp_path / "modules" / "course.yml").write_text(HEAD + RULE.replace("0.1", "0.25"))
    assert made.late_submission_penalty("maria", 10.0, DAY) == pytest.approx(2.5)


def test_a_course_without_a_rule_takes_nothing_off(tmp_path: Path) -> None:
    assert plugin(tmp_path, HEAD).late_submission_penalty("maria", 10.0, 9 * DAY) is None


def test_a_course_that_cannot_be_read_stops_nobodys_grading(tmp_path: Path, caplog: Any) -> None:
    made = plugin(tmp_path, "late: {")
    made.log.propagate = True
    with caplog.at_level("ERROR"):
        assert made.late_submission_penalty("maria", 10.0, 9 * DAY) is None
    assert "No penalty for maria: modules/course.yml" in caplog.text


def test_configure_puts_it_in_its_place() -> None:
    from traitlets.config import Config

    config = Config()
    configure(config)
    assert config.AssignLatePenalties.plugin_class == LATE_POLICY
    module, _, name = LATE_POLICY.rpartition(".")
    assert (module, name) == (CourseLatePolicy.__module__, CourseLatePolicy.__name__)
