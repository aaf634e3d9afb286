"""The book of deeds with many hands in it: who waits for whom, and what one failing deed does to its neighbours."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from support.together import together

from coursekit.model.errors import CoursekitError, ServiceFault
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, Digest, ModuleId, ReleaseNumber, SubmissionId, UserId
from coursekit.model.people import Member, Role
from coursekit.model.submission import File, Receipt, ReceiptKind, Submission, sha256, stamp
from coursekit.ports import Deed, Ledger
from coursekit.store import tables
from coursekit.store.ledger import PostgresLedger, SqliteLedger, SqlLedger, open_postgres, open_sqlite

LAMPS, OTHER, FIRST = CourseId("lamps"), CourseId("other"), ModuleId("first")
MARIA, OLU = UserId("maria"), UserId("olu")
START = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)


class Clock:
    """Every look is a microsecond later than the one before."""

    def __init__(self) -> None:
        self._now, self._lock = START, threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._now += timedelta(microseconds=1)
            return self._now


def hand_in(deed: Deed, name: str, learner: UserId, at: datetime, course: CourseId = LAMPS) -> Receipt:
    """As the service does it: the last receipt, the next in the row, and an entry in the log."""
    last = deed.last_receipt(course, learner)
    files = (File("first.ipynb", sha256(name.encode()), 8),)
    kept = Submission(
        SubmissionId(name), course, FIRST, learner, ReleaseNumber(1), files, Digest(sha256(b"")), at, ()
    )
    receipt = Receipt(
        ReceiptKind.SUBMISSION,
        course,
        FIRST,
        learner,
        ReleaseNumber(1),
        name,
        kept.digest,
        stamp(at),
        last.own_digest() if last else "",
        "k",
        "sig",
    )
    deed.add_submission(kept, receipt)
    deed.add_event(Event(course, at, learner, "submit", name))
    return receipt


def chain(ledger: Ledger, learner: UserId, course: CourseId = LAMPS) -> list[Receipt]:
    """One learner's receipts as they stand, checked to be an unbroken row with times in its order."""
    with ledger.read() as deed:
        receipts = [r for _, r in deed.submissions(course, FIRST, learner)]
        last = deed.last_receipt(course, learner)
    receipts.sort(key=lambda r: r.at)
    assert [r.previous for r in receipts] == ["", *(r.own_digest() for r in receipts[:-1])][: len(receipts)]
    assert last == (receipts[-1] if receipts else None)
    return receipts


def numbers(ledger: SqlLedger) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    with ledger.engine.connect() as db:
        for row in db.execute(select(tables.receipts).order_by(tables.receipts.c.number)):
            found.setdefault((row.course, row.learner), []).append(row.number)
        db.rollback()
    return found


class NoWayError(Exception):
    pass


def test_many_learners_and_one_learner_many_times(ledger: Ledger) -> None:
    clock, luck = Clock(), random.Random(7)
    learners = [UserId(f"learner{n}") for n in range(5)]
    expected: dict[UserId, set[str]] = {who: set() for who in learners}
    doomed: set[str] = set()

    def hands(name: str, plan: Sequence[tuple[UserId, bool]]) -> Callable[[], None]:
        def work() -> None:
            for number, (who, fails) in enumerate(plan):
                one = f"{name}-{number}"
                try:
                    with ledger.write(LAMPS, who) as deed:
                        hand_in(deed, one, who, clock())
                        if fails:
                            raise NoWayError
                except NoWayError:
                    continue

        for number, (who, fails) in enumerate(plan):
            (doomed if fails else expected[who]).add(f"{name}-{number}")
        return work

    plans = [
        hands(f"hand{n}", [(luck.choice(learners), luck.random() < 0.25) for _ in range(12)])
        for n in range(12)
    ]
    assert together(plans) == []
    for who in learners:
        assert {r.subject for r in chain(ledger, who)} == expected[who]
    with ledger.read() as deed:
        log = [e.subject for _, e in deed.events(LAMPS)]
    # A deed and its entry in the log: both, once, or neither.
    assert sorted(log) == sorted(set().union(*expected.values()))
    assert not doomed & set(log)
    if isinstance(ledger, SqlLedger):
        for row in numbers(ledger).values():
            assert row == list(range(1, len(row) + 1))


