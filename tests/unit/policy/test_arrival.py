"""What becomes of each file when a release arrives: nothing of the learner's is lost, all of the author's comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.ids import Digest, ReleaseNumber
from coursekit.model.outcome import Refused
from coursekit.model.submission import sha256
from coursekit.policy.arrival import Folder, Plan, in_words, mergeable, plan_update
from coursekit.policy.merge import Changes

TWO = ReleaseNumber(2)
Files = dict[str, bytes]


def notebook(*sources: str) -> bytes:
    cells = [
        {"cell_type": "markdown", "id": f"c{n}", "metadata": {}, "source": source}
        for n, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def folder(mine: Files, others: tuple[str, ...] = ()) -> Folder:
    parts = {p.rsplit("/", n)[0] for p in mine for n in range(1, p.count("/") + 1)}
    return Folder({p: sha256(c) for p, c in mine.items()}, frozenset(parts), frozenset(others))


def plan(
    base: Files, mine: Files, theirs: Files, others: tuple[str, ...] = (), known: Files | None = None
) -> Any:
    here = folder(mine, others)
    notebooks = {path: mine[path] for path in mergeable(base, theirs, here)}
    digests = {path: sha256(content) for path, content in (base | (known or {})).items()}
    return plan_update(base, theirs, here, notebooks, digests, TWO)


def carried_out(made: Plan, mine: Files) -> Files:
    after = dict(mine)
    for write in made.writes:
        found = after.get(write.path)
        assert (None if found is None else sha256(found)) == write.stood
        after[write.path] = write.content
    for path, stood in made.removals:
        assert sha256(after.pop(path)) == stood
    return after


def after(base: Files, mine: Files, theirs: Files, **more: Any) -> Files:
    return carried_out(plan(base, mine, theirs, **more), mine)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "wanted"),
    [
        # only one side did anything
        ("1", "1", "2", {"a.csv": b"2"}),
        ("1", "my", "1", {"a.csv": b"my"}),
        ("1", "1", None, {}),
        ("1", "my", None, {"a.csv": b"my"}),
        (None, None, "2", {"a.csv": b"2"}),
        (None, "my", None, {"a.csv": b"my"}),
        ("1", None, "1", {"a.csv": b"1"}),
        ("1", None, None, {}),
        # both did
        ("1", "my", "2", {"a.csv": b"my", "a.release-2.csv": b"2"}),
        (None, "my", "2", {"a.csv": b"my", "a.release-2.csv": b"2"}),
        ("1", "2", "2", {"a.csv": b"2"}),
        ("1", None, "2", {"a.csv": b"2"}),
    ],
)
def test_each_file_has_one_right_place(
    base: str | None, mine: str | None, theirs: str | None, wanted: Files
) -> None:
    def files(content: str | None) -> Files:
        return {} if content is None else {"a.csv": content.encode()}

    assert after(files(base), files(mine), files(theirs)) == wanted


def test_what_is_as_it_came_is_not_the_learners_even_if_nobody_noted_its_digest() -> None:
    base, theirs = {"a.csv": b"1"}, {"a.csv": b"2"}
    made = plan_update(base, theirs, folder(base), {}, {}, TWO)
    assert isinstance(made, Plan)
    assert carried_out(made, base) == theirs


def test_questions_are_the_authors_and_answers_the_learners() -> None:
    base = {"prompts.json": b"1", "responses.json": b"{}"}
    mine = {"prompts.json": b"fiddled", "responses.json": b"mine"}
    theirs = {"prompts.json": b"2", "responses.json": b"x", "Responses.json": b"y"}
    assert after(base, mine, theirs) == {"prompts.json": b"2", "responses.json": b"mine"}
    assert after(base, mine, {}) == mine


def test_the_notebook_comes_last_and_is_merged() -> None:
    base = {"m.ipynb": notebook("Teh.", "b"), "prompts.json": b"1", "z.csv": b"1"}
    mine = base | {"m.ipynb": notebook("Teh.", "mine")}
    made = plan(base, mine, {"m.ipynb": notebook("The.", "b"), "prompts.json": b"2", "z.csv": b"2"})
    assert [w.path for w in made.writes] == ["z.csv", "prompts.json", "m.ipynb"]
    cells = json.loads(carried_out(made, mine)["m.ipynb"])["cells"]
    assert [c["source"] for c in cells] == ["The.", "mine"]
    assert made.changes.corrected == ("c0",)


def test_a_notebook_that_nobody_touched_is_taken_byte_for_byte() -> None:
    base, theirs = {"m.ipynb": notebook("a")}, {"m.ipynb": notebook("b").replace(b": ", b":  ")}
    made = plan(base, base, theirs)
    assert carried_out(made, base) == theirs
    assert made.changes.corrected == ("c0",)


def test_a_notebook_without_news_is_not_written() -> None:
    base = {"m.ipynb": notebook("a")}
    mine = {"m.ipynb": notebook("mine")}
    assert plan(base, mine, base).writes == ()


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"nbformat": 3}', b"\xff", b"[" * 200_000])
def test_a_notebook_that_cannot_be_read_stops_everything(broken: bytes) -> None:
    base, theirs = {"m.ipynb": notebook("a")}, {"m.ipynb": notebook("b"), "a.csv": b"new"}
    made = plan(base, {"m.ipynb": broken}, theirs)
    assert isinstance(made, Refused)
    assert made.reason == "m.ipynb cannot be read: it is damaged, or of an old format."
    # One that has gone is simply given again.
    assert after(base, {}, theirs) == theirs


def test_a_learners_own_notebook_is_no_older_version_of_a_new_one() -> None:
    found = after({}, {"extra.ipynb": notebook("mine")}, {"extra.ipynb": notebook("new")})
    assert found == {"extra.ipynb": notebook("mine"), "extra.release-2.ipynb": notebook("new")}


def test_what_a_commitment_opened_stays_and_stays_the_authors() -> None:
    shown = {"p1.csv": b"revealed"}
    made = plan({"a.csv": b"1"}, {"a.csv": b"1"} | shown, {"a.csv": b"2"}, known=shown)
    assert carried_out(made, {"a.csv": b"1"} | shown) == {"a.csv": b"2"} | shown
    assert made.known == {"a.csv": sha256(b"2"), "p1.csv": sha256(b"revealed")}
    # A release that gives it to everybody, corrected.
    assert after({}, shown, {"p1.csv": b"better"}, known=shown) == {"p1.csv": b"better"}


def test_names_beside_are_free_and_the_same_again() -> None:
    base, theirs = {"x/README": b"1"}, {"x/README": b"2"}
    mine = {"x/README": b"my", "x/README.release-2": b"mine as well"}
    made = plan(base, mine, theirs)
    assert made.beside == (("x/README", "x/README.release-2-2"),)
    assert made.known["x/README.release-2-2"] == sha256(b"2")
    done = carried_out(made, mine)
    assert plan(base, done, theirs).writes == ()


def test_a_link_or_a_folder_in_a_files_place_stays() -> None:
    assert after({}, {}, {"a.csv": b"2"}, others=("a.csv",)) == {"a.release-2.csv": b"2"}
    assert after({}, {"a/b": b"my"}, {"a": b"2"}) == {"a/b": b"my", "a.release-2": b"2"}


@pytest.mark.parametrize(("mine", "others"), [({"x": b"my file"}, ()), ({}, ("x",))])
def test_a_file_or_a_link_in_a_folders_place_stops_everything(mine: Files, others: tuple[str, ...]) -> None:
    made = plan({}, mine, {"a.csv": b"1", "x/y.csv": b"2"}, others)
    assert isinstance(made, Refused)
    assert (made.code, made.next_step) == ("in-the-way", "Rename x, then update again.")


@pytest.mark.parametrize("path", ["../x", "/x", ".coursekit/release.json", "a/../../x", ""])
def test_nothing_arrives_outside_the_folder(path: str) -> None:
    assert isinstance(plan({}, {}, {path: b"evil"}), Refused)


names = st.sampled_from(["a.csv", "b/c.csv", "responses.json", "prompts.json", "x.release-2.csv", "x.csv"])
contents = st.sampled_from([b"1", b"2", b"3"])
files = st.dictionaries(names, contents, max_size=6)


@given(files, files, files, st.dictionaries(names, st.integers(0, 9), max_size=4), st.integers(0, 8))
def test_nothing_of_the_learners_is_lost_and_all_of_the_authors_comes(
    base: Files, extra: Files, theirs: Files, changed: dict[str, int], done: int
) -> None:
    mine = base | {p: b"my " + c for p, c in extra.items()} | {p: b"my %d" % n for p, n in changed.items()}
    made = plan(base, mine, theirs)
    after = carried_out(made, mine)
    for path, content in mine.items():
        if content.startswith(b"my ") and path != "prompts.json":
            assert after[path] == content
    for path, content in theirs.items():
        if path == "responses.json":
            continue
        beside = dict(made.beside).get(path, path)
        kept_by_learner = base.get(path) == content and mine.get(path) != content
        assert after[beside] == content or (kept_by_learner and path != "prompts.json")
        assert made.known[path] == sha256(content)
    # What is known as the author's is what they wrote, wherever it stands.
    given = {sha256(c) for c in theirs.values()}
    assert set(made.known.values()) <= given
    # Cut short at any point and made again, it comes to the same; made once more, it has nothing to do.
    half = carried_out(Plan(made.writes[:done], (), {}), mine)
    assert carried_out(plan(base, half, theirs), half) == after
    again = plan(base, after, theirs)
    assert (again.writes, again.removals, again.known) == ((), (), made.known)


def test_the_plan_in_words() -> None:
    changes = Changes(
        corrected=("a", "b", "c"),
        new_questions=("p4",),
        gone=("x",),
        beside=("d",),
        kept=("e", "f"),
        back=("g",),
    )
    made = Plan((), (), {"a": Digest("1")}, changes, (("rooms.csv", "rooms.release-3.csv"),))
    assert in_words(made, ReleaseNumber(1), ReleaseNumber(3)) == (
        "Release 3 is in place of release 1. 3 texts corrected, 1 question new, 1 text taken out; "
        "your answers are as they were.",
        "In 1 place you and the author changed the same text. Yours stays; the author's stands below it, "
        "marked “Updated in release 3”.",
        "2 texts are no longer in the module. You wrote there, so it stays in your notebook.",
        "1 cell that you had taken out stands there again: the module does not work without it.",
        "You changed rooms.csv, so it stays as it is; the new one is rooms.release-3.csv.",
    )
    nothing = Plan((), (), {})
    assert in_words(nothing, ReleaseNumber(1), TWO) == (
        "Release 2 is in place of release 1. Nothing in the notebook is new to you; "
        "your answers are as they were.",
    )
