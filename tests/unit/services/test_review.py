"""A grader at the desk: marks, sees, takes back, appeals and switches; the record says how it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.prose_class import P2, ProseClass, answers, author, genuine
from support.reflections import corpus

from coursekit.model.errors import BadInput, Conflict, Forbidden, NotFound
from coursekit.model.ids import PromptId
from coursekit.model.reviewing import Decision, Group, Item, ProseMark
from coursekit.model.rubric import Rule
from coursekit.policy.reflection.history import History
from coursekit.policy.reflection.record import Kind
from coursekit.services.review import Appeal, adequate_by_rule, check_levels, decided

TEXTS = genuine(16)


@pytest.fixture
def class_(tmp_path: Path) -> ProseClass:
    """Twelve answers, checked, with a suggestion from the author's exemplars."""
    made = ProseClass(tmp_path, author(corpus.marked("spike-at-65/p2", 12)), answers(TEXTS[:12]))
    made.check()
    return made


def last(class_: ProseClass) -> Mapping[str, Any]:
    return class_.record.entries()[-1].body


def of_group(class_: ProseClass, group: Group) -> Item:
    return next(i for i in class_.desk.queue() if i.group is group)


def decide(
    class_: ProseClass, item: Item, level: int = 2, seen: bool = False, comment: str | None = None
) -> Any:
    desk = class_.desk
    return desk.decide(item, Decision(class_.levels(level), level > 0, comment), desk.mark_of(item), seen)


def test_a_decision_goes_to_the_gradebook_and_the_record(class_: ProseClass) -> None:
    queue = class_.desk.queue()
    item = queue[0]
    decide(class_, item, comment="Clear.")
    mark = class_.gradebook.cells[item.answer.learner, P2]
    assert (mark.manual_score, mark.needs_manual_grade, mark.manual_comment) == (5.0, False, "Clear.")
    body = last(class_)
    assert body["levels"] == class_.levels()
    assert (body["adequate"], body["blind"], body["check"]) == (True, True, item.check)
    assert (body["commented"], body["audit"]) == (True, item.group is Group.AUDIT)
    assert "Clear." not in class_.lines()
    assert item.answer.learner not in class_.lines()
    assert len(class_.desk.queue()) == len(queue) - 1


def test_somebody_elses_mark_is_not_written_over(class_: ProseClass) -> None:
    desk = class_.desk
    item = desk.queue()[0]
    seen = desk.mark_of(item)
    class_.gradebook.cells[item.answer.learner, P2] = ProseMark(None, 1.0, False, "Mine.")
    before = class_.lines()
    with pytest.raises(Conflict):
        desk.decide(item, Decision(class_.levels(), True), seen, seen=False)
    assert class_.lines() == before
    assert class_.gradebook.cells[item.answer.learner, P2].manual_score == 1.0


def test_looking_at_a_suggestion_is_noted_and_ends_blindness(class_: ProseClass) -> None:
    item = of_group(class_, Group.UNCERTAIN)
    suggestion = class_.desk.look(item)
    assert suggestion.mean >= 0
    assert class_.record.entries()[-1].kind is Kind.SEEN
    again = class_.desk.find(item.id)
    assert again.seen
    decide(class_, again, seen=again.seen)
    assert last(class_)["blind"] is False


def test_an_audit_shows_no_suggestion(class_: ProseClass) -> None:
    item = of_group(class_, Group.AUDIT)
    before = class_.lines()
    with pytest.raises(Forbidden):
        class_.desk.look(item)
    assert class_.lines() == before
    decide(class_, item)
    assert (last(class_)["audit"], last(class_)["blind"]) == (True, True)


def test_where_nothing_is_suggested_it_says_so(tmp_path: Path) -> None:
    few = ProseClass(tmp_path, author(), answers(TEXTS[:12]))
    few.check()
    with pytest.raises(BadInput, match="Nothing is suggested"):
        few.desk.look(of_group(few, Group.UNCERTAIN))


