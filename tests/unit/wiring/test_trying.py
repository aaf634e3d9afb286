"""What was run is told where what was read of the same module is told."""

from __future__ import annotations

from coursekit.lint.finding import Finding, Severity
from coursekit.wiring.trying import cores, in_order, modules_to_try


def finding(code, file):
    return Finding(code, Severity.WARNING, file, None, "", "", "")


def test_module_by_module_and_the_notebook_before_what_lies_beside():
    one, two = "modules/one/one.ipynb", "modules/two/two.ipynb"
    read = [
        finding("CK102", "modules/course.yml"),
        finding("CK201", one),
        finding("CK401", "modules/one/exemplars.yml"),
        finding("CK601", "cases/lamp/exhibits/letter.md"),
        finding("CK301", two),
    ]
    ran = [finding("CK703", two), finding("CK701", one)]
    assert [(f.code, f.file) for f in in_order(read, ran, ["one", "two"])] == [
        ("CK102", "modules/course.yml"),
        ("CK201", one),
        ("CK701", one),
        ("CK401", "modules/one/exemplars.yml"),
        ("CK601", "cases/lamp/exhibits/letter.md"),
        ("CK301", two),
        ("CK703", two),
    ]


def test_without_a_course_that_can_be_read_nothing_is_run(tmp_path):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "course.yml").write_text("schema: [")
    assert modules_to_try(tmp_path) == []


def test_there_is_a_core():
    assert cores() >= 1
