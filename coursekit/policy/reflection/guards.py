"""Guards: each looks at an answer for one reason why a person should read it before anything else happens.

A flag is a question to a person. It lowers no mark, it is never shown to the learner as a reproach, and no
guard knows of another or of the score. Assume that whoever wants to get past them has read this file: what
holds in the end is that a share of all automatic passes is read by people, chosen by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from coursekit.model.reflection import Basis, Flagged, Normal, Own, Reason, Sentence, Span
from coursekit.model.words import count_words
from coursekit.policy.reflection.own import QUOTE, told
from coursekit.policy.reflection.shingles import SIZE, Copied, Peers, places_in, shingles_of
from coursekit.policy.reflection.signs import instructions, languages, letters, order, repetition, topic
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import Token, fold, grams, posing, tokens

FLOOR = 12
"""Words below which nothing is an answer to a question of this sort, whatever the author says."""
ABSURD = 3
"""An answer longer than the cap by this factor is looked at by people first."""
_SURE = 0.9
PLACEHOLDERS = frozenset(("your answer here", "your code here", "type your answer here", "write here"))
"""What stands in a cell before anybody has written in it, folded."""


@dataclass(frozen=True)
class Looked:
    """What the guards look at. What several need is worked out once."""

    basis: Basis
    normal: Normal
    sentences: tuple[Sentence, ...]
    own: Own
    peers: Peers
    language: tuple[str, float] | None

    @cached_property
    def tokens(self) -> list[Token]:
        """The words with their places in the normal text."""
        return tokens(self.normal.text)

    @cached_property
    def words(self) -> list[str]:
        """The words, folded."""
        return [token.word for token in self.tokens]

    @cached_property
    def count(self) -> int:
        """How many words there are, as the doorstep counts them."""
        return count_words(self.normal.text)

    @cached_property
    def copied(self) -> Copied:
        """What others have of it."""
        return self.peers.copied(self.words, shingles_of(told(self.basis), SIZE))

    @cached_property
    def is_english(self) -> bool:
        """Whether it should be English: what is known of words holds for English alone."""
        return self.basis.language.split("-")[0] == "en"

    def spans(self, places: set[int]) -> tuple[Span, ...]:
        """The stretches of words at those places, in the raw text."""
        found: list[Span] = []
        start: int | None = None
        for at in sorted(places):
            if start is None:
                start = at
            if at + 1 not in places:
                found.append(self.normal.span(self.tokens[start].start, self.tokens[at].end))
                start = None
        return tuple(found)


Guard = Callable[[Looked], Flagged | None]


def look(
    basis: Basis,
    normal: Normal,
    sentences: Sequence[Sentence],
    own: Own,
    peers: Peers,
    language: tuple[str, float] | None = None,
) -> tuple[Flagged, ...]:
    """What the guards see, in their order; nothing else is looked for in an empty answer."""
    seen = Looked(basis, normal, tuple(sentences), own, peers, language)
    flagged = empty(seen)
    if flagged is not None:
        return (flagged,)
    return tuple(flag for guard in GUARDS if (flag := guard(seen)) is not None)


def empty(seen: Looked) -> Flagged | None:
    """Nothing was written, or only what stood there before."""
    bare = " ".join(seen.words)
    return Flagged(Reason.EMPTY, 1.0) if not bare or bare in PLACEHOLDERS else None


def same_as_prompt(seen: Looked) -> Flagged | None:
    """The question, handed in as an answer; or the rubric, told back to whoever marks by it."""
    share = share_of_prompt(seen.words, (seen.basis.title, seen.basis.question))
    if share >= 0.8:
        return Flagged(Reason.SAME_AS_PROMPT, round(share, 6))
    # Many write the question above their answer. Nobody needs to write down what marks are given for.
    asks = tuple(criterion.ask for criterion in seen.basis.rubric.criteria)
    places = places_in(seen.words, shingles_of(asks, 5), 5)
    if len(places) >= 8 and len(places) >= 0.08 * len(seen.words):
        return Flagged(Reason.SAME_AS_PROMPT, round(len(places) / len(seen.words), 6), seen.spans(places))
    return None


def share_of_prompt(all_words: Sequence[str], asked: tuple[str, ...]) -> float:
    """The share of an answer's words that stand in stretches of four words of the question; all of a short
    echo.
    """
    if not all_words:
        return 0.0
    whole = " ".join(all_words)
    if len(all_words) > 2 and any(whole in text for text in _folded(asked)):
        return 1.0
    return len(places_in(all_words, shingles_of(asked, 4), 4)) / len(all_words)


@lru_cache(maxsize=256)
def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fold(normalise(text).text) for text in texts)


def short(seen: Looked) -> Flagged | None:
    """Fewer words than the author asks for."""
    least = max(FLOOR, seen.basis.min_words)
    return Flagged(Reason.SHORT, round(1 - seen.count / least, 6)) if seen.count < least else None


def too_long(seen: Looked) -> Flagged | None:
    """So long that nobody wrote it for this question."""
    most = ABSURD * max(seen.basis.rubric.cap_words, 100)
    return Flagged(Reason.TOO_LONG, round(1 - most / seen.count, 6)) if seen.count > most else None


def other_language(seen: Looked) -> Flagged | None:
    """All of it, or a good part, in a language that the trained parts do not know."""
    wanted = seen.basis.language.split("-")[0]
    if seen.language is not None:
        code, sure = seen.language
        if code not in (wanted, "zxx", "") and sure >= _SURE and seen.count >= FLOOR:
            return Flagged(Reason.OTHER_LANGUAGE, 1.0)
    share = max(
        languages.share_in_other_script(seen.normal.text, wanted),
        languages.share_of_others(seen.words, wanted),
    )
    return Flagged(Reason.OTHER_LANGUAGE, round(share, 6)) if share >= 0.15 else None


def gibberish(seen: Looked) -> Flagged | None:
    """Letters that make no words."""
    share = letters.share_of_noise(seen.words)
    if share >= 0.12 or letters.share_of_letters(seen.normal.text) < 0.5:
        return Flagged(Reason.GIBBERISH, round(max(share, 0.5), 6))
    says_nothing = seen.language is not None and seen.language[0] == "zxx" and seen.language[1] >= 0.5
    return Flagged(Reason.GIBBERISH, 0.5) if says_nothing and len(seen.words) >= 5 else None


def word_salad(seen: Looked) -> Flagged | None:
    """English words in an order that makes no sentences, or too few of those that hold sentences together."""
    if not seen.is_english or len(seen.words) < FLOOR:
        return None
    found = order.kinds(seen.normal.text)
    steps = order.steps(found)
    whole = sum(steps) / len(steps) if steps else 0.0
    if (len(steps) >= 25 and whole < -0.08) or (len(steps) >= 60 and order.lowest(steps) < -0.22):
        return Flagged(Reason.WORD_SALAD, round(min(1.0, 0.5 - whole), 6))
    named = order.steps_at_names(found)
    # Genuine answers that are full of names and figures come down to -0.35.
    if len(named) >= 12 and sum(named) / len(named) < -0.38:
        return Flagged(Reason.WORD_SALAD, round(len(named) / len(steps), 6))
    in_lists = repetition.listed(seen.normal.text, len(seen.words))
    if in_lists >= 0.12:
        return Flagged(Reason.WORD_SALAD, round(min(1.0, in_lists), 6))
    held = order.fewest_function_words(seen.words)
    return Flagged(Reason.WORD_SALAD, round(1 - held, 6)) if held < 0.2 else None


def repeats_itself(seen: Looked) -> Flagged | None:
    """The same again, or one sentence with other nouns over and over."""
    again = repetition.repeated(seen.words)
    share = max(again if again >= 0.2 else 0.0, _templated(seen))
    return Flagged(Reason.REPEATS_ITSELF, round(share, 6)) if share else None


def _templated(seen: Looked) -> float:
    share = repetition.templated([[t.word for t in tokens(s.text)] for s in seen.sentences])
    return share if share >= 0.2 else 0.0


def copied_case(seen: Looked) -> Flagged | None:
    """Taken from the case where own words were asked for, or from a model answer that no learner has seen."""
    rubric = seen.basis.rubric
    private = _private(seen)
    if private:
        return Flagged(Reason.COPIED_CASE, 1.0, seen.spans(private))
    read = told(seen.basis)
    places = places_in(seen.words, shingles_of(read, QUOTE), QUOTE)
    share = len(places) / len(seen.words)
    is_enough = len(places) >= 10 and seen.own.words < rubric.min_own_words
    is_unwanted = not rubric.quote_ok and len(places) >= 12
    near = grams(seen.words, SIZE)
    known = shingles_of(read, SIZE)
    # Here and there a word was changed: no long stretch is left, and still nearly all the short ones.
    is_close = len(near) >= 20 and sum(g in known for g in near) / len(near) >= 0.3
    if is_enough or is_unwanted or share >= 0.4 or is_close:
        return Flagged(Reason.COPIED_CASE, round(share, 6), seen.spans(places))
    return None


def _private(seen: Looked) -> set[int]:
    places: set[int] = set()
    for phrase in seen.basis.rubric.private_phrases:
        wanted = fold(phrase).split()
        # Two words are how anybody could say it.
        if len(wanted) < 3:
            continue
        for at in range(len(seen.words) - len(wanted) + 1):
            if seen.words[at : at + len(wanted)] == wanted:
                places.update(range(at, at + len(wanted)))
    return places


def copied_peer(seen: Looked) -> Flagged | None:
    """Much the same as one other answer; also when every seventh word was changed."""
    copied = seen.copied
    if copied.same or (copied.shingles >= 10 and copied.share >= 0.3):
        return Flagged(Reason.COPIED_PEER, round(copied.share, 6), seen.spans(set(copied.places)))
    return None


def off_topic(seen: Looked) -> Flagged | None:
    """About something else: not this case, or another question of the module."""
    # What is copied altogether is on whatever topic that is; those who copy are asked about copying.
    if not seen.is_english or seen.own.words < FLOOR:
        return None
    stems = topic.stems_of(seen.basis, seen.own.text)
    another = topic.about_another(seen.basis, stems)
    if another >= 0.1:
        return Flagged(Reason.OFF_TOPIC, round(min(1.0, another), 6))
    if topic.is_about_own_school(seen.basis.rubric) or not seen.basis.case:
        return None
    about = topic.about_case(seen.basis, stems)
    # Names of this case strewn over an answer to another one leave the other one's figures in it.
    if about < 0.36 or (about < 1 and topic.strange_figures(seen.basis, stems) >= 4):
        return Flagged(Reason.OFF_TOPIC, round(1 - about, 6))
    return None


def to_a_machine(seen: Looked) -> Flagged | None:
    """Words to a machine instead of to a reader."""
    stretches, count = instructions.to_a_machine(seen.normal.raw, seen.normal.text)
    if not count:
        return None
    return Flagged(Reason.INSTRUCTIONS, 1.0, tuple(Span(start, end) for start, end in stretches))


def hidden_characters(seen: Looked) -> Flagged | None:
    """What people do not see and programs do, or letters that pose as others."""
    posed = posing(seen.normal.text)
    # One or two come with what is pasted from a web page or a chat.
    if seen.normal.hidden < 4 and len(posed) < 2:
        return None
    share = (seen.normal.hidden + sum(end - start for start, end in posed)) / max(1, len(seen.normal.raw))
    return Flagged(
        Reason.HIDDEN_CHARACTERS,
        round(min(1.0, share), 6),
        tuple(seen.normal.span(start, end) for start, end in posed),
    )


GUARDS: tuple[Guard, ...] = (
    same_as_prompt,
    short,
    too_long,
    other_language,
    gibberish,
    word_salad,
    repeats_itself,
    copied_case,
    copied_peer,
    off_topic,
    to_a_machine,
    hidden_characters,
)
