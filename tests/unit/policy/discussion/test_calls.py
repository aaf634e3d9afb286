"""Whom to call: seldom heard first, then against it, then a third camp; fair over the sessions."""

from __future__ import annotations

from collections import Counter
from typing import Any

from coursekit.model.plan import Answer, Call, Why
from coursekit.policy.discussion.calls import call_order
from coursekit.policy.discussion.views import HIGH, LOW, view
from coursekit.wire.prompts import prompt_from_json


def decision(name: str, letters: str) -> Any:
    asked = prompt_from_json(
        {
            "id": name,
            "kind": "decision",
            "min_words": 1,
            "title": "t",
            "question": "q",
            "options": [{"id": c, "label": c.upper()} for c in "abcd"],
        }
    )
    given = [Answer(f"l{n:02d}", {"choice": c, "reason": "why"}) for n, c in enumerate(letters)]  # type: ignore[arg-type]
    return view(asked, given)


def scored(kind: str, key: str, values: list[float], **more: Any) -> Any:
    asked = prompt_from_json({"id": "p1", "kind": kind, "title": "t", "question": "q", **more})
    return view(asked, [Answer(f"l{n:02d}", {key: v, "reason": "x"}) for n, v in enumerate(values)])  # type: ignore[arg-type]


def test_the_smallest_camp_speaks_first_when_nobody_was_called() -> None:
    calls = call_order([decision("p1", "aaaaabbbcc")], {}, "lot")
    assert [(c.why, c.camp, c.is_smallest) for c in calls] == [
        (Why.SELDOM, "C", True),
        (Why.OPPOSITE, "A", False),
        (Why.THIRD, "B", False),
    ]


def test_a_seldom_heard_voice_goes_before_the_smallest_camp() -> None:
    seen = decision("p1", "aaaaabbbcc")
    heard = dict.fromkeys((f"l{n:02d}" for n in range(10)), 2) | {"l03": 1}
    first = call_order([seen], heard, "lot")[0]  # type: ignore[arg-type]
    assert first == Call("p1", "l03", Why.SELDOM, "A", 1, False)  # type: ignore[arg-type]


def test_where_camps_have_an_order_the_furthest_off_is_against() -> None:
    scale = ["no", "a little", "fairly", "yes"]
    sure = scored("confidence", "level", [1, 2, 2, 2, 2, 2, 3, 3, 4, 4], scale=scale)
    assert [c.camp for c in call_order([sure], {}, "lot")] == ["no", "yes", "fairly"]
    guesses = scored("estimate", "value", list(range(1, 11)), min=0, max=99)
    first, second, _ = call_order([guesses], {}, "lot")
    assert {first.camp, second.camp} == {LOW, HIGH}


def test_nobody_is_called_twice_while_somebody_is_left() -> None:
    views = [decision(f"p{n}", "aaabbbccdd") for n in range(3)]
    called = Counter(c.learner for c in call_order(views, {}, "lot"))
    assert sum(called.values()) == 9
    assert max(called.values()) == 1


def test_over_sessions_everybody_has_their_turn() -> None:
    heard: Counter[Any] = Counter()
    for session in range(10):
        views = [decision(f"p{n}", "aaaaaaaaaaabbbbbbbbbbbcccccccc") for n in range(2)]
        heard.update(c.learner for c in call_order(views, heard, f"module-{session}"))
    assert sum(heard.values()) == 60
    # Within each camp turns differ by one at most; a small camp has a turn at each task all the same.
    for camp in (range(11), range(11, 22), range(22, 30)):
        turns = [heard[f"l{n:02d}"] for n in camp]
        assert max(turns) - min(turns) <= 1


def test_the_lot_is_the_same_each_time_and_another_elsewhere() -> None:
    seen = [decision("p1", "abcd" * 5)]
    assert call_order(seen, {}, "x") == call_order(seen, {}, "x")
    assert len({call_order(seen, {}, str(n))[0].learner for n in range(12)}) > 3


def test_too_few_answers_call_nobody_and_one_camp_has_its_turns() -> None:
    assert call_order([decision("p1", "abcd")], {}, "lot") == ()
    calls = call_order([decision("p1", "aaaaa")], {}, "lot")
    assert [c.why for c in calls] == [Why.SELDOM, Why.NEXT, Why.NEXT]
    assert len(call_order([decision("p1", "aaaaa")], {}, "lot", {"p1": 8})) == 5  # type: ignore[dict-item]


def written(name: str, people: int) -> Any:
    asked = prompt_from_json(
        {"id": name, "kind": "reflection", "title": "t", "question": "q", "min_words": 1}
    )
    return view(asked, [Answer(f"l{n:02d}", {"text": "words"}) for n in range(people)])  # type: ignore[arg-type]


def test_a_row_is_filled_and_camps_take_turns() -> None:
    calls = call_order([decision("p1", "aaaaaaaabbbbbbcccc" + "dd")], {}, "lot", {"p1": 8})  # type: ignore[dict-item]
    assert [c.camp for c in calls] == ["D", "A", "B", "C", "A", "B", "A", "B"]
    assert len({c.learner for c in calls}) == 8


def test_written_answers_are_called_by_where_their_writers_stood_before() -> None:
    views = [decision("p1", "aaaaaaabbb"), written("p2", 10)]
    calls = call_order(views, {}, "lot", {"p1": 3, "p2": 7})  # type: ignore[dict-item]
    at = [c for c in calls if str(c.prompt) == "p2"]
    assert len({c.learner for c in calls}) == 10
    assert {c.stood for c in at} == {"p1"}
    assert Counter(c.camp for c in at) == Counter({"A": 6, "B": 1})
    assert not any(c.is_again for c in calls)
    # With nobody left, the rest are called a second time, and the plan says so.
    more = call_order(views, {}, "lot", {"p1": 6, "p2": 6})  # type: ignore[dict-item]
    assert sum(c.is_again for c in more) == 2


def test_written_answers_without_camps_fill_their_row() -> None:
    calls = call_order([written("p1", 10)], {}, "lot", {"p1": 6})  # type: ignore[dict-item]
    assert [c.why for c in calls] == [Why.SELDOM, *[Why.NEXT] * 5]
    assert len({c.learner for c in calls}) == 6
    assert {(c.camp, c.is_smallest) for c in calls} == {("", False)}


def test_the_teaching_note_says_whether_the_smallest_camp_opens_or_closes() -> None:
    seen = decision("p1", "aaaaabbbcc")
    heard = dict.fromkeys(("l08", "l09"), 3)
    open_, close = (
        call_order([seen], heard, "lot", {"p1": 5}, {"p1": first})  # type: ignore[arg-type,dict-item]
        for first in (True, False)
    )
    assert open_[0].camp == "C"
    assert [c.camp == "C" for c in close] == [False, False, False, False, True]


def test_nobody_is_called_for_their_code_or_how_they_rate_themselves() -> None:
    rating = scored(
        "self_assessment",
        "levels",
        [{"x": 1}] * 5,
        scale=["no", "half", "yes"],
        items=[{"id": "x", "label": "X"}],  # type: ignore[list-item]
    )
    assert rating.counted == 5
    assert call_order([rating], {}, "lot") == ()
