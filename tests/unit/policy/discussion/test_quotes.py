"""Quotes: word for word, short, of those who agreed, and silent about who wrote them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from coursekit.model.plan import Answer
from coursekit.policy.discussion.calls import call_order
from coursekit.policy.discussion.quotes import quotes, sentence
from coursekit.policy.discussion.views import view
from coursekit.policy.discussion.words import minority_groups
from coursekit.wire.prompts import prompt_from_json

ASKED = prompt_from_json({"id": "p1", "kind": "reflection", "title": "t", "question": "q", "min_words": 3})
CHOICE = prompt_from_json(
    {
        "id": "p2",
        "kind": "decision",
        "min_words": 1,
        "title": "t",
        "question": "q",
        "options": [{"id": "a", "label": "Stay"}, {"id": "b", "label": "Go"}],
    }
)
LONG = "one two three four five six seven eight nine ten " * 4


def answers(key: str, *texts: str, **more: Any) -> list[Answer]:
    return [Answer(f"l{n}", {key: text, **more}) for n, text in enumerate(texts)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            "Too short. I would ask the two teachers first. Then I wait.",
            "I would ask the two teachers first.",
        ),
        (f"{LONG}.", ""),
        ("Only five words are here.", ""),
        ("", ""),
        (
            "Priya said  it\nherself: we never looked at them.",
            "Priya said it herself: we never looked at them.",
        ),
        # What leans on a sentence before it is not quoted by itself, and what leads to a list is not either.
        ("But it was never looked at by anybody in the school.", ""),
        (
            "We counted the marks twice. So the heap at 65 is no accident of that year at all.",
            "We counted the marks twice. So the heap at 65 is no accident of that year at all.",
        ),
        (
            "That is wrong in every single year. They did not look. I would ask the two teachers first.",
            "I would ask the two teachers first.",
        ),
        ("These are the three reasons for my own decision:", ""),
        ("For that the library is a fair price to pay.", ""),
        ("If he comes to us, I will show his reading book.", ""),
        ("The second is fairer than the first, and parents see it.", ""),
        ('I would write "the parties meet on the last Friday.', ""),
        ("I would <b>never</b> tell it to anybody else.", "I would <b>never</b> tell it to anybody else."),
        ("Turn \u202eback now and look at them again.", "Turn \ufffdback now and look at them again."),
    ],
)
def test_one_sentence_that_can_be_read_aloud(text: str, quoted: str) -> None:
    assert sentence(text) == quoted


def test_a_sentence_with_the_writers_name_is_passed_over() -> None:
    text = "My name is Olu Adeyemi and I lead a school. I would ask the two teachers."
    assert sentence(text, ("learner-1", "Olu Adeyemi")) == "I would ask the two teachers."
    assert sentence("Ask olu whether the bell has rung again.", ("olu", "")) == ""


def test_nobody_else_of_the_room_is_named_in_a_quote() -> None:
    names = {f"l{n}": name for n, name in enumerate(("Ada May", "Bo Lindqvist", "May Orr", "Di", "Ed Fox"))}
    given = answers(
        "text",
        "I would do what Lindqvist does at the school next door.",
        "I would first ask Ada May about the marks of her school.",
        "In May I would look at the marks of all five years.",
        "I would not do as l4 told all of us in the break.",
        "I would ask the two teachers who mark the papers first.",
    )
    found = quotes(view(ASKED, given), given, {a.learner for a in given}, names)  # type: ignore[arg-type]
    assert {q.learner for q in found} == {"l4"} | {q.learner for q in found if q.learner == "l2"}
    assert {q.learner for q in found} <= {"l2", "l4"}


def test_only_those_who_agreed_and_only_from_five_answers_on() -> None:
    given = answers("text", *(f"I would ask the teachers of class number {n}." for n in range(5)))
    seen = view(ASKED, given)
    assert quotes(seen, given, (), {}) == ()
    assert [q.learner for q in quotes(seen, given, {"l2"}, {})] == ["l2"]  # type: ignore[arg-type]
    assert len(quotes(seen, given, {a.learner for a in given}, {})) == 3
    few = given[:4]
    assert quotes(view(ASKED, few), few, {a.learner for a in few}, {}) == ()


def test_who_was_quoted_elsewhere_comes_last_and_quotes_differ() -> None:
    same = "I would ask the two teachers first of all."
    given = answers("text", same, same, same, same, "Nobody in the building could have seen the heap.")
    everybody = {a.learner for a in given}
    seen = view(ASKED, given)
    first = quotes(seen, given, everybody, {})
    assert "l4" in [q.learner for q in first]
    again = quotes(seen, given, everybody, {}, {"l4", "l0"})  # type: ignore[arg-type]
    assert {q.learner for q in again} == {"l1", "l2", "l3"}


def test_a_minority_is_marked_and_camps_keep_their_order() -> None:
    reason = "I have reasons that nobody else here has."
    given = [
        Answer(f"l{n}", {"choice": "b" if n == 7 else "a", "reason": f"{reason} So I say {n}."})  # type: ignore[arg-type]
        for n in range(10)
    ]
    found = quotes(view(CHOICE, given), given, {a.learner for a in given}, {})
    assert [(q.camp, q.is_minority) for q in found] == [("Stay", False), ("Stay", False), ("Go", True)]


def test_a_minority_that_did_not_agree_has_no_words() -> None:
    given = [
        Answer(
            f"l{n}", {"choice": "b" if n == 7 else "a", "reason": "I have reasons that nobody else here has."}
        )  # type: ignore[arg-type]
        for n in range(10)
    ]
    seen = view(CHOICE, given)
    agreed = {a.learner for a in given} - {"l7"}  # type: ignore[arg-type]
    seen = replace(seen, quotes=quotes(seen, given, agreed, {}))
    assert {q.camp for q in seen.quotes} == {"Stay"}
    assert minority_groups(seen) == []


def test_who_waits_for_the_next_five_is_neither_quoted_nor_called() -> None:
    given = answers("text", *(f"I would ask the teachers of class number {n}." for n in range(9)))
    seen = view(ASKED, given)
    assert {q.learner for q in quotes(seen, given, {a.learner for a in given}, {})} <= {
        f"l{n}" for n in range(5)
    }
    called = call_order([seen], {}, "lot", {"p1": 8})  # type: ignore[dict-item]
    assert {c.learner for c in called} == {f"l{n}" for n in range(5)}


def test_an_answer_below_the_tasks_words_is_not_quoted() -> None:
    asked = replace(ASKED, min_words=9)
    given = answers(
        "text", "I would ask the two teachers.", *["one two three four five six seven eight nine."] * 5
    )
    seen = view(asked, given)
    assert "l0" not in seen.camp_of
    assert "l0" not in {q.learner for q in quotes(seen, given, {a.learner for a in given}, {})}


def test_plans_are_never_quoted() -> None:
    plan = prompt_from_json(
        {"id": "p3", "kind": "plan", "title": "t", "question": "q", "fields": [{"id": "f", "label": "F"}]}
    )
    given = [
        Answer(f"l{n}", {"fields": {"f": "I will ask the two teachers first of all."}})  # type: ignore[arg-type]
        for n in range(5)
    ]
    seen = view(plan, given)
    assert seen.counted == 5
    assert quotes(seen, given, {a.learner for a in given}, {}) == ()
