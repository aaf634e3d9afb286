"""The comment bank: what two graders add is there, whatever else is written; a damaged file is not overwritten."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.store.commentbank import LONGEST, MOST, CommentBank


def test_what_was_added_stays_in_order_and_each_once(tmp_path: Path) -> None:
    bank = CommentBank(tmp_path)
    assert bank.read() == ()
    assert not (tmp_path / ".coursekit").exists()
    bank.change(add=["Clear.", " Go on. ", "Clear."])
    assert [c.text for c in CommentBank(tmp_path).read()] == ["Clear.", "Go on."]
    first, second = bank.read()
    assert bank.change(["New."], [first.id])[0] == second
    assert [c.text for c in bank.read()] == ["Go on.", "New."]
    assert not list(tmp_path.glob(".coursekit/*.new"))


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    def add(number: int) -> None:
        CommentBank(tmp_path).change([f"Comment {number}"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert {c.text for c in CommentBank(tmp_path).read()} == {f"Comment {n}" for n in range(40)}


def test_any_script_and_half_an_emoji(tmp_path: Path) -> None:
    bank = CommentBank(tmp_path)
    bank.change(["Très bien — 很好", "half \ud83d"])
    assert [c.text for c in bank.read()] == ["Très bien — 很好", "half ?"]


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST + 1)])
def test_what_is_no_comment(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match="1 to"):
        CommentBank(tmp_path).change([text])


def test_it_does_not_grow_for_ever(tmp_path: Path) -> None:
    bank = CommentBank(tmp_path)
    bank.change([f"Comment {n}" for n in range(MOST)])
    with pytest.raises(BadInput, match="holds"):
        bank.change(["One more."])
    assert len(bank.read()) == MOST


@pytest.mark.parametrize("content", ["{", "[]", '{"schema": "other"}', '{"schema": "coursekit.comments/1"}'])
def test_a_damaged_file_is_left_for_a_person(tmp_path: Path, content: str) -> None:
    path = tmp_path / ".coursekit" / "comments.json"
    path.parent.mkdir()
    path.write_text(content)
    for use in (CommentBank(tmp_path).read, lambda: CommentBank(tmp_path).change(["New."])):
        with pytest.raises(BadInput, match="cannot be read"):
            use()
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".coursekit").write_text("a file stands in the way")
    with pytest.raises(BadInput, match="cannot be written"):
        CommentBank(tmp_path).change(["New."])


def test_it_is_json_for_people_too(tmp_path: Path) -> None:
    CommentBank(tmp_path).change(["Clear."])
    value = json.loads((tmp_path / ".coursekit" / "comments.json").read_bytes())
    assert value["comments"][0]["text"] == "Clear."
    assert os.linesep in (tmp_path / ".coursekit" / "comments.json").read_text()
