"""What was handed in: lists, whole submissions, and which one counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from coursekit.model.course import Course, Module
from coursekit.model.deadline import Extension, HandedIn, Terms
from coursekit.model.errors import NotFound, TooLarge
from coursekit.model.ids import CourseId, ModuleId, PromptId, SubmissionId, UserId
from coursekit.model.prompt import Response
from coursekit.model.submission import Receipt, Submission
from coursekit.policy.standing import counting, lateness, penalty, standing_of, terms_for
from coursekit.ports import Deed
from coursekit.services import desk
from coursekit.services.desk import Exchange
from coursekit.wire.api import SubmissionContent, SubmissionPage, SubmissionRow
from coursekit.wire.receipts import receipt_to_shape

_AT_ONCE = 2
"""So many of the largest hand-ins in one answer."""


def list_mine(exchange: Exchange, course: CourseId, module: ModuleId, learner: UserId) -> list[SubmissionRow]:
    """One learner's submissions, oldest first."""
    with exchange.ledger.read() as deed:
        definition = desk.get_course(deed, course)
        known = definition.get_module(module)
        found = [s for s, _ in deed.submissions(course, module, learner)]
        return _rows(deed, definition, known, found)


def list_page(
    exchange: Exchange, course: CourseId, module: ModuleId, after: int, limit: int
) -> SubmissionPage:
    """Everybody's, oldest first, from beyond `after` on; at most `limit` of them."""
    with exchange.ledger.read() as deed:
        definition = desk.get_course(deed, course)
        known = definition.get_module(module)
        found = deed.submission_page(course, module, after, limit)
        rows = _rows(deed, definition, known, [s for _, s in found])
    return SubmissionPage(rows=rows, next=found[-1][0] if len(found) == limit else None)


def read_one(
    exchange: Exchange, course: CourseId, submission: SubmissionId, learner: UserId | None
) -> SubmissionContent:
    """A submission byte for byte, with what was sealed. `learner` limits it to that person's own."""
    with exchange.ledger.read() as deed:
        kept, receipt = desk.get_submission(deed, course, submission, learner)
        definition = desk.get_course(deed, course)
        row = _rows(deed, definition, definition.get_module(kept.module), [kept])[0]
        sealed = deed.sealed(course, kept.module, [kept.learner]).get(kept.learner, {})
        return _content(exchange, row, kept, receipt, sealed)


def read_many(
    exchange: Exchange, course: CourseId, module: ModuleId, submissions: Sequence[str]
) -> list[SubmissionContent]:
    """Several submissions of one module, whole, in the order in which they were asked for.

    Raises NotFound, and TooLarge when they are more together than one answer should carry.
    """
    with exchange.ledger.read() as deed:
        definition = desk.get_course(deed, course)
        known = deed.find_submissions([SubmissionId(name) for name in submissions])
        mine = {s.id for s, _ in known.values() if (s.course, s.module) == (course, module)}
        strange = next((name for name in submissions if name not in mine), None)
        if strange is not None:
            raise NotFound(
                "no-such-submission", f"{strange!a} is no submission of {module}.", "Check its id."
            )
        found = [known[SubmissionId(name)] for name in submissions]
        # All of it stands in memory before the first byte leaves.
        if len(found) > 1 and sum(s.size for s, _ in found) > _AT_ONCE * exchange.limits.total_size:
            raise TooLarge(
                "too-much-at-once",
                "Together these hand-ins are more than one answer can carry.",
                "Ask for fewer at once.",
            )
        rows = _rows(deed, definition, definition.get_module(module), [s for s, _ in found])
        sealed = deed.sealed(course, module, {s.learner for s, _ in found})
        return [
            _content(exchange, row, kept, receipt, sealed.get(kept.learner, {}))
            for row, (kept, receipt) in zip(rows, found, strict=True)
        ]


def _content(
    exchange: Exchange,
    row: SubmissionRow,
    kept: Submission,
    receipt: Receipt,
    sealed: Mapping[PromptId, Response],
) -> SubmissionContent:
    return SubmissionContent(
        row=row,
        receipt=receipt_to_shape(receipt),
        files=desk.hand_out(exchange.blobs, kept.files),
        responses={prompt: dict(response) for prompt, response in sealed.items()},
    )


def _rows(deed: Deed, course: Course, module: Module, found: Sequence[Submission]) -> list[SubmissionRow]:
    """These submissions of one module as lists show them, in a fixed number of statements."""
    learners = {s.learner for s in found}
    if not learners:
        return []
    one = next(iter(learners)) if len(learners) == 1 else None
    extensions: dict[UserId, list[Extension]] = defaultdict(list)
    for extension in deed.extensions(course.id, module.id, one):
        extensions[extension.learner].append(extension)
    handed_in: dict[UserId, list[HandedIn]] = defaultdict(list)
    for each in deed.handed_in(course.id, module.id, learners):
        handed_in[each.learner].append(each)
    choices = deed.choices(course.id, module.id, one)
    judged = deed.judged(course.id, module.id, learners)
    terms = {who: terms_for(course, module, extensions.get(who, ())) for who in learners}
    counts = {counting(handed_in[who], terms[who], choices.get((who, module.id))) for who in learners}
    withdrawn = {h.submission for each in handed_in.values() for h in each if h.is_withdrawn}
    return [
        _row(s, course, terms[s.learner], s.id in counts, s.id in judged, s.id in withdrawn) for s in found
    ]


def _row(
    submission: Submission, course: Course, terms: Terms, counts: bool, judged: bool, withdrawn: bool
) -> SubmissionRow:
    late = lateness(terms, submission.at)
    return SubmissionRow(
        submission=submission.id,
        course=submission.course,
        module=submission.module,
        learner=submission.learner,
        release=submission.release,
        digest=submission.digest,
        at=submission.at,
        missing=list(submission.missing),
        feedback=judged,
        standing=standing_of(terms, submission.at).value,
        late_seconds=late.total_seconds(),
        penalty=penalty(course.late, late),
        counts=counts,
        withdrawn=withdrawn,
        by=submission.by,
        due=terms.due,
        extended=terms.is_extended,
    )
