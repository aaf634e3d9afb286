"""What learners can see of a notebook before they have committed anything, piece by piece with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from coursekit.lint.material import Material
from coursekit.model.notebook import Cell, Faculty, Labelled, Notebook, Reveal
from coursekit.model.prompt import Prompt

CODE_IN_MARKDOWN = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
DRAWS = re.compile(r"\bplt\.|\.plot\b")
# A list's item, a table's cell and a heading end one as well.
_SENTENCE_END = re.compile(r"(?<=[.!?])[*_)\"”“]*\s+|\n\s*\n|\n(?=[-*|#>]|\d+\.)|\|")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]*)\]\s*\(\s*<?([^)>\s]*)")
_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_SRC = re.compile(r"\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_CHART_WORDS = re.compile(r"title|label|\.text\(|annotate|legend|caption", re.IGNORECASE)
_HIDDEN = re.compile(r"BEGIN HIDDEN TESTS.*?END HIDDEN TESTS|BEGIN MARK SCHEME.*?END MARK SCHEME", re.DOTALL)


class Kind(StrEnum):
    """Where in a cell a passage stands."""

    PROSE = "text"
    HEADING = "a heading"
    ALT = "an image's description"
    CHART = "a chart's words"
    CODE = "code"
    ASKED = "prompt"


@dataclass(frozen=True)
class Passage:
    """A piece of what learners see."""

    cell: Cell
    text: str
    kind: Kind
    line: int | None
    """The line of the cell on which it begins; none for what stands in the metadata."""

    def line_of(self, offset: int) -> int | None:
        """The line of the cell on which that place of the text stands."""
        return None if self.line is None else self.line + self.text.count("\n", 0, offset)


@dataclass(frozen=True)
class Image:
    """An image in a markdown cell."""

    alt: str
    target: str
    line: int


def is_open(cell: Cell) -> bool:
    """Whether learners get the cell as it stands. An answer's cell holds the model answer, which they do not."""
    is_answer = cell.nbgrader is not None and cell.nbgrader.solution
    return (cell.role is None or isinstance(cell.role, Labelled)) and not is_answer


def passages(material: Material) -> list[Passage]:
    """All of it, in the notebook's order."""
    return [passage for cell in material.notebook.cells for passage in _of_cell(cell)]


def _of_cell(cell: Cell) -> Iterator[Passage]:
    if isinstance(cell.role, Prompt):
        for text in asked(cell.role):
            yield Passage(cell, text, Kind.ASKED, None)
    if not is_open(cell):
        return
    if cell.cell_type == "code":
        source = blank(_HIDDEN, cell.source)
        for number, line in enumerate(source.split("\n"), 1):
            if line.strip():
                kind = Kind.CHART if _CHART_WORDS.search(line) else Kind.CODE
                yield Passage(cell, line, kind, number)
        return
    yield from _of_markdown(cell)


def _of_markdown(cell: Cell) -> Iterator[Passage]:
    for image in images(cell.source):
        yield Passage(cell, image.alt, Kind.ALT, image.line)
    paragraph: list[str] = []
    begun = 1
    # Alternative texts were told above; what is left of an image is its address.
    source = blank(_IMAGE, cell.source)
    for number, line in enumerate([*source.split("\n"), ""], 1):
        heading = HEADING.match(line)
        if heading or not line.strip():
            if paragraph:
                yield Passage(cell, "\n".join(paragraph), Kind.PROSE, begun)
            paragraph = []
            if heading:
                yield Passage(cell, heading[2], Kind.HEADING, number)
            continue
        if not paragraph:
            begun = number
        paragraph.append(line)


def asked(prompt: Prompt) -> Iterator[str]:
    """What a prompt's form shows."""
    yield from (prompt.title, prompt.question)
    for choice in (*prompt.options, *prompt.items, *prompt.fields):
        yield choice.label
    yield from prompt.scale


def images(source: str) -> list[Image]:
    """The images of a markdown text, each with its alternative text."""
    prose = blank(CODE_IN_MARKDOWN, source)
    found = [(m.start(), m[1], m[2]) for m in _IMAGE.finditer(prose)]
    for tag in _TAG.finditer(prose):
        alt, target = _ALT.search(tag[0]), _SRC.search(tag[0])
        words = next((g for g in alt.groups() if g is not None), "") if alt else ""
        found.append((tag.start(), words, target[1] if target else ""))
    return [Image(alt, target, line_at(source, start)) for start, alt, target in sorted(found)]


def headings(notebook: Notebook) -> Iterator[tuple[Cell, int, int, str]]:
    """Each heading that learners meet: its cell, line, level and words. Reveals have theirs as well."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown" or isinstance(cell.role, Faculty | Prompt):
            continue
        if not isinstance(cell.role, Reveal) and not is_open(cell):
            continue
        prose = blank(_COMMENT, blank(CODE_IN_MARKDOWN, cell.source))
        original = cell.source.split("\n")
        for number, line in enumerate(prose.split("\n"), 1):
            if HEADING.match(line) and (heading := HEADING.match(original[number - 1])):
                yield cell, number, len(heading[1]), heading[2]


def line_at(source: str, offset: int) -> int:
    """The line, from 1, on which that place of a text stands."""
    return source.count("\n", 0, offset) + 1


def blank(pattern: re.Pattern[str], source: str) -> str:
    """The text without what matches, every other character in its line and column."""
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), source)


def without_comments(source: str) -> str:
    """A markdown text without its comments, which no page shows."""
    return blank(_COMMENT, source) if "<!--" in source else source


def sentences(text: str) -> list[str]:
    """A markdown text's sentences, one after another."""
    return [part for part in _SENTENCE_END.split(text) if part]
