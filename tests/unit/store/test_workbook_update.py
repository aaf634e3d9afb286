"""A new release moves into a learner's folder. Killed between any two file operations, nothing is lost."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coursekit.model.errors import BadInput, CoursekitError, NotFound, ServiceFault
from coursekit.model.ids import CourseId, ModuleId, PromptId, ReleaseNumber, UserId
from coursekit.model.submission import Receipt, ReceiptKind, sha256
from coursekit.services import take
from coursekit.store import hidden
from coursekit.store.home import FolderHome
from coursekit.store.workbook import FolderWorkbook
from coursekit.wire.api import Fetched, FileShape, Step
from coursekit.wire.api import Path as Steps

C, M = "lamps", "night"
STUB = "*Write your answer here.*"
STAMP = "20270111T080000Z"
Files = dict[str, bytes]


# the exchange, with what it hands out


class Shelf:
    """Releases of one module, and who came for which; as `services.take.Takes` asks for it."""

    url = "https://exchange.example"

    def __init__(self, *releases: Files) -> None:
        self.releases = list(releases)
        self.had: list[int] = []
        self.asked: list[int | None] = []

    def path(self, course: str) -> Steps:
        step = Step(
            module=M,
            title="Night",
            summary="",
            minutes=1,
            state="in progress",
            release=len(self.releases),
            fetched_release=max(self.had, default=None),
        )
        return Steps(course=course, title="Lamps", time_zone="UTC", steps=[step])

    def fetch(self, course: str, module: str, release: int | None = None) -> Fetched:
        self.asked.append(release)
        if release is not None and release not in self.had:
            raise NotFound("not-your-release", "You have not had it.", "Fetch the newest.")
        number = release or len(self.releases)
        self.had.append(number)
        files = [FileShape.of(p, c) for p, c in self.releases[number - 1].items()]
        return Fetched(course=course, module=module, release=number, files=files)

    submit = reveal = my_feedback = None  # type: ignore[assignment]


def text(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def prose(name: str, source: str = STUB) -> dict[str, Any]:
    metadata = {
        "coursekit": {"prompt": {"id": name, "kind": "reflection", "title": name}},
        "nbgrader": {"grade_id": name, "solution": True, "grade": True, "points": 2, "schema_version": 3},
    }
    return {**text(name, source), "metadata": metadata}


def release(*cells: dict[str, Any], **files: str) -> Files:
    """`exhibits__rooms` is exhibits/rooms.csv."""
    asked = [c["metadata"]["coursekit"]["prompt"] for c in cells if c["metadata"]]
    prompts = {
        "schema": "coursekit.prompts/1",
        "course": C,
        "module": M,
        "notebook": M,
        "title": "Night",
        "prompts": asked,
    }
    return {
        "night.ipynb": notebook(*cells),
        "prompts.json": json.dumps(prompts).encode(),
        **{n.replace("__", "/") + ".csv": c.encode() for n, c in files.items()},
    }


def notebook(*cells: dict[str, Any]) -> bytes:
    value = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(value, indent=1).encode()


ONE = release(
    text("story", "A lmap burned."), prose("p1"), text("end", "Bye."), exhibits__rooms="1", old="1", same="1"
)
TWO = release(
    text("story", "A lamp burned."),
    prose("p1"),
    prose("p2"),
    text("end", "Bye."),
    exhibits__rooms="2",
    new="2",
    same="1",
)
THREE = release(text("story", "Two lamps burned."), prose("p1"), prose("p2"), exhibits__rooms="3", new="3")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(ONE, TWO)


def fetched(folder: Path, shelf: Shelf, number: int = 1) -> Path:
    folder.mkdir()
    files = {f.path: f.content for f in Shelf(*shelf.releases[:number]).fetch(C, M).files}
    shelf.had.append(number)
    for path, content in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    digests = {p: sha256(c) for p, c in files.items()}
    hidden.keep_release(folder, CourseId(C), ModuleId(M), ReleaseNumber(number), shelf.url, digests)
    return folder


@pytest.fixture
def folder(tmp_path: Path, shelf: Shelf) -> Path:
    """Fetched, answered, with files of the learner's own."""
    folder = fetched(tmp_path / "night", shelf)
    write_answer(folder, "p1", "My answer.")
    (folder / "responses.json").write_text(
        '{"schema": "coursekit.responses/1", "responses": {"f": {"v": 1}}}'
    )
    (folder / "notes.txt").write_text("my notes")
    (folder / "exhibits" / "rooms.csv").write_text("my rooms")
    return folder


