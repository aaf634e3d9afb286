"""A real exchange, the learner's real Jupyter server before it, and a course of their own for each test."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from support.labserver import Lab, Line, environment, running_exchange

from coursekit.client import ExchangeClient
from coursekit.model.ids import CourseId, UserId
from coursekit.services import enrol
from coursekit.wire.api import CellShape, FileShape, MemberShape, ReleaseUpload, SealedShape
from coursekit.wire.course import CourseShape
from coursekit.wiring.clock import utc_now
from coursekit.wiring.exchange import OPERATOR, Embedded, open_exchange
from coursekit.wiring.settings import Storage

ENOUGH = "I would look at the second table before I decide."
RUBRIC = {
    "title": "A view",
    "criteria": [
        {"id": "fact", "ask": "Cites a fact.", "levels": {"0": "No fact.", "1": "A fact.", "2": "Two."}}
    ],
}
PROMPTS: list[dict[str, Any]] = [
    {
        **{"id": "p1", "kind": "estimate", "title": "Hours", "question": "How many *hours*?"},
        **{"min": 0, "max": 24, "unit": "hours"},
    },
    {"id": "p2", "kind": "reflection", "title": "Your view", "min_words": 3, "rubric": "view"},
    {"id": "p3", "kind": "analysis", "title": "The sum"},
]


@dataclass
class Course:
    """One course with its own name, in which maria learns and chen teaches."""

    name: str
    house: House
    chen: ExchangeClient

    def at(self, module: str = "first") -> str:
        return f"courses/{self.name}/modules/{module}"

    @property
    def path(self) -> str:
        return f"courses/{self.name}"

    def release(self, module: str, **changes: Any) -> None:
        self.chen.release(self.name, module, upload(self.name, module, **changes))


@dataclass
class House:
    """The exchange; `url` is where it is, `line` what lies before it."""

    embedded: Embedded
    url: str
    line: Line

    @cached_property
    def chen(self) -> ExchangeClient:
        """Who teaches. Another one for each test would load the system's certificates anew."""
        return self.as_user("chen")

    def token(self, name: str, valid: timedelta = timedelta(days=30)) -> str:
        return self.embedded.tokens.issue(UserId(name), utc_now(), valid)

    def enrol(self, course: str, **people: str) -> None:
        shapes = [MemberShape.model_validate({"user": u, "role": r}) for u, r in people.items()]
        enrol.put_members(self.embedded.exchange, OPERATOR, CourseId(course), shapes)

    def as_user(self, name: str) -> ExchangeClient:
        return ExchangeClient(self.url, self.token(name), timeout=30)


def notebook(*cells: Mapping[str, Any]) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def cell(name: str, source: str, cell_type: str = "markdown", prompt: str = "") -> dict[str, Any]:
    metadata = {"coursekit": {"prompt": {"id": prompt}}} if prompt else {}
    code = {"outputs": [], "execution_count": None} if cell_type == "code" else {}
    return {"cell_type": cell_type, "id": name, "metadata": metadata, "source": source, **code}


def upload(
    course: str,
    module: str,
    prompts: Sequence[Mapping[str, Any]] = PROMPTS,
    note: str = "A lamp burned.",
    rubrics: Mapping[str, Any] | None = None,
) -> ReleaseUpload:
    shown = {"rubrics": {"view": RUBRIC} if rubrics is None else rubrics}
    head = {"schema": "coursekit.prompts/1", "course": course, "module": module, "title": module.capitalize()}
    listed = {**head, "notebook": module, "prompts": list(prompts), **(shown if rubrics != {} else {})}
    story = notebook(
        cell("story", note),
        cell("p2", "*Write your answer here.*", prompt="p2"),
        cell("p3", "# YOUR CODE HERE\nraise NotImplementedError()", "code", prompt="p3"),
    )
    return ReleaseUpload(
        files=[
            FileShape.of(f"{module}.ipynb", story),
            FileShape.of("prompts.json", json.dumps(listed).encode()),
            FileShape.of("exhibits/rooms.csv", b"room,lamp\n1,on\n"),
        ],
        prompts=[dict(p) for p in prompts],
        reveals=[
            SealedShape(
                after="p1",
                cells=[
                    CellShape(cell_id="r", cell_type="markdown", source="It burned for **nine** hours."),
                    CellShape(
                        cell_id="r2",
                        cell_type="code",
                        source="",
                        outputs=[
                            {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}}
                        ],
                        alt="Nine bars",
                    ),
                ],
                files=[FileShape.of("exhibits/night.csv", b"hour\n9\n")],
            )
        ],
    )


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The exchange, as a process."""
    data = tmp_path_factory.mktemp("exchange")
    with running_exchange(data) as url:
        embedded = open_exchange(Storage(data, None, "folder", data / "keys"))
        line = Line(url)
        opened = House(embedded, url, line)
        yield opened
        opened.chen.close()
        line.close()
        embedded.ledger.close()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Callable[..., Lab]]:
    """Makes somebody's server, not yet started; all are ended at the end."""
    made: list[Lab] = []

    def make(name: str, url: str | None = None, **more: Any) -> Lab:
        home = tmp_path_factory.mktemp(name)
        mine = {"COURSEKIT_URL": url or house.line.url, "COURSEKIT_TOKEN": house.token(name)}
        lab = Lab(home, environment(home, **(mine | more.pop("environment", {}))), **more)
        made.append(lab)
        return lab

    yield make
    for lab in made:
        lab.stop()
        lab.line.close()


@pytest.fixture(scope="session")
def marias(servers: Callable[..., Lab]) -> Lab:
    """Maria's server, for all tests."""
    return servers("maria").begin().started()


@pytest.fixture(scope="session")
def _names() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def course(house: House, _names: Iterator[int]) -> Course:
    """A course that has begun, of two modules, the second behind the first."""
    name = f"lamps-{next(_names)}"
    house.enrol(name, maria="learner", olu="learner", chen="instructor", gil="grader")
    chen = house.chen
    modules = [{"id": "first", "title": "First"}, {"id": "second", "title": "Second", "after": ["first"]}]
    shape = {"id": name, "title": "Lamps", "time_zone": "Europe/Berlin", "modules": modules}
    chen.put_course(CourseShape.model_validate(shape))
    opened = Course(name, house, chen)
    for module in ("first", "second"):
        opened.release(module)
    return opened


@pytest.fixture
def maria(marias: Lab, course: Course) -> Iterator[Lab]:
    """Maria, who has opened the first module."""
    marias.post(f"{course.at()}/open")
    yield marias
    line = course.house.line
    line.is_cut, line.token, line.hold = False, "", lambda method, path: False
