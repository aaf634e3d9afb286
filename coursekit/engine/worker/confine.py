"""What a forked child gives up before it meets a stranger's code: rights, room, and new rights.

    no_new_privs      nothing that it starts can gain rights
    rlimits           processor time, address space, processes, the size of a file, open files
    Landlock          writing only below its own folders; no TCP; no signals or abstract sockets out of its domain

Landlock's numbers are the kernel's: include/uapi/linux/landlock.h. The bubblewrap around it all is `sandbox`'s.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from typing import Any

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_DUMPABLE = 4

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
# remove dir and file; make char, dir, reg, sock, fifo, block, sym
_CHANGE = sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_TCP = 1 | 2
_SCOPES = 1 | 2


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def landlock_version() -> int:
    """The kernel's Landlock ABI; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, 0, _VERSION)))


def hide_memory(hidden: bool) -> None:
    """Whether others of the same account may look into this process or trace it; forks inherit it."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_DUMPABLE, int(not hidden), 0, 0, 0)


def give_up_root(account: int) -> bool:
    """Become that account, which owns nothing, for good. Whether it went well."""
    try:
        os.setgroups([])
        os.setgid(account)
        os.setuid(account)
    except OSError:
        return False
    return os.getuid() == account


def set_limits(limits: Mapping[str, int], already: int) -> None:
    """Room for one child. `already`: bytes of address space that it has from the start.

    `memory_bytes` of 0: no bound on the address space.
    """

    def at_most(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))

    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_CPU, limits["cpu_seconds"])
    at_most(resource.RLIMIT_FSIZE, limits["file_bytes"])
    at_most(resource.RLIMIT_NOFILE, 512)
    at_most(resource.RLIMIT_NPROC, limits["processes"])
    # macOS has the name, and does not know what to do with it.
    if sys.platform.startswith("linux") and limits["memory_bytes"]:
        at_most(resource.RLIMIT_AS, already + limits["memory_bytes"])


def address_space() -> int:
    """Bytes of address space that this process has; 0 where nobody can say."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()
    return 0


def no_new_rights() -> None:
    """Nothing that this process starts can gain rights. Raises OSError."""
    if sys.platform.startswith("linux") and _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")


def landlock(writable: Sequence[str], version: int) -> None:
    """Read everything that there is; write below these folders only. Raises OSError when it does not hold."""
    libc = _libc()
    handled = _EXECUTE | _WRITE_FILE | _READ_FILE | _READ_DIR | _CHANGE
    handled |= _REFER if version >= 2 else 0
    handled |= _TRUNCATE if version >= 3 else 0
    handled |= _IOCTL if version >= 5 else 0
    rules = _Ruleset(handled, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    # An older kernel knows a shorter structure.
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE, ctypes.byref(rules), size, 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        look = _EXECUTE | _READ_FILE | _READ_DIR
        for path, allowed in [
            ("/", look),
            *((p, handled) for p in writable),
            ("/dev", look | _WRITE_FILE | _IOCTL),
        ]:
            _allow(libc, ruleset, path, allowed & handled)
        if libc.syscall(_RESTRICT, ruleset, 0):
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(libc: Any, ruleset: int, path: str, allowed: int) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = _Beneath(allowed, folder)
        if libc.syscall(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(beneath), 0):
            raise OSError(ctypes.get_errno(), "landlock_add_rule")
    finally:
        os.close(folder)
