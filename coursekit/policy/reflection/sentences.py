"""Sentences of an answer, in any script, with the place of each in what the learner typed."""

from __future__ import annotations

import re

from coursekit.model.reflection import Normal, Sentence
from coursekit.policy.reflection.text import BREAK

# What ends a sentence, with the quotation marks and brackets that it may stand in.
_END = re.compile(
    r"(?:[.!?…‼⁇⁈⁉]|[。｡؟۔।॥։፧።៕។၊။།᙮])+[\"'”’»›)\]」』】\u0f0d]{0,4}"
    # A Greek question mark looks like a semicolon, and NFKC makes it one.
    r"|(?<=[\u0370-\u03ff\u1f00-\u1fff]);"
)
_NO_SPACE_AFTER = re.compile(r"[。｡।॥።៕។၊။།」』]|[!?…](?=[\u0e00-\u0eff\u3000-\u9fff\uac00-\ud7af])")
_SHORT_FORMS = frozenset(
    str.split(
        "mr mrs ms dr prof st vs etc e.g i.e cf approx fig figs no nos vol p pp ed eds dept jan feb mar apr "
        "jun jul aug sep sept oct nov dec al inc ca bzw usw u.a z.b d.h o.ä nr abb bsp evtl ggf inkl vgl hr "
        "fr dipl mag ing ekv resp p.ex c.-à-d m mme mlle sr sra srta p.ej ej núm pág art cap sig dott ecc tj "
        "např tzv str č kl bl tzn m.m t.ex dvs ev d.v.s bijv enz o.a nl т.е т.д т.п др г гр напр πχ δηλ κ"
    )
)
_LAST = re.compile(r"[^\s(\[\"'“„«»]{1,12}\Z")
_MONTHS = frozenset(
    str.split("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
)
_WORD = re.compile(r"[^\W\d_]{3,10}")
_NUMBER = re.compile(r"\d{1,3}\Z")


def split(normal: Normal) -> tuple[Sentence, ...]:
    """The sentences, in order; paragraphs, list items and rows of tables end one as well."""
    text = normal.text
    found: list[Sentence] = []
    start = 0
    for end in _ends(text):
        piece = text[start:end]
        left = len(piece) - len(piece.lstrip())
        words = piece.strip()
        if words:
            first = start + left
            found.append(Sentence(words, normal.span(first, first + len(words))))
        start = end
    return tuple(found)


def _ends(text: str) -> list[int]:
    ends = [m.end() for m in _END.finditer(text) if _is_end(text, m)]
    at = text.find(BREAK)
    while at != -1:
        ends.append(at + 1)
        at = text.find(BREAK, at + 1)
    return [*sorted(set(ends)), len(text)]


def _is_end(text: str, mark: re.Match[str]) -> bool:
    end = mark.end()
    if end == len(text) or _NO_SPACE_AFTER.search(text, mark.start(), min(len(text), end + 1)):
        return True
    if not text[end].isspace():
        return False
    following = text[end + 1 : end + 2]
    if mark[0] in ("...", "…") and following.islower():
        return False
    return not (mark[0] == "." and _is_short_form(text, mark.start(), end + 1))


def _is_short_form(text: str, dot: int, following: int) -> bool:
    before = _LAST.search(text, max(0, dot - 12), dot)
    if before is None:
        return False
    word = before[0].lower()
    if word in _SHORT_FORMS or (len(word) == 1 and word.isalpha() and word not in "iíàéyoа"):
        # A short form may also stand at the end; then a capital letter tells nothing.
        return True
    # “am 14. März”, “the 3. of May”: an ordinal in some languages; before another capital letter it is a
    # number.
    if _NUMBER.fullmatch(word) is None:
        return False
    next_word = _WORD.match(text, following)
    return text[following : following + 1].islower() or (next_word is not None and next_word[0] in _MONTHS)
