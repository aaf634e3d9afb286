"""What a grader does in the review panel, verb by verb. All of it blocks: the handlers call it in threads.

Who may: the exchange's word on the role in that very course, asked with the server's own token. What a browser says
of itself does not count.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from coursekit.labserver.review_shapes import (
    item_shape,
    mark_shape,
    prompt_shape,
    queue_item,
    seen_in,
    suggestion_shape,
    token,
)
from coursekit.model.errors import BadInput, Conflict, CoursekitError, Forbidden, NotFound
from coursekit.model.reviewing import Composition, Group, Item, ProseMark
from coursekit.policy.reflection.queue import by_lot
from coursekit.policy.shown import in_place
from coursekit.services.review import decided
from coursekit.wire.lab_review import (
    CommentBankShape,
    CommentChange,
    CommentShape,
    DecidedShape,
    DecisionRequest,
    NameShape,
    ReviewItem,
    ReviewModule,
    ReviewModules,
    ReviewQueue,
    SuggestionShape,
    UndoneShape,
)

if TYPE_CHECKING:
    from coursekit.policy.reflection.history import Reviewed
    from coursekit.services.review import Desk, Done
    from coursekit.wire.api import CourseRow, MemberShape
    from coursekit.wiring.review_room import ReviewRoom

_REMEMBERED = 30.0
"""Seconds for which a role is good enough to read with."""
_UNDO = 200
"""Decisions that can be taken back, at most."""


class Exchange(Protocol):
    """What is asked of the exchange."""

    def courses(self) -> list[CourseRow]:
        """The courses I am in, and as what."""

    def me(self, course: str) -> MemberShape:
        """Who I am there."""


class MarkedMeanwhile(Conflict):
    """Somebody else has marked the answer; what stands there now comes along."""

    def __init__(self, error: Conflict, mark: ProseMark | None, review: Reviewed | None) -> None:
        super().__init__(error.code, error.detail, error.next_step)
        self.mark, self.review = mark, review

    def more(self) -> dict[str, object]:
        """For the problem's body."""
        shape = mark_shape(self.mark, self.review)
        return {"mark": shape.model_dump() if shape is not None else None, "expected": token(self.mark)}


@dataclass(frozen=True)
class _Role:
    course: str
    user: str
    at: float


