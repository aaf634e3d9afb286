"""How much of a text says itself again: the same sentences, the same stretches, the same skeleton with other
nouns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from coursekit.policy.reflection.signs.order import is_function_word
from coursekit.policy.reflection.tokens import grams

_SKELETON = 5
# “night, heap, 65, Queens, honest”: one word to an item, and many items.
_LIST = re.compile(r"(?:[\w'’.-]{1,40}[,;/|·]\s){4,}[\w'’.-]{1,40}")
_GAP = "_"


def repeated(words: Sequence[str]) -> float:
    """The share of stretches of four words that stood there before."""
    stretches = grams(words, 4)
    return 1 - len(set(stretches)) / len(stretches) if stretches else 0.0


def templated(sentences: Sequence[Sequence[str]]) -> float:
    """The share of sentences (each as its words) made from one skeleton by changing the nouns.

    A skeleton is what is left when all words that mean something are a gap: “the _ of _ is _ for every _”.
    """
    skeletons = [_skeleton(words) for words in sentences]
    seen = Counter(piece for pieces in skeletons for piece in pieces)
    made = sum(
        bool(pieces) and 2 * sum(seen[piece] > 2 for piece in pieces) >= len(pieces) for pieces in skeletons
    )
    return made / len(sentences) if made > 2 else 0.0


def listed(text: str, count: int) -> float:
    """Of so many words, the share that stand in long lists of single words."""
    return sum(len(found[0].split()) for found in _LIST.finditer(text)) / count if count else 0.0


def _skeleton(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    bones: list[str] = []
    for word in words:
        bone = word if is_function_word(word) else _GAP
        if bone != _GAP or bones[-1:] != [_GAP]:
            bones.append(bone)
    pieces = (tuple(bones[at : at + _SKELETON]) for at in range(len(bones) - _SKELETON + 1))
    return frozenset(piece for piece in pieces if sum(bone != _GAP for bone in piece) > 1)
