"""A learner's folder keeps every answer, hands in what is theirs, and takes in what is revealed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coursekit.model.errors import BadInput, NotFound
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId, ReleaseNumber, UserId
from coursekit.model.prompt import PromptKind
from coursekit.model.submission import Receipt, ReceiptKind, RevealedCell, sha256
from coursekit.policy.cells import STUBS, is_stub
from coursekit.ports import Workbook
from coursekit.store import hidden
from coursekit.store.hidden import find_kept_release, keep_release
from coursekit.store.workbook import FolderWorkbook

P1, P2, P3, P4 = (PromptId(f"p{n}") for n in range(1, 5))
PROMPTS = [
    {"id": "p1", "kind": "estimate", "title": "How many?", "question": "?", "min": 0, "max": 9},
    {
        "id": "p2",
        "kind": "decision",
        "title": "The letter",
        "question": "?",
        "options": [{"id": "publish", "label": "Publish"}, {"id": "wait", "label": "Wait"}],
    },
    {"id": "p3", "kind": "reflection", "title": "Why?"},
    {"id": "p4", "kind": "analysis", "title": "Count them"},
]


def cell(source: Any, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "c", "metadata": metadata, "source": source}


def write_notebook(folder: Path, *cells: dict[str, Any]) -> None:
    notebook = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "spike-at-65.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prompts = {
        "schema": "coursekit.prompts/1",
        "course": "leading-innovation",
        "module": "spike-at-65",
        "title": "The spike at 65",
        "notebook": "spike-at-65",
        "prompts": PROMPTS,
    }
    (tmp_path / "prompts.json").write_text(json.dumps(prompts), encoding="utf-8")
    write_notebook(tmp_path)
    return tmp_path


@pytest.fixture
def book(folder: Path) -> FolderWorkbook:
    return FolderWorkbook.open(folder)


@pytest.fixture
def fetched(folder: Path) -> Callable[..., None]:
    def fetch(number: int = 1, **files: bytes) -> None:
        digests: dict[str, Digest] = {}
        for name, content in files.items():
            path = name.replace("__", "/") + ".csv"
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(content)
            digests[path] = sha256(content)
        keep_release(
            folder,
            CourseId("leading-innovation"),
            ModuleId("spike-at-65"),
            ReleaseNumber(number),
            "https://exchange.example",
            digests,
        )

    return fetch


def receipt(subject: str = "p2", kind: ReceiptKind = ReceiptKind.COMMITMENT) -> Receipt:
    return Receipt(
        kind,
        CourseId("leading-innovation"),
        ModuleId("spike-at-65"),
        UserId("ada"),
        ReleaseNumber(1),
        subject,
        sha256(b"x"),
        "2027-01-11T08:00:00.000000Z",
        "",
        "k1",
        "c2ln",
    )


def submitted(book: FolderWorkbook) -> dict[str, bytes]:
    return dict(book.files_to_submit())


# opening


def test_it_fits_the_socket(book: FolderWorkbook) -> None:
    plug: Workbook = book
    assert (plug.course, plug.module, plug.title) == ("leading-innovation", "spike-at-65", "The spike at 65")
    assert [p.id for p in plug.prompts] == ["p1", "p2", "p3", "p4"]
    assert plug.release is None


def test_a_folder_without_a_module_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        FolderWorkbook.open(tmp_path)
    assert caught.value.code == "no-module-here"
    assert "prompts.json" in caught.value.detail
    assert caught.value.next_step


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "coursekit.prompts/9"},
        {"course": "../x"},
        {"module": 7},
        {"notebook": "../../secret"},
        {"notebook": "a/b"},
        {"prompts": {}},
        {"prompts": [PROMPTS[0], PROMPTS[0]]},
        {"prompts": [{"id": "p9"}]},
    ],
)
def test_a_wrong_prompts_file_is_refused(folder: Path, change: dict[str, Any]) -> None:
    path = folder / "prompts.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change), encoding="utf-8")
    with pytest.raises(BadInput):
        FolderWorkbook.open(folder)


def test_an_unknown_prompt_names_those_there_are(book: FolderWorkbook) -> None:
    with pytest.raises(NotFound) as caught:
        book.get_prompt(PromptId("p9"))
    assert "p1, p2, p3, p4" in caught.value.next_step


# answers in forms


def test_an_answer_is_there_when_the_folder_is_opened_again(book: FolderWorkbook) -> None:
    response = {"choice": "wait", "reason": "Tränen, 涙, دموع, 😀"}
    book.save_response(P2, response)
    book.save_response(P1, {"value": 3})
    again = FolderWorkbook.open(book.folder)
    assert again.find_response(P2) == response
    assert again.find_response(P1) == {"value": 3}
    assert "Tränen, 涙" in (book.folder / "responses.json").read_text(encoding="utf-8")


def test_an_untouched_prompt_has_no_response(book: FolderWorkbook) -> None:
    assert book.find_response(P2) is None
    book.save_response(P1, {"value": 3})
    assert book.find_response(P2) is None


def test_half_an_emoji_is_kept_as_well(book: FolderWorkbook) -> None:
    book.save_response(P2, {"choice": "wait", "reason": "so \ud83d"})
    assert book.find_response(P2) == {"choice": "wait", "reason": "so \ud83d"}


def test_answers_of_other_prompts_in_the_file_stay(book: FolderWorkbook) -> None:
    kept = {"schema": "coursekit.responses/1", "responses": {"old": {"value": 1}}, "note": "mine"}
    (book.folder / "responses.json").write_text(json.dumps(kept))
    book.save_response(P1, {"value": 3})
    now = json.loads((book.folder / "responses.json").read_text())
    assert now == kept | {"responses": {"old": {"value": 1}, "p1": {"value": 3}}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b'{"schema": "coursekit.responses/2", "responses": {}}',
        b'{"schema": "coursekit.responses/1", "responses": []}',
        b'{"schema": "coursekit.responses/1", "responses": {"p2": "text"}}',
        b"[" * 100_000,
    ],
)
def test_a_broken_responses_file_is_named_and_never_overwritten(book: FolderWorkbook, content: bytes) -> None:
    path = book.folder / "responses.json"
    path.write_bytes(content)
    for attempt in (lambda: book.save_response(P1, {"value": 3}), lambda: book.find_response(P1)):
        with pytest.raises(BadInput) as caught:
            attempt()
        assert "responses.json" in caught.value.detail
        assert caught.value.next_step
    assert path.read_bytes() == content


def test_a_byte_order_mark_does_no_harm(book: FolderWorkbook) -> None:
    text = '\ufeff{"schema": "coursekit.responses/1", "responses": {"p1": {"value": 3}}}'
    (book.folder / "responses.json").write_text(text, encoding="utf-8")
    assert book.find_response(P1) == {"value": 3}


def test_a_power_cut_while_writing_leaves_the_old_answers(
    book: FolderWorkbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.save_response(P1, {"value": 3})
    before = (book.folder / "responses.json").read_bytes()

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadInput, match="No space left") as caught:
        book.save_response(P1, {"value": 4})
    assert caught.value.code == "cannot-save"
    assert (book.folder / "responses.json").read_bytes() == before
    assert not list(book.folder.glob(".*.tmp"))


def test_the_bytes_are_on_the_disk_before_the_name_is(
    book: FolderWorkbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda n: (steps.append("fsync"), fsync(n))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (steps.append("replace"), replace(a, b))[1])
    book.save_response(P1, {"value": 3})
    assert steps == ["fsync", "replace"]


def test_two_kernels_do_not_lose_each_others_answers(folder: Path) -> None:
    def answer(prompt: PromptId) -> None:
        own = FolderWorkbook.open(folder)
        for value in range(25):
            own.save_response(prompt, {"value": value})

    threads = [threading.Thread(target=answer, args=(p,)) for p in (P1, P2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book = FolderWorkbook.open(folder)
    assert (book.find_response(P1), book.find_response(P2)) == ({"value": 24}, {"value": 24})


def test_prose_is_not_put_into_responses(book: FolderWorkbook) -> None:
    with pytest.raises(BadInput, match="belongs in its cell"):
        book.save_response(P3, {"text": "…"})


# answers in the notebook


@pytest.mark.parametrize(
    "metadata", [{"coursekit": {"prompt": {"id": "p3"}}}, {"nbgrader": {"grade_id": "p3"}}]
)
def test_prose_is_the_source_of_its_cell(book: FolderWorkbook, metadata: dict[str, Any]) -> None:
    write_notebook(
        book.folder, cell("Not this.", nbgrader={"grade_id": "p30"}), cell(["Ja,\n", "das."], **metadata)
    )
    assert book.find_response(P3) == {"text": "Ja,\ndas."}


@pytest.mark.parametrize(
    "stub",
    [
        "",
        " \n ",
        "YOUR ANSWER HERE",
        "Write your answer here.",
        "*Write your answer here.*",
        "**YOUR ANSWER HERE**\n",
        "_Write your answer here._",
    ],
)
def test_a_stub_is_no_answer(book: FolderWorkbook, stub: str) -> None:
    write_notebook(book.folder, cell(stub, nbgrader={"grade_id": "p3"}))
    assert book.find_response(P3) is None


def test_an_answer_that_quotes_the_stub_is_an_answer(book: FolderWorkbook) -> None:
    write_notebook(book.folder, cell("YOUR ANSWER HERE\nBecause of 65.", nbgrader={"grade_id": "p3"}))
    assert book.find_response(P3) == {"text": "YOUR ANSWER HERE\nBecause of 65."}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("# YOUR CODE HERE\nraise NotImplementedError()", None),
        ("x = 1\nraise NotImplementedError()", None),
        ("missing = expected - observed", {"code": "missing = expected - observed"}),
    ],
)
def test_code_with_its_stub_is_no_answer(book: FolderWorkbook, code: str, found: Any) -> None:
    write_notebook(book.folder, cell(code, nbgrader={"grade_id": "p4"}))
    assert book.find_response(P4) == found


def test_a_pasted_copy_that_is_still_the_stub_does_no_harm(book: FolderWorkbook) -> None:
    mark = {"grade_id": "p3"}
    write_notebook(book.folder, cell("YOUR ANSWER HERE", nbgrader=mark), cell("Mine.", nbgrader=mark))
    assert book.find_response(P3) == {"text": "Mine."}


def test_two_different_answers_to_one_prompt_are_never_guessed_between(book: FolderWorkbook) -> None:
    mark = {"grade_id": "p3"}
    write_notebook(book.folder, cell("One.", nbgrader=mark), cell("Two.", nbgrader=mark))
    with pytest.raises(BadInput) as caught:
        book.find_response(P3)
    assert caught.value.code == "two-answers"


def test_a_renamed_notebook_is_asked_for_by_its_name(book: FolderWorkbook) -> None:
    (book.folder / "spike-at-65.ipynb").rename(book.folder / "copy.ipynb")
    with pytest.raises(BadInput, match=r"spike-at-65\.ipynb is not in this folder"):
        book.find_response(P3)


@pytest.mark.parametrize("content", ["", "{", "{}", '{"cells": 1}'])
def test_a_broken_notebook_is_named(book: FolderWorkbook, content: str) -> None:
    (book.folder / "spike-at-65.ipynb").write_text(content)
    with pytest.raises(BadInput, match=r"spike-at-65\.ipynb"):
        book.find_response(P3)


def test_odd_cells_are_passed_over(book: FolderWorkbook) -> None:
    odd: list[Any] = [
        None,
        {"metadata": None},
        {"metadata": {"coursekit": 3, "nbgrader": []}},
        {"metadata": {"coursekit": {"prompt": "p3"}}},
    ]
    write_notebook(book.folder, *odd, cell("Mine.", nbgrader={"grade_id": "p3"}))
    assert book.find_response(P3) == {"text": "Mine."}


# what is handed in


def test_only_the_learners_files_are_handed_in(book: FolderWorkbook, fetched: Callable[..., None]) -> None:
    fetched(exhibits__scores=b"a,b\n", exhibits__rooms=b"c,d\n")
    folder = book.folder
    (folder / "exhibits/rooms.csv").write_bytes(b"changed")
    (folder / "mine.txt").write_text("notes")
    book.save_response(P1, {"value": 3})
    for unwanted in (
        ".hidden",
        ".ipynb_checkpoints/spike-at-65-checkpoint.ipynb",
        "__pycache__/x.py",
        "helper.pyc",
        "feedback/2027/spike-at-65.html",
    ):
        (folder / unwanted).parent.mkdir(parents=True, exist_ok=True)
        (folder / unwanted).write_text("x")
    (folder / "notes").mkdir()
    (folder / "notes/feedback").mkdir()
    (folder / "notes/feedback/own.md").write_text("mine too")
    assert list(submitted(book)) == [
        "exhibits/rooms.csv",
        "mine.txt",
        "notes/feedback/own.md",
        "responses.json",
        "spike-at-65.ipynb",
    ]
    assert submitted(book)["exhibits/rooms.csv"] == b"changed"


def test_notebook_and_responses_go_even_when_unchanged(
    book: FolderWorkbook, folder: Path, fetched: Callable[..., None]
) -> None:
    book.save_response(P1, {"value": 3})
    own = {n: sha256((folder / n).read_bytes()) for n in ("spike-at-65.ipynb", "responses.json")}
    keep_release(folder, book.course, book.module, ReleaseNumber(1), "", own)
    assert list(submitted(book)) == ["responses.json", "spike-at-65.ipynb"]


def test_links_are_never_followed(book: FolderWorkbook, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "secret.txt").write_text("secret")
    (book.folder / "linked.txt").symlink_to(elsewhere / "secret.txt")
    (book.folder / "linked-folder").symlink_to(elsewhere)
    (book.folder / "circle").symlink_to(book.folder)
    (book.folder / "nowhere").symlink_to(book.folder / "gone")
    os.mkfifo(book.folder / "pipe")
    assert list(submitted(book)) == ["spike-at-65.ipynb"]


def test_a_linked_notebook_is_refused_instead_of_left_out(book: FolderWorkbook) -> None:
    notebook = book.folder / "spike-at-65.ipynb"
    notebook.rename(book.folder / "real.ipynb")
    notebook.symlink_to(book.folder / "real.ipynb")
    with pytest.raises(BadInput, match="is a link"):
        book.files_to_submit()


def test_a_damaged_record_of_the_release_does_not_stop_a_submission(
    book: FolderWorkbook, fetched: Callable[..., None]
) -> None:
    fetched(exhibits__scores=b"a,b\n")
    (book.folder / ".coursekit/release.json").write_text("{")
    assert "spike-at-65.ipynb" in submitted(book)
    assert book.release is None
    with pytest.raises(BadInput, match=r"release\.json"):
        find_kept_release(book.folder)


# what comes back


def test_the_release_is_remembered(book: FolderWorkbook, fetched: Callable[..., None]) -> None:
    fetched(3, exhibits__scores=b"a,b\n")
    kept = find_kept_release(book.folder)
    assert kept is not None
    assert (kept.release, kept.service) == (3, "https://exchange.example")
    assert book.release == 3


CELLS = (
    RevealedCell("r1", "markdown", "**What happened**"),
    RevealedCell(
        "r2", "code", "", ({"output_type": "display_data", "data": {"image/png": "eA=="}},), "Bars."
    ),
)


def test_a_commitment_is_kept_with_its_reveal(book: FolderWorkbook) -> None:
    assert book.find_commitment(P2) is None
    assert book.find_reveal(P2) is None
    book.keep_commitment(P2, {"choice": "wait", "reason": "ü"}, receipt(), CELLS, [])
    again = FolderWorkbook.open(book.folder)
    assert again.find_commitment(P2) == ({"choice": "wait", "reason": "ü"}, receipt())
    assert again.find_reveal(P2) == CELLS
    assert again.find_commitment(P1) is None


def test_a_damaged_commitment_says_how_to_get_it_back(book: FolderWorkbook) -> None:
    book.keep_commitment(P2, {"choice": "wait"}, receipt(), CELLS, [])
    (book.folder / ".coursekit/commitments/p2.json").write_text('{"response": {}}')
    with pytest.raises(BadInput, match=r"p2\.json") as caught:
        book.find_commitment(P2)
    assert "commit p2 again" in caught.value.next_step


def test_revealed_files_take_their_places_and_are_not_handed_in(
    book: FolderWorkbook, fetched: Callable[..., None]
) -> None:
    fetched(exhibits__rooms=b"old")
    book.keep_commitment(
        P2, {}, receipt(), (), [("exhibits/scores.csv", b"1,2\n"), ("exhibits/rooms.csv", b"new")]
    )
    assert (book.folder / "exhibits/scores.csv").read_bytes() == b"1,2\n"
    # As it came with the release: nobody's work is in it.
    assert (book.folder / "exhibits/rooms.csv").read_bytes() == b"new"
    assert list(submitted(book)) == ["spike-at-65.ipynb"]
    assert book.release == 1
    (book.folder / "exhibits/scores.csv").write_text("edited")
    assert "exhibits/scores.csv" in submitted(book)


def test_a_learners_file_is_never_overwritten(book: FolderWorkbook, fetched: Callable[..., None]) -> None:
    fetched(exhibits__scores=b"as released")
    (book.folder / "exhibits/scores.csv").write_bytes(b"mine")
    for _ in range(2):
        book.keep_commitment(P2, {}, receipt(), (), [("exhibits/scores.csv", b"1,2\n")])
    assert (book.folder / "exhibits/scores.csv").read_bytes() == b"mine"
    assert (book.folder / "exhibits/scores.revealed.csv").read_bytes() == b"1,2\n"
    assert not (book.folder / "exhibits/scores.revealed-2.csv").exists()
    assert list(submitted(book)) == ["exhibits/scores.csv", "spike-at-65.ipynb"]
    (book.folder / "exhibits/scores.revealed.csv").write_bytes(b"mine as well")
    book.keep_commitment(P2, {}, receipt(), (), [("exhibits/scores.csv", b"1,2\n")])
    assert (book.folder / "exhibits/scores.revealed.csv").read_bytes() == b"mine as well"
    assert (book.folder / "exhibits/scores.revealed-2.csv").read_bytes() == b"1,2\n"


def test_a_folder_or_a_link_in_the_place_of_a_revealed_file_stays(
    book: FolderWorkbook, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x"
    outside.write_text("outside")
    (book.folder / "linked.csv").symlink_to(outside)
    (book.folder / "folder.csv").mkdir()
    # Opening a pipe waits for a writer, unless one is careful.
    os.mkfifo(book.folder / "pipe.csv")
    book.keep_commitment(
        P2,
        {},
        receipt(),
        (),
        [("linked.csv", b"1"), ("folder.csv", b"2"), ("pipe.csv", b"4"), ("README", b"3")],
    )
    assert outside.read_text() == "outside"
    assert (book.folder / "linked.revealed.csv").read_bytes() == b"1"
    assert (book.folder / "folder.revealed.csv").read_bytes() == b"2"
    assert (book.folder / "pipe.revealed.csv").read_bytes() == b"4"
    assert (book.folder / "README").read_bytes() == b"3"


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", ".coursekit/release.json", "a/../../x", "prompts.json", "Responses.JSON"]
)
def test_a_revealed_file_stays_below_the_folder_and_off_the_learners_own(
    book: FolderWorkbook, path: str
) -> None:
    before = sorted(p.name for p in book.folder.parent.iterdir())
    with pytest.raises(BadInput):
        book.keep_commitment(P2, {"choice": "wait"}, receipt(), CELLS, [("good.csv", b"1"), (path, b"evil")])
    # The receipt is worth more than the file.
    assert book.find_commitment(P2) == ({"choice": "wait"}, receipt())
    assert (book.folder / "good.csv").read_bytes() == b"1"
    assert "good.csv" not in submitted(book)
    assert sorted(p.name for p in book.folder.parent.iterdir()) == before
    assert not any(p.read_bytes() == b"evil" for p in book.folder.rglob("*") if p.is_file())


def test_a_linked_folder_is_not_written_through(
    book: FolderWorkbook, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (book.folder / "exhibits").symlink_to(outside)
    with pytest.raises(BadInput) as caught:
        book.keep_commitment(P2, {}, receipt(), (), [("exhibits/scores.csv", b"1")])
    assert caught.value.code == "in-the-way"
    assert not list(outside.iterdir())


def test_a_second_fetch_remembers_what_was_revealed(
    book: FolderWorkbook, fetched: Callable[..., None]
) -> None:
    fetched(exhibits__rooms=b"r")
    book.keep_commitment(P2, {}, receipt(), (), [("exhibits/scores.csv", b"1,2\n")])
    fetched(2, exhibits__rooms=b"r2")
    assert book.release == 2
    assert list(submitted(book)) == ["spike-at-65.ipynb"]


def test_a_submissions_receipt_is_kept_under_its_number(book: FolderWorkbook) -> None:
    book.keep_submission(receipt("01J8-abc", ReceiptKind.SUBMISSION))
    kept = json.loads((book.folder / ".coursekit/submissions/01J8-abc.json").read_text())
    assert kept["receipt"]["subject"] == "01J8-abc"
    with pytest.raises(BadInput):
        book.keep_submission(receipt("../../x", ReceiptKind.SUBMISSION))


def test_stubs_are_stubs_of_their_kind() -> None:
    assert all(is_stub(stub, PromptKind.REFLECTION) for stub in STUBS)
    assert not is_stub("I would raise NotImplementedError() here", PromptKind.REFLECTION)


def test_answers_are_read_from_what_was_read_before(book: FolderWorkbook, folder: Path) -> None:
    """What is sealed with a hand-in is what stands in the bytes that are handed in, whatever is saved meanwhile."""
    book.save_response(P1, {"value": 3})
    write_notebook(folder, cell("Mine.", coursekit={"prompt": {"id": "p3"}}))
    files = dict(book.files_to_submit())
    book.save_response(P1, {"value": 4})
    write_notebook(folder, cell("Another.", coursekit={"prompt": {"id": "p3"}}))
    assert (book.find_response(P1, files), book.find_response(P3, files)) == ({"value": 3}, {"text": "Mine."})
    assert (book.find_response(P1), book.find_response(P3)) == ({"value": 4}, {"text": "Another."})
    assert book.find_response(P1, {"spike-at-65.ipynb": files["spike-at-65.ipynb"]}) is None
    with pytest.raises(BadInput) as caught:
        book.find_response(P3, {})
    assert caught.value.code == "no-notebook"
    with pytest.raises(BadInput) as caught:
        book.find_response(P1, {"responses.json": b"{"})
    assert caught.value.code == "damaged-file"


def test_revisions_are_found_oldest_first_and_damaged_ones_left_out(
    book: FolderWorkbook, folder: Path
) -> None:
    later = replace(receipt(), at="2027-01-12T08:00:00.000000Z", digest=sha256(b"y"))
    for kept in (later, receipt(), receipt("p1")):
        book.keep_revision(kept)
    # The revision of a prompt whose id begins alike.
    hidden.write_revision(folder, receipt("p2-b"))
    for name, content in {
        "p2-0.json": "{",
        "p2-1.json": '{"receipt": {"kind": 3}}',
        "p2-2.json": "{}",
    }.items():
        (folder / ".coursekit" / "revisions" / name).write_text(content)
    assert book.find_revisions(P2) == (receipt(), later)
    assert book.find_revisions(P3) == ()
    for kept in (later, receipt()):
        assert (folder / hidden.path_of_revision(kept)).is_file()


def test_a_release_with_rubrics_and_an_older_one(folder: Path) -> None:
    assert FolderWorkbook.open(folder).rubrics == {}
    value = json.loads((folder / "prompts.json").read_text())
    shown = {
        "title": "A view",
        "criteria": [{"id": "a", "ask": "Says it.", "levels": {"0": "No.", "1": "Yes."}}],
    }
    (folder / "prompts.json").write_text(json.dumps(value | {"rubrics": {"view": shown, "broken": 3}}))
    rubrics = FolderWorkbook.open(folder).rubrics
    assert {name: rubric.title for name, rubric in rubrics.items()} == {"view": "A view"}
