"""A grader in the panel, on a real course with a real gradebook; the exchange is a twin that says who one is."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.marked import MODULE
from support.prose_course import TEXTS, make_prose_course
from support.small_course import Course

from coursekit.labserver.review_desks import MarkedMeanwhile, Reviewing
from coursekit.labserver.review_shapes import seen_in, token
from coursekit.model.errors import BadInput, CoursekitError, Forbidden, NotFound, Unreachable
from coursekit.model.reviewing import ProseMark
from coursekit.policy.reflection.record import Kind
from coursekit.wire.api import CourseRow, MemberShape
from coursekit.wire.lab_review import CommentChange, DecisionRequest, ReviewItem
from coursekit.wiring import prose, reflections
from coursekit.wiring.review_room import ReviewRoom

KIT = "kit"
LEVELS = {"evidence": 2, "position": 2, "test": 1}


class Exchange:
    """Says that gail is a grader, until told otherwise."""

    def __init__(self, user: str = "gail", role: Any = "grader") -> None:
        self.user, self.role, self.asked = user, role, 0
        self.away = False

    @contextmanager
    def __call__(self) -> Iterator[Exchange]:
        if self.away:
            raise Unreachable("away", "Nobody answers.", "Wait.")
        yield self

    def courses(self) -> list[CourseRow]:
        self.asked += 1
        return [CourseRow(course=KIT, title="Kit", role=self.role)] if self.role else []

    def me(self, _course: str) -> MemberShape:
        return MemberShape(user=self.user, role=self.role)


class Watch:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six learners; the last two handed in the same."""
    root = tmp_path_factory.mktemp("made") / "course"
    make_prose_course(root, {f"learner-{n}": TEXTS[n] for n in range(5)} | {"twin": TEXTS[4]})
    return root


@pytest.fixture
def unchecked(made: Path, tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(made, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(made), str(root)))
    return Course(root)


@pytest.fixture
def course(unchecked: Course) -> Course:
    report = reflections.check(prose.find_place(unchecked.root, MODULE), drafts=True)
    assert report is not None
    assert report.checked == 6
    return unchecked


def reviewing(
    course: Course, exchange: Exchange | None = None, watch: Callable[[], float] | None = None
) -> Reviewing:
    return Reviewing(ReviewRoom(course.root, lambda _: ()), exchange or Exchange(), watch or Watch())


def ids(review: Reviewing, order: Any = "doubt") -> list[str]:
    return [item.id for item in review.queue(KIT, MODULE, "", order).items]


def decide(review: Reviewing, item: ReviewItem, levels: dict[str, int] = LEVELS, **more: Any) -> Any:
    request = DecisionRequest(levels=levels, expected=item.expected, **more)
    return review.decide(KIT, MODULE, item.id, request)


def first(review: Reviewing) -> ReviewItem:
    return review.item(KIT, MODULE, ids(review)[0])


# who may


@pytest.mark.parametrize("role", ["learner", None])
def test_only_graders_of_the_course_may(course: Course, role: Any) -> None:
    review = reviewing(course, Exchange(role=role))
    calls: list[Callable[[], object]] = [
        lambda: review.modules(KIT),
        lambda: review.queue(KIT, MODULE, "", "doubt"),
        lambda: review.item(KIT, MODULE, "00"),
        lambda: review.suggestion(KIT, MODULE, "00"),
        lambda: review.name(KIT, MODULE, "00"),
        lambda: review.decide(KIT, MODULE, "00", DecisionRequest()),
        lambda: review.undo(KIT, MODULE),
        lambda: review.comments(KIT),
        lambda: review.change_comments(KIT, CommentChange(add=["x"])),
    ]
    for call in calls:
        with pytest.raises(Forbidden, match="Only graders"):
            call()
    assert not (course.root / ".coursekit" / "comments.json").exists()


