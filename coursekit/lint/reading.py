"""Rules about time: how long there is only to read, and how long a module takes.

Words at 200 a minute. Brysbaert (2019, Journal of Memory and Language 109, 104047) gives 238 for adults who read
English non-fiction in silence; many learners read in a second language, so it is less here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.material import COURSE_FILE
from coursekit.lint.visible import DRAWS, images, is_open, without_comments
from coursekit.model.notebook import Cell, Reveal
from coursekit.model.prompt import Prompt
from coursekit.model.words import count_words

WORDS_A_MINUTE = 200
MINUTES_AN_IMAGE = 0.5
SECONDS_A_LINE = 4
LONGEST = 5.0
"""Minutes without something to do."""
OVER = 1.25
"""By how much a module may be longer than it says."""

_ADDRESS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|https?://\S+")
_OF_OURS = re.compile(r"\s*(?:#.*|import .*|from .* import .*|ck\..*)?")


def time_findings(material: Material) -> Iterator[Finding]:
    """Stretches that are too long, and a module that is longer than course.yml says."""
    minutes = [minutes_of(cell, material) for cell in material.notebook.cells]
    yield from _stretches(material, minutes)
    reading = sum(minutes)
    prompts = sum(prompt.minutes for _, prompt in material.notebook.prompts())
    said = material.module.minutes
    if reading + prompts > max(said * OVER, said + LONGEST):
        yield rules.LONGER_THAN_SAID.at(
            COURSE_FILE,
            None,
            f"The module {material.module.id} says {said} minutes and takes about {reading + prompts:.0f}: "
            f"{reading:.0f} to read and look, {prompts:.0f} for its prompts.",
            "Say so in “minutes”, mend the prompts' own minutes, or shorten it.",
        )


def _stretches(material: Material, each: list[float]) -> Iterator[Finding]:
    begun: Cell | None = None
    sum_of = 0.0
    for cell, minutes in zip(material.notebook.cells, each, strict=True):
        if isinstance(cell.role, Prompt):
            if begun is not None and round(sum_of, 1) > LONGEST:
                yield _too_long(material, begun, sum_of, f"{cell.role.id} (cell {cell.index})")
            begun, sum_of = None, 0.0
            continue
        if minutes and begun is None:
            begun = cell
        sum_of += minutes
    if begun is not None and round(sum_of, 1) > LONGEST:
        yield _too_long(material, begun, sum_of, "the end")


def _too_long(material: Material, begun: Cell, minutes: float, to: str) -> Finding:
    return rules.LONG_READ.at(
        material.notebook_file,
        begun,
        f"From here to {to} there are {minutes:.1f} minutes to read, and nothing to do.",
        f"Ask something in between, or shorten it to {LONGEST:.0f} minutes.",
    )


def minutes_of(cell: Cell, material: Material) -> float:
    """How long a learner reads or looks at a cell; none for a prompt, which has minutes of its own."""
    if isinstance(cell.role, Reveal):
        if cell.cell_type == "code":
            return MINUTES_AN_IMAGE if DRAWS.search(cell.source) else MINUTES_AN_IMAGE / 2
        return _read(cell, material)
    if not is_open(cell):
        return 0.0
    if cell.cell_type == "code":
        return len(_lines_seen(cell)) * SECONDS_A_LINE / 60
    return _read(cell, material)


def _read(cell: Cell, material: Material) -> float:
    prose = without_comments(cell.source)
    minutes = count_words(_ADDRESS.sub(r"\1", prose)) / WORDS_A_MINUTE
    minutes += MINUTES_AN_IMAGE * len(images(cell.source))
    # An exhibit in prose is read where a cell leads to it.
    for path, text in material.prose.items():
        if f"({path}" in prose:
            minutes += count_words(text) / WORDS_A_MINUTE
    return minutes


def _lines_seen(cell: Cell) -> list[str]:
    """Lines of code that learners read: not the set-up, the parameters, the tests or our own calls."""
    if "parameters" in cell.tags or (cell.nbgrader is not None and cell.nbgrader.grade):
        return []
    return [line for line in cell.source.splitlines() if not _OF_OURS.fullmatch(line)]
