"""A commitment from the learner's end: only answers are sent, and what comes back is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from coursekit.model.errors import BadInput, NotFound, ServiceFault, Unreachable
from coursekit.model.ids import CourseId, ModuleId, PromptId, ReleaseNumber
from coursekit.model.outcome import Refused
from coursekit.model.prompt import Choice, Prompt, PromptKind, Response
from coursekit.model.submission import Receipt, RevealedCell
from coursekit.ports import Workbook
from coursekit.services import answer
from coursekit.wire.api import CellShape, Committed, FileShape, ReceiptShape, RevealShape

P1, P2 = PromptId("p1"), PromptId("p2")
DECISION = Prompt(
    P2,
    PromptKind.DECISION,
    "The letter",
    "What now?",
    min_words=3,
    options=(Choice("publish", "Publish it now"), Choice("wait", "Wait")),
)
PLAN = Prompt(P1, PromptKind.PLAN, "Plan", "How?", fields=(Choice("aim", "Aim", 2), Choice("when", "When")))
GOOD = {"choice": "publish", "reason": "The number is real."}


class Folder:
    """A workbook in memory."""

    course = CourseId("leading-innovation")
    module = ModuleId("spike-at-65")
    title = "The spike at 65"
    prompts = (PLAN, DECISION)
    release: ReleaseNumber | None = ReleaseNumber(4)

    def __init__(self, responses: Mapping[PromptId, Response] | None = None) -> None:
        self.responses = dict(responses or {})
        self.kept: dict[PromptId, tuple[Any, ...]] = {}

    def get_prompt(self, prompt: PromptId) -> Prompt:
        for each in self.prompts:
            if each.id == prompt:
                return each
        raise NotFound("no-such-prompt", "None.", "Look.")

    def find_response(self, prompt: PromptId) -> Response | None:
        return self.responses.get(prompt)

    def save_response(self, prompt: PromptId, response: Response) -> None:
        self.responses[prompt] = response

    def find_commitment(self, prompt: PromptId) -> tuple[Response, Receipt] | None:
        return self.kept[prompt][:2] if prompt in self.kept else None  # type: ignore[return-value]

    def keep_commitment(self, prompt: PromptId, *parts: Any) -> None:
        self.kept[prompt] = parts

    def find_reveal(self, prompt: PromptId) -> Sequence[RevealedCell] | None:
        return None

    def files_to_submit(self) -> Sequence[tuple[str, bytes]]:
        return ()

    def keep_submission(self, receipt: Receipt) -> None: ...


class Exchange:
    """Seals whatever comes, the first time."""

    def __init__(self, *files: FileShape, first: dict[str, Any] | None = None) -> None:
        self.files = files
        self.first = first
        self.asked: list[tuple[Any, ...]] = []

    def commit(
        self, course: str, module: str, prompt: str, response: dict[str, Any], release: int | None
    ) -> Committed:
        self.asked.append((course, module, prompt, response, release))
        return Committed(
            receipt=ReceiptShape(
                kind="commitment",
                course=course,
                module=module,
                learner="ada",
                release=release or 1,
                subject=prompt,
                digest="0" * 64,
                at="2027-01-11T08:00:00.000000Z",
                previous="",
                key="k1",
                signature="c2ln",
            ),
            reveal=RevealShape(
                cells=[CellShape(cell_id="r1", cell_type="markdown", source="It was 102.")],
                files=list(self.files),
            ),
            response=self.first or response,
            revision=2 if self.first else 1,
            missing=[],
        )


def file(content: bytes, digest_of: bytes | None = None) -> FileShape:
    digest = hashlib.sha256(content if digest_of is None else digest_of).hexdigest()
    return FileShape(path="exhibits/scores.csv", sha256=digest, content=content)


def test_the_answer_in_the_folder_is_what_is_sealed() -> None:
    folder, exchange = Folder({P2: GOOD}), Exchange(file(b"1,2\n"))
    plug: Workbook = folder
    committed = answer.commit(plug, exchange, P2)
    assert exchange.asked == [("leading-innovation", "spike-at-65", "p2", GOOD, 4)]
    assert committed.revision == 1
    response, receipt, cells, files = folder.kept[P2]
    assert response == GOOD
    assert (receipt.subject, receipt.at) == ("p2", "2027-01-11T08:00:00.000000Z")
    assert cells == [RevealedCell("r1", "markdown", "It was 102.")]
    assert files == [("exhibits/scores.csv", b"1,2\n")]


def test_what_is_kept_is_what_the_exchange_says_is_sealed() -> None:
    first = {"choice": "wait", "reason": "My first thought."}
    folder = Folder({P2: GOOD})
    answer.commit(folder, Exchange(first=first), P2)
    assert folder.kept[P2][0] == first


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (None, "no-choice"),
        ({}, "no-choice"),
        ({"choice": "publish", "reason": "No."}, "too-short"),
        ({"choice": "burn", "reason": "One two three four"}, "no-choice"),
    ],
)
def test_what_is_no_answer_yet_never_leaves_the_computer(response: Response | None, code: str) -> None:
    folder, exchange = Folder({} if response is None else {P2: response}), Exchange()
    with pytest.raises(BadInput) as caught:
        answer.commit(folder, exchange, P2)
    assert caught.value.code == code
    assert caught.value.next_step
    assert exchange.asked == []
    assert folder.kept == {}


def test_an_exchange_that_does_not_answer_leaves_everything_as_it_was() -> None:
    class Away:
        def commit(self, *_: Any, **__: Any) -> Committed:
            raise Unreachable("unreachable", "No answer.", "Try again.")

    folder = Folder({P2: GOOD})
    with pytest.raises(Unreachable):
        answer.commit(folder, Away(), P2)
    assert folder.responses == {P2: GOOD}
    assert folder.kept == {}


def test_a_file_damaged_on_the_way_is_not_put_in_place() -> None:
    folder = Folder({P2: GOOD})
    with pytest.raises(ServiceFault, match=r"exhibits/scores\.csv"):
        answer.commit(folder, Exchange(file(b"1,2\n", digest_of=b"other")), P2)
    assert folder.kept == {}


def test_the_status_counts_what_the_learner_wrote() -> None:
    folder = Folder({P1: {"fields": {"aim": "Tell the board", "when": "soon"}}, P2: GOOD})
    assert answer.status(folder, P1).words == 4
    state = answer.status(folder, P2)
    assert (state.words, state.answered, state.committed, state.receipt) == (4, True, False, None)
    answer.commit(folder, Exchange(), P2)
    state = answer.status(folder, P2)
    assert state.committed
    assert state.sealed == GOOD


def test_another_answer_after_the_commitment_is_a_revision_until_it_is_the_sealed_one_again() -> None:
    folder = Folder({P2: GOOD})
    assert not answer.status(folder, P2).is_revised
    answer.commit(folder, Exchange(), P2)
    assert not answer.status(folder, P2).is_revised
    later = {"choice": "wait", "reason": "Another thought entirely."}
    folder.save_response(P2, later)
    assert answer.status(folder, P2).is_revised
    assert answer.commit(folder, Exchange(first=GOOD), P2).revision == 2
    assert folder.kept[P2][0] == GOOD
    assert folder.find_response(P2) == later
    folder.responses.clear()
    assert not answer.status(folder, P2).is_revised


def test_the_status_of_an_untouched_prompt_says_what_is_missing() -> None:
    state = answer.status(Folder(), P2)
    assert (state.words, state.answered, state.response) == (0, False, None)
    assert isinstance(state.decision, Refused)


def test_an_unknown_prompt_is_not_found() -> None:
    with pytest.raises(NotFound):
        answer.status(Folder(), PromptId("p9"))
