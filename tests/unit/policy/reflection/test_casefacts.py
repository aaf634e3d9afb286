"""What is a case's own, and what is everybody's."""

from __future__ import annotations

import pytest

from coursekit.policy.reflection.casefacts import facts_of, is_common, number_of

CASE = (
    "On Wednesday Martin Osei put 29 papers on her desk. Of 33,654 marks, 34 papers and 2.5 percent were read "
    "again.\n"
    "The bakery paid Josué, who had come from Honduras. Eleven points went up, 3 or a 4. A Regents mark is a mark.",
)


def test_numbers() -> None:
    facts = facts_of(CASE, "en")
    assert facts.numbers == {"29", "33654", "34", "2.5", "11", "3", "4"}
    assert {("29", "paper"), ("34", "paper"), ("11", "point")} <= facts.counted
    # Not “3 or”, and not “2.5 percent”, which could be anybody's.
    assert not {number for number, _ in facts.counted} & {"3", "2.5"}


def test_names_stand_within_a_sentence_with_a_capital() -> None:
    assert facts_of(CASE, "en").names == {"martin", "osei", "josue", "honduras", "regents"}
    # In German every noun has one.
    assert facts_of(CASE, "de").names == frozenset()


def test_rare_words_are_not_those_of_every_school() -> None:
    rare = facts_of(CASE, "en").rare
    assert "bakery" in rare
    assert not {"mark", "paper", "point", "again"} & rare
    # Only English has a list of common words.
    assert facts_of(CASE, "fr").rare == frozenset()


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("64", "64"),
        ("6.6", "6.6"),
        ("eleven", "11"),
        ("ninety", "90"),
        ("one", None),
        ("64th", None),
        ("", None),
        ("²", None),
    ],
)
def test_number(word: str, number: str | None) -> None:
    assert number_of(word) == number


def test_common() -> None:
    assert is_common(["pupils", "rule"])
    assert not is_common(["threshold"])


@pytest.mark.parametrize("case", [(), ("",), ("\ud83d",), ("🙂 1 2",)])
def test_any_case(case: tuple[str, ...]) -> None:
    facts_of(case, "en")
