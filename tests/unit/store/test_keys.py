"""Keys are made once and kept to their owner; tokens say who somebody is until they run out."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coursekit.model.errors import Unauthenticated
from coursekit.model.ids import CourseId, ModuleId, ReleaseNumber, UserId
from coursekit.model.submission import Receipt, ReceiptKind, sha256
from coursekit.store import keys
from coursekit.store.keys import LocalTokens, ReceiptSigner, is_genuine, load_or_create

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
MARIA = UserId("maria")
HOUR = timedelta(hours=1)


@pytest.fixture
def key() -> Ed25519PrivateKey:
    # Fixed, so that what is signed is the same in every run.
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def raw(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes_raw()


# the file


def test_a_key_is_made_on_first_use_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "in" / "key"
    first = load_or_create(path)
    assert raw(load_or_create(path)) == raw(first)
    assert path.read_bytes() == raw(first)
    assert raw(load_or_create(tmp_path / "other")) != raw(first)


def test_only_its_owner_can_read_a_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        load_or_create(tmp_path / "key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_nothing_is_left_beside_it(tmp_path: Path) -> None:
    load_or_create(tmp_path / "key")
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


@pytest.fixture
def rival(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A second service that starts at the worst moment: while the first writes its key."""
    found: list[bytes] = []
    real = os.fdopen

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(keys.os, "fdopen", real)
        found.append(raw(load_or_create(tmp_path / "key")))
        return real(*args)

    monkeypatch.setattr(keys.os, "fdopen", meanwhile)
    return iter([found])


def test_two_services_that_start_at_once_have_one_key(tmp_path: Path, rival: Iterator[list[bytes]]) -> None:
    mine = raw(load_or_create(tmp_path / "key"))
    assert next(rival) == [mine]
    assert (tmp_path / "key").read_bytes() == mine
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


def test_a_power_cut_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(_handle: int) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(keys.os, "fsync", cut)
        with pytest.raises(OSError, match="power cut"):
            load_or_create(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []
    load_or_create(tmp_path / "key")


# receipts


def receipt(signer: ReceiptSigner) -> Receipt:
    unsigned = Receipt(
        ReceiptKind.COMMITMENT,
        CourseId("lamps"),
        ModuleId("first"),
        MARIA,
        ReleaseNumber(1),
        "p1",
        sha256(b"x"),
        "2027-03-01T12:00:00.000000Z",
        "",
        signer.key_id,
    )
    return replace(unsigned, signature=signer.sign(unsigned.signed_bytes()))


def test_a_signer_is_named_after_its_public_key(key: Ed25519PrivateKey) -> None:
    signer = ReceiptSigner(key)
    public = base64.b64decode(signer.public_key)
    assert public == key.public_key().public_bytes_raw()
    assert signer.key_id == sha256(public)[:16]


def test_a_receipt_is_genuine_under_its_own_key_alone(key: Ed25519PrivateKey) -> None:
    signer, other = ReceiptSigner(key), ReceiptSigner(Ed25519PrivateKey.generate())
    mine = receipt(signer)
    assert is_genuine(mine, {signer.key_id: signer.public_key})
    assert is_genuine(mine, {other.key_id: other.public_key, signer.key_id: signer.public_key})
    assert not is_genuine(mine, {other.key_id: other.public_key})
    assert not is_genuine(mine, {signer.key_id: other.public_key})
    assert not is_genuine(replace(mine, subject="p2"), {signer.key_id: signer.public_key})
    assert not is_genuine(replace(mine, subject="half \ud83d"), {signer.key_id: signer.public_key})


# tokens


def test_a_token_says_who_it_is_for_until_it_runs_out(key: Ed25519PrivateKey) -> None:
    tokens = LocalTokens(key, lambda: NOW)
    token = tokens.issue(MARIA, NOW, HOUR)
    assert tokens.verify(token, NOW) == MARIA
    assert tokens.verify(token, NOW + HOUR - timedelta(seconds=1)) == MARIA
    for later in (HOUR, timedelta(days=400)):
        with pytest.raises(Unauthenticated) as caught:
            tokens.verify(token, NOW + later)
        assert caught.value.code == "token-expired"


def test_the_clock_is_the_one_that_is_handed_in(key: Ed25519PrivateKey) -> None:
    """The year 1999 as well as 2100: the computer's own clock is never asked."""
    tokens = LocalTokens(key, lambda: NOW)
    for year in (1999, 2100):
        at = NOW.replace(year=year)
        assert tokens.verify(tokens.issue(MARIA, at, HOUR), at) == MARIA


CLAIMS = {"iss": "coursekit", "sub": "maria", "exp": (NOW + HOUR).timestamp()}


def signed(key: Ed25519PrivateKey, **changes: Any) -> str:
    claims = {k: v for k, v in (CLAIMS | changes).items() if v is not None}
    return jwt.encode(claims, key, algorithm="EdDSA")


def test_the_claims_as_they_must_be_hold(key: Ed25519PrivateKey) -> None:
    """Else the refusals below would prove nothing."""
    assert LocalTokens(key, lambda: NOW).verify(signed(key), NOW) == MARIA


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None},
        {"exp": None},
        {"iss": None},
        {"iss": "somebody else"},
        {"exp": "tomorrow"},
        {"exp": [1]},
        {"sub": 7},
        {"sub": ""},
        {"sub": "../chen"},
        {"sub": "maria\n"},
    ],
)
def test_a_token_with_other_claims_does_not_hold(key: Ed25519PrivateKey, changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        LocalTokens(key, lambda: NOW).verify(signed(key, **changes), NOW)


def test_a_token_of_another_key_does_not_hold(key: Ed25519PrivateKey) -> None:
    with pytest.raises(Unauthenticated) as caught:
        LocalTokens(key, lambda: NOW).verify(signed(Ed25519PrivateKey.generate()), NOW)
    assert caught.value.code == "bad-token"
    assert "coursekit token" in caught.value.next_step


def test_a_token_of_another_kind_does_not_hold(key: Ed25519PrivateKey) -> None:
    """Signed with the public key as a password, or not at all: the old tricks."""
    public = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode()
    hmac = jwt.encode(CLAIMS, public, algorithm="HS256")
    unsigned = jwt.encode(CLAIMS, None, algorithm="none")
    for token in (hmac, unsigned, "", ".", "..", "a.b.c", "ü", "\ud83d", signed(key)[:-4]):
        with pytest.raises(Unauthenticated):
            LocalTokens(key, lambda: NOW).verify(token, NOW)
