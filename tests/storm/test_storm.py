"""Three hundred learners hand in while everything breaks. Nothing is lost, nothing is there twice.

Which sets are equal. While the storm lasts: receipts held ⊆ things stored; what is stored and not held is what the
exchange kept in the moment before its answer was lost, or before the learner's computer went down. After each
learner has asked again: receipts held = things stored, one to one, and submissions = what was meant to be one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support import storm

from coursekit.wiring.settings import Storage


def test_on_sqlite(tmp_path: Path, soak: bool) -> None:
    data = tmp_path / "data"
    strikes = [storm.kill_service, storm.kill_class, storm.kill_service]
    done = storm.weather(
        Storage(data, None, "folder", data / "keys"),
        tmp_path / "home",
        learners=300,
        processes=3,
        services=1,
        rounds=8 if soak else 2,
        strikes=strikes * (6 if soak else 1),
    )
    print(done)
    # Else it was a breeze.
    assert done["cuts"]["upload"] > 10
    assert done["cuts"]["answer"] > 10


def test_on_postgres_with_two_services(tmp_path: Path, soak: bool) -> None:
    """One service and then the database itself are killed; each comes back on what it left."""
    with storm.postgres_server() as server, server.database() as url:

        def kill_database(services: Any, classes: Any) -> None:
            server.crash()
            server.restart()

        strikes = [storm.kill_service, kill_database, storm.kill_class]
        done = storm.weather(
            Storage(tmp_path / "data", url, "database", tmp_path / "keys"),
            tmp_path / "home",
            learners=300 if soak else 90,
            processes=3,
            services=2,
            rounds=8 if soak else 2,
            strikes=strikes * (6 if soak else 1),
        )
    print(done)
    assert done["cuts"]["upload"] > 3
    assert done["cuts"]["answer"] > 3
