"""The learner's verbs on their own side: take a module home, keep it up to date, hand it in, take feedback home."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from coursekit.model.errors import BadInput, Conflict, CoursekitError, NotFound, ServiceFault
from coursekit.model.ids import Digest, PromptId, ReleaseNumber
from coursekit.model.origin import Origin
from coursekit.model.outcome import Refused
from coursekit.model.submission import sha256
from coursekit.policy.arrival import PROMPTS, Folder, Plan, mergeable, plan_update
from coursekit.ports import Workbook
from coursekit.wire.api import (
    FeedbackShape,
    Fetched,
    FileShape,
    Path,
    RevealShape,
    SubmitRequest,
    Submitted,
)
from coursekit.wire.receipts import cell_from_shape, receipt_from_shape

Files = Sequence[tuple[str, bytes]]


class Takes(Protocol):
    """What these verbs need of the exchange."""

    def path(self, course: str) -> Path: ...
    def fetch(self, course: str, module: str, release: int | None = None) -> Fetched: ...
    def submit(
        self, course: str, module: str, request: SubmitRequest, key: str | None = None
    ) -> Submitted: ...
    def new_key(self) -> str | None: ...
    def reveal(self, course: str, module: str, prompt: str) -> RevealShape: ...
    def my_feedback(self, course: str, module: str) -> list[FeedbackShape]: ...


@dataclass(frozen=True)
class HandedIn:
    """The exchange's answer, and what the learner should know besides."""

    answer: Submitted
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class FeedbackFolder:
    """One feedback: the submission's time, which names its folder, and the files."""

    submitted_at: datetime
    files: Files


class Home(Protocol):
    """A learner's folder, as far as an update needs it."""

    def find_origin(self) -> Origin | None:
        """Where the folder came from; none in an author's own."""

    def alone(self) -> AbstractContextManager[None]:
        """One writer at a time."""

    def look(self) -> Folder:
        """What stands there."""

    def read(self, path: str) -> bytes:
        """A file's content."""

    def change(self, plan: Plan, here: Folder, release: ReleaseNumber) -> str:
        """Keep a copy, then carry the plan out; where the copy is, relative to the folder."""


@dataclass(frozen=True)
class Updated:
    """A release that moved into a folder."""

    before: ReleaseNumber
    release: ReleaseNumber
    plan: Plan
    copy: str
    """What stood there before; a folder, relative to the module's."""


def fetch(
    exchange: Takes,
    course: str,
    module: str,
    keep: Callable[[ReleaseNumber, Files], None],
    again: ReleaseNumber | None = None,
) -> ReleaseNumber:
    """Get an open module's files and `keep` them: the newest release, or one that was fetched before, `again`.

    Raises Locked, with nothing written.
    """
    fetched = exchange.fetch(course, module, again)
    release = ReleaseNumber(fetched.release)
    keep(release, list(_files(fetched).items()))
    return release


def newest_release(exchange: Takes, course: str, module: str) -> tuple[int | None, int | None]:
    """The newest release of a module and the newest that the learner has, as the exchange knows them."""
    step = next((s for s in exchange.path(course).steps if s.module == module), None)
    return (step.release, step.fetched_release) if step is not None else (None, None)


def update(exchange: Takes, home: Home, course: str, module: str) -> tuple[Updated, ...]:
    """Bring the newest release into a folder, and the learner's work into it; empty when nothing is new.

    Two updates are made when an earlier one was cut short and there is a newer release by now. Raises Locked,
    BadInput and Conflict, and whatever was there is there or in the copy that is kept.
    """
    origin = _origin(home, course, module)
    if origin.arriving is None and newest_release(exchange, course, module)[0] in (None, origin.release):
        return ()
    done = []
    if origin.arriving is not None:
        # Else the files that have arrived already would pass for the learner's.
        done.append(_move_in(exchange, home, origin, exchange.fetch(course, module, origin.arriving)))
        origin = _origin(home, course, module)
        if newest_release(exchange, course, module)[0] in (None, origin.release):
            return tuple(done)
    # The base before the newest: to fetch the newest is noted as the learner's having it.
    base = _base(exchange, origin)
    done.append(_move_in(exchange, home, origin, exchange.fetch(course, module), base))
    return tuple(done)


@dataclass(frozen=True)
class Work:
    """A folder as it was read, once: what is handed in, and the answers that stand in exactly that."""

    files: Mapping[str, bytes]
    answers: Mapping[str, Mapping[str, Any]]
    """By prompt."""
    warnings: tuple[str, ...]
    """A sentence for each answer that cannot be read."""


