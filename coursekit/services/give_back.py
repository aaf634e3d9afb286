"""Feedback for a module's learners: make what is missing or outdated, leave what is fresh, send what is not out.

    compose ─▶ NEW, OUTDATED ─▶ written whole ─▶ (release) ─▶ the exchange, where it is not out already
             └▶ FRESH ─────────────────────────▶
One learner's trouble is theirs alone; the others get their feedback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from coursekit.model.errors import BadInput, CoursekitError, NotFound, TooLarge
from coursekit.model.feedback import Page
from coursekit.model.submission import sha256
from coursekit.policy.feedback import Files, State, state_of, to_json, what_changed
from coursekit.policy.feedback_page import to_html

HTML, JSON = "feedback.html", "feedback.json"


class Keeps(Protocol):
    """The folders in which feedback lies."""

    def read(self, learner: str) -> Mapping[str, bytes]:
        """The two files, as far as they are there."""

    def replace(self, learner: str, files: Mapping[str, bytes]) -> None:
        """A folder with these files, in the place of the one that is there: all of them, or none."""


class Released(StrEnum):
    """How what the learner has at the exchange stands to what was made."""

    UNKNOWN = "unknown"
    """The exchange was not asked."""
    NO = "no"
    """The learner has none yet."""
    SAME = "same"
    OUTDATED = "outdated"


@dataclass(frozen=True)
class Out:
    """What a learner has at the exchange: the newest."""

    submission: str | None
    digests: Mapping[str, str]
    """SHA-256 of each file, by path."""


@dataclass(frozen=True)
class Given:
    """One learner's feedback."""

    learner: str
    state: State | None
    """As it was found; none where it could not be made."""
    submission: str = ""
    score: float = 0.0
    max_score: float = 0.0
    waiting: int = 0
    changed: tuple[str, ...] = ()
    """What made it outdated, in a word each."""
    released: Released = Released.UNKNOWN
    sent: bool = False
    problem: str = ""
    files: tuple[tuple[str, bytes], ...] = ()


Compose = Callable[[str], Page]
"""A learner → their page. Raises CoursekitError when there is none to be made."""


def make(
    learners: Iterable[str],
    compose: Compose,
    kept: Keeps,
    out: Mapping[str, Out] | None = None,
    force: bool = False,
) -> Iterator[Given]:
    """Each learner's feedback, up to date in its folder. `out`: what is at the exchange; none when not asked."""
    for learner in learners:
        try:
            yield _make(learner, compose, kept, out, force)
        except CoursekitError as error:
            yield Given(learner, None, problem=f"{error.detail} {error.next_step}")
        except OSError as error:
            yield Given(learner, None, problem=f"The folder cannot be written: {error.strerror or error}.")


def _make(learner: str, compose: Compose, kept: Keeps, out: Mapping[str, Out] | None, force: bool) -> Given:
    page = compose(learner)
    files = {HTML: to_html(page), JSON: to_json(page)}
    there = kept.read(learner)
    state = state_of(there, files)
    if force or state is not State.FRESH:
        kept.replace(learner, files)
    return Given(
        learner,
        state,
        page.submission,
        page.score,
        page.max_score,
        page.waiting,
        what_changed(there[JSON], files[JSON]) if state is State.OUTDATED else (),
        _released(out, learner, page.submission, files),
        files=tuple(files.items()),
    )


def _released(out: Mapping[str, Out] | None, learner: str, submission: str, made: Files) -> Released:
    if out is None:
        return Released.UNKNOWN
    there = out.get(learner)
    if there is None:
        return Released.NO
    # The exchange files feedback under the submission it was sent with, whatever stands in the file.
    same = (there.submission or "") == submission
    same = same and all(there.digests.get(path) == sha256(content) for path, content in made.items())
    return Released.SAME if same else Released.OUTDATED


Send = Callable[[Given], None]
"""Release one learner's feedback. Raises CoursekitError."""


def release(given: Iterable[Given], send: Send, again: bool = False) -> Iterator[Given]:
    """Send what was made and is not out yet; `again` sends everything.

    Raises CoursekitError when the exchange cannot be reached, or may not be asked: that is nobody's own trouble.
    """
    for one in given:
        if one.problem or (one.released is Released.SAME and not again):
            yield one
            continue
        try:
            send(one)
        # Not in the course any more, or graded from a submission that the exchange does not know.
        except (NotFound, BadInput, TooLarge) as error:
            yield replace(one, problem=f"{error.detail} {error.next_step}")
        else:
            yield replace(one, released=Released.SAME, sent=True)


def problems(given: Sequence[Given]) -> Sequence[Given]:
    """Those whose feedback could not be made or sent."""
    return [one for one in given if one.problem]
