"""How a preview and its lab tell each other what is: small files, each written whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOW = "now.json"
"""What stands: release, state, what is wrong."""
SHOWN = "shown.json"
"""What the lab has brought before somebody's eyes."""
START_OVER = "start-over"
"""There while the lab waits for a fresh beginning."""


def read_state(path: Path) -> dict[str, Any] | None:
    """None where nothing was said yet."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def write_state(path: Path, value: Mapping[str, Any]) -> None:
    """All of it or what was there before; for its owner alone, since a sign-in is written so as well."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(value, file)
    temporary.replace(path)
