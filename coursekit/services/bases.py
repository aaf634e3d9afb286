"""What written answers are checked by: a release's checks.json, read once and remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from coursekit.model.ids import Digest, PromptId
from coursekit.model.prompt import Prompt
from coursekit.model.reflection import Basis
from coursekit.model.rubric import Rubric
from coursekit.model.submission import Release
from coursekit.ports import Blobs
from coursekit.wire.checks import parse_checks

_REMEMBERED = 32
"""Bundles of some ten kilobytes each."""


class Bases:
    """The bundles that were read lately. Used by many threads at once."""

    def __init__(self, remembered: int = _REMEMBERED) -> None:
        self._remembered = remembered
        self._read: OrderedDict[Digest, Mapping[PromptId, Basis]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, blobs: Blobs, checks: Digest) -> Mapping[PromptId, Basis]:
        """Each written answer's basis, in the bundle of that digest; it never changes. None in no bundle.

        Raises ServiceFault when it is gone or damaged, BadInput when it is none.
        """
        if not checks:
            return {}
        with self._lock:
            known = self._read.get(checks)
            if known is not None:
                self._read.move_to_end(checks)
                return known
        found = parse_checks(blobs.get(checks))
        with self._lock:
            self._read[checks] = found
            while len(self._read) > self._remembered:
                self._read.popitem(last=False)
        return found


def checks_for(prompt: PromptId, answered: Release, newest: Release | None) -> Digest:
    """By which bundle an answer is checked; empty for none.

    By the newest release's, so that a corrected rubric serves those who fetched before, if it still asks the same;
    else by that of the release that was answered.
    """
    if newest is not None and newest.checks and newest.find_prompt(prompt) == answered.find_prompt(prompt):
        return newest.checks
    return answered.checks


def without_rubric(prompt: Prompt) -> Basis:
    """For an answer that no bundle speaks of: its question is known, and no criterion."""
    return Basis(prompt.id, prompt.title, prompt.question, Rubric("", "", ()), min_words=prompt.min_words)
