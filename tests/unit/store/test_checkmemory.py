"""What a check keeps for the next one: safe against damage and two at once, and no change of a byte is missed."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from coursekit.lint.facts import Facts
from coursekit.lint.finding import Finding, Severity
from coursekit.lint.outcome import Outcome, Seen
from coursekit.store.checkmemory import CheckMemory, course_stamps

TINY = Path(__file__).parents[2] / "courses" / "tiny"
FOUND = Finding("CK203", Severity.ERROR, "modules/one/one.ipynb", 3, "p1", "So.", "Mend it – “é”.", 7, True)
OUTCOME = Outcome(
    "k", (FOUND,), {"one": Seen("m", (FOUND,), Facts(("a",), True)), "two": Seen("n", (), None)}
)


@pytest.fixture
def tiny(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    return tmp_path / "tiny"


def kept(tiny):
    return tiny / "modules" / ".coursekit" / "check.json"


def test_what_is_kept_comes_back(tiny):
    assert CheckMemory(tiny).last() == Outcome()
    CheckMemory(tiny).keep(OUTCOME)
    assert CheckMemory(tiny).last() == OUTCOME


def test_git_ignores_it_wherever_the_course_stands(tiny):
    CheckMemory(tiny).keep(OUTCOME)
    assert (tiny / "modules" / ".coursekit" / ".gitignore").read_text() == "*\n"
    assert sorted(p.name for p in kept(tiny).parent.iterdir()) == [".gitignore", "check.json"]


def test_any_damage_is_as_if_there_were_none(tiny):
    memory = CheckMemory(tiny)
    memory.keep(OUTCOME)
    whole = kept(tiny).read_bytes()
    for cut in range(0, len(whole), 7):
        kept(tiny).write_bytes(whole[:cut])
        assert memory.last() == Outcome()
    for place in range(0, len(whole), 7):
        bent = bytearray(whole)
        bent[place] ^= 1
        kept(tiny).write_bytes(bytes(bent))
        assert memory.last() == Outcome()
    for junk in (b"", b"\n", b"null", b"\xff\xfe", b"[" * 100_000):
        kept(tiny).write_bytes(junk)
        assert memory.last() == Outcome()
    memory.keep(OUTCOME)
    assert memory.last() == OUTCOME


@pytest.mark.parametrize("value", [None, [], {}, {"key": "k"}, {"key": "k", "findings": [{}], "modules": {}}])
def test_another_shape_counts_as_none_even_with_its_digest(tiny, value):
    from coursekit.model.submission import sha256

    text = json.dumps(value).encode()
    CheckMemory(tiny).keep(OUTCOME)
    kept(tiny).write_bytes(f"{sha256(text)}\n".encode() + text)
    assert CheckMemory(tiny).last() == Outcome()


def test_nowhere_to_write_is_no_trouble(tiny):
    kept(tiny).parent.write_text("a file where the folder should be")
    CheckMemory(tiny).keep(OUTCOME)
    assert CheckMemory(tiny).last() == Outcome()


def test_of_many_at_once_each_reader_sees_one_whole(tiny):
    outcomes = [Outcome(str(n), (FOUND,) * n, {}) for n in range(8)]
    CheckMemory(tiny).keep(outcomes[0])

    def work(number):
        memory = CheckMemory(tiny)
        seen = []
        for _ in range(20):
            memory.keep(outcomes[number])
            seen.append(memory.last())
        return seen

    with ThreadPoolExecutor(8) as pool:
        for seen in pool.map(work, range(8)):
            assert all(outcome in outcomes for outcome in seen)
    assert sorted(p.name for p in kept(tiny).parent.iterdir()) == [".gitignore", "check.json"]


def test_stamps_change_with_a_byte_of_whatever_is_read_and_with_a_name_of_the_rest(tiny):
    before = course_stamps(tiny)
    for path in (
        "modules/course.yml",
        "modules/first/first.ipynb",
        "modules/first/rubrics.yml",
        "cases/lamp/case.md",
    ):
        assert before[path]
        content = (tiny / path).read_bytes()
        (tiny / path).write_bytes(content[:-1] + b" ")
        changed = course_stamps(tiny)
        assert {p for p in before if before[p] != changed[p]} == {path}
        (tiny / path).write_bytes(content)
    (tiny / "cases" / "lamp" / "exhibits" / "rooms.csv").write_text("other data")
    assert course_stamps(tiny) == before
    (tiny / "cases" / "lamp" / "exhibits" / "more.csv").write_text("")
    assert course_stamps(tiny).keys() - before.keys() == {"cases/lamp/exhibits/more.csv"}


def test_what_the_build_and_editors_write_is_not_looked_at(tiny):
    before = course_stamps(tiny)
    for path in (
        *(
            "modules/.coursekit/check.json",
            "modules/first/.coursekit/built.ipynb",
            "modules/first/prompts.json",
        ),
        *("modules/first/exhibits/rooms.csv", "modules/first/.ipynb_checkpoints/first.ipynb"),
        "modules/first/__pycache__/x.pyc",
    ):
        (tiny / path).parent.mkdir(parents=True, exist_ok=True)
        (tiny / path).write_text("x")
    assert course_stamps(tiny) == before


def test_an_empty_folder_shows(tiny):
    before = course_stamps(tiny)
    (tiny / "modules" / "draft").mkdir()
    (tiny / "cases" / "more").mkdir()
    assert course_stamps(tiny).keys() - before.keys() == {"modules/draft/", "cases/more/"}
