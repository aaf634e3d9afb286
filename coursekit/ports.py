"""The sockets: what the services need of the outside world. Each has a plug in `store` or `engine`, and a twin in
`store/memory.py` that the same tests run on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from coursekit.model.course import Course
from coursekit.model.deadline import Extension, HandedIn
from coursekit.model.event import Event
from coursekit.model.grading import Job, Ran
from coursekit.model.ids import (
    CourseId,
    Digest,
    ModuleId,
    PromptId,
    ReleaseNumber,
    SubmissionId,
    UserId,
)
from coursekit.model.people import Identity, Member, Record, Role, Tally
from coursekit.model.prompt import Prompt, Response
from coursekit.model.recorded import Recorded
from coursekit.model.reflection import Basis, Opinion
from coursekit.model.submission import (
    Commitment,
    Feedback,
    Receipt,
    Release,
    Reply,
    RevealedCell,
    Submission,
)

Clock = Callable[[], datetime]
"""The moment, aware, in UTC."""


class Blobs(Protocol):
    """Bytes kept under their own digest."""

    def put(self, content: bytes) -> Digest:
        """Keep the bytes durably; return once they would survive a power cut."""

    def get(self, digest: Digest) -> bytes:
        """The bytes. Raises ServiceFault when they are gone or damaged."""

    def check(self) -> None:
        """Whether bytes can be kept just now: a place that can be written to, with room. Raises ServiceFault."""


class Tokens(Protocol):
    """Tells who a bearer token belongs to."""

    async def identify(self, token: str, fresh: bool) -> Identity:
        """Its owner. `fresh` asks anew instead of remembering: for whatever changes something.

        Raises Unauthenticated, Forbidden when the token may not be used here, Unreachable when nobody can say.
        """


class SigningKey(Protocol):
    """One key of the exchange's."""

    @property
    def key_id(self) -> str:
        """Names the public key."""

    def sign(self, message: bytes) -> str:
        """An Ed25519 signature in base64."""


class Signer(Protocol):
    """Signs receipts with the exchange's own keys."""

    def pick(self) -> SigningKey:
        """The key that signs now. A rotation may come at any moment: take id and signature from this one."""


