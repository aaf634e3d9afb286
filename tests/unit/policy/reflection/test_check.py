"""One answer, all the way: it ends at a person whatever it is, and the same comes out for the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.reflecting import BASIS
from support.reflections import corpus, standings
from support.reflections.bases import basis
from support.reflections.odd import ODD

from coursekit.model.feedback import Found
from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Basis, End, Reason, Rung
from coursekit.model.rubric import Rubric
from coursekit.policy.reflection.check import MOST_CHARACTERS, Standing, check, peers_without
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.record import body_of
from coursekit.policy.reflection.shingles import Peers

NOBODY = Peers.of(())
PROMPT = corpus.PROMPTS[0]
GOOD = corpus.genuine(PROMPT, 8, 4)
NOTHING = Basis(PromptId("p"), "", "", Rubric("", "", ()))


@pytest.fixture(scope="module")
def certified() -> Standing:
    return standings.certified(PROMPT, 50)


@pytest.mark.parametrize("name", ODD)
def test_odd_texts_go_to_a_person_with_a_reason_and_without_an_exception(
    name: str, certified: Standing
) -> None:
    for told in (basis(PROMPT), NOTHING):
        answer = check(told, ODD[name], NOBODY, standings.models(), certified)
        assert answer.failure == ""
        assert answer.route.end is End.HUMAN_REVIEW
        assert answer.route.reasons
        assert all(0 <= f.start <= f.end <= len(ODD[name]) for flag in answer.flags for f in flag.spans)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    answer = check(BASIS, text, NOBODY, standings.models())
    assert answer.failure == ""
    assert answer.route.end is End.HUMAN_REVIEW
    for evidence in answer.evidence:
        assert evidence.span is None or 0 <= evidence.span.start <= evidence.span.end <= len(text)


def test_the_best_of_answers_waits_for_a_certificate(certified: Standing) -> None:
    bare = replace(certified, leave=replace(certified.leave, certificate=None))
    for text in GOOD:
        answer = check(basis(PROMPT), text, NOBODY, standings.models(), bare)
        assert Reason.NOT_CERTIFIED in answer.route.reasons


def test_some_good_answers_pass_with_one(certified: Standing) -> None:
    # Else every test that nothing passes would hold for nothing.
    answers = [check(basis(PROMPT), text, NOBODY, standings.models(), certified) for text in GOOD]
    assert any(standings.is_passed(answer) for answer in answers)


def test_a_text_model_that_has_gone_earns_nothing(certified: Standing) -> None:
    for text in GOOD:
        answer = check(basis(PROMPT), text, NOBODY, Models(), certified)
        assert Reason.OTHER_VERSION in answer.route.reasons
        assert answer.suggestion is None


def test_a_certificate_of_another_rubric_earns_nothing(certified: Standing) -> None:
    other = replace(basis(PROMPT), digest=Digest("e" * 64))
    for text in GOOD:
        answer = check(other, text, NOBODY, standings.models(), certified)
        assert Reason.OTHER_VERSION in answer.route.reasons


def test_what_fails_within_goes_to_a_person(certified: Standing) -> None:
    class Broken:
        name, digest, classes = "broken", Digest("f" * 64), ("Belief",)

        def probabilities(self, sentences: object) -> list[list[float]]:
            raise ZeroDivisionError("words of the learner")

    answer = check(BASIS, GOOD[0], NOBODY, Models(Broken()))
    assert answer.route.reasons == (Reason.FAILED,)
    assert answer.failure == "ZeroDivisionError"
    assert "words of the learner" not in repr(answer)


def test_a_book_is_read_by_people_alone() -> None:
    answer = check(BASIS, "word " * (MOST_CHARACTERS // 5 + 1), NOBODY, standings.models())
    assert answer.route.reasons == (Reason.TOO_LONG,)
    assert answer.evidence == ()


def test_few_marked_answers_give_no_suggestion() -> None:
    answer = check(basis(PROMPT), GOOD[0], NOBODY, standings.models())
    assert answer.suggestion is None
    assert answer.rung is Rung.POINTERS
    assert any(e.state is Found.FOUND for e in answer.evidence)


def test_evidence_is_what_stands_in_the_raw_text() -> None:
    text = f"<b>{GOOD[0]}</b>\u200b"
    answer = check(basis(PROMPT), text, NOBODY, standings.models())
    best = next(e for e in answer.evidence if e.state is Found.FOUND)
    assert best.span is not None
    assert text[best.span.start : best.span.end].strip(" <>/b\u200b") in GOOD[0]


def test_one_copy_of_my_answer_is_mine_and_the_second_is_not() -> None:
    assert peers_without(["a", "b", "a"], "a") == ("b", "a")
    assert peers_without(["a", "b"], "c") == ("a", "b")


def test_the_same_bytes_in_another_process(certified: Standing) -> None:
    code = (
        "import sys, json; from support.reflections import corpus, standings;"
        "from support.reflections.bases import basis;"
        "from coursekit.policy.reflection.check import check;"
        "from coursekit.policy.reflection.shingles import Peers;"
        "from coursekit.policy.reflection.record import body_of;"
        f"p = {PROMPT!r}; s = standings.certified(p, 50);"
        "print(json.dumps([body_of(check(basis(p), t, Peers.of(()), standings.models(), s), 's', 'i', {})"
        " for t in corpus.genuine(p, 8, 4)], sort_keys=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    here = [
        body_of(check(basis(PROMPT), text, NOBODY, standings.models(), certified), "s", Digest("i"), {})
        for text in GOOD
    ]
    assert done.stdout.strip() == json.dumps(here, sort_keys=True)
