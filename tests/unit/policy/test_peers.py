"""How others answered: in fives, in words, and nothing of theirs that could be told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from coursekit.model.prompt import Prompt
from coursekit.policy.peers import others_in_words
from coursekit.wire.prompts import prompt_from_json


def prompt(kind: str, **more: Any) -> Prompt:
    return prompt_from_json({"id": "p1", "kind": kind, "title": "t", "question": "q", **more})


DECISION = prompt("decision", options=[{"id": "a", "label": "Go | ahead"}, {"id": "b", "label": "Wait"}])
ESTIMATE = prompt("estimate", min=0, max=100, unit="hours")
CONFIDENCE = prompt("confidence", scale=["no", "half", "yes"])
RATING = prompt(
    "self_assessment",
    scale=["no", "half", "yes"],
    items=[{"id": "x", "label": "Listening"}, {"id": "y", "label": "Data"}],
)


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (4, 0), (5, 5), (9, 5), (10, 10), (14, 10)])
def test_others_are_counted_in_fives(count: int, shown: int) -> None:
    said = others_in_words(CONFIDENCE, [{"level": 2}] * count)
    assert said == (
        f"#### How {shown} others answered\n\n| Answer | Others |\n|:--|--:|\n"
        f"| no | 0 |\n| half | {shown} |\n| yes | 0 |"
        if shown
        else None
    )


def test_the_sixth_cannot_be_told_by_looking_twice() -> None:
    five = [{"choice": c, "reason": "words"} for c in "aabbb"]
    for sixth in ("a", "b"):
        assert others_in_words(DECISION, [*five, {"choice": sixth}]) == others_in_words(DECISION, five)


def test_a_decision_is_counted_by_its_options_and_reasons_are_kept_back() -> None:
    said = others_in_words(DECISION, [{"choice": c, "reason": "my own words"} for c in "aabbb"])
    assert said is not None
    assert said.endswith("| Go \\| ahead | 2 |\n| Wait | 3 |")
    assert "my own words" not in said


def test_estimates_are_shown_by_their_quarters() -> None:
    said = others_in_words(ESTIMATE, [{"value": v} for v in (10, 2.5, 4, 90, 7)])
    assert said is not None
    assert said.endswith("lie between **4** and **10** hours. The one in the middle is **7**.")
    assert "90" not in said


def test_a_quarter_between_two_answers_is_told_in_the_prompt_s_steps() -> None:
    whole = replace(ESTIMATE, step=1)
    said = others_in_words(whole, [{"value": v} for v in (10, 12, 13, 14, 20, 25, 30, 31, 33, 90)])
    assert said is not None
    assert said.endswith("lie between **13** and **31** hours. The one in the middle is **23**.")


def test_a_self_assessment_has_a_table_for_each_item() -> None:
    said = others_in_words(RATING, [{"levels": {"x": 1, "y": 3}}] * 5)
    assert said is not None
    assert said.count("| Answer | Others |") == 2
    assert "**Listening**" in said


@pytest.mark.parametrize("kind", ["reflection", "analysis", "plan"])
def test_words_of_others_are_never_shown(kind: str) -> None:
    more: dict[str, Any] = {"fields": [{"id": "a", "label": "Aim"}]} if kind == "plan" else {}
    answers = [{"text": "secret", "code": "secret", "fields": {"a": "secret"}}] * 10
    assert others_in_words(prompt(kind, **more), answers) is None