def test_taking_back_puts_everything_back_and_the_record_keeps_both(class_: ProseClass) -> None:
    before = dict(class_.gradebook.cells)
    queue = [i.id for i in class_.desk.queue()]
    done = decide(class_, class_.desk.queue()[0])
    class_.desk.take_back(done)
    assert class_.gradebook.cells == before
    assert [i.id for i in class_.desk.queue()] == queue
    assert [e.kind for e in class_.record.entries()][-2:] == [Kind.REVIEW, Kind.REVIEW]
    assert History.of(class_.record.entries()).reviews == {}


def test_taking_back_a_second_decision_leaves_the_first(class_: ProseClass) -> None:
    item = class_.desk.queue()[0]
    decide(class_, item, level=1)
    done = decide(class_, item, level=2)
    class_.desk.take_back(done)
    (review,) = History.of(class_.record.entries()).reviews.values()
    assert review.levels == class_.levels(1)
    assert class_.gradebook.cells[item.answer.learner, P2].manual_score == 3.0


def test_what_was_marked_in_formgrader_leaves_the_queue(class_: ProseClass) -> None:
    item = class_.desk.queue()[0]
    class_.gradebook.cells[item.answer.learner, P2] = ProseMark(None, 3.0, False, None)
    assert item.id not in {i.id for i in class_.desk.queue()}
    assert class_.desk.find(item.id[:5]).id == item.id
    with pytest.raises(NotFound):
        class_.desk.find("nothing")
    with pytest.raises(NotFound):
        class_.desk.find("")


def test_an_appeal_is_noted_once_comes_first_and_is_answered_by_a_decision(class_: ProseClass) -> None:
    answer = class_.answers[3]
    decide(class_, next(i for i in class_.desk.queue() if i.answer == answer))
    appeal = Appeal("a1", answer.submission, P2, "I, learner-3, said it in the last line.")
    assert class_.desk.note_appeals([appeal]) == 1
    assert class_.desk.note_appeals([appeal]) == 0
    first = class_.desk.queue()[0]
    assert (first.group, first.answer, first.appeal) == (Group.APPEAL, answer, appeal.words)
    # What a learner writes may have names in it.
    assert "learner-3" not in class_.lines()
    done = decide(class_, first, level=1)
    assert not any(i.group is Group.APPEAL for i in class_.desk.queue())
    class_.desk.take_back(done)
    assert class_.desk.queue()[0].group is Group.APPEAL


def test_an_appeal_against_an_answer_without_points_needs_no_gradebook(class_: ProseClass) -> None:
    answer = class_.answers[0]
    del class_.gradebook.cells[answer.learner, P2]
    class_.desk.note_appeals([Appeal("a", answer.submission, P2, "")])
    decide(class_, class_.desk.queue()[0])
    assert (answer.learner, P2) not in class_.gradebook.cells
    assert not any(i.answer == answer for i in class_.desk.queue())


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ({"evidence": 2, "position": 2}, "test has no level"),
        ({"evidence": 2, "position": 2, "test": 5}, "test has no level 5"),
        ({"evidence": 2, "position": 2, "test": 1, "depth": 1}, "depth is no criterion"),
    ],
)
def test_levels_that_the_rubric_does_not_have(class_: ProseClass, levels: dict[str, int], says: str) -> None:
    item = class_.desk.queue()[0]
    before = class_.lines()
    with pytest.raises(BadInput, match=says):
        class_.desk.decide(item, Decision(levels, True), class_.desk.mark_of(item), seen=False)
    assert class_.lines() == before
    check_levels(item.basis, class_.levels())


def test_the_rule_says_what_is_adequate_where_there_is_one(class_: ProseClass) -> None:
    basis = class_.author.bases[P2]
    assert adequate_by_rule(basis, {"evidence": 1, "position": 1, "test": 0}) is True
    assert adequate_by_rule(basis, {"evidence": 0, "position": 2, "test": 1}) is False
    decision = replace(basis.rubric.decision, rule=Rule())
    bare = replace(basis, rubric=replace(basis.rubric, decision=decision))
    assert adequate_by_rule(bare, class_.levels()) is None


