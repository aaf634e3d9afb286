"""A simulated class with real parts: each learner has a home, a token and a connection of their own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from coursekit.client import ExchangeClient
from coursekit.engine.notebooks import PapermillRunner
from coursekit.model.errors import CoursekitError, ServiceFault
from coursekit.model.ids import PromptId
from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.model.rubric import Exemplar
from coursekit.model.submission import Receipt
from coursekit.services import answer, rehearse, take
from coursekit.services.rehearse import Walked
from coursekit.store import pen
from coursekit.store.authored import read_course, read_exemplars
from coursekit.store.notebookfiles import read_notebook
from coursekit.wire.receipts import receipt_from_shape
from coursekit.wiring.learner import fetch_feedback as fetch_into
from coursekit.wiring.learner import open_workbook, take_home
from coursekit.wiring.settings import tool_environment


@dataclass(frozen=True)
class Learner:
    """One simulated learner."""

    name: str
    home: Path
    token: str
    url: str
    ability: float
    seed: int
    number: int
    """In the class, from 0."""
    by_nbgrader: bool = False
    """Fetches and submits with nbgrader's own commands instead of ours."""


def refused_early(learner: Learner, course: str, module: str) -> bool:
    """Try to fetch a module that is locked; whether it was refused and nothing was written."""
    folder = learner.home / module
    with ExchangeClient(learner.url, learner.token) as exchange:
        refused = rehearse.is_refused(lambda: take_home(exchange, course, module, folder))
    return refused and not folder.exists()


def walk(learner: Learner, course: str, module: str, following: str | None, source: Path) -> Walked:
    """Fetch a module, answer and commit its prompts, run its notebook, hand it in, see the next one open.

    `source`: the author's folder of the module, for its exemplars.
    """
    folder = learner.home / module
    with ExchangeClient(learner.url, learner.token) as exchange:
        if learner.by_nbgrader:
            _nbgrader(learner, "fetch_assignment", module, "--course", course)
        else:
            take_home(exchange, course, module, folder)
        return _work(exchange, learner, folder, course, following, read_exemplars(source))


def _work(
    exchange: ExchangeClient,
    learner: Learner,
    folder: Path,
    course: str,
    following: str | None,
    exemplars: Sequence[Exemplar],
) -> Walked:
    workbook = open_workbook(folder)
    notebook = folder / f"{workbook.module}.ipynb"

    def write(prompt: Prompt, response: Response) -> None:
        if prompt.kind.in_notebook:
            is_code = prompt.kind is PromptKind.ANALYSIS
            text = response["code"] if is_code else _own_words(response["text"], learner, prompt.id)
            pen.write_cell(notebook, prompt.id, text)
        else:
            workbook.save_response(prompt.id, response)

    def commit(prompt: PromptId) -> tuple[Receipt, bool]:
        committed = answer.commit(workbook, exchange, prompt)
        return receipt_from_shape(committed.receipt), bool(committed.reveal.cells)

    random = Random(f"{learner.seed}/{learner.name}/{workbook.module}")
    chosen = rehearse.choose(workbook.prompts, exemplars, learner.ability, random)
    answers, sent_back, revealed, receipts = rehearse.answer_all(workbook, chosen, exemplars, write, commit)
    _run(notebook, folder)

    if learner.by_nbgrader:
        _nbgrader(learner, "submit", workbook.module, "--course", course)
    # Handing the same files in again gets the same receipt, so this asks after nbgrader's as well.
    start = time.monotonic()
    done = take.hand_in(exchange, workbook)
    opened_at = (
        rehearse.wait_until_open(exchange, course, following, time.monotonic)
        if following is not None
        else None
    )
    unlock = None if opened_at is None or learner.by_nbgrader else opened_at - start
    return Walked(
        learner.name,
        workbook.module,
        answers,
        sent_back,
        revealed,
        (*receipts, receipt_from_shape(done.answer.receipt)),
        done.answer.submission,
        tuple(done.answer.opened),
        unlock,
    )


