"""A grader at the terminal: one key for each level, and one for each of the few other things.

0–9 level   s suggestion   c comment   n next   b back   u undo   ⏎ save   q quit
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from coursekit.cli.review_page import counter, page, print_page
from coursekit.model.errors import Conflict, CoursekitError
from coursekit.model.reflection import Suggestion
from coursekit.model.reviewing import Item, ProseMark
from coursekit.services.review import Desk, Done, adequate_by_rule, decided

_POINTS = "p or a digit: points · c comment · n next · b back · u undo · q quit"
KEYS = "0–9 level · s suggestion · c comment · n next · b back · u undo · q quit"
_SAVE = "⏎ save · c comment · u undo · n next · q quit"
_ADEQUATE = "Is it an adequate attempt? y or n"


@dataclass
class _Sheet:
    """What a grader has said of one answer so far."""

    levels: dict[str, int] = field(default_factory=dict)
    adequate: bool | None = None
    score: float | None = None
    comment: str | None = None
    suggestion: Suggestion | None = None
    seen: bool = False


@dataclass
class ReviewSession:
    """Works through a queue. `key` gives the next key, `line` a line of text after its prompt."""

    desk: Desk
    queue: list[Item]
    console: Console
    key: Callable[[], str]
    line: Callable[[str], str]
    names: bool = False
    marked: int = 0
    _sheets: dict[str, _Sheet] = field(default_factory=dict)
    _done: list[Done] = field(default_factory=list)
    _at: int = 0
    _said: str = ""

    def run(self) -> int:
        """Until the queue is through or the grader has enough; how many were marked."""
        while self._at < len(self.queue):
            item = self.queue[self._at]
            sheet = self._sheets.setdefault(item.id, _Sheet(seen=item.seen))
            expected = self.desk.mark_of(item)
            if not self._one(item, sheet, expected):
                break
        return self.marked

    def _one(self, item: Item, sheet: _Sheet, expected: ProseMark | None) -> bool:
        """One answer, until the grader goes elsewhere; False to stop."""
        while True:
            self._show(item, sheet, expected)
            pressed = self.key()
            if pressed in ("q", "\x03", "\x04", ""):
                return False
            if pressed == "n":
                self._at += 1
                return True
            if pressed == "b":
                self._at = max(0, self._at - 1)
                return True
            if pressed == "u":
                if self._undo(sheet):
                    return True
            elif pressed == "s":
                self._suggest(item, sheet)
            elif pressed == "c":
                words = self.line("Comment to the learner (empty: none): ").strip()
                sheet.comment = words or None
            elif pressed in ("\r", "\n"):
                if self._is_ready(item, sheet):
                    try:
                        self._save(item, sheet, expected)
                    except Conflict as error:
                        self._said = (
                            f"{error.detail} Press ⏎ again to put your mark in its place, n to leave it."
                        )
                        expected = self.desk.mark_of(item)
                        continue
                    return True
                self._said = (
                    "Not every criterion has a level yet." if item.has_rubric else "It has no points yet."
                )
            elif not item.has_rubric:
                self._score(item, sheet, pressed)
            else:
                self._take(item, sheet, pressed)

    def _take(self, item: Item, sheet: _Sheet, pressed: str) -> None:
        open_ = next((c for c in item.basis.rubric.criteria if c.id not in sheet.levels), None)
        if open_ is not None and pressed.isdecimal() and pressed.isascii():
            if int(pressed) in open_.levels:
                sheet.levels[open_.id] = int(pressed)
            else:
                self._said = f"Its levels are 0 to {open_.points}."
        elif open_ is None and self._adequate(item, sheet) is None and pressed in ("y", "n"):
            sheet.adequate = pressed == "y"
        else:
            self._said = KEYS

    def _score(self, item: Item, sheet: _Sheet, pressed: str) -> None:
        """Points in one: a digit says them all, p asks for those that need more."""
        typed = self.line(f"Points (0 to {item.most:g}): ") if pressed == "p" else pressed
        try:
            points = float(typed.strip().replace(",", "."))
        except ValueError:
            self._said = _POINTS
            return
        if 0 <= points <= item.most:
            sheet.score = points
        else:
            self._said = f"Points are 0 to {item.most:g}."

    def _adequate(self, item: Item, sheet: _Sheet) -> bool | None:
        by_rule = adequate_by_rule(item.basis, sheet.levels)
        return sheet.adequate if by_rule is None else by_rule

    def _is_full(self, item: Item, sheet: _Sheet) -> bool:
        if not item.has_rubric:
            return sheet.score is not None
        return all(c.id in sheet.levels for c in item.basis.rubric.criteria)

    def _is_ready(self, item: Item, sheet: _Sheet) -> bool:
        if not item.has_rubric:
            return self._is_full(item, sheet)
        return self._is_full(item, sheet) and self._adequate(item, sheet) is not None

    def _suggest(self, item: Item, sheet: _Sheet) -> None:
        try:
            sheet.suggestion = self.desk.look(item)
            sheet.seen = True
        except CoursekitError as error:
            self._said = f"{error.detail} {error.next_step}"

    def _save(self, item: Item, sheet: _Sheet, expected: ProseMark | None) -> None:
        decision = decided(item, sheet.levels, sheet.score, sheet.adequate, sheet.comment)
        self._done.append(self.desk.decide(item, decision, expected, sheet.seen))
        self.marked += 1
        self._said = f"{item.id}: {decision.points:g} points."
        self._at += 1

    def _undo(self, sheet: _Sheet) -> bool:
        """The last key, or else the last decision; whether another answer is on the page then."""
        if sheet.adequate is not None:
            sheet.adequate = None
            return False
        if sheet.score is not None:
            sheet.score = None
            return False
        if sheet.levels:
            sheet.levels.pop(next(reversed(sheet.levels)))
            return False
        if not self._done:
            self._said = "There is nothing to take back."
            return False
        done = self._done.pop()
        try:
            self.desk.take_back(done)
        except CoursekitError as error:
            self._said = f"{error.detail} {error.next_step}"
            return False
        self.marked -= 1
        self._at = next(n for n, item in enumerate(self.queue) if item.id == done.item.id)
        before = self._sheets.pop(done.item.id)
        # What was seen stays seen.
        self._sheets[done.item.id] = _Sheet(comment=before.comment, seen=before.seen)
        self._said = f"{done.item.id}: taken back."
        return True

    def _show(self, item: Item, sheet: _Sheet, expected: ProseMark | None) -> None:
        head = counter(self._at + 1, self.queue)
        name = item.answer.learner if self.names else ""
        shown = page(item, head, sheet.levels, sheet.comment, sheet.suggestion, name, sheet.score)
        print_page(self.console, shown)
        if expected is not None and expected.manual_score is not None:
            self.console.print(Text(f"It has {expected.manual_score:g} points by a person.", style="yellow"))
        if self._said:
            self.console.print(Text(self._said, style="bold"))
            self._said = ""
        if not self._is_full(item, sheet):
            self.console.print(Text(KEYS if item.has_rubric else _POINTS, style="dim"))
            return
        if not item.has_rubric:
            self.console.print(Text(f"{sheet.score:g} of {item.most:g} points.", style="bold"))
            self.console.print(Text(_SAVE, style="dim"))
            return
        adequate = self._adequate(item, sheet)
        if adequate is None:
            self.console.print(Text(_ADEQUATE, style="bold"))
            return
        what = "an adequate attempt" if adequate else "no adequate attempt yet"
        points = sum(sheet.levels.values())
        self.console.print(Text(f"{points} of {item.basis.rubric.points} points, {what}.", style="bold"))
        self.console.print(Text(_SAVE, style="dim"))
