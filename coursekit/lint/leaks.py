"""Rules about leaks: sentences that were copied once too often, and marks that do not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.material import texts_of
from coursekit.lint.naming import named_exhibits
from coursekit.lint.sources import open_sources
from coursekit.lint.visible import Passage, line_at, passages, sentences
from coursekit.model.notebook import Cell, Faculty, Reveal
from coursekit.model.prompt import Prompt

ENOUGH_WORDS = 8

_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"\n]*\"|^>.*$", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARK = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")


def leak_findings(material: Material) -> Iterator[Finding]:
    """Sentences and marks."""
    yield from _sentences_told(material)
    for cell in material.notebook.cells:
        if not isinstance(cell.role, Faculty | Reveal):
            yield from _marks(material, cell)


def _sentences_told(material: Material) -> Iterator[Finding]:
    secrets = dict(_secrets(material))
    if not secrets:
        return
    seen = [(passage, _worded(passage.text)) for passage in passages(material)]
    seen = [(passage, text) for passage, text in seen if text.count(" ") > ENOUGH_WORDS]
    exhibits = list(_open_prose(material))
    for words, whose in secrets.items():
        for passage, text in seen:
            if words in text:
                yield _told(material, passage, words, whose)
                break
        for path, text in exhibits:
            if words in text:
                yield _told_in_exhibit(material, path, words, whose)


def _told(material: Material, passage: Passage, words: str, whose: str) -> Finding:
    return rules.SENTENCE_LEAKS.at(
        material.notebook_file,
        passage.cell,
        f"A sentence of {whose} stands in the open here: “{_begin(words)} …”.",
        "Take it out of this cell, or write the other one anew.",
        line=passage.line,
    )


def _told_in_exhibit(material: Material, path: str, words: str, whose: str) -> Finding:
    return rules.SENTENCE_LEAKS.at(
        f"cases/{material.module.case}/{path}",
        None,
        f"A sentence of {whose} stands in this {'file' if path == 'SOURCES.md' else 'exhibit'}: "
        f"“{_begin(words)} …”.",
        "Take it out of the exhibit, hold the exhibit back with a reveal's files, or write the other one anew.",
    )


def _secrets(material: Material) -> Iterator[tuple[str, str]]:
    for exemplar in material.exemplars:
        # Poor ones repeat the case on purpose.
        if exemplar.adequate is not False:
            for text in texts_of(exemplar):
                yield from ((s, f"the exemplar {exemplar.id}") for s in _sentences(text))
    for cell in material.notebook.cells:
        if cell.cell_type != "markdown":
            continue
        if isinstance(cell.role, Prompt):
            yield from ((s, f"the model answer of {cell.role.id}") for s in _sentences(cell.source))
        elif isinstance(cell.role, Reveal):
            whose = f"the reveal of {cell.role.after} (cell {cell.index})"
            yield from ((s, whose) for s in _sentences(cell.source))
        elif isinstance(cell.role, Faculty):
            yield from ((s, f"a faculty note (cell {cell.index})") for s in _sentences(cell.source))


def _open_prose(material: Material) -> Iterator[tuple[str, str]]:
    sealed = {path for _, reveal in material.notebook.reveals() for path in reveal.files}
    for path, text in material.prose.items():
        if path not in sealed:
            yield path, _worded(text)
    # Of where exhibits come from learners read the lines about theirs.
    named = named_exhibits(material.notebook, material.exhibits, prose=material.prose)
    shown = open_sources(material.sources or "", named, sealed, material.exhibits)
    if shown:
        yield "SOURCES.md", _worded(shown)


def _sentences(text: str) -> Iterator[str]:
    """Those that are long enough to be somebody's own, as `_worded` makes them."""
    for sentence in sentences(_QUOTED.sub(" ", text)):
        words = _worded(sentence)
        if words.count(" ") > ENOUGH_WORDS:
            yield words


def _worded(text: str) -> str:
    """The words alone, small, with a space on each side: one text stands in another or does not."""
    return f" {' '.join(_WORD.findall(text.casefold().replace('’', chr(39))))} "


def _begin(words: str) -> str:
    return " ".join(words.split()[:ENOUGH_WORDS])


def _marks(material: Material, cell: Cell) -> Iterator[Finding]:
    """As nbgrader goes through the lines: a begin, then its end, and no begin in between."""
    open_at: dict[str, int] = {}
    taken_out = {
        "SOLUTION": cell.nbgrader is not None and cell.nbgrader.solution,
        "HIDDEN TESTS": cell.nbgrader is not None and cell.nbgrader.grade,
        "MARK SCHEME": cell.nbgrader is not None and cell.nbgrader.task,
    }
    for mark in _MARK.finditer(cell.source):
        side, what = mark[1], mark[2]
        line = line_at(cell.source, mark.start())
        if not taken_out[what]:
            yield rules.UNBALANCED_MARKS.at(
                material.notebook_file,
                cell,
                f"{side} {what} stands in a cell from which nbgrader takes no {what.lower()} out.",
                "Move it into the cell it belongs to, or set that cell's nbgrader flags.",
                line=line,
            )
            return
        if (side == "BEGIN") == (what in open_at):
            again = "a second time" if side == "BEGIN" else f"without a BEGIN {what} above it"
            yield rules.UNBALANCED_MARKS.at(
                material.notebook_file,
                cell,
                f"{side} {what} stands here {again}.",
                f"Begin and end each part once: ### BEGIN {what}, then ### END {what}.",
                line=line,
            )
            return
        if side == "BEGIN":
            open_at[what] = line
        else:
            del open_at[what]
    for what, line in open_at.items():
        yield rules.UNBALANCED_MARKS.at(
            material.notebook_file,
            cell,
            f"BEGIN {what} has no END {what}.",
            f"Write ### END {what} where it ends.",
            line=line,
        )
