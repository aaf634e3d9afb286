"""Whom to call first, and why: at each prompt a voice that is seldom heard, one against it, one from a third camp.

Nobody is called twice while somebody is left who was not called. Among equals a lot decides, the same lot each time
the plan is made, so that neither the alphabet nor the first to commit has it better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256

from coursekit.model.ids import UserId
from coursekit.model.plan import Call, View, Why
from coursekit.model.prompt import PromptKind
from coursekit.policy.discussion.views import HIGH, LOW, MIDDLE

_SILENT = frozenset({PromptKind.ANALYSIS, PromptKind.SELF_ASSESSMENT})
"""Nobody is asked before all others for their code, or for how they rate themselves."""
_ORDERED = frozenset({PromptKind.CONFIDENCE, PromptKind.ESTIMATE})


def call_order(views: Sequence[View], heard: Mapping[UserId, int], lot: str) -> tuple[Call, ...]:
    """Up to three calls at each prompt, in the order of the prompts.

    `heard`: how often earlier plans called each; `lot`: what the draw goes by, such as the module.
    """
    called: Counter[UserId] = Counter()
    found: list[Call] = []
    for view in views:
        if view.prompt.kind not in _SILENT:
            for call in _at(view, heard, called, lot):
                called[call.learner] += 1
                found.append(call)
    return tuple(found)


def _at(view: View, heard: Mapping[UserId, int], called: Mapping[UserId, int], lot: str) -> list[Call]:
    sizes = Counter(view.camp_of.values())
    if not sizes:
        return []
    smallest = min(sizes.values())

    def pick(camps: Sequence[str]) -> UserId:
        there = [who for who, camp in view.camp_of.items() if camp in camps]
        return min(
            there,
            key=lambda who: (
                called.get(who, 0),
                heard.get(who, 0),
                sizes[view.camp_of[who]],
                sha256(f"{lot}/{view.prompt.id}/{who}".encode()).digest(),
            ),
        )

    def call(why: Why, who: UserId) -> Call:
        camp = view.camp_of[who]
        is_smallest = len(sizes) > 1 and sizes[camp] == smallest
        return Call(view.prompt.id, who, why, camp, heard.get(who, 0), is_smallest)

    calls = [call(Why.SELDOM, pick(list(sizes)))]
    for why in (Why.OPPOSITE, Why.THIRD):
        left = [camp for camp in sizes if camp not in {c.camp for c in calls}]
        if left:
            calls.append(call(why, pick([_against(view, calls[0].camp, left, sizes)])))
    return calls


def _against(view: View, camp: str, left: Sequence[str], sizes: Mapping[str, int]) -> str:
    """The largest camp that is left; where camps have an order, the one that is furthest off."""
    if view.prompt.kind not in _ORDERED:
        return max(left, key=lambda c: sizes[c])
    order = [LOW, MIDDLE, HIGH] if view.spread else list(view.prompt.scale)
    return max(left, key=lambda c: (abs(order.index(c) - order.index(camp)), sizes[c]))
