"""A plan's charts as SVG: no script, no font, nothing from elsewhere; each says in words what it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from textwrap import wrap

from coursekit.model.plan import Split, Spread, Sureness
from coursekit.policy.words import number

# Okabe and Ito's, told apart with every common kind of colour blindness.
BLUE, RED, PALE = "#0072B2", "#D55E00", "#DCE8F1"
_INK, _SOFT, _LINE = "#1c2330", "#556070", "#c9ced8"
# Narrow, so that its letters can be read in a column of a printed page.
_WIDTH, _LEFT, _RIGHT = 420, 12, 40
_LETTERS = 52
"""Of a label, on one line."""
_BINS = 30


def camps(split: Split, labels: Sequence[str] = ()) -> str:
    """A bar for each camp, with its label (or that of `labels`) above and its number behind."""
    most = max([c.count for c in split.camps] + [1])
    parts: list[str] = []
    y = 4
    named = list(zip(labels or [c.label for c in split.camps], split.camps, strict=True))
    for label, camp in named:
        for line in wrap(label, _LETTERS) or [""]:
            y += 17
            parts.append(_text(_LEFT, y, line))
        long = (_WIDTH - _LEFT - _RIGHT) * camp.count / most
        parts.append(_bar(_LEFT, y + 6, long, 15, BLUE))
        parts.append(_text(_LEFT + long + 8, y + 19, str(camp.count), weight="bold"))
        y += 28
    told = "; ".join(f"{label}: {c.count}" for label, c in named)
    return _svg(y + 6, f"Bars, one for each answer. {told}.", parts)


def spread(found: Spread) -> str:
    """A dot for each estimate on one line, the middle half shaded, the answer as a line."""
    ends = [*found.values, *([found.answer] if found.answer is not None else [])]
    is_log = min(ends) > 0 and max(ends) / min(ends) >= 50
    low, high = (math.log10(v) if is_log else v for v in (min(ends), max(ends)))
    if is_log:
        low, high = math.floor(low), math.ceil(high)
    span = (high - low) or 1.0
    wide = _WIDTH - 2 * 40

    def x(value: float) -> float:
        return 40 + wide * ((math.log10(value) if is_log else value) - low) / span

    piles: dict[int, int] = {}
    for value in found.values:
        at = round((x(value) - 40) / wide * _BINS)
        piles[at] = piles.get(at, 0) + 1
    step = min(11.0, 110 / max(piles.values()))
    base = 46 + step * max(piles.values())
    first, middle, third = found.quarters
    parts = [
        f'<rect x="{x(first):.1f}" y="34" width="{max(2.0, x(third) - x(first)):.1f}" '
        f'height="{base - 34:.1f}" fill="{PALE}"/>',
        f'<line x1="40" y1="{base:.1f}" x2="{_WIDTH - 40}" y2="{base:.1f}" stroke="{_SOFT}"/>',
    ]
    for at, pile in sorted(piles.items()):
        for level in range(pile):
            cx, cy = 40 + wide * at / _BINS, base - step * (level + 0.5)
            parts.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="{step * 0.42:.1f}" fill="{BLUE}"/>')
    for tick in _ticks(low, high, is_log):
        parts.append(
            f'<line x1="{x(tick):.1f}" y1="{base:.1f}" x2="{x(tick):.1f}" y2="{base + 5:.1f}" stroke="{_SOFT}"/>'
        )
        parts.append(_text(x(tick), base + 20, _short(tick), anchor="middle", colour=_SOFT))
    told = f"{len(found.values)} estimates as dots. Half lie from {_short(first)} to {_short(third)}"
    told += f", the one in the middle is {_short(middle)}"
    if found.answer is not None:
        there = x(found.answer)
        parts.append(
            f'<line x1="{there:.1f}" y1="26" x2="{there:.1f}" y2="{base:.1f}" stroke="{RED}" stroke-width="2.5"/>'
        )
        anchor = "end" if there > _WIDTH * 0.7 else "start" if there < _WIDTH * 0.3 else "middle"
        label = f"revealed: {_short(found.answer)}"
        parts.append(_text(there, 19, label, anchor=anchor, colour=RED, weight="bold"))
        told += f"; the answer was {_short(found.answer)}"
    if is_log:
        parts.append(
            _text(_LEFT, base + 38, "Each step of the scale is ten times the one before.", colour=_SOFT)
        )
    return _svg(base + (48 if is_log else 30), told + ".", parts)


def sureness(found: Sureness) -> str:
    """Two bars at each point of the scale: those who came nearer, and the others."""
    most = max([*found.nearer, *found.further, 1])
    parts = [
        _bar(_LEFT, 8, 14, 12, BLUE),
        _text(_LEFT + 20, 19, "nearer to the answer"),
        _bar(_LEFT + 190, 8, 14, 12, RED),
        _text(_LEFT + 210, 19, "further off"),
    ]
    y = 30.0
    told = []
    for label, near, far in zip(found.scale, found.nearer, found.further, strict=True):
        y += 16
        parts.append(_text(_LEFT, y, label))
        for count, colour in ((near, BLUE), (far, RED)):
            long = (_WIDTH - _LEFT - _RIGHT) * count / most
            parts.append(_bar(_LEFT, y + 5, long, 12, colour))
            parts.append(_text(_LEFT + long + 8, y + 16, str(count), weight="bold"))
            y += 15
        y += 8
        told.append(f"{label}: {near} nearer, {far} further off")
    return _svg(y + 4, "How sure people were. " + "; ".join(told) + ".", parts)


def _svg(height: float, told: str, parts: Sequence[str]) -> str:
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDTH} {height:.0f}" '
        f'aria-label="{escape(told)}" font-family="system-ui, sans-serif" font-size="14">\n{inside}\n</svg>'
    )


def _text(
    x: float, y: float, text: str, anchor: str = "start", colour: str = _INK, weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )


def _bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    if width <= 0:
        # Nobody: a hair, so that the row is seen to be empty and not forgotten.
        return f'<rect x="{x:.1f}" y="{y:.1f}" width="2" height="{height:.1f}" fill="{_LINE}"/>'
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2" fill="{colour}"/>'


def _ticks(low: float, high: float, is_log: bool) -> list[float]:
    if is_log:
        return [10.0**n for n in range(int(low), int(high) + 1)]
    rough = ((high - low) or 1.0) / 5
    size = 10 ** math.floor(math.log10(rough))
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= rough)
    first = math.ceil(low / step)
    return [round(n * step, 10) for n in range(first, math.floor(high / step) + 1)]


def _short(value: float) -> str:
    # Four figures are enough to point at, and 4260 stays 4260.
    return number(float(f"{value:.4g}")) if abs(value) < 1e4 else number(float(round(value)))
