"""What all tests share: how long the random ones search, and that they search the same places every time."""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from support.postgres import running_postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="search twenty times as long, with new luck")


LONG = ("engine/test_same_marks", "engine/test_hostile", "courseway/", "storm/", "hub/", "service/")
"""What is begun first, so that no processor waits at the end for the other one's last file."""
BROWSERS = ("browser/", "lab/", "up/")
"""As long; each is begun after one of the others, so that not all processors draw pages at once."""


def pytest_configure(config: pytest.Config) -> None:
    # pytest-xdist would begin with the files that have the most tests, and those are the quick ones.
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False
    soak = bool(config.getoption("--soak"))
    settings.register_profile(
        "coursekit",
        max_examples=100 * (20 if soak else 1),
        derandomize=not soak,
        # Two busy cores are no fault of the code under test; and no folder is left behind.
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    settings.load_profile("coursekit")
    # For what is decided while tests are collected.
    os.environ["COURSEKIT_SOAK"] = "1" if soak else ""


def pytest_collection() -> None:
    # Seven thousand tests are made here and stay; looking through them for garbage takes longer than making them.
    gc.disable()


def pytest_collection_finish() -> None:
    # Nor need they be looked through each time a test asks for a collection: that took it two seconds.
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    files = list(dict.fromkeys(item.path.relative_to(here).as_posix() for item in items))
    drawn = [file for file in files if file.startswith(BROWSERS)]
    long = [file for start in LONG for file in files if file.startswith(start)]
    pairs = itertools.zip_longest(drawn, long, fillvalue="")
    first = {file: n for n, file in enumerate(itertools.chain.from_iterable(pairs))}
    items.sort(key=lambda item: first.get(item.path.relative_to(here).as_posix(), len(files) * 2))


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether somebody has an hour to spare; the same examples every time otherwise."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A real PostgreSQL server of this test process; started when the first test asks."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Any) -> Iterator[str]:
    """The address of an empty PostgreSQL database that only this test has."""
    with postgres.database() as url:
        yield url
