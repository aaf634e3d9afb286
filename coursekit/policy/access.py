"""Who may do what in a course. Refusals to outsiders never tell whether the course exists."""

from __future__ import annotations

from enum import StrEnum

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


_STAFF = frozenset({Verb.LEARN, Verb.READ_WORK, Verb.GIVE_FEEDBACK, Verb.READ_ROSTER})
_MAY: dict[Role, frozenset[Verb]] = {
    Role.LEARNER: frozenset({Verb.LEARN}),
    Role.GRADER: _STAFF,
    Role.INSTRUCTOR: _STAFF | {Verb.CHANGE_COURSE, Verb.OPEN_DOORS},
}


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
