"""Rows of receipts: what is lost, swapped, back-dated or there twice is named."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.ids import CourseId, Digest, ModuleId, ReleaseNumber, UserId
from coursekit.model.submission import Receipt, ReceiptKind, sha256
from coursekit.policy import chain
from coursekit.store.keys import ReceiptSigner, is_genuine

KEY = ReceiptSigner(Ed25519PrivateKey.from_private_bytes(b"1" * 32))
KEYS = {KEY.key_id: KEY.public_key}


def receipt(n: int, previous: str, learner: str = "maria", minute: int | None = None) -> Receipt:
    unsigned = Receipt(
        ReceiptKind.COMMITMENT if n % 3 else ReceiptKind.SUBMISSION,
        CourseId("lamps"),
        ModuleId("first"),
        UserId(learner),
        ReleaseNumber(1),
        f"p{n}",
        Digest(sha256(f"answer {n}".encode())),
        f"2027-01-11T08:{n if minute is None else minute:02}:00.000000Z",
        previous,
        KEY.key_id,
    )
    return replace(unsigned, signature=KEY.sign(unsigned.signed_bytes()))


def row(length: int, learner: str = "maria") -> list[Receipt]:
    found: list[Receipt] = []
    for n in range(1, length + 1):
        found.append(receipt(n, found[-1].own_digest() if found else "", learner))
    return found


def one(receipts: list[Receipt]) -> chain.Row:
    (only,) = chain.rows(receipts)
    return only


def test_a_whole_row_has_nothing_to_say() -> None:
    whole = row(9)
    shuffled = [*whole, whole[3]]
    random.Random(3).shuffle(shuffled)
    assert one(shuffled) == chain.Row(tuple(whole), (), ())


def test_no_receipts_are_no_row() -> None:
    assert chain.rows([]) == []
    assert chain.order_of_list([]) == []


def test_learners_and_courses_have_rows_of_their_own() -> None:
    other = replace(receipt(1, ""), course=CourseId("ropes"))
    found = chain.rows([*row(2, "olu"), *row(3), other])
    assert [(r.receipts[0].course, r.receipts[0].learner, len(r.receipts)) for r in found] == [
        ("lamps", "maria", 3),
        ("lamps", "olu", 2),
        ("ropes", "maria", 1),
    ]


def test_one_taken_out_of_the_middle_is_named() -> None:
    whole = row(4)
    found = one([whole[0], whole[1], whole[3]])
    assert found.gaps == (
        "At least one receipt between the answer to first/p2 of 2027-01-11 08:02:00 UTC and the answer to "
        "first/p4 of 2027-01-11 08:04:00 UTC is not here.",
    )
    assert not found.flaws


def test_those_taken_from_the_front_are_named() -> None:
    assert one(row(4)[2:]).gaps == (
        "At least one receipt before the hand-in of first of 2027-01-11 08:03:00 UTC is not here.",
    )


def test_the_newest_taken_away_is_not_seen() -> None:
    """Nothing names what comes after; who wants to know asks the exchange. The page on receipts says so."""
    assert one(row(4)[:3]) == chain.Row(tuple(row(3)), (), ())


@given(st.integers(1, 12), st.data())
def test_every_gap_is_counted_and_the_rest_stays_in_order(length: int, data: st.DataObject) -> None:
    whole = row(length)
    kept = data.draw(st.lists(st.sampled_from(range(length)), min_size=1, unique=True))
    found = one([whole[i] for i in kept])
    order = sorted(kept)
    assert found.receipts == tuple(whole[i] for i in order)
    assert len(found.gaps) == (order[0] > 0) + sum(b - a > 1 for a, b in pairwise(order))
    assert not found.flaws


def test_a_receipt_dated_before_the_one_it_follows() -> None:
    """Signed by the exchange's own key, as by somebody who stole it: the time alone gives it away."""
    whole = row(2)
    late = receipt(3, whole[1].own_digest(), minute=0)
    (flaw,) = one([*whole, late]).flaws
    assert flaw == chain.Flaw(
        "back-dated",
        "The hand-in of first of 2027-01-11 08:00:00 UTC has an earlier time than the answer to first/p2 of "
        "2027-01-11 08:02:00 UTC, which it comes after.",
    )


def test_receipts_of_one_moment_are_in_order() -> None:
    first = receipt(1, "", minute=5)
    second = receipt(2, first.own_digest(), minute=5)
    assert one([second, first]) == chain.Row((first, second), (), ())


def test_a_fork() -> None:
    whole = row(2)
    (flaw,) = one([*whole, receipt(5, whole[0].own_digest())]).flaws
    assert (flaw.code, flaw.text) == (
        "forked",
        "The answer to first/p2 of 2027-01-11 08:02:00 UTC and the answer to first/p5 of "
        "2027-01-11 08:05:00 UTC both say that they follow the same receipt.",
    )


def test_two_first_ones() -> None:
    (flaw,) = one([*row(2), receipt(7, "")]).flaws
    assert flaw.code == "second-first"


def test_a_list_in_its_order() -> None:
    assert chain.order_of_list(row(5)) == []
    # A list of two learners' receipts, as staff keep it.
    assert chain.order_of_list([r for pair in zip(row(3), row(3, "olu"), strict=True) for r in pair]) == []


@given(st.integers(2, 8), st.data())
def test_a_list_in_any_other_order(length: int, data: st.DataObject) -> None:
    whole = row(length)
    order = data.draw(st.permutations(whole))
    assert bool(chain.order_of_list(order)) == (order != whole)


def test_a_list_with_one_twice() -> None:
    whole = row(3)
    (flaw,) = chain.order_of_list([whole[0], *whole])
    assert (flaw.code, flaw.text) == (
        "repeated",
        "The list has the answer to first/p1 of 2027-01-11 08:01:00 UTC twice.",
    )


NAMES = [f.name for f in fields(Receipt)]


@given(st.integers(1, 7), st.data())
def test_any_change_of_any_field_of_any_receipt_is_found(length: int, data: st.DataObject) -> None:
    """Signature and chain together, as `coursekit verify` looks at them."""
    whole = row(length)
    n = data.draw(st.integers(0, length - 1))
    name = data.draw(st.sampled_from(NAMES))
    before = getattr(whole[n], name)
    if name == "kind":
        after: object = next(k for k in ReceiptKind if k is not before)
    elif name == "release":
        after = data.draw(st.integers().filter(lambda v: v != before))
    else:
        # The same field of another receipt, a letter changed, or anything at all.
        others = [getattr(r, name) for r in whole]
        letter = [before[:i] + "x" + before[i + 1 :] for i in range(len(before))]
        anything = st.text(max_size=30)
        after = data.draw(st.sampled_from([*others, *letter, "x"]) | anything.filter(lambda v: v != before))
        if after == before:
            return
    changed = replace(whole[n], **{name: after})
    found = [*whole[:n], changed, *whole[n + 1 :]]
    assert [is_genuine(r, KEYS) for r in found] == [i != n for i in range(length)]


@pytest.mark.parametrize("at", ["", "soon", "2027-01-11", "2027-01-11 08:00:00.000000Z"])
def test_a_time_that_is_none_is_shown_as_it_is(at: str) -> None:
    assert chain.moment(at) == at
