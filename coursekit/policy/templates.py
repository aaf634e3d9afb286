"""A template's files made into a module's: words put in, competences named."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_BLANK = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Template:
    """What a new module begins from. Its texts have blanks: `{{title}}`, `{{role}}`, `{{minutes}}`."""

    name: str
    summary: str
    minutes: int
    role: str
    """Who the person with the dilemma is, where nobody says otherwise."""
    parts: tuple[Part, ...]
    """Its modules, in the order of the course."""

    @property
    def has_role(self) -> bool:
        """Whether it says anywhere whose dilemma it is."""
        return any("{{role}}" in json.dumps(part.notebook) for part in self.parts)


@dataclass(frozen=True)
class Part:
    """One module of a template, with its case."""

    suffix: str
    """Of the module's name and title: `a`; empty where there is one part only."""
    notebook: Mapping[str, Any]
    beside: Mapping[str, str]
    """The module's other files: name → text."""
    case: Mapping[str, str]
    """The case's files, by path below its folder."""


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled in; what stands in braces and is no blank of ours stays."""
    return _BLANK.sub(lambda found: values.get(found[1], found[0]), text)


def notebook_text(part: Part, values: Mapping[str, str], competencies: Sequence[str]) -> str:
    """The module's notebook as a file; its prompts name the competencies in turn, where there are any."""
    notebook = _filled_in(part.notebook, values)
    named = itertools.cycle(competencies)
    for cell in notebook["cells"]:
        prompt = cell["metadata"].get("coursekit", {}).get("prompt")
        if prompt is not None and competencies:
            prompt["competencies"] = [next(named)]
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _filled_in(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return filled(value, values)
    if isinstance(value, Mapping):
        return {key: _filled_in(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled_in(inner, values) for inner in value]
    return value
