"""A course's folder: how it grows, and how a module is built on disk."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput, Conflict
from coursekit.store.coursefiles import CourseFolder

TINY = Path(__file__).parents[2] / "courses" / "tiny"


def test_new_files_are_all_written_or_none(tmp_path):
    folder = CourseFolder(tmp_path)
    (tmp_path / "b").write_text("mine")
    with pytest.raises(Conflict):
        folder.write_new({"a/x": "1", "b": "2"})
    assert not (tmp_path / "a").exists()
    with pytest.raises(BadInput, match="cannot be written"):
        folder.write_new({"a/x": "1", "b/y": "2"})
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "b").read_text() == "mine"


def test_empty_means_nothing_but_git(tmp_path):
    assert CourseFolder(tmp_path / "not-yet").is_empty()
    (tmp_path / ".git").mkdir()
    assert CourseFolder(tmp_path).is_empty()
    (tmp_path / "notes.md").touch()
    assert not CourseFolder(tmp_path).is_empty()


def test_a_cases_texts_are_what_learners_read_of_it(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    folder = CourseFolder(tmp_path / "tiny")
    module = next(m for m in folder.course().modules if m.case is not None)
    case = tmp_path / "tiny" / "cases" / module.case
    (case / "exhibits").mkdir(parents=True, exist_ok=True)
    (case / "case.md").write_bytes(b"The lamp. \xff")
    (case / "teaching-note.md").write_text("For faculty.")
    (case / "exhibits" / "letter.txt").write_text("A letter.")
    (case / "exhibits" / "figures.csv").write_text("1,2")
    (case / "exhibits" / "away.md").symlink_to(case / "teaching-note.md")
    told = folder.case(module)
    assert told[0].startswith("The lamp.")
    assert "A letter." in told
    assert not any("faculty" in text or "1,2" in text for text in told)
    assert folder.case(replace(module, case=None)) == ()


# ---------------------------------------------------------------------------------- installing


@pytest.fixture
def tiny(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    return CourseFolder(tmp_path / "tiny")


def install(folder, prompts=b"{}\n", built=b"{}\n"):
    module = folder.course().modules[0]
    return folder.install(
        module, prompts, b"{}\n", built, {"inputs": folder.inputs(module), "coursekit": "0"}
    )


def test_results_are_put_in_their_places(tiny):
    exhibits = install(tiny)
    module = tiny.root / "modules" / "first"
    assert exhibits == ("exhibits/night.csv", "exhibits/rooms.csv")
    assert (module / "exhibits" / "rooms.csv").read_text().startswith("room,hours")
    assert sorted(p.name for p in (module / ".coursekit").iterdir()) == [
        "build.json",
        "built.ipynb",
        "checks.json",
    ]
    assert json.loads((module / ".coursekit" / "build.json").read_text())["coursekit"] == "0"


def test_what_the_build_copied_it_takes_away_again_and_nothing_else(tiny):
    install(tiny)
    copies = tiny.root / "modules" / "first" / "exhibits"
    (copies / "mine.csv").write_text("mine")
    (tiny.root / "cases" / "lamp" / "exhibits" / "night.csv").unlink()
    install(tiny)
    assert sorted(p.name for p in copies.iterdir()) == ["SOURCES.md", "mine.csv", "rooms.csv"]


def test_a_stale_copy_that_was_edited_stays(tiny):
    install(tiny)
    copies = tiny.root / "modules" / "first" / "exhibits"
    (copies / "night.csv").write_text("edited")
    (tiny.root / "cases" / "lamp" / "exhibits" / "night.csv").unlink()
    install(tiny)
    assert (copies / "night.csv").read_text() == "edited"


def test_an_edited_copy_is_never_overwritten(tiny):
    install(tiny)
    copies = tiny.root / "modules" / "first" / "exhibits"
    (copies / "rooms.csv").write_text("edited")
    with pytest.raises(Conflict) as caught:
        install(tiny, prompts=b"new")
    assert (copies / "rooms.csv").read_text() == "edited"
    assert (tiny.root / "modules" / "first" / "prompts.json").read_bytes() == b"{}\n"
    assert "cases/lamp/exhibits/rooms.csv" in caught.value.next_step


def test_a_record_cannot_delete_what_is_elsewhere(tiny):
    install(tiny)
    record = tiny.root / "modules" / "first" / ".coursekit" / "build.json"
    value = json.loads(record.read_text())
    master = tiny.root / "modules" / "first" / "first.ipynb"
    digest = tiny.inputs(tiny.course().modules[0])["modules/first/first.ipynb"]
    value["exhibits"]["exhibits/../first.ipynb"] = value["exhibits"]["first.ipynb"] = digest
    record.write_text(json.dumps(value))
    install(tiny)
    assert master.is_file()


def test_the_scratch_copy_has_what_cells_read_and_is_gone_afterwards(tiny):
    module = tiny.course().modules[0]
    folder = tiny.root / "modules" / "first"
    (folder / "helper.py").write_text("x = 1")
    (folder / ".hidden").write_text("no")
    (folder / "link").symlink_to(tiny.root / "modules" / "course.yml")
    with tiny.scratch(module, b"[]") as name:
        have = {p.relative_to(name).as_posix() for p in Path(name).rglob("*") if p.is_file()}
        notebook = (Path(name) / "first.ipynb").read_text()
        assert "CANARY-reveal-text" in notebook
        assert "CANARY-model-answer" not in notebook
        assert "CANARY-solution" not in notebook
        assert have == {
            "first.ipynb",
            "prompts.json",
            "rubrics.yml",
            "helper.py",
            "exhibits/night.csv",
            "exhibits/rooms.csv",
        }
    assert not Path(name).exists()


def test_inputs_change_with_whatever_the_outputs_depend_on(tiny):
    module = tiny.course().modules[0]
    before = tiny.inputs(module)
    (tiny.root / "modules" / "first" / "exemplars.yml").write_text("changed")
    install(tiny)
    assert tiny.inputs(module) == before
    (tiny.root / "modules" / "first" / "helper.py").write_text("x = 1")
    assert tiny.inputs(module) != before


def test_the_cases_text_is_an_input_as_well(tiny):
    module = tiny.course().modules[0]
    before = tiny.inputs(module)
    (tiny.root / "cases" / "lamp" / "case.md").write_text("Another story.")
    assert tiny.inputs(module) != before
    assert tiny.story(module) == "Another story."
    (tiny.root / "cases" / "lamp" / "case.md").unlink()
    assert tiny.story(module) == ""
    assert tiny.inputs(module).keys() == before.keys() - {"cases/lamp/case.md"}
