"""After a notebook has run: once more, or what is said of it."""

from __future__ import annotations

import pytest

from coursekit.model.gradereport import Kind
from coursekit.model.grading import Ran, Remark
from coursekit.policy.aftermath import note_on, was_cut_short


def remark(code: str) -> Remark:
    return Remark(code, f"About {code}.")


@pytest.mark.parametrize(
    ("trouble", "alarms", "again"),
    [
        ((), (), False),
        (("output-cut",), (), False),
        (("kernel-died",), (), True),
        (("worker-lost", "output-cut"), (), True),
        (("kernel-died", "too-slow"), (), False),
        (("kernel-died", "too-much-memory"), (), False),
        (("kernel-died",), ("forged-check",), False),
    ],
)
def test_what_the_machine_may_have_ended_runs_again_and_nothing_else(
    trouble: tuple[str, ...], alarms: tuple[str, ...], again: bool
) -> None:
    ran = Ran("ada/one", {}, tuple(map(remark, alarms)), tuple(map(remark, trouble)))
    assert was_cut_short(ran) is again


def test_the_gravest_kind_counts_and_all_is_said_once() -> None:
    odd, died, mended = remark("odd-score"), remark("kernel-died"), remark("split-cell")
    whole = note_on("ada", True, [odd, odd], [died], [mended])
    assert whole is not None
    assert (whole.kind, whole.remarks) == (Kind.PERSON, (odd, died, mended))
    noted, fit = note_on("ada", False, [], [died], [mended]), note_on("ada", False, [], [], [mended])
    assert noted is not None
    assert noted.kind is Kind.NOTED
    assert fit is not None
    assert fit.kind is Kind.MENDED
    assert note_on("ada", False, [], [], []) is None


def test_what_only_concerns_the_hand_in_is_said_and_calls_nobody() -> None:
    late = note_on("ada", False, [remark("renamed-notebook")], [], [])
    assert late is not None
    assert late.kind is Kind.MENDED
