"""Bring submissions to where nbgrader grades them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from coursekit.model.ids import is_user
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
        elif file.path == RESPONSES:
            files.append((file.path, _forms_as_sealed(file.content, content.responses)))
        else:
            files.append((file.path, file.content))
    return [*files, *own.items()]


def nbgrader_time(moment: datetime) -> str:
    """A moment as nbgrader's timestamp.txt has it: `2027-01-24 22:59:00.000000 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def _with_sealed(content: bytes, sealed: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The notebook with each committed answer as it was sealed. A file that is no notebook stays as it is."""
    try:
        notebook = json.loads(content)
        cells = notebook["cells"]
        changed = False
        for cell in cells:
            text = _sealed_text(cell, sealed)
            if text is None:
                continue
            source = cell["source"]
            handed_in = source if isinstance(source, str) else "".join(source)
            to_grade = text_to_grade(text, handed_in, cell["cell_type"] == "code")
            if to_grade != handed_in:
                cell["source"] = to_grade
                changed = True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # Grading will name the culprit; collecting must not stop for it.
        return content
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode() if changed else content


def _forms_as_sealed(content: bytes, sealed: Mapping[str, Mapping[str, Any]]) -> bytes:
    """responses.json with each committed answer as it was sealed; later drafts are kept beside them."""
    try:
        value = json.loads(content)
        drafts = value["responses"]
        changed = {p: r for p, r in drafts.items() if p in sealed and r != sealed[p]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return content
    if not changed:
        return content
    value["responses"] = {p: sealed.get(p, r) for p, r in drafts.items()}
    value["changed_after_commit"] = changed
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _sealed_text(cell: Mapping[str, Any], sealed: Mapping[str, Mapping[str, Any]]) -> str | None:
    prompt = cell.get("metadata", {}).get("coursekit", {}).get("prompt", {}).get("id")
    response = sealed.get(prompt, {})
    text = response.get("text", response.get("code"))
    return text if isinstance(text, str) else None
