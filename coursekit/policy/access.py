"""Who may do what in a course. Refusals to outsiders never tell whether the course exists."""

from __future__ import annotations

from enum import StrEnum

from coursekit.model.ids import CourseId
from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.model.people import Role


class Verb(StrEnum):
    """Everything that somebody can ask of the exchange."""

    LEARN = "learn"
    """See one's path; fetch, commit, submit; read one's own work and feedback."""
    READ_WORK = "read learners' work"
    GIVE_FEEDBACK = "give feedback"
    READ_ROSTER = "read the roster"
    CHANGE_COURSE = "change the course"
    """Course definition, releases, roster."""
    OPEN_DOORS = "open a module for somebody"
    CHANGE_DEADLINES = "change somebody's deadline"
    ACT_FOR = "hand in or withdraw for somebody"
    READ_LOG = "read the audit log"


_STAFF = frozenset({Verb.LEARN, Verb.READ_WORK, Verb.GIVE_FEEDBACK, Verb.READ_ROSTER})
_MAY: dict[Role, frozenset[Verb]] = {
    Role.LEARNER: frozenset({Verb.LEARN}),
    Role.GRADER: _STAFF,
    Role.INSTRUCTOR: frozenset(Verb),
}


def role_by_groups(course: CourseId, groups: frozenset[str]) -> Role | None:
    """What Hub groups make of somebody, by nbgrader's names for them; none when they are in neither."""
    if f"formgrade-{course}" in groups:
        return Role.INSTRUCTOR
    if f"nbgrader-{course}" in groups:
        return Role.LEARNER
    return None


def courses_in(groups: frozenset[str]) -> list[str]:
    """The courses that Hub groups speak of, in order."""
    prefixes = ("formgrade-", "nbgrader-")
    return sorted({g.removeprefix(p) for g in groups for p in prefixes if g.startswith(p)})


def is_member(role: Role | None) -> Decision:
    """Whether somebody is in the course at all."""
    if role is None:
        return Refused(
            "no-such-course",
            "There is no such course, or you are not in it.",
            "Check the course's name, or ask its instructor to add you.",
        )
    return Allowed()


def may(role: Role, deed: Verb) -> Decision:
    """Whether a member in that role may do that."""
    if deed in _MAY[role]:
        return Allowed()
    return Refused(
        "not-your-role",
        f"A {role.value} may not {deed.value}.",
        "Ask an instructor of the course to do it, or to change your role.",
    )
