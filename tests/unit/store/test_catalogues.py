"""Catalogues as gettext's tools know them, there and back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.translation import Entry
from coursekit.store.catalogues import catalogue_path, read_catalogue, write_catalogue

NOW = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
LATER = datetime(2027, 2, 11, 8, 0, tzinfo=UTC)
ENTRIES = (
    Entry("cell/story", "# One\n\nA “lamp” \\ burned.\tAll night.", "# Eins\n\nEine „Lampe“ brannte."),
    Entry("prompt/p1/title", "Hours", "Stunden"),
    Entry("prompt/p1/unit", "Hours"),
    Entry("cell/end", "Bye.", "Tschüs!", stale=True, before="Bye!", notes=("Informal?",)),
    Entry("cell/two", "a\nc", "A\nB", stale=True, before="a\n“b”\n"),
    Entry("rubric/view/fact/levels/0", "100 %s of 5%", "100 % von 5%"),
)


def test_what_is_written_is_read(tmp_path):
    assert write_catalogue(tmp_path, "de", ENTRIES, NOW)
    assert read_catalogue(tmp_path, "de") == ENTRIES


def test_a_second_time_nothing_changes_and_the_header_stays(tmp_path):
    write_catalogue(tmp_path, "pt-BR", ENTRIES, NOW)
    path = catalogue_path(tmp_path, "pt-BR")
    path.write_text(path.read_text().replace("FULL NAME <EMAIL@ADDRESS>", "Ana <ana@example.org>"))
    before = path.read_bytes()
    assert not write_catalogue(tmp_path, "pt-BR", read_catalogue(tmp_path, "pt-BR"), LATER)
    assert path.read_bytes() == before
    assert write_catalogue(tmp_path, "pt-BR", ENTRIES[:2], LATER)
    assert "Ana <ana@example.org>" in path.read_text()
    assert "2027-02" not in path.read_text()


def test_an_edit_changes_its_own_entry_and_no_other_line(tmp_path):
    write_catalogue(tmp_path, "de", ENTRIES, NOW)
    path = catalogue_path(tmp_path, "de")
    before = path.read_text().splitlines()
    changed = (*ENTRIES[:1], Entry("prompt/p1/title", "Hours", "Dauer"), *ENTRIES[2:])
    write_catalogue(tmp_path, "de", changed, NOW)
    pairs = zip(before, path.read_text().splitlines(), strict=True)
    assert [pair for pair in pairs if pair[0] != pair[1]] == [('msgstr "Stunden"', 'msgstr "Dauer"')]


def test_none_is_none_and_a_broken_one_is_said(tmp_path: Path):
    assert read_catalogue(tmp_path, "de") == ()
    (tmp_path / "translations").mkdir()
    catalogue_path(tmp_path, "de").write_text('msgid "One\nmsgstr "Eins"\n')
    with pytest.raises(BadInput, match=r"de\.po: it is no catalogue that we can read: line 1 "):
        read_catalogue(tmp_path, "de")
