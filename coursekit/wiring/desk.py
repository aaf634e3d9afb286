"""Where staff's commands do their work: on the exchange itself, or through the service as whoever is signed in.

--data given, COURSEKIT_DATABASE set, or a ledger in the data folder   → directly, as the operator
anything else                                                          → through the service, with one's own role
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from coursekit.model.ids import (
    SubmissionId,
)
from coursekit.model.names import course_named, module_named, user_named
from coursekit.wire.api import EventShape, MemberShape, OnBehalfRequest, SubmissionRow, Submitted
from coursekit.wiring.settings import storage

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient
    from coursekit.services.desk import Exchange


class StaffDesk(Protocol):
    """What staff do by command line. Every method may raise any `CoursekitError`."""

    @property
    def where(self) -> str:
        """A sentence: where it is done, and as whom."""

    def zone(self, course: str) -> str:
        """The course's time zone, an IANA name."""

    def members(self, course: str) -> list[MemberShape]:
        """Everybody in the course."""

    def put_members(self, course: str, people: Sequence[MemberShape]) -> None:
        """Add people, or change them: all or none."""

    def remove_members(self, course: str, users: Sequence[str], reason: str) -> None:
        """Take people out: all or none."""

    def extend(self, course: str, module: str, learner: str, due: datetime, reason: str) -> None:
        """A due date of the learner's own."""

    def reopen(self, course: str, module: str, learner: str, until: datetime | None, reason: str) -> None:
        """Late work counts again, until a moment or for ever."""

    def waive(self, course: str, module: str, learner: str, reason: str) -> None:
        """The module is open to the learner, whatever the gate says."""

    def withdraw(self, course: str, submission: str, reason: str) -> None:
        """A submission counts no longer."""

    def submit_for(self, course: str, module: str, learner: str, request: OnBehalfRequest) -> Submitted:
        """Hand in for a learner."""

    def submissions(self, course: str, module: str) -> list[SubmissionRow]:
        """Everybody's, oldest first."""

    def log(self, course: str, after: int = 0) -> list[EventShape]:
        """The audit log from beyond that entry on, oldest first."""


@contextmanager
def open_desk(data: Path | None) -> Iterator[StaffDesk]:
    """The desk that the settings lead to. `data`: an exchange's own folder, named by hand."""
    kept = storage(data)
    if data is not None or kept.database is not None or (kept.data / "ledger.sqlite").is_file():
        from coursekit.wiring.exchange import open_exchange

        embedded = open_exchange(kept)
        try:
            place = str(kept.data) if kept.database is None else "its database"
            yield _Direct(embedded.exchange, place)
        finally:
            embedded.ledger.close()
        return
    from coursekit.wiring.learner import connect

    with connect() as client:
        yield _ThroughService(client)


class _Direct:
    """On the exchange's own data."""

    def __init__(self, exchange: Exchange, place: str) -> None:
        from coursekit.wiring.exchange import OPERATOR

        self._exchange, self._me = exchange, OPERATOR
        self.where = f"Directly on the exchange in {place}, as its operator."

    def zone(self, course: str) -> str:
        from coursekit.services import desk

        with self._exchange.ledger.read() as deed:
            return desk.get_course(deed, course_named(course)).time_zone

    def members(self, course: str) -> list[MemberShape]:
        from coursekit.services import enrol

        return enrol.list_members(self._exchange, course_named(course))

    def put_members(self, course: str, people: Sequence[MemberShape]) -> None:
        from coursekit.services import enrol

        enrol.put_members(self._exchange, self._me, course_named(course), people)

    def remove_members(self, course: str, users: Sequence[str], reason: str) -> None:
        from coursekit.services import enrol

        enrol.remove_members(
            self._exchange, self._me, course_named(course), [user_named(u) for u in users], reason
        )

    def extend(self, course: str, module: str, learner: str, due: datetime, reason: str) -> None:
        from coursekit.services import deadlines

        deadlines.extend(
            self._exchange,
            self._me,
            course_named(course),
            module_named(module),
            user_named(learner),
            due,
            reason,
        )

    def reopen(self, course: str, module: str, learner: str, until: datetime | None, reason: str) -> None:
        from coursekit.services import deadlines

        deadlines.reopen(
            self._exchange,
            self._me,
            course_named(course),
            module_named(module),
            user_named(learner),
            until,
            reason,
        )

    def waive(self, course: str, module: str, learner: str, reason: str) -> None:
        from coursekit.services import enrol

        enrol.waive(
            self._exchange, self._me, course_named(course), module_named(module), user_named(learner), reason
        )

    def withdraw(self, course: str, submission: str, reason: str) -> None:
        from coursekit.services import deadlines

        deadlines.withdraw(self._exchange, self._me, course_named(course), SubmissionId(submission), reason)

    def submit_for(self, course: str, module: str, learner: str, request: OnBehalfRequest) -> Submitted:
        from coursekit.services import submit

        behalf = submit.OnBehalf(self._me, request.reason)
        return submit.submit(
            self._exchange,
            course_named(course),
            module_named(module),
            user_named(learner),
            request,
            on_behalf=behalf,
        )

    def submissions(self, course: str, module: str) -> list[SubmissionRow]:
        from coursekit.services import handed_in

        found: list[SubmissionRow] = []
        after: int | None = 0
        while after is not None:
            page = handed_in.list_page(self._exchange, course_named(course), module_named(module), after, 500)
            found += page.rows
            after = page.next
        return found

    def log(self, course: str, after: int = 0) -> list[EventShape]:
        from coursekit.services import enrol

        return enrol.read_log(self._exchange, course_named(course), after)


class _ThroughService:
    """As whoever is signed in, with whatever their role in the course lets them do."""

    def __init__(self, client: ExchangeClient) -> None:
        self._client = client
        self.where = f"Through the exchange at {client.url}, as you."
        # Said once here, so that a method of the protocol cannot drift away from its namesake.
        self.members = client.members
        self.put_members = client.put_members
        self.remove_members = client.remove_members
        self.extend = client.extend
        self.reopen = client.reopen
        self.waive = client.waive
        self.withdraw = client.withdraw
        self.submit_for = client.submit_for
        self.submissions = client.submissions
        self.log = client.log

    def zone(self, course: str) -> str:
        return self._client.path(course).course_time_zone
