"""The settings' titles in the lab's language.

JupyterLab's server translates the schemas of settings itself, and looks for the words of an extension only in
its own language packs; the words of ours come with coursekit (`coursekit/locale`). So the bundle that it keeps
for our name is one that reads them there. Everything else of the lab is translated in the browser.
"""

from __future__ import annotations

import gettext
import json
from pathlib import Path
from typing import Any

LOCALE = Path(__file__).parent.parent / "locale"
DOMAIN = "coursekit"


class Words(gettext.NullTranslations):
    """The catalogue of one language, as the lab loads it; without one, English stays."""

    def __init__(self, language: str, folder: Path = LOCALE) -> None:
        super().__init__()
        try:
            kept = json.loads((folder / language / "LC_MESSAGES" / f"{DOMAIN}.json").read_bytes())
        except (OSError, ValueError):
            kept = {}
        self._kept: dict[str, list[str]] = {key: value for key, value in kept.items() if key}

    def gettext(self, message: str) -> str:
        """A text in that language."""
        return self._kept.get(message, [message])[0]

    def pgettext(self, context: str, message: str) -> str:
        """A text that means something else elsewhere."""
        return self._kept.get(f"{context}\u0004{message}", [message])[0]


def bring_words() -> None:
    """Let JupyterLab's server find them."""
    from jupyterlab_server.translation_utils import TranslationBundle, translator

    class Bundle(TranslationBundle):
        """Follows the lab's language as all bundles do."""

        def update_locale(self, locale_: str) -> None:
            self._locale = locale_
            self._translator: Any = Words(locale_)

    translator._TRANSLATORS[DOMAIN] = Bundle(DOMAIN, translator._LOCALE)
