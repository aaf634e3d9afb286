"""Maria's course for tests of the course panel: house, teacher, the learner's terminal and her browser."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from coursekit.client import ExchangeClient
from coursekit.wire.api import FeedbackUpload, FileShape, ReleaseUpload
from support.before_the_learner import House
from support.labserver import TOKEN, Lab

PROMPTS: list[dict[str, Any]] = [
    {"id": "p1", "kind": "reflection", "title": "What do you see?", "min_words": 3},
    {"id": "p2", "kind": "reflection", "title": "What would you ask?", "min_words": 3},
]
ANSWERS = {"p1": "🎈 I see three lamps.", "p2": "I would ask who lit them."}
MARKUP = "<img src=x onerror=alert(1)>"


@dataclass
class Course:
    """A course of three modules, as its teacher chen and its learner maria have it."""

    name: str
    house: House
    lab: Lab
    chen: ExchangeClient
    browser: Browser
    due: datetime

    def release(self, module: str, story: str = "A lamp burned.") -> None:
        cells = [cell("story", f"## {story}\n" + "\nIt was late.\n" * 40)]
        cells += [cell(str(p["id"]), "*Write your answer here.*", str(p["id"])) for p in PROMPTS]
        head = {"schema": "coursekit.prompts/1", "course": self.name, "module": module, "title": module}
        prompts = {**head, "notebook": module, "prompts": PROMPTS}
        notebook = {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
        self.chen.release(
            self.name,
            module,
            ReleaseUpload(
                files=[
                    FileShape.of(f"{module}.ipynb", json.dumps(notebook).encode()),
                    FileShape.of("prompts.json", json.dumps(prompts).encode()),
                ],
                prompts=[dict(p) for p in PROMPTS],
                reveals=[],
            ),
        )

    def command(self, *words: str) -> None:
        """Maria's terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "coursekit", *words],
            env=self.lab.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def answer(self, module: str = "first") -> None:
        """Maria writes both answers into the module's file."""
        self.lab.post(f"courses/{self.name}/modules/{module}/open")
        for prompt, text in ANSWERS.items():
            self.lab.write(self.name, module, prompt, text)

    def hand_in(self, module: str = "first") -> str:
        """From the terminal; the number of the submission."""
        self.answer(module)
        self.command("submit", str(self.lab.folder(self.name, module)))
        return str(self.lab.get(f"courses/{self.name}/modules/{module}/submissions")[-1]["submission"])

    def give_feedback(self, submission: str, score: float = 3, **changes: Any) -> None:
        quote = "I see three lamps."
        answer = f"{ANSWERS['p1']} {MARKUP}"
        start = answer.index(quote)
        item = {
            **{"prompt": "p1", "title": "What do you see?", "question": "Say *what* you see."},
            **{"answer": answer, "is_code": False, "score": score, "max_score": 4, "waiting": False},
            **{
                "comment": "Good eyes. See https://example.org/lamps.",
                "rows": [],
                "left_out": 0,
                "problem": "",
            },
            **{"parts": [], "next_step": "Say where they stand.", "checks_note": "A person decides."},
            "checks": [
                {
                    **{"label": "Says how many", "state": "found", "quote": quote},
                    **{"start": start, "end": start + len(quote)},
                },
                {"label": "Says where", "state": "not-found", "quote": "", "start": None, "end": None},
            ],
        }
        waits = {**item, "prompt": "p2", "title": "What would you ask?", "checks": [], "waiting": True}
        value = {
            **{"schema": "coursekit.feedback/2", "fingerprint": "f", "title": "first", "learner": "maria"},
            **{"language": "", "submitted_at": "2027-01-01 08:00 UTC", "submission": submission},
            **{
                "score": score,
                "max_score": 8,
                "penalty": 0.5,
                "waiting": 1,
                "items": [item, waits],
                **changes,
            },
        }
        self.chen.give_feedback(
            self.name,
            "first",
            FeedbackUpload(
                learner="maria",
                submission=submission,
                score=score,
                max_score=8,
                files=[FileShape.of("feedback.json", json.dumps(value).encode())],
            ),
        )

    @contextmanager
    def page(self, width: int = 1280, **more: Any) -> Iterator[Page]:
        """Maria's browser, with the lab loaded and this course chosen."""
        options = {"locale": "en-GB", "timezone_id": "Europe/Berlin", **more}
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.add_init_script(f"localStorage['coursekit:course'] = {self.name!r}")
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{self.lab.url}/lab?reset&token={TOKEN}")
        expect(page.locator(".ck-course h2")).to_have_text("Lamps", timeout=60_000)
        # The last thing that a lab brings to the front by itself.
        page.locator(".jp-Launcher").wait_for(timeout=30_000)
        yield page
        context.close()
        assert not errors, errors


KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def cell(name: str, source: str, prompt: str = "") -> dict[str, Any]:
    metadata = {"coursekit": {"prompt": {"id": prompt}}} if prompt else {}
    return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": source}


def layout(lab: Lab) -> Any:
    """What of their lab's looks is kept."""
    headers = {"Authorization": f"token {TOKEN}"}
    kept = lab.line.get(f"{lab.url}/lab/api/workspaces/default", headers=headers).json()
    return kept["data"]["layout-restorer:data"]


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def card(page: Page, module: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=module, exact=True))
