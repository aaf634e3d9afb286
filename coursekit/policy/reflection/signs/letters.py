"""Whether letters make words at all, in any alphabet: the look of a hand on a keyboard.

No dictionary. Words that no language has: long heaps of consonants, rows of keys, one letter over and over,
no letter that could be sounded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_ROWS = (
    *("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "wxcvbn"),
    *("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ"),
    *("ضصثقفغعهخح", "شسيبلاتنمك"),
)
# “Wert”, “property”, “Herz”: real words hold these.
_KEYS = frozenset(
    line[at : at + 4] for row in _ROWS for line in (row, row[::-1]) for at in range(len(line) - 3)
) - {"wert", "erty", "ertz", "trew"}
_VOWELS = "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœаеёиоуыэюяіїєєαεηιουωάέήίόύώϊϋœăāēīōūąęėįųůěőűıơưə"
_SYLLABIC = "rlwřŕľĺнрл"
_HARD = re.compile(rf"[^\W\d_{_VOWELS}]{{6,}}")
_SAME = re.compile(r"(\w)\1{3,}")
_PAIR = re.compile(r"^(\w{1,3})\1{2,}\w{0,2}$")
_ALPHABETIC = re.compile(r"^[a-zà-öø-ÿĀ-ɏͰ-ϿЀ-ӿ]+$")
# Letters that follow each other in next to no language written in Latin letters.
_NEVER = re.compile(
    r"[bcdfghjkmnpqrstvwxz]q|q[bcdfghjkmnprstvwxyz]|[bcdfghkmpqvwxz]x[bcdfghjkmnqrvwxz]|"
    r"j[bcdfghkmnpqrstvwxz]|[bcfghkmpqvwxz]j"
    r"|[fghjkqvwxz]{3}|[dfghjkv]{2}[bcdfghjkmnpqvwxz]|vk|fk[bdfgj]|kj[dfghks]|lk[jdfg]|sd[fgjk]|fg[hjk]|"
    r"gh[jkd]|df[gjks]"
)


def share_of_noise(words: Sequence[str]) -> float:
    """Of the letters in longer words, the share that stand in words that cannot be sounded."""
    total = noise = 0
    for word in words:
        if len(word) < 3 or not _ALPHABETIC.match(word):
            continue
        total += len(word)
        if is_noise(word):
            noise += len(word)
    return noise / total if total else 0.0


@lru_cache(maxsize=50_000)
def is_noise(word: str) -> bool:
    """Whether a word in small letters looks like keys struck at random."""
    if _SAME.search(word) or (len(word) > 5 and _PAIR.match(word)):
        return True
    if any(word[at : at + 4] in _KEYS for at in range(len(word) - 3)):
        return True
    if len(word) > 3 and not any(c in _VOWELS or c in _SYLLABIC for c in word):
        return True
    if _HARD.search(word):
        return True
    return len(word) > 3 and len(_NEVER.findall(word)) > len(word) / 8


def share_of_letters(text: str) -> float:
    """Of what is not space, the share that are letters or figures."""
    seen = [c for c in text if not c.isspace()]
    return sum(c.isalnum() or c > "\u02ff" for c in seen) / len(seen) if seen else 0.0


def is_one_over_and_over(words: Sequence[str]) -> bool:
    """Whether a text of some length is one or two words again and again."""
    some = words[:200]
    # A character of Chinese comes again sooner than a word of English; but not every fifth time.
    return len(some) >= 10 and len(set(some)) <= max(2, len(some) // 10)
