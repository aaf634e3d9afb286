"""By what an answer is checked: which bundle, read once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coursekit.model.course import Course, Module
from coursekit.model.errors import BadInput, ServiceFault
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId, ReleaseNumber, UserId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.rubric import Criterion, Rubric
from coursekit.model.submission import Release
from coursekit.services.bases import Bases, checks_for, without_rubric
from coursekit.store.memory import MemoryBlobs
from coursekit.wire.checks import checks_file

P1, P2 = PromptId("p1"), PromptId("p2")
ASKED = Prompt(P1, PromptKind.REFLECTION, "What now?", "What would you do?", rubric="view", min_words=30)
OTHER = Prompt(P2, PromptKind.REFLECTION, "And then?", "What would you do then?", min_words=30)
RUBRIC = Rubric("view", "A view", (Criterion("fact", "Cites a fact.", {0: "no", 1: "yes"}),))
NONE = Digest("")
ONE, TWO = Digest("1" * 64), Digest("2" * 64)


class Counting(MemoryBlobs):
    reads = 0

    def get(self, digest):
        self.reads += 1
        return super().get(digest)


def bundle(title="Lamps"):
    module = Module(ModuleId("first"), "First")
    return checks_file(
        Course(CourseId("lamps"), title, "UTC", (module,)), module, [ASKED], {"view": RUBRIC}, [title]
    )


def release(*prompts, checks=NONE):
    at = datetime(2027, 1, 1, tzinfo=UTC)
    return Release(
        CourseId("lamps"), ModuleId("first"), ReleaseNumber(1), (), prompts, (), at, UserId("chen"), checks
    )


def test_a_bundle_is_read_once():
    blobs, bases = Counting(), Bases()
    digest = blobs.put(bundle())
    for _ in range(3):
        assert bases.of(blobs, digest)[P1].rubric == RUBRIC
    assert blobs.reads == 1


def test_only_so_many_are_remembered_and_the_newest_stay():
    blobs, bases = Counting(), Bases(remembered=2)
    first, *others = [blobs.put(bundle(title)) for title in ("a", "b", "c")]
    for digest in (first, others[0], first, others[1], first):
        bases.of(blobs, digest)
    assert blobs.reads == 3
    bases.of(blobs, others[0])
    assert blobs.reads == 4


def test_no_bundle_has_nothing_and_a_bad_one_says_so():
    blobs, bases = MemoryBlobs(), Bases()
    assert bases.of(blobs, Digest("")) == {}
    with pytest.raises(ServiceFault):
        bases.of(blobs, ONE)
    with pytest.raises(BadInput):
        bases.of(blobs, blobs.put(b"[]"))


@pytest.mark.parametrize(
    ("answered", "newest", "found"),
    [
        # The newest rubric, where the question is still the same.
        (release(ASKED, checks=ONE), release(ASKED, checks=TWO), TWO),
        (release(ASKED), release(ASKED, checks=TWO), TWO),
        # Another question now, or gone: by what was answered.
        (release(ASKED, checks=ONE), release(replace(ASKED, question="Why?"), checks=TWO), ONE),
        (release(ASKED, checks=ONE), release(OTHER, checks=TWO), ONE),
        # The newest brought none.
        (release(ASKED, checks=ONE), release(ASKED), ONE),
        (release(ASKED, checks=ONE), None, ONE),
        (release(ASKED), release(ASKED), ""),
    ],
)
def test_which_bundle(answered, newest, found):
    assert checks_for(P1, answered, newest) == found


def test_without_a_rubric_the_question_is_known():
    basis = without_rubric(ASKED)
    assert (basis.prompt, basis.title, basis.question, basis.min_words) == (
        P1,
        "What now?",
        "What would you do?",
        30,
    )
    assert basis.rubric.criteria == ()
