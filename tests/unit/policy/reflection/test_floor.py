"""The floor of substance: sincere words in any language stand on it, and next to nothing falls through."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from support.reflections import corpus
from support.reflections.bases import PROSE, basis, exemplars

from coursekit.model.ids import PromptId
from coursekit.model.outcome import Allowed, Refused
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.policy.reflection.floor import check_floor
from coursekit.policy.reflection.shingles import Peers

SINCERE = yaml.safe_load(
    (Path(__file__).parents[3] / "support" / "reflections" / "sincere.yml").read_text(encoding="utf-8")
)
OTHERS = [m.text for m in corpus.held_out(corpus.PROMPTS[0], 60, 17)]
PEERS = Peers.of(OTHERS)


def prompt(name: str = corpus.PROMPTS[0]) -> Prompt:
    told = basis(name)
    return Prompt(PromptId(told.prompt), PromptKind.REFLECTION, told.title, told.question)


def code(text: str) -> str:
    decision = check_floor(prompt(), text, PEERS)
    if isinstance(decision, Allowed):
        return ""
    assert decision.reason.endswith(".")
    assert decision.next_step.endswith(".")
    return decision.code


def test_there_are_forty_one_languages() -> None:
    assert len(SINCERE) == 41


@pytest.mark.parametrize("language", sorted(SINCERE))
def test_sincere_words_are_accepted_in(language: str) -> None:
    assert code(SINCERE[language]) == ""
    assert code(f"“{SINCERE[language]}” 🙂\n\n- 65!") == ""


def test_every_exemplar_and_every_composed_answer_is_accepted() -> None:
    refused = [
        e.id for p in PROSE for e in exemplars(p) if check_floor(prompt(p), e.text, PEERS) != Allowed()
    ]
    for name in corpus.PROMPTS:
        refused += [
            m.id
            for m in corpus.held_out(name, 200, 5)
            if check_floor(prompt(name), m.text, PEERS) != Allowed()
        ]
    assert refused == []


@pytest.mark.parametrize("text", ["I don't know.", "No.", "Sorry, I disagree!", "42", "这个问题很难", "Да"])
def test_short_and_sincere_is_for_the_count_of_words_to_judge(text: str) -> None:
    assert code(text) == ""


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", "empty-answer"),
        (" \n\u200b\u200b ", "empty-answer"),
        ("... !!! ???", "empty-answer"),
        ("👍👍👍", "empty-answer"),
        ("YOUR ANSWER HERE", "empty-answer"),
        ("<!-- I am not seen -->", "empty-answer"),
        (basis(corpus.PROMPTS[0]).question, "same-as-question"),
        ("Which one do you find the strongest? Say so clearly.", "same-as-question"),
        (OTHERS[4], "same-as-another"),
        (f"**{OTHERS[4].upper()}**", "same-as-another"),
        ("asdf asdf jkl asdfg qwer", "no-words"),
        ("blah " * 20, "no-words"),
        ("aaaaaaaaaaaaaaaa", "no-words"),
        ("фыва олдж фывапр", "no-words"),
    ],
)
def test_what_is_no_answer_is_refused_kindly(text: str, refused: str) -> None:
    assert code(text) == refused


def test_a_hand_on_the_keyboard_hardly_ever_gets_through() -> None:
    rng = random.Random(7)
    rows = ("asdfghjkl", "qwertyuiop", "sdfjkl", "abcdefghijklmnopqrstuvwxyz")
    made = [
        " ".join("".join(rng.choices(rng.choice(rows), k=rng.randint(3, 9))) for _ in range(40))
        for _ in range(100)
    ]
    assert sum(code(text) == "no-words" for text in made) >= 95


def test_it_takes_no_time_in_a_commit() -> None:
    text = corpus.held_out(corpus.PROMPTS[0], 1, 3)[0].text
    check_floor(prompt(), text, PEERS)
    took = []
    for _ in range(30):
        started = time.process_time()
        check_floor(prompt(), text, PEERS)
        took.append(time.process_time() - started)
    # About 1 ms; other work on the machine may stand in the way of most of these, not of all.
    assert min(took) < 0.004
    started = time.process_time()
    check_floor(prompt(), "word \u200b<b>&amp; " * 100_000, PEERS)
    assert time.process_time() - started < 0.5


def test_whatever_it_is_it_is_answered() -> None:
    for text in ("\ud800", "\x00" * 50, "שלום " * 5, "😀" * 500, "a\u0301" * 3000):
        assert isinstance(check_floor(prompt(), text, PEERS), Allowed | Refused)


def test_the_exchange_loads_no_numbers_for_it() -> None:
    asked = (
        "import sys, coursekit.policy.reflection.floor, coursekit.policy.reflection.guards;"
        "print([m for m in ('numpy', 'scipy', 'sklearn') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
