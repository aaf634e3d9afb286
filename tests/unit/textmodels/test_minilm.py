"""The forward pass gives what the reference implementation gives.

The model of these tests is tiny and random; `benchmarks/minilm.py FOLDER` does the same with the real one.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reflections.tiny_model import TINY, cases, copy, folder

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest
from coursekit.policy.reflection.models import Embedding
from coursekit.textmodels.minilm import MiniLM

CLOSE = 1e-5


def opened(at: Path = TINY) -> MiniLM:
    return MiniLM(at, "tiny", Digest("d" * 64))


MODEL = opened()


def test_the_vectors_are_the_references():
    told = cases()
    vectors = np.array(MODEL.embed([case["text"] for case in told]))
    differences = [np.abs(ours - case["vector"]).max() for ours, case in zip(vectors, told, strict=True)]
    assert len(differences) > 50
    assert max(differences) < CLOSE


def test_it_plugs_in():
    model: Embedding = MODEL
    assert (model.name, model.digest) == ("tiny", "d" * 64)
    assert model.embed([]) == []


def test_what_else_is_asked_has_no_say():
    alone = MODEL.embed(["the cat sat"])[0]
    assert MODEL.embed(["", "the cat sat", "x " * 900])[1] == alone


def test_what_lies_beyond_the_models_places_has_no_say():
    assert MODEL.embed(["cat " * 62]) == MODEL.embed(["cat " * 62 + "mat " * 100])
    assert MODEL.embed(["cat " * 61]) != MODEL.embed(["cat " * 62])


@given(st.text(st.characters(), max_size=100))
def test_any_text_has_a_unit_vector(text):
    vector = MODEL.embed([text])[0]
    assert len(vector) == 32
    assert abs(np.linalg.norm(vector) - 1) < CLOSE


CONFIG = json.loads((TINY / "config.json").read_text())


@pytest.mark.parametrize(
    "change",
    [
        {"model_type": "roberta"},
        {"hidden_act": "relu"},
        {"position_embedding_type": "relative_key"},
        {"hidden_size": 64},
        {"hidden_size": "32"},
        {"hidden_size": True},
        {"num_attention_heads": 5},
        {"num_attention_heads": 0},
        {"num_hidden_layers": 3},
        {"num_hidden_layers": 10**6},
        {"vocab_size": 10},
        {"max_position_embeddings": 32},
        {"layer_norm_eps": "small"},
        {"layer_norm_eps": 2.0},
    ],
)
def test_a_config_that_does_not_fit_the_weights_is_refused(tmp_path, change):
    at = copy(tmp_path / "m")
    (at / "config.json").write_text(json.dumps({**CONFIG, **change}))
    with pytest.raises(BadInput) as refused:
        opened(at)
    assert refused.value.code == "broken-model"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 100_000])
def test_a_config_that_is_none_is_refused(tmp_path, content):
    with pytest.raises(BadInput):
        opened(folder(tmp_path / "m", config=content))


def test_a_tokenizer_with_more_pieces_than_the_model_is_refused(tmp_path):
    at = copy(tmp_path / "m")
    told = json.loads((at / "tokenizer.json").read_text())
    told["model"]["vocab"]["onemore"] = 10**6
    (at / "tokenizer.json").write_text(json.dumps(told))
    with pytest.raises(BadInput):
        opened(at)


def test_a_model_without_a_file_is_refused(tmp_path):
    for name in ("model", "tokenizer", "config"):
        with pytest.raises(BadInput):
            opened(folder(tmp_path / name, **{name: None}))
