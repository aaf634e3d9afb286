"""Calls to the kernel that a notebook does not need are refused; those that it needs are not."""

from __future__ import annotations

import struct

import pytest

from coursekit.engine.worker import calls
from coursekit.model.grading import Ending

_ASK = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for name, *arguments in {wanted}:
    answer = getattr(libc, name)(*arguments)
    print(name, os.strerror(ctypes.get_errno()) if answer == -1 else "went through")
"""
REFUSED = [
    *[
        ("shmget", 7, 4096, 0o1666),
        ("msgget", 7, 0o1666),
        ("semget", 7, 1, 0o1666),
        ("memfd_create", b"x", 0),
    ],
    *[("unshare", 0x10000000), ("unshare", 0x00020000), ("setns", 0, 0), ("umount2", b"/tmp", 0)],
    *[("mount", b"x", b"/tmp", b"tmpfs", 0, None), ("chroot", b"/tmp"), ("ptrace", 16, 1, 0, 0)],
    *[("process_vm_readv", 1, None, 0, None, 0, 0), ("process_vm_writev", 1, None, 0, None, 0, 0)],
    *[("syscall", number, 0, 0, 0, 0, 0) for number in (425, 426, 427, 438, 447)],
]


def _printed(ran) -> list[str]:
    return [
        line
        for output in ran.cells[0].outputs
        for line in output.get("text", output.get("evalue", "")).splitlines()
    ]


def test_what_no_notebook_needs_is_refused(run):
    said = _printed(run(_ASK.format(wanted=REFUSED)))
    assert said == [f"{name} Operation not permitted" for name, *_ in REFUSED]


@pytest.mark.parametrize("family", ["AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG"])
def test_sockets_that_lead_elsewhere_are_refused(run, family):
    said = _printed(run(f"import socket\nsocket.socket(socket.{family}, socket.SOCK_RAW)"))
    assert said == ["[Errno 97] Address family not supported by protocol"]


def test_a_new_world_cannot_be_cloned_either(run):
    source = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for number, flags in (({clone}, 0x10000000 | 17), (435, 0)):
    print(libc.syscall(number, flags, 0, 0, 0, 0), os.strerror(ctypes.get_errno()))
"""
    clone = calls._MACHINES[calls.os.uname().machine][2]
    assert _printed(run(source.format(clone=clone))) == [
        "-1 Operation not permitted",
        "-1 Function not implemented",
    ]


@pytest.mark.parametrize("option", ["SO_SNDBUF", "SO_RCVBUF"])
def test_large_buffers_are_refused(run, option):
    said = _printed(
        run(f"import socket as s\ns.socketpair()[0].setsockopt(s.SOL_SOCKET, s.{option}, 1 << 22)")
    )
    assert said == ["[Errno 1] Operation not permitted"]


def test_what_a_learner_leaves_in_the_kernel_is_not_there_for_the_next(run):
    leave = """
import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
number = libc.shmget(4242, 4096, 0o1666)
if number >= 0:
    ctypes.memmove(libc.shmat(number, None, 0), b"a hidden test", 14)
"""
    find = "import ctypes\nprint(ctypes.CDLL(None).shmget(4242, 4096, 0))"
    run(leave)
    assert _printed(run(find)) == ["-1"]


NEEDED = {
    "threads": "import threading; t = threading.Thread(target=print, args=('x',)); t.start(); t.join()",
    "programs": "import subprocess; subprocess.run(['true'], check=True)",
    "a shell": "import os; assert os.system('true') == 0",
    "processes": "import multiprocessing as m\nwith m.get_context('fork').Pool(1) as p: p.map(abs, [-1])",
    "locks between processes": "import multiprocessing as m; m.get_context('fork').Lock().acquire()",
    "shared memory": "from multiprocessing.shared_memory import SharedMemory as S; S(create=True, size=9).unlink()",
    "socket pairs": "import socket; a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'",
    "options of sockets": "import socket as s; a = s.socket(); a.setsockopt(6, 7, 1); a.setsockopt(1, 2, 1)",
    "names of hosts": "import socket; socket.getaddrinfo('127.0.0.1', 80)",
    "an event loop": "import asyncio; await asyncio.sleep(0)",
    "files": "import tempfile; tempfile.TemporaryFile().write(b'x')",
    "mapped memory": "import mmap; mmap.mmap(-1, 4096)[:1] = b'x'",
    "the clock and luck": "import time, os; time.sleep(0.001); os.urandom(9)",
}


@pytest.mark.parametrize("what", NEEDED)
def test_what_notebooks_need_goes_on(run, what):
    ran = run(NEEDED[what])
    assert ran.cells[0].ending is Ending.OK, ran.cells[0].outputs


@pytest.mark.parametrize("machine", sorted(calls._MACHINES))
def test_every_jump_of_a_filter_lands_on_a_line(machine):
    program = calls._program(machine)
    lines = list(struct.iter_unpack("=HBBI", program))
    assert lines[-1] == (calls._RETURN, 0, 0, calls._ALLOW)
    for place, (code, then, otherwise, _) in enumerate(lines):
        if code in (calls._EQUAL, calls._AT_LEAST, calls._ANY_OF):
            assert place + 1 + max(then, otherwise) < len(lines)
    assert len(lines) < 4096


def test_an_unknown_machine_is_refused_before_anything_runs(monkeypatch):
    class Uname:
        machine = "vax"

    monkeypatch.setattr(calls.os, "uname", Uname)
    assert calls.problem() == "the kernel's calls on vax are not known here"
    with pytest.raises(OSError, match="no filter"):
        calls.refuse()
