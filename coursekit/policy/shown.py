"""A stranger's text made fit to be shown: what would act instead of being read becomes a sign.

Control characters (a terminal's escapes, NUL), the marks that turn the direction of everything after them, and half
an emoji, which has no bytes at all.
"""

from __future__ import annotations

import re

_ENDINGS = re.compile("\r\n?|[\x85\u2028\u2029]")
_RETURN = re.compile("\r(?=(\n?))")
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1, but for tab and newline
    "\u202a-\u202e\u2066-\u2069"  # direction: embeddings, overrides, isolates
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # no characters
)


def shown(text: str) -> str:
    """The text with line ends as newlines, and a sign for each character that is not to be read."""
    return _ACTING.sub(_sign, _ENDINGS.sub("\n", text))


def in_place(text: str) -> str:
    """The same, character for character: places in the text stay where they are."""
    return _ACTING.sub(_sign, _RETURN.sub(lambda found: " " if found[1] else "\n", text))


def cut(text: str, most: int) -> tuple[str, int]:
    """At most so many characters of it, and how many are left out."""
    return text[:most], max(0, len(text) - most)


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        # Unicode has a picture of each: ␛ for escape.
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
