"""What a learner does in the lab, verb by verb. All of it blocks: the handlers call it in threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.labserver.shapes import (
    feedback_shape,
    heard,
    prompt_shape,
    receipt_shape,
    submission_shape,
)
from coursekit.model.errors import BadInput, Conflict, CoursekitError, NotFound, TooLarge
from coursekit.model.ids import PromptId
from coursekit.model.prompt import Prompt
from coursekit.policy.arrival import in_words
from coursekit.policy.completeness import is_answered
from coursekit.policy.timing import find_zone
from coursekit.policy.typed import as_kept, differing_cell, says_the_same
from coursekit.policy.uploads import is_shallow
from coursekit.services import answer
from coursekit.wire import lab
from coursekit.wire.receipts import receipt_from_shape
from coursekit.wiring import learner
from coursekit.wiring.lab import AS_HANDED_IN, Book, LabRoom, Lines

if TYPE_CHECKING:
    from coursekit.services.take import Work
    from coursekit.wire.api import CourseRow, PointersShape, SubmissionRow

_LONGEST = 1_000_000
"""Characters of one answer; far more than anybody types."""
_TO_COUNT = "hand it in again, and choose that it counts"


class NotAsShown(Conflict):
    """The file says something else than the learner sees."""

    def __init__(self, detail: str, next_step: str, cell_id: str = "") -> None:
        super().__init__("not-as-shown", detail, next_step)
        self.cell_id = cell_id

    def more(self) -> dict[str, object]:
        """For the problem's body."""
        return {"cell_id": self.cell_id} if self.cell_id else {}


class PromptsMissing(BadInput):
    """Required prompts have no answer yet."""

    def __init__(self, prompts: Sequence[Prompt]) -> None:
        first, *others = prompts
        more = ""
        if others:
            more = f" Nor {'has' if len(others) == 1 else 'have'} {_count(len(others))}."
        super().__init__(
            "prompts-missing",
            f"“{first.title}” has no answer yet that could be handed in.{more}",
            "Answer it, then hand in. What is not complete can be handed in as well, and does not open the next "
            "module.",
        )
        self._prompts = [str(p.id) for p in prompts]

    def more(self) -> dict[str, object]:
        """For the problem's body."""
        return {"prompts": self._prompts}


