"""A rule: its code and name never change, and its page is made of what it says itself."""

from __future__ import annotations

from dataclasses import dataclass

from coursekit.lint.finding import Finding, Severity
from coursekit.model.notebook import Cell


@dataclass(frozen=True)
class Rule:
    """One rule. `what` it looks for, `why` it matters to a learner or a grader, and an example of each side."""

    code: str
    name: str
    severity: Severity
    what: str
    why: str
    before: str
    """What it finds, as an author would have written it."""
    after: str
    """The same, mended."""
    note: str = ""
    """What else its page should say."""
    can_be_allowed: bool = True
    """Whether an author may silence it with a reason: not where nothing could work as it stands."""

    def at(
        self, file: str, cell: Cell | None, message: str, hint: str, *, line: int | None = None
    ) -> Finding:
        """A finding of this rule."""
        index, cell_id = (cell.index, cell.id) if cell is not None else (None, "")
        return Finding(self.code, self.severity, file, index, cell_id, message, hint, line)


def error(
    code: str, name: str, what: str, why: str, before: str, after: str, note: str = "", allow: bool = True
) -> Rule:
    """A rule whose findings stop the build."""
    return Rule(code, name, Severity.ERROR, what, why, before, after, note, allow)


def warning(
    code: str, name: str, what: str, why: str, before: str, after: str, note: str = "", allow: bool = True
) -> Rule:
    """A rule whose findings do not stop the build."""
    return Rule(code, name, Severity.WARNING, what, why, before, after, note, allow)
