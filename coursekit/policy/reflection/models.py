"""The sockets for text models. They stand here and not in `ports`, because the decisions below need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from coursekit.model.ids import Digest

if TYPE_CHECKING:
    from coursekit.policy.reflection.opinions import Opinions


class SentenceModel(Protocol):
    """Tells what sorts of reflective sentence there are in a text."""

    @property
    def name(self) -> str:
        """As records name it."""

    @property
    def digest(self) -> Digest:
        """Of its file."""

    @property
    def classes(self) -> Sequence[str]:
        """What it tells apart: Belief, Difficulty, Experience, Feeling, Intention, Learning, Other, Perspective,
        Reflection."""

    def probabilities(self, sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        """For each sentence the probability of each class."""


class LanguageModel(Protocol):
    """Tells which language a text is in."""

    @property
    def name(self) -> str:
        """As records name it."""

    @property
    def digest(self) -> Digest:
        """Of its data."""

    def guess(self, text: str) -> tuple[str, float]:
        """ISO 639-1 code (`zxx`: no language at all) and how sure it is, from 0 to 1."""


class Embedding(Protocol):
    """Puts texts into a space in which near means alike. Optional."""

    @property
    def name(self) -> str:
        """As records name it."""

    @property
    def digest(self) -> Digest:
        """Of its data."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A unit vector for each text."""


@dataclass(frozen=True)
class Models:
    """The text models at hand; without any, the checks still run, and find less."""

    sentences: SentenceModel | None = None
    language: LanguageModel | None = None
    embedding: Embedding | None = None
    opinions: Opinions | None = None
    """What a language model said of these answers, where the course has consented to one."""

    def digests(self) -> dict[str, str]:
        """Name → SHA-256, of all that are there."""
        there = (self.sentences, self.language, self.embedding, self.opinions)
        return {model.name: model.digest for model in there if model is not None}
