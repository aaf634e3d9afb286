"""Commands for keeping an exchange safe: backup, restore, migrate."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The exchange's own folder; COURSEKIT_DATA or exchange/data when left out.",
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_DATA
@click.option("--without-keys", is_flag=True, help="Leave the private keys out; keep them elsewhere, then.")
def backup(file: Path, data: Path | None, without_keys: bool) -> None:
    """Write the whole exchange into FILE, while the service runs.

    \b
    coursekit backup exchange-2027-01-31.tar
    coursekit backup exchange.tar --without-keys
    """
    from coursekit.wiring import keeping
    from coursekit.wiring.settings import storage

    with _bars() as report:
        made = keeping.backup(storage(data), file, not without_keys, report)
    rows = sum(made.rows.values())
    click.echo(
        f"{file}: {made.rows.get('submissions', 0)} submissions, {rows} rows and {made.blobs} files, "
        f"as of {made.made_at:%Y-%m-%d %H:%M:%S} UTC."
    )
    if made.has_private_keys:
        click.secho(
            "It holds the exchange's PRIVATE KEYS: whoever reads it can forge receipts and tokens.\n"
            "  → Keep it as you keep passwords. Only this account may read it now.",
            err=True,
            bold=True,
        )
    else:
        click.secho(
            "It holds no private keys: restored, the exchange can check receipts, but give none.\n"
            "  → Keep the folder of keys in a safe place of its own.",
            err=True,
            bold=True,
        )
    if made.damaged:
        click.secho(
            f"{len(made.damaged)} stored files are gone or damaged, and are not in it: {made.damaged[0]}\n"
            "  → Look for them in an older backup.",
            err=True,
            bold=True,
        )
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_DATA
def restore(file: Path, data: Path | None) -> None:
    """Put the exchange in FILE into an empty place: another folder, or another database.

    Every byte and every receipt is checked first. All of it is restored, or nothing.

    \b
    coursekit restore exchange.tar --data /srv/coursekit
    COURSEKIT_DATABASE=postgresql://... coursekit restore exchange.tar
    """
    from coursekit.wiring import keeping
    from coursekit.wiring.settings import storage

    with _bars() as report:
        made = keeping.restore(storage(data), file, report)
    click.echo(
        f"Restored as of {made.made_at:%Y-%m-%d %H:%M:%S} UTC: {made.rows.get('submissions', 0)} submissions, "
        f"{made.blobs} files; {made.rows.get('receipts', 0)} receipts hold."
    )
    if not made.has_private_keys:
        click.secho(
            "The backup holds no private keys.\n  → Put the folder of keys back before you start the service.",
            err=True,
            bold=True,
        )
    if made.damaged:
        click.secho(
            f"{len(made.damaged)} files were gone or damaged when the backup was made: {made.damaged[0]} …\n"
            "  → Look for them in an older backup.",
            err=True,
            bold=True,
        )


@click.command()
@_DATA
def migrate(data: Path | None) -> None:
    """Bring the database's tables to this release's. Every start of the service does so as well.

    \b
    coursekit backup before.tar && coursekit migrate
    """
    from coursekit.wiring import keeping
    from coursekit.wiring.settings import storage

    before, after = keeping.bring_up(storage(data))
    if before == after:
        click.echo(f"The tables are of version {after}: nothing to do.")
    else:
        click.echo(f"The tables were of version {before or 'nothing'}; they are of version {after} now.")


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each kind of work; nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bars = {}

        def report(what: str, done: int, total: int) -> None:
            if total == 0:
                return
            if what not in bars:
                bars[what] = progress.add_task(what)
            progress.update(bars[what], completed=done, total=total)

        yield report
