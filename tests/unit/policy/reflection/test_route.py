"""Two ends: everything that is not earned, or doubtful in any way, goes to a person with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reflecting import BASIS, CERTIFICATE, LEAVE, SUGGESTION, basis

from coursekit.model.feedback import Found
from coursekit.model.reflection import End, Evidence, Flagged, Opinion, Reason, Rung
from coursekit.model.rubric import Auto, Rubric, Rule
from coursekit.policy.reflection.route import Leave, is_adequate, route

FOUND = (Evidence("evidence", Found.FOUND, 0.9), Evidence("position", Found.MAYBE, 0.5))
SURE = basis(audit_rate=0.0)


def test_an_answer_is_passed_when_nothing_speaks_against_it() -> None:
    way = route(SURE, "t", (), FOUND, SUGGESTION, LEAVE)
    assert (way.end, way.reasons, way.certificate) == (End.AUTO_PASS, (), CERTIFICATE)


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (Reason.NO_RUBRIC, {"basis": replace(SURE, rubric=Rubric("", "", ()))}),
        (Reason.NOT_AUTOMATIC, {"basis": basis(auto=Auto.NONE)}),
        (Reason.FEW_EXEMPLARS, {"leave": replace(LEAVE, rung=Rung.GRADER_ONLY)}),
        (Reason.FEW_EXEMPLARS, {"suggestion": None}),
        (Reason.LENGTH_ONLY, {"leave": replace(LEAVE, rung=Rung.LENGTH)}),
        (Reason.NOT_CERTIFIED, {"leave": replace(LEAVE, certificate=None)}),
        (Reason.OTHER_VERSION, {"leave": replace(LEAVE, scorer="d" * 64)}),
        (Reason.SWITCHED_OFF, {"leave": replace(LEAVE, is_on=False)}),
        (Reason.SHARE_REACHED, {"leave": replace(LEAVE, auto_share=0.8)}),
        (Reason.LOW_CONFIDENCE, {"suggestion": replace(SUGGESTION, p_adequate=0.9)}),
        (Reason.RULE_NOT_MET, {"evidence": (*FOUND[:1], Evidence("position", Found.NOT_FOUND))}),
        (Reason.SECOND_OPINION, {"opinion": Opinion({"evidence": 0, "position": 1}, {})}),
        (Reason.COPIED_CASE, {"flags": (Flagged(Reason.COPIED_CASE, 0.7),)}),
        (Reason.AUDIT, {"basis": basis(audit_rate=1.0)}),
    ],
)
def test_each_thing_against_it_sends_it_to_a_person_and_is_said(
    reason: Reason, changes: dict[str, object]
) -> None:
    parts = {
        "basis": SURE,
        "text_digest": "t",
        "flags": (),
        "evidence": FOUND,
        "suggestion": SUGGESTION,
        "leave": LEAVE,
    }
    way = route(**{**parts, **changes})  # type: ignore[arg-type]
    assert way.end is End.HUMAN_REVIEW
    assert reason in way.reasons


@given(
    st.sampled_from(list(Rung)),
    st.booleans(),
    st.booleans(),
    st.floats(0, 1),
    st.lists(st.sampled_from(list(Reason)), max_size=3),
)
def test_without_a_certificate_nothing_is_ever_passed(
    rung: Rung, is_on: bool, has_suggestion: bool, p: float, flags: list[Reason]
) -> None:
    leave = Leave(rung, None, "c" * 64, is_on)
    suggestion = replace(SUGGESTION, p_adequate=p) if has_suggestion else None
    way = route(SURE, "t", [Flagged(f) for f in flags], FOUND, suggestion, leave)
    assert way.end is End.HUMAN_REVIEW
    assert Reason.NOT_CERTIFIED in way.reasons
    assert len(set(way.reasons)) == len(way.reasons)


def test_a_flag_stands_first() -> None:
    way = route(SURE, "t", (Flagged(Reason.OFF_TOPIC),), (), None, Leave())
    assert way.reasons[0] is Reason.OFF_TOPIC


def test_the_audit_is_drawn_by_a_seed_that_learners_do_not_know() -> None:
    def drawn(seed: str) -> set[int]:
        leave, one_in_five = replace(LEAVE, seed=seed), basis(audit_rate=0.2)
        ways = [route(one_in_five, f"text {n}", (), FOUND, SUGGESTION, leave) for n in range(500)]
        return {n for n, way in enumerate(ways) if way.end is End.HUMAN_REVIEW}

    first, other = drawn("one"), drawn("two")
    assert drawn("one") == first
    assert first != other
    assert 60 < len(first) < 140


def test_an_adequate_attempt_reaches_level_1_where_the_rule_says() -> None:
    rule = Rule(("a",), 1, ("b", "c"))
    assert is_adequate(rule, {"a": 1, "b": 0, "c": 2})
    assert not is_adequate(rule, {"a": 1, "b": 0, "c": 0})
    assert not is_adequate(rule, {"a": 0, "b": 2, "c": 2})
    assert not is_adequate(rule, {})


def test_criteria_that_no_tool_looks_for_do_not_stand_in_the_way() -> None:
    with_depth = basis(audit_rate=0.0, rule=Rule(("evidence", "depth")))
    assert route(with_depth, "t", (), FOUND, SUGGESTION, LEAVE).end is End.AUTO_PASS
    assert BASIS.rubric.find_criterion("depth") is not None
