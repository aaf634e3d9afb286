"""A token is believed when this exchange signed it and its time has come and not gone; nothing else is one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coursekit.wire.api import API

PATH = "/courses/lamps/log"
"""Chen's to read, and nobody else's."""


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims(house: Any, **changes: Any) -> dict[str, Any]:
    now = house.clock().timestamp()
    whole = {"iss": "coursekit", "sub": "chen", "iat": now, "exp": now + 3600} | changes
    return {name: value for name, value in whole.items() if value is not None}


def signed(house: Any, head: dict[str, Any] | None = None, **changes: Any) -> str:
    """Really signed by this exchange's own key."""
    return jwt.encode(claims(house, **changes), house.embedded.tokens._key, "EdDSA", headers=head)


def unsigned(alg: str) -> Callable[[Any], str]:
    return lambda house: f"{part({'alg': alg, 'typ': 'JWT'})}.{part(claims(house))}."


def by_public_key(spelling: str) -> Callable[[Any], str]:
    """HMAC with a secret that everybody knows: taken by whoever lets the token say how it is signed."""

    def forge(house: Any) -> str:
        public = house.embedded.tokens._key.public_key()
        secret = {
            "raw": public.public_bytes_raw,
            "pem": lambda: public.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            ),
            "base64": lambda: base64.b64encode(public.public_bytes_raw()),
        }[spelling]()
        from hashlib import sha256
        from hmac import new

        said = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims(house))}"
        mark = base64.urlsafe_b64encode(new(secret, said.encode(), sha256).digest()).rstrip(b"=").decode()
        return f"{said}.{mark}"

    return forge


def by_another_key(head: dict[str, Any]) -> Callable[[Any], str]:
    """Signed by a key that the token itself brings along, or says where to find."""

    def forge(house: Any) -> str:
        key = Ed25519PrivateKey.generate()
        x = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()
        brought = {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}} if "jwk" in head else head
        return jwt.encode(claims(house), key, "EdDSA", headers=brought)

    return forge


FORGED: dict[str, Callable[[Any], str]] = {
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg NONE": unsigned("NONE"),
    "alg empty": unsigned(""),
    "hmac, raw key": by_public_key("raw"),
    "hmac, pem": by_public_key("pem"),
    "hmac, base64": by_public_key("base64"),
    "own jwk": by_another_key({"jwk": {}}),
    "jku": by_another_key({"jku": "http://127.0.0.1:1/keys"}),
    "kid": by_another_key({"kid": "../../../../dev/null"}),
    "receipt key": lambda house: jwt.encode(claims(house), Ed25519PrivateKey.generate(), "EdDSA"),
    "other issuer": lambda house: signed(house, iss="another"),
    "no issuer": lambda house: signed(house, iss=None),
    "no end": lambda house: signed(house, exp=None),
    "nobody": lambda house: signed(house, sub=None),
    "for another": lambda house: signed(house, aud="another"),
    "critical": lambda house: signed(house, {"crit": ["b64"], "b64": False}),
    "cut": lambda house: signed(house)[:-1],
    "longer": lambda house: signed(house) + "A",
    "one more part": lambda house: signed(house) + ".e30",
    "two at once": lambda house: signed(house) + " " + signed(house),
    "nul": lambda house: signed(house).replace(".", "%00.", 1),
    "only dots": lambda house: "..",
    "no json": lambda house: "e30.e30.",
    "long": lambda house: "x" * 20_000,
    "many dots": lambda house: "." * 20_000,
    "deep": lambda house: base64.urlsafe_b64encode(b"[" * 10_000).decode() + ".e30.e30",
}
OUT_OF_TIME: dict[str, Callable[[Any], str]] = {
    "expired": lambda house: signed(house, exp=house.clock().timestamp()),
    "long ago": lambda house: signed(house, exp=-1e300),
    "no number": lambda house: jwt.encode(
        claims(house, exp=float("nan")), house.embedded.tokens._key, "EdDSA"
    ),
    "not yet": lambda house: signed(house, nbf=house.clock().timestamp() + 60),
    "not yet, no number": lambda house: signed(house, nbf=float("nan")),
    "never": lambda house: signed(house, nbf=1e300),
}


@pytest.mark.parametrize("name", [*FORGED, *OUT_OF_TIME])
def test_what_is_no_token_of_ours_opens_nothing(lamps: Any, problem: Any, name: str) -> None:
    token = (FORGED | OUT_OF_TIME)[name](lamps)
    before = lamps.kept()
    code = "bad-token" if name in FORGED else "token-expired"
    told = problem(lamps.raw("GET", PATH, token=token), 401, code)
    assert token not in json.dumps(told)
    problem(lamps.raw("PUT", "/courses/lamps/members", token=token, body=[{"user": "evil"}]), 401, code)
    assert lamps.kept() == before


