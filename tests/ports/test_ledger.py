"""The book of deeds: one suite for SQLite, for PostgreSQL and for the twin in memory."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from coursekit.model.course import Competency, Course, Gate, GateKind, Module
from coursekit.model.deadline import DeadlineChange, Extension, HandedIn
from coursekit.model.event import Event
from coursekit.model.ids import (
    CourseId,
    Digest,
    ModuleId,
    PromptId,
    ReleaseNumber,
    SubmissionId,
    UserId,
)
from coursekit.model.people import Member, Record, Role, Source, Tally
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.recorded import Recorded
from coursekit.model.submission import (
    Commitment,
    Feedback,
    File,
    Receipt,
    ReceiptKind,
    Release,
    Reply,
    SealedReveal,
    Submission,
    sha256,
    stamp,
)
from coursekit.ports import Deed, Ledger
from coursekit.store.ledger import open_sqlite

LAMPS, OTHER = CourseId("lamps"), CourseId("other")
FIRST, SECOND, THIRD = ModuleId("first"), ModuleId("second"), ModuleId("third")
MARIA, CHEN, OLU = UserId("maria"), UserId("chen"), UserId("olu")
P1, P2, P3 = PromptId("p1"), PromptId("p2"), PromptId("p3")
ONE, TWO, THREE = ReleaseNumber(1), ReleaseNumber(2), ReleaseNumber(3)
T0 = datetime(2027, 1, 24, 22, 59, 1, 234567, tzinfo=UTC)
IN_NEPAL = timezone(timedelta(hours=5, minutes=45))
TWICE = (IntegrityError, ValueError)
"""What a plug may raise for a row that is there already."""


def later(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def course(**changes: Any) -> Course:
    whole = Course(
        LAMPS,
        "Lamps — 灯",
        "Europe/Berlin",
        (
            Module(FIRST, "First", opens=T0, due=later(60), parameters={"seed": 7}),
            Module(SECOND, "Second", after=(FIRST,), gate=Gate(GateKind.PASSED, 0.6)),
        ),
        competencies=(Competency("look", "Look twice", "cognitive"),),
        parameters={"weeks": [1, 2]},
    )
    return replace(whole, **changes)


def release(number: ReleaseNumber = ONE, module: ModuleId = FIRST, of: CourseId = LAMPS) -> Release:
    return Release(
        of,
        module,
        number,
        (File("first.ipynb", sha256(b"notebook"), 8),),
        (
            Prompt(
                P1,
                PromptKind.DECISION,
                "Which?",
                "?",
                min_words=3,
                options=(Choice("a", "A"), Choice("b", "B")),
            ),
            Prompt(P2, PromptKind.ESTIMATE, "How many?", "?", required=False, minimum=0, maximum=9.5),
        ),
        (SealedReveal(P1, sha256(b"cells"), (File("night.csv", sha256(b"night"), 5),)),),
        T0,
        CHEN,
    )


def receipt(
    subject: str,
    learner: UserId = MARIA,
    module: ModuleId = FIRST,
    at: datetime = T0,
    kind: ReceiptKind = ReceiptKind.COMMITMENT,
    previous: str = "",
    of: CourseId = LAMPS,
) -> Receipt:
    return Receipt(
        kind, of, module, learner, ONE, subject, sha256(subject.encode()), stamp(at), previous, "k", "sig"
    )


def commitment(
    prompt: PromptId = P1,
    number: int = 1,
    learner: UserId = MARIA,
    module: ModuleId = FIRST,
    at: datetime = T0,
    of: CourseId = LAMPS,
) -> Commitment:
    response = {"text": "Die Lampe, 灯 🪔", "more": {"levels": [1, 2.5, None, True]}}
    return Commitment(of, module, learner, prompt, number, ONE, response, sha256(b"r"), at)


def submission(
    name: str = "s1",
    learner: UserId = MARIA,
    module: ModuleId = FIRST,
    at: datetime = T0,
    missing: tuple[PromptId, ...] = (),
    of: CourseId = LAMPS,
) -> Submission:
    files = (File("first.ipynb", sha256(name.encode()), 8),)
    return Submission(
        SubmissionId(name), of, module, learner, ONE, files, Digest(sha256(name.encode())), at, missing
    )


def feedback(
    score: float = 3,
    learner: UserId = MARIA,
    module: ModuleId = FIRST,
    at: datetime = T0,
    judged: str | None = "s1",
) -> Feedback:
    return Feedback(
        LAMPS,
        module,
        learner,
        SubmissionId(judged) if judged else None,
        score,
        6,
        (File("first.html", sha256(b"well done"), 9),),
        at,
        CHEN,
    )


def hand_in(deed: Deed, kept: Submission) -> None:
    deed.add_submission(
        kept,
        receipt(kept.id, kept.learner, kept.module, kept.at, ReceiptKind.SUBMISSION, of=kept.course),
    )


def seal(deed: Deed, kept: Commitment) -> None:
    deed.add_commitment(
        kept,
        receipt(f"{kept.prompt}/{kept.number}", kept.learner, kept.module, kept.at, of=kept.course),
    )


# the course and its people


def test_a_course_comes_back_whole_and_the_newest_definition_stands(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        assert deed.find_course(LAMPS) is None
        deed.put_course(course())
    with ledger.read() as deed:
        assert deed.find_course(LAMPS) == course()
        assert deed.find_course(OTHER) is None
    with ledger.write(LAMPS) as deed:
        deed.put_course(course(title="Lights"))
    with ledger.read() as deed:
        assert deed.find_course(LAMPS) == course(title="Lights")


def test_members_have_one_role_in_each_course(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        deed.put_member(Member(LAMPS, OLU, Role.LEARNER, "Olu"))
        deed.put_member(Member(LAMPS, CHEN, Role.GRADER, "Chén"))
        deed.put_member(Member(OTHER, CHEN, Role.LEARNER))
        deed.put_member(Member(LAMPS, OLU, Role.INSTRUCTOR, "Olu A."))
    with ledger.read() as deed:
        assert deed.find_member(LAMPS, OLU) == Member(LAMPS, OLU, Role.INSTRUCTOR, "Olu A.")
        assert deed.find_member(OTHER, OLU) is None
        assert deed.find_member(LAMPS, MARIA) is None
        assert list(deed.members(LAMPS)) == [
            Member(LAMPS, CHEN, Role.GRADER, "Chén"),
            Member(LAMPS, OLU, Role.INSTRUCTOR, "Olu A."),
        ]
        assert list(deed.courses_of(CHEN)) == [(LAMPS, Role.GRADER), (OTHER, Role.LEARNER)]
        assert list(deed.courses_of(MARIA)) == []


# releases


def test_a_release_comes_back_whole_and_the_newest_is_found_without_a_number(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for number in (ONE, TWO):
            deed.add_release(release(number))
        deed.add_release(release(module=SECOND))
        deed.add_release(release(THREE, of=OTHER))
    with ledger.read() as deed:
        assert deed.find_release(LAMPS, FIRST) == release(TWO)
        assert deed.find_release(LAMPS, FIRST, ONE) == release(ONE)
        assert deed.find_release(LAMPS, FIRST, THREE) is None
        assert deed.find_release(LAMPS, THIRD) is None
        assert dict(deed.released_modules(LAMPS)) == {FIRST: TWO, SECOND: ONE}
        assert dict(deed.released_modules(CourseId("none"))) == {}


def test_a_release_never_changes(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        deed.add_release(release())
    with pytest.raises(TWICE), ledger.write(LAMPS) as deed:
        deed.add_release(replace(release(), files=()))
    with ledger.read() as deed:
        assert deed.find_release(LAMPS, FIRST, ONE) == release()


def test_fetches_are_noted_once_each_for_one_learner(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for number in (TWO, ONE, TWO):
            deed.note_fetch(LAMPS, FIRST, MARIA, number, T0)
        deed.note_fetch(LAMPS, SECOND, MARIA, THREE, T0)
        deed.note_fetch(LAMPS, FIRST, OLU, THREE, T0)
    with ledger.read() as deed:
        assert list(deed.fetched(LAMPS, FIRST, MARIA)) == [ONE, TWO]
        assert list(deed.fetched(LAMPS, FIRST, OLU)) == [THREE]
        assert list(deed.fetched(OTHER, FIRST, MARIA)) == []


# commitments and submissions


def test_commitments_come_back_whole_in_the_order_in_which_they_were_made(ledger: Ledger) -> None:
    made = [commitment(P3), commitment(P1), commitment(P2), commitment(P1, 2)]
    with ledger.write(LAMPS) as deed:
        for kept in made:
            seal(deed, kept)
        seal(deed, commitment(P1, learner=OLU))
        seal(deed, commitment(P1, module=SECOND))
    with ledger.read() as deed:
        found = deed.commitments(LAMPS, FIRST, MARIA)
        assert [c for c, _ in found] == made
        assert [r.subject for _, r in found] == ["p3/1", "p1/1", "p2/1", "p1/2"]
        assert deed.find_commitment(LAMPS, FIRST, MARIA, P1) == (commitment(P1), receipt("p1/1"))
        assert deed.find_commitment(LAMPS, FIRST, OLU, P2) is None
        assert list(deed.commitments(OTHER, FIRST, MARIA)) == []


def test_what_several_learners_sealed_first_is_had_at_once(ledger: Ledger) -> None:
    made = [commitment(P3), commitment(P1), commitment(P1, 2), commitment(P1, learner=OLU)]
    with ledger.write(LAMPS) as deed:
        for kept in (*made, commitment(P2, module=SECOND)):
            seal(deed, kept)
    with ledger.read() as deed:
        found = deed.sealed(LAMPS, FIRST, [MARIA, OLU, UserId("nobody")])
        assert found == {
            MARIA: {P3: commitment(P3).response, P1: commitment(P1).response},
            OLU: {P1: commitment(P1, learner=OLU).response},
        }
        assert list(found[MARIA]) == [P3, P1]
        assert deed.sealed(LAMPS, FIRST, [OLU]) == {OLU: found[OLU]}
        assert deed.sealed(LAMPS, FIRST, []) == deed.sealed(OTHER, FIRST, [MARIA]) == {}


def test_a_commitment_is_never_replaced(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        seal(deed, commitment())
    with pytest.raises(TWICE), ledger.write(LAMPS) as deed:
        seal(deed, replace(commitment(), response={"text": "another"}))
    with ledger.read() as deed:
        found = deed.find_commitment(LAMPS, FIRST, MARIA, P1)
        assert found is not None
        assert found[0] == commitment()


def test_complete_once_is_complete_for_ever(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        deed.note_complete(LAMPS, FIRST, MARIA, ONE, T0)
        deed.note_complete(LAMPS, FIRST, MARIA, TWO, later(1))
    with ledger.read() as deed:
        assert deed.record(LAMPS, MARIA) == Record(committed=frozenset({FIRST}))


def test_submissions_come_back_whole_and_oldest_first(ledger: Ledger) -> None:
    made = [submission("zz", missing=(P2, P1)), submission("aa"), submission("mm", OLU)]
    with ledger.write(LAMPS) as deed:
        for kept in made:
            hand_in(deed, kept)
        hand_in(deed, submission("other", module=SECOND))
        hand_in(deed, submission("elsewhere", of=OTHER))
    with ledger.read() as deed:
        assert [s for s, _ in deed.submissions(LAMPS, FIRST)] == made
        assert [s for s, _ in deed.submissions(LAMPS, FIRST, MARIA)] == made[:2]
        assert [r.subject for _, r in deed.submissions(LAMPS, FIRST, MARIA)] == ["zz", "aa"]
        found = deed.find_submission(SubmissionId("mm"))
        assert found == (made[2], receipt("mm", OLU, kind=ReceiptKind.SUBMISSION))
        assert deed.find_submission(SubmissionId("nn")) is None


def test_a_submission_is_never_replaced(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        hand_in(deed, submission())
    with pytest.raises(TWICE), ledger.write(LAMPS) as deed:
        hand_in(deed, submission(learner=OLU))
    with ledger.read() as deed:
        assert [s for s, _ in deed.submissions(LAMPS, FIRST)] == [submission()]
        assert deed.last_receipt(LAMPS, OLU) is None


def test_the_last_receipt_is_the_learners_own_in_that_course(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        assert deed.last_receipt(LAMPS, MARIA) is None
        # The second is older by its clock; the chain goes by the order of deeds.
        seal(deed, commitment(P1, at=later(5)))
        hand_in(deed, submission("s1", at=later(1), module=SECOND))
        seal(deed, commitment(P1, learner=OLU))
        seal(deed, commitment(P1, of=OTHER))
    with ledger.read() as deed:
        last = deed.last_receipt(LAMPS, MARIA)
        assert last is not None
        assert last.subject == "s1"
        mine = deed.last_receipt(OTHER, MARIA)
        assert mine is not None
        assert mine.course == OTHER


# staff's side


def test_feedback_comes_back_newest_last(ledger: Ledger) -> None:
    given = [feedback(5), feedback(2, at=later(-1)), feedback(4, OLU, judged=None)]
    with ledger.write(LAMPS) as deed:
        for one in given:
            deed.put_feedback(one)
        deed.put_feedback(feedback(1, module=SECOND))
    with ledger.read() as deed:
        assert list(deed.feedback(LAMPS, FIRST)) == given
        assert list(deed.feedback(LAMPS, FIRST, MARIA)) == given[:2]
        assert list(deed.feedback(OTHER, FIRST)) == []


def test_events_come_back_in_the_order_in_which_they_were_written(ledger: Ledger) -> None:
    told = [
        Event(LAMPS, later(9), CHEN, "waive", "first", {"learner": "maria", "list": [1, None]}),
        Event(LAMPS, T0, MARIA, "fetch"),
    ]
    with ledger.write(LAMPS) as deed:
        for one in told:
            deed.add_event(one)
        deed.add_event(Event(OTHER, T0, CHEN, "put course"))
    with ledger.read() as deed:
        assert [event for _, event in deed.events(LAMPS)] == told


# what the gate asks about


def test_the_record_gathers_what_one_learner_did_in_one_course(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for who in (MARIA, OLU):
            deed.put_member(Member(LAMPS, who, Role.LEARNER))
        hand_in(deed, submission("s1"))
        hand_in(deed, submission("s2"))
        deed.note_complete(LAMPS, FIRST, MARIA, ONE, T0)
        deed.put_feedback(feedback(6))
        deed.put_feedback(feedback(3))
        deed.add_opening(LAMPS, SECOND, MARIA, True, "did it last year", T0)
        deed.add_opening(LAMPS, SECOND, MARIA, True, "again", T0)
        deed.add_opening(LAMPS, THIRD, MARIA, False, "edited", T0)
        hand_in(deed, submission("s3", of=OTHER, module=THIRD))
        # Somebody who left traces and is no member: in nobody's list, and no stumbling block.
        hand_in(deed, submission("s4", CHEN))
    expected = Record(
        submitted=frozenset({FIRST}),
        committed=frozenset({FIRST}),
        marks={FIRST: 0.5},
        waived=frozenset({SECOND}),
        kept_open=frozenset({THIRD}),
    )
    with ledger.read() as deed:
        assert deed.record(LAMPS, MARIA) == expected
        assert deed.record(LAMPS, OLU) == Record()
        assert deed.record(OTHER, MARIA) == Record(submitted=frozenset({THIRD}))
        assert dict(deed.records(LAMPS)) == {MARIA: expected, OLU: Record()}


def test_the_mark_that_was_released_last_counts(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for score in (1, 6, 2):
            deed.put_feedback(feedback(score, at=later(-score)))
    with ledger.read() as deed:
        assert deed.record(LAMPS, MARIA).marks == {FIRST: 2 / 6}


def test_tallies_count_for_the_path(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        deed.note_fetch(LAMPS, FIRST, MARIA, ONE, T0)
        deed.note_fetch(LAMPS, FIRST, MARIA, TWO, T0)
        for kept in (commitment(P1), commitment(P2), commitment(P1, 2)):
            seal(deed, kept)
        hand_in(deed, submission("s1", at=later(1)))
        hand_in(deed, submission("s2", at=later(2)))
        deed.put_feedback(feedback(at=later(3)))
        seal(deed, commitment(P3, module=SECOND))
        deed.put_feedback(feedback(module=THIRD, at=later(4)))
        hand_in(deed, submission("s3", OLU))
        hand_in(deed, submission("s4", of=OTHER))
    with ledger.read() as deed:
        assert dict(deed.standing(LAMPS, MARIA)[1]) == {
            FIRST: Tally(TWO, frozenset({P1, P2}), 2, later(2), later(3)),
            SECOND: Tally(committed=frozenset({P3})),
            THIRD: Tally(feedback_at=later(4)),
        }
        assert dict(deed.standing(LAMPS, CHEN)[1]) == {}


# moments


def test_moments_keep_their_zone(ledger: Ledger) -> None:
    there = T0.astimezone(IN_NEPAL)
    with ledger.write(LAMPS) as deed:
        seal(deed, commitment(at=there))
        hand_in(deed, submission(at=there))
        deed.put_feedback(feedback(at=there))
        deed.add_event(Event(LAMPS, there, CHEN, "look"))
        deed.add_release(replace(release(), released_at=there))
    with ledger.read() as deed:
        first = deed.find_commitment(LAMPS, FIRST, MARIA, P1)
        released = deed.find_release(LAMPS, FIRST)
        tally = deed.standing(LAMPS, MARIA)[1][FIRST]
        assert first is not None
        assert released is not None
        moments = [
            first[0].at,
            released.released_at,
            deed.submissions(LAMPS, FIRST)[0][0].at,
            deed.feedback(LAMPS, FIRST)[0].at,
            deed.events(LAMPS)[0][1].at,
            tally.submitted_at,
            tally.feedback_at,
        ]
    for moment in moments:
        assert moment is not None
        assert moment.utcoffset() is not None
        assert moment == T0


NAIVE = T0.replace(tzinfo=None)


@pytest.mark.parametrize(
    "write",
    [
        lambda deed: seal(deed, commitment(at=NAIVE)),
        lambda deed: hand_in(deed, submission(at=NAIVE)),
        lambda deed: deed.put_feedback(feedback(at=NAIVE)),
        lambda deed: deed.add_event(Event(LAMPS, NAIVE, CHEN, "look")),
        lambda deed: deed.note_fetch(LAMPS, FIRST, MARIA, ONE, NAIVE),
        lambda deed: deed.note_complete(LAMPS, FIRST, MARIA, ONE, NAIVE),
        lambda deed: deed.add_opening(LAMPS, FIRST, MARIA, True, "why", NAIVE),
        lambda deed: deed.add_extension(extension(at=NAIVE)),
        lambda deed: deed.add_extension(extension(until=NAIVE)),
        lambda deed: deed.add_withdrawal(submission(), CHEN, "why", NAIVE),
        lambda deed: deed.add_choice(LAMPS, FIRST, MARIA, SubmissionId("s1"), NAIVE),
        lambda deed: deed.add_reply(Reply(LAMPS, MARIA, "k", sha256(b""), {}, NAIVE)),
    ],
    ids=[
        *("commitment", "submission", "feedback", "event", "fetch", "completion", "opening"),
        *("extension", "until", "withdrawal", "choice", "reply"),
    ],
)
def test_a_moment_without_a_zone_is_refused(ledger: Ledger, write: Callable[[Deed], None]) -> None:
    with pytest.raises((ValueError, StatementError), match="time zone"), ledger.write(LAMPS) as deed:
        write(deed)


# all of it, or none


def everything(deed: Deed) -> None:
    deed.put_course(course())
    deed.put_member(Member(LAMPS, MARIA, Role.LEARNER))
    deed.add_release(release())
    deed.note_fetch(LAMPS, FIRST, MARIA, ONE, T0)
    seal(deed, commitment())
    deed.note_complete(LAMPS, FIRST, MARIA, ONE, T0)
    hand_in(deed, submission())
    deed.put_feedback(feedback())
    deed.add_opening(LAMPS, SECOND, MARIA, False, "kept", T0)
    deed.add_event(Event(LAMPS, T0, CHEN, "look"))
    deed.add_extension(extension(until=later(60)))
    deed.add_withdrawal(submission(), CHEN, "wrong file", T0)
    deed.add_choice(LAMPS, FIRST, MARIA, SubmissionId("s1"), T0)
    deed.add_reply(Reply(LAMPS, MARIA, "k", sha256(b"asked"), {"a": 1}, T0))


def look(deed: Deed) -> list[Any]:
    return [
        deed.find_course(LAMPS),
        list(deed.members(LAMPS)),
        dict(deed.released_modules(LAMPS)),
        list(deed.fetched(LAMPS, FIRST, MARIA)),
        list(deed.commitments(LAMPS, FIRST, MARIA)),
        list(deed.submissions(LAMPS, FIRST)),
        list(deed.feedback(LAMPS, FIRST)),
        deed.record(LAMPS, MARIA),
        dict(deed.standing(LAMPS, MARIA)[1]),
        list(deed.events(LAMPS)),
        deed.last_receipt(LAMPS, MARIA),
        list(deed.extensions(LAMPS)),
        list(deed.handed_in(LAMPS)),
        dict(deed.choices(LAMPS)),
        deed.find_reply(LAMPS, MARIA, "k"),
        deed.stored_bytes(LAMPS, MARIA),
        deed.judged(LAMPS, FIRST),
    ]


class PowerCutError(Exception):
    pass


def test_a_deed_that_fails_leaves_nothing(ledger: Ledger) -> None:
    with ledger.read() as deed:
        before = look(deed)

    def cut(deed: Deed) -> None:
        everything(deed)
        assert look(deed) != before
        raise PowerCutError

    with pytest.raises(PowerCutError):
        _write(ledger, cut)
    with ledger.read() as deed:
        assert look(deed) == before
    with ledger.write(LAMPS) as deed:
        everything(deed)
    with ledger.read() as deed:
        assert deed.last_receipt(LAMPS, MARIA) is not None


def test_a_deed_that_fails_leaves_what_was_there(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        everything(deed)
    with ledger.read() as deed:
        before = look(deed)

    def clash(deed: Deed) -> None:
        deed.put_course(course(title="Lights"))
        deed.put_member(Member(LAMPS, MARIA, Role.GRADER))
        seal(deed, commitment(P2))
        deed.add_release(release())

    with pytest.raises(TWICE):
        _write(ledger, clash)
    with ledger.read() as deed:
        assert look(deed) == before


def test_a_look_writes_nothing(ledger: Ledger) -> None:
    with ledger.read() as deed:
        before = look(deed)
    # PostgreSQL refuses at once; the others forget it.
    with contextlib.suppress(DBAPIError), ledger.read() as deed:
        everything(deed)
    with ledger.read() as deed:
        assert look(deed) == before


def test_a_look_is_consistent_while_somebody_writes(ledger: Ledger) -> None:
    with ledger.read() as deed:
        before = look(deed)
        writer = threading.Thread(target=lambda: _write(ledger, everything))
        writer.start()
        writer.join(20)
        assert not writer.is_alive()
        assert look(deed) == before
    with ledger.read() as deed:
        assert look(deed) != before


def _write(ledger: Ledger, deeds: Callable[[Deed], None]) -> None:
    with ledger.write(LAMPS) as deed:
        deeds(deed)


def test_two_writers_neither_lose_nor_double_a_receipt(ledger: Ledger) -> None:
    each = 15
    failed: list[BaseException] = []
    ready = threading.Barrier(2)

    def work(name: str) -> None:
        try:
            ready.wait(10)
            for number in range(each):
                with ledger.write(LAMPS, MARIA) as deed:
                    last = deed.last_receipt(LAMPS, MARIA)
                    kept = submission(f"{name}{number}")
                    linked = receipt(
                        kept.id, kind=ReceiptKind.SUBMISSION, previous=last.own_digest() if last else ""
                    )
                    deed.add_submission(kept, linked)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with ledger.read() as deed:
        receipts = [r for _, r in deed.submissions(LAMPS, FIRST, MARIA)]
        last = deed.last_receipt(LAMPS, MARIA)
    assert len({r.subject for r in receipts}) == len(receipts) == 2 * each
    assert [r.previous for r in receipts] == ["", *(r.own_digest() for r in receipts[:-1])]
    assert last == receipts[-1]


def test_the_file_keeps_everything_when_it_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    opened = open_sqlite(path)
    with opened.write(LAMPS) as deed:
        everything(deed)
        before = look(deed)
    opened.close()
    again = open_sqlite(path)
    with again.read() as deed:
        assert look(deed) == before
    again.close()


def test_first_responses_come_oldest_first_and_only_first_ones_of_that_prompt(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for learner, at in ((OLU, 5), (MARIA, 1), (CHEN, 3)):
            deed.add_commitment(
                commitment(learner=learner, at=later(at)), receipt("p1", learner, at=later(at))
            )
        for other in (
            commitment(number=2, at=later(9)),
            commitment(prompt=P2, at=later(10)),
            commitment(module=SECOND, at=later(11)),
        ):
            deed.add_commitment(other, receipt(f"{other.prompt}-{other.at}", at=other.at))
    with ledger.read() as deed:
        given = deed.first_responses(LAMPS, FIRST, P1, limit=10)
        assert [who for who, _ in given] == [MARIA, CHEN, OLU]
        assert given[0][1] == commitment().response
        assert [who for who, _ in deed.first_responses(LAMPS, FIRST, P1, limit=2)] == [MARIA, CHEN]
        assert deed.first_responses(LAMPS, FIRST, P3, limit=10) == []


# people come and go


def test_first_responses_are_counted_and_read_on_from_a_moment(ledger: Ledger) -> None:
    names = [UserId(f"l{n}") for n in range(5)]
    with ledger.write(LAMPS) as deed:
        assert deed.count_first_responses(LAMPS, FIRST, P1) == 0
        for n, who in enumerate(names):
            given = commitment(learner=who, at=later(n))
            deed.add_commitment(given, receipt("p1", learner=who, at=later(n)))
        again = commitment(number=2, learner=names[0], at=later(9))
        deed.add_commitment(again, receipt("p1", learner=names[0], at=later(9)))
    with ledger.read() as deed:
        assert deed.count_first_responses(LAMPS, FIRST, P1) == 5
        assert deed.count_first_responses(LAMPS, FIRST, P2) == 0
        found = deed.first_responses_since(LAMPS, FIRST, P1, None, 9)
        assert [who for who, _, _ in found] == names
        assert found[0][1:] == (commitment().response, later(0))
        # From that moment on, itself included: two may share it.
        assert [w for w, _, _ in deed.first_responses_since(LAMPS, FIRST, P1, later(3), 9)] == names[3:]
        assert [w for w, _, _ in deed.first_responses_since(LAMPS, FIRST, P1, later(1), 2)] == names[1:3]


def test_a_member_keeps_zone_and_source(ledger: Ledger) -> None:
    whole = Member(LAMPS, OLU, Role.LEARNER, "Olu", "Africa/Lagos", Source.GROUP)
    with ledger.write(LAMPS) as deed:
        deed.put_member(whole)
    with ledger.read() as deed:
        assert deed.find_member(LAMPS, OLU) == whole
        assert list(deed.members(LAMPS)) == [whole]


def test_who_is_removed_is_gone_and_all_they_did_stays(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for of, who in ((LAMPS, MARIA), (LAMPS, OLU), (OTHER, MARIA)):
            deed.put_member(Member(of, who, Role.LEARNER))
        hand_in(deed, submission())
        seal(deed, commitment())
        deed.remove_member(LAMPS, MARIA)
        # Whoever is not there is removed as well.
        deed.remove_member(LAMPS, CHEN)
    with ledger.read() as deed:
        assert deed.find_member(LAMPS, MARIA) is None
        assert [m.user for m in deed.members(LAMPS)] == [OLU]
        assert list(deed.courses_of(MARIA)) == [(OTHER, Role.LEARNER)]
        assert [s for s, _ in deed.submissions(LAMPS, FIRST, MARIA)] == [submission()]
        assert len(deed.commitments(LAMPS, FIRST, MARIA)) == 1
        assert deed.record(LAMPS, MARIA).submitted == {FIRST}
        assert dict(deed.records(LAMPS)) == {OLU: Record()}


def test_several_releases_are_found_at_once(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for number in (ONE, TWO):
            deed.add_release(release(number))
        deed.add_release(release(module=SECOND))
        deed.add_release(release(THREE, of=OTHER))
    for _ in range(2):
        with ledger.read() as deed:
            found = deed.find_releases(LAMPS, {FIRST: ONE, SECOND: ONE, THIRD: ONE})
            assert dict(found) == {FIRST: release(), SECOND: release(module=SECOND)}
            assert dict(deed.find_releases(LAMPS, {FIRST: THREE})) == {}
            assert dict(deed.find_releases(LAMPS, {})) == {}


def test_a_release_of_a_failed_deed_is_remembered_nowhere(ledger: Ledger) -> None:
    def cut(deed: Deed) -> None:
        deed.add_release(release())
        assert deed.find_release(LAMPS, FIRST) == release()
        raise PowerCutError

    with pytest.raises(PowerCutError):
        _write(ledger, cut)
    with ledger.read() as deed:
        assert deed.find_release(LAMPS, FIRST, ONE) is None
    other = replace(release(), files=())
    with ledger.write(LAMPS) as deed:
        deed.add_release(other)
    with ledger.read() as deed:
        assert deed.find_release(LAMPS, FIRST, ONE) == other


# deadlines


def extension(
    change: DeadlineChange = DeadlineChange.EXTEND,
    learner: UserId = MARIA,
    module: ModuleId = FIRST,
    until: datetime | None = None,
    of: CourseId = LAMPS,
    at: datetime = T0,
) -> Extension:
    return Extension(of, module, learner, change, until, CHEN, "ill, 病", at)


def test_extensions_come_back_whole_oldest_first(ledger: Ledger) -> None:
    given = [
        extension(until=later(60)),
        extension(DeadlineChange.REOPEN, until=None, at=later(-5)),
        extension(learner=OLU, until=later(30).astimezone(IN_NEPAL)),
        extension(module=SECOND, until=later(90)),
    ]
    with ledger.write(LAMPS) as deed:
        for one in [*given, extension(of=OTHER)]:
            deed.add_extension(one)
    with ledger.read() as deed:
        assert list(deed.extensions(LAMPS)) == given
        assert list(deed.extensions(LAMPS, FIRST)) == given[:3]
        assert list(deed.extensions(LAMPS, FIRST, MARIA)) == given[:2]
        assert list(deed.extensions(LAMPS, learner=MARIA)) == [*given[:2], given[3]]
        assert list(deed.extensions(CourseId("none"))) == []
        until = deed.extensions(LAMPS, FIRST, OLU)[0].until
        assert until is not None
        assert until.utcoffset() is not None


# which hand-in counts


def test_what_is_withdrawn_stays_and_no_longer_counts(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for name, minute in (("s1", 1), ("s2", 2)):
            hand_in(deed, submission(name, at=later(minute)))
        deed.add_withdrawal(submission("s2", at=later(2)), CHEN, "wrong file", later(3))
    with ledger.read() as deed:
        assert [s.id for s, _ in deed.submissions(LAMPS, FIRST, MARIA)] == ["s1", "s2"]
        assert [(h.submission, h.is_withdrawn) for h in deed.handed_in(LAMPS)] == [
            ("s1", False),
            ("s2", True),
        ]
        tally = deed.standing(LAMPS, MARIA)[1][FIRST]
        assert (tally.submissions, tally.submitted_at) == (1, later(1))
        assert deed.record(LAMPS, MARIA).submitted == {FIRST}
    with ledger.write(LAMPS) as deed:
        deed.add_withdrawal(submission("s1", at=later(1)), MARIA, "that as well", later(4))
    with ledger.read() as deed:
        assert deed.record(LAMPS, MARIA).submitted == frozenset()
        assert deed.find_submission(SubmissionId("s1")) is not None


def test_nothing_is_withdrawn_twice(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        hand_in(deed, submission())
        deed.add_withdrawal(submission(), CHEN, "wrong file", T0)
    with pytest.raises(TWICE), ledger.write(LAMPS) as deed:
        deed.add_withdrawal(submission(), CHEN, "again", T0)


def test_the_newest_choice_holds(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for of, module, who, chosen, minute in (
            (LAMPS, FIRST, MARIA, "s1", 5),
            # The newest word, whatever its clock says.
            (LAMPS, FIRST, MARIA, "s2", 1),
            (LAMPS, SECOND, MARIA, "s3", 1),
            (LAMPS, FIRST, OLU, "s4", 1),
            (OTHER, FIRST, MARIA, "s5", 1),
        ):
            deed.add_choice(of, module, who, SubmissionId(chosen), later(minute))
    with ledger.read() as deed:
        assert dict(deed.choices(LAMPS)) == {
            (MARIA, FIRST): "s2",
            (MARIA, SECOND): "s3",
            (OLU, FIRST): "s4",
        }
        assert dict(deed.choices(LAMPS, FIRST)) == {(MARIA, FIRST): "s2", (OLU, FIRST): "s4"}
        assert dict(deed.choices(LAMPS, FIRST, MARIA)) == {(MARIA, FIRST): "s2"}
        assert dict(deed.choices(LAMPS, learner=OLU)) == {(OLU, FIRST): "s4"}


# lists


def test_what_was_handed_in_is_listed_oldest_first(ledger: Ledger) -> None:
    made = [
        submission("zz", at=later(1)),
        submission("aa", OLU, at=later(2)),
        submission("mm", module=SECOND, at=later(3)),
        submission("bb", CHEN, at=later(4)),
    ]
    with ledger.write(LAMPS) as deed:
        for kept in made:
            hand_in(deed, kept)
        hand_in(deed, submission("elsewhere", of=OTHER))
    listed = [HandedIn(s.id, s.module, s.learner, s.at) for s in made]
    with ledger.read() as deed:
        assert list(deed.handed_in(LAMPS)) == listed
        assert list(deed.handed_in(LAMPS, FIRST)) == [listed[0], listed[1], listed[3]]
        assert list(deed.handed_in(LAMPS, learners=[MARIA])) == [listed[0], listed[2]]
        assert list(deed.handed_in(LAMPS, FIRST, {MARIA, CHEN})) == [listed[0], listed[3]]
        assert list(deed.handed_in(LAMPS, learners=[])) == []
        many = {UserId(f"nobody{n}") for n in range(2500)} | {OLU, CHEN}
        assert list(deed.handed_in(LAMPS, FIRST, many)) == [listed[1], listed[3]]


def test_submissions_are_paged_without_gap_or_overlap(ledger: Ledger) -> None:
    made = [submission(f"s{n}", (MARIA, OLU)[n % 2], (FIRST, SECOND)[n % 3 == 0]) for n in range(20)]
    with ledger.write(LAMPS) as deed:
        for kept in made:
            hand_in(deed, kept)
            hand_in(deed, submission(f"o{kept.id}", of=OTHER))
    wanted = [s for s in made if s.module == FIRST]
    with ledger.read() as deed:
        seen, after = [], 0
        while page := deed.submission_page(LAMPS, FIRST, after, 3):
            assert len(page) <= 3
            assert [n for n, _ in page] == sorted({n for n, _ in page})
            assert page[0][0] > after
            seen += [s for _, s in page]
            after = page[-1][0]
        assert seen == wanted


def test_stored_bytes_are_the_sum_of_everything_handed_in(ledger: Ledger) -> None:
    large = replace(
        submission("s2"), files=(File("a", sha256(b"a"), 3_000_000_000), File("b", sha256(b"b"), 5))
    )
    with ledger.write(LAMPS) as deed:
        for kept in (submission("s1"), large, submission("s3", module=SECOND)):
            hand_in(deed, kept)
        hand_in(deed, submission("s4", OLU))
        hand_in(deed, submission("s5", of=OTHER))
        # Withdrawn work is kept, and so it takes room.
        deed.add_withdrawal(large, CHEN, "wrong file", T0)
    with ledger.read() as deed:
        assert deed.stored_bytes(LAMPS, MARIA) == 8 + 3_000_000_005 + 8
        assert deed.stored_bytes(LAMPS, OLU) == 8
        assert deed.stored_bytes(LAMPS, CHEN) == 0


def test_judged_are_the_submissions_that_feedback_names(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        for given in (feedback(), feedback(5), feedback(4, OLU, judged=None), feedback(4, OLU, judged="s7")):
            deed.put_feedback(given)
        deed.put_feedback(feedback(module=SECOND, judged="s9"))
    with ledger.read() as deed:
        assert deed.judged(LAMPS, FIRST) == {"s1", "s7"}
        assert deed.judged(LAMPS, FIRST, [OLU]) == {"s7"}
        assert deed.judged(LAMPS, FIRST, [MARIA, OLU, CHEN]) == {"s1", "s7"}
        assert deed.judged(LAMPS, FIRST, []) == frozenset()
        assert deed.judged(OTHER, FIRST) == frozenset()


def test_the_log_is_paged_and_numbers_only_grow(ledger: Ledger) -> None:
    told = [Event(LAMPS, later(-n), CHEN, f"deed {n}") for n in range(10)]
    with ledger.write(LAMPS) as deed:
        for one in told:
            deed.add_event(one)
            deed.add_event(Event(OTHER, T0, CHEN, "elsewhere"))
    with ledger.read() as deed:
        whole = deed.events(LAMPS)
        numbers = [n for n, _ in whole]
        assert [e for _, e in whole] == told
        assert numbers == sorted(set(numbers))
        assert numbers[0] > 0
        assert list(deed.events(LAMPS, after=numbers[3])) == list(whole[4:])
        assert list(deed.events(LAMPS, after=numbers[3], limit=2)) == list(whole[4:6])
        assert list(deed.events(LAMPS, limit=3)) == list(whole[:3])
        assert list(deed.events(LAMPS, after=numbers[-1])) == []


# answers given before


def test_a_reply_is_found_by_whose_it_is_and_its_key(ledger: Ledger) -> None:
    kept = Reply(LAMPS, MARIA, "k-1", sha256(b"asked"), {"submission": "s1", "more": [1, None]}, T0)
    with ledger.write(LAMPS) as deed:
        deed.add_reply(kept)
        deed.add_reply(replace(kept, learner=OLU))
        deed.add_reply(replace(kept, course=OTHER))
    with ledger.read() as deed:
        assert deed.find_reply(LAMPS, MARIA, "k-1") == kept
        assert deed.find_reply(LAMPS, MARIA, "k-2") is None
        assert deed.find_reply(LAMPS, CHEN, "k-1") is None
    with pytest.raises(TWICE), ledger.write(LAMPS) as deed:
        deed.add_reply(replace(kept, fingerprint=sha256(b"else")))


# what is counted


def line(number: int, kind: str = "check", about: Submission | None = None, **changes: Any) -> Recorded:
    mine = {} if about is None else {"submission": about.id, "learner": about.learner, "prompt": P1}
    whole = Recorded(
        LAMPS,
        FIRST,
        number,
        kind,
        later(number),
        {"checked": {"share": 0.333333, "spans": [], "none": None, "text": "— 灯"}},
        Digest("" if number == 1 else f"{number - 1:064}"),
        Digest(f"{number:064}"),
        **mine,
    )
    return replace(whole, **changes)


def test_the_record_of_checks_comes_back_whole_in_its_own_order(ledger: Ledger) -> None:
    mine, other = submission("s1"), submission("s2", learner=OLU)
    lines = [
        line(1, about=mine),
        line(2, "appeal", mine, beside={"reason": "Read it again: — 灯"}),
        line(3, "switch"),
        line(4, about=other),
        line(5, "switch"),
    ]
    elsewhere = [line(1, "switch", module=SECOND), line(1, "switch", course=OTHER)]
    with ledger.write(LAMPS) as deed:
        assert deed.last_recorded(LAMPS, FIRST) is None
        for each in [*elsewhere, *lines]:
            deed.add_recorded(each)
    with ledger.read() as deed:
        assert list(deed.recorded(LAMPS, FIRST)) == lines
        assert deed.last_recorded(LAMPS, FIRST) == lines[-1]
        assert deed.last_recorded(LAMPS, SECOND) == elsewhere[0]
        assert deed.last_recorded(OTHER, FIRST) == elsewhere[1]
        assert list(deed.recorded(LAMPS, FIRST, after=1, limit=2)) == lines[1:3]
        assert list(deed.recorded(LAMPS, FIRST, kind="switch")) == [lines[2], lines[4]]
        assert list(deed.recorded(LAMPS, FIRST, submission=mine.id)) == lines[:2]
        assert list(deed.recorded(LAMPS, FIRST, "appeal", mine.id)) == [lines[1]]


@pytest.mark.parametrize(
    "again", [line(1), line(2, about=None, submission=SubmissionId("s1"), prompt=P1, learner=MARIA)]
)
def test_two_who_check_the_same_write_it_once(ledger: Ledger, again: Recorded) -> None:
    """The same place in the chain, or the same answer: neither is kept twice, and nothing of the second deed is."""
    with ledger.write(LAMPS) as deed:
        deed.add_recorded(line(1, about=submission("s1")))

    def check_again() -> None:
        with ledger.write(LAMPS) as deed:
            deed.add_recorded(line(3, "switch"))
            deed.add_recorded(again)

    with pytest.raises(TWICE):
        check_again()
    with ledger.read() as deed:
        assert [(each.number, each.kind) for each in deed.recorded(LAMPS, FIRST)] == [(1, "check")]


def test_what_is_to_be_checked_waits_until_it_is(ledger: Ledger) -> None:
    given = [
        submission("s1"),
        submission("s2", learner=OLU),
        submission("s3", module=SECOND),
        submission("s4"),
    ]
    with ledger.write(LAMPS) as deed:
        assert (deed.unchecked(0, 9), deed.last_submission()) == ([], 0)
        for each in given:
            proof = receipt(each.id, each.learner, each.module, each.at, ReceiptKind.SUBMISSION)
            deed.add_submission(each, proof, to_check=each.id != "s2")
    with ledger.read() as deed:
        assert [s for _, s in deed.unchecked(0, 9)] == [given[0], given[2], given[3]]
        assert [s.id for _, s in deed.unchecked(0, 1)] == ["s1"]
        beyond = deed.unchecked(0, 1)[0][0]
        assert [s.id for _, s in deed.unchecked(beyond, 9)] == ["s3", "s4"]
        assert deed.unchecked(deed.last_submission(), 9) == []
        assert [deed.is_to_check(SubmissionId(s)) for s in ("s1", "s2", "none")] == [True, False, False]
    with ledger.write(LAMPS) as deed:
        deed.add_recorded(line(1, "appeal", given[0]))
        deed.add_recorded(line(2, about=given[2], module=SECOND))
    with ledger.read() as deed:
        # An appeal is no check.
        assert [s.id for _, s in deed.unchecked(0, 9)] == ["s1", "s4"]


def test_whether_there_is_anything_to_check_by(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        deed.add_release(release())
        assert not deed.has_checks()
        checked = replace(release(TWO), checks=sha256(b"checks"))
        deed.add_release(checked)
        assert deed.has_checks()
    with ledger.read() as deed:
        assert deed.find_release(LAMPS, FIRST) == checked


def test_the_tally_names_the_release_that_was_completed_first(ledger: Ledger) -> None:
    with ledger.write(LAMPS) as deed:
        deed.note_complete(LAMPS, FIRST, MARIA, TWO, T0)
        deed.note_complete(LAMPS, FIRST, MARIA, THREE, T0)
    with ledger.read() as deed:
        record, tallies = deed.standing(LAMPS, MARIA)
        assert dict(tallies) == {FIRST: Tally(completed=TWO)}
        assert record == deed.record(LAMPS, MARIA) == Record(committed=frozenset({FIRST}))


def test_names_are_in_one_order_whatever_keeps_them(ledger: Ledger) -> None:
    names = ["Zoe", "_x", "a-b", "a.b", "aB", "ab", "abc", "b", "é"]
    with ledger.write(LAMPS) as deed:
        for name in reversed(names):
            deed.put_member(Member(LAMPS, UserId(name), Role.LEARNER))
            deed.put_member(Member(CourseId(name), MARIA, Role.LEARNER))
    with ledger.read() as deed:
        assert [m.user for m in deed.members(LAMPS)] == sorted(names)
        assert [c for c, _ in deed.courses_of(MARIA)] == sorted(names)


def test_it_can_be_written_to(ledger: Ledger) -> None:
    ledger.check()
