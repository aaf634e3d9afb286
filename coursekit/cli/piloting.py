"""`coursekit reflect pilot`: have answers graded twice, blind, and compare."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coursekit.policy.reflection.agreement import Estimate

_MOST = 20
"""Faults beyond which only their number is said."""

_ROOT = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The course's folder; this one, or one above it, if left out.",
)


@click.group()
def pilot() -> None:
    """Have the same answers marked by two people who know neither the learners nor each other's marks.

    \b
    coursekit reflect pilot start spike-at-65 --graders anna,ben
    coursekit reflect pilot status spike-at-65
    coursekit reflect pilot collect spike-at-65
    coursekit reflect pilot export spike-at-65
    """


@pilot.command()
@click.argument("module")
@click.option("--graders", required=True, metavar="NAMES", help="Two or more, with commas: anna,ben.")
@click.option("--sample", default=60, show_default=True, help="How many answers, over all prompts.")
@click.option("--seed", type=click.IntRange(0), help="To draw the same sample again.")
@click.option("--prompt", "prompts", multiple=True, metavar="ID", help="Only this one; may be repeated.")
@click.option(
    "--consent",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Draw only from these learners: a name on each line, or name,yes.",
)
@click.option("--name", help="The pilot's; the module's when left out.")
@_ROOT
def start(
    module: str,
    graders: str,
    sample: int,
    seed: int | None,
    prompts: tuple[str, ...],
    consent: Path | None,
    name: str | None,
    root: Path | None,
) -> None:
    """Draw answers of MODULE from what was collected, and write a form for each grader."""
    from coursekit.wiring import pilot as parts

    names = [g.strip() for g in graders.split(",") if g.strip()]
    begun, folder = parts.start(root, module, names, sample, seed, prompts, consent, name)
    counts = [f"{p.id} {sum(of == p.id for of in begun.answers.values())}" for p in begun.prompts]
    click.echo(f"{len(begun.answers)} answers drawn ({', '.join(counts)}), seed {begun.seed}.")
    for why, count in begun.left_out.items():
        click.echo(f"Left out: {why} ({count}).")
    for grader in begun.graders:
        click.echo(f"  {_near(folder / grader)}.csv, and .html to read or print")
    click.echo(
        "Give each grader the two files with their name, and never key.json, which says who wrote what."
    )
    click.echo(f"Next: coursekit reflect pilot status {begun.name}")


@pilot.command()
@click.argument("name")
@_ROOT
def status(name: str, root: Path | None) -> None:
    """Say how far the graders of the pilot NAME are."""
    from coursekit.services.pilot import status as look
    from coursekit.wiring import pilot as parts

    begun, progress = look(parts.place(root, name))
    click.echo(f"{begun.name}: {len(begun.answers)} answers of {begun.module}, begun {begun.begun}.")
    for one in progress:
        click.echo(f"  {one.grader}: {one.done} of {one.total} marked in full")
        _list(one.problems)
    if all(one.done == one.total and not one.problems for one in progress):
        click.echo(f"Next: coursekit reflect pilot collect {begun.name}")


@pilot.command()
@click.argument("name")
@click.option("--so-far", is_flag=True, help="Leave out what is not marked yet, instead of refusing.")
@click.option(
    "--groups",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV of blind id and group, to compare how well graders agree about each.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: agreement.json, and nothing else.")
@_ROOT
def collect(name: str, so_far: bool, groups: Path | None, as_json: bool, root: Path | None) -> None:
    """Read the forms of the pilot NAME back, and say how far the graders agree."""
    from coursekit.services.pilot import RESOLVE
    from coursekit.services.pilot import collect as read
    from coursekit.wiring import pilot as parts

    at = parts.place(root, name)
    listed = None if groups is None else (groups.name, groups.read_bytes())
    with _told():
        collected = read(at, so_far, listed)
    if as_json:
        click.echo(json.dumps(collected.comparison.to_json(), ensure_ascii=False))
        return
    for prompt in collected.comparison.prompts:
        for measure in (*prompt.criteria, prompt.total, prompt.adequate):
            for pair in measure.pairs:
                click.echo(
                    f"{prompt.prompt} {measure.name}: {pair.first}, {pair.second}: n {pair.n}, "
                    f"exact {_shown(pair.exact)}, kappa {_shown(pair.kappa)}, alpha {_shown(measure.alpha)}"
                )
    click.echo(f"Wrote agreement.json and report.md into {_near(at.path)}.")
    if collected.disputed:
        click.echo(
            f"They differ on {collected.disputed}; a third reader decides in {_near(at.path / RESOLVE)}."
        )
    click.echo(f"Next: coursekit reflect pilot export {name}")


@pilot.command()
@click.argument("name")
@_ROOT
def export(name: str, root: Path | None) -> None:
    """Write the answers of the pilot NAME whose marks are settled as exemplars."""
    from coursekit.services.pilot import export as write
    from coursekit.wiring import pilot as parts

    at = parts.place(root, name)
    with _told():
        out = write(at)
    click.echo(f"{out.written} exemplars in {_near(at.path / out.file)}; {out.open} answers are not settled.")
    click.echo("They are learners' own words: read them for names, and keep them where learners cannot read.")


@contextmanager
def _told() -> Iterator[None]:
    """All that is wrong in forms, and not only the first."""
    from coursekit.services.pilot import Faulty

    try:
        yield
    except Faulty as error:
        _list(error.problems, err=True)
        click.echo(f"  → {error.next_step}", err=True)
        sys.exit(1)


def _list(problems: Sequence[str], err: bool = False) -> None:
    for problem in problems[:_MOST]:
        click.echo(f"  {problem}", err=err)
    if len(problems) > _MOST:
        click.echo(f"  … and {len(problems) - _MOST} more.", err=err)


def _shown(estimate: Estimate) -> str:
    return "–" if estimate.value is None else f"{estimate.value:.2f}"


def _near(path: Path) -> Path:
    """As seen from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
