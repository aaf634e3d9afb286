"""A prompt keeps its meaning in JSON, and a mistake in it is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.ids import PromptId
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.rubric import Criterion, Rubric
from coursekit.wire.prompts import (
    prompt_from_json,
    prompt_to_json,
    rubrics_from_json,
    rubrics_to_json,
)

YES_NO = (Choice("publish", "Publish it"), Choice("wait", "Wait"))
SCALE = ("not at all", "half", "sure")


def prompt(kind: str, **fields: Any) -> Prompt:
    return Prompt(PromptId("p2"), PromptKind(kind), "The letter", "What do you do?", **fields)


DECISION: dict[str, Any] = {
    "id": "p2",
    "kind": "decision",
    "title": "The letter",
    "question": "What do you do?",
    "options": [{"id": "publish", "label": "Publish it"}, {"id": "wait", "label": "Wait"}],
}


@pytest.mark.parametrize(
    "value",
    [
        prompt("reflection", min_words=20, max_words=300),
        prompt("reflection", min_words=0, max_words=None, rubric="evidence", competencies=("a", "b")),
        prompt("decision", options=YES_NO, min_words=15, minutes=2.5),
        prompt("decision", options=YES_NO, min_words=0, required=False),
        prompt("estimate", minimum=0, maximum=9999.5, step=0.5, unit="Schülerinnen"),
        prompt("confidence", scale=SCALE),
        prompt("self_assessment", scale=SCALE, items=(Choice("x", "Listening"),)),
        prompt("plan", fields=(Choice("aim", "Aim", 5), Choice("when", "When")), rubric="plans"),
        prompt("analysis", required=False),
        prompt("analysis", required=True),
    ],
)
def test_a_prompt_survives_the_way_to_json_and_back(value: Prompt) -> None:
    assert prompt_from_json(prompt_to_json(value)) == value


def test_the_format_fills_in_what_is_left_out() -> None:
    decision = prompt_from_json(DECISION)
    assert (decision.min_words, decision.minutes, decision.required) == (15, 5, True)
    reflection = prompt_from_json({"id": "p3", "kind": "reflection", "title": "Why"})
    assert (reflection.min_words, reflection.max_words, reflection.question) == (20, 300, "")
    assert not prompt_from_json({"id": "p4", "kind": "analysis", "title": "Count"}).required


def test_bounds_are_called_min_and_max_in_json() -> None:
    spelt = prompt_to_json(prompt("estimate", minimum=0, maximum=10))
    assert (spelt["min"], spelt["max"]) == (0, 10)
    assert "minimum" not in spelt


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"unit": "pupils"}, "unit"),
        ({"kind": "quiz"}, "kind"),
        ({"kind": ["decision"]}, "kind"),
        ({"title": " "}, "title"),
        ({"question": ""}, "question"),
        ({"question": None}, "question"),
        ({"options": DECISION["options"][:1]}, "options"),
        ({"options": "publish"}, "options"),
        ({"options": DECISION["options"] * 2}, "options"),
        ({"options": [*DECISION["options"], {"id": "x", "label": "X", "min_words": 3}]}, "options"),
        ({"options": [{"id": "a"}, {"id": "b", "label": "B"}]}, "options"),
        ({"options": [1, 2]}, "options"),
        ({"options": None}, "options"),
        ({"min_words": -1}, "min_words"),
        ({"min_words": True}, "min_words"),
        ({"min_words": "5"}, "min_words"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": float("nan")}, "minutes"),
        ({"required": "yes"}, "required"),
        ({"competencies": "reason"}, "competencies"),
        ({"kind": "estimate", "options": DECISION["options"]}, "options"),
    ],
)
def test_a_mistake_is_refused_with_prompt_and_field(change: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInput) as caught:
        prompt_from_json(DECISION | change)
    assert "p2" in caught.value.detail
    assert f"“{named}”" in caught.value.detail
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"kind": "estimate", "min": 0}, "max"),
        ({"kind": "estimate", "min": 5, "max": 5}, "min"),
        ({"kind": "estimate", "min": 0, "max": float("inf")}, "max"),
        ({"kind": "confidence", "scale": ["low", "high"]}, "scale"),
        ({"kind": "confidence"}, "scale"),
        ({"kind": "self_assessment", "scale": list(SCALE), "items": []}, "items"),
        ({"kind": "plan", "fields": []}, "fields"),
    ],
)
def test_each_kind_needs_its_own_fields(value: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInput, match=f"“{named}”"):
        prompt_from_json({"id": "p2", "title": "T", "question": "Q", **value})


@pytest.mark.parametrize("bad_id", ["P 2", "../x", "", 3, None])
def test_an_id_must_be_usable_as_a_name(bad_id: Any) -> None:
    with pytest.raises(BadInput, match="“id”"):
        prompt_from_json(DECISION | {"id": bad_id})


def test_something_that_is_no_prompt_is_refused() -> None:
    with pytest.raises(BadInput):
        prompt_from_json(["p2"])  # type: ignore[arg-type]


RUBRIC = Rubric(
    "view",
    "A view",
    (
        Criterion(
            "fact", "Cites a fact.", {0: "None.", 10: "All.", 2: "Some."}, terms=("lamp",), found="Yes."
        ),
    ),
    private_phrases=("a phrase",),
)


def test_what_learners_may_read_of_a_rubric_survives_the_way_to_json_and_back() -> None:
    asked = [prompt("reflection", rubric="view"), prompt("plan", rubric="gone"), prompt("analysis")]
    value = rubrics_to_json(asked, {"view": RUBRIC, "unused": RUBRIC})
    (found,) = rubrics_from_json(json.loads(json.dumps(value))).values()
    assert (found.name, found.title) == ("view", "A view")
    assert [(c.id, c.ask, dict(c.levels), c.terms, c.found) for c in found.criteria] == [
        ("fact", "Cites a fact.", {0: "None.", 2: "Some.", 10: "All."}, (), "")
    ]


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "view",
        {"view": None},
        {"view": {"title": "A view"}},
        {"view": {"title": 3, "criteria": []}},
        {"view": {"title": "A view", "criteria": "abc"}},
        {"view": {"title": "A view", "criteria": [{"id": "a", "ask": "b", "levels": {"much": "c"}}]}},
        {"view": {"title": "A view", "criteria": [{"id": "a", "ask": "b", "levels": ["c"]}]}},
    ],
)
def test_rubrics_that_cannot_be_read_are_none(value: Any) -> None:
    assert rubrics_from_json(value) == {}
