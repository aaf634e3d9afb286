"""Commands for the checks at the exchange: reflect serve, reflect export."""

from __future__ import annotations

import signal
from pathlib import Path

import click


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The exchange's own folder; COURSEKIT_DATA or exchange/data when left out.",
)
@click.option(
    "--log",
    type=click.Choice(["json", "text", "quiet"]),
    default=None,
    help="How trouble is told; COURSEKIT_LOG or quiet when left out.",
)
@click.option("--worker", is_flag=True, hidden=True, help="Be the process that is watched.")
@click.option("--unfit", multiple=True, hidden=True, help="A submission that ended such a process before.")
def serve(data: Path | None, log: str | None, worker: bool, unfit: tuple[str, ...]) -> None:
    """Check written answers as they are handed in, until told to stop.

    `coursekit serve` does this by itself; run it alone beside services that were started with --no-checks.

    \b
    coursekit reflect serve
    coursekit reflect serve --data /srv/coursekit
    """
    from coursekit.wiring.settings import choose_data

    if worker:
        from coursekit.model.ids import SubmissionId
        from coursekit.wiring import checking

        checking.work(data, log, [SubmissionId(name) for name in unfit])
        return
    from coursekit.wiring import watching

    if data is not None:
        choose_data(data)
    watch = watching.alone(log)
    # Not the signal's own end: the process that is watched must be let go of.
    signal.signal(signal.SIGTERM, lambda _number, _frame: watch.ask_to_stop())
    watch.start()
    click.echo("Written answers are checked as they come.")
    try:
        watch.wait()
    finally:
        watch.stop()


@click.command()
@click.argument("course")
@click.argument("module")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A folder; learners' answers will lie in it.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The exchange's own folder; COURSEKIT_DATA or exchange/data when left out.",
)
def export(course: str, module: str, folder: Path, data: Path | None) -> None:
    """Write the exchange's record of checks of MODULE of COURSE into a folder, with all that went into it.

    \b
    coursekit reflect export leading-innovation spike-at-65 --to record
    coursekit reflect replay record/spike-at-65.jsonl
    """
    from coursekit.wiring import checking

    file, lines = checking.export(data, course, module, folder)
    click.echo(f"{file} has {lines} {'line' if lines == 1 else 'lines'}. Learners' answers lie beside it.")
