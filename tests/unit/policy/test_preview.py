"""A module's doors open, stand-in answers that can be committed, outputs that stay where code did not change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coursekit.model.course import Course, Module
from coursekit.model.ids import CourseId, ModuleId, PromptId
from coursekit.model.outcome import Allowed
from coursekit.model.prompt import Choice, Prompt, PromptKind
from coursekit.policy.completeness import check_response
from coursekit.policy.preview import code_of, stand_in_answer, with_open_doors, with_outputs_of
from coursekit.policy.reflection.floor import check_floor

TWO = (Choice("a", "A", 30), Choice("b", "B"))
DUE = datetime(2027, 1, 24, 23, 59, tzinfo=UTC)


def prompt(kind: PromptKind, **more) -> Prompt:
    return Prompt(PromptId("p1"), kind, "Your view", "What do you think?", **more)


@pytest.mark.parametrize(
    "asked",
    [
        *(prompt(PromptKind.REFLECTION, min_words=floor) for floor in (0, 5, 20, 300)),
        prompt(PromptKind.ANALYSIS),
        prompt(PromptKind.DECISION, options=TWO, min_words=15),
        prompt(PromptKind.ESTIMATE, minimum=0, maximum=100),
        prompt(PromptKind.ESTIMATE, minimum=0.2, maximum=0.3),
        prompt(PromptKind.ESTIMATE, minimum=5),
        prompt(PromptKind.CONFIDENCE, scale=("low", "middle", "high")),
        prompt(PromptKind.SELF_ASSESSMENT, scale=("1", "2", "3", "4"), items=TWO),
        prompt(PromptKind.PLAN, fields=TWO),
    ],
    ids=lambda asked: f"{asked.kind.value}-{asked.min_words}-{asked.minimum}",
)
def test_a_stand_in_answer_can_be_committed(asked: Prompt) -> None:
    assert check_response(asked, stand_in_answer(asked, "preview")) == Allowed()


def test_two_of_them_do_not_say_the_same_and_pass_the_floor() -> None:
    class Before:
        def has(self, all_words):
            said.append(tuple(all_words))
            return len(set(said)) < len(said)

    said: list[tuple[str, ...]] = []
    for who in ("preview", "preview-2", "preview-3"):
        for floor in (20, 300):
            asked = prompt(PromptKind.REFLECTION, min_words=floor)
            assert check_floor(asked, stand_in_answer(asked, who)["text"], Before()) == Allowed()


def test_the_module_is_open_and_alone() -> None:
    first = Module(ModuleId("first"), "First")
    second = Module(ModuleId("second"), "Second", after=(first.id,), opens=DUE, due=DUE, closes=DUE)
    course = Course(CourseId("c"), "C", "Europe/Vienna", modules=(first, second))
    (alone,) = with_open_doors(course, second.id).modules
    assert (alone.id, alone.after, alone.opens) == (second.id, (), None)
    # What learners are told of dates stays.
    assert (alone.due, alone.closes) == (DUE, DUE)


def markdown(text):
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text}


def code(text, *tags, outputs=(), count=None):
    metadata = {"tags": list(tags)} if tags else {}
    return {
        **{"cell_type": "code", "id": "c", "metadata": metadata, "source": text},
        **{"outputs": list(outputs), "execution_count": count},
    }


def test_prose_changes_and_outputs_stay() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "3\n"}
    before = {"cells": [markdown("One."), code("rooms = 1", "parameters"), code("print(rooms)")]}
    ran = {
        "cells": [
            *before["cells"][:2],
            code("rooms = 3", "injected-parameters"),
            code("print(rooms)", outputs=[output], count=3),
        ]
    }
    now = {"cells": [markdown("Two."), markdown("And three."), *before["cells"][1:]], "nbformat": 4}
    assert code_of(now) == code_of(before)
    assert with_outputs_of(now, ran) == {
        "cells": [markdown("Two."), markdown("And three."), *ran["cells"][1:]],
        "nbformat": 4,
    }
    assert code_of({"cells": [code("print(rooms )")]}) != code_of({"cells": [code("print(rooms)")]})
    assert code_of({"cells": [code("rooms = 1")]}) != code_of({"cells": [code("rooms = 1", "parameters")]})


def test_a_master_with_an_earlier_run_s_cells_is_always_run() -> None:
    assert code_of({"cells": [code("rooms = 3", "injected-parameters")]}) is None
