"""A slip of the pen does not make a word strange; another word stays what it is."""

from __future__ import annotations

import pytest

from coursekit.policy.reflection.spelling import Spelling

SPELLING = Spelling(["The readers scored the papers.", "Readers and Papers; organise the papers", "organise"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("raeders", "readers"),
        ("reders", "readers"),
        ("readders", "readers"),
        ("readurs", "readers"),
        ("Organize", "organise"),
        ("readers", "readers"),
        ("READERS", "READERS"),
        # Two slips, a first letter, a short word, a word that one answer alone has: nobody can say.
        ("raedres", "raedres"),
        ("teaders", "teaders"),
        ("teh", "teh"),
        ("scorde", "scorde"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_one_slip_in_a_long_word_that_several_have(written: str, read: str) -> None:
    assert SPELLING.mend(f"the {written}, then") == f"the {read}, then"


def test_all_else_in_a_text_stays() -> None:
    text = "Some raeders – “the” papers: 33,654!\n\tييي 🙂"
    assert SPELLING.mend(text) == text.replace("raeders", "readers")


def test_of_two_as_near_the_one_that_more_answers_have() -> None:
    both = Spelling(["stared", "stared", "starve", "starve", "starve"])
    assert both.mend("stare") == "starve"
