"""Reckoned again it is the same, byte for byte; whatever is not is named."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.prose_class import TOOLS, ProseClass, answers, author, genuine
from support.reflections import corpus

from coursekit.model.ids import Digest
from coursekit.model.reviewing import Decision
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.record import Kind
from coursekit.services.replay import Replayed, replay
from coursekit.store.reflections import ReflectionRecord

ODD = ["\ud83d half an emoji", "word " * 2_000, "\u200b", "אבג דהו " * 40]


@pytest.fixture
def class_(tmp_path: Path) -> ProseClass:
    """Two runs: in the second, with what a grader had marked."""
    texts = genuine(9)
    made = ProseClass(tmp_path, author(corpus.marked("spike-at-65/p2", 12)), answers([*texts[:6], *ODD]))
    made.check()
    desk = made.desk
    for item in desk.queue()[:3]:
        desk.decide(item, Decision(made.levels(), True), desk.mark_of(item), seen=False)
    made.add(answers(texts[6:], 20))
    made.check()
    return made


def again(class_: ProseClass, models: Models = Models(), tools: Any = TOOLS) -> Replayed:  # noqa: B008
    record = ReflectionRecord.at(class_.record.path)
    entries, faults = record.look()
    return replay(entries, faults, record.inputs.find, models, tools)


def change(class_: ProseClass, number: int, before: str, after: str) -> None:
    lines = class_.record.path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert before in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(before, after)
    class_.record.path.write_text("".join(lines), encoding="utf-8")


def test_everything_comes_out_the_same(class_: ProseClass) -> None:
    done = again(class_)
    assert done.differences == ()
    assert done.same == done.checks >= 20
    kinds = {entry.kind for entry in class_.record.entries()}
    assert {Kind.CHECK, Kind.REVIEW} <= kinds


def test_another_process_gives_the_same_bytes(class_: ProseClass, tmp_path: Path) -> None:
    other = ProseClass(tmp_path / "other", class_.author, class_.answers[:10])
    other.check()
    first = [e.body for e in class_.record.entries()][:10]
    assert [e.body for e in other.record.entries()] == first


def test_a_changed_line_is_named(class_: ProseClass) -> None:
    change(class_, 2, '"normaliser":', '"normaliser":9')
    done = again(class_)
    assert [(d.line, d.code) for d in done.differences] == [(2, "chain"), (2, "result")]
    assert "not what was sealed" in done.differences[0].detail
    assert "normaliser" in done.differences[1].detail


def test_another_version_of_a_library_is_named(class_: ProseClass) -> None:
    done = again(class_, tools={"coursekit": "1", "numpy": "3"})
    assert {(d.code, d.detail) for d in done.differences} == {("version", "numpy: 2 then, 3 now.")}
    assert done.same == 0


@dataclass(frozen=True)
class Language:
    name: str = "guesser"
    digest: Digest = Digest("d" * 64)  # noqa: RUF009

    def guess(self, _text: str) -> tuple[str, float]:
        return "en", 1.0


def test_another_model_is_named(class_: ProseClass) -> None:
    done = again(class_, Models(language=Language()))
    assert ("version", "guesser: not there then, " + "d" * 59 + "… now.") in {
        (d.code, d.detail) for d in done.differences
    }


def test_an_input_that_is_gone_or_was_changed_is_named(class_: ProseClass) -> None:
    entry = class_.record.entries()[0]
    digest = entry.body["checked"]["text_digest"]
    path = class_.record.path.parent / "inputs" / digest[:2] / digest
    path.write_bytes(path.read_bytes() + b" ")
    done = again(class_)
    assert {d.code for d in done.differences} == {"input"}
    assert digest[:12] in done.differences[0].detail


def test_a_document_that_is_none_is_named(class_: ProseClass) -> None:
    record = class_.record
    body = json.loads(json.dumps(dict(record.entries()[0].body)))
    (junk,) = record.inputs.put([b"[1]"])
    record.append([(Kind.CHECK, body | {"inputs": junk}), (Kind.CHECK, {"checked": 1})], class_.clock())
    done = again(class_)
    assert [d.detail for d in done.differences] == [
        "A document that it names cannot be read.",
        "It is no check as we write it.",
    ]


def test_nothing_to_replay_is_no_difference(tmp_path: Path) -> None:
    assert replay([], [], lambda _: None, Models(), TOOLS) == Replayed(0, 0, 0, ())
