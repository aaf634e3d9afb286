"""Values as something to read, in plain text and in HTML; whatever a person wrote is escaped."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from coursekit.model.errors import CoursekitError
from coursekit.model.outcome import Refused
from coursekit.model.prompt import Choice, Prompt, PromptKind, Response
from coursekit.model.submission import Receipt, RevealedCell

Bundle = dict[str, Any]
"""One display: MIME type → content."""

SEAL_WARNING = "Commit seals this answer. You can add a revision later, but not change it."
SAVE_REMINDER = "This reads the saved file: save with Ctrl+S (Cmd+S on a Mac), then choose Refresh."
NOT_ANSWERED = "Not answered yet."

# Widgets cut long labels off, and put them beside the field; on a small screen neither can be read.
STYLE = """<style>
.coursekit-form .widget-label, .coursekit-form .jupyter-widget-label
  { white-space: normal; overflow: visible; height: auto; width: auto; text-align: left; font-weight: 600; }
.coursekit-form .widget-radio-box label, .coursekit-form .jupyter-widget-radio-box label
  { white-space: normal; height: auto; line-height: 1.45; padding: .15em 0; }
.coursekit-form .widget-html-content, .coursekit-form .jupyter-widget-html-content
  { white-space: normal; line-height: 1.45; }
</style>"""


def bundle(text: str, html: str) -> Bundle:
    """A display that every front end can show."""
    return {"text/plain": text, "text/html": html}


def prose(text: str) -> str:
    """An author's words as HTML: paragraphs, **bold**, *emphasis* and `code`; all else as it stands."""
    paragraphs = [p for p in re.split(r"\n\s*\n", text.strip()) if p.strip()]
    return "".join(f"<p>{_inline(p.strip())}</p>" for p in paragraphs)


def _inline(text: str) -> str:
    parts = re.split(r"`([^`\n]+)`", text)
    parts[1::2] = [f"<code>{escape(code)}</code>" for code in parts[1::2]]
    for index in range(0, len(parts), 2):
        plain = escape(parts[index])
        plain = re.sub(r"\*\*(\S(?:.*?\S)?)\*\*", r"<strong>\1</strong>", plain)
        plain = re.sub(r"\*(\S(?:.*?\S)?)\*", r"<em>\1</em>", plain)
        parts[index] = plain.replace("\n", "<br>")
    return "".join(parts)


def as_written(text: str) -> str:
    """A learner's words as HTML, letter by letter, in the direction of their script."""
    return f'<div dir="auto" style="white-space: pre-wrap; overflow-wrap: anywhere">{escape(text)}</div>'


def notice(text: str) -> str:
    """A line that a screen reader says when it changes."""
    return f'<div role="status" aria-live="polite">{escape(text)}</div>'


def heading(prompt: Prompt) -> str:
    """The title and the question."""
    return f"<h4>{escape(prompt.title)}</h4>{prose(prompt.question)}"


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


def answer_rows(prompt: Prompt, response: Response | None) -> list[tuple[str, str]]:
    """What was answered, each part with its label; parts not answered are left out."""
    if response is None:
        return []
    rows: list[tuple[str, Any]] = []
    if prompt.kind is PromptKind.REFLECTION:
        rows = [("Your answer", response.get("text"))]
    elif prompt.kind is PromptKind.ANALYSIS:
        rows = [("Your code", response.get("code"))]
    elif prompt.kind is PromptKind.DECISION:
        rows = [("Your choice", _label(prompt.options, response.get("choice")))]
    elif prompt.kind is PromptKind.ESTIMATE:
        value = response.get("value")
        rows = [("Your estimate", None if value is None else f"{number(value)} {prompt.unit}".strip())]
    elif prompt.kind is PromptKind.CONFIDENCE:
        rows = [("Your answer", level(prompt.scale, response.get("level")))]
    elif prompt.kind is PromptKind.SELF_ASSESSMENT:
        levels = _mapping(response.get("levels"))
        rows = [(item.label, level(prompt.scale, levels.get(item.id))) for item in prompt.items]
    else:
        texts = _mapping(response.get("fields"))
        rows = [(wanted.label, texts.get(wanted.id)) for wanted in prompt.fields]
    if prompt.kind in (PromptKind.DECISION, PromptKind.ESTIMATE):
        rows.append(("Your reason", response.get("reason")))
    return [(label, str(value)) for label, value in rows if value is not None and str(value).strip()]


def number(value: Any) -> str:
    """A number without a needless .0, and without separators, which mean one thing here, another there."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def level(scale: Sequence[str], value: Any) -> str | None:
    """A point on a scale: its label, and where it stands."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= len(scale):
        return None
    return f"{scale[value - 1]} ({value} of {len(scale)})"


def answer_html(prompt: Prompt, response: Response | None) -> str:
    """The answer, read-only."""
    rows = answer_rows(prompt, response)
    if not rows:
        return f"<p>{NOT_ANSWERED}</p>"
    return "".join(f"<p><strong>{escape(label)}</strong></p>{as_written(value)}" for label, value in rows)


def answer_text(prompt: Prompt, response: Response | None) -> str:
    """The answer as plain text."""
    rows = answer_rows(prompt, response)
    return "\n".join(f"{label}: {value}" for label, value in rows) or NOT_ANSWERED


def card(prompt: Prompt, response: Response | None, line: str) -> Bundle:
    """Question, answer, and one line on where it stands."""
    text = "\n".join(
        part for part in (prompt.title, prompt.question, answer_text(prompt, response), line) if part
    )
    html = f"<section>{heading(prompt)}{answer_html(prompt, response)}<p>{escape(line)}</p></section>"
    return bundle(text, html)


def reveal_bundles(cells: Sequence[RevealedCell]) -> list[Bundle]:
    """What a commitment opened, a display each: text as Markdown, outputs as they were, charts described."""
    shown: list[Bundle] = []
    for cell in cells:
        if cell.cell_type == "code":
            shown.extend(found for output in cell.outputs if (found := _output(output, cell.alt)))
        elif cell.source.strip():
            shown.append({"text/markdown": cell.source, "text/plain": cell.source})
    return shown


def _output(output: Mapping[str, Any], alt: str) -> Bundle | None:
    kind = output.get("output_type")
    if kind == "stream":
        return {"text/plain": _joined(output.get("text", ""))}
    if kind == "error":
        return {"text/plain": f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"}
    data = {
        mime: content if "json" in mime else _joined(content)
        for mime, content in _mapping(output.get("data")).items()
        # A widget's state stayed in the author's kernel.
        if mime != "application/vnd.jupyter.widget-view+json"
    }
    if "text/html" not in data:
        picture = next((mime for mime in ("image/svg+xml", "image/png", "image/jpeg") if mime in data), None)
        if picture is not None:
            return _picture(picture, data[picture], alt)
    return data or None


def _picture(mime: str, content: str, alt: str) -> Bundle:
    """An image as an <img>: the front ends' own way of showing one has no room for a description."""
    words = alt or "A chart, without a description."
    # Nor does a script in an SVG run inside an <img>.
    encoded = (
        base64.b64encode(content.encode()).decode() if mime == "image/svg+xml" else "".join(content.split())
    )
    html = f'<img alt="{escape(words)}" src="data:{mime};base64,{escape(encoded)}" style="max-width: 100%">'
    return bundle(words, html)


def _joined(content: Any) -> str:
    # nbformat files may keep a text as a list of its lines.
    return content if isinstance(content, str) else "".join(str(part) for part in content)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _label(choices: Sequence[Choice], chosen: Any) -> str | None:
    return next((c.label for c in choices if c.id == chosen), None)
