"""The command that checks written answers at the exchange: reflect serve."""

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
