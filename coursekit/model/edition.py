"""An edition of a module: with a variant's parameters, in another language, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Edition:
    """The module's own where both are empty."""

    variant: str = ""
    """Of those in course.yml."""
    language: str = ""
    """Of a catalogue: de, pt-BR."""

    def __bool__(self) -> bool:
        """Whether it is another than the module's own."""
        return bool(self.variant or self.language)

    @property
    def path(self) -> str:
        """Where a build keeps it, below the module's own: `variants/north/languages/de`."""
        parts = (("variants", self.variant), ("languages", self.language))
        return "/".join(f"{kind}/{name}" for kind, name in parts if name)

    @property
    def said(self) -> str:
        """In a sentence: `the variant north, in de`."""
        parts = (f"the variant {self.variant}" if self.variant else "", f"in {self.language}")
        return ", ".join(part for part in (parts if self.language else parts[:1]) if part)

    @property
    def options(self) -> Sequence[str]:
        """Of `coursekit build`."""
        named = (("--variant", self.variant), ("--language", self.language))
        return [word for option, name in named if name for word in (option, name)]


OWN_EDITION = Edition()
"""The module as it is."""
