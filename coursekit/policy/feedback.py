"""What goes into a learner's feedback, and whether the feedback that is there still says so.

A whitelist: title, question, the learner's own answer, points, a person's comment, what the checks found in the
answer, what lateness cost, the time of the submission, and whether somebody still has to read it. Outputs and
tracebacks are not in it: they may quote hidden tests. Nor is what the checks noted for graders.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from coursekit.model.errors import BadInput
from coursekit.model.feedback import SCHEMA, Advice, CellMark, Check, Item, Judged, Marks, Page, Part, Row
from coursekit.model.ids import PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.submission import canonical, sha256
from coursekit.policy.shown import cut, shown
from coursekit.policy.uploads import is_shallow
from coursekit.policy.words import answer_rows

RENDERER = "3"
"""Another one makes every page outdated: raise it when the same feedback is to look different."""
LONGEST = 20_000
"""Characters of one answer or comment on the page; about twelve times what any prompt asks for."""
_OTHERS = "Other marked work"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Asked:
    """What a module asks, as far as feedback repeats it."""

    title: str
    prompts: tuple[Prompt, ...]
    language: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Test cells that the author gave a label: grade_id → label."""


def compose(
    asked: Asked,
    marks: Marks,
    answers: Mapping[PromptId, Judged],
    submission: str,
    at: str,
    checks: Mapping[PromptId, Sequence[Check]] | None = None,
    advice: Mapping[PromptId, Advice] | None = None,
) -> Page:
    """Bring marks and answers together, in the notebook's order.

    A test cell belongs to the prompt whose id its own begins with (`p4-tests` to `p4`); its points count there.
    Raises BadInput when a mark is no number.
    """
    of = _belongings(asked.prompts, [*(c.grade_id for c in marks.cells), *marks.words])
    items = []
    for prompt in asked.prompts:
        mine = [c for c in marks.cells if of[c.grade_id] == prompt.id]
        judged = answers.get(prompt.id, Judged())
        words = [text for cell, text in sorted(marks.words.items()) if of[cell] == prompt.id]
        if not (mine or judged.problem or judged.response is not None or words):
            continue
        item = _item(asked, prompt, mine, judged, words, (checks or {}).get(prompt.id, ()))
        if advice is not None and prompt.id in advice:
            said = advice[prompt.id]
            item = replace(item, next_step=shown(said.next_step), checks_note=shown(said.note))
        items.append(item)
    others = [c for c in marks.cells if of[c.grade_id] is None]
    if any(c.score or c.max_score or c.needs_manual_grade for c in others):
        items.append(
            Item("", _OTHERS, "", "", False, *_points(others), any(c.needs_manual_grade for c in others), "")
        )
    page = Page(
        shown(asked.title),
        shown(marks.learner),
        asked.language if _LANGUAGE.fullmatch(asked.language) else "",
        # To the minute: what people say of a time, and enough to tell two submissions apart.
        f"{shown(at[:16])} UTC" if at else "an unknown time",
        shown(submission),
        max(0.0, marks.score - marks.penalty),
        marks.max_score,
        marks.penalty,
        sum(item.waiting for item in items),
        tuple(items),
    )
    numbers = [page.score, page.max_score, page.penalty, *(n for i in items for n in (i.score, i.max_score))]
    if not all(math.isfinite(number) for number in numbers):
        raise BadInput(
            "bad-score",
            f"A mark of {marks.learner} is not a number of points.",
            "Mark it again in formgrader.",
        )
    return page


def _belongings(prompts: Sequence[Prompt], cells: Collection[str]) -> dict[str, PromptId | None]:
    """Which prompt each cell belongs to; the longest id wins, so that `p1-b` is not a part of `p1`."""
    by_length = sorted((p.id for p in prompts), key=len, reverse=True)
    return {
        cell: next((p for p in by_length if cell == p or cell.startswith(f"{p}-")), None) for cell in cells
    }


