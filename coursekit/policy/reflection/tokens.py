"""The words of a text, folded: two that look the same to a reader are the same word here.

For comparing only. What a learner is shown is always what he or she wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import combining, normalize

# Scripts that put no space between words: there one character is a word, and grams are twice as long.
_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Vowel signs and other marks, which are no letters to `\w`, and belong to the word all the same.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u0900-\u0963"
    "\u0966-\u0dff\u0f18-\u0f3f\u0f71-\u0f84\u0f90-\u0fbc\u135d-\u135f\u200c\u200d"
)
_LETTER = rf"(?:[^\W_{_DENSE}]|[{_MARKS}])"
_TOKEN = re.compile(rf"[{_DENSE}]|{_LETTER}++(?:['’ʼ.,\-‐‑]{_LETTER}++)*+")
_PART = re.compile(r"[^\W\d_]+")
_IS_DENSE = re.compile(f"[{_DENSE}]")
_SEPARATED = re.compile(r"(?<=\d),(?=\d)")

_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_OTHER = "\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff\u1f00-\u1fff\u2c80-\u2cff"
_ANY_OTHER = re.compile(f"[{_OTHER}]")
_ANY_LATIN = re.compile(f"[{_LATIN}]")
# Units, constants and names of variables stand in Latin texts in all honesty: μm, Δt, π, α.
_OF_SCIENCE = re.compile("^[μµΩΔδπαβγσρθλχηε][A-Za-z]{0,3}$")

_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝьвкмнтгпиАВЕКМНОРСТУХІЈЅԌԚԜЗ" + "αβεικνορτυχηωγΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳ" + "օսոհզցԱՕՍ" + "ɑɡᴀᴇɪᴏᴜ",
    "aeopcyxijsdhqwbbkmhtrnuABEKMHOPCTYXIJSGQW3" + "abeikvoptuxnwyABEZHIKMNOPTYXcj" + "ounhqgUOU" + "agaeiou",
)


class Token(NamedTuple):
    """A word, folded, and where it stands in the text that it was read from."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of a text in any script, in order."""
    if text.isascii():
        return [Token(_plain(f[0]), f.start(), f.end()) for f in _TOKEN.finditer(text)]
    in_latin = is_latin(text)
    return [Token(fold_word(f[0], in_latin), f.start(), f.end()) for f in _TOKEN.finditer(text)]


def words(text: str) -> list[str]:
    """The same without their places."""
    return [token.word for token in tokens(text)]


def fold(text: str) -> str:
    """The text as it is compared: folded words, with one space between them."""
    return " ".join(words(text))


def is_latin(text: str) -> bool:
    """Whether most of its letters are Latin ones."""
    return len(_ANY_LATIN.findall(text)) > len(_ANY_OTHER.findall(text))


@lru_cache(maxsize=50_000)
def fold_word(word: str, in_latin: bool = True) -> str:
    """A word in small letters, without accents, look-alikes of other scripts as the Latin letters they pose
    as.
    """
    small = normalize("NFKD", word).casefold()
    if any(combining(c) for c in small) and not _IS_DENSE.search(word):
        stripped = "".join(c for c in small if not "\u0300" <= c <= "\u036f")
        small = stripped or small
    if in_latin and (_ANY_OTHER.search(word) or not word.isascii()):
        # Capitals of two scripts look alike whose small letters do not.
        posed = normalize("NFKD", word).translate(_LOOK_ALIKES).casefold()
        posed = "".join(c for c in posed if not "\u0300" <= c <= "\u036f")
        if posed.isascii() and posed:
            small = posed
    return _SEPARATED.sub("", normalize("NFC", small).replace("’", "'"))


def _plain(word: str) -> str:
    return _SEPARATED.sub("", word.lower()) if "," in word else word.lower()


def posing(text: str) -> list[tuple[int, int]]:
    """Words in which letters of another script pose as Latin ones: where they stand. None in texts of other
    scripts.

        Within one word Latin is never mixed with Cyrillic, Greek, Armenian or Cherokee, save by somebody who
        wants it to be read by people and not by programs.
    """
    if text.isascii() or not _ANY_OTHER.search(text) or not is_latin(text):
        return []
    found = []
    for match in _PART.finditer(text):
        word = match[0]
        if len(word) > 2 and _ANY_OTHER.search(word) and not _OF_SCIENCE.match(word):
            whole = word.translate(_LOOK_ALIKES).isascii() and not _ANY_LATIN.search(word)
            if whole or _ANY_LATIN.search(word):
                found.append(match.span())
    return found


def is_dense(all_words: Sequence[str]) -> bool:
    """Whether most of it stands in a script that puts no space between words."""
    # Forty words are enough to see it.
    some = all_words[:: max(1, len(all_words) // 40)]
    return 2 * sum(_IS_DENSE.match(w) is not None for w in some) > len(some)


def grams(all_words: Sequence[str], size: int) -> list[str]:
    """Every stretch of `size` words, in order; twice as many where one character is a word."""
    size *= 1 + is_dense(all_words)
    return [" ".join(all_words[at : at + size]) for at in range(len(all_words) - size + 1)]


def spread(hits: Iterable[int], size: int) -> set[int]:
    """The places of all words in grams of `size` words that begin at `hits`."""
    return {at + step for at in hits for step in range(size)}