def test_switching(class_: ProseClass) -> None:
    desk = class_.desk
    desk.switch(False, "The case was changed.")
    assert last(class_) == {"prompt": "", "on": False, "reason": "The case was changed.", "by": "person"}
    with pytest.raises(Conflict):
        desk.switch(False, "Again.")
    with pytest.raises(Conflict):
        desk.switch(True, "Only this one.", "p2")
    desk.switch(True, "It is as it was.")
    with pytest.raises(Conflict):
        desk.switch(True, "Once more.")
    desk.switch(False, "Only this one.", "p2")
    assert History.of(class_.record.entries()).is_off("p2")
    assert not History.of(class_.record.entries()).is_off("p3")
    with pytest.raises(BadInput):
        desk.switch(False, "Unknown.", "p9")


def unchecked(class_: ProseClass) -> Item:
    class_.add(answers(TEXTS[12:13], 40))
    return of_group(class_, Group.UNREAD)


def test_an_answer_no_check_has_looked_at_is_read_as_without_any(class_: ProseClass) -> None:
    item = unchecked(class_)
    (numbers,) = class_.desk.compositions()
    assert (numbers.prompt, numbers.answers, numbers.groups["unread"]) == (PromptId("p2"), 13, 1)
    with pytest.raises(BadInput, match="Nothing is suggested"):
        class_.desk.look(item)
    done = decide(class_, item)
    assert item.id not in {i.id for i in class_.desk.queue()}
    assert (last(class_)["check"], last(class_)["audit"]) == ("", False)
    class_.desk.take_back(done)
    assert of_group(class_, Group.UNREAD) == item


def test_its_mark_teaches_the_checks_once_they_come(class_: ProseClass) -> None:
    item = unchecked(class_)
    decide(class_, item)
    history = History.of(class_.record.entries())
    texts = [m.text for m in history.marked(item.basis, lambda d: class_.record.inputs.find(d).decode())]
    assert texts == [item.answer.text]
    class_.check()
    assert item.id not in {i.id for i in class_.desk.queue()}


def test_points_in_one_are_for_answers_without_a_rubric_alone(class_: ProseClass) -> None:
    item = class_.desk.queue()[0]
    with pytest.raises(BadInput, match="marked by its rubric"):
        decided(item, class_.levels(), 2.0, True)
    bare = replace(item.basis, rubric=replace(item.basis.rubric, criteria=()))
    item = replace(item, basis=bare, most=2.5)
    for score in (None, -1.0, 2.6, float("nan")):
        with pytest.raises(BadInput, match="points"):
            decided(item, {}, score)
    decision = decided(item, {}, 2.5, comment="Yes.")
    assert (decision.points, decision.adequate, decision.comment) == (2.5, True, "Yes.")
    class_.desk.decide(item, decision, class_.desk.mark_of(item), seen=False)
    assert class_.gradebook.cells[item.answer.learner, P2].manual_score == 2.5


def test_asking_for_a_name_is_noted_and_the_name_is_not(class_: ProseClass) -> None:
    item = class_.desk.queue()[0]
    assert class_.desk.name_of(item) == item.answer.learner
    assert class_.record.entries()[-1].kind is Kind.NAMED
    assert item.answer.learner not in class_.lines()
    assert class_.desk.queue()[0] == item


def test_what_was_decided_is_found_again(class_: ProseClass) -> None:
    item = class_.desk.queue()[0]
    assert class_.desk.review_of(item) is None
    decide(class_, item, level=1)
    review = class_.desk.review_of(item)
    assert review is not None
    assert review.levels == class_.levels(1)
    assert item in class_.desk.everybody("p2")
