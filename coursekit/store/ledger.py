"""The book of deeds in a SQL database: SQLite for one machine, PostgreSQL beyond."""

from __future__ import annotations

import fcntl
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, create_engine, event, func, insert, select, update

from coursekit.model.course import Course
from coursekit.model.event import Event
from coursekit.model.ids import (
    CourseId,
    Digest,
    ModuleId,
    PromptId,
    ReleaseNumber,
    SubmissionId,
    UserId,
)
from coursekit.model.people import Member, Record, Role, Tally
from coursekit.model.prompt import Response
from coursekit.model.submission import Commitment, Feedback, Receipt, Release, Submission
from coursekit.store import tables as t
from coursekit.wire.values import dump, load


def open_sqlite(path: Path) -> SqlLedger:
    """The ledger in a SQLite file, made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": 30},
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
        cursor.close()

    # The service and an operator's command may both be the first: SQLite cannot change to WAL while another looks,
    # and each would make tables that the other has just made.
    with path.with_suffix(".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        t.metadata.create_all(engine)
    return SqlLedger(engine)


class SqlLedger:
    """Plugs into `ports.Ledger`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[SqlDeed]:
        """A consistent look; whatever was written in it is undone."""
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            try:
                yield SqlDeed(connection)
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[SqlDeed]:
        """One writer at a time."""
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                # A transaction that begins as a reader cannot wait its turn to write; it fails at once.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield SqlDeed(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


