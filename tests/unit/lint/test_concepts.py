"""Near misses: what names a concept, and what a learner may well read before."""

from __future__ import annotations

import pytest

from coursekit.lint.concepts import concept_findings, figures, terms
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Faculty, NbgraderCell, Reveal
from coursekit.model.prompt import Choice, PromptKind

AFTER = Reveal(PromptId("p1"))


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("Researchers call this **confounding**: a third thing.", ["confounding"]),
        ("It is known as **regression to the mean**.", ["regression to the mean"]),
        ("The usual name is **halo effect**.", ["halo effect"]),
        ("**Halo effect** is what the trade calls it.", ["Halo effect"]),
        ("Man nennt das **Stichprobe**. Es heißt auch **Auswahl**.", ["Stichprobe", "Auswahl"]),
        ("Das ist ein sogenannter **Ausreißer**, **Sonderfall** genannt.", ["Ausreißer", "Sonderfall"]),
        ("Das so genannte **Rauschen**. Sie nennen keinen Namen. **Später** mehr.", ["Rauschen"]),
        ("Isto chama-se **confundimento**.", ["confundimento"]),
        ("**How it was computed.** Researchers call nobody.", []),
        ("They called the school. It was **never** open.", []),
        ("One thing is **important** here.", []),
        ("People call it **9 places**.", []),
        ("They call it **one of those long names that nobody keeps**.", []),
        ("The call is `**kwargs` and `**more`.", []),
        ("", []),
    ],
)
def test_a_name_is_bold_and_given(source, named):
    assert [words for words, _ in terms(source)] == named


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("**About 9 places.** More.", ["9 places"]),
        ("**17 percentage points**, or **12 %**", ["17 percentage", "12 %"]),
        ("About 9 places.", []),
        ("**Nine places**", []),
        ("**2010**", ["2010 pupils"]),
    ],
)
def test_a_result_is_a_bold_figure_with_its_unit(source, found):
    assert [words for words, _ in figures(source, "pupils")] == found


@pytest.fixture
def codes(make_cell, make_material, make_decision):
    def look(
        *before, after=(), prompt=None, reveal="They call it a **halo effect**. **9 places.**", **fields
    ):
        asked = make_decision(kind=PromptKind.ESTIMATE) if prompt is None else prompt
        p1 = make_cell("p1", 'ck.estimate("p1")', asked, "code", NbgraderCell("p1", locked=True))
        cells = (*before, make_cell("q", "A question."), p1, make_cell("r", reveal, AFTER), *after)
        return [(f.code, f.cell_id) for f in concept_findings(make_material(*cells, **fields))]

    return look


def test_nothing_told_is_nothing_found(codes, make_cell):
    assert codes(make_cell("s", "A story of lamps.")) == []


@pytest.mark.parametrize("told", ["A halo effect.", "Halo\neffects", "**halo effect**", "the halo-effect"])
def test_a_concept_is_found_in_any_guise(codes, make_cell, told):
    assert codes(make_cell("s", told)) == [("CK501", "s")]


@pytest.mark.parametrize("told", ["9 places", "It was nine places.", "neun  places"])
def test_a_result_is_found_in_figures_and_words(codes, make_cell, told):
    assert codes(make_cell("s", told)) == [("CK501", "s")]


@pytest.mark.parametrize(
    "told", ["19 places", "0.9 places", "9 placeholders", "9 or more places", "halo effective"]
)
def test_another_thing_is_not_found(codes, make_cell, told):
    assert codes(make_cell("s", told)) == []


def test_a_result_counts_after_an_estimate_alone(codes, make_cell, make_decision):
    assert codes(make_cell("s", "9 places"), prompt=make_decision()) == []


def test_what_learners_never_get_may_say_it(codes, make_cell):
    answer = make_cell("a", "A halo effect.", nbgrader=NbgraderCell("a", grade=True, solution=True))
    assert codes(make_cell("f", "A halo effect.", Faculty()), answer) == []


def test_the_prompts_own_question_and_options_may_say_it(codes, make_decision):
    asked = make_decision(options=(Choice("yes", "A halo effect"), Choice("no", "None")))
    assert codes(prompt=asked, reveal="They call it a **halo effect**.") == []


def test_another_reveal_may_say_it(codes, make_cell):
    assert codes(after=[make_cell("r2", "The halo effect again.", Reveal(PromptId("p1")))]) == []


def test_another_prompts_question_may_not(codes, make_cell, make_decision):
    later = make_cell("p2", "", make_decision(id=PromptId("p2"), question="Is it a halo effect?"), "code")
    assert codes(after=[later]) == [("CK503", "p2")]


def test_an_exhibit_that_is_held_back_may_be_called_so(codes, make_cell):
    halo = frozenset({"exhibits/halo-effect.csv"})
    assert codes(exhibits=halo) == [("CK504", "r")]
    held = make_cell("r2", "Here.", Reveal(PromptId("p1"), files=tuple(halo)))
    assert codes(after=[held], exhibits=halo) == []


@pytest.mark.parametrize(
    ("source", "cell_type", "code"),
    [
        ("## A halo effect", "markdown", "CK504"),
        ("![A halo effect](exhibits/x.svg)", "markdown", "CK504"),
        ("<img src='x' alt='a halo effect'>", "markdown", "CK504"),
        ("plt.title('A halo effect')", "code", "CK504"),
        ("# the halo effect", "code", "CK503"),
        ("assert True\n### BEGIN HIDDEN TESTS\n# halo effect\n### END HIDDEN TESTS", "code", None),
    ],
)
def test_where_it_stands_says_which_rule(codes, make_cell, source, cell_type, code):
    found = codes(after=[make_cell("x", source, cell_type=cell_type)])
    assert found == ([(code, "x")] if code else [])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("### 1 · How long?\n\nIs it a halo effect?", []),
        ("### Is it a halo effect?", []),
        ("### 1 · The halo effect\n\nHow long?", [("CK504", "q2")]),
        ("![A halo effect](x.svg)\n\nHow long?", [("CK504", "q2")]),
    ],
)
def test_the_title_over_the_prompts_own_question_may_not(
    make_cell, make_material, make_decision, question, found
):
    p1 = make_cell("p1", 'ck.decision("p1")', make_decision(), "code", NbgraderCell("p1", locked=True))
    material = make_material(
        make_cell("q2", question), p1, make_cell("r", "They call it a **halo effect**.", AFTER)
    )
    assert [(f.code, f.cell_id) for f in concept_findings(material)] == found
