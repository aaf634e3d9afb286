"""A record put together, its inputs as documents, and which decisions prove something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from support.reflecting import BASIS, CERTIFICATE, SUGGESTION, basis

from coursekit.model.ids import Digest
from coursekit.model.reflection import Checked, End, Flagged, Marked, Reason, Route, Rung
from coursekit.model.rubric import Auto
from coursekit.model.submission import canonical, sha256
from coursekit.policy.reflection.audits import audited, audited_passes, earned
from coursekit.policy.reflection.check import text_digest
from coursekit.policy.reflection.history import History
from coursekit.policy.reflection.inputs import (
    Facts,
    Inputs,
    marked_document,
    parse_marked,
    parse_peers,
    peers_document,
)
from coursekit.policy.reflection.record import Entry, Kind, body_of, seal

SCORER = Digest("s" * 64)


class Told:
    """A record being written, a line a second."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, kind: Kind, body: Mapping[str, Any]) -> Entry:
        at = datetime(2027, 2, 1, 8, 0, len(self.entries) % 60, len(self.entries), tzinfo=UTC)
        self.entries.append(seal(kind, body, at, self.entries[-1].digest if self.entries else None))
        return self.entries[-1]

    def check(
        self, name: str, p: float | None = 0.99, reasons: tuple[Reason, ...] = (), flag: bool = False
    ) -> Entry:
        flags = (Flagged(Reason.COPIED_PEER, 0.5),) if flag else ()
        checked = Checked(
            BASIS.prompt,
            text_digest(name),
            BASIS.digest,
            flags,
            (),
            Route(End.HUMAN_REVIEW, reasons or (Reason.NOT_CERTIFIED,)),
            replace(SUGGESTION, p_adequate=p) if p is not None else None,
            Rung.SUGGESTION,
        )
        return self.add(Kind.CHECK, body_of(checked, name, Digest("i"), {"numpy": "2"}) | {"scorer": SCORER})

    def review(
        self, name: str, check: Entry, adequate: bool = True, audit: bool = True, **more: Any
    ) -> Entry:
        body = {
            **self.naming(name, check),
            "levels": {"evidence": 1, "position": 1, "depth": 0},
            "adequate": adequate,
            "blind": True,
            "audit": audit,
            **more,
        }
        return self.add(Kind.REVIEW, body)

    def naming(self, name: str, check: Entry) -> dict[str, Any]:
        digest = text_digest(name)
        return {"submission": name, "prompt": "p1", "text_digest": digest, "check": check.digest}

    @property
    def history(self) -> History:
        return History.of(self.entries)


def test_the_newest_check_counts_and_the_first_draws_the_lot() -> None:
    told = Told()
    first, second = told.check("a", 0.2), told.check("a", 0.9)
    (noted,) = told.history.checks.values()
    assert (noted.entry, noted.first) == (second.digest, first.digest)
    assert noted.checked.suggestion is not None
    assert (noted.checked.suggestion.p_adequate, noted.tools, noted.scorer) == (0.9, {"numpy": "2"}, SCORER)
    assert told.history.genesis == first.digest


def test_what_it_does_not_understand_is_passed_over() -> None:
    told = Told()
    for kind in Kind:
        told.add(kind, {"of": "a later release"})
    assert told.history.checks == {}
    assert told.history.reviews == {}


def test_reviewed_answers_are_marked_answers_by_the_rubric_as_it_is() -> None:
    told = Told()
    texts = {text_digest(name): f"text of {name}" for name in ("a", "b", "c", "gone")}
    for name in ("a", "b", "gone"):
        told.review(name, told.check(name))
    told.review("c", told.check("c"), levels={"evidence": 9, "position": 1, "depth": 0})
    told.review("d", told.check("d"), levels={"other": 1})
    told.review("a", told.entries[0], levels={"evidence": 2, "position": 2, "depth": 1})
    del texts[text_digest("gone")]
    marked = told.history.marked(BASIS, texts.get)
    assert {(m.text, m.points) for m in marked} == {("text of a", 5), ("text of b", 2)}


