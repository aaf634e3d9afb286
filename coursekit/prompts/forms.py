"""The forms: what the learner chooses and types is on the disk before the next key is pressed.

    EDITING → (Commit) → ASKING → (Yes) → SEALED

“Not yet”, or one more change to the answer, leads from ASKING back to EDITING. Nothing leads out of SEALED.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from coursekit.model.errors import CoursekitError
from coursekit.model.outcome import Refused
from coursekit.model.prompt import Choice, Prompt, PromptKind, Response
from coursekit.policy.completeness import count_words
from coursekit.ports import Workbook
from coursekit.prompts import render
from coursekit.services import answer
from coursekit.services.answer import Exchange


class Panel:
    """What a form and a status have in common: a place for messages, and the way to a commitment."""

    def __init__(self, workbook: Workbook, prompt: Prompt, connect: Callable[[], Exchange]) -> None:
        self.workbook = workbook
        self.prompt = prompt
        self.message = widgets.HTML()
        self.commit = _button("Commit", "Seal this answer and see what it opens")
        self.yes = _button("Yes, commit", "Seal it now", style="primary")
        self.not_yet = _button("Not yet", "Go on writing")
        self._connect = connect
        self._question = widgets.VBox()
        self.view = widgets.VBox(layout=widgets.Layout(width="auto", max_width="48em"))
        self.view.add_class("coursekit-form")
        self.commit.on_click(lambda _: self._ask())
        self.yes.on_click(lambda _: self._seal())
        self.not_yet.on_click(lambda _: self._stop_asking())

    @property
    def asking(self) -> bool:
        """Whether the question before the commitment is on the screen."""
        return bool(self._question.children)

    def bundle(self) -> render.Bundle:
        """The widget, and beside it what to show where widgets do not run."""
        return {**self.view._repr_mimebundle_(), **self._fallback()}

    def _fallback(self) -> render.Bundle:
        raise NotImplementedError

    def _say(self, text: str) -> None:
        self.message.value = render.notice(text) if text else ""

    def _ask(self) -> None:
        self._guarded(self._ask_or_refuse)

    def _ask_or_refuse(self) -> None:
        state = answer.status(self.workbook, self.prompt.id)
        if state.committed:  # in another tab, or by ck.commit
            self._show_sealed()
        elif isinstance(state.decision, Refused):
            self._say(render.refusal(state.decision))
        else:
            self._say("")
            self.commit.disabled = True
            warning = widgets.HTML(render.notice(render.SEAL_WARNING))
            self._question.children = (warning, widgets.HBox([self.yes, self.not_yet]))

    def _stop_asking(self) -> None:
        self._question.children = ()
        self.commit.disabled = False

    def _seal(self) -> None:
        self.yes.disabled = self.not_yet.disabled = True
        self._say("Sealing your answer …")
        self._guarded(self._commit)
        self.yes.disabled = self.not_yet.disabled = False
        self._stop_asking()

    def _commit(self) -> None:
        state = answer.status(self.workbook, self.prompt.id)
        if not state.committed:
            try:
                answer.commit(self.workbook, self._connect(), self.prompt.id)
            except CoursekitError as error:
                # A revealed file may have had no place while the commitment itself is made and kept.
                if self.workbook.find_commitment(self.prompt.id) is None:
                    raise
                self._show_sealed()
                self._say(render.refusal(error))
                return
        self._show_sealed()

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

    def _show_sealed(self) -> None:
        state = answer.status(self.workbook, self.prompt.id)
        line = render.receipt_line(state.receipt) if state.receipt else ""
        shown = render.card(self.prompt, state.sealed, line)["text/html"]
        opened = widgets.Output()
        # Set, not captured: a button's callback has no cell whose output could be captured.
        opened.outputs = tuple(
            {"output_type": "display_data", "data": data, "metadata": {}}
            for data in render.reveal_bundles(self.workbook.find_reveal(self.prompt.id) or ())
        )
        self._say("")
        self.view.children = (widgets.HTML(render.STYLE + shown), self.message, opened)


class Form(Panel):
    """A structured prompt: fields, a line that says what is saved, and Commit."""

    def __init__(self, workbook: Workbook, prompt: Prompt, connect: Callable[[], Exchange]) -> None:
        super().__init__(workbook, prompt, connect)
        saved = workbook.find_response(prompt.id)
        self._parts = _PARTS[prompt.kind](prompt, saved or {})
        self.fields = self._parts.fields
        self.saved = widgets.HTML(render.notice("Saved." if saved else "Nothing saved yet."))
        for field in self.fields.values():
            field.observe(lambda _: self._keep(), names="value")
        self.view.children = (
            widgets.HTML(render.STYLE + render.heading(prompt)),
            *self._parts.rows,
            self.saved,
            self.commit,
            self._question,
            self.message,
        )

    def _keep(self) -> None:
        self._stop_asking()
        self._say("")
        try:
            self.workbook.save_response(self.prompt.id, self._parts.read())
        except CoursekitError as error:
            self.saved.value = render.notice(f"Not saved. {render.refusal(error)}")
        else:
            self.saved.value = render.notice("Saved.")

    def _fallback(self) -> render.Bundle:
        response = self.workbook.find_response(self.prompt.id)
        return render.card(self.prompt, response, "Saved, not committed yet." if response else "")


class StatusPanel(Panel):
    """An answer that is written in the notebook itself: what the saved file says, and Commit."""

    def __init__(self, workbook: Workbook, prompt: Prompt, connect: Callable[[], Exchange]) -> None:
        super().__init__(workbook, prompt, connect)
        self.refresh = _button("Refresh", "Read the saved notebook again")
        self.refresh.on_click(lambda _: self._guarded(self._read_again))
        self.summary = widgets.HTML()
        self._shown: Response | None = None
        self._read()
        self.view.children = (
            self.summary,
            widgets.HBox([self.refresh, self.commit]),
            self._question,
            self.message,
        )

    def _read(self) -> None:
        state = answer.status(self.workbook, self.prompt.id)
        self._shown = state.response
        self._text, html = _status_texts(state)
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

    def _fallback(self) -> render.Bundle:
        return render.bundle(self._text, self.summary.value.removeprefix(render.STYLE))


def _status_texts(state: answer.Status) -> tuple[str, str]:
    prompt = state.prompt
    guide = f", at least {prompt.min_words} asked for" if prompt.min_words else ""
    if prompt.max_words and state.words > prompt.max_words:
        guide = f", more than the {prompt.max_words} that are enough"
    counted = f"“{prompt.title}”: {_words(state.words)} in the saved notebook{guide}."
    if prompt.kind is PromptKind.ANALYSIS:
        counted = f"“{prompt.title}”: {'code' if state.response else 'no code yet'} in the saved notebook."
    verdict = (
        render.refusal(state.decision) if isinstance(state.decision, Refused) else "It can be committed."
    )
    text = f"{counted}\n{verdict}\n{render.SAVE_REMINDER}"
    html = f"<section>{render.prose(counted)}{render.prose(verdict)}"
    html += f"<p>{render.SAVE_REMINDER}</p>"
    if state.response is not None:
        sealed = next(iter(state.response.values()))
        text += f"\nThis would be sealed:\n{sealed}"
        html += f"<p><strong>This would be sealed</strong></p>{render.as_written(str(sealed))}"
    return text, html + "</section>"


@dataclass(frozen=True)
class _Parts:
    """The inside of a form: what is on the screen, what the learner changes, and what it amounts to."""

    rows: tuple[Any, ...]
    fields: Mapping[str, Any]
    read: Callable[[], dict[str, Any]]


def _decision(prompt: Prompt, saved: Response) -> _Parts:
    choice = _radio("Your choice", [(o.label, o.id) for o in prompt.options], saved.get("choice"))
    reason, count = _area("Your reason", saved.get("reason"), prompt.min_words)
    return _Parts(
        (choice, reason, count),
        {"choice": choice, "reason": reason},
        lambda: {"choice": choice.value, "reason": reason.value},
    )


def _estimate(prompt: Prompt, saved: Response) -> _Parts:
    # A number field starts with a number, and that number is an anchor; so an empty text field.
    low, high = (render.number(bound) for bound in (prompt.minimum, prompt.maximum))
    unit = f", in {prompt.unit}" if prompt.unit else ""
    value = saved.get("value")
    field = widgets.Text(
        value="" if value is None else render.number(value),
        description=f"Your estimate{unit}, from {low} to {high}",
        placeholder="a number",
        **_stacked(),
    )
    heard = widgets.HTML()

    def typed() -> float | None:
        return parse_number(field.value.strip().removesuffix(prompt.unit))

    reason, count = _area("Your reason, if you like", saved.get("reason"), 0)

    def echo(_: Any = None) -> None:
        number = typed()
        if number is None:
            heard.value = render.notice("This is not a number yet." if field.value.strip() else "")
        else:
            heard.value = render.notice(f"Read as {render.number(number)}.")

    field.observe(echo, names="value")
    echo()
    return _Parts(
        (field, heard, reason, count),
        {"value": field, "reason": reason},
        lambda: {"value": typed(), "reason": reason.value},
    )


def _confidence(prompt: Prompt, saved: Response) -> _Parts:
    level = _radio("Your answer", _scale(prompt), saved.get("level"))
    return _Parts((level,), {"level": level}, lambda: {"level": level.value})


def _self_assessment(prompt: Prompt, saved: Response) -> _Parts:
    before = _mapping(saved.get("levels"))
    fields = {item.id: _radio(item.label, _scale(prompt), before.get(item.id)) for item in prompt.items}
    return _Parts(
        tuple(fields.values()),
        fields,
        lambda: {"levels": {name: f.value for name, f in fields.items() if f.value is not None}},
    )


def _plan(prompt: Prompt, saved: Response) -> _Parts:
    before = _mapping(saved.get("fields"))

    def area(wanted: Choice) -> tuple[Any, Any]:
        return _area(wanted.label, before.get(wanted.id), wanted.min_words)

    areas = {wanted.id: area(wanted) for wanted in prompt.fields}
    fields = {name: field for name, (field, _) in areas.items()}
    return _Parts(
        tuple(row for pair in areas.values() for row in pair),
        fields,
        lambda: {"fields": {name: field.value for name, field in fields.items()}},
    )


_PARTS = {
    PromptKind.DECISION: _decision,
    PromptKind.ESTIMATE: _estimate,
    PromptKind.CONFIDENCE: _confidence,
    PromptKind.SELF_ASSESSMENT: _self_assessment,
    PromptKind.PLAN: _plan,
}


def parse_number(text: str) -> float | None:
    """The number somebody typed, with the separators of their country; none when it is not one.

    8,451 could be read in two ways; groups of three are taken for thousands, and the form says what it read.
    """
    bare = re.sub(r"[\s'’_]", "", text).replace("−", "-")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})", bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", bare):
        return None
    value = float(bare)
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _scale(prompt: Prompt) -> list[tuple[str, int]]:
    return [(label, place) for place, label in enumerate(prompt.scale, 1)]


def _radio(label: str, options: list[tuple[str, Any]], saved: Any) -> Any:
    known = [value for _, value in options]
    # JSON's true equals 1 in Python.
    chosen = saved if not isinstance(saved, bool) and saved in known else None
    return widgets.RadioButtons(options=options, value=chosen, description=label, **_stacked())


def _area(label: str, saved: Any, floor: int) -> tuple[Any, Any]:
    field = widgets.Textarea(
        value=saved if isinstance(saved, str) else "", description=label, rows=4, **_stacked()
    )
    count = widgets.HTML()
    asked = f", at least {floor} asked for" if floor else ""

    def recount(_: Any = None) -> None:
        count.value = f"<div>{_words(count_words(field.value))}{asked}</div>"

    field.observe(recount, names="value")
    recount()
    return field, count


def _stacked() -> dict[str, Any]:
    """The label above the field, both as wide as the page allows."""
    return {
        "style": {"description_width": "auto"},
        "layout": widgets.Layout(width="auto", height="auto", flex_flow="column", align_items="stretch"),
    }


def _button(label: str, tooltip: str, style: str = "") -> Any:
    return widgets.Button(description=label, tooltip=tooltip, button_style=style)


def _words(count: int) -> str:
    return f"{count} {'word' if count == 1 else 'words'}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
