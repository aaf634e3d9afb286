"""Who is in a course, doors that staff open by hand, and the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coursekit.model.errors import BadInput
from coursekit.model.event import Event
from coursekit.model.ids import CourseId, ModuleId, UserId, is_slug
from coursekit.model.people import Identity, Member, Role, Source
from coursekit.policy.access import courses_in, role_by_groups
from coursekit.services import desk
from coursekit.services.desk import Exchange
from coursekit.wire.api import CourseRow, EventShape, MemberShape


def put_members(exchange: Exchange, actor: UserId, course: CourseId, members: Iterable[MemberShape]) -> None:
    """Add people, or change their role, name or time zone. All of them, or none. Raises BadInput.

    Whoever stands here is on the roster, and Hub groups change nothing about them any more.
    """
    people = [Member(course, UserId(m.user), Role(m.role), m.name, _zone(m.time_zone)) for m in members]
    with exchange.ledger.write(course) as deed:
        now = exchange.clock()
        for member in people:
            deed.put_member(member)
            deed.add_event(Event(course, now, actor, "enrol", member.user, {"role": member.role.value}))


def remove_members(
    exchange: Exchange, actor: UserId, course: CourseId, users: Iterable[str], reason: str
) -> None:
    """Take people out of the course; all that they did stays. All of them, or none. Raises NotFound."""
    with exchange.ledger.write(course) as deed:
        now = exchange.clock()
        for name in users:
            user = UserId(name)
            desk.check_member(deed, course, user)
            deed.remove_member(course, user)
            deed.add_event(Event(course, now, actor, "remove", user, {"reason": reason}))


def list_members(exchange: Exchange, course: CourseId) -> list[MemberShape]:
    """Everybody in the course, by name of the account."""
    with exchange.ledger.read() as deed:
        return [_shape(m) for m in deed.members(course)]


def show_me(exchange: Exchange, course: CourseId, user: UserId) -> MemberShape:
    """What the course knows about somebody."""
    with exchange.ledger.read() as deed:
        desk.check_member(deed, course, user)
        member = deed.find_member(course, user)
        assert member is not None
        return _shape(member)


def put_time_zone(exchange: Exchange, course: CourseId, user: UserId, time_zone: str) -> None:
    """The zone in which somebody wants to see dates. Raises BadInput for one that nobody knows."""
    zone = _zone(time_zone)
    with exchange.ledger.write(course, user) as deed:
        member = deed.find_member(course, user)
        if member is not None:
            deed.put_member(Member(course, user, member.role, member.name, zone, member.source))


def find_role(exchange: Exchange, course: CourseId, identity: Identity) -> Role | None:
    """What somebody is in a course, or none.

    The roster decides. Who is not on it is what their Hub groups make of them; that is written down, so that
    staff see them in their lists, and struck out again when the group is gone.
    """
    with exchange.ledger.read() as deed:
        member = deed.find_member(course, identity.user)
    if identity.groups is None or (member is not None and member.source is Source.ROSTER):
        return member.role if member is not None else None
    role = role_by_groups(course, identity.groups)
    if role != (member.role if member is not None else None):
        _follow_groups(exchange, course, identity.user, role)
    return role


def _follow_groups(exchange: Exchange, course: CourseId, user: UserId, role: Role | None) -> None:
    with exchange.ledger.write(course, user) as deed:
        now = exchange.clock()
        member = deed.find_member(course, user)
        if member is not None and member.source is Source.ROSTER:
            return
        if role is not None:
            name, zone = (member.name, member.time_zone) if member is not None else ("", "")
            deed.put_member(Member(course, user, role, name, zone, Source.GROUP))
            deed.add_event(Event(course, now, user, "enrol by group", user, {"role": role.value}))
        elif member is not None:
            deed.remove_member(course, user)
            deed.add_event(Event(course, now, user, "remove by group", user))


def list_courses(exchange: Exchange, identity: Identity) -> list[CourseRow]:
    """The courses somebody is in."""
    if identity.groups is not None:
        with exchange.ledger.read() as deed:
            # Those as well that a group made them a member of once: it may have ended.
            named = {course for course, _ in deed.courses_of(identity.user)}
        for name in sorted(named.union(courses_in(identity.groups))):
            if is_slug(name):
                find_role(exchange, CourseId(name), identity)
    with exchange.ledger.read() as deed:
        rows = []
        for course, role in deed.courses_of(identity.user):
            definition = deed.find_course(course)
            rows.append(
                CourseRow(course=course, title=definition.title if definition else course, role=role.value)
            )
    return rows


def waive(
    exchange: Exchange, actor: UserId, course: CourseId, module: ModuleId, learner: UserId, reason: str
) -> None:
    """Open a module for one learner whatever the gate says; the reason stays on record."""
    with exchange.ledger.write(course, learner) as deed:
        now = exchange.clock()
        desk.get_course(deed, course).get_module(module)
        desk.check_member(deed, course, learner)
        deed.add_opening(course, module, learner, True, reason, now)
        deed.add_event(Event(course, now, actor, "waive", module, {"learner": learner, "reason": reason}))


def read_log(
    exchange: Exchange, course: CourseId, after: int = 0, limit: int | None = None
) -> list[EventShape]:
    """The audit log, oldest first, from beyond entry number `after` on."""
    with exchange.ledger.read() as deed:
        return [
            EventShape(
                at=e.at, actor=e.actor, verb=e.verb, subject=e.subject, details=e.details, number=number
            )
            for number, e in deed.events(course, after, limit)
        ]


def _shape(member: Member) -> MemberShape:
    return MemberShape(
        user=member.user,
        role=member.role.value,
        name=member.name,
        time_zone=member.time_zone,
        source=member.source.value,
    )


def _zone(name: str) -> str:
    if name:
        try:
            ZoneInfo(name)
        # A folder's name, or one that leads elsewhere, is refused in other words than an unknown one.
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise BadInput(
                "unknown-time-zone",
                f"“{name}” is no time zone.",
                "Use an IANA name, such as Europe/Vienna or Africa/Lagos.",
            ) from error
    return name
