"""A plan as a page to print: one file, A4, light. Every text in it is only a text.

title · what it is made of
the session: minutes, what, whom to call · the board and the questions, from the teaching note
task by task: a first question, the split in a chart and in words, quotes, minority views
on the screen alone: why each is called, the faculty notes, the tasks for which nobody is called
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape

from coursekit.model.plan import Plan, Quote, Slot, View
from coursekit.model.prompt import PromptKind
from coursekit.policy.discussion import charts, words
from coursekit.policy.discussion.calls import SILENT
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
.what { font-weight: bold; } .how { font-size: .95em; }
td.who { width: 32%; padding-right: 0; } .one { display: inline-block; } td.when .small { font-weight: normal; }
td.when { white-space: nowrap; font-variant-numeric: tabular-nums; font-weight: bold; }
td p { margin: 0; }
svg { display: block; width: 100%; max-width: 28rem; height: auto; margin: .5rem 0; }
blockquote { margin: .5rem 0; padding: .1rem 0 .1rem .9rem; border-inline-start: 3px solid var(--mine);
  unicode-bidi: isolate; }
ol.calls { padding-inline-start: 1.4rem; margin: .3rem 0; }
.why { color: var(--soft); font-size: .9rem; }
.faculty { border-inline-start: 3px solid var(--line); padding-inline-start: .9rem; }
@page { size: A4; margin: 16mm 15mm; }
@media print { html { font-size: 9.5pt; } body { max-width: none; padding: 0; line-height: 1.3; }
  .desk { display: none; } .head .small { display: inline; }
  h1 { font-size: 15pt; } h2 { font-size: 11.5pt; margin: .6rem 0 .25rem; }
  h3 { font-size: 10.5pt; margin: .5rem 0 .1rem; } h4 { margin: .25rem 0 .1rem; } p { margin: .15rem 0; }
  header .meta, header h1 { margin: 0; } th, td { padding: .16rem .5rem .16rem 0; } ol { margin: .1rem 0; }
  .two { display: grid; grid-template-columns: 2fr 3fr; gap: 6mm; font-size: 9pt; } .two ol { padding-left: 1.3em; }
  .turn { break-before: page; } .turn h2 { margin-top: 0; }
  .tasks { columns: 2; column-gap: 8mm; font-size: 9.2pt; line-height: 1.27; } .tasks h3 { font-size: 9.5pt; }
  .tasks h4, .tasks .small { font-size: 8.7pt; } .tasks section:first-child h3 { margin-top: 0; }
  svg { margin: .1rem 0; width: 84%; } blockquote { margin: .15rem 0; padding: 0 0 0 .6rem; }
  h2, h3, h4, h3 + .small, h4 + .small { break-after: avoid; }
  tr, svg, blockquote, li { break-inside: avoid; }
  .warn { border: 1.5pt solid var(--wait); padding: .15rem .6rem; } }
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Only this style sheet, by its digest: no other style, no script, no picture, no form, no request to anywhere.
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"


def to_html(plan: Plan) -> str:
    """The page."""
    kind = "Rehearsal of a plan" if plan.is_rehearsal else "Plan of a discussion"
    group = f" · {plan.group}" if plan.group else ""
    body = "\n".join([*_head(plan), *_session(plan), *_board(plan), *_tasks(plan), _how()])
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
    yield '<div class="head">'
    for number, line in enumerate(words.standing(plan)):
        yield f'<p class="{"warn" if first and number == 0 else "small"}">{escape(line)}</p>'
    yield "</div>"
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
        '<table><thead><tr><th scope="col">Minutes</th><th scope="col">What, and how</th>'
        '<th scope="col">Call, in this order</th></tr></thead><tbody>'
    )
    for slot in plan.slots:
        yield _row(plan, slot)
    yield "</tbody></table>"
    yield '<p class="small desk">A turn is two minutes. Why each is called stands with the task below.</p>'
    if plan.note.order:
        yield f'<div class="order"><h3>Call order</h3>{prose(plan.note.order)}</div>'
    lost = words.unmatched_words(plan)
    if lost:
        yield f'<p class="small desk">{escape(lost)}</p>'


def _row(plan: Plan, slot: Slot) -> str:
    named = words.labels(plan)
    calls = [c for p in slot.calls_for for c in words.calls_at(plan, p)]
    who = " · ".join(
        f'<span class="one">{escape(words.tag(plan, c, named[c.learner]))}</span>' for c in calls
    )
    turns = f'<div class="small">{slot.turns} turns</div>' if slot.turns > 1 else ""
    how = f'<div class="how">{prose(slot.how)}</div>' if slot.how else ""
    return (
        f'<tr><td class="when">{slot.start}–{slot.end}{turns}</td>'
        f'<td><div class="what">{prose(slot.what)}</div>{how}</td><td class="who">{who}</td></tr>'
    )


def _tasks(plan: Plan) -> Iterator[str]:
    yield '<div class="turn"><h2>Task by task</h2><div class="tasks">'
    for view in plan.views:
        # Paper has the tasks with something to show. The others are read at the desk.
        on_paper = view.counted and view.prompt.kind not in SILENT | {PromptKind.PLAN}
        yield "<section>" if on_paper else '<section class="desk">'
        yield from _task(plan, view)
        yield "</section>"
    yield "</div></div>"


def _task(plan: Plan, view: View) -> Iterator[str]:
    prompt = view.prompt
    yield f'<h3 dir="auto">{escape(prompt.id)} · {escape(prompt.title)}</h3>'
    if view.counted:
        yield f'<p class="small desk">{escape(words.count_words(view))}.</p>'
        calls = words.calls_at(plan, prompt.id)
        if calls:
            yield f"<p><strong>Begin with:</strong> {escape(words.opening(view))}</p>"
        yield from _figures(view)
        yield from _said(plan, view)
        if calls:
            named = words.labels(plan)
            yield '<div class="desk"><h4>Call, in this order</h4><ol class="calls">'
            for call in calls:
                yield (
                    f"<li><strong>{escape(named[call.learner])}</strong> "
                    f'<span class="why">{escape(words.call_words(call))}</span></li>'
                )
            yield "</ol></div>"
    else:
        yield '<p class="small">Fewer than five answers: nothing of them is shown.</p>'
    note = plan.note.faculty.get(prompt.id)
    if note:
        yield f'<div class="desk"><h4>Faculty note</h4><div class="faculty">{prose(note)}</div></div>'


def _figures(view: View) -> Iterator[str]:
    for split in view.splits:
        if split.title:
            yield f"<h4>{escape(split.title)}</h4>"
        yield charts.camps(split, [words.lettered(view, c.label) for c in split.camps])
        yield f"<p>{escape(words.split_words(split))}</p>"
    if view.spread is not None:
        yield charts.spread(view.spread)
        yield f"<p>{escape(words.spread_words(view.spread))}</p>"
    if view.sureness is not None:
        yield "<h4>Sure, and near?</h4>"
        # Its words say as much, and paper has two pages.
        yield f'<div class="desk">{charts.sureness(view.sureness)}</div>'
        yield f"<p>{escape(words.sureness_words(view.sureness))}</p>"


def _said(plan: Plan, view: View) -> Iterator[str]:
    groups = words.quote_groups(view)
    if groups:
        yield "<h4>In their words</h4>"
    for camp, quotes in groups:
        if camp:
            yield _camp(view, camp)
        yield from (_quote(plan, q, n < (1 if camp else 2)) for n, q in enumerate(quotes))
    few = words.minority_groups(view)
    if few:
        yield "<h4>A minority's view</h4>"
    for camp, count, quotes in few:
        yield _camp(view, camp, f" ({count} of {view.counted})")
        yield from (_quote(plan, q, n < 1) for n, q in enumerate(quotes))


def _camp(view: View, camp: str, more: str = "") -> str:
    """A camp's label above its quotes; on paper an option's letter is enough, since the chart has its words."""
    letter, dot, label = words.lettered(view, camp).partition(" · ")
    if not dot or label != camp:
        return f'<p class="small">{escape(camp)}{more}</p>'
    return f'<p class="small">{letter}<span class="desk"> · {escape(label)}</span>{more}</p>'


def _quote(plan: Plan, quote: Quote, on_paper: bool) -> str:
    who = words.writer(plan, quote)
    by = f' <span class="why">{escape(who)}</span>' if who else ""
    kind = "" if on_paper else ' class="desk"'
    return f'<blockquote dir="auto"{kind}>{escape(quote.text)}{by}</blockquote>'


def _board(plan: Plan) -> Iterator[str]:
    parts = []
    if plan.note.board:
        parts.append(f"<div><h2>The board</h2>{prose(plan.note.board)}</div>")
    if plan.note.questions:
        items = "".join(f"<li>{prose(q)}</li>" for q in plan.note.questions)
        parts.append(f"<div><h2>Questions to ask</h2><ol>{items}</ol></div>")
    yield f'<div class="{"two" if len(parts) > 1 else "one"}">' + "".join(parts) + "</div>"


def _how() -> str:
    return (
        '<section class="desk"><h2>How to read it</h2><p class="small">The split is the chance that two people '
        "drawn by lot chose differently (Simpson, 1949): 0 when all agree, about 75 of 100 with four camps of one "
        "size. A minority is a camp of at most a fifth. Calls go first to those whom earlier plans called least; "
        "among equals to the smallest camp, then by lot. Minutes are the teaching note's, or the tasks' own, "
        "fitted to the session. Paper has the session and the board, then the tasks with something to show. "
        "Faculty notes, second quotes and the reasons for each call are on the screen only.</p></section>"
    )
