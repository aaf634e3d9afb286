"""Graded folders take their place whole, and the record of them is believed only when it is whole."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.grading import CellGrade, Remark
from coursekit.model.ids import Digest
from coursekit.model.marking import Record
from coursekit.store.graded import GradedFolders

RECORD = Record(
    "ada",
    Digest("a" * 64),
    (Remark("duplicated-cell", "Twice.", "test"),),
    {"main": {"essay": Digest("b" * 64)}},
    {
        "main": {
            "essay": CellGrade("essay", None, 4.0, True, False, Remark("x", "y")),
            "t": CellGrade("t", 1.5, 2, False),
        }
    },
    0.25,
)


def folders(root: Path, **more: object) -> GradedFolders:
    return GradedFolders(
        root / "autograded",
        lambda learner: root / "autograded" / learner / "one",
        root / ".coursekit" / "graded" / "one",
        **more,  # type: ignore[arg-type]
    )


def test_a_folder_is_ready_before_it_is_there(tmp_path: Path) -> None:
    author = tmp_path / "rooms.csv"
    author.write_text("rooms")
    with folders(tmp_path) as graded:
        assert not graded.is_there("ada")
        ready = graded.prepare([("main.ipynb", b"{}"), ("data/rooms.csv", author)])
        assert not graded.is_there("ada")
        graded.place(ready, "ada")
        assert graded.is_there("ada")
        assert graded.find_notebook("ada", "main") == b"{}"
        assert graded.find_notebook("ada", "other") is None
        folder = tmp_path / "autograded" / "ada" / "one"
        assert (folder / "data" / "rooms.csv").read_text() == "rooms"
        assert {stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*.*")} == {0o444}
        graded.place(graded.prepare([("main.ipynb", b"new")]), "ada")
        assert [p.name for p in folder.iterdir()] == ["main.ipynb"]
    assert [p.name for p in (tmp_path / "autograded").iterdir()] == ["ada"]


def test_graders_of_one_group_can_all_write(tmp_path: Path) -> None:
    with folders(tmp_path, mode=0o664, group=True) as graded:
        graded.place(graded.prepare([("a/b.txt", b"")]), "ada")
    folder = tmp_path / "autograded" / "ada" / "one"
    assert stat.S_IMODE((folder / "a").stat().st_mode) & 0o2770 == 0o2770
    assert stat.S_IMODE((folder / "a" / "b.txt").stat().st_mode) == 0o664


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a//b"])
def test_no_path_leads_out(tmp_path: Path, path: str) -> None:
    with folders(tmp_path) as graded, pytest.raises(BadInput):
        graded.prepare([(path, b"")])


@pytest.mark.parametrize("learner", ["ada", "x" * 250, "caf\udce9", "a.b@c"])
def test_a_record_comes_back_as_it_was(tmp_path: Path, learner: str) -> None:
    record = Record(learner, *(getattr(RECORD, f) for f in ("key", "remarks", "answers", "marks", "seconds")))
    with folders(tmp_path) as graded:
        assert graded.find_record(learner) is None
        graded.keep(record)
        assert graded.find_record(learner) == record
        graded.forget(learner)
        graded.forget(learner)
        assert graded.find_record(learner) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"schema": "coursekit.graded/2", "learner": "ada"}',
        b"\xff",
        b'{"schema": "coursekit.graded/1", "learner": "bob"}',
    ],
)
def test_a_record_that_is_not_whole_is_none(tmp_path: Path, content: bytes) -> None:
    with folders(tmp_path) as graded:
        graded.keep(RECORD)
        (tmp_path / ".coursekit" / "graded" / "one" / "ada.json").write_bytes(content)
        assert graded.find_record("ada") is None


def test_one_grading_at_a_time_and_what_a_dead_one_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / "autograded" / ".grading-one-dead"
    (left / "1-new").mkdir(parents=True)
    with folders(tmp_path):
        assert not left.exists()
        assert (tmp_path / ".coursekit" / "graded" / ".gitignore").read_text() == "*\n"
        with pytest.raises(BadInput) as caught, folders(tmp_path):
            pass
        assert caught.value.code == "already-grading"
    with folders(tmp_path):
        pass