def test_whoever_writes_to_the_whole_course_is_alone_in_it(ledger: Ledger) -> None:
    inside: set[str] = set()
    clashes: list[str] = []
    guard = threading.Lock()
    luck = random.Random(3)

    def visit(name: str, course: CourseId, learner: UserId | None) -> Callable[[], None]:
        def work() -> None:
            for _ in range(6):
                with ledger.write(course, learner) as deed:
                    mine = f"{course}/{learner or '*'}"
                    with guard:
                        for other in inside:
                            there, who = other.split("/")
                            if there == course and (who == "*" or learner is None or who == learner):
                                clashes.append(f"{name}: {mine} beside {other}")
                        inside.add(mine)
                    deed.find_course(course)
                    threading.Event().wait(luck.random() / 500)
                    with guard:
                        inside.discard(mine)

        return work

    people = [(LAMPS, MARIA), (LAMPS, OLU), (LAMPS, None), (LAMPS, MARIA), (OTHER, MARIA), (OTHER, None)]
    assert together([visit(f"v{n}", course, who) for n, (course, who) in enumerate(people * 2)]) == []
    assert clashes == []


def test_the_same_row_from_two_sides_is_there_once(ledger: Ledger) -> None:
    def enrol(role: Role) -> Callable[[], None]:
        def work() -> None:
            for _ in range(5):
                with ledger.write(LAMPS) as deed:
                    deed.put_member(Member(LAMPS, MARIA, role))

        return work

    assert together([enrol(role) for role in (Role.LEARNER, Role.GRADER, Role.INSTRUCTOR) * 2]) == []
    with ledger.read() as deed:
        assert [m.user for m in deed.members(LAMPS)] == [MARIA]


def test_a_reader_sees_all_of_a_deed_or_nothing(ledger: Ledger) -> None:
    clock, stop = Clock(), threading.Event()
    torn: list[Any] = []

    def look() -> None:
        while not stop.is_set():
            with ledger.read() as deed:
                handed = len(deed.submissions(LAMPS, FIRST))
                log = len(deed.events(LAMPS))
                counted = len(deed.handed_in(LAMPS))
                # Three statements, one look.
                if not handed == log == counted:
                    torn.append((handed, log, counted))

    def work(name: str) -> Callable[[], None]:
        def hands() -> None:
            try:
                for number in range(15):
                    with ledger.write(LAMPS, UserId(name)) as deed:
                        hand_in(deed, f"{name}-{number}", UserId(name), clock())
            finally:
                if name == "last":
                    stop.set()

        return hands

    assert together([look, look, work("one"), work("two"), work("last")]) == []
    assert torn == []


def test_what_is_committed_is_seen_at_once(ledger: Ledger) -> None:
    clock = Clock()

    def work(name: str) -> Callable[[], None]:
        def hands() -> None:
            for number in range(10):
                with ledger.write(LAMPS, UserId(name)) as deed:
                    hand_in(deed, f"{name}-{number}", UserId(name), clock())
                with ledger.read() as deed:
                    assert deed.find_submission(SubmissionId(f"{name}-{number}")) is not None

        return hands

    assert together([work(f"who{n}") for n in range(6)]) == []


# SQLite: many deeds in one commit


