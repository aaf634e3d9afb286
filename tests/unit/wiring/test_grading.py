"""Which parts `coursekit grade` picks, and with what; the engine is a twin."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from support.marked import MASTER, MODULE, cell, hand_in, make_course, notebook
from support.plain_engine import PlainEngine

from coursekit.engine import cluster
from coursekit.model.grading import Limits
from coursekit.wiring import grading
from coursekit.wiring.grading import Choices


class Twin(PlainEngine):
    """Stands in for either engine, and remembers how it was made."""

    made: list[Twin]

    def __init__(self, *parts: Any) -> None:
        super().__init__()
        self.parts = parts
        self.is_open = False
        Twin.made.append(self)

    def __enter__(self) -> Twin:
        self.is_open = True
        return self

    def __exit__(self, *_: object) -> None:
        self.is_open = False


@pytest.fixture(autouse=True)
def twins(monkeypatch: pytest.MonkeyPatch) -> list[Twin]:
    Twin.made = []
    monkeypatch.setattr(grading, "LocalEngine", Twin)
    monkeypatch.setattr(cluster, "DaskEngine", Twin)
    return Twin.made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with_imports = notebook(
        *MASTER["cells"], cell("code", "last", "import json\nfrom os import path", locked=True)
    )
    root = make_course(tmp_path_factory.mktemp("made") / "course", {"main": with_imports})
    hand_in(root, "ada")
    hand_in(root, "bob")
    return root


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Path:
    root = tmp_path / "course"
    shutil.copytree(made, root)
    return root


def test_workers_are_sent_off_once_with_the_courses_imports_and_files(
    course: Path, twins: list[Twin]
) -> None:
    assert grading.grade(course, MODULE, Choices(workers=3)).graded == 2
    (engine,) = twins
    warmth, limits, workers, walls = engine.parts
    assert warmth.imports == ("math", "json", "os", "os.path")
    assert warmth.files == (("rooms.csv", str(course / "source" / MODULE / "rooms.csv")),)
    assert (limits, workers) == (Limits(), 3)
    assert walls.sandboxed
    assert str(course) in walls.hidden
    assert not engine.is_open


def test_workers_start_again_where_the_configuration_says_otherwise(course: Path, twins: list[Twin]) -> None:
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("c.Execute.timeout = 5\nc.CourseDirectory.ignore = ['*.csv']\n")
    assert grading.grade(course, MODULE, Choices()).graded == 2
    early, right = twins
    assert not early.jobs
    assert len(right.jobs) == 2
    assert right.parts[1].cell_seconds == 5
    assert right.parts[0].files == ()


def test_a_cluster_gets_all_it_needs_and_nothing_is_started_here(course: Path, twins: list[Twin]) -> None:
    assert grading.grade(course, MODULE, Choices(dask="tcp://scheduler:8786")).graded == 2
    (engine,) = twins
    address, parcel, _ = engine.parts
    assert address == "tcp://scheduler:8786"
    assert parcel.files == (("rooms.csv", b"room,hours\nA,2\n"),)
    assert parcel.imports == ("math", "json", "os", "os.path")
    assert parcel.sandboxed


def test_only_those_who_are_named_are_graded(course: Path, twins: list[Twin]) -> None:
    counts: list[int] = []

    def watch(total: int) -> Any:
        counts.append(total)
        return type("Progress", (), {"advance": lambda self, steps=1: counts.append(steps)})()

    report = grading.grade(course, MODULE, Choices(("bob",)), watch)
    assert (report.graded, counts) == (1, [1, 1])
    assert [job.key for job in twins[0].jobs] == ["bob/main"]


def test_from_a_folder_below_the_course(course: Path) -> None:
    assert grading.grade(course / "submitted" / "ada", MODULE, Choices()).graded == 2


def test_without_walls_only_when_somebody_says_so(course: Path, twins: list[Twin]) -> None:
    grading.grade(course, MODULE, Choices(sandbox=False))
    assert not twins[0].parts[3].sandboxed


def test_a_release_that_cannot_be_read_only_costs_the_warmth(course: Path, twins: list[Twin]) -> None:
    (course / "release" / MODULE / "main.ipynb").write_text("{")
    assert grading.grade(course, MODULE, Choices()).graded == 2
    assert twins[0].parts[0].imports == ()
