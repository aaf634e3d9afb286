"""nbgrader's exchange verbs, each a short call to the exchange service.

Only ExchangeError leaves this file: it is all that nbgrader catches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.exchange import abc
from traitlets import Bool

from coursekit.model.errors import CoursekitError
from coursekit.services import gather
from coursekit.wiring.learner import connect, fetch_feedback, hand_in, say_standing, take_home

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient
    from coursekit.wire.api import SubmissionRow

# formgrader lists on every request, and waits; a service that is away must not hold it up.
_LIST_TIMEOUT = 5.0


class Exchange(abc.Exchange):
    """What the eight verbs share."""

    path_includes_course = Bool(
        False, help="Whether a learner's folders lie below one named like the course."
    ).tag(config=True)

    def init_src(self) -> None:
        """Nothing to look for: there is no shared folder."""

    def init_dest(self) -> None:
        """Nothing to make ready."""

    def copy_files(self) -> None:
        """Each verb says what it does."""

    @property
    def course(self) -> str:
        """The course's id. Raises ExchangeError when none is given."""
        if not self.coursedir.course_id:
            self.fail("No course id specified. Re-run with --course flag.")
        return str(self.coursedir.course_id)

    @property
    def module(self) -> str:
        """The module's id, which is nbgrader's assignment."""
        return str(self.coursedir.assignment_id)

    def local(self, course: str, module: str) -> Path:
        """The learner's folder of a module."""
        base = Path(self.assignment_dir).absolute()
        return base / course / module if self.path_includes_course else base / module

    def below(self, step: str, student: str = ".") -> Path:
        """nbgrader's folder of a step (release, submitted, …) for this module."""
        return Path(self.coursedir.format_path(step, student, self.module)).absolute()

    @contextmanager
    def exchange(self, timeout: float = 60.0, attempts: int = 7) -> Iterator[ExchangeClient]:
        """The connection; our errors become nbgrader's on the way out."""
        try:
            with connect(timeout, attempts) as client:
                yield client
        except CoursekitError as error:
            self.fail(f"{error.detail} {error.next_step}")


class ExchangeFetchAssignment(Exchange, abc.ExchangeFetchAssignment):
    """`nbgrader fetch_assignment`: a locked module fails with its reason."""

    def copy_files(self) -> None:
        """Get the module's folder."""
        folder = self.local(self.course, self.module)
        with self.exchange() as client:
            release = take_home(client, self.course, self.module, folder, self.replace_missing_files)
        self.log.info("Fetched as: %s %s (release %s)", self.course, self.module, release)


class ExchangeSubmit(Exchange, abc.ExchangeSubmit):
    """`nbgrader submit`: hand the folder in and keep the receipt."""

    def copy_files(self) -> None:
        """Send the files; say what was opened and what is missing."""
        folder = self.local(self.course, self.module)
        self.coursedir.assignment_id = folder.name
        if not folder.is_dir():
            self.fail(f"There is no folder {folder}. Fetch the assignment first.")
        with self.exchange() as client:
            done = hand_in(client, folder)
            standing = say_standing(client, done)
        answer = done.answer
        self.log.info("Submitted as: %s %s %s", self.course, self.module, answer.receipt.at)
        self.log.info("Receipt: %s", answer.submission)
        if answer.missing:
            self.log.warning(
                "Kept, and not complete: %s. Answer and submit again.", ", ".join(answer.missing)
            )
        for sentence in standing:
            self.log.warning(sentence)
        for module in answer.opened:
            self.log.info("Open now: %s", module)
        for warning in done.warnings:
            self.log.warning(warning)


class ExchangeFetchFeedback(Exchange, abc.ExchangeFetchFeedback):
    """`nbgrader fetch_feedback`: into feedback/<time of the submission>/ in the module's folder."""

    def copy_files(self) -> None:
        """Get all feedback on the module, or on every module of the course."""
        with self.exchange() as client:
            wanted = [self.module] if self.module not in ("", "*") else self._with_folder(client)
            for module in wanted:
                written = fetch_feedback(
                    client, self.course, module, self.local(self.course, module) / "feedback"
                )
                if not written:
                    self.log.warning("No feedback on '%s' yet", module)
                for folder in written:
                    self.log.info("Fetched feedback: %s", folder)

    def _with_folder(self, client: ExchangeClient) -> list[str]:
        return [
            s.module for s in client.path(self.course).steps if self.local(self.course, s.module).is_dir()
        ]


class ExchangeReleaseAssignment(Exchange, abc.ExchangeReleaseAssignment):
    """`nbgrader release_assignment`: each one becomes the module's next release; none is overwritten."""

    def copy_files(self) -> None:
        """Send release/ and the sealed bundle."""
        from coursekit.wiring import staff

        source, release = (
            self.below(self.coursedir.source_directory),
            self.below(self.coursedir.release_directory),
        )
        if not source.is_dir():
            self.fail(f"Assignment not found at: {source}")
        if not release.is_dir():
            self.fail(
                f"Assignment found in '{source}' but not '{release}', "
                "run `nbgrader generate_assignment` first."
            )
        with self.exchange() as client:
            done = staff.release_module(client, source, release)
        again = " (the same as before)" if done.unchanged else ""
        self.log.info("Released as: %s %s, release %s%s", done.course, done.module, done.release, again)


