"""What is run again and what is not; every prompt is opened, and what cannot be is said."""

from __future__ import annotations

from coursekit.model.errors import BadInput
from coursekit.model.ids import PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.services.preview import Remembering, open_all


class Stage:
    def __init__(self):
        self.runs = 0
        self.error = None

    def run(self, notebook, parameters, folder):
        self.runs += 1
        if self.error:
            raise self.error
        return {
            **notebook,
            "cells": [{**c, "outputs": [self.runs], "execution_count": 1} for c in notebook["cells"]],
        }


def notebook(source, title=""):
    code = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    return {"cells": [code], "title": title}


def test_it_runs_again_only_for_what_outputs_depend_on():
    stage, lying = Stage(), {"data.csv": "1"}
    runner = Remembering(stage, lambda folder: lying["data.csv"])
    for parameters, source, title, data, runs in [
        ({}, "x", "a", "1", 1),
        ({}, "x", "b", "1", 1),
        ({}, "y", "b", "1", 2),
        ({"n": 1}, "y", "b", "1", 3),
        ({"n": 1}, "y", "c", "2", 4),
        ({"n": 1}, "y", "d", "2", 4),
    ]:
        lying["data.csv"] = data
        before = stage.runs
        ran = runner.run(notebook(source, title), parameters, "")
        assert (stage.runs, runner.ran) == (runs, runs > before)
        assert ran["title"] == title
        assert ran["cells"][0]["outputs"] == [runs]


def test_a_run_that_failed_is_not_remembered():
    stage = Stage()
    runner = Remembering(stage, lambda folder: "")
    runner.run(notebook("x"), {}, "")
    stage.error = BadInput("cell-failed", "Cell 1 failed.", "Mend it.")
    for _ in range(2):
        try:
            runner.run(notebook("1 / 0"), {}, "")
        except BadInput:
            continue
        raise AssertionError("it should have failed")
    assert stage.runs == 3
    assert runner.run(notebook("x"), {}, "")["cells"][0]["outputs"] == [1]
    assert stage.runs == 3


def test_one_that_cannot_be_opened_stops_no_other():
    class Book:
        prompts = [Prompt(PromptId(name), PromptKind.REFLECTION, name, "") for name in ("p1", "p2", "p3")]

    written, committed = [], []

    def commit(prompt):
        if prompt.id == "p2":
            raise BadInput("no-place", "A file has no place.", "Mend it.")
        committed.append(prompt.id)

    refused = open_all(Book(), "preview", lambda p, r: written.append((p.id, r["text"][:12])), commit)
    assert [(name, error.code) for name, error in refused] == [("p2", "no-place")]
    assert committed == ["p1", "p3"]
    assert written == [(name, "Written for ") for name in ("p1", "p2", "p3")]
