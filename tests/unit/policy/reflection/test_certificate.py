"""Nothing is certified that was not proven, whatever the decisions look like."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from coursekit.model.ids import Digest
from coursekit.policy.reflection.certificate import (
    THRESHOLDS,
    Audited,
    certify,
    group_gap,
    lower_bound,
    must_switch_off,
    needed,
)

BASIS, OTHER = Digest("a" * 64), Digest("b" * 64)
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def decision(n: int = 0, p: float = 0.999, agreed: bool = True, blind: bool = True) -> Audited:
    at = START + timedelta(minutes=n)
    return Audited(p, agreed, blind, at, at - timedelta(seconds=30), BASIS, f"answer {n}")


def row(clean: int, wrong: int = 0, p: float = 0.999) -> list[Audited]:
    return [decision(i, p, i >= wrong) for i in range(clean + wrong)]


# ------------------------------------------------------------------------------------------ the bound


@pytest.mark.parametrize(("errors", "count"), [(0, 59), (1, 93), (2, 124)])
def test_as_many_as_the_author_was_told(errors: int, count: int) -> None:
    assert needed(errors, 0.95) == count
    assert lower_bound(count - errors, count) >= 0.95 > lower_bound(count - errors - 1, count - 1)


@given(st.integers(1, 400), st.data())
def test_the_bound_is_the_agreement_at_which_the_outcome_would_be_a_surprise(
    n: int, data: st.DataObject
) -> None:
    agreed = data.draw(st.integers(1, n))
    bound = lower_bound(agreed, n)
    assert bound == pytest.approx(beta.ppf(0.05, agreed, n - agreed + 1))
    assert binom.sf(agreed - 1, n, bound) == pytest.approx(0.05, abs=1e-6)


def test_with_no_agreement_at_all_the_bound_is_nothing() -> None:
    assert lower_bound(0, 50) == 0


@pytest.mark.parametrize("target", [0.0, 1.0, 1.5])
def test_a_target_that_cannot_be_proven_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        needed(0, target)


# ------------------------------------------------------------------------------------ the certificate


def test_fifty_nine_clean_decisions_earn_it_and_fifty_eight_do_not() -> None:
    assert certify(row(58), 0.95, BASIS) is None
    found = certify(row(59), 0.95, BASIS)
    assert found is not None
    assert (found.audited, found.errors, found.basis) == (59, 0, BASIS)
    assert 0.95 <= found.lower <= lower_bound(59, 59)


def test_one_disagreement_asks_for_ninety_three() -> None:
    assert certify(row(91, 1), 0.95, BASIS) is None
    assert certify(row(92, 1), 0.95, BASIS) is not None


def test_the_most_generous_threshold_that_is_proven() -> None:
    # Above 0.97 all agreed; below, hardly anybody.
    sure = row(70, p=0.98)
    unsure = [decision(100 + i, 0.92, agreed=i % 2 == 0) for i in range(60)]
    found = certify(sure + unsure, 0.95, BASIS)
    assert found is not None
    assert found.threshold == 0.925
    assert certify(row(70, p=0.9), 0.95, BASIS) == replace(found, threshold=0.9)


def test_a_threshold_below_one_that_failed_is_not_looked_at() -> None:
    # At the strictest testable threshold too many went wrong; thousands of easy ones below cannot wash it clean.
    strict = [decision(i, 0.996, agreed=i >= 8) for i in range(80)]
    easy = [decision(100 + i, 0.91) for i in range(2000)]
    assert certify(strict + easy, 0.95, BASIS) is None


def test_nothing_below_the_last_threshold_counts() -> None:
    assert certify(row(500, p=0.899), 0.95, BASIS) is None


@pytest.mark.parametrize(
    "change",
    [
        {"blind": False},
        {"basis": OTHER},
        {"foretold": START + timedelta(days=9)},
        {"foretold": START},
        {"id": "answer 1"},
    ],
    ids=[
        "suggestion seen",
        "another basis",
        "said afterwards",
        "said at that moment",
        "the same answer twice",
    ],
)
def test_what_proves_nothing_does_not_count(change: dict[str, object]) -> None:
    decisions = row(59)
    decisions[0] = replace(decisions[0], **change)  # type: ignore[arg-type]
    assert certify(decisions, 0.95, BASIS) is None
    assert certify([*decisions, decision(99)], 0.95, BASIS) is not None


def test_of_two_decisions_about_one_answer_the_first_counts() -> None:
    first = replace(decision(0, agreed=False), id="x")
    again = [replace(decision(500), id="x")]
    assert certify([*again, first, *(decision(i) for i in range(1, 60))], 0.95, BASIS) is None


decisions = st.builds(
    lambda n, p, agreed, blind, basis: replace(decision(n, p, agreed, blind), basis=basis),
    st.integers(0, 10_000),
    st.floats(0, 1),
    st.sampled_from([True, True, True, True, False]),
    st.booleans(),
    st.sampled_from([BASIS, BASIS, OTHER]),
)


@given(st.lists(decisions, max_size=300), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_hard_nothing_is_certified_without_the_proof(audited: list[Audited], target: float) -> None:
    found = certify(audited, target, BASIS)
    ids = {a.id for a in audited if a.blind and a.basis == BASIS and a.p >= THRESHOLDS[-1]}
    if len(ids) < needed(0, target):
        assert found is None
    if found is not None:
        assert found.audited >= needed(found.errors, target)
        assert found.lower >= target
        assert found.threshold in THRESHOLDS
        assert certify(audited, target, OTHER) != found


@given(st.integers(0, 58), st.floats(0.9, 1))
def test_hard_fewer_than_the_needed_decisions_never_certify(count: int, p: float) -> None:
    assert certify(row(count, p=p), 0.95, BASIS) is None
    # Not when each is handed in twice, nor with any number that was not blind.
    assert certify(row(count, p=p) * 3, 0.95, BASIS) is None
    seen = [decision(1000 + i, p, blind=False) for i in range(300)]
    assert certify(row(count, p=p) + seen, 0.95, BASIS) is None


@given(st.lists(decisions, max_size=200), st.randoms())
def test_the_order_in_which_they_are_told_does_not_matter(audited: list[Audited], chance: object) -> None:
    other = list(audited)
    chance.shuffle(other)  # type: ignore[attr-defined]
    ids = [a.id for a in audited]
    if len(ids) == len(set(ids)):
        assert certify(other, 0.9, BASIS) == certify(audited, 0.9, BASIS)


# ---------------------------------------------------------------------------------------- the switch


def test_two_disagreements_among_the_last_thirty_switch_off() -> None:
    certificate = certify(row(400), 0.95, BASIS)
    audits = [decision(1000 + i, agreed=i not in (3, 20)) for i in range(30)]
    told = must_switch_off(audits, 0.95, certificate)
    assert told is not None
    assert told.code == "audits-disagree"
    # Thirty audits later they are history.
    assert (
        must_switch_off(audits + row(0) + [decision(2000 + i) for i in range(30)], 0.95, certificate) is None
    )


def test_a_bare_certificate_does_not_survive_one_disagreement() -> None:
    certificate = certify(row(59), 0.95, BASIS)
    told = must_switch_off([decision(1000, agreed=False)], 0.95, certificate)
    assert told is not None
    assert told.code == "below-target"
    assert must_switch_off([decision(1000)], 0.95, certificate) is None


def test_a_grader_who_saw_the_suggestion_and_disagrees_is_heard() -> None:
    audits = [replace(decision(i, agreed=i > 1), blind=False) for i in range(20)]
    assert must_switch_off(audits, 0.95, certify(row(400), 0.95, BASIS)) is not None


def test_few_audits_alone_prove_nothing_either_way() -> None:
    assert must_switch_off([], 0.95) is None
    assert must_switch_off([decision(0, agreed=False)], 0.95) is None


# ---------------------------------------------------------------------------------------- the groups


def test_a_gap_between_two_large_groups_is_told() -> None:
    groups = {"home": row(60), "abroad": row(54, 6), "few": row(2, 8)}
    gap = group_gap(groups)
    assert gap is not None
    assert (gap.best, gap.worst, gap.difference) == ("home", "abroad", 0.1)


@pytest.mark.parametrize(
    "groups", [{}, {"a": row(60)}, {"a": row(60), "b": row(0, 49)}, {"a": row(60), "b": row(57, 3)}]
)
def test_small_groups_and_small_gaps_say_nothing(groups: dict[str, list[Audited]]) -> None:
    assert group_gap(groups) is None
