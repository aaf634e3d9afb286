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

SHORTEST, LONGEST, PAIR = 6, 30, 40
"""Words of a quote; of one that has two sentences."""
_LEANING = frozenset(
    words(
        "so that this these those it its they them their he him his she her hers and but or nor yet then thus "
        "hence therefore however still instead otherwise also besides moreover nevertheless because which who whom "
        "such both neither either same another other others again afterwards until else rather yes no not there "
        "here only even perhaps"
    )
)
"""Words with which a sentence begins that is about the one before it."""
_LINKING = frozenset(words("if when in with for from at after before what to of on by as where while"))
_POINTING = frozenset(words("it this that these those he she him her they them such"))
"""These, right after one of those, point back: “for that”, “if he”, “what it”."""
_PARTS = frozenset(words("rest first second third other others latter former two three one ones same"))
"""“The rest”: of what was said before."""
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

    `names` are looked for in the quotes, which must not tell who wrote them, nor of anybody else in the room;
    `used` were quoted elsewhere on the page, and come last.
    """
    key = _TEXT.get(view.prompt.kind)
    if key is None:
        return ()
    small = frozenset().union(*(minority(s) for s in view.splits))
    people = _known(names)
    by_camp: dict[str, list[Quote]] = {}
    for answer in answers:
        who = answer.learner
        if who not in view.camp_of or who not in may_quote:
            continue
        text = sentence(str(answer.response.get(key) or ""), (who, names.get(who, "")), people)
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


def sentence(text: str, names: Sequence[str] = (), people: Collection[tuple[str, ...]] = ()) -> str:
    """What of an answer stands by itself and is short enough to be read aloud; empty without any.

    The longest sentence that leans on none before it; else two, of which the second leans on the first. Neither
    has a part of the writer's `names` in it, nor anybody's whole or last name, as `people` has them.
    """
    raw = text[:_MOST]
    sentences = [(each.span, each.text, words(each.text)) for each in split(normalise(raw))]
    alone: list[tuple[int, int, int]] = []
    pairs: list[tuple[int, int, int]] = []
    before: tuple[int, int] | None = None
    for span, whole, said in sentences:
        tells = _tells(said, names) or _names_somebody(said, people)
        leans = _leans(whole, said)
        if not tells and not leans and SHORTEST <= len(said) <= LONGEST:
            alone.append((len(said), span.start, span.end))
        if not tells and leans and before is not None and len(said) + before[1] <= PAIR:
            pairs.append((len(said) + before[1], before[0], span.end))
        before = None if tells or leans else (span.start, len(said))
    best = max(alone or [p for p in pairs if p[0] >= SHORTEST], key=lambda c: (c[0], -c[1]), default=None)
    return "" if best is None else " ".join(shown(raw[best[1] : best[2]]).split())


def _leans(whole: str, said: Sequence[str]) -> bool:
    """Whether a sentence needs the one before it, or the one after it."""
    if not said:
        return False
    points = said[0] in _LINKING and not _POINTING.isdisjoint(said[1:3])
    half = whole.count('"') % 2 == 1 or whole.count("“") != whole.count("”")
    is_rest = said[0] == "the" and not _PARTS.isdisjoint(said[1:2])
    return said[0] in _LEANING or points or is_rest or half or whole.rstrip().endswith(":")


def _known(names: Mapping[UserId, str]) -> frozenset[tuple[str, ...]]:
    """What tells of a person in somebody's text: the id, the whole name, the last part of a longer one."""
    found = set()
    for who, name in names.items():
        for each in (who, name):
            parts = tuple(words(normalise(each).text))
            found.add(parts)
            if len(parts) > 1 and len(parts[-1]) > 3:
                found.add(parts[-1:])
    return frozenset(found - {()})


def _names_somebody(said: Sequence[str], people: Collection[tuple[str, ...]]) -> bool:
    return any(
        tuple(said[start : start + long]) in people for long in range(1, 6) for start in range(len(said))
    )


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
