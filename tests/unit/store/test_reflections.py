"""The record on disk: it only grows, holds what it names, and says what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.submission import sha256
from coursekit.policy.reflection.record import Kind
from coursekit.store.reflections import Inputs, ReflectionRecord

AT = datetime(2027, 2, 1, 8, tzinfo=UTC)


@pytest.fixture
def record(tmp_path: Path) -> ReflectionRecord:
    return ReflectionRecord(tmp_path / "reflections", "m")


def add(record: ReflectionRecord, *numbers: int) -> None:
    record.append([(Kind.CHECK, {"n": n}) for n in numbers], AT)


def numbers(record: ReflectionRecord) -> list[int]:
    return [entry.body["n"] for entry in record.entries()]


def test_nothing_is_made_before_the_first_line(record: ReflectionRecord, tmp_path: Path) -> None:
    assert not record.is_there()
    assert list(record.entries()) == []
    assert record.look() == ([], [])
    assert record.append([], AT) == []
    assert list(tmp_path.iterdir()) == []


def test_lines_follow_each_other_and_are_read_back(record: ReflectionRecord, tmp_path: Path) -> None:
    add(record, 1, 2)
    add(record, 3)
    again = ReflectionRecord.at(record.path)
    assert numbers(again) == [1, 2, 3]
    entries, faults = again.look()
    assert faults == []
    assert [e.previous for e in entries] == ["", entries[0].digest, entries[1].digest]
    assert (record.path.parent / ".gitignore").read_text() == "*\n"


def test_two_writers_take_turns(record: ReflectionRecord) -> None:
    other = ReflectionRecord.at(record.path)
    add(record, 1)
    add(other, 2)
    add(record, 3)
    assert numbers(other) == numbers(record) == [1, 2, 3]
    assert record.look()[1] == []


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_line_that_was_cut_off_is_taken_away_and_that_is_told(record: ReflectionRecord, cut: int) -> None:
    add(record, 1, 2)
    whole = record.path.read_bytes()
    add(record, 3)
    line = record.path.read_bytes()[len(whole) :]
    record.path.write_bytes(whole + line[:cut])
    again = ReflectionRecord.at(record.path)
    assert numbers(again) == [1, 2]
    assert "cut off" in again.told
    assert record.path.read_bytes() == whole
    add(again, 4)
    assert numbers(ReflectionRecord.at(record.path)) == [1, 2, 4]


def test_a_last_line_that_lacks_only_its_end_is_kept(record: ReflectionRecord) -> None:
    add(record, 1, 2)
    whole = record.path.read_bytes()
    record.path.write_bytes(whole[:-1])
    again = ReflectionRecord.at(record.path)
    assert numbers(again) == [1, 2]
    assert again.told == ""
    assert record.path.read_bytes() == whole


@pytest.mark.parametrize("how", ["changed", "taken out", "moved", "torn in the middle"])
def test_whatever_else_is_wrong_is_left_for_a_person(record: ReflectionRecord, how: str) -> None:
    add(record, 1, 2, 3)
    lines = record.path.read_bytes().splitlines(keepends=True)
    if how == "changed":
        lines[1] = lines[1].replace(b'"n":2', b'"n":9')
    elif how == "taken out":
        del lines[1]
    elif how == "moved":
        lines[1], lines[2] = lines[2], lines[1]
    else:
        lines[1] = lines[1][:30] + b"\n"
    record.path.write_bytes(b"".join(lines))
    with pytest.raises(BadInput) as caught:
        add(ReflectionRecord.at(record.path), 4)
    assert caught.value.code == "damaged-record"
    assert "line 2" in caught.value.detail
    # Nothing was mended, and nothing added.
    assert record.path.read_bytes() == b"".join(lines)


def test_what_went_in_is_kept_once_by_its_digest(record: ReflectionRecord) -> None:
    record.append([(Kind.CHECK, {"n": 1})], AT, [b"text", b"other", b"text"])
    assert record.inputs.find(sha256(b"text")) == b"text"
    files = [p for p in (record.path.parent / "inputs").rglob("*") if p.is_file()]
    assert sorted(p.name for p in files) == sorted([sha256(b"text"), sha256(b"other")])


def test_what_was_changed_or_is_gone_is_not_found(tmp_path: Path) -> None:
    inputs = Inputs(tmp_path / "inputs")
    (digest,) = inputs.put([b"text"])
    path = tmp_path / "inputs" / digest[:2] / digest
    path.write_bytes(b"tex7")
    assert inputs.find(digest) is None
    assert Inputs(tmp_path / "inputs").put([b"text"]) == [digest]
    assert inputs.find(digest) == b"text"
    assert inputs.find(sha256(b"never")) is None
    assert inputs.find("../../etc/passwd") is None


def test_a_record_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "reflections").write_text("a file stands there")
    with pytest.raises(BadInput) as caught:
        add(ReflectionRecord(tmp_path / "reflections", "m"), 1)
    assert caught.value.code == "record-unwritable"


def test_names_are_the_same_every_time_and_need_the_key(record: ReflectionRecord, tmp_path: Path) -> None:
    name = record.name_of("ada", "2027")
    assert ReflectionRecord.at(record.path).name_of("ada", "2027") == name
    assert len({name, record.name_of("bob", "2027"), record.name_of("caf\udce9", "2027")}) == 3
    assert ReflectionRecord(tmp_path / "elsewhere", "m").name_of("ada", "2027") != name
    assert (record.path.parent / "key").stat().st_mode & 0o077 == 0
