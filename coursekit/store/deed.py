"""One transaction on the ledger's tables, in SQLAlchemy Core."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    delete,
    func,
    select,
    tuple_,
    update,
)

from coursekit.model.course import Course
from coursekit.model.deadline import DeadlineChange, Extension, HandedIn
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
from coursekit.model.people import Member, Record, Role, Source, Tally
from coursekit.model.prompt import Response
from coursekit.model.recorded import Recorded
from coursekit.model.submission import Commitment, Feedback, Receipt, Release, Reply, Submission
from coursekit.store import statements as q
from coursekit.store import tables as t
from coursekit.wire.values import dump, load

N = TypeVar("N", UserId, SubmissionId)
_ReleaseKey = tuple[CourseId, ModuleId, ReleaseNumber]
_MOST_RELEASES = 2000


class Parsed:
    """What was read from the tables before, so that it is not parsed for each request again.

    A release never changes, so its number is enough; a course is told by its text. Whoever undoes a write must
    `forget`, because it may have shown a release that then never was.
    """

    def __init__(self) -> None:
        self._courses: dict[CourseId, tuple[str, Course]] = {}
        self._releases: dict[_ReleaseKey, Release] = {}

    def course(self, course: CourseId, text: str) -> Course:
        """The course that this text defines."""
        kept = self._courses.get(course)
        if kept is None or kept[0] != text:
            kept = self._courses[course] = (text, load(Course, text))
        return kept[1]

    def find_release(self, key: _ReleaseKey) -> Release | None:
        """That release, if it was read before."""
        return self._releases.get(key)

    def release(self, key: _ReleaseKey, text: str) -> Release:
        """The release that this text defines, remembered."""
        if len(self._releases) >= _MOST_RELEASES:
            self._releases.clear()
        found = self._releases[key] = load(Release, text)
        return found

    def forget(self) -> None:
        """Remember nothing."""
        self._releases.clear()


class SqlDeed:
    """Plugs into `ports.Deed`."""

    def __init__(self, connection: Connection, parsed: Parsed) -> None:
        self._db = connection
        self._parsed = parsed
        # Nobody else adds to a learner's chain while this deed writes to it, so its end is read once.
        self._chain_ends: dict[tuple[CourseId, UserId], tuple[int, Receipt | None]] = {}

    # the course and its people

    def find_course(self, course: CourseId) -> Course | None:
        text = self._db.scalar(q.COURSE, {"course": course})
        return self._parsed.course(course, text) if text is not None else None

    def put_course(self, course: Course) -> None:
        self._put(t.courses, {"course": course.id}, {"definition": dump(course)})

    def find_member(self, course: CourseId, user: UserId) -> Member | None:
        row = self._db.execute(q.MEMBER, {"course": course, "user": user}).first()
        return _member(row) if row is not None else None

    def put_member(self, member: Member) -> None:
        values = {
            "role": member.role.value,
            "name": member.name,
            "time_zone": member.time_zone,
            "source": member.source.value,
        }
        self._put(t.members, {"course": member.course, "user": member.user}, values)

    def remove_member(self, course: CourseId, user: UserId) -> None:
        c = t.members.c
        self._db.execute(delete(t.members).where(c.course == course, c.user == user))

    def members(self, course: CourseId) -> Sequence[Member]:
        query = select(t.members).where(t.members.c.course == course).order_by(t.members.c.user)
        return [_member(row) for row in self._db.execute(query)]

    def courses_of(self, user: UserId) -> Sequence[tuple[CourseId, Role]]:
        query = select(t.members).where(t.members.c.user == user).order_by(t.members.c.course)
        return [(CourseId(r.course), Role(r.role)) for r in self._db.execute(query)]

    # releases

    def add_release(self, release: Release) -> None:
        self._add(
            t.releases,
            course=release.course,
            module=release.module,
            number=release.number,
            definition=dump(release),
            checks=release.checks,
        )

    def find_release(
        self, course: CourseId, module: ModuleId, number: ReleaseNumber | None = None
    ) -> Release | None:
        wanted = number
        if wanted is None:
            wanted = self._db.scalar(q.NEWEST, {"course": course, "module": module})
        if wanted is None:
            return None
        return self.find_releases(course, {module: wanted}).get(module)

    def find_releases(
        self, course: CourseId, numbers: Mapping[ModuleId, ReleaseNumber]
    ) -> Mapping[ModuleId, Release]:
        found: dict[ModuleId, Release] = {}
        unread: list[tuple[ModuleId, ReleaseNumber]] = []
        for module, number in numbers.items():
            known = self._parsed.find_release((course, module, number))
            if known is not None:
                found[module] = known
            else:
                unread.append((module, number))
        c = t.releases.c
        if len(unread) == 1:
            module, number = unread[0]
            text = self._db.scalar(q.RELEASE, {"course": course, "module": module, "number": number})
            if text is not None:
                found[module] = self._parsed.release((course, module, number), text)
        elif unread:
            query = select(c.module, c.number, c.definition).where(
                c.course == course, tuple_(c.module, c.number).in_(unread)
            )
            for name, at, text in self._db.execute(query):
                key = (course, ModuleId(name), ReleaseNumber(at))
                found[key[1]] = self._parsed.release(key, text)
        return found

    def released_modules(self, course: CourseId) -> Mapping[ModuleId, ReleaseNumber]:
        rows = self._db.execute(q.RELEASED, {"course": course})
        return {ModuleId(module): ReleaseNumber(number) for module, number in rows}

    def note_fetch(
        self, course: CourseId, module: ModuleId, learner: UserId, release: ReleaseNumber, at: datetime
    ) -> None:
        if release not in self.fetched(course, module, learner):
            self._add(t.fetches, course=course, learner=learner, module=module, release=release, at=at)

    def fetched(self, course: CourseId, module: ModuleId, learner: UserId) -> Sequence[ReleaseNumber]:
        found = self._db.scalars(q.FETCHED, {"course": course, "module": module, "learner": learner})
        return [ReleaseNumber(n) for n in found]

    # commitments and submissions

    def add_commitment(self, commitment: Commitment, receipt: Receipt) -> None:
        self._add(
            t.commitments,
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

    def commitments(
        self, course: CourseId, module: ModuleId, learner: UserId
    ) -> Sequence[tuple[Commitment, Receipt]]:
        found = self._db.execute(q.COMMITMENTS, {"course": course, "module": module, "learner": learner})
        return [_commitment(row) for row in found]

    def find_commitment(
        self, course: CourseId, module: ModuleId, learner: UserId, prompt: PromptId
    ) -> tuple[Commitment, Receipt] | None:
        key = {"course": course, "module": module, "learner": learner, "prompt": prompt}
        row = self._db.execute(q.COMMITMENT, key).first()
        return _commitment(row) if row is not None else None

    def first_responses(
        self, course: CourseId, module: ModuleId, prompt: PromptId, limit: int
    ) -> Sequence[tuple[UserId, Response]]:
        key = {"course": course, "module": module, "prompt": prompt, "most": limit}
        return [(UserId(r.learner), r.response) for r in self._db.execute(q.FIRST_RESPONSES, key)]

    def count_first_responses(self, course: CourseId, module: ModuleId, prompt: PromptId) -> int:
        key = {"course": course, "module": module, "prompt": prompt}
        return int(self._db.scalar(q.COUNT_FIRST, key) or 0)

    def first_responses_since(
        self, course: CourseId, module: ModuleId, prompt: PromptId, since: datetime | None, limit: int
    ) -> Sequence[tuple[UserId, Response, datetime]]:
        key = {"course": course, "module": module, "prompt": prompt, "most": limit}
        query, more = (
            (q.FIRST_RESPONSES, {}) if since is None else (q.FIRST_RESPONSES_SINCE, {"since": since})
        )
        return [(UserId(r.learner), r.response, r.at) for r in self._db.execute(query, key | more)]

    def sealed(
        self, course: CourseId, module: ModuleId, learners: Collection[UserId]
    ) -> Mapping[UserId, Mapping[PromptId, Response]]:
        c = t.commitments.c
        query = select(c.learner, c.prompt, c.response).where(
            c.course == course, c.module == module, c.number == 1
        )
        found: dict[UserId, dict[PromptId, Response]] = {}
        for some in _portions(learners):
            narrowed = query.where(c.learner.in_(some or [])).order_by(c.receipt)
            for row in self._db.execute(narrowed):
                found.setdefault(UserId(row.learner), {})[PromptId(row.prompt)] = row.response
        return found

    def note_complete(
        self, course: CourseId, module: ModuleId, learner: UserId, release: ReleaseNumber, at: datetime
    ) -> None:
        key = {"course": course, "learner": learner, "module": module}
        if self._db.scalar(q.COMPLETED, key) is None:
            self._add(t.completions, **key, release=release, at=at)

    def add_submission(self, submission: Submission, receipt: Receipt, to_check: bool = False) -> None:
        self._add(
            t.submissions,
            id=submission.id,
            course=submission.course,
            module=submission.module,
            learner=submission.learner,
            definition=dump(submission),
            at=submission.at,
            size=submission.size,
            to_check=to_check,
            receipt=self._add_receipt(receipt),
        )

    def find_submission(self, submission: SubmissionId) -> tuple[Submission, Receipt] | None:
        row = self._db.execute(q.SUBMISSION, {"submission": submission}).first()
        return _submission(row) if row is not None else None

    def find_submissions(
        self, submissions: Collection[SubmissionId]
    ) -> Mapping[SubmissionId, tuple[Submission, Receipt]]:
        found: dict[SubmissionId, tuple[Submission, Receipt]] = {}
        for some in _portions(submissions):
            wanted = t.submissions.c.id.in_(some or [])
            for row in self._db.execute(q.with_receipt(select(t.submissions), t.submissions).where(wanted)):
                found[SubmissionId(row.id)] = _submission(row)
        return found

    def submissions(
        self, course: CourseId, module: ModuleId, learner: UserId | None = None
    ) -> Sequence[tuple[Submission, Receipt]]:
        key = {"course": course, "module": module}
        if learner is None:
            found = self._db.execute(q.EVERYBODYS, key)
        else:
            found = self._db.execute(q.SUBMISSIONS, {**key, "learner": learner})
        return [_submission(row) for row in found]

    def submission_page(
        self, course: CourseId, module: ModuleId, after: int, limit: int
    ) -> Sequence[tuple[int, Submission]]:
        key = {"course": course, "module": module, "after": after, "most": limit}
        return [(number, load(Submission, text)) for number, text in self._db.execute(q.PAGE, key)]

    def handed_in(
        self, course: CourseId, module: ModuleId | None = None, learners: Collection[UserId] | None = None
    ) -> Sequence[HandedIn]:
        s = t.submissions.c
        found: list[HandedIn] = []
        for some in _portions(learners):
            key = {"course": str(course)}
            if some is not None and len(some) == 1:
                key["learner"] = str(some[0])
                query = q.MY_HANDED_IN
                if module is not None:
                    query, key["module"] = q.MY_HANDED_IN_HERE, str(module)
            else:
                query = q.HANDED_IN if some is None else q.HANDED_IN.where(s.learner.in_(some))
                if module is not None:
                    # Of named learners, by their index: SQLite takes the module's otherwise, and reads all of it.
                    name = s.module if some is None else func.coalesce(s.module, "")
                    query = query.where(name == module)
            found += [
                HandedIn(SubmissionId(r.id), ModuleId(r.module), UserId(r.learner), r.at, bool(r.withdrawn))
                for r in self._db.execute(query, key)
            ]
        return sorted(found, key=lambda h: h.at)

    def stored_bytes(self, course: CourseId, learner: UserId) -> int:
        return int(self._db.scalar(q.STORED, {"course": course, "learner": learner}) or 0)

    def add_withdrawal(self, submission: Submission, by: UserId, reason: str, at: datetime) -> None:
        self._add(
            t.withdrawals,
            submission=submission.id,
            course=submission.course,
            learner=submission.learner,
            module=submission.module,
            by=by,
            reason=reason,
            at=at,
        )

    def add_choice(
        self, course: CourseId, module: ModuleId, learner: UserId, submission: SubmissionId, at: datetime
    ) -> None:
        self._add(t.choices, course=course, learner=learner, module=module, submission=submission, at=at)

    def choices(
        self, course: CourseId, module: ModuleId | None = None, learner: UserId | None = None
    ) -> Mapping[tuple[UserId, ModuleId], SubmissionId]:
        found = self._of(q.MY_CHOICES_HERE, t.choices, course, module, learner)
        return {(UserId(r.learner), ModuleId(r.module)): SubmissionId(r.submission) for r in found}

    def find_reply(self, course: CourseId, learner: UserId, key: str) -> Reply | None:
        row = self._db.execute(q.REPLY, {"course": course, "learner": learner, "key": key}).first()
        return Reply(course, learner, key, Digest(row.fingerprint), row.answer, row.at) if row else None

    def add_reply(self, reply: Reply) -> None:
        self._add(
            t.replies,
            course=reply.course,
            learner=reply.learner,
            key=reply.key,
            fingerprint=reply.fingerprint,
            answer=dict(reply.answer),
            at=reply.at,
        )

    def last_receipt(self, course: CourseId, learner: UserId) -> Receipt | None:
        return self._chain_end(course, learner)[1]

    def _chain_end(self, course: CourseId, learner: UserId) -> tuple[int, Receipt | None]:
        if (course, learner) not in self._chain_ends:
            row = self._db.execute(q.LAST_RECEIPT, {"course": course, "learner": learner}).first()
            end = (row.number, load(Receipt, row.receipt)) if row is not None else (0, None)
            self._chain_ends[course, learner] = end
        return self._chain_ends[course, learner]

    def _add_receipt(self, receipt: Receipt) -> int:
        number = self._chain_end(receipt.course, receipt.learner)[0] + 1
        self._add(
            t.receipts,
            course=receipt.course,
            learner=receipt.learner,
            number=number,
            receipt=dump(receipt),
        )
        self._chain_ends[receipt.course, receipt.learner] = (number, receipt)
        return number

    # staff's side

    def put_feedback(self, feedback: Feedback) -> None:
        self._add(
            t.feedback,
            course=feedback.course,
            module=feedback.module,
            learner=feedback.learner,
            submission=feedback.submission,
            share=feedback.share,
            definition=dump(feedback),
            at=feedback.at,
        )

    def feedback(
        self, course: CourseId, module: ModuleId, learner: UserId | None = None
    ) -> Sequence[Feedback]:
        query = _narrowed(t.feedback, course, module, learner)
        return [load(Feedback, row.definition) for row in self._db.execute(query)]

    def judged(
        self, course: CourseId, module: ModuleId, learners: Collection[UserId] | None = None
    ) -> frozenset[SubmissionId]:
        c = t.feedback.c
        found: set[SubmissionId] = set()
        query = select(c.submission).where(c.course == course, c.module == module, c.submission.is_not(None))
        for some in _portions(learners):
            narrowed = query if some is None else query.where(c.learner.in_(some))
            found.update(SubmissionId(s) for s in self._db.scalars(narrowed))
        return frozenset(found)

    def add_extension(self, extension: Extension) -> None:
        self._add(
            t.extensions,
            course=extension.course,
            learner=extension.learner,
            module=extension.module,
            change=extension.change.value,
            until=extension.until,
            by=extension.by,
            reason=extension.reason,
            at=extension.at,
        )

    def extensions(
        self, course: CourseId, module: ModuleId | None = None, learner: UserId | None = None
    ) -> Sequence[Extension]:
        found = self._of(q.MY_EXTENSIONS_HERE, t.extensions, course, module, learner)
        return [
            Extension(
                course,
                ModuleId(r.module),
                UserId(r.learner),
                DeadlineChange(r.change),
                r.until,
                UserId(r.by),
                r.reason,
                r.at,
            )
            for r in found
        ]

    def add_opening(
        self, course: CourseId, module: ModuleId, learner: UserId, waived: bool, reason: str, at: datetime
    ) -> None:
        o, key = t.openings.c, {"course": course, "learner": learner, "module": module, "waived": waived}
        there = select(func.count()).where(*(o[name] == value for name, value in key.items()))
        if not self._db.scalar(there):
            self._add(t.openings, **key, reason=reason, at=at)

    def add_event(self, event: Event) -> None:
        self._add(
            t.events,
            course=event.course,
            at=event.at,
            actor=event.actor,
            verb=event.verb,
            subject=event.subject,
            details=dict(event.details),
        )

    def events(
        self, course: CourseId, after: int = 0, limit: int | None = None
    ) -> Sequence[tuple[int, Event]]:
        c = t.events.c
        query = select(t.events).where(c.course == course, c.number > after).order_by(c.number)
        return [
            (r.number, Event(course, r.at, UserId(r.actor), r.verb, r.subject, r.details))
            for r in self._db.execute(query.limit(limit) if limit is not None else query)
        ]

    # the checks of written answers

    def has_checks(self) -> bool:
        return bool(self._db.scalar(q.HAS_CHECKS))

    def is_to_check(self, submission: SubmissionId) -> bool:
        return bool(self._db.scalar(q.TO_CHECK, {"submission": submission}))

    def unchecked(self, after: int, limit: int) -> Sequence[tuple[int, Submission]]:
        found = self._db.execute(q.UNCHECKED, {"after": after, "most": limit})
        return [(number, load(Submission, text)) for number, text in found]

    def last_submission(self) -> int:
        return int(self._db.scalar(q.LAST_SUBMISSION) or 0)

    def add_recorded(self, line: Recorded) -> None:
        self._add(
            t.reflection_records, **{**vars(line), "body": dict(line.body), "beside": dict(line.beside)}
        )

    def last_recorded(self, course: CourseId, module: ModuleId) -> Recorded | None:
        row = self._db.execute(q.LAST_RECORDED, {"course": course, "module": module}).first()
        return _recorded(row) if row is not None else None

    def recorded(
        self,
        course: CourseId,
        module: ModuleId,
        kind: str | None = None,
        submission: SubmissionId | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> Sequence[Recorded]:
        c = t.reflection_records.c
        # Of a named submission, by its index: SQLite takes the chain's otherwise, and reads all of it.
        place = c.course if submission is None else func.coalesce(c.course, "")
        query = select(t.reflection_records).where(place == course, c.module == module, c.number > after)
        if kind is not None:
            query = query.where(c.kind == kind)
        if submission is not None:
            query = query.where(c.submission == submission)
        return [_recorded(row) for row in self._db.execute(query.order_by(c.number).limit(limit))]

    # what the gate asks about

    def record(self, course: CourseId, learner: UserId) -> Record:
        return self.standing(course, learner)[0]

    def standing(self, course: CourseId, learner: UserId) -> tuple[Record, Mapping[ModuleId, Tally]]:
        return _read_facts(self._db.execute(q.FACTS_OF_ONE, {"course": course, "learner": learner}))

    def records(self, course: CourseId) -> Mapping[UserId, Record]:
        facts: dict[UserId, list[Row[Any]]] = defaultdict(list)
        for row in self._db.execute(q.FACTS_OF_ALL, {"course": course}):
            facts[row.learner].append(row)
        return {m.user: _read_facts(facts.get(m.user, ()))[0] for m in self.members(course)}

    # helpers

    def _of(
        self,
        mine: Select[Any],
        table: Table,
        course: CourseId,
        module: ModuleId | None,
        learner: UserId | None,
    ) -> Iterable[Row[Any]]:
        """`mine` where learner and module are named, as they are whenever somebody waits."""
        if module is None or learner is None:
            return self._db.execute(_narrowed(table, course, module, learner))
        return self._db.execute(mine, {"course": course, "module": module, "learner": learner})

    def _add(self, table: Table, **values: Any) -> None:
        self._db.execute(q.INSERT[table.name], values)

    def _put(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        where = [table.c[name] == value for name, value in key.items()]
        if not self._db.execute(update(table).where(*where).values(**values)).rowcount:
            self._add(table, **key, **values)


def _portions(names: Collection[N] | None) -> Iterable[list[N] | None]:
    """Everything at once (none), or what is named in portions: a statement takes only so many parameters."""
    if names is None:
        return [None]
    named = sorted(names)
    return [named[start : start + 500] for start in range(0, len(named), 500)]


def _narrowed(table: Table, course: CourseId, module: ModuleId | None, learner: UserId | None) -> Select[Any]:
    """Rows of a course, oldest first, of one module or one learner where they are named."""
    c = table.c
    query = select(table).where(c.course == course)
    if module is not None:
        query = query.where(c.module == module)
    if learner is not None:
        query = query.where(c.learner == learner)
    return query.order_by(c.number)


def _member(row: Row[Any]) -> Member:
    return Member(
        CourseId(row.course),
        UserId(row.user),
        Role(row.role),
        row.name,
        row.time_zone,
        Source(row.source),
    )


def _commitment(row: Row[Any]) -> tuple[Commitment, Receipt]:
    commitment = Commitment(
        CourseId(row.course),
        ModuleId(row.module),
        UserId(row.learner),
        PromptId(row.prompt),
        row.number,
        ReleaseNumber(row.release),
        row.response,
        Digest(row.digest),
        row.at,
    )
    return commitment, load(Receipt, row.receipt_text)


def _recorded(row: Row[Any]) -> Recorded:
    return Recorded(**row._mapping)


def _submission(row: Row[Any]) -> tuple[Submission, Receipt]:
    return load(Submission, row.definition), load(Receipt, row.receipt_text)


def _read_facts(rows: Iterable[Row[Any]]) -> tuple[Record, dict[ModuleId, Tally]]:
    by_kind: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)

    def modules(kind: str) -> frozenset[ModuleId]:
        return frozenset(row.module for row in by_kind[kind])

    marks = {row.module: row.share for row in sorted(by_kind["m"], key=lambda row: row.sequence)}
    record = Record(modules("s"), modules("d"), marks, modules("w"), modules("k"))

    fetched: dict[ModuleId, int] = {}
    for row in by_kind["f"]:
        fetched[row.module] = max(int(row.share), fetched.get(row.module, 0))
    handed_in: dict[ModuleId, list[datetime]] = defaultdict(list)
    for row in by_kind["s"]:
        handed_in[row.module].append(row.at)
    given: dict[ModuleId, list[datetime]] = defaultdict(list)
    for row in by_kind["m"]:
        given[row.module].append(row.at)
    committed: dict[ModuleId, set[PromptId]] = defaultdict(set)
    for row in by_kind["c"]:
        committed[row.module].add(PromptId(row.text))
    completed = {row.module: ReleaseNumber(int(row.share)) for row in by_kind["d"]}
    tallies = {
        module: Tally(
            ReleaseNumber(fetched[module]) if module in fetched else None,
            frozenset(committed.get(module, ())),
            len(handed_in.get(module, ())),
            max(handed_in.get(module, ()), default=None),
            max(given.get(module, ()), default=None),
            completed.get(module),
        )
        for module in {*fetched, *handed_in, *given, *committed, *completed}
    }
    return record, tallies
