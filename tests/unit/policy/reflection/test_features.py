"""What the scorer sees of an answer, and what it cannot be made to see."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reflecting import BASIS
from support.scored import features, plain, split

from coursekit.model.feedback import Found
from coursekit.model.reflection import Evidence, Opinion, Own
from coursekit.model.rubric import Detector, Rubric
from coursekit.policy.reflection.features import of

TEXT = "We keep the lamps, since falls went from 37 to 12. The nurses see more at night."


def test_words_beyond_the_cap_are_not_there() -> None:
    capped = replace(BASIS, rubric=replace(BASIS.rubric, cap_words=17))
    assert features(capped, TEXT).wording == TEXT
    assert features(capped, TEXT + " And so on and on, for ever and ever.") == features(capped, TEXT)


def test_a_text_without_blanks_is_capped_as_well() -> None:
    assert len(features(BASIS, "x" * 100_000).wording) == 300 * 12


def test_quoting_counts_up_to_a_little() -> None:
    def quoted(words: int) -> float:
        text = "word " * words
        return of(BASIS, plain(text), Own("mine", 1, 1.0, 1.0), (), ()).evidence[-2]

    assert 0 < quoted(10) < quoted(40) == quoted(4000) == 1
    shy = replace(BASIS, rubric=replace(BASIS.rubric, quote_ok=False))
    assert of(shy, plain("word " * 50), Own("mine", 1, 1.0, 1.0), (), ()).evidence[-2] == 0


def test_a_term_of_the_case_counts_once_and_only_as_a_word() -> None:
    def terms(text: str) -> float:
        return features(BASIS, text).evidence[-3]

    assert terms("Lamps.") == terms("lamps, LAMPS and lamps") > terms("headlampsy") == 0


def test_no_evidence_is_taken_for_what_a_person_alone_reads_for() -> None:
    assert BASIS.rubric.criteria[2].detector is Detector.NONE
    some = of(BASIS, plain(TEXT), Own(TEXT, 17, 0, 0), split(TEXT), (Evidence("depth", Found.FOUND, 1.0),))
    assert some == features(BASIS, TEXT)
    other = of(
        BASIS, plain(TEXT), Own(TEXT, 17, 0, 0), split(TEXT), (Evidence("position", Found.FOUND, 0.8),)
    )
    assert other.evidence[:2] == (0.0, 0.8)


def test_an_opinion_without_its_quote_has_seen_nothing() -> None:
    def opinion(levels: dict[str, int]) -> tuple[float, ...] | None:
        return of(BASIS, plain(TEXT), Own(TEXT, 17, 0, 0), (), (), (0.6, 0.8), Opinion(levels, {})).endpoint

    assert opinion({"evidence": 2, "position": 1}) == (1.0, 0.5, 0.0)
    assert opinion({}) == (0.0, 0.0, 0.0)
    assert features(BASIS, TEXT).endpoint is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\ud83d",
        "é\u200b\u202eabc",
        "אבג דהו",
        "？" * 50,
        "🙂" * 400,
        "a-b'c." * 3000,
        "'" * 50_000,
    ],
    ids=repr,
)
def test_nothing_a_learner_writes_is_too_odd(text: str) -> None:
    seen = features(BASIS, text)
    seen.wording.encode()
    assert all(abs(x) < 1e4 for x in (*seen.length, *seen.evidence))


@given(st.text(st.characters(), max_size=400))
def test_hard_nothing_a_learner_writes_is_too_odd(text: str) -> None:
    seen = features(BASIS, text)
    seen.wording.encode()
    assert len(seen.length) == len(features(BASIS, "").length)


def test_a_rubric_without_criteria_has_features_too() -> None:
    assert features(replace(BASIS, rubric=Rubric("", "", ())), TEXT).wording == TEXT
