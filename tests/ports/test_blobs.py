"""Bytes are kept under their digest, and are the same bytes when they come back, or none."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, update

from coursekit.model.errors import BadInput, ServiceFault
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256
from coursekit.ports import Blobs
from coursekit.store import tables
from coursekit.store.blobs import FolderBlobs
from coursekit.store.blobs_object import ObjectBlobs, open_s3
from coursekit.store.blobs_sql import SqlBlobs
from coursekit.store.ledger import SqlLedger, open_postgres, open_sqlite
from coursekit.store.memory import MemoryBlobs


@dataclass(frozen=True)
class Shelf:
    """One plug, how its content can come to harm, and how many things it holds."""

    blobs: Blobs
    overwrite: Callable[[Digest, bytes], Any]
    lose: Callable[[Digest], Any]
    count: Callable[[], int]


def in_memory() -> Shelf:
    memory = MemoryBlobs()
    kept = memory._kept
    return Shelf(memory, kept.__setitem__, kept.__delitem__, lambda: len(kept))


def in_folder(folder: Path) -> Shelf:
    def path(digest: Digest) -> Path:
        return next(folder.rglob(digest))

    return Shelf(
        FolderBlobs(folder),
        lambda digest, content: path(digest).write_bytes(content),
        lambda digest: path(digest).unlink(),
        lambda: sum(1 for p in folder.rglob("*") if p.is_file()),
    )


def in_table(ledger: SqlLedger) -> Shelf:
    kept = tables.blobs

    def run(statement: Any) -> Any:
        with ledger.engine.connect() as db:
            found = db.execute(statement)
            value = found.scalar() if found.returns_rows else None
            db.commit()
        return value

    return Shelf(
        SqlBlobs(ledger.engine),
        lambda digest, content: run(update(kept).where(kept.c.digest == digest).values(content=content)),
        lambda digest: run(delete(kept).where(kept.c.digest == digest)),
        lambda: run(select(func.count()).select_from(kept)),
    )


def in_store(address: str, options: dict[str, Any]) -> Shelf:
    blobs = open_s3(address, options)
    store = blobs._store
    return Shelf(
        blobs,
        lambda digest, content: store.put(f"{digest[:2]}/{digest}", content),
        lambda digest: store.delete(f"{digest[:2]}/{digest}"),
        lambda: sum(len(page) for page in store.list()),
    )


@pytest.fixture(params=["memory", "folder", "sqlite", "postgresql", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "memory":
        yield in_memory()
    elif request.param == "folder":
        yield in_folder(tmp_path / "blobs")
    elif request.param == "s3":
        yield in_store(*request.getfixturevalue("s3"))
    else:
        if request.param == "sqlite":
            ledger: SqlLedger = open_sqlite(tmp_path / "ledger.sqlite")
        else:
            ledger = open_postgres(request.getfixturevalue("postgres_url"))
        yield in_table(ledger)
        ledger.close()


@pytest.mark.parametrize("content", [b"", b"a lamp", bytes(range(256)) * 4096, b"x" * 7_000_000])
def test_what_was_put_comes_back_under_its_digest(shelf: Shelf, content: bytes) -> None:
    digest = shelf.blobs.put(content)
    assert digest == sha256(content)
    assert shelf.blobs.get(digest) == content
    assert type(shelf.blobs.get(digest)) is bytes


def test_the_same_bytes_are_kept_once_and_others_beside_them(shelf: Shelf) -> None:
    assert shelf.blobs.put(b"one") == shelf.blobs.put(b"one")
    shelf.blobs.put(b"two")
    assert shelf.blobs.get(sha256(b"one")) == b"one"
    assert shelf.blobs.get(sha256(b"two")) == b"two"
    assert shelf.count() == 2


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
    with pytest.raises(ServiceFault) as caught:
        shelf.blobs.get(sha256(b"never"))
    assert caught.value.code == "blob-damaged"


@pytest.mark.parametrize("damage", [b"", b"rust", b"a lamq"])
def test_putting_damaged_bytes_again_heals_them(shelf: Shelf, damage: bytes) -> None:
    """A learner who hands in again gets a receipt for bytes that are there, not for those that rotted."""
    digest = shelf.blobs.put(b"a lamp")
    shelf.overwrite(digest, damage)
    shelf.blobs.put(b"a lamp")
    assert shelf.blobs.get(digest) == b"a lamp"


def test_putting_lost_bytes_again_brings_them_back(shelf: Shelf) -> None:
    digest = shelf.blobs.put(b"a lamp")
    shelf.lose(digest)
    shelf.blobs.put(b"a lamp")
    assert shelf.blobs.get(digest) == b"a lamp"


def test_many_hands_put_the_same_and_others_at_once(shelf: Shelf) -> None:
    failed: list[BaseException] = []
    ready = threading.Barrier(8)

    def work(own: int) -> None:
        try:
            ready.wait(20)
            for number in range(5):
                for content in (f"shared {number}".encode() * 500, f"mine {own} {number}".encode() * 500):
                    assert shelf.blobs.get(shelf.blobs.put(content)) == content
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert shelf.count() == 5 + 8 * 5


def test_it_is_ready(shelf: Shelf) -> None:
    digest = shelf.blobs.put(b"a lamp")
    shelf.blobs.check()
    shelf.blobs.check()
    assert shelf.blobs.get(digest) == b"a lamp"


# a folder


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "no space left on device")


@pytest.mark.parametrize("call", ["fsync", "write", "open"])
def test_a_failing_disk_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    blobs = FolderBlobs(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(f"coursekit.store.blobs.os.{call}", full)
        with pytest.raises(ServiceFault) as caught:
            blobs.put(b"a lamp")
    assert caught.value.code == "disk-full"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    assert blobs.get(blobs.put(b"a lamp")) == b"a lamp"


def test_a_write_that_takes_only_a_part_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr("coursekit.store.blobs.os.write", lambda handle, data: write(handle, data[:10]))
    blobs = FolderBlobs(tmp_path)
    content = b"a lamp in every room " * 20
    assert blobs.get(blobs.put(content)) == content


def test_the_folder_holds_nothing_but_whole_blobs(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    for content in (b"one", b"two", b"one"):
        blobs.put(content)
    blobs.check()
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {p.name: p.read_bytes() for p in files} == {sha256(b): b for b in (b"one", b"two")}


def test_contents_and_names_are_on_the_disk_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this order: the file's bytes, its name, the name's folder; and a new folder's own name."""
    seen: list[tuple[str, str]] = []
    fsync, replace = os.fsync, Path.replace

    def sync(handle: int) -> None:
        one = os.fstat(handle).st_ino
        found = next(p for p in (tmp_path, *tmp_path.rglob("*")) if p.stat().st_ino == one)
        seen.append(("sync", found.relative_to(tmp_path).as_posix()))
        fsync(handle)

    def rename(self: Path, target: Path) -> Path:
        seen.append(("name", target.relative_to(tmp_path).as_posix()))
        return replace(self, target)

    monkeypatch.setattr("coursekit.store.blobs.os.fsync", sync)
    monkeypatch.setattr(Path, "replace", rename)
    blobs = FolderBlobs(tmp_path)
    digest = blobs.put(b"a lamp")
    shelf = digest[:2]
    assert seen[0] == ("sync", ".")
    assert seen[1][0] == "sync"
    assert seen[1][1].startswith(f"{shelf}/.new-")
    assert seen[2:] == [("name", f"{shelf}/{digest}"), ("sync", shelf)]
    seen.clear()
    # What another put a moment ago may not have its name on the disk yet.
    blobs.put(b"a lamp")
    assert seen == [("sync", shelf)]


