"""Checking a class: what is new, what is left, what the gradebook is told, and that nothing passes unearned."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.prose_class import P2, ProseClass, Sure, answers, author, genuine
from support.reflections import corpus

from coursekit.model.reflection import End, Reason, Rung
from coursekit.model.reviewing import Decision, Group, ProseMark
from coursekit.model.rubric import Auto, Rule
from coursekit.policy.reflection import learning
from coursekit.policy.reflection.check import Standing
from coursekit.policy.reflection.history import History
from coursekit.policy.reflection.questions import is_draft
from coursekit.policy.reflection.record import Kind
from coursekit.policy.reflection.route import Leave

TEXTS = genuine(30)
RULE = Rule(("position",))
"""What these texts meet, by the checks alone."""


@pytest.fixture
def few(tmp_path: Path) -> ProseClass:
    """Three answers, and no exemplar."""
    return ProseClass(tmp_path, author(), answers(TEXTS[:3]))


@pytest.fixture
def sure(monkeypatch: pytest.MonkeyPatch) -> Sure:
    """A scorer that is always sure of itself, on the highest rung."""
    scorer = Sure()

    def standing_for(_basis: Any, _marked: Any, facts: Any, _models: Any) -> Standing:
        earned = Leave(
            Rung.SUGGESTION,
            facts.certificate,
            facts.scorer,
            facts.is_on,
            facts.auto_share,
            facts.seed,
        )
        return Standing(earned, scorer)  # type: ignore[arg-type]

    monkeypatch.setattr(learning, "standing_for", standing_for)
    return scorer


def ends(class_: ProseClass) -> list[End]:
    history = History.of(class_.record.entries())
    return [noted.checked.route.end for noted in history.checks.values()]


def kinds(class_: ProseClass) -> list[Kind]:
    return [entry.kind for entry in class_.record.entries()]


def review(class_: ProseClass, adequate: bool = True, only: Group | None = None) -> int:
    """A grader works through the queue, blind."""
    desk, done = class_.desk, 0
    for item in desk.queue():
        if only is None or item.group is only:
            decision = Decision(class_.levels(2 if adequate else 0), adequate)
            desk.decide(item, decision, desk.mark_of(item), seen=False)
            done += 1
    return done


def certified(tmp_path: Path, count: int = 12, **decision: Any) -> ProseClass:
    """A certificate is earned, and new answers have come."""
    class_ = ProseClass(tmp_path, author(rule=RULE, **decision), answers(TEXTS[:count]))
    class_.earn()
    return class_


# what is checked, and what is told


def test_each_answer_has_a_line_and_the_gradebook_a_note(few: ProseClass) -> None:
    report = few.check()
    assert (report.checked, report.unchanged, report.passed, report.waiting) == (3, 0, 0, 3)
    assert kinds(few) == [Kind.CHECK] * 3
    for mark in few.gradebook.cells.values():
        assert mark.auto_score is None
        assert mark.needs_manual_grade
        assert is_draft(mark.auto_comment)


def test_no_name_and_no_text_is_in_the_record(few: ProseClass) -> None:
    few.check()
    assert "learner-" not in few.lines()
    assert not any(sentence in few.lines() for text in TEXTS[:3] for sentence in text.split(". "))


def test_without_leave_no_draft_is_written(tmp_path: Path) -> None:
    class_ = ProseClass(tmp_path, author(drafts=False), answers(TEXTS[:2]))
    class_.check()
    assert {m.auto_comment for m in class_.gradebook.cells.values()} == {None}


def test_what_is_unchanged_is_not_checked_again(few: ProseClass) -> None:
    few.check()
    before = few.lines()
    report = few.check()
    assert (report.checked, report.unchanged) == (0, 3)
    assert few.lines() == before
    assert few.check(force=True).checked == 3


def test_a_changed_answer_is_checked_again_alone(few: ProseClass) -> None:
    few.check()
    few.answers[1] = replace(few.answers[1], text=TEXTS[10])
    assert few.check().checked == 1


def test_another_rubric_other_marked_answers_or_another_version_is_checked_again(few: ProseClass) -> None:
    few.check()
    few.author = replace(few.author, tools={"coursekit": "2"})
    assert few.check().checked == 3
    few.author = replace(few.author, exemplars={P2: tuple(corpus.marked("spike-at-65/p2", 2))})
    assert few.check().checked == 3
    few.author = replace(author(audit_rate=0.3), tools={"coursekit": "2"}, exemplars=few.author.exemplars)
    assert few.check().checked == 3
    assert few.check().checked == 0


def test_a_twin_is_asked_about_and_its_writer_alone_is_not(tmp_path: Path) -> None:
    class_ = ProseClass(tmp_path, author(), answers([TEXTS[0], TEXTS[0], TEXTS[1]]))
    assert class_.check().flagged == 2
    flags = [n.checked.flags for n in History.of(class_.record.entries()).checks.values()]
    assert sorted(len(f) for f in flags) == [0, 1, 1]


def test_what_a_person_has_reviewed_is_left_and_teaches(few: ProseClass) -> None:
    few.check()
    review(few)
    marks = dict(few.gradebook.cells)
    # The reviewed answers are marked answers now; they themselves are not checked against themselves.
    assert few.check().checked == 0
    assert few.gradebook.cells == marks
    few.add(answers(TEXTS[5:6], 50))
    assert few.check().checked == 1
    newest = list(History.of(few.record.entries()).checks.values())[-1]
    kept = few.record.inputs.find(newest.inputs)
    assert kept is not None
    marked = few.record.inputs.find(json.loads(kept)["marked"])
    assert marked is not None
    assert len(json.loads(marked)) == 3


def test_hostile_texts_reach_a_person_and_stop_nothing(tmp_path: Path) -> None:
    odd = [
        "\ud83d half an emoji",
        "\u200b" * 50,
        "אבג דהו " * 30,
        "word " * 10_000,
        "x",
        "\0\x1b[2J",
        "# " * 200,
    ]
    class_ = ProseClass(tmp_path, author(), answers(odd))
    report = class_.check()
    assert (report.checked, report.passed, report.waiting) == (len(odd), 0, len(odd))
    assert class_.check().checked == 0


def test_a_check_that_fails_goes_to_a_person(few: ProseClass, monkeypatch: pytest.MonkeyPatch) -> None:
    from coursekit.policy.reflection import check

    def fall(*_: object) -> None:
        raise ZeroDivisionError("quotes the answer")

    monkeypatch.setattr(check, "look", fall)
    report = few.check()
    assert (report.failed, report.waiting) == (3, 3)
    assert "quotes the answer" not in few.lines()
    # What has failed is tried again.
    monkeypatch.undo()
    assert few.check().checked == 3
    assert few.check().failed == 0


def test_marked_answers_that_cannot_be_learnt_from_take_nobodys_pointers(
    few: ProseClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(learning, "standing_for", fall)
    report = few.check()
    assert (report.checked, report.failed, report.passed) == (3, 0, 0)
    assert "could not be learnt from" in report.events[0]


def test_a_prompt_without_a_rubric_is_left_to_formgrader(few: ProseClass) -> None:
    bare = {P2: replace(few.author.bases[P2], rubric=replace(few.author.bases[P2].rubric, criteria=()))}
    few.author = replace(few.author, bases=bare)
    assert few.check().checked == 0
    assert not few.record.is_there()


# nothing passes unearned


def test_before_a_certificate_nothing_whatever_passes(tmp_path: Path, sure: Sure) -> None:
    class_ = ProseClass(tmp_path, author(corpus.marked("spike-at-65/p2", 40), rule=RULE), answers(TEXTS[:20]))
    assert class_.check().passed == 0
    # Not with any number of marks either, as long as 59 clean ones were not drawn by lot.
    review(class_)
    class_.add(answers(TEXTS[20:24], 500))
    assert class_.check().passed == 0
    class_.earn(
        clean=59 - sum(1 for i in History.of(class_.record.entries()).reviews.values() if i.audit) - 1
    )
    assert class_.check().passed == 0
    assert set(ends(class_)) == {End.HUMAN_REVIEW}
    assert Kind.CERTIFICATE not in kinds(class_)


def test_nothing_passes_with_59_audits_of_which_one_went_wrong(tmp_path: Path, sure: Sure) -> None:
    class_ = ProseClass(tmp_path, author(rule=RULE), answers(TEXTS[:12]))
    class_.earn(clean=58, wrong=1)
    assert class_.check().passed == 0


def test_a_certificate_from_clean_audits_lets_adequate_attempts_pass(tmp_path: Path, sure: Sure) -> None:
    class_ = certified(tmp_path)
    report = class_.check()
    assert any("is certified" in event for event in report.events)
    assert report.passed > 0
    marks = class_.gradebook.cells.values()
    assert sum(mark.auto_score == 4 for mark in marks) == report.passed
    for mark in marks:
        assert (mark.auto_score == 4) == (not mark.needs_manual_grade)
        assert not (mark.auto_score == 4 and mark.auto_comment)
    # Nothing has changed since: the same again gives the same.
    again = class_.check()
    assert (again.checked, again.passed, again.events) == (0, report.passed, ())


def test_a_flag_never_passes(tmp_path: Path, sure: Sure) -> None:
    class_ = certified(tmp_path, count=1)
    class_.add(answers([TEXTS[9], TEXTS[9], "asdf qwer " * 30, "Too short."], 2000))
    class_.check()
    history = History.of(class_.record.entries())
    flagged = [n for n in history.checks.values() if n.checked.flags]
    assert len(flagged) >= 4
    assert {n.checked.route.end for n in flagged} == {End.HUMAN_REVIEW}


def test_an_author_who_wants_people_gets_people(tmp_path: Path, sure: Sure) -> None:
    assert certified(tmp_path, auto=Auto.NONE).check().passed == 0


def test_two_wrong_audits_switch_it_off_and_that_is_told(tmp_path: Path, sure: Sure) -> None:
    class_ = certified(tmp_path, 24, audit_rate=0.5)
    assert class_.check().passed > 0
    desk = class_.desk
    audits = [i for i in desk.queue() if i.checked.route.reasons == (Reason.AUDIT,)]
    assert len(audits) >= 2
    for item in audits[:2]:
        desk.decide(item, Decision(class_.levels(0), False), desk.mark_of(item), seen=False)
    report = class_.check()
    assert report.passed == 0
    assert any("switched off" in event for event in report.events)
    assert kinds(class_).count(Kind.SWITCH) == 1
    # Those that had passed, and that nobody has read, wait for a person now.
    assert all(m.auto_score is None for m in class_.gradebook.cells.values())
    # It is told once.
    assert class_.check().events == ()


def test_switched_off_by_hand_nothing_passes_until_it_is_on_again(tmp_path: Path, sure: Sure) -> None:
    class_ = certified(tmp_path)
    passed = class_.check().passed
    assert passed > 0
    class_.desk.switch(False, "The case was changed.")
    assert class_.check().passed == 0
    class_.desk.switch(True, "It is as it was.")
    assert class_.check().passed == passed


def test_another_rubric_needs_another_certificate(tmp_path: Path, sure: Sure) -> None:
    class_ = certified(tmp_path)
    assert class_.check().passed > 0
    class_.author = author(rule=RULE, max_auto_share=0.79)
    report = class_.check()
    assert report.passed == 0
    assert any("not certified any more" in event for event in report.events)


def test_no_more_pass_than_the_author_allows(tmp_path: Path, sure: Sure) -> None:
    report = certified(tmp_path, 20, max_auto_share=0.1).check()
    assert report.passed == 2


def test_a_persons_mark_on_what_had_passed_stays(tmp_path: Path, sure: Sure) -> None:
    class_ = certified(tmp_path)
    class_.check()
    key = next(k for k, m in class_.gradebook.cells.items() if m.auto_score == 4)
    class_.gradebook.cells[key] = ProseMark(4.0, 1.0, False, "Look at this again.")
    class_.check(force=True)
    assert class_.gradebook.cells[key] == ProseMark(4.0, 1.0, False, "Look at this again.")
