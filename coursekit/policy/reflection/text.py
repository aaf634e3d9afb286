"""An answer made comparable: what a reader sees of it, with the way back to what the learner typed.

    raw ─▶ HTML and markdown as a reader sees them ─▶ NFKC ─▶ nothing invisible ─▶ spaces as one, breaks kept

Every step hands on where each character came from. Every step is linear in the length of the text: patterns
that could look back far are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from unicodedata import combining, normalize

from coursekit.model.reflection import Normal
from coursekit.policy.reflection.invisible import SOFT_HYPHEN, is_legitimate, suspects
from coursekit.policy.reflection.markup import Edit, html_edits, inline_edits, line_edits

BREAK = "\n"
"""What stands in a normal text between paragraphs, list items, rows of a table."""

_MOST_MARKS = 30
"""As Unicode's stream-safe text format has it: no letter of any language has more marks on it."""
_SPACES = re.compile(r"\s{2,}|[^\S ]|^\s+|\s+$")
# With the letter before it, which a mark may sit on.
_NOT_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")


def normalise(raw: str) -> Normal:
    """What a reader sees of `raw`. Raises nothing."""
    page = _Page(raw, range(len(raw)))
    for find in _STEPS:
        page.edit(find(page.text))
    if not page.text.isascii():
        page.compose()
    page.edit(_invisible(page.text))
    page.edit(_spaces(page.text))
    return Normal(raw, page.text, (*page.offsets, len(raw)), page.hidden)


_STEPS: tuple[Callable[[str], Iterator[Edit]], ...] = (html_edits, line_edits, inline_edits)


class _Page:
    """A text under work, and where each of its characters came from."""

    def __init__(self, text: str, offsets: Sequence[int]) -> None:
        self.text = text
        self.offsets = offsets
        self.hidden = 0

    def edit(self, edits: Iterator[Edit]) -> None:
        """Replace stretches; they come in order, and none overlaps another."""
        parts: list[str] = []
        offsets: list[int] = []
        done = 0
        for start, end, put, hidden in edits:
            self.hidden += hidden
            parts += (self.text[done:start], put)
            offsets += self.offsets[done:start]
            # What was put there stands for the whole stretch, and begins where it began.
            offsets += [self.offsets[start]] * len(put)
            done = end
        if parts:
            parts.append(self.text[done:])
            offsets += self.offsets[done:]
            self.text, self.offsets = "".join(parts), offsets

    def compose(self) -> None:
        """NFKC, letter by letter with its marks, so that the way back is known."""
        self.edit(_composed(self.text))


def _composed(text: str) -> Iterator[Edit]:
    for run in _NOT_ASCII.finditer(text):
        at, last = run.span()
        while at < last:
            end = at + 1
            while end < last and _joins(text[end]):
                end += 1
            put = _nfkc(text[at : min(end, at + 1 + _MOST_MARKS)])
            if put != text[at:end]:
                yield at, end, put, 0
            at = end


@lru_cache(maxsize=20_000)
def _nfkc(letter: str) -> str:
    try:
        return normalize("NFKC", letter)
    except UnicodeError:  # pragma: no cover - half an emoji has always been left as it is
        return letter


def _joins(char: str) -> bool:
    # Marks, and the vowels and endings of a Korean syllable written in parts.
    return char >= "\u0300" and (combining(char) != 0 or "\u1160" < char < "\u1200")


def _invisible(text: str) -> Iterator[Edit]:
    for at in suspects(text):
        if text[at] == SOFT_HYPHEN:
            # Not seen, and innocent: word processors put them into long words.
            yield at, at + 1, "", 0
        elif not is_legitimate(text, at):
            yield at, at + 1, "", 1


def _spaces(text: str) -> Iterator[Edit]:
    for found in _SPACES.finditer(text):
        start, end = found.span()
        run = found[0]
        if start == 0 or end == len(text):
            # Nothing stands before the first word, or behind the last.
            yield start, end, "", 0
        elif "\u2029" in run or run.count("\n") > 1:
            yield start, end, BREAK, 0
        elif run != " ":
            yield start, end, " ", 0
