"""Commands for what was handed in: list it, and get it back."""

from __future__ import annotations

from pathlib import Path

import click

from coursekit.cli.waiting import tell


@click.command()
@click.argument("course")
@click.argument("module")
def submissions(course: str, module: str) -> None:
    """List what you handed in for MODULE of COURSE: its id, when, how it stands, and which one counts.

    \b
    coursekit submissions leading-innovation spike-at-65
    """
    from coursekit.cli import learners_words
    from coursekit.wiring.learner import connect

    with connect(tell=tell) as exchange:
        zone = exchange.path(course).time_zone
        rows = exchange.my_submissions(course, module)
    for row in rows:
        click.echo(learners_words.submission_line(row, zone))
    if rows:
        click.echo(f"To get one back: coursekit get {course} {rows[-1].submission}")
    else:
        click.echo(f"You have handed in nothing for {module} yet.")


@click.command()
@click.argument("course")
@click.argument("submission")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="A new folder; MODULE-as-handed-in-… when left out.",
)
def get(course: str, submission: str, folder: Path | None) -> None:
    """Get SUBMISSION of COURSE back, byte for byte, into a new folder. Nothing is ever overwritten.

    Its receipt comes with it, for `coursekit verify`. Staff can get anybody's.

    \b
    coursekit get leading-innovation 0f3a5c…
    """
    from coursekit.wiring.learner import connect, take_back

    with connect(tell=tell) as exchange:
        where, files = take_back(exchange, course, submission, folder)
    click.echo(f"{where} has the {files} {'file' if files == 1 else 'files'} as they were handed in.")
