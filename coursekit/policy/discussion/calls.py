"""Whom to call first, and why: at each prompt a voice that is seldom heard, one against it, one from a third camp.

Where its row of the timetable has room for more, camps take turns. Nobody is called twice while somebody is left
who was not called. Among equals a lot decides, the same lot each time the plan is made, so that neither the
alphabet nor the first to commit has it better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from coursekit.model.ids import PromptId, UserId
from coursekit.model.plan import Call, View, Why
from coursekit.model.prompt import PromptKind
from coursekit.policy.discussion.views import HIGH, LOW, MIDDLE

SILENT = frozenset({PromptKind.ANALYSIS, PromptKind.SELF_ASSESSMENT})
"""Nobody is asked before all others for their code, or for how they rate themselves."""
_DIVIDING = frozenset({PromptKind.DECISION, PromptKind.ESTIMATE})
"""Camps that people keep standing in when they discuss what they wrote afterwards."""
_UNPLACED = 3
"""Calls at a prompt that no row of the timetable has; also the camps that are heard before any speaks twice."""
_ORDERED = frozenset({PromptKind.CONFIDENCE, PromptKind.ESTIMATE})


def call_order(
    views: Sequence[View],
    heard: Mapping[UserId, int],
    lot: str,
    room: Mapping[PromptId, int] | None = None,
    smallest_first: Mapping[PromptId, bool] | None = None,
) -> tuple[Call, ...]:
    """Calls at each prompt, in the order of the prompts: as many as there is `room` for, else up to three.

    `heard`: how often earlier plans called each; `lot`: what the draw goes by, such as the module.
    `smallest_first`: prompts at which the teaching note wants the smallest camp first (true) or last (false).
    """
    called: Counter[UserId] = Counter()
    found: list[Call] = []
    before: View | None = None
    for view in views:
        if view.prompt.kind in SILENT or not view.camp_of:
            continue
        most = (room or {}).get(view.prompt.id, _UNPLACED)
        turn = _Turn(_stands(view, before), heard, called, lot, (smallest_first or {}).get(view.prompt.id))
        calls = turn.calls(most)
        called.update(call.learner for call in calls)
        found += calls
        if view.prompt.kind in _DIVIDING:
            before = view
    return tuple(found)


@dataclass(frozen=True)
class _Stands:
    """Who stands where when a prompt is discussed."""

    view: View
    """Of the prompt that is discussed."""
    camps: View
    """Of the prompt whose camps they are."""
    camp_of: Mapping[UserId, str]


def _stands(view: View, before: View | None) -> _Stands:
    """The prompt's own camps; for written answers those of the decision or estimate before it."""
    if before is None or any(view.camp_of.values()):
        return _Stands(view, view, view.camp_of)
    return _Stands(view, before, {who: before.camp_of.get(who, "") for who in view.camp_of})


@dataclass(frozen=True)
class _Turn:
    """The calls at one prompt."""

    stands: _Stands
    heard: Mapping[UserId, int]
    called: Mapping[UserId, int]
    """By this plan, at the prompts before."""
    lot: str
    smallest_first: bool | None

    @property
    def _sizes(self) -> Counter[str]:
        return Counter(self.stands.camp_of.values())

    def calls(self, most: int) -> list[Call]:
        """Up to so many, nobody twice."""
        sizes = self._sizes
        few = [camp for camp in sizes if sizes[camp] == min(sizes.values())]
        waits = self.smallest_first is False and len(few) < len(sizes) and most > 1
        found: list[Call] = []
        while len(found) < min(most, sum(sizes.values())):
            camps: Collection[str] = sizes
            if waits:
                # The last call is theirs.
                camps = few if len(found) == most - 1 else [c for c in sizes if c not in few]
            elif not found and self.smallest_first:
                camps = few
            found.append(self._call(found, self._left(found, camps) or self._left(found, sizes)))
        return found

    def _left(self, found: Sequence[Call], camps: Collection[str]) -> list[str]:
        """Of these, camps in which somebody can still be called; before others, somebody who was not called yet.

        A camp that was not heard at this prompt counts as one of these: a small camp speaks at each prompt.
        """
        mine = {call.learner for call in found}
        heard = {call.camp for call in found}
        there = [
            (who, camp) for who, camp in self.stands.camp_of.items() if who not in mine and camp in camps
        ]
        fresh = [camp for who, camp in there if not self.called.get(who)]
        new = [camp for _, camp in there if len(found) < _UNPLACED and camp not in heard]
        return list(dict.fromkeys(new or fresh or [camp for _, camp in there]))

    def _call(self, found: Sequence[Call], left: Sequence[str]) -> Call:
        sizes, view = self._sizes, self.stands.camps
        spoken = Counter(call.camp for call in found)
        why = Why.NEXT
        if not found:
            why = Why.SELDOM
        elif len(found) < _UNPLACED and all(camp not in spoken for camp in left):
            why = (Why.OPPOSITE, Why.THIRD)[len(found) - 1]
            left = [_against(view, found[0].camp, left, sizes)]
        else:
            # Camps take turns, the larger more often; the one that spoke just now waits.
            best = max(left, key=lambda c: (c != found[-1].camp, not spoken[c], sizes[c] / (spoken[c] + 1)))
            left = [best]
        who = self._pick(left, {call.learner for call in found})
        camp = self.stands.camp_of[who]
        is_own = self.stands.camps is self.stands.view
        return Call(
            self.stands.view.prompt.id,
            who,
            why,
            camp,
            self.heard.get(who, 0),
            bool(camp) and len(sizes) > 1 and sizes[camp] == min(sizes.values()),
            None if is_own or not camp else view.prompt.id,
            self.called.get(who, 0) > 0,
        )

    def _pick(self, camps: Sequence[str], without: Collection[UserId]) -> UserId:
        camp_of, sizes, name = self.stands.camp_of, self._sizes, self.stands.view.prompt.id
        return min(
            (who for who, camp in camp_of.items() if camp in camps and who not in without),
            key=lambda who: (
                self.called.get(who, 0),
                self.heard.get(who, 0),
                sizes[camp_of[who]],
                sha256(f"{self.lot}/{name}/{who}".encode()).digest(),
            ),
        )


def _against(view: View, camp: str, left: Sequence[str], sizes: Mapping[str, int]) -> str:
    """The largest camp that is left; where camps have an order, the one that is furthest off."""
    if view.prompt.kind not in _ORDERED or camp == "":
        return max(left, key=lambda c: sizes[c])
    order = [LOW, MIDDLE, HIGH] if view.spread else list(view.prompt.scale)
    return max(left, key=lambda c: (bool(c) and abs(order.index(c) - order.index(camp)), sizes[c]))
