"""The picture has a panel for each prompt, and says why one is empty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coursekit.model.ids import PromptId
from coursekit.model.reflection import Rung
from coursekit.policy.reflection.calibration import Bin, Measured
from coursekit.services.calibrate import Calibrated
from coursekit.wiring.calibration_plot import _panel, _wilson, draw

BINS = tuple(Bin(30, p / 10 + 0.05, p / 10) for p in range(10))
ONE = Calibrated(
    PromptId("p1"),
    "A title that is longer than the panel is wide, by far",
    Rung.SUGGESTION,
    Measured(300, {}, 200, 100, ece=0.04, bins=BINS),
    None,
    True,
    0,
)
FEW = replace(ONE, title="Short", rung=Rung.POINTERS, measured=Measured(1, {}, 1, 0))


def panel(one: Calibrated) -> tuple[str, list[str], int]:
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    _panel(ax, one)
    points = sum(len(c.get_offsets()) for c in ax.collections if hasattr(c, "get_sizes"))
    return ax.get_title(loc="left"), [t.get_text() for t in ax.texts], points


def test_a_point_for_each_bin() -> None:
    title, texts, points = panel(ONE)
    assert title.endswith("…")
    assert points == 10
    assert texts == ["300 answers, each left out in turn\nmean distance (ECE) 0.04"]


def test_an_empty_panel_says_why() -> None:
    assert panel(FEW) == ("p1 · Short", ["1 marked answer:\npointers only"], 0)
    none_said = replace(ONE, measured=Measured(40, {}, 0, 0))
    assert panel(none_said)[1] == ["nothing to compare"]


@pytest.mark.parametrize("count", [1, 4, 5])
def test_as_many_panels_as_prompts(count: int, tmp_path: Path) -> None:
    path = draw([ONE] * (count - 1) + [FEW], "the-lamps", tmp_path / "new" / "a.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_whisker_holds_the_share_and_stays_within_bounds() -> None:
    for share, n in ((0.0, 5), (1.0, 5), (0.4, 10), (0.9, 300)):
        low, high = _wilson(share, n)
        assert 0 <= low <= share <= high <= 1
    assert _wilson(0.5, 1000)[1] - _wilson(0.5, 1000)[0] < _wilson(0.5, 10)[1] - _wilson(0.5, 10)[0]
