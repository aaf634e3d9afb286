"""`coursekit feedback`: make a module's feedback, and release it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coursekit.cli.waiting import tell

if TYPE_CHECKING:
    from coursekit.services.give_back import Given
    from coursekit.wiring.feedback import Batch

_MOST = 20
"""Lines of one kind, beyond which only their number is said."""


@click.command()
@click.argument("module")
@click.option("--learner", "learners", multiple=True, metavar="NAME", help="Only theirs; may be repeated.")
@click.option(
    "--force", is_flag=True, help="Make it anew, and release it again, even where nothing has changed."
)
@click.option("--release", is_flag=True, help="Send it to the exchange at once.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one object, and nothing else.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The course's folder; this one, or one above it, if left out.",
)
def feedback(
    module: str, learners: tuple[str, ...], force: bool, release: bool, as_json: bool, root: Path | None
) -> None:
    """Make the feedback on MODULE for every learner whose work is graded, in nbgrader's folder of feedback.

    Each page holds the questions, the learner's own answers, points, your comments, and what still waits for a
    reader. What is up to date is left alone; what is not is made anew. Nothing reaches a learner before it is
    released, here or by nbgrader.

    \b
    coursekit feedback spike-at-65
    coursekit feedback spike-at-65 --release
    coursekit feedback spike-at-65 --learner maria --learner olu
    """
    from coursekit.wiring import feedback as parts
    from coursekit.wiring.nbgrader_config import read_folders
    from coursekit.wiring.nbgrader_course import find_root

    folders = read_folders(find_root(root or Path.cwd()))
    batch = parts.prepare(folders, module, learners)
    if release:
        from coursekit.wiring.learner import connect

        with connect(tell=tell) as exchange:
            out = parts.released(exchange, folders.course, module)
            given, why = _run(batch, "Sending", not as_json, out=out, force=force, to=exchange), ""
    else:
        known, why = parts.look(folders, module)
        given = _run(batch, "Writing", not as_json, out=known, force=force)
    if as_json:
        click.echo(json.dumps({"module": module, "learners": [_row(one) for one in given]}))
    else:
        for line in _report(module, given, release, force, why):
            click.echo(line)
    if any(one.problem for one in given):
        sys.exit(1)


def _run(batch: Batch, what: str, may_show: bool, **how: Any) -> list[Given]:
    with _progress(what, len(batch.learners), may_show) as step:
        given = []
        for one in batch.run(**how):
            given.append(one)
            step()
    return given


@contextmanager
def _progress(what: str, total: int, may_show: bool) -> Iterator[Any]:
    if not (may_show and sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"{what} feedback", total=total)
        yield lambda: progress.advance(task)


def _row(one: Given) -> dict[str, Any]:
    return {
        "learner": one.learner,
        # As a program wants it: what was done, and not how it was found.
        "done": _done(one),
        "changed": list(one.changed),
        "score": one.score,
        "max_score": one.max_score,
        "waiting": one.waiting,
        "submission": one.submission,
        "released": one.released.value,
        "sent": one.sent,
        "problem": one.problem,
    }


def _done(one: Given) -> str:
    return {None: "failed", "new": "made", "outdated": "rebuilt", "fresh": "fresh"}[one.state]


def _report(module: str, given: Sequence[Given], release: bool, force: bool, why: str) -> Iterator[str]:
    done = [_done(one) for one in given]
    counts = [
        f"{done.count('made')} made",
        f"{done.count('rebuilt')} rebuilt",
        f"{done.count('fresh')} {'fresh, made anew' if force else 'fresh'}",
    ]
    if "failed" in done:
        counts.append(f"{done.count('failed')} failed")
    yield f"{module}: {', '.join(counts)}."
    yield from _lines(
        [f"  {one.learner}: rebuilt ({', '.join(one.changed)})" for one in given if one.changed]
    )
    waiting = [one for one in given if one.waiting]
    if waiting:
        answers = sum(one.waiting for one in waiting)
        who = "1 learner" if len(waiting) == 1 else f"{len(waiting)} learners"
        what = "1 answer waits" if answers == 1 else f"{answers} answers wait"
        yield f"{what} for a reader, of {who}; their pages say so."
    yield from _about_release(module, given, release, why)
    yield from _lines([f"  {one.learner}: {one.problem}" for one in given if one.problem])


def _about_release(module: str, given: Sequence[Given], release: bool, why: str) -> Iterator[str]:
    if release:
        sent = sum(one.sent for one in given)
        already = sum(one.released == "same" and not one.sent for one in given)
        yield f"Released: {sent}. Released already, and the same: {already}."
        return
    outdated = [one.learner for one in given if one.released == "outdated"]
    unreleased = sum(one.released == "no" for one in given)
    if outdated:
        yield f"What was released is outdated for {len(outdated)}:"
        yield from _lines([f"  {learner}" for learner in outdated])
    if unreleased:
        yield f"Not released yet: {unreleased}."
    if outdated or unreleased:
        yield f"To release: coursekit feedback {module} --release"
    if any(one.released == "unknown" and not one.problem for one in given):
        yield f"Not compared with what is released: {why or 'you are not signed in to an exchange.'}"


def _lines(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_MOST]
    if len(lines) > _MOST:
        yield f"  … and {len(lines) - _MOST} more; --json lists them all."
