"""An answer in words: each part with its label, as learners, graders and feedback show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from coursekit.model.prompt import Choice, Prompt, PromptKind, Response


def answer_rows(prompt: Prompt, response: Response | None) -> list[tuple[str, str]]:
    """What was answered, each part with its label; parts not answered are left out."""
    if response is None:
        return []
    rows: list[tuple[str, Any]] = []
    if prompt.kind is PromptKind.REFLECTION:
        rows = [("Your answer", response.get("text"))]
    elif prompt.kind is PromptKind.ANALYSIS:
        rows = [("Your code", response.get("code"))]
    elif prompt.kind is PromptKind.DECISION:
        rows = [("Your choice", _label(prompt.options, response.get("choice")))]
    elif prompt.kind is PromptKind.ESTIMATE:
        value = response.get("value")
        rows = [("Your estimate", None if value is None else f"{number(value)} {prompt.unit}".strip())]
    elif prompt.kind is PromptKind.CONFIDENCE:
        rows = [("Your answer", level(prompt.scale, response.get("level")))]
    elif prompt.kind is PromptKind.SELF_ASSESSMENT:
        levels = _mapping(response.get("levels"))
        rows = [(item.label, level(prompt.scale, levels.get(item.id))) for item in prompt.items]
    else:
        texts = _mapping(response.get("fields"))
        rows = [(wanted.label, texts.get(wanted.id)) for wanted in prompt.fields]
    if prompt.kind in (PromptKind.DECISION, PromptKind.ESTIMATE):
        rows.append(("Your reason", response.get("reason")))
    return [(label, str(value)) for label, value in rows if value is not None and str(value).strip()]


def number(value: Any) -> str:
    """A number without a needless .0, and without separators, which mean one thing here, another there."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def in_steps(value: float, step: float | None) -> float:
    """The nearest whole step; without a step, four figures."""
    if not step:
        return float(f"{value:.4g}")
    # In decimals, as the step is written: 3 times 0.1 is 0.3, and a half goes up.
    size = Decimal(str(step))
    return float((Decimal(str(value)) / size).quantize(Decimal(1), ROUND_HALF_UP) * size)


def level(scale: Sequence[str], value: Any) -> str | None:
    """A point on a scale: its label, and where it stands."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= len(scale):
        return None
    return f"{scale[value - 1]} ({value} of {len(scale)})"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _label(choices: Sequence[Choice], chosen: Any) -> str | None:
    return next((c.label for c in choices if c.id == chosen), None)
