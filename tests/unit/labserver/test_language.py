"""Settings have their titles in the lab's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyterlab_server.translation_utils import translator

from coursekit.labserver.language import DOMAIN, Words, bring_words

SCHEMAS = sorted((Path(__file__).parents[3] / "lab" / "schema").glob("*.json"))


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    locale, bundles = translator._LOCALE, dict(translator._TRANSLATORS)
    yield
    translator._LOCALE, translator._TRANSLATORS = locale, bundles


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_every_title_follows_the_language(path: Path) -> None:
    bring_words()
    schema = json.loads(path.read_text())
    translator.set_locale("de_DE")
    german = translator.translate_schema(json.loads(path.read_text()))
    for before, after in [
        (schema, german),
        *zip(*(s["properties"].values() for s in (schema, german)), strict=True),
    ]:
        assert after["title"] != before["title"]
        assert after["description"] != before["description"]
    translator.set_locale("en")
    assert translator.translate_schema(json.loads(path.read_text())) == schema


def test_a_language_that_is_not_there_is_english(tmp_path: Path) -> None:
    assert Words("fr_FR").pgettext("settings", "Course") == "Course"
    assert Words("de_DE").pgettext("settings", "Course") == "Kurs"
    assert Words("de_DE").gettext("Commit") == "Antwort festlegen"
    assert Words("de_DE").gettext("Something new") == "Something new"
    broken = tmp_path / "de_DE" / "LC_MESSAGES" / f"{DOMAIN}.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    assert Words("de_DE", tmp_path).gettext("Commit") == "Commit"
