"""A double-graded pilot, from the draw to the marked answers: start, status, collect, export."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from coursekit.model.errors import BadInput
from coursekit.model.ids import PromptId, is_slug
from coursekit.model.pilot import Asked, Given, Pilot, Written
from coursekit.policy.reflection.agreement_report import to_markdown
from coursekit.policy.reflection.comparison import Comparison, agreed, compare, disputed, resolve
from coursekit.policy.reflection.sampling import draw, order_for
from coursekit.policy.reflection.sheet import to_html
from coursekit.wire.pilotforms import Form, read_form, read_pairs, write_form
from coursekit.wire.pilots import pilot_from_json, pilot_to_json, to_bytes

KEPT = frozenset({"pilot", "key", "agreement", "report", "resolve", "exemplars"})
"""Names of the folder's own files."""
RESOLVE = "resolve.csv"


class Place(Protocol):
    """Where the pilot's files stand."""

    def create(self, files: Mapping[str, bytes]) -> None:
        """All of it, or Conflict."""

    def find(self, name: str) -> bytes | None:
        """One of the files; none without it."""

    def write(self, name: str, content: bytes) -> None:
        """Replace one of them."""

    def pilot(self) -> dict[str, Any]:
        """What was begun. Raises NotFound."""

    def key(self) -> dict[str, Any]:
        """Who wrote what."""

    def write_exemplars(self, exemplars: list[dict[str, Any]]) -> str:
        """The file with them; gives its name."""


@dataclass(frozen=True)
class Progress:
    """How far one grader is."""

    grader: str
    done: int
    total: int
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Collected:
    """What the graders' forms say together."""

    comparison: Comparison
    disputed: int
    """Answers on which they do not agree in everything."""


@dataclass(frozen=True)
class Exported:
    """What can be used as exemplars."""

    file: str
    written: int
    open: int
    """Answers that are still disputed, or not marked by everybody."""


def start(
    place: Place,
    module: str,
    name: str,
    graders: Sequence[str],
    prompts: Sequence[Asked],
    answers: Iterable[Written],
    size: int,
    seed: int,
    begun: str,
    left_out: Mapping[str, int],
) -> Pilot:
    """Draw the answers and write each grader's form. Raises BadInput or Conflict; then nothing is written."""
    _check_graders(graders)
    if size < 1:
        raise BadInput("bad-sample", "A sample needs at least one answer.", "Write for example --sample 60.")
    drawn = draw(answers, size, seed)
    if not drawn:
        raise BadInput(
            "nothing-to-draw",
            f"No answer of {module} can be drawn{_because(left_out)}.",
            "Collect submissions first: nbgrader collect, or coursekit's exchange; and look at the consent list.",
        )
    taken = {d.id: d.written.prompt for d in drawn}
    asked = tuple(p for p in prompts if p.id in set(taken.values()))
    pilot = Pilot(name, module, tuple(graders), seed, begun, asked, taken, dict(left_out))
    texts = {d.id: d.written.text for d in drawn}
    key = {
        d.id: {
            "learner": d.written.learner,
            "prompt": d.written.prompt,
            "text": d.written.text,
            "response": d.written.response,
        }
        for d in drawn
    }
    files = {"pilot.json": to_bytes(pilot_to_json(pilot)), "key.json": to_bytes({"answers": key})}
    for grader in graders:
        order = _order(pilot, grader)
        files[f"{grader}.csv"] = write_form(pilot, order, texts)
        files[f"{grader}.html"] = to_html(pilot, order, texts).encode("utf-8", "replace")
    place.create(files)
    return pilot


def status(place: Place) -> tuple[Pilot, tuple[Progress, ...]]:
    """How far each grader is."""
    pilot = pilot_from_json(place.pilot())
    return pilot, tuple(
        Progress(grader, len(pilot.answers) - len(form.missing), len(pilot.answers), form.problems)
        for grader, form in _forms(place, pilot).items()
    )


def collect(place: Place, so_far: bool = False, groups: tuple[str, bytes] | None = None) -> Collected:
    """Read the forms back and say how far the graders agree: agreement.json, report.md and resolve.csv.

    `so_far`: what is missing is left out instead of refused. `groups`: the name and the content of a list of blind
    id and group. Raises Faulty with everything that must be mended.
    """
    pilot = pilot_from_json(place.pilot())
    forms = _forms(place, pilot)
    problems = [p for form in forms.values() for p in form.problems]
    by_group: Mapping[str, str] | None = None
    if groups is not None:
        by_group, odd = read_pairs(groups[1], groups[0], pilot)
        problems += odd
    if problems:
        raise Faulty(problems)
    missing = [p for grader, form in forms.items() for p in _missing(f"{grader}.csv", form)]
    if missing and not so_far:
        raise Faulty(missing, "Have it filled in; or compare what there is with --so-far.")
    marks = {grader: form.given for grader, form in forms.items()}
    found = compare(pilot, marks, by_group)
    place.write("agreement.json", to_bytes(found.to_json()))
    place.write("report.md", to_markdown(found).encode("utf-8", "replace"))
    apart = disputed(pilot, marks)
    if apart:
        place.write(RESOLVE, _resolve_form(place, pilot, marks, apart))
    return Collected(found, len(apart))


