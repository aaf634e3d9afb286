"""Pointing at sentences: on the reference modules' marked answers, and on whatever learners hand in."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest
from support.reflections.bases import PROSE, basis, exemplars

from coursekit.model.feedback import Found
from coursekit.model.reflection import Basis, Evidence
from coursekit.model.rubric import Detector
from coursekit.policy.reflection.evidence import FOUND, MAYBE, find
from coursekit.policy.reflection.sentences import split
from coursekit.policy.reflection.text import normalise
from coursekit.textmodels.cered import CeredModel, open_cered

P6 = "spike-at-65/p6"


@pytest.fixture(scope="module")
def model() -> CeredModel:
    return open_cered()


def _find(of: Basis, text: str, model: CeredModel | None = None) -> dict[str, Evidence]:
    normal = normalise(text)
    sentences = split(normal)
    chances = None
    if model is not None:
        rows = model.probabilities([s.text for s in sentences])
        chances = [dict(zip(model.classes, row, strict=True)) for row in rows]
    found = find(of, normal, sentences, chances)
    assert [e.criterion for e in found] == [c.id for c in of.rubric.criteria]
    return {e.criterion: e for e in found}


@pytest.mark.parametrize("with_model", [True, False])
def test_found_is_rarely_wrong_on_marked_answers(model: CeredModel, with_model: bool) -> None:
    seen: Counter[tuple[Found, bool]] = Counter()
    for prompt in PROSE:
        of = basis(prompt)
        for answer in exemplars(prompt):
            for criterion, evidence in _find(of, answer.text, model if with_model else None).items():
                seen[evidence.state, answer.levels[criterion] >= 1] += 1
    assert sum(seen.values()) > 190
    right, wrong = seen[Found.FOUND, True], seen[Found.FOUND, False]
    assert right >= 95
    assert wrong <= 0.03 * right
    # Of what people saw, so much is at least pointed at; and most of what is not there is not.
    assert right + seen[Found.MAYBE, True] >= 0.88 * sum(n for (_, there), n in seen.items() if there)
    assert seen[Found.NOT_FOUND, False] >= 0.75 * sum(n for (_, there), n in seen.items() if not there)


def test_the_sentence_is_the_learners_own(model: CeredModel) -> None:
    text = "Well. **Josué** wants a job and fears the night.\n\nI say it is&nbsp;fraud, and 34 papers show it. So."
    found = _find(basis(P6), text, model)
    quotes = {c: text[e.span.start : e.span.end] for c, e in found.items() if e.span is not None}
    assert quotes["perspective"].endswith("wants a job and fears the night.")
    assert quotes["position"] == quotes["evidence"] == "I say it is&nbsp;fraud, and 34 papers show it."
    assert {e.state for e in found.values()} == {Found.FOUND}


def test_the_best_first_then_the_next_ones() -> None:
    text = "It is fraud. I say it is fraud, for me. Fraud. I call it fraud."
    evidence = _find(basis(P6), text)["position"]
    assert len(evidence.others) == 2
    scores = [evidence.score, *(score for _, score in evidence.others)]
    assert scores == sorted(scores, reverse=True)
    assert all(round(score, 6) == score >= MAYBE for score in scores)
    assert evidence.span not in [span for span, _ in evidence.others]


def test_no_detector_finds_nothing(model: CeredModel) -> None:
    of = basis(P6)
    criteria = tuple(replace(c, detector=Detector.NONE) for c in of.rubric.criteria)
    bare = replace(of, rubric=replace(of.rubric, criteria=criteria))
    for evidence in _find(bare, exemplars(P6)[0].text, model).values():
        assert evidence == Evidence(evidence.criterion, Found.NOT_FOUND)


def test_what_is_copied_from_the_case_is_never_found(model: CeredModel) -> None:
    of = basis(P6)
    copied = "This time there were 29, out of 212. He had got 59 in it in June, and now 63."
    assert copied.split(". ")[0] in of.case[0]
    assert _find(of, copied, model)["evidence"].state is Found.MAYBE
    own = "Out of 212 they looked at 29 papers, and his June mark of 59 became a 63."
    assert _find(of, own, model)["evidence"].state is Found.FOUND


def test_in_another_language_cues_keep_still(model: CeredModel) -> None:
    german = replace(basis(P6), language="de")
    english_cues = "I would say that she wants it and I think that he is afraid of it, in our school."
    assert all(e.score <= MAYBE for e in _find(german, english_cues, model).values())
    # Figures of the case are the same in every language.
    told = _find(german, "Von 34 Arbeiten gingen 26 nach oben, und bei Josué fehlten zwei Punkte.", model)
    assert told["evidence"].state is Found.FOUND
    assert (
        told["evidence"]
        == _find(german, "Von 34 Arbeiten gingen 26 nach oben, und bei Josué fehlten zwei Punkte.")[
            "evidence"
        ]
    )


def test_a_model_alone_says_maybe_at_most() -> None:
    of = basis(P6)
    normal = normalise("Nobody will ever see what he has in his head.")
    sure = [{"Belief": 1.0, "Perspective": 1.0, "Experience": 1.0}]
    with_model = {e.criterion: e for e in find(of, normal, split(normal), sure)}
    assert all(e.state is not Found.FOUND for e in with_model.values())
    # “I believe that every child matters” is no position.
    assert with_model["position"] == _find(of, normal.text)["position"]
    assert with_model["perspective"].score > _find(of, normal.text)["perspective"].score


def test_without_a_rubric_or_a_word(model: CeredModel) -> None:
    of = basis(P6)
    assert _find(replace(of, rubric=replace(of.rubric, criteria=())), "Text.", model) == {}
    for text in ("", " ", "\u200b", "<!-- x -->"):
        assert {e.state for e in _find(of, text, model).values()} == {Found.NOT_FOUND}


@pytest.mark.parametrize(
    "text",
    [
        "word " * 10_000,
        "I would say it is fraud. " * 4_000,
        "🙂" * 5_000,
        "ا" * 20_000 + " مرحبا. ",
        "\ud83d \udfff x",
        "1," * 30_000,
        '"' * 50_000,
        "i i'd i'll " * 5_000,
    ],
)
def test_any_text_is_read_in_time(text: str) -> None:
    start = time.process_time()
    for prompt in (P6, "small-classes/p5"):
        assert all(0 <= e.score <= 1 for e in _find(basis(prompt), text).values())
    assert time.process_time() - start < 4


def test_one_typo_changes_little(model: CeredModel) -> None:
    text = "Josué wants the job and fears the night. I think it is kindnes. Of 34 papers none went down."
    states = {c: e.state for c, e in _find(basis(P6), text, model).items()}
    assert states == dict.fromkeys(states, Found.FOUND)


def test_the_lines_are_in_order() -> None:
    assert 0 < MAYBE < FOUND < 1
