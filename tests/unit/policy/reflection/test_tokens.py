"""Words that look the same are the same; words of other scripts are left alone."""

from __future__ import annotations

import pytest

from coursekit.policy.reflection.tokens import fold, grams, posing, tokens, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("The reader’s 33,654 marks, 6.6!", "the reader's 33654 marks 6.6"),
        ("Josué café", "josue cafe"),
        ("tеаchеrs", "teachers"),
        ("ｔｅａｃｈｅｒs", "teachers"),
        ("Я учитель", "я учитель"),
        ("हिंदी में", "हिंदी में"),
        ("學校", "學 校"),
        ("Straße", "strasse"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_each_word_knows_its_place() -> None:
    text = "Two words, école."
    assert [text[t.start : t.end] for t in tokens(text)] == ["Two", "words", "école"]


@pytest.mark.parametrize("text", ["tеаchеr аnd rеаder", "Реtrа wants", "The sсore іs"])
def test_letters_that_pose_as_others_are_found(text: str) -> None:
    assert posing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Я прочитал PDF и email",
        "a growth of 3 μm and Δt",
        "Η γλώσσα και το PDF",
        "plain words",
        "the α-level of 5 %",
        "π",
    ],
)
def test_honest_mixtures_are_not(text: str) -> None:
    assert posing(text) == []


def test_a_script_without_spaces_is_compared_in_longer_stretches() -> None:
    assert grams(words("one two three four"), 3) == ["one two three", "two three four"]
    assert len(grams(words("我觉得这个图表很好"), 3)[0].split()) == 6
