"""Rules about translations: what is missing in a catalogue, and what is of another text."""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.model.translation import is_words, missing, stale

_SHOWN = 3


def translation_findings(material: Material) -> Iterator[Finding]:
    """For each language of the course at most one of each rule: a catalogue has hundreds of pieces."""
    for language, entries in material.translations.items():
        file = f"modules/{material.module.id}/translations/{language}.po"
        update = f"coursekit translate {material.module.id} --language {language}"
        known = {entry.key: entry for entry in entries}
        lacking = missing(known, material.pieces)
        old = stale(known, material.pieces)
        words = [key for key in (*lacking, *old) if is_words(key)]
        lacking, old = ([key for key in keys if not is_words(key)] for keys in (lacking, old))
        if lacking:
            yield rules.TRANSLATION_MISSING.at(
                file,
                None,
                f"Not translated: {_told(lacking)}.",
                f"Run {update}, and translate what is empty.",
            )
        if old:
            yield rules.TRANSLATION_STALE.at(
                file,
                None,
                f"Translated from another text, or marked fuzzy: {_told(old)}.",
                f"Run {update}, and mend what is fuzzy.",
            )
        if words:
            yield rules.WORDS_UNTRANSLATED.at(
                file,
                None,
                f"The checks have no words of this language, or old ones, in {_told(words)}.",
                f"Run {update}, and write one on each line; until then people alone read for it.",
            )


def _told(keys: list[str]) -> str:
    named = ", ".join(keys[:_SHOWN]) + (" and others" if len(keys) > _SHOWN else "")
    return f"{len(keys)} piece{'s' if len(keys) > 1 else ''} ({named})"
