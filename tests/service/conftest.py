"""A real exchange on this machine's loopback, with a clock that the test sets; and what people do with it."""

from __future__ import annotations

import base64
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import event, func, select

from coursekit.client import ExchangeClient
from coursekit.model.course import Course, Module
from coursekit.model.ids import CourseId, ModuleId, UserId
from coursekit.model.rubric import Criterion, Detector, Rubric
from coursekit.model.submission import sha256
from coursekit.policy.uploads import Limits
from coursekit.ports import Tokens
from coursekit.services import enrol
from coursekit.store import tables
from coursekit.web.app import create_app
from coursekit.web.doorstep import Doors
from coursekit.wire.api import (
    API,
    CellShape,
    FeedbackUpload,
    FileShape,
    MemberShape,
    ReleaseUpload,
    SealedShape,
    SubmitRequest,
)
from coursekit.wire.checks import checks_file
from coursekit.wire.course import CourseShape
from coursekit.wire.prompts import prompt_from_json
from coursekit.wiring.exchange import OPERATOR, Embedded, open_exchange
from coursekit.wiring.settings import Storage

START = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
LIMITS = Limits(files=20, file_size=64 * 1024, total_size=160 * 1024)
COURSE = "lamps"


@dataclass
class SetClock:
    """Stands where the test put it, but for a microsecond with every look, so that no two moments are one."""

    moment: datetime = START
    _lock: Any = field(default_factory=threading.Lock)

    def __call__(self) -> datetime:
        with self._lock:
            self.moment += timedelta(microseconds=1)
            return self.moment

    def advance(self, **by: float) -> None:
        with self._lock:
            self.moment += timedelta(**by)


@dataclass
class House:
    """The running exchange, and ways to talk to it."""

    url: str
    embedded: Embedded
    clock: SetClock
    data: Path
    clients: dict[str, ExchangeClient] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    line: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    # who is talking

    def token(self, name: str, valid: timedelta = timedelta(days=36500)) -> str:
        return self.embedded.tokens.issue(UserId(name), self.clock(), valid)

    def as_user(self, name: str) -> ExchangeClient:
        if name not in self.clients:
            self.clients[name] = ExchangeClient(self.url, self.token(name), timeout=30)
        return self.clients[name]

    def raw(
        self,
        method: str,
        path: str,
        name: str | None = None,
        *,
        token: str | None = None,
        body: Any = None,
        content: bytes | Iterator[bytes] | None = None,
    ) -> httpx.Response:
        """A request as anybody could make it, with nothing of ours in between."""
        # One id for all: whatever else tells two answers apart is then a difference that anybody could see.
        headers = {"Content-Type": "application/json", "X-Request-ID": "a-test-asks"}
        if name is not None or token is not None:
            headers["Authorization"] = f"Bearer {token if token is not None else self.token(name or '')}"
        if body is not None:
            content = json.dumps(body).encode()
        return self.line.request(method, self.url + API + path, headers=headers, content=content)

    def enrol(self, course: str = COURSE, **people: str) -> None:
        """`enrol(maria="learner")`."""
        shapes = [MemberShape.model_validate({"user": u, "role": r}) for u, r in people.items()]
        enrol.put_members(self.embedded.exchange, OPERATOR, CourseId(course), shapes)

    # what is kept

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.embedded.ledger.engine.connect() as db:
            return {
                table.name: db.scalar(select(func.count()).select_from(table)) or 0
                for table in tables.metadata.sorted_tables
            }

    def blobs(self) -> set[str]:
        """The names of all kept files, unfinished ones included."""
        return {p.name for p in (self.data / "blobs").rglob("*") if p.is_file()}

    def kept(self) -> tuple[dict[str, int], set[str]]:
        """All that a refused request must leave as it was."""
        return self.rows(), self.blobs()

    def state(self) -> tuple[list[Any], set[str]]:
        """All that is kept, to the last column."""
        with self.embedded.ledger.engine.connect() as db:
            return [
                [tuple(r) for r in db.execute(select(t))] for t in tables.metadata.sorted_tables
            ], self.blobs()

    def remember(self) -> sqlite3.Connection:
        """The ledger as it is now (SQLite)."""
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self.data / "ledger.sqlite")) as now:
            now.backup(kept)
        return kept

    def restore(self, kept: sqlite3.Connection) -> None:
        """The ledger as it was then; blobs without an owner stay."""
        with closing(sqlite3.connect(self.data / "ledger.sqlite")) as now:
            kept.backup(now)
        self.embedded.ledger._parsed.forget()


