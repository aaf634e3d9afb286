"""Checking looks at everything, and a file that cannot be read hides nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from coursekit.services.check import check
from coursekit.store.coursefiles import CourseFolder

TINY = Path(__file__).parents[2] / "courses" / "tiny"


@pytest.fixture
def tiny(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    return tmp_path / "tiny"


def test_a_sound_course_has_no_finding(tiny):
    assert check(CourseFolder(tiny)) == []


def test_a_broken_module_does_not_hide_another(tiny):
    (tiny / "modules" / "first" / "first.ipynb").write_text("{")
    path = tiny / "modules" / "second" / "second.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["source"] = "![](https://example.org/x)"
    path.write_text(json.dumps(notebook))
    assert [(f.file, f.code) for f in check(CourseFolder(tiny))] == [
        ("modules/first/first.ipynb", "CK101"),
        ("modules/second/second.ipynb", "CK306"),
    ]


def test_a_broken_exemplars_file_is_named(tiny):
    (tiny / "modules" / "first" / "exemplars.yml").write_text("schema: [")
    (finding,) = check(CourseFolder(tiny))
    assert (finding.file, finding.cell, finding.code) == ("modules/first/exemplars.yml", None, "CK101")


def test_checking_changes_nothing(tiny):
    before = {p: p.read_bytes() for p in tiny.rglob("*") if p.is_file()}
    check(CourseFolder(tiny))
    assert {p: p.read_bytes() for p in tiny.rglob("*") if p.is_file()} == before


def test_where_a_language_is_named_its_catalogues_are_looked_at(tiny):
    path = tiny / "modules" / "course.yml"
    path.write_text("languages: [de]\n" + path.read_text())
    assert check(CourseFolder(tiny)) == []
    catalogue = tiny / "modules" / "first" / "translations" / "de.po"
    catalogue.write_text(catalogue.read_text() + "garbage\n")
    (found,) = check(CourseFolder(tiny))
    assert (found.code, found.file) == ("CK101", "modules/first/translations/de.po")
    assert found.line == len(catalogue.read_text().splitlines())
    catalogue.unlink()
    assert [f.code for f in check(CourseFolder(tiny))] == ["CK113"]
