"""Feedback as a page of HTML. Every text in it is only a text: no script, no picture, nothing from elsewhere.

title · whose work, handed in when
points, and what still waits
the tasks in short, where there are several
task by task: question, answer, points, tests, checks, comment
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from coursekit.model.feedback import Check, Found, Item, Page, Part
from coursekit.policy.prose import prose

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #556070; --paper: #fbfaf7; --card: #fff;
  --line: #d9dce3; --mine: #8b97ab; --good: #1d6b45; --said: #eef4ee; --said-line: #4f8a68;
  --wait: #835400; --wait-paper: #fdf3dc; --wait-bar: #edcf8f; --mark: #fbe7a8; --bar: #e3e6ec; --link: #1f55a5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ec; --soft: #a5adba; --paper: #15181d; --card: #1d2127;
  --line: #363c46; --mine: #6d7a90; --good: #7fd0a4; --said: #1f2b25; --said-line: #5b9a77; --wait: #f0c46c;
  --wait-paper: #2e2717; --wait-bar: #6b5526; --mark: #5a4a14; --bar: #333943; --link: #9bbcf0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 2.5rem 1.25rem 4rem; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.6 Georgia, "Times New Roman", serif; overflow-wrap: break-word; }
h1, h2, h3, .points, .meta, .total, .wait, nav, footer, dt, .state, .none, summary {
  font-family: system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; line-height: 1.35; margin: 0; }
h3 { font-size: .8125rem; font-weight: 600; color: var(--soft); margin: 1.4rem 0 .4rem; }
p { margin: .6rem 0; }
.meta, footer { color: var(--soft); font-size: .9375rem; line-height: 1.5; margin: 0; }
.total { font-size: 1.125rem; margin: 1.6rem 0 .5rem; }
.total strong { font-size: 1.75rem; letter-spacing: -.02em; }
.bar { display: block; width: 100%; height: .5rem; border-radius: .25rem; background: var(--bar); }
.bar .waits { fill: var(--wait-bar); }
.bar .has { fill: var(--good); }
.wait { background: var(--wait-paper); color: var(--wait); border-radius: .5rem; padding: .7rem 1rem;
  font-size: .9375rem; margin: 1.2rem 0 0; }
nav { margin: 2rem 0 0; font-size: .9375rem; }
nav ol { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
nav li { display: flex; gap: 1rem; justify-content: space-between; border-bottom: 1px solid var(--line);
  padding: .45rem 0; }
nav li .points { font-weight: 400; }
a { color: var(--link); }
nav a { text-decoration: none; }
nav a:hover, nav a:focus { text-decoration: underline; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem 1.5rem 1.5rem; margin: 1.5rem 0 0; }
.head { display: flex; flex-wrap: wrap; gap: .25rem 1rem; justify-content: space-between; align-items: baseline; }
.points { font-size: .9375rem; font-weight: 600; white-space: nowrap; }
.points.waits { color: var(--wait); background: var(--wait-paper); border-radius: 1rem; padding: 0 .7rem;
  font-size: .875rem; }
details { margin: .7rem 0 0; color: var(--soft); font-size: .9375rem; }
summary { cursor: pointer; font-size: .875rem; }
.answer { margin: 0; padding: .1rem 0; padding-inline-start: 1rem;
  border-inline-start: 3px solid var(--mine); white-space: pre-wrap; overflow-wrap: anywhere;
  unicode-bidi: isolate; }
dl.answer { white-space: normal; }
dt { font-size: .8125rem; color: var(--soft); margin-top: .6rem; }
dt:first-child { margin-top: 0; }
dd { margin: 0; white-space: pre-wrap; }
pre, code { font: .9em/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.none { color: var(--soft); font-size: .9375rem; margin: 0; }
.answer + .none { margin-top: .5rem; }
time { white-space: nowrap; }
.comment { background: var(--said); border-inline-start: 3px solid var(--said-line); border-radius: .25rem;
  padding: .35rem 1rem; unicode-bidi: isolate; }
.comment pre, details pre { white-space: pre-wrap; }
.list { list-style: none; margin: 0; padding: 0; font-size: 1rem; }
.list li { padding: .3rem 0; }
.state { font-size: .875rem; font-weight: 600; color: var(--soft); }
.state.found { color: var(--good); }
.state.maybe { color: var(--wait); }
q { color: var(--soft); }
.step { border-inline-start: 3px solid var(--link); padding-inline-start: 1rem; margin: .9rem 0 0; }
.step strong { font: 600 .875rem system-ui, -apple-system, "Segoe UI", sans-serif; display: block; }
.note { color: var(--soft); font: .8125rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
  margin: .8rem 0 0; }
mark { background: var(--mark); color: inherit; }
footer { margin: 2rem 0 0; }
@media (max-width: 30rem) { body { padding: 1.5rem .9rem 3rem; font-size: 1rem; } h1 { font-size: 1.4rem; }
  section { padding: 1rem 1rem 1.2rem; } }
@media print { body { max-width: none; padding: 0; } section { break-inside: avoid-page; } nav { display: none; } }
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Only this style sheet, by its digest: no other style, no script, no picture, no form, no request to anywhere.
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
_FEW = 3
"""So many tasks are seen at a glance; more of them get a list at the top."""
_STATES = {
    Found.FOUND: "✓ found",
    Found.MAYBE: "? perhaps",
    Found.NOT_FOUND: "– not found by the tool",
}


def to_html(page: Page) -> bytes:
    """feedback.html."""
    own = f' lang="{escape(page.language)}"' if page.language not in ("", "en") else ""
    title = f"{escape(page.title)}"
    sections = "\n".join(_section(item, number, own) for number, item in enumerate(page.items, 1))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<title>Feedback: {title}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto"{own}>{title}</h1>
<p class="meta">Feedback for {escape(page.learner)} on the work handed in at
<time>{escape(page.submitted_at)}</time>.</p>
{_total(page)}
</header>
{_contents(page.items, own)}<main>
{sections}
</main>
{_footer(page)}</body>
</html>
""".encode()


