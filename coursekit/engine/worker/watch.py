"""A look at the processes of the sandbox, through its own /proc."""

from __future__ import annotations

import contextlib
import os
import resource

_SOCKET_BYTES = 2 * 212_992
"""The usual buffer, for both directions; `calls` lets nobody ask for a larger one."""


def processes() -> list[int]:
    """Their numbers. Raises OSError where there is no /proc."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208


def held(pid: int | str) -> int:
    """Bytes that a process holds in memory, its own and what it shares, files left out; 0 when it is gone.

    What several of them share is counted for each: of whom it is cannot be seen from here.
    """
    # Not smaps, which is exact and closed to us.
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/status") as file:  # noqa: PTH123
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(("RssAnon:", "RssShmem:")))
    return 0


def held_by_sockets() -> int:
    """Bytes that the sockets of the sandbox may hold: memory of the kernel's, which is no process's."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/net/sockstat") as file:  # noqa: PTH123
        return int(file.readline().split()[2]) * _SOCKET_BYTES
    return 0


def held_by_all(each_less: int = 0) -> int:
    """Bytes that all but process 1 hold together. `each_less`: what each has in common with process 1."""
    own = sum(max(0, held(pid) - each_less) for pid in processes() if pid != 1)
    return own + held_by_sockets()


def spent() -> float:
    """Seconds of processor time that ended processes took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
