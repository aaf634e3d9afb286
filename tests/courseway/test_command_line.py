"""Bad input at the command line: one clear sentence, a next step, exit code 1, nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.commands import begin_at


def _refusal(said: str) -> tuple[str, str]:
    """The sentence and the next step, which are all that is said."""
    lines = said.strip().splitlines()
    assert len(lines) == 2, said
    assert lines[1].startswith("  → "), said
    return lines[0], lines[1][4:]


@pytest.fixture(scope="module", autouse=True)
def unreachable(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """A command tries for ten seconds and more; the last test reads what it said."""
    home = tmp_path_factory.mktemp("unreachable")
    return begin_at(home, "http://127.0.0.1:9", "a token", "coursekit", "path", "tiny")


@pytest.fixture(scope="module")
def otto(classroom: Any) -> Any:
    return classroom.person("otto")


def test_a_bad_token(otto: Any) -> None:
    stranger = type(otto)(otto.name, otto.home, otto.url, otto.token[:-4] + "AAAA")
    sentence, next_step = _refusal(stranger.run("coursekit", "path", "tiny", fails=True))
    assert sentence == "Please sign in: Your token does not hold."
    assert "Get a new one" in next_step


def test_no_token_at_all(otto: Any) -> None:
    nobody = type(otto)(otto.name, otto.home, otto.url, "")
    sentence, _ = _refusal(nobody.run("coursekit", "path", "tiny", fails=True))
    assert sentence == f"Please sign in: You are not signed in to the exchange at {otto.url}."


def test_a_locked_module(otto: Any) -> None:
    sentence, next_step = _refusal(otto.run("coursekit", "fetch", "tiny", "second", fails=True))
    assert sentence == "Still locked: “The lamp” is not handed in yet."
    assert next_step == "Hand in “The lamp”, then open this one."
    assert not (otto.home / "second").exists()


def test_a_course_that_is_not_mine_and_one_that_is_not_there(otto: Any) -> None:
    one = otto.run("coursekit", "path", "nowhere", fails=True)
    other = otto.run("coursekit", "fetch", "nowhere", "first", fails=True)
    assert _refusal(one) == _refusal(other)


def test_an_answer_that_is_none_yet(otto: Any) -> None:
    otto.run("coursekit", "fetch", "tiny", "first")
    sentence, _ = _refusal(otto.run("coursekit", "commit", "p2", "--in", "first", fails=True))
    assert "is still empty" in sentence
    assert not (otto.home / "first" / ".coursekit" / "commitments").exists()


def test_incomplete_work_is_kept_and_said_to_be_incomplete(otto: Any) -> None:
    said = otto.run("coursekit", "submit", "first")
    assert "Kept, and not complete: p1, p2 still to answer." in said
    assert "second" not in said
    assert len(otto.ask("GET", "/courses/tiny/modules/first/submissions/mine").json()) == 1


def test_a_link_is_never_followed_into_a_submission(otto: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the other learner's diary")
    (otto.home / "first" / "diary.txt").symlink_to(secret)
    otto.run("coursekit", "submit", "first")
    newest = otto.ask("GET", "/courses/tiny/modules/first/submissions/mine").json()[-1]["submission"]
    kept = otto.ask("GET", f"/courses/tiny/submissions/{newest}").json()
    assert "diary.txt" not in {f["path"] for f in kept["files"]}


def test_a_file_that_is_too_large(otto: Any) -> None:
    big = otto.home / "first" / "film.bin"
    with big.open("wb") as file:
        file.truncate(21 * 2**20)
    sentence, next_step = _refusal(otto.run("coursekit", "submit", "first", fails=True))
    assert sentence == "Too large: film.bin has 21.0 MiB; 20.0 MiB are allowed."
    assert next_step == "Make it smaller: clear large outputs, or shrink pictures."
    big.unlink()


def test_a_folder_without_a_module(otto: Any) -> None:
    sentence, _ = _refusal(otto.run("coursekit", "submit", ".", fails=True))
    assert "There is no module in this folder" in sentence


def test_a_port_that_is_taken(otto: Any) -> None:
    port = otto.url.rsplit(":", 1)[1]
    sentence, _ = _refusal(otto.run("coursekit", "serve", "--port", port, fails=True))
    assert f"cannot listen on 127.0.0.1:{port}" in sentence


def test_an_unreachable_service(unreachable: Callable[[], str]) -> None:
    waiting, _, said = unreachable().partition("\n")
    assert waiting.startswith("The exchange does not answer just now. Your work is safe here; trying again")
    sentence, next_step = _refusal(said)
    assert sentence.endswith("The exchange at http://127.0.0.1:9 does not answer.")
    assert "Your work is safe" in next_step
