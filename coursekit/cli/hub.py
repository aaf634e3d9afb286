"""The command for whoever runs a JupyterHub: hub-config."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from coursekit.model.errors import BadInput
from coursekit.model.ids import SLUG_RULE, USER_RULE, is_slug, is_user


@click.command("hub-config")
@click.option("--course", "courses", multiple=True, required=True, help="A course; may be given again.")
@click.option(
    "--instructor", "instructors", multiple=True, help="Who teaches these courses; may be given again."
)
@click.option("--external", metavar="URL", help="You start the exchange yourself, and it listens there.")
@click.option("--port", default=8720, show_default=True, help="Where the Hub's own exchange listens.")
@click.option("--service", default="coursekit", show_default=True, help="The exchange's name at the Hub.")
@click.option("--command", help="The coursekit command that the Hub starts; this one when left out.")
@click.option("--data", type=click.Path(file_okay=False), help="The exchange's own folder.")
@click.option("--account", help="The system account that the Hub starts it as, if the Hub runs as root.")
def hub_config(
    courses: Sequence[str],
    instructors: Sequence[str],
    external: str | None,
    port: int,
    service: str,
    command: str | None,
    data: str | None,
    account: str | None,
) -> None:
    """Print what jupyterhub_config.py needs, with the reason for each line.

    \b
    coursekit hub-config --course leading-innovation --data /srv/coursekit >> jupyterhub_config.py
    coursekit hub-config --course leading-innovation --external http://10.0.0.5:8720
    """
    from coursekit.policy.hub_config import HubSetup, hub_config

    for name in (*courses, service):
        if not is_slug(name):
            raise BadInput("bad-name", f"“{name}” cannot name a course or a service.", f"Use {SLUG_RULE}.")
    for name in instructors:
        if not is_user(name):
            raise BadInput("bad-name", f"“{name}” cannot name a person.", f"Use {USER_RULE}.")
    if external is not None and (command or data or account):
        raise BadInput(
            "not-together",
            "With --external the Hub starts nothing, so --command, --data and --account mean nothing.",
            "Give them to `coursekit serve` where you start it, or leave --external out.",
        )
    if external is not None and not _is_address(external):
        raise BadInput(
            "bad-settings", f"“{external}” is no address.", "Write it like http://exchange.example.org:8720."
        )
    started = [command or str(Path(sys.executable).with_name("coursekit")), "serve"]
    setup = HubSetup(
        courses=courses,
        service=service,
        url=external.rstrip("/") if external else f"http://127.0.0.1:{port}",
        command=() if external else started,
        # The Hub starts it in a folder of the Hub's own choice.
        data=str(Path(data).absolute()) if data else "",
        account=account or "",
        instructors=instructors,
    )
    click.echo(hub_config(setup), nl=False)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
