"""The state of a module, as the panel shows it: the furthest that the facts bear out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from coursekit.model.ids import ModuleId
from coursekit.model.outcome import Allowed, Refused
from coursekit.policy.progress import Facts, State, state_of

LOCKED = Refused("previous-not-submitted", "“First” is not handed in yet.", "Submit First.")
FRESH = Facts(
    ModuleId("m"), released=True, gate=Allowed(), fetched=False, commitments=0, submissions=0, feedback=False
)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (FRESH, State.OPEN),
        (replace(FRESH, released=False), State.UNRELEASED),
        (replace(FRESH, gate=LOCKED), State.LOCKED),
        (replace(FRESH, gate=LOCKED, released=False), State.LOCKED),
        (replace(FRESH, fetched=True), State.IN_PROGRESS),
        (replace(FRESH, commitments=1), State.IN_PROGRESS),
        (replace(FRESH, fetched=True, submissions=1), State.SUBMITTED),
        (replace(FRESH, gate=LOCKED, submissions=1), State.SUBMITTED),
        (replace(FRESH, submissions=2, feedback=True), State.FEEDBACK_READY),
        (replace(FRESH, gate=LOCKED, feedback=True), State.FEEDBACK_READY),
        (replace(FRESH, gate=LOCKED, fetched=True), State.LOCKED),
    ],
)
def test_the_table(facts: Facts, state: State) -> None:
    assert state_of(facts) is state


def test_progress_never_goes_backwards_by_doing_more() -> None:
    order = list(State)
    more = [{"fetched": True}, {"commitments": 1}, {"submissions": 1}, {"feedback": True}]
    for steps in itertools.permutations(more):
        facts, seen = FRESH, [order.index(state_of(FRESH))]
        for step in steps:
            facts = replace(facts, **step)
            seen.append(order.index(state_of(facts)))
        assert seen == sorted(seen)
