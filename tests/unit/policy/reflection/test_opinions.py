"""Opinions are inputs of a check: the same ones give the same result, and they weigh as one block among others."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Basis, End, Marked, Reason
from coursekit.model.rubric import Auto, AutoDecision, Criterion, Detector, Rubric, Rule
from coursekit.policy.reflection.check import check, text_digest
from coursekit.policy.reflection.inputs import Facts, Inputs
from coursekit.policy.reflection.learning import learn, scorer_digest, standing_for
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.opinions import Opinions
from coursekit.policy.reflection.shingles import Peers

BASIS = Basis(
    PromptId("p1"),
    "",
    "Should the director reverse the rota change?",
    Rubric(
        "r",
        "",
        (
            Criterion(
                "why", "Says why", {0: "no", 1: "yes", 2: "well"}, terms=("because",), detector=Detector.TERMS
            ),
        ),
        min_own_words=0,
        decision=AutoDecision(Auto.ADEQUATE_ATTEMPT, rule=Rule(("why",))),
    ),
    digest=Digest("b" * 64),
)
NOBODY = Peers.of(())
SUBJECTS = ("director", "nurse", "parent", "driver", "teacher", "porter", "clerk", "doctor", "pupil", "guard")


def text(number: int) -> str:
    who = SUBJECTS[number % len(SUBJECTS)]
    # Words of its own: answers that are much the same are learnt from once.
    own = " ".join(f"ward{number}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    return f"The {who} told us of day {number}, and I keep it since the {who} sleeps better: because of it. {own}"


MARKED = tuple(Marked(f"e{n}", text(n), {"why": n % 3}, n % 3 > 0) for n in range(12))


def said(level: int, number: int) -> str:
    quote = text(number)[:30] if level else ""
    return json.dumps({"criteria": [{"id": "why", "level": level, "quote": quote}]})


def opinions(levels: dict[int, int]) -> Opinions:
    replies = {text_digest(text(n)): said(level, n) for n, level in levels.items()}
    return Opinions("endpoint:m", Digest("d" * 64), replies)


ALL = opinions({n: n % 3 for n in range(12)} | {100: 2, 101: 0})


def with_(told: Opinions) -> Models:
    return Models(opinions=told)


def test_an_opinion_is_found_by_its_answer():
    found = ALL.find(BASIS, text(1))
    assert found is not None
    assert (found.levels, found.quotes) == ({"why": 1}, {"why": text(1)[:30]})
    assert ALL.find(BASIS, "something else") is None
    assert sorted(ALL.on(BASIS, MARKED)) == sorted(m.id for m in MARKED)
    assert ALL.on(BASIS, (Marked("x", "something else", {}),)) == {}


def test_every_result_carries_who_was_asked():
    told = check(BASIS, text(100), NOBODY, with_(ALL))
    assert told.models["endpoint:m"] == "d" * 64


def test_with_another_language_model_it_is_another_scorer():
    other = replace(ALL, digest=Digest("e" * 64))
    digests = {scorer_digest(BASIS, models) for models in (Models(), with_(ALL), with_(other))}
    assert len(digests) == 3


def test_it_is_one_block_of_the_scorer():
    learnt = learn(BASIS, MARKED, with_(ALL))
    assert [f.endpoint for f in learnt.features] == [(n % 3 / 2,) for n in range(12)]
    assert {f.endpoint for f in learn(BASIS, MARKED, Models()).features} == {None}
    standing = standing_for(BASIS, MARKED, Facts(), with_(ALL))
    suggestion = check(BASIS, text(100), NOBODY, with_(ALL), standing).suggestion
    assert suggestion is not None
    assert "endpoint" in {c.block for c in suggestion.contributions}


def test_a_higher_opinion_moves_a_suggestion_up_where_opinions_agreed_with_people():
    standing = standing_for(BASIS, MARKED, Facts(), with_(ALL))

    def mean(level: int) -> float:
        told = opinions({100: level})
        suggestion = check(BASIS, text(100), NOBODY, with_(told), standing).suggestion
        assert suggestion is not None
        return suggestion.mean

    assert mean(0) < mean(1) < mean(2)


def test_one_that_disagrees_is_a_reason_to_look():
    standing = standing_for(BASIS, MARKED, Facts(), Models())
    plain = check(BASIS, text(100), NOBODY, Models(), standing)
    assert plain.suggestion is not None
    fit = plain.suggestion.p_adequate >= 0.5
    against = check(BASIS, text(100), NOBODY, with_(opinions({100: 0 if fit else 2})), standing)
    with_it = check(BASIS, text(100), NOBODY, with_(opinions({100: 2 if fit else 0})), standing)
    assert Reason.SECOND_OPINION in against.route.reasons
    assert Reason.SECOND_OPINION not in {*with_it.route.reasons, *plain.route.reasons}


def test_it_never_passes_anybody():
    glowing = opinions(dict.fromkeys((*range(12), 100), 2))
    standing = standing_for(BASIS, MARKED, Facts(), with_(glowing))
    assert check(BASIS, text(100), NOBODY, with_(glowing), standing).route.end is End.HUMAN_REVIEW
    assert check(BASIS, text(100), NOBODY, with_(glowing)).route.end is End.HUMAN_REVIEW


def test_the_same_opinions_the_same_result():
    again = Opinions.parse(ALL.document())
    assert again == ALL
    one, two = (standing_for(BASIS, MARKED, Facts(), with_(o)) for o in (ALL, again))
    assert check(BASIS, text(100), NOBODY, with_(ALL), one) == check(
        BASIS, text(100), NOBODY, with_(again), two
    )


@given(
    st.dictionaries(st.text(alphabet="0123456789abcdef", min_size=1, max_size=64), st.text(st.characters()))
)
def test_any_reply_comes_back_as_it_was(replies):
    told = Opinions("m", Digest("d"), {Digest(k): v for k, v in replies.items()})
    assert Opinions.parse(told.document()) == told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"schema": "other"}',
        b'{"schema": "coursekit.reflection-opinions/1", "name": "m", "digest": "d", "replies": {"a": "5"}}',
        b'{"schema": "coursekit.reflection-opinions/1", "name": "m", "digest": "d", "replies": {"a": "{"}}',
    ],
)
def test_a_document_that_is_none_is_refused(content):
    with pytest.raises((ValueError, KeyError, TypeError)):
        Opinions.parse(content)


@pytest.mark.parametrize("digest", ["", "c" * 64])
def test_a_line_names_the_opinions_it_was_checked_with(digest):
    inputs = Inputs(Digest("a"), Digest("b"), Digest("c"), Facts(), Digest(digest))
    assert Inputs.parse(inputs.document()) == inputs
