"""Grading with the real gradebook and the real folders; only the engine is a twin."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import stat
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import marked
from support.marked import EXTRA, MASTER, MODULE, gradebook, hand_in, make_course
from support.plain_engine import PlainEngine
from support.small_course import Course

from coursekit.model.errors import BadInput, NotNow, ServiceFault
from coursekit.model.gradereport import Kind, Report
from coursekit.model.grading import Limits, Remark
from coursekit.services.grade import grade
from coursekit.store.marking import MarkWriter
from coursekit.store.submissions import read_collected

WRONG = {"sum": "def total(hours):\n    return 3", "essay": "Because.", "sketch": "1"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Two courses as nbgrader generates them; each test has a copy."""
    tmp = tmp_path_factory.mktemp("made")
    return {
        "one": make_course(tmp / "one"),
        "two": make_course(tmp / "two", {"main": MASTER, "more": EXTRA}),
    }


def copy(made: Mapping[str, Path], which: str, tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(made[which], root)
    return Course(root)


@pytest.fixture
def course(made: Mapping[str, Path], tmp_path: Path) -> Course:
    """With one notebook, and what ada and bob handed in; bob is wrong."""
    one = copy(made, "one", tmp_path)
    hand_in(one.root, "ada")
    hand_in(one.root, "bob", WRONG)
    return one


@pytest.fixture
def two(made: Mapping[str, Path], tmp_path: Path) -> Course:
    """With two notebooks."""
    return copy(made, "two", tmp_path)


def codes(report: Report, learner: str) -> list[str]:
    return [remark.code for note in report.notes if note.learner == learner for remark in note.remarks]


# what is written


def test_marks_folder_and_outputs(course: Course) -> None:
    report = course.grade()
    assert (report.graded, report.skipped, report.waiting, report.notes) == (2, 0, 2, ())
    assert course.grades("ada") == {
        "test_sum": (2, None, None, False),
        "test_more": (1.5, None, None, False),
        "essay": (None, None, None, True),
        "sketch": (None, None, None, True),
        "task": (None, None, None, True),
    }
    assert course.grades("bob")["test_sum"] == (0, None, None, False)
    assert course.rows()["ada"]["timestamp"] == datetime(2027, 1, 24, 10)
    folder = course.root / "autograded" / "ada" / MODULE
    # The author's file stands over the learner's, and nbgrader's own modes hold.
    assert (folder / "rooms.csv").read_text() == "room,hours\nA,2\n"
    assert sorted(p.name for p in folder.iterdir()) == [
        "main.ipynb",
        "notes.txt",
        "rooms.csv",
        "timestamp.txt",
    ]
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o444}
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in course.notebook("ada")["cells"]}
    assert cells["test_more"]["outputs"][0]["data"]["text/plain"] == "1.5"
    assert "HIDDEN" in cells["test_sum"]["source"]
    # The engine has what the learner handed in, but for the author's: the notebook without hidden tests.
    files = dict(course.engine.jobs[0].files)
    assert files.keys() == {"main.ipynb", "notes.txt", "timestamp.txt"}
    assert b"HIDDEN" not in files["main.ipynb"]


def test_nothing_but_a_comment_is_said_of_an_untouched_answer(course: Course) -> None:
    hand_in(course.root, "cleo", {})
    course.grade()
    cleo = course.rows()["cleo"]["notebooks"]["main"]
    assert cleo["grades"]["essay"] == (0, None, None, False)
    assert cleo["comments"]["essay"] == ("No response.", None)
    assert cleo["comments"]["sum"] == ("No response.", None)
    assert cleo["comments"]["task"] == (None, None)


def test_a_learners_file_gives_way_where_the_author_has_a_folder(course: Course) -> None:
    (course.root / "source" / MODULE / "data").mkdir()
    (course.root / "source" / MODULE / "data" / "a.csv").write_text("author")
    submitted = course.root / "submitted" / "ada" / MODULE
    (submitted / "data").write_text("a file")
    (submitted / "rooms.csv").unlink()
    (submitted / "rooms.csv").mkdir()
    (submitted / "rooms.csv" / "b.txt").write_text("in a folder")
    assert course.grade().graded == 2
    folder = course.root / "autograded" / "ada" / MODULE
    assert (folder / "data" / "a.csv").read_text() == "author"
    assert (folder / "rooms.csv").is_file()


