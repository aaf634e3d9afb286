"""A module in another language: its pieces, and what a catalogue says of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORDS = ("terms", "options", "stakeholders")


@dataclass(frozen=True)
class Piece:
    """Something that learners read."""

    key: str
    """Where it stands, by ids: `cell/story`, `prompt/p2/options/yes`, `rubric/view/fact/levels/0`."""
    text: str


@dataclass(frozen=True)
class Entry:
    """One piece in a catalogue."""

    key: str
    source: str
    """What was translated."""
    text: str = ""
    """The translation; empty where there is none yet."""
    stale: bool = False
    """Whether somebody must look: the source is another now, or a translator was not sure."""
    before: str = ""
    """The source that the translation was made of, where it is another now."""
    notes: tuple[str, ...] = ()
    """A translator's own."""

    def holds_for(self, text: str) -> bool:
        """Whether it can be shown in that text's place."""
        return bool(self.text.strip()) and not self.stale and self.source == text


def missing(entries: Mapping[str, Entry], now: Iterable[Piece]) -> list[str]:
    """The keys of pieces without a translation."""
    return [p.key for p in now if p.key not in entries or not entries[p.key].text.strip()]


def stale(entries: Mapping[str, Entry], now: Iterable[Piece]) -> list[str]:
    """The keys of pieces whose translation is of another text, or is marked as not sure."""
    there = [(p, entries[p.key]) for p in now if p.key in entries and entries[p.key].text.strip()]
    return [p.key for p, entry in there if not entry.holds_for(p.text)]


def is_words(key: str) -> bool:
    """Whether it is a list of words that the checks look for, one on each line."""
    kind, _, rest = key.partition("/")
    return kind == "rubric" and rest.rsplit("/", 1)[-1] in _WORDS
