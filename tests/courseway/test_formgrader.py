"""formgrader's buttons, pressed over HTTP on a real Jupyter server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from support.formgrader import running_formgrader


@pytest.fixture(scope="module")
def press(classroom: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Presses a button; gives formgrader's answer."""
    home = tmp_path_factory.mktemp("grader")
    for part in ("modules", "cases"):
        shutil.copytree(classroom.faculty.home / part, home / part)
    shutil.copy(classroom.faculty.home / "nbgrader_config.py", home)
    signed_in = {"COURSEKIT_URL": classroom.url, "COURSEKIT_TOKEN": classroom.faculty.token}
    with running_formgrader(home, **signed_in) as client:

        def pressed(path: str, method: str = "POST") -> Any:
            answer = client.request(method, f"/formgrader/api/{path}")
            assert answer.is_success, answer.text
            return answer.json()

        yield pressed


def test_every_button_works(classroom: Any, press: Any) -> None:
    nina = classroom.person("nina")
    nina.run("coursekit", "fetch", "tiny", "first")
    nina.answer("first", "p1", {"value": 3})
    nina.write("first", "p2", "I would ask, because somebody may have been ill there.")
    nina.run("coursekit", "submit", "first")

    generated = press("assignment/first/assign")
    assert generated["success"], generated
    released = press("assignment/first/release")
    assert released["success"], released
    # The same content again is the same release; formgrader sees it as released.
    assert "the same as before" in released["log"]
    status = {a["name"]: a["status"] for a in press("assignments", "GET")}
    assert status["first"] == "released"
    collected = press("assignment/first/collect")
    assert collected["success"], collected
    autograded = press("submission/first/nina/autograde")
    assert autograded["success"], autograded
    for button in ("generate_feedback", "release_feedback"):
        pressed = press(f"assignment/first/nina/{button}")
        assert pressed["success"], pressed
    assert len(nina.ask("GET", "/courses/tiny/modules/first/feedback/mine").json()) == 1
    # Learners may be working on it: taking a release back is refused, with a reason.
    refused = press("assignment/first/unrelease")
    assert not refused["success"]
    assert "A release stays once learners may have it." in json.dumps(refused)
