"""The turnstile counts people and not classes, and remembers no more than it may."""

from __future__ import annotations

from coursekit.model.errors import TooMany
from coursekit.policy.rates import Rate, Rates
from coursekit.web.addresses import COMMIT, HAND_IN
from coursekit.web.observe import Metrics
from coursekit.web.turnstile import Turnstile

PATH = "/api/v1/courses/{course}/path"
FEEDBACK = "/api/v1/courses/{course}/modules/{module}/feedback"


class Hall:
    """A turnstile with a clock that the test turns."""

    def __init__(self, rates: Rates | None, remembered: int = 50_000) -> None:
        self.now = 1000.0
        self.metrics = Metrics()
        self.turnstile = Turnstile(rates, self.metrics, lambda: self.now, remembered)

    def asks(self, who: str, method: str = "GET", route: str = PATH) -> float:
        """0 when let in, else the seconds to wait."""
        try:
            self.turnstile.pass_person(who, method, route)
        except TooMany as error:
            if error.code != "too-many-requests":
                raise
            return error.retry_after
        return 0

    def guesses(self, address: str, token: str) -> bool:
        """Whether a wrong token was looked at."""
        try:
            self.turnstile.check_address(address, token)
        except TooMany as error:
            if error.code != "too-many-failures":
                raise
            return False
        self.turnstile.failed(address)
        return True


def test_each_person_and_kind_has_a_bucket() -> None:
    hall = Hall(Rates(work=Rate(1, 2), changes=Rate(1, 3), reads=Rate(1, 4)))
    assert [hall.asks("maria", "POST", HAND_IN) for _ in range(3)] == [0, 0, 1]
    # A commit is work as well.
    assert hall.asks("maria", "POST", COMMIT) == 1
    assert [hall.asks("maria", "POST", FEEDBACK) for _ in range(4)] == [0, 0, 0, 1]
    assert [hall.asks("maria", "GET", HAND_IN) for _ in range(5)] == [0, 0, 0, 0, 1]
    assert hall.asks("olu", "POST", HAND_IN) == 0
    hall.now += 1
    assert hall.asks("maria", "POST", HAND_IN) == 0


def test_without_rates_nobody_waits_and_nothing_is_remembered() -> None:
    hall = Hall(None)
    assert all(hall.asks("maria", "POST", HAND_IN) == 0 for _ in range(5000))
    assert all(hall.guesses("10.0.0.1", "x") for _ in range(5000))
    hall.turnstile.held("token")
    assert len(hall.turnstile) == 0


def test_a_class_behind_one_address_never_waits() -> None:
    """By the defaults: 400 learners in one minute before the deadline; each reads paths and lists every second,
    commits thirty answers within ten seconds, and submits five times. Their instructor gives 2,000 feedbacks, and
    sixty of them begin with a token that is no longer good."""
    hall = Hall(Rates())
    learners = [f"learner{n}" for n in range(400)]
    for learner in learners[:60]:
        assert hall.guesses("10.0.0.1", f"old-{learner}")
    for second in range(60):
        for learner in learners:
            hall.turnstile.check_address("10.0.0.1", f"new-{learner}")
            hall.turnstile.held(f"new-{learner}")
            assert [hall.asks(learner) for _ in range(3)] == [0, 0, 0]
            if second < 10:
                assert [hall.asks(learner, "POST", COMMIT) for _ in range(3)] == [0, 0, 0]
            if second % 12 == 0:
                assert hall.asks(learner, "POST", HAND_IN) == 0
        assert not any(hall.asks("chen", "POST", FEEDBACK) for _ in range(33))
        hall.now += 1


def test_loops_of_nbgrader_never_wait() -> None:
    """By the defaults: fifty requests a second for five minutes, and a collect of a thousand on top of it."""
    hall = Hall(Rates())
    for _ in range(300):
        assert not any(hall.asks("chen") for _ in range(50))
        hall.now += 1
    assert not any(hall.asks("chen") for _ in range(1000))


def test_who_guesses_is_stopped_and_the_neighbours_go_on() -> None:
    hall = Hall(Rates(failures=Rate(1, 5)))
    hall.turnstile.held("marias")
    assert [hall.guesses("10.0.0.1", f"guess{n}") for n in range(7)] == [True] * 5 + [False] * 2
    # Maria sits behind the same address, and has just been here.
    hall.turnstile.check_address("10.0.0.1", "marias")
    # Olu has not; and elsewhere nobody is concerned.
    assert not hall.guesses("10.0.0.1", "olus")
    assert hall.guesses("10.0.0.2", "guess")
    hall.now += 1
    assert hall.guesses("10.0.0.1", "guess")
    # Another address of the same home is the same sender.
    assert [hall.guesses(f"2001:db8::{n}", "guess") for n in range(1, 8)] == [True] * 5 + [False] * 2


def test_a_crowd_of_names_fills_no_memory() -> None:
    hall = Hall(Rates(work=Rate(0.001, 2)), remembered=100)
    for n in range(5000):
        hall.asks(f"user{n}", "POST", HAND_IN)
        hall.guesses(f"10.{n // 256}.{n % 256}.1", f"guess{n}")
        hall.turnstile.held(f"token{n}")
        # Who keeps asking is never the one who is forgotten.
        assert (hall.asks("maria", "POST", HAND_IN) == 0) == (n < 2)
        assert len(hall.turnstile) <= 200
    kinds = {s.labels["limit"] for m in hall.metrics.limited.collect() for s in m.samples}
    assert kinds == {"work"}
