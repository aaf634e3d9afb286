"""Others' answers are read bit by bit, and only the very same words of somebody else count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coursekit.model.ids import CourseId, ModuleId, PromptId, ReleaseNumber, UserId
from coursekit.model.submission import Commitment, Receipt, ReceiptKind, sha256, stamp
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words
from coursekit.services.others import Others
from coursekit.store.memory import MemoryLedger

C, M, P = CourseId("lamps"), ModuleId("first"), PromptId("p1")
T0 = datetime(2027, 1, 24, tzinfo=UTC)
TEXT = "The lamp burned for nine hours in an empty school and nobody whom I asked on Monday could say why {}."


class Counting:
    """A deed, and how many answers were read through it."""

    def __init__(self, deed):
        self.deed, self.read = deed, 0

    def count_first_responses(self, *where):
        return self.deed.count_first_responses(*where)

    def first_responses_since(self, *where):
        found = self.deed.first_responses_since(*where)
        self.read += len(found)
        return found


@pytest.fixture
def ledger():
    return MemoryLedger()


def add(deed, who, text, minutes):
    at = T0 + timedelta(minutes=minutes)
    receipt = Receipt(ReceiptKind.COMMITMENT, C, M, who, ReleaseNumber(1), P, sha256(b""), stamp(at), "", "k")
    deed.add_commitment(
        Commitment(C, M, who, P, 1, ReleaseNumber(1), {"text": text}, sha256(b""), at), receipt
    )


def seal(ledger, who, text, minutes):
    with ledger.write(C) as deed:
        add(deed, who, text, minutes)


def has(ledger, others, who, text):
    with ledger.read() as deed:
        return others.of(deed, C, M, P, UserId(who)).has(words(normalise(text).text))


def test_the_same_words_of_somebody_else_are_found_however_they_are_spelt(ledger):
    others = Others()
    seal(ledger, "maria", TEXT.format("it did"), 0)
    assert has(ledger, others, "olu", TEXT.format("it did"))
    assert has(ledger, others, "olu", "  **" + TEXT.format("it did").upper() + "**\n")
    assert not has(ledger, others, "olu", TEXT.format("it did so"))
    # One's own are no others'.
    assert not has(ledger, others, "maria", TEXT.format("it did"))


def test_few_words_may_be_the_same(ledger):
    others = Others()
    seal(
        ledger, "maria", "I would look at the second table before I decide anything at all about the lamp.", 0
    )
    seal(ledger, "chen", "word " * 3000, 1)
    text = "I would look at the second table before I decide anything at all about the lamp."
    assert not has(ledger, others, "olu", text)
    # A novel is not compared.
    assert not has(ledger, others, "olu", "word " * 3000)


def test_each_answer_is_read_once_and_a_few_at_a_time(ledger):
    for n in range(25):
        seal(ledger, f"l{n}", TEXT.format(n), n)
    others = Others(step=10)
    reads = []
    for _ in range(5):
        with ledger.read() as deed:
            counting = Counting(deed)
            others.of(counting, C, M, P, UserId("new"))
            reads.append(counting.read)
    # The last one is read again, because another may share its moment.
    assert reads == [10, 10, 7, 0, 0]
    assert all(has(ledger, others, "new", TEXT.format(n)) for n in range(25))
    seal(ledger, "late", TEXT.format("late"), 30)
    assert has(ledger, others, "new", TEXT.format("late"))


def test_an_answer_that_was_undone_is_forgotten(ledger):
    others = Others()
    seal(ledger, "maria", TEXT.format("kept"), 0)

    def seal_and_fail():
        with ledger.write(C) as deed:
            add(deed, "x", TEXT.format("undone"), 1)
            others.of(deed, C, M, P, UserId("olu"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        seal_and_fail()
    has(ledger, others, "olu", "")
    assert not has(ledger, others, "olu", TEXT.format("undone"))
    assert has(ledger, others, "olu", TEXT.format("kept"))


def test_one_that_comes_with_an_older_moment_is_read_in_the_end(ledger):
    others = Others()
    seal(ledger, "maria", TEXT.format("first"), 5)
    has(ledger, others, "new", "")
    seal(ledger, "olu", TEXT.format("before"), 0)
    has(ledger, others, "new", "")
    assert has(ledger, others, "new", TEXT.format("before"))


def test_what_is_remembered_has_bounds(ledger):
    others = Others(prompts=3, most=2)
    for n in range(5):
        seal(ledger, f"l{n}", TEXT.format(n), n)
    with ledger.read() as deed:
        for name in "abcdefg":
            others.of(deed, C, M, PromptId(name), UserId("x"))
    assert len(others._all) == 3
    small = Others(step=2, most=2)
    for _ in range(9):
        has(ledger, small, "new", "")
    (known,) = small._all.values()
    assert len(known.learners) == 2
