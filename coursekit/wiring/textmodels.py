"""Opens whatever text models are there. Without any, the checks still run, and find less."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from coursekit.policy.reflection.models import Models


def open_models(home: Path | None = None) -> Models:
    """The models that come with coursekit, and the embedding that somebody has added, if any.

    `home` is the folder of added models; the person's own when left out.
    """
    return Models(_shipped("cered", "open_cered"), _shipped("language", "open_language"))


def _shipped(room: str, verb: str) -> Any:
    try:
        return getattr(importlib.import_module(f"coursekit.textmodels.{room}"), verb)()
    except (ImportError, AttributeError):
        return None