class Deed(Protocol):
    """One transaction on the ledger: all of it happens, or none. Finders give none where there is nothing."""

    # the course and its people
    def find_course(self, course: CourseId) -> Course | None: ...
    def put_course(self, course: Course) -> None: ...
    def find_member(self, course: CourseId, user: UserId) -> Member | None: ...
    def put_member(self, member: Member) -> None: ...
    def remove_member(self, course: CourseId, user: UserId) -> None:
        """Out of the roster; all that they did stays."""

    def members(self, course: CourseId) -> Sequence[Member]: ...
    def courses_of(self, user: UserId) -> Sequence[tuple[CourseId, Role]]: ...

    # releases
    def add_release(self, release: Release) -> None: ...
    def find_release(
        self, course: CourseId, module: ModuleId, number: ReleaseNumber | None = None
    ) -> Release | None:
        """That release, or without a number the newest."""

    def find_releases(
        self, course: CourseId, numbers: Mapping[ModuleId, ReleaseNumber]
    ) -> Mapping[ModuleId, Release]:
        """Those releases, in at most one statement; a module whose release is not there is left out."""

    def released_modules(self, course: CourseId) -> Mapping[ModuleId, ReleaseNumber]:
        """The newest release of each module that has one."""

    def note_fetch(
        self, course: CourseId, module: ModuleId, learner: UserId, release: ReleaseNumber, at: datetime
    ) -> None: ...
    def fetched(self, course: CourseId, module: ModuleId, learner: UserId) -> Sequence[ReleaseNumber]:
        """The releases this learner holds, oldest first."""

    # commitments and submissions
    def add_commitment(self, commitment: Commitment, receipt: Receipt) -> None: ...
    def commitments(
        self, course: CourseId, module: ModuleId, learner: UserId
    ) -> Sequence[tuple[Commitment, Receipt]]:
        """First commitments and revisions, oldest first."""

    def find_commitment(
        self, course: CourseId, module: ModuleId, learner: UserId, prompt: PromptId
    ) -> tuple[Commitment, Receipt] | None:
        """The first commitment of that prompt."""

    def first_responses(
        self, course: CourseId, module: ModuleId, prompt: PromptId, limit: int
    ) -> Sequence[tuple[UserId, Response]]:
        """First commitments of a prompt, oldest first; at most `limit` of them."""

    def count_first_responses(self, course: CourseId, module: ModuleId, prompt: PromptId) -> int: ...
    def first_responses_since(
        self, course: CourseId, module: ModuleId, prompt: PromptId, since: datetime | None, limit: int
    ) -> Sequence[tuple[UserId, Response, datetime]]:
        """The same from that moment on, itself included, with the moments."""

    def sealed(
        self, course: CourseId, module: ModuleId, learners: Collection[UserId]
    ) -> Mapping[UserId, Mapping[PromptId, Response]]:
        """First commitments of these learners; who has none is left out."""

    def note_complete(
        self, course: CourseId, module: ModuleId, learner: UserId, release: ReleaseNumber, at: datetime
    ) -> None:
        """All required prompts of that release are committed; from now on and for ever."""

    def add_submission(self, submission: Submission, receipt: Receipt, to_check: bool = False) -> None:
        """`to_check`: there are written answers in it for the checks."""

    def find_submission(self, submission: SubmissionId) -> tuple[Submission, Receipt] | None: ...
    def find_submissions(
        self, submissions: Collection[SubmissionId]
    ) -> Mapping[SubmissionId, tuple[Submission, Receipt]]: ...
    def submissions(
        self, course: CourseId, module: ModuleId, learner: UserId | None = None
    ) -> Sequence[tuple[Submission, Receipt]]:
        """One learner's, or everybody's; oldest first."""

    def submission_page(
        self, course: CourseId, module: ModuleId, after: int, limit: int
    ) -> Sequence[tuple[int, Submission]]:
        """Everybody's, oldest first, from beyond that number on; each with its own number."""

    def handed_in(
        self, course: CourseId, module: ModuleId | None = None, learners: Collection[UserId] | None = None
    ) -> Sequence[HandedIn]:
        """What lists need of submissions, oldest first."""

    def stored_bytes(self, course: CourseId, learner: UserId) -> int:
        """The sum of all files that a learner handed in."""

    def add_withdrawal(self, submission: Submission, by: UserId, reason: str, at: datetime) -> None:
        """It counts no longer; it stays as it is."""

    def add_choice(
        self, course: CourseId, module: ModuleId, learner: UserId, submission: SubmissionId, at: datetime
    ) -> None:
        """The learner says which of their hand-ins counts; the newest word holds."""

    def choices(
        self, course: CourseId, module: ModuleId | None = None, learner: UserId | None = None
    ) -> Mapping[tuple[UserId, ModuleId], SubmissionId]: ...

    def find_reply(self, course: CourseId, learner: UserId, key: str) -> Reply | None: ...
    def add_reply(self, reply: Reply) -> None: ...

    def last_receipt(self, course: CourseId, learner: UserId) -> Receipt | None: ...

    # staff's side
    def put_feedback(self, feedback: Feedback) -> None: ...
    def feedback(
        self, course: CourseId, module: ModuleId, learner: UserId | None = None
    ) -> Sequence[Feedback]:
        """All that was released on this module, to one learner or to everybody; newest last."""

    def judged(
        self, course: CourseId, module: ModuleId, learners: Collection[UserId] | None = None
    ) -> frozenset[SubmissionId]:
        """The submissions on which feedback was released."""

    def add_extension(self, extension: Extension) -> None: ...
    def extensions(
        self, course: CourseId, module: ModuleId | None = None, learner: UserId | None = None
    ) -> Sequence[Extension]:
        """Oldest first."""

    def add_opening(
        self, course: CourseId, module: ModuleId, learner: UserId, waived: bool, reason: str, at: datetime
    ) -> None:
        """Open from now on, whatever the gate says: by staff (waived), or kept open under an edit."""

    def add_event(self, event: Event) -> None: ...
    def events(
        self, course: CourseId, after: int = 0, limit: int | None = None
    ) -> Sequence[tuple[int, Event]]:
        """The audit log, oldest first, from beyond that number on; each with its own number."""

    # the checks of written answers
    def has_checks(self) -> bool:
        """Whether any release of any course came with something to check by."""

    def is_to_check(self, submission: SubmissionId) -> bool:
        """Whether there were written answers in it for the checks when it came."""

    def unchecked(self, after: int, limit: int) -> Sequence[tuple[int, Submission]]:
        """Of all courses: what is to be checked and was not yet, oldest first, from beyond that number on."""

    def last_submission(self) -> int:
        """The highest number that a submission has; 0 while there is none."""

    def add_recorded(self, line: Recorded) -> None:
        """The next line of a module's record. A line with a submission is kept once for each prompt and kind."""

    def last_recorded(self, course: CourseId, module: ModuleId) -> Recorded | None: ...
    def recorded(
        self,
        course: CourseId,
        module: ModuleId,
        kind: str | None = None,
        submission: SubmissionId | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> Sequence[Recorded]:
        """A module's record, oldest first, from beyond that number on."""

    # what the gate asks about
    def record(self, course: CourseId, learner: UserId) -> Record: ...
    def standing(self, course: CourseId, learner: UserId) -> tuple[Record, Mapping[ModuleId, Tally]]:
        """What the gate asks about and what the path counts, in one statement."""

    def records(self, course: CourseId) -> Mapping[UserId, Record]:
        """Every member's, in a fixed number of statements."""


class Ledger(Protocol):
    """The book of deeds."""

    def read(self) -> AbstractContextManager[Deed]:
        """A consistent look; nothing can be written."""

    def write(self, course: CourseId, learner: UserId | None = None) -> AbstractContextManager[Deed]:
        """One writer at a time for this learner, or without one for the whole course.

        Committed durably when the block has ended, undone by an exception. A time that is read within the block
        is in the order of the writers.
        """

    def check(self) -> None:
        """Whether it can be written to, with the tables as they must be. Raises ServiceFault."""


class SecondOpinion(Protocol):
    """A language model of somebody else's, asked over the network. Optional, and off."""

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> Digest:
        """Of the model's name and of the instructions it is given."""

    def ask(self, basis: Basis, text: str) -> Opinion | None:
        """What it makes of an answer; none when it gave nothing that can be used. Raises Unreachable."""


class Runner(Protocol):
    """Executes a notebook from top to bottom."""

    def run(
        self,
        notebook: Mapping[str, object],
        parameters: Mapping[str, object],
        folder: str,
        *,
        keep_going: bool = False,
    ) -> dict[str, object]:
        """The executed notebook, as nbformat JSON. Raises CellFailed (a BadInput) when a cell fails.

        `keep_going`: errors stay among the outputs, and the next cell is run.
        """


class Engine(Protocol):
    """Runs notebooks of strangers."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Ran]:
        """What came of each, as they finish: in any order, each key once. A notebook's own failures are in its Ran.

        Raises ServiceFault when nothing can be run at all.
        """


class Progress(Protocol):
    """Whatever shows people that long work is under way."""

    def advance(self, steps: int = 1) -> None: ...


class Workbook(Protocol):
    """A module's folder on the learner's side: the notebook, the answers, and what was revealed."""

    @property
    def course(self) -> CourseId: ...
    @property
    def module(self) -> ModuleId: ...
    @property
    def title(self) -> str: ...
    @property
    def prompts(self) -> Sequence[Prompt]:
        """In the notebook's order."""

    @property
    def release(self) -> ReleaseNumber | None:
        """The release this folder was fetched from; none in an author's own folder."""

    def get_prompt(self, prompt: PromptId) -> Prompt:
        """Raises NotFound, naming the prompts there are."""

    def find_response(self, prompt: PromptId, among: Mapping[str, bytes] | None = None) -> Response | None:
        """What stands in the notebook file (reflection, analysis) or in responses.json; none when untouched.

        `among`: what `files_to_submit` gave a moment ago, to be read in the place of the disk.
        """

    def save_response(self, prompt: PromptId, response: Response) -> None:
        """Keep a form's answer in responses.json, at once and whole."""

    def find_commitment(self, prompt: PromptId) -> tuple[Response, Receipt] | None:
        """What was sealed, and its receipt."""

    def keep_commitment(
        self,
        prompt: PromptId,
        response: Response,
        receipt: Receipt,
        reveal: Sequence[RevealedCell],
        files: Sequence[tuple[str, bytes]],
    ) -> None:
        """Keep the receipt and the reveal beside the notebook, and put the revealed files in their places."""

    def find_reveal(self, prompt: PromptId) -> Sequence[RevealedCell] | None:
        """What the commitment opened; none before it."""

    def files_to_submit(self) -> Sequence[tuple[str, bytes]]:
        """The notebook, responses.json and whatever the learner added or changed; path and content."""

    def keep_submission(self, receipt: Receipt) -> None:
        """Keep the receipt beside the notebook."""

    def begin_sending(self, what: Digest, key: str) -> str:
        """The key under which to hand in what has this digest: the one of an earlier try that never heard back,
        or else this one, which is remembered."""

    def end_sending(self) -> None:
        """All that came back is kept."""

    def keep_revision(self, receipt: Receipt) -> None:
        """Keep a revision's receipt; without it the chain of receipts would have a gap."""

    def find_revisions(self, prompt: PromptId) -> Sequence[Receipt]:
        """The receipts of that prompt's revisions, oldest first."""