# what is left alone


def test_what_is_unchanged_is_left_alone_and_no_worker_is_asked(course: Course) -> None:
    course.grade()
    before = course.all_files()

    class Nobody:
        def run(self, jobs: Any) -> Any:
            raise AssertionError("nothing was to run")

    engine, course.engine = course.engine, Nobody()  # type: ignore[assignment]
    course.engine.jobs = []
    report = course.grade()
    assert (report.graded, report.skipped, report.notes) == (0, 2, ())
    assert course.all_files() == before
    course.engine = engine
    assert course.grade(force=True).graded == 2
    assert course.ran() == ["ada/main", "bob/main"]


@pytest.mark.parametrize("what", ["answer", "file", "folder", "row", "record", "damaged"])
def test_what_changed_for_one_is_graded_again_for_one(course: Course, what: str) -> None:
    course.grade()
    submitted = course.root / "submitted" / "ada" / MODULE
    record = course.root / ".coursekit" / "graded" / MODULE / "ada.json"
    if what == "answer":
        hand_in(course.root, "ada", WRONG)
    elif what == "file":
        (submitted / "notes.txt").write_text("other notes")
    elif what == "folder":
        shutil.rmtree(course.root / "autograded" / "ada")
    elif what == "row":
        with gradebook(course.url) as opened:
            opened.remove_submission(MODULE, "ada")
    elif what == "record":
        record.unlink()
    else:
        record.write_bytes(record.read_bytes()[:50])
    report = course.grade()
    assert (report.graded, report.skipped) == (1, 1)
    assert course.ran() == ["ada/main"]
    assert course.grade().skipped == 2


@pytest.mark.parametrize(
    "changes", [{"version": "2"}, {"limits": Limits(cell_seconds=1)}, {"hidden_tests": ("A", "B")}]
)
def test_what_changed_for_all_is_graded_again_for_all(course: Course, changes: dict[str, Any]) -> None:
    course.grade()
    course.changes = changes
    assert course.grade().graded == 2


def test_a_new_test_or_author_file_is_graded_again_for_all(course: Course) -> None:
    course.grade()
    (course.root / "source" / MODULE / "rooms.csv").write_text("room,hours\nA,3\n")
    assert course.grade().graded == 2
    with gradebook(course.url) as opened:
        cell = opened.find_source_cell("test_sum", "main", MODULE)
        cell.source = "assert total([1]) == 3"
        opened.db.commit()
    assert course.grade().graded == 2
    assert course.grades("bob")["test_sum"][0] == 2


def test_another_due_date_is_graded_again_for_whom_it_matters(course: Course) -> None:
    hand_in(course.root, "late", at="2027-01-25 10:00:00.000000 UTC")
    with gradebook(course.url) as opened:
        opened.update_or_create_assignment(MODULE, duedate="2027-01-24 12:00")
    course.grade()
    assert course.rows()["late"]["notebooks"]["main"]["penalty"] == 1
    with gradebook(course.url) as opened:
        opened.grant_extension(MODULE, "late", days=3)
    assert course.grade().graded == 1
    assert course.ran() == ["late/main"]
    assert course.rows()["late"]["notebooks"]["main"]["penalty"] is None


# a person's marks


def test_a_persons_mark_stays_done_while_the_answer_is_the_same(course: Course) -> None:
    course.grade()
    course.mark("ada", "essay", 3.5)
    course.mark("ada", "test_sum", 1)
    course.mark("ada", "task", 5)
    course.grade(force=True)
    grades = course.grades("ada")
    assert grades["essay"] == (None, 3.5, None, False)
    assert grades["test_sum"] == (2, 1, None, False)
    assert grades["task"] == (None, 5, None, False)
    hand_in(course.root, "ada", {**marked.ANSWERS, "essay": "Because of the lamp."})
    course.grade()
    grades = course.grades("ada")
    assert grades["essay"] == (None, 3.5, None, True)
    # The code is what it was; what a task is judged by is all that was written.
    assert grades["test_sum"] == (2, 1, None, False)
    assert grades["task"] == (None, 5, None, True)
    # A grading without a grader in between settles nothing.
    course.grade(force=True)
    assert course.grades("ada")["essay"] == (None, 3.5, None, True)
    course.mark("ada", "essay", 4)
    course.grade(force=True)
    assert course.grades("ada")["essay"] == (None, 4, None, False)


