"""Grade what was handed in for a module, so that nbgrader's own tools go on from there.

    collected ─▶ unchanged? ─▶ repaired ─▶ steps ─▶ (the engine) ─▶ scored ─▶ gradebook ─▶ folder ─▶ record
                     │
                     └─▶ left as it is

The record comes last: whatever is cut short before it is graded again. One bad submission stops no other.
"""

from __future__ import annotations

import errno
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from coursekit.model.errors import CoursekitError, NotNow, ServiceFault
from coursekit.model.gradereport import Kind, Note, Report
from coursekit.model.grading import (
    Job,
    Limits,
    MasterNotebook,
    Ran,
    Remark,
    Repaired,
    Unreadable,
)
from coursekit.model.ids import Digest
from coursekit.model.marking import Collected, Marks, NotebookMarks, Record
from coursekit.model.submission import canonical, sha256
from coursekit.policy import scoring
from coursekit.policy.aftermath import note_on, was_cut_short, with_outputs
from coursekit.policy.gradedfiles import graded_files
from coursekit.policy.notebooks import find_notebooks
from coursekit.policy.reliance import with_reliance
from coursekit.policy.repair import repair
from coursekit.policy.steps import steps
from coursekit.policy.submitted import Upgrade
from coursekit.policy.tamper import suspicions_in
from coursekit.ports import Engine, Progress

_GROUP = 32
"""Submissions that are written down together, at most."""
_PAUSE = 0.2
"""Seconds after which what is judged is written down, at least."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


Read = Callable[[str], Collected]
"""A learner's submission. Raises BadInput when it is not one that can be graded."""


class Graded(Protocol):
    """Where graded work goes, and what is remembered of it."""

    def find_record(self, learner: str) -> Record | None: ...
    def is_there(self, learner: str) -> bool: ...
    def find_notebook(self, learner: str, name: str) -> bytes | None: ...
    def prepare(self, files: Iterable[tuple[str, bytes | Path]]) -> str:
        """A new folder with these files, out of sight."""

    def place(self, prepared: str, learner: str) -> None: ...
    def keep(self, record: Record) -> None: ...


class Marking(Protocol):
    """The gradebook."""

    def is_there(self, learner: str) -> bool: ...
    def seconds_late(self, learner: str, timestamp: Any) -> float: ...
    def write(self, group: Sequence[Marks]) -> None:
        """All of these submissions' marks, or none. Raises ServiceFault when nobody's can be written."""


@dataclass(frozen=True)
class Module:
    """The author's side."""

    masters: tuple[MasterNotebook, ...]
    files: Mapping[str, Path]
    """What learners have from the author, beside notebooks: relative path → where it lies."""
    files_digest: Digest
    limits: Limits
    hidden_tests: tuple[str, str]
    """What begins and what ends them."""
    upgrade: Upgrade
    version: str
    """Of all that decides about marks and is not said here: coursekit's own."""

    def digest(self) -> Digest:
        """Over everything on this side that decides about marks."""
        notebooks = [asdict(master) for master in self.masters]
        limits = asdict(self.limits)
        return sha256(canonical([notebooks, self.files_digest, limits, self.hidden_tests, self.version]))


class Silence:
    """Where nobody watches."""

    def advance(self, steps: int = 1) -> None:
        """Say nothing."""


def grade(
    module: Module,
    read: Read,
    graded: Graded,
    marking: Marking,
    engine: Engine,
    learners: Sequence[str],
    force: bool = False,
    progress: Progress | None = None,
    stopwatch: Callable[[], float] = time.monotonic,
) -> Report:
    """Grade these learners' submissions. Raises ServiceFault when nothing more can be graded; what is, stays."""
    begun = stopwatch()
    batch = _Batch(module, read, graded, marking, force, progress or Silence(), stopwatch)
    try:
        for jobs in (batch.jobs(learners), batch.jobs_again()):
            _run(engine, jobs, batch.take)
    finally:
        # Whatever ends it, also a person: what is judged is not lost.
        batch.write_down()
    batch.finish()
    return batch.report(stopwatch() - begun)


def _run(engine: Engine, jobs: Iterator[Job], take: Callable[[Ran], None]) -> None:
    first = next(jobs, None)
    if first is None:
        # Nothing to run: then there is no need to wait for a worker.
        return
    stream = engine.run(chain((first,), jobs))
    try:
        for ran in stream:
            take(ran)
    finally:
        # What works behind it ends here, whatever ended the loop.
        if isinstance(stream, Generator):
            stream.close()


