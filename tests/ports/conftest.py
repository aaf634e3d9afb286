"""Each socket's plugs, and the twin in memory."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from coursekit.ports import Ledger
from coursekit.store.ledger import open_postgres, open_sqlite
from coursekit.store.memory import MemoryLedger


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "memory":
        yield MemoryLedger()
        return
    if request.param == "sqlite":
        opened = open_sqlite(tmp_path / "data" / "ledger.sqlite")
    else:
        opened = open_postgres(request.getfixturevalue("postgres_url"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A real S3 API on this machine's loopback: moto, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = next(
            (found[0] for line in process.stdout if (found := re.findall(r"http://127\.0\.0\.1:\d+", line))),
            None,
        )
        assert address, "moto did not start"
        # Whatever else it says must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def s3(s3_endpoint: str) -> tuple[str, dict[str, Any]]:
    """An empty bucket: its address, and what obstore must know to get in."""
    bucket = f"bucket-{next(_buckets)}"
    httpx.put(f"{s3_endpoint}/{bucket}", trust_env=False).raise_for_status()
    return (
        f"s3://{bucket}/course kit",
        {
            "endpoint": s3_endpoint,
            "region": "us-east-1",
            "access_key_id": "test",
            "secret_access_key": "test",
            "client_options": {"allow_http": True},
        },
    )


_buckets = itertools.count(1)
