"""An exchange is backed up while everybody hands in, destroyed, and restored: on both engines and across them."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from coursekit.client import ExchangeClient
from coursekit.model.errors import BadInput, Conflict, CoursekitError
from coursekit.model.ids import CourseId, PromptId, UserId
from coursekit.model.submission import Receipt, canonical, sha256
from coursekit.services import enrol
from coursekit.store import archive, migrate, restore, tables
from coursekit.store.blobs import FolderBlobs
from coursekit.store.keys import is_genuine
from coursekit.store.ledger import postgres_engine, sqlite_engine
from coursekit.store.restore import read_archive, restore_archive
from coursekit.wire.api import MemberShape
from coursekit.wire.receipts import receipt_from_shape
from coursekit.wire.values import load
from coursekit.wiring.exchange import OPERATOR, Embedded, open_exchange
from coursekit.wiring.settings import Storage

COURSE = "lamps"
LEARNERS = [f"learner{n}" for n in range(6)]
RELEASED = Path(__file__).parent.parent / "unit" / "store" / "released"


def chains(embedded: Embedded) -> dict[str, list[Receipt]]:
    r = tables.receipts.c
    found: dict[str, list[Receipt]] = {}
    with embedded.ledger.engine.connect() as db:
        for row in db.execute(select(tables.receipts).order_by(r.course, r.learner, r.number)):
            found.setdefault(row.learner, []).append(load(Receipt, row.receipt))
        db.rollback()
    return found


def contents(embedded: Embedded) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, files aside."""
    with embedded.ledger.engine.connect() as db:
        found = {
            table.name: sorted((tuple(row) for row in db.execute(table.select())), key=repr)
            for table in tables.metadata.sorted_tables
            if table.name != "blobs"
        }
        db.rollback()
    return found


@dataclass
class HandIn:
    learner: str
    receipt: Receipt
    content: bytes


@dataclass
class Kept:
    """A backup made in a storm, and what everybody held in their hands when it began."""

    file: Path
    before: list[HandIn]
    after: list[HandIn]
    public_keys: dict[str, str]
    token: str
    said: str = ""


def set_up(below: Embedded, make: Any, door: Callable[[str], ExchangeClient]) -> None:
    people = {**dict.fromkeys(LEARNERS, "learner"), "chen": "instructor", "gil": "grader"}
    shapes = [
        MemberShape.model_validate({"user": u, "role": r, "name": f"{u} 灯"}) for u, r in people.items()
    ]
    enrol.put_members(below.exchange, OPERATOR, CourseId(COURSE), shapes)
    chen = door("chen")
    due = "2090-01-01T00:00:00Z"
    chen.put_course(make.course(make.module("first", due=due), make.module("second", after=["first"])))
    for module in ("first", "second"):
        chen.release(COURSE, module, make.upload(module))
    chen.waive(COURSE, "second", LEARNERS[0], "did it last year")
    chen.extend(COURSE, "first", LEARNERS[1], datetime(2091, 1, 1, tzinfo=UTC), "ill")
    maria = door(LEARNERS[0])
    maria.fetch(COURSE, "first")
    maria.commit(COURSE, "first", "p1", make.answer("Die Lampe 灯 🪔 \x00 in every room, I would say."), 1)
    one = maria.submit(COURSE, "first", make.hand_in("first", text="to be judged"))
    gone = maria.submit(COURSE, "first", make.hand_in("first", text="to be withdrawn"))
    door("gil").give_feedback(COURSE, "first", make.feedback(LEARNERS[0], 1 / 3, one.submission))
    chen.withdraw(COURSE, gone.submission, "wrong file")
    maria.choose(COURSE, one.submission)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    make: Any,
    exchange_command: Callable[..., subprocess.CompletedProcess[str]],
    run_services: Callable[..., Any],
) -> Iterator[Kept]:
    """A storm of hand-ins, `coursekit backup` in its midst; then the place is destroyed."""
    folder = tmp_path_factory.mktemp("destroyed")
    with ExitStack() as stack:
        if request.param == "sqlite":
            storage = Storage(folder / "data", None, "folder", folder / "data" / "keys")
        else:
            url = stack.enter_context(request.getfixturevalue("postgres").database())
            storage = Storage(folder / "data", url, "database", folder / "data" / "keys")
        (replica,) = stack.enter_context(run_services(storage))
        below = open_exchange(storage)
        stack.callback(below.ledger.close)

        def door(name: str) -> ExchangeClient:
            opened: ExchangeClient = replica.client(below.issue_token(UserId(name), timedelta(days=9)))
            return opened

        set_up(below, make, door)
        done: list[HandIn] = []
        guard, stop, failed = threading.Lock(), threading.Event(), []

        def learn(name: str) -> None:
            mine, number = door(name), 0
            try:
                mine.fetch(COURSE, "first")
                while not stop.is_set():
                    number += 1
                    work = make.hand_in("first", "p1", "p2", text=f"{name} {number} " + "x" * 2000)
                    receipt = receipt_from_shape(mine.submit(COURSE, "first", work).receipt)
                    with guard:
                        done.append(HandIn(name, receipt, work.files[0].content))
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=learn, args=(name,), daemon=True) for name in LEARNERS]
        for thread in threads:
            thread.start()
        while len(done) < 30 and not failed:
            time.sleep(0.01)
        with guard:
            before = list(done)
        file = folder / "kept.tar"
        backup = exchange_command(storage, "backup", file)
        with guard:
            during = len(done) - len(before)
        stop.set()
        for thread in threads:
            thread.join(60)
        assert failed == []
        assert backup.returncode == 0, backup.stderr
        assert during > 0, "nobody handed in while the backup was made"
        token = below.issue_token(UserId("chen"), timedelta(days=9))
        keys = {key.key: key.public_key for key in below.public_keys()}
        replica.kill()
        below.ledger.close()
        shutil.rmtree(storage.data)
        yield Kept(file, before, done[len(before) :], keys, token, backup.stdout + backup.stderr)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """A place where nothing is yet."""
    data = tmp_path / "restored"
    if request.param == "sqlite":
        return Storage(data, None, "folder", data / "keys")
    return Storage(data, request.getfixturevalue("postgres_url"), "database", tmp_path / "shared-keys")


