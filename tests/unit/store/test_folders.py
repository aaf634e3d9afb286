"""Folders are read and written whole, and neither a name nor a link leads out of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.store import folders
from coursekit.store.folders import add_missing, read_folder, write_folder

SECRET = b"the instructor's own"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder beside which there is something that is nobody else's."""
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key").write_bytes(SECRET)
    folder = tmp_path / "module"
    folder.mkdir()
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# read


def test_files_are_read_in_order_with_forward_slashes(home: Path) -> None:
    (home / "sub").mkdir()
    (home / "sub" / "b.txt").write_bytes(b"b")
    (home / "a.txt").write_bytes(b"a")
    (home / "empty").mkdir()
    assert read_folder(home) == [("a.txt", b"a"), ("sub/b.txt", b"b")]


def test_hidden_files_and_caches_are_left_out(home: Path) -> None:
    for name in (".env", ".git/config", "sub/.hidden", "__pycache__/a.pyc", "sub/__pycache__/b.pyc", "ok"):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert read_folder(home) == [("ok", b"x")]


def test_no_link_is_followed(home: Path, tmp_path: Path) -> None:
    (home / "file").symlink_to(tmp_path / "secret.txt")
    (home / "folder").symlink_to(tmp_path / "private")
    (home / "relative").symlink_to("../secret.txt")
    (home / "dangling").symlink_to("nothing")
    (home / "loop").symlink_to(home)
    (home / "real.txt").write_bytes(b"mine")
    (home / "inner").symlink_to(home / "real.txt")
    assert read_folder(home) == [("real.txt", b"mine")]


def test_a_folder_of_nothing_has_no_files(tmp_path: Path) -> None:
    assert read_folder(tmp_path) == []


# write


def test_a_folder_is_written_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "deep" / "new", [("a.txt", b"a"), ("sub/b.txt", b"b")])
    assert tree(tmp_path / "deep" / "new") == {"a.txt": b"a", "sub/b.txt": b"b"}
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["new"]


def test_what_was_there_is_replaced(home: Path) -> None:
    (home / "old.txt").write_bytes(b"old")
    write_folder(home, [("new.txt", b"new")])
    assert tree(home) == {"new.txt": b"new"}


@pytest.mark.parametrize(
    "path", ["../out.txt", "/out.txt", "a/../../out.txt", ".hidden", "a\\b", "", "a//b", "x" * 300]
)
def test_a_name_that_leads_out_writes_nothing_at_all(home: Path, tmp_path: Path, path: str) -> None:
    (home / "mine.txt").write_bytes(b"mine")
    before = tree(tmp_path)
    with pytest.raises(BadInput):
        write_folder(home, [("first.txt", b"1"), (path, b"2")])
    assert tree(tmp_path) == before
    with pytest.raises(BadInput):
        write_folder(tmp_path / "fresh", [("first.txt", b"1"), (path, b"2")])
    assert not (tmp_path / "fresh").exists()
    assert tree(tmp_path) == before


def test_a_clash_in_the_middle_leaves_what_was_there(home: Path, tmp_path: Path) -> None:
    (home / "mine.txt").write_bytes(b"mine")
    before = tree(tmp_path)
    with pytest.raises(OSError):
        write_folder(home, [("a", b"a file"), ("a/b", b"and a folder")])
    assert tree(tmp_path) == before


def test_a_source_that_fails_half_way_leaves_what_was_there(home: Path, tmp_path: Path) -> None:
    (home / "mine.txt").write_bytes(b"mine")
    before = tree(tmp_path)

    def broken():  # type: ignore[no-untyped-def]
        yield "a.txt", b"a"
        raise ConnectionError("the line broke")

    with pytest.raises(ConnectionError):
        write_folder(home, broken())
    assert tree(tmp_path) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["module", "private", "secret.txt"]


def test_a_swap_that_fails_puts_the_old_folder_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "mine.txt").write_bytes(b"mine")
    before = tree(tmp_path)
    real = Path.rename

    def stuck(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError("the disk is gone")
        return real(self, target)

    monkeypatch.setattr(folders.Path, "rename", stuck)
    with pytest.raises(OSError, match="the disk is gone"):
        write_folder(home, [("new.txt", b"new")])
    assert tree(tmp_path) == before


def test_links_in_the_old_folder_are_replaced_and_not_followed(home: Path, tmp_path: Path) -> None:
    (home / "sub").symlink_to(tmp_path / "private")
    (home / "a.txt").symlink_to(tmp_path / "secret.txt")
    write_folder(home, [("sub/key", b"new"), ("a.txt", b"new")])
    assert tree(home) == {"sub/key": b"new", "a.txt": b"new"}
    assert not (home / "sub").is_symlink()
    assert (tmp_path / "secret.txt").read_bytes() == SECRET
    assert (tmp_path / "private" / "key").read_bytes() == SECRET


# add


def test_only_what_is_missing_is_added(home: Path) -> None:
    (home / "mine.txt").write_bytes(b"my words")
    added = add_missing(home, [("mine.txt", b"theirs"), ("new.txt", b"new"), ("sub/b.txt", b"b")])
    assert added == ["new.txt", "sub/b.txt"]
    assert tree(home) == {"mine.txt": b"my words", "new.txt": b"new", "sub/b.txt": b"b"}
    assert add_missing(home, [("mine.txt", b"theirs"), ("new.txt", b"2")]) == []


def test_nothing_is_added_through_a_linked_folder(home: Path, tmp_path: Path) -> None:
    (home / "sub").symlink_to(tmp_path / "private")
    before = tree(tmp_path / "private")
    with pytest.raises(BadInput, match="outside module"):
        add_missing(home, [("sub/new.txt", b"x")])
    assert tree(tmp_path / "private") == before


def test_nothing_is_added_through_a_dangling_link(home: Path, tmp_path: Path) -> None:
    (home / "a.txt").symlink_to(tmp_path / "planted.txt")
    with pytest.raises(BadInput):
        add_missing(home, [("a.txt", b"x")])
    assert not (tmp_path / "planted.txt").exists()


def test_no_folder_is_made_through_a_linked_folder(home: Path, tmp_path: Path) -> None:
    (home / "sub").symlink_to(tmp_path / "private")
    with pytest.raises(BadInput):
        add_missing(home, [("sub/deep/new.txt", b"x")])
    assert not (tmp_path / "private" / "deep").exists()


def test_a_name_that_leads_out_is_not_added(home: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    for path in ("../planted.txt", "/planted.txt", ".bashrc"):
        with pytest.raises(BadInput):
            add_missing(home, [(path, b"x")])
    assert tree(tmp_path) == before
