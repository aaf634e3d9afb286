"""Which language a text is in, surely enough to ask a person about it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from coursekit.textmodels.language import LangidModel, open_language

SINCERE = Path(__file__).parents[2] / "support" / "reflections" / "sincere.yml"


@pytest.fixture(scope="module")
def model() -> LangidModel:
    return open_language()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("English", "en"),
        ("German", "de"),
        ("French", "fr"),
        ("Czech", "cs"),
        ("Polish", "pl"),
        ("Finnish", "fi"),
    ],
)
def test_forty_words(model: LangidModel, name: str, code: str) -> None:
    text = yaml.safe_load(SINCERE.read_text(encoding="utf-8"))[name]
    told, sure = model.guess(text)
    assert told == code
    assert 0.9 < sure <= 1


@pytest.mark.parametrize(
    "mash", ["asdf jkl asdf qwer zxcv poiu lkjh asdfasdf qwerqwer", "", "12 34 ???", "🙂🙂", "\u200b"]
)
def test_no_language_at_all(model: LangidModel, mash: str) -> None:
    assert model.guess(mash)[0] == "zxx"


@pytest.mark.parametrize(
    "text", ["a", "ok", "\ud800 abc \udfff", "x" * 200_000, "\u202eabc", "IN CAPITALS ONLY"]
)
def test_any_text_is_answered(model: LangidModel, text: str) -> None:
    code, sure = model.guess(text)
    assert code
    assert 0 <= sure <= 1


def test_the_same_every_time(model: LangidModel) -> None:
    assert model.guess("I would do it again.") == open_language().guess("I would do it again.")


def test_what_it_is(model: LangidModel) -> None:
    assert model.name == "py3langid"
    assert len(model.digest) == 64
