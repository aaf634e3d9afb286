"""Memory that no single process seems to have is counted all the same; what honest people share is let be."""

from __future__ import annotations

import pytest

from coursekit.model.grading import Ending

SHARED = """
import mmap, os, time
for n in range({processes}):
    if os.fork() == 0:
        room = mmap.mmap(-1, {size} << 20)
        for at in range(0, {size} << 20, 4096):
            room[at] = 1
        time.sleep({seconds} + 0.3)
        os._exit(0)
time.sleep({seconds})
"""
SOCKETS = """
import os, socket, time
for n in range({processes}):
    if os.fork() == 0:
        kept = [socket.socketpair() for n in range({each})]
        time.sleep({seconds} + 0.3)
        os._exit(0)
time.sleep({seconds})
"""


@pytest.mark.parametrize(
    "source",
    [
        # As long as it may take until somebody looks, on a busy machine.
        SHARED.format(processes=4, size=200, seconds=8),
        SOCKETS.format(processes=8, each=200, seconds=8),
    ],
)
def test_it_is_ended_and_said(run, source):
    ran = run(source)
    assert ran.cells[0].ending is Ending.DIED
    assert "too-much-memory" in {remark.code for remark in ran.trouble}


@pytest.mark.parametrize(
    "source",
    [
        SHARED.format(processes=2, size=50, seconds=1.2),
        SOCKETS.format(processes=2, each=20, seconds=1.2),
    ],
)
def test_a_little_of_it_is_nobodys_business(run, source):
    ran = run(source)
    assert ran.cells[0].ending is Ending.OK
    assert ran.trouble == ()
