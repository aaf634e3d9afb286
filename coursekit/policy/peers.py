"""How others answered, shown after one's own commit: counts and quarters, never a person.

Others are counted in fives, in the order in which they committed. Whoever looks twice can therefore tell at most
what five people answered together, and before five have answered there is nothing to see. Words of others are not
shown: they would need their consent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import quantiles
from typing import Any, TypeVar

from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.policy.words import in_steps, number

T = TypeVar("T")

TOGETHER = 5
"""The fewest people whose answers are shown, and the step in which more are added."""


def shows_others(prompt: Prompt) -> bool:
    """Whether there could ever be something to show for this kind of prompt."""
    return prompt.kind in _BODIES


def counted(given: Sequence[T]) -> Sequence[T]:
    """Those of these, oldest first, that may be counted and shown together: whole fives, or none."""
    return given[: len(given) // TOGETHER * TOGETHER]


def others_in_words(prompt: Prompt, others: Sequence[Response]) -> str | None:
    """Markdown on how others answered, oldest first in `others`; none when there is nothing to show."""
    shown = counted(others)
    if not shown:
        return None
    body = _BODIES.get(prompt.kind)
    return f"#### How {len(shown)} others answered\n\n{body(prompt, shown)}" if body else None


def quarters(values: Sequence[float]) -> tuple[float, float, float]:
    """Where a quarter, half and three quarters of these lie below."""
    # Inclusive quartiles (Hyndman and Fan, The American Statistician 1996, type 7): none lies outside the answers.
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high


def _decision(prompt: Prompt, others: Sequence[Response]) -> str:
    chosen = [o.get("choice") for o in others]
    return _table([(option.label, chosen.count(option.id)) for option in prompt.options])


def _confidence(prompt: Prompt, others: Sequence[Response]) -> str:
    return _levels(prompt, [o.get("level") for o in others])


def _self_assessment(prompt: Prompt, others: Sequence[Response]) -> str:
    parts = []
    for item in prompt.items:
        given = [_mapping(o.get("levels")).get(item.id) for o in others]
        parts.append(f"**{_plain(item.label)}**\n\n{_levels(prompt, given)}")
    return "\n\n".join(parts)


def _estimate(prompt: Prompt, others: Sequence[Response]) -> str:
    low, middle, high = (
        number(in_steps(q, prompt.step)) for q in quarters([float(o["value"]) for o in others])
    )
    unit = f" {_plain(prompt.unit)}" if prompt.unit else ""
    return (
        f"Half of the estimates lie between **{low}** and **{high}**{unit}. "
        f"The one in the middle is **{middle}**."
    )


def _levels(prompt: Prompt, given: Sequence[Any]) -> str:
    return _table([(label, given.count(level)) for level, label in enumerate(prompt.scale, 1)])


def _table(rows: Sequence[tuple[str, int]]) -> str:
    lines = [f"| {_plain(label)} | {count} |" for label, count in rows]
    return "\n".join(["| Answer | Others |", "|:--|--:|", *lines])


def _plain(text: str) -> str:
    # A bar would end the table's cell, and a line break its row.
    return " ".join(text.split()).replace("|", "\\|")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


_BODIES = {
    PromptKind.DECISION: _decision,
    PromptKind.CONFIDENCE: _confidence,
    PromptKind.SELF_ASSESSMENT: _self_assessment,
    PromptKind.ESTIMATE: _estimate,
}
