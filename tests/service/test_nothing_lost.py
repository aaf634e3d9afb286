"""A fault at every single step of every deed: nothing is half written, and the same request again goes well.

A trap counts each call that a verb makes to its parts (ledger, deed, blobs, signer) and springs at number N, before
the call or after it; N goes from 1 on until the verb comes through untouched.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from coursekit.cli import main
from coursekit.client import ExchangeClient
from coursekit.model.errors import Conflict, CoursekitError
from coursekit.model.ids import CourseId, ModuleId, PromptId, SubmissionId, UserId
from coursekit.model.outcome import Allowed
from coursekit.model.submission import Receipt, sha256
from coursekit.policy import chain
from coursekit.policy.uploads import Limits, check_upload
from coursekit.services import commit, deadlines, deliver, enrol, feedback, handed_in, submit
from coursekit.services.desk import Exchange
from coursekit.store import tables
from coursekit.store.keys import is_genuine
from coursekit.web.app import create_app
from coursekit.wire.api import API, CommitRequest, MemberShape, SubmitRequest
from coursekit.wire.course import course_from_shape
from coursekit.wiring.exchange import OPERATOR, Embedded, open_embedded, open_exchange
from coursekit.wiring.settings import Storage

LAMPS, FIRST, SECOND = CourseId("lamps"), ModuleId("first"), ModuleId("second")
MARIA, CHEN = UserId("maria"), UserId("chen")
P1, P2 = PromptId("p1"), PromptId("p2")


# the trap


class Sprung(Exception):
    """What goes wrong: no error of ours, so nobody can be prepared for it."""


@dataclass
class Trap:
    """Springs at step number `at`; 0 never."""

    at: int = 0
    after: bool = False
    """After the call has done its work, instead of before."""
    steps: list[str] = field(default_factory=list)
    sprung: str | None = None

    def set(self, at: int) -> None:
        self.at, self.sprung = at, None
        self.steps.clear()

    def step(self, name: str, call: Callable[[], Any] = lambda: None) -> Any:
        self.steps.append(name)
        if len(self.steps) != self.at:
            return call()
        if self.after:
            call()
        self.sprung = name
        raise Sprung(name)


@dataclass
class Trapped:
    """Any part, with a step at each call."""

    part: Any
    trap: Trap
    name: str

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.part, name)
        if not callable(value):
            return value
        return lambda *args, **more: self.trap.step(f"{self.name}.{name}", lambda: value(*args, **more))


@dataclass
class TrappedSigner:
    part: Any
    trap: Trap

    def pick(self) -> Any:
        return Trapped(self.trap.step("signer.pick", self.part.pick), self.trap, "key")


@dataclass
class TrappedLedger:
    part: Any
    trap: Trap

    @contextmanager
    def read(self) -> Iterator[Any]:
        self.trap.step("read")
        with self.part.read() as deed:
            yield Trapped(deed, self.trap, "look")

    @contextmanager
    def write(self, *whose: Any) -> Iterator[Any]:
        self.trap.step("write")
        with self.part.write(*whose) as deed:
            yield Trapped(deed, self.trap, "deed")
            self.trap.step("commit")
        self.trap.step("committed")


@dataclass
class Shop:
    """An exchange without a service around it, and the same one with a trap in it."""

    embedded: Embedded
    trap: Trap
    trapped: Exchange

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table; blobs left out, for those that nobody refers to are no harm."""
        with self.embedded.ledger.engine.connect() as db:
            return {
                table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr)
                for table in tables.metadata.sorted_tables
                if table.name != "blobs"
            }

    def receipts(self, learner: UserId) -> list[Receipt]:
        with self.embedded.ledger.read() as deed:
            known = [
                r
                for module in (FIRST, SECOND)
                for found in (
                    deed.commitments(LAMPS, module, learner),
                    deed.submissions(LAMPS, module, learner),
                )
                for _, r in found
            ]
        return sorted(known, key=lambda r: r.at)


def ticking() -> Callable[[], datetime]:
    count, lock = itertools.count(), threading.Lock()

    def clock() -> datetime:
        with lock:
            return datetime(2027, 1, 11, 8, 0, tzinfo=UTC) + timedelta(microseconds=next(count))

    return clock


