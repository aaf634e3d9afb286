"""Two services on one PostgreSQL: whoever asks either of them finds one exchange."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from support.together import together

from coursekit.client import ExchangeClient
from coursekit.model.errors import CoursekitError, Forbidden, Locked, NotFound, ServiceFault, Unreachable
from coursekit.model.ids import CourseId, UserId
from coursekit.model.submission import Receipt, manifest_digest
from coursekit.services import enrol
from coursekit.store import tables
from coursekit.store.keys import is_genuine
from coursekit.wire.api import MemberShape, ReceiptShape
from coursekit.wire.receipts import receipt_from_shape
from coursekit.wire.values import load
from coursekit.wiring.exchange import OPERATOR, Embedded, open_exchange
from coursekit.wiring.settings import Storage


@dataclass
class Pair:
    """Two services, and the exchange under them looked at directly."""

    replicas: list[Any]
    below: Embedded
    make: Any
    course: str

    def token(self, name: str) -> str:
        return self.below.issue_token(UserId(name), timedelta(days=1))

    def at(self, which: int, name: str) -> ExchangeClient:
        return self.replicas[which].client(self.token(name))

    def both(self, name: str) -> list[ExchangeClient]:
        return [self.at(which, name) for which in range(2)]

    def enrol(self, **people: str) -> None:
        shapes = [MemberShape.model_validate({"user": u, "role": r}) for u, r in people.items()]
        enrol.put_members(self.below.exchange, OPERATOR, CourseId(self.course), shapes)

    def receipts(self) -> dict[str, list[Receipt]]:
        """All chains as they stand in the database, in their order."""
        r = tables.receipts.c
        chains: dict[str, list[Receipt]] = {}
        with self.below.ledger.engine.connect() as db:
            mine_alone = select(tables.receipts).where(r.course == self.course)
            for row in db.execute(mine_alone.order_by(r.learner, r.number)):
                mine = chains.setdefault(row.learner, [])
                assert row.number == len(mine) + 1, "the chain's numbers have a gap"
                mine.append(load(Receipt, row.receipt))
            db.rollback()
        return chains

    def check_chains(self) -> dict[str, list[Receipt]]:
        chains = self.receipts()
        keys = {key.key: key.public_key for key in self.below.public_keys()}
        for mine in chains.values():
            assert [r.previous for r in mine] == ["", *(r.own_digest() for r in mine[:-1])]
            assert all(is_genuine(r, keys) for r in mine)
            assert [r.at for r in mine] == sorted(r.at for r in mine)
        return chains


@contextmanager
def two_services(
    folder: Path, url: str, run_services: Callable[..., Any]
) -> Iterator[tuple[list[Any], Embedded]]:
    # Each has a folder of its own, as on two machines; the keys they share.
    keys = folder / "keys"
    places = [Storage(folder / name, url, "database", keys) for name in ("one", "two")]
    # Both are the first on an empty database.
    with run_services(*places) as replicas:
        below = open_exchange(Storage(folder / "look", url, "database", keys))
        try:
            yield replicas, below
        finally:
            below.ledger.close()


@pytest.fixture(scope="module")
def services(
    postgres: Any, tmp_path_factory: pytest.TempPathFactory, run_services: Callable[..., Any]
) -> Iterator[tuple[list[Any], Embedded]]:
    """Two for all tests that leave them as they are."""
    with (
        postgres.database() as url,
        two_services(tmp_path_factory.mktemp("two"), url, run_services) as opened,
    ):
        yield opened


@pytest.fixture
def pair(services: tuple[list[Any], Embedded], make: Any) -> Pair:
    return new_course(*services, make)


@pytest.fixture
def mortal_pair(
    postgres_url: str, tmp_path: Path, make: Any, run_services: Callable[..., Any]
) -> Iterator[Pair]:
    """Two that may come to harm."""
    with two_services(tmp_path, postgres_url, run_services) as opened:
        yield new_course(*opened, make)


_courses = itertools.count(1)


def new_course(replicas: list[Any], below: Embedded, make: Any) -> Pair:
    """A course of three modules, of which nobody knows yet but its staff."""
    opened = Pair(replicas, below, make, f"lamps{next(_courses)}")
    opened.enrol(chen="instructor", gil="grader")
    chen = opened.at(0, "chen")
    chen.put_course(
        make.course(
            make.module("first"),
            make.module("second", after=["first"]),
            make.module("third", after=["second"]),
            name=opened.course,
        )
    )
    for module in ("first", "second", "third"):
        chen.release(opened.course, module, make.upload(module))
    return opened


def test_learners_who_go_to_either_get_unbroken_chains_and_one_receipt_for_each_hand_in(pair: Pair) -> None:
    learners = [f"learner{n}" for n in range(8)]
    pair.enrol(**dict.fromkeys(learners, "learner"))
    got: dict[str, list[tuple[str, ReceiptShape, bytes]]] = {name: [] for name in learners}
    guard = threading.Lock()

    def note(name: str, answer: Any, request: Any) -> None:
        with guard:
            got[name].append((answer.submission, answer.receipt, request.files[0].content))

    def learn(name: str, seed: int) -> Callable[[], None]:
        luck = random.Random(seed)
        doors = pair.both(name)

        def work() -> None:
            luck.choice(doors).fetch(pair.course, "first")
            with pytest.raises(Locked):
                luck.choice(doors).fetch(pair.course, "second")
            luck.choice(doors).commit(pair.course, "first", "p1", pair.make.answer(), 1)
            for number in range(4):
                request = pair.make.hand_in("first", "p1", "p2", text=f"{name} {number}")
                if luck.random() < 0.5:
                    note(name, luck.choice(doors).submit(pair.course, "first", request), request)
                else:
                    # The same work at both, at once.
                    def hand_in(door: ExchangeClient, request: Any = request) -> None:
                        note(name, door.submit(pair.course, "first", request), request)

                    assert together([lambda d=door: hand_in(d) for door in doors]) == []  # type: ignore[misc]
            # What one took in opens the next module at the other, at once.
            assert doors[0].fetch(pair.course, "second").files
            with pytest.raises(Locked):
                doors[1].fetch(pair.course, "third")
            doors[1].submit(pair.course, "second", pair.make.hand_in("second", "p1", "p2", text=name))
            assert doors[0].fetch(pair.course, "third").files

        return work

    assert together([learn(name, seed) for seed, name in enumerate(learners)]) == []

    chains = pair.check_chains()
    keys = {key.key: key.public_key for key in pair.below.public_keys()}
    for name in learners:
        given = {r.subject: r for r in chains[name] if r.kind == "submission"}
        seen: dict[str, Receipt] = {}
        for submission, shape, _ in got[name]:
            receipt = receipt_from_shape(shape)
            assert is_genuine(receipt, keys)
            # Every answer for the same hand-in carried the same receipt, and it is the one in the book.
            assert seen.setdefault(submission, receipt) == receipt == given[submission]
        doors = pair.both(name)
        rows = doors[0].my_submissions(pair.course, "first")
        assert {row.submission for row in rows} == set(seen)
        assert len(rows) == 4
        for submission, _, content in got[name]:
            for door in doors:
                kept = door.read_submission(pair.course, submission)
                assert kept.files[0].content == content
        # p1 and p2 of both modules, each once.
        assert sum(r.kind == "commitment" for r in chains[name]) == 4


def test_one_learner_at_both_at_once_again_and_again(pair: Pair) -> None:
    pair.enrol(maria="learner")
    doors = pair.both("maria")
    doors[0].fetch(pair.course, "first")

    def hand_in(which: int, hand: int) -> Callable[[], None]:
        def work() -> None:
            for number in range(6):
                request = pair.make.hand_in("first", "p1", "p2", text=f"{hand} {number}")
                doors[which].submit(pair.course, "first", request)

        return work

    assert together([hand_in(hand % 2, hand) for hand in range(4)]) == []
    chain = pair.check_chains()["maria"]
    assert sum(r.kind == "submission" for r in chain) == 24
    assert sum(r.kind == "commitment" for r in chain) == 2


def test_the_same_key_at_both_is_answered_alike(pair: Pair) -> None:
    pair.enrol(maria="learner")
    tokens = pair.token("maria")
    request = pair.make.hand_in("first", "p1", "p2", text="once")
    pair.at(0, "maria").fetch(pair.course, "first")
    answers: list[httpx.Response] = []

    def post(url: str) -> Callable[[], None]:
        def work() -> None:
            answers.append(
                httpx.post(
                    f"{url}/api/v1/courses/{pair.course}/modules/first/submissions",
                    content=request.model_dump_json(),
                    headers={
                        "Authorization": f"Bearer {tokens}",
                        "Content-Type": "application/json",
                        "Idempotency-Key": "one-and-the-same",
                    },
                    trust_env=False,
                    timeout=60,
                )
            )

        return work

    assert together([post(pair.replicas[n % 2].url) for n in range(8)]) == []
    assert {a.status_code for a in answers} == {200} or {a.status_code for a in answers} == {201}
    assert len({a.json()["receipt"]["signature"] for a in answers}) == 1
    assert len({a.text for a in answers}) == 1
    assert sum(r.kind == "submission" for r in pair.check_chains()["maria"]) == 1


def test_a_change_at_one_holds_at_the_other_at_once(pair: Pair) -> None:
    one, two = pair.both("chen")
    pair.enrol(maria="learner")
    maria_one, maria_two = pair.both("maria")

    # Roles: up, down and out, seen from the other side each time.
    for _ in range(3):
        one.put_members(pair.course, [MemberShape(user="maria", role="grader")])
        assert maria_two.submissions(pair.course, "first") == []
        two.put_members(pair.course, [MemberShape(user="maria", role="learner")])
        with pytest.raises(Forbidden):
            maria_one.submissions(pair.course, "first")
    one.remove_members(pair.course, ["maria"], "left")
    with pytest.raises(NotFound):
        maria_two.path(pair.course)
    two.put_members(pair.course, [MemberShape(user="maria", role="learner")])
    assert maria_one.path(pair.course).steps[0].state == "open"

    # Releases: the newest is served by whoever is asked.
    for number in range(2, 6):
        release = (one, two)[number % 2].release(
            pair.course, "first", pair.make.upload("first", note=f"edition {number}")
        )
        assert release.release == number
        fetched = (maria_one, maria_two)[(number + 1) % 2].fetch(pair.course, "first")
        assert fetched.release == number
        assert f"edition {number}" in fetched.files[0].content.decode()

    # The course itself: a door that was open closes for who was not in, at both.
    pair.enrol(olu="learner")
    olu_one, olu_two = pair.both("olu")
    assert olu_one.path(pair.course).steps[0].state == "open"
    two.put_course(
        pair.make.course(
            pair.make.module("second"),
            pair.make.module("first", after=["second"]),
            pair.make.module("third", after=["second"]),
            name=pair.course,
        )
    )
    assert [s.module for s in olu_one.path(pair.course).steps] == ["second", "first", "third"]
    assert [s.module for s in olu_two.path(pair.course).steps] == ["second", "first", "third"]
    # Staff's decisions.
    with pytest.raises(Locked):
        olu_two.fetch(pair.course, "third")
    one.waive(pair.course, "third", "olu", "did it last year")
    assert olu_two.fetch(pair.course, "third").files


def test_releases_at_both_at_once_get_numbers_of_their_own(pair: Pair) -> None:
    numbers: list[int] = []

    def release(which: int, hand: int) -> Callable[[], None]:
        door = pair.at(which, "chen")

        def work() -> None:
            for number in range(3):
                upload = pair.make.upload("third", note=f"{hand} {number}")
                numbers.append(door.release(pair.course, "third", upload).release)

        return work

    assert together([release(hand % 2, hand) for hand in range(4)]) == []
    assert sorted(numbers) == list(range(2, 14))


def test_one_is_killed_and_the_other_goes_on(mortal_pair: Pair) -> None:
    pair = mortal_pair
    learners = [f"learner{n}" for n in range(6)]
    pair.enrol(**dict.fromkeys(learners, "learner"))
    got: dict[str, dict[str, ReceiptShape]] = {name: {} for name in learners}
    enough, stop = threading.Event(), threading.Event()
    lost = []

    def learn(name: str, seed: int) -> Callable[[], None]:
        luck = random.Random(seed)
        doors = pair.both(name)

        def work() -> None:
            doors[1].fetch(pair.course, "first")
            number = 0
            while not stop.is_set() or number < 5:
                number += 1
                request = pair.make.hand_in("first", "p1", "p2", text=f"{name} {number}")
                try:
                    answer = luck.choice(doors).submit(pair.course, "first", request)
                except (Unreachable, ServiceFault) as error:
                    lost.append(error)
                    # As a client does: the same again, at whoever answers.
                    answer = doors[1].submit(pair.course, "first", request)
                got[name][answer.submission] = answer.receipt
                if number == 3:
                    enough.set()

        return work

    def strike() -> None:
        assert enough.wait(60)
        pair.replicas[0].kill()
        time.sleep(0.5)
        stop.set()

    assert together([strike, *(learn(name, seed) for seed, name in enumerate(learners))]) == []
    assert lost, "nobody was at the one that was killed"
    chains = pair.check_chains()
    for name in learners:
        door = pair.at(1, name)
        rows = {row.submission for row in door.my_submissions(pair.course, "first")}
        # Every receipt in somebody's hands is kept; and nothing is kept that has no receipt.
        assert set(got[name]) <= rows
        assert rows == {r.subject for r in chains[name] if r.kind == "submission"}
        for submission, receipt in got[name].items():
            kept = door.read_submission(pair.course, submission)
            assert kept.receipt == receipt
            assert manifest_digest(tuple(_file(f) for f in kept.files)) == receipt.digest


def _file(shape: Any) -> Any:
    from coursekit.model.ids import Digest
    from coursekit.model.submission import File

    return File(shape.path, Digest(shape.sha256), len(shape.content))


def test_without_its_database_a_service_says_so_and_recovers(pair: Pair, postgres: Any) -> None:
    pair.enrol(maria="learner")
    maria = pair.at(0, "maria")
    name = str(pair.below.ledger.engine.url.database)
    assert maria.path(pair.course).steps
    postgres.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        with pytest.raises(CoursekitError) as caught:
            maria.submit(pair.course, "first", pair.make.hand_in("first", "p1", "p2"))
        assert caught.value.code in ("ledger-unreachable", "blobs-unreachable")
        assert caught.value.next_step
    finally:
        postgres.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
    assert maria.submit(pair.course, "first", pair.make.hand_in("first", "p1", "p2")).receipt
