"""How a number is read from what somebody typed."""

from __future__ import annotations

import pytest

from coursekit.policy.typed import parse_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("120", 120),
        (" 8 451 ", 8451),
        ("8,451", 8451),
        ("8'451", 8451),
        ("8.451,5", 8451.5),
        ("8,451.5", 8451.5),
        ("1.234.567", 1234567),
        ("0,451", 0.451),
        ("1,5", 1.5),
        ("−3", -3),
        ("1e3", 1000),
        ("", None),
        ("1.2.3", None),
        ("1,2,3", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("twelve", None),
        ("9" * 400, None),
    ],
)
def test_numbers_as_people_write_them(typed: str, number: float | None) -> None:
    assert parse_number(typed) == number
