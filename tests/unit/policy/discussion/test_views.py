"""Where a cohort splits: counts in fives, the measure of a split, estimates against the answer."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from coursekit.model.plan import Answer, Camp, Split
from coursekit.model.prompt import Prompt
from coursekit.policy.discussion.views import (
    HIGH,
    LOW,
    MIDDLE,
    disagreeing,
    find_estimate,
    minority,
    sureness,
    view,
)
from coursekit.wire.prompts import prompt_from_json


def prompt(kind: str, name: str = "p1", **more: Any) -> Prompt:
    return prompt_from_json({"id": name, "kind": kind, "title": "t", "question": "q", **more})


DECISION = prompt("decision", min_words=1, options=[{"id": c, "label": c.upper()} for c in "abc"])
ESTIMATE = prompt("estimate", unit="hours", min=-100, max=100)
CONFIDENCE = prompt("confidence", "p2", scale=["no", "half", "yes"])
RATING = prompt("self_assessment", scale=["no", "half", "yes"], items=[{"id": "x", "label": "X"}])


def chose(letters: str) -> list[Answer]:
    return [Answer(f"l{n}", {"choice": c, "reason": "because"}) for n, c in enumerate(letters)]  # type: ignore[arg-type]


def guessed(*values: float) -> list[Answer]:
    return [Answer(f"l{n}", {"value": v, "reason": "because"}) for n, v in enumerate(values)]  # type: ignore[arg-type]


def sure(*levels: int) -> list[Answer]:
    return [Answer(f"l{n}", {"level": v}) for n, v in enumerate(levels)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counts", "of_100"),
    [((), 0), ((1,), 0), ((10,), 0), ((5, 5), 56), ((9, 1), 20), ((3, 3, 3), 75), ((1,) * 5, 100)],
)
def test_a_split_is_the_chance_that_two_people_chose_differently(
    counts: tuple[int, ...], of_100: int
) -> None:
    people = [camp for camp, n in enumerate(counts) for _ in range(n)]
    pairs = list(combinations(people, 2))
    assert disagreeing(counts) == of_100
    assert of_100 == (round(100 * sum(a != b for a, b in pairs) / len(pairs)) if pairs else 0)


@pytest.mark.parametrize("given", ["", "a", "abca"])
def test_under_five_answers_nothing_is_known_not_even_how_many(given: str) -> None:
    assert view(DECISION, chose(given)) == view(DECISION, [])
    assert view(DECISION, chose(given)).camp_of == {}


def test_what_comes_after_the_last_five_waits() -> None:
    seen = view(DECISION, chose("aabbbcc"))
    assert (seen.counted, seen.waiting) == (5, 2)
    assert seen.splits == (Split("", (Camp("A", 2), Camp("B", 3), Camp("C", 0)), 60),)
    assert seen.camp_of == {"l0": "A", "l1": "A", "l2": "B", "l3": "B", "l4": "B"}


def test_what_is_no_answer_is_not_counted() -> None:
    # Of an earlier release, in which the task was another.
    assert view(DECISION, chose("abcax")).counted == 0


def test_a_minority_is_at_most_a_fifth_and_never_the_largest() -> None:
    def of(*counts: int) -> frozenset[str]:
        return minority(Split("", tuple(Camp(str(i), n) for i, n in enumerate(counts)), 0))

    assert of(16, 4, 0) == {"1"}
    assert of(15, 5, 0) == frozenset()
    assert of(2, 2, 2, 2, 2) == frozenset()


def test_estimates_against_the_answer() -> None:
    seen = view(ESTIMATE, guessed(1, 8, 10, 12, 50), 10).spread
    assert seen is not None
    assert (seen.values, seen.quarters, seen.unit) == ((1, 8, 10, 12, 50), (8, 10, 12), "hours")
    assert (seen.near, seen.reach, seen.below, seen.above) == (4, 20, 2, 2)
    camps = view(ESTIMATE, guessed(1, 8, 10, 12, 50)).camp_of
    assert list(camps.values()) == [LOW, LOW, MIDDLE, HIGH, HIGH]
    assert set(view(ESTIMATE, guessed(*[7] * 5)).camp_of.values()) == {MIDDLE}


def test_an_answer_below_nought_or_nought_can_be_near() -> None:
    minus, nought = (view(ESTIMATE, guessed(-12, -8, -4, 0, 4), a).spread for a in (-10, 0))
    assert minus is not None
    assert nought is not None
    assert (minus.near, nought.near) == (5, 5)


def test_near_is_a_tenth_of_the_range_in_whole_steps() -> None:
    small = prompt("estimate", min=-20, max=30, step=1)
    seen = view(small, guessed(-2, -1, 4, 9, 10), 4).spread
    assert seen is not None
    assert (seen.near, seen.reach) == (3, 5)
    narrow = view(prompt("estimate", min=0, max=4, step=1), guessed(0, 1, 2, 3, 4), 2).spread
    assert narrow is not None
    assert (narrow.near, narrow.reach) == (3, 1)


def test_quarters_are_told_in_whole_steps() -> None:
    def of(step: float | None, *values: float) -> Any:
        more: dict[str, Any] = {"step": step} if step else {}
        seen = view(prompt("estimate", min=0, max=99, **more), guessed(*values))
        assert seen.spread is not None
        return seen.spread.quarters

    ten = (*range(20, 29), 30)
    assert of(1, *ten) == (22, 25, 27)
    assert of(0.5, *ten) == (22.5, 24.5, 27)
    assert of(None, *ten) == (22.25, 24.5, 26.75)


def test_ratings_have_a_split_for_each_item_and_no_camps_of_people() -> None:
    given = [Answer(f"l{n}", {"levels": {"x": 1 + n % 2}}) for n in range(5)]  # type: ignore[arg-type]
    seen = view(RATING, given)
    assert seen.splits == (Split("X", (Camp("no", 3), Camp("half", 2), Camp("yes", 0)), 60),)
    assert set(seen.camp_of.values()) == {""}


def test_sureness_needs_five_in_each_half() -> None:
    def of(n: int) -> Any:
        guesses = guessed(*[10 + i for i in range(n)])
        return sureness(
            (CONFIDENCE, sure(*[1 if i < n // 2 else 3 for i in range(n)])), (ESTIMATE, guesses), 10
        )

    assert of(9) is None
    found = of(10)
    assert (found.nearer, found.further) == ((5, 0, 0), (0, 0, 5))
    # The twelfth and thirteenth wait, and with fifteen the one in the middle is in neither half.
    assert of(13).nearer == (5, 0, 0)
    assert sum(of(15).nearer) == sum(of(15).further) == 7


def test_confidence_is_held_against_the_last_estimate_before_it() -> None:
    first, second, after = (prompt("estimate", name, min=0, max=9) for name in ("e1", "e2", "e3"))
    prompts = (first, second, CONFIDENCE, after)
    assert find_estimate(prompts, CONFIDENCE, {"e1": 1.0, "e2": 2.0, "e3": 3.0}) == second  # type: ignore[dict-item]
    assert find_estimate(prompts, CONFIDENCE, {"e1": 1.0, "e3": 3.0}) == first  # type: ignore[dict-item]
    assert find_estimate(prompts, CONFIDENCE, {"e3": 3.0}) is None  # type: ignore[dict-item]
