"""`coursekit grade`: grade what was handed in for a module."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coursekit.model.gradereport import Note, Report
    from coursekit.model.prosereport import ProseReport
    from coursekit.ports import Progress

_MOST = 20
"""Learners of one kind that are listed; the rest is counted."""
_MOST_REMARKS = 6
"""Of one learner."""


@click.command()
@click.argument("module")
@click.option(
    "--learner", "learners", multiple=True, metavar="NAME", help="Only this one's; may be repeated."
)
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Notebooks at a time; one a processor if left out."
)
@click.option("--force", is_flag=True, help="Grade again what has not changed since.")
@click.option(
    "--dask", metavar="ADDRESS", default="", help="Run the notebooks on the cluster of this scheduler."
)
@click.option("--json", "as_json", is_flag=True, help="For programs: one object, and nothing else.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The course's folder; this one, or one above it, if left out.",
)
@click.option(
    "--unsafe-no-sandbox",
    is_flag=True,
    help="Run learners' code under your own account, without walls. It can read and change whatever you can.",
)
def grade(
    module: str,
    learners: tuple[str, ...],
    workers: int | None,
    force: bool,
    dask: str,
    as_json: bool,
    root: Path | None,
    unsafe_no_sandbox: bool,
) -> None:
    """Grade what was handed in for MODULE: in nbgrader's folders, into nbgrader's gradebook.

    Marks that a person gave stay. What has not changed since it was graded is left as it is: after a stop, the same
    command goes on where it was. Submissions that need a person are named at the end.

    \b
    coursekit grade spike-at-65
    coursekit grade spike-at-65 --learner maria --learner olu --force
    coursekit grade spike-at-65 --dask tcp://scheduler:8786
    """
    from coursekit.wiring import grading

    choices = grading.Choices(learners, force, workers, dask, not unsafe_no_sandbox)
    if unsafe_no_sandbox:
        click.echo("Without the sandbox: learners' code runs under your account.", err=True)
    with ExitStack() as stack:
        report = grading.grade(
            root or Path.cwd(),
            module,
            choices,
            None if as_json else lambda total: _bar(stack, total),
        )
    if as_json:
        click.echo(json.dumps(_as_object(module, report), ensure_ascii=True))
        return
    for line in _closing(module, report):
        click.echo(line)


def _bar(stack: ExitStack, total: int) -> Progress:
    """A bar with the rate and the time left, where somebody watches."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many in a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.1f} a second" if speed else "", style="progress.data.speed")

    console = Console(stderr=True)
    bar = Progress(
        "Grading", BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    task = stack.enter_context(bar).add_task("", total=total)

    class Advance:
        def advance(self, steps: int = 1) -> None:
            bar.advance(task, steps)

    return Advance()


def _as_object(module: str, report: Report) -> dict[str, object]:
    from coursekit.model.gradereport import Kind

    return {
        "schema": "coursekit.grade/1",
        "module": module,
        "graded": report.graded,
        "unchanged": report.skipped,
        "waiting": report.waiting,
        **{
            kind.value: [
                {"learner": note.learner, "remarks": [asdict(remark) for remark in note.remarks]}
                for note in report.of(kind)
            ]
            for kind in Kind
        },
        "seconds": round(report.seconds, 3),
        "rate": round(report.rate, 2),
        "prose": asdict(report.prose) if report.prose is not None else None,
    }


def _closing(module: str, report: Report) -> Iterator[str]:
    from coursekit.model.gradereport import Kind

    person, failed, noted, mended = (
        report.of(k) for k in (Kind.PERSON, Kind.FAILED, Kind.NOTED, Kind.MENDED)
    )
    rate = f" in {report.seconds:.1f} s, {report.rate:.1f} a second" if report.graded else ""
    yield f"{_plain(module)}"
    yield f"  graded         {report.graded:>6}{rate}"
    yield f"  unchanged      {report.skipped:>6}"
    yield f"  mended         {len(mended):>6}"
    yield f"  need a person  {len(person):>6}"
    if failed:
        yield f"  not graded     {len(failed):>6}"
    yield from _listed("These could not be graded:", failed, "")
    yield from _listed(
        "These need a person:",
        person,
        "Open it in formgrader: it shows what was handed in, and takes the marks.",
    )
    yield from _listed("Something went wrong in the run of these; their marks stand:", noted, "")
    yield from _listed("These were mended; their marks stand:", mended, "")
    yield from _about_prose(report.prose)
    yield ""
    if report.prose is not None and report.prose.waiting:
        yield f"Next: coursekit review {_plain(module)}; formgrader for whatever else needs a person."
    elif report.waiting:
        yield f"Next: formgrader. A person has something to mark in {report.waiting} of those graded now."
    elif report.graded or report.skipped:
        yield f"Next: coursekit feedback {_plain(module)}"


def _about_prose(prose: ProseReport | None) -> Iterator[str]:
    if prose is None:
        return
    yield ""
    if prose.checked or prose.unchanged:
        yield "Written answers"
        yield f"  checked        {prose.checked:>6} in {prose.seconds:.1f} s"
        yield f"  unchanged      {prose.unchanged:>6}"
        yield f"  flagged        {prose.flagged:>6}"
        yield f"  passed         {prose.passed:>6}"
        yield f"  need a person  {prose.waiting:>6}"
        if prose.failed:
            yield f"  checks failed  {prose.failed:>6}; a person reads these like all others"
    for event in prose.events:
        yield f"  {_plain(event)}"


def _listed(title: str, notes: tuple[Note, ...], next_step: str) -> Iterator[str]:
    if not notes:
        return
    yield ""
    yield title
    for note in notes[:_MOST]:
        yield f"  {_plain(note.learner)}"
        for remark in note.remarks[:_MOST_REMARKS]:
            where = f" ({_plain(remark.cell)})" if remark.cell else ""
            yield f"    {_plain(remark.detail)}{where}"
        if len(note.remarks) > _MOST_REMARKS:
            yield f"    … and {len(note.remarks) - _MOST_REMARKS} more"
    if len(notes) > _MOST:
        yield f"  … and {len(notes) - _MOST} more; --json lists all of them"
    if next_step:
        yield f"  → {next_step}"


def _plain(text: str) -> str:
    """Names and words of learners as they can be shown: nothing in them moves a terminal's cursor."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
