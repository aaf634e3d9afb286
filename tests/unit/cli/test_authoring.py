"""The author's commands, as an author types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from coursekit.cli.authoring import build, new, translate
from coursekit.cli.linting import check
from coursekit.model.errors import BadInput

ROOT = Path(__file__).parents[3]


def run(command, *words):
    result = CliRunner().invoke(command, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(new, "course", "my-course", "--title", "My course", "--time-zone", "Europe/Vienna")
    monkeypatch.chdir(tmp_path / "my-course")
    return tmp_path / "my-course"


def test_the_way_of_an_author(course, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert "Next: write modules/late-start/late-start.ipynb" in run(new, "module", "late-start").output
    assert run(check).output == "Nothing is wrong.\n"
    assert run(build, "late-start").output == "late-start: executed; prompts: 3, exhibits: 0.\n"
    assert run(build, "late-start").output == (
        "late-start: nothing has changed, so it was not executed again; prompts: 3, exhibits: 0.\n"
    )


def test_check_works_from_a_folder_inside(course, monkeypatch):
    monkeypatch.chdir(course / "modules" / "first-module")
    (course / "modules" / "draft").mkdir()
    result = run(check)
    assert result.output.endswith("0 errors, 1 warning.\n")
    assert result.exit_code == 0


def test_outside_a_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command, words in ((check, ()), (build, ()), (new, ("module", "x"))):
        with pytest.raises(BadInput) as caught:
            run(command, *words)
        assert caught.value.code == "no-course-here"


def test_a_variant_and_a_translation_are_built_beside(course, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    course_file = course / "modules" / "course.yml"
    course_file.write_text(course_file.read_text() + "variants:\n  - {id: north}\n  - {id: south}\n")
    same = "nothing has changed, so it was not executed again; the same as for everybody."
    assert run(build, "first-module", "--all-variants").output.splitlines() == [
        "first-module: executed; prompts: 3, exhibits: 0.",
        f"first-module, north: {same}",
        f"first-module, south: {same}",
    ]
    told = run(translate, "--language", "de").output
    assert told.startswith("modules/first-module/translations/de.po: ")
    assert "0 stale." in told
    assert "executed; " in run(build, "first-module", "--language", "de").output
    own = course / "modules/first-module/.coursekit"
    assert sorted(p.name for p in (own / "variants").iterdir()) == ["north", "south"]
    assert [p.name for p in (own / "languages").iterdir()] == ["de"]


def test_a_variant_in_another_language_is_refused(course):
    result = CliRunner().invoke(build, ["--variant", "north", "--language", "de"])
    assert result.exit_code == 2
    assert "leave --language or --variant out" in result.output
