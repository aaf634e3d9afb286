"""The book of deeds: one suite for the SQLite file and for its twin in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from coursekit.model.course import Competency, Course, Gate, GateKind, Module
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
from coursekit.model.people import Member, Record, Role, Tally
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.model.submission import (
    Commitment,
    Feedback,
    File,
    Receipt,
    ReceiptKind,
    Release,
    SealedReveal,
    Submission,
    sha256,
    stamp,
)
from coursekit.ports import Deed, Ledger
from coursekit.store.ledger import open_sqlite
from coursekit.store.memory import MemoryLedger

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


@pytest.fixture(params=["memory", "sqlite"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "memory":
        yield MemoryLedger()
        return
    opened = open_sqlite(tmp_path / "data" / "ledger.sqlite")
    yield opened
    opened.close()


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
    with ledger.write() as deed:
        assert deed.find_course(LAMPS) is None
        deed.put_course(course())
    with ledger.read() as deed:
        assert deed.find_course(LAMPS) == course()
        assert deed.find_course(OTHER) is None
    with ledger.write() as deed:
        deed.put_course(course(title="Lights"))
    with ledger.read() as deed:
        assert deed.find_course(LAMPS) == course(title="Lights")


def test_members_have_one_role_in_each_course(ledger: Ledger) -> None:
    with ledger.write() as deed:
        deed.put_member(Member(LAMPS, OLU, Role.LEARNER, "Olu"))
        deed.put_member(Member(LAMPS, CHEN, Role.GRADER, "Chén"))
        deed.put_member(Member(OTHER, CHEN, Role.LEARNER))
        deed.put_member(Member(LAMPS, OLU, Role.INSTRUCTOR, "Olu A."))
    with ledger.read() as deed:
        assert deed.find_role(LAMPS, OLU) is Role.INSTRUCTOR
        assert deed.find_role(OTHER, OLU) is None
        assert deed.find_role(LAMPS, MARIA) is None
        assert list(deed.members(LAMPS)) == [
            Member(LAMPS, CHEN, Role.GRADER, "Chén"),
            Member(LAMPS, OLU, Role.INSTRUCTOR, "Olu A."),
        ]
        assert list(deed.courses_of(CHEN)) == [(LAMPS, Role.GRADER), (OTHER, Role.LEARNER)]
        assert list(deed.courses_of(MARIA)) == []


# releases


def test_a_release_comes_back_whole_and_the_newest_is_found_without_a_number(ledger: Ledger) -> None:
    with ledger.write() as deed:
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
    with ledger.write() as deed:
        deed.add_release(release())
    with pytest.raises(TWICE), ledger.write() as deed:
        deed.add_release(replace(release(), files=()))
    with ledger.read() as deed:
        assert deed.find_release(LAMPS, FIRST, ONE) == release()


def test_fetches_are_noted_once_each_for_one_learner(ledger: Ledger) -> None:
    with ledger.write() as deed:
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
    with ledger.write() as deed:
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


def test_a_commitment_is_never_replaced(ledger: Ledger) -> None:
    with ledger.write() as deed:
        seal(deed, commitment())
    with pytest.raises(TWICE), ledger.write() as deed:
        seal(deed, replace(commitment(), response={"text": "another"}))
    with ledger.read() as deed:
        found = deed.find_commitment(LAMPS, FIRST, MARIA, P1)
        assert found is not None
        assert found[0] == commitment()


def test_complete_once_is_complete_for_ever(ledger: Ledger) -> None:
    with ledger.write() as deed:
        deed.note_complete(LAMPS, FIRST, MARIA, ONE, T0)
        deed.note_complete(LAMPS, FIRST, MARIA, TWO, later(1))
    with ledger.read() as deed:
        assert deed.record(LAMPS, MARIA) == Record(committed=frozenset({FIRST}))


def test_submissions_come_back_whole_and_oldest_first(ledger: Ledger) -> None:
    made = [submission("zz", missing=(P2, P1)), submission("aa"), submission("mm", OLU)]
    with ledger.write() as deed:
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
    with ledger.write() as deed:
        hand_in(deed, submission())
    with pytest.raises(TWICE), ledger.write() as deed:
        hand_in(deed, submission(learner=OLU))
    with ledger.read() as deed:
        assert [s for s, _ in deed.submissions(LAMPS, FIRST)] == [submission()]
        assert deed.last_receipt(LAMPS, OLU) is None


def test_the_last_receipt_is_the_learners_own_in_that_course(ledger: Ledger) -> None:
    with ledger.write() as deed:
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
    with ledger.write() as deed:
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
    with ledger.write() as deed:
        for one in told:
            deed.add_event(one)
        deed.add_event(Event(OTHER, T0, CHEN, "put course"))
    with ledger.read() as deed:
        assert list(deed.events(LAMPS)) == told


# what the gate asks about


def test_the_record_gathers_what_one_learner_did_in_one_course(ledger: Ledger) -> None:
    with ledger.write() as deed:
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
    with ledger.write() as deed:
        for score in (1, 6, 2):
            deed.put_feedback(feedback(score, at=later(-score)))
    with ledger.read() as deed:
        assert deed.record(LAMPS, MARIA).marks == {FIRST: 2 / 6}


def test_tallies_count_for_the_path(ledger: Ledger) -> None:
    with ledger.write() as deed:
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
        assert dict(deed.tallies(LAMPS, MARIA)) == {
            FIRST: Tally(TWO, frozenset({P1, P2}), 2, later(2), later(3)),
            SECOND: Tally(committed=frozenset({P3})),
            THIRD: Tally(feedback_at=later(4)),
        }
        assert dict(deed.tallies(LAMPS, CHEN)) == {}


# moments


def test_moments_keep_their_zone(ledger: Ledger) -> None:
    there = T0.astimezone(IN_NEPAL)
    with ledger.write() as deed:
        seal(deed, commitment(at=there))
        hand_in(deed, submission(at=there))
        deed.put_feedback(feedback(at=there))
        deed.add_event(Event(LAMPS, there, CHEN, "look"))
        deed.add_release(replace(release(), released_at=there))
    with ledger.read() as deed:
        first = deed.find_commitment(LAMPS, FIRST, MARIA, P1)
        released = deed.find_release(LAMPS, FIRST)
        tally = deed.tallies(LAMPS, MARIA)[FIRST]
        assert first is not None
        assert released is not None
        moments = [
            first[0].at,
            released.released_at,
            deed.submissions(LAMPS, FIRST)[0][0].at,
            deed.feedback(LAMPS, FIRST)[0].at,
            deed.events(LAMPS)[0].at,
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
    ],
    ids=["commitment", "submission", "feedback", "event", "fetch", "completion", "opening"],
)
def test_a_moment_without_a_zone_is_refused(ledger: Ledger, write: Callable[[Deed], None]) -> None:
    with pytest.raises((ValueError, StatementError), match="time zone"), ledger.write() as deed:
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
        dict(deed.tallies(LAMPS, MARIA)),
        list(deed.events(LAMPS)),
        deed.last_receipt(LAMPS, MARIA),
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
    with ledger.write() as deed:
        everything(deed)
    with ledger.read() as deed:
        assert deed.last_receipt(LAMPS, MARIA) is not None


def test_a_deed_that_fails_leaves_what_was_there(ledger: Ledger) -> None:
    with ledger.write() as deed:
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
    with ledger.write() as deed:
        deeds(deed)


def test_two_writers_neither_lose_nor_double_a_receipt(ledger: Ledger) -> None:
    each = 15
    failed: list[BaseException] = []
    ready = threading.Barrier(2)

    def work(name: str) -> None:
        try:
            ready.wait(10)
            for number in range(each):
                with ledger.write() as deed:
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
    with opened.write() as deed:
        everything(deed)
        before = look(deed)
    opened.close()
    again = open_sqlite(path)
    with again.read() as deed:
        assert look(deed) == before
    again.close()


def test_first_responses_come_oldest_first_and_only_first_ones_of_that_prompt(ledger: Ledger) -> None:
    with ledger.write() as deed:
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