def test_everything_that_was_receipted_before_is_there_again(
    kept: Kept,
    empty: Storage,
    make: Any,
    exchange_command: Callable[..., subprocess.CompletedProcess[str]],
    start_service: Callable[..., list[Any]],
) -> None:
    done = exchange_command(empty, "restore", kept.file)
    assert done.returncode == 0, done.stderr
    assert "receipts hold" in done.stdout
    below = open_exchange(empty)
    try:
        rows = chains(below)
        assert {key.key: key.public_key for key in below.public_keys()} == kept.public_keys
        for mine in rows.values():
            assert all(is_genuine(r, kept.public_keys) for r in mine)
            assert [r.previous for r in mine] == ["", *(r.own_digest() for r in mine[:-1])]
        there = {r.own_digest() for mine in rows.values() for r in mine}
        # All that was held in hands when the backup began; of what came later some, in the order of its row.
        assert all(h.receipt.own_digest() in there for h in kept.before)
        late = [h for h in kept.after if h.receipt.own_digest() in there]
        assert len(late) < len(kept.after)

        (replica,) = start_service(empty)
        # Tokens given before hold, since their key came along.
        chen = replica.client(kept.token)
        by_id = {content.row.submission: content for content in _all(chen)}
        for hand in [*kept.before, *late]:
            found = by_id[hand.receipt.subject]
            assert found.files[0].content == hand.content
            assert receipt_from_shape(found.receipt) == hand.receipt
        assert set(by_id) == {r.subject for mine in rows.values() for r in mine if r.kind == "submission"}
        assert {m.name for m in chen.members(COURSE)} >= {"chen 灯", "gil 灯"}

        # And it goes on: the next receipt follows on the last.
        name = LEARNERS[0]
        learner = replica.client(below.issue_token(UserId(name), timedelta(days=1)))
        step = learner.path(COURSE).steps[1]
        assert step.state == "open"
        assert learner.my_feedback(COURSE, "first")[0].score == pytest.approx(1 / 3)
        answer = learner.submit(COURSE, "first", make.hand_in("first", text="after the fire"))
        assert answer.receipt.previous == rows[name][-1].own_digest()
        chen.give_feedback(COURSE, "first", make.feedback(name, 2, answer.submission))
        chen.release(COURSE, "first", make.upload("first", note="after the fire"))
        assert [e.verb for e in chen.log(COURSE)][-1]
    finally:
        below.ledger.close()


