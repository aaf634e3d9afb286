"""`coursekit keys`: the keys that sign receipts."""

from __future__ import annotations

from pathlib import Path

import click

_KEYS = click.option(
    "--keys",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The folder of the exchange's keys; COURSEKIT_KEYS, or keys/ in its data folder, when left out.",
)


@click.group()
def keys() -> None:
    """See or renew the keys that sign receipts. Run it on the exchange's machine.

    \b
    coursekit keys list
    coursekit keys rotate
    """


@keys.command("list")
@_KEYS
def keys_list(folder: Path | None) -> None:
    """All public keys, oldest first; the last one signs."""
    from coursekit.wiring.ring import find_ring

    for key in find_ring(folder).published():
        by = f"vouched for by {key.endorsed_by}" if key.endorsed_by else "vouched for by none"
        click.echo(f"{key.key}\t{key.public_key}\t{by}")


@keys.command("rotate")
@click.option(
    "--start-anew", is_flag=True, help="Do not let the key before vouch: it is lost, or was stolen."
)
@_KEYS
def keys_rotate(start_anew: bool, folder: Path | None) -> None:
    """Make a new key, which signs from now on.

    Running services notice. Older receipts stay valid: the older public keys stay published.
    """
    from coursekit.wiring.ring import find_ring

    key = find_ring(folder).rotate(is_endorsed=not start_anew)
    click.echo(f"Receipts are signed with {key.key} from now on.")
    if key.endorsed_by:
        click.echo(f"{key.endorsed_by} vouches for it, so learners need nothing new.")
    else:
        click.echo(
            "No key vouches for it. Tell learners its name, or `coursekit verify` will warn them of it."
        )
