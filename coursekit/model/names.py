"""A name that somebody typed, as an id. Each raises BadInput when it cannot be one."""

from __future__ import annotations

from coursekit.model.errors import BadInput
from coursekit.model.ids import SLUG_RULE, USER_RULE, CourseId, ModuleId, UserId, is_slug, is_user


def course_named(name: str) -> CourseId:
    """The course's id."""
    if not is_slug(name):
        raise BadInput("bad-name", f"“{name}” cannot name a course.", f"Use {SLUG_RULE}.")
    return CourseId(name)


def module_named(name: str) -> ModuleId:
    """The module's id."""
    if not is_slug(name):
        raise BadInput("bad-name", f"“{name}” cannot name a module.", f"Use {SLUG_RULE}.")
    return ModuleId(name)


def user_named(name: str) -> UserId:
    """The person's id."""
    if not is_user(name):
        raise BadInput("bad-name", f"“{name}” cannot name a person.", f"Use {USER_RULE}.")
    return UserId(name)
