"""Ours as the lab reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from coursekit.model.errors import CoursekitError
from coursekit.model.outcome import Refused
from coursekit.model.prompt import Choice, Prompt
from coursekit.model.rubric import Rubric
from coursekit.model.submission import Receipt, ReceiptKind
from coursekit.policy.reveals import reveal_bundles
from coursekit.policy.words import number
from coursekit.ports import Workbook
from coursekit.services import answer
from coursekit.wire.api import FeedbackShape, RefusalShape, SubmissionRow
from coursekit.wire.lab import (
    ChoiceShape,
    FeedbackFile,
    LabCriterion,
    LabFeedback,
    LabPrompt,
    LabReceipt,
    LabRubric,
    LabSubmission,
)

SHORT = 12
"""Letters of a digest that people read out to each other; `prompts.render.receipt_line` shows as many."""


class Kept(Protocol):
    """Where a receipt is kept, as the lab names files."""

    def __call__(self, receipt: Receipt, *, of_revision: bool = False) -> str:
        """Its path."""


def prompt_shape(workbook: Workbook, prompt: Prompt, rubric: Rubric | None, kept: Kept) -> LabPrompt:
    """One prompt and all that is known about its answer. What cannot be read is said in its refusal."""
    state = _status(workbook, prompt)
    reveal = _find_reveal(workbook, prompt)
    return LabPrompt(
        id=prompt.id,
        kind=prompt.kind.value,
        title=prompt.title,
        question=prompt.question,
        minutes=prompt.minutes,
        required=prompt.required,
        min_words=prompt.min_words,
        max_words=prompt.max_words,
        options=_choices(prompt.options),
        items=_choices(prompt.items),
        fields=_choices(prompt.fields),
        scale=list(prompt.scale),
        unit=prompt.unit,
        min=prompt.minimum,
        max=prompt.maximum,
        step=prompt.step,
        response=_response(state.response),
        words=state.words,
        refusal=_refusal(state.decision),
        sealed=_response(state.sealed),
        receipt=receipt_shape(state.receipt, kept(state.receipt)) if state.receipt else None,
        revised=state.is_revised,
        revisions=[receipt_shape(r, kept(r, of_revision=True)) for r in workbook.find_revisions(prompt.id)],
        reveal=reveal,
        rubric=_rubric(rubric),
    )


def receipt_shape(receipt: Receipt, path: str) -> LabReceipt:
    """A receipt that is kept beside the notebook."""
    # A hand-in's is known by its number: the command line, lists and feedback all say that one.
    name = receipt.subject if receipt.kind is ReceiptKind.SUBMISSION else receipt.own_digest()
    return LabReceipt(at=receipt.at, short=name[:SHORT], path=path)


def submission_shape(row: SubmissionRow) -> LabSubmission:
    """A submission as lists show it."""
    return LabSubmission(
        submission=row.submission,
        at=row.at,
        release=row.release,
        standing=row.standing,
        late_seconds=row.late_seconds,
        counts=row.counts,
        withdrawn=row.withdrawn,
        feedback=row.feedback,
        short=row.submission[:SHORT],
        by=row.by,
    )


def feedback_shape(given: FeedbackShape) -> LabFeedback:
    """Feedback from its file for programs. Its page is never shown: the lab is no place for somebody's HTML."""
    kept = next((f.content for f in given.files if f.path.rpartition("/")[2] == "feedback.json"), b"")
    try:
        file = FeedbackFile.model_validate_json(kept)
    except ValidationError:
        # Such as nbgrader's own feedback: its points are known all the same.
        file = FeedbackFile(score=given.score, max_score=given.max_score, items=[])
    return LabFeedback(
        submission=given.submission,
        submitted_at=given.submitted_at,
        given_at=given.at,
        score=file.score,
        max_score=file.max_score,
        penalty=file.penalty,
        waiting=file.waiting,
        items=file.items,
    )


def heard(response: Mapping[str, Any]) -> str:
    """The number in an answer, as it was understood."""
    value = response.get("value")
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _status(workbook: Workbook, prompt: Prompt) -> answer.Status:
    try:
        return answer.status(workbook, prompt.id)
    except CoursekitError as error:
        refused = Refused(error.code, error.detail, error.next_step)
    try:
        sealed, receipt = workbook.find_commitment(prompt.id) or (None, None)
    except CoursekitError:
        sealed, receipt = None, None
    return answer.Status(prompt, None, 0, refused, sealed, receipt)


def _find_reveal(workbook: Workbook, prompt: Prompt) -> list[dict[str, Any]] | None:
    try:
        cells = workbook.find_reveal(prompt.id)
    except CoursekitError:
        return None
    return None if cells is None else reveal_bundles(cells)


def _refusal(decision: object) -> RefusalShape | None:
    if not isinstance(decision, Refused):
        return None
    return RefusalShape(code=decision.code, reason=decision.reason, next_step=decision.next_step)


def _response(response: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if response is None else dict(response)


def _choices(choices: Sequence[Choice]) -> list[ChoiceShape]:
    return [ChoiceShape(id=c.id, label=c.label, min_words=c.min_words) for c in choices]


def _rubric(rubric: Rubric | None) -> LabRubric | None:
    if rubric is None:
        return None
    criteria = [LabCriterion(id=c.id, ask=c.ask, levels=sorted(c.levels.items())) for c in rubric.criteria]
    return LabRubric(title=rubric.title, criteria=criteria)
