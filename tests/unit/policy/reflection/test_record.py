"""The record: what was sealed comes back, and whatever is touched is seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reflecting import CERTIFICATE

from coursekit.model.feedback import Found
from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import (
    Checked,
    Contribution,
    End,
    Evidence,
    Flagged,
    Level,
    Nearest,
    Reason,
    Route,
    Rung,
    Span,
    Suggestion,
)
from coursekit.policy.reflection.record import Entry, Kind, body_of, checked_of, read, seal

AT = datetime(2027, 1, 11, 8, tzinfo=UTC)
CHECKED = Checked(
    PromptId("p1"),
    Digest("t" * 64),
    Digest("b" * 64),
    (Flagged(Reason.COPIED_CASE, 0.25, (Span(3, 9),)),),
    (Evidence("evidence", Found.MAYBE, 0.5, Span(0, 4), ((Span(5, 9), 0.25),)),),
    Route(End.HUMAN_REVIEW, (Reason.COPIED_CASE,), CERTIFICATE),
    Suggestion(
        2.5,
        0.5,
        0.75,
        (Level("evidence", 1, 0, 2),),
        (Contribution("length", -0.25),),
        (Nearest("p1-a", 0.5, 4, True),),
        True,
    ),
    Rung.SUGGESTION,
    {"cered": "m" * 64},
)


def chain(count: int) -> list[Entry]:
    entries: list[Entry] = []
    for n in range(count):
        entries.append(seal(Kind.CHECK, {"n": n}, AT, entries[-1].digest if entries else None))
    return entries


def test_a_check_comes_back_as_it_was() -> None:
    body = body_of(CHECKED, "s1", Digest("i" * 64), {"numpy": "2"})
    assert checked_of(json.loads(json.dumps(body))) == CHECKED


def test_the_same_check_has_the_same_bytes() -> None:
    lines = {
        seal(Kind.CHECK, body_of(CHECKED, "s1", Digest("i"), {"b": "2", "a": "1"}), AT, None).line(),
        seal(Kind.CHECK, body_of(CHECKED, "s1", Digest("i"), {"a": "1", "b": "2"}), AT, None).line(),
    }
    assert len(lines) == 1
    assert lines.pop().endswith(b"\n")


def test_numbers_are_rounded_and_no_nought_is_negative() -> None:
    from dataclasses import replace

    odd = replace(CHECKED, flags=(Flagged(Reason.OFF_TOPIC, 1 / 3), Flagged(Reason.SHORT, -0.0)))
    shares = [f["share"] for f in body_of(odd, "", Digest(""), {})["checked"]["flags"]]
    assert json.dumps(shares) == "[0.333333, 0.0]"


def test_a_whole_record_is_read_without_a_fault() -> None:
    entries = chain(4)
    assert read(e.line() for e in entries) == (entries, [])


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda lines: [lines[0], lines[2], lines[3]], 2),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], 2),
        (lambda lines: [lines[0], lines[1].replace(b'"n":1', b'"n":7'), *lines[2:]], 2),
        (lambda lines: [lines[0], lines[1].replace(b'"n":1', b'"n": 1'), *lines[2:]], 2),
        (lambda lines: [lines[0], b"{}\n", *lines[2:]], 2),
        (lambda lines: [lines[0], b"\xff\n", *lines[2:]], 2),
        (lambda lines: [*lines[:3], lines[3][:20]], 4),
        (lambda lines: lines[1:], 1),
        (lambda lines: [*lines, lines[3]], 5),
    ],
)
def test_whatever_is_touched_is_seen_with_its_line(damage: object, line: int) -> None:
    faults = read(damage([e.line() for e in chain(4)]))[1]  # type: ignore[operator]
    assert faults
    assert faults[0].line == line


@given(st.lists(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9)), max_size=4))
def test_any_body_that_json_knows_can_be_sealed(bodies: list[dict[str, object]]) -> None:
    entries: list[Entry] = []
    for body in bodies:
        try:
            json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            continue
        entries.append(seal(Kind.REVIEW, body, AT, entries[-1].digest if entries else None))
    assert read([e.line() for e in entries]) == (entries, [])