@pytest.fixture
def sqlite(tmp_path: Path) -> Any:
    opened = open_sqlite(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def commits(ledger: SqlLedger) -> list[str]:
    """The statements that begin and end transactions, from now on."""
    seen: list[str] = []

    @event.listens_for(ledger.engine, "before_cursor_execute")
    def _look(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0] in ("BEGIN", "COMMIT", "ROLLBACK"):
            seen.append(statement)

    return seen


def grouped(
    ledger: SqliteLedger, deeds: Sequence[Callable[[Deed], None]]
) -> tuple[list[BaseException | None], list[str]]:
    """Run deeds so that all of them are in one group: the first waits in its block until the others queue up."""
    results: list[BaseException | None] = [None] * len(deeds)
    entered, go = threading.Event(), threading.Event()
    seen = commits(ledger)

    def run(n: int) -> None:
        try:
            with ledger.write(LAMPS, UserId(f"who{n}")) as deed:
                if n == 0:
                    entered.set()
                    assert go.wait(20)
                deeds[n](deed)
        except BaseException as error:
            results[n] = error

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(deeds))]
    threads[0].start()
    assert entered.wait(20)
    for thread in threads[1:]:
        thread.start()
    while len(ledger._row) < len(deeds) - 1:
        threading.Event().wait(0.001)
    go.set()
    for thread in threads:
        thread.join(30)
    assert not any(t.is_alive() for t in threads)
    return results, [s for s in seen if s.startswith(("BEGIN IMMEDIATE", "COMMIT"))]


def enter(name: str) -> Callable[[Deed], None]:
    return lambda deed: deed.add_event(Event(LAMPS, START, MARIA, name))


def log(ledger: Ledger) -> set[str]:
    with ledger.read() as deed:
        return {e.verb for _, e in deed.events(LAMPS)}


def test_deeds_that_wait_share_one_commit(sqlite: SqliteLedger) -> None:
    results, seen = grouped(sqlite, [enter(f"deed{n}") for n in range(8)])
    assert results == [None] * 8
    assert seen == ["BEGIN IMMEDIATE", "COMMIT"]
    assert log(sqlite) == {f"deed{n}" for n in range(8)}


@pytest.mark.parametrize("which", [0, 2, 4])
def test_a_failed_deed_leaves_nothing_and_harms_no_neighbour(sqlite: SqliteLedger, which: int) -> None:
    def fail(deed: Deed) -> None:
        enter("never")(deed)
        raise NoWayError

    deeds = [enter(f"deed{n}") for n in range(5)]
    deeds[which] = fail
    results, seen = grouped(sqlite, deeds)
    assert [type(r) for r in results] == [NoWayError if n == which else type(None) for n in range(5)]
    assert seen == ["BEGIN IMMEDIATE", "COMMIT"]
    assert log(sqlite) == {f"deed{n}" for n in range(5) if n != which}


def test_a_deed_that_the_database_refuses_harms_no_neighbour(sqlite: SqliteLedger) -> None:
    def twice(deed: Deed) -> None:
        hand_in(deed, "s1", MARIA, START)
        hand_in(deed, "s1", OLU, START)

    results, _ = grouped(sqlite, [enter("before"), twice, enter("after")])
    assert (results[0], results[2]) == (None, None)
    assert type(results[1]).__name__ == "IntegrityError"
    assert log(sqlite) == {"before", "after"}
    assert chain(sqlite, MARIA) == chain(sqlite, OLU) == []


