"""`coursekit verify`: receipts prove themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from coursekit.model.errors import BadInput

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--keys", type=_FILE, help="Believe the keys in this file alone; /api/v1/keys gives them.")
@click.option("--offline", is_flag=True, help="Never ask the network, whatever is missing.")
@click.option("--whole", is_flag=True, help="Fail as well when a receipt between the others is missing.")
def verify(paths: Sequence[Path], keys: Path | None, offline: bool, whole: bool) -> None:
    """Check that the exchange signed what is in PATHS, and that nobody changed it since.

    A path is a receipt, a module's folder, or the folder that your modules are in.

    \b
    coursekit verify spike-at-65
    coursekit verify .
    coursekit verify receipt.json --keys keys.json

    The keys were kept beside each module when it was fetched, so no network is needed.
    """
    from coursekit.wiring.proof import prove

    proof = prove(paths, keys, offline)
    for verdict in proof.verdicts:
        click.echo(f"{'✓' if verdict.holds else '✗'} {verdict.code:<8}  {verdict.text}")
    for flaw in proof.flaws:
        click.echo(f"✗ {flaw}")
    for line in (*proof.gaps, *proof.notes):
        click.echo(f"– {line}")
    failed = sum(not verdict.holds for verdict in proof.verdicts)
    if failed:
        raise BadInput(
            "not-genuine",
            f"{failed} of {len(proof.verdicts)} receipts do not hold.",
            "Each line with a ✗ says why. The exchange has what it signed: ask the course's staff to compare.",
        )
    if proof.flaws:
        raise BadInput(
            "not-a-row",
            "Each receipt is genuine, and together they are no row that an exchange gives.",
            "Show this to whoever runs the exchange: it was restored from an old backup, or its key was misused.",
        )
    if whole and proof.gaps:
        raise BadInput(
            "gaps",
            "Receipts are missing between those that are here.",
            "Name the folder that all modules of the course are in.",
        )
