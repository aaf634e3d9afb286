"""A warm worker that the tests of the engine share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from coursekit.engine.launch import Walls
from coursekit.engine.pool import Worker
from coursekit.model.grading import Job, Limits, Ran, Step, Warmth

LIMITS = Limits(
    cell_seconds=2, notebook_seconds=20, memory_bytes=512 << 20, disk_bytes=32 << 20, processes=24
)


def walls(**more: Any) -> Walls:
    """As this machine has them."""
    numerical = {k: v for k, v in os.environ.items() if k.startswith("OPENBLAS_")}
    return Walls(root=os.geteuid() == 0, numerical=numerical, **more)


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    made = Worker(7, Warmth(("math", "matplotlib.pyplot")), LIMITS, walls())
    yield made
    made.kill()


@pytest.fixture
def run(worker: Worker) -> Callable[..., Ran]:
    """Run cells in order; a pair is a check: what learners have seen of it, and all of it."""

    def go(*cells: str | tuple[str, str], **more: Any) -> Ran:
        steps = [
            Step(number, cell) if isinstance(cell, str) else Step(number, *cell)
            for number, cell in enumerate(cells)
        ]
        return worker.run(Job("ada/first", tuple(steps), **more))

    return go
