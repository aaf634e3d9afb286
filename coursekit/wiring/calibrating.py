"""`coursekit reflect calibrate` with real parts: the module's files, its record, the pilots of its course."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.model.errors import BadInput
from coursekit.model.ids import PromptId
from coursekit.model.pilot import Pilot
from coursekit.model.reflection import Basis, Marked
from coursekit.wiring import prose, reflections

if TYPE_CHECKING:
    from coursekit.services.calibrate import Calibrated, Pair

_PICTURE = "{module}-reliability.png"
_MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class Calibration:
    """What came of it."""

    module: str
    prompts: tuple[Calibrated, ...]
    picture: Path | None


def calibrate(
    root: Path | None, module: str, plot: Path | None = None, group_by: Path | None = None
) -> Calibration:
    """Every prompt of the module, and a picture. Raises NotFound or BadInput when something is not there."""
    from coursekit.services.calibrate import People
    from coursekit.services.calibrate import calibrate as reckon
    from coursekit.wiring.textmodels import find_endpoint, open_models

    place = prose.find_place(root, module)
    asked = prose.read_asked(place)
    bases = asked.with_rubric
    groups = read_groups(group_by, place, asked) if group_by is not None else None
    pairs = {prompt: tuple(_pairs(place.root, module, basis)) for prompt, basis in bases.items()}
    people = People(
        lambda prompt: reflections.marked_of(root, module, prompt),
        lambda prompt: reflections.audited_of(root, module, prompt),
        lambda prompt: pairs[prompt],
        groups,
    )
    found = reckon(bases, people, open_models(), find_endpoint(place.root))
    picture = None
    if found:
        from coursekit.wiring.calibration_plot import draw

        picture = draw(found, module, plot or place.record.path.with_name(_PICTURE.format(module=module)))
    return Calibration(module, found, picture)


def read_groups(
    path: Path, place: prose.Place | None = None, asked: prose.Asked | None = None
) -> Mapping[str, str]:
    """Answer's id → group, of a CSV file with the columns `id` or `learner`, and `group`. Raises BadInput.

    An exemplar's id is its own; an answer's is the SHA-256 of its text. `learner` stands for all of their answers.
    """
    from coursekit.policy.reflection.check import text_digest

    try:
        content = path.read_bytes()[:_MOST_BYTES].decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(content)))
    except (OSError, ValueError, csv.Error) as error:
        raise _bad(path, "cannot be read as UTF-8 text with commas") from error
    columns = rows[0].keys() if rows else ()
    key = next((name for name in ("id", "learner") if name in columns), None)
    if key is None or "group" not in columns:
        raise _bad(path, "has no rows with the columns it needs")
    named = {(row[key] or "").strip(): (row["group"] or "").strip() for row in rows}
    named = {name: group for name, group in named.items() if name and group}
    if key == "id" or place is None or asked is None:
        return named
    answers = prose.read_answers(place, asked)
    return {text_digest(a.text): named[a.learner] for a in answers if a.learner in named}


def _bad(path: Path, problem: str) -> BadInput:
    return BadInput(
        "bad-groups",
        f"{path.name} {problem}.",
        "Give it a first line “learner,group” or “id,group”, and a line for each learner or answer.",
    )


def _pairs(course: Path, module: str, basis: Basis) -> Iterator[Pair]:
    """Answers to one prompt that two graders of a pilot have marked in full."""
    from coursekit.store.pilots import PilotFolder
    from coursekit.wire.pilotforms import read_form
    from coursekit.wire.pilots import pilot_from_json

    for folder in sorted((course / ".coursekit" / "pilot").glob("*/pilot.json")):
        place = PilotFolder(course, folder.parent.name)
        pilot = pilot_from_json(place.pilot())
        forms = [place.find(f"{grader}.csv") for grader in pilot.graders[:2]]
        if pilot.module != module or None in forms:
            continue
        first, second = (
            read_form(form or b"", grader, pilot).given
            for grader, form in zip(pilot.graders, forms, strict=False)
        )
        for name in _asking(pilot, basis.prompt):
            if name in first and name in second:
                pair = tuple(
                    Marked(name, "", dict(g[name].levels), g[name].adequate) for g in (first, second)
                )
                wanted = {c.id for c in basis.rubric.criteria}
                if all(set(m.levels) == wanted for m in pair):
                    yield pair[0], pair[1]


def _asking(pilot: Pilot, prompt: PromptId) -> list[str]:
    return [name for name, asked in pilot.answers.items() if asked == prompt]
