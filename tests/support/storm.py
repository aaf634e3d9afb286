"""What a storm is made of: services that get killed, a line that breaks, a class of learners, and the audit after.

learners.py × n ──▶ Line ──▶ coursekit serve × m ──▶ SQLite and a folder, or PostgreSQL
kill -9             cuts     kill -9                 kill -9
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from coursekit.model.ids import CourseId, Digest, ModuleId, UserId
from coursekit.model.submission import Receipt, ReceiptKind, Submission, manifest_digest, sha256
from coursekit.policy import chain
from coursekit.services import deliver, enrol
from coursekit.store.keys import is_genuine
from coursekit.store.receipts import find_receipts
from coursekit.wire.api import FileShape, MemberShape, ReceiptShape, ReleaseUpload
from coursekit.wire.course import CourseShape, course_from_shape
from coursekit.wire.receipts import receipt_from_shape
from coursekit.wiring.exchange import OPERATOR, Embedded, open_exchange
from coursekit.wiring.settings import Storage
from support.postgres import running_postgres

COURSE = CourseId("lamps")
FIRST, SECOND = ModuleId("first"), ModuleId("second")


def until(holds: Callable[[], Any], seconds: float, what: str) -> None:
    """Wait for something that must come about."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {seconds:g} seconds"
        time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Service:
    """One `coursekit serve`, which comes back on the same port after it was killed."""

    storage: Storage
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    limit: Callable[[], None] | None = None
    """Called in the process before it becomes the service."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "COURSEKIT_KEYS": str(self.storage.keys),
            "COURSEKIT_BLOBS": self.storage.blobs,
            # A class behind one address, whose neighbours are the test's.
            "COURSEKIT_RATES": "off",
        }
        environment.pop("COURSEKIT_DATABASE", None)
        if self.storage.database is not None:
            environment["COURSEKIT_DATABASE"] = self.storage.database
        command = [sys.executable, "-m", "coursekit", "serve", "--data", str(self.storage.data)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                preexec_fn=self.limit,
            )

    def is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            return httpx.get(f"{self.url}/api/v1/health", timeout=5, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def wait(self) -> None:
        until(self.is_up, 120, "the service starts")

    def kill(self) -> None:
        """kill -9: no goodbye, no flush, no answer to whoever waits for one."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGKILL)
            self.process.wait(30)


@dataclass
class Line:
    """A TCP line between learners and services that breaks now and then, at any byte."""

    ports: Sequence[int]
    seed: int
    share: float
    """Of all connections, so many break."""
    cuts: Counter[str] = field(default_factory=Counter)
    port: int = 0
    _carried: set[Any] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self._luck = random.Random(self.seed)
        self._turn = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def open(self) -> Iterator[Line]:
        server = self._loop.run_until_complete(
            asyncio.start_server(self._carry, "127.0.0.1", 0, backlog=1024)
        )
        self.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._end(server), self._loop).result(20)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(20)
            self._loop.close()

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        for task in self._carried:
            task.cancel()
        await asyncio.gather(*self._carried, return_exceptions=True)

    async def _carry(self, learner: asyncio.StreamReader, to_learner: asyncio.StreamWriter) -> None:
        self._carried.add(asyncio.current_task())
        with suppress(asyncio.CancelledError):
            await self._between(learner, to_learner)

    async def _between(self, learner: asyncio.StreamReader, to_learner: asyncio.StreamWriter) -> None:
        self._turn += 1
        # The next service that takes calls; none: the line is dead, as for whoever calls a machine that is down.
        for n in range(len(self.ports)):
            port = self.ports[(self._turn + n) % len(self.ports)]
            with suppress(OSError):
                service, to_service = await asyncio.open_connection("127.0.0.1", port)
                break
        else:
            to_learner.transport.abort()
            return
        up = down = None
        if self._luck.random() < self.share:
            # While it is sent, or as the answer comes: not a byte of it, some of it, most of it.
            if self._luck.random() < 0.5:
                up = int(self._luck.triangular(1, 60_000, 12_000))
            else:
                down = self._luck.choice([0, 1, 200, 900])
        await asyncio.gather(
            self._pump(learner, to_service, to_learner, up, "upload"),
            self._pump(service, to_learner, to_service, down, "answer"),
        )

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        other: asyncio.StreamWriter,
        most: int | None,
        name: str,
    ) -> None:
        seen = 0
        try:
            while chunk := await source.read(16384):
                if most is not None and seen + len(chunk) > most:
                    sink.write(chunk[: most - seen])
                    with suppress(ConnectionError):
                        await sink.drain()
                    self.cuts[name] += 1
                    # Both ends at once, with a reset: what is in the air is lost.
                    sink.transport.abort()
                    other.transport.abort()
                    return
                seen += len(chunk)
                sink.write(chunk)
                await sink.drain()
        except ConnectionError:
            other.transport.abort()
        finally:
            with suppress(Exception):
                sink.close()


