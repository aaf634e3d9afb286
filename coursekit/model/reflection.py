"""What is said about one written answer by the checks, and why a person is to read it.

    raw text ─▶ Normal ─▶ Sentence… ─▶ Evidence per criterion ─▶ Suggestion ─▶ Route
                   └────▶ Flagged…  (guards; they only ever send to a person)

Two ends, and no third: `AUTO_PASS` and `HUMAN_REVIEW`. Nothing here can fail anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from unicodedata import combining

from coursekit.model.feedback import Found
from coursekit.model.ids import Digest, PromptId
from coursekit.model.rubric import Exemplar, Rubric

_NONE = Digest("")


class Reason(StrEnum):
    """Why a person is to read an answer; a stable code."""

    # What a guard saw. To graders a question, to learners never an accusation.
    EMPTY = "empty"
    SAME_AS_PROMPT = "same_as_prompt"
    SHORT = "short"
    TOO_LONG = "too_long"
    OTHER_LANGUAGE = "other_language"
    GIBBERISH = "gibberish"
    WORD_SALAD = "word_salad"
    REPEATS_ITSELF = "repeats_itself"
    COPIED_CASE = "copied_case"
    COPIED_PEER = "copied_peer"
    OFF_TOPIC = "off_topic"
    INSTRUCTIONS = "instructions"
    HIDDEN_CHARACTERS = "hidden_characters"
    # What the router saw.
    NO_RUBRIC = "no_rubric"
    NOT_AUTOMATIC = "not_automatic"
    FEW_EXEMPLARS = "few_exemplars"
    LENGTH_ONLY = "length_only"
    LOW_CONFIDENCE = "low_confidence"
    RULE_NOT_MET = "rule_not_met"
    NOT_CERTIFIED = "not_certified"
    SHARE_REACHED = "share_reached"
    SWITCHED_OFF = "switched_off"
    SECOND_OPINION = "second_opinion"
    AUDIT = "audit"
    APPEAL = "appeal"
    OTHER_VERSION = "other_version"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class Span:
    """A stretch of the text as it was handed in, in characters from 0; `end` is the first one beyond it."""

    start: int
    end: int


@dataclass(frozen=True)
class Normal:
    """An answer made comparable, with the way back to what the learner wrote."""

    raw: str
    text: str
    """NFKC, without what cannot be seen, markdown and HTML taken as text."""
    offsets: tuple[int, ...]
    """For each character of `text`, and for its end, the place in `raw`; never falls."""
    hidden: int = 0
    """Characters of `raw` that nobody sees and that are not in `text`: zero-width, control, HTML comments."""

    def span(self, start: int, end: int) -> Span:
        """Where that stretch of `text` stands in `raw`."""
        last = self.offsets[end - 1] + 1 if end > start else self.offsets[start]
        # An accent that is typed after its letter belongs to it.
        while start < end and last < len(self.raw) and combining(self.raw[last]):
            last += 1
        return Span(self.offsets[start], last)


@dataclass(frozen=True)
class Sentence:
    """One sentence of the normal text."""

    text: str
    span: Span
    """In the raw text."""


@dataclass(frozen=True)
class Flagged:
    """What a guard saw, as a question to a person."""

    reason: Reason
    share: float = 0.0
    """How much of it, from 0 to 1; what is counted depends on the guard."""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Own:
    """What is the learner's own: the normal text without stretches of the case, the question and peers."""

    text: str
    words: int
    copied: float
    """The share of words that are not their own."""
    quoted: float
    """The share of words that stand so in the case or the question."""
    spans: tuple[Span, ...] = ()
    """The copied stretches, in the raw text."""


@dataclass(frozen=True)
class Evidence:
    """Where an answer seems to meet one criterion."""

    criterion: str
    state: Found
    score: float = 0.0
    """Of the best sentence, from 0 to 1. No probability that the criterion is met."""
    span: Span | None = None
    """The best sentence; none when nothing was found."""
    others: tuple[tuple[Span, float], ...] = ()
    """The next best, for graders."""


@dataclass(frozen=True)
class Contribution:
    """How much one block of features moves a suggestion away from the average answer."""

    block: str
    """`length`, `wording`, `evidence`, `embedding` or `endpoint`."""
    points: float


@dataclass(frozen=True)
class Nearest:
    """A marked answer that is most like this one."""

    exemplar: str
    """Its id, or the digest of a text that a grader has marked."""
    similarity: float
    points: float
    adequate: bool | None = None


