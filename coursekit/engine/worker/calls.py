"""Calls to the kernel that no notebook needs, refused by a seccomp filter in whoever runs a stranger's code.

    keeping       System V memory and queues, POSIX queues, the kernel's keys: they outlive a notebook, so one
                  learner could leave there what another must not read
    room          memory without a name, large buffers of sockets: no limit of ours counts them
    new worlds    namespaces, in which anybody has all rights; mounts
    others        reading, writing and tracing other processes
    surface       programs for the kernel, rings, fault handlers, handles of files, odd families of sockets

The numbers are the kernel's: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_NUMBER, _MACHINE, _FIRST, _SECOND, _THIRD = 0, 4, 16, 24, 32
"""Where these lie in what the filter sees of a call."""

# call → on x86_64, on machines with the generic table
_CALLS = {
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
}
# pidfd_getfd, io_uring (3), open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr, memfd_secret,
# process_madvise: one number on all machines.
_EVERYWHERE = (438, 425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 447, 440)
_CLONE3 = 435
_WORLDS = 0x7E020000
"""The flags of clone for new namespaces."""
_FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6. A socket to the machine beneath, AF_VSOCK, knows no namespaces."""
_NETLINK = 16
_SOL_SOCKET, _BUFFERS = 1, (7, 8)
"""SO_SNDBUF and SO_RCVBUF: larger buffers are memory that is no process's."""

# machine → its name for the kernel, which of both tables, clone, socket, setsockopt
_MACHINES = {
    "x86_64": (0xC000003E, 0, 56, 41, 54),
    "aarch64": (0xC00000B7, 1, 220, 198, 208),
    "riscv64": (0xC00000F3, 1, 220, 198, 208),
}


def problem() -> str | None:
    """Why calls cannot be refused on this machine; none where they can."""
    machine = os.uname().machine
    return None if machine in _MACHINES else f"the kernel's calls on {machine} are not known here"


def refuse(netlink: bool = False) -> None:
    """From now on, for this process and all that it starts. Needs no_new_privs. Raises OSError.

    `netlink`: leave it AF_NETLINK, by which ZeroMQ in a kernel asks for the sandbox's own interfaces.
    """
    machine = os.uname().machine if sys.platform.startswith("linux") else ""
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, "no filter for this machine")
    program = _program(machine, (*_FAMILIES, _NETLINK)) if netlink else _READY
    room = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: a length, and where the program lies
    wanted = struct.pack("@HP", len(program) // 8, ctypes.addressof(room))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.c_char_p(wanted), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(machine: str, families: tuple[int, ...] = _FAMILIES) -> bytes:
    name, table, clone, socket, setsockopt = _MACHINES[machine]
    lines: list[tuple[int, int, int, int]] = []

    def line(code: int, value: int, then: int = 0, otherwise: int = 0) -> None:
        lines.append((code, then, otherwise, value))

    def answer(error: int) -> None:
        line(_RETURN, _ERROR | error)

    # Calls as another machine makes them have other numbers: 32-bit ones, and those of x32.
    line(_LOAD, _MACHINE)
    line(_EQUAL, name, 1, 0)
    answer(errno.EPERM)
    line(_LOAD, _NUMBER)
    line(_AT_LEAST, 0x40000000, 0, 1)
    answer(errno.EPERM)
    for number in (*(numbers[table] for numbers in _CALLS.values()), *_EVERYWHERE):
        line(_EQUAL, number, 0, 1)
        answer(errno.EPERM)
    # Its flags lie in memory, where no filter can look; the C library goes on with clone.
    line(_EQUAL, _CLONE3, 0, 1)
    answer(errno.ENOSYS)
    line(_EQUAL, clone, 0, 3)
    line(_LOAD, _FIRST)
    line(_ANY_OF, _WORLDS, 0, 1)
    answer(errno.EPERM)
    line(_LOAD, _NUMBER)
    line(_EQUAL, setsockopt, 0, 3 + 2 * len(_BUFFERS))
    line(_LOAD, _SECOND)
    line(_EQUAL, _SOL_SOCKET, 0, 2 * len(_BUFFERS) + 1)
    line(_LOAD, _THIRD)
    for option in _BUFFERS:
        line(_EQUAL, option, 0, 1)
        answer(errno.EPERM)
    line(_LOAD, _NUMBER)
    line(_EQUAL, socket, 0, 2 + len(families))
    line(_LOAD, _FIRST)
    for number, family in enumerate(families):
        line(_EQUAL, family, len(families) - number, 0)
    answer(errno.EAFNOSUPPORT)
    line(_RETURN, _ALLOW)
    return b"".join(struct.pack("=HBBI", *one) for one in lines)


# Made once, before anything forks.
_READY = _program(os.uname().machine) if os.uname().machine in _MACHINES else b""
