"""What a check found, as the next one may take it up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from coursekit.lint.facts import Facts
from coursekit.lint.finding import Finding
from coursekit.model.submission import sha256


@dataclass(frozen=True)
class Seen:
    """What was found in one module."""

    key: str
    """Of everything that it depends on: another key, and it is looked at again."""
    findings: tuple[Finding, ...]
    facts: Facts | None
    """None where the module could not be read."""


@dataclass(frozen=True)
class Outcome:
    """What was found in a course."""

    key: str = ""
    """Of everything in the course."""
    findings: tuple[Finding, ...] = ()
    modules: Mapping[str, Seen] = field(default_factory=dict)


Stamps = Mapping[str, str]
"""For each file of a course that a finding could depend on: what it is like now, so that a change shows."""


def key_of(stamps: Stamps, version: str) -> str:
    """The key of all these files, and of the rules that looked at them."""
    return sha256(json.dumps([version, sorted(stamps.items())]).encode())


def recall(before: Outcome, stamps: Stamps, version: str) -> list[Finding] | None:
    """What the last check found, when not a byte has changed since; else none."""
    return list(before.findings) if before.key == key_of(stamps, version) else None