def open_quickly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Embedded:
    """In a folder, and never waiting for the disk: no power is cut here."""
    monkeypatch.setattr("coursekit.store.blobs.os.fsync", lambda handle: None)
    embedded = open_embedded(folder, ticking())
    engine = embedded.ledger.engine
    engine.dispose()
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF") and None)
    return embedded


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str:
    """Where it is kept: in SQLite and a folder, or all of it in PostgreSQL."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def shop(
    request: pytest.FixtureRequest, place: str, tmp_path: Path, make: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    if place == "sqlite":
        embedded = open_quickly(tmp_path, monkeypatch)
    else:
        url = request.getfixturevalue("postgres_url")
        embedded = open_exchange(Storage(tmp_path, url, "database", tmp_path / "keys"), ticking())
    trap = Trap()
    whole = embedded.exchange
    trapped = replace(
        whole,
        ledger=TrappedLedger(whole.ledger, trap),
        blobs=Trapped(whole.blobs, trap, "blobs"),
        signer=TrappedSigner(whole.signer, trap),
    )
    people = [MemberShape(user="maria"), MemberShape(user="chen", role="instructor")]
    people += [MemberShape(user=f"n{n}") for n in range(3)]
    enrol.put_members(whole, OPERATOR, LAMPS, people)
    deliver.put_course(whole, CHEN, course_from_shape(make.course(bounded(make), make.module("second"))))
    for module in (FIRST, SECOND):
        deliver.release_module(whole, CHEN, LAMPS, module, make.upload(module))
    yield Shop(embedded, trap, trapped)
    embedded.ledger.close()


# the deeds


def bounded(make: Any) -> Any:
    return make.module("first", due="2027-03-01T12:00:00Z", closes="2027-03-02T12:00:00Z")


@dataclass(frozen=True)
class Task:
    """One verb, the same request each time."""

    name: str
    run: Callable[[Exchange, Any, Shop], Any]
    before: Callable[[Exchange, Any], Any] = lambda exchange, make: None
    again: str = "same"
    """Asked once more after it was done: `same` (nothing is added), `twice` (one more), or an error's code."""


def _handed_in_once(exchange: Exchange, make: Any) -> None:
    submit.submit(exchange, LAMPS, FIRST, MARIA, make.hand_in("first", text="before"))


def _mine(shop: Shop) -> SubmissionId:
    rows = handed_in.list_mine(shop.embedded.exchange, LAMPS, FIRST, MARIA)
    return SubmissionId(rows[-1].submission)


TASKS = [
    Task(
        "submit",
        lambda x, make, _: submit.submit(x, LAMPS, FIRST, MARIA, make.hand_in("first", "p1", "p2"), "key-1"),
    ),
    Task(
        "submit without a key",
        lambda x, make, _: submit.submit(x, LAMPS, FIRST, MARIA, make.hand_in("first", "p1")),
    ),
    Task(
        "submit another version, and let it count",
        lambda x, make, _: submit.submit(
            x, LAMPS, FIRST, MARIA, make.hand_in("first", "p1", use_this=True), "key-2"
        ),
        _handed_in_once,
    ),
    Task(
        "submit on behalf",
        lambda x, make, _: submit.submit(
            x, LAMPS, FIRST, MARIA, make.hand_in("first", "p1"), "key-3", submit.OnBehalf(CHEN, "no network")
        ),
    ),
    Task(
        "commit",
        lambda x, make, _: commit.commit(
            x, LAMPS, FIRST, MARIA, P1, CommitRequest(response=make.answer()), "key-4"
        ),
    ),
    Task(
        "revise",
        lambda x, make, _: commit.commit(
            x,
            LAMPS,
            FIRST,
            MARIA,
            P1,
            CommitRequest(response=make.answer("I see it quite otherwise by now.")),
            "k",
        ),
        lambda x, make: commit.commit(x, LAMPS, FIRST, MARIA, P1, CommitRequest(response=make.answer())),
    ),
    Task("fetch", lambda x, make, _: deliver.fetch_module(x, LAMPS, FIRST, MARIA), again="twice"),
    Task(
        "withdraw",
        lambda x, make, shop: deadlines.withdraw(x, CHEN, LAMPS, _mine(shop), "it was the wrong folder"),
        _handed_in_once,
        again="already-withdrawn",
    ),
    Task(
        "choose",
        lambda x, make, shop: deadlines.choose(x, LAMPS, MARIA, _mine(shop)),
        _handed_in_once,
        again="twice",
    ),
    Task(
        "extend",
        lambda x, make, _: deadlines.extend(
            x, CHEN, LAMPS, FIRST, MARIA, datetime(2027, 4, 1, tzinfo=UTC), "ill"
        ),
        again="twice",
    ),
    Task(
        "reopen",
        lambda x, make, _: deadlines.reopen(x, CHEN, LAMPS, FIRST, MARIA, None, "the line was down"),
        again="twice",
    ),
    Task("waive", lambda x, make, _: enrol.waive(x, CHEN, LAMPS, SECOND, MARIA, "did it"), again="twice"),
    Task(
        "release",
        lambda x, make, _: deliver.release_module(x, CHEN, LAMPS, FIRST, make.upload("first", note="new")),
    ),
    Task(
        "put course",
        lambda x, make, _: deliver.put_course(
            x,
            CHEN,
            # It would close the second module for those who have it open.
            course_from_shape(make.course(bounded(make), make.module("second", after=["first"]))),
        ),
        again="twice",
    ),
    Task(
        "feedback",
        lambda x, make, shop: feedback.release_feedback(
            x, CHEN, LAMPS, FIRST, make.feedback("maria", 7, _mine(shop))
        ),
        _handed_in_once,
        again="twice",
    ),
    Task(
        "put members",
        lambda x, make, _: enrol.put_members(x, CHEN, LAMPS, [MemberShape(user=f"new{n}") for n in range(3)]),
        again="twice",
    ),
]