class SqlDeed:
    """Plugs into `ports.Deed`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # the course and its people

    def find_course(self, course: CourseId) -> Course | None:
        text = self._db.scalar(select(t.courses.c.definition).where(t.courses.c.course == course))
        return load(Course, text) if text is not None else None

    def put_course(self, course: Course) -> None:
        self._put(t.courses, {"course": course.id}, {"definition": dump(course)})

    def find_role(self, course: CourseId, user: UserId) -> Role | None:
        c = t.members.c
        role = self._db.scalar(select(c.role).where(c.course == course, c.user == user))
        return Role(role) if role is not None else None

    def put_member(self, member: Member) -> None:
        key = {"course": member.course, "user": member.user}
        self._put(t.members, key, {"role": member.role.value, "name": member.name})

    def members(self, course: CourseId) -> Sequence[Member]:
        rows = self._db.execute(select(t.members).where(t.members.c.course == course).order_by("user"))
        return [Member(course, UserId(r.user), Role(r.role), r.name) for r in rows]

    def courses_of(self, user: UserId) -> Sequence[tuple[CourseId, Role]]:
        rows = self._db.execute(select(t.members).where(t.members.c.user == user).order_by("course"))
        return [(CourseId(r.course), Role(r.role)) for r in rows]

    # releases

    def add_release(self, release: Release) -> None:
        self._db.execute(
            insert(t.releases).values(
                course=release.course,
                module=release.module,
                number=release.number,
                definition=dump(release),
            )
        )

    def find_release(
        self, course: CourseId, module: ModuleId, number: ReleaseNumber | None = None
    ) -> Release | None:
        c = t.releases.c
        query = select(c.definition).where(c.course == course, c.module == module)
        query = query.where(c.number == number) if number is not None else query.order_by(c.number.desc())
        text = self._db.scalar(query.limit(1))
        return load(Release, text) if text is not None else None

    def released_modules(self, course: CourseId) -> Mapping[ModuleId, ReleaseNumber]:
        c = t.releases.c
        rows = self._db.execute(
            select(c.module, func.max(c.number)).where(c.course == course).group_by(c.module)
        )
        return {ModuleId(module): ReleaseNumber(number) for module, number in rows}

    def note_fetch(
        self, course: CourseId, module: ModuleId, learner: UserId, release: ReleaseNumber, at: datetime
    ) -> None:
        key = {"course": course, "learner": learner, "module": module, "release": release}
        if not self._has(t.fetches, key):
            self._db.execute(insert(t.fetches).values(**key, at=at))

    def fetched(self, course: CourseId, module: ModuleId, learner: UserId) -> Sequence[ReleaseNumber]:
        c = t.fetches.c
        query = select(c.release).where(c.course == course, c.module == module, c.learner == learner)
        return [ReleaseNumber(n) for n in self._db.scalars(query.order_by(c.release))]

    # commitments and submissions

    def add_commitment(self, commitment: Commitment, receipt: Receipt) -> None:
        self._db.execute(
            insert(t.commitments).values(
                course=commitment.course,
                learner=commitment.learner,
                module=commitment.module,
                prompt=commitment.prompt,
                number=commitment.number,
                release=commitment.release,
                response=dict(commitment.response),
                digest=commitment.digest,
                at=commitment.at,
                receipt=self._add_receipt(receipt),
            )
        )

    def commitments(
        self, course: CourseId, module: ModuleId, learner: UserId
    ) -> Sequence[tuple[Commitment, Receipt]]:
        return self._commitments(_of(t.commitments, course, module, learner))

    def find_commitment(
        self, course: CourseId, module: ModuleId, learner: UserId, prompt: PromptId
    ) -> tuple[Commitment, Receipt] | None:
        c = t.commitments.c
        query = _of(t.commitments, course, module, learner).where(c.prompt == prompt, c.number == 1)
        return next(iter(self._commitments(query)), None)

    def _commitments(self, query: Select[Any]) -> list[tuple[Commitment, Receipt]]:
        c, r = t.commitments.c, t.receipts.c
        joined = query.add_columns(r.receipt.label("receipt_text")).join(
            t.receipts, (r.course == c.course) & (r.learner == c.learner) & (r.number == c.receipt)
        )
        return [
            (
                Commitment(
                    CourseId(row.course),
                    ModuleId(row.module),
                    UserId(row.learner),
                    PromptId(row.prompt),
                    row.number,
                    ReleaseNumber(row.release),
                    row.response,
                    Digest(row.digest),
                    row.at,
                ),
                load(Receipt, row.receipt_text),
            )
            # By the chain, not by the clock: answers sealed in one submission share their moment.
            for row in self._db.execute(joined.order_by(c.receipt))
        ]

    def first_responses(
        self, course: CourseId, module: ModuleId, prompt: PromptId, limit: int
    ) -> Sequence[tuple[UserId, Response]]:
        c = t.commitments.c
        query = select(c.learner, c.response).where(
            c.course == course, c.module == module, c.prompt == prompt, c.number == 1
        )
        oldest = query.order_by(c.at, c.learner).limit(limit)
        return [(UserId(r.learner), r.response) for r in self._db.execute(oldest)]

    def note_complete(
        self, course: CourseId, module: ModuleId, learner: UserId, release: ReleaseNumber, at: datetime
    ) -> None:
        key = {"course": course, "learner": learner, "module": module}
        if not self._has(t.completions, key):
            self._db.execute(insert(t.completions).values(**key, release=release, at=at))

    def add_submission(self, submission: Submission, receipt: Receipt) -> None:
        self._db.execute(
            insert(t.submissions).values(
                id=submission.id,
                course=submission.course,
                module=submission.module,
                learner=submission.learner,
                definition=dump(submission),
                at=submission.at,
                receipt=self._add_receipt(receipt),
            )
        )

    def find_submission(self, submission: SubmissionId) -> tuple[Submission, Receipt] | None:
        query = select(t.submissions).where(t.submissions.c.id == submission)
        return next(iter(self._submissions(query)), None)

    def submissions(
        self, course: CourseId, module: ModuleId, learner: UserId | None = None
    ) -> Sequence[tuple[Submission, Receipt]]:
        return self._submissions(_of(t.submissions, course, module, learner))

    def _submissions(self, query: Select[Any]) -> list[tuple[Submission, Receipt]]:
        c, r = t.submissions.c, t.receipts.c
        joined = query.add_columns(r.receipt.label("receipt_text")).join(
            t.receipts, (r.course == c.course) & (r.learner == c.learner) & (r.number == c.receipt)
        )
        return [
            (load(Submission, row.definition), load(Receipt, row.receipt_text))
            for row in self._db.execute(joined.order_by(c.number))
        ]

    def last_receipt(self, course: CourseId, learner: UserId) -> Receipt | None:
        c = t.receipts.c
        query = select(c.receipt).where(c.course == course, c.learner == learner)
        text = self._db.scalar(query.order_by(c.number.desc()).limit(1))
        return load(Receipt, text) if text is not None else None

    def _add_receipt(self, receipt: Receipt) -> int:
        c = t.receipts.c
        last = self._db.scalar(
            select(func.max(c.number)).where(c.course == receipt.course, c.learner == receipt.learner)
        )
        number: int = (last or 0) + 1
        self._db.execute(
            insert(t.receipts).values(
                course=receipt.course, learner=receipt.learner, number=number, receipt=dump(receipt)
            )
        )
        return number

    # staff's side

    def put_feedback(self, feedback: Feedback) -> None:
        self._db.execute(
            insert(t.feedback).values(
                course=feedback.course,
                module=feedback.module,
                learner=feedback.learner,
                share=feedback.share,
                definition=dump(feedback),
                at=feedback.at,
            )
        )

    def feedback(
        self, course: CourseId, module: ModuleId, learner: UserId | None = None
    ) -> Sequence[Feedback]:
        query = _of(t.feedback, course, module, learner).order_by(t.feedback.c.number)
        return [load(Feedback, row.definition) for row in self._db.execute(query)]

    def add_opening(
        self, course: CourseId, module: ModuleId, learner: UserId, waived: bool, reason: str, at: datetime
    ) -> None:
        key = {"course": course, "learner": learner, "module": module, "waived": waived}
        if not self._has(t.openings, key):
            self._db.execute(insert(t.openings).values(**key, reason=reason, at=at))

    def add_event(self, event: Event) -> None:
        self._db.execute(
            insert(t.events).values(
                course=event.course,
                at=event.at,
                actor=event.actor,
                verb=event.verb,
                subject=event.subject,
                details=dict(event.details),
            )
        )

    def events(self, course: CourseId) -> Sequence[Event]:
        query = select(t.events).where(t.events.c.course == course).order_by(t.events.c.number)
        return [
            Event(course, r.at, UserId(r.actor), r.verb, r.subject, r.details)
            for r in self._db.execute(query)
        ]

    # what the gate asks about

    def record(self, course: CourseId, learner: UserId) -> Record:
        return self._records(course, learner).get(learner, Record())

    def records(self, course: CourseId) -> Mapping[UserId, Record]:
        found = self._records(course, None)
        return {m.user: found.get(m.user, Record()) for m in self.members(course)}

    def _records(self, course: CourseId, learner: UserId | None) -> dict[UserId, Record]:
        """Four statements, whether for one learner or for all."""

        def pairs(table: Table) -> dict[UserId, set[ModuleId]]:
            query = select(table.c.learner, table.c.module).where(table.c.course == course).distinct()
            if learner is not None:
                query = query.where(table.c.learner == learner)
            found: dict[UserId, set[ModuleId]] = defaultdict(set)
            for who, module in self._db.execute(query):
                found[who].add(module)
            return found

        submitted, committed = pairs(t.submissions), pairs(t.completions)

        marks: dict[UserId, dict[ModuleId, float]] = defaultdict(dict)
        c = t.feedback.c
        query = select(c.learner, c.module, c.share).where(c.course == course).order_by(c.number)
        for who, module, share in self._db.execute(
            query.where(c.learner == learner) if learner is not None else query
        ):
            marks[who][module] = share

        opened: dict[bool, dict[UserId, set[ModuleId]]] = {True: defaultdict(set), False: defaultdict(set)}
        o = t.openings.c
        found = select(o.learner, o.module, o.waived).where(o.course == course)
        for who, module, waived in self._db.execute(
            found.where(o.learner == learner) if learner is not None else found
        ):
            opened[waived][who].add(module)

        people = {*submitted, *committed, *marks, *opened[True], *opened[False]}
        return {
            who: Record(
                frozenset(submitted.get(who, ())),
                frozenset(committed.get(who, ())),
                marks.get(who, {}),
                frozenset(opened[True].get(who, ())),
                frozenset(opened[False].get(who, ())),
            )
            for who in people
        }

    def tallies(self, course: CourseId, learner: UserId) -> Mapping[ModuleId, Tally]:
        def mine(table: Table, *columns: Any) -> Any:
            query = select(table.c.module, *columns).where(
                table.c.course == course, table.c.learner == learner
            )
            return self._db.execute(query.group_by(table.c.module))

        fetched = dict(tuple(row) for row in mine(t.fetches, func.max(t.fetches.c.release)))
        handed_in = {
            row[0]: (row[1], row[2])
            for row in mine(t.submissions, func.count(), func.max(t.submissions.c.at))
        }
        given = dict(tuple(row) for row in mine(t.feedback, func.max(t.feedback.c.at)))
        c = t.commitments.c
        committed: dict[ModuleId, set[PromptId]] = defaultdict(set)
        for module, prompt in self._db.execute(
            select(c.module, c.prompt).where(c.course == course, c.learner == learner).distinct()
        ):
            committed[module].add(prompt)
        return {
            module: Tally(
                fetched.get(module),
                frozenset(committed.get(module, ())),
                *handed_in.get(module, (0, None)),
                given.get(module),
            )
            for module in {*fetched, *handed_in, *given, *committed}
        }

    # helpers

    def _has(self, table: Table, key: Mapping[str, Any]) -> bool:
        where = [table.c[name] == value for name, value in key.items()]
        return self._db.scalar(select(func.count()).select_from(table).where(*where)) != 0

    def _put(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        if self._has(table, key):
            where = [table.c[name] == value for name, value in key.items()]
            self._db.execute(update(table).where(*where).values(**values))
        else:
            self._db.execute(insert(table).values(**key, **values))


def _of(table: Table, course: CourseId, module: ModuleId, learner: UserId | None) -> Select[Any]:
    query = select(table).where(table.c.course == course, table.c.module == module)
    return query.where(table.c.learner == learner) if learner is not None else query
