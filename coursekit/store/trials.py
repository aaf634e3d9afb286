"""What the last try-out of a module found, and the notebook that it executed, beside the build's own record.

modules/<module>/.coursekit/{trial.json, trial.ipynb}     ignored by git, and by nbgrader
                           variants/<variant>/{trial.json, trial.ipynb}
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coursekit.lint.finding import Finding
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256
from coursekit.store.checkmemory import findings_of

_TRIAL = "trial.json"
_NOTEBOOK = "trial.ipynb"


def find_tried(own: Path, key: Digest) -> tuple[Finding, ...] | None:
    """What was found of the very same; none where it was of something else, or is damaged."""
    try:
        trial = _read(own)
        return findings_of(trial["findings"]) if trial["key"] == key else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def find_run(own: Path, run: Digest) -> bytes | None:
    """The notebook that was executed from the very same; none where there is none, or it is damaged."""
    try:
        trial = _read(own)
        content = (own / _NOTEBOOK).read_bytes()
        return content if (trial["run"], trial["executed"]) == (run, sha256(content)) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def keep_tried(
    own: Path, key: Digest, findings: Sequence[Finding], run: Digest, executed: bytes | None
) -> None:
    """Keep it. Without a place to, nothing is kept, and the next try-out runs again."""
    value = {
        "key": key,
        "run": run,
        "executed": sha256(executed) if executed is not None else None,
        "findings": [asdict(f) for f in findings],
    }
    with contextlib.suppress(OSError):
        own.mkdir(parents=True, exist_ok=True)
        if executed is not None:
            _write(own / _NOTEBOOK, executed)
        # The record last: it says whose digest the notebook must have.
        _write(own / _TRIAL, json.dumps(value, ensure_ascii=False, indent=1).encode())


def _read(own: Path) -> Any:
    return json.loads((own / _TRIAL).read_text(encoding="utf-8"))


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
