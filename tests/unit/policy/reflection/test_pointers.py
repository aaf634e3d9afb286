"""What a learner reads: their own words, one next step, and nothing that judges."""

from __future__ import annotations

from dataclasses import replace

from support.reflecting import BASIS

from coursekit.model.feedback import Found
from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Checked, End, Evidence, Flagged, Reason, Route, Span
from coursekit.policy.reflection.pointers import FOOTER, as_checks, pointers

RAW = "Keep them. 12 falls are fewer than 37."
CHECKED = Checked(
    PromptId("p1"),
    Digest("t"),
    BASIS.digest,
    (Flagged(Reason.COPIED_PEER, 0.9),),
    (
        Evidence("evidence", Found.FOUND, 0.9, Span(11, 38)),
        Evidence("position", Found.NOT_FOUND),
        Evidence("depth", Found.NOT_FOUND),
    ),
    Route(End.HUMAN_REVIEW, (Reason.COPIED_PEER,)),
)


def test_what_was_found_is_quoted_from_what_they_wrote() -> None:
    found = pointers(BASIS, CHECKED, RAW).pointers[0]
    assert (found.text, found.quote) == ("You used a fact.", "12 falls are fewer than 37.")
    assert RAW[found.span.start : found.span.end] == found.quote  # type: ignore[union-attr]


def test_one_next_step_of_the_first_thing_that_is_missing() -> None:
    assert pointers(BASIS, CHECKED, RAW).next_step == "Say what you would do."


def test_a_doubtful_one_is_asked_for_when_nothing_is_missing() -> None:
    maybe = replace(
        CHECKED,
        evidence=(CHECKED.evidence[0], Evidence("position", Found.MAYBE, 0.5, Span(0, 10))),
    )
    told = pointers(BASIS, maybe, RAW)
    assert told.pointers[1].text == "Is this it?"
    assert told.pointers[1].quote == "Keep them."
    assert told.next_step == "Say what you would do."


def test_nothing_left_to_do_is_no_next_step() -> None:
    all_found = replace(CHECKED, evidence=(CHECKED.evidence[0],))
    assert pointers(BASIS, all_found, RAW).next_step == ""


def test_depth_is_read_by_a_person_and_the_footer_says_so() -> None:
    told = pointers(BASIS, CHECKED, RAW)
    assert [p.criterion for p in told.pointers] == ["evidence", "position"]
    assert told.footer == f"{FOOTER} A person alone reads for this: Thinks further."


def test_nothing_of_a_guard_and_no_number_reaches_the_learner() -> None:
    told = repr(pointers(BASIS, CHECKED, RAW))
    assert "copied" not in told
    assert "0.9" not in told


def test_a_failed_check_says_that_a_person_reads() -> None:
    failed = replace(CHECKED, route=Route(End.HUMAN_REVIEW, (Reason.FAILED,)))
    told = pointers(BASIS, failed, RAW)
    assert told.pointers == ()
    assert told.footer == "The tool could not read this answer. A person reads it."


def test_another_language_is_no_fault_of_the_learner() -> None:
    other = replace(CHECKED, route=Route(End.HUMAN_REVIEW, (Reason.OTHER_LANGUAGE,)))
    assert pointers(BASIS, other, RAW).footer.startswith("The tool knows English best")


def test_without_a_rubric_a_person_reads() -> None:
    bare = replace(BASIS, rubric=replace(BASIS.rubric, criteria=()))
    assert pointers(bare, replace(CHECKED, evidence=()), RAW).footer == "A person reads your answer."


def test_feedback_pages_get_the_same() -> None:
    checks = as_checks(pointers(BASIS, CHECKED, RAW))
    assert [(c.label, c.state, c.start, c.end) for c in checks] == [
        ("Uses a fact from the case.", Found.FOUND, 11, 38),
        ("Takes a position.", Found.NOT_FOUND, None, None),
    ]
