"""Which language a text is in: py3langid's model, which also knows text that is in no language at all.

Its model comes with that package (BSD-3), from 0.4 on as an npz within xz, read without pickle; older ones had a
pickle. It takes about a second to open, and 80 MB.
"""

from __future__ import annotations

import hashlib
from importlib import resources

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from coursekit.model.ids import Digest

_ENOUGH = 20_000
"""Characters; more of them make nothing surer, and cost time."""


class LangidModel:
    """Plugs into `LanguageModel`."""

    def __init__(self) -> None:
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._digest = Digest(
            hashlib.sha256((resources.files("py3langid") / MODEL_FILE).read_bytes()).hexdigest()
        )

    @property
    def name(self) -> str:
        """As results carry it."""
        return "py3langid"

    @property
    def digest(self) -> Digest:
        """Of its model's file."""
        return self._digest

    def guess(self, text: str) -> tuple[str, float]:
        """ISO 639-1 code and how sure it is. `zxx`: no language at all; so are texts without a letter, surely."""
        if not any(c.isalpha() for c in text[:_ENOUGH]):
            return "zxx", 1.0
        code, sure = self._identifier.classify(text[:_ENOUGH])
        return str(code), round(float(sure), 6)


def open_language() -> LangidModel:
    """The model that py3langid brings."""
    return LangidModel()
