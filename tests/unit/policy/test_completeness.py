"""What counts as an answer, in any language, and what is still missing."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.ids import CourseId, ModuleId, PromptId, ReleaseNumber, UserId
from coursekit.model.outcome import Allowed, Refused
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.submission import Release
from coursekit.model.words import count_words
from coursekit.policy.completeness import check_response, is_answered, missing_prompts

SCALE = ("no", "rather not", "rather", "yes")
ITEMS = (Choice("listen", "Listening"), Choice("data", "Using data"))


def prompt(kind: PromptKind, **changes: Any) -> Prompt:
    return Prompt(PromptId("p1"), kind, "The lamp", "?", **changes)


REFLECTION = prompt(PromptKind.REFLECTION, min_words=3)
DECISION = prompt(PromptKind.DECISION, min_words=2, options=(Choice("a", "A"), Choice("b", "B")))
ESTIMATE = prompt(PromptKind.ESTIMATE, minimum=0, maximum=10)
CONFIDENCE = prompt(PromptKind.CONFIDENCE, scale=SCALE)
RATING = prompt(PromptKind.SELF_ASSESSMENT, scale=SCALE, items=ITEMS)
PLAN = prompt(PromptKind.PLAN, fields=(Choice("aim", "Aim", 2), Choice("by", "By when")))
ANALYSIS = prompt(PromptKind.ANALYSIS)
ALL = (REFLECTION, DECISION, ESTIMATE, CONFIDENCE, RATING, PLAN, ANALYSIS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  \n ", 0),
        ("… – !? ___ ##", 0),
        ("one", 1),
        ("one two\nthree", 3),
        ("don’t don't half-time", 3),
        ("3.5 of 10", 3),
        ("Größe état naïve", 3),
        ("ответ на вопрос", 3),
        ("جواب السؤال", 2),
        ("我认为应该先看第二张表", 6),
        ("ランプを見る", 3),
        ("ฉันคิดว่า", 5),
        ("Ich denke 好", 3),
    ],
)
def test_words_are_counted_in_any_script(text: str, words: int) -> None:
    assert count_words(text) == words


def test_the_lab_counts_the_same_words() -> None:
    # lab/src/logic/words.test.ts reads the same file.
    examples = json.loads((Path(__file__).parents[2] / "support" / "word_counts.json").read_text("utf-8"))
    assert len(examples) > 30
    assert [(e["text"], count_words(e["text"])) for e in examples] == [
        (e["text"], e["words"]) for e in examples
    ]


@pytest.mark.parametrize(
    ("asked", "response", "code"),
    [
        (REFLECTION, {"text": "a b c"}, None),
        (REFLECTION, {"text": "a b"}, "too-short"),
        (REFLECTION, {"text": " \n"}, "empty-answer"),
        (REFLECTION, {}, "empty-answer"),
        (REFLECTION, {"text": None}, "empty-answer"),
        (REFLECTION, {"text": 12}, "empty-answer"),
        (REFLECTION, {"text": ["a b c"]}, "empty-answer"),
        (replace(REFLECTION, min_words=0), {"text": "x"}, None),
        (replace(REFLECTION, min_words=0), {"text": ""}, "empty-answer"),
        (DECISION, {"choice": "a", "reason": "because so"}, None),
        (DECISION, {"choice": "c", "reason": "because so"}, "no-choice"),
        (DECISION, {"reason": "because so"}, "no-choice"),
        (DECISION, {"choice": ["a"], "reason": "because so"}, "no-choice"),
        (DECISION, {"choice": {"a": 1}, "reason": "because so"}, "no-choice"),
        (DECISION, {"choice": "a", "reason": "because"}, "too-short"),
        (DECISION, {"choice": "a"}, "empty-answer"),
        (ESTIMATE, {"value": 0}, None),
        (ESTIMATE, {"value": 10.0}, None),
        (ESTIMATE, {"value": 10.1}, "out-of-range"),
        (ESTIMATE, {"value": -1}, "out-of-range"),
        (ESTIMATE, {"value": True}, "no-number"),
        (ESTIMATE, {"value": "7"}, "no-number"),
        (ESTIMATE, {"value": math.nan}, "no-number"),
        (ESTIMATE, {"value": math.inf}, "no-number"),
        (ESTIMATE, {"value": 10**400}, "no-number"),
        (ESTIMATE, {}, "no-number"),
        (replace(ESTIMATE, minimum=None), {"value": -5}, None),
        (replace(ESTIMATE, minimum=None), {"value": 11}, "out-of-range"),
        (replace(ESTIMATE, maximum=None), {"value": -1}, "out-of-range"),
        (CONFIDENCE, {"level": 1}, None),
        (CONFIDENCE, {"level": 4}, None),
        (CONFIDENCE, {"level": 0}, "no-level"),
        (CONFIDENCE, {"level": 5}, "no-level"),
        (CONFIDENCE, {"level": 2.0}, "no-level"),
        (CONFIDENCE, {"level": True}, "no-level"),
        (CONFIDENCE, {}, "no-level"),
        (RATING, {"levels": {"listen": 1, "data": 4}}, None),
        (RATING, {"levels": {"listen": 1, "data": 4, "more": 99}}, None),
        (RATING, {"levels": {"listen": 1}}, "no-level"),
        (RATING, {"levels": {"listen": 1, "data": "4"}}, "no-level"),
        (RATING, {"levels": [1, 4]}, "no-level"),
        (RATING, {}, "no-level"),
        (PLAN, {"fields": {"aim": "more light", "by": "May"}}, None),
        (PLAN, {"fields": {"aim": "light", "by": "May"}}, "too-short"),
        (PLAN, {"fields": {"aim": "more light", "by": " "}}, "empty-answer"),
        (PLAN, {"fields": {"aim": "more light"}}, "empty-answer"),
        (PLAN, {"fields": "more light"}, "empty-answer"),
        (PLAN, {}, "empty-answer"),
        (ANALYSIS, {"code": "x"}, None),
        (ANALYSIS, {"code": "# +++"}, None),
        (ANALYSIS, {"code": "\n"}, "empty-answer"),
        (ANALYSIS, {"text": "x"}, "empty-answer"),
    ],
)
def test_each_kind_has_its_own_idea_of_an_answer(
    asked: Prompt, response: dict[str, Any], code: str | None
) -> None:
    decision = check_response(asked, response)
    if code is None:
        assert decision == Allowed()
    else:
        assert isinstance(decision, Refused)
        assert decision.code == code
        assert decision.next_step
    assert is_answered(asked, response) == (code is None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["text", "code", "choice", "reason", "value", "level", "levels", "fields", "else"])


@given(st.sampled_from(ALL), st.dictionaries(KEYS, JSON))
def test_whatever_is_sent_gets_a_yes_or_a_no(asked: Prompt, response: dict[str, Any]) -> None:
    assert isinstance(check_response(asked, response), Allowed | Refused)


def test_no_response_is_no_answer() -> None:
    assert not is_answered(REFLECTION, None)


def test_a_refusal_counts_for_the_learner_and_says_how_much_is_asked() -> None:
    decision = check_response(replace(REFLECTION, min_words=20), {"text": "Switch it"})
    assert decision == Refused(
        "too-short",
        "Your answer to “The lamp” has 2 words so far.",
        "Say a little more: at least 20 words, in any language.",
    )
    one = check_response(REFLECTION, {"text": "Switch"})
    assert isinstance(one, Refused)
    assert "has 1 word so far" in one.reason


def test_missing_are_the_required_ones_in_the_notebooks_order() -> None:
    prompts = tuple(
        replace(REFLECTION, id=PromptId(name), required=required)
        for name, required in (("p3", True), ("p1", True), ("p2", False), ("p4", True))
    )
    release = Release(
        CourseId("c"),
        ModuleId("m"),
        ReleaseNumber(1),
        (),
        prompts,
        (),
        datetime(2027, 1, 1, tzinfo=UTC),
        UserId("chen"),
    )
    assert missing_prompts(release, []) == ("p3", "p1", "p4")
    assert missing_prompts(release, [PromptId("p1"), PromptId("gone")]) == ("p3", "p4")
    assert missing_prompts(release, [PromptId(p) for p in ("p1", "p3", "p4")]) == ()
