"""The book of deeds in a SQL database: SQLite for one machine, PostgreSQL beyond.

SQLite has one writer, and each of its transactions waits for the disk. So the deeds of many threads share one
transaction (group commit: DeWitt et al., Implementation Techniques for Main Memory Database Systems, 1984):

    take the turn → savepoint → the deed → release the savepoint → is anybody waiting for the turn?
                                                                      yes: leave it to them to commit
                                                                      no:  commit, and wake all who are in it
    Nobody leaves the block before the commit that holds their deed. That goes for a deed that was refused as well:
    the reason may be a neighbour's deed in the same group, and until the commit that might never have been.

PostgreSQL does the like by itself. There each deed has its own transaction, and advisory locks keep the deeds of
one learner in a row, across all services on that database.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from coursekit.model.errors import NotNow, ServiceFault
from coursekit.model.ids import CourseId, UserId
from coursekit.model.submission import sha256
from coursekit.store import migrate
from coursekit.store.deed import Parsed, SqlDeed

_MOST_IN_A_GROUP = 64
"""So that the first in a group need not wait for an endless row of others."""


def open_sqlite(path: Path) -> SqliteLedger:
    """The ledger in a SQLite file, made if it is not there."""
    engine = sqlite_engine(path)
    migrate.upgrade(engine)
    return SqliteLedger(engine)


def open_postgres(url: str) -> PostgresLedger:
    """The ledger in a PostgreSQL database, its tables made if they are not there. Raises ServiceFault."""
    engine = postgres_engine(url)
    with _as_ours():
        migrate.upgrade(engine)
    return PostgresLedger(engine)


def sqlite_engine(path: Path) -> Engine:
    """Connections to a SQLite file as the exchange needs them; no table is made yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        f"sqlite:///{path}",
        # Deeds of one group run on one connection, each in the thread that it belongs to, one after another.
        connect_args={"timeout": 30, "check_same_thread": False},
        pool_size=8,
        max_overflow=40,
        # An error would otherwise name its parameters, and with them somebody's answer.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        # Python's driver would begin transactions by itself, and late; we say BEGIN ourselves, below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL, not WAL's usual NORMAL: a receipt must survive a power cut.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # Without it INSERT OR REPLACE would get round the triggers that refuse to remove what was signed.
        cursor.execute("PRAGMA recursive_triggers=ON")
        cursor.close()

    return engine


def postgres_engine(url: str) -> Engine:
    """Connections to a PostgreSQL database; no table is made yet."""
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=16,
        max_overflow=32,
        pool_pre_ping=True,
        hide_parameters=True,
        # Sent once a connection, not once a transaction.
        connect_args={"options": "-c timezone=UTC"},
    )


