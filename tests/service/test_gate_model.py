"""Random courses, random learners, restless authors, and a second opinion on every door.

The machine talks to the running service over HTTP. Beside it stands `Opinion`, which knows the promises of
the gate in the plainest words there are and shares no code with the service. After every step the two agree.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from coursekit.store.keys import is_genuine
from coursekit.wire.api import ReceiptShape
from coursekit.wire.receipts import receipt_from_shape

LEARNERS = ("maria", "olu")
MARKS = (0.0, 0.3, 0.5, 0.6, 0.8, 1.0)
PROMPTS = ("p1", "p2", "p3")
GATES = ("submitted", "committed", "passed")

AGES = (0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7)
pick = st.sampled_from(AGES)
"""Chooses a module by its age, modulo how many there are; the oldest often, so that much happens to one."""


# the second opinion


@dataclass
class Door:
    """A module, as the author last described it."""

    after: set[str]
    gate: str
    mark: float
    opens: datetime | None


@dataclass
class Trail:
    """What one learner did in one module."""

    fetched: list[int] = field(default_factory=list)
    sealed: dict[str, str] = field(default_factory=dict)
    """The first answer to each prompt."""
    files: list[str] = field(default_factory=list)
    """What was handed in, each time it was something else."""
    complete: bool = False
    asked_then: dict[str, bool] = field(default_factory=dict)
    """What was asked, and whether required, when it was complete first; the path shows that from then on."""
    marks: list[float] = field(default_factory=list)
    waived: bool = False


class Opinion:
    """Says what must be. Every rule is written out; nothing is clever."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.doors: dict[str, Door] = {}
        self.releases: dict[str, list[dict[str, bool]]] = {}
        """For each module its releases: prompt → whether it is required."""
        self.trails: dict[tuple[str, str], Trail] = {}
        self.grown_open: set[tuple[str, str]] = set()
        """Doors that were seen open while somebody edited or marked; they never close again."""

    def trail(self, who: str, module: str) -> Trail:
        return self.trails.setdefault((who, module), Trail())

    def did_their_part(self, who: str, module: str, now: datetime) -> bool:
        door = self.doors[module]
        for before in door.after:
            trail = self.trail(who, before)
            if door.gate == "submitted" and not (trail.files and trail.complete):
                return False
            if door.gate == "committed" and not trail.complete:
                return False
            if door.gate == "passed":
                if not trail.files or not trail.marks:
                    return False
                if trail.marks[-1] < door.mark:
                    return False
        return door.opens is None or now >= door.opens

    def is_open(self, who: str, module: str, now: datetime) -> bool:
        return (
            (who, module) in self.grown_open
            or self.trail(who, module).waived
            or self.did_their_part(who, module, now)
        )

    def before_a_change(self, now: datetime) -> set[tuple[str, str]]:
        return {(w, m) for w in LEARNERS for m in self.order if self.is_open(w, m, now)}

    def after_a_change(self, was_open: set[tuple[str, str]], now: datetime) -> None:
        for who, module in was_open:
            if not self.is_open(who, module, now):
                self.grown_open.add((who, module))

    def held(self, who: str, module: str) -> int:
        """The number of the release this learner works on: the newest they fetched, else the newest."""
        fetched = self.trail(who, module).fetched
        return max(fetched) if fetched else len(self.releases[module])

    def prompts(self, who: str, module: str) -> dict[str, bool]:
        return self.releases[module][self.held(who, module) - 1]

    def missing(self, who: str, module: str) -> list[str]:
        sealed = self.trail(who, module).sealed
        return [p for p, required in self.prompts(who, module).items() if required and p not in sealed]

    def look_whether_complete(self, who: str, module: str) -> None:
        trail = self.trail(who, module)
        if not trail.complete and not self.missing(who, module):
            trail.complete = True
            trail.asked_then = dict(self.prompts(who, module))

    def state(self, who: str, module: str, now: datetime) -> str:
        trail = self.trail(who, module)
        if trail.marks:
            return "feedback ready"
        if trail.files:
            return "submitted"
        if not self.is_open(who, module, now):
            return "locked"
        if not self.releases[module]:
            return "unreleased"
        return "in progress" if trail.fetched or trail.sealed else "open"


# the machine


