"""Which of the service's addresses a request is for, as its template: `/api/v1/courses/{course}/path`.

A template may be logged and counted; an address may not. It names courses, prompts and learners, and there is no
end to the addresses that a stranger can make up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from coursekit.wire.api import API

NOWHERE = "(none)"
"""The template of every address that is none of ours."""

_MODULE = API + "/courses/{course}/modules/{module}"
HAND_IN = _MODULE + "/submissions"
HAND_IN_FOR = _MODULE + "/learners/{learner}/submissions"
PATH = API + "/courses/{course}/path"
COMMIT = _MODULE + "/commitments/{prompt}"
HEALTH, READY, METRICS, KEYS = (f"{API}/{name}" for name in ("health", "ready", "metrics", "keys"))
DOCUMENT = f"{API}/openapi.json"
OPEN = frozenset({HEALTH, READY, METRICS, KEYS, DOCUMENT, NOWHERE})
"""No token is looked at there: monitors ask often, and must not depend on whoever vouches for tokens."""


class Addresses:
    """The templates, as a tree over the parts of a path."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._tree: dict[str, Any] = {}
        for template in templates:
            branch = self._tree
            for part in template.split("/"):
                branch = branch.setdefault("{}" if part.startswith("{") else part, {})
            branch["/"] = template

    def template(self, path: str) -> str:
        """The path's template, or NOWHERE."""
        return _find(self._tree, path.split("/"), 0) or NOWHERE


def _find(branch: Mapping[str, Any], parts: list[str], at: int) -> str | None:
    if at == len(parts):
        found: str | None = branch.get("/")
        return found
    part = parts[at]
    if part in branch:
        found = _find(branch[part], parts, at + 1)
        if found is not None:
            return found
    # A parameter is never empty.
    return _find(branch["{}"], parts, at + 1) if part and "{}" in branch else None