def write_answer(folder: Path, cell: str, source: str) -> None:
    value = json.loads((folder / "night.ipynb").read_text())
    next(c for c in value["cells"] if c["id"] == cell)["source"] = source
    beside = folder / ".editor"
    beside.write_text(json.dumps(value))
    beside.replace(folder / "night.ipynb")


def update(folder: Path, shelf: Shelf, stamp: str = STAMP) -> tuple[take.Updated, ...]:
    return take.update(shelf, FolderHome(folder, stamp), C, M)


def tree(folder: Path, hidden_too: bool = False) -> Files:
    """Path → content of all regular files; without what begins with a dot."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {
        path: p.read_bytes()
        for path, p in found.items()
        if hidden_too or not any(part.startswith(".") for part in path.split("/"))
    }


def cells(content: bytes) -> list[str]:
    return ["".join(c["source"]) for c in json.loads(content)["cells"]]


def kept(folder: Path) -> list[Path]:
    """The finished copies."""
    return sorted(p for p in folder.glob(".coursekit/kept/*") if not p.name.startswith("."))


# the update


def test_the_release_is_there_and_so_is_all_that_was(folder: Path, shelf: Shelf) -> None:
    before = tree(folder)
    (done,) = update(folder, shelf)
    after = tree(folder)
    assert cells(after["night.ipynb"]) == ["A lamp burned.", "My answer.", STUB, "Bye."]
    assert after["prompts.json"] == TWO["prompts.json"]
    assert {p: c for p, c in after.items() if p not in ("night.ipynb", "prompts.json")} == {
        "responses.json": before["responses.json"],
        "notes.txt": b"my notes",
        "exhibits/rooms.csv": b"my rooms",
        "exhibits/rooms.release-2.csv": b"2",
        "new.csv": b"2",
        "same.csv": b"1",
    }
    assert (done.before, done.release, done.copy) == (1, 2, f".coursekit/kept/release-1-{STAMP}")
    assert tree(folder / done.copy) == before
    origin = hidden.find_kept_release(folder)
    assert origin is not None
    assert (origin.release, origin.arriving, origin.service) == (2, None, shelf.url)


def test_only_the_learners_files_are_handed_in_after_it(folder: Path, shelf: Shelf) -> None:
    update(folder, shelf)
    book = FolderWorkbook.open(folder)
    assert book.release == 2
    assert [p for p, _ in book.files_to_submit()] == [
        *("exhibits/rooms.csv", "night.ipynb", "notes.txt", "responses.json"),
    ]
    assert book.find_response(PromptId("p1")) == {"text": "My answer."}
    assert book.find_response(PromptId("p2")) is None


def test_nothing_new_asks_for_nothing_and_touches_nothing(folder: Path, shelf: Shelf) -> None:
    update(folder, shelf)
    before = tree(folder, hidden_too=True)
    shelf.asked.clear()
    assert update(folder, shelf) == ()
    assert tree(folder, hidden_too=True) == before
    assert shelf.asked == []


def test_release_after_release_each_leaves_its_copy(folder: Path, shelf: Shelf) -> None:
    update(folder, shelf)
    second = tree(folder)
    shelf.releases.append(THREE)
    update(folder, shelf)
    assert [p.name for p in kept(folder)] == [f"release-1-{STAMP}", f"release-2-{STAMP}"]
    assert tree(kept(folder)[1]) == second
    after = tree(folder)
    assert cells(after["night.ipynb"]) == ["Two lamps burned.", "My answer.", STUB]
    # The old note beside is the learner's to delete; the new one stands next to it.
    assert (after["exhibits/rooms.release-2.csv"], after["exhibits/rooms.release-3.csv"]) == (b"2", b"3")
    assert (after["new.csv"], "same.csv" in after) == (b"3", False)


def test_a_copy_is_never_written_over(folder: Path, shelf: Shelf) -> None:
    first = tree(folder)
    record = (folder / ".coursekit" / "release.json").read_bytes()
    update(folder, shelf)
    # As if it had been cut short: the same release, the same second.
    (folder / ".coursekit" / "release.json").write_bytes(record)
    write_answer(folder, "p1", "Another answer.")
    update(folder, shelf)
    assert [p.name for p in kept(folder)] == [f"release-1-{STAMP}", f"release-1-{STAMP}-2"]
    assert tree(kept(folder)[0]) == first
    assert "Another answer." in cells(tree(kept(folder)[1])["night.ipynb"])


def test_what_a_commitment_opened_stays(folder: Path, shelf: Shelf) -> None:
    book = FolderWorkbook.open(folder)
    receipt = Receipt(
        ReceiptKind.COMMITMENT,
        CourseId(C),
        ModuleId(M),
        UserId("ada"),
        ReleaseNumber(1),
        "p1",
        sha256(b"x"),
        "2027-01-11T08:00:00.000000Z",
        "",
        "k1",
        "c2ln",
    )
    book.keep_commitment(PromptId("p1"), {"text": "Sealed."}, receipt, (), [("exhibits/night.csv", b"9")])
    update(folder, shelf)
    book = FolderWorkbook.open(folder)
    assert (folder / "exhibits" / "night.csv").read_bytes() == b"9"
    assert "exhibits/night.csv" not in dict(book.files_to_submit())
    assert book.find_commitment(PromptId("p1")) == ({"text": "Sealed."}, receipt)


def test_links_are_neither_followed_nor_replaced(folder: Path, shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("elsewhere")
    (folder / "new.csv").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(folder / "pipe")
    (done,) = update(folder, shelf)
    assert (tmp_path / "elsewhere").read_text() == "elsewhere"
    assert (folder / "new.csv").is_symlink()
    assert (folder / "new.release-2.csv").read_bytes() == b"2"
    assert "new.csv" not in tree(folder / done.copy)


# refusals


def refused(folder: Path, shelf: Any, code: str, module: str = M) -> CoursekitError:
    before = tree(folder, hidden_too=True)
    with pytest.raises(CoursekitError) as caught:
        take.update(shelf, FolderHome(folder, STAMP), C, module)
    assert caught.value.code == code
    assert caught.value.next_step
    after = tree(folder, hidden_too=True)
    assert {p: c for p, c in after.items() if p != ".coursekit/lock"} == (
        {p: c for p, c in before.items() if p != ".coursekit/lock"}
    )
    return caught.value


def test_an_authors_own_folder_is_left_alone(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "night.ipynb").write_bytes(ONE["night.ipynb"])
    assert "fetch it into another folder" in refused(tmp_path, shelf, "not-fetched").next_step


def test_another_modules_folder_is_left_alone(folder: Path, shelf: Shelf) -> None:
    assert refused(folder, shelf, "other-module", "day").detail == "This folder has night of lamps in it."


def test_without_its_base_a_folder_is_left_alone(folder: Path, shelf: Shelf) -> None:
    shelf.had.clear()
    assert "cannot give you release 1" in refused(folder, shelf, "no-such-base").detail
    # And the newest was not asked for, which would have been noted.
    assert shelf.asked == [1]


def test_a_folder_from_another_exchange_is_left_alone(folder: Path) -> None:
    other = Shelf(THREE, TWO)
    other.had.append(1)
    assert "https://exchange.example" in refused(folder, other, "other-exchange").detail


def test_a_damaged_record_or_notebook_stops_before_anything(folder: Path, shelf: Shelf) -> None:
    record = folder / ".coursekit" / "release.json"
    good = record.read_bytes()
    record.write_text("{")
    refused(folder, shelf, "damaged-file")
    record.write_bytes(good)
    (folder / "night.ipynb").write_text("{")
    assert "Nothing was changed." in refused(folder, shelf, "damaged-file").next_step


def test_a_file_that_is_damaged_on_its_way_stops_before_anything(folder: Path, shelf: Shelf) -> None:
    sound = shelf.fetch

    def damaging(course: str, module: str, release: int | None = None) -> Fetched:
        got = sound(course, module, release)
        return got.model_copy(
            update={"files": [f.model_copy(update={"content": f.content + b" "}) for f in got.files]}
        )

    shelf.fetch = damaging  # type: ignore[method-assign]
    assert isinstance(refused(folder, shelf, "damaged-file"), ServiceFault)


def test_a_file_in_a_folders_way_stops_before_anything(folder: Path, shelf: Shelf) -> None:
    shelf.releases[1] = TWO | {"notes.txt/deep.csv": b"1"}
    assert refused(folder, shelf, "in-the-way").next_step == "Rename notes.txt, then update again."


# whatever happens meanwhile


def counted(deed: Callable[[], object], at: Callable[[int, str], None]) -> int:
    """Do it; `at` is told of each file operation just before it happens, with its number. How many there were."""
    number = 0
    active = True
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def hook(name: str, args: tuple[Any, ...]) -> None:
        nonlocal number
        if not active:
            return
        changes = name in ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate")
        if changes or (name == "open" and isinstance(args[2], int) and args[2] & writing):
            number += 1
            at(number, name)

    sys.addaudithook(hook)
    try:
        deed()
    finally:
        # A hook cannot be taken out again; it can only be told to be silent.
        active = False
    return number


THROUGH, ALL_THE_SAME, REFUSED, CRASHED = 0, 6, 7, 8


def in_a_child(deed: Callable[[], int], stop: int) -> int:
    """Do it in a process of its own; how that ended. Hooks of the child stay in the child."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(THROUGH if deed() < stop else ALL_THE_SAME)
        except CoursekitError:
            os._exit(REFUSED)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(CRASHED)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def outcome(deed: Callable[[], object]) -> str | None:
    """The code it was refused with; none when it went through."""
    try:
        deed()
    except CoursekitError as error:
        return error.code
    return None


