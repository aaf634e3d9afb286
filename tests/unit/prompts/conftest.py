"""A learner's folder, an exchange that seals, and a screen that remembers what was shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from coursekit.model.errors import CoursekitError
from coursekit.prompts import calls, session
from coursekit.store.workbook import FolderWorkbook
from coursekit.wire.api import CellShape, Committed, FileShape, ReceiptShape, RevealShape

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
SCALE = ["not sure", "half sure", "sure"]
OPTIONS = [{"id": "publish", "label": "Publish the letter"}, {"id": "wait", "label": f"Wait {HOSTILE}"}]
PROMPTS: list[dict[str, Any]] = [
    {
        "id": "p1",
        "kind": "estimate",
        "title": "How many?",
        "question": "How many at **65**?",
        "unit": "pupils",
        "min": 0,
        "max": 10000,
    },
    {
        "id": "p2",
        "kind": "decision",
        "title": "The letter",
        "question": f"Do you `publish`? {HOSTILE}",
        "options": OPTIONS,
        "min_words": 3,
    },
    {"id": "p3", "kind": "reflection", "title": "Why?", "min_words": 3, "max_words": 30},
    {"id": "p4", "kind": "analysis", "title": "Count them"},
    {"id": "p5", "kind": "confidence", "title": "How sure?", "question": "?", "scale": SCALE},
    {
        "id": "p6",
        "kind": "self_assessment",
        "title": "You",
        "question": "?",
        "scale": SCALE,
        "items": [{"id": "listening", "label": "Listening"}, {"id": "data", "label": "Reading data"}],
    },
    {
        "id": "p7",
        "kind": "plan",
        "title": "Your plan",
        "question": "?",
        "fields": [{"id": "aim", "label": "Aim", "min_words": 2}, {"id": "when", "label": "When"}],
    },
]
# A picture of one pixel.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@dataclass
class Exchange:
    """Seals the first response to each prompt, keeps the others; counts how often it was asked."""

    sealed: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    problem: Exception | None = None
    files: list[FileShape] = field(default_factory=list)

    def commit(
        self, course: str, module: str, prompt: str, response: dict[str, Any], release: int | None
    ) -> Committed:
        self.asked.append(prompt)
        if self.problem:
            raise self.problem
        first = self.sealed.setdefault(prompt, response)
        kept = self.kept.setdefault(prompt, [])
        again = not kept or kept[-1] != response
        if again:
            kept.append(response)
        picture = {"output_type": "display_data", "data": {"image/png": PNG}, "metadata": {}}
        return Committed(
            receipt=ReceiptShape(
                kind="commitment",
                course=course,
                module=module,
                learner="ada",
                release=1,
                subject=prompt,
                digest="0" * 64,
                at="2027-01-11T08:00:00.000000Z",
                previous="",
                key="k1",
                signature="c2ln",
            ),
            reveal=RevealShape(
                cells=[
                    CellShape(cell_id="r1", cell_type="markdown", source="**What happened:** 102."),
                    CellShape(
                        cell_id="r2", cell_type="code", source="", outputs=[picture], alt='Bars: "64" & 65.'
                    ),
                ],
                files=self.files,
            ),
            response=first,
            revision=len(kept) if again else 1,
            missing=[],
        )


@dataclass
class Desk:
    """A learner at work."""

    folder: Path
    exchange: Exchange
    shown: list[dict[str, Any]]
    connected: int = 0
    grading: bool = False

    @property
    def workbook(self) -> FolderWorkbook:
        return FolderWorkbook.open(self.folder)

    def connect(self) -> Exchange:
        self.connected += 1
        return self.exchange

    def form(self, prompt: str) -> Any:
        from coursekit.prompts import forms

        asked = self.workbook.get_prompt(prompt)  # type: ignore[arg-type]
        panel = forms.StatusPanel if asked.kind.in_notebook else forms.Form
        return panel(self.workbook, asked, self.connect)

    def saved(self, prompt: str) -> Any:
        return self.workbook.find_response(prompt)  # type: ignore[arg-type]

    def write(self, prompt: str, source: str) -> None:
        """Save the notebook with this text in that prompt's cell."""
        cell = {
            "cell_type": "markdown",
            "id": prompt,
            "source": source,
            "metadata": {"nbgrader": {"grade_id": prompt}},
        }
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (self.folder / "spike-at-65.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    @property
    def text(self) -> str:
        return "\n".join(str(data.get("text/plain")) for data in self.shown)

    @property
    def html(self) -> str:
        return "\n".join(str(data.get("text/html", "")) for data in self.shown)


@pytest.fixture
def write_module() -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        value = {
            "schema": "coursekit.prompts/1",
            "course": "leading-innovation",
            "module": "spike-at-65",
            "title": "The spike at 65",
            "notebook": "spike-at-65",
            "prompts": PROMPTS,
        }
        (folder / "prompts.json").write_text(json.dumps(value), encoding="utf-8")

    return write


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_module: Callable[[Path], None]) -> Desk:
    write_module(tmp_path)
    monkeypatch.chdir(tmp_path)
    shown: list[dict[str, Any]] = []
    desk = Desk(tmp_path, Exchange(), shown)
    monkeypatch.setattr(
        session, "current", session.Session(FolderWorkbook.open, desk.connect, lambda: desk.grading)
    )
    monkeypatch.setattr(calls, "show", shown.append)
    desk.write("p3", "YOUR ANSWER HERE")
    return desk


@pytest.fixture
def hostile() -> str:
    return HOSTILE


@pytest.fixture
def refusal() -> CoursekitError:
    return CoursekitError("closed", "The exchange says no.", "Ask again tomorrow.")
