"""`coursekit text`, as an author types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from coursekit.cli.text import text
from coursekit.model.errors import NotFound

TINY = Path(__file__).parents[2] / "courses" / "tiny"


def run(*words):
    result = CliRunner().invoke(text, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def course(tmp_path, monkeypatch):
    shutil.copytree(TINY, tmp_path / "tiny")
    monkeypatch.chdir(tmp_path / "tiny" / "modules")
    return tmp_path / "tiny"


def test_the_way_of_a_reviewed_change(course):
    assert run("--check").output == "No module has a text yet. Write them: coursekit text.\n"
    assert run().output == "wrote modules/first/first.md.\nwrote modules/second/second.md.\n"
    agreed = run("--check")
    assert agreed.output == ("first: notebook and text agree.\nsecond: notebook and text agree.\n")
    assert agreed.exit_code == 0
    path = course / "modules" / "second" / "second.md"
    path.write_text(path.read_text() + "\n+++\n\nNew.\n")
    differing = run("--check", "second")
    assert differing.exit_code == 1
    first, second = differing.output.splitlines()
    assert first == "second: notebook and text differ."
    assert second.endswith(") is in the text alone")
    assert run("--back").output == (
        "first: notebook and text say the same; nothing was written.\n"
        "wrote modules/second/second.ipynb and modules/second/second.md.\n"
    )
    assert run("--check").exit_code == 0


def test_what_is_asked_for_must_make_sense(course):
    with pytest.raises(NotFound):
        run("third")
    wrong = run("--check", "--force")
    assert wrong.exit_code == 2
    assert "--check writes nothing; leave out --back and --force." in wrong.output


def test_the_help_has_examples():
    said = run("--help").output
    for line in ("coursekit text --back the-quiet-meeting", "coursekit text --check", "No learner gets it."):
        assert line in said
