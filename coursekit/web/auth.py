"""Who is asking: the verified token alone says so, never a name in the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from coursekit.model.errors import Forbidden, NotFound, Unauthenticated
from coursekit.model.ids import CourseId, UserId, is_slug
from coursekit.model.outcome import Refused
from coursekit.model.people import Role
from coursekit.policy.access import Verb, is_member, may
from coursekit.services import enrol
from coursekit.services.desk import Exchange

Identify = Callable[[str], UserId]
"""A token's owner. Raises Unauthenticated."""


@dataclass(frozen=True)
class Caller:
    """A member of the course in the request's path, allowed to do what the route does."""

    user: UserId
    role: Role
    course: CourseId


def exchange_of(request: Request) -> Exchange:
    """The exchange that this app was made with."""
    exchange: Exchange = request.app.state.exchange
    return exchange


def bearer_token(header: str) -> str:
    """The token in an Authorization header. Raises Unauthenticated when there is none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(
            "no-token",
            "The request has no bearer token.",
            "Set COURSEKIT_TOKEN, or sign in with `coursekit login`.",
        )
    return token.strip()


def user_of(request: Request) -> UserId:
    """Whoever holds the bearer token."""
    identify: Identify = request.app.state.identify
    return identify(bearer_token(request.headers.get("Authorization", "")))


Parts = Annotated[Exchange, Depends(exchange_of)]
User = Annotated[UserId, Depends(user_of)]


def member(verb: Verb) -> Callable[[str, User, Parts], Caller]:
    """A dependency: the caller is in the course and may do this."""

    def check(course: str, user: User, exchange: Parts) -> Caller:
        role = enrol.find_role(exchange, CourseId(course), user) if is_slug(course) else None
        decision = is_member(role)
        if role is None:
            assert isinstance(decision, Refused)
            raise NotFound.of(decision)
        decision = may(role, verb)
        if isinstance(decision, Refused):
            raise Forbidden.of(decision)
        return Caller(user, role, CourseId(course))

    return check


Learner = Annotated[Caller, Depends(member(Verb.LEARN))]
Reader = Annotated[Caller, Depends(member(Verb.READ_WORK))]
Grader = Annotated[Caller, Depends(member(Verb.GIVE_FEEDBACK))]
RosterReader = Annotated[Caller, Depends(member(Verb.READ_ROSTER))]
Author = Annotated[Caller, Depends(member(Verb.CHANGE_COURSE))]
Doorkeeper = Annotated[Caller, Depends(member(Verb.OPEN_DOORS))]