@dataclass(frozen=True)
class Level:
    """A suggested level on one criterion, with the interval that holds it in 8 of 10 cases."""

    criterion: str
    level: int
    low: int
    high: int


@dataclass(frozen=True)
class Suggestion:
    """What the marked answers suggest. For graders alone."""

    mean: float
    """In points."""
    sd: float
    p_adequate: float
    levels: tuple[Level, ...]
    contributions: tuple[Contribution, ...]
    nearest: tuple[Nearest, ...]
    length_driven: bool
    """Length contributes more than half of it."""


class Rung(StrEnum):
    """How far the checks may go for a prompt, by what was marked."""

    POINTERS = "pointers"
    """Fewer than 10 marked answers."""
    GRADER_ONLY = "grader_only"
    """From 10: a suggestion for the grader, with its interval."""
    LENGTH = "length"
    """From 30, and no better than counting words: no suggestion."""
    SUGGESTION = "suggestion"
    """From 30, and better than counting words by the margin."""


@dataclass(frozen=True)
class Certificate:
    """Proof from audited decisions that auto-passes above a threshold agree with people."""

    threshold: float
    """Of `p_adequate`."""
    audited: int
    errors: int
    lower: float
    """Clopper–Pearson bound of the agreement, at 90 % confidence."""
    basis: Digest
    """Of rubric and scorer's version; another one needs another certificate."""


class End(StrEnum):
    """Where an answer goes."""

    AUTO_PASS = "auto_pass"
    HUMAN_REVIEW = "human_review"


@dataclass(frozen=True)
class Route:
    """Where an answer goes, and why."""

    end: End
    reasons: tuple[Reason, ...] = ()
    """Never empty for human review; each once, the guards' first."""
    certificate: Certificate | None = None


@dataclass(frozen=True)
class Basis:
    """All on the author's side that decides about the answers to one prompt."""

    prompt: PromptId
    title: str
    question: str
    rubric: Rubric
    language: str = "en"
    case: tuple[str, ...] = ()
    """The case, and what the notebook tells: texts that a learner could copy."""
    siblings: tuple[str, ...] = ()
    """The questions of the module's other prompts."""
    min_words: int = 0
    digest: Digest = _NONE
    """Over all of the above."""


@dataclass(frozen=True)
class Marked:
    """An answer that a person has marked: an exemplar, or one that a grader has reviewed."""

    id: str
    text: str
    levels: Mapping[str, int]
    adequate: bool | None = None

    @property
    def points(self) -> int:
        """Over all criteria."""
        return sum(self.levels.values())

    @classmethod
    def of(cls, exemplar: Exemplar) -> Marked:
        """From the author's file."""
        return cls(
            exemplar.id, str(exemplar.response.get("text", "")), dict(exemplar.marks), exemplar.adequate
        )


@dataclass(frozen=True)
class Opinion:
    """What a language model of somebody else's made of an answer: a feature among others, never a decision."""

    levels: Mapping[str, int]
    quotes: Mapping[str, str]
    """By criterion, each verbatim in the answer: what was not is left out, and its level with it."""
    discarded: int = 0
    """Criteria whose quote stands nowhere in the answer."""
    reply_digest: Digest = _NONE
    """Of the full reply, which is kept beside the record."""
    reply: str = ""


@dataclass(frozen=True)
class Pointer:
    """What the learner is told about one criterion: never a number, never a verdict."""

    criterion: str
    ask: str
    state: Found
    text: str
    """A sentence to the learner."""
    span: Span | None = None
    quote: str = ""
    """The learner's own words, as they stand in the raw text."""


@dataclass(frozen=True)
class Pointers:
    """What the learner reads about one answer."""

    prompt: PromptId
    title: str
    pointers: tuple[Pointer, ...]
    next_step: str
    """One, or none when everything was found."""
    footer: str


@dataclass(frozen=True)
class Checked:
    """All that the checks say about one answer."""

    prompt: PromptId
    text_digest: Digest
    basis: Digest
    flags: tuple[Flagged, ...]
    evidence: tuple[Evidence, ...]
    route: Route
    suggestion: Suggestion | None = None
    rung: Rung = Rung.POINTERS
    models: Mapping[str, str] = field(default_factory=dict)
    """Name → SHA-256 of its file, of every text model that had a say."""
    failure: str = ""
    """The class of an exception, when there was one; never its words, which may quote the answer."""
