"""A real Jupyter server with formgrader on it."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from support.commands import environment


@contextmanager
def running_formgrader(home: Path, **more: str) -> Iterator[httpx.Client]:
    """A client that is signed in at a server whose course is that folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root"),
                *(f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=formgrader"),
            ],
            cwd=home,
            env=environment(home, **more),
            stdout=log,
            stderr=log,
        )
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": "token formgrader"}, timeout=120
    )
    try:
        for _ in range(120):
            with contextlib.suppress(httpx.HTTPError):
                if client.get("/api").is_success:
                    break
            time.sleep(0.25)
        yield client
    finally:
        client.close()
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