class Learning:
    """One learner's work, in all of their courses."""

    def __init__(self, room: LabRoom, lines: Lines) -> None:
        self._room, self._lines = room, lines

    # the course

    def courses(self) -> list[CourseRow]:
        """The courses I am in."""
        return self._lines.get().patient.courses()

    def way(self, course: str, row: CourseRow | None = None) -> tuple[CourseRow, lab.LabCourse]:
        """My way through a course, as it is now; without the place left off. `row`: what is known of me in it."""
        exchange = self._lines.get().quick
        path = exchange.path(course)
        row = row or next((r for r in exchange.courses() if r.course == course), None)
        if row is None:
            raise NotFound("no-such-course", f"You are not in a course {course}.", "Choose one of yours.")
        found = lab.LabCourse(
            course=course,
            title=path.title,
            role=row.role,
            time_zone=path.time_zone,
            course_time_zone=path.course_time_zone,
            language=path.language,
            steps=[self._step(course, step.model_dump()) for step in path.steps],
            parts=path.parts,
            place=None,
            etag="",
        )
        return row, found

    def stamps(self, course: str, modules: Sequence[str]) -> tuple[object, ...]:
        """Something that differs once anything was committed, handed in, fetched or updated on this server."""
        return tuple(self._room.stamps(course, module) for module in modules)

    def _step(self, course: str, step: dict[str, Any]) -> lab.LabStep:
        try:
            book = self._room.find(course, step["module"])
        except CoursekitError:
            book = None
        folder = self._room.relative(book.folder) if book is not None else None
        notebook = self._notebook(book) if book is not None else None
        return lab.LabStep(**step, folder=folder, notebook=notebook)

    def place(self, course: str) -> lab.Place | None:
        """Where I was last."""
        kept = self._room.find_place(course)
        try:
            return lab.Place.model_validate(kept) if kept is not None else None
        except ValueError:
            return None

    def keep_place(self, course: str, place: lab.Place) -> None:
        """Remember where I am."""
        self._room.place_for(course, place.module)
        self._room.keep_place(course, place.model_dump())

    def set_time_zone(self, course: str, time_zone: str) -> None:
        """On whose clocks I want to see dates."""
        self._lines.get().patient.put_me(course, time_zone)

    # a module

    def module_of(self, path: str) -> lab.LabModule | None:
        """Which module a notebook belongs to; none for any other notebook."""
        book = self._room.of_notebook(path)
        return self._module(book) if book is not None else None

    def module(self, course: str, module: str) -> lab.LabModule:
        """A module that is here."""
        return self._module(self._room.get(course, module))

    def open(self, course: str, module: str) -> lab.Opened:
        """Fetch a module, unless it is here."""
        try:
            book = self._room.look_for(course, module)
        except BadInput:
            # It says: get the module again. This is how.
            damaged = self._room.find_fetched(course, module)
            if damaged is None:
                raise
            self._room.set_aside_prompts(damaged)
            book = None
        if book is None or not (book.folder / book.notebook).is_file():
            there = book.folder if book is not None else self._room.find_fetched(course, module)
            there = there or self._room.place_for(course, module)
            if book is None and not self._room.is_free_for(there, course, module):
                raise Conflict(
                    "in-the-way",
                    f"There is something else in the place of {self._room.relative(there)}.",
                    "Rename it, then open the module again.",
                )
            learner.take_home(self._lines.get().patient, course, module, there, add_missing=there.exists())
            book = self._room.get(course, module)
        return lab.Opened(
            folder=self._room.relative(book.folder),
            notebook=self._notebook(book),
            release=book.release or 0,
        )

    def update(self, course: str, module: str) -> list[lab.Updated]:
        """Merge the newest release into the folder."""
        # Also where prompts.json is gone or damaged: the newest comes with it.
        folder = self._room.find_fetched(course, module) or self._room.get(course, module).folder
        done = learner.update_folder(self._lines.get().patient, course, module, folder)
        return [
            lab.Updated(
                before=one.before,
                release=one.release,
                copy_=one.copy,
                notes=list(in_words(one.plan, one.before, one.release)),
            )
            for one in done
        ]

    def save(self, course: str, module: str, prompt: str, response: Mapping[str, Any]) -> lab.Saved:
        """Keep a form's answer."""
        book = self._room.get(course, module)
        asked = book.get_prompt(PromptId(prompt))
        kept = as_kept(asked, response)
        if not is_shallow(kept, 2):
            raise BadInput(
                "unreadable-answer",
                "This is not what a form sends.",
                "Load the page again, and answer again.",
            )
        if sum(len(text) for text in _texts(kept)) > _LONGEST:
            raise TooLarge("too-large", "This answer is far too long to be kept.", "Make it shorter.")
        book.save_response(asked.id, kept)
        return lab.Saved(prompt=self._prompt(book, asked), heard=heard(kept))

    def commit(
        self, course: str, module: str, prompt: str, shown: Mapping[str, Any], revision: bool
    ) -> lab.Committed:
        """Seal what stands in the file, if that is what the learner sees.

        What is sealed already is answered as it is, unless a revision is meant: they pressed in two tabs.
        """
        book = self._room.get(course, module)
        asked = book.get_prompt(PromptId(prompt))
        before = book.find_commitment(asked.id)
        if before is not None and not revision:
            return self._committed(book, asked)

        def check(response: Mapping[str, Any]) -> None:
            if not says_the_same(asked, shown, response):
                raise NotAsShown(
                    f"The saved answer to “{asked.title}” is not what you see.",
                    "Save, look at it once more, then commit.",
                )
            if before is not None and says_the_same(asked, before[0], response):
                raise BadInput(
                    "nothing-changed",
                    f"This is still your sealed answer to “{asked.title}”.",
                    "Change it first, then commit the revision.",
                )

        try:
            done = answer.commit(book, self._lines.get().patient, asked.id, check)
        except CoursekitError as error:
            # A revealed file may have had no place, while the commitment itself is made and kept.
            if before is not None or book.find_commitment(asked.id) is None:
                raise
            return self._committed(book, asked, warnings=[f"{error.detail} {error.next_step}"])
        return self._committed(book, asked, done.revision, done.missing)

    def _committed(
        self,
        book: Book,
        prompt: Prompt,
        revision: int = 1,
        missing: Sequence[str] | None = None,
        warnings: Sequence[str] = (),
    ) -> lab.Committed:
        if missing is None:
            missing = [p.id for p in book.prompts if p.required and not _is_sealed(book, p)]
        return lab.Committed(
            prompt=self._prompt(book, prompt),
            revision=revision,
            missing=list(missing),
            warnings=list(warnings),
        )

    # handing in

    def submit(self, course: str, module: str, asked: lab.SubmitRequest) -> lab.HandedIn:
        """Hand the module in, if its file is what the learner sees."""
        book = self._room.get(course, module)
        exchange = self._lines.get()
        check = partial(_check, book, asked)
        done = learner.hand_in(exchange.patient, book.folder, asked.use_this, check)
        receipt = receipt_from_shape(done.answer.receipt)
        said = learner.say_standing(exchange.quick, done, _TO_COUNT)
        return lab.HandedIn(
            submission=done.answer.submission,
            receipt=receipt_shape(receipt, self._room.kept(book, receipt)),
            missing=done.answer.missing,
            opened=done.answer.opened,
            standing=done.answer.standing,
            counts=done.answer.counts,
            due=done.answer.due,
            warnings=[*said, *done.warnings],
        )

    def submissions(self, course: str, module: str) -> list[lab.LabSubmission]:
        """All that I handed in, oldest first."""
        return [submission_shape(r) for r in self._lines.get().patient.my_submissions(course, module)]

    def copy(self, course: str, submission: str) -> lab.Opened:
        """A submission as it was handed in, in a folder of its own."""
        there = self._room.find_copy(course, submission)
        if there is None:
            exchange = self._lines.get()
            zone = exchange.quick.path(course).time_zone
            name = partial(self._copy_name, course, zone)
            there, _ = learner.take_back(exchange.patient, course, submission, name)
        notebooks = sorted(there.glob("*.ipynb"))
        module = there.name.partition(AS_HANDED_IN)[0]
        notebook = next((n for n in notebooks if n.stem == module), notebooks[0] if notebooks else there)
        return lab.Opened(
            folder=self._room.relative(there), notebook=self._room.relative(notebook), release=0
        )

    def _copy_name(self, course: str, zone: str, row: SubmissionRow) -> Path:
        book = self._room.find(course, row.module)
        # In the server's root a module's own folder has no room beside it.
        beside = book.folder.parent if book is not None and book.folder != self._room.root else None
        place = beside or self._room.root / course
        at = row.at.astimezone(find_zone(zone))
        folder = place / f"{row.module}{AS_HANDED_IN}{at:%Y-%m-%d-at-%H-%M-%S}"
        return folder if not folder.exists() else folder.with_name(f"{folder.name}-{row.submission[:6]}")

    # afterwards

    def feedback(self, course: str, module: str) -> list[lab.LabFeedback]:
        """All that I was given, newest last."""
        return [feedback_shape(given) for given in self._lines.get().patient.my_feedback(course, module)]

    def pointers(self, course: str, module: str) -> PointersShape:
        """What the checks saw in my newest submission."""
        return self._lines.get().patient.pointers(course, module)

    def appeal(self, course: str, module: str, prompt: str, reason: str) -> None:
        """Ask that a person reads an answer of mine."""
        self._lines.get().patient.appeal(course, module, prompt, reason)

    # as the lab reads it

    def _module(self, book: Book) -> lab.LabModule:
        return lab.LabModule(
            course=book.course,
            module=book.module,
            title=book.title,
            folder=self._room.relative(book.folder),
            notebook=self._notebook(book),
            release=book.release,
            prompts=[self._prompt(book, prompt) for prompt in book.prompts],
        )

    def _notebook(self, book: Book) -> str:
        return self._room.relative(book.folder / book.notebook)

    def _prompt(self, book: Book, prompt: Prompt) -> lab.LabPrompt:
        rubric = book.rubrics.get(prompt.rubric) if prompt.rubric is not None else None
        return prompt_shape(book, prompt, rubric, partial(self._room.kept, book))


