"""What the lab's benchmark makes of what it measured; the measuring itself is a browser's."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("benchmark_of_the_lab", BENCHMARKS / "lab.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def test_a_panel_that_was_there_before_the_lab_took_no_time(lab: ModuleType) -> None:
    assert lab.Opening(there=1.5, usable=1.75).after == 0.25
    assert lab.Opening(there=1.5, usable=1.25).after == 0.0


def test_scripts_alone_are_weighed(lab: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "one.js").write_text("a" * 1000)
    (tmp_path / "static" / "licences.json").write_text("b" * 1000)
    (tmp_path / "static" / "author.1a2b.js").write_text("c" * 1000)
    size, packed = lab.sizes(tmp_path)
    assert size == 1000
    assert packed < 100
    with pytest.raises(AssertionError, match="no extension in"):
        lab.sizes(tmp_path / "static")


def test_the_extension_is_within_its_aim(lab: ModuleType) -> None:
    extension = BENCHMARKS.parent / "coursekit" / "labextension"
    size, _ = lab.sizes(extension)
    assert size < lab.AIM_BYTES
    # What only authors load is a script of its own, and a small one.
    (author,) = (extension / "static").glob("author.*.js")
    assert author.stat().st_size < 40_000
