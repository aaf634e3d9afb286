"""The calls that stand in a notebook's cells.

Each shows something and returns nothing. A refusal is shown as a sentence, never raised: the notebook must
run to its end under papermill and nbgrader, where there is no exchange and nobody to click.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ParamSpec

from coursekit.model.errors import BadInput, CoursekitError
from coursekit.model.ids import PromptId
from coursekit.model.prompt import PromptKind
from coursekit.model.submission import RevealedCell
from coursekit.policy.reveals import Bundle, reveal_bundles
from coursekit.prompts import render, session
from coursekit.services import answer

P = ParamSpec("P")

_CALLS = {
    PromptKind.REFLECTION: "reflection_status",
    PromptKind.ANALYSIS: "analysis_status",
    **{kind: kind.value for kind in PromptKind if not kind.in_notebook},
}


def _kindly(call: Callable[P, None]) -> Callable[P, None]:
    @functools.wraps(call)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            call(*args, **kwargs)
        except CoursekitError as error:
            show(render.refusal_bundle(error))

    return wrapped


@_kindly
def decision(prompt: str) -> None:
    """Ask for a choice and its reason."""
    _ask(PromptId(prompt), PromptKind.DECISION)


@_kindly
def estimate(prompt: str) -> None:
    """Ask for a number."""
    _ask(PromptId(prompt), PromptKind.ESTIMATE)


@_kindly
def confidence(prompt: str) -> None:
    """Ask how sure the learner is."""
    _ask(PromptId(prompt), PromptKind.CONFIDENCE)


@_kindly
def self_assessment(prompt: str) -> None:
    """Ask for a rating of each item."""
    _ask(PromptId(prompt), PromptKind.SELF_ASSESSMENT)


@_kindly
def plan(prompt: str) -> None:
    """Ask for a plan, part by part."""
    _ask(PromptId(prompt), PromptKind.PLAN)


@_kindly
def reflection_status(prompt: str) -> None:
    """Show what stands in the saved notebook for this written answer, and offer to commit it."""
    _ask(PromptId(prompt), PromptKind.REFLECTION)


@_kindly
def analysis_status(prompt: str) -> None:
    """Show what stands in the saved notebook for this code, and offer to commit it."""
    _ask(PromptId(prompt), PromptKind.ANALYSIS)


@_kindly
def commit(prompt: str, revision: bool = False) -> None:
    """Commit at once, for kernels without forms; show the receipt's time and what it opens.

    Once an answer is sealed, another one is kept beside it only with `revision=True`.
    """
    workbook, prompt_id = session.workbook(), PromptId(prompt)
    state = answer.status(workbook, prompt_id)
    if session.is_grading():
        show(render.card(state.prompt, state.response, ""))
        return
    # Running a notebook again must not commit anything anew, nor need the exchange.
    if state.receipt is None or (revision and state.is_revised):
        try:
            done = answer.commit(workbook, session.connect(), prompt_id)
        except BadInput as error:
            if state.prompt.kind.in_notebook and not state.answered:
                error.next_step += " Then save the notebook (Ctrl+S, or Cmd+S on a Mac)."
            raise
        if done.revision > 1:
            print(f"Kept as revision {done.revision} beside your answer.")
        state = answer.status(workbook, prompt_id)
    elif state.is_revised:
        print(f'Your answer has changed since. To keep a revision: ck.commit("{prompt}", revision=True)')
    if state.receipt is not None:
        print(render.receipt_line(state.receipt))
    _show_reveal(workbook.find_reveal(prompt_id) or ())


@_kindly
def reveal(prompt: str) -> None:
    """Show what the commitment of this prompt opened."""
    workbook, prompt_id = session.workbook(), PromptId(prompt)
    title = workbook.get_prompt(prompt_id).title
    cells = workbook.find_reveal(prompt_id)
    if cells is None:
        show(render.message_bundle(f"This opens when you commit your answer to “{title}” ({prompt})."))
    elif not reveal_bundles(cells):
        show(render.message_bundle(f"“{title}” is committed; there is nothing to show here."))
    else:
        _show_reveal(cells)


@_kindly
def pointers() -> None:
    """Show what the checks found in the written answers that were handed in, and offer to ask a person."""
    workbook = session.workbook()
    if session.is_grading():
        show(render.message_bundle("What the checks found is in the feedback."))
        return
    from coursekit.prompts.pointing import PointersPanel

    show(PointersPanel(workbook, session.points).bundle())


class NotHere(FileNotFoundError):
    """An exhibit that is not in the folder, or not yet; shown as its sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this before it draws its own. A learner who runs the whole notebook before
        # the first commit meets it, and should not be frightened.
        return [str(self)]


def exhibit(name: str) -> Path:
    """The path of an exhibit of this module.

    Raises NotHere, a FileNotFoundError, when it is not here, or not yet.
    """
    folder = Path("exhibits")
    path = folder / name
    if not path.is_file():
        here = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        raise NotHere(
            f"There is no exhibit {name} in this folder. It may open after you commit an answer. "
            f"Here now: {', '.join(here) or 'none'}."
        )
    return path


def show(data: Bundle) -> None:
    """Display one bundle; in plain Python, print its text."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display

    if InteractiveShell.initialized():
        display(data, raw=True)
    else:
        print(data.get("text/plain", ""))


def _ask(prompt: PromptId, kind: PromptKind) -> None:
    workbook = session.workbook()
    state = answer.status(workbook, prompt)
    if state.prompt.kind is not kind:
        raise BadInput(
            "other-kind",
            f"“{state.prompt.title}” is of the kind {state.prompt.kind.value}, not {kind.value}.",
            f'Its cell should say ck.{_CALLS[state.prompt.kind]}("{prompt}").',
        )
    if session.is_grading():
        show(render.card(state.prompt, state.response, ""))
        return
    if state.receipt is not None:
        # Without widgets: what is sealed can be read in the file itself, with no kernel running.
        show(render.card(state.prompt, state.sealed, render.receipt_line(state.receipt)))
        _show_reveal(workbook.find_reveal(prompt) or ())
    from coursekit.prompts import forms

    panel = forms.StatusPanel if kind.in_notebook else forms.Form
    show(panel(workbook, state.prompt, session.connect).bundle())


def _show_reveal(cells: Sequence[RevealedCell]) -> None:
    for data in reveal_bundles(cells):
        show(data)
