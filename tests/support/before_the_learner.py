"""A course of two modules before a learner's eyes, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooSlow

from coursekit.client import ExchangeClient
from coursekit.model.ids import CourseId, UserId
from coursekit.services import enrol
from coursekit.wire.api import CellShape, FileShape, MemberShape, ReleaseUpload, SealedShape, SubmissionRow
from coursekit.wire.course import CourseShape
from coursekit.wiring.exchange import OPERATOR, Embedded
from support.labserver import TOKEN, Lab, Line

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
SCALE = ["not at all", "a little", "much"]
REFLECTION = {"id": "p1", "kind": "reflection", "title": "What do you see?", "min_words": 3}
DECISION = {
    **{
        "id": "p2",
        "kind": "decision",
        "title": "What do you do?",
        "question": "Choose *one*.",
        "min_words": 2,
    },
    "options": [{"id": "wait", "label": "Wait until the morning"}, {"id": "go", "label": "Go and look"}],
}
TWO = [REFLECTION, DECISION]
EACH_KIND: list[dict[str, Any]] = [
    {
        **{"id": "e1", "kind": "estimate", "title": "Hours", "question": "How many *hours*?"},
        **{"min": 0, "max": 9000, "unit": "hours"},
    },
    REFLECTION,
    {"id": "a1", "kind": "analysis", "title": "The sum", "required": False},
    DECISION,
    {
        **{"id": "c1", "kind": "confidence", "title": "How sure?", "question": "How sure are you?"},
        "scale": SCALE,
    },
    {
        **{
            "id": "s1",
            "kind": "self_assessment",
            "title": "Your skills",
            "question": "Rate each.",
            "scale": SCALE,
        },
        "items": [{"id": "listen", "label": "Listening"}, {"id": "count", "label": "Counting"}],
    },
    {
        **{"id": "l1", "kind": "plan", "title": "Your plan", "question": "Plan one step."},
        "fields": [
            {"id": "what", "label": "What first?", "min_words": 2},
            {"id": "when", "label": "Until when?", "min_words": 1},
        ],
    },
]
CALLS = {
    "estimate": "estimate",
    "decision": "decision",
    "confidence": "confidence",
    "self_assessment": "self_assessment",
    "plan": "plan",
}
# One pixel: a picture is a picture.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DRAW = f"import base64, IPython.display as d\nd.Image(data=base64.b64decode('{PIXEL}'))"
MARKUP = "<img src=x onerror=\"document.title='caught'\">"


def cell(name: str, source: str, cell_type: str = "markdown", prompt: str = "") -> dict[str, Any]:
    metadata = {"coursekit": {"prompt": {"id": prompt}}} if prompt else {}
    code: dict[str, Any] = {"outputs": [], "execution_count": None} if cell_type == "code" else {}
    return {"cell_type": cell_type, "id": name, "metadata": metadata, "source": source, **code}


def answer_cells(prompt: dict[str, Any]) -> list[dict[str, Any]]:
    """Where a prompt is answered, as a release has it."""
    name, kind = prompt["id"], prompt["kind"]
    if kind in CALLS:
        return [cell(name, f'ck.{CALLS[kind]}("{name}")', "code", name)]
    question = cell(f"{name}-question", f"### {prompt['title']}\n\nSay what you think.")
    if kind == "analysis":
        stub = cell(name, "lamps = 3\n# YOUR CODE HERE\nraise NotImplementedError()", "code", name)
        return [question, stub, cell(f"{name}-status", f'ck.analysis_status("{name}")', "code")]
    prose = cell(name, "*Write your answer here.*", prompt=name)
    return [question, prose, cell(f"{name}-status", f'ck.reflection_status("{name}")', "code")]


@dataclass
class House:
    """The exchange, and the line to it."""

    embedded: Embedded
    url: str
    line: Line

    def client(self, name: str) -> ExchangeClient:
        return ExchangeClient(self.url, self.token(name), timeout=30)

    def token(self, name: str, valid: timedelta = timedelta(days=1)) -> str:
        return self.embedded.tokens.issue(UserId(name), datetime.now(UTC), valid)

    def enrol(self, course: str, **people: str) -> None:
        shapes = [MemberShape.model_validate({"user": u, "role": r}) for u, r in people.items()]
        enrol.put_members(self.embedded.exchange, OPERATOR, CourseId(course), shapes)


@dataclass
class Course:
    """A course of two modules, the second behind the first, as chen teaches it and maria learns in it."""

    name: str
    house: House
    lab: Lab
    chen: ExchangeClient
    browser: Browser

    def put(self, **first: Any) -> None:
        """The course, with these properties of its first module."""
        modules = [
            {"id": "first", "title": "First", **first},
            {"id": "second", "title": "Second", "after": ["first"]},
        ]
        shape = {"id": self.name, "title": "Lamps", "time_zone": "Europe/Berlin", "modules": modules}
        self.chen.put_course(CourseShape.model_validate(shape))

    def release(self, module: str, prompts: Sequence[dict[str, Any]] = TWO, pages: int = 0) -> None:
        """`pages`: paragraphs of the story between one prompt and the next."""
        story = (
            f"# {module.capitalize()}\n\nA lamp burned. {MARKUP}\n\n| hour | lamps |\n|---|---|\n| 1 | 3 |"
        )
        exhibit = cell("exhibit", DRAW, "code")
        drawn = {"image/png": PIXEL, "text/plain": "<Figure size 640x480 with 1 Axes>"}
        exhibit["outputs"] = [{"output_type": "display_data", "data": drawn, "metadata": {}}]
        cells = [cell("setup", "import coursekit.prompts as ck", "code"), cell("story", story), exhibit]
        for prompt in prompts:
            cells += answer_cells(prompt)
            if prompt is not prompts[-1]:
                cells += [
                    cell(f"{prompt['id']}-page-{n}", f"Page {n}.\n\nIt was late.\n\nNobody came.")
                    for n in range(pages)
                ]
        notebook = {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
        head = {"schema": "coursekit.prompts/1", "course": self.name, "module": module}
        listed = {**head, "title": module.capitalize(), "notebook": module, "prompts": list(prompts)}
        opened = [
            CellShape(
                cell_id=f"r{p['id']}", cell_type="markdown", source=f"Opened by **{p['id']}**. {MARKUP}"
            )
            for p in prompts
        ]
        self.chen.release(
            self.name,
            module,
            ReleaseUpload(
                files=[
                    FileShape.of(f"{module}.ipynb", json.dumps(notebook).encode()),
                    FileShape.of("prompts.json", json.dumps(listed).encode()),
                    FileShape.of("notes.txt", b"Nothing yet.\n"),
                ],
                prompts=[dict(p) for p in prompts],
                reveals=[
                    SealedShape(after=p["id"], cells=[shape], files=[])
                    for p, shape in zip(prompts, opened, strict=True)
                ],
            ),
        )

    # what is on the exchange

    def rows(self, module: str = "first") -> list[SubmissionRow]:
        with self.house.client("maria") as maria:
            return maria.my_submissions(self.name, module)

    def collected(self, file: str, module: str = "first") -> bytes:
        """One file of the newest submission, as the course's staff get it."""
        newest = self.rows(module)[-1].submission
        (content,) = self.chen.contents(self.name, module, [newest])
        return bytes(next(f.content for f in content.files if f.path == file))

    def collected_cell(self, name: str, module: str = "first") -> str:
        cells = json.loads(self.collected(f"{module}.ipynb", module))["cells"]
        return next("".join(c["source"]) for c in cells if c["id"] == name)

    def collected_answer(self, prompt: str, module: str = "first") -> Any:
        return json.loads(self.collected("responses.json", module))["responses"][prompt]

    # what is on the learner's server

    def save(self, prompt: str, response: dict[str, Any], module: str = "first") -> None:
        self.lab.put(f"courses/{self.name}/modules/{module}/answers/{prompt}", {"response": response})

    def answer_all(self) -> None:
        """Both prompts of the first module, before the browser is opened."""
        self.lab.post(f"courses/{self.name}/modules/first/open")
        self.lab.write(self.name, "first", "p1", "Three lamps in a row.")
        self.save("p2", {"choice": "go", "reason": "To see it."})

    # what is before the learner's eyes

    @contextmanager
    def context(self, width: int = 1280, height: int = 900, **more: Any) -> Iterator[BrowserContext]:
        options = {"locale": "en-GB", "timezone_id": "Europe/Berlin", **more}
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.add_init_script(f"localStorage['coursekit:course'] = {self.name!r}")
        said: list[str] = []
        context.on("console", lambda message: said.append(message.text[:300]))
        try:
            yield context
        except BaseException:
            for page in context.pages:
                print(page.url, page.locator("body").inner_text()[:3000], sep="\n")
            print(*said[-20:], self.lab.log()[-3000:], sep="\n")
            raise
        finally:
            context.close()

    @contextmanager
    def page(self, module: str = "first", **more: Any) -> Iterator[Page]:
        """Maria's browser, with the module open."""
        with self.context(**more) as context:
            page = context.new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            self.open(page, module)
            yield page
            assert not errors, errors
            assert page.title() != "caught"

    def open(self, page: Page, module: str = "first") -> None:
        self.lab.post(f"courses/{self.name}/modules/{module}/open")
        page.goto(f"{self.lab.url}/lab/tree/{self.name}/{module}/{module}.ipynb?reset&token={TOKEN}")
        page.locator(".jp-Notebook").wait_for(timeout=60_000)
        expect(page.locator("#jupyterlab-splash")).to_have_count(0, timeout=30_000)


def command(page: Page, label: str) -> None:
    """From the command palette, by keyboard."""
    found = page.locator(".lm-CommandPalette-item.lm-mod-active", has_text=label)
    for _ in range(5):
        page.keyboard.press("Control+Shift+C")
        page.wait_for_timeout(300)
        page.keyboard.type(label)
        try:
            # It goes away when a page that is still being opened takes the keyboard.
            found.wait_for(timeout=2000)
        except TooSlow:
            page.keyboard.press("Escape")
        else:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{label} is no command")


def dialog(page: Page) -> Locator:
    return page.locator(".ck-dialog")


def expect_step(page: Page, step: str, timeout: float = 15_000) -> Locator:
    """The dialog of the hand-in, at that step."""
    found = page.locator(f".ck-dialog[data-step={step}]")
    found.wait_for(timeout=timeout)
    return found