class ExchangeCollect(Exchange, abc.ExchangeCollect):
    """`nbgrader collect`: submitted/<learner>/<module>/, timestamp.txt written from the receipt."""

    def copy_files(self) -> None:
        """Get the submission that counts of each learner, or with --before-duedate the newest in time."""
        from coursekit.wiring import staff

        source = self.below(self.coursedir.source_directory)
        wanted = self.coursedir.student_id
        with self.exchange() as client:
            everything = [
                row
                for row in client.submission_rows(self.course, self.module)
                if wanted in ("", "*", row.learner)
            ]
            due = (
                staff.grader_due(source, self.coursedir.db_url, self.course) if self.before_duedate else None
            )
            choice = gather.choose(everything, due, in_time_first=self.before_duedate)
            if not everything:
                self.log.warning("No submissions of '%s' for course '%s'", self.module, self.course)
            rows = [row for row in choice.rows if self._is_wanted(row)]
            with staff.shelf(Path(self.coursedir.root, self.coursedir.submitted_directory)) as shelf:
                count = gather.gather(
                    client,
                    self.course,
                    self.module,
                    rows,
                    lambda row, files: shelf.replace(self._folder(row.learner), files),
                )
            self._note_deadlines(client, source, everything)
        self._say_who_is_missing(choice)
        self.log.info(
            "Collected %s of %s submissions: %s %s", count, len(choice.rows), self.course, self.module
        )

    def _folder(self, learner: str) -> Path:
        return self.below(self.coursedir.submitted_directory, learner)

    def _is_wanted(self, row: SubmissionRow) -> bool:
        """Whether it is not there yet, or with --update another one is there; an earlier one counts as well."""
        folder = self._folder(row.learner)
        # The second file only where the first does not tell: there may be thousands of folders.
        there = gather.find_collected(_read(folder / gather.TICKET), None) or gather.find_collected(
            None, _read(folder / "timestamp.txt")
        )
        if there is None:
            return not folder.exists() or bool(self.update)
        # --before-duedate always meant: that one, whatever was collected before.
        return bool(self.update or self.before_duedate) and not gather.is_same(row, there)

    def _note_deadlines(self, client: ExchangeClient, source: Path, rows: Sequence[SubmissionRow]) -> None:
        """Let nbgrader's gradebook know due dates and extensions. Grading can go on without."""
        from coursekit.wiring import staff

        due = next((row.due for row in rows if not row.extended), None)
        if due is None:
            step = next((s for s in client.path(self.course).steps if s.module == self.module), None)
            due = step.due if step is not None and not step.extended else None
        own = {row.learner: row.due for row in rows if row.extended and row.due is not None}
        try:
            staff.note_deadlines(source, self.coursedir.db_url, self.course, due, own)
        except Exception as error:
            # The gradebook is nbgrader's: whatever is wrong with it must not undo a collection.
            self.log.warning(
                "The due dates were not written to the gradebook (%s: %s); lateness shown there may be wrong.",
                type(error).__name__,
                error,
            )

    def _say_who_is_missing(self, choice: gather.Choice) -> None:
        if choice.after_closing:
            self.log.warning(
                "Handed in after the closing only, so not collected: %s. "
                "To let it count: coursekit reopen %s %s LEARNER --reason WHY",
                ", ".join(choice.after_closing),
                self.course,
                self.module,
            )
        for learner in (*choice.after_closing, *choice.withdrawn):
            if self._folder(learner).exists():
                self.log.warning(
                    "What stands in %s does not count any more. Delete that folder before you grade.",
                    self._folder(learner),
                )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


class ExchangeReleaseFeedback(Exchange, abc.ExchangeReleaseFeedback):
    """`nbgrader release_feedback`: our own page for each learner whose feedback was generated, whoever did."""

    def copy_files(self) -> None:
        """Bring each learner's page up to date, and send it where it is not out already."""
        from coursekit.wiring import feedback
        from coursekit.wiring.nbgrader_config import folders_of

        folders = folders_of(self.coursedir, self.config)
        meant = self.coursedir.student_id or "*"
        ready = {who for who in folders.learners(folders.feedback, self.module) if fnmatchcase(who, meant)}
        graded = ready.intersection(folders.learners(folders.autograded, self.module))
        for learner in sorted(ready - graded):
            self.log.warning("No graded work of %s on '%s'; nothing released", learner, self.module)
        if not graded:
            self.log.warning("No feedback to release; run `nbgrader generate_feedback %s`", self.module)
            return
        failed = []
        with self.exchange() as client:
            out = feedback.released(client, self.course, self.module)
            for one in feedback.prepare(folders, self.module, graded).run(out, to=client):
                if one.problem:
                    failed.append(one.learner)
                    self.log.error("No feedback for %s: %s", one.learner, one.problem)
                else:
                    how = "Released feedback" if one.sent else "Released already"
                    self.log.info("%s: %s %s", how, one.learner, self.module)
        if failed:
            self.fail(f"Feedback was not released to {', '.join(failed)}.")


