from __future__ import annotations

import random

import pytest

from coursekit.policy import passwords
from coursekit.policy.passwords import BYTES, SALT, is_right, kept, seconds_to_wait, spelled

_SALT = bytes(range(SALT))


def test_a_password_is_easy_to_read_out_and_hard_to_guess() -> None:
    chance = random.Random(1)
    made = {spelled(chance.randbytes(BYTES)) for _ in range(200)}
    assert len(made) == 200
    letters = set("".join(made))
    assert not letters & set("il1o0 ")
    # Each of the letters comes up: none is left out by a slip in the arithmetic.
    assert letters == set(passwords._LETTERS) | {"-"}
    assert all(len(one) == 19 and one.count("-") == 3 for one in made)


def test_too_little_chance_makes_no_password() -> None:
    with pytest.raises(ValueError):
        spelled(b"chance")


def test_what_is_kept_tells_right_from_wrong_and_nothing_more() -> None:
    written = kept("k7mq-vw3p", _SALT)
    assert is_right("k7mq-vw3p", written)
    assert not is_right("k7mq-vw3q", written)
    assert not is_right("", written)
    assert "k7mq" not in written
    # The same password of two people is not seen to be the same.
    assert kept("k7mq-vw3p", bytes(SALT)) != written


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "k7mq-vw3p",
        "scrypt$",
        "scrypt$$",
        "scrypt$zz$zz",
        "plain$00$6b376d71",
        f"scrypt${_SALT.hex()}$",
        "scrypt$00$" + kept("k7mq-vw3p", _SALT).rpartition("$")[2],
    ],
)
@pytest.mark.parametrize("password", ["", "k7mq-vw3p"])
def test_what_is_no_hash_lets_nobody_in(written: str | None, password: str) -> None:
    assert not is_right(password, written)


def test_whatever_is_typed_is_an_answer() -> None:
    assert not is_right("\udc80" * 10_000, kept("k7mq-vw3p", _SALT))


@pytest.mark.parametrize(
    ("wrong", "now", "wait"),
    [
        ([], 0, 0),
        ([0, 1, 2], 3, 0),
        ([0, 1, 2, 3], 3, 1),
        ([0, 1, 2, 3], 4, 0),
        ([0, 1, 2, 3, 4], 4.5, 1.5),
        (list(range(30)), 29, 60),
        (list(range(30)), 29 + 60, 0),
        # Long ago is forgotten.
        ([0, 1, 2, 3, 4], 1000, 0),
    ],
)
def test_pauses_double_up_to_a_minute(wrong: list[float], now: float, wait: float) -> None:
    assert seconds_to_wait(wrong, now) == wait
