"""The tiny model of the tests, and packages of all sorts that it may come in."""

from __future__ import annotations

import base64
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from coursekit.model.submission import sha256
from coursekit.textmodels.pins import FILES, Pinned, Proof

TINY = Path(__file__).parent / "tiny_bert"
TOKENS = 64
"""As many places as it has."""


def cases() -> list[dict[str, Any]]:
    """Texts, with the ids and the vector that the reference gave."""
    told = json.loads((TINY / "reference.json").read_text())["cases"]
    return [{**case, "vector": floats(case["vector"])} for case in told]


def floats(packed: str) -> Any:
    return np.frombuffer(base64.b64decode(packed), "<f4")


def files() -> dict[str, bytes]:
    return {name: (TINY / name).read_bytes() for name in FILES}


def digests() -> list[str]:
    return [sha256(content) for content in files().values()]


def pinned(name: str = "tiny") -> Pinned:
    """As if it had been published."""
    case = next(c for c in cases() if c["text"] == "The principal reads the report.")
    return Pinned(
        name,
        {file: sha256(content) for file, content in files().items()},
        "none",
        Proof(case["text"], tuple(float(v) for v in case["vector"][:4])),
    )


def folder(at: Path, **changed: bytes | None) -> Path:
    """The model's files in a new folder; `changed` by stem, none leaves one out."""
    at.mkdir(parents=True)
    for name, content in files().items():
        put = changed.get(name.partition(".")[0], content)
        if put is not None:
            (at / name).write_bytes(put)
    return at


def wheel(at: Path, within: str = "some_model/data/", extra: dict[str, bytes] | None = None) -> Path:
    """A wheel as strangers upload them: with code in it that must never run."""
    with zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("some_model/__init__.py", "raise SystemExit('this ran')")
        package.writestr("some_model-1.0.dist-info/METADATA", "Name: some-model\n")
        package.writestr(f"{within}1_Pooling/config.json", "{}")
        for name, content in {**files_in(within), **(extra or {})}.items():
            package.writestr(name, content)
    return at


def files_in(within: str) -> dict[str, bytes]:
    return {f"{within}{name}": content for name, content in files().items()}


def nested(at: Path) -> Path:
    """A wheel that holds a zip that holds the model."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files().items():
            package.writestr(name, content)
    with zipfile.ZipFile(at, "w") as package:
        package.writestr("some_model/__init__.py", "raise SystemExit('this ran')")
        package.writestr("some_model/model.zip", inner.getvalue())
    return at


def copy(to: Path) -> Path:
    return Path(shutil.copytree(TINY, to))
