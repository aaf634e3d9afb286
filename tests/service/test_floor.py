"""The floor of substance, where answers are sealed: what is none is kindly sent back, and nothing is lost by it."""

from __future__ import annotations

import statistics
import time
from typing import Any

import pytest

from coursekit.model.errors import BadInput
from coursekit.model.ids import CourseId, ModuleId, PromptId, UserId
from coursekit.services import commit as committing
from coursekit.services import desk
from coursekit.wire.api import CommitRequest

C = "lamps"
HONEST = (
    "I had not thought of the caretaker at all before I saw the table, and now I think that he knew about the lamp "
    "all along and was waiting for one of us to ask him."
)


def commit(house: Any, who: str, text: str, prompt: str = "p1") -> Any:
    return house.as_user(who).commit(C, "first", prompt, {"text": text})


@pytest.fixture
def asked(lamps: Any, make: Any) -> Any:
    """A module whose first prompt has a question, and one that is no prose."""
    question = "Would you look for whoever left the lamp on all night? Say why, with a fact from the story."
    prompts = [
        make.prompt("p1", question=question),
        make.prompt("p2"),
        {
            "id": "p3",
            "kind": "decision",
            "title": "Which?",
            "question": "Which?",
            "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}],
        },
    ]
    lamps.as_user("chen").release(C, "first", make.upload("first", prompts))
    lamps.question = question
    return lamps


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-answer"),
        ("asdf jkl asdf qwer zxcv asdf hjkl uiop asdf sdfg dfgh", "no-words"),
        ("QUESTION", "same-as-question"),
    ],
)
def test_what_is_no_answer_is_sent_back_and_opens_nothing(
    asked: Any, text: str, code: str, problem: Any
) -> None:
    before = asked.kept()
    body = {"response": {"text": asked.question if text == "QUESTION" else text}}
    answer = asked.raw("POST", f"/courses/{C}/modules/first/commitments/p1", "maria", body=body)
    problem(answer, 422, code)
    assert asked.kept() == before
    assert commit(asked, "maria", HONEST).reveal.cells


def test_the_very_words_of_another_are_no_answer_and_similar_ones_are(asked: Any) -> None:
    commit(asked, "olu", HONEST)
    with pytest.raises(BadInput) as caught:
        commit(asked, "maria", HONEST)
    assert caught.value.code == "same-as-another"
    assert "olu" not in caught.value.detail
    commit(asked, "maria", HONEST.replace("all along", "from the start"))
    # To another prompt it is nobody's.
    commit(asked, "maria", HONEST, "p2")


def test_ones_own_earlier_words_are_nobody_elses(asked: Any, make: Any) -> None:
    """Sealed again, revised to and fro, and on another release."""
    first = commit(asked, "maria", HONEST)
    assert commit(asked, "maria", HONEST).receipt == first.receipt
    assert commit(asked, "maria", HONEST + " So it was.").revision == 2
    assert commit(asked, "maria", HONEST).revision == 3
    asked.as_user("chen").release(C, "first", make.upload("first", note="again"))
    asked.as_user("maria").fetch(C, "first")
    assert commit(asked, "maria", HONEST).revision == 1
    with pytest.raises(BadInput):
        commit(asked, "olu", HONEST)


def test_a_hand_in_is_kept_and_what_is_no_answer_stays_unsealed(asked: Any, make: Any) -> None:
    commit(asked, "olu", HONEST)
    responses = {"p1": {"text": HONEST}, "p2": {"text": HONEST}, "p3": {"choice": "a", "reason": HONEST}}
    request = make.hand_in("first").model_copy(update={"responses": responses})
    done = asked.as_user("maria").submit(C, "first", request)
    assert done.missing == ["p1"]
    assert [r.subject for r in done.commitments] == ["p2", "p3"]


def test_forms_and_code_are_not_read_for_substance(asked: Any) -> None:
    noise = "asdf jkl asdf qwer zxcv asdf hjkl uiop asdf sdfg dfgh jklo mnbv cxzy qwrt plkj hgfd"
    for who in ("maria", "olu"):
        answer = {"choice": "a", "reason": noise}
        assert asked.as_user(who).commit(C, "first", "p3", answer).revision == 1


def test_the_floor_costs_a_commit_next_to_nothing(
    lamps: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 300 others there: some two milliseconds; asserted with room for a machine that is busy."""
    exchange, where = lamps.embedded.exchange, (CourseId(C), ModuleId("first"))
    lamps.enrol(**{f"l{n}": "learner" for n in range(24)})
    words = " ".join(f"word{n} of many" for n in range(50))
    with exchange.ledger.write(where[0]) as deed:
        release = desk.get_release(deed, *where)
        for n in range(300):
            response = {"text": f"{HONEST} {words} {n}"}
            asked = release.prompts[0]
            desk.seal_response(
                deed, exchange.signer, release, asked, UserId(f"peer{n}"), response, lamps.clock()
            )
    spent: list[float] = []
    check = desk.check_substance

    def timed(*arguments: Any) -> None:
        began = time.perf_counter()
        check(*arguments)
        spent.append(time.perf_counter() - began)

    monkeypatch.setattr(desk, "check_substance", timed)
    for n in range(24):
        request = CommitRequest(response={"text": f"{HONEST} {words} l{n}"})
        committing.commit(exchange, *where, UserId(f"l{n}"), PromptId("p1"), request)
    took = statistics.median(spent[8:])
    print(f"\nthe floor, beside 300 others: {1000 * took:.2f} ms of a commit")
    assert took < 0.01
    # The first after a start catch up, a part each.
    assert max(spent) < 0.5
