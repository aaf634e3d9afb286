"""Who may do what: the whole table, and a refusal that keeps the course's secret."""

from __future__ import annotations

import itertools

import pytest

from coursekit.model.outcome import Allowed, Refused
from coursekit.model.people import Role
from coursekit.policy.access import Verb, is_member, may

MAY = {
    Role.LEARNER: {Verb.LEARN},
    Role.GRADER: {Verb.LEARN, Verb.READ_WORK, Verb.GIVE_FEEDBACK, Verb.READ_ROSTER},
    Role.INSTRUCTOR: set(Verb),
}


@pytest.mark.parametrize(("role", "verb"), list(itertools.product(Role, Verb)))
def test_the_table(role: Role, verb: Verb) -> None:
    decision = may(role, verb)
    assert isinstance(decision, Allowed) == (verb in MAY[role])
    if isinstance(decision, Refused):
        assert decision.code == "not-your-role"
        assert role.value in decision.reason
        assert verb.value in decision.reason
        assert decision.next_step


@pytest.mark.parametrize("role", Role)
def test_any_role_is_a_membership(role: Role) -> None:
    assert is_member(role) == Allowed()


def test_a_stranger_does_not_learn_whether_the_course_exists() -> None:
    decision = is_member(None)
    assert isinstance(decision, Refused)
    assert decision.code == "no-such-course"
    assert decision.reason == "There is no such course, or you are not in it."