def kill_at(number: int) -> Callable[[int, str], None]:
    def at(current: int, name: str) -> None:
        if current == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return at


def fail_at(number: int) -> Callable[[int, str], None]:
    def at(current: int, name: str) -> None:
        if current == number:
            raise OSError(28, "No space left on device")

    return at


@pytest.fixture
def anew(tmp_path: Path) -> Callable[[], tuple[Path, Shelf]]:
    """Makes one folder after another, all alike."""
    made = iter(range(10**6))

    def make() -> tuple[Path, Shelf]:
        shelf = Shelf(ONE, TWO)
        folder = fetched(tmp_path / f"night{next(made)}", shelf)
        write_answer(folder, "p1", "My answer.")
        (folder / "notes.txt").write_text("my notes")
        (folder / "exhibits" / "rooms.csv").write_text("my rooms")
        return folder, shelf

    return make


def interrupted(
    anew: Callable[[], tuple[Path, Shelf]], stop: Callable[[int], Callable[[int, str], None]]
) -> Iterator[tuple[int, int, Files, Path, Shelf]]:
    """Updates stopped at operation 1, 2, 3 …, until one gets through: number, ending, what was, and where."""
    for number in range(1, 500):
        folder, shelf = anew()
        before = tree(folder)
        deed = lambda f=folder, s=shelf, n=number: counted(lambda: update(f, s), stop(n))  # noqa: E731
        ended = in_a_child(deed, number)
        shelf.had.append(2)
        yield number, ended, before, folder, shelf
        if ended == THROUGH:
            return
    raise AssertionError("it never got through")


