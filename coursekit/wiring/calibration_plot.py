"""Whether probabilities keep their word: one small picture for each prompt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coursekit.services.calibrate import Calibrated

_INK, _LINE, _FAINT = "#1d2430", "#2a6f97", "#b8c0cc"
_COLUMNS = 3
_MOST_TITLE = 34
_ACROSS = "probability of an adequate attempt"


def draw(found: Sequence[Calibrated], module: str, path: Path) -> Path:
    """Write the picture as PNG; gives its path. Prompts without probabilities are drawn empty, with the reason."""
    from matplotlib.figure import Figure

    # Four stand better as two and two.
    columns = 2 if len(found) == 4 else min(_COLUMNS, max(1, len(found)))
    rows = max(1, math.ceil(len(found) / columns))
    figure = Figure(figsize=(3.4 * columns + 0.4, 3.5 * rows + 0.7), dpi=144, layout="constrained")
    figure.suptitle(
        f"{module}: of the answers with this probability, so many were called adequate",
        color=_INK,
        fontsize=10.5,
        wrap=True,
    )
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for ax, one in zip(axes, found, strict=False):
        _panel(ax, one)
        ax.label_outer()
    for ax in axes[max(0, len(found) - columns) : len(found)]:
        # The last of its column, whether or not another row begins below.
        ax.tick_params(labelbottom=True)
        ax.set_xlabel(_ACROSS, fontsize=8, color=_INK)
    for ax in axes[len(found) :]:
        ax.set_axis_off()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
    return path


def _panel(ax: Any, one: Calibrated) -> None:
    measured = one.measured
    title = one.title if len(one.title) <= _MOST_TITLE else one.title[: _MOST_TITLE - 1] + "…"
    ax.set_title(f"{one.prompt} · {title}", fontsize=9, color=_INK, loc="left")
    ax.set_xlim(-0.03, 1.03)
    ax.set_ylim(-0.03, 1.03)
    ax.set_aspect("equal")
    ax.tick_params(labelsize=8, colors=_INK)
    ax.set_xlabel(_ACROSS, fontsize=8, color=_INK)
    ax.set_ylabel("called adequate by people", fontsize=8, color=_INK)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    if not measured.bins:
        ax.text(0.5, 0.5, _why_empty(one), ha="center", va="center", fontsize=9, color=_INK)
        return
    ax.plot([0, 1], [0, 1], color=_FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    x, y = [b.foretold for b in measured.bins], [b.came for b in measured.bins]
    low, high = zip(*(_wilson(b.came, b.n) for b in measured.bins), strict=True)
    ax.vlines(x, low, high, color=_LINE, linewidth=1, alpha=0.5, zorder=2)
    ax.plot(x, y, color=_LINE, linewidth=1, alpha=0.4, zorder=2)
    ax.scatter(x, y, s=[12 + 3 * min(b.n, 40) for b in measured.bins], color=_LINE, zorder=3)
    told = f"{measured.adequate + measured.inadequate} answers, each left out in turn"
    if measured.ece is not None:
        told += f"\nmean distance (ECE) {measured.ece:.2f}"
    ax.text(1.0, 0.0, told, ha="right", va="bottom", fontsize=7.5, color=_INK)


def _why_empty(one: Calibrated) -> str:
    n = one.measured.n
    return f"{n} marked answer{'' if n == 1 else 's'}:\npointers only" if n < 10 else "nothing to compare"


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Where the true share lies in 9 of 10 cases (Wilson, 1927)."""
    z = 1.645
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
