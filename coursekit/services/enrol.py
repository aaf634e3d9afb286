"""Who is in a course, and doors that staff open by hand."""

from __future__ import annotations

from collections.abc import Iterable

from coursekit.model.event import Event
from coursekit.model.ids import CourseId, ModuleId, UserId
from coursekit.model.people import Member, Role
from coursekit.services import desk
from coursekit.services.desk import Exchange
from coursekit.wire.api import CourseRow, EventShape, MemberShape


def put_members(exchange: Exchange, actor: UserId, course: CourseId, members: Iterable[MemberShape]) -> None:
    """Add people, or change their role or name. All of them, or none."""
    with exchange.ledger.write() as deed:
        now = exchange.clock()
        for shape in members:
            member = Member(course, UserId(shape.user), Role(shape.role), shape.name)
            deed.put_member(member)
            deed.add_event(Event(course, now, actor, "enrol", member.user, {"role": member.role.value}))


def list_members(exchange: Exchange, course: CourseId) -> list[MemberShape]:
    """Everybody in the course, by name of the account."""
    with exchange.ledger.read() as deed:
        return [MemberShape(user=m.user, role=m.role.value, name=m.name) for m in deed.members(course)]


def find_role(exchange: Exchange, course: CourseId, user: UserId) -> Role | None:
    """What somebody is in a course, or none."""
    with exchange.ledger.read() as deed:
        return deed.find_role(course, user)


def list_courses(exchange: Exchange, user: UserId) -> list[CourseRow]:
    """The courses somebody is in."""
    with exchange.ledger.read() as deed:
        rows = []
        for course, role in deed.courses_of(user):
            definition = deed.find_course(course)
            rows.append(
                CourseRow(course=course, title=definition.title if definition else course, role=role.value)
            )
    return rows


def waive(
    exchange: Exchange, actor: UserId, course: CourseId, module: ModuleId, learner: UserId, reason: str
) -> None:
    """Open a module for one learner whatever the gate says; the reason stays on record."""
    with exchange.ledger.write() as deed:
        now = exchange.clock()
        desk.get_course(deed, course).get_module(module)
        desk.check_member(deed, course, learner)
        deed.add_opening(course, module, learner, True, reason, now)
        deed.add_event(Event(course, now, actor, "waive", module, {"learner": learner, "reason": reason}))


def read_log(exchange: Exchange, course: CourseId) -> list[EventShape]:
    """The audit log, oldest first."""
    with exchange.ledger.read() as deed:
        return [
            EventShape(at=e.at, actor=e.actor, verb=e.verb, subject=e.subject, details=e.details)
            for e in deed.events(course)
        ]