def test_a_role_is_remembered_for_reading_alone_and_not_for_long(course: Course) -> None:
    exchange, watch = Exchange(), Watch()
    review = reviewing(course, exchange, watch)
    item = first(review)
    assert exchange.asked == 1
    exchange.role = "learner"
    assert ids(review)
    with pytest.raises(Forbidden):
        decide(review, item)
    # That it was no more is known from then on.
    with pytest.raises(Forbidden):
        ids(review)
    exchange.role = "instructor"
    assert ids(review)
    watch.now += 31
    exchange.away = True
    with pytest.raises(Unreachable):
        ids(review)


def test_another_course_than_the_folders_is_not_here(course: Course) -> None:
    exchange = Exchange()
    exchange.courses = lambda: [CourseRow(course="other", title="O", role="grader")]  # type: ignore[method-assign]
    with pytest.raises(NotFound, match="is of other"):
        reviewing(course, exchange).modules("other")


# reading


def test_the_queue_has_no_names_and_no_suggestions(course: Course) -> None:
    review = reviewing(course)
    (module,) = review.modules(KIT).modules
    (numbers,) = module.prompts
    assert (module.title, numbers.answers, numbers.waiting, numbers.marked) == ("One", 6, 6, 0)
    queue = review.queue(KIT, MODULE, "essay", "doubt")
    assert (len(queue.items), queue.flagged, queue.marked, queue.answers) == (6, 2, 0, 6)
    assert [i.group for i in queue.items[:2]] == ["flagged"] * 2
    assert "long stretches" in queue.items[0].why
    told = queue.model_dump_json() + "".join(
        review.item(KIT, MODULE, i).model_dump_json() for i in ids(review)
    )
    assert not any(name in told for name in ("learner-", "twin", '"mean"'))
    with pytest.raises(NotFound):
        review.queue(KIT, MODULE, "p9", "doubt")
    with pytest.raises(NotFound):
        review.queue(KIT, "two", "", "doubt")


def test_an_answer_with_its_evidence_in_characters(course: Course) -> None:
    review = reviewing(course)
    items = [review.item(KIT, MODULE, one) for one in ids(review)]
    pointed = next((i, c) for i in items for c in i.criteria if c.state == "found")
    item, criterion = pointed
    quote = item.text[criterion.spans[0].start : criterion.spans[0].end]
    assert quote.strip()
    assert [level for level, _ in criterion.levels] == sorted(level for level, _ in criterion.levels)
    assert (item.most, item.mark.by_person if item.mark else None, item.left_out) == (5, False, 0)
    assert not item.asks_adequate


def test_one_question_across_all_in_an_order_of_the_graders_own(course: Course) -> None:
    gail, gil = reviewing(course), reviewing(course, Exchange("gil"))
    mine = ids(gail, "random")
    assert ids(gail, "random") == mine
    assert sorted(ids(gil, "random")) == sorted(mine)
    assert ids(gil, "random") != mine
    decide(gail, gail.item(KIT, MODULE, mine[2]))
    # What is marked keeps its place, so that nobody loses theirs.
    again = gail.queue(KIT, MODULE, "", "random")
    assert [i.id for i in again.items] == mine
    assert [i.waits for i in again.items].index(False) == 2
    assert again.marked == 1


def test_a_name_is_told_when_asked_and_that_is_noted(course: Course) -> None:
    review = reviewing(course)
    item = first(review)
    assert review.name(KIT, MODULE, item.id).name in course.rows()
    record = prose.find_place(course.root, MODULE).record
    assert record.entries()[-1].kind is Kind.NAMED


