"""What an answer has of others' answers."""

from __future__ import annotations

import random
import time

from support.reflections import attacks, corpus
from support.reflections.bases import PROSE, exemplars

from coursekit.policy.reflection.shingles import Peers, places_in, shingles_of
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words

PROMPT = corpus.PROMPTS[0]
PEERS = [m.text for m in corpus.held_out(PROMPT, 60, 7)]


def read(text: str) -> list[str]:
    return words(normalise(text).text)


def test_the_same_text_is_the_same_in_other_clothes() -> None:
    peers = Peers.of(PEERS)
    dressed = PEERS[3].upper().replace("A", "\u0410").replace(" ", "  ")
    for text in (PEERS[3], f"**{PEERS[3]}**", dressed):
        copied = peers.copied(read(text))
        assert copied.same
        assert copied.share == 1


def test_short_texts_are_the_same_by_chance() -> None:
    assert not Peers.of(["I do not know."]).has(read("I do not know."))


def test_every_seventh_word_changed_is_still_seen() -> None:
    peers = Peers.of(PEERS)
    rng = random.Random(4)
    shares = [peers.copied(read(attacks._changed(rng, text, 1 / 7))).share for text in PEERS[:40]]
    assert min(shares) > 0.3


def test_two_people_who_answer_one_question_share_little() -> None:
    for prompt in PROSE:
        all_texts = [e.text for e in exemplars(prompt)]
        for text in all_texts:
            others = Peers.of(t for t in all_texts if t is not text)
            assert others.copied(read(text)).share < 0.15


def test_what_everybody_may_quote_counts_for_nobody() -> None:
    quote = "An essay is a 3 or a 4, and it depends on the reader's day, he said to her"
    peers = Peers.of([f"He is right: {quote}. I agree with him on every point that he makes there."])
    mine = read(
        f"My view differs, though I read it too: {quote}. That is no reason to go looking for points."
    )
    assert peers.copied(mine).share > 0.3
    assert peers.copied(mine, shingles_of((quote,), 3)).share < 0.05


def test_long_stretches_are_found_from_several_people() -> None:
    first, second = (" ".join(text.split()[:25]) for text in PEERS[:2])
    mine = read(f"{first} and now my own words about it {second}")
    places = Peers.of(PEERS).copied(mine).places
    assert len(places) >= 45
    assert mine.index("own") not in places


def test_nobody_and_nothing() -> None:
    assert Peers.of([]).copied(read("some words of my own")).share == 0
    assert Peers.of(["", "a"]).copied(read("")).share == 0
    assert len(Peers.of(["", "a"])) == 2


def test_three_hundred_are_made_ready_in_a_moment() -> None:
    texts = [m.text for m in corpus.held_out(PROMPT, 300, 99)]
    started = time.process_time()
    Peers.of(texts)
    assert time.process_time() - started < 3


def test_places_of_known_stretches() -> None:
    known = shingles_of(("the marks were due at noon",), 4)
    assert places_in(read("I know the marks were due at noon and no later"), known, 4) == set(range(2, 8))
