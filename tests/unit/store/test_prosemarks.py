"""Written answers in nbgrader's own gradebook: notes come and go, a person's mark is never written over."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from support.marked import MODULE, gradebook, hand_in, make_course
from support.prose_course import copy_generated
from support.small_course import Course

from coursekit.model.errors import BadInput, Conflict, NotFound
from coursekit.model.reviewing import ProseMark, ProseNote
from coursekit.policy.reflection.questions import DRAFT
from coursekit.store.prosemarks import ProseMarks

NOTE = f"{DRAFT}\nFound: something."
WAITS = ProseMark(None, None, True, None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ada and bob have answered, cleo has not; all are graded."""
    root = copy_generated(tmp_path_factory.mktemp("made") / "course")
    hand_in(root, "ada")
    hand_in(root, "bob")
    hand_in(root, "cleo", {})
    Course(root).grade()
    return root


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(made, root)
    return Course(root)


def book(course: Course) -> ProseMarks:
    return ProseMarks(course.url, MODULE, "main")


def write(course: Course, **notes: ProseNote) -> int:
    with book(course) as marks:
        return marks.write({learner: {"essay": note} for learner, note in notes.items()})


def essay(course: Course, learner: str) -> tuple[Any, Any]:
    """nbgrader's own view: the grade and the comment."""
    notebook = course.rows()[learner]["notebooks"]["main"]
    return notebook["grades"]["essay"], notebook["comments"]["essay"]


def say(course: Course, learner: str, words: str) -> None:
    with gradebook(course.url) as opened:
        opened.find_comment("essay", "main", MODULE, learner).manual_comment = words
        opened.db.commit()


def test_a_note_is_a_grey_comment_and_the_answer_still_waits(course: Course) -> None:
    assert write(course, ada=ProseNote(None, NOTE)) == 1
    assert essay(course, "ada") == ((None, None, None, True), (NOTE, None))
    assert essay(course, "bob") == ((None, None, None, True), (None, None))
    # The same again changes nothing.
    assert write(course, ada=ProseNote(None, NOTE)) == 0
    assert write(course, ada=ProseNote(None, None)) == 1
    assert essay(course, "ada")[1] == (None, None)


def test_an_auto_pass_is_a_score_and_can_be_taken_back(course: Course) -> None:
    write(course, ada=ProseNote(3.0, None))
    assert essay(course, "ada")[0] == (3.0, None, None, False)
    write(course, ada=ProseNote(None, NOTE))
    assert essay(course, "ada")[0] == (None, None, None, True)


def test_a_persons_mark_and_words_stay_and_the_draft_goes(course: Course) -> None:
    write(course, ada=ProseNote(None, NOTE))
    course.mark("ada", "essay", 2.5)
    say(course, "ada", "Well argued.")
    write(course, ada=ProseNote(3.0, NOTE))
    assert essay(course, "ada") == ((None, 2.5, None, False), (None, "Well argued."))


def test_what_nbgrader_says_itself_stays(course: Course) -> None:
    write(course, cleo=ProseNote(None, NOTE))
    assert essay(course, "cleo")[1] == ("No response.", None)


def test_a_mark_is_entered_and_taken_back(course: Course) -> None:
    write(course, ada=ProseNote(None, NOTE))
    with book(course) as marks:
        before = marks.find("ada", "essay")
        assert before == ProseMark(None, None, True, None, NOTE)
        after = marks.enter("ada", "essay", 2.0, "Look at the count.", before)
        assert after == marks.find("ada", "essay") == ProseMark(None, 2.0, False, "Look at the count.")
        assert essay(course, "ada") == ((None, 2.0, None, False), (None, "Look at the count."))
        # Without words, those that stand there stay.
        again = marks.enter("ada", "essay", 3.0, None, after)
        assert again.manual_comment == "Look at the count."
        marks.take_back("ada", "essay", before, again)
        assert marks.find("ada", "essay") == before


@pytest.mark.parametrize("what", ["points", "words"])
def test_what_somebody_wrote_meanwhile_is_not_written_over(course: Course, what: str) -> None:
    with book(course) as marks:
        seen = marks.find("ada", "essay")
        assert seen == WAITS
        course.mark("ada", "essay", 1.0) if what == "points" else say(course, "ada", "Mine.")
        with pytest.raises(Conflict) as caught:
            marks.enter("ada", "essay", 4.0, "Theirs.", seen)
        assert caught.value.code == "mark-changed"
        with pytest.raises(Conflict):
            marks.take_back("ada", "essay", WAITS, WAITS)
    grade, comment = essay(course, "ada")
    assert (grade[1], comment[1]) == ((1.0, None) if what == "points" else (None, "Mine."))


def test_after_a_regrade_a_mark_on_what_had_passed_stays_done(course: Course) -> None:
    write(course, ada=ProseNote(3.0, None))
    course.mark("ada", "essay", 1.0)
    course.grade(force=True)
    assert essay(course, "ada")[0] == (None, 1.0, None, False)


def test_what_is_not_there(course: Course, tmp_path: Path) -> None:
    with book(course) as marks:
        assert marks.find("nobody", "essay") is None
        with pytest.raises(NotFound):
            marks.enter("nobody", "essay", 1.0, None, WAITS)
        assert marks.read()["ada"]["essay"] == WAITS
        assert set(marks.read()) == {"ada", "bob", "cleo"}
    with (
        pytest.raises(BadInput),
        ProseMarks(f"sqlite:///{tmp_path}/none.db", MODULE, "main"),
    ):
        pass


def test_on_postgresql_as_well(made: Path, tmp_path: Path, postgres_url: str, soak: bool) -> None:
    if not soak:
        pytest.skip("takes seconds to generate; --soak does it")
    root = make_course(tmp_path / "course", db_url=postgres_url)
    hand_in(root, "ada")
    course = Course(root)
    course.url = postgres_url
    course.grade()
    with book(course) as marks:
        marks.write({"ada": {"essay": ProseNote(None, NOTE)}})
        seen = marks.find("ada", "essay")
        assert seen is not None
        assert seen.auto_comment == NOTE
        marks.enter("ada", "essay", 2.0, "Yes.", seen)
        with pytest.raises(Conflict):
            marks.enter("ada", "essay", 1.0, "No.", seen)
        assert marks.read()["ada"]["essay"] == ProseMark(None, 2.0, False, "Yes.")