def hand_in(
    exchange: Takes,
    workbook: Workbook,
    use_this: bool = False,
    check: Callable[[Work], None] = lambda work: None,
) -> HandedIn:
    """Hand the folder in, with every answer in it, and keep the receipts beside the notebook.

    An answer that cannot be read does not hold the rest up: the files go in as they are, and the warning says
    which answer was not sealed. With `use_this` it counts even if it is late and an earlier one was in time.
    `check` sees what would be sent, and nothing is sent when it raises.
    Raises Locked, BadInput, TooLarge and Unreachable, with nothing handed in.
    """
    work = read_work(workbook)
    check(work)
    warnings = list(work.warnings)
    responses = {prompt: dict(response) for prompt, response in work.answers.items()}
    request = SubmitRequest(
        files=[FileShape.of(path, content) for path, content in work.files.items()],
        responses=responses,
        release=workbook.release,
        use_this=use_this,
    )
    key = exchange.new_key()
    if key is not None:
        # Whoever was cut off, or whose computer went down, sends under the same key again. Else the first try, late
        # on its way, could arrive after a newer version and pass for the newest.
        key = workbook.begin_sending(_digest(request), key)
    answer = exchange.submit(workbook.course, workbook.module, request, key)
    # Handed in it is. What follows is for convenience, and its failure must not look like the submission's.
    try:
        workbook.keep_submission(receipt_from_shape(answer.receipt))
        for shape in answer.commitments:
            reveal = exchange.reveal(workbook.course, workbook.module, shape.subject)
            workbook.keep_commitment(
                PromptId(shape.subject),
                responses[shape.subject],
                receipt_from_shape(shape),
                [cell_from_shape(cell) for cell in reveal.cells],
                [(file.path, file.content) for file in reveal.files],
            )
        workbook.end_sending()
    except (CoursekitError, OSError) as error:
        warnings.append(f"It is handed in, but the receipts could not all be kept in the folder: {error}")
    return HandedIn(answer, tuple(warnings))


def _digest(request: SubmitRequest) -> Digest:
    work = [(file.path, file.sha256) for file in request.files]
    asked = repr((work, request.responses, request.release, request.use_this))
    # Half an emoji has no bytes; the exchange's word on it comes later, and is kinder.
    return sha256(asked.encode("utf-8", "surrogatepass"))


def feedback(exchange: Takes, course: str, module: str) -> list[FeedbackFolder]:
    """All feedback on a module, newest last."""
    return [
        FeedbackFolder(f.submitted_at or f.at, [(file.path, file.content) for file in f.files])
        for f in exchange.my_feedback(course, module)
    ]


def _origin(home: Home, course: str, module: str) -> Origin:
    origin = home.find_origin()
    if origin is None or origin.release is None:
        raise BadInput(
            "not-fetched",
            "This folder was not fetched from the exchange, so there is no release to update.",
            f"To work on the module, fetch it into another folder: coursekit fetch {course} {module} --to NEW.",
        )
    if (origin.course, origin.module) != (course, module):
        raise Conflict(
            "other-module",
            f"This folder has {origin.module} of {origin.course} in it.",
            f"Name the folder of {module}, or run: coursekit update {origin.course} {origin.module}.",
        )
    return origin


def _base(exchange: Takes, origin: Origin) -> dict[str, bytes]:
    """The files of the release that the folder came from. Raises Conflict when they are not to be had."""
    start_anew = "rename the folder to keep your work, fetch the module again, and copy your answers over."
    try:
        base = _files(exchange.fetch(origin.course, origin.module, origin.release))
    except NotFound as error:
        raise Conflict(
            "no-such-base",
            f"The exchange cannot give you release {origin.release} of {origin.module} again, and without it "
            "your words cannot be told from the author's.",
            f"Nothing was changed. To get on: {start_anew}",
        ) from error
    for path, content in base.items():
        # These two nobody but an update replaces, so they prove where the folder came from.
        known = origin.files.get(path) if path == PROMPTS or path.endswith(".ipynb") else None
        if known is not None and known != sha256(content):
            raise Conflict(
                "other-exchange",
                f"This folder came from another exchange ({origin.service}), whose release {origin.release} "
                "is not this one's.",
                f"Sign in to that exchange, then update. Or: {start_anew}",
            )
    return base


def _move_in(
    exchange: Takes, home: Home, origin: Origin, fetched: Fetched, base: dict[str, bytes] | None = None
) -> Updated:
    assert origin.release is not None
    theirs, release = _files(fetched), ReleaseNumber(fetched.release)
    base = _base(exchange, origin) if base is None else base
    with home.alone():
        here = home.look()
        notebooks = {path: home.read(path) for path in mergeable(base, theirs, here)}
        plan = plan_update(base, theirs, here, notebooks, origin.files, release)
        if isinstance(plan, Refused):
            raise Conflict.of(plan)
        return Updated(origin.release, release, plan, home.change(plan, here, release))


def _files(fetched: Fetched) -> dict[str, bytes]:
    """The files by path. Raises ServiceFault when one is not as it was sent."""
    for file in fetched.files:
        if sha256(file.content) != file.sha256:
            raise ServiceFault(
                "damaged-file",
                f"{file.path} was damaged on its way here.",
                "Nothing was written. Try again; if it happens twice, tell the course's staff.",
            )
    return {file.path: file.content for file in fetched.files}


def read_work(workbook: Workbook) -> Work:
    """The folder as it stands. The files are read once, and the answers out of those very bytes."""
    files = dict(workbook.files_to_submit())
    responses: dict[str, dict[str, Any]] = {}
    warnings = []
    for prompt in workbook.prompts:
        try:
            response = workbook.find_response(prompt.id, files)
        except CoursekitError as error:
            warnings.append(f"The answer to “{prompt.title}” was not sealed: {error.detail}")
            continue
        if response is not None:
            responses[prompt.id] = dict(response)
    return Work(files, responses, tuple(warnings))
