"""Sentences worth reading aloud: one from each writer, word for word, only from those who may be quoted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

from coursekit.model.ids import UserId
from coursekit.model.plan import Answer, Quote, View
from coursekit.model.prompt import PromptKind
from coursekit.policy.discussion.views import HIGH, LOW, MIDDLE, minority
from coursekit.policy.reflection.sentences import split
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words
from coursekit.policy.shown import shown

SHORTEST, LONGEST = 6, 30
"""Words of a quote."""
_OF_A_CAMP, _OF_ALL = 2, 3
_MOST = 20_000
"""Characters of an answer that are looked at."""
_TEXT = {PromptKind.REFLECTION: "text", PromptKind.DECISION: "reason", PromptKind.ESTIMATE: "reason"}
"""Plans are about the writer's own school, and code is no opinion: neither is quoted."""


def quotes(
    view: View,
    answers: Sequence[Answer],
    may_quote: Collection[UserId],
    names: Mapping[UserId, str],
    used: Collection[UserId] = (),
) -> tuple[Quote, ...]:
    """A few quotes of a prompt that differ, camp by camp where there are camps.

    `names` are looked for in the quotes, which must not tell who wrote them; `used` were quoted elsewhere on the
    page, and come last.
    """
    key = _TEXT.get(view.prompt.kind)
    if key is None:
        return ()
    small = frozenset().union(*(minority(s) for s in view.splits))
    by_camp: dict[str, list[Quote]] = {}
    for answer in answers:
        who = answer.learner
        if who not in view.camp_of or who not in may_quote:
            continue
        text = sentence(str(answer.response.get(key) or ""), (who, names.get(who, "")))
        if text:
            camp = view.camp_of[who]
            by_camp.setdefault(camp, []).append(Quote(who, text, camp, camp in small))
    most = _OF_A_CAMP if len(view.camp_of) and any(view.camp_of.values()) else _OF_ALL
    labels = [c.label for s in view.splits for c in s.camps] or [LOW, MIDDLE, HIGH, ""]
    return tuple(
        quote
        for label in dict.fromkeys(labels)
        for quote in _apart(by_camp.get(label, []), most, view.prompt.id, used)
    )


def sentence(text: str, names: Sequence[str] = ()) -> str:
    """The longest sentence that is short enough to be read aloud and names none of these; empty without one."""
    raw = text[:_MOST]
    found = ""
    most = SHORTEST - 1
    for each in split(normalise(raw)):
        said = words(each.text)
        if most < len(said) <= LONGEST and not _tells(said, names):
            found, most = raw[each.span.start : each.span.end], len(said)
    return " ".join(shown(found).split())


def _tells(said: Sequence[str], names: Sequence[str]) -> bool:
    parts = {part for name in names for part in words(normalise(name).text) if len(part) > 2}
    return not parts.isdisjoint(said)


def _apart(found: Sequence[Quote], most: int, prompt: str, used: Collection[UserId]) -> list[Quote]:
    """Those of them that have the fewest words in common, people who were not quoted yet first."""
    left = sorted(found, key=lambda q: sha256(f"{prompt}/{q.learner}".encode()).digest())
    chosen: list[Quote] = []
    while left and len(chosen) < most:
        best = min(left, key=lambda q: (q.learner in used, max((_alike(q, c) for c in chosen), default=0.0)))
        left.remove(best)
        chosen.append(best)
    return chosen


def _alike(one: Quote, other: Quote) -> float:
    mine, theirs = (set(words(normalise(q.text).text)) for q in (one, other))
    return len(mine & theirs) / max(1, len(mine | theirs))
