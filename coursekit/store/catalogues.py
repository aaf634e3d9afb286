"""A module's catalogues: modules/<module>/translations/<language>.po, as Weblate, Poedit and gettext know them.

msgctxt is the piece's key, msgid the source, msgstr the translation. `fuzzy` marks what somebody must look at; the
source that it was made of stands beside it as the previous msgid.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from coursekit.model.misread import Misread
from coursekit.model.translation import Entry, is_words
from coursekit.store.notebookfiles import read_text, shown_path

_STRING = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(rf"#.*|(?:msg(?:ctxt|id|id_plural|str)(?:\[\d+\])?\s+)?{_STRING}")

_ABOUT_WORDS = "What the checks look for: one on each line, as many as the language needs."


def catalogue_path(folder: Path, language: str) -> Path:
    """Where a module's catalogue of a language is."""
    return folder / "translations" / f"{language}.po"


def read_catalogue(folder: Path, language: str) -> tuple[Entry, ...]:
    """Its entries; none when it is not there. Raises BadInput when it cannot be read."""
    path = catalogue_path(folder, language)
    return _entries(_read(path, language)) if path.is_file() else ()


def write_catalogue(folder: Path, language: str, entries: Iterable[Entry], now: datetime) -> bool:
    """Write it whole; gives whether anything changed. Its header is a translator's, and stays as it is."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    path = catalogue_path(folder, language)
    before = path.read_bytes() if path.is_file() else b""
    old = _read(path, language) if before else None
    new = Catalog(
        locale=_locale(language),
        project=folder.name,
        charset="utf-8",
        fuzzy=False,
        creation_date=old.creation_date if old is not None else now,
        revision_date=old.revision_date if old is not None else now,
        header_comment=old.header_comment if old is not None else f"# {folder.name}",
        last_translator=old.last_translator if old is not None else None,
        language_team=old.language_team if old is not None else None,
    )
    for entry in entries:
        new.add(
            entry.source,
            entry.text,
            context=entry.key,
            flags=["fuzzy"] if entry.stale else [],
            previous_id=entry.before,
            user_comments=entry.notes,
            auto_comments=[_ABOUT_WORDS] if is_words(entry.key) else [],
        )
    content = io.BytesIO()
    write_po(content, new, width=0, include_previous=True)
    if content.getvalue() == before:
        return False
    path.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content.getvalue())
    Path(name).chmod(0o644)
    Path(name).replace(path)
    return True


def _locale(language: str) -> str:
    return language.replace("-", "_")


def _read(path: Path, language: str) -> Any:
    """Babel's Catalog."""
    from babel.messages.pofile import PoFileError, read_po

    text = read_text(path)
    for number, line in enumerate(text.splitlines(), 1):
        # Babel takes half a string for a whole one.
        if line.strip() and not _LINE.fullmatch(line.strip()):
            raise _unreadable(path, f"line {number} is neither a comment nor a message", number)
    try:
        return read_po(io.BytesIO(text.encode()), locale=_locale(language), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise _unreadable(path, str(error)) from None


def _unreadable(path: Path, problem: str, line: int | None = None) -> Misread:
    said = f"it is no catalogue that we can read: {problem}."
    next_step = "Mend that line, or take the file from your last commit."
    return Misread("bad-catalogue", shown_path(path), said, next_step, line=line)


def _entries(catalogue: Any) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            message.context,
            message.id,
            message.string,
            message.fuzzy,
            _previous(message.user_comments),
            tuple(comment for comment in message.user_comments if not comment.startswith("|")),
        )
        for message in catalogue
        if message.id and message.context and isinstance(message.id, str)
    )


def _previous(comments: Iterable[str]) -> str:
    """The source before: Babel writes it, and reads it as if somebody had remarked it."""
    from babel.messages.pofile import denormalize

    told = " ".join(comment[1:].strip() for comment in comments if comment.startswith("|"))
    # Babel wraps it as it wraps a remark, so its lines say nothing.
    before = re.search(rf"msgid((?:\s*{_STRING})+)", told)
    return "".join(denormalize(part) for part in re.findall(_STRING, before[1])) if before else ""
