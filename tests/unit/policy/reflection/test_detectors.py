"""What each detector sees, sentence by sentence. Found from 0.65, maybe from 0.35."""

from __future__ import annotations

import pytest

from coursekit.model.rubric import Criterion, Detector
from coursekit.policy.reflection.casefacts import CaseFacts, facts_of
from coursekit.policy.reflection.cues import ENGLISH
from coursekit.policy.reflection.detectors import DETECTORS, Line, is_english, together
from coursekit.policy.reflection.evidence import FOUND, MAYBE

CASE = (
    "Jonas had found 420 districts in California; five pupils fewer went with 11 points more. Noor looked at the "
    "cloud. Of 33,654 papers, 34 papers were read again. The bakery and the hospital in Queens wanted a diploma.",
)
FACTS = facts_of(CASE, "en")
NO_FACTS = CaseFacts(frozenset(), frozenset(), frozenset(), frozenset())


def _scores(criterion: Criterion, *sentences: str, facts: CaseFacts = FACTS) -> list[float]:
    lines = [Line.of(s, at == 0, True) for at, s in enumerate(sentences)]
    return DETECTORS[criterion.detector](criterion, lines, facts)


def _criterion(detector: Detector, **other: tuple[str, ...]) -> Criterion:
    return Criterion("c", "?", {0: "no", 1: "yes"}, detector=detector, **other)


def _state(score: float) -> str:
    return "found" if score >= FOUND else "maybe" if score >= MAYBE else "no"


EVIDENCE = _criterion(Detector.CASE_EVIDENCE, terms=("420", "11 points", "cloud"))


@pytest.mark.parametrize(
    ("sentence", "state"),
    [
        ("It shows 420 districts and the line goes down.", "found"),
        ("Eleven points are little for five pupils.", "found"),
        ("The cloud of districts in California is wide.", "maybe"),
        ("Of 33654 papers many were read again.", "maybe"),
        ("Of 33,654 papers, 34 papers were looked at.", "found"),
        ("See Exhibit 2 for it, with its cloud.", "found"),
        ("Jonas means well.", "no"),
        ("Every child matters to every school.", "no"),
        ("My school has 421 pupils and 17 teachers.", "no"),
        ("He was there for 34 years.", "no"),
        ("", "no"),
    ],
)
def test_case_evidence(sentence: str, state: str) -> None:
    assert _state(_scores(EVIDENCE, sentence)[0]) == state


def test_a_number_must_be_the_cases() -> None:
    plain = _criterion(Detector.CASE_EVIDENCE)
    assert _scores(plain, "There are 420 of them.")[0] >= MAYBE
    assert _scores(plain, "There are 423 of them.")[0] == 0
    assert _scores(plain, "There are 420 of them.", facts=NO_FACTS)[0] == 0


POSITION = _criterion(Detector.POSITION, options=("readers", "rule", "pupils"))


@pytest.mark.parametrize(
    ("sentence", "state"),
    [
        ("The readers.", "found"),
        ("Readers I guess.", "found"),
        ("The rule, because it looks in one direction.", "found"),
        ("For me it is the rule.", "found"),
        ("I would not say that it was the readers.", "found"),
        ("First the readers, then the rule, and the pupils last.", "found"),
        ("I think the reeders did it.", "found"),
        ("I would take nothing for granted.", "maybe"),
        ("I can understand the pupils, and the rule, and the readers.", "no"),
        ("It depends on whether one looks at the rule or at the readers.", "no"),
        ("The pupils sit in the room at nine.", "no"),
        ("A school needs trust.", "no"),
    ],
)
def test_position(sentence: str, state: str) -> None:
    assert _state(_scores(POSITION, sentence)[0]) == state


def test_yes_and_no_answer_a_first_question() -> None:
    assert _state(_scores(POSITION, "No. That proves nothing.")[0]) == "maybe"
    assert _state(_scores(POSITION, "Well now.", "No. That proves nothing.")[1]) == "no"