def _total(page: Page) -> str:
    parts = []
    if page.max_score:
        so_far = " so far" if page.waiting else ""
        late = f"; {page.penalty:g} taken off because it came late" if page.penalty else ""
        reached = _share(page.score, page)
        # What a reader may still give; seen at a glance, so that few points so far frighten nobody.
        open_ = _share(page.score + sum(i.max_score - i.score for i in page.items if i.waiting), page)
        waits = f'<rect class="waits" width="{open_}" height="1"/>' if page.waiting else ""
        parts.append(
            f'<p class="total"><strong>{page.score:g}</strong> of {page.max_score:g} points{so_far}{late}</p>\n'
            '<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
            f'{waits}<rect class="has" width="{reached}" height="1"/></svg>'
        )
    if page.waiting:
        several = page.waiting > 1
        who = f"{page.waiting} answers wait" if several else "One answer waits"
        where = "They are" if several else "It is"
        parts.append(
            f'<p class="wait" role="note">{who} for a reader. {where} marked below; '
            "your points may still change.</p>"
        )
    return "\n".join(parts)


def _share(points: float, page: Page) -> str:
    return f"{100 * max(0.0, min(1.0, points / page.max_score)):.2f}"


def _contents(items: Sequence[Item], own: str) -> str:
    if len(items) <= _FEW:
        return ""
    rows = "\n".join(
        f'<li><a href="#task-{number}" dir="auto"{own}>{escape(item.title)}</a>{_points(item)}</li>'
        for number, item in enumerate(items, 1)
    )
    return f'<nav aria-label="Tasks">\n<ol>\n{rows}\n</ol>\n</nav>\n'


def _points(item: Item) -> str:
    if item.waiting:
        return '<span class="points waits">waits for a reader</span>'
    if not item.max_score:
        return ""
    return f'<span class="points">{item.score:g} of {item.max_score:g} points</span>'


