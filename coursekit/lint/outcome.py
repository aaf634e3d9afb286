"""What a check found, as the next one may take it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coursekit.lint.finding import Finding
from coursekit.lint.whole import Facts


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
