"""A file of numbers is read as numbers, and a broken one is refused in a sentence."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reflections.tiny_model import TINY

from coursekit.model.errors import BadInput
from coursekit.textmodels.safetensors import read_tensors


def written(at: Path, header: Any, content: bytes = b"", length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    at.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + content)
    return at


def told(dtype: str = "F32", shape: Any = (2, 3), place: Any = (0, 24)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(place)}


NUMBERS = np.arange(6, dtype="<f4").reshape(2, 3)


def test_floats_of_both_sizes_come_out_and_integers_are_passed_over(tmp_path):
    half = NUMBERS.astype("<f2")
    header = {
        "__metadata__": {"format": "pt"},
        "a": told(),
        "b": told("F16", place=(24, 36)),
        "ids": told("I64", (1,), (36, 44)),
    }
    path = written(tmp_path / "m", header, NUMBERS.tobytes() + half.tobytes() + b"12345678")
    tensors = read_tensors(path)
    assert sorted(tensors) == ["a", "b"]
    assert np.array_equal(tensors["a"], NUMBERS)
    assert np.array_equal(tensors["b"], NUMBERS)
    assert {t.dtype for t in tensors.values()} == {np.dtype("float32")}


def test_nobody_can_write_to_the_file_through_it(tmp_path):
    tensors = read_tensors(written(tmp_path / "m", {"a": told()}, NUMBERS.tobytes()))
    with pytest.raises(ValueError, match="read-only"):
        tensors["a"][0, 0] = 1.0


@pytest.mark.parametrize(
    ("header", "content", "length"),
    [
        ({"a": told()}, NUMBERS.tobytes(), 10**9),
        ({"a": told()}, NUMBERS.tobytes(), 2**63),
        (b"", b"", 0),
        (b"not json", b"", None),
        (b"[" * 100_000, b"", None),
        ([1, 2], b"", None),
        ({"a": told(place=(0, 23))}, NUMBERS.tobytes(), None),
        ({"a": told(place=(0, 28))}, NUMBERS.tobytes(), None),
        ({"a": told(place=(24, 48))}, NUMBERS.tobytes(), None),
        ({"a": told(place=(-24, 0))}, NUMBERS.tobytes(), None),
        ({"a": told(shape=(2, -3))}, NUMBERS.tobytes(), None),
        ({"a": told(shape=(2**39, 2**39, 2**39))}, NUMBERS.tobytes(), None),
        ({"a": told(shape=(2.0, 3))}, NUMBERS.tobytes(), None),
        ({"a": {"dtype": "F32"}}, NUMBERS.tobytes(), None),
        ({"a": {**told(), "data_offsets": "0,24"}}, NUMBERS.tobytes(), None),
    ],
)
def test_a_broken_file_is_refused(tmp_path, header, content, length):
    with pytest.raises(BadInput) as refused:
        read_tensors(written(tmp_path / "m", header, content, length))
    assert refused.value.code == "broken-model"


@pytest.mark.parametrize("content", [b"", b"1234567", b"12345678"])
def test_a_file_without_a_header_is_refused(tmp_path, content):
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(BadInput):
        read_tensors(tmp_path / "m")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput):
        read_tensors(tmp_path / "m")


@given(st.data())
def test_a_damaged_byte_is_refused_or_changes_numbers_only(tmp_path_factory, data):
    good = (TINY / "model.safetensors").read_bytes()
    place = data.draw(st.integers(0, 6000))
    damaged = bytearray(good)
    damaged[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    path.write_bytes(damaged)
    try:
        tensors = read_tensors(path)
    except BadInput:
        return
    assert all(t.dtype == np.float32 for t in tensors.values())
