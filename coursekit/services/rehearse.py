"""A simulated learner's way through one module, with the same verbs that a learner has.

Simulated learners answer with the module's exemplars. Each has an ability from 0 to 1, and takes exemplars that a
teacher marked about that high.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from coursekit.model.errors import BadInput, Locked
from coursekit.model.ids import PromptId
from coursekit.model.outcome import Allowed
from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.model.rubric import Exemplar
from coursekit.model.submission import Receipt
from coursekit.policy.completeness import check_response
from coursekit.ports import Workbook
from coursekit.wire.api import Path


class Shows(Protocol):
    """What rehearsing needs of the exchange."""

    def path(self, course: str) -> Path: ...


@dataclass(frozen=True)
class Walked:
    """What happened to one learner in one module."""

    learner: str
    module: str
    answers: Mapping[str, str]
    """Prompt → the exemplar that was committed."""
    sent_back: int
    """Commits that were kindly refused before a better answer was given."""
    revealed: int
    """Commits that opened something."""
    receipts: tuple[Receipt, ...]
    submission: str
    opened: tuple[str, ...]
    seconds_to_unlock: float | None
    """From pressing submit until the path shows the next module open."""


def choose(
    prompts: Sequence[Prompt], exemplars: Sequence[Exemplar], ability: float, random: Random
) -> dict[PromptId, Exemplar]:
    """One exemplar a prompt. Prose goes by the teacher's marks; everything else is drawn."""
    chosen = {}
    for prompt in prompts:
        pool = [e for e in exemplars if e.prompt == prompt.id]
        if prompt.kind is PromptKind.ANALYSIS:
            # Not everybody codes: some leave it, some get it wrong.
            if random.random() > 0.45 + ability / 2:
                continue
            right = random.random() < 0.35 + ability / 2
            pool = [e for e in pool if e.passes is right] or pool
        if not pool:
            continue
        ranked = sorted(pool, key=lambda e: (sum(e.marks.values()), e.id))
        if any(e.marks for e in pool):
            place = min(max(random.gauss(ability, 0.18), 0.0), 1.0) * (len(ranked) - 1)
            chosen[prompt.id] = ranked[round(place)]
        else:
            chosen[prompt.id] = random.choice(ranked)
    return chosen


def answer_all(
    workbook: Workbook,
    chosen: Mapping[PromptId, Exemplar],
    exemplars: Sequence[Exemplar],
    write: Callable[[Prompt, Response], None],
    commit: Callable[[PromptId], tuple[Receipt, bool]],
) -> tuple[dict[str, str], int, int, list[Receipt]]:
    """Answer and commit prompt by prompt, in order: answers, refusals, reveals, receipts.

    `write` puts an answer where a learner would; `commit` seals what stands there. An answer that is refused is
    replaced by the next better exemplar.
    """
    answers: dict[str, str] = {}
    sent_back = revealed = 0
    receipts = []
    for prompt in workbook.prompts:
        exemplar = chosen.get(prompt.id)
        if exemplar is None:
            continue
        write(prompt, exemplar.response)
        try:
            receipt, opened = commit(prompt.id)
        except BadInput:
            sent_back += 1
            exemplar = _next_better(prompt, exemplar, exemplars)
            write(prompt, exemplar.response)
            receipt, opened = commit(prompt.id)
        answers[prompt.id] = exemplar.id
        revealed += opened
        receipts.append(receipt)
    return answers, sent_back, revealed, receipts


def is_refused(fetch: Callable[[], object]) -> bool:
    """Whether fetching is refused because the module is locked."""
    try:
        fetch()
    except Locked:
        return True
    return False


def wait_until_open(
    exchange: Shows, course: str, module: str, seconds: Callable[[], float], patience: float = 10.0
) -> float:
    """The reading of the clock when the path shows the module open. Raises Locked after `patience` seconds."""
    start = seconds()
    while True:
        step = next(s for s in exchange.path(course).steps if s.module == module)
        if step.refusal is None:
            return seconds()
        if seconds() - start > patience:
            raise Locked("still-locked", f"{module} did not open.", step.refusal.next_step)


def _next_better(prompt: Prompt, refused: Exemplar, exemplars: Sequence[Exemplar]) -> Exemplar:
    good = [
        e
        for e in exemplars
        if e.prompt == prompt.id and isinstance(check_response(prompt, e.response), Allowed)
    ]
    if not good:
        raise BadInput(
            "no-good-exemplar",
            f"No exemplar of {prompt.id} is long enough to be committed.",
            f"Add longer ones than {refused.id} to exemplars.yml.",
        )
    floor = sum(refused.marks.values())
    return min(good, key=lambda e: (sum(e.marks.values()) < floor, sum(e.marks.values()), e.id))
