from __future__ import annotations

import stat

import pytest

from coursekit.model.errors import BadInput, Conflict, NotFound
from coursekit.store.authored import read_exemplars
from coursekit.store.pilots import PilotFolder

FILES = {"pilot.json": b'{"schema": "x"}', "key.json": b'{"answers": {}}', "anna.csv": b"id\r\n"}


@pytest.fixture
def folder(tmp_path):
    made = PilotFolder(tmp_path, "trial")
    made.create(FILES)
    return made


def test_it_is_for_its_owner_alone_and_not_for_git(folder, tmp_path):
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert (tmp_path / ".coursekit/pilot/.gitignore").read_text() == "*\n"


def test_what_was_written_is_read(folder):
    assert folder.find("anna.csv") == b"id\r\n"
    assert folder.find("ben.csv") is None
    assert folder.pilot() == {"schema": "x"}
    assert folder.key() == {"answers": {}}


def test_a_second_one_of_that_name_touches_nothing(folder, tmp_path):
    with pytest.raises(Conflict, match="There is a pilot trial already"):
        PilotFolder(tmp_path, "trial").create({"anna.csv": b"other"})
    assert folder.find("anna.csv") == b"id\r\n"


def test_one_that_is_not_there_names_those_that_are(folder, tmp_path):
    with pytest.raises(NotFound) as caught:
        PilotFolder(tmp_path, "second").pilot()
    assert caught.value.next_step == "The pilots here are: trial."


def test_a_damaged_file_is_told(folder):
    folder.write("key.json", b"{")
    with pytest.raises(BadInput, match=r"key\.json cannot be read"):
        folder.key()
    (folder.path / "key.json").unlink()
    with pytest.raises(BadInput, match=r"key\.json cannot be read"):
        folder.key()


def test_a_form_that_is_a_link_is_not_followed(folder, tmp_path):
    (tmp_path / "secret").write_text("id")
    (folder.path / "ben.csv").symlink_to(tmp_path / "secret")
    assert folder.find("ben.csv") is None


def test_exemplars_are_a_modules_file(folder):
    text = "Nein: “so” 🙂\nזה"
    value = {
        "id": "pilot-a",
        "prompt": "p2",
        "response": {"text": text},
        "marks": {"fact": 1},
        "adequate": True,
    }
    assert folder.write_exemplars([value]) == "exemplars.yml"
    (exemplar,) = read_exemplars(folder.path)
    assert exemplar.response == {"text": text}
    assert exemplar.marks == {"fact": 1}
