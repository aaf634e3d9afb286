"""The sentence model: quick to load, the same every time, and only from a file that is one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

from coursekit.model.errors import BadInput
from coursekit.textmodels.cered import RECIPE, CeredModel, open_cered
from coursekit.textmodels.ngrams import PLACES

NINE = (
    *("Belief", "Difficulty", "Experience", "Feeling", "Intention", "Learning", "Other", "Perspective"),
    "Reflection",
)


@pytest.fixture(scope="module")
def model() -> CeredModel:
    return open_cered()


@pytest.mark.parametrize(
    ("sentence", "sort"),
    [
        ("I was very nervous and afraid of the first lesson.", "Feeling"),
        ("Next time I will prepare the activity better and give them more time.", "Intention"),
        ("I realized that I have learned a lot.", "Learning"),
        ("I had a problem to keep the class quiet.", "Difficulty"),
        ("On Monday I taught two lessons in the seventh grade.", "Experience"),
    ],
)
def test_plain_sentences(model: CeredModel, sentence: str, sort: str) -> None:
    chances = dict(zip(model.classes, model.probabilities([sentence])[0], strict=True))
    assert max(chances, key=lambda name: chances[name]) == sort


def test_probabilities(model: CeredModel) -> None:
    assert model.classes == NINE
    texts = ["I think so.", "", "\ud83d half an emoji", "مرحبا", "x" * 50_000, "I think so."]
    rows = model.probabilities(texts)
    assert [len(row) for row in rows] == [9] * 6
    assert all(abs(sum(row) - 1) < 1e-5 and min(row) >= 0 for row in rows)
    assert rows == open_cered().probabilities(texts)
    assert rows[0] == rows[5]
    # A sentence's neighbours have no say.
    assert model.probabilities(["I think so."]) == [rows[0]]
    assert rows[0] == [round(p, 6) for p in rows[0]]
    assert model.probabilities([]) == []


def test_what_it_is(model: CeredModel) -> None:
    assert model.name == "cered"
    assert len(model.digest) == 64
    assert model.about["recipe"] == RECIPE


def _file(**other: Any) -> bytes:
    about = {"recipe": RECIPE, "classes": ["A", "B"]}
    arrays = {
        "weights": np.zeros((PLACES, 2), np.float16),
        "bias": np.array([0.0, 1.0]),
        "about": np.array(json.dumps(about)),
    }
    file = io.BytesIO()
    np.savez_compressed(file, **(arrays | other))
    return file.getvalue()


def test_another_file_of_the_kind() -> None:
    assert CeredModel(_file()).probabilities(["x"]) == [[0.268941, 0.731059]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"\x80\x04N.",
        _file()[:-40],
        _file(weights=np.zeros((3, 2))),
        _file(bias=np.zeros(3)),
        _file(about=np.array("{}")),
        _file(about=np.array('{"recipe": "coursekit.cered/0", "classes": ["A", "B"]}')),
        _file(about=np.array("[]")),
        _file(bias=np.array([print, print])),
    ],
)
def test_files_that_are_none(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        CeredModel(content)
    assert refused.value.code == "broken-model"


def test_nothing_heavy_is_loaded() -> None:
    code = (
        "import sys\n"
        "from coursekit.textmodels.cered import open_cered\n"
        "open_cered().probabilities(['I think so.'])\n"
        "print([name for name in ('sklearn', 'scipy', 'pandas') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_ten_sentences_take_milliseconds(model: CeredModel) -> None:
    # Words that no cache has seen.
    texts = [" ".join(f"word{i}x{j} another{j}y{i}" for j in range(8)) for i in range(10)]
    start = time.process_time()
    model.probabilities(texts)
    assert time.process_time() - start < 0.05
