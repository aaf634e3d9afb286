"""Two issuers of tokens, and neither speaks for the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coursekit.model.errors import Unauthenticated
from coursekit.model.ids import UserId
from coursekit.model.people import Identity
from coursekit.store.keys import LocalTokens
from coursekit.wiring.hub import EitherTokens, choose_tokens

NOW = datetime(2027, 1, 11, 8, tzinfo=UTC)


class TheHubs:
    """Believes whatever it is asked, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    async def identify(self, token: str, fresh: bool) -> Identity:
        self.asked.append((token, fresh))
        return Identity(UserId("olu"), frozenset({"nbgrader-lamps"}))


def ours() -> LocalTokens:
    return LocalTokens(Ed25519PrivateKey.generate(), lambda: NOW)


def who(tokens: EitherTokens, token: str, fresh: bool = True) -> Identity:
    return asyncio.run(tokens.identify(token, fresh))


def test_a_token_of_ours_is_ours_alone() -> None:
    mine, the_hubs = ours(), TheHubs()
    either = EitherTokens(mine, the_hubs)
    assert who(either, mine.issue(UserId("maria"), NOW, timedelta(1))) == Identity(UserId("maria"), None)
    assert the_hubs.asked == []


def forged() -> str:
    return ours().issue(UserId("maria"), NOW, timedelta(days=1))


def unsigned() -> str:
    return jwt.encode({"iss": "coursekit", "sub": "maria", "exp": NOW + timedelta(1)}, "", algorithm="none")


def expired() -> str:
    return ours().issue(UserId("maria"), NOW - timedelta(days=9), timedelta(days=1))


@pytest.mark.parametrize("make", [forged, unsigned, expired])
def test_one_that_only_claims_to_be_ours_is_refused_and_never_shown_to_the_hub(
    make: Callable[[], str],
) -> None:
    the_hubs = TheHubs()
    with pytest.raises(Unauthenticated):
        who(EitherTokens(ours(), the_hubs), make())
    assert the_hubs.asked == []


@pytest.mark.parametrize(
    "token",
    ["0123456789abcdef" * 2, "a.b.c", "..", "", jwt.encode({"iss": "another", "sub": "maria"}, "x" * 32)],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_any_other_is_the_hubs(token: str, fresh: bool) -> None:
    the_hubs = TheHubs()
    assert who(EitherTokens(ours(), the_hubs), token, fresh).user == "olu"
    assert the_hubs.asked == [(token, fresh)]


def test_without_a_hub_there_are_ours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COURSEKIT_HUB_API_URL", "JUPYTERHUB_SERVICE_NAME"):
        monkeypatch.delenv(name, raising=False)
    mine = ours()
    assert choose_tokens(mine, lambda: NOW) is mine
    monkeypatch.setenv("COURSEKIT_HUB_API_URL", "http://127.0.0.1:1/hub/api")
    assert isinstance(choose_tokens(mine, lambda: NOW), EitherTokens)
