"""Bring submissions to where nbgrader grades them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from coursekit.model.ids import is_user
from coursekit.policy.cells import prompt_ids, source_of
from coursekit.policy.sealing import text_to_grade
from coursekit.wire.api import SubmissionContent, SubmissionRow

TICKET = "coursekit.json"
"""In a collected folder: which submission it is."""

RESPONSES = "responses.json"

Files = Sequence[tuple[str, bytes]]


class Gathers(Protocol):
    """What this verb needs of the exchange."""

    def contents(self, course: str, module: str, submissions: Sequence[str]) -> list[SubmissionContent]: ...


BATCH = 50
"""Submissions that are asked for in one go: enough to forget the way there and back, little enough to hold."""


@dataclass(frozen=True)
class Choice:
    """Which submissions are to be graded, and whose work is not among them."""

    rows: Sequence[SubmissionRow]
    """One a learner, by name."""
    after_closing: Sequence[str] = ()
    """Learners all of whose work came after the closing."""
    withdrawn: Sequence[str] = ()
    """Learners all of whose work was withdrawn."""


def choose(rows: Iterable[SubmissionRow], due: datetime | None = None, in_time_first: bool = False) -> Choice:
    """One submission a learner: the one that counts by the course's rules.

    With `in_time_first` the newest in time instead, even where its learner chose a late one; the one that counts
    where none was in time. `due` is a grader's own due date, over the course's; an extension beyond it holds.
    """
    by_learner: dict[str, list[SubmissionRow]] = defaultdict(list)
    for row in rows:
        if is_user(row.learner):
            by_learner[row.learner].append(row)
    chosen: list[SubmissionRow] = []
    after_closing: list[str] = []
    withdrawn: list[str] = []
    for learner in sorted(by_learner):
        standing = [r for r in sorted(by_learner[learner], key=lambda r: r.at) if not r.withdrawn]
        counts = next((r for r in standing if r.counts), None)
        in_time = [r for r in standing if _is_in_time(r, due)] if in_time_first else []
        if in_time:
            chosen.append(in_time[-1])
        elif counts is not None:
            chosen.append(counts)
        else:
            (after_closing if standing else withdrawn).append(learner)
    return Choice(tuple(chosen), tuple(after_closing), tuple(withdrawn))


def _is_in_time(row: SubmissionRow, due: datetime | None) -> bool:
    if due is None:
        return row.standing == "in time"
    return row.at <= (max(due, row.due) if row.extended and row.due is not None else due)


def gather(
    exchange: Gathers,
    course: str,
    module: str,
    rows: Iterable[SubmissionRow],
    keep: Callable[[SubmissionRow, Files], None],
) -> int:
    """Get each of these submissions and `keep` its files as nbgrader expects them. How many were kept."""
    names = [row.submission for row in rows]
    batches = [names[i : i + BATCH] for i in range(0, len(names), BATCH)]
    if not batches:
        return 0
    # One batch ahead: the exchange reads the next while this one is written down.
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(exchange.contents, course, module, batches[0])
        for following in (*batches[1:], None):
            contents = coming.result()
            if following is not None:
                coming = ahead.submit(exchange.contents, course, module, following)
            for content in contents:
                keep(content.row, collected_files(content))
    return len(names)


def find_collected(ticket: bytes | None, timestamp: bytes | None) -> str | None:
    """What was collected before, by the files beside it: a submission's id, else a time; none if neither tells."""
    named = _load(ticket or b"").get("submission")
    if isinstance(named, str):
        return named
    return timestamp.decode("utf-8", "replace").strip() if timestamp is not None else None


def is_same(row: SubmissionRow, collected: str) -> bool:
    """Whether that is this submission."""
    return collected in (row.submission, nbgrader_time(row.at))


