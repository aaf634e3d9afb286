"""Cuts a text into the pieces that a BERT model knows: what tokenizer.json of such a model asks for, and no more.

text ─▶ cleaned, lower-case, without accents ─▶ words and signs ─▶ the longest pieces in the vocabulary ─▶ ids

A learner's text is text to its end: `[SEP]` in it is five characters, and not the model's own mark.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput

_CHARACTERS_MOST = 50_000
"""Of a text; the model reads some hundred words, and an endless paste shall not cost an endless time."""
_WORD_MOST = 100
"""A longer word is unknown, as with the model's own tokenizer."""

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})

_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    # From 2B920 and not 2B820: a slip of the reference that the models were trained with.
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class Tokenizer:
    """WordPiece, uncased."""

    def __init__(
        self, vocabulary: Mapping[str, int], prefix: str = "##", word_most: int = _WORD_MOST
    ) -> None:
        """`prefix` marks the pieces that go on with a word."""
        self._vocabulary = vocabulary
        self._prefix = prefix
        self._word_most = word_most
        self._piece_most = max(map(len, vocabulary), default=0)
        self._begin, self._end, self._unknown = (vocabulary[m] for m in ("[CLS]", "[SEP]", "[UNK]"))

    @property
    def size(self) -> int:
        """One more than the highest id."""
        return max(self._vocabulary.values()) + 1

    def ids(self, text: str, most: int) -> list[int]:
        """The ids of a text with the marks around it, `most` at the utmost: what lies beyond is not read."""
        pieces = (i for word in _words(_normal(text[:_CHARACTERS_MOST])) for i in self._pieces(word))
        return [self._begin, *islice(pieces, max(most - 2, 0)), self._end]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > self._word_most:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = self._prefix if start else ""
            for end in range(min(len(word), start + self._piece_most), start, -1):
                piece = self._vocabulary.get(mark + word[start:end])
                if piece is not None:
                    break
            else:
                return [self._unknown]
            found.append(piece)
            start = end
        return found


def read_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer in a tokenizer.json. Raises BadInput for one of another sort."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _other(path, "it is no JSON") from error
    model = _part(value, "model")
    normalizer = _part(value, "normalizer")
    vocabulary = model.get("vocab")
    prefix, word_most = model.get("continuing_subword_prefix"), model.get("max_input_chars_per_word")
    if model.get("type") != "WordPiece" or normalizer.get("type") != "BertNormalizer":
        raise _other(path, "it is not WordPiece with BERT’s rules")
    if _part(value, "pre_tokenizer").get("type") != "BertPreTokenizer":
        raise _other(path, "it is not WordPiece with BERT’s rules")
    ours = {"clean_text": True, "handle_chinese_chars": True, "lowercase": True}
    if {name: normalizer.get(name) for name in ours} != ours or normalizer.get("strip_accents") is False:
        raise _other(path, "it tells upper case and accents apart")
    if (
        not isinstance(vocabulary, dict)
        or not all(type(i) is int and i >= 0 for i in vocabulary.values())
        or not {"[CLS]", "[SEP]", "[UNK]"} <= vocabulary.keys()
        or model.get("unk_token") != "[UNK]"
    ):
        raise _other(path, "its vocabulary lacks BERT’s own marks")
    if not isinstance(prefix, str) or type(word_most) is not int or not 0 < word_most <= 1000:
        raise _other(path, "it does not say how words are cut")
    return Tokenizer(vocabulary, prefix, word_most)


def _part(value: Any, name: str) -> Mapping[str, Any]:
    part = value.get(name) if isinstance(value, dict) else None
    return part if isinstance(part, dict) else {}


def _other(path: Path, why: str) -> BadInput:
    return BadInput(
        "broken-model",
        f"{path.name} is no tokenizer that coursekit can use: {why}.",
        "Take a model of the sort of all-MiniLM-L6-v2, with its own tokenizer.json.",
    )


def _normal(text: str) -> str:
    """As BERT’s normalizer leaves it."""
    kept: list[str] = []
    for character in text:
        if _is_dropped(character):
            continue
        if character.isspace():
            kept.append(" ")
        elif _is_ideograph(character):
            kept.append(f" {character} ")
        else:
            kept.append(character)
    plain = (c for c in unicodedata.normalize("NFD", "".join(kept)) if unicodedata.category(c) != "Mn")
    # Letter by letter, as the reference does: a sigma is not looked at in its word.
    return "".join(c.lower() for c in plain)


def _is_dropped(character: str) -> bool:
    if character in "\t\n\r":
        return False
    # Not Cn: what has no meaning yet in this Python's tables may have one in the next's.
    return character == "\ufffd" or unicodedata.category(character) in _UNSEEN


def _is_ideograph(character: str) -> bool:
    code = ord(character)
    return code >= 0x3400 and any(low <= code <= high for low, high in _IDEOGRAPHS)


def _words(text: str) -> Iterator[str]:
    """Words, and each sign of punctuation by itself."""
    for chunk in text.split():
        start = 0
        for place, character in enumerate(chunk):
            if _is_sign(character):
                if start < place:
                    yield chunk[start:place]
                yield character
                start = place + 1
        if start < len(chunk):
            yield chunk[start:]


def _is_sign(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and not character.isalnum() and character != " "
    return unicodedata.category(character)[0] == "P"