def nothing_is_lost(before: Files, finished: Files, folder: Path) -> None:
    """Each file is what it was or what it is to be; what is no more is in a whole copy; the answer can be read."""
    there = tree(folder)
    for path in {*before, *finished, *there}:
        assert there.get(path) in (before.get(path), finished.get(path)), path
    if there != before:
        assert any(tree(copy) == before for copy in kept(folder))
    assert "My answer." in cells(there["night.ipynb"])
    assert all(tree(copy) == before for copy in kept(folder))
    origin = hidden.find_kept_release(folder)
    assert origin is not None
    assert kept(folder) or (origin.release, origin.arriving) == (1, None)
    # The workbook opens, finds the answer and hands it in, at any moment.
    book = FolderWorkbook.open(folder)
    assert book.release in (1, 2)
    assert book.find_response(PromptId("p1")) == {"text": "My answer."}
    assert "night.ipynb" in dict(book.files_to_submit())


def test_killed_between_any_two_file_operations_nothing_is_lost_and_the_next_update_finishes(
    anew: Callable[[], tuple[Path, Shelf]],
) -> None:
    folder, shelf = anew()
    update(folder, shelf)
    finished = tree(folder)
    cuts = 0
    for number, ended, before, folder, shelf in interrupted(anew, kill_at):
        nothing_is_lost(before, finished, folder)
        if ended == THROUGH:
            break
        assert ended == -signal.SIGKILL
        cuts = number
        update(folder, shelf, "20270111T090000Z")
        assert tree(folder) == finished, number
        assert FolderWorkbook.open(folder).release == 2
        assert before in [tree(copy) for copy in kept(folder)]
    # The copy, the mark, six files, a removal, the record: each of them took operations.
    assert cuts > 30


