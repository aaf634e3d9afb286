"""The learner's end of a commitment: read the answer, have it sealed, keep what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from coursekit.model.errors import BadInput, ServiceFault
from coursekit.model.ids import PromptId
from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.model.prompt import Prompt, Response
from coursekit.model.submission import Receipt, sha256
from coursekit.model.words import count_words
from coursekit.policy.completeness import check_response
from coursekit.ports import Workbook

if TYPE_CHECKING:
    # pydantic stays out of a kernel until something is committed.
    from coursekit.wire.api import Committed


class Exchange(Protocol):
    """What a commitment needs of the exchange; `coursekit.client.ExchangeClient` has it."""

    def commit(
        self, course: str, module: str, prompt: str, response: dict[str, Any], release: int | None
    ) -> Committed:
        """Seal the response."""


@dataclass(frozen=True)
class Status:
    """How far the answer to one prompt has come."""

    prompt: Prompt
    response: Response | None
    """What stands in the folder now; after the commitment it may differ from what is sealed."""
    words: int
    """Words the learner wrote in it; choices and numbers have none."""
    decision: Decision
    """Whether it could be committed."""
    sealed: Response | None
    receipt: Receipt | None

    @property
    def answered(self) -> bool:
        """Whether there is an answer that could be committed."""
        return isinstance(self.decision, Allowed)

    @property
    def committed(self) -> bool:
        """Whether it is sealed."""
        return self.receipt is not None

    @property
    def is_revised(self) -> bool:
        """Whether what stands in the folder is another answer than the sealed one."""
        return self.committed and self.response is not None and self.response != self.sealed


def status(workbook: Workbook, prompt: PromptId) -> Status:
    """How far the answer to that prompt has come, by what is in the folder."""
    asked = workbook.get_prompt(prompt)
    response = workbook.find_response(prompt)
    sealed, receipt = workbook.find_commitment(prompt) or (None, None)
    return Status(
        prompt=asked,
        response=response,
        words=sum(count_words(text) for text in _texts(response)),
        decision=check_response(asked, response or {}),
        sealed=sealed,
        receipt=receipt,
    )


def commit(
    workbook: Workbook,
    exchange: Exchange,
    prompt: PromptId,
    check: Callable[[Response], None] = lambda response: None,
) -> Committed:
    """Seal the answer that stands in the folder; keep its receipt and its reveal there.

    Once it is sealed, another answer is kept beside it as a revision; the draft in the folder stays as it is.
    `check` sees what would be sealed, and nothing is sealed when it raises.
    Raises BadInput when it is no answer yet, and whatever the exchange says.
    """
    from coursekit.wire.receipts import cell_from_shape, receipt_from_shape

    response = dict(workbook.find_response(prompt) or {})
    check(response)
    decision = check_response(workbook.get_prompt(prompt), response)
    if isinstance(decision, Refused):
        raise BadInput.of(decision)
    committed = exchange.commit(workbook.course, workbook.module, prompt, response, workbook.release)
    for file in committed.reveal.files:
        if sha256(file.content) != file.sha256:
            raise ServiceFault(
                "damaged-file",
                f"{file.path} was damaged on its way here.",
                "Commit again: what is sealed stays as it is.",
            )
    # What the exchange says is sealed, not what was sent: on a second commitment the first response stands.
    workbook.keep_commitment(
        prompt,
        committed.response,
        receipt_from_shape(committed.receipt),
        [cell_from_shape(cell) for cell in committed.reveal.cells],
        [(file.path, file.content) for file in committed.reveal.files],
    )
    if committed.revision_receipt is not None:
        workbook.keep_revision(receipt_from_shape(committed.revision_receipt))
    return committed


def _texts(value: Any, key: str = "") -> Iterator[str]:
    # A choice is the id of an option, not words of the learner's.
    if isinstance(value, str) and key != "choice":
        yield value
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from _texts(entry, name)
