"""What each detector sees in a sentence: a number from 0 to 1, made of signs that are known by sight.

    Line…  (an answer's sentences, read) ─▶ detector(criterion, lines, facts) ─▶ a number for each

Only signs: a sentence can carry all of them and be wrong. Signs add up as chances do: each leaves less doubt.
A denial counts as much as a claim: “I would not show it” is a position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from coursekit.model.rubric import Criterion, Detector
from coursekit.policy.reflection import cues
from coursekit.policy.reflection.casefacts import CaseFacts, is_common, number_of
from coursekit.policy.reflection.matching import cues as seen
from coursekit.policy.reflection.matching import find, phrase, places, stem
from coursekit.policy.reflection.tokens import tokens

_MOST_WORDS = 400
"""Of a sentence; behind them nobody looks for a sign."""
_MOST_CHARACTERS = 4_000
"""Enough to see a text's language."""
_FEW = 6
"""So many words make a short answer, and may be English without one that gives it away."""


@dataclass(frozen=True)
class Line:
    """A sentence, read."""

    said: tuple[str, ...]
    """Its words, folded."""
    closed: frozenset[int]
    """The words behind which there is a mark, or nothing."""
    is_first: bool
    is_question: bool
    is_english: bool

    @classmethod
    def of(cls, text: str, is_first: bool, english: bool) -> Line:
        """`english`: whether the answer as a whole is in English."""
        read = tokens(text)[:_MOST_WORDS]
        said = tuple(token.word for token in read)
        closed = {at for at, token in enumerate(read) if _stops(text[token.end : token.end + 2])}
        known = sum(word in cues.ENGLISH for word in said)
        return cls(
            said,
            frozenset(closed),
            is_first,
            text.rstrip().endswith("?"),
            english and (10 * known >= len(said) or len(said) <= _FEW),
        )


def _stops(behind: str) -> bool:
    """Whether a mark stands behind a word, or nothing; given the two characters behind it."""
    return not behind or not (behind.lstrip() or "x")[0].isalnum()


def is_english(text: str) -> bool:
    """Whether cues may be looked for in a text at all; in a few words they may."""
    said = [token.word for token in tokens(text[:_MOST_CHARACTERS])]
    return len(said) <= _FEW or 6 * sum(word in cues.ENGLISH for word in said) >= len(said)


def together(weights: Iterable[float]) -> float:
    """Signs that do not know each other."""
    left = 1.0
    for weight in weights:
        left *= 1.0 - weight
    return 1.0 - left


def case_evidence(criterion: Criterion, lines: Sequence[Line], facts: CaseFacts) -> list[float]:
    """A number, a name, a rare word of the case, an exhibit, or one of the author's terms."""
    # Whose author names figures means these; the case's others are less to the point.
    named = any(number_of(word) is not None for term in criterion.terms for word in phrase(term))
    part = 0.7 if named else 1.0
    return [together((*_terms(criterion, line), *_of_case(line, facts, part))) for line in lines]


def terms(criterion: Criterion, lines: Sequence[Line], facts: CaseFacts) -> list[float]:
    """The author's own terms."""
    return [together(_terms(criterion, line)) for line in lines]


def position(criterion: Criterion, lines: Sequence[Line], facts: CaseFacts) -> list[float]:
    """One of the options, as the writer's own view."""
    return [_position(criterion, line) for line in lines]


def perspective(criterion: Criterion, lines: Sequence[Line], facts: CaseFacts) -> list[float]:
    """A stakeholder, and what he or she wants, fears or thinks; or he and she, in the sentence behind."""
    found: list[float] = []
    named_before = False
    for line in lines:
        named = bool(_hits(criterion.stakeholders, line))
        score = 0.2 if named else 0.0
        if line.is_english:
            wants, thinks = _somebody(line, cues.WANTS), _somebody(line, cues.THINKS)
            theirs = named_before and any(word in cues.THEY for word in line.said)
            if named:
                score = together((0.3, 0.55 * wants, 0.3 * thinks))
            elif theirs:
                score = together((0.5 * wants, 0.3 * thinks))
            elif any(word in cues.THEY or word in cues.PERSONS for word in line.said):
                # Somebody whom the author has not thought of.
                score = 0.36 * wants
            if score:
                score = together((score, 0.15 * bool(_terms(criterion, line))))
        found.append(score)
        named_before = named
    return found


def own_practice(criterion: Criterion, lines: Sequence[Line], facts: CaseFacts) -> list[float]:
    """The writer's school: “my”, “our” and a word of school; or what “we” do."""
    return [_own_practice(criterion, line) for line in lines]


def intention(criterion: Criterion, lines: Sequence[Line], facts: CaseFacts) -> list[float]:
    """What the writer will do. A day says more than “I will”, and “we will” least: of that good wishes are made."""
    return [_intention(criterion, line) for line in lines]


Detect = Callable[[Criterion, Sequence[Line], CaseFacts], list[float]]

DETECTORS: Mapping[Detector, Detect] = {
    Detector.TERMS: terms,
    Detector.CASE_EVIDENCE: case_evidence,
    Detector.POSITION: position,
    Detector.PERSPECTIVE: perspective,
    Detector.OWN_PRACTICE: own_practice,
    Detector.INTENTION: intention,
}
"""All but `none`, which nobody but a person reads for."""


# the author's words


def _terms(criterion: Criterion, line: Line) -> list[float]:
    return [
        _weight(wanted) for term in criterion.terms if find(line.said, wanted := phrase(term)) is not None
    ]


def _weight(wanted: Sequence[str]) -> float:
    """How much a term says: a figure most, a word that is everybody's least."""
    if any(number_of(word) is not None for word in wanted):
        return 0.65 if len(wanted) > 1 or len(wanted[0]) > 1 else 0.3
    if len(wanted) > 1:
        return 0.45
    return 0.2 if is_common(wanted) else 0.4


def _hits(names: Sequence[str], line: Line) -> list[tuple[int, int]]:
    """Where any of these begins, and the place behind it."""
    return [(at, at + len(phrase(name))) for name in names for at in places(line.said, phrase(name))]


# the case


def _of_case(line: Line, facts: CaseFacts, part: float) -> list[float]:
    signs: dict[str, float] = {}
    rare: set[str] = set()
    for at, word in enumerate(line.said):
        behind = stem(line.said[at + 1]) if at + 1 < len(line.said) else ""
        number = number_of(word)
        if number is not None and number in facts.numbers:
            weight = _number(number, (number, behind) in facts.counted)
            signs[number] = max(signs.get(number, 0.0), weight)
        elif word.removesuffix("'s") in facts.names:
            signs[word.removesuffix("'s")] = 0.15
        elif stem(word) in facts.rare:
            rare.add(stem(word))
        if word == "exhibit" and number_of(behind) is not None:
            signs["exhibit"] = 0.6
    # Rare words show that the case is meant; they are no fact of it.
    return [part * weight for weight in (*signs.values(), min(0.4, 0.15 * len(rare)))]


def _number(number: str, is_counted: bool) -> float:
    if "." in number or len(number) >= 3:
        return 0.6
    if is_counted:
        return 0.6 if len(number) == 2 else 0.45
    return 0.35 if len(number) == 2 else 0.1


# a position


def _position(criterion: Criterion, line: Line) -> float:
    hits = _hits(criterion.options, line)
    hinted = together(_terms(criterion, line))
    if not line.is_english:
        return together((0.25 * bool(hits), hinted / 2))
    if not hits:
        if line.is_first and line.said[:1] in (("yes",), ("no",)) and 0 in line.closed:
            # To a question that can be answered so; which one it was, is not known here.
            return 0.5
        decides = 0.4 * bool(seen(line.said, cues.DECIDES))
        return _open(line, together((decides, hinted / 2)), 0)
    stands = seen(line.said, cues.STANCE)
    best = 0.0
    for start, end in hits:
        near = any(0 <= start - at <= 9 or 0 < at - end + 1 <= 3 for at in stands)
        # “I change it”; “I once signed one” tells of another day.
        mine = start > 0 and line.said[start - 1] in ("i", "we") and not line.said[start].endswith("ed")
        best = max(best, together((0.3, 0.6 * near, 0.6 * mine, 0.6 * _answers(line, start, end))))
    return _open(line, together((best, hinted / 3)), len({line.said[a:b] for a, b in hits}))


def _answers(line: Line, start: int, end: int) -> bool:
    """“The readers.” “No, keep it.” “Fraud, and I say it …”: the option is the answer."""
    if any(word not in cues.ANSWERS for word in line.said[:start]) or start > 4:
        return False
    return len(line.said) <= _FEW or (line.is_first and end - 1 in line.closed)


def _open(line: Line, score: float, options: int) -> float:
    """Less, when the writer leaves it open."""
    if line.is_question or seen(line.said, cues.HEDGES):
        score /= 2
    if options >= 3 and not any(word in cues.ORDER for word in line.said):
        # Whoever names all of them takes none.
        score /= 2
    return score


# a person's chair


def _somebody(line: Line, words: frozenset[str]) -> bool:
    """Whether one of the words is said of somebody else than the writer."""
    return any(
        word in words and not any(before in cues.NOBODY_ELSE for before in line.said[max(0, at - 2) : at])
        for at, word in enumerate(line.said)
    )


# the writer's own school


def _own_practice(criterion: Criterion, line: Line) -> float:
    signs = [0.15 * bool(_terms(criterion, line))]
    if line.is_english:
        mine = _mine(line)
        # “At our school” opens what is told of it.
        signs += [0.65 * mine, 0.4 * bool(seen(line.said, cues.LEADS))]
        signs.append(
            0.25 * any(number_of(word) is not None for word in line.said) * (signs[1] + signs[2] > 0)
        )
    return _vague(line, together(signs))


def _mine(line: Line) -> bool:
    """“My school”, “our last team meeting”; not “my opinion”."""
    for at, word in enumerate(line.said):
        if word in ("ours", "mine"):
            return True
        if word in cues.OF_MINE:
            behind = line.said[at + 1 : at + 4]
            for one in behind:
                if one in cues.NOT_PRACTICE:
                    break
                if one in cues.SCHOOL:
                    return True
    return False


# what comes next


def _intention(criterion: Criterion, line: Line) -> float:
    signs = [0.2 * bool(_terms(criterion, line))]
    day = False
    if line.is_english:
        will = seen(line.said, cues.WILL)
        alone = any(line.said[at].startswith("i") for at in will)
        day = any(word in cues.WHEN for word in line.said) or bool(seen(line.said, cues.SOON))
        owner = any(word in cues.OF_MINE or word in cues.OWNERS for word in line.said)
        signs += [0.4 if alone else 0.25 if will else 0.0, 0.4 * day, 0.4 * _date(line)]
        signs.append(0.2 * (owner and (bool(will) or day)))
    # Whoever names no day may mean it or not.
    return _vague(line, together(signs) if day else min(0.5, together(signs)))


def _date(line: Line) -> bool:
    """“20 April”, “the 8th of May”, “March 5”."""
    months = [at for at, word in enumerate(line.said) if word in cues.MONTHS]
    near = (line.said[max(0, at - 2) : at] + line.said[at + 1 : at + 2] for at in months)
    return any(word[:1].isdigit() and len(word) <= 4 for words in near for word in words)


def _vague(line: Line, score: float) -> float:
    """Less, when it could be said of any school at any time."""
    return score / 2 if seen(line.said, cues.VAGUE) else score
