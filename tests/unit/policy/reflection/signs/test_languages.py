"""Languages, by their smallest words and their letters."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support.reflections.bases import PROSE, exemplars
from support.reflections.foreign import FILLER

from coursekit.policy.reflection.signs.languages import share_in_other_script, share_of_others
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words

SINCERE = yaml.safe_load(
    (Path(__file__).parents[4] / "support" / "reflections" / "sincere.yml").read_text(encoding="utf-8")
)


def test_english_is_no_other_language() -> None:
    for prompt in PROSE:
        for exemplar in exemplars(prompt):
            assert share_of_others(words(exemplar.text), "en") == 0, exemplar.id
            assert share_in_other_script(exemplar.text, "en") == 0


@pytest.mark.parametrize("code", sorted(FILLER))
def test_a_part_in_another_language_is_seen(code: str) -> None:
    text = " ".join(FILLER[code])
    assert max(share_of_others(words(text), "en"), share_in_other_script(text, "en")) >= 0.5


@pytest.mark.parametrize(
    "language", ["Greek", "Russian", "Arabic", "Hindi", "Thai", "Chinese", "Korean", "Georgian"]
)
def test_other_scripts(language: str) -> None:
    assert share_in_other_script(SINCERE[language], "en") > 0.9
    assert share_in_other_script(SINCERE[language], "el") == 0


def test_vowel_signs_are_not_more_than_all_letters() -> None:
    assert share_in_other_script(normalise("ำ").text, "en") == 1
    assert share_in_other_script("", "en") == 0
