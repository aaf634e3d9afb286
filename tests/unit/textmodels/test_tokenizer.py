"""Our pieces are the reference's, id for id."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reflections.tiny_model import TINY, TOKENS, cases

from coursekit.model.errors import BadInput
from coursekit.textmodels.tokenizer import Tokenizer, read_tokenizer

TOKENIZER = read_tokenizer(TINY / "tokenizer.json")
TOLD = json.loads((TINY / "tokenizer.json").read_text())
VOCABULARY = TOLD["model"]["vocab"]


@pytest.mark.parametrize("case", cases(), ids=lambda case: ascii(case["text"][:24]))
def test_the_ids_are_the_references(case):
    assert TOKENIZER.ids(case["text"], TOKENS) == case["ids"]


def pieces(text: str) -> list[str]:
    names = {number: piece for piece, number in VOCABULARY.items()}
    return [names[i] for i in TOKENIZER.ids(text, TOKENS)[1:-1]]


def test_the_longest_piece_wins():
    assert pieces("happycat") == ["happy", "##cat"]
    assert pieces("uncat") == ["un", "##cat"]
    assert pieces("unhappily") == ["un", "##happ", "##i", "##ly"]


def test_a_word_with_a_letter_that_is_not_known_is_unknown_as_a_whole():
    assert pieces("catж mat") == ["[UNK]", "mat"]


def test_a_models_own_marks_in_a_text_are_text():
    assert VOCABULARY["[SEP]"] not in TOKENIZER.ids("the [SEP] cat [CLS] [MASK] [PAD]", TOKENS)[1:-1]


def test_half_an_emoji_is_passed_over():
    assert pieces("the \ud83d cat \udc00") == ["the", "cat"]


def test_no_more_than_asked_for():
    assert len(TOKENIZER.ids("cat " * 500, 10)) == 10
    assert TOKENIZER.ids("cat", 2) == [VOCABULARY["[CLS]"], VOCABULARY["[SEP]"]]
    assert TOKENIZER.ids("cat", 0) == [VOCABULARY["[CLS]"], VOCABULARY["[SEP]"]]


@given(st.text(st.characters(), max_size=200))
def test_any_text_gives_ids_of_the_vocabulary(text):
    ids = TOKENIZER.ids(text, TOKENS)
    assert 2 <= len(ids) <= TOKENS
    assert all(0 <= i < TOKENIZER.size for i in ids)


@pytest.mark.parametrize(
    "text",
    ["x" * 10**6, "x " * 10**6, ".x" * 10**6, "\u0301" * 10**6, ("q" * 99 + " ") * 10**4, "東" * 10**6],
)
def test_an_endless_paste_costs_no_endless_time(text):
    begun = time.process_time()
    TOKENIZER.ids(text, 256)
    assert time.process_time() - begun < 2


def changed(**parts):
    told = json.loads(json.dumps(TOLD))
    for path, value in parts.items():
        part, _, name = path.partition("__")
        told[part][name] = value
    return told


@pytest.mark.parametrize(
    "value",
    [
        changed(model__type="BPE"),
        changed(normalizer__type="Lowercase"),
        changed(pre_tokenizer__type="Whitespace"),
        changed(normalizer__lowercase=False),
        changed(normalizer__strip_accents=False),
        changed(normalizer__clean_text=False),
        changed(model__vocab={"a": 0}),
        changed(model__vocab={**VOCABULARY, "a": -1}),
        changed(model__vocab={**VOCABULARY, "a": "1"}),
        changed(model__vocab=[]),
        changed(model__unk_token="<unk>"),
        changed(model__continuing_subword_prefix=None),
        changed(model__max_input_chars_per_word=10**9),
        {"model": 1},
        [],
        None,
    ],
)
def test_a_tokenizer_of_another_sort_is_refused(tmp_path, value):
    (tmp_path / "tokenizer.json").write_text(json.dumps(value))
    with pytest.raises(BadInput) as refused:
        read_tokenizer(tmp_path / "tokenizer.json")
    assert refused.value.code == "broken-model"


def test_what_is_no_json_is_refused(tmp_path):
    for content in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        (tmp_path / "tokenizer.json").write_bytes(content)
        with pytest.raises(BadInput):
            read_tokenizer(tmp_path / "tokenizer.json")


def test_an_empty_piece_does_not_hold_it_up():
    vocabulary = {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2, "": 3, "##": 4, "a": 5}
    assert Tokenizer(vocabulary).ids("ab", 9) == [0, 2, 1]