@dataclass
class Class:
    """A process full of learners."""

    config: Path
    notes: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = Path(__file__).with_name("learners.py")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(program), str(self.config)], stdout=log, stderr=log
            )

    def kill(self) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def told(self) -> list[dict[str, Any]]:
        """What its learners were told so far."""
        if not self.notes.exists():
            return []
        # Whoever reads while a line is written may see the first half of it.
        *lines, _ = self.notes.read_bytes().split(b"\n")
        return [json.loads(line) for line in lines]


def set_up(embedded: Embedded, learners: Sequence[str]) -> dict[str, str]:
    """A course of two modules, released; the learners' tokens."""
    exchange = embedded.exchange
    enrol.put_members(exchange, OPERATOR, COURSE, [MemberShape(user=who) for who in learners])
    modules = [{"id": "first", "title": "First"}, {"id": "second", "title": "Second", "after": ["first"]}]
    shape = {"id": "lamps", "title": "Lamps", "time_zone": "Europe/Berlin", "modules": modules}
    deliver.put_course(exchange, OPERATOR, course_from_shape(CourseShape.model_validate(shape)))
    for module in (FIRST, SECOND):
        asked = [
            {
                "id": name,
                "kind": "estimate",
                "title": f"How many {name}?",
                "question": "?",
                "min": 0,
                "max": 100,
            }
            for name in (("e1", "e2") if module == FIRST else ())
        ]
        listed = {
            "schema": "coursekit.prompts/1",
            "course": COURSE,
            "module": module,
            "title": module.capitalize(),
            "notebook": module,
            "prompts": asked,
        }
        cells = [{"cell_type": "markdown", "id": "n1", "metadata": {}, "source": "Look at the lamps."}]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        files = {f"{module}.ipynb": json.dumps(notebook), "prompts.json": json.dumps(listed)}
        upload = ReleaseUpload(
            files=[FileShape.of(path, text.encode()) for path, text in files.items()],
            prompts=asked,
            reveals=[],
        )
        deliver.release_module(exchange, OPERATOR, COURSE, module, upload)
    return {who: embedded.issue_token(UserId(who), timedelta(days=2)) for who in learners}


# the audit


@dataclass(frozen=True)
class Stored:
    """What the exchange has, read from its tables with no service running."""

    receipts: dict[Digest, Receipt]
    submissions: dict[str, Submission]
    sealed: int
    events: Counter[tuple[str, str]]
    """(learner, verb) → entries in the log"""


def read_all(embedded: Embedded, learners: Sequence[str]) -> Stored:
    receipts: dict[Digest, Receipt] = {}
    submissions: dict[str, Submission] = {}
    sealed = 0
    with embedded.ledger.read() as deed:
        for module in (FIRST, SECOND):
            for submission, receipt in deed.submissions(COURSE, module):
                submissions[submission.id] = submission
                receipts[receipt.own_digest()] = receipt
            for who in learners:
                for _, receipt in deed.commitments(COURSE, module, UserId(who)):
                    sealed += 1
                    receipts[receipt.own_digest()] = receipt
        events = Counter((str(e.actor), e.verb) for _, e in deed.events(COURSE))
    return Stored(receipts, submissions, sealed, events)


