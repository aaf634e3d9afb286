"""Whether words stand in an order that English has: by kind of word, not by word.

Each word is one of some thirty kinds (pronoun, preposition, a word that ends in -ing …). How much more often
than by chance one kind follows another was counted in this project's own texts (training/word_order.py). In
an answer the mean over neighbours is about +0.35, with the words shuffled about −0.6. It knows no topic, and
hardly minds wrong endings or missing articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from coursekit.policy.reflection.signs.order_table import TABLE

WINDOW = 45
"""Neighbours looked at together, to see disorder in one part of a text."""

_KINDS = {
    "subject": "i he she we they you it who i'm i've i'd i'll we're we've it's he's she's they're you're "
    "that's there's nobody somebody everybody everyone someone nothing something anything "
    "everything",
    "object": "me him us them myself himself herself themselves ourselves itself yourself",
    "possessive": "my your his her its our their whose",
    "article": "the a an every each no some any another",
    "this": "this that these those",
    "preposition": "in for with on at by from about into over under between after before during through "
    "without against among near per like than within across behind beyond along around "
    "towards until upon",
    "of": "of",
    "to": "to",
    "as": "as",
    "be": "is are was were be been being am isn't aren't wasn't weren't",
    "have": "have has had having haven't hasn't",
    "do": "do does did don't doesn't didn't done",
    "modal": "can could would should will may might must shall cannot can't won't wouldn't couldn't shouldn't",
    "not": "not never",
    "and": "and or",
    "but": "but yet nor",
    "because": "because if when while since although though whether where unless so then",
    "what": "what which how why",
    "adverb": "very also only even just still already too more most less much always often perhaps maybe "
    "quite rather again now soon today later almost nearly enough up down out off away back",
    "quantity": "all many few both several other others such own same one two three first second last next",
    "there": "there here",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_ENDINGS = (
    ("ing", "-ing"),
    ("ed", "-ed"),
    ("ly", "-ly"),
    ("tion", "noun"),
    ("ness", "noun"),
    ("ment", "noun"),
    ("ity", "noun"),
    ("ous", "adjective"),
    ("ful", "adjective"),
    ("ive", "adjective"),
    ("able", "adjective"),
    ("al", "adjective"),
    ("s", "-s"),
)
_PIECE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d[\d.,]*|[.!?;:,()\[\]\"“”„«»—–…\n]")
_NAMED = frozenset(("name", "number"))
_OPENS = frozenset('.!?\n:"“„«…')
MARK = ""
"""The kind of a punctuation mark, over which nothing is counted."""


def kinds(text: str) -> list[str]:
    """The kind of each word and mark, in order."""
    found = []
    opens = True
    for piece in _PIECE.findall(text):
        if not piece[0].isalnum():
            opens = piece in _OPENS
            found.append(MARK)
            continue
        kind = kind_of(piece)
        # At the beginning of a sentence a capital letter says nothing.
        found.append(kind_of(piece.lower()) if opens and kind == "name" else kind)
        opens = False
    return found


@lru_cache(maxsize=50_000)
def kind_of(word: str) -> str:
    """The kind of one word."""
    if word[0].isdigit():
        return "number"
    small = word.lower().replace("’", "'")
    known = _KIND_OF.get(small)
    if known is not None:
        return known
    # A single letter tells one class, option or figure from another.
    if word[0].isupper() and len(word) > 1:
        return "name"
    if len(small) > 4:
        return next((kind for ending, kind in _ENDINGS if small.endswith(ending)), "word")
    return "-s" if len(small) > 3 and small.endswith("s") and not small.endswith("ss") else "word"


def is_function_word(word: str) -> bool:
    """Whether it holds sentences together and says nothing by itself."""
    return word in _KIND_OF


def steps(text_kinds: Sequence[str]) -> list[float]:
    """For each two neighbours without a mark between them, how expected the second is after the first."""
    return [TABLE.get((first, second), 0.0) for first, second in pairwise(text_kinds) if first and second]


def steps_at_names(text_kinds: Sequence[str]) -> list[float]:
    """The same for neighbours of which one is a name or a figure: those that were strewn in stand out of order."""
    return [
        TABLE.get((first, second), 0.0)
        for first, second in pairwise(text_kinds)
        if first and second and not _NAMED.isdisjoint((first, second))
    ]


def lowest(values: Sequence[float], window: int = WINDOW) -> float:
    """The lowest mean over that many neighbours in a row; over all of them when there are fewer."""
    if not values:
        return 0.0
    size = min(window, len(values))
    total = sum(values[:size])
    least = total
    for at in range(size, len(values)):
        total += values[at] - values[at - size]
        least = min(least, total)
    return least / size


def fewest_function_words(words: Sequence[str], window: int = 30) -> float:
    """The lowest share of function words in so many words in a row."""
    return lowest([float(word in _KIND_OF) for word in words], window)
