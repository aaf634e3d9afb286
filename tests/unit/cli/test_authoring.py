"""The author's commands, as an author types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from coursekit.cli import authoring
from coursekit.cli.authoring import build, new, translate
from coursekit.cli.linting import check
from coursekit.model.errors import BadInput
from coursekit.wiring import author

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


def test_what_is_left_out_is_asked_for_on_a_terminal(course, monkeypatch):
    monkeypatch.setattr(authoring, "_on_a_terminal", lambda: True)
    answers = "cycle\nLate buses\nthe head of a village school\n30\n\n"
    result = CliRunner().invoke(new, ["module", "late-buses"], input=answers)
    assert result.exit_code == 0, result.output
    for asked in (
        "evidence  A claim, what would change your mind",
        "Template (first, case, ab, cycle, evidence) [first]: cycle",
        "Title [Late buses]: ",
        "Whose dilemma is it [the head of a secondary school]: ",
        "Minutes [45]: ",
        "Case, a folder in cases/ [late-buses]: ",
    ):
        assert asked in result.output
    notebook = (course / "modules" / "late-buses" / "late-buses.ipynb").read_text()
    assert "the head of a village school" in notebook
    assert "**30 minutes**" in notebook


def test_what_is_said_is_not_asked_for_and_nothing_where_there_is_no_terminal(course, monkeypatch):
    assert "Title" not in run(new, "module", "quiet", "--template", "case").output
    monkeypatch.setattr(authoring, "_on_a_terminal", lambda: True)
    said = ("--template", "first", "--title", "T", "--minutes", "5", "--case", "quiet")
    result = run(new, "module", "more", *said)
    assert "[" not in result.output


def test_a_name_that_will_not_do_is_told_before_anything_is_asked(course, monkeypatch):
    monkeypatch.setattr(authoring, "_on_a_terminal", lambda: True)
    asked = []
    monkeypatch.setattr("click.prompt", lambda *words, **more: asked.append(words))
    with pytest.raises(BadInput):
        run(new, "module", "No Name")
    assert not asked


def test_the_help_knows_every_template_and_has_examples():
    said = run(new, "module", "--help").output
    assert set(authoring.TEMPLATES) == set(author.templates())
    for name in authoring.TEMPLATES:
        assert f"\n  {name} " in said
    assert "coursekit new module open-doors --template ab" in said


def test_two_modules_are_named_in_the_next_step(course):
    assert run(new, "module", "doors", "--template", "ab").output.splitlines()[-1] == (
        "Next: write modules/doors-a/doors-a.ipynb and modules/doors-b/doors-b.ipynb in JupyterLab, "
        "then coursekit check."
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
    both = run(build, "first-module", "--variant", "south", "--language", "de").output.splitlines()
    assert both[1].startswith("first-module, south, de: executed; the same as for everybody; ")
    assert (own / "variants/south/languages/de/built.ipynb").is_file()
