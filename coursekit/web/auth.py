"""Who is asking: the verified token alone says so, never a name in the request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Header, Request

from coursekit.model.errors import Forbidden, NotFound, Unauthenticated
from coursekit.model.ids import CourseId, UserId, is_slug
from coursekit.model.outcome import Refused
from coursekit.model.people import Identity, Role
from coursekit.policy.access import Verb, is_member, may
from coursekit.ports import Tokens
from coursekit.services import enrol
from coursekit.services.desk import Exchange

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods that change something: for these a token's owner is asked for anew."""


class Caller:
    """A member of the course in the request's path, allowed to do what the route does.

    Looked up when somebody first asks who or where it is, which no verb can do without. Raises NotFound and
    Forbidden then.
    """

    def __init__(self, exchange: Exchange, identity: Identity, course: str, verb: Verb) -> None:
        self._exchange, self._identity, self._course, self._verb = exchange, identity, course, verb

    @property
    def user(self) -> UserId:
        """Who it is."""
        _ = self.role
        return self._identity.user

    @property
    def course(self) -> CourseId:
        """The course that they are in."""
        _ = self.role
        return CourseId(self._course)

    @cached_property
    def role(self) -> Role:
        """What they are in it."""
        known = is_slug(self._course)
        role = enrol.find_role(self._exchange, CourseId(self._course), self._identity) if known else None
        decision = is_member(role)
        if role is None:
            assert isinstance(decision, Refused)
            raise NotFound.of(decision)
        decision = may(role, self._verb)
        if isinstance(decision, Refused):
            raise Forbidden.of(decision)
        return role


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


async def identity_of(request: Request) -> Identity:
    """Whoever holds the bearer token."""
    known: Identity | None = getattr(request.state, "identity", None)
    if known is not None:
        return known
    tokens: Tokens = request.app.state.tokens
    token = bearer_token(request.headers.get("Authorization", ""))
    return await tokens.identify(token, fresh=request.method in CHANGES)


async def parts(request: Request) -> Exchange:
    """The exchange that this app was made with. Asynchronous, to spare a hop to another thread."""
    return exchange_of(request)


Parts = Annotated[Exchange, Depends(parts)]
User = Annotated[Identity, Depends(identity_of)]
KEY_LENGTH = 128
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=KEY_LENGTH)]
"""The same key, the same answer: draft-ietf-httpapi-idempotency-key-header."""


def member(verb: Verb) -> Callable[[str, User, Parts], Caller]:
    """A dependency: the caller is in the course and may do this. Asked before the body is looked at."""

    def check(course: str, user: User, exchange: Parts) -> Caller:
        caller = Caller(exchange, user, course, verb)
        _ = caller.role
        return caller

    return check


def member_in_time(verb: Verb) -> Callable[[str, User, Parts], Awaitable[Caller]]:
    """The same, looked up in the route's own thread: for routes that a whole class calls at once.

    A thread of its own costs more than the look. The route must ask for `caller.user` before it reads the body.
    """

    async def check(course: str, user: User, exchange: Parts) -> Caller:
        return Caller(exchange, user, course, verb)

    return check


Learner = Annotated[Caller, Depends(member(Verb.LEARN))]
LearnerInTime = Annotated[Caller, Depends(member_in_time(Verb.LEARN))]
Reader = Annotated[Caller, Depends(member(Verb.READ_WORK))]
Grader = Annotated[Caller, Depends(member(Verb.GIVE_FEEDBACK))]
RosterReader = Annotated[Caller, Depends(member(Verb.READ_ROSTER))]
Author = Annotated[Caller, Depends(member(Verb.CHANGE_COURSE))]
Doorkeeper = Annotated[Caller, Depends(member(Verb.OPEN_DOORS))]
Timekeeper = Annotated[Caller, Depends(member(Verb.CHANGE_DEADLINES))]
Proxy = Annotated[Caller, Depends(member(Verb.ACT_FOR))]
Auditor = Annotated[Caller, Depends(member(Verb.READ_LOG))]
