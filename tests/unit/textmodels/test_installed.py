"""A model is added whole or not at all, and used only while it is what was added."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.reflections.tiny_model import TINY, digests, files, folder, pinned, wheel

from coursekit.model.errors import BadInput, Conflict, NotFound, NotNow
from coursekit.model.submission import sha256
from coursekit.textmodels import installed, pins
from coursekit.textmodels.installed import ModelFolder
from coursekit.textmodels.pins import Proof


@pytest.fixture
def home(tmp_path: Path) -> ModelFolder:
    return ModelFolder(tmp_path / "data" / "models")


@pytest.fixture
def tiny_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "admit", lambda told, trusted: pins.admit(told, trusted, (pinned(),)))


def left(home: ModelFolder) -> list[str]:
    return sorted(p.name for p in home.home.iterdir())


def test_without_any_there_is_no_embedding(home):
    assert home.all() == []
    assert home.open_embedding() is None


def test_a_pinned_one_is_added_and_answers(home, tmp_path, tiny_is_pinned):
    added = home.add(wheel(tmp_path / "m.whl"))
    assert (added.name, added.pinned, added.size) == ("tiny", True, sum(map(len, files().values())))
    assert home.all() == [added]
    model = home.open_embedding()
    assert model is not None
    assert (model.name, model.digest) == ("tiny", added.digest)
    assert len(model.embed(["the cat"])[0]) == 32
    assert left(home) == ["tiny"]


def test_an_unknown_one_is_refused_and_leaves_nothing(home):
    with pytest.raises(BadInput) as refused:
        home.add(TINY)
    assert refused.value.code == "unknown-model"
    assert left(home) == []


def test_on_somebodys_word_it_comes_in_and_every_result_says_so(home):
    added = home.add(TINY, [d.upper() for d in digests()])
    assert not added.pinned
    model = home.open_embedding()
    assert model is not None
    assert model.name == added.name
    assert model.name.startswith("unpinned-")


def test_adding_it_again_changes_nothing(home, tmp_path):
    assert home.add(TINY, digests()) == home.add(wheel(tmp_path / "m.whl"), digests())
    assert len(left(home)) == 1


def test_there_is_room_for_one(home, tmp_path):
    home.add(TINY, digests())
    config = (TINY / "config.json").read_bytes() + b"\n"
    other = folder(tmp_path / "m", config=config)
    with pytest.raises(Conflict):
        home.add(other, [*digests(), sha256(config)])
    assert len(left(home)) == 1


def test_one_that_cannot_run_is_refused_and_leaves_nothing(home, tmp_path):
    weights = b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "
    with pytest.raises(BadInput) as refused:
        home.add(folder(tmp_path / "m", model=weights), [*digests(), sha256(weights)])
    assert refused.value.code == "broken-model"
    assert left(home) == []


def test_one_that_answers_otherwise_than_published_is_refused(home, monkeypatch):
    wrong = pinned()
    object.__setattr__(wrong, "proof", Proof(wrong.proof.text, (wrong.proof.vector[0] + 0.01,)))
    monkeypatch.setattr(installed, "admit", lambda told, trusted: pins.admit(told, trusted, (wrong,)))
    with pytest.raises(BadInput) as refused:
        home.add(TINY)
    assert "does not answer as it must" in refused.value.detail


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_one_that_was_changed_since_is_not_used(home, name):
    added = home.add(TINY, digests())
    path = home.home / added.name / name
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    with pytest.raises(BadInput) as refused:
        home.open_embedding()
    assert refused.value.code == "changed-model"
    path.unlink()
    with pytest.raises(BadInput):
        home.open_embedding()


@pytest.mark.parametrize("record", [b"", b"[]", b"{}", b'{"digests": 1}', b'{"digests": {}, "pinned": true}'])
def test_a_record_that_cannot_be_read_is_told(home, record):
    added = home.add(TINY, digests())
    (home.home / added.name / "model.json").write_bytes(record)
    with pytest.raises(BadInput) as refused:
        home.all()
    assert "models remove" in refused.value.next_step


def test_what_is_half_done_is_not_there(home):
    home.home.mkdir(parents=True)
    (home.home / ".new-abc").mkdir()
    (home.home / "a file").touch()
    assert home.all() == []
    assert home.open_embedding() is None


def test_it_can_be_removed_also_when_it_is_broken(home):
    added = home.add(TINY, digests())
    (home.home / added.name / "model.json").unlink()
    home.remove(added.name)
    assert left(home) == []


@pytest.mark.parametrize("name", ["nothing", "..", ".", "", "../models", ".new-abc"])
def test_only_what_was_added_can_be_removed(home, name):
    home.home.mkdir(parents=True)
    (home.home / ".new-abc").mkdir()
    with pytest.raises(NotFound):
        home.remove(name)
    assert home.home.is_dir()


def test_removing_where_nothing_was_ever_added(home):
    with pytest.raises(NotFound):
        home.remove("tiny")


def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotNow) as refused:
        ModelFolder(tmp_path / "file" / "models").add(TINY, digests())
    assert "COURSEKIT_MODELS" in refused.value.next_step


def test_others_may_read_it_and_the_record_says_what_was_taken(home):
    added = home.add(TINY, digests())
    at = home.home / added.name
    assert at.stat().st_mode & 0o777 == 0o755
    assert {p.stat().st_mode & 0o777 for p in at.iterdir()} == {0o644}
    record = json.loads((at / "model.json").read_text())
    assert record == {"schema": "coursekit.model/1", "pinned": False, "digests": dict(added.digests)}
