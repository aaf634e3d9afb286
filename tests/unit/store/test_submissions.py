"""Reading a submission as nbgrader would copy it, and nothing that it only points at."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.marking import Collected
from coursekit.store import submissions
from coursekit.store.submissions import authors_files, files_digest, read_collected

IGNORE = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")


def parse(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f UTC")


def read(folder: Path) -> Collected:
    return read_collected(folder, "ada", IGNORE, parse)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ada" / "one"
    made.mkdir(parents=True)
    (made / "main.ipynb").write_bytes(b"{}")
    (made / "timestamp.txt").write_text("2027-01-24 10:00:00.000000 UTC\n")
    return made


def test_it_reads_what_nbgrader_copies(folder: Path) -> None:
    for path in (
        "data/a.csv",
        ".hidden",
        "deep/er/b.txt",
        "x.pyc",
        "__pycache__/x",
        "feedback/f.html",
        "data/n.ipynb",
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    (folder / "My notes.ipynb").write_text("notes")
    (folder / ".secret.ipynb").write_text("hidden")
    found = read(folder)
    assert found.notebooks == {
        "main.ipynb": b"{}",
        "My notes.ipynb": b"notes",
        ".secret.ipynb": b"hidden",
        "data/n.ipynb": b"data/n.ipynb",
    }
    assert [path for path, _ in found.files] == [
        ".hidden",
        "data/a.csv",
        "deep/er/b.txt",
        "timestamp.txt",
    ]
    assert found.timestamp == datetime(2027, 1, 24, 10)
    assert not found.remarks


def test_what_is_read_is_what_nbgrader_itself_finds(folder: Path) -> None:
    from nbgrader.utils import find_all_files

    for path in (
        "a.txt",
        ".b",
        "c/.d/e.txt",
        "c/f.pyc",
        "feedback/g",
        ".ipynb_checkpoints/h",
        "c/i.ipynb",
        "*.txt",
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    theirs = find_all_files(str(folder), [*IGNORE, "*.ipynb"])
    assert sorted(os.path.relpath(p, folder) for p in theirs) == [path for path, _ in read(folder).files]
    assert sorted(authors_files(folder, IGNORE)) == [path for path, _ in read(folder).files]


def test_nothing_behind_a_link_is_read_and_the_link_is_named(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "exam.txt").write_text("SECRET")
    (folder / "notes.txt").symlink_to(secret / "exam.txt")
    (folder / "all").symlink_to(secret)
    (folder / "more.ipynb").symlink_to(secret / "exam.txt")
    os.mkfifo(folder / "pipe")
    found = read(folder)
    assert list(found.notebooks) == ["main.ipynb"]
    assert [path for path, _ in found.files] == ["timestamp.txt"]
    assert {r.code for r in found.remarks} == {"not-a-file"}
    assert [r.detail.split(" is ")[0] for r in found.remarks] == ["all", "more.ipynb", "notes.txt", "pipe"]


def test_a_linked_submission_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "one").symlink_to(folder)
    with pytest.raises(BadInput) as caught:
        read(tmp_path / "bob" / "one")
    assert caught.value.code == "submission-is-a-link"


@pytest.mark.parametrize(
    "text", ["yesterday", "2027-13-40 10:00:00.000000 UTC", "\0", "9" * 10_000, "\udcff"]
)
def test_a_time_that_is_none_is_a_remark(folder: Path, text: str) -> None:
    (folder / "timestamp.txt").write_bytes(text.encode("utf-8", "surrogateescape"))
    found = read(folder)
    assert found.timestamp is None
    assert [r.code for r in found.remarks] == ["no-time"]


def test_no_time_at_all_is_no_remark(folder: Path) -> None:
    (folder / "timestamp.txt").write_text(" \n")
    assert (read(folder).timestamp, read(folder).remarks) == (None, ())
    (folder / "timestamp.txt").unlink()
    assert (read(folder).timestamp, read(folder).remarks) == (None, ())


def test_the_digest_is_of_everything_that_is_read(folder: Path) -> None:
    digests = {read(folder).digest}
    (folder / "main.ipynb").write_bytes(b"{ }")
    digests.add(read(folder).digest)
    (folder / "a.csv").write_text("1")
    digests.add(read(folder).digest)
    (folder / "a.csv").rename(folder / "b.csv")
    digests.add(read(folder).digest)
    assert len(digests) == 4
    (folder / "x.pyc").write_text("1")
    assert read(folder).digest in digests


def test_a_name_that_is_no_text_is_a_name(folder: Path) -> None:
    odd = os.fsdecode(b"caf\xe9.csv")
    (folder / odd).write_text("1")
    found = read(folder)
    assert odd in dict(found.files)
    assert len(found.digest) == 64


def test_too_much_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "_MOST_FILES", 3)
    (folder / "a.csv").write_text("1")
    read(folder)
    (folder / "b.csv").write_text("1")
    with pytest.raises(BadInput) as caught:
        read(folder)
    assert caught.value.code == "too-large"
    monkeypatch.undo()
    monkeypatch.setattr(submissions, "_MOST_BYTES", 20)
    with pytest.raises(BadInput):
        read(folder)


def test_a_submission_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("a file")
    with pytest.raises(BadInput) as caught:
        read(tmp_path / "one")
    assert caught.value.code == "unreadable-folder"


def test_the_text_of_a_notebook_is_not_where_learners_code_runs(folder: Path) -> None:
    for name in ("one.ipynb", "one.md", "handout.md", "deep/one.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    assert list(authors_files(folder, IGNORE)) == ["deep/one.md", "handout.md", "timestamp.txt"]


def test_an_author_may_link_and_may_leave_files_to_the_learner(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "shared.csv").write_text("1")
    (folder / "linked.csv").symlink_to(tmp_path / "shared.csv")
    (folder / "own.py").write_text("1")
    found = authors_files(folder, IGNORE, excluded=("own.py",))
    assert list(found) == ["linked.csv", "timestamp.txt"]
    before = files_digest(found)
    assert files_digest(found) == before
    (tmp_path / "shared.csv").write_text("2")
    assert files_digest(found) != before