def _check(book: Book, asked: lab.SubmitRequest, work: Work) -> None:
    """Whether exactly this may be handed in. Raises NotAsShown and PromptsMissing."""
    notebook = work.files.get(book.notebook)
    if notebook is None:
        raise BadInput(
            "no-notebook",
            f"{book.notebook} is not in this folder.",
            f"If you renamed it, give it its name back: {book.notebook}.",
        )
    cell = differing_cell(notebook, [(shown.cell_id, shown.source) for shown in asked.shown])
    if cell is not None:
        raise NotAsShown(
            "The saved notebook is not what you see. Nothing was handed in.",
            "Save, then hand in again.",
            cell,
        )
    if asked.allow_missing:
        return
    missing = [
        p
        for p in book.prompts
        if p.required and not _is_sealed(book, p) and not is_answered(p, work.answers.get(p.id))
    ]
    if missing:
        raise PromptsMissing(missing)


def _is_sealed(book: Book, prompt: Prompt) -> bool:
    try:
        return book.find_commitment(prompt.id) is not None
    except CoursekitError:
        return False


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for key, inner in value.items() for text in [str(key), *_texts(inner)]]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value if isinstance(value, str) else str(value)[:20]]


def _count(number: int) -> str:
    return "one other" if number == 1 else f"{number} others"