def collected_files(content: SubmissionContent) -> Files:
    """The submission's files with its time beside them; changed answers as `text_to_grade` shows them.

    What the learner handed in stays at the exchange, byte for byte.
    """
    row = content.row
    own = {
        # The only spelling that nbgrader reads rightly: other zones are silently taken for UTC.
        "timestamp.txt": nbgrader_time(row.at).encode(),
        TICKET: json.dumps(
            {"submission": row.submission, "release": row.release, "at": nbgrader_time(row.at)}
        ).encode(),
    }
    files = []
    for file in content.files:
        if file.path in own:
            continue
        if file.path.endswith(".ipynb") and "/" not in file.path:
            whole = file.path == f"{row.module}.ipynb"
            files.append((file.path, _with_sealed(file.content, content.responses, whole)))
        elif file.path != RESPONSES:
            files.append((file.path, file.content))
    given = next((file.content for file in content.files if file.path == RESPONSES), None)
    forms = _forms_as_sealed(given, content.responses)
    if forms is not None:
        files.append((RESPONSES, forms))
    return [*files, *own.items()]


def nbgrader_time(moment: datetime) -> str:
    """A moment as nbgrader's timestamp.txt has it: `2027-01-24 22:59:00.000000 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def _with_sealed(content: bytes, sealed: Mapping[str, Mapping[str, Any]], whole: bool) -> bytes:
    """The notebook with each committed answer as it was sealed. A file that is no notebook stays as it is.

    `whole`: an answer that has no cell any more gets one; no notebook beside the module's own should have them.
    """
    notebook = _load(content)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        # Grading will name the culprit; collecting must not stop for it.
        return content
    placed: set[str] = set()
    changed = False
    for cell in cells:
        # Cell by cell: one odd cell must not spare the others, nor the loss of our metadata this one.
        prompt = next((name for name in prompt_ids(cell) if name in sealed), None)
        text = None if prompt is None else _written(sealed[prompt])
        if prompt is None or text is None:
            continue
        placed.add(prompt)
        handed_in = source_of(cell)
        to_grade = text_to_grade(text, handed_in, cell.get("cell_type") == "code")
        if to_grade != handed_in:
            cell["source"] = to_grade
            changed = True
    is_notebook = not cells or any(isinstance(cell, dict) for cell in cells)
    for prompt, response in sealed.items() if whole and is_notebook else ():
        if prompt not in placed and _written(response) is not None:
            cells.insert(_place_of(prompt, cells), _lost_cell(prompt, response))
            changed = True
    if not changed:
        return content
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def _place_of(prompt: str, cells: Sequence[Any]) -> int:
    """Before the tests of that answer, which run it; else at the end."""
    for place, cell in enumerate(cells):
        if any(name.startswith(f"{prompt}-") for name in prompt_ids(cell)):
            return place
    return len(cells)


def _lost_cell(prompt: str, response: Mapping[str, Any]) -> dict[str, Any]:
    """The cell for a sealed answer whose own the learner deleted, or stripped of all that says whose it is.

    Grading finds it by its grade_id, and the author's side says what it is worth.
    """
    is_code = "code" in response
    graded = {} if is_code else {"points": 0}
    cell: dict[str, Any] = {
        "cell_type": "code" if is_code else "markdown",
        "id": f"sealed-{prompt}"[:64],
        "metadata": {
            "nbgrader": {
                "grade_id": prompt,
                "grade": not is_code,
                "solution": True,
                "locked": False,
                "task": False,
                "schema_version": 3,
                **graded,
            }
        },
        "source": _written(response) or "",
    }
    return {**cell, "execution_count": None, "outputs": []} if is_code else cell


def _forms_as_sealed(content: bytes | None, sealed: Mapping[str, Mapping[str, Any]]) -> bytes | None:
    """responses.json with each committed form as it was sealed, also where none or none readable was handed in.

    Later drafts are kept beside them.
    """
    forms = {prompt: dict(r) for prompt, r in sealed.items() if _written(r) is None}
    value = _load(content or b"")
    drafts = value.get("responses")
    drafts = drafts if isinstance(drafts, dict) else {}
    if all(drafts.get(prompt) == response for prompt, response in forms.items()):
        return content
    changed = {p: drafts[p] for p, sealed_form in forms.items() if p in drafts and drafts[p] != sealed_form}
    value = {"schema": "coursekit.responses/1", **value, "responses": {**drafts, **forms}}
    if changed:
        value["changed_after_commit"] = changed
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _written(response: Mapping[str, Any]) -> str | None:
    """The text of an answer that stands in a cell; none for a form's."""
    text = response.get("text", response.get("code"))
    return text if isinstance(text, str) else None


def _load(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
