"""Several people at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence


def together(work: Sequence[Callable[[], None]], seconds: float = 120) -> list[BaseException]:
    """Run all at once; what they raised."""
    failed: list[BaseException] = []
    ready = threading.Barrier(len(work))

    def run(one: Callable[[], None]) -> None:
        try:
            ready.wait(20)
            one()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return failed
