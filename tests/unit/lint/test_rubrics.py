"""Near misses of the rules about rubrics. What breaks them stands in tests/courses/broken_checks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coursekit.lint.rubrics import rubric_findings
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Faculty
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.rubric import Auto, AutoDecision, Criterion, Exemplar, Rubric, Rule

ASK = Prompt(PromptId("p2"), PromptKind.REFLECTION, "A fact", "Which fact speaks for it?", rubric="view")
FACT = Criterion("fact", "Cites a fact of the story.", {0: "No fact.", 1: "A fact."}, terms=("lamp",))
VIEW = Rubric("view", "Facts", (FACT,), decision=AutoDecision(rule=Rule(("fact",))))


def answer(number: int, level: int, adequate: bool | None = None, text: str = "The lamp.") -> Exemplar:
    return Exemplar(f"a{number}", PromptId("p2"), {"text": text}, {"fact": level}, adequate)


BOTH = (answer(0, 0, False), answer(1, 1, True))


@pytest.fixture
def codes(make_cell, make_material):
    def look(rubric=VIEW, exemplars=BOTH, prompt=ASK, before=(), **fields):
        cells = (*before, make_cell("p2", "Model answer with a secret phrase in it.", prompt))
        material = make_material(*cells, rubrics={"view": rubric}, exemplars=exemplars, **fields)
        return [f.code for f in rubric_findings(material)]

    return look


def test_a_sound_rubric_has_no_finding(codes):
    assert codes() == []


def test_a_prompt_without_exemplars_is_told_of_once_and_not_here(codes):
    assert "CK406" not in codes(exemplars=())


def test_auto_is_held_back_until_there_are_twenty(codes):
    auto = replace(VIEW, decision=replace(VIEW.decision, auto=Auto.ADEQUATE_ATTEMPT, points=1))
    nineteen = tuple(answer(n, n % 2, bool(n % 2)) for n in range(19))
    silent = answer(19, 1, None)
    assert codes(auto, (*nineteen, silent)) == ["CK407"]
    assert codes(auto, (*nineteen, answer(19, 1, True))) == []


def test_adequate_may_be_unsaid(codes):
    assert codes(exemplars=(answer(0, 0), answer(1, 1))) == []


@pytest.mark.parametrize(("level", "adequate"), [(0, True), (1, False)])
def test_adequate_and_the_rule_say_the_same_both_ways(codes, level, adequate):
    assert codes(exemplars=(*BOTH, answer(2, level, adequate))) == ["CK409"]


def test_a_rubric_without_a_rule_contradicts_nobody(codes):
    assert codes(replace(VIEW, decision=AutoDecision()), (*BOTH, answer(2, 0, True))) == []


def test_wrong_marks_are_another_rules_business(codes):
    odd = replace(answer(2, 0, True), marks={"other": 1})
    assert codes(exemplars=(*BOTH, odd)) == []


def test_one_word_in_common_is_enough(codes):
    prompt = replace(ASK, title="Darkness", question="Whose story would anybody tell the caretaker tonight?")
    assert codes(prompt=prompt) == []


def test_nothing_in_common_is_told(codes):
    prompt = replace(ASK, title="Darkness", question="Why does everybody remain silent tonight?")
    assert codes(prompt=prompt) == ["CK408"]


def test_in_a_script_that_our_stems_do_not_fit_nothing_is_told(codes):
    prompt = replace(ASK, title="灯", question="谁应该负责?为什么?")
    assert codes(prompt=prompt) == []


@pytest.mark.parametrize("case", [("A LAMP stood there.",), ("Two lamps.",)])
def test_a_term_may_stand_in_the_case_alone(codes, case):
    dark = tuple(replace(e, response={"text": "It was dark."}) for e in BOTH)
    # That no exemplar shows the criterion at all is another matter.
    assert codes(exemplars=dark, case=case) == ["CK412"]


def test_a_term_inside_another_word_is_no_term(codes):
    dark = tuple(replace(e, response={"text": "Unlamp."}) for e in BOTH)
    assert codes(exemplars=dark) == ["CK412", "CK410"]


def test_a_term_may_stand_in_a_plans_field(codes):
    plan = tuple(replace(e, response={"fields": {"aim": "a lamp"}}) for e in BOTH)
    assert codes(exemplars=plan) == []


def test_a_private_phrase_may_stand_in_the_model_answer_and_in_a_faculty_note(codes, make_cell):
    secret = replace(VIEW, private_phrases=("a secret phrase",))
    assert codes(secret, before=(make_cell("f", "A secret phrase.", Faculty()),)) == []
    assert codes(secret, before=(make_cell("q", "Here: a  SECRET\nphrase."),)) == ["CK411"]
    assert codes(secret, case=("a secret phrase",)) == ["CK411"]
