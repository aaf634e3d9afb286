"""Opens whatever text models are there. Without any, the checks still run, and find less."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from coursekit.policy.reflection.models import Models
from coursekit.textmodels.installed import ModelFolder
from coursekit.wiring import settings


def open_models(home: Path | None = None, with_embedding: bool = True) -> Models:
    """The models that come with coursekit, and the embedding that somebody has added, if any.

    `home` is the folder of added models; the one that the settings name when left out. Raises BadInput when an
    added model is no longer what it was.
    """
    shipped = shipped_models()
    return replace(shipped, embedding=added_models(home).open_embedding()) if with_embedding else shipped


def shipped_models() -> Models:
    """Those that come with coursekit."""
    return Models(_shipped("cered", "open_cered"), _shipped("language", "open_language"))


def added_models(home: Path | None = None) -> ModelFolder:
    """Those that somebody has added."""
    return ModelFolder(home or settings.models_folder())


def _shipped(room: str, verb: str) -> Any:
    try:
        return getattr(importlib.import_module(f"coursekit.textmodels.{room}"), verb)()
    except (ImportError, AttributeError):
        return None
