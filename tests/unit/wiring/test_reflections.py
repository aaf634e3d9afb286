"""Grading checks prose with real parts; whatever is missing is said, and stops nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from support.marked import MODULE, gradebook
from support.plain_engine import PlainEngine
from support.prose_course import ESSAY, TEXTS, make_prose_course
from support.small_course import Course

from coursekit.model.feedback import Found
from coursekit.model.reviewing import Decision, Group
from coursekit.policy.reflection.pointers import FOOTER
from coursekit.policy.reflection.questions import is_draft
from coursekit.store import judged
from coursekit.wire.api import AppealRow
from coursekit.wiring import feedback, grading, prose, reflections
from coursekit.wiring.grading import Choices
from coursekit.wiring.nbgrader_config import read_folders


class Twin(PlainEngine):
    """Stands in for the engine."""

    def __init__(self, *_: object) -> None:
        super().__init__()

    def __enter__(self) -> Twin:
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "course"
    # By hand, the same at the same minute: two submissions all the same.
    make_prose_course(root, {"ada": TEXTS[0], "bob": TEXTS[1], "bea": TEXTS[1]})
    return root


@pytest.fixture
def course(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setattr(grading, "LocalEngine", Twin)
    root = tmp_path / "course"
    shutil.copytree(made, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(made), str(root)))
    return Course(root)


def place(course: Course) -> prose.Place:
    return prose.find_place(course.root, MODULE)


def test_coursekit_grade_checks_and_leaves_a_record(course: Course) -> None:
    report = grading.grade(course.root, MODULE, Choices()).prose
    assert report is not None
    assert (report.checked, report.waiting, report.passed, report.failed) == (3, 3, 0, 0)
    assert report.events == ()
    record = place(course).record
    lines = record.path.read_text()
    # Between quotation marks: “ada” alone may well stand in a digest.
    assert not any(
        name in lines for name in ('"ada"', '"bob"', '"bea"', "/ada", "/bob", "/bea", TEXTS[0][:30])
    )
    assert len({e.body["submission"] for e in record.entries()}) == 3
    again = grading.grade(course.root, MODULE, Choices()).prose
    assert again is not None
    assert (again.checked, again.unchanged) == (0, 3)
    forced = grading.grade(course.root, MODULE, Choices(force=True)).prose
    assert forced is not None
    assert forced.checked == 3
    assert reflections.replay(record.path).differences == ()


def test_notes_stand_in_the_gradebook_only_where_no_learner_can_see_them(course: Course) -> None:
    def notes() -> list[str | None]:
        with gradebook(course.url) as opened:
            return [
                opened.find_comment("essay", "main", MODULE, who).auto_comment
                for who in ("ada", "bob", "bea")
            ]

    grading.grade(course.root, MODULE, Choices())
    assert notes() == [None, None, None]
    reflections.check(place(course), drafts=True)
    assert all(is_draft(note) for note in notes())


def test_without_a_build_grading_goes_on_and_says_what_to_do(course: Course) -> None:
    (course.root / "source" / MODULE / ".coursekit" / "checks.json").unlink()
    report = grading.grade(course.root, MODULE, Choices(force=True))
    assert report.graded == 3
    assert report.prose is not None
    (event,) = report.prose.events
    assert "not checked" in event
    assert f"coursekit build {MODULE}" in event
    assert not place(course).record.is_there()


def test_a_damaged_record_or_a_flaw_of_ours_stops_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    grading.grade(course.root, MODULE, Choices())
    path = place(course).record.path
    path.write_bytes(b"{}\n" + path.read_bytes())
    report = grading.grade(course.root, MODULE, Choices(force=True))
    assert report.graded == 3
    assert report.prose is not None
    assert "does not hold at line 1" in report.prose.events[0]

    def fall(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(reflections, "read_answers", fall)
    flawed = grading.grade(course.root, MODULE, Choices()).prose
    assert flawed is not None
    assert "ZeroDivisionError" in flawed.events[0]


def test_a_course_without_rubrics_has_no_report_of_prose(course: Course) -> None:
    (course.root / "source" / MODULE / "rubrics.yml").unlink()
    assert grading.grade(course.root, MODULE, Choices()).prose is None


def test_learners_read_what_was_found_and_nothing_of_what_was_asked(course: Course) -> None:
    reflections.check(place(course), drafts=True)
    folders = read_folders(course.root)
    batch = feedback.prepare(folders, MODULE)
    pages = {one.learner: one for one in batch.run()}
    value = json.loads((course.root / "feedback" / "bob" / MODULE / "feedback.json").read_bytes())
    item = next(i for i in value["items"] if i["prompt"] == ESSAY)
    assert {c["state"] for c in item["checks"]} <= {state.value for state in Found}
    assert len(item["checks"]) == 3
    quoted = [c for c in item["checks"] if c["quote"]]
    assert quoted
    assert all(TEXTS[1][c["start"] : c["end"]] == c["quote"] for c in quoted)
    assert item["checks_note"].endswith(FOOTER)
    page = (course.root / "feedback" / "bob" / MODULE / "feedback.html").read_text()
    assert "not found by the tool" in page or "found" in page
    # bob and bea share a text: that is a question to their grader, and no word to them.
    assert not any(word in page.lower() for word in ("copied", "share", "note of the checks"))
    assert len(pages) == 3


def test_feedback_is_made_without_checks_or_with_a_damaged_record(course: Course) -> None:
    texts = {ESSAY: TEXTS[0]}
    folder = place(course).graded("ada")
    nothing = prose.FeedbackChecks(read_folders(course.root), MODULE)
    assert nothing.of("ada", folder, texts) == ({}, {})
    reflections.check(place(course), drafts=True)
    assert ESSAY in prose.FeedbackChecks(read_folders(course.root), MODULE).of("ada", folder, texts)[0]
    place(course).record.path.write_text("damaged\n")
    damaged = prose.FeedbackChecks(read_folders(course.root), MODULE)
    assert damaged.of("ada", folder, texts) == ({}, {})


def test_reviewed_answers_are_marked_answers_and_audits_count(course: Course) -> None:
    reflections.check(place(course), drafts=True)
    exemplar = {"id": "e1", "prompt": "essay", "response": {"text": "Short."}, "marks": {"evidence": 0}}
    written = yaml.safe_dump({"schema": "coursekit.exemplars/1", "exemplars": [exemplar]})
    (course.root / "source" / MODULE / "exemplars.yml").write_text(written)
    with reflections.open_desk(place(course)) as desk:
        for item in desk.queue():
            levels = {c.id: 1 for c in item.basis.rubric.criteria}
            desk.decide(item, Decision(levels, True), desk.mark_of(item), seen=False)
    marked = reflections.marked_of(course.root, MODULE, "essay")
    # One text that two handed in is one marked answer.
    assert [m.text for m in marked] == ["Short.", *(m.text for m in marked[1:])]
    assert {m.text for m in marked[1:]} == {TEXTS[0], TEXTS[1]}
    audited = reflections.audited_of(course.root, MODULE, "essay")
    assert len(audited) <= sum(i.group is Group.AUDIT for i in desk.queue()) + 1
    assert reflections.marked_of(course.root, MODULE, "p9") == ()


def test_whoever_is_not_signed_in_works_without_appeals(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("COURSEKIT_URL", raising=False)
    monkeypatch.delenv("COURSEKIT_TOKEN", raising=False)
    assert reflections.find_appeals(place(course)) == []
    monkeypatch.setenv("COURSEKIT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("COURSEKIT_TOKEN", "none")
    assert reflections.find_appeals(place(course)) == []


def test_what_was_not_answered_is_not_checked(course: Course) -> None:
    asked = prose.read_asked(place(course))
    given = prose.read_answers(place(course), asked)
    assert {(a.learner, a.text) for a in given} == {("ada", TEXTS[0]), ("bob", TEXTS[1]), ("bea", TEXTS[1])}
    folder = place(course).graded("ada")
    assert judged.read_answers(folder, "main", asked.prompts, frozenset()) == {}


def test_appeals_at_the_exchange_find_their_answers(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = "01890000000000000000000000000000"
    row = AppealRow(
        learner="ada", prompt="essay", submission=submission, reason="Read the end.", at=datetime.now(UTC)
    )

    class Exchange:
        def appeals(self, _course: str, module: str) -> list[AppealRow]:
            assert module == MODULE
            return [row]

    @contextmanager
    def connect(*_: object, **__: object) -> Iterator[Exchange]:
        yield Exchange()

    monkeypatch.setattr("coursekit.wiring.settings.connection", lambda: None)
    monkeypatch.setattr("coursekit.wiring.learner.connect", connect)
    (appeal,) = reflections.find_appeals(place(course))
    assert (appeal.submission, appeal.words) == (prose.digest_of(submission), "Read the end.")
    # The same appeal has the same name, so that it is noted once.
    assert reflections.find_appeals(place(course)) == [appeal]
