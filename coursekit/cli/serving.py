"""The command that runs the service."""

from __future__ import annotations

import importlib
import socket
from pathlib import Path

import click

from coursekit.model.errors import BadInput


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The exchange's own folder; COURSEKIT_DATA or exchange/data when left out.",
)
@click.option("--host", default=None, help="The address to listen on; where the Hub says, else 127.0.0.1.")
@click.option(
    "--port", type=int, default=None, help="The port, 0 for a free one; what the Hub says, else 8720."
)
@click.option(
    "--hub-api-url", default=None, help="A JupyterHub's API, to take its tokens; COURSEKIT_HUB_API_URL."
)
@click.option("--hub-service", default=None, help="The exchange's name at that Hub; COURSEKIT_HUB_SERVICE.")
@click.option(
    "--log",
    type=click.Choice(["json", "text", "quiet"]),
    default=None,
    help="A line for each request, or only what goes wrong; COURSEKIT_LOG or quiet when left out.",
)
@click.option(
    "--no-checks",
    is_flag=True,
    help="Check no written answers here; `coursekit reflect serve` does it elsewhere.",
)
def serve(
    data: Path | None,
    host: str | None,
    port: int | None,
    hub_api_url: str | None,
    hub_service: str | None,
    log: str | None,
    no_checks: bool,
) -> None:
    """Run the exchange service on this machine; below a JupyterHub, as its service.

    \b
    coursekit serve
    coursekit serve --data /srv/coursekit --port 8800 --log text
    """
    from coursekit.wiring.service import service
    from coursekit.wiring.settings import choose_data, choose_hub, data_folder, hub

    settings = service(log)
    choose_data(data or data_folder())
    choose_hub(hub_api_url, hub_service)
    on_hub = hub()
    listen = (on_hub.listen if on_hub else None) or ("127.0.0.1", 8720)
    host = host or listen[0]
    listener = _listen(host, listen[1] if port is None else port)
    # By name, as one would tell any ASGI server: one door does not know another.
    server = importlib.import_module("coursekit.web.server")
    server.run(
        listener,
        settings,
        lambda: click.echo(f"The exchange listens on http://{host}:{listener.getsockname()[1]}"),
        checks=not no_checks,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With TCP named, asyncio turns Nagle's delay off; without, each answer waits 40 ms for nothing.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # From here on nobody is turned away: who comes before the service is ready waits in the row.
        listener.listen(2048)
    except OSError as error:
        raise BadInput(
            "cannot-listen",
            f"The exchange cannot listen on {host}:{port}: {error.strerror}.",
            "Choose another --port, or stop what is listening there.",
        ) from error
    return listener
