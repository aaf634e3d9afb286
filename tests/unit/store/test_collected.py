"""A collected folder is whole or not there, and what was there before stays until then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.store.collected import Shelf

WORK = [("first.ipynb", b"{}"), ("exhibits/maps/a.csv", b"a"), ("timestamp.txt", b"now")]


def there(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_new_folder_and_its_replacement(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "submitted"
    folder = root / "maria" / "first"
    with Shelf(root) as shelf:
        shelf.replace(folder, WORK)
        assert there(folder) == dict(WORK)
        shelf.replace(folder, [("other.txt", b"new")])
        shelf.replace(root / "olu" / "first", WORK)
    assert there(folder) == {"other.txt": b"new"}
    # Nothing of the making is left, hidden or not.
    assert sorted(p.name for p in root.iterdir()) == ["maria", "olu"]
    assert [p.name for p in (root / "maria").iterdir()] == ["first"]


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", ".git/config", "", "a//b", "con", "a\\b"])
def test_no_path_leads_out_of_the_folder_and_nothing_is_half_written(tmp_path: Path, path: str) -> None:
    root = tmp_path / "submitted"
    folder = root / "maria" / "first"
    with Shelf(root) as shelf:
        shelf.replace(folder, WORK)
        with pytest.raises(BadInput):
            shelf.replace(folder, [("good.txt", b"1"), (path, b"2")])
        with pytest.raises(BadInput):
            shelf.replace(root / "olu" / "first", [("good.txt", b"1"), (path, b"2")])
    assert there(root) == {f"maria/first/{p}": c for p, c in WORK}


def test_a_link_in_the_old_folder_is_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "submitted", tmp_path / "outside"
    outside.mkdir()
    (outside / "keep.txt").write_text("mine")
    folder = root / "maria" / "first"
    with Shelf(root) as shelf:
        shelf.replace(folder, WORK)
        (folder / "link").symlink_to(outside)
        shelf.replace(folder, [("link/keep.txt", b"theirs")])
        linked = root / "olu" / "first"
        linked.parent.mkdir()
        linked.symlink_to(outside)
        shelf.replace(linked, WORK)
    assert (outside / "keep.txt").read_text() == "mine"
    assert sorted(p.name for p in outside.iterdir()) == ["keep.txt"]
    assert there(folder) == {"link/keep.txt": b"theirs"}
    assert not linked.is_symlink()


@pytest.mark.parametrize("at", range(1, 12))
def test_whatever_fails_the_old_folder_stays_or_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    root = tmp_path / "submitted"
    folder = root / "maria" / "first"
    with Shelf(root) as shelf:
        shelf.replace(folder, WORK)
    count = 0

    def failing(real):  # type: ignore[no-untyped-def]
        def call(*arguments, **more):  # type: ignore[no-untyped-def]
            nonlocal count
            count += 1
            if count == at:
                raise OSError(28, "No space left on device")
            return real(*arguments, **more)

        return call

    new = [("first.ipynb", b"newer"), ("exhibits/b.csv", b"b")]
    with monkeypatch.context() as broken:
        for name in ("mkdir", "rename"):
            broken.setattr(os, name, failing(getattr(os, name)))
        broken.setattr("builtins.open", failing(open))
        try:
            with Shelf(root) as shelf:
                shelf.replace(folder, new)
            failed = False
        except OSError:
            failed = True
    assert there(folder) in ([dict(WORK)] if failed else [dict(new), dict(WORK)])
    if not failed and count < at:
        assert there(folder) == dict(new)