_BEFORE = (
    "I wrote this after a long day.", "I had to think about this for a while.", "Here is where I stand today.",
    "I am not sure that everybody will like this.", "I read it all again first.", "This one kept me awake.",
    "I talked about it at home.", "Let me begin with what I know.", "It is less simple than it looked.",
    "I changed my mind while writing.", "I will be brief.", "I tried to be fair.",
)  # fmt: skip
_AFTER = (
    "That is all for now.", "I am curious what the others say.", "I may see it otherwise next week.",
    "More I cannot say yet.", "I hope this is clear.", "So much from me.", "I would like to talk about it.",
    "There is more to it, I know.", "It is hard to put into words.", "I stop here.", "Tell me what I missed.",
    "I will come back to this.",
)  # fmt: skip


def _own_words(text: str, learner: Learner, prompt: str) -> str:
    """An exemplar as one learner hands it in: an answer that is another's word for word cannot be committed.

    No two of a class get the same sentences around it, whichever exemplar they chose.
    """
    if not text.strip():
        return text
    pairs = [(before, after) for before in _BEFORE for after in _AFTER]
    Random(f"{learner.seed}/{prompt}/words").shuffle(pairs)
    again, place = divmod(learner.number, len(pairs))
    before, after = pairs[place]
    return " ".join([before, text.strip(), after, *_AFTER[:again]])


def _run(notebook: Path, folder: Path) -> None:
    """Run the learner's notebook, as they would; tests that fail are theirs to see, and stop nothing."""
    value = pen.read_notebook(notebook)
    try:
        executed = PapermillRunner().run(value, {}, str(folder))
    except CoursekitError:
        return
    pen.write_notebook(notebook, executed)


def _nbgrader(learner: Learner, *arguments: str) -> None:
    environment = tool_environment(
        HOME=str(learner.home), COURSEKIT_URL=learner.url, COURSEKIT_TOKEN=learner.token
    )
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=learner.home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServiceFault(
            "nbgrader-failed",
            f"nbgrader {arguments[0]} failed for {learner.name}: {done.stderr.strip()[-800:]}",
            "Run the same command in that learner's home to see all of it.",
        )


def fetch_feedback(learner: Learner, course: str, module: str) -> int:
    """Fetch the learner's feedback on a module; how many there are now in their folder."""
    folder = learner.home / module / "feedback"
    if learner.by_nbgrader:
        _nbgrader(learner, "fetch_feedback", module, "--course", course)
    else:
        with ExchangeClient(learner.url, learner.token) as exchange:
            fetch_into(exchange, course, module, folder)
    return len(list(folder.glob("*/feedback.html")))


def commitments_of(course_folder: Path, walked: Sequence[Walked]) -> dict[str, Any]:
    """What the report draws: the course's titles, and every form that was committed."""
    course = read_course(course_folder)
    rows = []
    for module in course.modules:
        folder = course_folder / "modules" / module.id
        exemplars = {e.id: e for e in read_exemplars(folder)}
        prompts = {p.id: p for _, p in read_notebook(folder / f"{module.id}.ipynb").prompts()}
        for walk in (w for w in walked if w.module == module.id):
            for name, chosen in walk.answers.items():
                prompt, response = prompts[PromptId(name)], exemplars[chosen].response
                labels = {o.id: o.label for o in prompt.options}
                rows.append(
                    {
                        "learner": walk.learner,
                        "module": module.id,
                        "prompt": name,
                        "title": prompt.title,
                        "kind": prompt.kind.value,
                        "value": response.get("value"),
                        "unit": prompt.unit,
                        "label": labels.get(response.get("choice", ""), ""),
                    }
                )
    return {
        "course_title": course.title,
        "titles": {m.id: m.title for m in course.modules},
        "commitments": rows,
    }