@contextmanager
def running(
    data: Path,
    limits: Limits = LIMITS,
    doors: Doors | None = None,
    tokens: Callable[[Embedded], Tokens] | None = None,
    database: str | None = None,
) -> Iterator[House]:
    """An exchange on a port of its own, until the end of the block."""
    clock = SetClock()
    embedded = open_exchange(Storage(data, database, "folder", data / "keys"), clock, limits)
    if database is None:
        _hurry(embedded)
    whose = tokens(embedded) if tokens else embedded.tokens
    app = create_app(embedded.exchange, whose, embedded.public_keys, doors)
    # Named TCP: asyncio goes by that, and would let each answer wait 40 ms for company otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        assert time.monotonic() < end, "the service did not start in time"
        time.sleep(0.002)
    house = House(f"http://127.0.0.1:{listener.getsockname()[1]}", embedded, clock, data)
    try:
        yield house
    finally:
        for client in (house.line, *house.clients.values()):
            client.close()
        server.should_exit = True
        thread.join(20)
        listener.close()
        embedded.ledger.close()


def _hurry(embedded: Embedded) -> None:
    # A test need not survive a power cut; waiting for the disk would take most of its time.
    engine = embedded.ledger.engine
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An exchange that nobody has used yet."""
    with running(tmp_path / "exchange") as opened:
        yield opened


@pytest.fixture(scope="session")
def run_house() -> Callable[..., AbstractContextManager[House]]:
    """For a test that sets limits or doors of its own."""
    return running


@pytest.fixture
def another_house(tmp_path: Path) -> Iterator[House]:
    """A second exchange, with keys of its own."""
    with running(tmp_path / "another") as opened:
        yield opened


# what people bring along


class Make:
    """Courses, releases, answers and hand-ins, as short as a test can say them."""

    start = START
    limits = LIMITS
    course_id = COURSE
    enough = "I would look at the second table before I decide anything."

    @staticmethod
    def module(name: str, **changes: Any) -> dict[str, Any]:
        return {"id": name, "title": name.capitalize(), **changes}

    @staticmethod
    def course(*modules: Mapping[str, Any], name: str = COURSE, **changes: Any) -> CourseShape:
        whole = {"id": name, "title": "Lamps", "time_zone": "Europe/Berlin", "modules": modules}
        return CourseShape.model_validate(whole | changes)

    @staticmethod
    def prompt(name: str, **changes: Any) -> dict[str, Any]:
        return {"id": name, "kind": "reflection", "title": f"Prompt {name}", "min_words": 5, **changes}

    @staticmethod
    def file(path: str, content: bytes | str = b"something") -> FileShape:
        return FileShape.of(path, content.encode() if isinstance(content, str) else content)

    @staticmethod
    def cell(source: str = "", cell_type: str = "markdown", **metadata: Any) -> dict[str, Any]:
        return {"cell_type": cell_type, "id": "c1", "metadata": metadata, "source": source}

    @classmethod
    def notebook(cls, *cells: Mapping[str, Any]) -> bytes:
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()

    @classmethod
    def upload(
        cls,
        module: str,
        prompts: Sequence[Mapping[str, Any]] | None = None,
        reveals: Sequence[SealedShape] | None = None,
        files: Sequence[FileShape] | None = None,
        note: str = "",
        checks: bytes | None = None,
    ) -> ReleaseUpload:
        """A release: two prompts, a reveal after p1 with text and a file; canaries in all of them."""
        asked = [cls.prompt("p1"), cls.prompt("p2")] if prompts is None else list(prompts)
        if reveals is None:
            reveals = [
                SealedShape(
                    after=str(p["id"]),
                    cells=[
                        CellShape(
                            cell_id=f"r-{p['id']}",
                            cell_type="markdown",
                            source=f"CANARY-REVEAL-{module}-{p['id']}",
                        )
                    ],
                    files=[cls.file(f"{p['id']}.csv", f"CANARY-SEALED-{module}-{p['id']}")],
                )
                for p in asked[:1]
            ]
        if files is None:
            story = cls.notebook(cls.cell(f"CANARY-FILE-{module} {note}"))
            files = [cls.file(f"{module}.ipynb", story), cls.file("exhibits/rooms.csv", "room,lamp\n1,on\n")]
        prompts = [dict(p) for p in asked]
        return ReleaseUpload(files=list(files), prompts=prompts, reveals=list(reveals), checks=checks)

    rubric = Rubric(
        "view",
        "A view",
        (
            Criterion(
                "fact",
                "Cites a fact from the story.",
                {0: "CANARY-CHECKS no fact", 1: "a fact"},
                ("lamp", "nine hours", "table"),
                "You brought in a fact.",
                "Point to one fact from the story.",
                Detector.TERMS,
            ),
            Criterion(
                "step",
                "Says what to do next.",
                {0: "nothing", 1: "a step"},
                (),
                "You said what you will do.",
                "Say one thing that you will do.",
                Detector.INTENTION,
            ),
            Criterion("depth", "Thinks it over.", {0: "no", 1: "yes"}),
        ),
        private_phrases=("CANARY-CHECKS as the model answer says",),
    )

    @classmethod
    def checks(cls, module: str, *prompts: str, rubric: Rubric | None = None) -> bytes:
        """A checks.json: each of these prompts is read by one rubric."""
        asked = [prompt_from_json(cls.prompt(p, rubric="view")) for p in prompts or ("p1", "p2")]
        course = Course(CourseId(COURSE), "Lamps", "UTC", ())
        story = [
            "CANARY-CHECKS A lamp burned all night in an empty school, for nine hours and a half in all."
        ]
        rubrics = {"view": rubric or cls.rubric}
        return checks_file(course, Module(ModuleId(module), module), asked, rubrics, story)

    @classmethod
    def answer(cls, text: str | None = None) -> dict[str, Any]:
        return {"text": cls.enough if text is None else text}

    @classmethod
    def hand_in(cls, module: str, *answered: str, text: str = "my work", **changes: Any) -> SubmitRequest:
        """The notebook with my words in it, and the answers that stand in it."""
        work = cls.notebook(cls.cell(text))
        responses = {prompt: cls.answer() for prompt in answered}
        return SubmitRequest(files=[cls.file(f"{module}.ipynb", work)], responses=responses, **changes)

    @classmethod
    def feedback(cls, learner: str, score: float, submission: str | None = None) -> FeedbackUpload:
        return FeedbackUpload(
            learner=learner,
            submission=submission,
            score=score,
            max_score=10,
            files=[cls.file("feedback.html", f"<p>well done, {learner}: {score}</p>")],
        )

    @staticmethod
    def base64(content: bytes) -> str:
        return base64.b64encode(content).decode()

    @staticmethod
    def sha256(content: bytes) -> str:
        return sha256(content)


@pytest.fixture(scope="session")
def make() -> type[Make]:
    return Make


@pytest.fixture(scope="session")
def canaries() -> Callable[[bytes], list[str]]:
    """What of the author's is in some bytes, in plain letters or in base64 (at any offset)."""
    marks = [b"CANARY-FILE", b"CANARY-REVEAL", b"CANARY-SEALED", b"CANARY-CHECKS"]

    def spellings(mark: bytes) -> list[bytes]:
        # The whole three-byte groups within the mark look alike wherever it stands, for each of 3 offsets.
        return [mark, *(base64.b64encode(mark[o : o + (len(mark) - o) // 3 * 3]) for o in range(3))]

    def find(content: bytes) -> list[str]:
        return [mark.decode() for mark in marks if any(s in content for s in spellings(mark))]

    return find


@pytest.fixture
def lamps(house: House, make: type[Make]) -> House:
    """A course that has begun, of three modules: maria and olu learn, gil grades, chen teaches."""
    house.enrol(maria="learner", olu="learner", gil="grader", chen="instructor")
    chen = house.as_user("chen")
    chen.put_course(
        make.course(
            make.module("first"),
            make.module("second", after=["first"]),
            make.module("third", after=["second"], gate={"kind": "passed", "mark": 0.6}),
        )
    )
    for module in ("first", "second", "third"):
        chen.release(COURSE, module, make.upload(module))
    return house


@pytest.fixture
def problem() -> Callable[[httpx.Response, int, str], dict[str, Any]]:
    """Asserts that an answer is a refusal as we promise them: problem+json, with what to do next."""

    def check(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
        body: dict[str, Any] = answer.json()
        assert (answer.status_code, body["code"]) == (status, code), body
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["status"] == status
        assert body["title"]
        assert body["detail"]
        assert body["next_step"]
        return body

    return check


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One exchange for many courses, where starting one each time would take too long."""
    with running(tmp_path_factory.mktemp("shared") / "exchange") as opened:
        yield opened


# services in processes of their own


@dataclass
class Replica:
    """One `coursekit serve`, in a process of its own."""

    url: str
    process: subprocess.Popen[str]
    storage: Storage
    clients: list[ExchangeClient] = field(default_factory=list)

    def client(self, token: str) -> ExchangeClient:
        opened = ExchangeClient(self.url, token, timeout=60)
        self.clients.append(opened)
        return opened

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait(20)

    def end(self) -> None:
        for client in self.clients:
            client.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)


def environment(storage: Storage) -> dict[str, str]:
    """What tells a process where that exchange is."""
    settings = {
        "COURSEKIT_DATA": str(storage.data),
        "COURSEKIT_KEYS": str(storage.keys),
        "COURSEKIT_BLOBS": storage.blobs,
        "COURSEKIT_RATES": "off",
    }
    if storage.database:
        settings["COURSEKIT_DATABASE"] = storage.database
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("COURSEKIT_", "JUPYTERHUB_"))}
    return {**ours, **settings}


@contextmanager
def _services(*places: Storage, arguments: Sequence[str] = (), **settings: str) -> Iterator[list[Replica]]:
    """Services on those places, with these settings beside, started at once; ended with the block."""
    started: list[Replica] = []
    try:
        for storage in places:
            process = subprocess.Popen(
                [sys.executable, "-m", "coursekit", "serve", "--port", "0", *arguments],
                env=environment(storage) | settings,
                stdout=subprocess.PIPE,
                text=True,
            )
            started.append(Replica("", process, storage))
        for replica in started:
            assert replica.process.stdout is not None
            said = replica.process.stdout.readline()
            assert "http://" in said, "the service did not start"
            replica.url = said.rsplit(" ", 1)[1].strip()
        yield started
    finally:
        for replica in started:
            replica.end()


@pytest.fixture(scope="session")
def run_services() -> Callable[..., AbstractContextManager[list[Replica]]]:
    """`with run_services(place, another) as [one, two]`."""
    return _services


@pytest.fixture
def start_service() -> Iterator[Callable[..., list[Replica]]]:
    """Starts services on those places; ended with the test."""
    with ExitStack() as stack:
        yield lambda *places: stack.enter_context(_services(*places))


@pytest.fixture(scope="session")
def exchange_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a `coursekit` command on an exchange's place."""

    def run(storage: Storage, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "coursekit", *map(str, arguments)],
            env=environment(storage),
            capture_output=True,
            text=True,
            check=False,
        )

    return run
