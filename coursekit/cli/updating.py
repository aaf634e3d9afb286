"""`coursekit update`: a new release, with the learner's work in it."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("course")
@click.argument("module")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Where the module is; a folder named like it when left out.",
)
def update(course: str, module: str, folder: Path | None) -> None:
    """Bring the newest release of MODULE into your folder. Your words stay.

    Save and close the notebook first. What stood in the folder before is kept as well.

    \b
    coursekit update leading-innovation spike-at-65
    """
    from coursekit.policy.arrival import in_words
    from coursekit.wiring.learner import connect, update_folder

    there = folder or Path(module)
    with connect() as exchange:
        done = update_folder(exchange, course, module, there)
    if not done:
        click.echo(f"Nothing is new: {there} has the newest release.")
    for one in done:
        for sentence in in_words(one.plan, one.before, one.release):
            click.echo(sentence)
        click.echo(f"A copy of all as it was is in {there / one.copy}.")
    if done:
        click.echo("If the notebook is open, close it without saving and open it again.")
