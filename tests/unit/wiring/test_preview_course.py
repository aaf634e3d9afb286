"""The copy that a preview is made of: what it watches, what it refuses; the author's folder stays as it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from coursekit.model.errors import NotFound
from coursekit.wiring import preview_course
from coursekit.wiring.preview_course import PreviewCourse

TINY = Path(__file__).parents[3] / "tests" / "courses" / "tiny"


class Exchange:
    """Takes releases, and keeps them."""

    def __init__(self):
        self.courses, self.releases = [], []

    def put_course(self, shape):
        self.courses.append(shape)

    def release(self, course, module, upload):
        self.releases.append(upload)

        class Done:
            release, unchanged = len(self.releases), False

        return Done


class Runner:
    """Runs nothing."""

    def run(self, notebook, parameters, folder):
        return json.loads(json.dumps(notebook))


@pytest.fixture
def course(tmp_path, monkeypatch):
    shutil.copytree(TINY, tmp_path / "tiny")
    monkeypatch.setattr(preview_course, "PapermillRunner", Runner)
    return PreviewCourse(tmp_path / "tiny", "first", tmp_path / "copy")


def files(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_release_is_made_apart_from_the_author_s_folder(course, tmp_path):
    before, exchange = files(tmp_path / "tiny"), Exchange()
    done = course.release(exchange)
    assert (done.release, done.trouble, list(done.seconds)) == (1, None, ["check", "run", "release"])
    assert files(tmp_path / "tiny") == before
    (upload,) = exchange.releases
    assert sorted(f.path for f in upload.files) == [
        "exhibits/SOURCES.md",
        "exhibits/rooms.csv",
        "first.ipynb",
        "prompts.json",
    ]
    learners = next(f.content for f in upload.files if f.path == "first.ipynb").decode()
    # Reveals and notes are out of it, and nbgrader has put its stubs in the place of solutions and hidden tests.
    assert "CANARY" not in learners
    assert "*Write your answer here.*" in learners
    assert "YOUR CODE HERE" in learners
    assert [r.after for r in upload.reveals] == ["p1", "p2", "p3"]
    (module,) = exchange.courses[0].modules
    assert (module.id, module.after) == ("first", [])


def test_a_module_behind_a_door_can_be_seen(tmp_path, monkeypatch):
    shutil.copytree(TINY, tmp_path / "tiny")
    monkeypatch.setattr(preview_course, "PapermillRunner", Runner)
    exchange = Exchange()
    PreviewCourse(tmp_path / "tiny", "second", tmp_path / "copy").release(exchange)
    (module,) = exchange.courses[0].modules
    assert (module.id, module.after, module.opens) == ("second", [], None)


def test_mistakes_of_this_module_stop_it_and_others_do_not(course, tmp_path):
    second = tmp_path / "tiny/modules/second/second.ipynb"
    second.write_text("{")
    assert course.release(Exchange()).is_shown
    rubrics = tmp_path / "tiny/modules/first/rubrics.yml"
    kept = rubrics.read_text()
    rubrics.write_text("rubrics: [")
    exchange = Exchange()
    done = course.release(exchange)
    assert not done.is_shown
    assert exchange.releases == []
    assert [f.file for f in done.findings if f.is_error] == ["modules/first/rubrics.yml"]
    rubrics.write_text(kept)
    assert course.release(exchange).is_shown


@pytest.mark.parametrize(
    "path",
    [
        "modules/course.yml",
        "modules/first/first.ipynb",
        "modules/first/rubrics.yml",
        "modules/first/exemplars.yml",
        "cases/lamp/case.md",
        "cases/lamp/exhibits/rooms.csv",
    ],
)
def test_it_sees_what_is_saved(course, tmp_path, path):
    before = course.stamps()
    there = tmp_path / "tiny" / path
    there.write_text(there.read_text() + "\n")
    assert [name for name, stamp in course.stamps().items() if before[name] != stamp] == [path]


def test_it_does_not_see_what_is_no_part_of_it(course, tmp_path):
    before = course.stamps()
    for path in (
        "first/prompts.json",
        "first/exhibits/a.csv",
        "first/.coursekit/x",
        "second/second.ipynb",
        "first/.x.swp",
    ):
        there = tmp_path / "tiny/modules" / path
        there.parent.mkdir(exist_ok=True)
        there.write_text("{}")
    assert course.stamps() == before


def test_a_file_that_was_deleted_is_gone_from_the_copy(course, tmp_path):
    extra = tmp_path / "tiny/modules/first/notes.txt"
    extra.write_text("For learners.")
    exchange = Exchange()
    course.release(exchange)
    extra.unlink()
    course.release(exchange)
    assert [any(f.path == "notes.txt" for f in upload.files) for upload in exchange.releases] == [True, False]


def test_there_must_be_such_a_module(tmp_path):
    with pytest.raises(NotFound, match="third"):
        PreviewCourse(TINY, "third", tmp_path)
