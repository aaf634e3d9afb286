"""What an answer is about."""

from __future__ import annotations

import random

from support.reflections.bases import PROSE, basis, exemplars
from support.reflections.corpus import typos

from coursekit.policy.reflection.signs.topic import about_another, about_case, is_about_own_school, stems_of

IN_THE_CASE = [p for p in PROSE if not p.endswith("/p7")]


def test_every_adequate_exemplar_is_about_its_case_and_its_question() -> None:
    for prompt in PROSE:
        told = basis(prompt)
        for exemplar in exemplars(prompt):
            if exemplar.adequate:
                stems = stems_of(told, exemplar.text)
                assert about_another(told, stems) < 0.1, exemplar.id
                assert prompt not in IN_THE_CASE or about_case(told, stems) > 0.36, exemplar.id


def test_excellent_answers_to_another_module_are_not() -> None:
    strange = [
        about_case(basis(here), stems_of(basis(here), e.text)) < 0.36
        for here in IN_THE_CASE
        for there in PROSE
        if here.split("/")[0] != there.split("/")[0]
        for e in exemplars(there)
        if e.adequate
    ]
    assert sum(strange) / len(strange) > 0.75


def test_an_answer_to_another_question_of_the_module_mostly_shows() -> None:
    shown = [
        about_another(basis(here), stems_of(basis(here), e.text)) >= 0.1
        for here in PROSE
        for there in PROSE
        if here != there and here.split("/")[0] == there.split("/")[0]
        for e in exemplars(there)
        if e.adequate
    ]
    assert sum(shown) / len(shown) > 0.5


def test_a_slip_of_the_pen_is_the_word_that_was_meant() -> None:
    told = basis("spike-at-65/p2")
    assert stems_of(told, "the raeders newspapr regentss") == stems_of(told, "the readers newspaper regents")
    text = exemplars("spike-at-65/p2")[0].text
    mistyped = typos(text, 0.2, random.Random(1))
    assert abs(about_case(told, stems_of(told, text)) - about_case(told, stems_of(told, mistyped))) < 0.3


def test_one_may_leave_the_case_where_the_own_school_is_asked_for() -> None:
    assert is_about_own_school(basis("spike-at-65/p7").rubric)
    assert not any(is_about_own_school(basis(p).rubric) for p in IN_THE_CASE)


def test_nothing_is_about_nothing() -> None:
    told = basis("spike-at-65/p2")
    assert about_case(told, frozenset()) == 0
    assert about_another(told, frozenset()) == 0
