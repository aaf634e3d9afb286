"""`coursekit check --run`: the modules of a course side by side, each tried out in a process of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit import __version__
from coursekit.lint.finding import Finding
from coursekit.model.ids import ModuleId

if TYPE_CHECKING:
    from coursekit.services.try_out import TriedOut

TIME_LIMIT = 600.0
"""Seconds for one module, left alone."""


@dataclass(frozen=True)
class Tried:
    """How it went with one module."""

    module: str
    findings: tuple[Finding, ...]
    said: str
    """In a few words, for whoever waits."""


def modules_to_try(root: Path) -> list[str]:
    """The course's modules that have a notebook, in their order; none where course.yml cannot be read."""
    from coursekit.model.errors import BadInput
    from coursekit.store.coursefiles import CourseFolder

    folder = CourseFolder(root)
    try:
        there = set(folder.notebooks())
        return [m.id for m in folder.course().modules if m.id in there]
    except BadInput:
        # What is wrong with it is among the findings already.
        return []


def try_all(
    root: Path,
    modules: Sequence[str],
    *,
    jobs: int | None = None,
    limit: float = TIME_LIMIT,
    remember: bool = True,
    tell: Callable[[Tried], None] = lambda tried: None,
) -> list[Finding]:
    """What is wrong in these modules by running them, in their order. `tell` hears of each as it ends."""
    from coursekit.engine.abreast import abreast
    from coursekit.wiring.linting import OURS, our_version

    # Once for all: it is the same in each process.
    rules = our_version((*OURS, "engine", "policy"))
    tasks = {m: partial(_try_one, root, m, rules, remember) for m in modules}
    found: dict[str, tuple[Finding, ...]] = {}
    for ended in abreast(tasks, jobs or cores(), limit):
        tried = _tried(ended, limit)
        found[tried.module] = tried.findings
        tell(tried)
    return [finding for module in modules for finding in found[module]]


def cores() -> int:
    """Those that we may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(findings: Iterable[Finding], more: Iterable[Finding], modules: Sequence[str]) -> list[Finding]:
    """What was read and what was run, module by module as before."""
    places = {module: number for number, module in enumerate(modules, 1)}
    # A case's files come with the module before them; course.yml is before all.
    now = 0
    placed: list[tuple[tuple[int, bool], Finding]] = []
    for finding in [*findings, *more]:
        part = finding.file.split("/")
        now = places.get(part[1], now) if part[0] == "modules" and len(part) > 2 else now
        placed.append(((now, not finding.file.endswith(".ipynb")), finding))
    # What was read comes before what was run, and stays in its order.
    return [finding for _, finding in sorted(placed, key=lambda one: one[0])]


def _try_one(root: Path, module: str, rules: str, remember: bool) -> TriedOut:
    """In the module's own process."""
    from coursekit.engine.notebooks import PapermillRunner
    from coursekit.engine.stubs import NbgraderStubs
    from coursekit.services.try_out import try_out
    from coursekit.store.coursefiles import CourseFolder
    from coursekit.wiring.nbgrader_config import stubs_config

    # A kernel that is killed cannot take its connection file away; with this folder it goes.
    os.environ["JUPYTER_RUNTIME_DIR"] = tempfile.gettempdir()
    stubs = NbgraderStubs(stubs_config(root))
    runner = PapermillRunner()
    return try_out(CourseFolder(root), ModuleId(module), runner, stubs, __version__, rules, remember=remember)


def _tried(ended: object, limit: float) -> Tried:
    from coursekit.engine.abreast import End, Ended
    from coursekit.lint.running import given_up, too_long

    assert isinstance(ended, Ended)
    if ended.how is End.TOO_LONG:
        return Tried(ended.name, (too_long(ended.name, limit),), f"stopped after {limit:g} s")
    if ended.how is End.CRASHED:
        return Tried(ended.name, (given_up(ended.name, str(ended.value)),), "ended without a result")
    outcome: TriedOut = ended.value
    if outcome.why_not:
        return Tried(ended.name, (), f"not run: {outcome.why_not}")
    if not outcome.ran:
        return Tried(ended.name, outcome.findings, _with(outcome.findings, "nothing has changed"))
    return Tried(ended.name, outcome.findings, _with(outcome.findings, f"run in {ended.seconds:.1f} s"))


def _with(findings: Sequence[Finding], said: str) -> str:
    return f"{said}, {len(findings)} to mend" if findings else said