def held_by(told: Sequence[Mapping[str, Any]]) -> dict[Digest, Receipt]:
    """The receipts that learners hold."""
    held = (receipt_from_shape(ReceiptShape.model_validate(t["receipt"])) for t in told if "receipt" in t)
    return {receipt.own_digest(): receipt for receipt in held}


def check_so_far(embedded: Embedded, told: Sequence[Mapping[str, Any]], learners: Sequence[str]) -> None:
    """At any moment: what receipts vouch for is stored, and what is stored is whole."""
    held, stored = held_by(told), read_all(embedded, learners)
    assert held.keys() <= stored.receipts.keys(), "a receipt was given for what is not stored"
    check_whole(embedded, stored.submissions.values())


def check_whole(embedded: Embedded, submissions: Any) -> None:
    """Every file of every submission is there, and is what the receipt vouches for."""
    for submission in submissions:
        for file in submission.files:
            content = embedded.exchange.blobs.get(file.digest)
            assert (sha256(content), len(content)) == (file.digest, file.size)
        assert manifest_digest(submission.files) == submission.digest


def kept_in(homes: Path) -> dict[Digest, Receipt]:
    """The receipts in learners' folders. Whose computer goes down between keeping and telling has it there only."""
    kept = (found.receipt for found in find_receipts(homes))
    return {receipt.own_digest(): receipt for receipt in kept if receipt is not None}


def check_all(
    embedded: Embedded, told: Sequence[Mapping[str, Any]], homes: Path, learners: Sequence[str], rounds: int
) -> None:
    """After everybody got through: receipts held and things stored are the same set, one to one."""
    held, stored = held_by(told) | kept_in(homes), read_all(embedded, learners)
    keys = {k.key: k.public_key for k in embedded.public_keys()}
    assert all(is_genuine(receipt, keys) for receipt in held.values())
    lost, unheard = held.keys() - stored.receipts.keys(), stored.receipts.keys() - held.keys()
    assert not lost, [held[key] for key in lost]
    assert not unheard, [stored.receipts[key] for key in unheard]

    # Intents and submissions: one each. What a learner meant to hand in once is stored once.
    intents = {(t["who"], t["intent"]): t for t in told if "intent" in t}
    assert len(intents) == len(learners) * (rounds + 1)
    by_intent: dict[tuple[str, str], set[str]] = {}
    for t in told:
        if "intent" in t:
            by_intent.setdefault((t["who"], t["intent"]), set()).add(t["submission"])
    assert {len(s) for s in by_intent.values()} == {1}, "two submissions for one intent"
    assert {t["submission"] for t in intents.values()} == stored.submissions.keys()
    assert len(stored.submissions) == len(intents)

    # Byte for byte what was in the learner's folder as it was sent.
    check_whole(embedded, stored.submissions.values())
    for t in intents.values():
        kept = stored.submissions[t["submission"]]
        assert {file.path: file.digest for file in kept.files} == t["files"]
        assert kept.learner == t["who"]

    # Each learner's chain: nothing missing, nothing out of order, times as the chain goes.
    for row in chain.rows(stored.receipts.values()):
        assert (row.gaps, row.flaws) == ((), ()), row.receipts[0].learner
        assert row.receipts[0].previous == ""
        assert all(a.at <= b.at for a, b in pairwise(row.receipts))
        # e1 committed, e2 sealed with the first hand-in, the hand-ins themselves.
        assert Counter(r.kind for r in row.receipts) == {
            ReceiptKind.COMMITMENT: 2,
            ReceiptKind.SUBMISSION: rounds + 1,
        }
    assert stored.sealed == 2 * len(learners)

    # The log has one entry for each deed; fetching again is a deed of its own.
    for who in learners:
        assert stored.events[who, "submit"] == rounds + 1
        assert stored.events[who, "commit"] == 2
        assert stored.events[who, "fetch"] >= 2
        assert stored.events[who, "revise"] == 0


