"""Whether a response is an answer, and whether a module's prompts are all answered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from coursekit.model.ids import PromptId
from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.model.prompt import Choice, Prompt, PromptKind, Response
from coursekit.model.submission import Release
from coursekit.model.words import count_words


def check_response(prompt: Prompt, response: Response) -> Decision:
    """Whether `response` is an answer to `prompt` that can be committed."""
    return _CHECKS[prompt.kind](prompt, response)


def is_answered(prompt: Prompt, response: Response | None) -> bool:
    """Whether there is an answer that could be committed."""
    return response is not None and isinstance(check_response(prompt, response), Allowed)


def missing_prompts(release: Release, committed: Iterable[PromptId]) -> tuple[PromptId, ...]:
    """The required prompts of a release that are not committed, in the notebook's order."""
    have = set(committed)
    return tuple(p.id for p in release.prompts if p.required and p.id not in have)


def _words(prompt: Prompt, text: Any, floor: int, what: str = "Your answer to") -> Decision:
    if not isinstance(text, str) or not text.strip():
        return _no("empty-answer", f"{what} “{prompt.title}” is still empty.", "Write it, then commit.")
    count = count_words(text)
    if count < floor:
        return _no(
            "too-short",
            f"{what} “{prompt.title}” has {count} {'word' if count == 1 else 'words'} so far.",
            f"Say a little more: at least {floor} words, in any language.",
        )
    return Allowed()


def _reflection(prompt: Prompt, response: Response) -> Decision:
    return _words(prompt, response.get("text"), prompt.min_words)


def _analysis(prompt: Prompt, response: Response) -> Decision:
    return _words(prompt, response.get("code"), 0)


def _decision(prompt: Prompt, response: Response) -> Decision:
    # A list, not a set: what somebody sends may not be hashable.
    if response.get("choice") not in [o.id for o in prompt.options]:
        return _no("no-choice", f"“{prompt.title}” has no choice yet.", "Choose one of the options.")
    return _words(prompt, response.get("reason"), prompt.min_words, "Your reason for")


def _estimate(prompt: Prompt, response: Response) -> Decision:
    value = response.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        return _no("no-number", f"“{prompt.title}” has no number yet.", "Enter your best guess as a number.")
    low = -math.inf if prompt.minimum is None else prompt.minimum
    high = math.inf if prompt.maximum is None else prompt.maximum
    if not low <= value <= high:
        return _no(
            "out-of-range",
            f"{value:g} is outside the range of “{prompt.title}”.",
            f"Enter a number from {low:g} to {high:g}.",
        )
    return Allowed()


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        # JSON knows whole numbers of any length; a float does not.
        return False


def _on_scale(prompt: Prompt, level: Any) -> bool:
    return isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= len(prompt.scale)


def _confidence(prompt: Prompt, response: Response) -> Decision:
    if _on_scale(prompt, response.get("level")):
        return Allowed()
    return _no("no-level", f"“{prompt.title}” is not answered yet.", "Choose a point on the scale.")


def _each(prompt: Prompt, value: Any, wanted: tuple[Choice, ...]) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else dict.fromkeys((w.id for w in wanted), None)


def _self_assessment(prompt: Prompt, response: Response) -> Decision:
    levels = _each(prompt, response.get("levels"), prompt.items)
    for item in prompt.items:
        if not _on_scale(prompt, levels.get(item.id)):
            return _no("no-level", f"“{item.label}” is not rated yet.", "Choose a point on the scale.")
    return Allowed()


def _plan(prompt: Prompt, response: Response) -> Decision:
    texts = _each(prompt, response.get("fields"), prompt.fields)
    for wanted in prompt.fields:
        decision = _words(prompt, texts.get(wanted.id), wanted.min_words, f"The part “{wanted.label}” of")
        if isinstance(decision, Refused):
            return decision
    return Allowed()


def _no(code: str, reason: str, next_step: str) -> Refused:
    return Refused(code, reason, next_step)


_CHECKS = {
    PromptKind.REFLECTION: _reflection,
    PromptKind.ANALYSIS: _analysis,
    PromptKind.DECISION: _decision,
    PromptKind.ESTIMATE: _estimate,
    PromptKind.CONFIDENCE: _confidence,
    PromptKind.SELF_ASSESSMENT: _self_assessment,
    PromptKind.PLAN: _plan,
}
