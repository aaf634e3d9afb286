"""Findings that an author allows: a comment with the rule's code and a reason.

<!-- coursekit: allow CK502: the long read is the task -->      in a markdown cell
# coursekit: allow CK410: only learners say so                  in a code cell, and in YAML

It covers the line on which it stands. Alone on its line it covers the next one, and alone at the top of a cell or
file all of it. A finding that is about a whole cell can be allowed anywhere in that cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coursekit.lint.finding import Finding
from coursekit.lint.rule import Rule
from coursekit.lint.shelf.files import SILENCE_FOR_NOTHING, SILENCE_WITHOUT_REASON
from coursekit.lint.visible import CODE_IN_MARKDOWN, blank
from coursekit.model.notebook import Cell

_IN_MARKDOWN = re.compile(r"<!--\s*coursekit:\s*allow\s+([^\s:>]+)\s*(?::(.*?))?-->", re.DOTALL)
_IN_CODE = re.compile(r"#\s*coursekit:\s*allow\s+([^\s:]+)[ \t]*(?::(.*))?$", re.MULTILINE)


@dataclass(frozen=True)
class Silence:
    """What one comment allows."""

    code: str
    reason: str
    file: str
    cell: Cell | None
    line: int
    """Where the comment stands."""
    lines: range | None
    """The lines that it covers; none for all of the cell or file."""

    def covers(self, finding: Finding) -> bool:
        """Whether that finding is allowed by it."""
        index = self.cell.index if self.cell is not None else None
        if (self.code, self.file, index) != (finding.code, finding.file, finding.cell):
            return False
        if self.lines is None or (finding.line is None and self.cell is not None):
            return True
        return finding.line in self.lines


def silences(file: str, source: str, cell: Cell | None = None) -> list[Silence]:
    """The comments of a cell, or of a YAML file, that allow something."""
    if "coursekit:" not in source:
        return []
    markdown = cell.cell_type != "code" if cell is not None else not file.endswith(".yml")
    text = blank(CODE_IN_MARKDOWN, source) if markdown else source
    pattern = _IN_MARKDOWN if markdown else _IN_CODE
    found = list(pattern.finditer(text))
    bare = blank(pattern, text).split("\n")
    result: list[Silence] = []
    for match in found:
        first = text.count("\n", 0, match.start())
        last = text.count("\n", 0, match.end())
        lines: range | None = range(first + 1, last + 2)
        if not "".join(bare[first : last + 1]).strip():
            at_top = not any(_says_something(line, markdown) for line in bare[:first])
            lines = None if at_top else range(first + 1, _next(bare, last + 1, markdown) + 2)
        result.append(Silence(match[1].upper(), (match[2] or "").strip(), file, cell, first + 1, lines))
    return result


def without_silences(source: str) -> str:
    """A markdown text without the comments that allow something: its readers need none of them."""
    return _IN_MARKDOWN.sub("", source).strip() if "coursekit:" in source else source


def _says_something(line: str, markdown: bool) -> bool:
    return bool(line.strip()) and (markdown or not line.lstrip().startswith("#"))


def _next(lines: Sequence[str], start: int, markdown: bool) -> int:
    """The next line with something on it, counted from 0."""
    return next((n for n in range(start, len(lines)) if _says_something(lines[n], markdown)), start)


def keep_quiet(
    findings: Iterable[Finding], allowed: Sequence[Silence], known: Mapping[str, Rule]
) -> list[Finding]:
    """The findings that nobody allows, and those about the comments themselves."""
    kept: list[Finding] = []
    used: set[int] = set()
    heard = [
        (i, s) for i, s in enumerate(allowed) if s.reason and s.code in known and known[s.code].can_be_allowed
    ]
    for finding in findings:
        covering = [i for i, silence in heard if silence.covers(finding)]
        used.update(covering)
        if not covering:
            kept.append(finding)
    for number, silence in enumerate(allowed):
        if not silence.reason:
            kept.append(
                SILENCE_WITHOUT_REASON.at(
                    silence.file,
                    silence.cell,
                    f"This comment allows {silence.code} without a reason.",
                    f"Write the reason after a colon: allow {silence.code}: because …",
                    line=silence.line,
                )
            )
        elif number not in used:
            kept.append(
                SILENCE_FOR_NOTHING.at(
                    silence.file,
                    silence.cell,
                    _nothing(silence, known),
                    "Take the comment out.",
                    line=silence.line,
                )
            )
    return kept


def _nothing(silence: Silence, known: Mapping[str, Rule]) -> str:
    rule = known.get(silence.code)
    if rule is None:
        return f"This comment allows {silence.code}, and there is no such rule."
    if not rule.can_be_allowed:
        return f"This comment allows {silence.code}, which nobody may: nothing could work as it stands."
    return f"This comment allows {silence.code}, and there is nothing to allow."