class ExchangeList(Exchange, abc.ExchangeList):
    """`nbgrader list`: what is released, what I handed in, or for staff what everybody handed in."""

    def start(self) -> Any:
        """List. Nothing but ExchangeError may come out: formgrader starts this on every request."""
        try:
            return super().start()
        except abc.ExchangeError:
            raise
        except Exception as error:
            raise abc.ExchangeError(f"The list cannot be shown: {type(error).__name__}.") from error

    def remove_files(self) -> Any:
        """A release is numbered and stays: learners may be working on it."""
        self.fail("A release stays once learners may have it. Release a corrected one instead.")

    def list_files(self) -> list[dict[str, Any]]:
        """Released, submitted (cached) or inbound assignments as nbgrader describes them."""
        # Formgrader asks for this at every page, and holds everybody up meanwhile.
        with self.exchange(_LIST_TIMEOUT, attempts=2) as client:
            wanted = self.coursedir.course_id
            courses = [c for c in client.courses() if wanted in ("", "*", c.course)]
            found: list[dict[str, Any]] = []
            for course in courses:
                if self.inbound or self.cached:
                    found += self._submitted(client, course.course, self.inbound and course.role != "learner")
                else:
                    found += self._released(client, course.course)
        self.log.info("Submitted assignments:" if self.inbound or self.cached else "Released assignments:")
        for item in found:
            for one in item.get("submissions", [item]):
                self.log.info(
                    " ".join(
                        str(one[key])
                        for key in ("course_id", "student_id", "assignment_id", "timestamp")
                        if key in one
                    )
                )
        return found

    def _is_listed(self, module: str) -> bool:
        return self.coursedir.assignment_id in ("", "*", module)

    def _released(self, client: ExchangeClient, course: str) -> list[dict[str, Any]]:
        found = []
        for step in client.path(course).steps:
            if step.release is None or not self._is_listed(step.module):
                continue
            if step.refusal is not None:
                # nbgrader's own list cannot show a reason, and would offer a module that fetching refuses.
                self.log.info("%s %s (locked: %s)", course, step.module, step.refusal.reason)
                continue
            folder = self.local(course, step.module)
            found.append(
                {
                    "course_id": course,
                    "assignment_id": step.module,
                    "status": "fetched" if folder.is_dir() else "released",
                    "path": str(folder),
                    "notebooks": [
                        {"notebook_id": p.stem, "path": str(p)} for p in sorted(folder.glob("*.ipynb"))
                    ],
                }
            )
        return found

    def _submitted(self, client: ExchangeClient, course: str, everybody: bool) -> list[dict[str, Any]]:
        groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for step in client.path(course).steps:
            if not self._is_listed(step.module) or (not everybody and not step.submissions):
                continue
            rows = (
                client.submissions(course, step.module)
                if everybody
                else client.my_submissions(course, step.module)
            )
            for row in rows:
                if row.withdrawn:
                    continue
                time = gather.nbgrader_time(row.at)
                local = self.local(course, step.module) / "feedback" / time
                has_local = (local / "feedback.html").is_file()
                info = {
                    "course_id": course,
                    "student_id": row.learner,
                    "assignment_id": step.module,
                    "timestamp": time,
                    "status": "submitted",
                    "path": row.submission,
                    "has_local_feedback": has_local,
                    "has_exchange_feedback": row.feedback,
                    "feedback_updated": False,
                    "local_feedback_path": str(local) if has_local else None,
                    "notebooks": [
                        {
                            "notebook_id": step.module,
                            "path": row.submission,
                            "has_local_feedback": has_local,
                            "has_exchange_feedback": row.feedback,
                            "local_feedback_path": str(local / "feedback.html") if has_local else None,
                            "feedback_updated": False,
                        }
                    ],
                }
                groups.setdefault((row.learner, step.module), []).append(info)
        return [
            {
                "course_id": course,
                "student_id": learner,
                "assignment_id": module,
                "status": "submitted",
                "submissions": submissions,
            }
            for (learner, module), submissions in sorted(groups.items())
        ]


__all__ = [
    "Exchange",
    "ExchangeCollect",
    "ExchangeFetchAssignment",
    "ExchangeFetchFeedback",
    "ExchangeList",
    "ExchangeReleaseAssignment",
    "ExchangeReleaseFeedback",
    "ExchangeSubmit",
]