def _all(chen: ExchangeClient) -> list[Any]:
    rows = list(chen.submission_rows(COURSE, "first"))
    named = [row.submission for row in rows]
    portions = [named[start : start + 100] for start in range(0, len(named), 100)]
    return [content for some in portions for content in chen.contents(COURSE, "first", some)]


def test_the_file_is_its_owners_alone_and_says_so(kept: Kept) -> None:
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
    assert "PRIVATE KEYS" in kept.said
    assert [p.name for p in kept.file.parent.iterdir()] == ["kept.tar"]
    with tarfile.open(kept.file) as tar:
        names = tar.getnames()
    assert names[0] == "coursekit-backup.json"
    assert names[-1] == "manifest.json"
    assert any(name.endswith(".private") for name in names)


# one place to try things on, without a service


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, make: Any) -> Path:
    """The data folder of an exchange with a little of everything in it; copied by whoever works on it."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    opened = open_exchange(Storage(folder, None, "folder", folder / "keys"))
    _fill(opened, make)
    opened.ledger.close()
    return folder


@pytest.fixture
def exchange(tmp_path: Path, filled: Path) -> Iterator[Embedded]:
    """An exchange with a little of everything in it."""
    shutil.copytree(filled, tmp_path / "data")
    opened = open_exchange(Storage(tmp_path / "data", None, "folder", tmp_path / "data" / "keys"))
    yield opened
    opened.ledger.close()


def _fill(opened: Embedded, make: Any) -> None:
    from coursekit.services import appeal, commit, deliver, feedback, submit
    from coursekit.wire.api import CommitRequest
    from coursekit.wire.course import course_from_shape

    x, course = opened.exchange, CourseId(COURSE)
    enrol.put_members(
        x,
        OPERATOR,
        course,
        [
            MemberShape(user="maria", role="learner", name="María 灯"),
            MemberShape(user="chen", role="instructor"),
        ],
    )
    chen, maria = UserId("chen"), UserId("maria")
    deliver.put_course(x, chen, course_from_shape(make.course(make.module("first"))))
    first: Any = "first"
    deliver.release_module(x, chen, course, first, make.upload("first", checks=make.checks("first")))
    deliver.fetch_module(x, course, first, maria)
    prompt: Any = "p1"
    commit.commit(x, course, first, maria, prompt, CommitRequest(response=make.answer()))
    for number in range(3):
        done = submit.submit(x, course, first, maria, make.hand_in("first", "p2", text=f"work {number}"))
    feedback.release_feedback(x, chen, course, first, make.feedback("maria", 0.1, done.submission))
    for name in ("p1", "p2"):
        appeal.appeal(x, course, first, maria, PromptId(name), "Read it — 灯")


def write(opened: Embedded, file: Path, **changes: Any) -> archive.Summary:
    data = file.parent / "data"
    return archive.write_archive(
        file,
        opened.ledger.engine,
        opened.exchange.blobs,
        data / "keys",
        {key.key: key.public_key for key in opened.public_keys()},
        datetime(2027, 1, 31, tzinfo=UTC),
        **changes,
    )


@dataclass
class Place:
    """An empty place, and how to look whether it still is."""

    storage: Storage
    engine: Any
    blobs: Any = None
    made: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blobs = FolderBlobs(self.storage.data / "blobs")

    def restore(self, file: Path) -> None:
        restore_archive(read_archive(file), self.engine, self.blobs, self.storage.keys)

    def is_empty(self) -> bool:
        files = [p for p in self.storage.data.rglob("*") if p.is_file() and "ledger" not in p.name]
        return migrate.current(self.engine) is None and files == []


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    data = tmp_path / "restored"
    if request.param == "sqlite":
        opened = Place(Storage(data, None, "folder", data / "keys"), sqlite_engine(data / "ledger.sqlite"))
    else:
        url = request.getfixturevalue("postgres_url")
        opened = Place(Storage(data, url, "folder", data / "keys"), postgres_engine(url))
    yield opened
    opened.engine.dispose()


def test_every_row_is_the_same_afterwards(exchange: Embedded, place: Place, tmp_path: Path) -> None:
    made = write(exchange, tmp_path / "kept.tar")
    assert made.rows["submissions"] == 3
    assert made.damaged == ()
    place.restore(tmp_path / "kept.tar")
    again = open_exchange(place.storage)
    try:
        assert contents(again) == contents(exchange)
        again.ledger.check()
        for path in (tmp_path / "data" / "blobs").rglob("*"):
            if path.is_file():
                assert place.blobs.get(path.name) == path.read_bytes()
        for path in (tmp_path / "data" / "keys").rglob("*.*"):
            same = place.storage.keys / path.relative_to(tmp_path / "data" / "keys")
            if path.name.startswith("."):
                continue
            assert same.read_bytes() == path.read_bytes()
            assert stat.S_IMODE(same.stat().st_mode) == (
                0o644 if path.name.endswith(".public.json") else 0o600
            )
    finally:
        again.ledger.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_what_comes_while_it_is_read_is_in_no_part_of_it(
    request: pytest.FixtureRequest, tmp_path: Path, make: Any, place: Place, engine: str
) -> None:
    """One look at all tables: a hand-in between the first and the last is in none of them."""
    url = None
    with ExitStack() as stack:
        if engine == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres").database())
        opened = open_exchange(Storage(tmp_path / "data", url, "folder", tmp_path / "data" / "keys"))
        stack.callback(opened.ledger.close)
        _fill(opened, make)
        before = contents(opened)
        from coursekit.services import submit

        come: list[str] = []

        def hand_in(what: str, _done: int, _total: int) -> None:
            if what in tables.metadata.tables:
                first: Any = "first"
                work = make.hand_in("first", text=f"while {what} was read")
                done = submit.submit(opened.exchange, CourseId(COURSE), first, UserId("maria"), work)
                come.append(done.submission)

        made = write(opened, tmp_path / "kept.tar", report=hand_in)
        assert len(come) == len(made.rows) > 10
        place.restore(tmp_path / "kept.tar")
        again = open_exchange(place.storage)
        assert contents(again) == before
        again.ledger.close()


def test_nothing_is_restored_over_something(exchange: Embedded, place: Place, tmp_path: Path) -> None:
    write(exchange, tmp_path / "kept.tar")
    place.restore(tmp_path / "kept.tar")
    again = open_exchange(place.storage)
    before = contents(again)
    with pytest.raises(Conflict) as caught:
        place.restore(tmp_path / "kept.tar")
    assert caught.value.code == "not-empty"
    assert contents(again) == before
    again.ledger.close()


def test_an_exchange_that_was_started_here_keeps_its_keys(
    exchange: Embedded, place: Place, tmp_path: Path
) -> None:
    write(exchange, tmp_path / "kept.tar")
    other = open_exchange(place.storage)
    other.ledger.close()
    before = {p: p.read_bytes() for p in place.storage.keys.rglob("*") if p.is_file()}
    with pytest.raises(Conflict) as caught:
        place.restore(tmp_path / "kept.tar")
    assert caught.value.code == "other-keys"
    assert {p: p.read_bytes() for p in place.storage.keys.rglob("*") if p.is_file()} == before


def test_tables_that_are_there_and_empty_are_no_hindrance(
    exchange: Embedded, place: Place, tmp_path: Path
) -> None:
    write(exchange, tmp_path / "kept.tar")
    migrate.upgrade(place.engine)
    place.restore(tmp_path / "kept.tar")
    again = open_exchange(place.storage)
    assert contents(again) == contents(exchange)
    again.ledger.close()


# a file that is not what it should be


def members(file: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(file) as tar:
        return [(info, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr]


def rewrite(
    file: Path, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None
) -> None:
    """The same archive with other contents, a well-formed tar file still."""
    kept = members(file)
    with tarfile.open(file, "w") as tar:
        for info, content in kept:
            changed = change(info.name, content)
            if changed is None:
                continue
            info.size = len(changed)
            tar.addfile(info, io.BytesIO(changed))
            for name, extra in (more or {}).items() if info.name == "coursekit-backup.json" else ():
                added = tarfile.TarInfo(name)
                added.size = len(extra)
                tar.addfile(added, io.BytesIO(extra))


def refused(place: Place, file: Path, code: str) -> CoursekitError:
    with pytest.raises(CoursekitError) as caught:
        place.restore(file)
    error = caught.value
    assert error.code == code, error.detail
    assert "\n" not in error.detail
    assert error.next_step
    assert place.is_empty()
    return error


def test_a_file_cut_short_anywhere_is_refused(exchange: Embedded, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)
    whole = file.read_bytes()
    offsets = [info.offset for info, _ in members(file)]
    cuts = {0, 1, 511, 512, 513, *offsets, *(o + 512 for o in offsets), *(o + 700 for o in offsets[1:])}
    for cut in sorted(cuts):
        file.write_bytes(whole[:cut])
        with pytest.raises(BadInput) as caught:
            place.restore(file)
        assert caught.value.code in ("backup-cut-short", "backup-damaged")
    assert place.is_empty()


def test_a_changed_byte_anywhere_is_refused_or_does_no_harm(exchange: Embedded, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)
    whole = file.read_bytes()
    sound = read_archive(file)
    kept = [list(sound.rows()), list(sound.blobs()), dict(sound.keys), sound.summary]
    caught = 0
    for at in range(0, len(whole), 97):
        changed = bytearray(whole)
        changed[at] ^= 0x41
        file.write_bytes(changed)
        try:
            seen = read_archive(file)
        except BadInput:
            caught += 1
            continue
        # Padding, and what a tar file says of owners and times.
        assert [list(seen.rows()), list(seen.blobs()), dict(seen.keys), seen.summary] == kept
    assert caught > len(whole) / 97 / 2


@pytest.mark.parametrize("what", ["blob", "row", "key", "count", "head", "manifest"])
def test_what_was_changed_is_found(exchange: Embedded, place: Place, tmp_path: Path, what: str) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)

    def change(name: str, content: bytes) -> bytes | None:
        touched = {
            "blob": name.startswith("blobs/"),
            "row": name.startswith("tables/members/"),
            "key": name.endswith(".private"),
            "count": name == "manifest.json",
            "head": name == "coursekit-backup.json",
            "manifest": name == "manifest.json",
        }[what]
        if not touched:
            return content
        if what == "count":
            return content.replace(b'"blobs":', b'"blobs":1')
        if what == "row":
            return content.replace(b"learner", b"grader")
        if what == "head":
            return content.replace(b"2027", b"2026")
        return content[:-2] + b"??"

    rewrite(file, change)
    refused(place, file, "backup-damaged")


@pytest.mark.parametrize("what", ["tables/receipts/", "blobs/", "keys/", "coursekit-backup.json"])
def test_what_is_missing_is_found(exchange: Embedded, place: Place, tmp_path: Path, what: str) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)
    dropped: list[str] = []

    def drop_one(name: str, content: bytes) -> bytes | None:
        if name.startswith(what) and not dropped:
            dropped.append(name)
            return None
        return content

    rewrite(file, drop_one)
    assert dropped
    refused(place, file, "backup-damaged")


def test_without_its_manifest_it_is_not_whole(exchange: Embedded, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)
    rewrite(file, lambda name, content: None if name == "manifest.json" else content)
    refused(place, file, "backup-cut-short")


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/outside", "keys/../../outside", "keys/.hidden", "something", "blobs/../x"]
)
def test_nothing_is_written_by_the_name_that_a_file_claims(
    exchange: Embedded, place: Place, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)
    rewrite(file, lambda _, content: content, {name: b"gotcha"})
    refused(place, file, "backup-damaged")
    assert not list(tmp_path.rglob("*outside*"))


def test_a_link_in_it_is_refused(exchange: Embedded, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)
    kept = members(file)
    link = tarfile.TarInfo("keys/receipts.ed25519")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(file, "w") as tar:
        for info, content in [*kept[:1], (link, b""), *kept[1:]]:
            tar.addfile(info, io.BytesIO(content))
    refused(place, file, "backup-damaged")


def forge(file: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """A change by somebody who knows the format, and makes the manifest agree with it."""
    rewrite(file, change)
    inside = members(file)

    def agree(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        del manifest["digest"]
        manifest["members"] = {
            info.name: sha256(inner)
            for info, inner in inside
            if not info.name.startswith("blobs/") and info.name != "manifest.json"
        }
        return canonical({**manifest, "digest": sha256(canonical(manifest))})

    rewrite(file, agree)


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        # The last receipt with another time; one in the row; the answer that one seals; the work that one proves.
        ("receipts", b"T08:", b"T07:"),
        ("receipts", b"-01-", b"-02-"),
        ("commitments", b"I would look", b"I'd not look"),
        ("submissions", b'\\"path\\":\\"first.ipynb\\"', b'\\"path\\":\\"other.ipynb\\"'),
        # What the record of checks says, and when.
        ("reflection_records", b'"prompt":"p1"', b'"prompt":"p2"'),
        ("reflection_records", b"T08:", b"T07:"),
    ],
)
def test_forged_history_does_not_hold(
    tmp_path: Path, make: Any, place: Place, table: str, old: bytes, new: bytes
) -> None:
    clock = datetime(2027, 1, 11, 8, tzinfo=UTC)

    def tick() -> datetime:
        nonlocal clock
        clock += timedelta(seconds=1)
        return clock

    opened = open_exchange(Storage(tmp_path / "data", None, "folder", tmp_path / "data" / "keys"), tick)
    _fill(opened, make)
    file = tmp_path / "kept.tar"
    write(opened, file)
    opened.ledger.close()

    def change(name: str, content: bytes) -> bytes:
        if not name.startswith(f"tables/{table}/"):
            return content
        assert old in content, content[:500]
        if old == b"T08:":
            # No later receipt names it: its own signature alone can tell.
            return new.join(content.rsplit(old, 1))
        return content.replace(old, new, 1)

    forge(file, change)
    with pytest.raises(BadInput) as caught:
        place.restore(file)
    assert caught.value.code == "backup-untrue", caught.value.detail
    assert place.is_empty()


def test_a_receipt_taken_out_is_missed(exchange: Embedded, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)

    def take_out(name: str, content: bytes) -> bytes:
        if name.startswith("tables/receipts/"):
            lines = content.splitlines(keepends=True)
            return b"".join([*lines[:1], *lines[2:]])
        if name == "manifest.json":
            manifest = json.loads(content)
            manifest["rows"]["receipts"] -= 1
            return canonical(manifest)
        return content

    forge(file, take_out)
    with pytest.raises(BadInput) as caught:
        place.restore(file)
    assert caught.value.code == "backup-untrue"
    assert "it is not in its row" in caught.value.detail
    assert place.is_empty()


@pytest.mark.parametrize(
    ("field_name", "value", "code"), [("format", 99, "backup-too-new"), ("schema", "9999", "schema-ahead")]
)
def test_a_newer_backup_is_refused(
    exchange: Embedded, place: Place, tmp_path: Path, field_name: str, value: Any, code: str
) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)

    def change(name: str, content: bytes) -> bytes:
        if name in ("coursekit-backup.json", "manifest.json"):
            return canonical({**json.loads(content), field_name: value})
        return content

    forge(file, change)
    refused(place, file, code)


def test_what_checks_need_is_backed_up_as_well(exchange: Embedded, tmp_path: Path, make: Any) -> None:
    write(exchange, tmp_path / "kept.tar")
    kept = dict(read_archive(tmp_path / "kept.tar").blobs())
    assert make.checks("first") in kept.values()


def test_what_is_no_backup_is_refused(place: Place, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("remember the milk" * 100)
    refused(place, tmp_path / "notes.txt", "backup-damaged")
    refused(place, tmp_path / "nothing.tar", "no-such-backup")
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(tmp_path / "notes.txt", "notes.txt")
    refused(place, tmp_path / "other.tar", "backup-damaged")


# what goes wrong while it is made


def test_a_backup_is_never_written_over(exchange: Embedded, tmp_path: Path) -> None:
    (tmp_path / "kept.tar").write_text("an older one")
    with pytest.raises(Conflict) as caught:
        write(exchange, tmp_path / "kept.tar")
    assert caught.value.code == "file-exists"
    assert (tmp_path / "kept.tar").read_text() == "an older one"


def test_a_backup_that_cannot_be_finished_leaves_no_file(
    exchange: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coursekit.store.archive.os.fsync", full)
    with pytest.raises(CoursekitError, match="No space left") as caught:
        write(exchange, tmp_path / "kept.tar")
    assert caught.value.code == "cannot-write-backup"
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


def test_one_rotten_file_does_not_keep_the_others_from_being_backed_up(
    exchange: Embedded, place: Place, tmp_path: Path
) -> None:
    rotten = next(p for p in (tmp_path / "data" / "blobs").rglob("*") if p.is_file())
    rotten.write_bytes(b"rust")
    made = write(exchange, tmp_path / "kept.tar")
    assert made.damaged == (rotten.name,)
    place.restore(tmp_path / "kept.tar")
    again = open_exchange(place.storage)
    assert contents(again) == contents(exchange)
    again.ledger.close()


def test_without_private_keys_receipts_can_still_be_checked(
    exchange: Embedded, place: Place, tmp_path: Path
) -> None:
    made = write(exchange, tmp_path / "kept.tar", with_private_keys=False)
    assert not made.has_private_keys
    for info, content in members(tmp_path / "kept.tar"):
        assert not info.name.endswith((".private", ".ed25519"))
        for path in (tmp_path / "data" / "keys").rglob("*"):
            if path.suffix in (".private", ".ed25519"):
                assert path.read_bytes() not in content
    place.restore(tmp_path / "kept.tar")
    assert [p.name for p in place.storage.keys.rglob("*.*") if p.is_file()] == [
        p.name for p in (tmp_path / "data" / "keys").rglob("*.public.json")
    ]


# killed on the way

_RESTORE = """
import os, sys
from pathlib import Path
from coursekit.store import migrate, restore as restoring
from coursekit.wiring import keeping
from coursekit.wiring.settings import Storage
data, database, file, *limits = sys.argv[1:]
place = Storage(Path(data), database or None, "folder", Path(data) / "keys")
def restore(limit):
    steps = 0
    def die_at(what, done, total):
        nonlocal steps
        steps += 1
        if steps == limit:
            os.kill(os.getpid(), 9)
    write_keys = restoring._write_keys
    def after_keys(*given):
        write_keys(*given)
        die_at("keys", 1, 1)
    restoring._write_keys = after_keys
    keeping.restore(place, Path(file), die_at)