def _section(item: Item, number: int, own: str) -> str:
    parts = [
        f'<div class="head"><h2 id="task-{number}" dir="auto"{own}>{escape(item.title)}</h2>{_points(item)}</div>'
    ]
    if item.question:
        summary = '<summary lang="en">The question</summary>'
        parts.append(f'<details dir="auto"{own}>{summary}{_question(item.question)}</details>')
    if item.prompt:
        parts.append(f"<h3>Your answer</h3>\n{_answer(item, own)}")
    if item.parts:
        parts.append(f"<h3>Tests</h3>\n{_parts(item.parts, own)}")
    if item.checks:
        parts.append(f"<h3>What your answer was checked for</h3>\n{_checks(item, own)}")
    elif item.checks_note:
        parts.append(f'<p class="note">{escape(item.checks_note)}</p>')
    if item.comment:
        words = prose(item.comment, links=True)
        parts.append(f'<h3>Comment</h3>\n<div class="comment" dir="auto"{own}>{words}</div>')
    return "<section>\n" + "\n".join(parts) + "\n</section>"


@lru_cache(256)
def _question(text: str) -> str:
    # The same for the whole class.
    return prose(text)


def _answer(item: Item, own: str) -> str:
    if item.problem:
        return f'<p class="none">It cannot be shown here. {escape(item.problem)}</p>'
    if not item.answer.strip():
        return '<p class="none">No answer.</p>'
    if item.rows:
        rows = "".join(
            f'<dt{own}>{escape(row.label)}</dt><dd{own} dir="auto">{escape(row.value)}</dd>'
            for row in item.rows
        )
        return f'<dl class="answer">{rows}</dl>'
    text = _marked(item.answer, item.checks)
    if item.is_code:
        # A newline right after the tag would be dropped, one of the learner's with it.
        found = f'<pre class="answer">\n{text}</pre>'
    else:
        found = f'<div class="answer" dir="auto"{own}>{text}</div>'
    if item.left_out:
        found += (
            f'\n<p class="none">… and {item.left_out:,} more characters, which are not repeated here. '
            "What you handed in is kept whole.</p>"
        )
    return found


def _marked(answer: str, checks: Sequence[Check]) -> str:
    """The answer with the quotes of its checks marked, as far as they stand where they are said to."""
    spans = sorted(
        (c.start, c.end)
        for c in checks
        if c.start is not None and c.end is not None and c.quote and answer[c.start : c.end] == c.quote
    )
    parts, done = [], 0
    for start, end in spans:
        if start < done:
            continue
        parts += [escape(answer[done:start]), f"<mark>{escape(answer[start:end])}</mark>"]
        done = end
    return "".join([*parts, escape(answer[done:])])


def _parts(parts: Sequence[Part], own: str) -> str:
    def line(part: Part) -> str:
        label = f'<span dir="auto"{own}>{escape(part.label)}</span>'
        if part.waiting:
            return f'<li>{label} <span class="state">waits for a reader</span></li>'
        full = " found" if part.score >= part.max_score else ""
        return f'<li>{label} <span class="state{full}">{part.score:g} of {part.max_score:g}</span></li>'

    return '<ul class="list">' + "".join(line(part) for part in parts) + "</ul>"


def _checks(item: Item, own: str) -> str:
    def line(check: Check) -> str:
        quote = f'<br><q dir="auto"{own}>{escape(check.quote)}</q>' if check.quote else ""
        state = f'<span class="state {check.state.value}">{_STATES[check.state]}</span>'
        return f'<li><span dir="auto"{own}>{escape(check.label)}</span> {state}{quote}</li>'

    found = '<ul class="list">' + "".join(line(check) for check in item.checks) + "</ul>"
    if item.next_step:
        step = f'<span dir="auto"{own}>{escape(item.next_step)}</span>'
        found += f'\n<p class="step"><strong>A next step</strong> {step}</p>'
    if item.checks_note:
        found += f'\n<p class="note">{escape(item.checks_note)}</p>'
    return found


def _footer(page: Page) -> str:
    if not page.submission:
        return ""
    return f"<footer>It judges your submission {escape(page.submission[:12])}.</footer>\n"
