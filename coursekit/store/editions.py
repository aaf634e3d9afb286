"""What a build leaves of a module, or of one edition of it: another variant, another language.

A module's own stands in `.coursekit`, an edition's in a folder below it, such as `variants/north`. Its notebook is
`built.ipynb`; `build.json` says what it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coursekit.store.wholefiles import json_bytes, write_durably

NOTEBOOK = "built.ipynb"
RECORD = "build.json"


def find_record(folder: Path) -> Mapping[str, Any] | None:
    """What the last build wrote down there; none when there was none, or its notebook is gone."""
    if not (folder / NOTEBOOK).is_file():
        return None
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def find_built(folder: Path) -> bytes | None:
    """The notebook of the last build; none when there is none."""
    path = folder / NOTEBOOK
    return path.read_bytes() if path.is_file() else None


def install(folder: Path, files: Mapping[str, bytes], record: Mapping[str, Any]) -> None:
    """Put an edition's own files there; what is not among them stays."""
    folder.mkdir(parents=True, exist_ok=True)
    # The record last: whoever sees it sees the rest.
    for name, content in {**files, RECORD: json_bytes(record)}.items():
        write_durably(folder / f".new-{name}", content)
        (folder / f".new-{name}").replace(folder / name)
