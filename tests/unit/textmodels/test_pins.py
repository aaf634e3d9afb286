"""What may come in: a model whose every file is known, or vouched for."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.reflections.tiny_model import TINY, floats

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest
from coursekit.textmodels.pins import FILES, PINNED, Pinned, Proof, admit


def known(name: str, weights: str, tokenizer: str, config: str) -> Pinned:
    digests = {file: Digest(d * 64) for file, d in zip(FILES, (weights, tokenizer, config), strict=True)}
    return Pinned(name, digests, "", Proof("", ()))


ONE, TWO = known("one", "a", "b", "c"), known("two", "d", "e", "c")
BOTH = (ONE, TWO)


def digests(letters: str) -> dict[str, Digest]:
    return {file: Digest(letter * 64) for file, letter in zip(FILES, letters, strict=True)}


def trust(letters: str) -> list[str]:
    return [letter * 64 for letter in letters]


def test_a_pinned_model_needs_nobodys_word():
    assert admit(digests("abc"), (), BOTH).name == "one"
    assert admit(digests("dec"), (), BOTH).pinned is TWO


@pytest.mark.parametrize(
    ("letters", "trusted"),
    [
        ("xyz", ""),
        ("xyz", "xy"),
        ("xyz", "abc"),
        # Known weights with a stranger's words, or with those of another model.
        ("axc", ""),
        ("aec", ""),
        ("abx", ""),
        ("axy", "x"),
        ("xbc", ""),
    ],
)
def test_one_unknown_file_is_enough_to_be_refused(letters, trusted):
    with pytest.raises(BadInput) as refused:
        admit(digests(letters), trust(trusted), BOTH)
    assert refused.value.code == "unknown-model"
    assert refused.value.next_step


@pytest.mark.parametrize(("letters", "trusted"), [("xyz", "xyz"), ("axc", "x"), ("xbc", "x"), ("aec", "e")])
def test_with_somebodys_word_it_comes_in_under_a_name_that_says_so(letters, trusted):
    admitted = admit(digests(letters), trust(trusted), BOTH)
    assert admitted.pinned is None
    assert admitted.name.startswith("unpinned-")


def test_the_same_weights_with_other_words_are_another_model():
    assert admit(digests("xyz"), trust("xyz"), BOTH).name != admit(digests("xqz"), trust("xqz"), BOTH).name


def test_the_refusal_names_the_digests_and_no_command_to_paste():
    with pytest.raises(BadInput) as refused:
        admit(digests("xyz"), (), BOTH)
    assert all(letter * 64 in refused.value.detail for letter in "xyz")
    assert "x" * 64 not in refused.value.next_step


def test_what_is_pinned_is_whole_and_what_the_reference_ran():
    for model in PINNED:
        assert sorted(model.digests) == sorted(FILES)
        assert all(len(d) == 64 and set(d) <= set("0123456789abcdef") for d in model.digests.values())
    reference = json.loads((TINY.parent / "minilm_reference.json").read_text())
    minilm = PINNED[0]
    assert reference["weights"] == minilm.digests["model.safetensors"]
    case = next(c for c in reference["cases"] if c["text"] == minilm.proof.text)
    assert np.abs(floats(case["vector"])[:4] - minilm.proof.vector).max() < 1e-6
