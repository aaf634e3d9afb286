"""A receipt proves itself without the service that gave it, and shows every tampering."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coursekit.model.ids import CourseId, ModuleId, UserId
from coursekit.model.submission import Receipt, ReceiptKind, canonical, sha256
from coursekit.store.keys import ReceiptSigner, is_genuine
from coursekit.wire.receipts import receipt_from_shape
from coursekit.wiring.exchange import open_embedded

C = "lamps"


@pytest.fixture
def submitted(lamps: Any, make: Any) -> Receipt:
    lamps.as_user("maria").commit(C, "first", "p1", make.answer())
    return receipt_from_shape(lamps.as_user("maria").submit(C, "first", make.hand_in("first")).receipt)


def test_a_receipt_verifies_offline_with_the_published_key(lamps: Any, submitted: Receipt) -> None:
    keys = lamps.as_user("maria").keys()
    assert keys == lamps.embedded.public_keys()
    assert is_genuine(submitted, keys)
    assert submitted.key in keys


def test_the_key_is_published_to_everybody(lamps: Any) -> None:
    answer = lamps.raw("GET", "/keys")
    assert answer.status_code == 200
    assert set(answer.json()[0]) == {"key", "public_key"}


@pytest.mark.parametrize("name", [f.name for f in fields(Receipt)])
def test_a_changed_byte_in_any_field_fails(lamps: Any, submitted: Receipt, name: str) -> None:
    keys = lamps.as_user("maria").keys()
    value: Any = getattr(submitted, name)
    if name == "kind":
        changed: list[Any] = [ReceiptKind.COMMITMENT]
    elif name == "release":
        changed = [value + 1, 0, -value]
    else:
        # Each place once, and something put before, behind and away.
        changed = [value[:i] + ("A" if c != "A" else "B") + value[i + 1 :] for i, c in enumerate(value)]
        changed += [value + "\n", " " + value, value[:-1], value.upper() + "!"]
    for other in changed:
        assert other != value
        assert not is_genuine(replace(submitted, **{name: other}), keys), other


def test_another_spelling_of_the_same_signature_fails(lamps: Any, submitted: Receipt) -> None:
    """Base64 leaves four bits over in 64 bytes, and its readers skip strange letters; the chain does not."""
    keys = lamps.as_user("maria").keys()
    text = submitted.signature
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(text[-3])
    twin = text[:-3] + alphabet[last ^ 1] + "=="
    for other in (twin, text + "\n", text[:5] + "!" + text[5:], text + "=", text.rstrip("="), "", "ü"):
        assert not is_genuine(replace(submitted, signature=other), keys), other


def test_two_fields_cannot_trade_their_letters(lamps: Any, submitted: Receipt) -> None:
    keys = lamps.as_user("maria").keys()
    moved = replace(
        submitted,
        course=CourseId(submitted.course + submitted.module[0]),
        module=ModuleId(submitted.module[1:]),
    )
    assert not is_genuine(moved, keys)


def test_another_exchanges_key_fails(lamps: Any, another_house: Any, submitted: Receipt) -> None:
    theirs = another_house.as_user("maria").keys()
    assert not is_genuine(submitted, theirs)
    # Nor under the name of ours, nor with a key of no use at all.
    assert not is_genuine(submitted, {submitted.key: next(iter(theirs.values()))})
    assert not is_genuine(submitted, {submitted.key: "AAAA"})
    assert not is_genuine(submitted, {submitted.key: "no base64"})
    assert not is_genuine(submitted, {})


def test_somebody_who_signs_with_a_key_of_their_own_fails(lamps: Any, submitted: Receipt) -> None:
    forger = ReceiptSigner(Ed25519PrivateKey.generate())
    forged = replace(submitted, learner=UserId("olu"))
    forged = replace(forged, signature=forger.sign(forged.signed_bytes()))
    assert not is_genuine(forged, lamps.as_user("maria").keys())
    # The forger's own key vouches for it, so it is the key that made the difference.
    assert is_genuine(forged, {submitted.key: forger.public_key})


def test_a_receipt_names_the_answer_it_was_given_for(lamps: Any, make: Any) -> None:
    receipt = lamps.as_user("maria").commit(C, "first", "p1", make.answer()).receipt
    assert receipt.digest == sha256(canonical(make.answer()))


def test_the_chain_links_all_of_a_learners_receipts(lamps: Any, make: Any) -> None:
    maria, olu = lamps.as_user("maria"), lamps.as_user("olu")
    chain = [maria.commit(C, "first", "p1", make.answer()).receipt]
    olu.commit(C, "first", "p1", make.answer())
    done = maria.submit(C, "first", make.hand_in("first", "p1", "p2"))
    chain += [*done.commitments, done.receipt]
    olu.submit(C, "first", make.hand_in("first", "p2"))
    # Saying it again adds no link.
    maria.submit(C, "first", make.hand_in("first", "p1", "p2"))
    maria.commit(C, "first", "p1", make.answer())
    chain.append(maria.submit(C, "second", make.hand_in("second")).receipt)
    receipts = [receipt_from_shape(r) for r in chain]
    keys = maria.keys()
    assert all(is_genuine(r, keys) for r in receipts)
    assert [r.previous for r in receipts] == ["", *(r.own_digest() for r in receipts[:-1])]
    assert [r.at for r in receipts] == sorted(r.at for r in receipts)


def test_a_revision_is_a_link_as_well(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    first = receipt_from_shape(maria.commit(C, "first", "p1", make.answer()).receipt)
    maria.commit(C, "first", "p1", make.answer("On reflection I would rather not do that."))
    last = receipt_from_shape(maria.submit(C, "first", make.hand_in("first")).receipt)
    with lamps.embedded.ledger.read() as deed:
        pairs = deed.commitments(CourseId(C), ModuleId("first"), UserId("maria"))
    revision = pairs[1][1]
    assert pairs[1][0].number == 2
    assert is_genuine(revision, maria.keys())
    assert (revision.previous, last.previous) == (first.own_digest(), revision.own_digest())


def test_each_course_has_a_chain_of_its_own(lamps: Any, make: Any) -> None:
    lamps.enrol("other", maria="instructor")
    maria = lamps.as_user("maria")
    maria.put_course(make.course(make.module("first"), name="other"))
    maria.release("other", "first", make.upload("first"))
    maria.commit(C, "first", "p1", make.answer())
    assert maria.commit("other", "first", "p1", make.answer()).receipt.previous == ""


def test_the_same_key_signs_after_a_restart(lamps: Any, submitted: Receipt) -> None:
    again = open_embedded(lamps.data, lamps.clock)
    assert is_genuine(submitted, again.public_keys())
    again.ledger.close()
