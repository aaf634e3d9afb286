"""The same numbers as scikit-learn's TF-IDF, on texts that it has seen and on strange ones."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from support.reflections import corpus

from coursekit.policy.reflection.wordgrams import Grams, runs_of, words_of

TEXTS = [*corpus.genuine(corpus.PROMPTS[0], 12, 1), "a", "Ein Satz. Zwei?", "naïve 65's co-op x"]
NEW = [*corpus.genuine(corpus.PROMPTS[0], 4, 2), "", "!!", "Я думаю, что 64 🙂"]
WAYS = {
    "words": (words_of, {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}),
    "runs": (runs_of, {"ngram_range": (3, 4), "analyzer": "char_wb"}),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_is_what_scikit_learn_has(way: str) -> None:
    count, options = WAYS[way]
    theirs = TfidfVectorizer(sublinear_tf=True, **options)
    rows = theirs.fit_transform(TEXTS)
    ours = Grams([count(text) for text in TEXTS])
    assert np.allclose(ours.kernel(), (rows @ rows.T).toarray(), atol=1e-12)
    # What it has seen, it weighs alike.
    for text, row in zip(TEXTS, rows, strict=True):
        cross, own = ours.cross(count(text))
        assert np.allclose(cross, (rows @ row.T).toarray().ravel(), atol=1e-12)
        assert own == pytest.approx(1.0) or not count(text)


@pytest.mark.parametrize("way", WAYS)
def test_strange_words_take_an_answer_away_from_all(way: str) -> None:
    count, _ = WAYS[way]
    ours = Grams([count(text) for text in TEXTS])
    near = ours.cross(count(NEW[0]))[0].max()
    far = ours.cross(count(NEW[0] + " " + "xylophon quixotisch wyvern " * 20))[0].max()
    assert far < near
    for text in NEW:
        cross, own = ours.cross(count(text))
        assert np.isfinite(cross).all()
        assert own == pytest.approx(1.0 if count(text) else 0.0)
