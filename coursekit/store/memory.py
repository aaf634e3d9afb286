"""The ledger and the blobs in memory: twins of `store/ledger.py` and `store/blobs.py` that need no file.

State is plain dicts. A deed works on a copy, which takes the place of the original at the end of a write
block that went well; so a block that raises, or one that only reads, leaves nothing behind.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TypeVar

from coursekit.model.course import Course
from coursekit.model.deadline import Extension, HandedIn
from coursekit.model.errors import ServiceFault
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
from coursekit.model.recorded import Recorded
from coursekit.model.submission import (
    Commitment,
    Feedback,
    Receipt,
    Release,
    Reply,
    Submission,
    sha256,
)

K = TypeVar("K")
V = TypeVar("V")

_Mine = tuple[CourseId, UserId, ModuleId]
"""What most of the book is kept under: one learner in one module of one course."""


@dataclass
class _State:
    """Everything that is remembered. The values are frozen, so a copy of the dicts is a copy of it all."""

    courses: dict[CourseId, Course] = field(default_factory=dict)
    members: dict[tuple[CourseId, UserId], Member] = field(default_factory=dict)
    releases: dict[tuple[CourseId, ModuleId, ReleaseNumber], Release] = field(default_factory=dict)
    fetches: dict[tuple[_Mine, ReleaseNumber], datetime] = field(default_factory=dict)
    commitments: dict[tuple[_Mine, PromptId, int], tuple[Commitment, Receipt]] = field(default_factory=dict)
    completions: dict[_Mine, tuple[ReleaseNumber, datetime]] = field(default_factory=dict)
    submissions: dict[SubmissionId, tuple[Submission, Receipt]] = field(default_factory=dict)
    receipts: dict[tuple[CourseId, UserId, int], Receipt] = field(default_factory=dict)
    feedback: dict[int, Feedback] = field(default_factory=dict)
    openings: dict[tuple[_Mine, bool], tuple[str, datetime]] = field(default_factory=dict)
    extensions: dict[int, Extension] = field(default_factory=dict)
    withdrawals: dict[SubmissionId, tuple[UserId, str, datetime]] = field(default_factory=dict)
    choices: dict[_Mine, SubmissionId] = field(default_factory=dict)
    replies: dict[tuple[CourseId, UserId, str], Reply] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)
    to_check: dict[SubmissionId, bool] = field(default_factory=dict)
    recorded: dict[tuple[CourseId, ModuleId, int], Recorded] = field(default_factory=dict)

    def copy(self) -> _State:
        return _State(**{f.name: dict(getattr(self, f.name)) for f in fields(self)})


class MemoryLedger:
    """Plugs into `ports.Ledger`."""

    def __init__(self) -> None:
        self._state = _State()
        self._writers = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[MemoryDeed]:
        """A consistent look; whatever was written in it is undone."""
        yield MemoryDeed(self._state.copy())

    def check(self) -> None:
        """Memory is always there."""

    @contextmanager
    def write(self, course: CourseId, learner: UserId | None = None) -> Iterator[MemoryDeed]:
        """One writer at a time, whoever it is for."""
        with self._writers:
            state = self._state.copy()
            yield MemoryDeed(state)
            # Only now, and in one assignment: readers see all of the deed or nothing.
            self._state = state


class MemoryDeed:
    """Plugs into `ports.Deed`."""

    def __init__(self, state: _State) -> None:
        self._state = state

    # the course and its people

    def find_course(self, course: CourseId) -> Course | None:
        return self._state.courses.get(course)

    def put_course(self, course: Course) -> None:
        self._state.courses[course.id] = course

    def find_member(self, course: CourseId, user: UserId) -> Member | None:
        return self._state.members.get((course, user))

    def remove_member(self, course: CourseId, user: UserId) -> None:
        self._state.members.pop((course, user), None)

    def put_member(self, member: Member) -> None:
        self._state.members[member.course, member.user] = member

    def members(self, course: CourseId) -> Sequence[Member]:
        return sorted((m for m in self._state.members.values() if m.course == course), key=lambda m: m.user)

    def courses_of(self, user: UserId) -> Sequence[tuple[CourseId, Role]]:
        return sorted((m.course, m.role) for m in self._state.members.values() if m.user == user)

    # releases

    def add_release(self, release: Release) -> None:
        _add(self._state.releases, (release.course, release.module, release.number), release)

    def find_release(
        self, course: CourseId, module: ModuleId, number: ReleaseNumber | None = None
    ) -> Release | None:
        wanted = number if number is not None else self.released_modules(course).get(module)
        return self._state.releases.get((course, module, wanted)) if wanted is not None else None

    def find_releases(
        self, course: CourseId, numbers: Mapping[ModuleId, ReleaseNumber]
    ) -> Mapping[ModuleId, Release]:
        found = {module: self.find_release(course, module, number) for module, number in numbers.items()}
        return {module: release for module, release in found.items() if release is not None}

    def released_modules(self, course: CourseId) -> Mapping[ModuleId, ReleaseNumber]:
        newest: dict[ModuleId, ReleaseNumber] = {}
        for release in self._state.releases.values():
            if release.course == course:
                newest[release.module] = max(release.number, newest.get(release.module, release.number))
        return newest

    def note_fetch(
        self, course: CourseId, module: ModuleId, learner: UserId, release: ReleaseNumber, at: datetime
    ) -> None:
        self._state.fetches.setdefault(((course, learner, module), release), _aware(at))

    def fetched(self, course: CourseId, module: ModuleId, learner: UserId) -> Sequence[ReleaseNumber]:
        mine = (course, learner, module)
        return sorted(number for whose, number in self._state.fetches if whose == mine)

    # commitments and submissions

    def add_commitment(self, commitment: Commitment, receipt: Receipt) -> None:
        _aware(commitment.at)
        key = ((commitment.course, commitment.learner, commitment.module), commitment.prompt)
        _add(self._state.commitments, (*key, commitment.number), (commitment, receipt))
        self._add_receipt(receipt)

    def commitments(
        self, course: CourseId, module: ModuleId, learner: UserId
    ) -> Sequence[tuple[Commitment, Receipt]]:
        mine = (course, learner, module)
        return [pair for (whose, _, _), pair in self._state.commitments.items() if whose == mine]

    def find_commitment(
        self, course: CourseId, module: ModuleId, learner: UserId, prompt: PromptId
    ) -> tuple[Commitment, Receipt] | None:
        return self._state.commitments.get(((course, learner, module), prompt, 1))

    def first_responses(
        self, course: CourseId, module: ModuleId, prompt: PromptId, limit: int
    ) -> Sequence[tuple[UserId, Response]]:
        return [(c.learner, c.response) for c in self._first(course, module, prompt)[:limit]]

    def count_first_responses(self, course: CourseId, module: ModuleId, prompt: PromptId) -> int:
        return len(self._first(course, module, prompt))

    def first_responses_since(
        self, course: CourseId, module: ModuleId, prompt: PromptId, since: datetime | None, limit: int
    ) -> Sequence[tuple[UserId, Response, datetime]]:
        found = [c for c in self._first(course, module, prompt) if since is None or c.at >= since]
        return [(c.learner, c.response, c.at) for c in found[:limit]]

    def _first(self, course: CourseId, module: ModuleId, prompt: PromptId) -> list[Commitment]:
        first = [
            c
            for c, _ in self._state.commitments.values()
            if (c.course, c.module, c.prompt, c.number) == (course, module, prompt, 1)
        ]
        return sorted(first, key=lambda c: (c.at, c.learner))

    def sealed(
        self, course: CourseId, module: ModuleId, learners: Collection[UserId]
    ) -> Mapping[UserId, Mapping[PromptId, Response]]:
        found: dict[UserId, dict[PromptId, Response]] = {}
        for c, _ in self._state.commitments.values():
            if (c.course, c.module, c.number) == (course, module, 1) and c.learner in learners:
                found.setdefault(c.learner, {})[c.prompt] = c.response
        return found

    def note_complete(
        self, course: CourseId, module: ModuleId, learner: UserId, release: ReleaseNumber, at: datetime
    ) -> None:
        self._state.completions.setdefault((course, learner, module), (release, _aware(at)))

    def add_submission(self, submission: Submission, receipt: Receipt, to_check: bool = False) -> None:
        _aware(submission.at)
        _add(self._state.submissions, submission.id, (submission, receipt))
        self._state.to_check[submission.id] = to_check
        self._add_receipt(receipt)

    def find_submission(self, submission: SubmissionId) -> tuple[Submission, Receipt] | None:
        return self._state.submissions.get(submission)

    def find_submissions(
        self, submissions: Collection[SubmissionId]
    ) -> Mapping[SubmissionId, tuple[Submission, Receipt]]:
        return {s: self._state.submissions[s] for s in submissions if s in self._state.submissions}

    def submissions(
        self, course: CourseId, module: ModuleId, learner: UserId | None = None
    ) -> Sequence[tuple[Submission, Receipt]]:
        return [
            (kept, receipt)
            for kept, receipt in self._state.submissions.values()
            if (kept.course, kept.module) == (course, module) and learner in (None, kept.learner)
        ]

    def submission_page(
        self, course: CourseId, module: ModuleId, after: int, limit: int
    ) -> Sequence[tuple[int, Submission]]:
        numbered = enumerate((s for s, _ in self._state.submissions.values()), start=1)
        wanted = [(n, s) for n, s in numbered if n > after and (s.course, s.module) == (course, module)]
        return wanted[:limit]

    def handed_in(
        self, course: CourseId, module: ModuleId | None = None, learners: Collection[UserId] | None = None
    ) -> Sequence[HandedIn]:
        return [
            HandedIn(s.id, s.module, s.learner, s.at, s.id in self._state.withdrawals)
            for s, _ in self._state.submissions.values()
            if s.course == course
            and module in (None, s.module)
            and (learners is None or s.learner in learners)
        ]

    def stored_bytes(self, course: CourseId, learner: UserId) -> int:
        handed_in = (s for s, _ in self._state.submissions.values())
        return sum(s.size for s in handed_in if (s.course, s.learner) == (course, learner))

    def add_withdrawal(self, submission: Submission, by: UserId, reason: str, at: datetime) -> None:
        _add(self._state.withdrawals, submission.id, (by, reason, _aware(at)))

    def add_choice(
        self, course: CourseId, module: ModuleId, learner: UserId, submission: SubmissionId, at: datetime
    ) -> None:
        _aware(at)
        self._state.choices[course, learner, module] = submission

    def choices(
        self, course: CourseId, module: ModuleId | None = None, learner: UserId | None = None
    ) -> Mapping[tuple[UserId, ModuleId], SubmissionId]:
        return {
            (who, m): chosen
            for (c, who, m), chosen in self._state.choices.items()
            if c == course and module in (None, m) and learner in (None, who)
        }

    def find_reply(self, course: CourseId, learner: UserId, key: str) -> Reply | None:
        return self._state.replies.get((course, learner, key))

    def add_reply(self, reply: Reply) -> None:
        _aware(reply.at)
        _add(self._state.replies, (reply.course, reply.learner, reply.key), reply)

    def last_receipt(self, course: CourseId, learner: UserId) -> Receipt | None:
        return self._state.receipts.get((course, learner, self._receipts(course, learner)))

    def _receipts(self, course: CourseId, learner: UserId) -> int:
        return sum(1 for c, who, _ in self._state.receipts if (c, who) == (course, learner))

    def _add_receipt(self, receipt: Receipt) -> None:
        number = self._receipts(receipt.course, receipt.learner) + 1
        _add(self._state.receipts, (receipt.course, receipt.learner, number), receipt)

    # staff's side

    def put_feedback(self, feedback: Feedback) -> None:
        _aware(feedback.at)
        self._state.feedback[len(self._state.feedback)] = feedback

    def feedback(
        self, course: CourseId, module: ModuleId, learner: UserId | None = None
    ) -> Sequence[Feedback]:
        return [
            given
            for given in self._state.feedback.values()
            if (given.course, given.module) == (course, module) and learner in (None, given.learner)
        ]

    def judged(
        self, course: CourseId, module: ModuleId, learners: Collection[UserId] | None = None
    ) -> frozenset[SubmissionId]:
        return frozenset(
            f.submission
            for f in self.feedback(course, module)
            if f.submission is not None and (learners is None or f.learner in learners)
        )

    def add_extension(self, extension: Extension) -> None:
        for moment in (extension.at, extension.until):
            if moment is not None:
                _aware(moment)
        self._state.extensions[len(self._state.extensions)] = extension

    def extensions(
        self, course: CourseId, module: ModuleId | None = None, learner: UserId | None = None
    ) -> Sequence[Extension]:
        return [
            e
            for e in self._state.extensions.values()
            if e.course == course and module in (None, e.module) and learner in (None, e.learner)
        ]

    def add_opening(
        self, course: CourseId, module: ModuleId, learner: UserId, waived: bool, reason: str, at: datetime
    ) -> None:
        self._state.openings.setdefault(((course, learner, module), waived), (reason, _aware(at)))

    def add_event(self, event: Event) -> None:
        _aware(event.at)
        self._state.events[len(self._state.events)] = event

    def events(
        self, course: CourseId, after: int = 0, limit: int | None = None
    ) -> Sequence[tuple[int, Event]]:
        numbered = [(n + 1, e) for n, e in self._state.events.items() if e.course == course and n + 1 > after]
        return numbered[:limit]

    # the checks of written answers

    def has_checks(self) -> bool:
        return any(release.checks for release in self._state.releases.values())

    def is_to_check(self, submission: SubmissionId) -> bool:
        return self._state.to_check.get(submission, False)

    def unchecked(self, after: int, limit: int) -> Sequence[tuple[int, Submission]]:
        done = {line.submission for line in self._state.recorded.values() if line.kind == "check"}
        numbered = enumerate((s for s, _ in self._state.submissions.values()), start=1)
        waiting = [(n, s) for n, s in numbered if n > after and self.is_to_check(s.id) and s.id not in done]
        return waiting[:limit]

    def last_submission(self) -> int:
        return len(self._state.submissions)

    def add_recorded(self, line: Recorded) -> None:
        _aware(line.at)
        said = (line.submission, line.prompt, line.kind)
        if None not in said and said in {
            (o.submission, o.prompt, o.kind) for o in self._state.recorded.values()
        }:
            raise ValueError(f"{said} is there already")
        _add(self._state.recorded, (line.course, line.module, line.number), line)

    def last_recorded(self, course: CourseId, module: ModuleId) -> Recorded | None:
        return next(reversed(self.recorded(course, module)), None)

    def recorded(
        self,
        course: CourseId,
        module: ModuleId,
        kind: str | None = None,
        submission: SubmissionId | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> Sequence[Recorded]:
        lines = sorted(self._state.recorded.values(), key=lambda line: line.number)
        return [
            line
            for line in lines
            if (line.course, line.module) == (course, module)
            and line.number > after
            and kind in (None, line.kind)
            and submission in (None, line.submission)
        ][:limit]

    # what the gate asks about

    def record(self, course: CourseId, learner: UserId) -> Record:
        state = self._state
        handed_in = (s for s, _ in state.submissions.values() if s.id not in state.withdrawals)
        opened = [(m, waived) for (c, who, m), waived in state.openings if (c, who) == (course, learner)]
        return Record(
            frozenset(s.module for s in handed_in if (s.course, s.learner) == (course, learner)),
            frozenset(m for c, who, m in state.completions if (c, who) == (course, learner)),
            {
                f.module: f.share
                for f in state.feedback.values()
                if (f.course, f.learner) == (course, learner)
            },
            frozenset(m for m, waived in opened if waived),
            frozenset(m for m, waived in opened if not waived),
        )

    def records(self, course: CourseId) -> Mapping[UserId, Record]:
        return {m.user: self.record(course, m.user) for m in self.members(course)}

    def standing(self, course: CourseId, learner: UserId) -> tuple[Record, Mapping[ModuleId, Tally]]:
        return self.record(course, learner), self._tallies(course, learner)

    def _tallies(self, course: CourseId, learner: UserId) -> Mapping[ModuleId, Tally]:
        state = self._state
        met = [
            *(whose for whose, _ in state.fetches),
            *(whose for whose, _, _ in state.commitments),
            *(
                (s.course, s.learner, s.module)
                for s, _ in state.submissions.values()
                if s.id not in state.withdrawals
            ),
            *((f.course, f.learner, f.module) for f in state.feedback.values()),
            *state.completions,
        ]
        return {
            module: self._tally(course, module, learner)
            for module in {m for c, who, m in met if (c, who) == (course, learner)}
        }

    def _tally(self, course: CourseId, module: ModuleId, learner: UserId) -> Tally:
        gone = self._state.withdrawals
        handed_in = [s for s, _ in self.submissions(course, module, learner) if s.id not in gone]
        completed = self._state.completions.get((course, learner, module))
        return Tally(
            max(self.fetched(course, module, learner), default=None),
            frozenset(c.prompt for c, _ in self.commitments(course, module, learner)),
            len(handed_in),
            max((s.at for s in handed_in), default=None),
            max((f.at for f in self.feedback(course, module, learner)), default=None),
            completed[0] if completed else None,
        )


class MemoryBlobs:
    """Plugs into `ports.Blobs`."""

    def __init__(self) -> None:
        self._kept: dict[Digest, bytes] = {}

    def put(self, content: bytes) -> Digest:
        """Keep the bytes."""
        digest = sha256(content)
        self._kept[digest] = bytes(content)
        return digest

    def get(self, digest: Digest) -> bytes:
        """The bytes, checked against their digest."""
        content = self._kept.get(digest)
        if content is None or sha256(content) != digest:
            raise ServiceFault(
                "blob-damaged",
                "A stored file is gone or damaged.",
                "Tell whoever runs the exchange: they can restore it from a backup.",
            )
        return content

    def check(self) -> None:
        """Memory is always there."""


def _add(kept: dict[K, V], key: K, value: V) -> None:
    """Rows that are only ever added: the same key twice is a mistake of ours, and undoes the deed."""
    if key in kept:
        raise ValueError(f"{key} is there already")
    kept[key] = value


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment
