"""Bring submissions to where nbgrader grades them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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

    def submissions(self, course: str, module: str) -> list[SubmissionRow]: ...
    def read_submission(self, course: str, submission: str) -> SubmissionContent: ...


def choose(rows: Iterable[SubmissionRow], due: datetime | None) -> list[SubmissionRow]:
    """One submission a learner: the newest; with `due`, the newest in time, or the newest if none was."""
    chosen: dict[str, SubmissionRow] = {}
    for row in sorted(rows, key=lambda r: r.at):
        if not is_user(row.learner):
            continue
        kept = chosen.get(row.learner)
        if kept is None or due is None or row.at <= due or kept.at > due:
            chosen[row.learner] = row
    return [chosen[learner] for learner in sorted(chosen)]


def gather(
    exchange: Gathers,
    course: str,
    rows: Iterable[SubmissionRow],
    is_wanted: Callable[[SubmissionRow], bool],
    keep: Callable[[SubmissionRow, Files], None],
) -> int:
    """Get each wanted submission and `keep` its files as nbgrader expects them. How many were kept."""
    count = 0
    for row in rows:
        if is_wanted(row):
            keep(row, collected_files(exchange.read_submission(course, row.submission)))
            count += 1
    return count


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
            files.append((file.path, _with_sealed(file.content, content.responses)))
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


def _with_sealed(content: bytes, sealed: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The notebook with each committed answer as it was sealed. A file that is no notebook stays as it is."""
    notebook = _load(content)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        # Grading will name the culprit; collecting must not stop for it.
        return content
    changed = False
    for cell in cells:
        # Cell by cell: one odd cell must not spare the others, nor the loss of our metadata this one.
        prompt = next((name for name in prompt_ids(cell) if name in sealed), None)
        text = None if prompt is None else _written(sealed[prompt])
        if text is None:
            continue
        handed_in = source_of(cell)
        to_grade = text_to_grade(text, handed_in, cell.get("cell_type") == "code")
        if to_grade != handed_in:
            cell["source"] = to_grade
            changed = True
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode() if changed else content


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
