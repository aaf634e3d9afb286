"""The author panel's routes, in an author's own server without an exchange."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.labserver import Lab, environment

from coursekit.policy.up import nbgrader_settings

TINY = Path(__file__).parents[1] / "courses" / "tiny"
PATH = "modules/first/first.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home = tmp_path_factory.mktemp("author")
    for name in ("course", "other"):
        shutil.copytree(TINY, home / name)
    lab = Lab(home, environment(home), shows=home / "course").begin().started()
    yield lab
    lab.stop()
    lab.line.close()


def master(lab: Lab) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((lab.root / PATH).read_text())
    return value


def test_it_knows_a_master(lab: Lab) -> None:
    assert lab.get(f"author/of?path={PATH}") == {
        **{"course": "tiny", "module": "first", "title": "The lamp"},
        "competencies": [
            {"id": "evidence", "title": "Reason from evidence"},
            {"id": "candour", "title": "Say what you do not know"},
        ],
        "rubrics": [{"name": "view", "points": 3}],
        "exhibits": ["exhibits/night.csv", "exhibits/rooms.csv"],
    }


@pytest.mark.parametrize(
    "path",
    [
        "",
        "modules/third/third.ipynb",
        "modules/first/rubrics.yml",
        "modules/first/../second/first.ipynb",
        "../other/modules/first/first.ipynb",
        "/etc/passwd",
        "modules/first/first.ipynb%00",
    ],
)
def test_any_other_path_is_none(lab: Lab, path: str) -> None:
    assert lab.get(f"author/of?path={path}") is None
    body = {"path": path.replace("%00", "\0"), "notebook": {"cells": []}}
    assert lab.no("POST", "author/findings", body) == (404, "no-master")


def test_a_server_that_shows_the_module_s_folder_alone_knows_it(tmp_path: Path) -> None:
    """As `jupyter lab modules/first/first.ipynb` starts it."""
    shutil.copytree(TINY, tmp_path / "course")
    home = tmp_path / "home"
    home.mkdir()
    lab = Lab(home, environment(home), shows=tmp_path / "course/modules/first").begin().started()
    try:
        assert lab.get("author/of?path=first.ipynb")["title"] == "The lamp"
        assert lab.get("author/of?path=rubrics.yml") is None
        assert lab.get("author/of?path=../second/second.ipynb") is None
    finally:
        lab.stop()
        lab.line.close()


def test_findings_of_what_is_typed_and_not_of_what_is_saved(lab: Lab) -> None:
    value = master(lab)
    assert [
        f["code"]
        for f in lab.post("author/findings", {"path": PATH, "notebook": value})
        if f["severity"] == "error"
    ] == []
    cell = next(c for c in value["cells"] if c["id"] == "p2")
    cell["metadata"]["coursekit"]["prompt"]["rubric"] = "veiw"
    found = [
        f for f in lab.post("author/findings", {"path": PATH, "notebook": value}) if f["severity"] == "error"
    ]
    assert [(f["cell"], f["cell_id"], f["file"]) for f in found] == [(9, "p2", PATH)]
    assert found[0]["message"] == "The prompt p2 names the rubric veiw, which rubrics.yml does not have."
    cell["metadata"]["coursekit"] = {"prompt": {"id": "p2", "kind": "nothing"}}
    found = lab.post("author/findings", {"path": PATH, "notebook": value})
    assert [f["cell_id"] for f in found if f["severity"] == "error"] == ["p2"]
    for broken in ({}, {"cells": "none"}, {"cells": [1, None]}):
        answer = lab.ask("POST", "author/findings", {"path": PATH, "notebook": broken})
        assert answer.status_code in (200, 422)


def test_a_rubric_is_changed_and_comments_stay(lab: Lab) -> None:
    file = lab.root / "modules/first/rubrics.yml"
    file.write_text("# Ours.\n" + file.read_text())
    before = file.read_text()
    sheet = lab.get(f"author/sheets/rubrics?path={PATH}")
    sheet["value"]["rubrics"]["view"]["title"] = "Another title: better"
    made = lab.put("author/sheets/rubrics", {"path": PATH, **sheet})
    changed = [
        pair
        for pair in zip(before.splitlines(), file.read_text().splitlines(), strict=True)
        if len(set(pair)) > 1
    ]
    assert [new.strip() for _, new in changed] == ["title: 'Another title: better'"]
    # Whoever looked at what stood there before is told so, and nothing is written.
    sheet["value"]["rubrics"]["view"]["title"] = "Mine"
    assert lab.no("PUT", "author/sheets/rubrics", {"path": PATH, **sheet}) == (409, "changed-meanwhile")
    assert "Mine" not in file.read_text()
    made["value"]["rubrics"]["view"]["criteria"][0]["levels"] = {}
    after = file.read_text()
    assert lab.no("PUT", "author/sheets/rubrics", {"path": PATH, **made})[0] == 422
    assert file.read_text() == after


def test_a_first_sample_answer_makes_the_file(lab: Lab) -> None:
    file = lab.root / "modules/second/exemplars.yml"
    path = "modules/second/second.ipynb"
    file.unlink()
    sheet = lab.get(f"author/sheets/exemplars?path={path}")
    assert sheet == {"digest": "", "value": {"schema": "coursekit.exemplars/1", "exemplars": []}}
    sheet["value"]["exemplars"] = [{"id": "a", "prompt": "p1", "response": {"text": "It was 12:30."}}]
    lab.put("author/sheets/exemplars", {"path": path, **sheet})
    assert lab.get(f"author/sheets/exemplars?path={path}")["value"] == sheet["value"]


def test_a_file_that_is_no_yaml_is_left_to_an_editor(lab: Lab) -> None:
    file = lab.root / "modules/second/rubrics.yml"
    file.write_text("rubrics: [")
    assert lab.no("GET", "author/sheets/rubrics?path=modules/second/second.ipynb")[0] == 422
    assert file.read_text() == "rubrics: ["
    file.unlink()


def test_what_a_release_would_change_is_what_it_changes(servers: Any, house: Any, tmp_path: Path) -> None:
    """With a real exchange, where chen teaches."""
    root = tmp_path / "course"
    shutil.copytree(TINY, root)
    (root / "nbgrader_config.py").write_text(nbgrader_settings("tiny", None))
    house.enrol("tiny", chen="instructor")
    chen = servers("chen", shows=root).begin().started()
    # A kernel and nbgrader, each a process of its own, on a machine that has other work.
    chen.line.timeout = 240
    first = chen.post("author/changes", {"path": PATH})
    assert first["before"] is None
    assert {c["what"] for c in first["changes"]} == {"new"}
    assert {(c["part"], c["name"]) for c in first["changes"]} >= {
        ("prompt", "p1"),
        ("reveal", "p3"),
        ("file", "first.ipynb"),
    }
    assert chen.post("author/releases", {"path": PATH, "digest": first["digest"]}) == {
        "release": 1,
        "unchanged": False,
    }
    value = master(chen)
    value["cells"] = [c for c in value["cells"] if c["id"] != "p3-reveal"]
    next(c for c in value["cells"] if c["id"] == "p1")["metadata"]["coursekit"]["prompt"]["title"] = (
        "How long?"
    )
    next(c for c in value["cells"] if c["id"] == "p2-reveal")["source"] = "It took all day."
    (root / PATH).write_text(json.dumps(value))
    # What was looked at is out of date, and only what was looked at goes out.
    second = chen.post("author/changes", {"path": PATH})
    assert chen.no("POST", "author/releases", {"path": PATH, "digest": first["digest"]}) == (
        409,
        "changed-meanwhile",
    )
    assert second["before"] == 1
    changed = {(c["part"], c["name"]): c["what"] for c in second["changes"]}
    assert changed.pop(("file", "prompts.json")) == "changed"
    changed.pop(("file", "first.ipynb"), None)
    assert changed == {("prompt", "p1"): "changed", ("reveal", "p2"): "changed", ("reveal", "p3"): "removed"}
    assert chen.post("author/releases", {"path": PATH, "digest": second["digest"]})["release"] == 2
    assert chen.post("author/changes", {"path": PATH})["changes"] == []


def test_a_module_with_mistakes_is_not_prepared(lab: Lab) -> None:
    (lab.root / "nbgrader_config.py").write_text(nbgrader_settings("tiny", None))
    kept = (lab.root / PATH).read_text()
    (lab.root / PATH).write_text(kept.replace('"rubric": "view"', '"rubric": "veiw"'))
    answer = lab.ask("POST", "author/changes", {"path": PATH})
    assert (answer.status_code, answer.json()["code"]) == (422, "command-failed")
    assert "veiw" in answer.json()["detail"]
    (lab.root / PATH).write_text(kept)
