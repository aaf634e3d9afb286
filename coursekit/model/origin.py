"""Where a learner's folder came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coursekit.model.ids import CourseId, Digest, ModuleId, ReleaseNumber


@dataclass(frozen=True)
class Origin:
    """The release that a folder came from, and what came with it."""

    course: CourseId
    module: ModuleId
    release: ReleaseNumber | None
    """None in a folder that was not fetched, such as an author's own."""
    service: str = ""
    """The address of the exchange that it came from."""
    files: Mapping[str, Digest] = field(default_factory=dict)
    """The digest of each file as it came; one that still has it is not the learner's work."""
    arriving: ReleaseNumber | None = None
    """A release whose update was begun and has not ended; some of the files may be its already."""
