"""The forms: what the learner chooses and types is on the disk before the next key is pressed.

    EDITING → (Commit) → ASKING → (Yes) → SEALED → (Add a revision) → REVISING → (Commit) → ASKING → SEALED

“Not yet”, or one more change to the answer, leads from ASKING back. What is sealed never changes: a revision
is written below it, and kept beside it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from coursekit.model.errors import CoursekitError
from coursekit.model.outcome import Refused
from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.policy.reveals import Bundle, bundle, reveal_bundles
from coursekit.ports import Workbook
from coursekit.prompts import render
from coursekit.prompts.parts import button, in_words, parts_of, row
from coursekit.services import answer
from coursekit.services.answer import Exchange


class Panel(ABC):
    """What a form and a status have in common: a place for messages, and the way to a commitment."""

    def __init__(self, workbook: Workbook, prompt: Prompt, connect: Callable[[], Exchange]) -> None:
        self.workbook = workbook
        self.prompt = prompt
        self.revising = False
        self.message = widgets.HTML()
        self.commit = button("Commit", "Seal this answer and see what it opens", style="primary")
        self.warning = widgets.HTML()
        self.yes = button("Yes, commit", "Seal it now", style="primary")
        self.not_yet = button("Not yet", "Go on writing")
        self.revise = button("Add a revision", "What is sealed stays; a revision is kept beside it")
        self.close = button("Close", "Put the form away; what you typed stays saved")
        self.later = widgets.HTML()
        self._connect = connect
        self._sealed: tuple[Any, ...] = ()
        self._question = widgets.VBox([self.warning, row(self.yes, self.not_yet)])
        self.view = widgets.VBox(layout=widgets.Layout(width="auto", max_width="48em"))
        self.view.add_class("coursekit-form")
        self.commit.on_click(lambda _: self._ask())
        self.yes.on_click(lambda _: self._seal())
        self.not_yet.on_click(lambda _: self._not_yet())
        self.revise.on_click(lambda _: self._guarded(self._start_revision))
        self.close.on_click(lambda _: self._guarded(self._end_revision))
        self._stop_asking()
        if answer.status(workbook, prompt.id).committed:
            self._show_revision_only()
        else:
            self.view.children = self._editor()

    @property
    def asking(self) -> bool:
        """Whether the question before the commitment is on the screen."""
        return bool(self._question.layout.display != "none")

    def bundle(self) -> Bundle:
        """The widget, and beside it what to show where widgets do not run."""
        return {**self.view._repr_mimebundle_(), **self._fallback()}

    def _fallback(self) -> Bundle:
        state = answer.status(self.workbook, self.prompt.id)
        if not state.committed:
            return self._draft()
        if state.is_revised:
            return render.later_card(self.prompt, state.response, _LATER)
        return render.message_bundle("To add a revision, run this cell.")

    @abstractmethod
    def _editor(self) -> tuple[Any, ...]:
        """What the learner answers in, with the buttons below it."""

    @abstractmethod
    def _first(self) -> Any:
        """Where the keyboard goes when the editor opens."""

    @abstractmethod
    def _draft(self) -> Bundle:
        """What is saved and not committed."""

    def _say(self, text: str) -> None:
        self.message.value = render.alert(text) if text else ""

    def _ask(self) -> None:
        self._guarded(self._ask_or_refuse)

    def _ask_or_refuse(self) -> None:
        state = answer.status(self.workbook, self.prompt.id)
        if state.committed and not self.revising:  # in another tab, or by ck.commit
            self._show_sealed()
        elif self.revising and not state.is_revised:
            self._say("This is still your sealed answer. Change it first, then commit the revision.")
        elif isinstance(state.decision, Refused):
            self._say(render.refusal(state.decision))
        else:
            self._say("")
            self.commit.disabled = True
            self.warning.value = render.alert(
                render.REVISION_WARNING if self.revising else render.SEAL_WARNING
            )
            self._question.layout.display = "flex"
            # Not on “Yes”: a second press of Enter must not be a commitment.
            self.not_yet.focus()

    def _not_yet(self) -> None:
        self._stop_asking()
        self.commit.focus()

    def _stop_asking(self) -> None:
        self._question.layout.display = "none"
        self.warning.value = ""
        self.commit.disabled = False

    def _seal(self) -> None:
        # A press that was already on its way when the question was taken back.
        if not self.asking:
            return
        self.yes.disabled = self.not_yet.disabled = True
        self._say("Sealing your answer …")
        self._guarded(self._commit)
        self.yes.disabled = self.not_yet.disabled = False
        self._stop_asking()

    def _commit(self) -> None:
        if answer.status(self.workbook, self.prompt.id).committed and not self.revising:
            self._show_sealed()
            return
        try:
            done = answer.commit(self.workbook, self._connect(), self.prompt.id)
        except CoursekitError as error:
            # A revealed file may have had no place while the commitment itself is made and kept.
            if self.revising or self.workbook.find_commitment(self.prompt.id) is None:
                raise
            self._show_sealed()
            self._say(render.refusal(error))
            return
        note = f"Kept as revision {done.revision} beside your answer." if done.revision > 1 else ""
        if self.revising:
            self._end_revision(note or "This revision is kept beside your answer already.")
        else:
            self._show_sealed(note)

    def _guarded(self, step: Callable[[], None]) -> None:
        """Nobody sees a traceback from a button; so whatever happens must be said here."""
        try:
            step()
        except CoursekitError as error:
            self._say(render.refusal(error))
        except Exception as error:
            self._say(
                f"Something unexpected happened ({type(error).__name__}). What you saved is still there. "
                "Try again; if it stays, tell the course's staff."
            )

    def _show_sealed(self, note: str = "") -> None:
        state = answer.status(self.workbook, self.prompt.id)
        line = render.receipt_line(state.receipt) if state.receipt else ""
        shown = render.card(self.prompt, state.sealed, line)["text/html"]
        opened = widgets.Output()
        # Set, not captured: a button's callback has no cell whose output could be captured.
        opened.outputs = tuple(
            {"output_type": "display_data", "data": data, "metadata": {}}
            for data in reveal_bundles(self.workbook.find_reveal(self.prompt.id) or ())
        )
        self._sealed = (widgets.HTML(render.STYLE + shown), opened)
        self._say("")
        self._show_revision_only(note)

    def _show_revision_only(self, note: str = "") -> None:
        """Below what is sealed: a later text, if there is one, and the way to another."""
        self.revising = False
        state = answer.status(self.workbook, self.prompt.id)
        later = render.good_news(note) if note else ""
        if state.is_revised:
            later += render.later_card(self.prompt, state.response, _LATER)["text/html"]
        self.later.value = render.STYLE + later
        # A message comes first: it is about what has just been sealed, and a chart below it may be long.
        self.view.children = (
            *self._sealed[:1],
            self.message,
            *self._sealed[1:],
            self.later,
            row(self.revise),
        )

    def _start_revision(self) -> None:
        self.revising = True
        self._say("")
        self._stop_asking()
        self.view.children = (*self._sealed, *self._editor())
        self._first().focus()

    def _end_revision(self, note: str = "") -> None:
        self._say("")
        self._stop_asking()
        self._show_revision_only(note)
        self.revise.focus()

    def _foot(self, *more: Any) -> tuple[Any, ...]:
        self.commit.description = "Commit revision" if self.revising else "Commit"
        closing = (self.close,) if self.revising else ()
        return (row(self.commit, *more, *closing), self._question, self.message)


_LATER = "Your later version"


class Form(Panel):
    """A structured prompt: fields, a line that says what is saved, and Commit."""

    fields: Mapping[str, Any]

    def _editor(self) -> tuple[Any, ...]:
        state = answer.status(self.workbook, self.prompt.id)
        # A draft is later than what is sealed; to begin again with the sealed text would lose it.
        start = state.sealed if state.response is None else state.response
        self._parts = parts_of(self.prompt, start or {})
        self.fields = self._parts.fields
        self.saved = widgets.HTML(render.notice(self._saved_line(state)))
        for field in self.fields.values():
            field.observe(lambda _: self._keep(), names="value")
        head = "<h4>Your revision</h4>" if self.revising else render.heading(self.prompt)
        return (widgets.HTML(render.STYLE + head), *self._parts.rows, self.saved, *self._foot())

    def _first(self) -> Any:
        return next(iter(self.fields.values()))

    def _saved_line(self, state: answer.Status) -> str:
        if self.revising:
            return "Saved, not committed." if state.is_revised else "Nothing changed yet."
        return "Saved." if state.response else "Nothing saved yet."

    def _keep(self) -> None:
        self._stop_asking()
        self._say("")
        try:
            self.workbook.save_response(self.prompt.id, self._parts.read())
            self.saved.value = render.notice(self._saved_line(answer.status(self.workbook, self.prompt.id)))
        except CoursekitError as error:
            self.saved.value = render.alert(f"Not saved. {render.refusal(error)}")

    def _draft(self) -> Bundle:
        response = self.workbook.find_response(self.prompt.id)
        return render.card(self.prompt, response, "Saved, not committed yet." if response else "")


class StatusPanel(Panel):
    """An answer that is written in the notebook itself: what the saved file says, and Commit."""

    def __init__(self, workbook: Workbook, prompt: Prompt, connect: Callable[[], Exchange]) -> None:
        self.refresh = button("Refresh", "Read the saved notebook again")
        self.refresh.on_click(lambda _: self._guarded(self._read_again))
        self.summary = widgets.HTML()
        self._shown: Response | None = None
        super().__init__(workbook, prompt, connect)

    def _editor(self) -> tuple[Any, ...]:
        self._read()
        return (self.summary, *self._foot(self.refresh))

    def _first(self) -> Any:
        return self.refresh

    def _read(self) -> None:
        state = answer.status(self.workbook, self.prompt.id)
        self._shown = state.response
        self._text, html = _status_texts(state, self.revising)
        self.summary.value = render.STYLE + html

    def _read_again(self) -> None:
        self._say("")
        self._stop_asking()
        self._read()

    def _ask_or_refuse(self) -> None:
        self._read()
        super()._ask_or_refuse()

    def _commit(self) -> None:
        # What is sealed must be what was shown with the question, even when the file was saved meanwhile.
        shown = self._shown
        self._read()
        if self._shown != shown:
            self._say("The saved notebook has changed since. Look at the text again, then commit.")
            return
        super()._commit()

    def _draft(self) -> Bundle:
        return bundle(self._text, self.summary.value.removeprefix(render.STYLE))


def _status_texts(state: answer.Status, revising: bool) -> tuple[str, str]:
    prompt = state.prompt
    guide = f", at least {prompt.min_words} asked for" if prompt.min_words else ""
    if prompt.max_words and state.words > prompt.max_words:
        guide = f", more than the {prompt.max_words} that are enough"
    written = in_words(state.words) + " in the saved notebook" + guide
    if prompt.kind is PromptKind.ANALYSIS:
        written = f"{'code' if state.response else 'no code yet'} in the saved notebook"
    counted = f"“{prompt.title}”{'' if prompt.required else ' (optional)'}: {written}."
    if state.response is None:
        verdict = f"{_HOW_TO_WRITE[prompt.kind]} {render.SAVING}"
    elif revising and not state.is_revised:
        verdict = f"It is still your sealed answer. {_HOW_TO_WRITE[prompt.kind]} {render.SAVING}"
    elif isinstance(state.decision, Refused):
        verdict = f"{render.refusal(state.decision)} {render.SAVING}"
    else:
        verdict = f"It can be committed. Changed something since? {render.SAVING}"
    text = f"{counted}\n{verdict}"
    html = f"<section><p><strong>{escape(counted)}</strong></p><p>{escape(verdict)}</p>"
    if state.response is not None and not (revising and not state.is_revised):
        heading = "This would be kept as your revision" if revising else "This would be sealed"
        words = str(next(iter(state.response.values())))
        text += f"\n{heading}:\n{words}"
        html += f"<p><strong>{heading}</strong></p>{render.as_written(words)}"
    return text, html + "</section>"


# The first thing that somebody who never saw a notebook has to be told.
_HOW_TO_WRITE = {
    PromptKind.REFLECTION: "To write, double-click the answer cell above, or select it and press Enter.",
    PromptKind.ANALYSIS: "Write your code in its cell above.",
}
