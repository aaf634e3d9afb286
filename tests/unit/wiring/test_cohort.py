"""The simulated class: nobody hands in what another has written word for word."""

from __future__ import annotations

from pathlib import Path

from coursekit.wiring.cohort import Learner, _own_words


def learner(number: int) -> Learner:
    return Learner(f"learner{number}", Path(), "", "", 0.5, 65, number)


def test_the_same_exemplar_is_five_hundred_answers() -> None:
    written = {_own_words("The readers.", learner(n), "p2") for n in range(500)}
    assert len(written) == 500
    assert all("The readers." in text for text in written)


def test_the_same_class_writes_the_same() -> None:
    assert _own_words("The readers.", learner(3), "p2") == _own_words("The readers.", learner(3), "p2")


def test_nothing_stays_nothing() -> None:
    assert _own_words(" ", learner(0), "p2") == " "