def _item(
    asked: Asked,
    prompt: Prompt,
    cells: Sequence[CellMark],
    judged: Judged,
    words: Sequence[str],
    checks: Sequence[Check],
) -> Item:
    rows, problem = _rows(prompt, judged)
    # One part needs no label: the page says "Your answer" above it.
    whole = rows[0][1] if len(rows) == 1 else "\n".join(f"{label}: {value}" for label, value in rows)
    answer, left_out = cut(whole, LONGEST)
    parts = [
        Part(shown(asked.labels[c.grade_id]), c.score, c.max_score, c.needs_manual_grade)
        for c in cells
        if c.grade_id in asked.labels
    ]
    return Item(
        prompt.id,
        shown(prompt.title),
        shown(prompt.question),
        shown(answer),
        prompt.kind is PromptKind.ANALYSIS,
        *_points(cells),
        any(c.needs_manual_grade for c in cells),
        shown(cut("\n\n".join(words), LONGEST)[0]),
        # Cut short, they would not be the same answer any more.
        tuple(Row(shown(label), shown(value)) for label, value in rows)
        if len(rows) > 1 and not left_out
        else (),
        left_out,
        problem,
        tuple(parts),
        tuple(Check(shown(c.label), c.state, shown(c.quote), c.start, c.end) for c in checks),
    )


def _points(cells: Sequence[CellMark]) -> tuple[float, float]:
    return math.fsum(c.score for c in cells), math.fsum(c.max_score for c in cells)


def _rows(prompt: Prompt, judged: Judged) -> tuple[list[tuple[str, str]], str]:
    """The answer part by part, and why it cannot be shown."""
    if judged.problem or judged.response is None:
        return [], shown(judged.problem)
    # Whatever a file holds in a form's place: nothing that a form writes is nested deeper.
    if not is_shallow(dict(judged.response), 3):
        return [], "This answer is not what its form writes."
    return answer_rows(prompt, judged.response), ""


# ------------------------------------------------------------------------------------------- is it up to date?


def to_json(page: Page) -> bytes:
    """feedback.json: the page for programs, with a fingerprint over all that it was made of and how it is shown."""
    # Not asdict: it copies, and takes ten times as long.
    items = [
        {**vars(i), **{key: [vars(part) for part in vars(i)[key]] for key in ("rows", "parts", "checks")}}
        for i in page.items
    ]
    value = {**vars(page), "items": items}
    fingerprint = sha256(canonical({"renderer": RENDERER, **value}))
    return canonical({"schema": SCHEMA, "fingerprint": fingerprint, **value})


class State(StrEnum):
    """How the feedback that is there stands to what it would be now."""

    NEW = "new"
    """There is none yet."""
    OUTDATED = "outdated"
    FRESH = "fresh"


Files = Mapping[str, bytes]


def state_of(there: Files, now: Files) -> State:
    """Whether the files that are there are those that would be made now."""
    if not all(path in there for path in now):
        return State.NEW
    return State.FRESH if all(there[path] == content for path, content in now.items()) else State.OUTDATED


def what_changed(there: bytes, made: bytes) -> tuple[str, ...]:
    """In a word each, what makes one feedback.json differ from another that was made just now."""
    now = json.loads(made)
    try:
        before = json.loads(there)
        items = {item["prompt"]: item for item in before["items"]}
        if before["schema"] != SCHEMA:
            return ("layout",)
    except (ValueError, KeyError, TypeError, RecursionError):
        return ("layout",)
    found = [word for word, keys in _OF_THE_PAGE.items() if any(before.get(k) != now[k] for k in keys)]
    for word, keys in _OF_AN_ITEM.items():
        mine = {item["prompt"]: [item[k] for k in keys] for item in now["items"]}
        theirs = {prompt: [item.get(k) for k in keys] for prompt, item in items.items()}
        if mine != theirs:
            found.append(word)
    return tuple(dict.fromkeys(found)) or ("layout",)


_OF_THE_PAGE: Mapping[str, Sequence[str]] = {
    "submission": ("submission", "submitted_at"),
    "points": ("score", "max_score"),
    "lateness": ("penalty",),
    "question": ("title", "language"),
}
_OF_AN_ITEM: Mapping[str, Sequence[str]] = {
    "points": ("score", "max_score", "waiting", "parts"),
    "comment": ("comment",),
    "answer": ("answer", "rows", "left_out", "problem"),
    "question": ("title", "question", "is_code"),
    "checks": ("checks", "next_step", "checks_note"),
}
