"""A look at the processes of the sandbox, through its own /proc."""

from __future__ import annotations

import contextlib
import os
import resource


def processes() -> list[int]:
    """Their numbers. Raises OSError where there is no /proc."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208


def held(pid: int | str) -> int:
    """Bytes that a process holds in memory, files left out; 0 when it is gone."""
    # Not smaps, which is exact and closed to us.
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/statm") as file:  # noqa: PTH123
        _, resident, shared, *_ = map(int, file.read().split())
        return (resident - shared) * resource.getpagesize()
    return 0


def held_by_all(each_less: int = 0) -> int:
    """Bytes that all but process 1 hold together. `each_less`: what each has in common with process 1."""
    return sum(max(0, held(pid) - each_less) for pid in processes() if pid != 1)


def spent() -> float:
    """Seconds of processor time that ended processes took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
