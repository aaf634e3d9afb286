"""When to ask again: soon at first, later each time, never all at once, and long enough for a restart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.policy.retries import FIRST, LONGEST, PASSING, delay, longest_wait

CHANCE = st.floats(0, 1)
ATTEMPT = st.integers(1, 1000)


def test_each_wait_is_twice_the_last_up_to_a_bound() -> None:
    assert [delay(n, 1.0) for n in range(1, 9)] == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


@given(ATTEMPT, CHANCE)
def test_half_of_it_is_certain_and_half_is_chance(attempt: int, chance: float) -> None:
    most = delay(attempt, 1.0)
    assert most / 2 <= delay(attempt, chance) <= most <= LONGEST
    assert delay(attempt, 0.0) == most / 2 >= FIRST / 2


def test_a_class_that_was_cut_off_together_does_not_come_back_together() -> None:
    waits = [delay(4, chance / 300) for chance in range(300)]
    # Three hundred learners over a whole second, not at once.
    assert max(waits) - min(waits) > 0.9
    assert len(set(waits)) == 300


@given(ATTEMPT, CHANCE, st.floats(-10, 1e9))
def test_what_the_exchange_asks_for_is_kept_within_reason(attempt: int, chance: float, asked: float) -> None:
    waited = delay(attempt, chance, asked)
    assert waited >= min(LONGEST, max(0.0, asked))
    assert waited <= 2 * LONGEST


def test_seven_attempts_outlast_a_restart() -> None:
    least = sum(delay(n, 0.0) for n in range(1, 7))
    assert least > 7
    assert longest_wait(7) == pytest.approx(15.75)
    assert longest_wait(1) == 0


def test_only_what_may_pass_is_waited_for() -> None:
    assert {429, 502, 503, 504} == PASSING
