"""What a grader's browser is told of answers, marks and suggestions: never a name, and no suggestion unasked.

`expected` is what a grader saw of a mark. It travels to the browser and back, so that a server that was started
again in between still knows whether somebody else has marked the answer since.
"""

from __future__ import annotations

import base64
import json

from coursekit.model.errors import BadInput
from coursekit.model.reflection import Evidence, Span, Suggestion
from coursekit.model.reviewing import Composition, Group, Item, ProseMark
from coursekit.model.words import count_words
from coursekit.policy.reflection.history import Reviewed
from coursekit.policy.reflection.pointers import pointers
from coursekit.policy.reflection.questions import QUESTIONS, question, reason
from coursekit.policy.shown import cut, in_place
from coursekit.services.review import adequate_by_rule
from coursekit.wire.lab_review import (
    MarkShape,
    QueueItem,
    ReviewCriterion,
    ReviewFlag,
    ReviewItem,
    ReviewPrompt,
    SpanShape,
    SuggestedLevel,
    SuggestionShape,
)

LONGEST = 20_000
"""Characters of one answer on the screen, as on a feedback page."""
_WHY = {
    Group.APPEAL: "The learner has asked that a person reads it.",
    Group.FLAGGED: "The checks have a question.",
    Group.UNREAD: "No check has looked at it.",
    Group.UNCERTAIN: "The checks are not sure.",
    Group.AUDIT: "Drawn for the audit: it is marked without the suggestion.",
}


def prompt_shape(one: Composition) -> ReviewPrompt:
    """One prompt's queue in numbers."""
    return ReviewPrompt(
        prompt=one.prompt,
        title=in_place(one.title),
        answers=one.answers,
        marked=one.reviewed,
        waiting=sum(one.groups.values()),
        groups={Group(name).value: count for name, count in one.groups.items()},
        passed=one.passed,
    )


def queue_item(item: Item, waits: bool) -> QueueItem:
    """A line of the queue."""
    return QueueItem(
        id=item.id,
        prompt=item.basis.prompt,
        group=item.group.value,
        why=_why(item),
        blind=item.is_blind,
        waits=waits,
        words=count_words(item.answer.text),
    )


def item_shape(item: Item, mark: ProseMark | None, review: Reviewed | None) -> ReviewItem:
    """Everything about one answer that may be seen before it is marked."""
    basis, checked = item.basis, item.checked
    text, left_out = cut(in_place(item.answer.text), LONGEST)
    evidence = {one.criterion: one for one in checked.evidence}
    told = {p.criterion: p.text for p in pointers(basis, checked, item.answer.text).pointers}
    others = [reason(r) for r in checked.route.reasons if r not in QUESTIONS]
    return ReviewItem(
        id=item.id,
        prompt=basis.prompt,
        title=in_place(basis.title),
        question=in_place(basis.question),
        group=item.group.value,
        why=list(dict.fromkeys(([] if checked.flags else [_WHY[item.group]]) + others)),
        blind=item.is_blind,
        appeal=in_place(item.appeal),
        text=text,
        left_out=left_out,
        words=count_words(item.answer.text),
        min_words=basis.min_words,
        language=basis.language,
        criteria=[
            ReviewCriterion(
                id=c.id,
                ask=c.ask,
                levels=sorted(c.levels.items()),
                state=evidence[c.id].state.value if c.id in evidence else None,
                spans=_spans(evidence.get(c.id)),
                told=told.get(c.id, ""),
            )
            for c in basis.rubric.criteria
        ],
        most=item.most,
        flags=[ReviewFlag(question=question(f), spans=[_span(s) for s in f.spans]) for f in checked.flags],
        has_suggestion=checked.suggestion is not None and not item.is_blind,
        seen=item.seen,
        asks_adequate=item.has_rubric and adequate_by_rule(basis, {}) is None,
        mark=mark_shape(mark, review),
        expected=token(mark),
    )


def mark_shape(mark: ProseMark | None, review: Reviewed | None = None) -> MarkShape | None:
    """What stands in the gradebook. `review`: by which levels, if the record knows."""
    if mark is None:
        return None
    by_levels = (
        review is not None and sum(review.levels.values()) == mark.manual_score and bool(review.levels)
    )
    return MarkShape(
        points=mark.manual_score if mark.manual_score is not None else mark.auto_score,
        comment=in_place(mark.manual_comment or ""),
        by_person=mark.manual_score is not None,
        levels=dict(review.levels) if review is not None and by_levels else {},
        adequate=review.adequate if review is not None and by_levels else None,
    )


def suggestion_shape(item: Item, suggestion: Suggestion) -> SuggestionShape:
    """What is suggested, and what that rests on."""
    return SuggestionShape(
        mean=suggestion.mean,
        sd=suggestion.sd,
        most=item.most,
        length_driven=suggestion.length_driven,
        levels=[
            SuggestedLevel(criterion=one.criterion, level=one.level, low=one.low, high=one.high)
            for one in suggestion.levels
        ],
        rests_on=[(c.block, c.points) for c in suggestion.contributions],
        nearest=[(near.exemplar[:24], near.points, near.similarity) for near in suggestion.nearest],
    )


def token(mark: ProseMark | None) -> str:
    """What a grader saw, to be sent along; empty where the answer bears no points."""
    if mark is None:
        return ""
    seen = [
        mark.auto_score,
        mark.manual_score,
        mark.needs_manual_grade,
        mark.manual_comment,
        mark.auto_comment,
        mark.most,
    ]
    return base64.urlsafe_b64encode(json.dumps(seen).encode()).decode()


def seen_in(text: str) -> ProseMark | None:
    """The mark in a token. Raises BadInput when it is none of ours."""
    if not text:
        return None
    try:
        auto, manual, needs, said, by_checks, most = json.loads(base64.urlsafe_b64decode(text.encode()))
        return ProseMark(
            _number(auto),
            _number(manual),
            bool(needs),
            None if said is None else str(said),
            None if by_checks is None else str(by_checks),
            float(most),
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise BadInput(
            "bad-token", "What you saw of the mark did not come back whole.", "Open it again."
        ) from error


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _why(item: Item) -> str:
    if item.group is Group.FLAGGED and item.checked.flags:
        return question(item.checked.flags[0])
    return _WHY[item.group]


def _spans(evidence: Evidence | None) -> list[SpanShape]:
    if evidence is None or evidence.span is None:
        return []
    return [_span(evidence.span), *(_span(other) for other, _ in evidence.others)]


def _span(span: Span) -> SpanShape:
    return SpanShape(start=span.start, end=span.end)
