"""No rung is reached by anything but marked answers, and from 30 by being better than counting words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coursekit.model.ids import Digest
from coursekit.model.reflection import Rung
from coursekit.policy.reflection.calibration import Covered, Measured
from coursekit.policy.reflection.certificate import Audited
from coursekit.policy.reflection.ladder import More, more_for_certificate, more_for_rung, rung

GOOD = Measured(40, {}, 30, 10, qwk=0.70, length_qwk=0.67, auc=0.85)
BASIS = Digest("a" * 64)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, Rung.POINTERS),
        (9, Rung.POINTERS),
        (10, Rung.GRADER_ONLY),
        (29, Rung.GRADER_ONLY),
        (30, Rung.SUGGESTION),
        (5000, Rung.SUGGESTION),
    ],
)
def test_by_the_number_of_marked_answers(n: int, expected: Rung) -> None:
    assert rung(n, GOOD) is expected


@pytest.mark.parametrize(
    "change",
    [{"qwk": 0.699}, {"auc": 0.849}, {"length_qwk": 0.68}, {"auc": None}, {"qwk": None}],
)
def test_what_is_no_better_than_counting_words_measures_length(change: dict[str, float | None]) -> None:
    assert rung(30, replace(GOOD, **change)) is Rung.LENGTH  # type: ignore[arg-type]
    assert rung(5000, None) is Rung.LENGTH


def test_where_length_is_misleading_a_suggestion_must_still_say_something() -> None:
    assert rung(30, replace(GOOD, qwk=0.029, length_qwk=-0.4)) is Rung.LENGTH


def test_what_the_next_rung_takes() -> None:
    assert more_for_rung(4, None) == More(6, "a suggestion to graders")
    assert more_for_rung(17, None) == More(13, "a comparison with counting words")
    assert more_for_rung(31, None) == More(19, "another comparison with counting words")
    assert more_for_rung(31, GOOD) is None


def test_more_grades_are_not_promised_to_help_where_they_did_not() -> None:
    more = more_for_rung(80, replace(GOOD, n=80, auc=0.6))
    assert more is not None
    assert more.grades is None


def decisions(n: int, p: float, wrong: int = 0) -> list[Audited]:
    return [Audited(p, i >= wrong, True, NOW, id=f"{p} {i}") for i in range(n)]


def test_a_certificate_takes_as_many_more_as_lie_above_the_best_threshold() -> None:
    # Half of the answers lie above 0.95: 59 of these are 118 in all.
    measured = replace(
        GOOD, coverage=(Covered(0.9, 0.5, 1.0, 20), Covered(0.95, 0.5, 1.0, 20), Covered(0.99, 0.0, None, 0))
    )
    assert more_for_certificate([], measured, 0.95, BASIS) == More(
        118, "a certificate, drawn by lot and graded blind"
    )
    half = decisions(20, 0.97) + decisions(20, 0.2)
    assert more_for_certificate(half, measured, 0.95, BASIS) == More(
        78, "a certificate, drawn by lot and graded blind"
    )


def test_a_disagreement_makes_it_longer_and_enough_makes_it_none() -> None:
    assert more_for_certificate(decisions(50, 0.97), GOOD, 0.95, BASIS) == More(
        9, "a certificate, drawn by lot and graded blind"
    )
    assert more_for_certificate(decisions(50, 0.97, 1), GOOD, 0.95, BASIS) == More(
        43, "a certificate, drawn by lot and graded blind"
    )
    assert more_for_certificate(decisions(59, 0.97), GOOD, 0.95, BASIS) is None


def test_where_nothing_lies_above_a_threshold_no_number_is_invented() -> None:
    assert more_for_certificate([], GOOD, 0.95, BASIS) == More(
        None, "a certificate, drawn by lot and graded blind"
    )
