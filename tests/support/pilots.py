"""A pilot of two prompts, and forms as graders fill them in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from coursekit.model.ids import PromptId
from coursekit.model.pilot import Asked, Pilot, Written
from coursekit.model.rubric import Criterion, Rubric

FACT = Criterion("fact", "Cites a fact.", {0: "None.", 1: "One.", 2: "Used."})
SIDE = Criterion("side", "Takes a side.", {0: "No.", 1: "Yes."})
VIEW = Asked(PromptId("p2"), "A view", "What do you think?", Rubric("view", "A view", (FACT, SIDE)))
PLAN = Asked(PromptId("p7"), "A step", "What will you do?", Rubric("plan", "A plan", (SIDE,)))


def written(number: int, prompt: str = "p2", text: str = "") -> Written:
    said = text or f"I think {number}."
    return Written(f"learner{number:03}", PromptId(prompt), said, {"text": said})


def pilot(**answers: str) -> Pilot:
    given = answers or {"bcdfg": "p2", "hjklm": "p2", "npqrs": "p7"}
    return Pilot(
        "trial",
        "one",
        ("anna", "ben"),
        7,
        "2027-01-01T00:00:00+00:00",
        (VIEW, PLAN),
        {name: PromptId(prompt) for name, prompt in given.items()},
    )


Mark = Callable[[str, str, str], dict[str, str]]


def fill(form: bytes, mark: Mark, delimiter: str = ",") -> bytes:
    """The form with what `mark(id, prompt, text)` gives, as a spreadsheet saves it."""
    rows = list(csv.reader(io.StringIO(form.decode("utf-8-sig"), newline="")))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(rows[0])
    for row in rows[1:]:
        cells = dict(zip(rows[0], row, strict=True))
        writer.writerow({**cells, **mark(cells["id"], cells["prompt"], cells["text"])}.values())
    return out.getvalue().encode("utf-8-sig")