def test_what_was_taken_back_is_as_it_was() -> None:
    told = Told()
    check = told.check("a")
    told.add(Kind.APPEAL, {"appeal": "1", "submission": "a", "prompt": "p1", "words": "w"})
    review = told.review("a", check)
    assert told.history.appeals == {}
    told.add(Kind.REVIEW, told.naming("a", check) | {"takes_back": "another"})
    assert len(told.history.reviews) == 1
    told.add(Kind.REVIEW, told.naming("a", check) | {"takes_back": review.digest})
    assert told.history.reviews == {}
    assert told.history.appeals == {("a", "p1"): "w"}


def test_switches_of_a_prompt_and_of_all() -> None:
    told = Told()
    told.add(Kind.SWITCH, {"prompt": "p1", "on": False, "reason": "r"})
    assert (told.history.is_off("p1"), told.history.is_off("p2")) == (True, False)
    told.add(Kind.SWITCH, {"prompt": "", "on": False, "reason": "r"})
    assert told.history.is_off("p2")
    told.add(Kind.SWITCH, {"prompt": "", "on": True, "reason": "r"})
    assert not told.history.is_off("p1")
    assert set(told.history.on_again) == {"", "p1"}


def test_only_what_was_drawn_and_could_pass_proves_something() -> None:
    told = Told()
    told.review("clean", told.check("clean"))
    told.review("chosen", told.check("chosen"), audit=False)
    told.review("flagged", told.check("flagged", flag=True))
    told.review("rule", told.check("rule", reasons=(Reason.RULE_NOT_MET, Reason.NOT_CERTIFIED)))
    told.review("silent", told.check("silent", p=None))
    told.review("passing", told.check("passing", reasons=(Reason.AUDIT,)), adequate=False)
    proven = audited(told.history, BASIS)
    assert [a.id for a in proven] == [text_digest("clean"), text_digest("passing")]
    assert [(a.agreed, a.blind, a.p, a.basis) for a in proven] == [
        (True, True, 0.99, SCORER),
        (False, True, 0.99, SCORER),
    ]
    assert all(a.foretold is not None and a.foretold < a.at for a in proven)
    assert [a.id for a in audited_passes(told.history, BASIS)] == [text_digest("passing")]


def test_a_certificate_is_earned_with_59_and_stops_with_two_wrong() -> None:
    told = Told()
    for n in range(58):
        told.review(f"a{n}", told.check(f"a{n}"))
    assert earned(told.history, BASIS, SCORER) == (None, "")
    told.review("last", told.check("last"))
    certificate, stop = earned(told.history, BASIS, SCORER)
    assert certificate is not None
    assert (certificate.audited, certificate.errors, stop) == (59, 0, "")
    assert earned(told.history, BASIS, Digest("o" * 64))[0] is None
    assert earned(told.history, basis(auto=Auto.NONE), SCORER) == (None, "")
    for name in ("x", "y"):
        told.review(name, told.check(name, reasons=(Reason.AUDIT,)), adequate=False)
    assert "2 of the last 2" in earned(told.history, BASIS, SCORER)[1]
    told.add(Kind.SWITCH, {"prompt": "p1", "on": False, "reason": "r"})
    told.add(Kind.SWITCH, {"prompt": "p1", "on": True, "reason": "looked into"})
    assert earned(told.history, BASIS, SCORER)[1] == ""


@pytest.mark.parametrize("certificate", [None, CERTIFICATE])
def test_documents_come_back_as_they_were(certificate: Any) -> None:
    facts = Facts(certificate, False, 0.25, "seed", "scorer")
    inputs = Inputs(Digest("c"), Digest("p"), Digest("m"), facts)
    assert Inputs.parse(inputs.document()) == inputs
    marked = (Marked("e1", "half \ud83d", {"evidence": 1}, None), Marked("e2", "text", {}, True))
    texts = {text_digest(m.text): m.text for m in marked}
    assert parse_marked(marked_document(marked, text_digest), texts.__getitem__) == marked
    peers = [sha256(b"b"), sha256(b"a"), sha256(b"a")]
    assert list(parse_peers(peers_document(peers))) == sorted(peers)
    assert peers_document(peers) == peers_document(reversed(peers))


def test_other_documents_are_refused() -> None:
    for content in (b"[]", b"{}", canonical({"schema": "other"}), b"\xff"):
        with pytest.raises((ValueError, KeyError, TypeError)):
            Inputs.parse(content)


def test_a_share_is_rounded_up() -> None:
    assert [Facts.share(n, 300) for n in (0, 1, 240, 300)] == [0.0, 0.01, 0.8, 1.0]
    assert Facts.share(0, 0) == 0.0
