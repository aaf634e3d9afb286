"""`coursekit plan`: a facilitator's plan of a module's discussion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coursekit.cli.waiting import tell
from coursekit.model.errors import BadInput, Unauthenticated

if TYPE_CHECKING:
    from coursekit.model.plan import Plan
    from coursekit.wiring.plan import Written

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("module")
@click.option(
    "--minutes", type=click.IntRange(5, 480), default=75, show_default=True, help="How long the session is."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="Where the page goes; .coursekit/plans/MODULE.html in the course's folder if left out.",
)
@click.option(
    "--notebook", is_flag=True, help="Write a notebook beside the page as well, with its charts drawn."
)
@click.option("--names", is_flag=True, help="Show whom to call by name; hidden otherwise.")
@click.option(
    "--consent",
    type=_FILE,
    metavar="FILE.csv",
    help="Who may be quoted: learner, or learner,yes on each line. Nobody is quoted without it.",
)
@click.option("--group", default="", metavar="NAME", help="Only the learners of this group of --group-by.")
@click.option("--group-by", type=_FILE, metavar="FILE.csv", help="The columns learner and group.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="ID=NUMBER",
    help="What the reveal says to an estimate, where the notebook does not tell; may be repeated.",
)
@click.option(
    "--called", type=_FILE, metavar="FILE.csv", help="Who was called before: learner, or learner,times."
)
@click.option("--forget", is_flag=True, help="Do not remember whom this plan calls.")
@click.option("--exemplars", is_flag=True, help="Rehearse with the sample answers, without an exchange.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The course's folder; this one, or one above it, if left out.",
)
def plan(
    module: str,
    minutes: int,
    out: Path | None,
    notebook: bool,
    names: bool,
    consent: Path | None,
    group: str,
    group_by: Path | None,
    answers: tuple[str, ...],
    called: Path | None,
    forget: bool,
    exemplars: bool,
    root: Path | None,
) -> None:
    """Plan the discussion of MODULE, of what your cohort committed: a page to print.

    It shows where people split, what few of them think, whom to call first and why, and the session minute by
    minute. Nothing is shown of fewer than five answers. Names are hidden, and only those who agreed are quoted.

    \b
    coursekit plan spike-at-65
    coursekit plan spike-at-65 --minutes 60 --consent consent.csv --notebook
    coursekit plan spike-at-65 --group-by groups.csv --group evening --names
    coursekit plan spike-at-65 --exemplars --out rehearsal.html
    """
    from coursekit.wiring import plan as parts

    if bool(group) != (group_by is not None):
        raise BadInput("half-a-group", "A group needs its name and its file.", "Give --group and --group-by.")
    request = parts.Request(
        module, minutes, root, _numbers(answers), consent, group_by, group, called, names, forget
    )
    if exemplars:
        _say(parts.make(request, None, out, notebook))
        return
    from coursekit.wiring.learner import connect

    try:
        exchange = connect(tell=tell)
    except Unauthenticated as error:
        raise parts.with_rehearsal(error) from error
    with exchange:
        _say(parts.make(request, exchange, out, notebook))


def _numbers(given: tuple[str, ...]) -> dict[str, float]:
    import math

    found = {}
    for each in given:
        name, _, number = each.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            found[name.strip()] = math.nan
        if not math.isfinite(found[name.strip()]):
            raise BadInput("bad-answer", f"“{each}” gives no number.", "Write it as --answer p1=4260.")
    return found


def _say(written: Written) -> None:
    for line in _lines(written.plan):
        click.echo(line)
    click.echo(f"Page: {written.page}")
    if written.notebook is not None:
        click.echo(f"Notebook: {written.notebook}")


def _lines(plan: Plan) -> Iterator[str]:
    from coursekit.policy.discussion import words

    yield f"{plan.title}: {plan.minutes} minutes in {len(plan.slots)} parts."
    yield from words.standing(plan)
    for view, split in words.most_divided(plan)[:1]:
        yield f"Where they split most: {view.prompt.id}, “{view.prompt.title}” {words.split_words(split)}"
    lost = words.unmatched_words(plan)
    if lost:
        yield lost
    if plan.calls:
        called = len({c.learner for c in plan.calls})
        hint = "" if plan.names is not None else " Add --names for a copy with their names, for you alone."
        yield f"Calls: {called} {'person' if called == 1 else 'people'}.{hint}"
