"""Counting the words of a text: of an answer that is asked for, of a page that is read."""

from __future__ import annotations

import math
import re

# One character of Chinese, Japanese kana, Thai, Lao, Khmer or Burmese carries about as much as half a word, and
# those scripts put no space between words; counting by spaces would refuse every answer in them.
_SCRIPT_WITHOUT_SPACES = re.compile(r"[฀-๿຀-໿ក-៿က-႟぀-ヿ㐀-鿿\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")


def count_words(text: str) -> int:
    """Words of a text in any script."""
    dense = len(_SCRIPT_WITHOUT_SPACES.findall(text))
    return len(_WORD.findall(_SCRIPT_WITHOUT_SPACES.sub(" ", text))) + math.ceil(dense / 2)