def test_a_folder_that_cannot_be_written_to_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    (tmp_path / "blobs").rmdir()
    with pytest.raises(ServiceFault) as caught:
        blobs.check()
    assert caught.value.code == "blobs-unwritable"
    blobs = FolderBlobs(tmp_path / "blobs")
    monkeypatch.setattr("coursekit.store.blobs.ROOM", 2**63)
    with pytest.raises(ServiceFault) as caught:
        blobs.check()
    assert caught.value.code == "disk-full"


def test_what_a_killed_service_left_is_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container every service has the same process number, and counts from the same beginning."""
    (tmp_path / sha256(b"a lamp")[:2]).mkdir()
    with monkeypatch.context() as killed:
        killed.setattr("coursekit.store.blobs.os.fsync", full)
        killed.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(ServiceFault):
            FolderBlobs(tmp_path).put(b"a lamp")
    left = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert len(left) == 1
    again = FolderBlobs(tmp_path)
    again.check()
    assert again.get(again.put(b"a lamp")) == b"a lamp"


# a table


def test_a_database_that_is_gone_is_our_fault(postgres_url: str, postgres: Any) -> None:
    ledger = open_postgres(postgres_url)
    blobs = SqlBlobs(ledger.engine)
    digest = blobs.put(b"a lamp")

    @event.listens_for(ledger.engine, "before_cursor_execute")
    def _cut(connection: Any, *_: Any) -> None:
        connection.connection.dbapi_connection.close()

    for use in (lambda: blobs.put(b"another"), lambda: blobs.get(digest), blobs.check):
        with pytest.raises(ServiceFault) as caught:
            use()
        assert caught.value.code == "blobs-unreachable"
    event.remove(ledger.engine, "before_cursor_execute", _cut)
    assert blobs.get(digest) == b"a lamp"
    ledger.close()


# a store


def test_a_store_that_is_away_is_our_fault_and_is_asked_again(s3: tuple[str, dict[str, Any]]) -> None:
    address, options = s3
    away = {**options, "endpoint": "http://127.0.0.1:9", "retry_config": {"max_retries": 1}}
    blobs = open_s3(address, away)
    for use in (lambda: blobs.put(b"a lamp"), lambda: blobs.get(sha256(b"a lamp")), blobs.check):
        with pytest.raises(ServiceFault) as caught:
            use()
        assert caught.value.code == "blobs-unreachable"


def test_a_bucket_that_is_not_there_is_not_ready(s3: tuple[str, dict[str, Any]]) -> None:
    with pytest.raises(ServiceFault) as caught:
        open_s3("s3://nobodys-bucket", s3[1]).check()
    assert caught.value.code == "blobs-unreachable"


def test_a_store_without_conditional_writes_serves_as_well(s3: tuple[str, dict[str, Any]]) -> None:
    class Plain:
        """As an older S3-compatible store: no put-if-absent."""

        def __init__(self, store: Any) -> None:
            self._store = store

        def put(self, path: str, content: bytes, mode: str, **more: Any) -> Any:
            from obstore.exceptions import NotSupportedError

            if mode == "create":
                raise NotSupportedError("not implemented")
            return self._store.put(path, content, mode=mode, **more)

        def get(self, path: str) -> Any:
            return self._store.get(path)

    blobs = ObjectBlobs(Plain(open_s3(*s3)._store))  # type: ignore[arg-type]
    assert blobs.get(blobs.put(b"a lamp")) == blobs.get(blobs.put(b"a lamp")) == b"a lamp"


def test_bytes_that_arrive_changed_are_not_vouched_for(s3: tuple[str, dict[str, Any]]) -> None:
    class Liar:
        def __init__(self, store: Any) -> None:
            self._store = store

        def put(self, path: str, content: bytes, **more: Any) -> Any:
            return self._store.put(path, content[:-1], **more)

        def get(self, path: str) -> Any:
            return self._store.get(path)

    blobs = ObjectBlobs(Liar(open_s3(*s3)._store))  # type: ignore[arg-type]
    with pytest.raises(ServiceFault) as caught:
        blobs.put(b"a lamp")
    assert caught.value.code == "blob-damaged"


@pytest.mark.parametrize("address", ["s3://", "s3:///prefix", "http://bucket", "bucket"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_s3(address)
    assert caught.value.code == "bad-blobs"


def test_two_exchanges_share_a_bucket_by_their_prefixes(s3: tuple[str, dict[str, Any]]) -> None:
    bucket, options = s3[0].rsplit("/", 1)[0], s3[1]
    one, two = open_s3(f"{bucket}/one", options), open_s3(f"{bucket}/two", options)
    digest = one.put(b"a lamp")
    with pytest.raises(ServiceFault):
        two.get(digest)
    assert open_s3(f"{bucket}/one/", options).get(digest) == b"a lamp"


def test_a_store_is_told_by_the_usual_variables(
    s3: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, options = s3
    monkeypatch.setenv("AWS_ENDPOINT_URL", options["endpoint"])
    monkeypatch.setenv("AWS_REGION", options["region"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", options["access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", options["secret_access_key"])
    digest = open_s3(address).put(b"a lamp")
    assert open_s3(address, options).get(digest) == b"a lamp"