for limit in limits:
    # A child of its own for each death; only the imports are shared.
    child = os.fork()
    if child == 0:
        restore(int(limit))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    engine = keeping._engine(place, is_new=True)
    print(limit, os.waitstatus_to_exitcode(status), migrate.current(engine), flush=True)
    engine.dispose()
"""


def test_a_restore_that_is_killed_anywhere_can_be_done_again(
    exchange: Embedded, place: Place, tmp_path: Path
) -> None:
    file = tmp_path / "kept.tar"
    write(exchange, file)
    steps: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        keep = restore._write_keys
        patched.setattr(restore, "_write_keys", lambda *given: (keep(*given), steps.append("keys")))
        rehearsal = replace(place.storage, data=tmp_path / "rehearsal", database=None, keys=tmp_path / "rk")
        engine = sqlite_engine(rehearsal.data / "ledger.sqlite")
        seen = read_archive(file, lambda what, *_: steps.append(what))
        blobs = FolderBlobs(rehearsal.data / "blobs")
        restore_archive(seen, engine, blobs, rehearsal.keys, lambda what, *_: steps.append(what))
        engine.dispose()
    # At the first and the last step of each kind of work.
    ends = {steps.index(what) + 1 for what in set(steps)}
    ends |= {len(steps) - steps[::-1].index(what) for what in set(steps)}
    assert len(ends) >= 6
    limits = [str(limit) for limit in sorted(ends)]
    done = subprocess.run(
        [
            *(sys.executable, "-c", _RESTORE, str(place.storage.data)),
            *(place.storage.database or "", str(file), *limits),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    # Killed each time, and nothing that could be served for the whole.
    assert done.stdout.splitlines() == [f"{limit} -9 None" for limit in limits], done.stderr
    place.restore(file)
    again = open_exchange(place.storage)
    assert contents(again) == contents(exchange)
    assert {k.key for k in again.public_keys()} == {k.key for k in exchange.public_keys()}
    again.ledger.close()


# from older releases


def test_an_exchange_of_an_older_release_is_backed_up_as_it_is(
    place: Place, tmp_path: Path, make: Any
) -> None:
    """Before an upgrade is when people back up: that must not change anything, nor need the upgrade."""
    import base64

    then = json.loads((RELEASED / "0.1.0.json").read_text())
    old = tmp_path / "data" / "ledger.sqlite"
    old.parent.mkdir()
    raw = sqlite3.connect(old)
    raw.executescript((RELEASED / "0.1.0.sql").read_text())
    raw.close()
    blobs = FolderBlobs(tmp_path / "data" / "blobs")
    for content in then["blobs"].values():
        blobs.put(base64.b64decode(content))
    engine = sqlite_engine(old)
    file = tmp_path / "kept.tar"
    made = archive.write_archive(
        file, engine, blobs, tmp_path / "data" / "keys", then["keys"], datetime(2027, 2, 1, tzinfo=UTC)
    )
    assert (made.schema, made.blobs) == ("0001", len(then["blobs"]))
    assert migrate.current(engine) == "0001"
    place.restore(file)
    assert migrate.current(place.engine) == migrate.head()
    # The same as if it had been upgraded where it was.
    migrate.upgrade(engine)
    with engine.connect() as one, place.engine.connect() as two:
        for table in tables.metadata.sorted_tables:
            rows = [sorted((tuple(r) for r in db.execute(table.select())), key=repr) for db in (one, two)]
            assert rows[0] == rows[1]
            newer = {"extensions", "withdrawals", "choices", "replies", "blobs", "reflection_records"}
            assert table.name in newer or rows[0]
    engine.dispose()


# the commands


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs `coursekit` here, without the wait for another process: exit code, what it said, what it warned of."""
    from coursekit.cli import main

    def run(data: Path, *arguments: str | Path) -> tuple[int, str, str]:
        for name in ("COURSEKIT_DATABASE", "COURSEKIT_BLOBS", "COURSEKIT_KEYS"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("COURSEKIT_DATA", str(data))
        monkeypatch.setattr(sys, "argv", ["coursekit", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_commands_say_what_they_did(
    exchange: Embedded, tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    here, there, nowhere = tmp_path / "data", tmp_path / "new", tmp_path / "nowhere"
    file = tmp_path / "kept.tar"

    code, said, warned = command(here, "backup", file, "--without-keys")
    assert (code, said.startswith(f"{file}: 3 submissions, ")) == (0, True)
    assert "no private keys" in warned
    code, said, warned = command(here, "backup", file)
    assert (code, said) == (1, "")
    assert f"{file} is there already." in warned
    code, _, warned = command(nowhere, "backup", tmp_path / "n.tar")
    assert code == 1
    assert "There is no exchange in" in warned
    assert not nowhere.exists()
    assert not (tmp_path / "n.tar").exists()

    code, said, warned = command(there, "restore", tmp_path / "none.tar")
    assert (code, said) == (1, "")
    assert "No such file" in warned
    assert not there.exists()
    code, said, warned = command(there, "restore", file)
    assert code == 0, warned
    assert "3 submissions" in said
    assert "Put the folder of keys back" in warned
    code, _, warned = command(there, "restore", file)
    assert code == 1
    assert "There is an exchange already" in warned

    code, said, _ = command(here, "migrate")
    assert (code, said.strip()) == (0, f"The tables are of version {migrate.head()}: nothing to do.")
    assert command(nowhere, "migrate")[0] == 1


def test_a_backup_with_gaps_says_so_and_ends_with_an_error(
    exchange: Embedded, tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    rotten = next(p for p in (tmp_path / "data" / "blobs").rglob("*") if p.is_file())
    rotten.unlink()
    code, _, warned = command(tmp_path / "data", "backup", tmp_path / "kept.tar")
    assert code == 1
    assert f"1 stored files are gone or damaged, and are not in it: {rotten.name}" in warned
    assert (tmp_path / "kept.tar").exists()


def test_migrate_brings_an_old_database_up(
    tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    raw = sqlite3.connect(tmp_path / "ledger.sqlite")
    raw.executescript((RELEASED / "0.1.0.sql").read_text())
    raw.close()
    _, said, _ = command(tmp_path, "migrate")
    assert said.strip() == f"The tables were of version 0001; they are of version {migrate.head()} now."


def test_nobody_elses_umask_opens_the_file(exchange: Embedded, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write(exchange, tmp_path / "kept.tar")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "kept.tar").stat().st_mode) == 0o600
