"""Look at each link between this place and the exchange, in the order in which they hang on each other.

    address ── service ── clock ── sign-in, hub ── course and role        everybody
    work folder, login folder, kernel, lab                                learners and staff
    nbgrader, alembic, formgrader                                         where nbgrader is used
    data, blobs, disk, keys, database, schema                             the exchange's own machine

Only what applies is looked at: behind a broken link nothing can be said.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from coursekit.model.errors import CoursekitError, Unauthenticated
from coursekit.policy import diagnosis
from coursekit.policy.diagnosis import Answer, Finding, Nbgrader, State


@dataclass(frozen=True)
class HubToken:
    """What a JupyterHub says about the token of the server that this runs in."""

    api_url: str
    service: str
    """The exchange's name at the Hub."""
    scopes: frozenset[str]
    silence: str = ""
    """Why the Hub did not say; empty when it did."""


@dataclass(frozen=True)
class Meant:
    """The course that the work here belongs to."""

    course: str = ""
    source: str = ""
    """Who says so, such as modules/course.yml."""
    staff_work: str = ""
    """What here is staff's, as half a sentence; empty for learners' work."""


@dataclass(frozen=True)
class Store:
    """What the exchange's own machine keeps, as it was found. Nothing is made by looking."""

    folders: tuple[tuple[str, str, str, str], ...]
    """Of each folder: check, what it is, path, and why it cannot be written (empty when it can)."""
    room: tuple[str, int]
    """A folder, and the bytes left on its disk."""
    keys: str = ""
    """The folder of keys; empty while there are none."""
    keys_open: tuple[str, ...] = ()
    """Private keys that others on the machine can read."""
    signing_problem: str = ""
    signing_fix: str = ""
    published: int = 0
    """How many public keys there are."""
    database: str = ""
    database_problem: str = ""
    schema: str | None = None
    schema_wanted: str = ""


class Looks(Protocol):
    """Everything that is looked at. Each look says what it saw, and judges nothing."""

    def version(self) -> str: ...
    def address(self) -> tuple[str, str]:
        """The exchange's address and where it stands. Raises BadInput for a broken login file."""

    def answer(self, url: str) -> tuple[Answer, datetime, datetime | None]:
        """What answers there; and the time here and there at that moment, if it told."""

    def courses(self) -> Mapping[str, str]:
        """The courses one is in, id → role. Raises Unauthenticated `no-token`, or what the exchange says."""

    def hub(self) -> HubToken | None:
        """What the Hub says of this server's token; none outside a Hub."""

    def meant(self) -> Meant: ...
    def work_folders(self) -> list[tuple[str, str, str]]:
        """What each is, its path, and why it cannot be written (empty when it can)."""

    def kernel(self) -> str:
        """Why a notebook cannot import the forms; empty when it can."""

    def lab(self) -> tuple[str, bool]:
        """The version of JupyterLab's extension, empty without one; whether its server's side is switched on."""

    def nbgrader(self) -> Nbgrader | None:
        """Its configuration here; none where nbgrader is not installed."""

    def alembic(self) -> bool: ...
    def sandbox(self) -> Sequence[str]:
        """What is missing for running learners' code safely; nothing when all is there."""

    def formgrader(self) -> bool:
        """Whether formgrader's page is switched on here."""

    def store(self) -> Store | None:
        """What the exchange keeps; none on any other machine."""


def diagnose(look: Looks) -> Iterator[Finding]:
    """Each finding as soon as it is there."""
    store = look.store()
    meant = look.meant()
    role = yield from _way(look, meant, is_operator=store is not None)
    is_staff = bool(meant.staff_work) or role in ("grader", "instructor")
    if store is None or role or meant.course:
        yield from _place(look, meant, is_staff, role == "learner")
    if store is not None:
        yield from _machine(store)


def _way(look: Looks, meant: Meant, is_operator: bool) -> Generator[Finding, None, str]:
    """The way to the exchange and into the course. What it returns to `diagnose` is the role, if it came so far."""
    try:
        url, source = look.address()
    except CoursekitError as error:
        yield diagnosis.refused(error.code, error.detail, error.next_step)
        return ""
    found = diagnosis.address(url, source)
    yield found
    if found.state is State.BROKEN:
        return ""
    answer, here, there = look.answer(url)
    found = diagnosis.service(answer, look.version())
    yield found
    if not answer.version:
        return ""
    if there is not None:
        yield diagnosis.clock(here, there)
    hub = look.hub()
    if hub is not None:
        if hub.silence:
            yield diagnosis.hub_silent(hub.api_url, hub.silence)
            return ""
        found = diagnosis.hub_scope(hub.scopes, hub.service)
        yield found
        if found.state is State.BROKEN:
            # The exchange would say the same again.
            return ""
    try:
        courses = look.courses()
    except Unauthenticated as error:
        if error.code == "no-token":
            yield diagnosis.no_token(is_operator)
        else:
            yield diagnosis.refused(error.code, error.detail, error.next_step)
        return ""
    except CoursekitError as error:
        yield diagnosis.refused(error.code, error.detail, error.next_step)
        return ""
    yield diagnosis.membership(meant.course, meant.source, courses, meant.staff_work)
    if meant.course:
        return courses.get(meant.course, "")
    return next(iter(set(courses.values())), "") if len(set(courses.values())) == 1 else ""


def _place(look: Looks, meant: Meant, is_staff: bool, is_learner: bool) -> Iterator[Finding]:
    for what, path, problem in look.work_folders():
        yield diagnosis.folder("folder", what, path, problem)
    yield diagnosis.kernel(look.kernel())
    yield diagnosis.lab(*look.lab(), look.version())
    seen = look.nbgrader()
    if seen is None:
        return
    found = diagnosis.nbgrader(seen, bool(meant.staff_work))
    yield found
    if found.state is State.GOOD:
        course = diagnosis.nbgrader_course(seen.course)
        if course is not None and is_staff:
            yield course
    if is_staff:
        yield diagnosis.sandbox(look.sandbox())
        yield diagnosis.alembic(look.alembic())
    learners = diagnosis.formgrader(look.formgrader(), is_learner and not is_staff)
    if learners is not None:
        yield learners


def _machine(store: Store) -> Iterator[Finding]:
    for check, what, path, problem in store.folders:
        yield diagnosis.folder(check, what, path, problem)
    yield diagnosis.room(*store.room)
    if store.keys:
        yield diagnosis.secrets(store.keys, store.keys_open)
        if store.signing_problem or store.published:
            yield diagnosis.signing(store.signing_problem, store.signing_fix, store.published)
    found = diagnosis.database(store.database, store.database_problem)
    yield found
    if found.state is not State.BROKEN:
        yield diagnosis.schema(store.schema, store.schema_wanted)
