"""Sentences with choices in them: `[a|b|c] is fine` becomes one of three sentences."""

from __future__ import annotations

import random
import re

_CHOICE = re.compile(r"\[([^\[\]]*)\]")


def expand(template: str, rng: random.Random) -> str:
    """The template with each choice taken."""
    return _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), template)
