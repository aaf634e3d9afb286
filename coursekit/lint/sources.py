"""SOURCES.md of a case: which exhibits it names, and what of it learners may read beside theirs.

An exhibit's entry is where the file names it first: a table's row, a list's item, a paragraph, or a heading with
the paragraph below. Later mentions (how a figure was computed, what came out) stay with the author.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.naming import FOLDER, named_exhibits, names
from coursekit.lint.visible import HEADING, without_comments
from coursekit.model.notebook import Faculty, Reveal

FILE = "exhibits/SOURCES.md"
"""Where learners find it."""
_SEALED = "exhibits/SOURCES-after-"
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s")
_RULE = re.compile(r"^\s*\|?[\s:|-]*-[\s:|-]*$")


def source_findings(material: Material) -> Iterator[Finding]:
    """Exhibits of this module whose origin nobody wrote down."""
    if material.module.case is None:
        return
    place = f"cases/{material.module.case}/SOURCES.md"
    said = without_comments(material.sources or "")
    for path in sorted(named_exhibits(material.notebook, material.exhibits, prose=material.prose)):
        if not names(said, path.removeprefix(FOLDER)):
            there = (
                f"is not named in {place}" if material.sources is not None else f"has no source: no {place}"
            )
            yield rules.EXHIBIT_WITHOUT_SOURCE.at(
                material.notebook_file,
                next((c for c in material.notebook.cells if _uses(c.source, c.role, path)), None),
                f"The exhibit {path} {there}.",
                f"Write there where it comes from and under which licence, with its name: `{path}`.",
            )


def open_sources(text: str, copied: Iterable[str], sealed: Iterable[str], exhibits: Iterable[str]) -> str:
    """What learners get of SOURCES.md: the entries of the exhibits that lie open in their folder, and no more.

    An entry that names another exhibit as well, sealed or of another module, is left out: where something comes
    from can say what it is. Empty when nothing is left.
    """
    held = frozenset(sealed)
    shown = {path for path in copied if path not in held}
    return _entries_of(text, shown, [path for path in exhibits if path not in shown])


def sealed_sources(
    text: str, copied: Collection[str], sealed: Mapping[str, Collection[str]], exhibits: Iterable[str]
) -> dict[str, str]:
    """What of SOURCES.md comes with the reveals after each prompt: the entries of the files that these bring.

    An entry that names a file of another prompt's reveals, or of another module, is left out here as well.
    `sealed`: each prompt's files. Prompts of whose files nothing is said are not among the keys.
    """
    held = {path for files in sealed.values() for path in files}
    lie_open = {path for path in copied if path not in held}
    exhibits, found = tuple(exhibits), {}
    for prompt, files in sealed.items():
        brought = {path for path in files if path in copied}
        told = _entries_of(text, brought, [p for p in exhibits if p not in brought | lie_open])
        if told:
            found[prompt] = told
    return found


def sealed_file(prompt: str) -> str:
    """Where learners find it, when the reveals after that prompt have opened."""
    return f"{_SEALED}{prompt}.md"


def is_sealed_file(path: str) -> bool:
    """Whether that is where sources of sealed files are: never among what lies open."""
    return path.startswith(_SEALED)


def _entries_of(text: str, wanted: Iterable[str], others: Iterable[str]) -> str:
    """The entries of these exhibits, but for those that name one of the others as well."""
    lines = without_comments(text).split("\n")
    unnamed = [path.removeprefix(FOLDER) for path in others]
    taken: set[int] = set()
    for path in sorted(wanted):
        first = next((n for n, line in enumerate(lines) if names(line, path.removeprefix(FOLDER))), None)
        if first is None:
            continue
        entry = _entry(lines, first)
        told = "\n".join(lines[n] for n in entry)
        if not any(names(told, other) for other in unnamed):
            taken.update(entry, _table_head(lines, first))
    if not taken:
        return ""
    return f"# Sources\n\n{_joined(lines, sorted(taken))}\n"


def _uses(source: str, role: object, path: str) -> bool:
    if isinstance(role, Faculty):
        return False
    return (isinstance(role, Reveal) and path in role.files) or names(source, path.removeprefix(FOLDER))


def _entry(lines: list[str], first: int) -> list[int]:
    """The lines of the entry in which that line is."""
    line = lines[first]
    if HEADING.match(line):
        start = next((n for n in range(first + 1, len(lines)) if lines[n].strip()), len(lines))
        if start == len(lines) or HEADING.match(lines[start]):
            return [first]
        return [first, *_paragraph(lines, start)]
    if line.lstrip().startswith("|"):
        return [first]
    if _ITEM.match(line):
        end = first + 1
        while end < len(lines) and lines[end].strip() and not _begins(lines[end]):
            end += 1
        return list(range(first, end))
    start = first
    while start > 0 and lines[start - 1].strip() and not _begins(lines[start]):
        start -= 1
    return _paragraph(lines, start)


def _paragraph(lines: list[str], start: int) -> list[int]:
    end = start + 1
    while end < len(lines) and lines[end].strip() and not _begins(lines[end]):
        end += 1
    return list(range(start, end))


def _begins(line: str) -> bool:
    """Whether something of its own begins here."""
    return bool(HEADING.match(line) or _ITEM.match(line)) or line.lstrip().startswith("|")


def _table_head(lines: list[str], row: int) -> list[int]:
    """The heading of the table in which that row is."""
    if not lines[row].lstrip().startswith("|"):
        return []
    top = row
    while top > 0 and lines[top - 1].lstrip().startswith("|"):
        top -= 1
    return [top, top + 1] if top + 1 < row and _RULE.match(lines[top + 1]) else []


def _joined(lines: list[str], taken: list[int]) -> str:
    """The lines, with an empty one where something lay between that belongs to another block."""
    parts: list[str] = []
    for before, number in zip([None, *taken], taken, strict=False):
        same = before is not None and (
            number == before + 1
            or (_is_row(lines[before]) and _is_row(lines[number]) and _one_block(lines, before, number))
        )
        if parts and not same:
            parts.append("")
        parts.append(lines[number].rstrip())
    return "\n".join(parts)


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _one_block(lines: list[str], start: int, end: int) -> bool:
    return all(lines[n].strip() for n in range(start, end))