@contextmanager
def opened(storage: Storage) -> Iterator[Embedded]:
    embedded = open_exchange(storage)
    try:
        yield embedded
    finally:
        embedded.ledger.close()


def check_downloads(url: str, tokens: Mapping[str, str], told: Sequence[Mapping[str, Any]]) -> int:
    """What some learners handed in, asked for by the learners themselves, through the service."""
    from coursekit.client import ExchangeClient

    some = sorted(tokens)[:: max(1, len(tokens) // 20)]
    checked = 0
    for who in some:
        with ExchangeClient(url, tokens[who]) as client:
            for t in told:
                if t["who"] == who and "intent" in t:
                    found = client.read_submission(COURSE, t["submission"])
                    assert {f.path: sha256(f.content) for f in found.files} == t["files"]
                    assert found.receipt.model_dump(mode="json") == t["receipt"]
                    checked += 1
    return checked


def weather(
    storage: Storage,
    home: Path,
    learners: int,
    processes: int,
    services: int,
    rounds: int,
    strikes: Sequence[Callable[[list[Service], list[Class]], None]],
    cut: float = 0.12,
) -> dict[str, Any]:
    """A whole storm. `strikes` fall one after another, spread evenly over what is to be done; then the audit.

    What comes back says how bad it was.
    """
    home.mkdir(parents=True, exist_ok=True)
    names = [f"l{n:03}" for n in range(learners)]
    with opened(storage) as embedded:
        tokens = set_up(embedded, names)
    running = [Service(storage, home / f"service-{n}.log") for n in range(services)]
    classes: list[Class] = []

    def told() -> list[dict[str, Any]]:
        return [t for each in classes for t in each.told()]

    # One committed, one sealed with the first hand-in, and the hand-ins.
    goal = learners * (rounds + 3)
    try:
        for service in running:
            service.start()
        for service in running:
            service.wait()
        with Line([s.port for s in running], 7, cut).open() as line:
            for n in range(processes):
                people = {who: tokens[who] for who in names[n::processes]}
                folder = home / f"class-{n}"
                folder.mkdir()
                config = folder / "class.json"
                config.write_text(
                    json.dumps(
                        {
                            "url": line.url,
                            "home": str(folder),
                            "notes": str(folder / "notes"),
                            "people": people,
                            "rounds": rounds,
                            "seed": n,
                        }
                    )
                )
                classes.append(Class(config, folder / "notes", folder / "log"))
                classes[-1].start()
            for n, strike in enumerate(strikes, 1):
                mark = goal * n // (len(strikes) + 1)
                until(
                    lambda mark=mark: (
                        len(held_by(told())) >= mark
                        or all(c.process is not None and c.process.poll() is not None for c in classes)
                    ),
                    300,
                    f"{mark} of {goal} receipts",
                )
                strike(running, classes)
                held_then = told()
                with opened(storage) as embedded:
                    check_so_far(embedded, held_then, names)
            for each in classes:
                assert each.process is not None
                assert each.process.wait(600) == 0, each.log.read_text()[-3000:]
            cuts = dict(line.cuts)
        running[0].wait()
        downloads = check_downloads(running[0].url, tokens, told())
    finally:
        for each in classes:
            each.kill()
        for service in running:
            service.kill()
    with opened(storage) as embedded:
        check_all(embedded, told(), home, names, rounds)
    failed = sum(1 for t in told() if "failed" in t)
    return {"cuts": cuts, "gave up and began again": failed, "downloads": downloads}


# what may strike


def kill_service(running: list[Service], classes: list[Class]) -> None:
    """The first service dies, and comes back."""
    running[0].kill()
    running[0].start()
    running[0].wait()


def kill_class(running: list[Service], classes: list[Class]) -> None:
    """A third of the learners' computers go down at once, and are switched on again."""
    classes[0].kill()
    classes[0].start()
    classes.append(classes.pop(0))


def postgres_server() -> Any:
    """A server of the storm's own, to be killed."""
    return running_postgres()