def test_a_verb_can_be_an_option() -> None:
    criterion = _criterion(Detector.POSITION, options=("sign", "strike"))
    assert _state(_scores(criterion, "I sign it.")[0]) == "found"
    assert (
        _state(_scores(criterion, "Last year I signed an application of this kind for our school.")[0])
        == "no"
    )


PERSPECTIVE = _criterion(Detector.PERSPECTIVE, stakeholders=("Josué", "mother", "teacher"))


@pytest.mark.parametrize(
    ("sentence", "state"),
    [
        ("Josue wants the job and fears the night.", "found"),
        ("The teachers would be afraid that nobody trusts them.", "found"),
        ("Josué waited for five years.", "no"),
        ("I want to meet the mother.", "no"),
        ("A stranger in the bus was afraid of the dark.", "no"),
        ("The boy is afraid.", "maybe"),
        ("Teachers who have nothing to fear are calm.", "no"),
    ],
)
def test_perspective(sentence: str, state: str) -> None:
    assert _state(_scores(PERSPECTIVE, sentence)[0]) == state


def test_he_and_she_are_whoever_was_named_before() -> None:
    first, second = _scores(
        PERSPECTIVE, "The other one is the mother.", "She wants the truth, and she hopes for it."
    )
    assert first < MAYBE <= second


OWN = _criterion(Detector.OWN_PRACTICE)


@pytest.mark.parametrize(
    ("sentence", "state"),
    [
        ("In our school the year mark is rounded.", "found"),
        ("I asked my two youngest colleagues.", "found"),
        ("I lead a kindergarten with 90 children.", "maybe"),
        ("In my opinion the school was wrong.", "no"),
        ("Assessment in our school in general should be fair.", "no"),
        ("Parents of children like ours would not come.", "found"),
        ("Schools should be honest.", "no"),
        ("Her school was proud.", "no"),
    ],
)
def test_own_practice(sentence: str, state: str) -> None:
    assert _state(_scores(OWN, sentence)[0]) == state


INTENTION = _criterion(Detector.INTENTION, terms=("responsible",))


@pytest.mark.parametrize(
    ("sentence", "state"),
    [
        ("I will ask our librarian by Friday.", "found"),
        ("The secretary sets this up on 4 May.", "maybe"),
        ("I will ask someone.", "maybe"),
        ("On Monday it rained.", "maybe"),
        ("We will talk about it in the near future.", "no"),
        ("They did it.", "no"),
    ],
)
def test_intention(sentence: str, state: str) -> None:
    assert _state(_scores(INTENTION, sentence)[0]) == state


def test_terms() -> None:
    criterion = _criterion(Detector.TERMS, terms=("just below", "threshold", "rule"))
    scores = _scores(criterion, "We count just below the threshold.", "A rule.", "Nothing.")
    assert [_state(s) for s in scores] == ["found", "no", "no"]


@pytest.mark.parametrize("detector", [d for d in Detector if d is not Detector.NONE])
@pytest.mark.parametrize("text", ["", "…", "\ud83d", "مرحبا", "我想要", "i " * 1_000, "1,2,3", "'"])
def test_any_sentence(detector: Detector, text: str) -> None:
    criterion = _criterion(detector, terms=("",), options=("", "…"), stakeholders=("",))
    assert all(0 <= score <= 1 for score in _scores(criterion, text))


def test_every_detector_is_there() -> None:
    assert set(DETECTORS) == set(Detector) - {Detector.NONE}


def test_signs_add_up_as_chances_do() -> None:
    assert together([]) == 0
    assert together([0.5, 0.5]) == 0.75
    assert together([1, 0.3]) == 1


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("I would do it again, and so would they, if it was up to me.", True),
        ("Kindness.", True),
        ("Ich würde es wieder so machen, weil es für alle besser gewesen ist.", False),
        ("Yo lo haría otra vez porque fue mejor para toda la escuela y sus alumnos.", False),
    ],
)
def test_english(text: str, english: bool) -> None:
    assert is_english(text) is english


def test_cues_are_folded() -> None:
    assert {word for word in ENGLISH if word != word.lower() or "’" in word} == set()
