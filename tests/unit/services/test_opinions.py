"""Second opinions on the way from asking to the record and back: gathered, noted down, reckoned again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coursekit.model.course import Course, Module
from coursekit.model.errors import Unreachable
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.model.reflection import Basis, Marked, Opinion, Reason
from coursekit.model.reviewing import Answer
from coursekit.model.rubric import AutoDecision, Criterion, Detector, Rubric, Rule
from coursekit.policy.reflection.check import text_digest
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.record import Kind
from coursekit.ports import SecondOpinion
from coursekit.services.check_prose import Author, Tools, check_prose
from coursekit.services.opinions import gather
from coursekit.services.replay import replay
from coursekit.store.reflections import ReflectionRecord
from coursekit.wire.checks import checks_file, parse_checks

NOW = datetime(2027, 1, 1, tzinfo=UTC)
MODULE = Module(ModuleId("m"), "M")
RUBRIC = Rubric(
    "r",
    "The rubric",
    (Criterion("why", "Says why", {0: "no", 1: "yes"}, terms=("because",), detector=Detector.TERMS),),
    min_own_words=0,
    decision=AutoDecision(rule=Rule(("why",))),
)
PROMPT = Prompt(PromptId("p1"), PromptKind.REFLECTION, "The rota", "Should it be reversed?", rubric="r")
CHECKS = checks_file(
    Course(CourseId("c"), "C", "Europe/Vienna", (MODULE,)), MODULE, [PROMPT], {"r": RUBRIC}, ["A story."]
)
BASES = parse_checks(CHECKS)
BASIS = BASES[PromptId("p1")]


def text(number: int) -> str:
    end = "!" * (number % 2)
    # Words of its own: answers that are much the same are learnt from once.
    own = " ".join(f"ward{number}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    return (
        f"On day {number} I would keep the rota because the figures of month {number} are better {own}{end}"
    )


class Thinks:
    """A language model that counts letters."""

    def __init__(self, fails: Sequence[str] = (), name: str = "endpoint:m") -> None:
        self.name = name
        self.digest = Digest("d" * 64)
        self.asked: list[str] = []
        self._fails = fails

    def ask(self, basis: Basis, text: str) -> Opinion | None:
        self.asked.append(text)
        if text in self._fails:
            raise Unreachable("no-second-opinion", "It is down.", "Nothing needs to be done.")
        if "nothing" in text:
            return None
        told = {"id": "why", "level": len(text) % 2, "quote": text[:20]}
        return Opinion({}, {}, reply=json.dumps({"criteria": [told]}))


# gathering


def test_each_answer_is_asked_about_once():
    second = Thinks()
    plugged: SecondOpinion = second
    opinions = gather(plugged, BASIS, [text(1), text(2), text(1)])
    assert sorted(second.asked) == [text(1), text(2)]
    assert (opinions.name, opinions.digest) == (second.name, second.digest)
    found = opinions.find(BASIS, text(1))
    assert found is not None
    assert found.levels == {"why": len(text(1)) % 2}


def test_where_it_fails_or_says_nothing_there_is_no_opinion():
    opinions = gather(Thinks(fails=[text(1)]), BASIS, [text(1), text(2), "nothing"])
    assert list(opinions.replies) == [text_digest(text(2))]


# in grading


ANSWERS = [Answer(f"learner{n}", f"s{n}", PromptId("p1"), text(n)) for n in range(4)]
EXEMPLARS = {
    PromptId("p1"): tuple(Marked(f"e{n}", text(n), {"why": n % 2}, n % 2 > 0) for n in range(20, 32))
}


@pytest.fixture
def record(tmp_path: Path) -> ReflectionRecord:
    return ReflectionRecord(tmp_path / "reflections", "m")


def grade(record: ReflectionRecord, second: SecondOpinion | None) -> int:
    author = Author(CHECKS, BASES, EXEMPLARS, {"coursekit": "1"})
    today = {} if second is None else {second.name: second.digest}
    tools = Tools(Models, lambda: NOW, second=second, is_current=lambda models: models == today)
    return check_prose(author, ANSWERS, record, None, tools).checked


def again(record: ReflectionRecord):
    entries, faults = record.look()
    return replay(entries, faults, record.inputs.find, Models(), {"coursekit": "1"})


def checks(record: ReflectionRecord):
    return [e.body["checked"] for e in record.entries() if e.kind is Kind.CHECK]


def test_it_has_a_say_and_the_record_names_it(record):
    second = Thinks()
    assert grade(record, second) == len(ANSWERS)
    assert len(second.asked) == len(ANSWERS) + 12
    told = checks(record)
    assert all(t["models"] == {"endpoint:m": "d" * 64} for t in told)
    assert all("endpoint" in {c["block"] for c in t["suggestion"]["contributions"]} for t in told)


def test_a_record_is_reckoned_again_without_asking(record):
    second = Thinks(fails=[text(2)])
    grade(record, second)
    asked = len(second.asked)
    told = again(record)
    assert (told.checks, told.same, told.differences) == (len(ANSWERS), len(ANSWERS), ())
    assert len(second.asked) == asked


def test_a_reply_that_was_changed_in_the_record_is_seen(record, tmp_path):
    grade(record, Thinks())
    for path in (tmp_path / "reflections" / "inputs").rglob("*"):
        if path.is_file() and b"reflection-opinions" in path.read_bytes():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes().replace(b"level", b"lovel"))
    assert {d.code for d in again(record).differences} >= {"input"}


def test_nothing_is_asked_about_what_was_checked_already(record):
    grade(record, Thinks())
    second = Thinks()
    assert grade(record, second) == 0
    assert second.asked == []


def test_a_language_model_that_is_switched_on_is_another_scorer(record):
    grade(record, None)
    assert grade(record, Thinks()) == len(ANSWERS)
    assert grade(record, Thinks(name="endpoint:other")) == len(ANSWERS)
    assert grade(record, None) == len(ANSWERS)
    assert again(record).differences == ()


def test_one_that_is_down_stops_nothing(record):
    down = Thinks(fails=[text(n) for n in range(40)])
    assert grade(record, down) == len(ANSWERS)
    assert not any(Reason.FAILED in t["route"]["reasons"] for t in checks(record))
    assert again(record).differences == ()