def check_chain(shop: Shop, learner: UserId) -> list[Receipt]:
    """Asserts that a learner's receipts are one unbroken row, genuine, in the order of their times."""
    known = shop.receipts(learner)
    keys = {k.key: k.public_key for k in shop.embedded.public_keys()}
    assert all(is_genuine(r, keys) for r in known)
    if known:
        (row,) = chain.rows(known)
        assert (row.gaps, row.flaws) == ((), ())
        assert row.receipts[0].previous == ""
    assert len(shop.rows()["receipts"]) == sum(
        len(shop.receipts(UserId(u))) for u in ("maria", "n0", "n1", "n2")
    )
    return known


ON_POSTGRES = ("submit", "commit", "withdraw", "release")
RUNS = [("sqlite", task) for task in TASKS] + [
    ("postgres", task) for task in TASKS if task.name in ON_POSTGRES
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("place", "task"), RUNS, ids=lambda v: getattr(v, "name", v), indirect=["place"])
def test_a_fault_at_every_step(shop: Shop, make: Any, task: Task, after: bool) -> None:
    task.before(shop.embedded.exchange, make)
    shop.trap.after = after
    before = shop.rows()
    events = len(before["events"])
    sprung: list[str] = []
    for n in itertools.count(1):
        shop.trap.set(n)
        try:
            task.run(shop.trapped, make, shop)
        except Sprung:
            assert shop.trap.sprung is not None
            sprung.append(shop.trap.sprung)
            if "committed" in shop.trap.steps:
                # Done, and nobody was told: the machine went down between the commit and the answer.
                assert shop.rows() != before
                break
            # Undone to the last row. The next round is the same request again.
            assert shop.rows() == before, sprung[-1]
        else:
            break
        assert n < 500, "the verb never comes through"
    done = shop.rows()
    assert len(done["events"]) > events, "a deed without its entry in the log"
    # The trap sprang at each step there is, the commit itself among them.
    assert "committed" in sprung
    assert sprung.count("commit") == 1
    check_chain(shop, MARIA)
    shop.trap.set(0)
    if task.again not in ("same", "twice"):
        with pytest.raises(CoursekitError) as caught:
            task.run(shop.trapped, make, shop)
        assert caught.value.code == task.again
    else:
        task.run(shop.trapped, make, shop)
    if task.again == "same":
        # Whoever asks again gets what was done, and nothing is done twice.
        assert shop.rows() == done
    elif task.again == "twice":
        # It does no harm, and is written down as what it was: one more.
        new = shop.rows()
        assert len(new["events"]) == len(done["events"]) + len(done["events"]) - events
        for table in ("submissions", "receipts", "commitments", "releases"):
            assert new[table] == done[table]
    else:
        assert shop.rows() == done
    check_chain(shop, MARIA)


