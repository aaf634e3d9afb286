"""What a learner's path says about dates and about what was handed in, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coursekit.policy.timing import in_words
from coursekit.wire.api import PathPart, Step, SubmissionRow


def handed_in(part: PathPart, steps: Sequence[Step]) -> str:
    """How far somebody is in a part of the course."""
    done = sum(step.state in ("submitted", "feedback ready") for step in steps if step.module in part.modules)
    return f"{done} of {len(part.modules)} handed in"


def due(step: Step, zone: str) -> list[str]:
    """When it is due, and until when it is taken; on the clocks of that zone, whose name stands elsewhere."""
    lines = []
    if step.due is not None:
        lines.append(_at(step.due, zone))
        if step.extended:
            lines.append("extended for you")
    if step.closes is not None and step.closes != step.due:
        lines.append(f"{'late until' if step.due is not None else 'closes'} {_at(step.closes, zone)}")
    return lines


def work(step: Step, rows: Sequence[SubmissionRow], zone: str) -> list[str]:
    """How what was handed in stands, and of several which one counts."""
    if not step.submissions:
        return []
    if step.counting is None:
        return ["after the closing: it does not count"]
    lines: list[str] = [step.standing] if step.standing is not None else []
    counts = next((r for r in rows if r.submission == step.counting), None)
    if counts is not None:
        lines.append(f"the one of {_at(counts.at.replace(microsecond=0), zone)} counts")
    return lines


def what_now(course: str, step: Step) -> str:
    """What the learner can do about it."""
    if step.refusal is not None:
        return f"{step.refusal.reason} {step.refusal.next_step}"
    if step.submissions and step.counting is None:
        return "Ask the course's staff; they can let it count."
    if step.state == "open":
        return f"coursekit fetch {course} {step.module}"
    if step.update_available:
        return f"Release {step.release} is there: coursekit update {course} {step.module}"
    return ""


def submission_line(row: SubmissionRow, zone: str) -> str:
    """One hand-in in a list: its id, when, how it stands, and whether it counts."""
    words: list[str] = ["withdrawn" if row.withdrawn else row.standing]
    if row.by is not None:
        words.append(f"handed in by {row.by}")
    if row.counts and not row.withdrawn:
        words.append("counts")
    return f"{row.submission}  {in_words(row.at, zone)}  {', '.join(words)}"


def _at(moment: datetime, zone: str) -> str:
    return in_words(moment, zone).removesuffix(f" ({zone})")
