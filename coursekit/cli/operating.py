"""A command for whoever runs an exchange: token."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from coursekit.model.errors import BadInput
from coursekit.model.names import user_named

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The exchange's own folder; COURSEKIT_DATA or exchange/data when left out.",
)


@click.command()
@click.argument("user")
@_DATA
@click.option("--days", default=180, show_default=True, help="For how long it holds.")
def token(user: str, data: Path | None, days: int) -> None:
    """Issue a signed token for USER; it says who they are, and nothing about what they may do.

    \b
    coursekit token maria > maria.token
    """
    from coursekit.wiring.exchange import open_exchange
    from coursekit.wiring.settings import storage

    if days < 1:
        raise BadInput("bad-days", "A token must hold for at least one day.", "Give --days 1 or more.")
    click.echo(open_exchange(storage(data)).issue_token(user_named(user), timedelta(days=days)))
