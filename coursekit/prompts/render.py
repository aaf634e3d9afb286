"""Values as something to read, in plain text and in HTML; whatever a person wrote is escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from coursekit.model.errors import CoursekitError
from coursekit.model.outcome import Refused
from coursekit.model.prompt import Prompt, Response
from coursekit.model.submission import Receipt
from coursekit.policy.prose import prose
from coursekit.policy.reveals import Bundle, bundle
from coursekit.policy.words import answer_rows

SEAL_WARNING = "Commit seals this answer. You can add a revision later, but not change it."
REVISION_WARNING = "This keeps your revision beside the sealed answer. Neither can be changed afterwards."
SAVING = "Save the notebook (Ctrl+S, or Cmd+S on a Mac), then choose Refresh."
NOT_ANSWERED = "Not answered yet."

# Colours of our own where the lab's are too pale to read or to find: 7:1 for text, 3:1 for edges.
# Widgets cut long labels off, and put them beside the field; on a small screen neither can be read.
STYLE = """<style>
.coursekit-form {
  --jp-widgets-font-size: var(--jp-content-font-size1, 14px); --jp-widgets-inline-height: 34px;
  --jp-widgets-input-border-color: #767676; --jp-widgets-input-focus-border-color: #0b57a4;
  --jp-widgets-label-color: var(--jp-content-font-color1, #111); --jp-widgets-margin: 3px;
  font-size: var(--jp-content-font-size1, 14px); border-left: 4px solid #0b57a4; padding: 2px 0 8px 14px; }
.coursekit-form .widget-html-content :is(h3, h4) { margin: .4em 0; line-height: 1.3; font-weight: 600; }
.coursekit-form .widget-html-content h3 { font-size: 1.2em; }
.coursekit-form .widget-html-content h4 { font-size: 1.1em; }
.coursekit-form .widget-html-content p { margin: .4em 0; }
.coursekit-form .widget-html-content section { border: 0 !important; padding: 0 !important; }
.coursekit-form .widget-label
  { white-space: normal; overflow: visible; height: auto; width: auto; text-align: left; font-weight: 600;
    line-height: 1.45; }
.coursekit-form .widget-radio-box { width: auto; margin-bottom: 0 !important; padding: 2px 0; }
.coursekit-form .widget-radio-box label
  { display: flex; flex-direction: row-reverse; justify-content: flex-end; align-items: flex-start;
    white-space: normal; height: auto; line-height: 1.45; padding: 5px 0; cursor: pointer; }
.coursekit-form .widget-radio-box input[type=radio]
  { margin: 2px 8px 0 2px; flex: none; width: 16px; height: 16px; }
.coursekit-form .widget-radio { margin: 3px; }
.coursekit-form .widget-html-content
  { white-space: normal; line-height: 1.5; font-size: var(--jp-content-font-size1, 14px); }
.coursekit-form :is(input, textarea, select, button) { font-family: inherit; }
.coursekit-form textarea { line-height: 1.45; resize: vertical; }
.coursekit-form select { flex: none; height: 34px; max-width: 24em; }
.coursekit-form .jupyter-button
  { width: auto; min-width: 9em; height: 36px; line-height: 34px; padding: 0 16px; margin: 6px 6px 2px 3px;
    border: 1px solid #767676; background: transparent; color: var(--jp-content-font-color1, #111); }
.coursekit-form .jupyter-button.mod-primary { background: #0b57a4; border-color: #0b57a4; color: #fff; }
.coursekit-form .jupyter-button:disabled { opacity: .55; }
.coursekit-form :is(button, input, textarea, select):focus-visible
  { outline: 3px solid #1976d2; outline-offset: 2px; }
.coursekit-form .coursekit-alert
  { border: 1px solid #9a5b00; border-left-width: 5px; padding: 8px 12px; margin: 4px 0; }
.coursekit-form .coursekit-good { border-color: #1b6e3c; }
.coursekit-form .coursekit-quiet { opacity: .85; font-size: .93em; }
</style>"""
# Inline, because a card is also read where no form has brought the style along: formgrader, a printed page.
_FRAME = "border-left: 4px solid #767676; padding: 0 0 0 14px; max-width: 48em; line-height: 1.5"
_LABEL = '<p style="margin: .6em 0 0"><strong>'


def as_written(text: str) -> str:
    """A learner's words as HTML, letter by letter, in the direction of their script."""
    return f'<div dir="auto" style="white-space: pre-wrap; overflow-wrap: anywhere">{escape(text)}</div>'


def notice(text: str) -> str:
    """A line that a screen reader says when it changes."""
    return f'<div role="status" aria-live="polite" class="coursekit-quiet">{escape(text)}</div>'


def alert(text: str) -> str:
    """The answer to a button: said at once, and not to be overlooked."""
    return f'<div role="alert" class="coursekit-alert">{escape(text)}</div>'


def good_news(text: str) -> str:
    """The same, when all went well."""
    return f'<div role="alert" class="coursekit-alert coursekit-good">{escape(text)}</div>'


def heading(prompt: Prompt) -> str:
    """The title and the question."""
    return f"<h3>{escape(prompt.title)}</h3>{prose(prompt.question)}"


def refusal(problem: Refused | CoursekitError) -> str:
    """Why not, and what to do, in two sentences."""
    reason = problem.reason if isinstance(problem, Refused) else problem.detail
    return f"{reason} {problem.next_step}"


def refusal_bundle(problem: Refused | CoursekitError) -> Bundle:
    """The same as a display."""
    return message_bundle(refusal(problem))


def message_bundle(text: str) -> Bundle:
    """One sentence as a display."""
    return bundle(text, f"<p>{escape(text)}</p>")


def receipt_time(receipt: Receipt) -> str:
    """2027-01-11 08:00:00 UTC."""
    try:
        moment = datetime.fromisoformat(receipt.at)
    except ValueError:
        return receipt.at
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def receipt_line(receipt: Receipt) -> str:
    """When it was sealed, and which receipt proves it."""
    return f"Committed {receipt_time(receipt)}, receipt {receipt.own_digest()[:12]}."


def answer_html(prompt: Prompt, response: Response | None) -> str:
    """The answer, read-only."""
    rows = answer_rows(prompt, response)
    if not rows:
        return f"<p>{NOT_ANSWERED}</p>"
    return "".join(f"{_LABEL}{escape(label)}</strong></p>{as_written(value)}" for label, value in rows)


def answer_text(prompt: Prompt, response: Response | None) -> str:
    """The answer as plain text."""
    rows = answer_rows(prompt, response)
    return "\n".join(f"{label}: {value}" for label, value in rows) or NOT_ANSWERED


def card(prompt: Prompt, response: Response | None, line: str) -> Bundle:
    """Question, answer, and one line on where it stands."""
    # The question of a prose or code prompt stands in the notebook, a few lines above.
    question = "" if prompt.kind.in_notebook else prompt.question
    text = "\n".join(part for part in (prompt.title, question, answer_text(prompt, response), line) if part)
    head = f"<h3>{escape(prompt.title)}</h3>{prose(question)}"
    said = f'<p style="margin: .6em 0 0">{escape(line)}</p>' if line else ""
    html = f'<section style="{_FRAME}">{head}{answer_html(prompt, response)}{said}</section>'
    return bundle(text, html)


def later_card(prompt: Prompt, response: Response | None, line: str) -> Bundle:
    """A text that is newer than the sealed one: the answer alone, below what was sealed."""
    text = f"{line}\n{answer_text(prompt, response)}"
    html = f'<section style="{_FRAME}"><h4>{escape(line)}</h4>{answer_html(prompt, response)}</section>'
    return bundle(text, html)