class Course(RuleBasedStateMachine):
    """One course from its first day. `house`, `make` and `canaries` are put here by the test."""

    house: Any
    make: Any
    canaries: Any
    numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.name = f"c{next(self.numbers)}"
        self.opinion = Opinion()
        self.receipts: dict[str, list[Any]] = {who: [] for who in LEARNERS}
        self.keys = self.house.as_user("chen").keys()
        self.released = self.drawn = 0
        self.seen_open: set[tuple[str, str]] = set()

    # beginnings

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.house.clock.moment = self.make.start
        self.house.enrol(self.name, chen="instructor", gil="grader", **dict.fromkeys(LEARNERS, "learner"))
        # Drawn by a seed: left to itself the search prefers the simplest course, and finds little in it.
        chance = random.Random(seed)
        for number in range(chance.randint(2, 5)):
            # How far back its prerequisites stand; most come after the one before.
            back = chance.choice([(1,), (1,), (1,), (1, 2), (2,), ()])
            self.opinion.order.append(f"m{number}")
            self.opinion.doors[f"m{number}"] = Door(
                {f"m{number - b}" for b in back if b <= number},
                chance.choice(GATES),
                chance.choice(MARKS),
                self._day(chance.choice([None, None, None, None, None, 1, 3])),
            )
            self.opinion.releases[f"m{number}"] = []
        self._put_course()
        for module in self.opinion.order:
            self._release(module, {"p1": True, "p2": True})

    # learners

    @rule(who=st.sampled_from(LEARNERS), which=pick)
    def fetch(self, who: str, which: int) -> None:
        module, trail, address = self._learner_at(who, which)
        answer = self.house.raw("GET", f"{address}/files", token=self._token(who))
        if not self._expect_open(answer, who, module):
            return
        if not self.opinion.releases[module]:
            assert answer.json()["code"] == "not-released"
            return
        newest = len(self.opinion.releases[module])
        assert answer.json()["release"] == newest
        # The files, and none of what waits for a commitment.
        assert self.canaries(answer.content) == ["CANARY-FILE"]
        trail.fetched.append(newest)
        self.opinion.look_whether_complete(who, module)

    @rule(who=st.sampled_from(LEARNERS), which=pick, prompt=st.sampled_from(PROMPTS), words=st.integers(0, 9))
    def commit(self, who: str, which: int, prompt: str, words: int) -> None:
        module, trail, address = self._learner_at(who, which)
        text = "word " * words
        answer = self.house.raw(
            "POST",
            f"{address}/commitments/{prompt}",
            token=self._token(who),
            body={"response": {"text": text}},
        )
        if not self._expect_open(answer, who, module):
            return
        body = answer.json()
        if not self.opinion.releases[module]:
            assert body["code"] == "not-released"
        elif prompt not in self.opinion.prompts(who, module):
            assert body["code"] == "no-such-prompt"
        elif words < 5:
            assert body["code"] in ("too-short", "empty-answer")
        else:
            assert answer.status_code == 200, body
            first = trail.sealed.setdefault(prompt, text)
            assert body["response"] == {"text": first}
            self._keep(who, body["receipt"])
            self.opinion.look_whether_complete(who, module)
            assert body["missing"] == self.opinion.missing(who, module)
            return
        assert self.canaries(answer.content) == []

    @rule(
        who=st.sampled_from(LEARNERS),
        which=pick,
        answered=st.dictionaries(st.sampled_from(PROMPTS), st.integers(0, 9)),
        text=st.sampled_from(["one", "two"]),
    )
    def submit(self, who: str, which: int, answered: dict[str, int], text: str) -> None:
        module, trail, address = self._learner_at(who, which)
        now = self.house.clock.moment
        was_open = {m for m in self.opinion.order if self.opinion.is_open(who, m, now)}
        request = self.make.hand_in(module, text=text).model_dump(mode="json")
        request["responses"] = {prompt: {"text": "said " * words} for prompt, words in answered.items()}
        answer = self.house.raw("POST", f"{address}/submissions", token=self._token(who), body=request)
        if not self._expect_open(answer, who, module):
            return
        body = answer.json()
        assert self.canaries(answer.content) == []
        if not self.opinion.releases[module]:
            assert body["code"] == "not-released"
            return
        assert answer.status_code == 200, body
        sealed = []
        for prompt in self.opinion.prompts(who, module):
            if answered.get(prompt, 0) >= 5 and prompt not in trail.sealed:
                trail.sealed[prompt] = "said " * answered[prompt]
                sealed.append(prompt)
        self.opinion.look_whether_complete(who, module)
        if not trail.files or trail.files[-1] != text:
            trail.files.append(text)
        assert [r["subject"] for r in body["commitments"]] == sealed
        assert body["missing"] == self.opinion.missing(who, module)
        now_open = [m for m in self.opinion.order if self.opinion.is_open(who, m, now)]
        assert body["opened"] == [m for m in now_open if m not in was_open]
        for receipt in [*body["commitments"], body["receipt"]]:
            self._keep(who, receipt)

    @rule(who=st.sampled_from(LEARNERS), which=pick, prompt=st.sampled_from(PROMPTS))
    def ask_for_a_reveal(self, who: str, which: int, prompt: str) -> None:
        _, trail, address = self._learner_at(who, which)
        answer = self.house.raw("GET", f"{address}/reveals/{prompt}", token=self._token(who))
        if prompt in trail.sealed:
            assert answer.status_code == 200
        else:
            assert answer.status_code == 423
            assert self.canaries(answer.content) == []

    @rule(who=st.sampled_from(LEARNERS), fetching=st.booleans(), prompts=st.sampled_from([1, 3, 3]))
    def do_everything(self, who: str, fetching: bool, prompts: int) -> None:
        """A diligent day: whatever is open is handed in, and so is what that opens; not always all of it."""
        for number in range(len(self.opinion.order)):
            if self.opinion.is_open(who, f"m{number}", self.house.clock.moment):
                if fetching:
                    self.fetch(who, number)
                self.submit(who, number, dict.fromkeys(PROMPTS[:prompts], 5), "all")

    # staff

    @rule(who=st.sampled_from(LEARNERS), share=st.sampled_from(MARKS))
    def mark_everything(self, who: str, share: float) -> None:
        for number in range(len(self.opinion.order)):
            self.give_feedback(who, number, share)

    @rule(who=st.sampled_from(LEARNERS), which=pick)
    def waive(self, who: str, which: int) -> None:
        module = self._module(which)
        self.house.as_user("chen").waive(self.name, module, who, "a good reason")
        self.opinion.trail(who, module).waived = True

    @rule(who=st.sampled_from(LEARNERS), which=pick, share=st.sampled_from(MARKS))
    def give_feedback(self, who: str, which: int, share: float) -> None:
        module = self._module(which)
        was_open = self.opinion.before_a_change(self.house.clock.moment)
        self.house.as_user("gil").give_feedback(self.name, module, self.make.feedback(who, share * 10))
        self.opinion.trail(who, module).marks.append(share)
        self.opinion.after_a_change(was_open, self.house.clock.moment)

    @rule(who=st.sampled_from(LEARNERS))
    def raise_and_lower_the_marks(self, who: str) -> None:
        """After a diligent day all that a mark could open, it opens; then the mark is taken back."""
        self.do_everything(who, False, 3)
        for door in [d for d in self.opinion.doors.values() if d.gate == "passed"]:
            for share in (1.0, 0.0):
                for before in sorted(door.after):
                    self.give_feedback(who, int(before[1:]), share)

    @rule(
        who=st.sampled_from(LEARNERS),
        which=pick,
        asked=st.dictionaries(st.sampled_from(PROMPTS), st.booleans(), min_size=1),
        answered=st.sets(st.sampled_from(PROMPTS)),
        fetching=st.booleans(),
    )
    def release_while_somebody_is_at_work(
        self, who: str, which: int, asked: dict[str, bool], answered: set[str], fetching: bool
    ) -> None:
        self.fetch(who, which)
        self.release_again(which, asked)
        self.submit(who, which, dict.fromkeys(sorted(answered), 5), "mine")
        if fetching:
            self.fetch(who, which)

    # authors

    @rule(seed=st.randoms(use_true_random=False))
    def reorder(self, seed: Any) -> None:
        seed.shuffle(self.opinion.order)
        self._edit()

    @rule(which=pick, after=st.sets(pick, max_size=2))
    def change_prerequisites(self, which: int, after: set[int]) -> None:
        module = self._module(which)
        wanted = {self._module(a) for a in after}
        circle = any(self._leads_to(before, module) for before in wanted)
        old, was_open = (
            self.opinion.doors[module].after,
            self.opinion.before_a_change(self.house.clock.moment),
        )
        self.opinion.doors[module].after = wanted
        if circle:
            answer = self.house.raw(
                "PUT", f"/courses/{self.name}", token=self._token("chen"), body=self._course()
            )
            assert answer.status_code == 422
            assert answer.json()["code"] == "prerequisite-circle"
            self.opinion.doors[module].after = old
        else:
            self._edit(was_open)

    @rule(which=pick, gate=st.sampled_from(GATES), mark=st.sampled_from(MARKS))
    def change_a_gate(self, which: int, gate: str, mark: float) -> None:
        was_open = self.opinion.before_a_change(self.house.clock.moment)
        self.opinion.doors[self._module(which)].gate = gate
        self.opinion.doors[self._module(which)].mark = mark
        self._edit(was_open)

    @rule(which=pick, days=st.sampled_from([None, -1, 1, 4]))
    def change_a_date(self, which: int, days: int | None) -> None:
        was_open = self.opinion.before_a_change(self.house.clock.moment)
        self.opinion.doors[self._module(which)].opens = self._day(days, self.house.clock.moment)
        self._edit(was_open)

    @precondition(lambda self: len(self.opinion.order) < 8)
    @rule(
        after=st.sets(pick, max_size=2),
        before=st.none() | pick,
        place=pick,
        gate=st.sampled_from(GATES),
        released=st.booleans(),
    )
    def add_a_module(
        self, after: set[int], before: int | None, place: int, gate: str, released: bool
    ) -> None:
        """Anywhere, even between two that somebody has gone through already."""
        was_open = self.opinion.before_a_change(self.house.clock.moment)
        module = f"m{len(self.opinion.order)}"
        wanted = {self._module(a) for a in after}
        follower = self._module(before) if before is not None else None
        if follower and not any(self._leads_to(w, follower) for w in wanted):
            self.opinion.doors[follower].after |= {module}
        self.opinion.order.insert(place % (len(self.opinion.order) + 1), module)
        self.opinion.doors[module] = Door(wanted, gate, 0.5, None)
        self.opinion.releases[module] = []
        self._edit(was_open)
        if released:
            self._release(module, {"p1": True})

    @rule(which=pick, asked=st.dictionaries(st.sampled_from(PROMPTS), st.booleans(), min_size=1))
    def release_again(self, which: int, asked: dict[str, bool]) -> None:
        """With other prompts, more or fewer, required or not."""
        was_open = self.opinion.before_a_change(self.house.clock.moment)
        self._release(self._module(which), dict(sorted(asked.items())))
        assert was_open <= self.opinion.before_a_change(self.house.clock.moment)

    @rule(hours=st.integers(1, 60))
    def time_goes_by(self, hours: int) -> None:
        self.house.clock.advance(hours=hours)

    # anybody

    @rule(seed=st.integers(0, 2**32))
    def a_lively_day(self, seed: int) -> None:
        """Four deeds drawn by chance: hypothesis likes to say one thing many times, people do not."""
        for _ in range(4):
            self.drawn += 1
            self._any_deed(random.Random(f"{seed}/{self.drawn}"))
            self.the_path_says_what_the_second_opinion_says()

    def _any_deed(self, chance: random.Random) -> None:
        who, which = chance.choice(LEARNERS), chance.choice(AGES)
        gate, mark = chance.choice(GATES), chance.choice(MARKS)
        some = sorted(chance.sample(PROMPTS, chance.randint(0, 3)))
        asked = {prompt: chance.random() < 0.7 for prompt in some or ["p1"]}
        deeds: list[Callable[[], None]] = [
            lambda: self.fetch(who, which),
            lambda: self.commit(who, which, chance.choice(PROMPTS), chance.randint(3, 9)),
            lambda: self.submit(who, which, dict.fromkeys(some, 5), chance.choice("ab")),
            lambda: self.do_everything(who, chance.random() < 0.5, 3),
            lambda: self.give_feedback(who, which, mark),
            lambda: self.mark_everything(who, mark),
            lambda: self.raise_and_lower_the_marks(who),
            lambda: self.release_while_somebody_is_at_work(who, which, asked, set(some), True),
            lambda: self.release_while_somebody_is_at_work(who, 0, {"p1": True}, {"p1"}, True),
            lambda: self.change_a_gate(which, gate, mark),
            lambda: self.change_prerequisites(which, {chance.choice(AGES)}),
            lambda: self.change_a_date(which, chance.choice([None, -1, 1])),
            lambda: self.time_goes_by(chance.randint(1, 40)),
        ]
        chance.choice(deeds)()

    # what must hold at any time

    @invariant()
    def the_path_says_what_the_second_opinion_says(self) -> None:
        for who in LEARNERS if self.opinion.order else ():
            path = self.house.as_user(who).path(self.name)
            now = self.house.clock.moment
            assert [s.module for s in path.steps] == self.opinion.order
            for step in path.steps:
                module = step.module
                trail = self.opinion.trail(who, module)
                assert step.state == self.opinion.state(who, module, now), module
                assert (step.refusal is None) == self.opinion.is_open(who, module, now), module
                assert step.submissions == len(trail.files)
                assert step.release == (len(self.opinion.releases[module]) or None)
                assert step.fetched_release == max(trail.fetched, default=None)
                if self.opinion.releases[module]:
                    asked = trail.asked_then if trail.complete else self.opinion.prompts(who, module)
                    required = {p for p, r in asked.items() if r}
                    # What was answered and is asked no more stays done.
                    gone = set(trail.sealed) - set(asked)
                    assert (step.committed, step.required) == (
                        len(required & set(trail.sealed)) + len(gone),
                        len(required) + len(gone),
                    )
                if self.opinion.did_their_part(who, module, now):
                    assert step.refusal is None, f"{who} did their part, and {module} is locked"
                if (who, module) in self.seen_open:
                    assert step.refusal is None, f"{module} was open to {who}, and is locked"
                if step.refusal is None:
                    self.seen_open.add((who, module))
                else:
                    assert step.refusal.reason
                    assert step.refusal.next_step

    def teardown(self) -> None:
        """Every receipt that was given is genuine, and the chain has no gap."""
        for who, given in self.receipts.items():
            receipts = [receipt_from_shape(shape) for shape in given]
            assert all(is_genuine(r, self.keys) for r in receipts)
            with self.house.embedded.ledger.read() as deed:
                kept = [
                    receipt
                    for module in self.opinion.order
                    for _, receipt in [
                        *deed.commitments(self.name, module, who),
                        *deed.submissions(self.name, module, who),
                    ]
                ]
            assert all(is_genuine(r, self.keys) for r in kept)
            assert {r.own_digest() for r in receipts} <= {r.own_digest() for r in kept}
            links = {r.previous: r for r in kept}
            assert len(links) == len(kept)
            at, walked = "", 0
            while at in links:
                at, walked = links[at].own_digest(), walked + 1
            assert walked == len(kept)

    # helpers

    def _module(self, which: int) -> str:
        # By age, not by order: it must not depend on what was shuffled.
        return f"m{which % len(self.opinion.order)}"

    def _learner_at(self, who: str, which: int) -> tuple[str, Trail, str]:
        module = self._module(which)
        return module, self.opinion.trail(who, module), f"/courses/{self.name}/modules/{module}"

    def _token(self, who: str) -> str:
        tokens = self.house.tokens
        if who not in tokens:
            tokens[who] = self.house.token(who)
        token: str = tokens[who]
        return token

    def _expect_open(self, answer: Any, who: str, module: str) -> bool:
        """Whether it is; a locked one must refuse, with no byte of what it holds."""
        if self.opinion.is_open(who, module, self.house.clock.moment):
            assert answer.status_code != 423, answer.text
            return True
        assert answer.status_code == 423, answer.text
        assert answer.json()["next_step"]
        assert self.canaries(answer.content) == []
        return False

    def _keep(self, who: str, shape: dict[str, Any]) -> None:
        self.receipts[who].append(ReceiptShape.model_validate(shape))

    def _day(self, days: int | None, since: datetime | None = None) -> datetime | None:
        return None if days is None else (since or self.make.start) + timedelta(days=days)

    def _leads_to(self, module: str, wanted: str) -> bool:
        """Whether `wanted` has to be done before `module`, at any remove, or is it."""
        return module == wanted or any(self._leads_to(b, wanted) for b in self.opinion.doors[module].after)

    def _course(self) -> dict[str, Any]:
        doors = self.opinion.doors
        shape = self.make.course(
            *(
                self.make.module(
                    m,
                    after=sorted(doors[m].after),
                    gate={"kind": doors[m].gate, "mark": doors[m].mark},
                    opens=doors[m].opens,
                )
                for m in self.opinion.order
            ),
            name=self.name,
        )
        value: dict[str, Any] = json.loads(shape.model_dump_json())
        return value

    def _put_course(self) -> None:
        answer = self.house.raw(
            "PUT", f"/courses/{self.name}", token=self._token("chen"), body=self._course()
        )
        assert answer.status_code == 204, answer.text

    def _edit(self, was_open: set[tuple[str, str]] | None = None) -> None:
        self._put_course()
        self.opinion.after_a_change(was_open or set(), self.house.clock.moment)

    def _release(self, module: str, asked: dict[str, bool]) -> None:
        self.released += 1
        prompts = [self.make.prompt(p, required=required) for p, required in asked.items()]
        upload = self.make.upload(module, prompts, note=str(self.released))
        answer = self.house.as_user("chen").release(self.name, module, upload)
        self.opinion.releases[module].append(asked)
        assert answer.release == len(self.opinion.releases[module])


@pytest.fixture
def machine(shared_house: Any, make: Any, canaries: Any) -> type[Course]:
    class Here(Course):
        house = shared_house

    Here.make, Here.canaries = make, staticmethod(canaries)
    return Here


def test_nobody_is_ever_stranded_and_no_byte_comes_early(machine: type[Course], soak: bool) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30 * (20 if soak else 1),
            stateful_step_count=20,
            deadline=None,
            derandomize=not soak,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
