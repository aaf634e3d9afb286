"""Sorts of reflective sentence, told apart by a linear model on hashed words. Trained by training/train_cered.py.

The file holds numbers and one JSON text, and is read without pickle. docs/evidence-model.md says what it can do.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any
from zipfile import BadZipFile

import numpy as np

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest
from coursekit.textmodels.ngrams import PLACES, features

RECIPE = "coursekit.cered/1"
"""Of the features and of the file; another number means another model."""


class CeredModel:
    """Plugs into `SentenceModel`."""

    def __init__(self, content: bytes) -> None:
        """`content` is of the model's file. Raises BadInput when it is none that this can run."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                self._about: Mapping[str, Any] = json.loads(str(file["about"]))
                # A place's weights lie side by side: a sentence reads some 300 of 65,536 rows.
                self._weights = file["weights"].astype(np.float32)
                self._bias = file["bias"].astype(np.float64)
            self._classes = tuple(str(name) for name in self._about["classes"])
            fits = self._about["recipe"] == RECIPE and self._weights.shape == (PLACES, len(self._classes))
            if not fits or self._bias.shape != (len(self._classes),):
                raise ValueError(RECIPE)
        except (ValueError, KeyError, TypeError, AttributeError, EOFError, OSError, BadZipFile) as error:
            raise BadInput(
                "broken-model",
                "The file of the sentence model is not one that this coursekit can use.",
                "Install coursekit again, or make it anew: python training/train_cered.py.",
            ) from error
        self._digest = Digest(hashlib.sha256(content).hexdigest())

    @property
    def name(self) -> str:
        """As results carry it."""
        return "cered"

    @property
    def digest(self) -> Digest:
        """Of its file."""
        return self._digest

    @property
    def classes(self) -> tuple[str, ...]:
        """What it tells apart, in the order of the probabilities."""
        return self._classes

    @property
    def about(self) -> Mapping[str, Any]:
        """Recipe, classes, licence, the digests of the training data, and the figures it was shipped with."""
        return self._about

    def probabilities(self, sentences: Sequence[str]) -> list[list[float]]:
        """For each sentence the probability of each class. A sentence without a letter gets how common they are."""
        return [self._of(sentence) for sentence in sentences]

    def _of(self, sentence: str) -> list[float]:
        places, values = features(sentence)
        scores = self._bias + values @ self._weights[places].astype(np.float64)
        shares = np.exp(scores - scores.max())
        # The last digits differ from one processor's arithmetic to another's.
        rounded: list[float] = np.round(shares / shares.sum(), 6).tolist()
        return rounded


def open_cered() -> CeredModel:
    """The model that comes with coursekit."""
    return CeredModel((resources.files("coursekit.textmodels") / "data" / "cered.npz").read_bytes())
