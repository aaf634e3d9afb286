"""Appeals and flags first, then doubt, then the lot; the same record gives the same queue, whatever the names."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from support.reflecting import BASIS, SUGGESTION, basis

from coursekit.model.feedback import Found
from coursekit.model.ids import Digest
from coursekit.model.reflection import Checked, End, Evidence, Flagged, Reason, Route
from coursekit.model.reviewing import Answer, Group, ProseMark
from coursekit.model.rubric import Auto
from coursekit.model.submission import sha256
from coursekit.policy.reflection.queue import (
    Candidate,
    all_items,
    by_lot,
    compositions,
    item_id,
    not_checked,
    order,
    uncertainty,
)

WAITS = ProseMark(None, None, True, None)
LATE = Digest("f" * 64)
"""A first line that draws no lot."""
DRAWN = Digest("0" * 64)
HUMAN = Route(End.HUMAN_REVIEW, (Reason.NOT_CERTIFIED,))


def checked(p: float | None = None, flags: tuple[Flagged, ...] = (), route: Route = HUMAN) -> Checked:
    suggestion = replace(SUGGESTION, p_adequate=p) if p is not None else None
    return Checked(BASIS.prompt, Digest("t"), BASIS.digest, flags, (), route, suggestion)


def one(name: str, what: Checked | None = None, first: Digest = LATE, **more: object) -> Candidate:
    answer = Answer(name, sha256(name.encode()), BASIS.prompt, "text")
    values = {"mark": WAITS, **more}
    return Candidate(answer, BASIS, what or checked(), Digest("e"), first, **values)  # type: ignore[arg-type]


FLAG = (Flagged(Reason.COPIED_PEER, 0.4),)


def who(*candidates: Candidate) -> list[str]:
    return [item.answer.learner for item in order(candidates)]


def test_the_order() -> None:
    audit = one("audit", checked(0.5), first=DRAWN)
    sure = one("sure", checked(0.95))
    doubtful = one("doubtful", checked(0.55))
    flagged = one("flagged", checked(0.9, FLAG))
    appeal = one("appeal", checked(0.9), appeal="Please read it.")
    failed = one("failed", checked(route=Route(End.HUMAN_REVIEW, (Reason.FAILED,))))
    queue = who(audit, sure, doubtful, flagged, appeal, failed)
    assert queue == ["appeal", "failed", "flagged", "doubtful", "sure", "audit"]


def test_it_is_the_same_whatever_order_it_comes_in_and_whatever_the_names() -> None:
    many = [one(f"l{n}", checked(0.5), first=sha256(str(n).encode())) for n in range(60)]
    queue = order(many)
    Random(1).shuffle(many)
    assert order(many) == queue
    renamed = [replace(c, answer=replace(c.answer, learner=f"x{c.answer.learner}")) for c in many]
    assert [i.id for i in order(renamed)] == [i.id for i in queue]
    assert {i.group for i in queue} == {Group.UNCERTAIN, Group.AUDIT}


def test_as_many_are_drawn_as_the_author_says_and_half_while_a_certificate_is_to_be_earned() -> None:
    def share(auto: Auto, rate: float) -> float:
        based = basis(auto=auto, audit_rate=rate)
        drawn = [replace(one(f"l{n}", first=sha256(str(n).encode())), basis=based) for n in range(1000)]
        return sum(i.group is Group.AUDIT for i in order(drawn)) / 1000

    assert abs(share(Auto.NONE, 0.1) - 0.1) < 0.03
    assert abs(share(Auto.NONE, 0.3) - 0.3) < 0.04
    assert abs(share(Auto.ADEQUATE_ATTEMPT, 0.1) - 0.5) < 0.05


def test_what_is_done_waits_no_more_unless_its_learner_appeals() -> None:
    by_hand = one("by hand", mark=ProseMark(None, 3.0, False, None))
    again = one("again", mark=ProseMark(None, 3.0, True, None))
    passed = one("passed", checked(route=Route(End.AUTO_PASS)), mark=ProseMark(3.0, None, False, None))
    reviewed = one("reviewed", reviewed=True)
    no_points = one("no points", mark=None)
    assert who(by_hand, again, passed, reviewed, no_points) == ["again"]
    appealed = [replace(c, appeal="Please.") for c in (by_hand, passed, reviewed, no_points)]
    assert len(order(appealed)) == 4


def test_whoever_has_seen_the_suggestion_has_left_the_audit() -> None:
    (item,) = order([one("a", checked(0.5), first=DRAWN, seen=True)])
    assert item.group is Group.UNCERTAIN
    assert item.seen
    (item,) = order([one("a", checked(0.5), first=DRAWN)])
    assert item.is_blind


def test_an_audit_of_what_would_have_passed_is_blind() -> None:
    (item,) = order([one("a", checked(0.99, route=Route(End.HUMAN_REVIEW, (Reason.AUDIT,))))])
    assert item.is_blind


def test_doubt_is_nearness_to_even_chances_or_the_share_of_maybes() -> None:
    assert uncertainty(checked(0.5)) == 1.0
    assert uncertainty(checked(0.75)) == 0.5
    maybe, no = Evidence("evidence", Found.MAYBE), Evidence("position", Found.NOT_FOUND)
    assert uncertainty(replace(checked(), evidence=(maybe, no))) == 0.5
    assert uncertainty(checked()) == 1.0


def test_the_queue_in_numbers() -> None:
    found = Evidence("evidence", Found.FOUND)
    (numbers,) = compositions(
        [
            one("a", replace(checked(0.5, FLAG), evidence=(found,))),
            one("b", checked(0.5)),
            one("c", checked(0.5), reviewed=True),
            one("d", checked(route=Route(End.AUTO_PASS)), mark=ProseMark(3.0, None, False, None)),
        ],
        {BASIS.prompt: BASIS},
    )
    assert (numbers.answers, numbers.reviewed, numbers.passed) == (4, 1, 1)
    assert numbers.groups == {"appeal": 0, "flagged": 1, "unread": 0, "uncertain": 1, "audit": 0}
    assert numbers.reasons == {"copied_peer": 1}
    assert numbers.criteria["Uses a fact from the case."] == {"found": 1}


def test_what_no_check_has_looked_at_comes_after_questions_and_before_doubt() -> None:
    answer = Answer("unread", sha256(b"unread"), BASIS.prompt, "text")
    unread = Candidate(answer, BASIS, not_checked(answer, BASIS), Digest(""), Digest(""), WAITS)
    assert who(one("doubtful", checked(0.5)), unread, one("flagged", checked(0.9, FLAG))) == [
        "flagged",
        "unread",
        "doubtful",
    ]
    (item,) = order([unread])
    assert (item.group, item.uncertainty, item.most) == (Group.UNREAD, 1.0, BASIS.rubric.points)
    assert item.checked.route.reasons == (Reason.NOT_CHECKED,)
    bare = replace(BASIS, rubric=replace(BASIS.rubric, criteria=()))
    (item,) = order([replace(unread, basis=bare, mark=replace(WAITS, most=2.5))])
    assert (item.has_rubric, item.most) == (False, 2.5)
    assert not_checked(answer, bare).route.reasons == (Reason.NO_RUBRIC, Reason.NOT_CHECKED)


def test_by_lot_each_grader_has_an_order_of_their_own_that_stays() -> None:
    many = all_items([one(f"l{n}") for n in range(40)])
    mine = by_lot(many, "gail")
    assert by_lot(many[::-1], "gail") == mine
    # Marking one moves none of the others.
    assert by_lot(many[1:], "gail") == tuple(i for i in mine if i != many[0])
    assert by_lot(many, "gil") != mine != many
    assert {item_id(i.answer) for i in mine} == {i.id for i in many}