@dataclass
class _Paper:
    """One submission on its way."""

    collected: Collected
    key: Digest
    notebooks: Mapping[str, Repaired | Unreadable | None]
    """By the module's names; none: not handed in."""
    sources: Mapping[str, str]
    """Notebook → the path of the file that is it."""
    remarks: tuple[Remark, ...]
    jobs: tuple[Job, ...] = ()
    ran: dict[str, Ran] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return len(self.ran) == len(self.jobs)


class _Batch:
    """The submissions of one call. The engine asks for jobs in its own threads; all else is done in one."""

    def __init__(
        self,
        module: Module,
        read: Read,
        graded: Graded,
        marking: Marking,
        force: bool,
        progress: Progress,
        stopwatch: Callable[[], float],
    ) -> None:
        self._module = module
        self._masters = {master.name: master for master in module.masters}
        self._digest = module.digest()
        self._read = read
        self._graded = graded
        self._marking = marking
        self._force = force
        self._progress = progress
        self._open: dict[str, _Paper] = {}
        self._not_run: deque[str] = deque()
        """Learners of whose submission nothing can run. Their files are read again: there may be many of them."""
        self._again: list[str] = []
        """Learners whose notebooks run a second time, at the end."""
        self._notes: list[Note] = []
        self._count = self._skipped = self._waiting = 0
        self._lock = threading.Lock()
        self._judged: list[_Judged] = []
        self._stopwatch = stopwatch
        self._written_at = -math.inf

    def jobs(self, learners: Iterable[str]) -> Iterator[Job]:
        """The notebooks to run, one after the other, read as they are asked for."""
        for learner in learners:
            try:
                collected = self._read(learner)
                key = self._key(collected)
                if not self._force and self._is_unchanged(learner, key):
                    self._skip()
                    continue
                paper = self._prepare(collected, key)
            except Exception as error:
                self._fail(learner, error)
                continue
            if paper.jobs:
                self._open[learner] = paper
                yield from paper.jobs
            else:
                self._not_run.append(learner)

    def jobs_again(self) -> Iterator[Job]:
        """The notebooks of submissions that were cut short by something else, perhaps, than their own code."""
        for learner in self._again:
            with self._alone(learner):
                paper = self._read_again(learner)
                self._open[learner] = paper
                yield from paper.jobs

    def take(self, ran: Ran) -> None:
        """What came of one notebook."""
        learner, _, name = ran.key.rpartition("/")
        paper = self._open[learner]
        paper.ran[name] = ran
        if paper.is_done:
            del self._open[learner]
            if learner not in self._again and any(was_cut_short(ran) for ran in paper.ran.values()):
                self._again.append(learner)
            else:
                self._judge_one(learner, lambda: paper)
        self._judge_what_did_not_run()

    def finish(self) -> None:
        """Everything is through the engine."""
        self._judge_what_did_not_run()
        self.write_down()
        for learner in self._open:
            self._fail(
                learner, ServiceFault("not-run", "The engine did not answer for it.", "Grade it again.")
            )

    def write_down(self) -> None:
        """The marks of a few, then their folders, then the records of them."""
        group, self._judged = self._judged, []
        self._written_at = self._stopwatch()
        if not group:
            return
        try:
            self._marking.write([judged.marks for judged in group])
        except ServiceFault:
            raise
        except Exception:
            # One of them is the culprit; the others must not wait for it.
            for judged in group:
                with self._alone(judged.learner):
                    self._marking.write([judged.marks])
                    self._put_in_place(judged)
        else:
            for judged in group:
                with self._alone(judged.learner):
                    self._put_in_place(judged)

    def report(self, seconds: float) -> Report:
        """What came of it all."""
        notes = tuple(sorted(self._notes, key=lambda note: note.learner))
        return Report(self._count, self._skipped, self._waiting, notes, seconds)

    # before the run

    def _key(self, collected: Collected) -> Digest:
        late = self._marking.seconds_late(collected.learner, collected.timestamp)
        return sha256(canonical([self._digest, collected.digest, late]))

    def _is_unchanged(self, learner: str, key: Digest) -> bool:
        record = self._graded.find_record(learner)
        known = record is not None and record.key == key
        return known and self._graded.is_there(learner) and self._marking.is_there(learner)

    def _prepare(self, collected: Collected, key: Digest) -> _Paper:
        there = find_notebooks(collected.notebooks, self._module.masters)
        notebooks: dict[str, Repaired | Unreadable | None] = dict.fromkeys(there.missing)
        if there.doubtful:
            why = next(r for r in there.remarks if r.code == "ambiguous-notebook")
            notebooks |= dict.fromkeys(there.doubtful, Unreadable(why))
        elif not there.files:
            # nbgrader gives nothing for one notebook of several, and stops where there is none at all.
            notebooks |= {
                name: Unreadable(Remark("missing-notebook", f"{name} was not handed in."))
                for name in there.missing
            }
        for name, file in there.files.items():
            notebooks[name] = self._repair(collected.notebooks[file], self._masters[name])
        files = [(p, c) for p, c in collected.files if p not in self._module.files]
        # Prompts show what stands in the notebook's file. It is the one handed in: without hidden tests.
        files += [(f"{name}.ipynb", collected.notebooks[file]) for name, file in there.files.items()]
        jobs = []
        for name, notebook in notebooks.items():
            if isinstance(notebook, Repaired):
                master = self._masters[name]
                try:
                    to_run = with_reliance(steps(notebook, master, *self._module.hidden_tests), master)
                except Exception as error:
                    notebooks[name] = Unreadable(Remark("unexpected", _unexpected(error)))
                    continue
                if to_run:
                    named = f"{collected.learner}/{name}"
                    jobs.append(Job(named, to_run, tuple(files), master.kernel))
        remarks = (*collected.remarks, *there.remarks)
        return _Paper(collected, key, notebooks, there.files, remarks, tuple(jobs))

    def _repair(self, content: bytes, master: MasterNotebook) -> Repaired | Unreadable:
        try:
            return repair(content, master, self._module.upgrade)
        except Exception as error:
            # A flaw of ours, and no reason to lose what somebody wrote: a person can read it.
            return Unreadable(Remark("unexpected", _unexpected(error)))

    def _read_again(self, learner: str) -> _Paper:
        collected = self._read(learner)
        return self._prepare(collected, self._key(collected))

    # after it

    def _judge_what_did_not_run(self) -> None:
        while self._not_run:
            learner = self._not_run.popleft()
            self._judge_one(learner, lambda who=learner: self._read_again(who))  # type: ignore[misc]

    def _judge_one(self, learner: str, get: Callable[[], _Paper]) -> None:
        with self._alone(learner):
            self._judged.append(self._judge(get()))
        # Slow notebooks are written down one by one; quick ones share the time that a disk takes to make sure.
        if len(self._judged) >= _GROUP or self._stopwatch() - self._written_at >= _PAUSE:
            self.write_down()

    def _judge(self, paper: _Paper) -> _Judged:
        learner = paper.collected.learner
        before = self._answers_before(learner)
        outcomes = [self._outcome(paper, m, before.get(m.name, {})) for m in self._module.masters]
        shown = {outcome.name: outcome.notebook for outcome in outcomes}
        folder = self._graded.prepare(
            graded_files(paper.collected, paper.sources, shown, self._masters, self._module.files)
        )
        remarks = (*paper.remarks, *chain.from_iterable(outcome.remarks for outcome in outcomes))
        record = Record(
            learner,
            paper.key,
            tuple(dict.fromkeys(remarks)),
            {outcome.name: outcome.marks.judged for outcome in outcomes},
            {o.name: {g.grade_id: g for g in o.marks.grades} for o in outcomes},
            sum(ran.seconds for ran in paper.ran.values()),
        )
        marks = Marks(learner, paper.collected.timestamp, tuple(o.marks for o in outcomes))
        trouble = tuple(chain.from_iterable(outcome.trouble for outcome in outcomes))
        mends = tuple(chain.from_iterable(outcome.mends for outcome in outcomes))
        needs_person = any(outcome.remarks for outcome in outcomes)
        return _Judged(marks, folder, record, note_on(learner, needs_person, remarks, trouble, mends))

    def _put_in_place(self, judged: _Judged) -> None:
        self._graded.place(judged.folder, judged.learner)
        self._graded.keep(judged.record)
        self._count += 1
        self._waiting += any(g.waiting for n in judged.marks.notebooks for g in n.grades)
        if judged.note is not None:
            self._notes.append(judged.note)
        self._progress.advance()

    @contextmanager
    def _alone(self, learner: str) -> Iterator[None]:
        """What goes wrong in here is this learner's; unless nobody's work can be written down."""
        try:
            yield
        except (ServiceFault, MemoryError):
            raise
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise NotNow(
                    "no-room",
                    f"Graded work cannot be written down: {error.strerror}.",
                    "What is graded so far is kept. Make room, then run the same again.",
                ) from error
            self._fail(learner, error)
        except Exception as error:
            self._fail(learner, error)

    def _answers_before(self, learner: str) -> Mapping[str, Mapping[str, Digest]]:
        """What was judged the last time: by our record, or else by the notebooks that nbgrader has left."""
        record = self._graded.find_record(learner)
        if record is not None:
            return record.answers
        if not self._marking.is_there(learner):
            return {}
        found = {}
        for name, master in self._masters.items():
            content = self._graded.find_notebook(learner, name)
            notebook = self._repair(content, master) if content is not None else None
            if isinstance(notebook, Repaired):
                found[name] = scoring.judged(notebook, master)
        return found

    def _outcome(self, paper: _Paper, master: MasterNotebook, before: Mapping[str, Digest]) -> _Outcome:
        notebook, ran = paper.notebooks[master.name], paper.ran.get(master.name)
        if notebook is None:
            marks = NotebookMarks(master.name, scoring.score_missing(master), missing=True)
            return _Outcome(marks, None)
        if isinstance(notebook, Repaired):
            try:
                return self._judge_readable(notebook, ran, master, before)
            except Exception as error:
                notebook = Unreadable(Remark("unexpected", _unexpected(error)))
        grades = scoring.score_unreadable(master, notebook.remark)
        source = paper.sources.get(master.name)
        digest = sha256(paper.collected.notebooks[source]) if source else paper.collected.digest
        answers = {grade.grade_id: digest for grade in grades}
        marks = NotebookMarks(master.name, grades, {}, answers, before)
        return _Outcome(marks, notebook, (notebook.remark,))

    def _judge_readable(
        self, notebook: Repaired, ran: Ran | None, master: MasterNotebook, before: Mapping[str, Digest]
    ) -> _Outcome:
        if ran is not None:
            ran = replace(ran, alarms=(*ran.alarms, *suspicions_in(notebook, master)))
        grades = scoring.score(notebook, master, ran)
        answers = scoring.judged(notebook, master)
        marks = NotebookMarks(master.name, grades, scoring.comments(notebook, master), answers, before)
        alarms, trouble = (ran.alarms, ran.trouble) if ran is not None else ((), ())
        odd = tuple(grade.remark for grade in grades if grade.remark is not None)
        remarks = (*alarms, *(remark for remark in odd if remark not in alarms))
        return _Outcome(marks, with_outputs(notebook, ran), remarks, trouble, notebook.remarks)

    # what is not graded

    def _skip(self) -> None:
        with self._lock:
            self._skipped += 1
        self._progress.advance()

    def _fail(self, learner: str, error: Exception) -> None:
        """This submission cannot be graded now; the others can."""
        if isinstance(error, CoursekitError):
            remark = Remark(error.code, f"{error.detail} {error.next_step}")
        else:
            remark = Remark("unexpected", _unexpected(error))
        with self._lock:
            self._notes.append(Note(learner, Kind.FAILED, (remark,)))
        self._progress.advance()


@dataclass(frozen=True)
class _Judged:
    """One submission, ready to be written down."""

    marks: Marks
    folder: str
    """Prepared, out of sight."""
    record: Record
    note: Note | None

    @property
    def learner(self) -> str:
        return self.marks.learner


@dataclass(frozen=True)
class _Outcome:
    """What became of one notebook."""

    marks: NotebookMarks
    notebook: Mapping[str, Any] | Unreadable | None
    """As it is to be shown."""
    remarks: tuple[Remark, ...] = ()
    """Why a person must look."""
    trouble: tuple[Remark, ...] = ()
    mends: tuple[Remark, ...] = ()

    @property
    def name(self) -> str:
        return self.marks.name


def _unexpected(error: Exception) -> str:
    """Without what the error says: it may quote anything."""
    return f"Grading failed at it ({type(error).__name__}); that is a flaw of coursekit. Please report it."