def test_neighbours_in_the_same_commit_are_unharmed(
    tmp_path: Path, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three hand-ins in one group, the middle one struck at every step in turn."""
    embedded = open_quickly(tmp_path, monkeypatch)
    whole, trap = embedded.exchange, Trap()
    trapped = replace(
        whole, ledger=TrappedLedger(whole.ledger, trap), signer=TrappedSigner(whole.signer, trap)
    )
    names = ["n0", "maria", "n2"]
    enrol.put_members(whole, OPERATOR, LAMPS, [MemberShape(user=u) for u in names])
    deliver.put_course(whole, CHEN, course_from_shape(make.course(make.module("first"))))
    deliver.release_module(whole, CHEN, LAMPS, FIRST, make.upload("first"))
    ledger: Any = embedded.ledger
    reached = 0
    for n in itertools.count(1):
        trap.set(n)
        outcomes: dict[str, Any] = {}

        def hand_in(who: str, n: int = n, outcomes: dict[str, Any] = outcomes) -> None:
            work = make.hand_in("first", "p1", text=f"{who}, try {n}")
            try:
                exchange = trapped if who == "maria" else whole
                outcomes[who] = submit.submit(exchange, LAMPS, FIRST, UserId(who), work, f"{who}-{n}")
            except Sprung as fault:
                outcomes[who] = fault

        threads = []
        with ledger._turn:
            for who in names:
                waiting = len(ledger._row)
                threads.append(threading.Thread(target=hand_in, args=(who,), daemon=True))
                threads[-1].start()
                # In the row, or struck down before it came there.
                while len(ledger._row) == waiting and threads[-1].is_alive():
                    pass
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
        kept = {
            who: [row.submission for row in handed_in.list_mine(whole, LAMPS, FIRST, UserId(who))]
            for who in names
        }
        for who in ("n0", "n2"):
            assert kept[who][-1] == outcomes[who].submission
            assert len(kept[who]) == n
        if not isinstance(outcomes["maria"], Sprung):
            break
        reached += 1
        if "committed" in trap.steps:
            assert len(kept["maria"]) == 1
            break
        assert kept["maria"] == []
    embedded.ledger.close()
    assert reached > 10


@pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
def test_the_same_request_ten_times_at_once_is_one_deed(shop: Shop, make: Any) -> None:
    """A learner who presses again, a proxy that repeats: one submission, one entry, ten equal answers."""
    request = make.hand_in("first", "p1", "p2")
    answers: list[Any] = []
    start = threading.Barrier(10)

    def hand_in() -> None:
        start.wait(20)
        answers.append(submit.submit(shop.embedded.exchange, LAMPS, FIRST, MARIA, request, "one-key"))

    threads = [threading.Thread(target=hand_in, daemon=True) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 10
    assert all(a == answers[0] for a in answers)
    assert len(shop.rows()["submissions"]) == 1
    assert len(check_chain(shop, MARIA)) == 3
    verbs = [row[4] for row in shop.rows()["events"] if row[3] == "maria"]
    assert sorted(verbs) == ["commit", "commit", "submit"]


def test_a_key_for_another_request_is_refused_and_nothing_is_kept(shop: Shop, make: Any) -> None:
    exchange = shop.embedded.exchange
    submit.submit(exchange, LAMPS, FIRST, MARIA, make.hand_in("first", text="one"), "key")
    before = shop.rows()
    with pytest.raises(Conflict) as caught:
        submit.submit(exchange, LAMPS, FIRST, MARIA, make.hand_in("first", text="two"), "key")
    assert caught.value.code == "idempotency-key-used"
    assert shop.rows() == before


# the receipt comes last


def test_the_receipt_is_sent_after_everything_is_on_the_disk(
    tmp_path: Path, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of what the service does, written down as it happens."""
    embedded = open_embedded(tmp_path, ticking())
    whole = embedded.exchange
    enrol.put_members(whole, OPERATOR, LAMPS, [MemberShape(user="maria")])
    deliver.put_course(whole, CHEN, course_from_shape(make.course(make.module("first"))))
    deliver.release_module(whole, CHEN, LAMPS, FIRST, make.upload("first"))
    happened: list[str] = []
    fsync, rename = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        fsync(handle)
        happened.append("fsync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "fsync file")

    def noted_rename(old: Any, new: Any) -> None:
        rename(old, new)
        happened.append("rename")

    def noted_statement(_c: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement == "COMMIT":
            # FULL: SQLite syncs the write-ahead log before COMMIT returns.
            modes = [
                cursor.connection.execute(f"PRAGMA {p}").fetchone()[0]
                for p in ("journal_mode", "synchronous")
            ]
            happened.append(f"commit {modes}")

    monkeypatch.setattr("coursekit.store.blobs.os.fsync", noted_fsync)
    monkeypatch.setattr("os.replace", noted_rename)
    monkeypatch.setattr("pathlib.os.replace", noted_rename)
    event.listen(embedded.ledger.engine, "after_cursor_execute", noted_statement)
    app = create_app(whole, embedded.tokens, embedded.public_keys)

    async def noted_app(scope: Any, receive: Any, send: Any) -> None:
        async def noted_send(message: Any) -> None:
            happened.append(message["type"])
            await send(message)

        await app(scope, receive, noted_send)

    token = embedded.issue_token(MARIA, timedelta(days=1))
    body = make.hand_in("first", "p1").model_dump_json()
    happened.clear()

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=noted_app)
        async with httpx.AsyncClient(transport=transport, base_url="http://exchange") as client:
            return await client.post(
                f"{API}/courses/lamps/modules/first/submissions",
                content=body,
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )

    answer = asyncio.run(ask())
    embedded.ledger.close()
    assert answer.status_code == 200, answer.text
    assert happened[:3] in (
        ["fsync file", "rename", "fsync folder"],
        # The first file under these two letters: its folder is made, and noted down, before.
        ["fsync folder", "fsync file", "rename"],
    )
    ends = happened.index("http.response.start")
    assert happened[ends - 1] == "commit ['wal', 2]"
    assert "commit" not in "".join(happened[ends:])
    assert happened.index("rename") < ends - 1
    assert "fsync folder" in happened[happened.index("rename") : ends]


# what was handed in comes back


LIMITS = Limits()
LETTERS = st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="/\\:")
NAMES = st.text(LETTERS, min_size=1, max_size=30).map(lambda name: name.strip(" .~\u3000\xa0") or "x")
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
CONTENTS = st.one_of(st.just(b""), st.binary(max_size=200), st.text(max_size=50).map(lambda s: s.encode()))
FILES = st.dictionaries(PATHS, CONTENTS, min_size=1, max_size=12).filter(
    lambda files: isinstance(check_upload([(p, len(c)) for p, c in files.items()], LIMITS), Allowed)
)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory, make: Any) -> Iterator[Embedded]:
    """An exchange that many hand-ins pass over."""
    embedded = open_embedded(tmp_path_factory.mktemp("counter"), ticking())
    enrol.put_members(embedded.exchange, OPERATOR, LAMPS, [MemberShape(user="maria")])
    deliver.put_course(embedded.exchange, CHEN, course_from_shape(make.course(make.module("first"))))
    deliver.release_module(embedded.exchange, CHEN, LAMPS, FIRST, make.upload("first"))
    yield embedded
    embedded.ledger.close()


