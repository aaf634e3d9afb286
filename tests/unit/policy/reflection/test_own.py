"""The learner's own words."""

from __future__ import annotations

from support.reflections import corpus
from support.reflections.bases import basis

from coursekit.policy.reflection.own import own
from coursekit.policy.reflection.shingles import Peers
from coursekit.policy.reflection.text import normalise

BASIS = basis(corpus.PROMPTS[0])
QUOTE = "An essay is a 3 or a 4, and it depends on the reader's day"
NOBODY = Peers.of([])


def test_a_quotation_earns_nothing_and_stands_where_it_was_typed() -> None:
    raw = f"He says: “**{QUOTE}**”. I find this honest, and dangerous."
    mine = own(BASIS, normalise(raw), NOBODY)
    assert "essay" not in mine.text
    assert "honest, and dangerous" in mine.text
    assert [raw[s.start : s.end] for s in mine.spans] == [QUOTE]
    assert mine.words == 8
    assert 0.6 < mine.copied < 0.7
    assert mine.quoted == mine.copied


def test_the_question_and_the_rubric_are_no_own_words() -> None:
    asked = f"{BASIS.question} {BASIS.rubric.criteria[0].ask}"
    assert own(BASIS, normalise(asked), NOBODY).words < 5


def test_short_turns_of_phrase_belong_to_everybody() -> None:
    mine = own(BASIS, normalise("The passing mark is 65, so the readers see how near it is."), NOBODY)
    assert (mine.copied, mine.spans) == (0.0, ())


def test_a_long_stretch_of_another_answer_is_theirs() -> None:
    theirs = "In my valley the smallest schools share one examiner who travels between them by bus every June"
    mine = own(BASIS, normalise(f"{theirs}. I would not want that here."), Peers.of([theirs]))
    assert mine.text.strip(" .…") == "I would not want that here"
    # It is no quotation from the case, which is welcome: the scorer would take it for evidence.
    assert mine.copied > 0.7
    assert mine.quoted == 0.0


def test_what_was_around_a_quotation_does_not_grow_together() -> None:
    assert "…" in own(BASIS, normalise(f"I start here {QUOTE} and I end there"), NOBODY).text
    assert own(BASIS, normalise(""), NOBODY).words == 0