def test_where_nothing_is_suggested_and_where_it_must_not_be(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = reviewing(course)
    plain = next(i for i in (review.item(KIT, MODULE, i) for i in ids(review)) if not i.blind)
    with pytest.raises(BadInput, match="Nothing is suggested"):
        review.suggestion(KIT, MODULE, plain.id)
    monkeypatch.setattr("coursekit.policy.reflection.queue._is_drawn", lambda _: True)
    queue = review.queue(KIT, MODULE, "", "doubt").items
    drawn = next(i for i in queue if i.group == "audit")
    assert drawn.blind
    assert not review.item(KIT, MODULE, drawn.id).has_suggestion
    with pytest.raises(Forbidden, match="audit"):
        review.suggestion(KIT, MODULE, drawn.id)


# marking


def test_marks_go_into_the_gradebook_and_can_be_taken_back(course: Course) -> None:
    review = reviewing(course)
    item = first(review)
    done = decide(review, item, comment=" Clear. ")
    assert (done.points, done.most, done.adequate) == (5.0, 5.0, True)
    who = review.name(KIT, MODULE, item.id).name
    rows = course.rows()[who]["notebooks"]["main"]
    assert (rows["grades"]["essay"][1], rows["comments"]["essay"][1]) == (5.0, "Clear.")
    again = review.item(KIT, MODULE, item.id)
    assert again.mark is not None
    assert (again.mark.levels, again.mark.comment, again.mark.by_person) == (LEVELS, "Clear.", True)
    assert item.id not in ids(review)
    assert review.undo(KIT, MODULE).item == item.id
    assert ids(review)[0] == item.id
    assert course.rows()[who]["notebooks"]["main"]["grades"]["essay"][1] is None
    with pytest.raises(NotFound, match="no decision"):
        review.undo(KIT, MODULE)


def test_two_graders_on_one_answer_one_wins_and_the_other_is_told(course: Course) -> None:
    gail, gil = reviewing(course), reviewing(course, Exchange("gil"))
    item = first(gail)
    results: list[object] = []
    ready = threading.Barrier(2)

    def mark(review: Reviewing, levels: dict[str, int]) -> None:
        seen = review.item(KIT, MODULE, item.id)
        ready.wait()
        try:
            results.append(decide(review, seen, levels))
        except MarkedMeanwhile as error:
            results.append(error)

    low = {"evidence": 0, "position": 1, "test": 0}
    threads = [threading.Thread(target=mark, args=one) for one in ((gail, LEVELS), (gil, low))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (lost,) = [r for r in results if isinstance(r, MarkedMeanwhile)]
    (won,) = [r for r in results if not isinstance(r, MarkedMeanwhile)]
    more: Any = lost.more()
    assert more["mark"]["points"] == won.points  # type: ignore[attr-defined]
    assert more["mark"]["levels"] in (LEVELS, low)
    # Whoever has read that may decide anew.
    request = DecisionRequest(levels={"evidence": 1, "position": 1, "test": 1}, expected=more["expected"])
    assert gail.decide(KIT, MODULE, item.id, request).points == 3


def test_undo_leaves_what_somebody_else_has_marked_since(course: Course) -> None:
    gail, gil = reviewing(course), reviewing(course, Exchange("gil"))
    item = first(gail)
    decide(gail, item)
    decide(gil, gil.item(KIT, MODULE, item.id), {"evidence": 0, "position": 0, "test": 0})
    with pytest.raises(CoursekitError, match="0 points now"):
        gail.undo(KIT, MODULE)
    with pytest.raises(NotFound):
        gail.undo(KIT, MODULE)
    assert gil.undo(KIT, MODULE).item == item.id
    mark = gail.item(KIT, MODULE, item.id).mark
    assert mark is not None
    assert mark.points == 5


def test_a_decision_must_be_whole_and_say_what_was_seen(course: Course) -> None:
    review = reviewing(course)
    item = first(review)
    for request in (
        DecisionRequest(levels={"evidence": 2}, expected=item.expected),
        DecisionRequest(levels=LEVELS | {"test": 9}, expected=item.expected),
        DecisionRequest(points=3, levels=LEVELS, expected=item.expected),
        DecisionRequest(levels=LEVELS),
        DecisionRequest(levels=LEVELS, expected="e30="),
        DecisionRequest(levels=LEVELS, expected="…"),
    ):
        with pytest.raises(BadInput):
            review.decide(KIT, MODULE, item.id, request)
    with pytest.raises(NotFound):
        review.decide(KIT, MODULE, item.id[:4], DecisionRequest(levels=LEVELS, expected=item.expected))
    assert len(ids(review)) == 6


def test_a_token_says_all_that_was_seen() -> None:
    for mark in (
        None,
        ProseMark(None, None, True, None),
        ProseMark(0.5, 2.0, False, "Ça “va” 🙂", "Note", 4.0),
    ):
        assert seen_in(token(mark)) == mark


# without the checks


def test_without_any_check_the_answers_are_there_to_be_read(unchecked: Course) -> None:
    review = reviewing(unchecked)
    queue = review.queue(KIT, MODULE, "", "doubt")
    assert {i.group for i in queue.items} == {"unread"}
    item = review.item(KIT, MODULE, queue.items[0].id)
    assert (item.why, item.flags, item.has_suggestion) == (["No check has looked at it."], [], False)
    assert {c.state for c in item.criteria} == {None}
    assert decide(review, item).points == 5
    assert len(ids(review)) == 5


def test_without_a_rubric_it_is_points_in_one(unchecked: Course) -> None:
    checks = unchecked.root / "source" / MODULE / ".coursekit" / "checks.json"
    value = json.loads(checks.read_bytes())
    value["prompts"][0].pop("rubric")
    checks.write_text(json.dumps(value))
    review = reviewing(unchecked)
    item = first(review)
    assert (item.criteria, item.most, item.asks_adequate) == ([], 4.0, False)
    request = DecisionRequest(points=2.5, comment="Good.", expected=item.expected)
    assert review.decide(KIT, MODULE, item.id, request).points == 2.5
    mark = review.item(KIT, MODULE, item.id).mark
    assert mark is not None
    assert (mark.points, mark.levels) == (2.5, {})


def test_a_record_that_was_put_back_from_a_backup_is_read_anew(course: Course) -> None:
    review = reviewing(course)
    path = prose.find_place(course.root, MODULE).record.path
    before = path.read_bytes()
    decide(review, first(review))
    path.write_bytes(before)
    assert review.item(KIT, MODULE, first(review).id).group == "flagged"
    path.write_bytes(b"{}\n" + before)
    with pytest.raises(BadInput, match="line 1"):
        ids(review)
    path.write_bytes(before)
    assert ids(review)


def test_what_is_graded_meanwhile_is_there_at_the_next_look(unchecked: Course) -> None:
    review = reviewing(unchecked)
    away = unchecked.root / "autograded" / "twin"
    aside = away.with_name(".twin")
    away.rename(aside)
    assert len(ids(review)) == 5
    aside.rename(away)
    assert len(ids(review)) == 6


def test_a_module_that_cannot_be_reviewed_says_why(unchecked: Course) -> None:
    shutil.rmtree(unchecked.root / "autograded")
    (module,) = reviewing(unchecked).modules(KIT).modules
    assert "coursekit grade one" in module.problem
    assert module.prompts == []


# comments


def test_two_graders_who_add_at_once_lose_nothing(course: Course) -> None:
    def add(who: str) -> None:
        review = reviewing(course, Exchange(who))
        for n in range(15):
            review.change_comments(KIT, CommentChange(add=[f"{who} {n}", "The same."]))

    threads = [threading.Thread(target=add, args=(who,)) for who in ("gail", "gil")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    review = reviewing(course)
    kept = review.comments(KIT).comments
    assert len(kept) == 31
    gone = next(c for c in kept if c.text == "The same.")
    review.change_comments(KIT, CommentChange(remove=[gone.id]))
    assert gone not in review.comments(KIT).comments
    for wrong in (" ", "x" * 2001):
        with pytest.raises(BadInput, match="1 to 2000"):
            review.change_comments(KIT, CommentChange(add=[wrong]))