def test_a_disk_that_fails_at_any_operation_loses_nothing_and_the_next_update_finishes(
    anew: Callable[[], tuple[Path, Shelf]],
) -> None:
    folder, shelf = anew()
    update(folder, shelf)
    finished = tree(folder)
    failures = 0
    for number, ended, before, folder, shelf in interrupted(anew, fail_at):
        nothing_is_lost(before, finished, folder)
        # It can do without the lock, and a folder that is there need not be made. All else is said, and undone.
        assert ended != CRASHED, number
        if ended == REFUSED:
            failures += 1
            update(folder, shelf, "20270111T090000Z")
        assert tree(folder) == finished, number
    assert failures > 20


def test_what_an_editor_saves_meanwhile_is_never_overwritten(
    anew: Callable[[], tuple[Path, Shelf]],
) -> None:
    late = 0
    for number in range(1, 500):
        folder, shelf = anew()
        saved = False

        def save(current: int, name: str, folder: Path = folder, wanted: int = number) -> None:
            nonlocal saved
            # Not in the one instant between the last look and the replacing; no system call covers both.
            if current >= wanted and name == "open" and not saved:
                saved = True
                write_answer(folder, "p1", "Typed at the last moment.")

        ended = outcome(lambda f=folder, s=shelf, at=save: counted(lambda: update(f, s), at))  # type: ignore[misc]
        assert ended in (None, "changed-meanwhile")
        late += ended is not None
        assert "Typed at the last moment." in cells(tree(folder)["night.ipynb"]) or not saved
        if not saved:
            break
        update(folder, shelf, "20270111T090000Z")
        found = cells(tree(folder)["night.ipynb"])
        assert found == ["A lamp burned.", "Typed at the last moment.", STUB, "Bye."], number
        assert FolderWorkbook.open(folder).release == 2
    assert late > 10


def test_a_release_that_comes_after_an_interruption_knows_the_learners_files(
    anew: Callable[[], tuple[Path, Shelf]],
) -> None:
    plain, shelf = anew()
    update(plain, shelf)
    shelf.releases.append(THREE)
    update(plain, shelf)
    wanted = tree(plain)
    for _, _, before, folder, shelf in interrupted(anew, kill_at):
        shelf.releases.append(THREE)
        begun = "arriving" in (folder / ".coursekit/release.json").read_text()
        begun = begun and json.loads((folder / ".coursekit/release.json").read_text())["arriving"] == 2
        done = update(folder, shelf, "20270111T090000Z")
        after = tree(folder)
        assert [d.release for d in done] == ([2, 3] if begun else [3])
        assert cells(after["night.ipynb"]) == cells(wanted["night.ipynb"])
        # Without the release between, there is no copy of its file either.
        assert {p: c for p, c in after.items() if "release-2" not in p} == {
            p: c for p, c in wanted.items() if "release-2" not in p
        }
        assert before in [tree(copy) for copy in kept(folder)]


def test_forms_and_commitments_wait_while_a_release_moves_in(folder: Path, shelf: Shelf) -> None:
    """They write to the same folder, from the kernel's process; `hidden.alone` is what they wait for."""
    home = FolderHome(folder, STAMP)
    was_locked = []

    def is_locked(current: int, name: str) -> None:
        if current > 2:
            with (folder / ".coursekit" / "lock").open("rb") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    was_locked.append(False)
                except BlockingIOError:
                    was_locked.append(True)

    counted(lambda: take.update(shelf, home, C, M), is_locked)
    assert len(was_locked) > 30
    assert all(was_locked)


def test_an_unwritable_folder_says_so(folder: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(folder)
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(BadInput) as caught:
        update(folder, shelf)
    assert caught.value.code == "cannot-save"
    assert tree(folder) == before
    assert not list(folder.glob(".coursekit/kept/*"))
