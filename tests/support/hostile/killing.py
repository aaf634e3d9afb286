"""Ending what runs it, or the check before it can fail."""

from __future__ import annotations

from support.hostile.course import DIED, SLOW, attack

KILLING = (
    attack(
        "kills-what-runs-it",
        "the worker, and with it the batch",
        r"""
        import os, signal
        for pid in (os.getppid(), 1, -os.getppid(), 0 - 1):
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGSTOP, signal.SIGKILL):
                if pid == -1 and number in (signal.SIGKILL, signal.SIGSTOP):
                    continue
                try:
                    os.kill(pid, number)
                except OSError as e:
                    print(pid, number, e.strerror)
        """,
        named=f"{DIED} steers-the-process",
    ),
    attack(
        "kills-everything",
        "everything that it can reach",
        r"""
        import os, signal
        os.kill(-1, signal.SIGKILL)
        """,
        named=f"{DIED} steers-the-process",
    ),
    attack(
        "writes-into-processes",
        "another process's memory, by ptrace, process_vm_writev and /proc",
        r"""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)

        class V(ctypes.Structure):
            _fields_ = [('at', ctypes.c_void_p), ('size', ctypes.c_size_t)]
        data = ctypes.create_string_buffer(b'\x00' * 4096)
        for pid in map(int, filter(str.isdigit, os.listdir('/proc'))):
            if pid == os.getpid():
                continue
            for request in (16, 16902):
                print(pid, 'ptrace', libc.ptrace(request, pid, 0, 0), os.strerror(ctypes.get_errno()))
            try:
                for line in open(f'/proc/{pid}/maps'):
                    if 'rw' in line:
                        low = int(line.split('-')[0], 16)
                        ours = V(ctypes.addressof(data), 4096)
                        got = libc.process_vm_writev(pid, ctypes.byref(ours), 1, ctypes.byref(V(low, 4096)), 1, 0)
                        print(pid, 'wrote', got)
                open(f'/proc/{pid}/mem', 'r+b', 0).write(b'x')
            except OSError as e:
                print(pid, e.strerror)
        """,
        named=f"{DIED} reaches-into-memory",
    ),
    attack(
        "exits-hard",
        "full marks for a kernel that is gone",
        r"""
        import os
        os._exit(0)
        """,
        named=DIED,
    ),
    attack(
        "aborts",
        "full marks for a kernel that is gone",
        r"""
        import os
        os.abort()
        """,
        named=DIED,
    ),
    attack(
        "segfaults",
        "full marks for a kernel that is gone",
        r"""
        import ctypes
        ctypes.string_at(0)
        """,
        named=DIED,
    ),
    attack(
        "exits",
        "an end without a failure",
        r"""
        import sys
        total = 5
        sys.exit(0)
        """,
    ),
    attack(
        "exits-in-the-check",
        "an end of the check without a failure",
        r"""
        class T(int):

            def __eq__(self, o):
                raise SystemExit(0)
            __hash__ = None
        total = T(5)
        """,
    ),
    attack(
        "raises-odd-things-in-the-check",
        "an end of the check that is taken for none",
        r"""
        class Quiet(SystemExit):

            def __str__(self):
                raise self
            code = 0

        class T(int):

            def __eq__(self, o):
                raise Quiet
            __hash__ = None
        total = T(5)
        """,
        part=r"""
        def spread(rows):
            raise KeyboardInterrupt
        """,
        mean=r"""
        class M(list):

            def __len__(self):
                raise GeneratorExit
        mean = M()
        """,
    ),
    attack(
        "exits-hard-in-the-check",
        "full marks for a check that never ended",
        r"""
        import os

        class T(int):

            def __eq__(self, o):
                os._exit(0)
            __hash__ = None
        total = T(5)
        """,
        part=r"""
        def spread(rows):
            os._exit(0)
        """,
        mean=r"""
        class M(list):

            def __len__(self):
                os._exit(0)
        mean = M()
        """,
        named=f"{DIED} steers-the-process",
    ),
    attack(
        "stops-in-the-check",
        "a check that never ends",
        r"""
        import os, signal, time

        class T(int):

            def __eq__(self, o):
                os.kill(os.getpid(), signal.SIGSTOP)
            __hash__ = None
        total = T(5)
        """,
        part=r"""
        def spread(rows):
            while True:
                try:
                    time.sleep(99)
                except BaseException:
                    pass
        """,
        named=f"{SLOW} steers-the-process",
    ),
)
