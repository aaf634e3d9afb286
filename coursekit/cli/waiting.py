"""What somebody at a terminal sees while a request is tried again."""

from __future__ import annotations

import click


def tell(attempt: int) -> None:
    """Say it once, and not at the first blink of the line."""
    if attempt == 2:
        click.echo(
            "The exchange does not answer just now. Your work is safe here; trying again for up to 15 seconds …",
            err=True,
        )
