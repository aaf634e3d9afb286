"""Feedback for one learner, built from a whitelist: prompt, answer, points, comment.

nbgrader's own feedback page is a copy of the graded notebook, hidden tests and scripts of the learner included.
This one holds nothing that is not named here, and every text in it is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape

from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.policy.prose import prose
from coursekit.policy.words import answer_rows

SCHEMA = "coursekit.feedback/1"


@dataclass(frozen=True)
class Item:
    """What is said about one prompt."""

    prompt: str
    title: str
    question: str
    answer: str
    is_code: bool
    score: float
    max_score: float
    waiting: bool
    """A person has not read it yet."""
    comment: str


@dataclass(frozen=True)
class Page:
    """Feedback on one submission."""

    title: str
    learner: str
    submitted_at: str
    submission: str
    score: float
    """After what lateness cost."""
    max_score: float
    penalty: float
    """Points that lateness cost."""
    items: tuple[Item, ...]


def compose(
    title: str,
    learner: str,
    submission: Mapping[str, str],
    marks: tuple[float, float, float],
    prompts: Sequence[Prompt],
    answers: Mapping[str, Response],
    cells: Sequence[tuple[str, float, float, bool, str]],
) -> Page:
    """Bring marks and answers together, in the notebook's order.

    `marks`: points, maximum, and the points that lateness costs.
    `cells`: (grade_id, score, maximum, waiting, comment) as the gradebook has them. A test cell belongs to the
    prompt whose id its own begins with (`p4-tests` to `p4`); its points count there, and its code is not shown.
    """
    items = []
    for prompt in prompts:
        mine = [c for c in cells if c[0] == prompt.id or c[0].startswith(f"{prompt.id}-")]
        response = answers.get(prompt.id)
        if not mine and response is None:
            continue
        rows = answer_rows(prompt, response)
        items.append(
            Item(
                prompt.id,
                prompt.title,
                prompt.question,
                # One part needs no label: the page says "Your answer" above it.
                rows[0][1] if len(rows) == 1 else "\n".join(f"{label}: {value}" for label, value in rows),
                prompt.kind is PromptKind.ANALYSIS,
                sum(c[1] for c in mine),
                sum(c[2] for c in mine),
                any(c[3] for c in mine),
                "\n\n".join(c[4] for c in mine if c[4]),
            )
        )
    # To the minute: what people say of a time, and enough to tell two submissions apart.
    at = f"{submission['at'][:16]} UTC" if "at" in submission else "an unknown time"
    points, most, late = marks
    return Page(
        title,
        learner,
        at,
        submission.get("submission", ""),
        max(0.0, points - late),
        most,
        late,
        tuple(items),
    )


def render(page: Page) -> list[tuple[str, bytes]]:
    """The page for people and the same for programs: path and content."""
    data = {"schema": SCHEMA, **asdict(page)}
    text = json.dumps(data, ensure_ascii=False, indent=1).encode()
    return [("feedback.html", _html(page).encode()), ("feedback.json", text)]


def _html(page: Page) -> str:
    items = "\n".join(_section(item) for item in page.items)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Feedback: {escape(page.title)}</title>
<style>
body {{ font: 17px/1.55 Georgia, serif; color: #1d2430; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; margin-bottom: .2rem; }}
h2 {{ font-size: 1.15rem; margin: 2.2rem 0 .4rem; }}
.meta, .question {{ color: #566072; font-size: .92rem; }}
.points {{ float: right; font: 600 .95rem system-ui, sans-serif; color: #1d2430; }}
.answer {{ white-space: pre-wrap; border-left: 3px solid #9aa7bd; padding: .2rem 0 .2rem 1rem; margin: .8rem 0;
  overflow-wrap: anywhere; }}
.code {{ font: 15px/1.5 ui-monospace, monospace; }}
.comment {{ white-space: pre-wrap; background: #eef4ee; border-radius: 6px; padding: .7rem 1rem; }}
.label {{ font: 600 .78rem system-ui, sans-serif; color: #566072; }}
</style>
</head>
<body>
<h1>{escape(page.title)}</h1>
<p class="meta">Feedback for {escape(page.learner)} on the work handed in at {escape(page.submitted_at)}
(submission {escape(page.submission[:12])}). Points so far: {page.score:g} of {page.max_score:g}{_late(page)}.</p>
{items}
</body>
</html>
"""


def _late(page: Page) -> str:
    return f", {page.penalty:g} taken off because it came late" if page.penalty else ""


def _section(item: Item) -> str:
    if not item.max_score:
        points = ""
    elif item.waiting:
        points = '<span class="points">waits for a reader</span>'
    else:
        points = f'<span class="points">{item.score:g} of {item.max_score:g} points</span>'
    question = f'<div class="question">{prose(item.question)}</div>' if item.question else ""
    answer = escape(item.answer) if item.answer.strip() else "No answer."
    kind = "answer code" if item.is_code else "answer"
    comment = (
        f'<p class="label">Comment</p><div class="comment">{escape(item.comment)}</div>'
        if item.comment
        else ""
    )
    return (
        f"<section><h2>{points}{escape(item.title)}</h2>{question}"
        f'<p class="label">Your answer</p><div class="{kind}">{answer}</div>{comment}</section>'
    )
