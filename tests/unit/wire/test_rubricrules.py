"""What must go together in a rubric. The exact words an author sees stand in tests/courses/broken_rubric_rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coursekit.model.rubric import Auto, AutoDecision, Criterion, Detector, Rubric, Rule
from coursekit.wire.authoring import RubricShape, RubricsShape, rubric_of, rubric_to_json
from coursekit.wire.misread import Misread, read_shape
from coursekit.wire.rubricrules import faults

FACT = Criterion("fact", "Cites a fact.", {0: "No.", 1: "Yes."}, ("nine",), detector=Detector.CASE_EVIDENCE)
SIDE = Criterion(
    "side",
    "Takes a side.",
    {0: "No.", 1: "Yes.", 2: "Well."},
    found="You took one.",
    missing="Take one.",
    detector=Detector.POSITION,
    options=("keep", "reverse"),
)
SOUND = Rubric(
    "view",
    "A view",
    (FACT, SIDE),
    decision=AutoDecision(Auto.ADEQUATE_ATTEMPT, 2, Rule(("fact",), 1, ("side",))),
)


def paths(rubric: Rubric) -> list[tuple[str | int, ...]]:
    return [fault.path for fault in faults(rubric)]


def test_a_sound_rubric_has_no_fault():
    assert paths(SOUND) == []


def test_a_rubric_of_before_the_checks_is_read_as_it_was():
    old = {"title": "A view", "criteria": [{"id": "fact", "ask": "A fact.", "levels": {0: "No.", 1: "Yes."}}]}
    shape = read_shape(
        RubricsShape, {"schema": "coursekit.rubrics/1", "rubrics": {"view": old}}, "rubrics.yml"
    )
    rubric = rubric_of("view", shape.rubrics["view"])
    assert rubric.criteria[0].detector is Detector.NONE
    assert rubric.decision == AutoDecision()


@pytest.mark.parametrize(
    ("criterion", "field"),
    [
        (replace(FACT, detector=Detector.TERMS, terms=()), "terms"),
        (replace(FACT, detector=Detector.POSITION), "options"),
        (replace(FACT, detector=Detector.PERSPECTIVE), "stakeholders"),
        (replace(FACT, options=("keep",)), "options"),
        (replace(FACT, stakeholders=("nurses",)), "stakeholders"),
    ],
)
def test_each_detector_needs_its_own_words_and_no_others(criterion, field):
    assert paths(replace(SOUND, criteria=(criterion, SIDE))) == [("criteria", 0, field)]


@pytest.mark.parametrize("name", ["depth", "depth_of_thought", "depth-2"])
def test_depth_is_read_by_a_person(name):
    rubric = replace(SOUND, criteria=(FACT, SIDE, replace(FACT, id=name)))
    assert paths(rubric) == [("criteria", 2, "detector")]
    assert paths(replace(rubric, criteria=(FACT, SIDE, replace(FACT, id=name, detector=Detector.NONE)))) == []


def test_a_name_that_only_begins_like_depth_is_free():
    assert paths(replace(SOUND, criteria=(FACT, SIDE, replace(FACT, id="depths")))) == []


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (Rule(("fact", "side", "prestige")), ("decision", "rule", "all_of")),
        (Rule(("fact",), 1, ("prestige",)), ("decision", "rule", "of")),
        (Rule(("fact",), 2, ("side",)), ("decision", "rule", "at_least")),
        (Rule(("fact",), 0, ("side",)), ("decision", "rule", "at_least")),
        (Rule(("fact",), 1, ("fact",)), ("decision", "rule", "of")),
        (Rule(), ("decision", "rule")),
    ],
)
def test_a_rule_that_nobody_or_everybody_meets_is_refused(rule, path):
    decision = AutoDecision(Auto.ADEQUATE_ATTEMPT, 2, rule)
    assert paths(replace(SOUND, decision=decision)) == [path]


@pytest.mark.parametrize("points", [0, 4])
def test_points_of_an_auto_pass_lie_within_the_rubric(points):
    decision = replace(SOUND.decision, points=points)
    assert paths(replace(SOUND, decision=decision)) == [("decision", "points")]


def test_without_auto_a_rule_is_free_to_be_missing():
    assert paths(replace(SOUND, decision=AutoDecision())) == []


def test_feedback_that_differs_in_dots_and_capitals_alone_is_the_same():
    same = replace(SIDE, missing="YOU took one!")
    assert paths(replace(SOUND, criteria=(FACT, same))) == [("criteria", 1, "feedback", "missing")]
    other = replace(FACT, found="You took  one")
    assert paths(replace(SOUND, criteria=(SIDE, other))) == [("criteria", 1, "feedback", "found")]


def test_more_own_words_than_count_is_refused():
    assert paths(replace(SOUND, min_own_words=301)) == [("min_own_words",)]


def test_what_is_written_down_is_read_back_the_same():
    value = rubric_to_json(SOUND)
    for criterion in value["criteria"]:
        criterion["levels"] = {int(level): text for level, text in criterion["levels"].items()}
    value["decision"]["auto"] = str(value["decision"]["auto"])
    value = {
        **value,
        "private_phrases": list(value["private_phrases"]),
        "criteria": _lists(value["criteria"]),
    }
    value["decision"]["rule"] = {
        k: list(v) if isinstance(v, tuple) else v for k, v in value["decision"]["rule"].items()
    }
    assert rubric_of("view", RubricShape.model_validate(value)) == SOUND


def _lists(criteria):
    out = []
    for criterion in criteria:
        out.append({k: list(v) if isinstance(v, tuple) else v for k, v in criterion.items()})
        out[-1]["detector"] = str(criterion["detector"])
    return out


def test_all_faults_of_a_file_come_at_once():
    view = {
        "title": "A view",
        "criteria": [
            {"id": "a", "ask": "A.", "levels": {0: "No.", 1: "Yes."}, "detector": "position"},
            {"id": "b", "ask": "B.", "levels": {0: "No.", 1: "Yes."}, "detector": "perspective"},
        ],
    }
    with pytest.raises(Misread) as caught:
        read_shape(RubricsShape, {"schema": "coursekit.rubrics/1", "rubrics": {"view": view}}, "rubrics.yml")
    assert "criterion 1 (a)" in caught.value.problem
    assert "criterion 2 (b)" in caught.value.others[0].problem
