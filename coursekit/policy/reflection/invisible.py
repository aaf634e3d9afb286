"""Characters that nobody sees, and those of them that a script or an emoji needs.

The zero-width non-joiner spells Persian words, the joiner holds families of emoji and Indic conjuncts
together, the zero-width space breaks lines in Thai and Khmer, marks of direction belong to Arabic and Hebrew.
In their place they are letters like others. Elsewhere they hide something: words from a filter, or an
instruction from a reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SOFT_HYPHEN = "\u00ad"
# Controls that are no layout, signs of format, half an emoji, private use, fillers that Unicode calls letters
# or symbols.
_SUSPECT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufeff\uffa0"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U0010ffff]"
)
_SELECTORS = range(0xE0100, 0xE01F0)

# Arabic and its relatives, the scripts of India and its neighbours, Mongolian.
_JOINING = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua8ff\ufb50-\ufdff\ufe70-\ufeff]"
)
_UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_EMOJI = re.compile("[#*0-9\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_BLACK_FLAG = "\U0001f3f4"
_TAGS = re.compile("[\U000e0020-\U000e007f]")
# Marks, embeddings and isolates of direction; overrides turn letters round and are never needed.
_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069")


def suspects(text: str) -> Iterator[int]:
    """Where a character stands that nobody sees by itself."""
    return (found.start() for found in _SUSPECT.finditer(text))


def is_legitimate(text: str, at: int) -> bool:
    """Whether the invisible character there does the work that it was made for."""
    char = text[at]
    before = text[at - 1] if at else ""
    after = text[at + 1] if at + 1 < len(text) else ""
    if char == "\ufeff":
        # The mark at the beginning of a file.
        return at == 0
    if char == "\u200d":
        return bool(_EMOJI.match(before) and _EMOJI.match(after)) or bool(_JOINING.match(before))
    if char == "\u200c":
        return bool(_JOINING.match(before))
    if char in "\u200b\u2060":
        return bool(_UNSPACED.match(before) and _UNSPACED.match(after))
    if char in _DIRECTIONS:
        return _RIGHT_TO_LEFT.search(text, max(0, at - 200), at + 200) is not None
    if ord(char) in _SELECTORS:
        return bool(_IDEOGRAPH.match(before))
    if _TAGS.match(char):
        return _is_in_flag(text, at)
    if char in "\u1160\u17b4\u17b5":
        return _JOINING.match(before) is not None or "\u1100" <= before <= "\u115f"
    # Signs of number in Arabic, Syriac and Kaithi texts.
    return "\u0600" <= char <= "\u08e2" or char in "\U000110bd\U000110cd"


def _is_in_flag(text: str, at: int) -> bool:
    # England, Scotland, Wales: a black flag, at most six tags, and one that ends it.
    start = at
    while start and at - start < 8 and _TAGS.match(text[start - 1]):
        start -= 1
    return start > 0 and text[start - 1] == _BLACK_FLAG