@settings(max_examples=60)
@given(files=FILES)
def test_every_file_comes_back_byte_for_byte(counter: Embedded, make: Any, files: dict[str, bytes]) -> None:
    request = SubmitRequest(files=[make.file(path, content) for path, content in files.items()])
    done = submit.submit(counter.exchange, LAMPS, FIRST, MARIA, request)
    found = handed_in.read_one(counter.exchange, LAMPS, SubmissionId(done.submission), MARIA)
    assert {f.path: f.content for f in found.files} == files
    assert [f.sha256 for f in found.files] == [sha256(f.content) for f in found.files]
    assert found.receipt == done.receipt


def test_two_hundred_files_come_back(counter: Embedded, make: Any) -> None:
    files = {f"data/{n % 7}/part {n}.bin": bytes([n % 256]) * (n * 11 % 4096) for n in range(LIMITS.files)}
    request = SubmitRequest(files=[make.file(path, content) for path, content in files.items()])
    done = submit.submit(counter.exchange, LAMPS, FIRST, MARIA, request)
    found = handed_in.read_one(counter.exchange, LAMPS, SubmissionId(done.submission), MARIA)
    assert {f.path: f.content for f in found.files} == files


@dataclass
class Desk:
    """Somebody at a terminal."""

    home: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str) -> tuple[int, str]:
        """The exit code, and all that was said."""
        self.monkeypatch.chdir(self.home)
        self.monkeypatch.setattr(sys, "argv", ["coursekit", *words])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = self.capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def desk(
    lamps: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    monkeypatch.setenv("COURSEKIT_URL", lamps.url)
    monkeypatch.setenv("COURSEKIT_TOKEN", lamps.token("maria"))
    home = tmp_path / "home"
    home.mkdir()
    return Desk(home, monkeypatch, capsys)


def all_files(folder: Path) -> dict[str, bytes]:
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {path: content for path, content in found.items() if not path.startswith(".coursekit/")}


HANDED_IN = {
    "first.ipynb": b"{}",
    "leer.txt": b"",
    "Übung/灯 daten.bin": bytes(range(256)) * 30,
    "a/b/c/d/e/f/g/deep.csv": b"\r\n\x00\xff",
}


def hand_in(lamps: Any, make: Any, who: str = "maria", files: dict[str, bytes] = HANDED_IN) -> str:
    request = SubmitRequest(files=[make.file(path, content) for path, content in files.items()])
    return str(lamps.as_user(who).submit("lamps", "first", request).submission)


def test_a_learner_gets_back_what_they_handed_in(lamps: Any, make: Any, desk: Desk) -> None:
    older = hand_in(lamps, make, files={"first.ipynb": b"an older version"})
    newer = hand_in(lamps, make)
    code, said = desk.run("submissions", "lamps", "first")
    assert code == 0
    assert said.index(older) < said.index(newer)
    assert said.count("counts") == 1
    code, said = desk.run("get", "lamps", newer, "--to", "back")
    assert code == 0, said
    assert all_files(desk.home / "back") == HANDED_IN
    code, said = desk.run("get", "lamps", older)
    assert code == 0, said
    assert all_files(desk.home / f"first-as-handed-in-{older[:8]}") == {"first.ipynb": b"an older version"}
    # The receipt that came along proves it, with no service.
    desk.monkeypatch.setenv("COURSEKIT_URL", "http://127.0.0.1:9")
    assert desk.run("verify", "back")[0] == 0


def test_getting_it_back_overwrites_nothing(lamps: Any, make: Any, desk: Desk) -> None:
    done = hand_in(lamps, make)
    for there in ("a folder", "a file", "an empty folder"):
        place = desk.home / there
        if there == "a file":
            place.write_text("mine")
        else:
            place.mkdir()
        if there == "a folder":
            (place / "first.ipynb").write_text("my newer work")
        before = [(p, p.read_bytes()) for p in desk.home.rglob("*") if p.is_file()]
        code, said = desk.run("get", "lamps", done, "--to", there)
        assert code == (2 if there == "a file" else 1)
        assert ("is there already" in said) == (there != "a file")
        assert [(p, p.read_bytes()) for p in desk.home.rglob("*") if p.is_file()] == before


def test_somebody_elses_work_stays_theirs(lamps: Any, make: Any, desk: Desk) -> None:
    theirs = hand_in(lamps, make, "olu")
    code, said = desk.run("get", "lamps", theirs)
    assert code == 1
    assert "not yours" in said
    assert list(desk.home.iterdir()) == []
    # Staff may.
    desk.monkeypatch.setenv("COURSEKIT_TOKEN", lamps.token("gil"))
    assert desk.run("get", "lamps", theirs, "--to", "olus")[0] == 0
    assert all_files(desk.home / "olus") == HANDED_IN


def test_what_is_not_as_the_receipt_says_is_not_written(lamps: Any, make: Any, desk: Desk) -> None:
    done = hand_in(lamps, make)
    read = ExchangeClient.read_submission

    def damaged(self: ExchangeClient, course: str, submission: str) -> Any:
        found = read(self, course, submission)
        found.files[0] = make.file(found.files[0].path, b"something else")
        return found

    desk.monkeypatch.setattr(ExchangeClient, "read_submission", damaged)
    code, said = desk.run("get", "lamps", done, "--to", "back")
    assert (code, "not what the receipt says" in said) == (1, True)
    assert list(desk.home.iterdir()) == []
