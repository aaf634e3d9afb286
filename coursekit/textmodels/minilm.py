"""A sentence embedding such as all-MiniLM-L6-v2, in numpy: a BERT, the mean over its words, made one long.

ids ─▶ words + places ─▶ [ attention ─▶ feed-forward ] × layers ─▶ mean ─▶ unit vector

Each text goes through by itself, without padding, on one core: neither what else is asked nor how busy the machine
is has a say in its vector.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf
from threadpoolctl import ThreadpoolController

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest
from coursekit.textmodels.pins import CONFIG, TOKENIZER, WEIGHTS
from coursekit.textmodels.safetensors import Floats, read_tensors
from coursekit.textmodels.tokenizer import Tokenizer, read_tokenizer

_TOKENS_MOST = 256
"""As the model was published: what comes after some 190 words has no say."""
_LAYERS_MOST = 48


@dataclass(frozen=True)
class _Layer:
    """One of the model's layers. Each matrix stands as it lies in the file: out × in."""

    query: tuple[Floats, Floats]
    key: tuple[Floats, Floats]
    value: tuple[Floats, Floats]
    out: tuple[Floats, Floats]
    out_norm: tuple[Floats, Floats]
    wide: tuple[Floats, Floats]
    narrow: tuple[Floats, Floats]
    narrow_norm: tuple[Floats, Floats]


class MiniLM:
    """Plugs into `Embedding`."""

    def __init__(self, folder: Path, name: str, digest: Digest) -> None:
        """`digest` is of the weights. Raises BadInput when the folder's files are no model that this can run."""
        self._name = name
        self._digest = digest
        self._tokenizer = read_tokenizer(folder / TOKENIZER)
        self._read(folder)
        self._cores = ThreadpoolController()

    @property
    def name(self) -> str:
        """As results carry it."""
        return self._name

    @property
    def digest(self) -> Digest:
        """Of its weights."""
        return self._digest

    @property
    def tokenizer(self) -> Tokenizer:
        """What cuts the texts."""
        return self._tokenizer

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A unit vector for each text."""
        # More cores gain little on matrices of this size, and lose ten times as much when somebody else needs them.
        with self._cores.limit(limits=1):
            return [self._vector(text).tolist() for text in texts]

    # the forward pass

    def _vector(self, text: str) -> Floats:
        ids = self._tokenizer.ids(text, self._tokens_most)
        state = self._norm(self._words[ids] + self._places[: len(ids)] + self._sort, self._first_norm)
        for layer in self._layers:
            state = self._norm(state + _turned(self._attended(state, layer), layer.out), layer.out_norm)
            wide = _gelu(_turned(state, layer.wide))
            state = self._norm(state + _turned(wide, layer.narrow), layer.narrow_norm)
        mean: Floats = state.mean(axis=0, dtype=np.float64).astype(np.float32)
        length = float(np.linalg.norm(mean))
        return mean / np.float32(length) if length > 0 else mean

    def _attended(self, state: Floats, layer: _Layer) -> Floats:
        count, width = state.shape
        query, key, value = (
            _turned(state, part).reshape(count, self._heads, -1).transpose(1, 0, 2)
            for part in (layer.query, layer.key, layer.value)
        )
        scores: Floats = (query @ key.transpose(0, 2, 1)) * np.float32(1 / math.sqrt(width // self._heads))
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        seen: Floats = (scores @ value).transpose(1, 0, 2).reshape(count, width)
        return seen

    def _norm(self, state: Floats, weights: tuple[Floats, Floats]) -> Floats:
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.square(centred).mean(axis=-1, keepdims=True)
        normed: Floats = centred / np.sqrt(spread + self._epsilon) * weights[0] + weights[1]
        return normed

    # reading it

    def _read(self, folder: Path) -> None:
        told = _read_config(folder / CONFIG)
        tensors = read_tensors(folder / WEIGHTS)
        width, inner, words = told["hidden_size"], told["intermediate_size"], told["vocab_size"]
        places = told["max_position_embeddings"]
        self._heads = told["num_attention_heads"]
        self._epsilon = np.float32(told["layer_norm_eps"])
        self._tokens_most = min(_TOKENS_MOST, places)
        if self._tokenizer.size > words:
            raise _other(CONFIG, "the tokenizer knows pieces that the model does not")

        def get(name: str, *shape: int) -> Floats:
            tensor = tensors.get(name)
            if tensor is None or tensor.shape != shape:
                raise _other(WEIGHTS, f"the tensor {name} is missing, or not of the size that {CONFIG} tells")
            return tensor

        def pair(name: str, *shape: int) -> tuple[Floats, Floats]:
            return get(f"{name}.weight", *shape), get(f"{name}.bias", shape[0])

        self._words = get("embeddings.word_embeddings.weight", words, width)
        self._places = get("embeddings.position_embeddings.weight", places, width)
        sorts = get("embeddings.token_type_embeddings.weight", told["type_vocab_size"], width)
        self._sort = sorts[0]
        self._first_norm = pair("embeddings.LayerNorm", width)
        self._layers = [
            _Layer(
                pair(f"{at}.attention.self.query", width, width),
                pair(f"{at}.attention.self.key", width, width),
                pair(f"{at}.attention.self.value", width, width),
                pair(f"{at}.attention.output.dense", width, width),
                pair(f"{at}.attention.output.LayerNorm", width),
                pair(f"{at}.intermediate.dense", inner, width),
                pair(f"{at}.output.dense", width, inner),
                pair(f"{at}.output.LayerNorm", width),
            )
            for at in (f"encoder.layer.{number}" for number in range(told["num_hidden_layers"]))
        ]


def _turned(state: Floats, part: tuple[Floats, Floats]) -> Floats:
    turned: Floats = state @ part[0].T + part[1]
    return turned


def _gelu(state: Floats) -> Floats:
    bent: NDArray[np.float32] = erf(state * np.float32(1 / math.sqrt(2)))
    bent += np.float32(1)
    bent *= state
    bent *= np.float32(0.5)
    return bent


_COUNTS = (
    "hidden_size",
    "intermediate_size",
    "vocab_size",
    "max_position_embeddings",
    "num_attention_heads",
    "num_hidden_layers",
    "type_vocab_size",
)


def _read_config(path: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _other(path.name, "it is no JSON") from error
    if not isinstance(told, dict) or told.get("model_type") != "bert" or told.get("hidden_act") != "gelu":
        raise _other(path.name, "it tells of no BERT with GELU")
    if told.get("position_embedding_type", "absolute") != "absolute":
        raise _other(path.name, "its places are not counted from the beginning")
    epsilon = told.get("layer_norm_eps")
    if not all(type(told.get(name)) is int and 0 < told[name] < 1 << 24 for name in _COUNTS):
        raise _other(path.name, "a size is missing, or none that can be")
    if not isinstance(epsilon, float) or not 0 < epsilon < 1:
        raise _other(path.name, "layer_norm_eps is missing, or none that can be")
    if told["hidden_size"] % told["num_attention_heads"] or told["num_hidden_layers"] > _LAYERS_MOST:
        raise _other(path.name, "its sizes do not go together")
    return told


def _other(file: str, why: str) -> BadInput:
    return BadInput(
        "broken-model",
        f"{file} is of no model that coursekit can use: {why}.",
        "Take a model of the sort of all-MiniLM-L6-v2, all its files from one place.",
    )