def test_when_the_commit_fails_everybody_in_it_hears_of_it(sqlite: SqliteLedger) -> None:
    broken = [True]

    @event.listens_for(sqlite.engine, "before_cursor_execute")
    def _refuse(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "COMMIT" and broken[0]:
            raise OSError("no space left on device")

    results, _ = grouped(sqlite, [enter(f"deed{n}") for n in range(5)])
    assert [r.code if isinstance(r, CoursekitError) else r for r in results] == ["not-kept"] * 5
    assert log(sqlite) == set()
    # And the next one gets in.
    broken[0] = False
    with sqlite.write(LAMPS) as deed:
        enter("later")(deed)
    assert log(sqlite) == {"later"}


def test_nobody_leaves_before_the_commit(sqlite: SqliteLedger) -> None:
    left: list[str] = []

    @event.listens_for(sqlite.engine, "before_cursor_execute")
    def _look(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "COMMIT":
            left.append("commit")

    def leaving(n: int) -> Callable[[], None]:
        def work() -> None:
            with sqlite.write(LAMPS) as deed:
                enter(f"deed{n}")(deed)
            with sqlite.read() as deed:
                assert f"deed{n}" in {e.verb for _, e in deed.events(LAMPS)}

        return work

    assert together([leaving(n) for n in range(20)]) == []
    assert 1 <= left.count("commit") <= 20


def test_a_second_process_and_this_one_take_turns(tmp_path: Path) -> None:
    """Two ledgers on one file, as the service and an operator's command."""
    one, two = open_sqlite(tmp_path / "l.sqlite"), open_sqlite(tmp_path / "l.sqlite")
    clock = Clock()

    def hands(ledger: Ledger, name: str) -> Callable[[], None]:
        def work() -> None:
            for number in range(15):
                with ledger.write(LAMPS, MARIA) as deed:
                    hand_in(deed, f"{name}-{number}", MARIA, clock())

        return work

    try:
        assert together([hands(one, "a"), hands(two, "b"), hands(one, "c"), hands(two, "d")]) == []
        assert len(chain(one, MARIA)) == 60
        assert numbers(two) == {(LAMPS, MARIA): list(range(1, 61))}
    finally:
        one.close()
        two.close()


# PostgreSQL: several services


def test_two_services_keep_one_learners_deeds_in_a_row(postgres_url: str) -> None:
    one, two = open_postgres(postgres_url), open_postgres(postgres_url)
    clock = Clock()

    def hands(ledger: Ledger, name: str, who: UserId) -> Callable[[], None]:
        def work() -> None:
            for number in range(15):
                with ledger.write(LAMPS, who) as deed:
                    hand_in(deed, f"{name}-{number}", who, clock())

        return work

    try:
        work = [
            hands(ledger, f"{n}{who}", who) for n, ledger in enumerate((one, two)) for who in (MARIA, OLU)
        ]
        assert together(work * 1) == []
        for who in (MARIA, OLU):
            assert len(chain(one, who)) == 30
    finally:
        one.close()
        two.close()


def test_learners_do_not_wait_for_each_other(postgres_url: str) -> None:
    opened = open_postgres(postgres_url)
    try:
        with opened.write(LAMPS, MARIA) as deed:
            enter("maria")(deed)
            done = threading.Event()

            def other() -> None:
                with opened.write(LAMPS, OLU) as mine:
                    enter("olu")(mine)
                done.set()

            threading.Thread(target=other, daemon=True).start()
            assert done.wait(20)
        assert log(opened) == {"maria", "olu"}
    finally:
        opened.close()


def test_a_database_that_goes_away_is_our_fault_and_comes_back(postgres_url: str, postgres: Any) -> None:
    opened = open_postgres(postgres_url)
    name = postgres_url.split("?")[0].rsplit("/", 1)[1]
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

    def be_cut_off() -> None:
        with opened.write(LAMPS) as deed:
            enter("never")(deed)
            postgres.run(cut)
            enter("never again")(deed)

    try:
        with pytest.raises(ServiceFault) as caught:
            be_cut_off()
        assert caught.value.code == "ledger-unreachable"
        postgres.run(cut)
        with opened.write(LAMPS) as deed:
            enter("back")(deed)
        postgres.run(cut)
        assert log(opened) == {"back"}
        opened.check()
    finally:
        opened.close()


def test_readiness_says_what_is_wrong(postgres_url: str, tmp_path: Path) -> None:
    for opened in (open_postgres(postgres_url), open_sqlite(tmp_path / "l.sqlite")):
        assert isinstance(opened, PostgresLedger | SqliteLedger)
        opened.check()
        with opened.engine.connect() as db:
            db.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
            db.commit()
        with pytest.raises(ServiceFault) as caught:
            opened.check()
        assert caught.value.code == "schema-behind"
        opened.close()
