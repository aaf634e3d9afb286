"""What graders read about an answer: a flag as a question, a reason in a sentence, the draft of a note."""

from __future__ import annotations

from coursekit.model.feedback import Found
from coursekit.model.reflection import Basis, Checked, Flagged, Reason

DRAFT = "Note of the checks, for graders alone:"
"""Begins every draft; by it a draft is known, and kept from learners."""
_LONGEST = 2_000
_LONGEST_QUOTE = 240

QUESTIONS: dict[Reason, str] = {
    Reason.EMPTY: "Is there an answer at all?",
    Reason.SAME_AS_PROMPT: "Does it only repeat the question?",
    Reason.SHORT: "Is there enough of the writer’s own to mark?",
    Reason.TOO_LONG: "Is it far longer than asked, and is all of it an answer?",
    Reason.OTHER_LANGUAGE: "Is it in another language than the course? The checks know that language badly.",
    Reason.GIBBERISH: "Can it be read as language?",
    Reason.WORD_SALAD: "Do the words make sentences?",
    Reason.REPEATS_ITSELF: "Does it say the same thing again and again?",
    Reason.COPIED_CASE: "Is much of it the case’s own text, and what did the writer make of it?",
    Reason.COPIED_PEER: "Does it share long stretches with another answer? There can be good reasons for that.",
    Reason.OFF_TOPIC: "Is it about this question?",
    Reason.INSTRUCTIONS: "Does it speak to a grading program instead of a reader?",
    Reason.HIDDEN_CHARACTERS: "Are there characters in it that nobody sees?",
}
"""Of guards, each a question: what the answer is, a person decides."""

REASONS: dict[Reason, str] = {
    Reason.NO_RUBRIC: "Its prompt has no rubric.",
    Reason.NOT_AUTOMATIC: "Its author wants a person to read every answer.",
    Reason.FEW_EXEMPLARS: "Too few answers are marked for a suggestion that may pass anything.",
    Reason.LENGTH_ONLY: "This rubric currently measures length.",
    Reason.LOW_CONFIDENCE: "The suggestion is not sure enough.",
    Reason.RULE_NOT_MET: "The checks did not see all that the author’s rule asks for.",
    Reason.NOT_CERTIFIED: "No audit has shown yet that passing without a person would be right.",
    Reason.SHARE_REACHED: "As many as the author allows were passed without a person.",
    Reason.SWITCHED_OFF: "Passing without a person is switched off.",
    Reason.SECOND_OPINION: "A second opinion disagrees.",
    Reason.AUDIT: "It was drawn for the audit.",
    Reason.APPEAL: "The learner has asked that a person reads it.",
    Reason.OTHER_VERSION: "What was certified is another version of the checks or the rubric.",
    Reason.FAILED: "The checks failed at it.",
    Reason.NOT_CHECKED: "No check has looked at it.",
}

STATES = {Found.FOUND: "Found", Found.MAYBE: "Perhaps", Found.NOT_FOUND: "Not found by the tool"}


def question(flag: Flagged) -> str:
    """A guard's flag, as a question to the grader."""
    words = QUESTIONS.get(flag.reason, flag.reason.value)
    return f"{words} ({flag.share:.0%})" if 0 < flag.share < 1 else words


def reason(code: Reason) -> str:
    """Why an answer comes to a person, in a sentence or a question."""
    return REASONS.get(code) or QUESTIONS.get(code, code.value)


def draft(basis: Basis, checked: Checked, raw: str) -> str:
    """A note for graders: flags as questions, evidence per criterion. No level and no number of points.

    In formgrader it can be read before the mark is given, and nobody would know that it was.
    """
    lines = [DRAFT]
    if Reason.FAILED in checked.route.reasons:
        lines.append(REASONS[Reason.FAILED])
    lines += [question(flag) for flag in checked.flags]
    asks = {c.id: c.ask for c in basis.rubric.criteria}
    for one in checked.evidence:
        if one.criterion not in asks:
            continue
        said = f"{STATES[one.state]}: {asks[one.criterion]}"
        if one.span is not None:
            said += f" “{_short(raw[one.span.start : one.span.end])}”"
        lines.append(said)
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + " …"


def is_draft(comment: str | None) -> bool:
    """Whether a comment is a note of the checks, which no learner may see."""
    return comment is not None and comment.startswith(DRAFT)


def _short(quote: str) -> str:
    # What cannot be written down as UTF-8 has no place in a database's text.
    plain = " ".join(quote.encode("utf-8", "replace").decode("utf-8").replace("\0", "").split())
    return plain if len(plain) <= _LONGEST_QUOTE else plain[: _LONGEST_QUOTE - 2] + " …"
