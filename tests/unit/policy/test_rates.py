"""A bucket gives what its rate says, no more, whatever the order of asking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.errors import BadInput
from coursekit.policy.rates import (
    Bucket,
    Pace,
    Rate,
    Rates,
    address_key,
    parse_rates,
    seconds_allowed,
    take,
)

RATE = Rate(2, 5)


def test_a_burst_then_the_steady_rate() -> None:
    bucket = None
    for _ in range(5):
        bucket, wait = take(RATE, bucket, 100.0)
        assert wait == 0
    bucket, wait = take(RATE, bucket, 100.0)
    assert wait == pytest.approx(0.5)
    # Asking in vain costs nothing: the wait that was promised holds.
    bucket, wait = take(RATE, bucket, 100.25)
    assert wait == pytest.approx(0.25)
    bucket, wait = take(RATE, bucket, 100.5)
    assert wait == 0


def test_a_long_rest_fills_to_the_burst_and_not_beyond() -> None:
    bucket, _ = take(RATE, Bucket(0, 0), 1e6)
    assert bucket.level == 4


def test_a_clock_that_steps_back_gives_and_takes_nothing() -> None:
    bucket, wait = take(RATE, Bucket(3, 100), 50)
    assert (bucket.level, wait) == (2, 0)


@given(
    st.floats(0.1, 1000),
    st.integers(1, 50),
    st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=200),
)
def test_never_more_than_burst_and_rate_allow(per_second: float, burst: int, steps: list[float]) -> None:
    rate, bucket, now, given_out = Rate(per_second, burst), None, 0.0, 0
    for step in steps:
        now += step
        bucket, wait = take(rate, bucket, now)
        given_out += wait == 0
        assert given_out <= burst + per_second * now + 1e-6
        # Whoever waits as long as they are told is let in.
        assert take(rate, bucket, now + wait + 1e-6)[1] == 0 or wait == 0


@given(st.lists(st.floats(0, 10, allow_nan=False), max_size=60))
def test_a_full_bucket_that_was_forgotten_is_no_loss(steps: list[float]) -> None:
    """So a table may drop whatever has filled up again."""
    kept, dropped, now = None, None, 0.0
    for step in steps:
        now += step
        kept, one = take(RATE, kept, now)
        if dropped is not None and dropped.level + (now - dropped.at) * RATE.per_second >= RATE.burst:
            dropped = None
        dropped, other = take(RATE, dropped, now)
        assert one == pytest.approx(other)


def test_rates_as_text() -> None:
    assert parse_rates("") == Rates()
    assert parse_rates("off") is None
    assert parse_rates("work=0.5/3, reads=7/70") == Rates(work=Rate(0.5, 3), reads=Rate(7, 70))


@pytest.mark.parametrize(
    "text",
    [
        *("work", "work=", "work=1", "work=1/0", "work=0/5", "work=-1/5", "play=1/1", "work=nan/5"),
        *("work=5/nan", "work=1/1 work=2/2", "work=inf/5", "work=1/inf", "on"),
    ],
)
def test_rates_that_are_none(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_rates(text)
    assert caught.value.code == "bad-rates"
    assert "work=10/300" in caught.value.next_step


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_one_sender(address: str, key: str) -> None:
    assert address_key(address) == key


def test_the_defaults_leave_a_class_alone() -> None:
    """Said in the docstrings, held here."""
    rates = Rates()
    # Every prompt of nine modules with thirty prompts each, and a submission of each, in one second.
    assert rates.work.burst >= 9 * 31
    assert rates.failures.burst >= 300
    assert rates.reads.burst >= 2000


def test_a_body_earns_its_time() -> None:
    pace = Pace(grace=10, per_second=100, longest=60)
    assert seconds_allowed(pace, 0) == 10
    assert seconds_allowed(pace, 1000) == 20
    assert seconds_allowed(pace, 10**9) == 60
    # A full upload over a line of one megabit a second is in time, all the way.
    real, line = Pace(), 125_000
    assert all(seconds_allowed(real, int(t * line)) > t for t in range(int(50 * 2**20 * 4 / 3 / line)))
