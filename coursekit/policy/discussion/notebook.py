"""A plan as a notebook: the page's words as text, its numbers as cells that draw them. No learner's id is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from coursekit.model.plan import Plan, Quote, View
from coursekit.policy.discussion import words

_DRAW = """\
import matplotlib.pyplot as plt
import coursekit.prompts as ck

ck.chart_style()
"""


def to_notebook(plan: Plan) -> dict[str, Any]:
    """The notebook, as nbformat has it. Charts appear when it is run."""
    kind = "Rehearsal of a plan" if plan.is_rehearsal else "Plan of a discussion"
    cells = [_text("title", f"# {plan.title}\n\n{kind} · {plan.minutes} minutes\n")]
    cells.append(_text("made-of", "\n\n".join(f"> {_safe(line)}" for line in words.standing(plan))))
    named = words.labels(plan)
    rows = ["| minutes | what | how | turns | call |", "|:--|:--|:--|--:|:--|"]
    for s in plan.slots:
        calls = [c for p in s.calls_for for c in words.calls_at(plan, p)]
        who = _cell(_safe(" · ".join(words.tag(plan, c, named[c.learner]) for c in calls)))
        rows.append(f"| {s.start}–{s.end} | {_cell(s.what)} | {_cell(s.how)} | {s.turns or ''} | {who} |")
    cells.append(_text("session", "## The session\n\n" + "\n".join(rows)))
    if any(v.counted for v in plan.views):
        cells.append(_code("set-up", _DRAW))
    for view in plan.views:
        cells += list(_task(plan, view))
    if plan.note.board:
        cells.append(_text("board", f"## The board\n\n{plan.note.board}"))
    if plan.note.questions:
        asked = "\n".join(f"{n}. {q}" for n, q in enumerate(plan.note.questions, 1))
        cells.append(_text("questions", f"## Questions to ask\n\n{asked}"))
    cells.append(
        _text("after", "## After the session\n\n*Who spoke? What surprised you? What to change next time?*")
    )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _task(plan: Plan, view: View) -> Iterator[dict[str, Any]]:
    name = view.prompt.id
    head = f"## {name} · {_safe(view.prompt.title)}\n\n"
    if not view.counted:
        yield _text(f"{name}-task", head + "Fewer than five answers: nothing of them is shown.")
    else:
        yield _text(f"{name}-task", head + "\n\n".join([words.count_words(view) + ".", *_told(view)]))
        for number, source in enumerate(_charts(view), 1):
            yield _code(f"{name}-chart-{number}", source)
        said = list(_said(plan, view))
        if said:
            yield _text(f"{name}-voices", "\n\n".join(said))
    note = plan.note.faculty.get(name)
    if note:
        yield _text(f"{name}-faculty", f"### Faculty note\n\n{note}")


def _told(view: View) -> Iterator[str]:
    for split in view.splits:
        yield (f"**{_safe(split.title)}** " if split.title else "") + words.split_words(split)
    if view.spread is not None:
        yield _safe(words.spread_words(view.spread))
    if view.sureness is not None:
        yield words.sureness_words(view.sureness)


def _charts(view: View) -> Iterator[str]:
    for split in view.splits:
        labels = [words.lettered(view, c.label) for c in split.camps]
        counts = [c.count for c in split.camps]
        yield (
            f"labels = {_literal(labels)}\ncounts = {_literal(counts)}\n\n"
            "import textwrap\n\n"
            "fig, ax = plt.subplots(figsize=(7, 0.8 * len(labels) + 0.8))\n"
            "bars = ax.barh([textwrap.fill(label, 44) for label in labels], counts)\n"
            "ax.bar_label(bars, padding=4)\nax.invert_yaxis()\nax.set_xlabel('people')\nplt.show()"
        )
    if view.spread is not None:
        found = view.spread
        # In two figures: enough for a chart, and no exact guess that its owner has told somebody.
        rounded = [float(f"{v:.2g}") for v in found.values]
        yield (
            f"estimates = {_literal(rounded)}\nanswer = {found.answer!r}\n\n"
            "wide = min(estimates) > 0 and max(estimates) / min(estimates) >= 50\n"
            "fig, ax = plt.subplots(figsize=(7, 2.4))\n"
            "ax.plot(estimates, [0] * len(estimates), 'o', alpha=0.5, markersize=9)\n"
            "if answer is not None:\n    ax.axvline(answer, color='#D55E00', lw=2.5, label='revealed')\n"
            "    ax.legend()\n"
            "if wide:\n    ax.set_xscale('log')\n"
            f"ax.set_yticks([])\nax.set_xlabel({_literal(found.unit or 'estimate')})\nplt.show()"
        )
    if view.sureness is not None:
        sure = view.sureness
        yield (
            f"scale = {_literal(list(sure.scale))}\nnearer = {_literal(list(sure.nearer))}\n"
            f"further = {_literal(list(sure.further))}\n\n"
            "fig, ax = plt.subplots(figsize=(7, 3.4))\nplaces = range(len(scale))\n"
            "ax.barh([p - 0.2 for p in places], nearer, 0.38, label='nearer to the answer')\n"
            "ax.barh([p + 0.2 for p in places], further, 0.38, label='further off')\n"
            "ax.set_yticks(list(places), scale)\nax.invert_yaxis()\nax.legend()\nplt.show()"
        )


def _said(plan: Plan, view: View) -> Iterator[str]:
    for camp, quotes in words.quote_groups(view):
        if camp:
            yield f"*{_safe(words.lettered(view, camp))}*"
        yield from (_quote(plan, q) for q in quotes)
    for camp, count, quotes in words.minority_groups(view):
        yield f"**A minority's view** ({count} of {view.counted}): *{_safe(words.lettered(view, camp))}*"
        yield from (_quote(plan, q) for q in quotes)
    calls = words.calls_at(plan, view.prompt.id)
    if calls:
        named = words.labels(plan)
        yield f"**Begin with:** {_safe(words.opening(view))}"
        yield "\n".join(
            f"{n}. **{_safe(named[c.learner])}** {_safe(words.call_words(c))}" for n, c in enumerate(calls, 1)
        )


def _quote(plan: Plan, quote: Quote) -> str:
    who = words.writer(plan, quote)
    return f"> {_safe(quote.text)}" + (f" *{_safe(who)}*" if who else "")


def _literal(value: Any) -> str:
    # JSON's strings, numbers and lists are Python's as well.
    return json.dumps(value, ensure_ascii=True)


def _safe(text: str) -> str:
    """Somebody's words as words: no markup of theirs works in it."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|$~!&" else c for c in " ".join(text.split()))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _text(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name[:64], "metadata": {}, "source": source}


def _code(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name[:64],
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
