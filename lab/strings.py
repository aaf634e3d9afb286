"""The words of the lab in other languages: found in its sources, kept in one .po file per language.

    python lab/strings.py            bring coursekit/locale/*/LC_MESSAGES/coursekit.po up to the sources
    python lab/strings.py --check    say what is missing, and change nothing

A .po file is what people edit. The .json beside it, which the lab loads, is written from it and never by hand.
tests/house/test_strings.py holds the three together.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "lab" / "src"
SCHEMAS = ROOT / "lab" / "schema"
LOCALE = ROOT / "coursekit" / "locale"
DOMAIN = "coursekit"

# Method → what its leading arguments are.
_CALLS = {
    "__": ("id",),
    "gettext": ("id",),
    "_n": ("id", "plural"),
    "ngettext": ("id", "plural"),
    "_p": ("context", "id"),
    "pgettext": ("context", "id"),
    "_np": ("context", "id", "plural"),
    "npgettext": ("context", "id", "plural"),
}
_CALL = re.compile(r"\.(" + "|".join(sorted(_CALLS, key=len, reverse=True)) + r")\(|(?<![.\w])msg\(")
_COMMENT = re.compile(r"\s*(//[^\n]*\n|/\*.*?\*/)", re.DOTALL)
_LITERAL = re.compile(
    r"\s*('(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\$]|\\.|\$(?!\{))*`)\s*", re.DOTALL
)
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\n|.)", re.DOTALL)


class NotALiteral(Exception):
    """Words that a program puts together cannot be found by one."""


@dataclass(frozen=True, order=True)
class Words:
    """One text of the lab's."""

    context: str
    id: str
    plural: str = ""

    @property
    def key(self) -> Any:
        """As babel names a message."""
        return (self.id, self.plural) if self.plural else self.id


def in_sources() -> dict[Words, set[str]]:
    """Every text that the lab asks translations of, and the files that it stands in."""
    found: dict[Words, set[str]] = {}
    for path in sorted(SOURCES.rglob("*.ts*")):
        if ".test." not in path.name:
            for words in in_source(path.read_text(encoding="utf-8"), path.name):
                found.setdefault(words, set()).add(path.relative_to(ROOT).as_posix())
    for path in sorted(SCHEMAS.glob("*.json")):
        for words in in_schema(json.loads(path.read_text(encoding="utf-8"))):
            found.setdefault(words, set()).add(path.relative_to(ROOT).as_posix())
    return found


def in_source(source: str, name: str = "") -> Iterator[Words]:
    """The texts of one TypeScript file."""
    for call in _CALL.finditer(source):
        place, given = call.end(), {}
        for part in _CALLS[call[1] or "__"]:
            text, place = _argument(source, place, f"{name}: {source[call.start() : call.end() + 60]!r}")
            given[part] = text
        yield Words(given.get("context", ""), given["id"], given.get("plural", ""))


def _argument(source: str, place: int, where: str) -> tuple[str, int]:
    """A text, which may be written as a sum of literals; and where the next argument begins."""
    text = ""
    while True:
        while comment := _COMMENT.match(source, place):
            place = comment.end()
        literal = _LITERAL.match(source, place)
        if literal is None:
            raise NotALiteral(where)
        text += _ESCAPE.sub(_unescaped, literal[1][1:-1])
        place = literal.end()
        if source[place] in ",)":
            return text, place + 1
        if source[place] != "+":
            raise NotALiteral(where)
        place += 1


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1]
    if code[0] in "ux" and len(code) > 1:
        return chr(int(code[1:].strip("{}"), 16))
    return {"n": "\n", "t": "\t", "\n": ""}.get(code, code)


def in_schema(schema: dict[str, Any]) -> Iterator[Words]:
    """Titles and descriptions, in the contexts in which jupyterlab_server asks for them."""
    for key in ("title", "description"):
        if key in schema:
            yield Words("schema", schema[key])
    if label := schema.get("jupyter.lab.setting-icon-label"):
        yield Words("settings", label)
    for group in (schema, *schema.get("definitions", {}).values()):
        for field in group.get("properties", {}).values():
            for key in ("title", "description"):
                if key in field:
                    yield Words("settings", field[key])


def catalogues() -> list[Path]:
    """One per language."""
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read(path: Path) -> Catalog:
    """A catalogue, of which nothing obsolete is read."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain=DOMAIN, ignore_obsolete=True)


def known(catalogue: Catalog) -> dict[Words, Message]:
    """What a catalogue has, by what the sources say."""
    found = {}
    for message in catalogue:
        if message.id:
            singular, plural = message.id if isinstance(message.id, tuple) else (message.id, "")
            found[Words(message.context or "", singular, plural)] = message
    return found


def updated(old: Catalog, texts: dict[Words, set[str]]) -> Catalog:
    """The same with every text of the sources, in their order, and with no other; translations stay."""
    new = Catalog(
        locale=old.locale,
        domain=DOMAIN,
        header_comment=old.header_comment,
        project="coursekit",
        version="",
        creation_date=old.creation_date,
        revision_date=old.creation_date,
        language_team="coursekit",
        last_translator="The coursekit authors",
        fuzzy=False,
    )
    before = known(old)
    for words in sorted(texts, key=lambda w: (min(texts[w]), w)):
        kept = before.get(words)
        new.add(
            words.key,
            kept.string if kept is not None else None,
            locations=[(file, 0) for file in sorted(texts[words])],
            context=words.context or None,
            user_comments=kept.user_comments if kept is not None else (),
        )
    return new


def as_po(catalogue: Catalog) -> bytes:
    """The file that people edit."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, include_lineno=False, sort_by_file=False)
    # The same whichever Babel wrote it.
    return re.sub(rb'"(Generated-By|Report-Msgid-Bugs-To): [^"]*"\n', b"", out.getvalue())


def as_json(catalogue: Catalog, language: str) -> bytes:
    """As JupyterLab loads it: jed's form, a text with a context under both, parted by U+0004."""
    head = {
        "domain": DOMAIN,
        "language": language.replace("_", "-"),
        "plural_forms": catalogue.plural_forms,
        "version": "",
    }
    value: dict[str, Any] = {"": head}
    for words, message in sorted(known(catalogue).items()):
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if all(strings):
            value[f"{words.context}\u0004{words.id}" if words.context else words.id] = list(strings)
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def main(arguments: list[str]) -> int:
    """Bring every catalogue up to the sources, or say what is missing."""
    texts, missing = in_sources(), 0
    for path in catalogues():
        catalogue = updated(read(path), texts)
        if "--check" not in arguments:
            path.write_bytes(as_po(catalogue))
            path.with_suffix(".json").write_bytes(as_json(catalogue, path.parent.parent.name))
        for words, message in known(catalogue).items():
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if not all(strings):
                missing += 1
                print(f"{path.parent.parent.name}: {words.id!r}")
    print(f"{len(texts)} texts, {missing} without a translation.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