def export(place: Place) -> Exported:
    """Write the answers whose marks are settled as exemplars: agreed, or decided in resolve.csv."""
    pilot = pilot_from_json(place.pilot())
    forms = _forms(place, pilot)
    decided = _decided(place, pilot)
    problems = [p for form in (*forms.values(), decided) for p in form.problems]
    if problems:
        raise Faulty(problems)
    settled = resolve(pilot, {grader: form.given for grader, form in forms.items()}, decided.given)
    answers = place.key().get("answers", {})
    exemplars = [
        _exemplar(name, pilot.answers[name], answers[name]["response"], settled[name])
        for name in sorted(settled, key=lambda n: (pilot.answers[n], n))
        if name in answers
    ]
    if not exemplars:
        raise BadInput(
            "nothing-settled",
            "No answer is marked by everybody yet, with the same marks or a decision.",
            f"See coursekit reflect pilot status {pilot.name}, then fill in the forms or {RESOLVE}.",
        )
    return Exported(place.write_exemplars(exemplars), len(exemplars), len(pilot.answers) - len(exemplars))


class Faulty(BadInput):
    """Forms that cannot be taken as they are, with everything that is wrong in them."""

    def __init__(
        self, problems: Sequence[str], next_step: str = "Mend it in the form, save it as CSV, and try again."
    ) -> None:
        more = f" There are {len(problems) - 1} more." if len(problems) > 1 else ""
        super().__init__("faulty-form", problems[0] + more, next_step)
        self.problems = tuple(problems)


def _check_graders(graders: Sequence[str]) -> None:
    if len(graders) < 2:
        raise BadInput(
            "one-grader", "A double-graded pilot needs two graders or more.", "Write --graders anna,ben."
        )
    for grader in graders:
        if not is_slug(grader) or grader in KEPT:
            raise BadInput(
                "bad-grader",
                f"“{grader}” cannot be a grader's name here.",
                "Use small letters and digits; the name becomes a file's.",
            )
    if len(set(graders)) < len(graders):
        raise BadInput("grader-twice", "A grader is named twice.", "Two people, two names.")


def _because(left_out: Mapping[str, int]) -> str:
    why = [f"left out: {reason} {count}" for reason, count in left_out.items() if count]
    return f" ({', '.join(why)})" if why else ""


def _order(pilot: Pilot, grader: str) -> tuple[str, ...]:
    return order_for(grader, pilot.answers, [p.id for p in pilot.prompts], pilot.seed)


def _forms(place: Place, pilot: Pilot) -> dict[str, Form]:
    forms = {}
    for grader in pilot.graders:
        file = f"{grader}.csv"
        content = place.find(file)
        if content is None:
            raise BadInput(
                "no-form",
                f"The form {file} is not there.",
                f"Put it back into the folder of the pilot {pilot.name}, under this name.",
            )
        forms[grader] = read_form(content, file, pilot)
    return forms


def _missing(file: str, form: Form) -> list[str]:
    if not form.missing:
        return []
    name, lacks = next(iter(form.missing.items()))
    count = len(form.missing)
    what = "1 answer is" if count == 1 else f"{count} answers are"
    return [f"{file}: {what} not marked in full; the first is {name}, without {', '.join(lacks)}."]


def _decided(place: Place, pilot: Pilot) -> Form:
    content = place.find(RESOLVE)
    return Form({}, (), {}) if content is None else read_form(content, RESOLVE, pilot)


def _resolve_form(
    place: Place, pilot: Pilot, marks: Mapping[str, Mapping[str, Given]], apart: Mapping[str, str]
) -> bytes:
    """The disputed answers, with what all agree on filled in, and what was decided before kept."""
    before = _decided(place, pilot).given
    given = {}
    for name in apart:
        same, was = agreed([mine[name] for mine in marks.values()]), before.get(name, Given())
        adequate = was.adequate if same.adequate is None else same.adequate
        given[name] = Given({**was.levels, **same.levels}, adequate)
    texts = {name: str(answer["text"]) for name, answer in place.key().get("answers", {}).items()}
    order = [name for name in _order(pilot, "resolve") if name in apart]
    return write_form(pilot, order, texts, given, apart)


def _exemplar(name: str, prompt: PromptId, response: Mapping[str, Any], given: Given) -> dict[str, Any]:
    return {
        "id": f"pilot-{name}",
        "prompt": str(prompt),
        "response": json.loads(json.dumps(response)),
        "marks": dict(given.levels),
        "adequate": given.adequate,
        "note": "From a double-graded pilot.",
    }
