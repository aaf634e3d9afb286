"""A grader's answers for paper or a browser: the question, the levels, the text. No name, nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from coursekit.model.pilot import Asked, Pilot
from coursekit.policy.prose import prose

_STYLE = (
    "body{font:16px/1.5 Georgia,serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
    "h2{margin-top:3rem;border-top:1px solid}article{break-inside:avoid-page;margin:2rem 0}"
    ".text{white-space:pre-wrap;border-left:3px solid #999;padding-left:1rem}"
    "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2rem .6rem;text-align:left}"
)


def to_html(pilot: Pilot, order: Sequence[str], texts: Mapping[str, str]) -> str:
    """The page. Marks are written into the CSV form; what is written on paper has to be copied there."""
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Pilot {escape(pilot.name)}</title><style>{_STYLE}</style>",
        f"<h1>Pilot {escape(pilot.name)}</h1>"
        "<p>Mark each answer by itself, with the levels alone, and do not speak about them until both are done. "
        "<em>Adequate</em>: an honest attempt at what was asked, good or not.</p>",
    ]
    for asked in pilot.prompts:
        mine = [name for name in order if pilot.answers[name] == asked.id]
        if mine:
            parts.append(_prompt(asked))
        for name in mine:
            parts.append(_answer(name, asked, texts[name]))
    return "\n".join([*parts, "</html>\n"])


def _prompt(asked: Asked) -> str:
    rows = "".join(
        f"<tr><th>{escape(c.id)}</th><td>{escape(c.ask)}</td><td>"
        + "<br>".join(f"{level}: {escape(text)}" for level, text in sorted(c.levels.items()))
        + "</td></tr>"
        for c in asked.rubric.criteria
    )
    heading = f"<h2>{escape(str(asked.id))} · {escape(asked.title)}</h2>"
    return f"{heading}{prose(asked.question)}<table>{rows}</table>"


def _answer(name: str, asked: Asked, text: str) -> str:
    boxes = "".join(f"<th>{escape(c.id)}</th>" for c in asked.rubric.criteria) + "<th>adequate</th>"
    empty = "<td>&nbsp;</td>" * (len(asked.rubric.criteria) + 1)
    return (
        f'<article><h3>{escape(name)}</h3><div class="text" dir="auto">{escape(text)}</div>'
        f"<table><tr>{boxes}</tr><tr>{empty}</tr></table></article>"
    )
