"""Rules about induction: what a reveal names must not stand where a learner reads it before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.prompts import question_cell, without_heading
from coursekit.lint.visible import CODE_IN_MARKDOWN, Kind, Passage, blank, passages, sentences
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Cell
from coursekit.model.prompt import Prompt, PromptKind

_BOLD = re.compile(r"\*\*(?=\S)(.{1,120}?)(?<=\S)\*\*|__(?=\S)(.{1,120}?)(?<=\S)__", re.DOTALL)
# Up to five words may stand between the naming and the name: “researchers call this sort of thing **x**”.
_NAMING = re.compile(
    r"\b(?:call(?:s|ed|ing)?|name[sd]?|naming|known\s+as|terms?(?:ed)?|"
    r"nenn(?:t|en|e)|(?:so)?genannt(?:e[mnrs]?)?|hei(?:ß|ss)(?:t|en)|bekannt\s+als|bezeichnet|Begriffe?|Fachwort|"
    r"cham(?:a|am|amos|ado|ada|ados|adas|ar)|denominad[oa]s?|conhecid[oa]s?\s+(?:como|por)|termos?)\b"
    r"(?:\W+\w+){0,5}?\W*$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"^\W*(?:is\s+(?:what|the\s+(?:name|term))|(?:nennt|heißt|heisst|genannt)\b|(?:é|chama-se)\s+o\s+nome)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)*)\s*(%|[^\W\d_]{3,})")
_WORDS = {
    "0": "zero|null|nenhum",
    "1": "one|eins?|um|uma",
    "2": "two|zwei|dois|duas",
    "3": "three|drei|três",
    "4": "four|vier|quatro",
    "5": "five|fünf|cinco",
    "6": "six|sechs|seis",
    "7": "seven|sieben|sete",
    "8": "eight|acht|oito",
    "9": "nine|neun|nove",
    "10": "ten|zehn|dez",
    "11": "eleven|elf|onze",
    "12": "twelve|zwölf|doze",
}
_PERCENT = r"(?:%|percent\w*|per\s+cent\w*|Prozent\w*|por\s+cento)"
_OF_A_NAME = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Named:
    """Something that a reveal tells, and the prompt that should come first."""

    words: str
    pattern: re.Pattern[str]
    after: PromptId
    reveal: Cell
    prompt: Cell
    question: Cell | None
    """The cell that leads to the prompt."""


def concept_findings(material: Material) -> Iterator[Finding]:
    """Concepts and results that are told where a learner reads them before the commitment."""
    named = _named(material)
    if not named:
        return
    seen: set[tuple[str, int]] = set()
    for passage in passages(material):
        for thing in named:
            key = (thing.words, passage.cell.index)
            if key in seen or _is_asked(passage, thing):
                continue
            found = thing.pattern.search(passage.text)
            if found is None:
                continue
            seen.add(key)
            yield _told(material, thing, passage.cell, passage.kind, passage.line_of(found.start()))
    yield from _file_names(material, named)


def _told(material: Material, thing: Named, cell: Cell, kind: Kind, line: int | None) -> Finding:
    where = f"the reveal of {thing.after} (cell {thing.reveal.index})"
    hint = f"Say it in other words here, or seal it: make it a reveal after {thing.after}."
    if kind in (Kind.HEADING, Kind.ALT, Kind.CHART):
        message = f"“{thing.words}” is given away here, in {kind.value}, and {where} names it."
        return rules.GIVEN_AWAY.at(material.notebook_file, cell, message, hint, line=line)
    if cell.index < thing.prompt.index:
        message = f"“{thing.words}” is told here, above {thing.after}, and {where} names it."
        return rules.TOLD_BEFORE.at(material.notebook_file, cell, message, hint, line=line)
    message = f"“{thing.words}” is told here, in the open, and {where} names it."
    return rules.TOLD_LATER.at(material.notebook_file, cell, message, hint, line=line)


def _file_names(material: Material, named: list[Named]) -> Iterator[Finding]:
    sealed = {path for _, reveal in material.notebook.reveals() for path in reveal.files}
    for path in sorted(material.exhibits - sealed):
        words = _OF_A_NAME.sub(" ", path.removeprefix("exhibits/"))
        for thing in named:
            if thing.pattern.search(words):
                yield rules.GIVEN_AWAY.at(
                    material.notebook_file,
                    thing.reveal,
                    f"The name of the open exhibit {path} gives “{thing.words}” away, which this reveal names.",
                    f"Give the file another name, or hold it back: add it to the files of a reveal after "
                    f"{thing.after}.",
                )


def _is_asked(passage: Passage, thing: Named) -> bool:
    """Whether it belongs to the prompt itself: its form, or the question above. A title is what all can read."""
    if passage.cell is thing.prompt:
        return True
    if passage.cell is not thing.question:
        return False
    # A cell that is a heading and nothing else is the question.
    is_only_one = without_heading(passage.cell.source) == passage.text
    return passage.kind is Kind.PROSE or (passage.kind is Kind.HEADING and is_only_one)


def _named(material: Material) -> list[Named]:
    """Each once, for the first prompt after which it is told."""
    asked: dict[PromptId, tuple[Cell, Prompt]] = {}
    for cell, prompt in material.notebook.prompts():
        asked.setdefault(prompt.id, (cell, prompt))
    found: dict[str, Named] = {}
    reveals = [
        (c, r) for c, r in material.notebook.reveals() if r.after in asked and c.cell_type == "markdown"
    ]
    for cell, reveal in sorted(reveals, key=lambda pair: (asked[pair[1].after][0].index, pair[0].index)):
        prompt_cell, prompt = asked[reveal.after]
        told = list(terms(cell.source))
        if prompt.kind is PromptKind.ESTIMATE:
            told += figures(cell.source, prompt.unit)
        for words, pattern in told:
            question = question_cell(material.notebook, prompt_cell)
            named = Named(words, pattern, reveal.after, cell, prompt_cell, question)
            found.setdefault(words.casefold(), named)
    return list(found.values())


def terms(source: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """What a text prints bold and gives a name to, with the pattern that finds it elsewhere."""
    for sentence in sentences(blank(CODE_IN_MARKDOWN, source)):
        for bold in _BOLD.finditer(sentence):
            words = " ".join((bold[1] or bold[2]).strip(" .,;:!?\"“”„‘’'()").split())
            if not _is_name(words):
                continue
            if _NAMING.search(sentence[: bold.start()]) or _NAMED_AFTER.match(sentence[bold.end() :]):
                yield words, _anywhere(words)


def figures(source: str, unit_asked: str = "") -> Iterator[tuple[str, re.Pattern[str]]]:
    """A text's bold figures with their units, with the pattern that finds them elsewhere.

    A bare number is one of what the prompt asked for.
    """
    for bold in _BOLD.finditer(blank(CODE_IN_MARKDOWN, source)):
        words = bold[1] or bold[2]
        if re.fullmatch(r"[\d.,]*\d[.]?", words) and unit_asked:
            words = f"{words.rstrip('.')} {unit_asked}"
        for figure in _FIGURE.finditer(words):
            number, unit = figure[1], figure[2]
            spelt = f"(?:{re.escape(number)}|{_WORDS[number]})" if number in _WORDS else re.escape(number)
            thing = _PERCENT if re.fullmatch(_PERCENT, unit, re.IGNORECASE) else re.escape(unit)
            yield figure[0], re.compile(rf"(?<![\w.,]){spelt}\s*{thing}(?!\w)", re.IGNORECASE)


def _is_name(words: str) -> bool:
    return len(words) >= 4 and len(words.split()) <= 4 and not re.search(r"\d|[.!?]", words)


def _anywhere(words: str) -> re.Pattern[str]:
    """As whole words, over a line's end, and with an ending: “outlier” is told by “outliers”."""
    middle = r"[\s_-]+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){middle}(?:s|es|e|n|en)?(?!\w)", re.IGNORECASE)
