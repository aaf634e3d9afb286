"""What graders read: every reason has its words, flags are questions, and a draft is known as one."""

from __future__ import annotations

import pytest
from support.reflecting import BASIS, SUGGESTION

from coursekit.model.feedback import Found
from coursekit.model.ids import Digest
from coursekit.model.reflection import Checked, End, Evidence, Flagged, Reason, Route, Span
from coursekit.policy.reflection.questions import (
    DRAFT,
    QUESTIONS,
    REASONS,
    draft,
    is_draft,
    question,
    reason,
)

TEXT = "Ada counted 37 falls. I would keep them."


def checked(**more: object) -> Checked:
    values: dict[str, object] = {
        "flags": (Flagged(Reason.COPIED_PEER, 0.4),),
        "evidence": (Evidence("evidence", Found.FOUND, 0.9, Span(0, 21)), Evidence("gone", Found.FOUND)),
        "route": Route(End.HUMAN_REVIEW, (Reason.COPIED_PEER,)),
        "suggestion": SUGGESTION,
        **more,
    }
    return Checked(BASIS.prompt, Digest("t"), BASIS.digest, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", list(Reason))
def test_every_reason_has_words(code: Reason) -> None:
    assert (code in QUESTIONS) != (code in REASONS)
    assert reason(code) != code.value
    if code in QUESTIONS:
        assert "?" in question(Flagged(code))


def test_a_draft_quotes_and_asks_and_has_no_number_of_points() -> None:
    words = draft(BASIS, checked(), TEXT)
    assert words.splitlines() == [
        DRAFT,
        "Does it share long stretches with another answer? There can be good reasons for that. (40%)",
        "Found: Uses a fact from the case. “Ada counted 37 falls.”",
    ]
    # The suggestion stays where it is noted that somebody looked at it.
    assert "3.2" not in words
    assert is_draft(words)


def test_a_draft_of_what_failed_and_of_half_an_emoji() -> None:
    failed = checked(flags=(), evidence=(), route=Route(End.HUMAN_REVIEW, (Reason.FAILED,)))
    assert draft(BASIS, failed, TEXT).splitlines() == [DRAFT, "The checks failed at it."]
    odd = draft(BASIS, checked(evidence=(Evidence("evidence", Found.MAYBE, 0.5, Span(0, 3)),)), "\ud83d\0x")
    odd.encode()
    assert "\0" not in odd


def test_a_draft_has_an_end() -> None:
    long = checked(evidence=tuple(Evidence("evidence", Found.FOUND, 0.9, Span(0, 5000)) for _ in range(20)))
    assert len(draft(BASIS, long, "word " * 1000)) <= 2000


def test_what_a_person_wrote_is_no_draft() -> None:
    assert not is_draft(None)
    assert not is_draft("No response.")
    assert not is_draft("Well done.")