class SqlLedger:
    """What both ledgers share."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._parsed = Parsed()

    def check(self) -> None:
        """Whether it can be written to, with the tables as they must be. Raises ServiceFault."""
        try:
            behind = migrate.current(self.engine) != migrate.head()
        except SQLAlchemyError as error:
            raise ServiceFault(
                "ledger-unreachable",
                "The exchange's database does not answer.",
                "Look whether it runs, and whether its disk has room.",
            ) from error
        if behind:
            raise ServiceFault(
                "schema-behind",
                "The exchange's tables are not those of this version.",
                "Run `coursekit migrate` with the version that is to serve.",
            )

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


class _Group:
    """Deeds that are committed together."""

    def __init__(self) -> None:
        self.size = 0
        """Deeds that had their turn in it, the undone ones too: whoever is in it must not wait for an endless row
        of requests that are refused."""
        self.is_over = threading.Event()
        self.error: BaseException | None = None

    def end(self, error: BaseException | None = None) -> None:
        """Wake all who wait for the commit, or tell them that there was none."""
        self.error = error
        self.is_over.set()

    def raise_error(self) -> None:
        """Raises what kept the commit from being made."""
        if self.error is not None:
            # One each: a traceback that several threads write to tells nobody anything.
            raise _not_kept() from self.error


def _not_kept() -> NotNow:
    return NotNow(
        "not-kept",
        "The exchange could not keep this.",
        "Your work is safe where it is. Try again in a minute; if it stays so, the exchange's disk may be full: "
        "tell whoever runs it.",
    )


class SqliteLedger(SqlLedger):
    """Plugs into `ports.Ledger`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._turn = threading.Lock()
        self._row: set[object] = set()
        """Who waits for the turn."""
        self._group: _Group | None = None
        self._writer: Connection | None = None

    @contextmanager
    def read(self) -> Iterator[SqlDeed]:
        """A consistent look; whatever was written in it is undone."""
        with _as_ours(), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield SqlDeed(connection, self._parsed)
            finally:
                connection.rollback()

    @contextmanager
    def write(self, course: CourseId, learner: UserId | None = None) -> Iterator[SqlDeed]:
        """One writer at a time, whoever it is for; many deeds share a commit."""
        refusal: Exception | None = None
        with self._my_turn():
            group = self._begin()
            db = self._writer
            assert db is not None
            group.size += 1
            try:
                db.exec_driver_sql("SAVEPOINT deed")
                yield SqlDeed(db, self._parsed)
                db.exec_driver_sql("RELEASE deed")
            except Exception as error:
                self._undo(group, error)
                refusal = error
            except BaseException as error:
                self._undo(group, error)
                raise
        # Whoever was in the row may have gone home before its turn (Ctrl-C); then the commit is ours after all.
        while not group.is_over.wait(1.0):
            with self._turn:
                if self._group is group:
                    self._commit(group)
        group.raise_error()
        if isinstance(refusal, OperationalError):
            raise _not_kept() from refusal
        if refusal is not None:
            raise refusal

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """Alone with the writer; at the end commit, or leave it to those who wait."""
        ticket = object()
        self._row.add(ticket)
        try:
            # A `with`, and none of it by hand: Ctrl-C can come between any two calls, but not within this.
            with self._turn:
                self._row.discard(ticket)
                try:
                    yield
                finally:
                    # A deed that comes after the last one in the row takes it along.
                    group = self._group
                    if group is not None and (not self._row or group.size >= _MOST_IN_A_GROUP):
                        self._commit(group)
        finally:
            self._row.discard(ticket)

    def _begin(self) -> _Group:
        if self._group is None:
            try:
                self._writer = self.engine.connect()
                # A transaction that begins as a reader cannot wait its turn to write; it fails at once.
                self._writer.exec_driver_sql("BEGIN IMMEDIATE")
            except (OperationalError, PoolTimeout) as error:
                # Such as another process that has been writing for half a minute.
                self._let_go()
                raise _not_kept() from error
            except BaseException:
                self._let_go()
                raise
            self._group = _Group()
        return self._group

    def _undo(self, group: _Group, error: BaseException) -> None:
        """Take one deed back, and leave the others in the group as they are."""
        self._parsed.forget()
        db = self._writer
        assert db is not None
        try:
            raw = db.connection.dbapi_connection
            # On a full disk and the like SQLite gives up the whole transaction, with the neighbours' deeds in it.
            if raw is not None and raw.in_transaction:
                db.exec_driver_sql("ROLLBACK TO deed")
                db.exec_driver_sql("RELEASE deed")
                return
        except SQLAlchemyError as worse:
            error = worse
        self._group = None
        self._let_go()
        # After the transaction has ended: whoever is told may try again at once.
        group.end(error)

    def _commit(self, group: _Group) -> None:
        db, self._group = self._writer, None
        assert db is not None
        failure: BaseException | None = None
        try:
            # Not Connection.commit(): an empty group of undone deeds has nothing that SQLAlchemy would commit.
            db.exec_driver_sql("COMMIT")
        except BaseException as error:
            # Ctrl-C may come when SQLite was done already. Then it is kept and nobody has a receipt for it; asking
            # again settles that.
            self._parsed.forget()
            failure = error
            if not isinstance(error, Exception):
                raise
        finally:
            self._let_go()
            group.end(failure)

    def _let_go(self) -> None:
        """Give the connection back, with no transaction on it. Raises nothing: those who wait must be woken."""
        db, self._writer = self._writer, None
        if db is None:
            return
        try:
            raw = db.connection.dbapi_connection
            if raw is not None and raw.in_transaction:
                db.exec_driver_sql("ROLLBACK")
            db.close()
        except SQLAlchemyError:
            # It may still hold the transaction, and with it everybody else up: a new one takes its place.
            with suppress(SQLAlchemyError):
                db.invalidate()
            with suppress(SQLAlchemyError):
                db.close()


class PostgresLedger(SqlLedger):
    """Plugs into `ports.Ledger`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._readers = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def read(self) -> Iterator[SqlDeed]:
        """A consistent look; nothing can be written."""
        with _as_ours(), self._readers.connect() as connection:
            try:
                yield SqlDeed(connection, self._parsed)
            finally:
                connection.rollback()

    @contextmanager
    def write(self, course: CourseId, learner: UserId | None = None) -> Iterator[SqlDeed]:
        """One writer at a time for each learner; whoever writes to the whole course waits until all are done."""
        with _as_ours(), self.engine.connect() as connection:
            try:
                # Always in this order, so that no two wait for each other. The locks end with the transaction.
                if learner is None:
                    connection.execute(_LOCK_COURSE, {"course": _lock("course", course)})
                else:
                    connection.execute(
                        _LOCK_LEARNER,
                        {"course": _lock("course", course), "learner": _lock("learner", course, learner)},
                    )
                yield SqlDeed(connection, self._parsed)
                connection.commit()
            except BaseException:
                self._parsed.forget()
                connection.rollback()
                raise


_LOCK_COURSE = text("SELECT pg_advisory_xact_lock(:course)")
_LOCK_LEARNER = text("SELECT pg_advisory_xact_lock_shared(:course), pg_advisory_xact_lock(:learner)")


def _lock(*names: str) -> int:
    """A lock's number: 64 signed bits of the names' digest. Two names on one number only wait needlessly."""
    return int.from_bytes(bytes.fromhex(sha256("\n".join(names).encode())[:16]), signed=True)


@contextmanager
def _as_ours() -> Iterator[None]:
    """A database that is gone is a fault of the exchange, not of the request."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise _unreachable() from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _unreachable() from error
        raise


def _unreachable() -> NotNow:
    # No word on whether it was kept: a line that breaks during a COMMIT leaves that open. Asking again settles it.
    return NotNow(
        "ledger-unreachable",
        "The exchange's database does not answer.",
        "Your work is safe where it is. Try again in a minute; if it stays so, tell whoever runs the exchange.",
    )
