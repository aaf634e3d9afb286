"""Bytes are kept under their digest, and are the same bytes when they come back, or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from coursekit.model.errors import ServiceFault
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256
from coursekit.ports import Blobs
from coursekit.store.blobs import FolderBlobs
from coursekit.store.memory import MemoryBlobs


@dataclass(frozen=True)
class Shelf:
    """One plug, and how its content can come to harm."""

    blobs: Blobs
    overwrite: Callable[[Digest, bytes], None]
    lose: Callable[[Digest], None]


@pytest.fixture(params=["memory", "folder"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "memory":
        memory = MemoryBlobs()
        return Shelf(memory, memory._kept.__setitem__, lambda digest: memory._kept.__delitem__(digest))
    folder = tmp_path / "blobs"

    def path(digest: Digest) -> Path:
        return next(folder.rglob(digest))

    return Shelf(
        FolderBlobs(folder),
        lambda digest, content: path(digest).write_bytes(content) and None,
        lambda digest: path(digest).unlink(),
    )


@pytest.mark.parametrize("content", [b"", b"a lamp", bytes(range(256)) * 4096])
def test_what_was_put_comes_back_under_its_digest(shelf: Shelf, content: bytes) -> None:
    digest = shelf.blobs.put(content)
    assert digest == sha256(content)
    assert shelf.blobs.get(digest) == content


def test_the_same_bytes_are_kept_once_and_others_beside_them(shelf: Shelf) -> None:
    assert shelf.blobs.put(b"one") == shelf.blobs.put(b"one")
    shelf.blobs.put(b"two")
    assert shelf.blobs.get(sha256(b"one")) == b"one"
    assert shelf.blobs.get(sha256(b"two")) == b"two"


@pytest.mark.parametrize("damage", [b"", b"a lamq", b"a lamp and more"])
def test_damaged_bytes_are_refused(shelf: Shelf, damage: bytes) -> None:
    digest = shelf.blobs.put(b"a lamp")
    shelf.overwrite(digest, damage)
    with pytest.raises(ServiceFault) as caught:
        shelf.blobs.get(digest)
    assert caught.value.code == "blob-damaged"


def test_lost_bytes_are_refused(shelf: Shelf) -> None:
    digest = shelf.blobs.put(b"a lamp")
    shelf.lose(digest)
    with pytest.raises(ServiceFault, match="gone or damaged"):
        shelf.blobs.get(digest)


def test_bytes_that_were_never_put_are_refused(shelf: Shelf) -> None:
    with pytest.raises(ServiceFault):
        shelf.blobs.get(sha256(b"never"))


def test_putting_damaged_bytes_again_heals_them(shelf: Shelf) -> None:
    """A learner who hands in again gets a receipt for bytes that are there, not for those that rotted."""
    digest = shelf.blobs.put(b"a lamp")
    shelf.overwrite(digest, b"rust")
    shelf.blobs.put(b"a lamp")
    assert shelf.blobs.get(digest) == b"a lamp"


def test_a_failing_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FolderBlobs(tmp_path)

    def full(_handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("coursekit.store.blobs.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        blobs.put(b"a lamp")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_the_folder_holds_nothing_but_whole_blobs(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    for content in (b"one", b"two", b"one"):
        blobs.put(content)
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {p.name: p.read_bytes() for p in files} == {sha256(b): b for b in (b"one", b"two")}
