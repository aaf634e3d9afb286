"""The features are scikit-learn's to the last digit, without scikit-learn."""

from __future__ import annotations

import csv
import random
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils import murmurhash3_32

from coursekit.textmodels.ngrams import BLOCK, PLACES, features, murmur

CERED = Path(__file__).parents[3] / "training" / "cered"
ODD = [
    *("", " ", "?!", "a", "ab", "abc", "abcd", "  \t x\n\ny ", "a b a b a", "rock'n'roll it’s", "x" * 300),
    *("naïve cafés „Straße“ ẞ İstanbul", "中文 текст عربي 🙂🙂", "1.000 3,5 % e\u0301"),
]


def _sentences() -> list[str]:
    with (CERED / "en_test.tsv").open(encoding="utf-8", newline="") as file:
        return [row["sentence"] for row in csv.DictReader(file, delimiter="\t")]


def _reference(sentences: list[str]) -> csr_matrix:
    shared = {"n_features": BLOCK, "alternate_sign": False, "norm": None}
    words = HashingVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+(?:['’]\w+)?\b", **shared)
    pieces = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), **shared)
    blocks = []
    for vectorizer in (words, pieces):
        block = vectorizer.transform(sentences)
        block.data = 1 + np.log(block.data)
        blocks.append(normalize(block))
    return hstack(blocks).tocsr()


def test_the_same_as_scikit_learn() -> None:
    sentences = _sentences() + ODD
    wanted = _reference(sentences)
    for at, sentence in enumerate(sentences):
        places, values = features(sentence)
        mine = np.zeros(PLACES)
        mine[places] = values
        assert np.abs(mine - wanted[at].toarray()[0]).max() < 1e-12, sentence


def test_murmur_is_murmur() -> None:
    chance = random.Random(1)
    for size in range(25):
        data = chance.randbytes(size)
        assert murmur(data) == murmurhash3_32(data, seed=0, positive=True)


@pytest.mark.parametrize("text", ["", "\ud83d", "\u200b\u202e", "🙂", "ا"])
def test_any_text_has_features(text: str) -> None:
    places, values = features(text)
    assert len(places) == len(values) == len(set(places.tolist()))
    assert all(0 <= place < PLACES for place in places)


@pytest.mark.parametrize("part", ["x", "x ", "it's ", "\n", "é"])
def test_no_text_takes_long(part: str) -> None:
    start = time.process_time()
    features(part * 100_000)
    assert time.process_time() - start < 0.5
