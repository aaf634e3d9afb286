"""What the checks found, in the notebook: one's own words, one next step, and a button that brings a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import coursekit.prompts as ck
from coursekit.model.errors import Unreachable
from coursekit.prompts.pointing import STATES, PointersPanel
from coursekit.wire.api import AppealRow, PointerShape, PointersShape, PromptPointers

HOSTILE = "<script>alert(1)</script>\"'&"
TOLD = PromptPointers(
    prompt="p3",
    title="Why?",
    pointers=[
        PointerShape(ask="Uses a fact.", state="found", text="You used a fact.", quote=f"37 falls {HOSTILE}"),
        PointerShape(ask="Takes a side.", state="maybe", text="Is this it?", quote="Perhaps keep them."),
        PointerShape(ask="Looks ahead.", state="not-found", text="Say what you will do."),
    ],
    next_step="Say what you will do.",
    footer="It can miss things.",
    appealed=False,
)


class Exchange:
    def __init__(self, state: str = "checked", problem: Exception | None = None) -> None:
        self.state, self.problem = state, problem
        self.appeals: list[tuple[str, str]] = []

    def pointers(self, course: str, module: str) -> PointersShape:
        if self.problem:
            raise self.problem
        asked = {prompt for prompt, _ in self.appeals}
        told = [TOLD.model_copy(update={"appealed": "p3" in asked})] if self.state == "checked" else []
        return PointersShape(module=module, state=self.state, prompts=told)  # type: ignore[arg-type]

    def appeal(self, course: str, module: str, prompt: str, reason: str = "") -> AppealRow:
        if self.problem:
            raise self.problem
        self.appeals.append((prompt, reason))
        at = datetime(2027, 1, 11, tzinfo=UTC)
        return AppealRow(learner="ada", prompt=prompt, submission="s", reason=reason, at=at)


def panel(desk: Any, exchange: Exchange) -> PointersPanel:
    return PointersPanel(desk.workbook, lambda: exchange)


def test_ones_own_words_are_shown_and_nothing_of_them_runs(desk: Any) -> None:
    shown = panel(desk, Exchange()).bundle()
    assert "37 falls &lt;script&gt;" in shown["text/html"]
    assert "<script>" not in shown["text/html"]
    assert "Looks ahead. (not found by the tool)" in shown["text/plain"]
    assert "Is this it?" in shown["text/plain"]


def test_the_next_step_is_said_once(desk: Any) -> None:
    assert panel(desk, Exchange()).bundle()["text/plain"].count("Say what you will do.") == 1


def test_a_person_is_asked_with_a_reason_and_the_panel_says_so(desk: Any) -> None:
    exchange = Exchange()
    here = panel(desk, exchange)
    (answer,) = here.answers
    answer.appeal.click()
    assert answer.reason in answer.view.children
    answer.reason.value = "I named the parents."
    answer.yes.click()
    assert exchange.appeals == [("p3", "I named the parents.")]
    assert "You have asked that a person reads this answer." in here.answers[0].html
    # Asked once: there is no button left to press.
    assert here.answers[0].appeal not in here.answers[0].view.children[-1].children


def test_not_now_sends_nothing(desk: Any) -> None:
    exchange = Exchange()
    (answer,) = panel(desk, exchange).answers
    answer.appeal.click()
    answer.not_now.click()
    assert exchange.appeals == []
    assert answer.reason not in answer.view.children


@pytest.mark.parametrize("state", STATES)
def test_where_there_is_nothing_a_sentence_says_why(desk: Any, state: str) -> None:
    here = panel(desk, Exchange(state))
    assert here.bundle()["text/plain"] == STATES[state]
    assert STATES[state] in here.message.value


def test_what_was_being_checked_is_there_after_refresh(desk: Any) -> None:
    exchange = Exchange("being checked")
    here = panel(desk, exchange)
    exchange.state = "checked"
    here.refresh.click()
    assert len(here.answers) == 1
    assert STATES["being checked"] not in here.message.value


def test_an_exchange_that_is_away_is_said_and_the_words_stay(desk: Any) -> None:
    exchange = Exchange()
    here = panel(desk, exchange)
    exchange.problem = Unreachable("unreachable", "The exchange does not answer.", "Try again.")
    here.answers[0].appeal.click()
    here.answers[0].reason.value = "Please."
    here.answers[0].yes.click()
    assert "The exchange does not answer. Try again." in here.message.value
    assert here.answers[0].reason.value == "Please."
    exchange.problem = RuntimeError("secret")
    here.refresh.click()
    assert "RuntimeError" in here.message.value
    assert "secret" not in here.message.value


def test_the_call_shows_one_bundle(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.exchange = Exchange()
    assert ck.pointers() is None
    assert "Uses a fact." in desk.shown[0]["text/plain"]


def test_graders_and_papermill_are_not_sent_to_the_exchange(desk: Any) -> None:
    desk.grading = True
    ck.pointers()
    assert desk.connected == 0
    assert desk.shown[0]["text/plain"] == "What the checks found is in the feedback."
