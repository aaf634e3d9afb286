"""What the checks found in one's written answers, read in the notebook; and the way to a person.

LOADING → SHOWN ── Ask a person to read this ──▶ ASKING → ASKED
            └──── Refresh ◀─────────────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Protocol

import ipywidgets as widgets

from coursekit.model.errors import CoursekitError
from coursekit.policy.reveals import Bundle, bundle
from coursekit.ports import Workbook
from coursekit.prompts import render
from coursekit.prompts.parts import button, row

if TYPE_CHECKING:
    # pydantic stays out of a kernel until the exchange is asked.
    from coursekit.wire.api import AppealRow, PointerShape, PointersShape, PromptPointers

STATES = {
    "nothing handed in": "You have handed in nothing for this module yet. Hand it in first; then come back here.",
    "being checked": "Your answers are being checked. Choose Refresh in a moment; a person reads them in any case.",
    "not checked": "There is nothing in your last hand-in that the tool checks. A person reads your answers.",
}
"""What is said where there is nothing to show."""
_WORDS = {"found": "found", "maybe": "perhaps", "not-found": "not found by the tool"}
_ASKED = "You have asked that a person reads this answer."


class Points(Protocol):
    """What of the exchange is needed; `coursekit.client.ExchangeClient` has it."""

    def pointers(self, course: str, module: str) -> PointersShape:
        """What the checks saw in my newest submission."""

    def appeal(self, course: str, module: str, prompt: str, reason: str = "") -> AppealRow:
        """Ask that a person reads an answer of mine."""


class PointersPanel:
    """All written answers of the newest hand-in, one below the other."""

    def __init__(self, workbook: Workbook, connect: Callable[[], Points]) -> None:
        self._workbook, self._connect = workbook, connect
        self.message = widgets.HTML()
        self.refresh = button("Refresh", "Look again")
        self.refresh.on_click(lambda _: self._guarded(self._load))
        self.answers: list[Answer] = []
        self.view = widgets.VBox(layout=widgets.Layout(width="auto", max_width="48em"))
        self.view.add_class("coursekit-form")
        self._text = ""
        self._guarded(self._load)

    def bundle(self) -> Bundle:
        """The widget, and beside it what to read where widgets do not run."""
        html = "".join(answer.html for answer in self.answers) or f"<p>{escape(self._text)}</p>"
        return {**self.view._repr_mimebundle_(), **bundle(self._text, html)}

    def ask(self, prompt: str, reason: str) -> None:
        """Send an appeal, and show that it was sent."""
        self._connect().appeal(self._workbook.course, self._workbook.module, prompt, reason)
        self._load()

    def _load(self) -> None:
        found = self._connect().pointers(self._workbook.course, self._workbook.module)
        self.answers = [Answer(self, told) for told in found.prompts]
        self._text = STATES.get(found.state, "\n\n".join(answer.text for answer in self.answers))
        self.message.value = render.STYLE + ("" if self.answers else render.notice(self._text))
        self._show()

    def _show(self) -> None:
        self.view.children = (self.message, *(a.view for a in self.answers), row(self.refresh))

    def _guarded(self, step: Callable[[], None]) -> None:
        """Nobody sees a traceback from a button; so whatever happens must be said here."""
        try:
            step()
        except CoursekitError as error:
            self._say(render.refusal(error))
        except Exception as error:
            self._say(
                f"Something unexpected happened ({type(error).__name__}). Try again; tell the staff if it stays."
            )

    def _say(self, text: str) -> None:
        self._text = text
        self.message.value = render.STYLE + render.alert(text)
        self._show()


class Answer:
    """What is said about one written answer, and the button that brings a person."""

    def __init__(self, panel: PointersPanel, told: PromptPointers) -> None:
        self._panel, self._told = panel, told
        self.html, self.text = _html(told), _plain(told)
        self.appeal = button("Ask a person to read this", f"Whatever the tool says about “{told.title}”")
        self.reason = widgets.Textarea(
            placeholder="What the reader should know; you need not give a reason.",
            layout=widgets.Layout(width="auto", height="5em"),
        )
        self.yes = button("Yes, ask", "A person will read this answer", style="primary")
        self.not_now = button("Not now", "Go back")
        self.appeal.on_click(lambda _: self._ask())
        self.not_now.on_click(lambda _: self._shut())
        self.yes.on_click(lambda _: self._send())
        self._foot = row() if told.appealed else row(self.appeal)
        self.view = widgets.VBox([widgets.HTML(self.html), self._foot])

    def _ask(self) -> None:
        self.view.children = (*self.view.children[:1], self.reason, row(self.yes, self.not_now))
        self.reason.focus()

    def _shut(self) -> None:
        self.view.children = (*self.view.children[:1], self._foot)
        self.appeal.focus()

    def _send(self) -> None:
        self.yes.disabled = True
        self._panel._guarded(lambda: self._panel.ask(self._told.prompt, self.reason.value))
        self.yes.disabled = False


def _html(told: PromptPointers) -> str:
    rows = "".join(_row(pointer, told.next_step) for pointer in told.pointers)
    step = f"<p><strong>One next step:</strong> {escape(told.next_step)}</p>" if told.next_step else ""
    asked = f"<p>{_ASKED}</p>" if told.appealed else ""
    footer = f'<p class="coursekit-quiet">{escape(told.footer)}</p>'
    return f"<section><h4>{escape(told.title)}</h4>{rows}{step}{asked}{footer}</section>"


def _row(pointer: PointerShape, next_step: str) -> str:
    said = f"<p><strong>{escape(pointer.ask)}</strong> ({_WORDS[pointer.state]})</p>"
    if pointer.quote:
        said += f'<blockquote dir="auto">{escape(pointer.quote)}</blockquote>'
    if pointer.text != next_step:
        said += f"<p>{escape(pointer.text)}</p>"
    return said


def _plain(told: PromptPointers) -> str:
    lines = [told.title]
    for pointer in told.pointers:
        lines.append(f"- {pointer.ask} ({_WORDS[pointer.state]})")
        lines += [f"  “{pointer.quote}”"] if pointer.quote else []
        lines += [f"  {pointer.text}"] if pointer.text != told.next_step else []
    lines += [f"One next step: {told.next_step}"] if told.next_step else []
    lines += [_ASKED] if told.appealed else []
    return "\n".join([*lines, told.footer])
