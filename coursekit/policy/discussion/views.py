"""Where a cohort splits, prompt by prompt: answers in, counts out. Who may be counted is the peers' rule.

The measure of a split is the chance that two people drawn by lot chose differently (Simpson, Measurement of
diversity, Nature 163, 1949): 0 when all agree. Four camps of the same size give 75 of 100 pairs and a few more in
a small group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from coursekit.model.ids import PromptId, UserId
from coursekit.model.plan import Answer, Camp, Split, Spread, Sureness, View
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.policy.completeness import is_answered
from coursekit.policy.peers import TOGETHER, counted, quarters
from coursekit.policy.words import in_steps

_NEAR = 10
"""An estimate is near when it is off by no more than this part of the range that the task allows: a tenth."""
LOW, MIDDLE, HIGH = "a low estimate", "an estimate in the middle", "a high estimate"
_MINORITY = 0.2


def view(prompt: Prompt, answers: Sequence[Answer], answer: float | None = None) -> View:
    """What may be shown of these answers, oldest first. `answer`: what the reveal says to an estimate."""
    given = [a for a in answers if is_answered(prompt, a.response)]
    shown = counted(given)
    if not shown:
        # Not even how few there are.
        return View(prompt, 0, 0)
    splits: tuple[Split, ...] = ()
    spread = None
    camp_of = {a.learner: "" for a in shown}
    if prompt.kind is PromptKind.DECISION:
        labels = {o.id: o.label for o in prompt.options}
        camp_of = {a.learner: labels[str(a.response["choice"])] for a in shown}
        splits = (_split("", list(labels.values()), list(camp_of.values())),)
    elif prompt.kind is PromptKind.CONFIDENCE:
        camp_of = {a.learner: prompt.scale[a.response["level"] - 1] for a in shown}
        splits = (_split("", prompt.scale, list(camp_of.values())),)
    elif prompt.kind is PromptKind.SELF_ASSESSMENT:
        splits = tuple(
            _split(item.label, prompt.scale, [prompt.scale[_level(a, item.id) - 1] for a in shown])
            for item in prompt.items
        )
    elif prompt.kind is PromptKind.ESTIMATE:
        spread = _spread(prompt, shown, answer)
        low, _, high = quarters(spread.values)
        camp_of = {a.learner: _side(float(a.response["value"]), low, high) for a in shown}
    return View(prompt, len(shown), len(given) - len(shown), splits, spread, camp_of=camp_of)


def minority(split: Split) -> frozenset[str]:
    """Camps that at most a fifth of the people stand in, and that are not the largest."""
    total, most = sum(c.count for c in split.camps), max(c.count for c in split.camps)
    return frozenset(c.label for c in split.camps if 0 < c.count <= _MINORITY * total and c.count < most)


def disagreeing(counts: Sequence[int]) -> int:
    """Of 100 pairs drawn by lot from camps of these sizes, those whose two people are in different camps."""
    people = sum(counts)
    if people < 2:
        return 0
    alike = sum(n * (n - 1) for n in counts)
    return round(100 * (1 - alike / (people * (people - 1))))


def sureness(
    confidence: tuple[Prompt, Sequence[Answer]], estimate: tuple[Prompt, Sequence[Answer]], answer: float
) -> Sureness | None:
    """How sure the nearer half were, and how sure the other half; none with under five in each."""
    asked, answers = confidence
    sure = {a.learner: a.response["level"] for a in answers if is_answered(asked, a.response)}
    guesses = [a for a in estimate[1] if is_answered(estimate[0], a.response) and a.learner in sure]
    both = counted(guesses)
    # Ties stay in the order in which they came.
    ranked = sorted(both, key=lambda a: abs(float(a.response["value"]) - answer))
    half = len(ranked) // 2
    if half < TOGETHER:
        return None
    nearer, further = ranked[:half], ranked[len(ranked) - half :]

    def levels(people: Sequence[Answer]) -> tuple[int, ...]:
        return tuple(sum(sure[a.learner] == n for a in people) for n in range(1, len(asked.scale) + 1))

    return Sureness(estimate[0].id, asked.scale, levels(nearer), levels(further))


def find_estimate(
    prompts: Sequence[Prompt], confidence: Prompt, known: Mapping[PromptId, float]
) -> Prompt | None:
    """The last estimate with a known answer before a question for confidence."""
    before = prompts[: [p.id for p in prompts].index(confidence.id)]
    return next((p for p in reversed(before) if p.kind is PromptKind.ESTIMATE and p.id in known), None)


def _split(title: str, labels: Sequence[str], chosen: Sequence[str]) -> Split:
    camps = tuple(Camp(label, chosen.count(label)) for label in labels)
    return Split(title, camps, disagreeing([c.count for c in camps]))


def _spread(prompt: Prompt, shown: Sequence[Answer], answer: float | None) -> Spread:
    values = tuple(sorted(float(a.response["value"]) for a in shown))
    low, middle, high = (in_steps(q, prompt.step) for q in quarters(values))
    found = Spread(values, (low, middle, high), prompt.unit, answer, step=prompt.step)
    if answer is None:
        return found
    # Every estimate has a range: the floor of `wire` refuses one without.
    span = (prompt.maximum or 0) - (prompt.minimum or 0)
    reach = max(in_steps(span / _NEAR, prompt.step), prompt.step or 0)
    return replace(found, near=sum(abs(v - answer) <= reach for v in values), reach=reach)


def _side(value: float, low: float, high: float) -> str:
    if low == high:
        return MIDDLE
    return LOW if value <= low else HIGH if value >= high else MIDDLE


def _level(answer: Answer, item: str) -> int:
    levels: Mapping[str, Any] = answer.response["levels"]
    return int(levels[item])


def people(answers: Mapping[PromptId, Sequence[Answer]]) -> frozenset[UserId]:
    """Everybody who answered anything."""
    return frozenset(a.learner for given in answers.values() for a in given)