@pytest.mark.parametrize("sub", ["", " chen", "chen\n", "chen\0", "../chen", "chen/../chen", "c" * 129])
def test_a_name_that_nobody_can_have_opens_nothing(lamps: Any, sub: str) -> None:
    assert lamps.raw("GET", PATH, token=signed(lamps, sub=sub)).status_code == 401


@pytest.mark.parametrize("sub", [7, ["chen"], {"a": 1}, True])
def test_a_name_that_is_no_text_opens_nothing(lamps: Any, sub: Any) -> None:
    body = f"{part({'alg': 'EdDSA', 'typ': 'JWT'})}.{part(claims(lamps, sub=sub))}"
    mark = lamps.embedded.tokens._key.sign(body.encode())
    token = f"{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"
    assert lamps.raw("GET", PATH, token=token).status_code == 401


def test_a_token_that_holds_holds_until_its_last_moment(lamps: Any) -> None:
    """So that the refusals above are for what they say."""
    token = signed(lamps, nbf=lamps.clock().timestamp())
    assert lamps.raw("GET", PATH, token=token).status_code == 200
    lamps.clock.advance(seconds=3599)
    assert lamps.raw("GET", PATH, token=token).status_code == 200
    lamps.clock.advance(seconds=1)
    assert lamps.raw("GET", PATH, token=token).status_code == 401


@pytest.mark.parametrize("name", ["token", "access_token", "Authorization", "bearer", "jwt"])
def test_a_token_counts_nowhere_but_in_its_header(lamps: Any, problem: Any, name: str) -> None:
    """An address ends in logs, histories and the next page's Referer; a cookie is sent by any page."""
    token = lamps.token("chen")
    problem(lamps.raw("GET", f"{PATH}?{name}={token}"), 401, "no-token")
    cookie = httpx.get(f"{lamps.url}{API}{PATH}", headers={"Cookie": f"{name}={token}"}, trust_env=False)
    problem(cookie, 401, "no-token")
    header = httpx.get(f"{lamps.url}{API}{PATH}", headers={f"X-{name}": token}, trust_env=False)
    problem(header, 401, "no-token")


def test_a_gigantic_token_is_refused_and_the_next_request_served(lamps: Any) -> None:
    for size in (60_000, 2_000_000):
        try:
            answer = lamps.raw("GET", PATH, token="x" * size)
            assert 400 <= answer.status_code < 500
        except httpx.TransportError:
            # The line may be closed before all of it is said.
            assert size > 60_000
    assert lamps.raw("GET", PATH, "chen").status_code == 200


def test_a_hub_is_never_asked_about_a_token_that_says_it_is_ours(
    tmp_path: Any, run_house: Any, make: Any, problem: Any
) -> None:
    """A forged token of ours gets no second chance at the Hub, and a Hub's token none with us."""
    from coursekit.hub import HubTokens
    from coursekit.wiring.hub import EitherTokens

    asked: list[str] = []

    def the_hub(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Authorization"])
        return httpx.Response(200, json={
            "kind": "user", "name": "chen", "groups": [], "scopes": ["access:services"],
        })  # fmt: skip

    def tokens(embedded: Any) -> EitherTokens:
        at_hub = HubTokens(
            "http://hub/api", "coursekit", embedded.clock, transport=httpx.MockTransport(the_hub)
        )
        return EitherTokens(embedded.tokens, at_hub)

    with run_house(tmp_path / "exchange", tokens=tokens) as house:
        house.enrol(chen="instructor")
        for name, forge in FORGED.items():
            # These do not say so, or say nothing that can be read.
            if name in ("other issuer", "no issuer", "only dots", "no json", "long", "many dots", "deep",
                        "one more part", "two at once", "nul", "cut", "longer", "critical"):  # fmt: skip
                continue
            problem(house.raw("GET", PATH, token=forge(house)), 401, "bad-token")
        assert asked == []
        assert house.raw("GET", PATH, token="a-token-of-the-hub").status_code == 200
        assert asked == ["Bearer a-token-of-the-hub"]


def test_tokens_expire_when_they_are_issued_to(lamps: Any, problem: Any) -> None:
    token = lamps.token("chen", timedelta(seconds=10))
    assert lamps.raw("GET", PATH, token=token).status_code == 200
    lamps.clock.advance(seconds=10)
    problem(lamps.raw("GET", PATH, token=token), 401, "token-expired")