class Reviewing:
    """One grader's review, of all courses whose folders are on this server."""

    def __init__(
        self,
        room: ReviewRoom,
        ask: Callable[[], AbstractContextManager[Exchange]],
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room, self._ask, self._stopwatch = room, ask, stopwatch
        self._lock = threading.Lock()
        self._roles: dict[str, _Role] = {}
        self._done: dict[tuple[str, str], list[Done]] = defaultdict(list)

    def who(self, course: str, fresh: bool) -> str:
        """The grader's name at the exchange. `fresh`: for whatever writes.

        Raises Forbidden for anybody but graders and instructors of that course, Unreachable when nobody can say.
        """
        with self._lock:
            known = self._roles.get(course)
        now = self._stopwatch()
        if known is not None and not fresh and now - known.at <= _REMEMBERED:
            return known.user
        with self._ask() as exchange:
            row = next((one for one in exchange.courses() if one.course == course), None)
            may = row is not None and row.role in ("grader", "instructor")
            user = known.user if known is not None else exchange.me(course).user if may else ""
        if not may:
            with self._lock:
                self._roles.pop(course, None)
            raise Forbidden(
                "not-a-grader",
                "Only graders and instructors of the course review its answers.",
                "Ask whoever runs the course to make you a grader.",
            )
        with self._lock:
            self._roles[course] = _Role(course, user, now)
        return user

    def modules(self, course: str) -> ReviewModules:
        """What there is to review."""
        self.who(course, fresh=False)
        found = []
        for module in self._room.modules(course):
            title = self._room.title(course, module)
            try:
                self._room.note_appeals(course, module)
                with self._room.desk(course, module) as desk:
                    numbers = desk.compositions()
                found.append(
                    ReviewModule(module=module, title=title, prompts=[prompt_shape(one) for one in numbers])
                )
            except CoursekitError as error:
                said = f"{error.detail} {error.next_step}"
                found.append(ReviewModule(module=module, title=title, problem=said))
        return ReviewModules(course=course, modules=found)

    def queue(self, course: str, module: str, prompt: str, order: Literal["doubt", "random"]) -> ReviewQueue:
        """By doubt: what waits. By lot: all answers to one prompt, in this grader's own order."""
        grader = self.who(course, fresh=False)
        self._room.note_appeals(course, module)
        with self._room.desk(course, module) as desk:
            if prompt and prompt not in desk.bases:
                raise NotFound(
                    "no-such-prompt", f"{module} has no written prompt {prompt}.", "Choose another one."
                )
            waiting = desk.queue(prompt)
            waits = {item.id for item in waiting}
            items: Sequence[Item] = waiting
            if order == "random":
                prompts = [prompt] if prompt else [str(p) for p in desk.bases]
                items = [i for p in prompts for i in by_lot(desk.everybody(p), grader)]
            numbers = [one for one in desk.compositions() if not prompt or one.prompt == prompt]
        return ReviewQueue(
            module=module,
            title=self._room.title(course, module),
            prompt=prompt,
            order=order,
            items=[queue_item(item, item.id in waits) for item in items],
            answers=_answers(numbers),
            marked=sum(one.reviewed for one in numbers),
            flagged=sum(item.group is Group.FLAGGED for item in waiting),
        )

    def item(self, course: str, module: str, item: str) -> ReviewItem:
        """One answer."""
        self.who(course, fresh=False)
        with self._room.desk(course, module) as desk:
            found = _find(desk, item)
            return item_shape(found, desk.mark_of(found), desk.review_of(found))

    def suggestion(self, course: str, module: str, item: str) -> SuggestionShape:
        """What is suggested; noted. Raises Forbidden for an answer of the audit."""
        self.who(course, fresh=True)
        with self._room.desk(course, module) as desk:
            found = _find(desk, item)
            return suggestion_shape(found, desk.look(found))

    def name(self, course: str, module: str, item: str) -> NameShape:
        """Whose answer it is; noted."""
        self.who(course, fresh=True)
        with self._room.desk(course, module) as desk:
            return NameShape(name=in_place(desk.name_of(_find(desk, item))))

    def decide(self, course: str, module: str, item: str, request: DecisionRequest) -> DecidedShape:
        """Enter marks. Raises MarkedMeanwhile when somebody else has since `expected` was seen."""
        self.who(course, fresh=True)
        expected = seen_in(request.expected)
        comment = None if request.comment is None else _plain(request.comment)
        with self._room.desk(course, module) as desk:
            found = _find(desk, item)
            if expected is None and desk.mark_of(found) is not None:
                raise BadInput("bad-token", "What you saw of the mark is not said.", "Open the answer again.")
            decision = decided(found, request.levels, request.points, request.adequate, comment)
            try:
                done = desk.decide(found, decision, expected, found.seen)
            except Conflict as error:
                raise MarkedMeanwhile(error, desk.mark_of(found), desk.review_of(found)) from error
        with self._lock:
            stack = self._done[course, module]
            stack.append(done)
            del stack[:-_UNDO]
        return DecidedShape(
            item=found.id,
            points=decision.points,
            most=found.most,
            adequate=decision.adequate,
            mark=mark_shape(done.after),
            expected=token(done.after),
        )

    def undo(self, course: str, module: str) -> UndoneShape:
        """Take back this grader's newest decision. Raises Conflict when somebody has marked the answer since."""
        self.who(course, fresh=True)
        with self._room.desk(course, module) as desk:
            with self._lock:
                stack = self._done[course, module]
                done = stack[-1] if stack else None
            if done is None:
                raise NotFound(
                    "nothing-to-undo",
                    "There is no decision to take back: only those since the lab’s server was started can be.",
                    "Open the answer and mark it anew.",
                )
            try:
                desk.take_back(done)
            except Conflict:
                # Somebody else's word stands there; it can never be taken back from here.
                self._forget(course, module, done)
                raise
            self._forget(course, module, done)
        return UndoneShape(item=done.item.id, prompt=done.item.basis.prompt)

    def comments(self, course: str) -> CommentBankShape:
        """The comment bank."""
        self.who(course, fresh=False)
        bank = self._room.comments(course)
        return CommentBankShape(comments=[CommentShape(id=c.id, text=c.text) for c in bank.read()])

    def change_comments(self, course: str, change: CommentChange) -> CommentBankShape:
        """Add to the comment bank, or take out of it."""
        self.who(course, fresh=True)
        kept = self._room.comments(course).change(change.add, change.remove)
        return CommentBankShape(comments=[CommentShape(id=c.id, text=c.text) for c in kept])

    def _forget(self, course: str, module: str, done: Done) -> None:
        with self._lock:
            stack = self._done[course, module]
            if done in stack:
                stack.remove(done)


def _find(desk: Desk, item: str) -> Item:
    """By its whole id: what is meant for one answer must not reach another that begins alike."""
    try:
        found = desk.find(item)
    except NotFound:
        found = None
    if found is None or found.id != item:
        raise NotFound(
            "no-such-item",
            "This answer is not there any more: its learner has handed in again, or it was graded anew.",
            "Load the queue again.",
        )
    return found


def _answers(numbers: Sequence[Composition]) -> int:
    return sum(one.answers for one in numbers)


def _plain(text: str) -> str:
    """As it can be kept in a gradebook: without NUL and half emojis."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip()
