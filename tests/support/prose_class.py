"""A class that has answered one prompt of a reference module: the record is real, the gradebook a twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from coursekit.model.course import Course, Module
from coursekit.model.errors import Conflict
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.prosereport import ProseReport
from coursekit.model.reflection import Checked, End, Marked, Reason, Route, Rung, Suggestion
from coursekit.model.reviewing import Answer, ProseMark, ProseNote
from coursekit.model.submission import sha256
from coursekit.policy.reflection.learning import scorer_digest
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.record import Kind, body_of
from coursekit.services.check_prose import Author, Tools, check_prose
from coursekit.services.review import Desk
from coursekit.store.reflections import ReflectionRecord
from coursekit.wire.checks import checks_file, parse_checks
from support.reflections import corpus
from support.reflections.bases import basis as reference

P2 = PromptId("p2")
OPEN = ProseMark(None, None, True, None)
TOOLS = {"coursekit": "1", "numpy": "2"}


def author(exemplars: Sequence[Marked] = (), drafts: bool = True, **decision: Any) -> Author:
    """Of spike-at-65/p2; the author allows an auto-pass unless `decision` says otherwise."""
    found = reference("spike-at-65/p2")
    rubric = replace(found.rubric, decision=replace(found.rubric.decision, points=4, **decision))
    prompt = Prompt(P2, PromptKind.REFLECTION, found.title, found.question, rubric=rubric.name)
    course = Course(CourseId("c"), "C", "UTC", ())
    module = Module(ModuleId("m"), "M")
    checks = checks_file(course, module, [prompt], {rubric.name: rubric}, found.case)
    return Author(checks, parse_checks(checks), {P2: tuple(exemplars)}, TOOLS, drafts)


def answers(texts: Sequence[str], start: int = 0) -> list[Answer]:
    return [
        Answer(f"learner-{n}", sha256(f"submission {n}".encode()), P2, text)
        for n, text in enumerate(texts, start)
    ]


def genuine(count: int) -> list[str]:
    return corpus.genuine("spike-at-65/p2", count)


@dataclass
class Twin:
    """A gradebook in memory."""

    cells: dict[tuple[str, str], ProseMark] = field(default_factory=dict)

    def read(self) -> Mapping[str, Mapping[str, ProseMark]]:
        found: dict[str, dict[str, ProseMark]] = {}
        for (learner, cell), mark in self.cells.items():
            found.setdefault(learner, {})[cell] = mark
        return found

    def find(self, learner: str, cell: str) -> ProseMark | None:
        return self.cells.get((learner, cell))

    def write(self, notes: Mapping[str, Mapping[str, ProseNote]]) -> int:
        for learner, mine in notes.items():
            for cell, note in mine.items():
                there = self.cells.get((learner, cell))
                if there is not None and there.manual_score is None:
                    self.cells[learner, cell] = ProseMark(
                        note.score, None, note.score is None, there.manual_comment, note.draft
                    )
        return 0

    def enter(
        self, learner: str, cell: str, points: float, comment: str | None, expected: ProseMark
    ) -> ProseMark:
        there = self.cells[learner, cell]
        if there.manual_score != expected.manual_score:
            raise Conflict("mark-changed", "Somebody else has marked it.", "Look again.")
        words = comment if comment is not None else there.manual_comment
        self.cells[learner, cell] = ProseMark(there.auto_score, points, False, words)
        return self.cells[learner, cell]

    def take_back(self, learner: str, cell: str, to: ProseMark, expected: ProseMark) -> None:
        assert self.cells[learner, cell] == expected
        self.cells[learner, cell] = to


class Sure:
    """Stands in for a scorer that suggests the same of every answer."""

    def __init__(self, p: float = 0.999) -> None:
        self.p = p

    def suggest(self, _features: Any) -> Suggestion:
        return Suggestion(4.0, 0.2, self.p, (), (), (), False)


class ProseClass:
    """All of it in one folder."""

    def __init__(self, folder: Path, who: Author, given: Sequence[Answer]) -> None:
        self.author = who
        self.answers = list(given)
        self.record = ReflectionRecord(folder / "reflections", "m")
        self.gradebook = Twin({(a.learner, a.prompt): OPEN for a in given})
        self.now = datetime(2027, 2, 1, 8, tzinfo=UTC)

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def add(self, given: Sequence[Answer]) -> None:
        self.answers += given
        self.gradebook.cells |= {(a.learner, a.prompt): OPEN for a in given}

    def check(self, force: bool = False) -> ProseReport:
        tools = Tools(Models, self.clock)
        return check_prose(self.author, self.answers, self.record, self.gradebook, tools, force)

    def earn(self, clean: int = 60, wrong: int = 0) -> None:
        """So many audits of answers that were there before, as the record has them."""
        basis = self.author.bases[P2]
        scorer = scorer_digest(basis, Models())
        for n in range(clean + wrong):
            name = Digest(sha256(f"earlier {n}".encode()))
            checked = Checked(
                P2,
                name,
                basis.digest,
                (),
                (),
                Route(End.HUMAN_REVIEW, (Reason.NOT_CERTIFIED,)),
                Sure().suggest(None),
                Rung.SUGGESTION,
            )
            body = body_of(checked, name, Digest(""), TOOLS) | {"scorer": scorer}
            (line,) = self.record.append([(Kind.CHECK, body)], self.clock())
            self.record.append([(Kind.REVIEW, self._reviewed(checked, line.digest, n < clean))], self.clock())

    def _reviewed(self, checked: Checked, line: Digest, adequate: bool) -> dict[str, Any]:
        return {
            "submission": checked.text_digest,
            "prompt": P2,
            "text_digest": checked.text_digest,
            "check": line,
            "levels": self.levels(2 if adequate else 0),
            "adequate": adequate,
            "blind": True,
            "audit": True,
            "group": "audit",
            "commented": False,
        }

    @property
    def desk(self) -> Desk:
        return Desk(self.author.bases, self.answers, self.record, self.gradebook, self.clock)

    def levels(self, level: int = 2) -> dict[str, int]:
        criteria = self.author.bases[P2].rubric.criteria
        return {c.id: min(level, c.points) for c in criteria}

    def lines(self) -> str:
        return self.record.path.read_text(encoding="utf-8")


def digest(text: str) -> Digest:
    return sha256(text.encode())