def test_another_result_of_a_test_asks_the_person_again(course: Course) -> None:
    course.grade()
    course.mark("ada", "test_sum", 1)
    with gradebook(course.url) as opened:
        opened.find_source_cell("test_sum", "main", MODULE).source = "assert total([1]) == 99"
        opened.db.commit()
    course.grade()
    assert course.grades("ada")["test_sum"] == (0, 1, None, True)


def test_marks_given_after_nbgraders_own_grading_stay_done_too(course: Course) -> None:
    marked.run_nbgrader(course.root, "AutogradeApp", MODULE)
    course.mark("ada", "essay", 3.5)
    course.mark("bob", "essay", 2)
    hand_in(course.root, "bob", {**WRONG, "essay": "Another answer."})
    assert course.grade().graded == 2
    assert course.grades("ada")["essay"] == (None, 3.5, None, False)
    assert course.grades("bob")["essay"] == (None, 2, None, True)


# bad ones among good ones


def test_one_that_cannot_be_read_waits_for_a_person_and_stops_nobody(course: Course) -> None:
    broken = hand_in(course.root, "anna") / "main.ipynb"
    broken.write_bytes(broken.read_bytes()[:900] + b"<script>alert(1)</script>\x1b[2J")
    report = course.grade()
    assert report.graded == 3
    assert course.grades("ada")["test_sum"] == (2, None, None, False)
    assert set(course.grades("anna").values()) == {(None, None, None, True)}
    assert [(n.learner, n.kind) for n in report.notes] == [("anna", Kind.PERSON)]
    folder = course.root / "autograded" / "anna" / MODULE
    assert (folder / "main.ipynb.handed-in.txt").read_bytes() == broken.read_bytes()
    # A page for formgrader: what was handed in as text, and the author's cells to mark.
    page = course.notebook("anna")
    assert "could not be graded by itself" in page["cells"][0]["source"]
    assert "<script>alert(1)</script>" in page["cells"][1]["source"]
    assert page["cells"][1]["cell_type"] == "code"
    assert "\x1b" not in page["cells"][1]["source"]
    known = {c["metadata"].get("nbgrader", {}).get("grade_id") for c in page["cells"]}
    assert known >= {"test_sum", "essay", "task"}
    import nbformat

    nbformat.validate(nbformat.from_dict(page))
    assert course.grade().skipped == 3
    course.mark("anna", "essay", 2)
    course.grade(force=True)
    assert course.grades("anna")["essay"] == (None, 2, None, False)


def test_a_folder_that_cannot_be_graded_is_named_and_stops_nobody(course: Course) -> None:
    (course.root / "submitted" / "carl").mkdir()
    (course.root / "submitted" / "carl" / MODULE).symlink_to(course.root / "submitted" / "ada" / MODULE)
    (course.root / "submitted" / "dora").mkdir()
    (course.root / "submitted" / "dora" / MODULE).write_text("no folder")
    report = course.grade()
    assert report.graded == 2
    assert [(n.learner, n.kind, n.remarks[0].code) for n in report.notes] == [
        ("carl", Kind.FAILED, "submission-is-a-link"),
        ("dora", Kind.FAILED, "unreadable-folder"),
    ]
    assert sorted(course.rows()) == ["ada", "bob"]


