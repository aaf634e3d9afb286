"""The worker's patience, and where it looks."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from coursekit.model.errors import NotNow, ServiceFault
from coursekit.services.point import Tools
from coursekit.wiring.checking import Worker, patience
from coursekit.wiring.exchange import open_for_checks
from coursekit.wiring.settings import Storage


def test_patience_ends_and_leaves_nothing_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)

    def wait() -> None:
        with patience(0.05):
            while True:
                pass

    with pytest.raises(TimeoutError):
        wait()
    assert signal.getsignal(signal.SIGALRM) == before
    with patience(0.05):
        pass
    time.sleep(0.1)


def test_an_exchange_for_checks_makes_and_reads_no_key(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "data", None, "folder", tmp_path / "keys")
    opened = open_for_checks(storage)
    try:
        assert not storage.keys.exists()
        with pytest.raises(ServiceFault):
            opened.exchange.signer.pick()
    finally:
        opened.ledger.close()


def test_nothing_is_loaded_while_there_is_nothing_to_check_by(tmp_path: Path) -> None:
    opened = open_for_checks(Storage(tmp_path / "data", None, "folder", tmp_path / "keys"))
    try:
        worker = Worker(opened.exchange, lambda: pytest.fail("loaded"))
        assert not worker.is_ready()
    finally:
        opened.ledger.close()


class Away:
    """A database that does not answer, for a while."""

    def __init__(self, times: int) -> None:
        self.asked, self._times = 0, times

    def is_ready(self) -> bool:
        self.asked += 1
        if self.asked <= self._times:
            raise NotNow("ledger-unreachable", "It does not answer.", "Wait.")
        return True


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange: Any = None
    worker, stop, away = Worker(exchange, Tools), threading.Event(), Away(2)
    monkeypatch.setattr(worker, "is_ready", away.is_ready)

    def look() -> bool:
        stop.set()
        return False

    monkeypatch.setattr(worker, "look", look)
    worker.run(stop, pause=0.01)
    assert away.asked == 3
