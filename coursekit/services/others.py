"""Other people's first answers, remembered so that a commit can be held against them at once.

Only digests of their words are kept: it is enough to know whether somebody else has written exactly the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from coursekit.model.ids import CourseId, ModuleId, PromptId, UserId
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words
from coursekit.ports import Deed

FEWEST = 20
"""Words. Two people may well say the same in fewer."""
_LONGEST = 8_000
"""Characters; the floor compares no longer texts, and nobody waits for one to be read here."""
_STEP = 64
"""Answers that one commit reads at most: after a start the first commits catch up together."""
_MOST = 5_000
"""Answers to one prompt, beyond which no more are remembered; some 150 bytes each."""
_PROMPTS = 256

_Key = tuple[CourseId, ModuleId, PromptId]


@dataclass
class _Known:
    """What is known of one prompt's answers: the digest of the words → who wrote them first."""

    whose: dict[bytes, UserId] = field(default_factory=dict)
    learners: set[UserId] = field(default_factory=set)
    last: datetime | None = None
    """When the newest of them was sealed."""


class OthersOf:
    """The others' answers, as one learner meets them."""

    def __init__(self, known: _Known, learner: UserId) -> None:
        self._known, self._learner = known, learner

    def has(self, all_words: Sequence[str]) -> bool:
        """Whether somebody else wrote exactly these words."""
        if len(all_words) < FEWEST:
            return False
        return self._known.whose.get(_digest(all_words), self._learner) != self._learner


class Others:
    """What is remembered of all prompts that were answered lately. Used by many threads at once."""

    def __init__(self, prompts: int = _PROMPTS, step: int = _STEP, most: int = _MOST) -> None:
        self._prompts, self._step, self._most = prompts, step, most
        self._all: OrderedDict[_Key, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, deed: Deed, course: CourseId, module: ModuleId, prompt: PromptId, learner: UserId
    ) -> OthersOf:
        """The others' answers to a prompt, as far as they are known; each call reads some that are new."""
        with self._lock:
            known = self._all.setdefault((course, module, prompt), _Known())
            self._all.move_to_end((course, module, prompt))
            while len(self._all) > self._prompts:
                self._all.popitem(last=False)
            if len(known.learners) < self._most:
                self._catch_up(deed, course, module, prompt, known)
        return OthersOf(known, learner)

    def _catch_up(
        self, deed: Deed, course: CourseId, module: ModuleId, prompt: PromptId, known: _Known
    ) -> None:
        there = deed.count_first_responses(course, module, prompt)
        if there == len(known.learners):
            return
        before = len(known.learners)
        if there > before:
            for who, response, at in deed.first_responses_since(
                course, module, prompt, known.last, self._step
            ):
                known.last = at
                known.learners.add(who)
                text = str(response.get("text", ""))
                all_words = words(normalise(text).text) if len(text) <= _LONGEST else []
                if len(all_words) >= FEWEST:
                    known.whose.setdefault(_digest(all_words), who)
        if len(known.learners) == before:
            # Fewer than we knew, or none that is new: a deed was undone, or one came that is older than the newest.
            known.whose.clear()
            known.learners.clear()
            known.last = None


def _digest(all_words: Sequence[str]) -> bytes:
    return sha256(" ".join(all_words).encode("utf-8", "surrogatepass")).digest()[:16]
