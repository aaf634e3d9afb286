"""The learner's verbs on their own side: take a module home, hand it in, take feedback home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from coursekit.model.errors import CoursekitError
from coursekit.model.ids import PromptId, ReleaseNumber
from coursekit.ports import Workbook
from coursekit.wire.api import (
    FeedbackShape,
    Fetched,
    FileShape,
    RevealShape,
    SubmitRequest,
    Submitted,
)
from coursekit.wire.receipts import cell_from_shape, receipt_from_shape

Files = Sequence[tuple[str, bytes]]


class Takes(Protocol):
    """What these verbs need of the exchange."""

    def fetch(self, course: str, module: str) -> Fetched: ...
    def submit(self, course: str, module: str, request: SubmitRequest) -> Submitted: ...
    def reveal(self, course: str, module: str, prompt: str) -> RevealShape: ...
    def my_feedback(self, course: str, module: str) -> list[FeedbackShape]: ...


@dataclass(frozen=True)
class HandedIn:
    """The exchange's answer, and what the learner should know besides."""

    answer: Submitted
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class FeedbackFolder:
    """One feedback: the submission's time, which names its folder, and the files."""

    submitted_at: datetime
    files: Files


def fetch(
    exchange: Takes, course: str, module: str, keep: Callable[[ReleaseNumber, Files], None]
) -> ReleaseNumber:
    """Get an open module's files and `keep` them. Raises Locked, with nothing written."""
    fetched = exchange.fetch(course, module)
    release = ReleaseNumber(fetched.release)
    keep(release, [(f.path, f.content) for f in fetched.files])
    return release


def hand_in(exchange: Takes, workbook: Workbook) -> HandedIn:
    """Hand the folder in, with every answer in it, and keep the receipts beside the notebook.

    An answer that cannot be read does not hold the rest up: the files go in as they are, and the warning says
    which answer was not sealed. Raises Locked, BadInput, TooLarge and Unreachable, with nothing handed in.
    """
    responses, warnings = _readable_answers(workbook)
    request = SubmitRequest(
        files=[FileShape.of(path, content) for path, content in workbook.files_to_submit()],
        responses=responses,
        release=workbook.release,
    )
    answer = exchange.submit(workbook.course, workbook.module, request)
    # Handed in it is. What follows is for convenience, and its failure must not look like the submission's.
    try:
        workbook.keep_submission(receipt_from_shape(answer.receipt))
        for shape in answer.commitments:
            reveal = exchange.reveal(workbook.course, workbook.module, shape.subject)
            workbook.keep_commitment(
                PromptId(shape.subject),
                responses[shape.subject],
                receipt_from_shape(shape),
                [cell_from_shape(cell) for cell in reveal.cells],
                [(file.path, file.content) for file in reveal.files],
            )
    except (CoursekitError, OSError) as error:
        warnings.append(f"It is handed in, but the receipts could not all be kept in the folder: {error}")
    return HandedIn(answer, tuple(warnings))


def feedback(exchange: Takes, course: str, module: str) -> list[FeedbackFolder]:
    """All feedback on a module, newest last."""
    return [
        FeedbackFolder(f.submitted_at or f.at, [(file.path, file.content) for file in f.files])
        for f in exchange.my_feedback(course, module)
    ]


def _readable_answers(workbook: Workbook) -> tuple[dict[str, dict[str, Any]], list[str]]:
    responses: dict[str, dict[str, Any]] = {}
    warnings = []
    for prompt in workbook.prompts:
        try:
            response = workbook.find_response(prompt.id)
        except CoursekitError as error:
            warnings.append(f"The answer to “{prompt.title}” was not sealed: {error.detail}")
            continue
        if response is not None:
            responses[prompt.id] = dict(response)
    return responses, warnings
