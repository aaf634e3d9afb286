"""Characters that nobody sees: a tool of many scripts, and a hiding place."""

from __future__ import annotations

import pytest

from coursekit.policy.reflection.invisible import is_legitimate, suspects
from coursekit.policy.reflection.text import normalise


@pytest.mark.parametrize(
    "honest",
    [
        "می\u200cروم",
        "क्\u200dष",
        "👨\u200d👩\u200d👧",
        "✌\ufe0f 1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "שלום\u200f (abc)",
        "ภาษา\u200bไทย",
        "\ufeffThe first line of a file",
        "inter\u00adnational",
        "葛\U000e0100城",
    ],
)
def test_in_their_place_they_are_letters_like_others(honest: str) -> None:
    assert normalise(honest).hidden == 0


@pytest.mark.parametrize(
    "hiding",
    [
        "ig\u200bnore",
        "ig\u200dnore",
        "a\u2060b",
        "a\ufeffb",
        "a\u202eb",
        "plain\u200e",
        "x\U000e0041\U000e0042",
        "a\u3164b",
        "a\x00b",
        "half \ud83d",
        "😀\U000e0100",
    ],
)
def test_elsewhere_they_are_counted_and_taken_out(hiding: str) -> None:
    normal = normalise(hiding)
    assert normal.hidden > 0
    assert all(is_legitimate(normal.text, at) for at in suspects(normal.text))
