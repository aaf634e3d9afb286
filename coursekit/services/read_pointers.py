"""Tell a learner what the checks saw in what they handed in last. No number, no flag, no verdict."""

from __future__ import annotations

from typing import Literal

from coursekit.model.errors import CoursekitError
from coursekit.model.ids import CourseId, Digest, ModuleId, UserId
from coursekit.model.prompt import Prompt
from coursekit.model.recorded import Recorded
from coursekit.model.reflection import Pointer, Pointers
from coursekit.model.submission import Submission
from coursekit.policy.reflection.pointers import pointers
from coursekit.policy.reflection.record import Kind, checked_of
from coursekit.services import desk
from coursekit.services.bases import without_rubric
from coursekit.services.desk import Exchange
from coursekit.wire.api import PointerShape, PointersShape, PromptPointers


def read_pointers(exchange: Exchange, course: CourseId, module: ModuleId, learner: UserId) -> PointersShape:
    """What the checks saw in each written answer of the learner's newest submission. Raises NotFound."""
    with exchange.ledger.read() as deed:
        desk.get_course(deed, course).get_module(module)
        handed_in = [h for h in deed.handed_in(course, module, [learner]) if not h.is_withdrawn]
        found = deed.find_submission(handed_in[-1].submission) if handed_in else None
        if found is None:
            return PointersShape(module=module, state="nothing handed in")
        submission = found[0]
        lines = deed.recorded(course, module, submission=submission.id)
        is_to_check = deed.is_to_check(submission.id)
        release = desk.get_release(deed, course, module, submission.release)
        sealed = {c.prompt: c for c, _ in deed.commitments(course, module, learner) if c.number == 1}
    checks = {line.prompt: line for line in lines if line.kind == Kind.CHECK}
    appealed = {line.prompt for line in lines if line.kind == Kind.APPEAL}
    if not checks:
        return _shape(submission, "being checked" if is_to_check else "not checked", [])
    told: list[PromptPointers] = []
    for prompt in release.prompts:
        line, answer = checks.get(prompt.id), sealed.get(prompt.id)
        if line is not None and answer is not None:
            said = _told(exchange, prompt, line, str(answer.response.get("text", "")))
            told.append(_prompt_shape(said, prompt.id in appealed))
    return _shape(submission, "checked", told)


def _told(exchange: Exchange, prompt: Prompt, line: Recorded, text: str) -> Pointers:
    basis = without_rubric(prompt)
    checked = checked_of(line.body)
    try:
        bundle = exchange.bases.of(exchange.blobs, Digest(line.beside["checks"]))
        basis = bundle.get(prompt.id, basis)
    except CoursekitError:
        # Its bundle is gone or damaged: nothing can be said, and a person reads the answer anyhow.
        pass
    return pointers(basis, checked, text)


def _shape(
    submission: Submission,
    state: Literal["being checked", "checked", "not checked"],
    told: list[PromptPointers],
) -> PointersShape:
    return PointersShape(
        module=submission.module,
        state=state,
        submission=submission.id,
        submitted_at=submission.at,
        prompts=told,
    )


def _prompt_shape(told: Pointers, appealed: bool) -> PromptPointers:
    return PromptPointers(
        prompt=told.prompt,
        title=told.title,
        pointers=[_pointer_shape(pointer) for pointer in told.pointers],
        next_step=told.next_step,
        footer=told.footer,
        appealed=appealed,
    )


def _pointer_shape(pointer: Pointer) -> PointerShape:
    return PointerShape(
        ask=pointer.ask,
        state=pointer.state.value,
        text=pointer.text,
        quote=pointer.quote,
        start=pointer.span.start if pointer.span is not None else None,
        end=pointer.span.end if pointer.span is not None else None,
    )
