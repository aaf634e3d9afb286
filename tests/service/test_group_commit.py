"""Many deeds, one commit: nobody is told that a thing is kept before it is, and nobody waits for ever."""

from __future__ import annotations

import itertools
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from coursekit.model.errors import Conflict, NotNow
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, UserId
from coursekit.store.ledger import _MOST_IN_A_GROUP, SqliteLedger, open_sqlite

LAMPS = CourseId("lamps")
NOW = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = open_sqlite(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def note(name: str, size: int = 0) -> Event:
    return Event(LAMPS, NOW, UserId(name), "note", name, {"filling": "x" * size})


def noted(ledger: SqliteLedger) -> list[str]:
    with ledger.read() as deed:
        return [entry.subject for _, entry in deed.events(LAMPS)]


def in_file(ledger: SqliteLedger) -> list[str]:
    """What another process would find, or this one after a kill: straight from the file."""
    with sqlite3.connect(str(ledger.engine.url.database)) as db:
        return [row[0] for row in db.execute("SELECT subject FROM events ORDER BY number")]


def commits(ledger: SqliteLedger) -> list[str]:
    """Every COMMIT from now on, as it is sent."""
    seen: list[str] = []

    def look(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "COMMIT":
            seen.append(statement)

    event.listen(ledger.engine, "before_cursor_execute", look)
    return seen


class Queue:
    """A lock that lets them in strictly as they came, which the real one only mostly does."""

    def __init__(self) -> None:
        self._came: deque[threading.Lock] = deque()
        self._count = threading.Lock()

    def __enter__(self) -> None:
        mine = threading.Lock()
        with self._count:
            if self._came:
                mine.acquire()
            self._came.append(mine)
        mine.acquire()

    def __exit__(self, *_: object) -> None:
        with self._count:
            self._came.popleft()
            if self._came:
                self._came[0].release()

    def __len__(self) -> int:
        return len(self._came)


class Row:
    """Deeds in threads of their own, all of which come while one holds the turn: so they share a group."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self.ledger = ledger
        self._queue = Queue()
        ledger._turn = self._queue  # type: ignore[assignment]
        self.outcomes: dict[str, BaseException | None] = {}
        self._threads: list[threading.Thread] = []

    def add(self, name: str, deed: Callable[[Any], None]) -> None:
        def run() -> None:
            try:
                with self.ledger.write(LAMPS, UserId(name)) as open_deed:
                    deed(open_deed)
            except BaseException as error:
                self.outcomes[name] = error
            else:
                self.outcomes[name] = None

        waiting = len(self._queue)
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()
        # The next one is let in when this one stands in the row, so that the order is the test's.
        until(lambda: len(self._queue) == waiting + 1)

    def finish(self) -> None:
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive(), "somebody waits for ever"

    @contextmanager
    def held(self) -> Iterator[None]:
        """While somebody else has the turn."""
        with self.ledger._turn:
            yield
        self.finish()


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.001)


@pytest.fixture
def row(ledger: SqliteLedger) -> Row:
    return Row(ledger)


def adds(name: str, size: int = 0) -> Callable[[Any], None]:
    return lambda deed: deed.add_event(note(name, size))


# the group


def test_those_who_wait_share_one_commit(ledger: SqliteLedger, row: Row) -> None:
    seen = commits(ledger)
    names = [f"l{n}" for n in range(10)]
    with row.held():
        for name in names:
            row.add(name, adds(name))
    assert row.outcomes == dict.fromkeys(names)
    assert sorted(in_file(ledger)) == sorted(names)
    assert len(seen) == 1


def test_a_group_has_a_bound(ledger: SqliteLedger, row: Row) -> None:
    seen = commits(ledger)
    names = [f"l{n}" for n in range(_MOST_IN_A_GROUP + 5)]
    with row.held():
        for name in names:
            row.add(name, adds(name))
    assert len(seen) == 2
    assert sorted(in_file(ledger)) == sorted(names)


def test_nobody_is_told_before_the_commit(ledger: SqliteLedger, row: Row) -> None:
    left: dict[str, list[str]] = {}
    gate = threading.Event()

    def slow(deed: Any) -> None:
        # The first one's deed is done, its commit is not: it must not be home while this one is at work.
        left["during"] = list(row.outcomes)
        left["in file"] = in_file(ledger)
        gate.wait(0.3)
        deed.add_event(note("second"))

    with row.held():
        row.add("first", adds("first"))
        row.add("second", slow)
    assert left == {"during": [], "in file": []}
    assert in_file(ledger) == ["first", "second"]


def test_a_deed_that_raises_leaves_its_neighbours_unharmed(ledger: SqliteLedger, row: Row) -> None:
    def refused(deed: Any) -> None:
        deed.add_event(note("bad"))
        raise Conflict("no", "No.", "Never.")

    def broken(deed: Any) -> None:
        deed.add_event(note("worse"))
        deed.add_event(note("worse"))
        raise ZeroDivisionError

    with row.held():
        row.add("a", adds("a"))
        row.add("bad", refused)
        row.add("b", adds("b"))
        row.add("worse", broken)
        row.add("c", adds("c"))
    assert in_file(ledger) == ["a", "b", "c"]
    assert [type(row.outcomes[n]) for n in ("a", "bad", "b", "worse", "c")] == [
        *(type(None), Conflict, type(None), ZeroDivisionError, type(None))
    ]


def test_the_last_in_the_row_may_be_the_one_who_raises(ledger: SqliteLedger, row: Row) -> None:
    def refused(_deed: Any) -> None:
        raise Conflict("no", "No.", "Never.")

    with row.held():
        row.add("a", adds("a"))
        row.add("bad", refused)
    assert in_file(ledger) == ["a"]
    assert row.outcomes["a"] is None


def test_a_refusal_that_rests_on_a_neighbours_deed_waits_for_its_commit(
    ledger: SqliteLedger, row: Row
) -> None:
    def again(deed: Any) -> None:
        # What the neighbour did is seen here, and the file has nothing of it yet.
        assert [e.subject for _, e in deed.events(LAMPS)] == ["a"]
        raise Conflict("done-already", "It is done already.", "Look it up.")

    fail_commits(ledger)
    with row.held():
        row.add("a", adds("a"))
        row.add("again", again)
    # "Done already" would have been a lie: nothing was kept.
    assert {n: getattr(e, "code", None) for n, e in row.outcomes.items()} == {
        "a": "not-kept",
        "again": "not-kept",
    }
    assert in_file(ledger) == []


# a disk that fails


def fail_commits(ledger: SqliteLedger, how_often: int = 1) -> None:
    """The next commits fail as on a disk that gives up, before anything is written."""
    left = itertools.count()

    def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "COMMIT" and next(left) < how_often:
            raise sqlite3.OperationalError("disk I/O error")

    event.listen(ledger.engine, "before_cursor_execute", fail)


def test_a_commit_that_fails_is_told_to_everybody_in_the_group(ledger: SqliteLedger, row: Row) -> None:
    fail_commits(ledger)
    names = [f"l{n}" for n in range(5)]
    with row.held():
        for name in names:
            row.add(name, adds(name))
    assert {type(e) for e in row.outcomes.values()} == {NotNow}
    # One each: several threads raising the same object would mix their tracebacks.
    assert len({id(e) for e in row.outcomes.values()}) == len(names)
    assert in_file(ledger) == []
    # And the same again goes well.
    with ledger.write(LAMPS) as deed:
        deed.add_event(note("after"))
    assert in_file(ledger) == ["after"]


def test_a_rollback_that_fails_as_well_leaves_the_next_one_their_turn(ledger: SqliteLedger) -> None:
    fail_commits(ledger)
    failing = [True]

    def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "ROLLBACK" and failing:
            failing.pop()
            raise sqlite3.OperationalError("disk I/O error")

    event.listen(ledger.engine, "before_cursor_execute", fail)
    with pytest.raises(NotNow), ledger.write(LAMPS) as deed:
        deed.add_event(note("lost"))
    assert not failing
    done = threading.Event()

    def next_one() -> None:
        with ledger.write(LAMPS) as deed:
            deed.add_event(note("next"))
        done.set()

    threading.Thread(target=next_one, daemon=True).start()
    assert done.wait(20), "the ledger is closed for ever"
    assert in_file(ledger) == ["next"]


def _limit_pages(ledger: SqliteLedger, more: int) -> None:
    """SQLite says SQLITE_FULL beyond so many pages more than the file has: a full disk, without one."""

    def limit(connection: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages + more}")

    ledger.engine.dispose()
    event.listen(ledger.engine, "connect", lambda connection, _: limit(connection))


def _unlimit(ledger: SqliteLedger) -> None:
    ledger.engine.dispose()
    event.listen(
        ledger.engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count=1073741823") and None
    )


@pytest.mark.parametrize("pages", [2, 3, 5, 9, 17])
def test_a_full_disk_in_the_middle_of_a_group(ledger: SqliteLedger, row: Row, pages: int) -> None:
    with ledger.write(LAMPS) as deed:
        deed.add_event(note("before"))
    _limit_pages(ledger, pages)
    names = [f"l{n}" for n in range(12)]
    with row.held():
        for name in names:
            row.add(name, adds(name, size=6000))
    told = {name for name, outcome in row.outcomes.items() if outcome is None}
    # Whoever was told that it is kept is in the file, and nobody else is.
    assert in_file(ledger) == ["before", *(n for n in names if n in told)]
    assert len(told) < len(names), "the disk was not full"
    assert {type(e) for e in row.outcomes.values() if e is not None} == {NotNow}
    _unlimit(ledger)
    with ledger.write(LAMPS) as deed:
        deed.add_event(note("when there is room"))
    assert in_file(ledger)[-1] == "when there is room"


def test_a_full_disk_met_by_a_deed_that_undoes_the_whole_group(ledger: SqliteLedger, row: Row) -> None:
    """SQLite may end the transaction by itself; then the neighbours' deeds are gone, and they must hear of it."""

    def rolls_back(deed: Any) -> None:
        deed.add_event(note("mine"))
        deed._db.connection.dbapi_connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    with row.held():
        row.add("a", adds("a"))
        row.add("b", adds("b"))
        row.add("full", rolls_back)
        row.add("c", adds("c"))
    assert in_file(ledger) == ["c"]
    assert {n: getattr(e, "code", e) for n, e in row.outcomes.items()} == {
        "a": "not-kept",
        "b": "not-kept",
        "full": "not-kept",
        "c": None,
    }


# fairness, and nobody forgotten


def test_refused_requests_without_end_do_not_keep_a_deed_waiting(ledger: SqliteLedger) -> None:
    seen = commits(ledger)
    stop, turns = threading.Event(), itertools.count(1)
    last = [0]

    def knock() -> None:
        while not stop.is_set():
            try:
                with ledger.write(LAMPS):
                    last[0] = next(turns)
                    raise Conflict("no", "No.", "Never.")
            except Conflict:
                pass

    knockers = [threading.Thread(target=knock, daemon=True) for _ in range(2 * _MOST_IN_A_GROUP)]
    for thread in knockers:
        thread.start()
    until(lambda: last[0] > 1000)
    began, commits_before = last[0], len(seen)
    with ledger.write(LAMPS) as deed:
        deed.add_event(note("patient"))
    waited, groups = last[0] - began, len(seen) - commits_before
    stop.set()
    for thread in knockers:
        thread.join(20)
    assert in_file(ledger) == ["patient"]
    # Those who stood there before, and one group more; the lock under it is no strict queue.
    assert groups <= 8, (groups, waited)


def test_nobody_waits_more_than_a_few_groups(ledger: SqliteLedger, soak: bool) -> None:
    """As many threads as the service has, each coming again at once; each deed counts the commits it waited for."""
    seen = commits(ledger)
    waits: Counter[int] = Counter()
    each = 2000 if soak else 60

    def work(name: str) -> None:
        for n in range(each):
            before = len(seen)
            with ledger.write(LAMPS, UserId(name)) as deed:
                deed.add_event(note(f"{name}-{n}"))
            waits[len(seen) - before] += 1

    threads = [threading.Thread(target=work, args=(f"l{n}",), daemon=True) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600 if soak else 60)
        assert not thread.is_alive(), "a wake-up was lost"
    assert sum(waits.values()) == 40 * each
    assert Counter(in_file(ledger)) == {f"l{n}-{m}": 1 for n in range(40) for m in range(each)}
    # Its own commit, and those that were made while it waited for the turn. A thread that a busy machine lets lie
    # sees more of them go by; that is seldom.
    assert sum(n for commits_seen, n in waits.items() if commits_seen > 4) <= 40 * each / 100, waits
    # The point of it all.
    assert len(seen) < 40 * each / 2, "nobody shared a commit"


@pytest.mark.parametrize("delay", [0, 0.001, 0.05])
def test_a_waiter_who_goes_home_takes_nobody_along(tmp_path: Path, delay: float) -> None:
    """Ctrl-C while waiting for the turn: whoever counted on that waiter to commit is woken all the same."""
    program = f"""
import signal, sys, threading, time
DELAY = {delay}
from coursekit.store.ledger import open_sqlite
from coursekit.model.errors import NotNow
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, UserId
from datetime import datetime, UTC
ledger = open_sqlite(__import__("pathlib").Path({str(tmp_path / "ledger.sqlite")!r}))
def note(name):
    with ledger.write(CourseId("lamps")) as deed:
        deed.add_event(Event(CourseId("lamps"), datetime(2027, 1, 1, tzinfo=UTC), UserId(name), "note", name))
started, go = threading.Event(), threading.Event()
def first():
    try:
        with ledger.write(CourseId("lamps")) as deed:
            deed.add_event(Event(CourseId("lamps"), datetime(2027, 1, 1, tzinfo=UTC), UserId("a"), "note", "first"))
            started.set()
            go.wait(20)
        print("first is home", flush=True)
    except NotNow:
        print("first was told that it is not kept", flush=True)
thread = threading.Thread(target=first)
thread.start()
started.wait(20)
# The main thread stands in the row; the first one sees it waiting, and leaves the commit to it.
def interrupt():
    while not ledger._row:
        time.sleep(0.001)
    # Python's own thread hears of it wherever it is: in the row, or just as its turn comes.
    signal.raise_signal(signal.SIGINT)
    time.sleep(DELAY)
    go.set()
helper = threading.Thread(target=interrupt)
helper.start()
try:
    note("main")
    print("main is home", flush=True)
except KeyboardInterrupt:
    print("main was stopped", flush=True)
thread.join(20)
print("alive" if thread.is_alive() else "over", flush=True)
note("after")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    assert "over" in lines, done.stdout
    ledger = open_sqlite(tmp_path / "ledger.sqlite")
    found = noted(ledger)
    ledger.close()
    # Stopped in the middle of the COMMIT that both are in, it may fail; then nobody is home.
    assert "first" in found or "first is home" not in lines, (found, lines)
    assert [name for name in found if name not in ("first", "main")] == ["after"]
    # Who is stopped while the commit is under way is not told; who is home was told the truth.
    assert "main" in found or "main is home" not in lines


def test_who_went_home_is_waited_for_no_longer(ledger: SqliteLedger) -> None:
    class Stopped:
        def __enter__(self) -> None:
            raise KeyboardInterrupt

        def __exit__(self, *_: object) -> None: ...

    turn = ledger._turn
    ledger._turn = Stopped()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt), ledger.write(LAMPS):
        pass
    ledger._turn = turn
    assert not ledger._row


@pytest.mark.parametrize("moment", ["before_cursor_execute", "after_cursor_execute"])
def test_stopped_in_the_middle_of_the_commit(ledger: SqliteLedger, row: Row, moment: str) -> None:
    """Ctrl-C just before SQLite commits, and just after: nobody is told that it is kept, and all are told."""
    armed = [True]

    def stop(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "COMMIT" and armed:
            armed.pop()
            raise KeyboardInterrupt

    event.listen(ledger.engine, moment, stop)
    with row.held():
        row.add("first", adds("first"))
        row.add("last", adds("last"))
    assert isinstance(row.outcomes["last"], KeyboardInterrupt)
    assert isinstance(row.outcomes["first"], NotNow)
    # Kept without a receipt it may be, both or neither; a receipt without its being kept there is none.
    assert in_file(ledger) == (["first", "last"] if moment == "after_cursor_execute" else [])
    with ledger.write(LAMPS) as deed:
        deed.add_event(note("after"))
    assert in_file(ledger)[-1] == "after"


def test_a_commit_left_to_somebody_who_never_comes(ledger: SqliteLedger) -> None:
    """The moment of the test above, held still: the first deed saw a waiter, and that waiter went home."""
    done = threading.Event()

    def first() -> None:
        with ledger.write(LAMPS) as deed:
            deed.add_event(note("first"))
            ledger._row.add("somebody")
        done.set()

    thread = threading.Thread(target=first, daemon=True)
    thread.start()
    until(lambda: ledger._group is not None and not ledger._turn.locked())
    assert in_file(ledger) == []
    ledger._row.discard("somebody")
    assert done.wait(20), "nobody committed it"
    assert in_file(ledger) == ["first"]


# two processes on one file


def test_a_command_on_the_same_data_gets_its_turn(tmp_path: Path) -> None:
    """`coursekit roster add` beside a service at work: both write, neither loses anything."""
    data = tmp_path / "data"
    ledger = open_sqlite(data / "ledger.sqlite")
    stop, told = threading.Event(), []

    def work(name: str) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with ledger.write(LAMPS) as deed:
                deed.add_event(note(f"{name}-{n}"))
            told.append(f"{name}-{n}")

    threads = [threading.Thread(target=work, args=(f"l{n}",), daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    try:
        for n in range(3):
            command = [sys.executable, "-m", "coursekit", "roster", "add", "lamps", f"p{n}"]
            done = subprocess.run([*command, "--data", str(data)], capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr
    finally:
        stop.set()
        for thread in threads:
            thread.join(40)
    assert not any(thread.is_alive() for thread in threads)
    with ledger.read() as deed:
        assert {m.user for m in deed.members(LAMPS)} == {"p0", "p1", "p2"}
    found = Counter(name for name in in_file(ledger) if name.startswith("l"))
    ledger.close()
    assert found == Counter(told)


def test_killed_between_two_deeds_of_a_group(tmp_path: Path) -> None:
    """kill -9 while a group is open: of that group nothing is there, of those before it everything."""
    path = tmp_path / "ledger.sqlite"
    program = f"""
import os, signal, threading
from pathlib import Path
from datetime import datetime, UTC
from coursekit.store.ledger import open_sqlite
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, UserId
ledger = open_sqlite(Path({str(path)!r}))
def note(name, last=False):
    with ledger.write(CourseId("lamps")) as deed:
        deed.add_event(Event(CourseId("lamps"), datetime(2027, 1, 1, tzinfo=UTC), UserId("a"), "note", name))
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
    print(name, flush=True)
note("one")
note("two")
ledger._turn.acquire()
def start(name, last=False):
    waiting = len(ledger._row)
    threading.Thread(target=note, args=(name, last)).start()
    while len(ledger._row) == waiting:
        pass
start("three")
start("four", last=True)
ledger._turn.release()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    ledger = open_sqlite(path)
    try:
        assert noted(ledger) == done.stdout.split() == ["one", "two"]
    finally:
        ledger.close()
