"""A plan as a page to print: one file, A4, light. Every text in it is only a text.

title · what it is made of
the session: minutes, what, whom to call
task by task: the split in a chart and in words, minority views, quotes, calls, the faculty note
the board and the questions, from the teaching note
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape

from coursekit.model.ids import PromptId
from coursekit.model.plan import Plan, Quote, Slot, View
from coursekit.policy.discussion import charts, words
from coursekit.policy.prose import prose

_STYLE = """
:root { color-scheme: light; --ink: #1c2330; --soft: #4d5868; --line: #d5d9e0; --mine: #0072B2; --wait: #6e4600;
  --wait-paper: #fdf3dc; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 50rem; padding: 2rem 1.25rem 3rem; background: #fff; color: var(--ink);
  font: 1rem/1.5 Georgia, "Times New Roman", serif; overflow-wrap: break-word; }
h1, h2, h3, h4, th, .meta, .small, .why, svg { font-family: system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; border-bottom: 2px solid var(--ink); padding-bottom: .2rem; }
h3 { font-size: 1.08rem; margin: 1.6rem 0 .3rem; }
h4 { font-size: .9rem; margin: 1rem 0 .3rem; color: var(--soft); }
p { margin: .45rem 0; }
.meta, .small { color: var(--soft); font-size: .9rem; }
.warn { background: var(--wait-paper); color: var(--wait); border-radius: .4rem; padding: .6rem .9rem;
  font: 600 1rem/1.4 system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th { text-align: start; font-size: .85rem; color: var(--soft); }
th, td { padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.when { white-space: nowrap; font-variant-numeric: tabular-nums; font-weight: bold; }
td p { margin: 0; }
svg { display: block; width: 100%; max-width: 40rem; height: auto; margin: .5rem 0; }
blockquote { margin: .5rem 0; padding: .1rem 0 .1rem .9rem; border-inline-start: 3px solid var(--mine);
  unicode-bidi: isolate; }
ol.calls { padding-inline-start: 1.4rem; margin: .3rem 0; }
.why { color: var(--soft); font-size: .9rem; }
.faculty { border-inline-start: 3px solid var(--line); padding-inline-start: .9rem; }
@page { size: A4; margin: 16mm 15mm; }
@media print { html { font-size: 10pt; } body { max-width: none; padding: 0; }
  h2, h3, h4, h3 + .small, h4 + .small { break-after: avoid; }
  tr, svg, blockquote, li, .faculty { break-inside: avoid; } .warn { border: 1.5pt solid var(--wait); } }
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Only this style sheet, by its digest: no other style, no script, no picture, no form, no request to anywhere.
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"


def to_html(plan: Plan) -> str:
    """The page."""
    kind = "Rehearsal of a plan" if plan.is_rehearsal else "Plan of a discussion"
    group = f" · {plan.group}" if plan.group else ""
    body = "\n".join([*_head(plan), *_session(plan), *_tasks(plan), *_board(plan), _how()])
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<title>{escape(kind)}: {escape(plan.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto">{escape(plan.title)}</h1>
<p class="meta">{escape(kind)} · {plan.minutes} minutes{escape(group)} · for the faculty member who leads it ·
<time>{escape(plan.made_at)}</time></p>
</header>
<main>
{body}
</main>
</body>
</html>
"""


def _head(plan: Plan) -> Iterator[str]:
    first = plan.is_rehearsal or not any(v.counted for v in plan.views)
    for number, line in enumerate(words.standing(plan)):
        yield f'<p class="{"warn" if first and number == 0 else "small"}">{escape(line)}</p>'
    divided = words.most_divided(plan)
    if divided:
        view, split = divided[0]
        yield (
            f"<p><strong>Where they split most: {escape(view.prompt.id)}, “{escape(view.prompt.title)}”</strong> "
            f"{escape(words.split_words(split))}</p>"
        )


def _session(plan: Plan) -> Iterator[str]:
    yield "<h2>The session</h2>"
    yield (
        '<table><thead><tr><th scope="col">Minutes</th><th scope="col">What</th><th scope="col">How</th>'
        '<th scope="col">Turns</th><th scope="col">Call</th></tr></thead><tbody>'
    )
    done: set[PromptId] = set()
    for slot in plan.slots:
        yield _row(plan, slot, done)
    yield "</tbody></table>"
    yield (
        '<p class="small">Turns: voices there is room for, at two minutes each. The order of the calls '
        "is with each task below.</p>"
    )


def _row(plan: Plan, slot: Slot, done: set[PromptId]) -> str:
    named = words.labels(plan)
    new = [p for p in slot.prompts if p not in done]
    done.update(new)
    # As many as there is room for; the first is the one that matters most.
    room = max(1, slot.turns)
    calls = ", ".join([named[c.learner] for p in new for c in words.calls_at(plan, p)][:room])
    return (
        f'<tr><td class="when">{slot.start}–{slot.end}</td><td>{prose(slot.what)}</td><td>{prose(slot.how)}</td>'
        f"<td>{slot.turns or ''}</td><td>{escape(calls)}</td></tr>"
    )


def _tasks(plan: Plan) -> Iterator[str]:
    yield "<h2>Task by task</h2>"
    for view in plan.views:
        yield "<section>"
        yield from _task(plan, view)
        yield "</section>"


def _task(plan: Plan, view: View) -> Iterator[str]:
    prompt = view.prompt
    yield f'<h3 dir="auto">{escape(prompt.id)} · {escape(prompt.title)}</h3>'
    if view.counted:
        yield f'<p class="small">{escape(words.count_words(view))}.</p>'
        yield from _figures(view)
        yield from _said(plan, view)
        calls = words.calls_at(plan, prompt.id)
        if calls:
            named = words.labels(plan)
            yield f"<h4>Begin with</h4><p>{escape(words.opening(view))}</p><h4>Call, in this order</h4>"
            yield '<ol class="calls">'
            for call in calls:
                yield (
                    f"<li><strong>{escape(named[call.learner])}</strong> "
                    f'<span class="why">{escape(words.call_words(call))}</span></li>'
                )
            yield "</ol>"
    else:
        yield '<p class="small">Fewer than five answers: nothing of them is shown.</p>'
    note = plan.note.faculty.get(prompt.id)
    if note:
        yield f'<h4>Faculty note</h4><div class="faculty">{prose(note)}</div>'


def _figures(view: View) -> Iterator[str]:
    for split in view.splits:
        if split.title:
            yield f"<h4>{escape(split.title)}</h4>"
        yield charts.camps(split)
        yield f"<p>{escape(words.split_words(split))}</p>"
    if view.spread is not None:
        yield charts.spread(view.spread)
        yield f"<p>{escape(words.spread_words(view.spread))}</p>"
    if view.sureness is not None:
        yield "<h4>Sure, and near?</h4>"
        yield charts.sureness(view.sureness)
        yield f"<p>{escape(words.sureness_words(view.sureness))}</p>"


def _said(plan: Plan, view: View) -> Iterator[str]:
    groups = words.quote_groups(view)
    if groups:
        yield "<h4>In their words</h4>"
    for camp, quotes in groups:
        if camp:
            yield f'<p class="small">{escape(camp)}</p>'
        yield from (_quote(plan, q) for q in quotes)
    few = words.minority_groups(view)
    if few:
        yield "<h4>A minority's view</h4>"
    for camp, count, quotes in few:
        yield f'<p class="small">{escape(camp)} ({count} of {view.counted})</p>'
        yield from (_quote(plan, q) for q in quotes)


def _quote(plan: Plan, quote: Quote) -> str:
    who = words.writer(plan, quote)
    by = f' <span class="why">{escape(who)}</span>' if who else ""
    return f'<blockquote dir="auto">{escape(quote.text)}{by}</blockquote>'


def _board(plan: Plan) -> Iterator[str]:
    if plan.note.board:
        yield f"<h2>The board</h2>{prose(plan.note.board)}"
    if plan.note.questions:
        items = "".join(f"<li>{prose(q)}</li>" for q in plan.note.questions)
        yield f"<h2>Questions to ask</h2><ol>{items}</ol>"


def _how() -> str:
    return (
        '<h2>How to read it</h2><p class="small">The split is the chance that two people drawn by lot chose '
        "differently (Simpson, 1949): 0 when all agree, about 75 of 100 with four camps of one size. A minority "
        "is a camp of at most a fifth. Calls go first to those whom earlier plans called least; among equals to "
        "the smallest camp, then by lot. Minutes are the teaching note's, or the tasks' own, fitted to the "
        "session.</p>"
    )