def test_a_flaw_of_ours_stops_nobody_and_costs_no_answer(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coursekit.services import grade as verb

    hand_in(course.root, "anna", {**marked.ANSWERS, "essay": "TRIP"})
    true_score, true_repair = verb.scoring.score, verb.repair

    def score(notebook: Any, *rest: Any) -> Any:
        if "TRIP" in json.dumps(notebook.notebook):
            raise ZeroDivisionError("\x1b[2J")
        return true_score(notebook, *rest)

    monkeypatch.setattr(verb.scoring, "score", score)
    report = course.grade()
    assert report.graded == 3
    assert codes(report, "anna") == ["unexpected"]
    assert "ZeroDivisionError" in report.notes[0].remarks[0].detail
    assert "\x1b" not in report.notes[0].remarks[0].detail
    assert set(course.grades("anna").values()) == {(None, None, None, True)}
    assert b"TRIP" in course.all_files()[f"anna/{MODULE}/main.ipynb.handed-in.txt"]
    monkeypatch.undo()

    def repair(content: bytes, *rest: Any) -> Any:
        if b"TRIP" in content:
            raise RecursionError
        return true_repair(content, *rest)

    monkeypatch.setattr(verb, "repair", repair)
    assert codes(course.grade(force=True), "anna") == ["unexpected"]


def test_a_plugin_that_fails_is_that_learners_alone(course: Course) -> None:
    def penalty(learner: str, points: float, seconds: float) -> float:
        raise ZeroDivisionError

    course.penalty = penalty
    hand_in(course.root, "late", at="2027-01-25 10:00:00.000000 UTC")
    with gradebook(course.url) as opened:
        opened.update_or_create_assignment(MODULE, duedate="2027-01-24 12:00")
    report = course.grade()
    assert report.graded == 2
    assert [(n.learner, n.kind) for n in report.notes] == [("late", Kind.FAILED)]
    assert sorted(course.rows()) == ["ada", "bob"]
    assert not (course.root / "autograded" / "late").exists()


def test_alarms_and_suspicions_give_no_mark_and_name_the_culprit(course: Course) -> None:
    course.engine = PlainEngine(alarms={"ada/main": Remark("forged-check", "A test did not answer.")})
    hand_in(course.root, "anna", {**marked.ANSWERS, "sum": "import ctypes\n" + marked.ANSWERS["sum"]})
    report = course.grade()
    assert course.grades("ada")["test_sum"] == (None, None, None, True)
    assert course.grades("anna")["test_sum"] == (None, None, None, True)
    assert course.grades("bob")["test_sum"] == (0, None, None, False)
    assert {n.learner: n.kind for n in report.notes} == {"ada": Kind.PERSON, "anna": Kind.PERSON}
    assert codes(report, "ada") == ["forged-check"]
    assert codes(report, "anna") == ["reaches-into-memory"]


def test_trouble_in_a_run_is_noted_and_mends_are_told(course: Course) -> None:
    def lose(notebook: dict[str, Any]) -> None:
        notebook["cells"] = [c for c in notebook["cells"] if c["id"] != "task"]

    course.engine = PlainEngine(
        trouble={"ada/main": Remark("too-slow", "A cell took longer than 30 seconds.")}
    )
    hand_in(course.root, "anna", change=lose)
    report = course.grade()
    assert {n.learner: n.kind for n in report.notes} == {"ada": Kind.NOTED, "anna": Kind.MENDED}
    assert codes(report, "ada") == ["too-slow"]
    assert codes(report, "anna") == ["missing-cell"]


DIED = Remark("kernel-died", "The Python process that ran this notebook ended in a cell.")


def test_what_was_cut_short_by_accident_runs_once_more(course: Course) -> None:
    course.engine = PlainEngine(trouble={"ada/main": DIED}, times=1)
    report = course.grade()
    assert course.ran() == ["ada/main", "bob/main", "ada/main"]
    assert (report.graded, report.notes) == (2, ())
    assert course.grades("ada")["test_sum"] == (2, None, None, False)


@pytest.mark.parametrize(
    "more",
    [
        {"trouble": {"ada/main": DIED}},
        {"trouble": {"ada/main": Remark("too-slow", "Too slow.")}},
        {"trouble": {"ada/main": DIED}, "alarms": {"ada/main": Remark("forged-check", "Forged.")}},
    ],
)
def test_what_ends_by_its_own_doing_is_not_run_for_ever(course: Course, more: dict[str, Any]) -> None:
    course.engine = PlainEngine(**more)
    report = course.grade()
    assert report.graded == 2
    is_accident = more["trouble"]["ada/main"] is DIED and "alarms" not in more
    assert course.ran().count("ada/main") == (2 if is_accident else 1)
    assert [note.learner for note in report.notes] == ["ada"]


def test_a_time_that_is_none_is_told(course: Course) -> None:
    hand_in(course.root, "ada", at="yesterday evening")
    report = course.grade()
    assert codes(report, "ada") == ["no-time"]
    assert course.rows()["ada"]["timestamp"] is None


# several notebooks


def test_several_notebooks_are_one_submission(two: Course) -> None:
    twice = {**marked.ANSWERS, "twice": "def twice(n):\n    return 2 * n"}
    hand_in(two.root, "ada", twice, names=("main", "more"))
    report = two.grade()
    assert (report.graded, report.notes) == (1, ())
    assert two.ran() == ["ada/main", "ada/more"]
    assert two.grades("ada", "more")["test_twice"] == (1, None, None, False)
    assert two.grades("ada", "main")["test_sum"] == (2, None, None, False)


def test_one_that_was_not_handed_in_gets_nothing_as_with_nbgrader(two: Course) -> None:
    hand_in(two.root, "ada")
    report = two.grade()
    assert two.grades("ada", "more")["test_twice"] == (0, None, None, False)
    assert codes(report, "ada") == ["missing-notebook"]
    assert not (two.root / "autograded" / "ada" / MODULE / "more.ipynb").exists()


def test_one_under_another_name_is_taken_for_the_one_it_is(two: Course) -> None:
    folder = hand_in(two.root, "ada", names=("main", "more"))
    (folder / "main.ipynb").rename(folder / "Copy of main.ipynb")
    report = two.grade()
    assert two.grades("ada", "main")["test_sum"] == (2, None, None, False)
    assert codes(report, "ada") == ["renamed-notebook"]
    assert not (two.root / "autograded" / "ada" / MODULE / "Copy of main.ipynb").exists()


def test_where_nobody_can_say_which_it_is_a_person_does(two: Course) -> None:
    folder = hand_in(two.root, "ada", names=("main", "more"))
    shutil.copy(folder / "main.ipynb", folder / "a.ipynb")
    (folder / "main.ipynb").rename(folder / "b.ipynb")
    report = two.grade()
    assert report.notes[0].kind is Kind.PERSON
    assert "ambiguous-notebook" in codes(report, "ada")
    assert two.grades("ada", "main")["test_sum"] == (None, None, None, True)
    names = {p.name for p in (two.root / "autograded" / "ada" / MODULE).iterdir()}
    assert {"a.ipynb.handed-in.txt", "b.ipynb.handed-in.txt", "main.ipynb", "more.ipynb"} <= names


def test_where_no_notebook_was_handed_in_a_person_decides(two: Course) -> None:
    folder = two.root / "submitted" / "ada" / MODULE
    folder.mkdir(parents=True)
    (folder / "essay.docx").write_bytes(b"PK")
    report = two.grade()
    assert (report.graded, report.notes[0].kind) == (1, Kind.PERSON)
    assert set(two.grades("ada", "main").values()) == {(None, None, None, True)}
    assert (two.root / "autograded" / "ada" / MODULE / "essay.docx").is_file()
    assert two.ran() == []


# cut short


class Killed:
    """A part that ends the process around one of its calls."""

    def __init__(self, part: Any, call: str, after: bool) -> None:
        self._part, self._call, self._after = part, call, after

    def __getattr__(self, name: str) -> Any:
        true = getattr(self._part, name)
        if name != self._call:
            return true

        def call(*arguments: Any) -> Any:
            if self._after:
                true(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)

        return call


@pytest.mark.parametrize("again", [False, True], ids=["first time", "again"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", ["prepare", "write", "place", "keep"])
def test_killed_at_any_step_the_next_time_finishes(
    course: Course, call: str, after: bool, again: bool
) -> None:
    if again:
        course.grade()
        course.mark("ada", "essay", 3)
        hand_in(course.root, "ada", {**marked.ANSWERS, "sum": WRONG["sum"]})
        hand_in(course.root, "bob", {**marked.ANSWERS, "essay": "New."})
    whole = Course(course.root.with_name("whole"))
    shutil.copytree(course.root, whole.root, symlinks=True)
    whole.grade()

    def run() -> None:
        def wrap(graded: Any, marking: Any) -> tuple[Any, Any]:
            return Killed(graded, call, after), Killed(marking, call, after)

        course.grade(wrap=wrap)

    # A fork: importing nbgrader anew would take seconds each time.
    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    report = course.grade()
    done_before = call == "keep" and after
    assert (report.graded, report.skipped) == ((1, 1) if done_before else (2, 0))
    assert course.rows() == whole.rows()
    assert course.all_files() == whole.all_files()
    assert course.grade().skipped == 2


def test_a_gradebook_that_goes_away_stops_the_batch_and_keeps_what_is_done(course: Course) -> None:
    class Away:
        def __init__(self, marking: Any) -> None:
            self._marking, self._left = marking, 1

        def __getattr__(self, name: str) -> Any:
            return getattr(self._marking, name)

        def write(self, group: Any) -> None:
            if not self._left:
                raise NotNow("gradebook-away", "It is locked.", "Try again.")
            self._left -= 1
            self._marking.write(group)

    with pytest.raises(NotNow):
        course.grade(wrap=lambda graded, marking: (graded, Away(marking)))
    assert not course.engine.is_running
    assert sorted(course.rows()) == ["ada"]
    report = course.grade()
    assert (report.graded, report.skipped) == (1, 1)


def test_a_full_disk_stops_the_batch_with_a_sentence(course: Course) -> None:
    class Full:
        def __init__(self, graded: Any) -> None:
            self._graded = graded

        def __getattr__(self, name: str) -> Any:
            return getattr(self._graded, name)

        def prepare(self, files: Any) -> str:
            raise OSError(28, "No space left on device")

    with pytest.raises(NotNow) as caught:
        course.grade(wrap=lambda graded, marking: (Full(graded), marking))
    assert caught.value.code == "no-room"
    assert course.rows() == {}


def test_an_engine_that_gives_up_keeps_what_is_done(course: Course) -> None:
    def fail(job: Any) -> None:
        if job.key == "bob/main":
            raise ServiceFault("worker-did-not-start", "It did not start.", "Look.")

    course.engine = PlainEngine(fail)
    with pytest.raises(ServiceFault):
        course.grade()
    assert sorted(course.rows()) == ["ada"]
    course.engine = PlainEngine()
    assert course.grade().skipped == 1


def test_no_more_is_held_than_the_engine_has_asked_for(course: Course) -> None:
    for number in range(20):
        hand_in(course.root, f"learner{number:02d}")
        if number % 3 == 0:
            (course.root / "submitted" / f"learner{number:02d}" / MODULE / "main.ipynb").write_text("{")
    read: list[str] = []
    judged = 0

    class Watched:
        """The gradebook, which is asked about each that is read."""

        def __init__(self, marking: Any) -> None:
            self._marking = marking

        def __getattr__(self, name: str) -> Any:
            return getattr(self._marking, name)

        def seconds_late(self, learner: str, timestamp: Any) -> float:
            read.append(learner)
            # Those that cannot run wait as names only, until the next that ran is judged.
            assert len(set(read)) - judged <= 3
            return float(self._marking.seconds_late(learner, timestamp))

    class Counted:
        """The graded folders, of which one is prepared for each that is judged."""

        def __init__(self, graded: Any) -> None:
            self._graded = graded

        def __getattr__(self, name: str) -> Any:
            return getattr(self._graded, name)

        def prepare(self, files: Any) -> str:
            nonlocal judged
            judged += 1
            return str(self._graded.prepare(files))

    report = course.grade(wrap=lambda graded, marking: (Counted(graded), Watched(marking)))
    assert report.graded == 22
    assert len(report.of(Kind.PERSON)) == 7


def test_somebody_else_is_grading(course: Course) -> None:
    with course.folders(), pytest.raises(BadInput) as caught:
        course.grade()
    assert caught.value.code == "already-grading"


def test_progress_moves_once_for_each_whatever_becomes_of_it(course: Course) -> None:
    class Counting:
        """A second passes at each step."""

        count = 0

        def advance(self, steps: int = 1) -> None:
            self.count += steps

        def now(self) -> float:
            return float(self.count)

    (course.root / "submitted" / "carl").mkdir()
    (course.root / "submitted" / "dora" / MODULE).mkdir(parents=True)
    course.grade()
    hand_in(course.root, "ada", WRONG)
    counting = Counting()
    with course.folders() as folders, MarkWriter(course.url, MODULE, course.penalty) as writer:
        report = grade(
            course.module(),
            lambda who: read_collected(
                course.root / "submitted" / who / MODULE, who, (), lambda text: datetime(2027, 1, 24, 10)
            ),
            folders,
            writer,
            course.engine,
            ["ada", "bob", "carl", "dora"],
            progress=counting,
            stopwatch=counting.now,
        )
    assert counting.count == 4
    assert (report.seconds, report.rate) == (4.0, 0.25)


def test_an_extension_is_not_forgotten_by_grading(course: Course) -> None:
    course.grade()
    with gradebook(course.url) as opened:
        opened.grant_extension(MODULE, "ada", days=1)
    course.grade(force=True)
    assert course.rows()["ada"]["extension"] == timedelta(days=1)
