"""Reads a safetensors file by hand: numbers and nothing else, so that opening one can run nothing.

8 bytes: length of the header ─▶ header in JSON: name → dtype, shape, [begin, end) ─▶ the numbers
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from coursekit.model.errors import BadInput

Floats = NDArray[np.float32]

_HEADER_MOST = 1 << 20
_KINDS = {"F32": "<f4", "F16": "<f2"}


def read_tensors(path: Path) -> dict[str, Floats]:
    """All tensors of floats in the file, by name. Raises BadInput when it is not as it must be.

    32-bit ones stay on disk until they are looked at: a table of words costs only the rows that are used.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
            if not 0 < length <= min(_HEADER_MOST, size - 8):
                raise _broken(path, "its header has no length that can be")
            header = json.loads(file.read(length))
        if not isinstance(header, dict):
            raise _broken(path, "its header is no table")
        content = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length, shape=(size - 8 - length,))
    except (OSError, ValueError, RecursionError) as error:
        raise _broken(path, "it cannot be read as safetensors") from error
    tensors: dict[str, Floats] = {}
    for name, told in header.items():
        # Position numbers come as integers, and are of no use here.
        if name != "__metadata__" and isinstance(told, Mapping) and told.get("dtype") in _KINDS:
            tensors[name] = _tensor(path, name, told, content)
    return tensors


def _tensor(path: Path, name: str, told: Mapping[str, Any], content: NDArray[np.uint8]) -> Floats:
    kind = np.dtype(_KINDS[told["dtype"]])
    shape, place = told.get("shape"), told.get("data_offsets")
    if not (_are_counts(shape) and _are_counts(place) and len(place) == 2):
        raise _broken(path, f"its tensor {name} has no shape and place")
    begin, end = place
    count = 1
    for side in shape:
        count *= side
    if not begin <= end <= len(content) or end - begin != count * kind.itemsize:
        raise _broken(path, f"its tensor {name} does not lie where its header says")
    values: Floats = content[begin:end].view(kind).reshape(shape).astype(np.float32, copy=False)
    return values


def _are_counts(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(v) is int and 0 <= v < 1 << 40 for v in value)


def _broken(path: Path, why: str) -> BadInput:
    return BadInput(
        "broken-model",
        f"{path.name} is no model that coursekit can read: {why}.",
        "Get the file again, from where the model is published.",
    )
